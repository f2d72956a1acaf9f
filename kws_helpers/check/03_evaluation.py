"""The checks of lesson 03."""

import numpy as np

from kws_helpers.check import expect
from kws_helpers.check.ladder import ladder


@ladder("confusion_matrix(true, predicted, n_classes)")
def confusion_matrix(f):
    true, predicted = np.array([0, 0, 0, 1, 2, 2]), np.array([0, 1, 1, 1, 0, 2])
    yield "returns an array"
    expect.array(f(true, predicted, 3))
    yield "has a row and a column for each class"
    expect.shape(f(true, predicted, 3), (3, 3), "", [((9,), "Each true class needs a row: .reshape(n_classes, n_classes).")])
    yield "has them also for classes that do not occur"
    expect.shape(f(np.array([0, 1]), np.array([1, 1]), 4), (4, 4), "The size is n_classes, whatever the labels are.")
    yield "counts every clip in its cell: row 0 holds the clips that are really class 0"
    expect.close(f(true, predicted, 3), [[1, 2, 0], [0, 1, 0], [1, 0, 1]], "Two of the six clips belong in the same cell: "
                 "twice class 0 was taken for class 1, so row 0 holds 2 in column 1.", known=[
        ([[1, 0, 1], [2, 1, 0], [0, 0, 1]], "Rows and columns are exchanged: the row is the true class."),
        ([[1, 1, 0], [0, 1, 0], [1, 0, 1]], "matrix[true, predicted] += 1 adds only once to each cell, however often it is "
         "named. Use a loop over the clips, or np.add.at."),
        ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], "Only the right answers are counted."),
        ([[0, 2, 0], [0, 0, 0], [1, 0, 0]], "The right answers are missing. They belong on the diagonal."),
        ([[3, 3, 0], [0, 0, 0], [0, 0, 0]], "`true` holds classes, not numbers of clips: zip(true, predicted) goes through both."),
        ([[6, 9, 3], [2, 3, 1], [4, 6, 2]], "Every class was paired with every answer. Go through both at once: zip(true, "
         "predicted)."),
        ([[1, 0, 0], [0, 0, 0], [0, 0, 0]], "Only the first clip was counted. Is the `return` inside the loop?"),
        ([[2, 3, 1]] * 3, "`[[0] * n] * n` holds the same row n times. np.zeros makes a row for each class."),
        ([[1, 2, 1], [2, 1, 0], [1, 0, 1]], "Every mistake is counted twice, on both sides of the diagonal."),
        ([[1, 0, 0], [0, 1, 1], [2, 0, 1]], "Classes are counted from 0: class k belongs in row k."),
        ([[1 / 3, 2 / 3, 0], [0, 1, 0], [0.5, 0, 0.5]], "Those are shares of a row. The matrix holds numbers of clips."),
        ([[1 / 6, 1 / 3, 0], [0, 1 / 6, 0], [1 / 6, 0, 1 / 6]], "Those are shares. The matrix holds numbers of clips."),
        ([[5, 6, 4], [3, 4, 2], [4, 5, 3]], "Both must be true of the same clip: combine the two conditions with &.")])
    yield "keeps classes in their places when one between them does not occur"
    expect.equal(np.asarray(f(np.array([0, 2, 2]), np.array([0, 0, 2]), 3)), [[1, 0, 0], [0, 0, 0], [1, 0, 1]])
    yield "counts as many clips as there are"
    many = np.zeros(300, dtype=int)
    expect.equal(f(many, many, 2), [[300, 0], [0, 0]], "Numbers of 8 bits start again at 0 after 255. Use dtype=int.")
    yield "holds whole numbers (int)"
    kind = np.asarray(f(true, predicted, 3)).dtype
    expect.that(kind.kind in "iu", "whole numbers", f"the type {kind.name}", "np.zeros gives floats unless you say dtype=int.")


COUNTS, RATES = ("tp", "fp", "tn", "fn"), ("accuracy", "precision", "recall", "false_positive_rate", "f1")


