"""Lessons 06 and 07: networks side by side, and what happens inside them in training."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kws_helpers.plotting.colours import BLACK, BLUE, CYCLE, GREEN, ORANGE, PURPLE, SKY, VERMILION, YELLOW
from kws_helpers.plotting.figure import frame, label, new_figure, new_panels, picture, show

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARKS = ("o", "s", "^", "D")


def change_by_shift(changes: Mapping[str, Sequence[float]], shifts: Sequence[int]) -> None:
    """Show how much something changes when its input is shifted by so many frames: a line per kind, as shares."""
    figure, axis = new_figure(height=3)
    _lines(axis, shifts, changes)
    label(axis, percent="y", whole="x", legend=True, xlabel="shift in frames", ylabel="change of the map",
          ylim=(0, None))
    texts = [f"{name}: {values[0]:.0%} after {shifts[0]} and {values[-1]:.0%} after {shifts[-1]}"
             for name, values in changes.items()]
    show(figure, f"Lines over the shift in frames. {'; '.join(texts)}.")


def accuracy_over_shift(curves: Mapping[str, Sequence[float]], shifts: Sequence[int], chance: float) -> None:
    """Show the accuracy, from 0 to 1, on clips that were shifted by so many frames: a line per network."""
    figure, axis = new_figure(height=3.2)
    _lines(axis, shifts, curves)
    axis.axhline(chance, color=BLACK, linestyle=":", linewidth=1.5, label="guessing")
    label(axis, percent="y", legend=True, xlabel="shift in frames of 20 ms (+ is later)", xticks=shifts,
          ylabel="accuracy, validation", ylim=(0, 1), title="the same clips, earlier or later")
    texts = [f"{name}: {max(values):.1%} at best, {values[0]:.1%} at {shifts[0]} and {values[-1]:.1%} at {shifts[-1]} "
             "frames" for name, values in curves.items()]
    show(figure, f"Lines over the shift. {'; '.join(texts)}. A dotted line marks guessing at {chance:.1%}.")


def _lines(axis: "Axes", x: Sequence[float], curves: Mapping[str, Sequence[float]]) -> None:
    for (name, values), marker in zip(curves.items(), "os^Dv", strict=False):
        axis.plot(x, values, marker=marker, label=name)


def fading_memory(momenta: Sequence[float], steps: int) -> None:
    """Show the share of its starting value that a moving mean still holds after so many steps, for each momentum."""
    figure, axis = new_figure(height=3)
    step = np.arange(steps + 1)
    for momentum, line in zip(momenta, ["-", "--", "-.", ":"], strict=False):
        axis.plot(step, momentum**step, line, label=f"momentum {momentum:g}: {momentum**steps:.0%} left")
    label(axis, percent="y", legend=True, xlabel="training steps", ylabel="share of the starting value",
          xlim=(0, steps), ylim=(0, 1.02))
    texts = [f"{momentum:g}: {momentum**steps:.1%}" for momentum in momenta]
    show(figure, f"Falling curves over {steps} training steps. What is left of the starting value at the end, for a "
                 f"momentum of {', '.join(texts)}.")


def accuracy_by_size(networks: Mapping[str, tuple[int, Sequence[float]]], chance: float) -> None:
    """Show accuracy over size: `networks[name]` is the number of parameters and an accuracy, 0 to 1, for every seed."""
    figure, axis = new_figure(height=3.4)
    hues = [BLUE, ORANGE, VERMILION, GREEN, PURPLE]
    for (name, (parameters, values)), colour, marker in zip(networks.items(), hues, "os^Dv", strict=False):
        axis.semilogx([parameters] * len(values), values, marker, color=colour, alpha=0.7, markersize=8)
        axis.annotate(name, (parameters, np.mean(values)), xytext=(10, 0), textcoords="offset points", va="center")
    axis.axhline(chance, color=BLACK, linestyle=":", linewidth=1.5)
    axis.text(axis.get_xlim()[0], chance + 0.015, " guessing")
    axis.margins(x=0.25)
    label(axis, percent="y", xlabel="parameters", ylabel="accuracy, testing split", ylim=(0, 1))
    texts = [f"{name}: {parameters:,} parameters, {' and '.join(f'{value:.1%}' for value in values)}"
             for name, (parameters, values) in networks.items()]
    show(figure, f"Dots, one for each training run. {'; '.join(texts)}. A dotted line marks guessing at {chance:.1%}.")


def kernels_on_picture(clip: np.ndarray, kernels: Mapping[str, tuple[int, int]]) -> None:
    """Show one clip's features (T, F), a panel per kernel: `kernels[title]` is its size in (frames, coefficients)."""
    titled = {f"{title}\nkernel {wide} × {high}": (wide, high) for title, (wide, high) in kernels.items()}
    figure, panels = new_panels(titled, height=3, sharey=True, ylabel="coefficient")
    arrow = {"arrowstyle": "-|>", "color": "white", "linewidth": 2.5}
    frames, coefficients = clip.shape
    for axis, (wide, high) in panels:
        picture(axis, clip, (-3, 3))
        left, low = frames // 3 - 0.5, (0 if high == coefficients else coefficients // 2) - 0.5
        frame(axis, left, low, wide, high, edgecolor=ORANGE, linewidth=3)
        x, y = left + wide / 2, low + high / 2
        axis.annotate("", (left + wide + 11.5, y), (left + wide, y), arrowprops=arrow)
        if high < coefficients:
            axis.annotate("", (x, low + high + 9.5), (x, low + high), arrowprops=arrow)
        axis.set_xlabel("frame")
    texts = [f"{title}: it covers {wide} of {frames} frames and {high} of {coefficients} coefficients and moves "
             + ("along time only" if high == coefficients else "along both axes")
             for title, (wide, high) in kernels.items()]
    show(figure, f"The same MFCC picture with a kernel drawn on it as a frame. {'; '.join(texts)}.")


