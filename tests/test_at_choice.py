"""What wrong answers to exercises that nobody grades are told."""

import numpy as np
import pytest

from kws_helpers.check import ladders


def softmax(z):
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def in_bins(confidence, is_right, n_bins):
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    return [(is_right[bins == k].mean(), confidence[bins == k].mean()) for k in np.unique(bins)]


WRONG = [
    ("score_gradient", lambda scores, one_hot: softmax(scores) - one_hot, "Divide by their number"),
    ("score_gradient", lambda scores, one_hot: (softmax(scores) - one_hot) / one_hot.size, "over the classes, too"),
    ("score_gradient", lambda scores, one_hot: (one_hot - softmax(scores)) / len(scores), "The sign is wrong"),
    ("score_gradient", lambda scores, one_hot: -one_hot / softmax(scores) / len(scores), "small where"),
    ("score_gradient", lambda scores, one_hot: one_hot * (softmax(scores) - one_hot) / len(scores), "wrong class"),
    ("calibration_error", lambda confidence, is_right, n_bins=10: abs(confidence.mean() - is_right.mean()), "cancel"),
    ("calibration_error", lambda confidence, is_right, n_bins=10: np.mean(
        [abs(right - sure) for right, sure in in_bins(confidence, is_right, n_bins)]), "Both bins count alike"),
    ("calibration_error", lambda confidence, is_right, n_bins=10: np.mean(np.abs(confidence - is_right)), "is 0 where"),
]


@pytest.mark.parametrize("name, wrong, words", WRONG)
def test_a_wrong_answer_is_told_why(name, wrong, words):
    last = ladders()[name].climb(wrong).steps[-1]
    assert not last.passed and words in f"{last.title} {last.advice}"
