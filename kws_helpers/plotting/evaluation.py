"""Lesson 03: rates, ROC curves and confusion matrices."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from kws_helpers.plotting.figure import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PICTURE_COLOURS,
    SKY,
    VERMILION,
    YELLOW,
    new_figure,
    show,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Curve = tuple[np.ndarray, np.ndarray]
"""False-positive rates and true-positive rates, each (n_points,)."""

_PLACES = {"tp": (0, 0), "fn": (0, 1), "fp": (1, 0), "tn": (1, 1)}  # row: the truth, column: the answer
_COLOURS = {"tp": BLUE, "fn": VERMILION, "fp": ORANGE, "tn": SKY}
_INK = {"tp": "white", "fn": "white", "fp": BLACK, "tn": BLACK}


def four_outcomes(keyword: str) -> None:
    """The four things that can happen when a detector listens for a keyword."""
    names = {"tp": "detection\ntrue positive, tp", "fn": "miss\nfalse negative, fn",
             "fp": "false alarm\nfalse positive, fp", "tn": "rightly quiet\ntrue negative, tn"}
    figure, axis = new_figure(width=6.4, height=2.9)
    _table(axis, names, keyword, fontsize=12)
    show(figure, f"A table of two rows and two columns. “{keyword}” is spoken and the detector reacts: true positive, "
                 "a detection. Spoken, no reaction: false negative, a miss. Something else is spoken and it reacts: "
                 "false positive, a false alarm. No reaction: true negative, rightly quiet.")


def rate_tables(keyword: str) -> None:
    """Which of the four outcomes each rate counts, and out of which."""
    rates = {"accuracy": ("tp tn", "tp tn fp fn"), "recall": ("tp", "tp fn"),
             "false-positive rate": ("fp", "fp tn"), "precision": ("tp", "tp fp")}
    figure, axes = new_figure(columns=len(rates), width=8, height=1.9)
    for axis, (title, (counted, out_of)) in zip(axes, rates.items(), strict=True):
        for name, (row, column) in _PLACES.items():
            colour = BLUE if name in counted.split() else SKY if name in out_of.split() else "white"
            axis.barh(row, 0.94, left=column - 0.47, height=0.9, color=colour, edgecolor=BLACK, linewidth=0.8)
            axis.text(column, row, name, ha="center", va="center", color="white" if colour == BLUE else BLACK)
        axis.set(xlim=(-0.55, 1.55), ylim=(1.55, -0.55), xticks=[], yticks=[], title=title)
        axis.spines[:].set_visible(False)
    axes[0].set_yticks([0, 1], [f"“{keyword}”", "other"])
    axes[0].tick_params(length=0)
    figure.supxlabel("dark: what is counted; dark and light together: out of which", fontsize=10)
    texts = [f"{title}: {' and '.join(counted.split())} out of {', '.join(out_of.split())}"
             for title, (counted, out_of) in rates.items()]
    show(figure, f"Four small tables of outcomes in which cells are shaded. {'; '.join(texts)}.")


def outcome_tables(panels: Mapping[str, Mapping[str, float]], keyword: str) -> None:
    """The outcomes of several detectors side by side, with their rates below: `panels[detector]` holds both."""
    shown = {"accuracy": "accuracy", "recall": "recall", "precision": "precision",
             "false_positive_rate": "false-positive rate", "f1": "F1"}
    figure, axes = new_figure(columns=len(panels), width=8, height=3.6, squeeze=False)
    texts = []
    for axis, (title, rates) in zip(axes[0], panels.items(), strict=True):
        _table(axis, {name: f"{int(rates[name])} {name}" for name in _PLACES}, keyword if axis is axes[0, 0] else "")
        lines = [f"{label} {float(rates[key]):.1%}" for key, label in shown.items()]
        axis.set_title(title)
        axis.set_xlabel("\n".join(lines), labelpad=8, linespacing=1.4)
        texts.append(f"{title}: " + ", ".join([f"{int(rates[name])} {name}" for name in _PLACES] + lines))
    show(figure, f"Tables of the four outcomes for “{keyword}”. {'. '.join(texts)}.")


def _table(axis: "Axes", texts: Mapping[str, str], keyword: str, fontsize: float = 11) -> None:
    """Four coloured cells; without a keyword the rows stay without names."""
    for name, (row, column) in _PLACES.items():
        axis.barh(row, 0.96, left=column - 0.48, height=0.94, color=_COLOURS[name])
        axis.text(column, row, texts[name], ha="center", va="center", color=_INK[name], fontsize=fontsize)
    axis.set(xlim=(-0.5, 1.5), ylim=(1.5, -0.5))
    axis.set_xticks([0, 1], ["reacts", "does not"])
    axis.set_yticks([0, 1], [f"“{keyword}”\nspoken", "something\nelse"] if keyword else ["", ""])
    axis.tick_params(length=0)
    axis.xaxis.tick_top()
    axis.spines[:].set_visible(False)


def frequency_tree(total: int, share: float, recall: float, false_positive_rate: float, keyword: str) -> None:
    """`total` words, of which a `share` are the keyword, sorted into the four outcomes as numbers of words."""
    spoken = total * share
    others = total - spoken
    counts = {"tp": spoken * recall, "fn": spoken * (1 - recall),
              "fp": others * false_positive_rate, "tn": others * (1 - false_positive_rate)}
    figure, axis = new_figure(width=8, height=3)
    boxes = {"all": (0.5, 2, f"{total:,} words", "white"), "yes": (0.22, 1, f"{spoken:,.0f} “{keyword}”", "white"),
             "no": (0.78, 1, f"{others:,.0f} others", "white")}
    names = {"tp": "detections", "fn": "missed", "fp": "false alarms", "tn": "rightly quiet"}
    for x, name in zip((0.08, 0.36, 0.64, 0.92), ("tp", "fn", "fp", "tn"), strict=True):
        boxes[name] = (x, 0, f"{counts[name]:,.0f}\n{names[name]}", _COLOURS[name])
    links = [("all", "yes", f"{share:.1%}"), ("all", "no", ""), ("yes", "tp", f"{recall:.0%}"), ("yes", "fn", ""),
             ("no", "fp", f"{false_positive_rate:.0%}"), ("no", "tn", "")]
    for start, end, text in links:
        (x0, y0), (x1, y1) = boxes[start][:2], boxes[end][:2]
        axis.plot([x0, x1], [y0, y1], color=BLACK, linewidth=1)
        axis.text((x0 + x1) / 2 - 0.02, (y0 + y1) / 2 + 0.06, text, ha="right", va="bottom", fontsize=10)
    for name, (x, y, text, colour) in boxes.items():
        axis.text(x, y, text, ha="center", va="center", color=_INK.get(name, BLACK),
                  bbox={"boxstyle": "round,pad=0.5", "facecolor": colour, "edgecolor": BLACK})
    axis.set(xlim=(-0.02, 1.02), ylim=(-0.4, 2.3))
    axis.set_axis_off()
    show(figure, f"A tree. Of {total:,} words, {spoken:,.0f} are “{keyword}”: {counts['tp']:,.0f} are detected, "
                 f"{counts['fn']:,.0f} missed. {others:,.0f} are others: {counts['fp']:,.0f} are false alarms, "
                 f"{counts['tn']:,.0f} rightly left alone.")


def precision_over_frequency(shares: np.ndarray, precision: np.ndarray, marks: Mapping[str, int]) -> None:
    """Precision over the share of keywords, both (n,); `marks` names some of the points by their number."""
    figure, axis = new_figure()
    axis.semilogx(shares, precision)
    for text, number in marks.items():
        axis.plot(shares[number], precision[number], "o", color=VERMILION)
        axis.annotate(f"{text}: {precision[number]:.1%}", (shares[number], precision[number]), xytext=(-8, 6),
                      textcoords="offset points", ha="right")
    axis.set(xlabel="share of the words that are the keyword", ylabel="precision", ylim=(0, 1.02))
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:.6%}".rstrip("%").rstrip("0").rstrip(".") + " %")
    axis.yaxis.set_major_formatter("{x:.0%}")
    texts = [f"{text} (share {shares[number]:.2%}): precision {precision[number]:.1%}"
             for text, number in marks.items()]
    show(figure, f"A curve of precision that rises from {precision[0]:.1%} to {precision[-1]:.1%} as the share of the "
                 f"keyword grows from {shares[0]:.3%} to {shares[-1]:.0%}. {'; '.join(texts)}.")


def confusion_picture(matrix: np.ndarray, class_names: Sequence[str]) -> None:
    """A confusion matrix: a row a true class, a column an answer; bright where a large share of a row went."""
    matrix = np.asarray(matrix)
    of_row = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    row, column = np.unravel_index(np.argmax(matrix - np.diag(np.diag(matrix))), matrix.shape)
    figure, axis = new_figure(width=8, height=6)
    image = axis.imshow(of_row, vmin=0, vmax=1, cmap=PICTURE_COLOURS, aspect="auto")
    for i, j in np.ndindex(matrix.shape):
        if matrix[i, j]:
            axis.text(j, i, f"{matrix[i, j]:g}", ha="center", va="center", fontsize=9,
                      color=BLACK if of_row[i, j] > 0.5 else "white")
    axis.plot(column + np.array([-0.5, 0.5, 0.5, -0.5, -0.5]), row + np.array([-0.5, -0.5, 0.5, 0.5, -0.5]),
              color=VERMILION, linewidth=2.5)
    axis.set_xticks(range(len(class_names)), class_names, rotation=60)
    axis.set_yticks(range(len(class_names)), class_names)
    axis.set(xlabel="answer of the network", ylabel="really spoken")
    bar = figure.colorbar(image, ax=axis, label="share of the row")
    bar.ax.yaxis.set_major_formatter("{x:.0%}")
    texts = [f"{name} {matrix[k, k]:g} of {matrix[k].sum():g}" for k, name in enumerate(class_names)]
    show(figure, f"A square of {len(class_names)} rows and columns. Right answers, on the diagonal: "
                 f"{', '.join(texts)}. The largest number beside the diagonal, framed: {matrix[row, column]:g} clips "
                 f"of {class_names[row]} were taken for {class_names[column]}.")


def rates_by_class(values: Mapping[str, np.ndarray], class_names: Sequence[str]) -> None:
    """One row a class, one mark a rate: `values[rate]` is (n_classes,), from 0 to 1."""
    figure, axis = new_figure(height=4.2)
    rows = np.arange(len(class_names))
    axis.hlines(rows, 0, 1, color="#DDDDDD", linewidth=1)
    for (name, of_class), mark, beside in zip(values.items(), "osD^", (-0.25, 0, 0.25, 0.4), strict=False):
        axis.plot(of_class, rows + beside, mark, markersize=8, label=name, fillstyle="full" if mark in "oD" else "none")
    axis.set_yticks(rows, class_names)
    axis.set(xlim=(-0.02, 1.02), ylim=(len(class_names) - 0.4, -0.6), xlabel="value, from 0 to 1")
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    texts = [f"{name}: " + ", ".join(f"{k} {value:.2f}" for k, value in zip(class_names, of_class, strict=True))
             for name, of_class in values.items()]
    show(figure, f"Marks for {len(class_names)} classes. {'. '.join(texts)}.")


def roc_panels(panels: Mapping[str, Mapping[str, Curve]]) -> None:
    """ROC curves, a panel a group: `panels[title][label]` is (fpr, tpr). The diagonal is what chance would give."""
    figure, axes = new_figure(columns=len(panels), height=3.2, squeeze=False, sharey=True)
    texts = []
    for axis, (title, curves) in zip(axes[0], panels.items(), strict=True):
        axis.plot([0, 1], [0, 1], color=BLACK, linestyle=":", linewidth=1.5)
        for (label, (fpr, tpr)), style in zip(curves.items(), cycle(("-", "--", "-.")), strict=False):
            axis.plot(fpr, tpr, linestyle=style, label=label)
            texts.append(f"{title}, {label}: {np.interp(0.1, fpr, tpr):.0%} of the keywords at 10 % false positives")
        axis.set(title=title, xlabel="false-positive rate", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        _ticks_in_percent(axis)
        if len(panels) > 1:
            axis.legend(loc="lower right", frameon=False, fontsize=9)
    if len(panels) == 1:
        axes[0, 0].legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    axes[0, 0].set_ylabel("true-positive rate (recall)")
    show(figure, f"ROC curves from the lower left to the upper right corner, a dotted diagonal for chance. "
                 f"{'; '.join(texts)}.")


def _ticks_in_percent(axis: "Axes") -> None:
    axis.set_xticks([0, 0.5, 1])
    axis.xaxis.set_major_formatter("{x:.0%}")
    axis.yaxis.set_major_formatter("{x:.0%}")


def trapezoids(x: np.ndarray, y: np.ndarray) -> None:
    """A curve through points (n,) and the strips below it, one between each two neighbours."""
    figure, axis = new_figure(width=6, height=3)
    for place, number in enumerate(np.flatnonzero(np.diff(x))):
        ends = slice(number, number + 2)
        axis.fill_between(x[ends], y[ends], color=(SKY, YELLOW)[place % 2], edgecolor=BLACK, linewidth=0.8, alpha=0.6)
    axis.plot(x, y, "o-", color=BLUE)
    axis.set(xlabel="x", ylabel="y", ylim=(0, None))
    points = ", ".join(f"({one:g}, {other:g})" for one, other in zip(x, y, strict=True))
    show(figure, f"A line through the points {points}. Below it {np.sum(np.diff(x) > 0)} strips with upright sides and "
                 "a slanting top; where two points have the same x, the strip has no width.")


def score_histograms(groups: Mapping[str, np.ndarray], threshold: float) -> None:
    """How the scores of several groups of clips, each (n,), lie around a threshold."""
    figure, axis = new_figure()
    text = _histograms(axis, groups, threshold)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    show(figure, text)


def draw_threshold(is_keyword: np.ndarray, score: np.ndarray, threshold: float, rates: Mapping[str, float],
                   curve: Curve, keyword: str) -> tuple["Figure", str]:
    """Scores (N,) around a threshold, the outcomes there, and the point on the ROC curve."""
    is_keyword = np.asarray(is_keyword, dtype=bool)
    figure, (left, middle, right) = new_figure(columns=3, width=9.6, height=3.7, width_ratios=[5, 4, 4])
    text = _histograms(left, {f"“{keyword}”": score[is_keyword], "others": score[~is_keyword]}, threshold)
    left.legend(loc="upper right", frameon=False, fontsize=9)
    _table(middle, {name: f"{int(rates[name])} {name}" for name in _PLACES}, keyword)
    lines = [f"recall {rates['recall']:.1%}", f"false-positive rate {rates['false_positive_rate']:.1%}",
             f"precision {rates['precision']:.1%}", f"accuracy {rates['accuracy']:.1%}"]
    middle.set_xlabel("\n".join(lines), labelpad=8)
    right.plot([0, 1], [0, 1], color=BLACK, linestyle=":", linewidth=1.5)
    right.plot(*curve)
    right.plot(rates["false_positive_rate"], rates["recall"], "o", color=VERMILION, markersize=10)
    right.set(xlabel="false-positive rate", ylabel="recall", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    _ticks_in_percent(right)
    counts = ", ".join(f"{int(rates[name])} {name}" for name in _PLACES)
    return figure, f"{text} Outcomes: {counts}; {', '.join(lines)}. A dot marks this point on the ROC curve."


def _histograms(axis: "Axes", groups: Mapping[str, np.ndarray], threshold: float) -> str:
    """Histograms over one another, as shares of each group; returns a description."""
    low = min(np.min(scores) for scores in groups.values())
    high = max(np.max(scores) for scores in groups.values())
    edges = np.linspace(low, high, 43)
    texts = []
    for (label, scores), colour in zip(groups.items(), (BLUE, ORANGE, GREEN), strict=False):
        weights = np.full(len(scores), 1 / len(scores))
        axis.hist(scores, edges, weights=weights, histtype="stepfilled", color=colour, alpha=0.35)
        axis.hist(scores, edges, weights=weights, histtype="step", color=colour, linewidth=1.8, label=label)
        texts.append(f"{label}: median {np.median(scores):.1f}, {np.mean(scores >= threshold):.1%} at or above")
    if np.isfinite(threshold):
        axis.axvline(threshold, color=BLACK, linestyle="--", linewidth=1.8)
    axis.set(xlabel="score (log-odds)", ylabel="share of the clips")
    axis.yaxis.set_major_formatter("{x:.0%}")
    axis.yaxis.get_major_locator().set_params(steps=[1, 2, 5, 10])
    axis.set_ylim(0, axis.get_ylim()[1] * 1.15)
    return f"Histograms of scores and a threshold at {threshold:.2f}. {'; '.join(texts)}."
