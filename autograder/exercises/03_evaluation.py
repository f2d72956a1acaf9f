"""Lesson 03: what the judge knows."""

import numpy as np

from autograder.judging.exercise import Case, Exercise
from kws_helpers.check.calling import CallFailed

# confusion_matrix


class WholeNumbersCase(Case):
    """A call whose result is looked at for its type of number alone."""


def observe_matrix(function, case):
    """The matrix; for a `WholeNumbersCase` only whether it holds ints. Raises CallFailed where it does not."""
    result = function(*case.args, **case.kwargs)
    if isinstance(case, WholeNumbersCase):
        if np.asarray(result).dtype.kind not in "iu":
            raise CallFailed("raised", f"expected whole numbers, got the type {np.asarray(result).dtype.name}.",
                             "NotWhole")
        return "whole numbers"
    return result


confusion_matrix = Exercise("confusion_matrix", tolerance=1e-9, observe=observe_matrix)


@confusion_matrix.cases
def confusion_matrix_cases(rng):
    for n, n_classes in [(120, 4), (200, 3), (150, 12)]:
        yield Case("counts in the right cells", *_answers(rng, n, n_classes), n_classes)
    true, predicted = _answers(rng, 60, 5)
    yield Case("the last classes do not occur", true, predicted, 8)
    yield Case("a class in the middle does not occur", np.where(true == 2, 3, true),
               np.where(predicted == 2, 0, predicted), 5)
    yield WholeNumbersCase("the numbers are whole (int)", true, predicted, 5)


def _answers(rng, n, n_classes):
    """True classes and answers that are right half of the time, and often one class too high otherwise."""
    true = np.append(rng.integers(n_classes, size=n - n_classes), np.arange(n_classes))
    slip = (true + rng.integers(1, 3, size=n)) % n_classes
    return true, np.where(rng.uniform(size=n) < 0.5, true, slip)


@confusion_matrix.mistake("Rows and columns are exchanged: the row is the true class, the column the answer.")
def rows_are_the_answers(true, predicted, n_classes):
    return _counted(predicted, true, n_classes)


@confusion_matrix.mistake("Every pair of classes is counted only once. `matrix[true, predicted] += 1` adds once to each "
                          "cell, however often it is named: use np.add.at, or a loop over the clips.")
def each_pair_only_once(true, predicted, n_classes):
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    matrix[true, predicted] += 1
    return matrix


@confusion_matrix.mistake("The size of the matrix depends on the labels that occur. It has n_classes rows and columns, "
                          "whatever the labels are.")
def size_from_the_largest_label(true, predicted, n_classes):
    size = int(max(true.max(), predicted.max())) + 1
    return _counted(true, predicted, size)


@confusion_matrix.mistake("Classes that do not occur are left out, and the later ones slip to wrong places. (With "
                          "scikit-learn, say labels=range(n_classes).)")
def only_classes_that_occur(true, predicted, n_classes):
    present = np.unique(np.concatenate([true, predicted]))
    return _counted(np.searchsorted(present, true), np.searchsorted(present, predicted), len(present))


@confusion_matrix.mistake("The counts are right, but they are of type float. np.zeros gives floats unless you say "
                          "dtype=int.")
def counts_as_floats(true, predicted, n_classes):
    return _counted(true, predicted, n_classes).astype(float)


@confusion_matrix.mistake("Those are shares of a row. The matrix holds the numbers of clips; a figure may turn them "
                          "into shares later.")
def shares_of_each_row(true, predicted, n_classes):
    matrix = _counted(true, predicted, n_classes)
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)


@confusion_matrix.mistake("Those are shares of all clips. The matrix holds the numbers of clips.")
def shares_of_all_clips(true, predicted, n_classes):
    return _counted(true, predicted, n_classes) / len(true)


@confusion_matrix.mistake("Only the right answers are counted. The mistakes, beside the diagonal, are what the matrix is "
                          "made for.")
def only_the_diagonal(true, predicted, n_classes):
    return np.diag(np.diag(_counted(true, predicted, n_classes)))


@confusion_matrix.mistake("The right answers are missing. They belong on the diagonal.")
def no_diagonal(true, predicted, n_classes):
    matrix = _counted(true, predicted, n_classes)
    return matrix - np.diag(np.diag(matrix))


