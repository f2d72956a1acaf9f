"""Lesson 05: kernels, feature maps and filters."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kws_helpers.plotting.figure import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PICTURE_COLOURS,
    PURPLE,
    SKY,
    VERMILION,
    new_figure,
    show,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def kernel_step(image: np.ndarray, kernel: np.ndarray, row: int, column: int) -> None:
    """One position of a kernel: the window of the image, the kernel, their products and the sum of these."""
    from matplotlib.patches import Rectangle

    height, width = kernel.shape
    window = image[row : row + height, column : column + width]
    figure, axes = new_figure(columns=4, width=9, height=2.7)
    axes[0].imshow(image, cmap=PICTURE_COLOURS)
    axes[0].add_patch(Rectangle((column - 0.5, row - 0.5), width, height, fill=False, color=VERMILION, linewidth=2.5))
    axes[0].set_title("the picture")
    axes[0].set(xticks=[], yticks=[])
    total = np.sum(window * kernel)
    grids = {"its window": window, "× the kernel": kernel, f"= products, sum {total:g}": window * kernel + 0.0}
    for axis, (title, numbers) in zip(axes[1:], grids.items(), strict=True):
        _number_grid(axis, numbers)
        axis.set_title(title)
    show(figure, f"A picture with a window of {height} by {width} at row {row}, column {column}; the window's values, "
                 f"the kernel's values and their products as grids of numbers. The products sum to {total:g}.")


def draw_kernel_response(image: np.ndarray, kernel: np.ndarray, response: np.ndarray) -> tuple["Figure", str]:
    """A picture, a kernel as a grid of numbers, and what the kernel answers. The arrays are shown as they are."""
    figure, (left, middle, right) = new_figure(columns=3, width=9, height=3.2, width_ratios=[5, 3, 6])
    left.imshow(image, cmap=PICTURE_COLOURS, aspect=_aspect(image))
    left.set_title("the picture")
    _number_grid(middle, kernel)
    middle.set_title("the kernel")
    figure.colorbar(_signed_picture(right, response), ax=right)
    right.set_title("its response")
    for axis in (left, right):
        axis.set(xticks=[], yticks=[])
    peak = tuple(int(i) for i in np.unravel_index(np.argmax(response), np.shape(response)))
    rows = "; ".join(" ".join(f"{value:g}" for value in row) for row in kernel)
    return figure, (f"A picture of {image.shape[0]} by {image.shape[1]}, the kernel ({rows}), and its response from "
                    f"{np.min(response):.3g} to {np.max(response):.3g}, with the highest value at row {peak[0]}, "
                    f"column {peak[1]}.")


def kernel_response(image: np.ndarray, kernel: np.ndarray, response: np.ndarray) -> None:
    """The figure of `draw_kernel_response`."""
    show(*draw_kernel_response(image, kernel, response))


def image_grid(panels: Mapping[str, np.ndarray], columns: int = 3, signed: bool = False) -> None:
    """Arrays as pictures, shown as they are: row 0 at the top. `signed`: 0 has the middle colour."""
    rows = -(-len(panels) // columns)
    figure, axes = new_figure(rows, columns, width=9, height=0.4 + 2.4 * rows, squeeze=False)
    for axis, (title, values) in zip(axes.flat, panels.items(), strict=False):
        image = (_signed_picture(axis, values) if signed
                 else axis.imshow(values, cmap=PICTURE_COLOURS, aspect=_aspect(values)))
        figure.colorbar(image, ax=axis)
        axis.set_title(title, fontsize=11)
        axis.set(xticks=[], yticks=[])
    for axis in axes.flat[len(panels):]:
        axis.set_axis_off()
    texts = [f"{title}: {np.shape(values)[0]} by {np.shape(values)[1]} values from {np.min(values):.3g} to "
             f"{np.max(values):.3g}" for title, values in panels.items()]
    show(figure, f"Pictures. {'; '.join(texts)}.")


def _aspect(image: np.ndarray) -> str:
    """Square pictures stay square; pictures of sound, whose axes have different units, fill their panel."""
    return "equal" if np.shape(image)[0] == np.shape(image)[1] else "auto"


def _signed_picture(axis: Any, values: np.ndarray) -> Any:
    limit = float(np.max(np.abs(values))) or 1.0
    return axis.imshow(values, cmap=PICTURE_COLOURS, vmin=-limit, vmax=limit, aspect=_aspect(values))


def _number_grid(axis: Any, numbers: np.ndarray, colours: np.ndarray | None = None) -> None:
    """Numbers in a grid of squares; `colours` (rows, columns) names the colour of each."""
    from matplotlib.patches import Rectangle

    numbers = np.asarray(numbers)
    rows, columns = numbers.shape
    for (row, column), value in np.ndenumerate(numbers):
        colour = "white" if colours is None else colours[row, column]
        axis.add_patch(Rectangle((column, row), 1, 1, facecolor=colour, edgecolor=BLACK, linewidth=0.8))
        axis.text(column + 0.5, row + 0.5, f"{value:.3g}", ha="center", va="center", fontsize=min(12, 70 / columns))
    axis.set(xlim=(-0.05, columns + 0.05), ylim=(rows + 0.05, -0.05), aspect="equal")
    axis.set_axis_off()


def window_positions(n: int, kernel: int, settings: Mapping[str, tuple[int, Sequence[int]]]) -> None:
    """A row of n values and the windows of a kernel: `settings[title]` is the padding and where the windows start.

    A start is counted from the first of the padding's zeros.
    """
    from matplotlib.patches import Rectangle

    figure, axes = new_figure(columns=len(settings), width=9, height=2.9, squeeze=False, sharey=True)
    texts = []
    for axis, (title, (padding, starts)) in zip(axes[0], settings.items(), strict=True):
        for place in range(n + 2 * padding):
            outside = not padding <= place < padding + n
            axis.add_patch(Rectangle((place, 0), 1, 1, facecolor="white" if outside else SKY, edgecolor=BLACK,
                                     linestyle=":" if outside else "-"))
            axis.text(place + 0.5, 0.5, "0" if outside else "", ha="center", va="center", fontsize=10)
        for number, start in enumerate(starts):
            axis.barh(1.6 + 0.6 * number, kernel - 0.1, left=start + 0.05, height=0.45,
                      color=(BLUE, ORANGE)[number % 2])
        axis.set(xlim=(-0.2, n + 2 * padding + 0.2), ylim=(1.6 + 0.6 * 7, -0.2))
        axis.set_title(title, fontsize=11)
        axis.set_axis_off()
        texts.append(f"{title}: {len(starts)} windows over {n + 2 * padding} values, {2 * padding} of them added zeros")
    show(figure, f"A row of {n} squares and below it a bar for every place of a window of {kernel}. "
                 f"{'; '.join(texts)}.")


def pooling_tiles(image: np.ndarray, pooled: np.ndarray, size: int) -> None:
    """A small image as numbers, its tiles in two colours (what is dropped stays white), and the pooled image."""
    image, pooled = np.asarray(image), np.asarray(pooled)
    pale = np.array(["#E4F2FB", "#8FC4E8"])  # differ in grey, too
    rows, columns = np.indices(image.shape) // size
    colours = np.where((rows < pooled.shape[0]) & (columns < pooled.shape[1]), pale[(rows + columns) % 2], "white")
    widths = [image.shape[1], pooled.shape[1] + 1]
    figure, (left, right) = new_figure(columns=2, width=7, height=2.9, width_ratios=widths)
    _number_grid(left, image, colours)
    left.set_title(f"{image.shape[0]} × {image.shape[1]}")
    _number_grid(right, pooled, pale[np.indices(pooled.shape).sum(axis=0) % 2])
    right.set_title(f"pooled: {pooled.shape[0]} × {pooled.shape[1]}")
    values = "; ".join(" ".join(f"{value:g}" for value in row) for row in pooled)
    show(figure, f"A grid of {image.shape[0]} by {image.shape[1]} numbers in tiles of {size} by {size}, and the grid "
                 f"of their largest values: {values}.")


def change_by_shift(changes: Mapping[str, Sequence[float]], shifts: Sequence[int]) -> None:
    """How much something changes when its input is shifted by so many frames: a line for each kind."""
    figure, axis = new_figure(height=3)
    for (name, values), marker in zip(changes.items(), "os^Dv", strict=False):
        axis.plot(shifts, values, marker=marker, label=name)
    axis.set(xlabel="shift in frames", ylabel="change", ylim=(0, None))
    axis.yaxis.set_major_formatter("{x:.0%}")
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    texts = [f"{name}: {values[0]:.0%} after {shifts[0]} and {values[-1]:.0%} after {shifts[-1]}"
             for name, values in changes.items()]
    show(figure, f"Lines over the shift in frames. {'; '.join(texts)}.")


def receptive_sketch() -> None:
    """Two layers with kernels of 3, once without and once with a stride in the first: what one number sees."""
    figure, axes = new_figure(columns=2, width=9, height=2.7)
    seen = [_draw_cone(axis, stride) for axis, stride in zip(axes, (1, 2), strict=True)]
    show(figure, "Rows of dots for the input and for two layers with kernels of 3, and lines from one dot of the "
                 f"second layer down to all that it depends on. With stride 1 in the first layer it sees {seen[0]} "
                 f"inputs, with stride 2 it sees {seen[1]}.")


def _draw_cone(axis: Any, stride: int) -> int:
    """Dots and lines for two layers with kernels of 3, the first with this stride. Returns how many inputs are seen."""
    n_inputs, chosen = 9, (range(2, 5) if stride == 1 else range(3))
    places = [i * stride + 1 for i in range((n_inputs - 3) // stride + 1)]  # of the first layer's dots
    top = np.mean([places[i] for i in chosen])
    seen = {i * stride + k for i in chosen for k in range(3)}
    for i in chosen:
        axis.plot([top, places[i]], [2, 1], color=ORANGE, zorder=0)
        for k in range(3):
            axis.plot([places[i], i * stride + k], [1, 0], color=SKY, zorder=0)
    axis.scatter(range(n_inputs), [0] * n_inputs, s=110, c=[BLUE if i in seen else "white" for i in range(n_inputs)],
                 edgecolors=BLACK)
    axis.scatter(places, [1] * len(places), s=110, c=[ORANGE if i in chosen else "white" for i in range(len(places))],
                 edgecolors=BLACK)
    axis.scatter([top], [2], s=140, c=VERMILION, edgecolors=BLACK)
    axis.set_title(f"first layer: stride {stride}", fontsize=11)
    axis.set(ylim=(-0.4, 2.4), xticks=[], yticks=[0, 1, 2], yticklabels=["input", "layer 1", "layer 2"])
    axis.spines[["left", "bottom"]].set_visible(False)
    axis.tick_params(length=0)
    return len(seen)


def receptive_frames(clip: np.ndarray, fields: Mapping[str, int]) -> None:
    """Features (T, F) as a picture, and for each layer a square around its middle: what one of its numbers sees."""
    from matplotlib.patches import Rectangle
    from matplotlib.patheffects import withStroke

    figure, axis = new_figure(width=7, height=3.6)
    axis.imshow(np.asarray(clip).T, origin="lower", cmap=PICTURE_COLOURS, aspect="equal")
    frames, bands = np.shape(clip)
    for (name, field), colour, line in zip(fields.items(), ["white", ORANGE, SKY, VERMILION, PURPLE, GREEN],
                                           ["-", "--", "-", "--", "-", "--"], strict=False):
        corner = ((frames - field) / 2 - 0.5, (bands - field) / 2 - 0.5)
        axis.add_patch(Rectangle(corner, field, field, fill=False, color=colour, linestyle=line, linewidth=2.5,
                                 label=f"{name}: {field}", path_effects=[withStroke(linewidth=4.5, foreground=BLACK)]))
    legend = axis.legend(loc="upper left", bbox_to_anchor=(1.02, 1), facecolor="#777777", labelcolor="white")
    legend.set_title("after … : sees …", prop={"size": 11})
    legend.get_title().set_color("white")
    axis.set(xlabel="frame", ylabel="coefficient", xlim=(-0.5, frames - 0.5), ylim=(-0.5, bands - 0.5))
    texts = [f"after {name} {field} by {field}" for name, field in fields.items()]
    show(figure, f"Features of a clip, {frames} frames by {bands} coefficients, with a square for each layer that "
                 f"shows what one of its numbers sees: {', '.join(texts)}.")


def accuracy_over_shift(curves: Mapping[str, Sequence[float]], shifts: Sequence[int], chance: float) -> None:
    """Accuracy on clips that were shifted by so many frames: a line for each network."""
    figure, axis = new_figure(height=3.2)
    for (name, values), marker in zip(curves.items(), "os^Dv", strict=False):
        axis.plot(shifts, values, marker=marker, label=name)
    axis.axhline(chance, color=BLACK, linestyle=":", linewidth=1.5, label="guessing")
    axis.set(xlabel="shift in frames of 20 ms (+ is later)", ylabel="accuracy, unheard voices", ylim=(0, 1))
    axis.set_xticks(shifts)
    axis.yaxis.set_major_formatter("{x:.0%}")
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    texts = [f"{name}: {max(values):.1%} at best, {values[0]:.1%} at {shifts[0]} and {values[-1]:.1%} at {shifts[-1]} "
             "frames" for name, values in curves.items()]
    show(figure, f"Lines over the shift. {'; '.join(texts)}. A dotted line marks guessing at {chance:.1%}.")


def kernel_pictures(kernels: np.ndarray, limit: int = 16) -> None:
    """The kernels of a convolution, (height, width, channels in, channels out) or (width, channels in, channels out).

    Of those with several channels in, the first is shown. They lie as the pictures of clips do: time runs to the right.
    """
    kernels = np.asarray(kernels)
    flat = kernels[:, :, 0] if kernels.ndim == 4 else kernels
    _small_pictures(np.moveaxis(flat, -1, 0)[:limit], "Kernels of the first layer", signed=True)


def feature_map_pictures(maps: np.ndarray, limit: int = 16) -> None:
    """Feature maps (T, F, channels), or (T, channels), of one clip: time runs to the right."""
    maps = np.asarray(maps)
    if maps.ndim == 2:
        maps = maps[:, np.newaxis]
    _small_pictures(np.moveaxis(maps, -1, 0)[:limit], "Feature maps of one clip", signed=False)


def _small_pictures(arrays: np.ndarray, what: str, signed: bool) -> None:
    """Arrays (n, T, F) side by side on one scale of colours, numbered from 0."""
    columns = min(8, len(arrays))
    rows = -(-len(arrays) // columns)
    figure, axes = new_figure(rows, columns, width=9, height=0.3 + 1.3 * rows, squeeze=False)
    high = float(np.max(np.abs(arrays))) or 1.0
    for axis in axes.flat:
        axis.set_axis_off()
    for number, (axis, values) in enumerate(zip(axes.flat, arrays, strict=False)):
        image = axis.imshow(values.T, origin="lower", cmap=PICTURE_COLOURS, vmin=-high if signed else 0, vmax=high,
                            aspect="auto")
        axis.set_title(str(number), fontsize=9)
    figure.colorbar(image, ax=axes)
    strengths = np.max(np.abs(arrays), axis=(1, 2))
    show(figure, f"{what}: {len(arrays)} small pictures of {arrays.shape[1]} by {arrays.shape[2]} values, time to the "
                 f"right. The strongest is number {int(np.argmax(strengths))} with {strengths.max():.3g}, the weakest "
                 f"number {int(np.argmin(strengths))} with {strengths.min():.3g}.")


def fading_memory(momenta: Sequence[float], steps: int) -> None:
    """The share of its starting value that a moving mean still holds after so many steps, for each momentum."""
    figure, axis = new_figure(height=3)
    step = np.arange(steps + 1)
    for momentum, line in zip(momenta, ["-", "--", "-.", ":"], strict=False):
        axis.plot(step, momentum**step, line, label=f"momentum {momentum:g}: {momentum**steps:.0%} left")
    axis.set(xlabel="training steps", ylabel="share of the starting value", xlim=(0, steps), ylim=(0, 1.02))
    axis.yaxis.set_major_formatter("{x:.0%}")
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    texts = [f"{momentum:g}: {momentum**steps:.1%}" for momentum in momenta]
    show(figure, f"Falling curves over {steps} training steps. What is left of the starting value at the end, for a "
                 f"momentum of {', '.join(texts)}.")


def accuracy_by_size(networks: Mapping[str, tuple[int, Sequence[float]]], chance: float) -> None:
    """Accuracy over the number of parameters: `networks[name]` is the number and an accuracy for every seed."""
    figure, axis = new_figure(height=3.4)
    for (name, (parameters, values)), colour, marker in zip(networks.items(), [BLUE, ORANGE, VERMILION, GREEN, PURPLE],
                                                            "os^Dv", strict=False):
        axis.semilogx([parameters] * len(values), values, marker, color=colour, alpha=0.7, markersize=8)
        axis.annotate(name, (parameters, np.mean(values)), xytext=(10, 0), textcoords="offset points", va="center")
    axis.axhline(chance, color=BLACK, linestyle=":", linewidth=1.5)
    axis.text(axis.get_xlim()[0], chance + 0.015, " guessing")
    axis.margins(x=0.25)
    axis.set(xlabel="parameters", ylabel="accuracy, unheard voices", ylim=(0, 1))
    axis.yaxis.set_major_formatter("{x:.0%}")
    texts = [f"{name}: {parameters:,} parameters, {' and '.join(f'{value:.1%}' for value in values)}"
             for name, (parameters, values) in networks.items()]
    show(figure, f"Dots, one for each training run. {'; '.join(texts)}. A dotted line marks guessing at {chance:.1%}.")
