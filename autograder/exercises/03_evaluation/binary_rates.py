"""What the judge knows of `binary_rates` (lesson 03_evaluation)."""

from collections import Counter

import numpy as np

from autograder.judging.exercise import Case, Exercise

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


@binary_rates.mistake("Precision and recall are exchanged. Recall: out of all spoken keywords (tp + fn). Precision: "
                      "out of all reactions (tp + fp).")
def precision_and_recall_exchanged(true, predicted):
    rates = _rates(true, predicted)
    return rates | {"precision": rates["recall"], "recall": rates["precision"]}


@binary_rates.mistake("`fp` and `fn` are exchanged (or the two arguments are). A false positive is a reaction without "
                      "a keyword, a false negative is a keyword without a reaction.")
def false_alarms_and_misses_exchanged(true, predicted):
    return _rates(predicted, true)


@binary_rates.mistake("A rate that would be 0 / 0 comes out as nan. Here it must be 0.0: look at the denominator "
                      "before you divide.")
def nothing_out_of_nothing_is_nan(true, predicted):
    return _rates(true, predicted, undefined=np.nan)


@binary_rates.mistake("A rate that would be 0 / 0 comes out as 1. Here it must be 0.0: nobody is praised for what was "
                      "never tried.")
def nothing_out_of_nothing_is_one(true, predicted):
    return _rates(true, predicted, undefined=1.0)


@binary_rates.mistake("Precision, recall and false-positive rate are safe from 0 / 0, but F1 is not: where precision "
                      "and recall are both 0, their sum is 0 too.")
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


@binary_rates.mistake("The false-positive rate is taken out of all reactions (that is 1 - precision). It is the share "
                      "of the *other* clips that set off an alarm: out of fp + tn.")
def false_alarms_out_of_all_reactions(true, predicted):
    rates = _rates(true, predicted)
    reactions = rates["tp"] + rates["fp"]
    return rates | {"false_positive_rate": rates["fp"] / reactions if reactions else 0.0}


@binary_rates.mistake("The false-positive rate is taken out of all clips. Only the clips without the keyword can be "
                      "false alarms: out of fp + tn.")
def false_alarms_out_of_all_clips(true, predicted):
    rates = _rates(true, predicted)
    return rates | {"false_positive_rate": rates["fp"] / len(true)}


@binary_rates.mistake("That is the miss rate, 1 - recall. The false-positive rate looks at the clips *without* the "
                      "keyword: fp out of fp + tn.")
def misses_instead_of_false_alarms(true, predicted):
    rates = _rates(true, predicted)
    return rates | {"false_positive_rate": 1 - rates["recall"]}


@binary_rates.mistake("That is the share of the other clips that were rightly left alone, 1 - false-positive rate. "
                      "Count the alarms: fp out of fp + tn.")
def rightly_quiet_instead_of_false_alarms(true, predicted):
    rates = _rates(true, predicted)
    return rates | {"false_positive_rate": 1 - rates["false_positive_rate"]}


@binary_rates.mistake("F1 is the ordinary mean of precision and recall. It is their harmonic mean, 2 P R / (P + R).")
def f1_as_ordinary_mean(true, predicted):
    rates = _rates(true, predicted)
    return rates | {"f1": (rates["precision"] + rates["recall"]) / 2}


@binary_rates.mistake("F1 is too small by a factor of 2: it is 2 P R / (P + R), so that equal precision and recall "
                      "give the same F1.")
def factor_of_two_forgotten(true, predicted):
    rates = _rates(true, predicted)
    return rates | {"f1": rates["f1"] / 2}


@binary_rates.mistake("Accuracy counts only the detections. Clips that were rightly left alone are right as well: tp + "
                      "tn.")
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


@binary_rates.mistake("NumPy cannot subtract truth values: `1 - a` works, but `a - b` raises an error where both are "
                      "True or False. Make both arrays bool (and use ~ and &), or both int.")
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


@binary_rates.right_answer
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


@binary_rates.right_answer
def binary_rates_of_numpy_numbers(true, predicted):
    t, p = np.asarray(true).astype(int), np.asarray(predicted).astype(int)
    tp, fp, tn, fn = np.sum(t * p), np.sum((1 - t) * p), np.sum((1 - t) * (1 - p)), np.sum(t * (1 - p))
    return {"tp": tp, "fp": fp, "tn": tn, "fn": fn, "accuracy": np.mean(t == p),
            "precision": tp / np.maximum(tp + fp, 1), "recall": tp / np.maximum(tp + fn, 1),
            "false_positive_rate": fp / np.maximum(fp + tn, 1), "f1": 2 * tp / np.maximum(2 * tp + fp + fn, 1)}


@binary_rates.right_answer
def binary_rates_of_scikit_learn(y_true, y_pred):
    from sklearn import metrics

    tn, fp, fn, tp = metrics.confusion_matrix(y_true, y_pred, labels=[0, 1]).ravel()
    return {"tp": tp, "fp": fp, "tn": tn, "fn": fn, "accuracy": metrics.accuracy_score(y_true, y_pred),
            "precision": metrics.precision_score(y_true, y_pred, zero_division=0),
            "recall": metrics.recall_score(y_true, y_pred, zero_division=0),
            "false_positive_rate": np.nan_to_num(fp / (fp + tn)),
            "f1": metrics.f1_score(y_true, y_pred, zero_division=0)}


@binary_rates.right_answer
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


@binary_rates.right_answer
def binary_rates_with_a_small_number(true, predicted):
    import pandas as pd

    frame = pd.crosstab(pd.Series(true).astype(bool), pd.Series(predicted).astype(bool))
    frame = frame.reindex(index=[False, True], columns=[False, True], fill_value=0)
    (tn, fp), (fn, tp) = frame.to_numpy()
    tiny = 1e-12
    p, r = tp / (tp + fp + tiny), tp / (tp + fn + tiny)
    return {"f1": 2 * p * r / (p + r + tiny), "recall": r, "precision": p, "false_positive_rate": fp / (fp + tn + tiny),
            "accuracy": (tp + tn) / frame.to_numpy().sum(), "fn": float(fn), "tn": float(tn), "fp": fp, "tp": tp}


@binary_rates.right_answer
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
