"""Lesson 04: fits, remedies and what they brought."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kws_helpers.plotting.figure import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PICTURE_COLOURS,
    SKY,
    VERMILION,
    new_figure,
    show,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_Y_LIMITS = (-2.2, 2.2)


def polynomial_fits(x: np.ndarray, y: np.ndarray, grid: np.ndarray, truth: np.ndarray,
                    fits: Mapping[str, np.ndarray]) -> None:
    """Points (n,) with a fitted curve in each panel: `truth` and `fits[title]` are values on `grid`."""
    figure, axes = new_figure(columns=len(fits), height=2.9, sharey=True, squeeze=False)
    for axis, (title, curve) in zip(axes[0], fits.items(), strict=True):
        _points_and_curve(axis, x, y, grid, truth, curve)
        axis.set(title=title, xlabel="x")
    axes[0, 0].set_ylabel("y")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    texts = [f"{title} is on average {np.mean(np.abs(curve - truth)):.2f} away from the truth"
             for title, curve in fits.items()]
    show(figure, f"{len(x)} points around a dashed curve, and a fit in each panel. {'; '.join(texts)}.")


def draw_fit_and_errors(x: np.ndarray, y: np.ndarray, grid: np.ndarray, truth: np.ndarray, fit: np.ndarray,
                        degree: int, errors: Mapping[str, np.ndarray]) -> tuple["Figure", str]:
    """Left a fit as in `polynomial_fits`, right the errors of all degrees: `errors[name]` begins with degree 0."""
    figure, (left, right) = new_figure(columns=2, height=3.4)
    _points_and_curve(left, x, y, grid, truth, fit)
    left.set(title=f"degree {degree}, {len(x)} points", xlabel="x", ylabel="y")
    texts = []
    for (name, values), marker in zip(errors.items(), "os", strict=True):
        right.semilogy(values, f"{marker}-", markersize=4, label=name)
        texts.append(f"the {name} error is {values[degree]:.2g} here and smallest at degree {np.argmin(values)}")
    right.axvline(degree, color=BLACK, linestyle=":", linewidth=1.5)
    right.set(title="error of every degree", xlabel="degree", ylabel="mean squared error", ylim=(1e-3, 1e2))
    right.set_xticks(range(0, len(values), 3))
    right.legend(frameon=False, loc="upper left")
    return figure, (f"Left: {len(x)} points and a polynomial of degree {degree}. Right: the errors of all degrees; "
                    f"{'; '.join(texts)}.")


def _points_and_curve(axis, x, y, grid, truth, curve) -> None:
    axis.plot(grid, truth, "--", color=BLACK, linewidth=1.2, label="truth")
    axis.plot(grid, curve, color=VERMILION, label="fit")
    axis.plot(x, y, "o", color=BLUE, markersize=4, label="points to learn from")
    axis.set_ylim(*_Y_LIMITS)


def fits_to_many_samples(grid: np.ndarray, truth: np.ndarray, fits: Mapping[str, np.ndarray]) -> None:
    """Curves fitted to many samples of the same truth, and their mean: `fits[title]` is (n_samples, len(grid))."""
    figure, axes = new_figure(columns=len(fits), height=2.9, sharey=True, squeeze=False)
    texts = []
    for axis, (title, curves) in zip(axes[0], fits.items(), strict=True):
        axis.plot(grid, curves[:30].T, color=SKY, linewidth=0.6, alpha=0.7)
        axis.plot([], color=SKY, label="fits to 30 samples")
        axis.plot(grid, curves.mean(axis=0), color=VERMILION, linewidth=2, label="mean fit")
        axis.plot(grid, truth, "--", color=BLACK, linewidth=1.5, label="truth")
        axis.set(title=title, xlabel="x", ylim=_Y_LIMITS)
        texts.append(f"{title}: the mean fit is on average {np.abs(curves.mean(axis=0) - truth).mean():.2f} away from "
                     f"the truth, single fits scatter by {curves.std(axis=0).mean():.2f} around it")
    axes[0, 0].set_ylabel("y")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    show(figure, f"Thin curves in each panel, their mean and the truth. {'; '.join(texts)}.")


def disc_boundaries(x: np.ndarray, y: np.ndarray, inside: np.ndarray,
                    panels: Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]) -> None:
    """Points (n,) of two classes, and in each panel the answers of a classifier as background.

    `panels[title]` takes x and y, each (m,), and returns m truth values.
    """
    figure, axes = new_figure(columns=len(panels), width=3.6 * len(panels), height=3.8, squeeze=False)
    across, up = np.meshgrid(np.linspace(-1.1, 1.1, 150), np.linspace(-1.1, 1.1, 150))
    texts = []
    for axis, (title, answer) in zip(axes[0], panels.items(), strict=True):
        answers = np.asarray(answer(across.ravel(), up.ravel())).astype(float).reshape(across.shape)
        axis.contourf(across, up, answers, levels=[-0.5, 0.5, 1.5], colors=["#FFF3D6", "#CFE6F5"])
        axis.plot(x[inside], y[inside], "o", color=BLUE, markersize=5, label="inner")
        axis.plot(x[~inside], y[~inside], "s", color=ORANGE, markersize=5, label="outer")
        axis.set(title=title, aspect="equal", xlabel="x", ylabel="y")
        right = np.mean(np.asarray(answer(x, y)).astype(bool) == inside)
        texts.append(f"{title}: {right:.0%} of the points are on their own side")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    show(figure, f"A cloud of {inside.sum()} points in the middle, {np.sum(~inside)} in a ring around it, and the area "
                 f"that a classifier gives to each. {'; '.join(texts)}.")


def stopping_point(validation_losses: np.ndarray, epoch: int, patience: int) -> None:
    """Validation losses (epochs,), the epoch whose weights are kept, and where training stops."""
    losses = np.asarray(validation_losses)
    figure, axis = new_figure(height=2.9)
    axis.plot(losses, "o-", markersize=4, label="validation loss")
    axis.plot(epoch, losses[epoch], "o", color=VERMILION, markersize=10, label=f"kept: epoch {epoch}")
    stop = epoch + patience
    end = "the training runs to its end"
    if stop < len(losses):
        axis.axvline(stop, color=BLACK, linestyle=":", linewidth=1.5, label=f"stop after epoch {stop}")
        end = f"training stops after epoch {stop}"
    axis.set(xlabel="epoch (from 0)", ylabel="loss", ylim=(0, None))
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.legend(frameon=False, loc="lower right")
    show(figure, f"The validation loss over {len(losses)} epochs, from {losses[0]:.2f} to {losses[-1]:.2f}. Epoch "
                 f"{epoch} with {losses[epoch]:.2f} is kept; with a patience of {patience}, {end}.")


def weight_histograms(panels: Mapping[str, np.ndarray], limit: float = 0.12) -> None:
    """How large weights are: a histogram for each entry of `panels`, an array of any shape, on one scale."""
    figure, axes = new_figure(columns=len(panels), height=2.7, sharey=True, squeeze=False)
    texts = []
    for axis, (title, weights) in zip(axes[0], panels.items(), strict=True):
        weights = np.asarray(weights).ravel()
        axis.hist(np.clip(weights, -limit, limit), bins=np.linspace(-limit, limit, 60), color=BLUE,
                  weights=np.full(len(weights), 1 / len(weights)))
        axis.set(title=title, xlabel="weight")
        texts.append(f"{title}: root mean square {np.sqrt(np.mean(weights**2)):.3f}")
    axes[0, 0].set_ylabel("share of the weights")
    axes[0, 0].yaxis.set_major_formatter("{x:.0%}")
    show(figure, f"Histograms of weights. {'; '.join(texts)}.")


def dropped_values(panels: Mapping[str, np.ndarray]) -> None:
    """Activations (n_clips, n_neurons) as pictures on one scale; what is exactly 0 is white."""
    import matplotlib

    figure, axes = new_figure(columns=len(panels), height=2.6, squeeze=False)
    colours = matplotlib.colormaps[PICTURE_COLOURS].with_extremes(bad="white")
    top = max(np.max(values) for values in panels.values())
    texts = []
    for axis, (title, values) in zip(axes[0], panels.items(), strict=True):
        values = np.asarray(values)
        image = axis.imshow(np.ma.masked_equal(values, 0), vmin=0, vmax=top, aspect="auto", cmap=colours)
        axis.set(title=title, xlabel="neuron")
        texts.append(f"{title}: {np.mean(values == 0):.0%} are zero, the mean is {values.mean():.2f}")
    axes[0, 0].set_ylabel("clip")
    figure.colorbar(image, ax=axes)
    show(figure, f"Pictures with a row a clip and a column a neuron. {'; '.join(texts)}.")


def neuron_spread(panels: Mapping[str, np.ndarray]) -> None:
    """Mean and mean plus/minus one standard deviation of every neuron: `panels[title]` is (n_clips, n_neurons)."""
    figure, axes = new_figure(columns=len(panels), height=2.8, squeeze=False)
    texts = []
    for axis, (title, values) in zip(axes[0], panels.items(), strict=True):
        mean, std = np.mean(values, axis=0), np.std(values, axis=0)
        axis.errorbar(range(len(mean)), mean, std, fmt="o", markersize=3, linewidth=1, color=BLUE, ecolor=SKY)
        axis.axhline(0, color=BLACK, linewidth=0.8)
        axis.set(title=title, xlabel="neuron")
        texts.append(f"{title}: means from {mean.min():.2f} to {mean.max():.2f}, standard deviations from "
                     f"{std.min():.2f} to {std.max():.2f}")
    axes[0, 0].set_ylabel("mean ± standard deviation")
    show(figure, f"A dot with a bar for every neuron. {'; '.join(texts)}.")


def changed_clips(clips: Mapping[str, tuple[np.ndarray, np.ndarray]], sample_rate: int = 16_000) -> None:
    """The figure of `draw_changed_clips`, shown."""
    show(*draw_changed_clips(clips, sample_rate))


def draw_changed_clips(clips: Mapping[str, tuple[np.ndarray, np.ndarray]],
                       sample_rate: int = 16_000) -> tuple["Figure", str]:
    """A column for each clip: samples (n,) above and features (T, F) below, on the same scales; what is 0 is black."""
    figure, axes = new_figure(2, len(clips), height=3.8, squeeze=False, sharey="row", height_ratios=[2, 3])
    seconds = max(len(audio) for audio, _ in clips.values()) / sample_rate
    frames = max(len(picture) for _, picture in clips.values())
    texts = []
    for (above, below), (title, (audio, picture)) in zip(axes.T, clips.items(), strict=True):
        above.plot(np.arange(len(audio)) / sample_rate, audio, linewidth=0.6)
        above.set(title=title, xlabel="time in seconds", xlim=(0, seconds), ylim=(-1, 1))
        image = _imshow_masked(below, picture)
        below.set(xlabel="frame", xlim=(-0.5, frames - 0.5))
        texts.append(f"{title}: {len(audio) / sample_rate:.2f} seconds, largest sample {np.max(np.abs(audio)):.2f}, "
                     f"{np.mean(np.asarray(picture) == 0):.0%} of its features are masked")
    axes[0, 0].set_ylabel("sample value")
    axes[1, 0].set_ylabel("coefficient")
    figure.colorbar(image, ax=axes[1], extend="both")
    return figure, f"Waveforms above, standardised MFCC below. {'; '.join(texts)}."


def masked_pictures(before: np.ndarray, after: Sequence[np.ndarray]) -> None:
    """Features (T, F) and several masked versions of them; what is exactly 0 is black."""
    figure, axes = new_figure(columns=1 + len(after), height=2.6, sharey=True)
    texts = []
    for number, (axis, picture) in enumerate(zip(axes, [before, *after], strict=True)):
        title = f"masked, draw {number}" if number else "as it was"
        _imshow_masked(axis, picture)
        axis.set(title=title, xlabel="frame")
        texts.append(f"{title}: {np.mean(np.asarray(picture) == 0):.0%} black")
    axes[0].set_ylabel("coefficient")
    show(figure, f"Features as pictures, with black bands where they are masked. {'; '.join(texts)}.")


def _imshow_masked(axis: Any, picture: np.ndarray) -> Any:
    import matplotlib

    return axis.imshow(np.ma.masked_equal(np.asarray(picture), 0).T, origin="lower", aspect="auto", vmin=-3, vmax=3,
                       cmap=matplotlib.colormaps[PICTURE_COLOURS].with_extremes(bad="black"))


def remedy_dots(measured: Mapping[str, np.ndarray], baseline: str) -> None:
    """Accuracies by remedy: `measured[name]` is (n_seeds, 2) with the training and the validation accuracy."""
    figure, axis = new_figure(height=1.2 + 0.38 * len(measured))
    texts = []
    for row, (name, values) in enumerate(measured.items()):
        (heard, unheard), seeds = np.mean(values, axis=0), np.full(len(values), row)
        axis.plot([unheard, heard], [row, row], color="#BBBBBB", linewidth=1, zorder=0)
        axis.plot(np.asarray(values)[:, 0], seeds, "s", color=GREEN, markersize=6, markerfacecolor="none",
                  label="training" if row == 0 else None)
        axis.plot(np.asarray(values)[:, 1], seeds, "o", color=BLUE, markersize=6, alpha=0.7,
                  label="validation" if row == 0 else None)
        axis.plot([unheard, heard], [row, row], "|", color=BLACK, markersize=16, label="mean" if row == 0 else None)
        texts.append(f"{name}: training {heard:.1%}, validation {unheard:.1%}")
    axis.axvline(np.mean(measured[baseline], axis=0)[1], color=BLACK, linestyle=":", linewidth=1.2,
                 label=f"validation, {baseline}")
    axis.set_yticks(range(len(measured)), list(measured))
    axis.set(ylim=(len(measured) - 0.5, -0.5), xlabel="accuracy")
    axis.xaxis.set_major_formatter("{x:.0%}")
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    show(figure, f"A row a remedy, a dot a seed; the dotted line is the validation accuracy of “{baseline}”. Means: "
                 f"{'; '.join(texts)}.")
