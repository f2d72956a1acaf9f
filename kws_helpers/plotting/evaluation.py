"""Lesson 03: rates, ROC curves and confusion matrices."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from kws_helpers.plotting.colours import BLACK, BLUE, COLOUR_MAP, CYCLE, ORANGE, SKY, VERMILION, YELLOW
from kws_helpers.plotting.figure import label, new_figure, new_panels, show

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Curve = tuple[np.ndarray, np.ndarray]  # false-positive and true-positive rates, each (n_points,)

_PLACES = {"tp": (0, 0), "fn": (0, 1), "fp": (1, 0), "tn": (1, 1)}  # row: the truth, column: the answer
_FILL = {"tp": BLUE, "fn": VERMILION, "fp": ORANGE, "tn": SKY}
_INK = {"tp": "white", "fn": "white", "fp": BLACK, "tn": BLACK}


def four_outcomes(keyword: str) -> None:
    """Show the four things that can happen when a detector listens for a keyword."""
    names = {"tp": "detection\ntrue positive, tp", "fn": "miss\nfalse negative, fn",
             "fp": "false alarm\nfalse positive, fp", "tn": "rightly quiet\ntrue negative, tn"}
    figure, axis = new_figure(width=6.4, height=2.9)
    _table(axis, names, keyword, fontsize=12)
    show(figure, f"A table of two rows and two columns. “{keyword}” is spoken and the detector reacts: true positive, "
                 "a detection. Spoken, no reaction: false negative, a miss. Something else is spoken and it reacts: "
                 "false positive, a false alarm. No reaction: true negative, rightly quiet.")


def rate_tables(keyword: str) -> None:
    """Show which of the four outcomes each rate counts, and out of which."""
    rates = {"accuracy": ("tp tn", "tp tn fp fn"), "recall": ("tp", "tp fn"),
             "false-positive rate": ("fp", "fp tn"), "precision": ("tp", "tp fp")}
    figure, panels = new_panels(rates, width=8, height=1.9)
    for axis, (counted, out_of) in panels:
        for name, (row, column) in _PLACES.items():
            fill, ink = ((BLUE, "white") if name in counted.split() else
                         (SKY if name in out_of.split() else "white", BLACK))
            axis.barh(row, 0.94, left=column - 0.47, height=0.9, color=fill, edgecolor=BLACK, linewidth=0.8)
            axis.text(column, row, name, ha="center", va="center", color=ink)
        axis.set(xlim=(-0.55, 1.55), ylim=(1.55, -0.55), xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    figure.axes[0].set_yticks([0, 1], [f"“{keyword}”", "other"])
    figure.axes[0].tick_params(length=0)
    figure.supxlabel("dark: what is counted; dark and light together: out of which", fontsize=10)
    texts = [f"{title}: {' and '.join(counted.split())} out of {', '.join(out_of.split())}"
             for title, (counted, out_of) in rates.items()]
    show(figure, f"Four small tables of outcomes in which cells are shaded. {'; '.join(texts)}.")


def outcome_tables(panels: Mapping[str, Mapping[str, float]], keyword: str) -> None:
    """Show the outcomes of several detectors and their rates: `panels[detector]` is what `binary_rates` returns."""
    shown = {"accuracy": "accuracy", "recall": "recall", "precision": "precision",
             "false_positive_rate": "false-positive rate", "f1": "F1"}
    figure, tables = new_panels(panels, width=8, height=3.6)
    texts = []
    for (axis, rates), title in zip(tables, panels):
        counts = _counts(rates)
        lines = [f"{name} {float(rates[key]):.1%}" for key, name in shown.items()]
        _table(axis, counts, keyword if axis is figure.axes[0] else "")
        axis.set_xlabel("\n".join(lines), labelpad=8, linespacing=1.4)
        texts.append(f"{title}: {', '.join([*counts.values(), *lines])}")
    show(figure, f"Tables of the four outcomes for “{keyword}”. {'. '.join(texts)}.")


def _counts(rates: Mapping[str, float]) -> dict[str, str]:
    return {name: f"{int(rates[name])} {name}" for name in _PLACES}


def _table(axis: "Axes", texts: Mapping[str, str], keyword: str, fontsize: float = 11) -> None:
    """Draw four coloured cells; without a keyword the rows stay without names."""
    for name, (row, column) in _PLACES.items():
        axis.barh(row, 0.96, left=column - 0.48, height=0.94, color=_FILL[name])
        axis.text(column, row, texts[name], ha="center", va="center", color=_INK[name], fontsize=fontsize)
    axis.set(xlim=(-0.5, 1.5), ylim=(1.5, -0.5))
    axis.set_xticks([0, 1], ["reacts", "does not"])
    axis.set_yticks([0, 1], [f"“{keyword}”\nspoken", "something\nelse"] if keyword else ["", ""])
    axis.tick_params(length=0)
    axis.xaxis.tick_top()
    axis.spines[:].set_visible(False)


def frequency_tree(total: int, share: float, recall: float, false_positive_rate: float, keyword: str) -> None:
    """Show `total` words, of which a `share` are the keyword, sorted into the four outcomes as numbers of words."""
    spoken, others = total * share, total * (1 - share)
    counts = {"tp": spoken * recall, "fn": spoken * (1 - recall),
              "fp": others * false_positive_rate, "tn": others * (1 - false_positive_rate)}
    figure, axis = new_figure(width=8, height=3)
    boxes = {"all": (0.5, 2, f"{total:,} words"), "yes": (0.22, 1, f"{spoken:,.0f} “{keyword}”"),
             "no": (0.78, 1, f"{others:,.0f} others"), "tp": (0.08, 0, f"{counts['tp']:,.0f}\ndetections"),
             "fn": (0.36, 0, f"{counts['fn']:,.0f}\nmissed"), "fp": (0.64, 0, f"{counts['fp']:,.0f}\nfalse alarms"),
             "tn": (0.92, 0, f"{counts['tn']:,.0f}\nrightly quiet")}
    links = [("all", "yes", f"{share:.1%}"), ("all", "no", ""), ("yes", "tp", f"{recall:.0%}"), ("yes", "fn", ""),
             ("no", "fp", f"{false_positive_rate:.0%}"), ("no", "tn", "")]
    for start, end, text in links:
        (x0, y0), (x1, y1) = boxes[start][:2], boxes[end][:2]
        axis.plot([x0, x1], [y0, y1], color=BLACK, linewidth=1)
        axis.text((x0 + x1) / 2 - 0.02, (y0 + y1) / 2 + 0.06, text, ha="right", va="bottom", fontsize=10)
    for name, (x, y, text) in boxes.items():
        box = {"boxstyle": "round,pad=0.5", "facecolor": _FILL.get(name, "white"), "edgecolor": BLACK}
        axis.text(x, y, text, ha="center", va="center", color=_INK.get(name, BLACK), bbox=box)
    axis.set(xlim=(-0.02, 1.02), ylim=(-0.4, 2.3))
    axis.set_axis_off()
    show(figure, f"A tree. Of {total:,} words, {spoken:,.0f} are “{keyword}”: {counts['tp']:,.0f} are detected, "
                 f"{counts['fn']:,.0f} missed. {others:,.0f} are others: {counts['fp']:,.0f} are false alarms, "
                 f"{counts['tn']:,.0f} rightly left alone.")


def precision_over_frequency(shares: np.ndarray, precision: np.ndarray, marks: Mapping[str, int]) -> None:
    """Show precision over the share of keywords, both (n,) from 0 to 1; `marks` names some points by their number."""
    figure, axis = new_figure()
    axis.semilogx(shares, precision)
    for text, number in marks.items():
        axis.plot(shares[number], precision[number], "o", color=VERMILION)
        axis.annotate(f"{text}: {precision[number]:.1%}", (shares[number], precision[number]), xytext=(-8, 6),
                      textcoords="offset points", ha="right")
    label(axis, percent="y", xlabel="share of the words that are the keyword", ylabel="precision", ylim=(0, 1.02))
    axis.xaxis.set_major_formatter(lambda value, _: f"{100 * value:g}%")
    texts = [f"{text} (share {shares[k]:.2%}): precision {precision[k]:.1%}" for text, k in marks.items()]
    show(figure, f"A curve of precision that rises from {precision[0]:.1%} to {precision[-1]:.1%} as the share of the "
                 f"keyword grows from {shares[0]:.3%} to {shares[-1]:.0%}. {'; '.join(texts)}.")


def confusion_picture(matrix: np.ndarray, class_names: Sequence[str]) -> None:
    """Show a confusion matrix (n_classes, n_classes): a row per true class, bright where a large share of it went."""
    matrix = np.asarray(matrix)
    of_row = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    row, column = np.unravel_index(np.argmax(matrix - np.diag(np.diag(matrix))), matrix.shape)
    figure, axis = new_figure(width=8, height=6)
    image = axis.imshow(of_row, vmin=0, vmax=1, cmap=COLOUR_MAP, aspect="auto")
    for i, j in np.argwhere(matrix):
        axis.text(j, i, f"{matrix[i, j]:g}", ha="center", va="center", fontsize=9,
                  color=BLACK if of_row[i, j] > 0.5 else "white")
    axis.plot(column + np.array([-0.5, 0.5, 0.5, -0.5, -0.5]), row + np.array([-0.5, -0.5, 0.5, 0.5, -0.5]),
              color=VERMILION, linewidth=2.5)
    axis.set_xticks(range(len(class_names)), class_names, rotation=60)
    axis.set_yticks(range(len(class_names)), class_names)
    axis.set(xlabel="answer of the network", ylabel="really spoken")
    label(figure.colorbar(image, ax=axis, label="share of the row").ax, percent="y")
    texts = [f"{name} {matrix[k, k]:g} of {matrix[k].sum():g}" for k, name in enumerate(class_names)]
    show(figure, f"A square of {len(class_names)} rows and columns. Right answers, on the diagonal: "
                 f"{', '.join(texts)}. The largest number beside the diagonal, framed: {matrix[row, column]:g} clips "
                 f"of {class_names[row]} were taken for {class_names[column]}.")


def rates_by_class(values: Mapping[str, np.ndarray], class_names: Sequence[str]) -> None:
    """Show one row per class and one mark per rate: `values[rate]` is (n_classes,), from 0 to 1."""
    figure, axis = new_figure(height=4.2)
    rows = np.arange(len(class_names))
    axis.hlines(rows, 0, 1, color="#DDDDDD", linewidth=1)
    for (name, of_class), mark, beside in zip(values.items(), "osD^", (-0.25, 0, 0.25, 0.4), strict=False):
        axis.plot(of_class, rows + beside, mark, markersize=8, label=name, fillstyle="full" if mark in "oD" else "none")
    axis.set_yticks(rows, class_names)
    label(axis, legend=True, xlim=(-0.02, 1.02), ylim=(len(class_names) - 0.4, -0.6), xlabel="value, from 0 to 1")
    texts = [f"{name}: " + ", ".join(f"{k} {value:.2f}" for k, value in zip(class_names, of_class, strict=True))
             for name, of_class in values.items()]
    show(figure, f"Marks for {len(class_names)} classes. {'. '.join(texts)}.")


def roc_panels(panels: Mapping[str, Mapping[str, Curve]], up_to: float = 1) -> None:
    """Show ROC curves as far as a false-positive rate, a panel per group: `panels[title][name]` is (fpr, tpr)."""
    figure, shown = new_panels(panels, height=3.2, sharey=True, ylabel="true-positive rate (recall)")
    texts = []
    for (axis, curves), title in zip(shown, panels):
        _roc_axis(axis, up_to)
        for (name, (fpr, tpr)), style in zip(curves.items(), cycle(("-", "--", "-.")), strict=False):
            axis.plot(fpr, tpr, linestyle=style, label=name)
            texts.append(f"{title}, {name}: {np.interp(0.1, fpr, tpr):.0%} of the keywords at 10% false positives")
    label(figure.axes[-1], legend=True)
    show(figure, f"ROC curves up to a false-positive rate of {up_to:.0%}, a dotted diagonal for chance. "
                 f"{'; '.join(texts)}.")


def _roc_axis(axis: "Axes", up_to: float = 1) -> None:
    """Draw the diagonal, and label the axes but for the y axis' name."""
    axis.plot([0, 1], [0, 1], color=BLACK, linestyle=":", linewidth=1.5)
    label(axis, percent="xy", xlabel="false-positive rate", xlim=(-0.02 * up_to, 1.02 * up_to),
          ylim=(-0.02, 1.02), xticks=[0, up_to / 2, up_to])


