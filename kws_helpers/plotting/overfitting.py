"""Lessons 04 and 05: fits, remedies and what they brought."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from kws_helpers.data import SAMPLE_RATE
from kws_helpers.plotting.colours import BLACK, BLUE, COLOUR_MAP, GREEN, ORANGE, SKY, VERMILION
from kws_helpers.plotting.figure import label, legend_below, new_figure, new_panels, picture, show, spread_in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_Y_LIMITS = (-2.2, 2.2)


def polynomial_fits(x: np.ndarray, y: np.ndarray, grid: np.ndarray, truth: np.ndarray,
                    fits: Mapping[str, np.ndarray]) -> None:
    """Show points (n,) with a fitted curve in each panel: `truth` and `fits[title]` are values on `grid`, (m,)."""
    figure, panels = new_panels(fits, height=2.9, sharey=True, ylabel="y")
    for axis, curve in panels:
        _points_and_curve(axis, x, y, grid, truth, curve)
        axis.set_xlabel("x")
    legend_below(figure, 3)
    texts = [f"{title} is on average {np.mean(np.abs(curve - truth)):.2f} away from the truth"
             for title, curve in fits.items()]
    show(figure, f"{len(x)} points around a dashed curve, and a fit in each panel. {'; '.join(texts)}.")


def draw_fit_and_errors(x: np.ndarray, y: np.ndarray, grid: np.ndarray, truth: np.ndarray, fit: np.ndarray,
                        degree: int, errors: Mapping[str, np.ndarray]) -> tuple["Figure", str]:
    """Draw left a fit as in `polynomial_fits`, right the errors of all degrees: `errors[name]` begins with degree 0."""
    figure, (left, right) = new_figure(columns=2, height=3.4)
    _points_and_curve(left, x, y, grid, truth, fit)
    left.set(title=f"degree {degree}, {len(x)} points", xlabel="x", ylabel="y")
    for (name, values), marker in zip(errors.items(), "os", strict=True):
        right.semilogy(values, f"{marker}-", markersize=4, label=name)
    best, all_errors = int(np.argmin(errors["validation"])), np.concatenate(list(errors.values()))
    right.plot(best, errors["validation"][best], "o", color=VERMILION, markersize=11, markerfacecolor="none",
               label=f"lowest: degree {best}")
    right.axvline(degree, color=BLACK, linestyle=":", linewidth=1.5)
    right.set(title="error of every degree", xlabel="degree", ylabel="mean squared error",
              ylim=(0.6 * all_errors.min(), 6 * all_errors.max()))
    right.set_xticks(range(0, len(values), 3))
    right.legend(frameon=False, loc="upper center")
    texts = [f"the {name} error is {values[degree]:.2g} here and smallest at degree {np.argmin(values)}"
             for name, values in errors.items()]
    return figure, (f"Left: {len(x)} points and a polynomial of degree {degree}. Right: the errors of all degrees; "
                    f"{'; '.join(texts)}.")


def _points_and_curve(axis: "Axes", x: np.ndarray, y: np.ndarray, grid: np.ndarray, truth: np.ndarray,
                      curve: np.ndarray) -> None:
    axis.plot(grid, truth, "--", color=BLACK, linewidth=1.2, label="truth")
    axis.plot(grid, curve, color=VERMILION, label="fit")
    axis.plot(x, y, "o", color=BLUE, markersize=4, label="points to learn from")
    axis.set_ylim(*_Y_LIMITS)


def fits_to_many_samples(grid: np.ndarray, truth: np.ndarray, fits: Mapping[str, np.ndarray]) -> None:
    """Show curves fitted to many samples of the same truth, and their mean: `fits[title]` is (n_samples, len(grid))."""
    figure, panels = new_panels(fits, height=2.9, sharey=True, ylabel="y")
    for axis, curves in panels:
        axis.plot(grid, curves[:30].T, color=SKY, linewidth=0.6, alpha=0.7)
        axis.plot([], color=SKY, label="fits to 30 samples")
        axis.plot(grid, curves.mean(axis=0), color=VERMILION, linewidth=2, label="mean fit")
        axis.plot(grid, truth, "--", color=BLACK, linewidth=1.5, label="truth")
        axis.set(xlabel="x", ylim=_Y_LIMITS)
    legend_below(figure, 3)
    texts = [f"{title}: the mean fit is on average {np.abs(curves.mean(axis=0) - truth).mean():.2f} away from the "
             f"truth, single fits scatter by {curves.std(axis=0).mean():.2f} around it"
             for title, curves in fits.items()]
    show(figure, f"Thin curves in each panel, their mean and the truth. {'; '.join(texts)}.")


def disc_boundaries(x: np.ndarray, y: np.ndarray, inside: np.ndarray,
                    panels: Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]) -> None:
    """Show points (n,) of two classes, and in each panel the answers of a classifier as background.

    `inside` (n,) says which points are of the inner class; `panels[title]` turns x and y, (m,), into m truth values.
    """
    figure, shown = new_panels(panels, width=3.6 * len(panels), height=3.8)
    across, up = np.meshgrid(np.linspace(-1.1, 1.1, 150), np.linspace(-1.1, 1.1, 150))
    texts = []
    for (axis, answer), title in zip(shown, panels):
        answers = np.asarray(answer(across.ravel(), up.ravel())).astype(float).reshape(across.shape)
        axis.contourf(across, up, answers, levels=[-0.5, 0.5, 1.5], colors=["#FFF3D6", "#CFE6F5"])
        axis.plot(x[inside], y[inside], "o", color=BLUE, markersize=5, label="inner")
        axis.plot(x[~inside], y[~inside], "s", color=ORANGE, markersize=5, label="outer")
        axis.set(aspect="equal", xlabel="x", ylabel="y")
        right = np.mean(np.asarray(answer(x, y)).astype(bool) == inside)
        texts.append(f"{title}: {right:.0%} of the points are on their own side")
    legend_below(figure, 2)
    show(figure, f"A cloud of {inside.sum()} points in the middle, {np.sum(~inside)} in a ring around it, and the area "
                 f"that a classifier gives to each. {'; '.join(texts)}.")


def stopping_point(validation_losses: Sequence[float], index: int, patience: int) -> None:
    """Show validation losses (n_epochs,), the epoch whose weights are kept, and where training stops.

    The epochs of the figure are counted from 1; `index`, that of the kept one in `validation_losses`, from 0.

    Example:
        >>> stopping_point([2.0, 1.0, 1.5, 1.2], index=1, patience=2)
        Figure: ... Epoch 2 with 1.00 is kept; with a patience of 2, training stops after epoch 4.
    """
    losses, epoch = np.asarray(validation_losses), index + 1
    figure, axis = new_figure(height=2.9)
    axis.plot(np.arange(1, len(losses) + 1), losses, "o-", markersize=4, label="validation loss")
    axis.plot(epoch, losses[index], "o", color=VERMILION, markersize=10, label=f"kept: epoch {epoch}")
    stop = epoch + patience
    end = "the training runs to its end"
    if stop <= len(losses):
        axis.axvline(stop, color=BLACK, linestyle=":", linewidth=1.5, label=f"stop after epoch {stop}")
        end = f"training stops after epoch {stop}"
    label(axis, whole="x", xlabel="epoch", ylabel="loss", ylim=(0, None))
    axis.legend(frameon=False, loc="lower right")
    show(figure, f"The validation loss over {len(losses)} epochs, from {losses[0]:.2f} to {losses[-1]:.2f}. Epoch "
                 f"{epoch} with {losses[index]:.2f} is kept; with a patience of {patience}, {end}.")


def weight_histograms(panels: Mapping[str, np.ndarray], limit: float = 0.12) -> None:
    """Show how large weights are: a histogram for each entry of `panels`, an array of any shape, on one scale.

    Weights beyond plus or minus `limit` count at the limit.
    """
    figure, shown = new_panels(panels, height=2.7, sharey=True, ylabel="share of the weights")
    for axis, weights in shown:
        axis.hist(np.clip(np.ravel(weights), -limit, limit), bins=np.linspace(-limit, limit, 60), color=BLUE,
                  weights=np.full(np.size(weights), 1 / np.size(weights)))
        axis.yaxis.get_major_locator().set_params(steps=[1, 2, 5, 10])  # whole per cents
        label(axis, percent="y", xlabel="weight")
    texts = [f"{title}: root mean square {np.sqrt(np.mean(np.square(weights))):.3f}"
             for title, weights in panels.items()]
    show(figure, f"Histograms of weights. {'; '.join(texts)}.")


def dropped_values(panels: Mapping[str, np.ndarray]) -> None:
    """Show outputs (n_clips, n_neurons) of neurons as pictures on one scale; what is exactly 0 is white."""
    import matplotlib

    figure, shown = new_panels(panels, height=2.6, ylabel="clip")
    cmap = matplotlib.colormaps[COLOUR_MAP].with_extremes(bad="white")
    others = np.concatenate([np.ravel(values)[np.ravel(values) != 0] for values in panels.values()])
    for axis, values in shown:
        image = axis.imshow(np.ma.masked_equal(values, 0), vmin=others.min(), vmax=others.max(), aspect="auto",
                            cmap=cmap)
        axis.set_xlabel("neuron")
    figure.colorbar(image, ax=figure.axes, label="output (white: 0)")
    texts = [f"{title}: {np.mean(values == 0):.0%} are zero, the mean is {np.mean(values):.2f}"
             for title, values in panels.items()]
    show(figure, f"Pictures with one row per clip and one column per neuron. {'; '.join(texts)}.")


def neuron_spread(panels: Mapping[str, np.ndarray]) -> None:
    """Show mean and mean plus/minus one standard deviation of every neuron: `panels[title]` is (n_clips, n_neurons)."""
    figure, shown = new_panels(panels, height=2.8, ylabel="mean ± standard deviation")
    for axis, values in shown:
        mean, std = np.mean(values, axis=0), np.std(values, axis=0)
        axis.errorbar(range(len(mean)), mean, std, fmt="o", markersize=3, linewidth=1, color=BLUE, ecolor=SKY)
        axis.axhline(0, color=BLACK, linewidth=0.8)
        axis.set_xlabel("neuron")
    texts = [f"{title}: {spread_in_words(values)}" for title, values in panels.items()]
    show(figure, f"A dot with a bar for every neuron. {'; '.join(texts)}.")


def changed_clips(clips: Mapping[str, tuple[np.ndarray, np.ndarray]], sample_rate: int = SAMPLE_RATE) -> None:
    """Show the figure of `draw_changed_clips`."""
    show(*draw_changed_clips(clips, sample_rate))


def draw_changed_clips(clips: Mapping[str, tuple[np.ndarray, np.ndarray]],
                       sample_rate: int = SAMPLE_RATE) -> tuple["Figure", str]:
    """Draw a column per clip: samples (n,) above and features (T, F) below, on the same scales; what is 0 is black."""
    figure, axes = new_figure(2, len(clips), height=3.8, squeeze=False, sharey="row", height_ratios=[2, 3])
    seconds = max(len(audio) for audio, _ in clips.values()) / sample_rate
    frames = max(len(features) for _, features in clips.values())
    texts = []
    for (above, below), (title, (audio, features)) in zip(axes.T, clips.items(), strict=True):
        above.plot(np.arange(len(audio)) / sample_rate, audio, linewidth=0.6)
        above.set(title=title, xlabel="time in seconds", xlim=(0, seconds), ylim=(-1, 1))
        image = picture(below, features, (-3, 3), masked="black")
        above.xaxis.get_major_locator().set_params(nbins=3)
        below.set(xlabel="frame", xlim=(-0.5, frames - 0.5))
        texts.append(f"{title}: {len(audio) / sample_rate:.2f} seconds, largest sample {np.max(np.abs(audio)):.2f}, "
                     f"{np.mean(np.asarray(features) == 0):.0%} of its features are masked")
    axes[0, 0].set_ylabel("sample value")
    axes[1, 0].set_ylabel("coefficient")
    figure.colorbar(image, ax=axes[1], extend="both")
    return figure, f"Waveforms above, standardised MFCC below. {'; '.join(texts)}."


def masked_pictures(before: np.ndarray, after: Sequence[np.ndarray]) -> None:
    """Show features (T, F) and several masked versions of them; what is exactly 0 is black."""
    shown = {"as it was": before} | {f"masked, draw {number}": features for number, features in enumerate(after, 1)}
    figure, panels = new_panels(shown, height=2.6, sharey=True, ylabel="coefficient")
    for axis, features in panels:
        picture(axis, features, (-3, 3), masked="black")
        axis.set_xlabel("frame")
    texts = [f"{title}: {np.mean(np.asarray(features) == 0):.0%} black" for title, features in shown.items()]
    show(figure, f"Features as pictures, with black bands where they are masked. {'; '.join(texts)}.")


def remedy_dots(measured: Mapping[str, np.ndarray], baseline: str) -> None:
    """Show accuracies by remedy: `measured[name]` is (n_seeds, 2) with the training and the validation accuracy.

    A line marks the mean validation accuracy of the remedy called `baseline`.
    """
    figure, axis = new_figure(height=1.2 + 0.38 * len(measured))
    texts = []
    for row, (name, values) in enumerate(measured.items()):
        (heard, unheard), seeds = np.mean(values, axis=0), np.full(len(values), row)
        names = ("training", "validation", "mean") if row == 0 else (None, None, None)
        axis.plot([unheard, heard], [row, row], color="#BBBBBB", linewidth=1, zorder=0)
        axis.plot(np.asarray(values)[:, 0], seeds, "s", color=GREEN, markersize=6, markerfacecolor="none",
                  label=names[0])
        axis.plot(np.asarray(values)[:, 1], seeds, "o", color=BLUE, markersize=6, alpha=0.7, label=names[1])
        axis.plot([unheard, heard], [row, row], "|", color=BLACK, markersize=16, label=names[2])
        texts.append(f"{name}: training {heard:.1%}, validation {unheard:.1%}")
    axis.axvline(np.mean(measured[baseline], axis=0)[1], color=BLACK, linestyle=":", linewidth=1.2,
                 label=f"validation, {baseline}")
    axis.set_yticks(range(len(measured)), list(measured))
    label(axis, percent="x", legend=True, ylim=(len(measured) - 0.5, -0.5), xlabel="accuracy")
    show(figure, f"One row per remedy, one dot per seed; the dotted line is the validation accuracy of “{baseline}”. "
                 f"Means: {'; '.join(texts)}.")
