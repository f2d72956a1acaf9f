"""Lesson 03, answered differently."""

import bisect
from collections import Counter

import numpy as np
import pandas as pd

from autograder.answers import answer


@answer("confusion_matrix")
def confusion_matrix_in_a_loop(true, predicted, n_classes):
    matrix = np.zeros((n_classes, n_classes), dtype=np.int32)
    for row, column in zip(true, predicted):
        matrix[row, column] += 1
    return matrix


@answer("confusion_matrix")
def confusion_matrix_with_bincount(y, y_hat, k):
    return np.bincount(k * y + y_hat, minlength=k * k).reshape(k, k)


@answer("confusion_matrix")
def confusion_matrix_of_scikit_learn(true, predicted, n_classes):
    from sklearn.metrics import confusion_matrix

    return confusion_matrix(true, predicted, labels=range(n_classes))


@answer("confusion_matrix")
def confusion_matrix_as_a_product(true, predicted, n_classes):
    eye = np.eye(n_classes, dtype=int)
    return eye[true].T @ eye[predicted]


@answer("confusion_matrix")
def confusion_matrix_cell_by_cell(true, predicted, n_classes):
    return np.array([[np.sum((true == i) & (predicted == j)) for j in range(n_classes)] for i in range(n_classes)])


@answer("confusion_matrix")
def confusion_matrix_with_a_counter(true, predicted, n_classes):
    counts = Counter(zip(true.tolist(), predicted.tolist()))
    matrix = np.zeros((n_classes, n_classes)).astype(np.uint16)
    for cell, count in counts.items():
        matrix[cell] = count
    return matrix


@answer("confusion_matrix")
def confusion_matrix_of_a_histogram(true, predicted, n_classes):
    edges = np.arange(n_classes + 1) - 0.5
    return np.histogram2d(true, predicted, bins=[edges, edges])[0].astype(int)


@answer("binary_rates")
def binary_rates_in_a_loop(true, predicted):
    tp = fp = tn = fn = 0
    for t, p in zip(true, predicted):
        if t and p:
            tp += 1
        elif p:
            fp += 1
        elif t:
            fn += 1
        else:
            tn += 1
    precision = tp / (tp + fp) if tp + fp > 0 else 0.0
    recall = tp / (tp + fn) if tp + fn > 0 else 0.0
    return {"tp": tp, "fp": fp, "tn": tn, "fn": fn, "accuracy": (tp + tn) / len(true), "precision": precision,
            "recall": recall, "false_positive_rate": fp / (fp + tn) if fp + tn > 0 else 0,
            "f1": 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0}


@answer("binary_rates")
def binary_rates_of_numpy_numbers(true, predicted):
    t, p = np.asarray(true).astype(int), np.asarray(predicted).astype(int)
    tp, fp, tn, fn = np.sum(t * p), np.sum((1 - t) * p), np.sum((1 - t) * (1 - p)), np.sum(t * (1 - p))
    return dict(tp=tp, fp=fp, tn=tn, fn=fn, accuracy=np.mean(t == p), precision=tp / np.maximum(tp + fp, 1),
                recall=tp / np.maximum(tp + fn, 1), false_positive_rate=fp / np.maximum(fp + tn, 1),
                f1=2 * tp / np.maximum(2 * tp + fp + fn, 1))


@answer("binary_rates")
def binary_rates_of_scikit_learn(y_true, y_pred):
    from sklearn import metrics

    tn, fp, fn, tp = metrics.confusion_matrix(y_true, y_pred, labels=[0, 1]).ravel()
    return {"tp": tp, "fp": fp, "tn": tn, "fn": fn, "accuracy": metrics.accuracy_score(y_true, y_pred),
            "precision": metrics.precision_score(y_true, y_pred, zero_division=0),
            "recall": metrics.recall_score(y_true, y_pred, zero_division=0),
            "false_positive_rate": np.nan_to_num(fp / (fp + tn)),
            "f1": metrics.f1_score(y_true, y_pred, zero_division=0)}


