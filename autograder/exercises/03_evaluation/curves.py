"""Made-up scores, and the right ROC curve for mistakes to start from."""

import numpy as np


def labelled_scores(rng, n, scale=1.0):
    """Return truth values, a third of them True, and scores that are higher for them; none are closer than 0.01."""
    is_keyword = rng.permutation(np.arange(n) < n // 3)
    score = rng.normal(size=n) + 1.2 * is_keyword
    places = np.sort(score) + 0.01 * np.arange(n)  # the same order, but apart
    return is_keyword, scale * places[np.argsort(np.argsort(score))]


def right_curve(is_keyword, score, thresholds=None, reached=np.greater_equal):
    """Return the curve as it should be, for mistakes to start from."""
    is_keyword = np.asarray(is_keyword, dtype=bool)
    thresholds = np.append(np.inf, np.unique(score)[::-1]) if thresholds is None else thresholds
    hits = reached(score[:, None], thresholds)
    return hits[~is_keyword].mean(axis=0), hits[is_keyword].mean(axis=0), thresholds
