"""Lesson 02: scores, loss and learning curves."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from kws_helpers.plotting.colours import BLACK, BLUE, ORANGE, VERMILION
from kws_helpers.plotting.figure import label, new_figure, new_panels, show

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def score_bars(panels: Mapping[str, np.ndarray], class_names: Sequence[str], same_scale: bool = False,
               ylabel: str = "") -> None:
    """Show one value for each class as bars.

    Args:
        panels: `panels[title]` is (n_classes,).
        class_names: the names of the classes.
        same_scale: gives all panels one axis.
        ylabel: what the values are.

    Example:
        >>> score_bars({"probabilities": np.array([0.2, 0.7, 0.1])}, ["yes", "no", "up"])
        Figure: Bars for 3 classes, ... the highest is no with 0.70, the lowest is up with 0.10.
    """
    figure, shown = new_panels(panels, height=3.2, sharey=same_scale, ylabel=ylabel)
    texts = []
    for (axis, values), title in zip(shown, panels):
        largest, smallest = int(np.argmax(values)), int(np.argmin(values))
        colour = [ORANGE if i == largest else BLUE for i in range(len(values))]
        axis.bar(range(len(values)), values, color=colour)
        axis.axhline(0, color=BLACK, linewidth=0.8)
        axis.set_xticks(range(len(values)), class_names, rotation=90)
        texts.append(f"{title}: the highest is {class_names[largest]} with {values[largest]:.2f}, the lowest is "
                     f"{class_names[smallest]} with {values[smallest]:.2f}")
    figure.supxlabel("orange: the highest", fontsize=10)
    show(figure, f"Bars for {len(class_names)} classes, the highest in another colour. {'; '.join(texts)}.")


def surprise_curve() -> None:
    """Show the cost -ln p of a clip over the probability p that its right class was given."""
    marked = {1.0: "sure and right", 0.5: "a coin", 1 / 12: "one of 12", 0.01: "sure of something else"}
    figure, axis = new_figure()
    p = np.geomspace(0.004, 1, 400)
    axis.plot(p, np.log(1 / p))
    for value, name in marked.items():
        surprise = np.log(1 / value)
        axis.plot(value, surprise, "o", color=VERMILION)
        axis.annotate(f"{name}: {surprise:.2f}", (value, surprise), xytext=(8, 8), textcoords="offset points",
                      ha="center" if value == 1 else "left")
    axis.set(xlabel="probability $p$ of the right class", ylabel="surprise $-\\ln p$", xlim=(-0.03, 1.12),
             ylim=(-0.2, 5.6))
    points = ", ".join(f"{np.log(1 / value):.2f} at {value:.2f} ({name})" for value, name in marked.items())
    show(figure, f"A curve that falls steeply at first and then ever more gently: {points}.")


def learning_curves(history: Mapping[str, Sequence[float]], n_classes: int = 12) -> None:
    """Show loss and accuracy over the epochs, for training and validation, and what guessing would give.

    Args:
        history: `history.history` of what `fit` returns, a list for each name; what is not in it is left out.
        n_classes: the number of classes, from which follows what guessing would give.

    Example:
        >>> learning_curves({"loss": [2.0, 1.0, 0.5], "val_loss": [2.2, 1.7, 1.9]})
        Figure: Two panels over 3 epochs. Training loss from 2.00 to 0.50. ... is lowest: epoch 2, with 1.70. ...
    """
    show(*draw_learning_curves(history, n_classes))


def draw_learning_curves(history: Mapping[str, Sequence[float]], n_classes: int = 12) -> tuple["Figure", str]:
    """Return the figure of `learning_curves` and its description."""
    figure, (left, right) = new_figure(columns=2)
    texts = [f"Two panels over {len(history['loss'])} epochs."]
    for axis, name, form, guessing in ((left, "loss", ".2f", np.log(n_classes)),
                                       (right, "accuracy", ".1%", 1 / n_classes)):
        for key, split, mark in ((name, "training", "o-"), (f"val_{name}", "validation", "s-")):
            if values := history.get(key):
                axis.plot(np.arange(1, len(values) + 1), values, mark, markersize=4, label=split)
                texts.append(f"{split.capitalize()} {name} from {values[0]:{form}} to {values[-1]:{form}}.")
        axis.axhline(guessing, color=BLACK, linestyle=":", linewidth=1.5, label="guessing")
        label(axis, whole="x", title=name, xlabel="epoch", ylim=(0, None))
    if losses := history.get("val_loss"):
        best = int(np.argmin(losses)) + 1
        for axis in (left, right):
            axis.axvline(best, color=VERMILION, linestyle="--", linewidth=1.2,
                         label=f"lowest validation loss:\nepoch {best}")
        texts.append(f"A dashed line marks where the validation loss is lowest: epoch {best}, with {min(losses):.2f}.")
    label(right, percent="y", legend=True, ylim=(0, 1.02))
    texts.append(f"Dotted lines mark guessing: a loss of {np.log(n_classes):.2f}, an accuracy of {1 / n_classes:.1%}.")
    return figure, " ".join(texts)


def accuracy_gap(heard: float, unheard: float, chance: float) -> None:
    """Show the accuracies, from 0 to 1, on voices of the training and on voices never heard, and the gap between."""
    figure, axis = new_figure(height=2.3)
    axis.barh(["training voices", "unheard voices"], [heard, unheard], color=[BLUE, ORANGE], height=0.6)
    for row, (value, ink) in enumerate([(heard, "white"), (unheard, BLACK)]):
        axis.text(value - 0.01, row, f"{value:.1%}", va="center", ha="right", color=ink)
    axis.annotate("", (unheard, 1), (heard, 1), arrowprops={"arrowstyle": "<->", "color": BLACK})
    axis.text((heard + unheard) / 2, 0.93, f"the gap: {100 * (heard - unheard):.0f} points", ha="center", va="bottom")
    axis.axvline(chance, color=BLACK, linestyle=":", linewidth=1.5)
    axis.text(chance + 0.01, 1.55, f"guessing: {chance:.1%}")
    label(axis, percent="x", xlim=(0, 1.02), ylim=(1.75, -0.45), xlabel="accuracy")
    show(figure, f"Two bars. Accuracy on training voices: {heard:.1%}. On unheard voices: {unheard:.1%}. The gap is "
                 f"{100 * (heard - unheard):.1f} points. A dotted line marks guessing at {chance:.1%}.")