@confusion_matrix.mistake("Classes are counted from 0, so class k belongs in row k. With `true - 1` class 0 ends up in the "
                          "last row.")
def classes_from_one(true, predicted, n_classes):
    return _counted(true - 1, predicted - 1, n_classes)


@confusion_matrix.mistake("The matrix is the same on both sides of the diagonal: every mistake is entered twice. “yes” taken "
                          "for “no” is not the same as “no” taken for “yes”.")
def symmetric(true, predicted, n_classes):
    matrix = _counted(true, predicted, n_classes)
    return matrix + matrix.T - np.diag(np.diag(matrix))


@confusion_matrix.mistake("Each cell holds the clips of the row's class plus those of the column's answer. What counts is "
                          "that both are true of the same clip: combine the two conditions with &.")
def conditions_added(true, predicted, n_classes):
    rows, columns = np.bincount(true, minlength=n_classes), np.bincount(predicted, minlength=n_classes)
    return rows[:, None] + columns[None, :]


def _counted(true, predicted, n_classes):
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(matrix, (true, predicted), 1)
    return matrix


# binary_rates

binary_rates = Exercise("binary_rates")


@binary_rates.cases
def binary_rates_cases(rng):
    for counts in [(13, 7, 40, 5), (6, 11, 23, 17)]:
        true, predicted = _reactions(rng, *counts)
        yield Case("counts and rates", true.astype(int), predicted.astype(int))
    yield Case("truth values", *_reactions(rng, 9, 4, 31, 6))
    yield Case("truth values", *_reactions(rng, 3, 15, 8, 2))
    true, predicted = _reactions(rng, 0, 0, 25, 7)
    yield Case("the detector never reacts", true.astype(int), predicted.astype(int))
    yield Case("nobody says the keyword", *_reactions(rng, 0, 6, 22, 0))
    yield Case("everybody says the keyword", *_reactions(rng, 12, 0, 0, 5))


def _reactions(rng, tp, fp, tn, fn):
    """Truth values with these four counts, in random order."""
    true = np.repeat([True, False, False, True], [tp, fp, tn, fn])
    predicted = np.repeat([True, True, False, False], [tp, fp, tn, fn])
    order = rng.permutation(len(true))
    return true[order], predicted[order]


def _rates(true, predicted, undefined=0.0):
    """Right rates, for mistakes to start from."""
    true, predicted = np.asarray(true, dtype=bool), np.asarray(predicted, dtype=bool)
    tp, fp, tn, fn = (int(np.sum(cell)) for cell in (true & predicted, ~true & predicted, ~true & ~predicted,
                                                     true & ~predicted))

    def share(part, whole):
        return part / whole if whole else undefined

    return {"tp": tp, "fp": fp, "tn": tn, "fn": fn, "accuracy": share(tp + tn, len(true)),
            "precision": share(tp, tp + fp), "recall": share(tp, tp + fn),
            "false_positive_rate": share(fp, fp + tn), "f1": share(2 * tp, 2 * tp + fp + fn)}


@binary_rates.mistake("Precision and recall are exchanged. Recall: out of all spoken keywords (tp + fn). Precision: out of "
                      "all reactions (tp + fp).")
def precision_and_recall_exchanged(true, predicted):
    rates = _rates(true, predicted)
    return rates | {"precision": rates["recall"], "recall": rates["precision"]}


@binary_rates.mistake("`fp` and `fn` are exchanged (or the two arguments are). A false positive is a reaction without a "
                      "keyword, a false negative is a keyword without a reaction.")
def false_alarms_and_misses_exchanged(true, predicted):
    return _rates(predicted, true)


@binary_rates.mistake("A rate that would be 0 / 0 comes out as nan. Here it must be 0.0: look at the denominator before "
                      "you divide.")
def nothing_out_of_nothing_is_nan(true, predicted):
    return _rates(true, predicted, undefined=np.nan)


@binary_rates.mistake("A rate that would be 0 / 0 comes out as 1. Here it must be 0.0: nobody is praised for what was never "
                      "tried.")