def draw_gradients(gradients: Mapping[str, np.ndarray]) -> tuple["Figure", str]:
    """Draw the size of the gradient in every layer, first layer left: `gradients[network]` is (n_layers,)."""
    figure, axis = new_figure(height=3)
    _plot_gradients(axis, gradients)
    label(axis, legend=True, title="gradients before training")
    return figure, _gradients_in_words(gradients)


def residual_comparison(gradients: Mapping[str, np.ndarray],
                        histories: Mapping[str, Mapping[str, Sequence[float]]]) -> None:
    """Show left the gradients of `draw_gradients`, right the training loss of the same networks over the epochs.

    `histories[network]` is `history.history` of what `fit` returns.
    """
    figure, (left, right) = new_figure(columns=2, width=9)
    _plot_gradients(left, gradients)
    left.set_title("before training")
    losses = {name: history["loss"] for name, history in histories.items()}
    for (name, values), mark in zip(losses.items(), _MARKS, strict=False):
        right.plot(np.arange(1, len(values) + 1), values, f"{mark}-", markersize=5, label=name)
    right.axhline(np.log(12), color=BLACK, linestyle=":", linewidth=1.5, label="guessing")
    label(right, whole="x", legend=True, title="training", xlabel="epoch", ylabel="training loss", ylim=(0, None))
    texts = [f"{name}: from {values[0]:.2f} to {values[-1]:.2f}" for name, values in losses.items()]
    show(figure, f"{_gradients_in_words(gradients)} Training loss over {len(values)} epochs: {'; '.join(texts)}. A "
                 f"dotted line at {np.log(12):.2f} marks guessing.")


def _plot_gradients(axis: "Axes", gradients: Mapping[str, np.ndarray]) -> None:
    for (name, values), mark in zip(gradients.items(), _MARKS, strict=False):
        axis.semilogy(np.arange(1, len(values) + 1), np.maximum(values, 1e-12), f"{mark}-", markersize=4, label=name)
    label(axis, whole="x", xlabel="layer (1 is next to the clip)", ylabel="size of the gradient")
    low, high = axis.get_ylim()
    axis.set_ylim(10 ** np.floor(np.log10(low)), 10 ** np.ceil(np.log10(high)))  # whole decades, which have labels
    axis.yaxis.set_minor_formatter("")


def _gradients_in_words(gradients: Mapping[str, np.ndarray]) -> str:
    texts = [f"{name}: {values[0]:.1e} in the first layer, {values[-1]:.1e} in the last, the largest is "
             f"{np.max(values) / max(np.min(values), 1e-12):.3g} times the smallest"
             for name, values in gradients.items()]
    return f"Size of the gradient over the layers, on a logarithmic scale. {'; '.join(texts)}."


