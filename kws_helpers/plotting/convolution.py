"""Lesson 06: kernels, feature maps and filters."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kws_helpers.plotting.colours import BLACK, BLUE, COLOUR_MAP, GREEN, ORANGE, PURPLE, SKY, VERMILION
from kws_helpers.plotting.figure import frame, new_figure, new_panels, picture, show

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def kernel_step(image: np.ndarray, kernel: np.ndarray, row: int, column: int) -> None:
    """Show one position of a kernel: the window of the image, the kernel, their products and the sum of these.

    `row` and `column` are those of the window's upper left value in the image (rows, columns).
    """
    height, width = kernel.shape
    window = image[row : row + height, column : column + width]
    total = np.sum(window * kernel)
    grids = {"its window": window, "× the kernel": kernel, f"= products, sum {total:g}": window * kernel + 0.0}
    figure, ((axis, _), *panels) = new_panels({"the picture": image, **grids}, width=9, height=2.7)
    axis.imshow(image, cmap=COLOUR_MAP)
    frame(axis, column - 0.5, row - 0.5, width, height, color=VERMILION, linewidth=2.5)
    axis.set(xticks=[], yticks=[])
    for axis, numbers in panels:
        _number_grid(axis, numbers)
    show(figure, f"A picture with a window of {height} by {width} at row {row}, column {column}; the window's values, "
                 f"the kernel's values and their products as grids of numbers. The products sum to {total:g}.")


def draw_kernel_and_map(image: np.ndarray, kernel: np.ndarray, feature_map: np.ndarray,
                        ylabel: str = "") -> tuple["Figure", str]:
    """Draw a picture, a kernel as a grid of numbers, and the kernel's feature map. The arrays are shown as they are.

    `ylabel`: what the rows of a picture of sound are, counted from the bottom; its columns are frames.
    """
    figure, ((left, _), (middle, _), (right, _)) = new_panels(
        {"the picture": image, "the kernel": kernel, "the feature map": feature_map}, width=9, height=3.2,
        width_ratios=[5, 3, 6])
    left.imshow(image, cmap=COLOUR_MAP, aspect=_aspect(image))
    _number_grid(middle, kernel)
    figure.colorbar(_signed_picture(right, feature_map), ax=right)
    for axis, values in ((left, image), (right, feature_map)):
        _label_sound(axis, len(values), ylabel)
    row, column = np.unravel_index(np.argmax(feature_map), np.shape(feature_map))
    row, counted = (len(feature_map) - 1 - row, ylabel) if ylabel else (row, "row")
    return figure, (f"A picture of {image.shape[0]} by {image.shape[1]}, the kernel ({_in_words(kernel)}), and its "
                    f"feature map from {np.min(feature_map):.3g} to {np.max(feature_map):.3g}, with the highest value "
                    f"at {counted} {row}, {'frame' if ylabel else 'column'} {column}.")


def kernel_and_map(image: np.ndarray, kernel: np.ndarray, feature_map: np.ndarray, ylabel: str = "") -> None:
    """Show the figure of `draw_kernel_and_map`."""
    show(*draw_kernel_and_map(image, kernel, feature_map, ylabel))


def feature_map_pair(maps: Mapping[str, np.ndarray], ylabel: str) -> None:
    """Show feature maps of sounds (rows, frames) side by side, the last row at the bottom; 0 has the middle colour."""
    figure, panels = new_panels(maps, width=9, height=2.8, titles={"fontsize": 11})
    for axis, values in panels:
        figure.colorbar(_signed_picture(axis, values), ax=axis)
        _label_sound(axis, len(values), ylabel)
    texts = [f"{title}: {np.shape(values)[0]} by {np.shape(values)[1]} values from {np.min(values):.3g} to "
             f"{np.max(values):.3g}" for title, values in maps.items()]
    show(figure, f"Feature maps. {'; '.join(texts)}.")


def _label_sound(axis: "Axes", n_rows: int, ylabel: str) -> None:
    """Label a picture of sound, its rows counted from the bottom; without a `ylabel` it is none, and has no axes."""
    if not ylabel:
        axis.set(xticks=[], yticks=[])
        return
    ticks = np.arange(0, n_rows, 10 if n_rows <= 60 else 40)
    axis.set(xlabel="frame", ylabel=ylabel, yticks=n_rows - 1 - ticks, yticklabels=ticks)


def _aspect(image: np.ndarray) -> str:
    """Square pictures stay square; pictures of sound, whose axes have different units, fill their panel."""
    return "equal" if np.shape(image)[0] == np.shape(image)[1] else "auto"


def _signed_picture(axis: "Axes", values: np.ndarray) -> Any:
    limit = float(np.max(np.abs(values))) or 1.0
    return axis.imshow(values, cmap=COLOUR_MAP, vmin=-limit, vmax=limit, aspect=_aspect(values))


def _number_grid(axis: "Axes", numbers: np.ndarray, fill: np.ndarray | None = None) -> None:
    """Draw numbers in a grid of squares; `fill` (rows, columns) names the colour of each."""
    rows, columns = np.shape(numbers)
    for (row, column), value in np.ndenumerate(numbers):
        _square(axis, column, row, "white" if fill is None else fill[row, column], linewidth=0.8)
        axis.text(column + 0.5, row + 0.5, f"{value:.3g}", ha="center", va="center", fontsize=min(12, 70 / columns))
    axis.set(xlim=(-0.05, columns + 0.05), ylim=(rows + 0.05, -0.05), aspect="equal")
    axis.set_axis_off()


def _square(axis: "Axes", x: float, y: float, colour: str, **options: Any) -> None:
    from matplotlib.patches import Rectangle

    axis.add_patch(Rectangle((x, y), 1, 1, facecolor=colour, edgecolor=BLACK, **options))


def _in_words(numbers: np.ndarray) -> str:
    return "; ".join(" ".join(f"{value:g}" for value in row) for row in numbers)


def window_positions(n: int, kernel: int, settings: Mapping[str, tuple[int, Sequence[int]]]) -> None:
    """Show a row of n values and the windows of a kernel of so many values.

    `settings[title]` is the padding and where the windows start, counted from the first of the padding's zeros.
    """
    figure, panels = new_panels(settings, width=9, height=2.9, sharey=True, titles={"fontsize": 11})
    for axis, (padding, starts) in panels:
        for place in range(n + 2 * padding):
            outside = not padding <= place < padding + n
            _square(axis, place, 0, "white" if outside else SKY, linestyle=":" if outside else "-")
            axis.text(place + 0.5, 0.5, "0" if outside else "", ha="center", va="center", fontsize=10)
        for number, start in enumerate(starts):
            axis.barh(1.6 + 0.6 * number, kernel - 0.1, left=start + 0.05, height=0.45,
                      color=(BLUE, ORANGE)[number % 2])
        axis.set(xlim=(-0.2, n + 2 * padding + 0.2), ylim=(1.6 + 0.6 * 7, -0.2))
        axis.set_axis_off()
    texts = [f"{title}: {len(starts)} windows over {n + 2 * padding} values, {2 * padding} of them added zeros"
             for title, (padding, starts) in settings.items()]
    show(figure, f"A row of {n} squares and below it a bar for every place of a window of {kernel}. "
                 f"{'; '.join(texts)}.")


def pooling_tiles(image: np.ndarray, pooled: np.ndarray, size: int) -> None:
    """Show a small image as numbers, its tiles in two colours (what is dropped stays white), and the pooled image.

    Example:
        >>> pooling_tiles(np.arange(8.0).reshape(2, 4), np.array([[5.0, 7.0]]), size=2)
        Figure: A grid of 2 by 4 numbers in tiles of 2 by 2, and the grid of their largest values: 5 7.
    """
    image, pooled = np.asarray(image), np.asarray(pooled)
    pale = np.array(["#E4F2FB", "#8FC4E8"])  # differ in grey, too
    rows, columns = np.indices(image.shape) // size
    fill = np.where((rows < pooled.shape[0]) & (columns < pooled.shape[1]), pale[(rows + columns) % 2], "white")
    widths = [image.shape[1], pooled.shape[1] + 1]
    figure, (left, right) = new_figure(columns=2, width=7, height=2.9, width_ratios=widths)
    _number_grid(left, image, fill)
    left.set_title(f"{image.shape[0]} × {image.shape[1]}")
    _number_grid(right, pooled, pale[np.indices(pooled.shape).sum(axis=0) % 2])
    right.set_title(f"pooled: {pooled.shape[0]} × {pooled.shape[1]}")
    show(figure, f"A grid of {image.shape[0]} by {image.shape[1]} numbers in tiles of {size} by {size}, and the grid "
                 f"of their largest values: {_in_words(pooled)}.")


def receptive_sketch() -> None:
    """Show two layers with kernels of 3, once without and once with a stride in the first: what one number sees."""
    figure, axes = new_figure(columns=2, width=9, height=2.7)
    seen = [_draw_cone(axis, stride) for axis, stride in zip(axes, (1, 2), strict=True)]
    show(figure, "Rows of dots for the input and for two layers with kernels of 3, and lines from one dot of the "
                 f"second layer down to all that it depends on. With stride 1 in the first layer it sees {seen[0]} "
                 f"inputs, with stride 2 it sees {seen[1]}.")


def _draw_cone(axis: "Axes", stride: int) -> int:
    """Draw two layers with kernels of 3, the first with this stride. Return how many inputs one number sees."""
    n_inputs, chosen = 9, (range(2, 5) if stride == 1 else range(3))
    places = [i * stride + 1 for i in range((n_inputs - 3) // stride + 1)]  # of the first layer's dots
    top = np.mean([places[i] for i in chosen])
    seen = {i * stride + k for i in chosen for k in range(3)}
    for i in chosen:
        axis.plot([top, places[i]], [2, 1], color=ORANGE, zorder=0)
        for k in range(3):
            axis.plot([places[i], i * stride + k], [1, 0], color=SKY, zorder=0)
    rows = [(range(n_inputs), seen, BLUE, 110), (places, chosen, ORANGE, 110),
            ([top], [0], VERMILION, 140)]
    for row, (xs, marked, colour, size) in enumerate(rows):
        axis.scatter(xs, [row] * len(xs), s=size, c=[colour if i in marked else "white" for i in range(len(xs))],
                     edgecolors=BLACK)
    axis.set_title(f"first layer: stride {stride}", fontsize=11)
    axis.set(ylim=(-0.4, 2.4), xticks=[], yticks=[0, 1, 2], yticklabels=["input", "layer 1", "layer 2"])
    axis.spines[["left", "bottom"]].set_visible(False)
    axis.tick_params(length=0)
    return len(seen)


def receptive_frames(clip: np.ndarray, fields: Mapping[str, int]) -> None:
    """Show features (T, F) as a picture, and for each layer a square around its middle: what one of its numbers sees.

    `fields[layer]` is the side of the square, in frames and in coefficients.
    """
    from matplotlib.patheffects import withStroke

    figure, axis = new_figure(width=7, height=3.6)
    picture(axis, clip)
    axis.set_aspect("equal")
    frames, bands = np.shape(clip)
    outline = withStroke(linewidth=4.5, foreground=BLACK)
    hues = ["white", ORANGE, SKY, VERMILION, PURPLE, GREEN]
    for (name, field), colour, line in zip(fields.items(), hues, ["-", "--"] * 3, strict=False):
        frame(axis, (frames - field) / 2 - 0.5, (bands - field) / 2 - 0.5, field, field, color=colour, linestyle=line,
              linewidth=2.5, label=f"{name}: {field}", path_effects=[outline])
    legend = axis.legend(loc="upper left", bbox_to_anchor=(1.02, 1), facecolor="#777777", labelcolor="white")
    legend.set_title("after … : sees …", prop={"size": 11})
    legend.get_title().set_color("white")
    axis.set(xlabel="frame", ylabel="coefficient", xlim=(-0.5, frames - 0.5), ylim=(-0.5, bands - 0.5))
    texts = [f"after {name} {field} by {field}" for name, field in fields.items()]
    show(figure, f"Features of a clip, {frames} frames by {bands} coefficients, with a square for each layer that "
                 f"shows what one of its numbers sees: {', '.join(texts)}.")


def kernel_pictures(kernels: np.ndarray, limit: int = 16) -> None:
    """Show the first kernels of a convolution, at most `limit`, as the pictures of clips lie: time to the right.

    Args:
        kernels: (height, width, channels in, channels out) or (width, channels in, channels out). Of several channels
            in, the first is shown.
        limit: how many kernels are shown at most.
    """
    kernels = np.asarray(kernels)
    flat = kernels[:, :, 0] if kernels.ndim == 4 else kernels
    _small_pictures(np.moveaxis(flat, -1, 0)[:limit], "Kernels of the first layer", "weight", signed=True)


def feature_map_pictures(maps: np.ndarray, limit: int = 16) -> None:
    """Show feature maps (T, F, channels), or (T, channels), of one clip, at most `limit`: time runs to the right."""
    maps = np.asarray(maps)
    if maps.ndim == 2:
        maps = maps[:, np.newaxis]
    _small_pictures(np.moveaxis(maps, -1, 0)[:limit], "Feature maps of one clip", "value", signed=False)


def _small_pictures(arrays: np.ndarray, what: str, unit: str, signed: bool) -> None:
    """Show arrays (n, T, F) side by side on one scale of colours, numbered from 0."""
    columns = min(8, len(arrays))
    numbered = {str(number): array for number, array in enumerate(arrays)}
    figure, panels = new_panels(numbered, columns, width=9, height=0.3 + 1.3 * -(-len(arrays) // columns),
                                titles={"fontsize": 9})
    high = float(np.max(np.abs(arrays))) or 1.0
    for axis, values in panels:
        image = picture(axis, values, (-high if signed else 0, high))
        axis.set(xticks=[], yticks=[])
    panels[(len(arrays) - 1) // columns * columns][0].set(xlabel="frames →", ylabel="coefficients →")
    figure.colorbar(image, ax=figure.axes, label=unit)
    strengths = np.max(np.abs(arrays), axis=(1, 2))
    show(figure, f"{what}: {len(arrays)} small pictures of {arrays.shape[1]} by {arrays.shape[2]} values, time to the "
                 f"right. The strongest is number {int(np.argmax(strengths))} with {strengths.max():.3g}, the weakest "
                 f"number {int(np.argmin(strengths))} with {strengths.min():.3g}.")