def nothing_out_of_nothing_is_one(true, predicted):
    return _rates(true, predicted, undefined=1.0)


@binary_rates.mistake("Precision, recall and false-positive rate are safe from 0 / 0, but F1 is not: where precision and "
                      "recall are both 0, their sum is 0 too.")
def only_f1_divided_by_zero(true, predicted):
    rates = _rates(true, predicted)
    precision, recall = rates["precision"], rates["recall"]
    return rates | {"f1": 2 * precision * recall / (precision + recall)}


@binary_rates.mistake("Python cannot divide by 0. Look at the denominator first, and give 0.0 where it is 0.")
def divided_by_zero(true, predicted):
    rates = _rates(true, predicted)
    tp, fp, tn, fn = (rates[name] for name in ("tp", "fp", "tn", "fn"))
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    return rates | {"precision": precision, "recall": recall, "false_positive_rate": fp / (fp + tn),
                    "f1": 2 * precision * recall / (precision + recall)}


@binary_rates.mistake("The false-positive rate is taken out of all reactions (that is 1 - precision). It is the share of the "
                      "*other* clips that set off an alarm: out of fp + tn.")
def false_alarms_out_of_all_reactions(true, predicted):
    rates = _rates(true, predicted)
    reactions = rates["tp"] + rates["fp"]
    return rates | {"false_positive_rate": rates["fp"] / reactions if reactions else 0.0}


@binary_rates.mistake("The false-positive rate is taken out of all clips. Only the clips without the keyword can be false "
                      "alarms: out of fp + tn.")
def false_alarms_out_of_all_clips(true, predicted):
    rates = _rates(true, predicted)
    return rates | {"false_positive_rate": rates["fp"] / len(true)}


@binary_rates.mistake("That is the miss rate, 1 - recall. The false-positive rate looks at the clips *without* the keyword: "
                      "fp out of fp + tn.")
def misses_instead_of_false_alarms(true, predicted):
    rates = _rates(true, predicted)
    return rates | {"false_positive_rate": 1 - rates["recall"]}


@binary_rates.mistake("That is the share of the other clips that were rightly left alone, 1 - false-positive rate. Count the "
                      "alarms: fp out of fp + tn.")
def rightly_quiet_instead_of_false_alarms(true, predicted):
    rates = _rates(true, predicted)
    return rates | {"false_positive_rate": 1 - rates["false_positive_rate"]}


@binary_rates.mistake("F1 is the ordinary mean of precision and recall. It is their harmonic mean, 2 P R / (P + R).")
def f1_as_ordinary_mean(true, predicted):
    rates = _rates(true, predicted)
    return rates | {"f1": (rates["precision"] + rates["recall"]) / 2}


@binary_rates.mistake("F1 is too small by a factor of 2: it is 2 P R / (P + R), so that equal precision and recall give the "
                      "same F1.")
def factor_of_two_forgotten(true, predicted):
    rates = _rates(true, predicted)
    return rates | {"f1": rates["f1"] / 2}


@binary_rates.mistake("Accuracy counts only the detections. Clips that were rightly left alone are right as well: tp + tn.")
def accuracy_without_the_rightly_quiet(true, predicted):
    rates = _rates(true, predicted)
    return rates | {"accuracy": rates["tp"] / len(true)}


@binary_rates.mistake("The rates are in per cent. They are shares, from 0 to 1.")
def rates_in_per_cent(true, predicted):
    rates = _rates(true, predicted)
    return {name: value if name in ("tp", "fp", "tn", "fn") else 100 * value for name, value in rates.items()}


@binary_rates.mistake("The rates are rounded to two places. Round when you print, not when you compute.")
def rates_rounded(true, predicted):
    return {name: round(value, 2) for name, value in _rates(true, predicted).items()}


@binary_rates.mistake("`~` turns 1 into -2 and 0 into -1: it works for truth values only. Make both arrays bool first.")
def tilde_on_numbers(true, predicted):
    tp, fp, tn, fn = (int(np.sum(cell)) for cell in (true & predicted, ~true & predicted, ~true & ~predicted,
                                                     true & ~predicted))

    def share(part, whole):
        return part / whole if whole else 0.0

    return {"tp": tp, "fp": fp, "tn": tn, "fn": fn, "accuracy": share(tp + tn, tp + fp + tn + fn),
            "precision": share(tp, tp + fp), "recall": share(tp, tp + fn),
            "false_positive_rate": share(fp, fp + tn), "f1": share(2 * tp, 2 * tp + fp + fn)}


