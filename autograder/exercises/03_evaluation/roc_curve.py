"""What the judge knows of `roc_curve` (lesson 03_evaluation)."""

import numpy as np

from autograder.judging.exercise import Case, Exercise
from kws_helpers.check.calling import CallFailed

from .curves import labelled_scores, right_curve


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
        yield RatesCase("the rates at every threshold", *labelled_scores(rng, n))
    yield RatesCase("the rates at every threshold", *labelled_scores(rng, 40, scale=20))
    yield Case("the thresholds, from infinity downwards", *labelled_scores(rng, 30))
    is_keyword, score = labelled_scores(rng, 50)
    yield RatesCase("equal scores make one point", is_keyword, np.round(score))
    yield Case("equal scores make one point", is_keyword, np.round(2 * score) / 2)
    is_keyword, score = labelled_scores(rng, 35)
    yield RatesCase("is_keyword as 0 and 1", is_keyword.astype(int), score)


@roc_curve.mistake("The first two results are exchanged: false-positive rates come first, true-positive rates second.")
def rates_exchanged(is_keyword, score):
    fpr, tpr, thresholds = right_curve(is_keyword, score)
    return tpr, fpr, thresholds


@roc_curve.mistake("A score equal to the threshold counts as a detection: >= instead of >.")
def above_the_threshold_only(is_keyword, score):
    return right_curve(is_keyword, score, reached=np.greater)


@roc_curve.mistake("The thresholds rise, and so the curve runs from (1, 1) to (0, 0). They must fall: infinity first, "
                   "the lowest score last.")
def thresholds_rise(is_keyword, score):
    return tuple(one[::-1] for one in right_curve(is_keyword, score))


@roc_curve.mistake("The first point is missing: with the threshold infinity nothing is detected, and the curve starts "
                   "at (0, 0).")
def no_first_point(is_keyword, score):
    return tuple(one[1:] for one in right_curve(is_keyword, score))


@roc_curve.mistake("There is a point for each clip. Clips with the same score pass the threshold together, so there is "
                   "one point for each *distinct* score.")
def a_point_for_each_clip(is_keyword, score):
    order = np.argsort(-score, kind="stable")
    right = np.asarray(is_keyword, dtype=bool)[order]
    tpr = np.append(0, np.cumsum(right)) / right.sum()
    fpr = np.append(0, np.cumsum(~right)) / (~right).sum()
    return fpr, tpr, np.append(np.inf, score[order])


@roc_curve.mistake("Points on straight stretches are left out, as scikit-learn does by default. Here every distinct "
                   "score has its point (drop_intermediate=False).")
def intermediate_points_dropped(is_keyword, score):
    fpr, tpr, thresholds = right_curve(is_keyword, score)
    bends = np.diff(fpr, 2).astype(bool) | np.diff(tpr, 2).astype(bool)
    kept = np.concatenate([[True], bends, [True]])
    return fpr[kept], tpr[kept], thresholds[kept]


@roc_curve.mistake("The first threshold is the highest score plus 1. It must be one that no score can ever reach: "
                   "np.inf.")
def first_threshold_finite(is_keyword, score):
    fpr, tpr, thresholds = right_curve(is_keyword, score)
    return fpr, tpr, np.append(thresholds[1] + 1, thresholds[1:])


@roc_curve.mistake("Fixed thresholds from 0 to 1 are tried. Scores may be any numbers: the thresholds are the observed "
                   "scores.")
def fixed_thresholds(is_keyword, score):
    return right_curve(is_keyword, score, thresholds=np.linspace(1, 0, 101))


@roc_curve.mistake("Both rates are shares of all clips. The true-positive rate is out of the keyword clips, the "
                   "false-positive rate out of the others.")
def shares_of_all_clips_together(is_keyword, score):
    fpr, tpr, thresholds = right_curve(is_keyword, score)
    share = np.mean(is_keyword)
    return fpr * (1 - share), tpr * share, thresholds


@roc_curve.mistake("The false alarms are divided by all detections (that is 1 - precision). The false-positive rate is "
                   "out of the clips without the keyword.")
def false_alarms_out_of_detections(is_keyword, score):
    fpr, tpr, thresholds = right_curve(is_keyword, score)
    fp, tp = fpr * (1 - np.mean(is_keyword)), tpr * np.mean(is_keyword)
    return fp / np.maximum(fp + tp, 1e-12), tpr, thresholds


