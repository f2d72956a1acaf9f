"""What the judge knows of `threshold_for_false_alarms` (lesson 03_evaluation)."""

import bisect

import numpy as np

from autograder.judging.exercise import Case, Exercise

from .curves import labelled_scores, right_curve

threshold_for_false_alarms = Exercise("threshold_for_false_alarms")


@threshold_for_false_alarms.cases
def threshold_for_false_alarms_cases(rng):
    for max_fpr in (0.06, 0.14, 0.33):  # of 40 other clips, between 2 and 3, 5 and 6, 13 and 14
        yield Case("the lowest threshold that keeps the promise", *labelled_scores(rng, 60), max_fpr)
    yield Case("the lowest threshold that keeps the promise", *_in_turns(rng), 0.33)
    is_keyword, score = _next_to_each_other(rng)
    yield Case("a rate of exactly max_fpr keeps the promise", is_keyword, score, 0.25)
    yield Case("equal scores", *_tied(rng), 0.15)
    is_keyword, score = labelled_scores(rng, 30)
    score[np.flatnonzero(~is_keyword)[3]] = score.max() + 0.5  # another word has the highest score of all
    yield Case("no score keeps the promise", is_keyword, score, 0.01)
    yield Case("no score keeps the promise", is_keyword, score, 0.0)
    is_keyword, score = labelled_scores(rng, 60)
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
    fpr, _, thresholds = right_curve(is_keyword, score)
    return thresholds[fpr <= max_fpr]


@threshold_for_false_alarms.mistake("A false-positive rate of exactly max_fpr keeps the promise, too: <= instead of <.")
def strictly_below_the_promise(is_keyword, score, max_fpr):
    fpr, _, thresholds = right_curve(is_keyword, score)
    return thresholds[fpr < max_fpr][-1] if max_fpr else np.inf


@threshold_for_false_alarms.mistake("That is the highest score that keeps the promise, so nearly every keyword is "
                                    "missed. Take the lowest one.")
def the_highest_that_keeps_it(is_keyword, score, max_fpr):
    return _kept(is_keyword, score, max_fpr)[:2][-1]


@threshold_for_false_alarms.mistake("Infinity always keeps the promise, but nothing is ever detected. Take the lowest "
                                    "threshold that keeps it, the last one.")
def always_infinity(is_keyword, score, max_fpr):
    return _kept(is_keyword, score, max_fpr)[0]


@threshold_for_false_alarms.mistake("The place of the threshold is counted off among the single scores, so that equal "
                                    "scores are torn apart. All clips with the same score react together.")
def equal_scores_torn_apart(is_keyword, score, max_fpr):
    order = np.argsort(-score, kind="stable")
    other = ~np.asarray(is_keyword, dtype=bool)[order]
    kept = np.cumsum(other) / other.sum() <= max_fpr
    return np.append(np.inf, score[order][kept])[-1]


@threshold_for_false_alarms.mistake("A value between two scores is computed (as np.quantile does). The threshold is "
                                    "one of the observed scores.")
def quantile_between_scores(is_keyword, score, max_fpr):
    return np.quantile(score[~np.asarray(is_keyword, dtype=bool)], 1 - max_fpr)


@threshold_for_false_alarms.mistake("Only the scores of the other clips are tried. A keyword's score that lies below "
                                    "them may keep the promise, too, and finds one keyword more.")
def only_scores_of_the_others(is_keyword, score, max_fpr):
    kept = _kept(is_keyword, score, max_fpr)
    return kept[np.isin(kept, score[~np.asarray(is_keyword, dtype=bool)]) | np.isinf(kept)][-1]


@threshold_for_false_alarms.mistake("Only the scores of the keywords are tried. The observed scores are those of all "
                                    "clips.")
def only_scores_of_the_keywords(is_keyword, score, max_fpr):
    kept = _kept(is_keyword, score, max_fpr)
    return kept[np.isin(kept, score[np.asarray(is_keyword, dtype=bool)]) | np.isinf(kept)][-1]


@threshold_for_false_alarms.mistake("Where no score keeps the promise, the highest score is returned, and breaks it. "
                                    "Return np.inf there.")
def highest_score_where_none_keeps_it(is_keyword, score, max_fpr):
    return min(_kept(is_keyword, score, max_fpr)[-1], score.max())


@threshold_for_false_alarms.mistake("Where no score keeps the promise there is an error, since nothing is left to "
                                    "choose from. Return np.inf there.")