@binary_rates.mistake("NumPy cannot subtract truth values: `1 - a` works, but `a - b` raises an error where both are True or "
                      "False. Make both arrays bool (and use ~ and &), or both int.")
def truth_values_subtracted(true, predicted):
    misses = true - predicted
    return _rates(true, predicted) | {"fn": int(np.sum(misses == 1)), "fp": int(np.sum(misses == -1))}


@binary_rates.mistake("The sum of two truth values is a truth value: True + True is True and never equals 2. Make both "
                      "arrays int first, or use & instead of sums.")
def truth_values_added(true, predicted):
    both, either = true + predicted == 2, true + predicted == 0
    tp, tn = int(np.sum(both)), int(np.sum(either))
    fn, fp = int(np.sum(true)) - tp, int(np.sum(predicted)) - tp

    def share(part, whole):
        return part / whole if whole else 0.0

    return {"tp": tp, "fp": fp, "tn": tn, "fn": fn, "accuracy": share(tp + tn, tp + fp + tn + fn),
            "precision": share(tp, tp + fp), "recall": share(tp, tp + fn),
            "false_positive_rate": share(fp, fp + tn), "f1": share(2 * tp, 2 * tp + fp + fn)}


# roc_curve


class RatesCase(Case):
    """A call of which only the two rates are looked at, not the thresholds."""


def observe_curve(function, case):
    """The three arrays; for a `RatesCase` the first two. Raises CallFailed where there are not three."""
    result = function(*case.args, **case.kwargs)
    try:
        fpr, tpr, thresholds = result
    except (TypeError, ValueError):
        raise CallFailed("raised", "expected three arrays: fpr, tpr, thresholds.", "NotThree") from None
    return [fpr, tpr] if isinstance(case, RatesCase) else [fpr, tpr, thresholds]


roc_curve = Exercise("roc_curve", observe=observe_curve)


@roc_curve.cases
def roc_curve_cases(rng):
    for n in (60, 25):
        yield RatesCase("the rates at every threshold", *_scores(rng, n))
    yield RatesCase("the rates at every threshold", *_scores(rng, 40, scale=20))
    yield Case("the thresholds, from infinity downwards", *_scores(rng, 30))
    is_keyword, score = _scores(rng, 50)
    yield RatesCase("equal scores make one point", is_keyword, np.round(score))
    yield Case("equal scores make one point", is_keyword, np.round(2 * score) / 2)
    is_keyword, score = _scores(rng, 35)
    yield RatesCase("is_keyword as 0 and 1", is_keyword.astype(int), score)