@ladder("binary_rates(true, predicted)")
def binary_rates(f):
    true, predicted = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0]), np.array([1, 1, 0, 1, 0, 1, 0, 0, 1, 0])
    yield "returns a dict"
    rates = f(true, predicted)
    expect.that(isinstance(rates, dict), "a dict such as {'tp': 3, ...}", rates)
    yield "has the nine keys and no others"
    expect.that(set(rates) == {*COUNTS, *RATES}, f"the keys {', '.join(COUNTS + RATES)}", ", ".join(map(str, rates)))
    yield "holds one number for each key"
    for name in COUNTS + RATES:
        expect.number(rates[name], f"This is {name!r}.")
    yield "counts the four outcomes of ten clips, given as 0 and 1"
    causes = {"tp": "Both are 1: the keyword was spoken and noticed.", "fp": "A reaction (1) where no keyword was (0).",
              "tn": "Both are 0. Mind that ~1 is -2.", "fn": "A keyword (1) without a reaction (0)."}
    for name, expected in zip(COUNTS, (3, 2, 4, 1)):
        _expect_rate(rates, name, expected, causes[name])
    yield "has the rates as shares, from 0 to 1"
    for name in RATES:
        expect.that(0 <= rates[name] <= 1, "values from 0 to 1", f"{name} = {rates[name]}", "Return shares, not per cent.")
    causes = {"accuracy": "All right answers, tp + tn, out of all clips.",
              "recall": "Out of all spoken keywords: a row of the table.",
              "precision": "Out of all reactions: a column of the table.",
              "false_positive_rate": "Out of all clips without the keyword: the other row.",
              "f1": "The harmonic mean of precision and recall; mind the factor 2."}
    for name, expected, text in [("accuracy", 0.7, "7 of 10"), ("recall", 0.75, "3 of 4"), ("precision", 0.6, "3 of 5"),
                                 ("false_positive_rate", 1 / 3, "2 of 6"), ("f1", 2 / 3, "2 · 0.6 · 0.75 / 1.35")]:
        yield f"computes {name}: {text}"
        _expect_rate(rates, name, expected, causes[name])
    yield "takes truth values"
    same = f(true.astype(bool), predicted.astype(bool))
    for name in COUNTS + RATES:
        _expect_rate(same, name, rates[name], "Sums and differences of truth values are not what they are for numbers. "
                     "Make one of the other first.")
    for title, one, other, undefined in [
            ("the detector never reacts", [1, 1, 0, 0, 0], [0] * 5, ("precision", "f1")),
            ("nobody says the keyword", [0] * 4, [0, 1, 0, 0], ("recall", "f1")),
            ("nothing but the keyword is said", [1] * 3, [1, 0, 1], ("false_positive_rate",))]:
        yield f"gives 0.0 for {' and '.join(undefined)} where {title}"
        got = f(np.array(one), np.array(other))
        for name in undefined:
            _expect_rate(got, name, 0.0, "Look at the denominator before you divide.")


def _expect_rate(rates, name, expected, cause):
    got = np.asarray(rates[name])
    if got.ndim or not np.isclose(got, expected, rtol=0, atol=1e-4):
        raise expect.Missed(f"{name} = {expected:.4g}", f"{name} = {rates[name]}", cause)