def error_where_none_keeps_it(is_keyword, score, max_fpr):
    return np.min(_kept(is_keyword, score, max_fpr)[1:])


@threshold_for_false_alarms.mistake("Where no score keeps the promise nothing is returned. Return np.inf there.")
def none_where_none_keeps_it(is_keyword, score, max_fpr):
    kept = _kept(is_keyword, score, max_fpr)[1:]
    return kept[-1] if len(kept) else None


@threshold_for_false_alarms.mistake("The false alarms are counted out of all clips. The rate is out of the clips "
                                    "without the keyword.")
def false_alarms_out_of_everything(is_keyword, score, max_fpr):
    fpr, _, thresholds = right_curve(is_keyword, score)
    return thresholds[fpr * (1 - np.mean(is_keyword)) <= max_fpr][-1]


@threshold_for_false_alarms.mistake("The rate of all reactions is held down, keywords included. Only reactions to "
                                    "other words are false alarms.")
def reactions_instead_of_false_alarms(is_keyword, score, max_fpr):
    thresholds = np.append(np.inf, np.unique(score)[::-1])
    return thresholds[np.mean(score[:, None] >= thresholds, axis=0) <= max_fpr][-1]


@threshold_for_false_alarms.mistake("The share of *missed keywords* is held down. The promise is about false alarms, "
                                    "among the clips without the keyword.")
def misses_held_down(is_keyword, score, max_fpr):
    _, tpr, thresholds = right_curve(is_keyword, score)
    return thresholds[1 - tpr <= max_fpr][0]


@threshold_for_false_alarms.mistake("`score[~is_keyword]` picks clips only where is_keyword holds truth values; with 0 "
                                    "and 1 it counts places from the end. Make is_keyword bool first.")
def zeros_and_ones_as_places_again(is_keyword, score, max_fpr):
    thresholds = np.append(np.inf, np.unique(score)[::-1])
    fpr = np.array([np.mean(score[~is_keyword] >= threshold) for threshold in thresholds])
    return thresholds[fpr <= max_fpr][-1]


@threshold_for_false_alarms.mistake("That is the first threshold that breaks the promise. Take the score before it. "
                                    "(Or are false alarms counted with > instead of >=? A score equal to the threshold "
                                    "sets off the detector.)")
def the_first_that_breaks_it(is_keyword, score, max_fpr):
    fpr, _, thresholds = right_curve(is_keyword, score)
    return thresholds[fpr > max_fpr][0]


@threshold_for_false_alarms.right_answer
def threshold_in_a_loop(is_keyword, score, max_fpr):
    best = np.inf
    others = [s for t, s in zip(is_keyword, score) if not t]
    for candidate in score:
        rate = sum(s >= candidate for s in others) / len(others)
        if rate <= max_fpr and candidate < best:
            best = candidate
    return best


@threshold_for_false_alarms.right_answer
def threshold_with_scikit_learn(is_keyword, score, max_fpr):
    from sklearn.metrics import roc_curve

    fpr, tpr, thresholds = roc_curve(is_keyword, score, drop_intermediate=False)
    return thresholds[np.searchsorted(fpr, max_fpr, side="right") - 1]


@threshold_for_false_alarms.right_answer
def threshold_all_at_once(truth, scores, limit):
    others = scores[np.asarray(truth) == 0]
    rates = np.mean(others[None, :] >= scores[:, None], axis=1)
    return np.min(scores[rates <= limit], initial=np.inf)


@threshold_for_false_alarms.right_answer
def threshold_from_above(is_keyword, score, max_fpr):
    others = score[~is_keyword.astype(bool)]
    threshold = float("inf")
    for candidate in sorted(set(score.tolist()), reverse=True):
        if np.mean(others >= candidate) > max_fpr:
            break
        threshold = candidate
    return threshold


@threshold_for_false_alarms.right_answer
def threshold_above_the_first_other_too_many(is_keyword, score, max_fpr):
    others = np.sort(score[np.logical_not(is_keyword)])[::-1]
    allowed = int(np.floor(max_fpr * len(others) + 1e-9))
    if allowed >= len(others):
        return score.min()
    higher = score[score > others[allowed]]
    return higher.min() if len(higher) else np.inf


@threshold_for_false_alarms.right_answer
def threshold_by_bisection(is_keyword, score, max_fpr):
    others = np.sort(score[np.asarray(is_keyword) != 1])
    candidates = [*np.unique(score), np.inf]
    place = bisect.bisect_left(candidates, True, key=lambda c: np.mean(others >= c) <= max_fpr)
    return np.float32(candidates[place])