@answer("binary_rates")
def binary_rates_with_nan_replaced(true, predicted):
    tp = np.count_nonzero((true == 1) & (predicted == 1))
    fp = np.count_nonzero((true == 0) & (predicted == 1))
    tn = np.count_nonzero((true == 0) & (predicted == 0))
    fn = np.count_nonzero((true == 1) & (predicted == 0))
    counts = np.array([tp + tn, tp, tp, fp, 2 * tp], dtype=np.float32)
    out_of = np.array([tp + fp + tn + fn, tp + fp, tp + fn, fp + tn, 2 * tp + fp + fn], dtype=np.float32)
    rates = np.nan_to_num(counts / out_of)
    names = ["accuracy", "precision", "recall", "false_positive_rate", "f1"]
    return {"tp": tp, "fp": fp, "tn": tn, "fn": fn} | dict(zip(names, rates))


@answer("binary_rates")
def binary_rates_with_a_small_number(true, predicted):
    frame = pd.crosstab(pd.Series(true).astype(bool), pd.Series(predicted).astype(bool))
    frame = frame.reindex(index=[False, True], columns=[False, True], fill_value=0)
    (tn, fp), (fn, tp) = frame.to_numpy()
    tiny = 1e-12
    p, r = tp / (tp + fp + tiny), tp / (tp + fn + tiny)
    return {"f1": 2 * p * r / (p + r + tiny), "recall": r, "precision": p, "false_positive_rate": fp / (fp + tn + tiny),
            "accuracy": (tp + tn) / frame.to_numpy().sum(), "fn": float(fn), "tn": float(tn), "fp": fp, "tp": tp}


@answer("binary_rates")
def binary_rates_with_try(true, predicted):
    def divide(a, b):
        try:
            return a / b
        except ZeroDivisionError:
            return 0.0

    pairs = Counter(zip(np.asarray(true).astype(bool).tolist(), np.asarray(predicted).astype(bool).tolist()))
    tp, fp, tn, fn = pairs[True, True], pairs[False, True], pairs[False, False], pairs[True, False]
    precision, recall = divide(tp, tp + fp), divide(tp, tp + fn)
    return {"tp": tp, "fp": fp, "tn": tn, "fn": fn, "accuracy": divide(tp + tn, pairs.total()), "precision": precision,
            "recall": recall, "false_positive_rate": divide(fp, fp + tn),
            "f1": divide(2 * precision * recall, precision + recall)}


@answer("roc_curve")
def roc_curve_of_scikit_learn(is_keyword, score):
    from sklearn.metrics import roc_curve

    return roc_curve(is_keyword, score, drop_intermediate=False)


@answer("roc_curve")
def roc_curve_by_sums(is_keyword, score):
    order = np.argsort(-score)
    right, sorted_score = np.asarray(is_keyword, dtype=int)[order], score[order]
    last = np.append(np.flatnonzero(np.diff(sorted_score)), len(score) - 1)
    tp = np.concatenate([[0], np.cumsum(right)[last]])
    fp = np.concatenate([[0], np.cumsum(1 - right)[last]])
    return fp / fp[-1], tp / tp[-1], np.concatenate([[np.inf], sorted_score[last]])


@answer("roc_curve")
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


@answer("roc_curve")
def roc_curve_all_at_once_in_float32(is_keyword, score):
    thresholds = np.concatenate(([np.inf], np.flip(np.unique(score))))
    hits = score[np.newaxis, :] >= thresholds[:, np.newaxis]
    weight = is_keyword.astype(np.float32)
    tpr = (hits * weight).sum(axis=1) / weight.sum()
    fpr = (hits * (1 - weight)).sum(axis=1) / (1 - weight).sum()
    return [fpr.astype(np.float32), tpr.astype(np.float32), thresholds.astype(np.float32)]


@answer("roc_curve")
def roc_curve_with_pandas(is_keyword, score):
    frame = pd.DataFrame({"score": score, "yes": np.asarray(is_keyword, dtype=bool)})
    groups = frame.groupby("score")["yes"].agg(["sum", "count"]).sort_index(ascending=False)
    tpr = groups["sum"].cumsum() / frame["yes"].sum()
    fpr = (groups["count"] - groups["sum"]).cumsum() / (~frame["yes"]).sum()
    return np.append(0, fpr), np.append(0, tpr), np.append(np.inf, groups.index)