@ladder("roc_curve(is_keyword, score)")
def roc_curve(f):
    is_keyword, score = np.array([True, False, True, False, False]), np.array([2.5, -1.0, 0.5, 1.0, -3.0])
    yield "returns three arrays: fpr, tpr, thresholds"
    _three_arrays(f(is_keyword, score))
    yield "has one point for each distinct score, and one before them"
    fpr, tpr, thresholds = _three_arrays(f(is_keyword, score))
    for name, one in zip(("fpr", "tpr", "thresholds"), (fpr, tpr, thresholds)):
        expect.that(one.shape == (6,), "shape (6,) for five distinct scores", f"shape {one.shape} for {name}",
                    "The points: nothing detected yet, and then each score in turn.")
    yield "has rates from 0 to 1"
    expect.that(np.all((np.stack([fpr, tpr]) >= 0) & (np.stack([fpr, tpr]) <= 1)), "values from 0 to 1", fpr,
                "Those are numbers of clips. Divide them by the clips of their group.")
    yield "starts at (0, 0), where nothing is detected"
    rising = "The thresholds rise. They must fall: infinity first, the lowest score last."
    expect.close([fpr[0], tpr[0]], [0, 0], "Do the thresholds fall? The first one is infinity.", known=[
        ([1, 1], "Low scores are taken for detections. A high one is." if thresholds[0] == np.inf else rising),
        ([1, 0], "fpr is 1 minus what it should be: count the other clips that do set off an alarm." if fpr[-1] < 0.1
         else _NO_PRECISION),
        ([np.nan, 0], _NO_PRECISION), ([0, np.nan], _NO_PRECISION), ([0, 1], _NO_PRECISION)])
    yield "ends at (1, 1), where everything is detected"
    expect.close([fpr[-1], tpr[-1]], [1, 1], "Out of which clips is each rate a share?", known=[
        ([1 / 3, 1], "The lowest threshold lies above some scores. Take the scores themselves as thresholds."),
        ([2 / 3, 1], "A score equal to the threshold is a detection: >= instead of >."),
        ([0.6, 1], "The false alarms are divided by all detections. Divide them by the number of clips without the keyword."),
        ([0.6, 0.4], "The rates have wholes of their own: fpr the clips without the keyword, tpr the keywords."),
        ([1, 0.4], _NO_PRECISION), ([0.4, 1], _NO_PRECISION)])
    yield "never falls"
    expect.that(np.all(np.diff(fpr) >= 0) and np.all(np.diff(tpr) >= 0), "rates that never fall", fpr,
                "A lower threshold can only let in more clips.")
    yield "has the right true-positive rates, out of the keyword clips"
    expect.close(tpr, [0, 0.5, 0.5, 1, 1, 1], "The scores of the two keywords are 2.5 and 0.5.", known=[
                     ([0, 0, 1 / 3, 1 / 3, 2 / 3, 1], "Those are the false-positive rates. The order is fpr, tpr, thresholds.")])
    yield "has the right false-positive rates, out of the other clips"
    expect.close(fpr, [0, 0, 1 / 3, 1 / 3, 2 / 3, 1], "The scores of the three others are 1, -1 and -3.")
    yield "has the thresholds infinity, then the scores, falling"
    expect.close(thresholds, [np.inf, 2.5, 1.0, 0.5, -1.0, -3.0], "The first is np.inf, which no score can reach.", known=[
        ([np.inf, 2.5, -1, 0.5, 1, -3], "The clips are taken in the order in which they come. Take the highest score first.")])
    yield "has one point for clips with the same score"
    got = _three_arrays(f(np.array([True, False, True, False]), np.array([3.0, 1.0, 1.0, 1.0])))
    expect.close(got[2], [np.inf, 3.0, 1.0], "There is one threshold for each distinct score.")
    expect.close(got[1], [0, 0.5, 1])
    expect.close(got[0], [0, 0, 1], "All clips with the same score pass the threshold together.")
    yield "keeps points on straight stretches"
    got = _three_arrays(f(np.array([True, True, True, False]), np.array([4.0, 3.0, 2.0, 1.0])))
    expect.close(got[1], [0, 1 / 3, 2 / 3, 1, 1], "Every distinct score has its point.")
    yield "takes 0 and 1 in place of truth values"
    expect.close(_three_arrays(f(is_keyword.astype(int), score))[1], tpr,
                 "score[is_keyword] picks clips only by truth values; 0 and 1 are places. Make is_keyword bool first.")
    expect.close(_three_arrays(f(is_keyword.astype(int), score))[0], fpr)


_NO_PRECISION = ("That is a precision: a share of the detections. fpr is a share of the clips without the keyword, tpr a "
                 "share of the keywords.")


def _three_arrays(value):
    if not isinstance(value, (tuple, list)) or len(value) != 3:
        raise expect.Missed("three results", expect.describe(value), "End with `return fpr, tpr, thresholds`.")
    return [expect.array(one, "Each of the three is an array.") for one in value]