def _scores(rng, n, scale=1.0):
    """Truth values, a third of them True, and scores that are higher for them; none are closer than 0.01."""
    is_keyword = rng.permutation(np.arange(n) < n // 3)
    score = rng.normal(size=n) + 1.2 * is_keyword
    places = np.sort(score) + 0.01 * np.arange(n)  # the same order, but apart
    return is_keyword, scale * places[np.argsort(np.argsort(score))]


def _curve(is_keyword, score, thresholds=None, reached=np.greater_equal):
    """A right curve, for mistakes to start from."""
    is_keyword = np.asarray(is_keyword, dtype=bool)
    thresholds = np.append(np.inf, np.unique(score)[::-1]) if thresholds is None else thresholds
    hits = reached(score[:, None], thresholds)
    return hits[~is_keyword].mean(axis=0), hits[is_keyword].mean(axis=0), thresholds


@roc_curve.mistake("The first two results are exchanged: false-positive rates come first, true-positive rates second.")
def rates_exchanged(is_keyword, score):
    fpr, tpr, thresholds = _curve(is_keyword, score)
    return tpr, fpr, thresholds


@roc_curve.mistake("A score equal to the threshold counts as a detection: >= instead of >.")
def above_the_threshold_only(is_keyword, score):
    return _curve(is_keyword, score, reached=np.greater)


@roc_curve.mistake("The thresholds rise, and so the curve runs from (1, 1) to (0, 0). They must fall: infinity first, the "
                   "lowest score last.")
def thresholds_rise(is_keyword, score):
    return tuple(one[::-1] for one in _curve(is_keyword, score))


@roc_curve.mistake("The first point is missing: with the threshold infinity nothing is detected, and the curve starts at "
                   "(0, 0).")
def no_first_point(is_keyword, score):
    return tuple(one[1:] for one in _curve(is_keyword, score))


@roc_curve.mistake("There is a point for each clip. Clips with the same score pass the threshold together, so there is one "
                   "point for each *distinct* score.")
def a_point_for_each_clip(is_keyword, score):
    order = np.argsort(-score, kind="stable")
    right = np.asarray(is_keyword, dtype=bool)[order]
    tpr = np.append(0, np.cumsum(right)) / right.sum()
    fpr = np.append(0, np.cumsum(~right)) / (~right).sum()
    return fpr, tpr, np.append(np.inf, score[order])


@roc_curve.mistake("Points on straight stretches are left out, as scikit-learn does by default. Here every distinct score "
                   "has its point (drop_intermediate=False).")
def intermediate_points_dropped(is_keyword, score):
    fpr, tpr, thresholds = _curve(is_keyword, score)
    bends = np.diff(fpr, 2).astype(bool) | np.diff(tpr, 2).astype(bool)
    kept = np.concatenate([[True], bends, [True]])
    return fpr[kept], tpr[kept], thresholds[kept]


@roc_curve.mistake("The first threshold is the highest score plus 1. It must be one that no score can ever reach: np.inf.")
def first_threshold_finite(is_keyword, score):
    fpr, tpr, thresholds = _curve(is_keyword, score)
    return fpr, tpr, np.append(thresholds[1] + 1, thresholds[1:])


@roc_curve.mistake("Fixed thresholds from 0 to 1 are tried. Scores may be any numbers: the thresholds are the observed "
                   "scores.")
def fixed_thresholds(is_keyword, score):
    return _curve(is_keyword, score, thresholds=np.linspace(1, 0, 101))


@roc_curve.mistake("Both rates are shares of all clips. The true-positive rate is out of the keyword clips, the "
                   "false-positive rate out of the others.")
def shares_of_all_clips_together(is_keyword, score):
    fpr, tpr, thresholds = _curve(is_keyword, score)
    share = np.mean(is_keyword)
    return fpr * (1 - share), tpr * share, thresholds


@roc_curve.mistake("The false alarms are divided by all detections (that is 1 - precision). The false-positive rate is out of "
                   "the clips without the keyword.")
def false_alarms_out_of_detections(is_keyword, score):
    fpr, tpr, thresholds = _curve(is_keyword, score)
    fp, tp = fpr * (1 - np.mean(is_keyword)), tpr * np.mean(is_keyword)
    return fp / np.maximum(fp + tp, 1e-12), tpr, thresholds


@roc_curve.mistake("Low scores are taken for detections. The higher the score, the more the detector believes in the "
                   "keyword.")
def low_scores_detected(is_keyword, score):
    return _curve(is_keyword, score, reached=np.less_equal)


@roc_curve.mistake("Instead of the false-positive rate there is 1 minus it, the share of the other clips that are rightly "
                   "left alone. The curve starts at (0, 0).")
def rightly_quiet_instead(is_keyword, score):
    fpr, tpr, thresholds = _curve(is_keyword, score)
    return 1 - fpr, tpr, thresholds


@roc_curve.mistake("The clips are taken in the order in which they come, not from the highest score to the lowest.")
def clips_not_sorted(is_keyword, score):
    right = np.asarray(is_keyword, dtype=bool)
    tpr, fpr = np.append(0, np.cumsum(right)) / right.sum(), np.append(0, np.cumsum(~right)) / (~right).sum()
    return fpr, tpr, np.append(np.inf, score)


@roc_curve.mistake("`score[is_keyword]` picks clips only where is_keyword holds truth values. With 0 and 1 it takes score[0] "
                   "and score[1] again and again: make is_keyword bool first.")
def zeros_and_ones_as_places(is_keyword, score):
    thresholds = np.append(np.inf, np.unique(score)[::-1])
    fpr = np.array([np.mean(score[~is_keyword] >= threshold) for threshold in thresholds])
    tpr = np.array([np.mean(score[is_keyword] >= threshold) for threshold in thresholds])
    return fpr, tpr, thresholds


# area_under_curve

area_under_curve = Exercise("area_under_curve")


@area_under_curve.cases
def area_under_curve_cases(rng):
    for n in (9, 14):
        yield Case("strips of different widths", *_chain(rng, n))
    yield Case("two points", *_chain(rng, 2))
    x, y = _chain(rng, 8)
    x[3] = x[2]
    x[6] = x[5]
    yield Case("points above each other", x, y)
    yield Case("points above each other", np.array([0, 0, 0.25, 0.25, 1.0]), np.append(0, np.sort(rng.uniform(size=4))))
    x, y = _chain(rng, 7)
    yield Case("a curve that neither starts at 0 nor ends at 1", 3 * x + 2, 5 * y + 1)


def _chain(rng, n):
    """Points from x = 0 to x = 1 in strips of clearly different widths."""
    widths = rng.permutation(np.arange(1, n) ** 2.0) * rng.uniform(0.8, 1.2, size=n - 1)
    return np.append(0, np.cumsum(widths)) / widths.sum(), rng.uniform(0.2, 1, size=n)


@area_under_curve.mistake("Every strip counts as equally wide. Its width is the difference between its two x.")
def mean_of_the_strips(x, y):
    return np.mean((y[1:] + y[:-1]) / 2) * (x[-1] - x[0])


@area_under_curve.mistake("That is the mean height of the points. A wide strip must count more than a narrow one: width times "
                          "mean height.")
def mean_height(x, y):
    return np.mean(y)


@area_under_curve.mistake("The x are not used: every strip has the width 1. (np.trapezoid takes y first and then x.)")
def strips_of_width_one(x, y):
    return np.sum((y[1:] + y[:-1]) / 2)


@area_under_curve.mistake("The top of each strip is flat at the height of its left point. Take the mean of both heights.")
def flat_at_the_left_height(x, y):
    return np.sum(np.diff(x) * y[:-1])


@area_under_curve.mistake("The top of each strip is flat at the height of its right point. Take the mean of both heights.")
def flat_at_the_right_height(x, y):
    return np.sum(np.diff(x) * y[1:])


@area_under_curve.mistake("x and y are exchanged: widths come from x, heights from y. (np.trapezoid takes y first.)")
def x_and_y_exchanged(x, y):
    return np.trapezoid(x, y)


@area_under_curve.mistake("The area is twice too large: the height of a strip is the *mean* of its two heights, not their sum.")
def sum_of_heights(x, y):
    return np.sum(np.diff(x) * (y[1:] + y[:-1]))


@area_under_curve.mistake("Half of the *difference* of the two heights is taken. The mean height is half of their sum.")
def difference_of_heights(x, y):
    return np.sum(np.diff(x) * (y[1:] - y[:-1]) / 2)


@area_under_curve.mistake("The last strip is missing: n points have n - 1 strips.")
def last_strip_missing(x, y):
    return np.trapezoid(y[:-1], x[:-1])


@area_under_curve.mistake("The first strip is missing: n points have n - 1 strips, and the first lies between the points 0 "
                          "and 1.")
def first_strip_missing(x, y):
    return np.trapezoid(y[1:], x[1:])


@area_under_curve.mistake("The corners (0, 0) and (1, 1) are added to the curve. Take only the points that are given.")
def corners_added(x, y):
    return np.trapezoid(np.concatenate([[0], y, [1]]), np.concatenate([[0], x, [1]]))


@area_under_curve.mistake("The area is divided by the width of the whole curve, which gives a mean height.")
def divided_by_the_width(x, y):
    return np.trapezoid(y, x) / (x[-1] - x[0])


@area_under_curve.mistake("The area below the lowest point, or of the part above the diagonal, is left out. The area goes down "
                          "to the x axis.")
def above_the_lowest_point(x, y):
    return np.trapezoid(y - y.min(), x)


@area_under_curve.mistake("One area for each strip is returned. The area of the curve is their sum.")
def strips_not_added(x, y):
    return np.diff(x) * (y[1:] + y[:-1]) / 2


@area_under_curve.mistake("The sum is still to come where it returns: only the first strip counts. Is the `return` inside the "
                          "loop?")
def first_strip_only(x, y):
    return (x[1] - x[0]) * (y[0] + y[1]) / 2


# threshold_for_false_alarms

threshold_for_false_alarms = Exercise("threshold_for_false_alarms")


@threshold_for_false_alarms.cases
def threshold_for_false_alarms_cases(rng):
    for max_fpr in (0.06, 0.14, 0.33):  # of 40 other clips, between 2 and 3, 5 and 6, 13 and 14
        yield Case("the lowest threshold that keeps the promise", *_scores(rng, 60), max_fpr)
    yield Case("the lowest threshold that keeps the promise", *_in_turns(rng), 0.33)
    is_keyword, score = _next_to_each_other(rng)
    yield Case("a rate of exactly max_fpr keeps the promise", is_keyword, score, 0.25)
    yield Case("equal scores", *_tied(rng), 0.15)
    is_keyword, score = _scores(rng, 30)
    score[np.flatnonzero(~is_keyword)[3]] = score.max() + 0.5  # another word has the highest score of all
    yield Case("no score keeps the promise", is_keyword, score, 0.01)
    yield Case("no score keeps the promise", is_keyword, score, 0.0)
    is_keyword, score = _scores(rng, 60)
    falling = np.argsort(-score)
    yield Case("is_keyword as 0 and 1", is_keyword[falling].astype(int), score[falling], 0.14)


def _in_turns(rng):
    """20 clips: from the highest score to the lowest, keywords and others take turns."""
    order = rng.permutation(20)
    return order % 2 == 0, 4 - 0.5 * order + rng.uniform(0, 0.2, size=20)


def _next_to_each_other(rng):
    """24 clips, 16 without the keyword; between the fourth and the fifth of these there is no other score."""
    is_keyword = np.array([1, 0, 1, 0, 1, 0, 1, 0, 0, 1] + [0] * 11 + [1, 1, 1], dtype=bool)
    score = 5 - 0.3 * np.arange(24) + rng.uniform(0, 0.1, size=24)
    order = rng.permutation(24)
    return is_keyword[order], score[order]


def _tied(rng):
    """20 clips without the keyword: two of them at 3, three together with keywords at 2, the others lower."""
    score = np.array([3, 3, 2, 2, 2] + [1, 0] * 7 + [-1] + [4, 3, 2, 2, 1], dtype=float) + rng.integers(-5, 5)
    is_keyword = np.arange(25) >= 20
    order = rng.permutation(25)
    return is_keyword[order], score[order]


def _kept(is_keyword, score, max_fpr):
    """The thresholds that keep the promise, falling, infinity first."""
    fpr, _, thresholds = _curve(is_keyword, score)
    return thresholds[fpr <= max_fpr]


@threshold_for_false_alarms.mistake("A false-positive rate of exactly max_fpr keeps the promise, too: <= instead of <.")
def strictly_below_the_promise(is_keyword, score, max_fpr):
    fpr, _, thresholds = _curve(is_keyword, score)
    return thresholds[fpr < max_fpr][-1] if max_fpr else np.inf


@threshold_for_false_alarms.mistake("That is the highest score that keeps the promise, so nearly every keyword is missed. "
                                    "Take the lowest one.")
def the_highest_that_keeps_it(is_keyword, score, max_fpr):
    return _kept(is_keyword, score, max_fpr)[:2][-1]


@threshold_for_false_alarms.mistake("Infinity always keeps the promise, but nothing is ever detected. Take the lowest "
                                    "threshold that keeps it, the last one.")
def always_infinity(is_keyword, score, max_fpr):
    return _kept(is_keyword, score, max_fpr)[0]


@threshold_for_false_alarms.mistake("The place of the threshold is counted off among the single scores, so that equal scores are "
                                    "torn apart. All clips with the same score react together.")
def equal_scores_torn_apart(is_keyword, score, max_fpr):
    order = np.argsort(-score, kind="stable")
    other = ~np.asarray(is_keyword, dtype=bool)[order]
    kept = np.cumsum(other) / other.sum() <= max_fpr
    return np.append(np.inf, score[order][kept])[-1]


@threshold_for_false_alarms.mistake("A value between two scores is computed (as np.quantile does). The threshold is one of the "
                                    "observed scores.")
def quantile_between_scores(is_keyword, score, max_fpr):
    return np.quantile(score[~np.asarray(is_keyword, dtype=bool)], 1 - max_fpr)


@threshold_for_false_alarms.mistake("Only the scores of the other clips are tried. A keyword's score that lies below them may "
                                    "keep the promise, too, and finds one keyword more.")
def only_scores_of_the_others(is_keyword, score, max_fpr):
    kept = _kept(is_keyword, score, max_fpr)
    return kept[np.isin(kept, score[~np.asarray(is_keyword, dtype=bool)]) | np.isinf(kept)][-1]


@threshold_for_false_alarms.mistake("Only the scores of the keywords are tried. The observed scores are those of all clips.")
def only_scores_of_the_keywords(is_keyword, score, max_fpr):
    kept = _kept(is_keyword, score, max_fpr)
    return kept[np.isin(kept, score[np.asarray(is_keyword, dtype=bool)]) | np.isinf(kept)][-1]


@threshold_for_false_alarms.mistake("Where no score keeps the promise, the highest score is returned, and breaks it. Return "
                                    "np.inf there.")
def highest_score_where_none_keeps_it(is_keyword, score, max_fpr):
    return min(_kept(is_keyword, score, max_fpr)[-1], score.max())


@threshold_for_false_alarms.mistake("Where no score keeps the promise there is an error, since nothing is left to choose from. "
                                    "Return np.inf there.")
def error_where_none_keeps_it(is_keyword, score, max_fpr):
    return np.min(_kept(is_keyword, score, max_fpr)[1:])


@threshold_for_false_alarms.mistake("Where no score keeps the promise nothing is returned. Return np.inf there.")
def none_where_none_keeps_it(is_keyword, score, max_fpr):
    kept = _kept(is_keyword, score, max_fpr)[1:]
    return kept[-1] if len(kept) else None


@threshold_for_false_alarms.mistake("The false alarms are counted out of all clips. The rate is out of the clips without the "
                                    "keyword.")
def false_alarms_out_of_everything(is_keyword, score, max_fpr):
    fpr, _, thresholds = _curve(is_keyword, score)
    return thresholds[fpr * (1 - np.mean(is_keyword)) <= max_fpr][-1]


@threshold_for_false_alarms.mistake("The rate of all reactions is held down, keywords included. Only reactions to other words "
                                    "are false alarms.")
def reactions_instead_of_false_alarms(is_keyword, score, max_fpr):
    thresholds = np.append(np.inf, np.unique(score)[::-1])
    return thresholds[np.mean(score[:, None] >= thresholds, axis=0) <= max_fpr][-1]


@threshold_for_false_alarms.mistake("The share of *missed keywords* is held down. The promise is about false alarms, among the "
                                    "clips without the keyword.")
def misses_held_down(is_keyword, score, max_fpr):
    _, tpr, thresholds = _curve(is_keyword, score)
    return thresholds[1 - tpr <= max_fpr][0]


@threshold_for_false_alarms.mistake("`score[~is_keyword]` picks clips only where is_keyword holds truth values; with 0 and 1 it "
                                    "counts places from the end. Make is_keyword bool first.")
def zeros_and_ones_as_places_again(is_keyword, score, max_fpr):
    thresholds = np.append(np.inf, np.unique(score)[::-1])
    fpr = np.array([np.mean(score[~is_keyword] >= threshold) for threshold in thresholds])
    return thresholds[fpr <= max_fpr][-1]


@threshold_for_false_alarms.mistake("That is the first threshold that breaks the promise. Take the score before it. (Or are false "
                                    "alarms counted with > instead of >=? A score equal to the threshold sets off the detector.)")
def the_first_that_breaks_it(is_keyword, score, max_fpr):
    fpr, _, thresholds = _curve(is_keyword, score)
    return thresholds[fpr > max_fpr][0]