def trapezoids(x: np.ndarray, y: np.ndarray) -> None:
    """Show a curve through points (n,) and the strips below it, one between each two neighbours."""
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
    """Show how the scores (log-odds) of several groups of clips, each (n,), lie around a threshold.

    Example:
        >>> score_histograms({"“stop”": np.array([2.0, 3.0]), "others": np.array([-4.0, 1.0])}, threshold=0.0)
        Figure: Histograms of scores ... “stop”: median 2.5, 100.0% at or above; others: median -1.5, 50.0% at or above.
    """
    figure, axis = new_figure()
    text = _histograms(axis, groups, threshold)
    label(axis, legend=True)
    show(figure, text)


def draw_threshold(is_keyword: np.ndarray, score: np.ndarray, threshold: float, rates: Mapping[str, float],
                   curve: Curve, keyword: str) -> tuple["Figure", str]:
    """Draw scores around a threshold, the outcomes there, and the point on the ROC curve.

    `is_keyword` (N,) and `score` (N,), log-odds, are of the clips; `rates` is what `binary_rates` returns for them.
    """
    is_keyword = np.asarray(is_keyword, dtype=bool)
    figure, (left, middle, right) = new_figure(columns=3, width=9.6, height=3.7, width_ratios=[5, 4, 4])
    text = _histograms(left, {f"“{keyword}”": score[is_keyword], "others": score[~is_keyword]}, threshold)
    left.legend(loc="upper right", frameon=False, fontsize=9)
    _table(middle, _counts(rates), keyword)
    lines = [f"recall {rates['recall']:.1%}", f"false-positive rate {rates['false_positive_rate']:.1%}",
             f"precision {rates['precision']:.1%}", f"accuracy {rates['accuracy']:.1%}"]
    middle.set_xlabel("\n".join(lines), labelpad=8)
    _roc_axis(right)
    right.plot(*curve)
    right.plot(rates["false_positive_rate"], rates["recall"], "o", color=VERMILION, markersize=10)
    right.set_ylabel("recall")
    return figure, (f"{text} Outcomes: {', '.join(_counts(rates).values())}; {', '.join(lines)}. A dot marks this "
                    "point on the ROC curve.")


def _histograms(axis: "Axes", groups: Mapping[str, np.ndarray], threshold: float) -> str:
    """Draw histograms over one another, as shares of each group; return a description."""
    scores = np.concatenate(list(groups.values()))
    edges = np.linspace(scores.min(), scores.max(), 43)
    texts = []
    for (name, scores), colour in zip(groups.items(), CYCLE):
        weights = np.full(len(scores), 1 / len(scores))
        axis.hist(scores, edges, weights=weights, histtype="stepfilled", color=colour, alpha=0.35)
        axis.hist(scores, edges, weights=weights, histtype="step", color=colour, linewidth=1.8, label=name)
        texts.append(f"{name}: median {np.median(scores):.1f}, {np.mean(scores >= threshold):.1%} at or above")
    if np.isfinite(threshold):
        axis.axvline(threshold, color=BLACK, linestyle="--", linewidth=1.8)
    label(axis, percent="y", xlabel="score (log-odds)", ylabel="share of the clips")
    axis.yaxis.get_major_locator().set_params(steps=[1, 2, 5, 10])
    axis.set_ylim(0, axis.get_ylim()[1] * 1.15)
    return f"Histograms of scores and a threshold at {threshold:.2f}. {'; '.join(texts)}."