@ladder("area_under_curve(x, y)")
def area_under_curve(f):
    line = np.array([0.0, 1.0])
    yield "returns one number"
    expect.number(f(np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 1.0])), "The strips are added up.")
    yield "adds strips of different widths: 1 · 2.5 + 4 · 5"
    expect.close(f(np.array([1.0, 2.0, 6.0]), np.array([2.0, 3.0, 7.0])), 22.5, "Width times mean height, for each strip.", known=[
        (18.75, "Every strip counts as equally wide. Its width is x[i + 1] - x[i]."),
        (4, "That is the mean of the heights. Each strip's mean height is multiplied by its width."),
        (7.5, "x is not used: every strip has the width 1."), (14, "Each strip has the height of its left point. Take the mean."),
        (31, "Each strip has the height of its right point. Take the mean."),
        (17.5, "x and y are exchanged (np.trapezoid takes y first)."), (45, "Each height is twice too large: a mean, not a sum."),
        (8.5, "That takes half the *difference* of two heights. The mean is half their sum."),
        (2.5, "Only the first strip is counted: n points have n - 1. Is the `return` inside the loop?"),
        (20, "The first strip is missing, or the heights were averaged before they met their widths."),
        (-22.5, "The widths are negative: a width is x[i + 1] - x[i]."), (22, "Nothing is rounded."),
        (23.5, "Take only the points given: the curve need not start at 0."), (3.5, "Corners were added. Take only the points given."),
        (4.5, "That is divided by the whole width."), (12.5, "The area goes down to the x axis, not to the lowest point.")])
    yield "gives 0.5 for the diagonal, and rounds nothing"
    expect.close(f(line, line), 0.5)
    expect.close(f(line, line / 7), 1 / 14)
    yield "gives nothing for strips without width"
    expect.close(f(np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0])), 1.0, "Here the curve goes straight up first.")
    yield "takes only the points that it is given"
    expect.close(f(np.array([2.0, 3.0, 5.0]), np.array([1.0, 1.0, 1.0])), 3.0,
                 "A curve may start and end anywhere; the area goes down to the x axis.")


@ladder("threshold_for_false_alarms(is_keyword, score, max_fpr)")
def threshold_for_false_alarms(f):
    is_keyword = np.array([True, False, True, True, False, False, True, False])
    score = np.array([9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0])
    yield "returns one number"
    expect.number(f(is_keyword, score, 0.4), "Of all thresholds that keep the promise, return the lowest.")
    yield "keeps the promise"
    threshold = float(np.asarray(f(is_keyword, score, 0.4)))
    rate = np.mean(score[~is_keyword] >= threshold)
    expect.that(rate <= 0.4, "a false-positive rate of at most 40 %",
                f"the threshold {threshold:g}, where it is {rate:.0%}", expect.told(threshold, [
                    *[(rate, "That is a rate. Return the threshold at which it is reached.") for rate in (0.25, 0.75)],
                    (5, "That is the first score that breaks the promise. Take the one before it, and mind that a score "
                     "equal to the threshold is a detection."),
                    (3, "The false alarms were counted out of all clips. Only those without the keyword count.")],
                    "The other clips have the scores 8, 5, 4 and 2. A score equal to the threshold is a detection."))
    yield "is one of the observed scores"
    expect.that(threshold in score, "one of the scores 9, 8, ... 2", f"{threshold:g}", "Infinity detects nothing, and a "
                "score keeps the promise here." if threshold == np.inf else "The threshold is a score, no value between two.")
    yield "is the lowest that keeps the promise"
    expect.close(threshold, 6.0, "With a lower threshold, more keywords are found.", known=[
        (9, "That is the highest score that keeps the promise. With a lower one, more keywords are found."),
        (8, "Scores of keywords are candidates, too: 6 is one."),
        (7, "The share of *all* reactions is held down here. Only reactions to other words are false alarms.")])
    expect.close(f(is_keyword[::-1], -score[::-1], 0.8), -7.0,
                 "Keywords have the scores -3, -6, -7 and -9 here, the others -2, -4, -5 and -8.")
    expect.close(f(is_keyword, score / 7, 0.4), 6 / 7, "Nothing is rounded.")
    yield "may stop at the score of any clip"
    expect.close(f(np.array([True, False, False, False, False]), np.array([5.0, 4.0, 3.0, 2.0, 1.0]), 0.6), 3.0,
                 "Here the lowest score that keeps the promise belongs to another word.")
    yield "allows a rate of exactly max_fpr"
    expect.close(f(np.array([True, False, False, False, False]), np.array([5.0, 4.0, 3.0, 2.0, 1.0]), 0.5), 3.0,
                 "Two of four other clips are 50 %: that is at most 50 %.")
    yield "does not tear apart clips with the same score"
    tied = np.array([3.0, 2.0, 2.0, 2.0, 1.0])
    for keywords in ([True, False, False, False, False], [True, True, False, False, False]):
        expect.close(f(np.array(keywords), tied, 0.5), 3.0, "All clips with the score 2 react together.")
    yield "is infinity where no score keeps the promise"
    expect.close(f(np.array([False, True, False]), np.array([2.0, 1.0, 0.0]), 0.4), np.inf, "The highest score belongs "
                 "to another word here: every threshold among the scores raises too many false alarms.")
    yield "takes 0 and 1 in place of truth values"
    expect.close(f(is_keyword.astype(int), score, 0.4), 6.0, "Make is_keyword bool first.")
