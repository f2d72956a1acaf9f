"""Lesson 06: gradients and networks side by side."""

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
    YELLOW,
    new_figure,
    show,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kws_helpers.training import History

_MARKS = ("o", "s", "^", "D")


def kernels_on_picture(clip: np.ndarray, kernels: Mapping[str, tuple[int, int]]) -> None:
    """One clip's features (T, F), a panel a kernel: `kernels[title]` is its size in (frames, coefficients)."""
    from matplotlib.patches import Rectangle

    figure, axes = new_figure(columns=len(kernels), height=3, squeeze=False, sharey=True)
    arrow = {"arrowstyle": "-|>", "color": "white", "linewidth": 2.5}
    frames, coefficients = clip.shape
    for axis, (title, (wide, high)) in zip(axes[0], kernels.items(), strict=True):
        axis.imshow(clip.T, origin="lower", aspect="auto", cmap=PICTURE_COLOURS, vmin=-3, vmax=3)
        left, low = frames // 3, 0 if high == coefficients else coefficients // 2
        axis.add_patch(Rectangle((left - 0.5, low - 0.5), wide, high, fill=False, edgecolor=ORANGE, linewidth=3))
        middle = low + high / 2 - 0.5
        axis.annotate("", (left + wide + 11, middle), (left + wide - 0.5, middle), arrowprops=arrow)
        if high < coefficients:
            axis.annotate("", (left + wide / 2 - 0.5, low + high + 9), (left + wide / 2 - 0.5, low + high - 0.5),
                          arrowprops=arrow)
        axis.set(title=f"{title}\nkernel {wide} × {high}", xlabel="frame")
    axes[0, 0].set_ylabel("coefficient")
    texts = [f"{title}: it covers {wide} of {frames} frames and {high} of {coefficients} coefficients and moves "
             + ("along time only" if high == coefficients else "along both axes")
             for title, (wide, high) in kernels.items()]
    show(figure, f"The same MFCC picture with a kernel drawn on it as a frame. {'; '.join(texts)}.")


def draw_gradients(gradients: Mapping[str, np.ndarray]) -> tuple["Figure", str]:
    """The size of the gradient in every layer, first layer left, a curve a network: `gradients[name]` is (layers,)."""
    figure, axis = new_figure(height=3)
    _plot_gradients(axis, gradients)
    axis.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return figure, _gradients_in_words(gradients)


def residual_comparison(gradients: Mapping[str, np.ndarray], histories: Mapping[str, "History"]) -> None:
    """Left the gradients of `draw_gradients`; right the training loss of the same networks over the epochs."""
    figure, (left, right) = new_figure(columns=2, width=9)
    _plot_gradients(left, gradients)
    left.set_title("before training")
    for (name, history), mark in zip(histories.items(), _MARKS, strict=False):
        right.plot(np.arange(1, len(history.loss) + 1), history.loss, f"{mark}-", markersize=5, label=name)
    right.axhline(np.log(12), color=BLACK, linestyle=":", linewidth=1.5, label="guessing")
    right.set(title="training", xlabel="epoch", ylabel="training loss", ylim=(0, None))
    right.xaxis.get_major_locator().set_params(integer=True)
    right.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    losses = [f"{name}: from {history.loss[0]:.2f} to {history.loss[-1]:.2f}" for name, history in histories.items()]
    show(figure, f"{_gradients_in_words(gradients)} Training loss over {len(history.loss)} epochs: "
                 f"{'; '.join(losses)}. A dotted line at {np.log(12):.2f} marks guessing.")


def _plot_gradients(axis: Any, gradients: Mapping[str, np.ndarray]) -> None:
    for (name, values), mark in zip(gradients.items(), _MARKS, strict=False):
        axis.semilogy(np.arange(1, len(values) + 1), np.maximum(values, 1e-12), f"{mark}-", markersize=4, label=name)
    axis.set(xlabel="layer (1 is next to the clip)", ylabel="size of the gradient")
    axis.xaxis.get_major_locator().set_params(integer=True)
    low, high = axis.get_ylim()
    axis.set_ylim(10 ** np.floor(np.log10(low)), 10 ** np.ceil(np.log10(high)))  # whole decades, which have labels
    axis.yaxis.set_minor_formatter("")


def _gradients_in_words(gradients: Mapping[str, np.ndarray]) -> str:
    texts = [f"{name}: {values[0]:.1e} in the first layer, {values[-1]:.1e} in the last, the largest is "
             f"{np.max(values) / max(np.min(values), 1e-12):.3g} times the smallest"
             for name, values in gradients.items()]
    return f"Size of the gradient over the layers, on a logarithmic scale. {'; '.join(texts)}."