@roc_curve.mistake("Low scores are taken for detections. The higher the score, the more the detector believes in the "
                   "keyword.")
def low_scores_detected(is_keyword, score):
    return right_curve(is_keyword, score, reached=np.less_equal)


@roc_curve.mistake("Instead of the false-positive rate there is 1 minus it, the share of the other clips that are "
                   "rightly left alone. The curve starts at (0, 0).")
def rightly_quiet_instead(is_keyword, score):
    fpr, tpr, thresholds = right_curve(is_keyword, score)
    return 1 - fpr, tpr, thresholds


@roc_curve.mistake("The clips are taken in the order in which they come, not from the highest score to the lowest.")
def clips_not_sorted(is_keyword, score):
    right = np.asarray(is_keyword, dtype=bool)
    tpr, fpr = np.append(0, np.cumsum(right)) / right.sum(), np.append(0, np.cumsum(~right)) / (~right).sum()
    return fpr, tpr, np.append(np.inf, score)


@roc_curve.mistake("`score[is_keyword]` picks clips only where is_keyword holds truth values. With 0 and 1 it takes "
                   "score[0] and score[1] again and again: make is_keyword bool first.")
def zeros_and_ones_as_places(is_keyword, score):
    thresholds = np.append(np.inf, np.unique(score)[::-1])
    fpr = np.array([np.mean(score[~is_keyword] >= threshold) for threshold in thresholds])
    tpr = np.array([np.mean(score[is_keyword] >= threshold) for threshold in thresholds])
    return fpr, tpr, thresholds


@roc_curve.right_answer
def roc_curve_of_scikit_learn(is_keyword, score):
    from sklearn.metrics import roc_curve

    return roc_curve(is_keyword, score, drop_intermediate=False)


@roc_curve.right_answer
def roc_curve_by_sums(is_keyword, score):
    order = np.argsort(-score)
    right, sorted_score = np.asarray(is_keyword, dtype=int)[order], score[order]
    last = np.append(np.flatnonzero(np.diff(sorted_score)), len(score) - 1)
    tp = np.concatenate([[0], np.cumsum(right)[last]])
    fp = np.concatenate([[0], np.cumsum(1 - right)[last]])
    return fp / fp[-1], tp / tp[-1], np.concatenate([[np.inf], sorted_score[last]])


@roc_curve.right_answer
def roc_curve_in_loops(truth, scores):
    thresholds = [float("inf"), *sorted(set(scores.tolist()), reverse=True)]
    keywords, others = sum(map(bool, truth)), sum(not t for t in truth)
    fpr, tpr = [], []
    for threshold in thresholds:
        tp = fp = 0
        for t, s in zip(truth, scores):
            if s >= threshold:
                if t:
                    tp += 1
                else:
                    fp += 1
        tpr.append(tp / keywords)
        fpr.append(fp / others)
    return np.array(fpr), np.array(tpr), np.array(thresholds)


@roc_curve.right_answer
def roc_curve_all_at_once_in_float32(is_keyword, score):
    thresholds = np.concatenate(([np.inf], np.flip(np.unique(score))))
    hits = score[np.newaxis, :] >= thresholds[:, np.newaxis]
    weight = is_keyword.astype(np.float32)
    tpr = (hits * weight).sum(axis=1) / weight.sum()
    fpr = (hits * (1 - weight)).sum(axis=1) / (1 - weight).sum()
    return [fpr.astype(np.float32), tpr.astype(np.float32), thresholds.astype(np.float32)]


@roc_curve.right_answer
def roc_curve_with_pandas(is_keyword, score):
    import pandas as pd

    frame = pd.DataFrame({"score": score, "yes": np.asarray(is_keyword, dtype=bool)})
    groups = frame.groupby("score")["yes"].agg(["sum", "count"]).sort_index(ascending=False)
    tpr = groups["sum"].cumsum() / frame["yes"].sum()
    fpr = (groups["count"] - groups["sum"]).cumsum() / (~frame["yes"]).sum()
    return np.append(0, fpr), np.append(0, tpr), np.append(np.inf, groups.index)


@roc_curve.right_answer
def roc_curve_by_search(is_keyword, score):
    mask = np.array(is_keyword) == 1
    yes, no = np.sort(score[mask]), np.sort(score[~mask])
    thresholds = np.append(np.unique(score), np.inf)[::-1]
    return (1 - np.searchsorted(no, thresholds) / len(no), 1 - np.searchsorted(yes, thresholds) / len(yes), thresholds)