def receptive_fields(clip: np.ndarray, reach: Mapping[str, int]) -> None:
    """Show one clip's features (T, F), and below it how many frames one number of each layer sees: `reach[layer]`."""
    figure, (above, below) = new_figure(rows=2, height=4.4, sharex=True, height_ratios=[3, 2])
    frames = len(clip)
    picture(above, clip, (-3, 3))
    above.set_ylabel("coefficient")
    middle = (frames - 1) / 2
    for row, wide in enumerate(reach.values()):
        fill, ink = (BLUE, "white") if wide <= frames else (SKY, BLACK)
        below.barh(row, min(wide, frames), left=middle - min(wide, frames) / 2, height=0.7, color=fill)
        words = f"{wide} frame{'s' if wide > 1 else ''}" + ("" if wide <= frames else ": more than the clip")
        if wide > frames / 3:
            below.text(middle, row, words, ha="center", va="center", color=ink, fontsize=9)
        else:
            below.text(middle + wide / 2 + 1, row, words, va="center", fontsize=9)
    below.set_yticks(range(len(reach)), list(reach))
    below.invert_yaxis()
    below.set(xlabel="frame", xlim=(-0.5, frames - 0.5))
    texts = ", ".join(f"{layer} {wide}" for layer, wide in reach.items())
    show(figure, f"Above, an MFCC picture of {frames} frames. Below, bars for the number of frames that one number of "
                 f"a layer sees: {texts}.")


def rates_over_steps(steps: np.ndarray, rates: np.ndarray) -> None:
    """Show the learning rate `rates` at some `steps` of training, both (n,)."""
    figure, axis = new_figure(height=2)
    axis.plot(steps, rates)
    axis.set(xlabel="step", ylabel="learning rate", ylim=(0, None))
    show(figure, f"The learning rate over {steps[-1]:,} steps: from {rates[0]:.2g} up to {rates.max():.2g} at step "
                 f"{steps[np.argmax(rates)]:,}, then down to {rates[-1]:.2g} in a smooth curve.")


def network_map(networks: Sequence[Mapping[str, Any]]) -> None:
    """Show accuracy over parameters, a dot per network, whose area grows with its multiply-adds.

    Each network is a mapping with `name`, `parameters`, `multiply_adds` and `accuracies` (from 0 to 1, one per seed).

    Example:
        >>> network_map([dict(name="tiny", parameters=20_000, multiply_adds=1e6, accuracies=[0.8])])
        Figure: Dots: ... 1. tiny: 80.0% with 20,000 parameters and 1.00 million multiply-adds. ...
    """
    from matplotlib.patheffects import withStroke

    figure, axis = new_figure(width=9, height=4.2)
    hues = [*CYCLE[:-1], YELLOW]
    ordered = sorted(networks, key=lambda one: -np.mean(one["accuracies"]))
    texts = []
    for number, one in enumerate(ordered):
        values, millions = one["accuracies"], one["multiply_adds"] / 1e6
        x, accuracy = one["parameters"], float(np.mean(values))
        axis.plot([x, x], [min(values), max(values)], color=BLACK, linewidth=1)
        axis.scatter(x, accuracy, s=60 + 220 * np.sqrt(millions), color=hues[number % len(hues)], alpha=0.75,
                     linewidth=0, label=f"{number + 1}  {one['name']}: {accuracy:.1%}, {millions:.2f} M")
        axis.annotate(f"{number + 1}", (x, accuracy), ha="center", va="center", fontsize=10, fontweight="bold",
                      color=BLACK, path_effects=[withStroke(linewidth=2.5, foreground="white")])
        texts.append(f"{number + 1}. {one['name']}: {accuracy:.1%} with {x:,} parameters and {millions:.2f} million "
                     "multiply-adds")
    axis.axvline(100_000, color=BLACK, linestyle=":", linewidth=1.5)
    axis.text(100_000, 1.0, " 100,000", transform=axis.get_xaxis_transform(), va="top", fontsize=9)
    label(axis, percent="y", xscale="log", xlabel="parameters", ylabel="accuracy on unheard voices")
    axis.set_xticks([20_000, 50_000, 200_000, 1_000_000, 2_000_000], ["20k", "50k", "200k", "1M", "2M"])
    axis.xaxis.set_minor_formatter("")
    axis.margins(x=0.15, y=0.18)
    legend = axis.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1), fontsize=9, labelspacing=0.9,
                         title="accuracy, multiply-adds", title_fontsize=9)
    for handle in legend.legend_handles:
        handle.set_sizes([60])
    show(figure, "Dots: accuracy on unheard voices over the number of parameters on a logarithmic scale; a larger dot "
                 "needs more multiply-adds, and a thin line shows how far the seeds are apart. "
                 f"{'; '.join(texts)}. A dotted line marks 100,000 parameters.")
