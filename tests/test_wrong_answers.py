"""Wrong answers that people gave, and what a check tells them: every one fails, and hears what leads on."""

import hashlib

import numpy as np
import pytest

from kws_helpers.check import ladders

LADDERS = ladders()


def by_speaker(percent):
    def split(p):
        return "validation" if p < 10 else "testing" if p < 20 else "training"

    return lambda speakers, validation_percent=10, testing_percent=10: np.array(
        [split(percent(int(hashlib.sha1(one.encode()).hexdigest(), 16))) for one in speakers])


def ones_in_every_row(labels, n_classes):
    encoded = np.zeros((len(labels), n_classes), np.float32)
    encoded[:, labels] = 1
    return encoded


def surprises(probabilities, one_hot):
    return -np.sum(one_hot * np.log(np.where(one_hot > 0, probabilities, 1)), axis=-1)


def precisions(is_keyword, score):
    falling = np.argsort(-score)
    hits = np.cumsum(np.asarray(is_keyword)[falling])
    recall = np.append(0, hits / hits[-1])
    return np.append(1, hits / np.arange(1, len(hits) + 1)), recall, np.append(np.inf, score[falling])


def means(first, end):
    """A wrong `smooth`: the mean of the frames t + first up to, not including, t + end (and to the width before)."""
    return lambda p, width: np.array([p[max(0, t - width + 1 + first):t + end].mean(axis=0) for t in range(len(p))])


def detections(last=-np.inf, above=np.greater_equal, starts_anew=False):
    """A wrong `detect`: a detection before the first, another comparison, or a pause that frames above start anew."""
    def detect(probabilities, threshold, refractory, last=last):
        found = []
        for t, row in enumerate(probabilities):
            is_above = above(row.max(), threshold)
            if is_above and t - last >= refractory:
                found.append((t, int(row.argmax())))
                last = t
            last = t if is_above and starts_anew else last
        return found

    return detect


def outside(detections, truth):
    return sum(not any(a <= t <= b and k == c for a, b, c in truth) for t, k in detections)


WRONG = [
    ("class_counts", lambda labels, names: {name: int(np.sum(labels == k)) for k, name in enumerate(names, 1)},
     "Labels start at 0"),
    ("class_counts", lambda labels, names: {name: sum(str(one) == name for one in labels) for name in names},
     "compare it with a class's number"),
    ("class_counts", lambda labels, names: {"yes": 1, "no": 2}, "not from the notebook's variables"),
    ("class_counts", lambda labels, names: dict.fromkeys(names, 250), "Is every label taken from the argument"),
    ("one_hot", ones_in_every_row, "choose a row together with its column"),
    ("frame_count", lambda n_samples, window, hop: n_samples // hop, "counts the hops in the clip"),
    ("split_by_speaker", by_speaker(lambda number: number % 2**27 * 100 / 2**27 - 1), "Mind the brackets"),
    ("split_by_speaker", by_speaker(lambda number: number % 2**27 * 100 / (2**27 - 1)), "percentages are fixed at 10"),
    ("fit_standardiser", lambda x: (x - x.mean((0, 1))) / x.std((0, 1)), "Those are the features, standardised"),
    ("standardise", lambda x, mean, std: (x - x.mean((0, 1))) / x.std((0, 1)), "computed anew from these features"),
    ("softmax", lambda z: np.exp(z) / np.exp(z).sum(axis=-1), "do not fit together"),
    ("softmax", lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), "no axis 1"),
    ("cross_entropy", lambda p, y: np.mean(surprises(p, y)) / p.shape[1], "the mean runs over the 4 classes"),
    ("dense_parameters", lambda sizes: sum(a * b for a, b in zip(sizes, sizes[1:])), "biases are missing"),
    ("dense_parameters", lambda sizes: sum(a * b + 1 for a, b in zip(sizes, sizes[1:])), "One bias is too few"),
    ("dense_parameters", lambda sizes: sizes[0] * sizes[1] + sizes[1], "Only the first layer"),
    ("area_under_curve", lambda x, y: np.sum(y) / len(y), "mean of the heights"),
    ("area_under_curve", lambda x, y: np.sum(np.diff(x) * y[1:]), "right point"),
    ("area_under_curve", lambda x, y: np.trapezoid(x, y), "exchanged"),
    ("roc_curve", precisions, "That is a precision"),
    ("roc_curve", lambda k, s: (precisions(k, s)[1], *precisions(k, s)[::2]), "That is a precision"),
    ("slide_window", lambda window, chunk: np.append(window[len(chunk) - len(window):], chunk), "x[-0:] is the whole"),
    ("slide_window", lambda window, chunk: np.append(chunk, window)[:len(window)], "put in front"),
    ("smooth", means(0, 0), "The end of a slice is not part of it"),
    ("smooth", means(-1, 1), "One frame too many"),
    ("smooth", lambda p, width: np.cumsum(p, axis=0) / np.arange(1, len(p) + 1)[:, None], "not all since the start"),
    ("smooth", lambda p, width: means(0, 1)(p.T, width).T, "Each class is smoothed over time"),
    ("detect", detections(last=0), "`last = 0` would be a detection in frame 0"),
    ("detect", detections(above=np.greater), ">=, not >"),
    ("detect", detections(starts_anew=True), "Only a detection starts the pause"),
    ("false_alarms_per_hour", lambda d, truth, seconds: outside(d, truth) / seconds, "false alarms per second"),
    ("false_alarms_per_hour", lambda d, truth, seconds: sum(outside([one], [now]) for one in d for now in truth)
     * 3600 / seconds, "once for every interval"),
]


@pytest.mark.parametrize("name, answer, words", WRONG)
def test_a_wrong_answer_hears_what_leads_on(name, answer, words):
    report = LADDERS[name].climb(answer)
    assert not report.passed and words in report.steps[-1].advice, report.steps[-1]


FLAWS = {"8 bits": lambda value: value.astype("uint8"), "rounded": lambda value: np.round(value, 3),
         "rounded more": lambda value: np.round(value, 2), "whole": lambda value: np.nan_to_num(value).astype(int)}


@pytest.mark.parametrize("flaw, names", [
    ("8 bits", ["frame_count", "confusion_matrix"]),
    ("rounded", ["area_under_curve", "convolve2d", "max_pool2d", "radius", "slide_window", "standardise", "time_shift",
                 "threshold_for_false_alarms"]),
    ("rounded more", ["weight_penalty"]),
    ("whole", ["max_pool2d", "slide_window", "threshold_for_false_alarms", "time_shift"])])
def test_numbers_that_lost_something_do_not_pass(flaw, names):
    from autograder.judging.reference import reference

    def flawed(right):
        return lambda *args, **kwargs: FLAWS[flaw](np.asarray(right(*args, **kwargs)))

    assert not [name for name in names if LADDERS[name].climb(flawed(reference(name))).passed]