def receptive_fields(clip: np.ndarray, reach: Mapping[str, int]) -> None:
    """One clip's features (T, F), and below it the frames that one number of each layer sees: `reach[layer]`."""
    figure, (above, below) = new_figure(rows=2, height=4.4, sharex=True, height_ratios=[3, 2])
    frames = len(clip)
    above.imshow(clip.T, origin="lower", aspect="auto", cmap=PICTURE_COLOURS, vmin=-3, vmax=3)
    above.set_ylabel("coefficient")
    middle = (frames - 1) / 2
    for row, wide in enumerate(reach.values()):
        inside = wide <= frames
        below.barh(row, min(wide, frames), left=middle - min(wide, frames) / 2, height=0.7,
                   color=BLUE if inside else SKY)
        words = f"{wide} frame{'s' if wide > 1 else ''}" + ("" if inside else ": more than the clip")
        if wide > frames / 3:
            below.text(middle, row, words, ha="center", va="center", color="white" if inside else BLACK, fontsize=9)
        else:
            below.text(middle + wide / 2 + 1, row, words, va="center", fontsize=9)
    below.set_yticks(range(len(reach)), list(reach))
    below.invert_yaxis()
    below.set(xlabel="frame", xlim=(-0.5, frames - 0.5))
    texts = ", ".join(f"{layer} {wide}" for layer, wide in reach.items())
    show(figure, f"Above, an MFCC picture of {frames} frames. Below, bars for the number of frames that one number of "
                 f"a layer sees: {texts}.")


def rates_over_steps(steps: np.ndarray, rates: np.ndarray) -> None:
    """The learning rate `rates` at some `steps` of training, both (n,)."""
    figure, axis = new_figure(height=2)
    axis.plot(steps, rates)
    axis.set(xlabel="step", ylabel="learning rate", ylim=(0, None))
    show(figure, f"The learning rate over {steps[-1]:,} steps: from {rates[0]:.2g} up to {rates.max():.2g} at step "
                 f"{steps[np.argmax(rates)]:,}, then down to {rates[-1]:.2g} in a smooth curve.")


def network_map(networks: Sequence[Mapping[str, Any]]) -> None:
    """Accuracy over parameters, a dot a network, whose area grows with its multiply-adds.

    Each network is a mapping with `name`, `parameters`, `multiply_adds` and `accuracies` (one for each seed).
    """
    from matplotlib.patheffects import withStroke

    figure, axis = new_figure(width=9, height=4.2)
    colours = [BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, YELLOW]
    ordered = sorted(networks, key=lambda one: -np.mean(one["accuracies"]))
    texts = []
    for number, one in enumerate(ordered, start=1):
        accuracy, size = float(np.mean(one["accuracies"])), one["multiply_adds"] / 1e6
        colour = colours[(number - 1) % len(colours)]
        axis.plot([one["parameters"]] * 2, [min(one["accuracies"]), max(one["accuracies"])], color=BLACK, linewidth=1)
        axis.scatter(one["parameters"], accuracy, s=60 + 220 * np.sqrt(size), color=colour, alpha=0.75, linewidth=0,
                     label=f"{number}  {one['name']}: {accuracy:.1%}, {size:.2f} M")
        axis.annotate(f"{number}", (one["parameters"], accuracy), ha="center", va="center", fontsize=10,
                      fontweight="bold", color=BLACK, path_effects=[withStroke(linewidth=2.5, foreground="white")])
        texts.append(f"{number}. {one['name']}: {accuracy:.1%} with {one['parameters']:,} parameters and {size:.2f} "
                     "million multiply-adds")
    axis.axvline(100_000, color=BLACK, linestyle=":", linewidth=1.5)
    axis.text(100_000, 1.0, " 100,000", transform=axis.get_xaxis_transform(), va="top", fontsize=9)
    axis.set(xscale="log", xlabel="parameters", ylabel="accuracy on unheard voices")
    axis.set_xticks([20_000, 50_000, 200_000, 1_000_000, 2_000_000], ["20k", "50k", "200k", "1M", "2M"])
    axis.xaxis.set_minor_formatter("")
    axis.yaxis.set_major_formatter("{x:.0%}")
    axis.margins(x=0.15, y=0.18)
    legend = axis.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1), fontsize=9, labelspacing=0.9,
                         title="accuracy, multiply-adds", title_fontsize=9)
    for handle in legend.legend_handles:
        handle.set_sizes([60])
    show(figure, "Dots: accuracy on unheard voices over the number of parameters on a logarithmic scale; a larger dot "
                 "needs more multiply-adds, and a thin line shows how far the seeds are apart. "
                 f"{'; '.join(texts)}. A dotted line marks 100,000 parameters.")