@answer("roc_curve")
def roc_curve_by_search(is_keyword, score):
    mask = np.array(is_keyword) == 1
    yes, no = np.sort(score[mask]), np.sort(score[~mask])
    thresholds = np.append(np.unique(score), np.inf)[::-1]
    return (1 - np.searchsorted(no, thresholds) / len(no), 1 - np.searchsorted(yes, thresholds) / len(yes), thresholds)


@answer("area_under_curve")
def area_in_a_loop(x, y):
    area = 0
    for i in range(len(x) - 1):
        area += (x[i + 1] - x[i]) * (y[i] + y[i + 1]) / 2
    return area


@answer("area_under_curve")
def area_of_numpy(x, y):
    return np.trapezoid(y, x)


@answer("area_under_curve")
def area_of_scikit_learn(fpr, tpr):
    from sklearn.metrics import auc

    return auc(fpr, tpr)


@answer("area_under_curve")
def area_of_scipy(x, y):
    from scipy.integrate import trapezoid

    return np.float32(trapezoid(y, x=x))


@answer("area_under_curve")
def area_as_a_product(x, y):
    return np.diff(x) @ (y[1:] + y[:-1]) / 2


@answer("area_under_curve")
def area_of_rectangles_and_triangles(x, y):
    total = 0.0
    for (x0, y0), (x1, y1) in zip(zip(x, y), zip(x[1:], y[1:])):
        total += (x1 - x0) * min(y0, y1) + (x1 - x0) * abs(y1 - y0) / 2
    return total


@answer("area_under_curve")
def area_by_surveyors(x, y):
    xs, ys = np.concatenate([x, [x[-1], x[0]]]), np.concatenate([y, [0, 0]])  # closed along the x axis
    return abs(np.sum(xs * np.roll(ys, -1) - ys * np.roll(xs, -1))) / 2


@answer("threshold_for_false_alarms")
def threshold_in_a_loop(is_keyword, score, max_fpr):
    best = np.inf
    others = [s for t, s in zip(is_keyword, score) if not t]
    for candidate in score:
        rate = sum(s >= candidate for s in others) / len(others)
        if rate <= max_fpr and candidate < best:
            best = candidate
    return best


@answer("threshold_for_false_alarms")
def threshold_with_scikit_learn(is_keyword, score, max_fpr):
    from sklearn.metrics import roc_curve

    fpr, tpr, thresholds = roc_curve(is_keyword, score, drop_intermediate=False)
    return thresholds[np.searchsorted(fpr, max_fpr, side="right") - 1]


@answer("threshold_for_false_alarms")
def threshold_all_at_once(truth, scores, limit):
    others = scores[np.asarray(truth) == 0]
    rates = np.mean(others[None, :] >= scores[:, None], axis=1)
    return np.min(scores[rates <= limit], initial=np.inf)


@answer("threshold_for_false_alarms")
def threshold_from_above(is_keyword, score, max_fpr):
    others = score[~is_keyword.astype(bool)]
    threshold = float("inf")
    for candidate in sorted(set(score.tolist()), reverse=True):
        if np.mean(others >= candidate) > max_fpr:
            break
        threshold = candidate
    return threshold


@answer("threshold_for_false_alarms")
def threshold_above_the_first_other_too_many(is_keyword, score, max_fpr):
    others = np.sort(score[np.logical_not(is_keyword)])[::-1]
    allowed = int(np.floor(max_fpr * len(others) + 1e-9))
    if allowed >= len(others):
        return score.min()
    higher = score[score > others[allowed]]
    return higher.min() if len(higher) else np.inf


@answer("threshold_for_false_alarms")
def threshold_by_bisection(is_keyword, score, max_fpr):
    others = np.sort(score[np.asarray(is_keyword) != 1])
    candidates = [*np.unique(score), np.inf]
    place = bisect.bisect_left(candidates, True, key=lambda c: np.mean(others >= c) <= max_fpr)
    return np.float32(candidates[place])
