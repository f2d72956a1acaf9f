"""The checks of the warm-up, which is not graded."""

import numpy as np

from kws_helpers.check import expect
from kws_helpers.check.ladder import ladder

_LOUDNESS = np.array([[1, 5, 2, 0], [0, 3, 9, 4], [2, 2, 2, 8]])
_SQUARE = np.array([[1.0, 5.0], [0.0, 4.0]])


@ladder("loudest_frame(loudness)")
def loudest_frame(f):
    yield "returns one number for each clip"
    goes = "Name the axis that has to go: that of the frames, axis=1."
    expect.shape(f(_LOUDNESS), (3,), goes, [
        ((3, 1), "The axis of the frames is still there, with length 1. Leave keepdims=True out."),
        ((4,), f"That is one number for each frame. {goes}"), ((), f"That is one number for all clips. {goes}"),
        ((3, 4), "That is a number for each value. np.argmax gives one for each clip.")])
    yield "returns the numbers of the frames"
    expect.equal(f(_LOUDNESS), [1, 2, 3], "The first clip is loudest in frame 1, with 5.", [
        ([5, 9, 8], "Those are the largest values: the place is asked for, not the value. np.argmax gives places."),
        ([2, 3, 4], "Frames are counted from 0: add nothing."),
        ([3, 0, 0], "Those are the softest frames. np.argmax finds the loudest.")])
    expect.equal(f(np.array([[0, 1], [0, 2]])), [1, 1], "Which axis goes: that of the clips, or that of the frames?")


@ladder("without_mean(loudness)")
def without_mean(f):
    yield "keeps the shape"
    expect.shape(f(_LOUDNESS), (3, 4), "Every value of the loudness stays in its place, less a mean.")
    yield "subtracts the mean of each clip"
    expect.close(f(_SQUARE), [[-2, 2], [-2, 2]], "The clips have the means 3 and 2. Subtract each from its own "
                 "clip.", known=[
        ([[-2, 3], [-3, 2]], "Each mean was subtracted from a frame. Make them a column, of shape (clips, 1): keepdims=True."),
        ([[0.5, 0.5], [-0.5, -0.5]], "Those are the means of the frames. The frames have to go: axis=1."),
        ([[-1.5, 2.5], [-2.5, 1.5]], "One mean of all values was subtracted. Each clip has its own: axis=1.")])
    expect.close(f(_LOUDNESS), [[-1, 3, 0, -2], [-4, -1, 5, 0], [-1.5, -1.5, -1.5, 4.5]], "The means are 2, 4 and 3.5.", known=[
        ([[-1, 3, 0, -2], [-4, -1, 5, 0], [-1, -1, -1, 4]], "An array made with np.zeros_like of whole numbers can hold "
         "nothing but whole numbers."),
        ([[-0.5, 3.5, 0.5, -1.5], [-3.5, -0.5, 5.5, 0.5], [0, 0, 0, 6]], "Those are medians. Subtract the mean.")])
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
    expect.equal(f(peaks, labels, 1, 4), 2, "Clips 1, 2 and 3 are of class 1, and 1 and 3 of them louder than 4.", [
        (4, "All four clips were counted. `&` is True only where both masks are, and the sum counts its True."),
        (3, "Only one of the two conditions was used. Combine both masks with &."),
        (16, "That is a sum of the loudness. Take the sum of the mask itself."),
        (0.5, "That is a share of the clips. Take the sum of the mask, not its mean.")])
    expect.equal(f(peaks, labels, 0, 6), 0, "The only clip of class 0 has the loudness 5: not louder than 6.")
    yield "does not count a clip that is just as loud as the limit"
    expect.equal(f(peaks, labels, 1, 7), 1, "Louder than the limit: >, not >=.")


@ladder("scores_of(inputs, weights, bias)")
def scores_of(f):
    inputs, weights = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0]]), np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 1.0]])
    yield "has a row for each clip and a column for each class"
    expect.shape(f(np.ones((5, 3)), weights, np.zeros(2)), (5, 2), "(5, 3) @ (3, 2) is (5, 2).")
    yield "multiplies and adds up"
    expect.close(f(inputs, weights, np.zeros(2)), [[1, 6], [2, 4]], "The first score is 1 * 1 + 2 * 0 + 0 * 2.", known=[
        (np.zeros((2, 2)), "All scores are 0, like the bias here. It is added, not multiplied with."),
        ([[5, 0], [5, 1]], "A reshape keeps the order of the numbers. `.T` turns rows into columns.")])
    yield "adds the bias of each class"
    expect.close(f(inputs, weights, np.array([10.0, 20.0])), [[11, 26], [12, 24]],
                 "The bias has one number for each class: add it to every row.", known=[
        ([[-9, -14], [-8, -16]], "The bias was subtracted. Add it.")])
