"""The checks of the warm-up, which is not graded."""

import numpy as np

from kws_helpers.check import expect
from kws_helpers.check.ladder import ladder

_LOUDNESS = np.array([[1, 5, 2, 0], [0, 3, 9, 4], [2, 2, 2, 8]])
_SQUARE = np.array([[1.0, 5.0], [0.0, 4.0]])


@ladder("loudest_frame(loudness)")
def loudest_frame(f):
    yield "returns one number for each clip"
    expect.shape(f(_LOUDNESS), (3,), "Name the axis that has to go: that of the frames, axis=1.")
    yield "returns the numbers of the frames"
    expect.equal(f(_LOUDNESS), [1, 2, 3], "The first clip is loudest in frame 1, with 5: the place is asked for, not "
                 "the value. np.argmax gives places.")
    expect.equal(f(np.array([[0, 1], [0, 2]])), [1, 1], "Which axis goes: that of the clips, or that of the frames?")


@ladder("without_mean(loudness)")
def without_mean(f):
    yield "keeps the shape"
    expect.shape(f(_LOUDNESS), (3, 4))
    yield "subtracts the mean of each clip"
    expect.close(f(_SQUARE), [[-2, 2], [-2, 2]], "The clips have the means 3 and 2. Is each a column, of shape "
                 "(clips, 1)? keepdims=True.")
    yield "leaves the array that it is given as it was"
    given = _SQUARE.copy()
    f(given)
    expect.equal(given, _SQUARE, "`loudness -= …` changes the caller's array. `loudness - …` makes a new one.")


@ladder("count_loud(peaks, labels, label, limit)")
def count_loud(f):
    peaks, labels = np.array([5, 9, 2, 7]), np.array([0, 1, 1, 1])
    yield "returns a number"
    expect.number(f(peaks, labels, 1, 4), "A mask's sum counts its True.")
    yield "counts the clips of which both are true"
    expect.equal(f(peaks, labels, 1, 4), 2, "Clips 1, 2 and 3 are of class 1, and 1 and 3 of them louder than 4.")
    expect.equal(f(peaks, labels, 0, 6), 0, "The only clip of class 0 has the loudness 5: not louder than 6.")
    yield "does not count a clip that is just as loud as the limit"
    expect.equal(f(peaks, labels, 1, 7), 1, "Louder than the limit: >, not >=.")


@ladder("scores_of(inputs, weights, bias)")
def scores_of(f):
    inputs, weights = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0]]), np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 1.0]])
    yield "has a row for each clip and a column for each class"
    expect.shape(f(np.ones((5, 3)), weights, np.zeros(2)), (5, 2), "(5, 3) @ (3, 2) is (5, 2).")
    yield "multiplies and adds up"
    expect.close(f(inputs, weights, np.zeros(2)), [[1, 6], [2, 4]], "The first score is 1 * 1 + 2 * 0 + 0 * 2.")
    yield "adds the bias of each class"
    expect.close(f(inputs, weights, np.array([10.0, 20.0])), [[11, 26], [12, 24]],
                 "The bias has one number for each class: add it to every row.")
