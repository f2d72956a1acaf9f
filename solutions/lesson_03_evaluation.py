"""The solutions of lesson 03_evaluation, made from `autograder/lessons/03_evaluation.py` by `make lessons`."""

import numpy as np


def binary_rates(true, predicted):
    """Count the four outcomes of a detector and compute its rates.

    Args:
        true: was the keyword spoken? Truth values or 0 and 1, shape (N,).
        predicted: did the detector react? Truth values or 0 and 1, shape (N,).

    Returns:
        A dict with the counts "tp", "fp", "tn", "fn" and the rates "accuracy", "precision",
        "recall", "false_positive_rate", "f1", each from 0 to 1. A rate that would be 0 / 0 is 0.0.
    """
    true, predicted = np.asarray(true, dtype=bool), np.asarray(predicted, dtype=bool)
    tp, fp = int(np.sum(true & predicted)), int(np.sum(~true & predicted))
    fn, tn = int(np.sum(true & ~predicted)), int(np.sum(~true & ~predicted))

    def share(part, whole):
        return part / whole if whole else 0.0

    return {"tp": tp, "fp": fp, "tn": tn, "fn": fn,
            "accuracy": share(tp + tn, tp + fp + tn + fn),
            "precision": share(tp, tp + fp),
            "recall": share(tp, tp + fn),
            "false_positive_rate": share(fp, fp + tn),
            "f1": share(2 * tp, 2 * tp + fp + fn)}  # the harmonic mean, after cancelling


def confusion_matrix(true, predicted, n_classes):
    """Count how often each class was taken for each class.

    Args:
        true: what was really spoken, integers from 0 to n_classes - 1, shape (N,).
        predicted: what the network answered, likewise, shape (N,).
        n_classes: the number of classes, whether they occur or not.

    Returns:
        Whole numbers, shape (n_classes, n_classes): in row i, column j the number of clips of class i
        that were taken for class j.
    """
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(matrix, (true, predicted), 1)
    return matrix


def roc_curve(is_keyword, score):
    """The rates of a detector at every threshold.

    Args:
        is_keyword: was the keyword spoken? Truth values or 0 and 1, shape (N,), some of each.
        score: the higher, the more the detector believes in the keyword; any numbers, shape (N,).

    Returns:
        fpr: the false-positive rate at each threshold, shape (M + 1,) for M distinct scores.
        tpr: the true-positive rate (recall) at each threshold, likewise.
        thresholds: infinity, then the distinct scores, falling. A score >= threshold is a detection.
    """
    is_keyword = np.asarray(is_keyword, dtype=bool)
    thresholds = np.append(np.inf, np.unique(score)[::-1])
    fpr = np.array([np.mean(score[~is_keyword] >= threshold) for threshold in thresholds])
    tpr = np.array([np.mean(score[is_keyword] >= threshold) for threshold in thresholds])
    return fpr, tpr, thresholds


def area_under_curve(x, y):
    """The area between a chain of points and the x axis, by trapezoids.

    Args:
        x: positions that never fall, shape (n,), at least two.
        y: heights, shape (n,).

    Returns:
        The area as one number.
    """
    widths = x[1:] - x[:-1]
    mean_heights = (y[1:] + y[:-1]) / 2
    return float(np.sum(widths * mean_heights))


def threshold_for_false_alarms(is_keyword, score, max_fpr):
    """The lowest threshold that raises few enough false alarms.

    Args:
        is_keyword: was the keyword spoken? Truth values or 0 and 1, shape (N,), some of each.
        score: the higher, the more the detector believes in the keyword; any numbers, shape (N,).
        max_fpr: the highest bearable false-positive rate, 0 to 1.

    Returns:
        The lowest of the observed scores (of keyword and other clips alike) for which the
        false-positive rate is at most max_fpr, where score >= threshold is a detection; infinity
        if there is none.
    """
    fpr, _, thresholds = roc_curve(is_keyword, score)
    return thresholds[fpr <= max_fpr][-1]  # infinity is among them


def calibration_error(confidence, is_right, n_bins=10):
    """The expected calibration error: how far confidence and share of right answers lie apart.

    Args:
        confidence: the probability of the answer that was given, 0 to 1, shape (N,).
        is_right: was that answer right? Truth values, shape (N,).
        n_bins: the number of bins of equal width.

    Returns:
        One number from 0 to 1.
    """
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    differences = [abs(np.sum(is_right[bins == k]) - np.sum(confidence[bins == k])) for k in range(n_bins)]
    return float(sum(differences) / len(confidence))
