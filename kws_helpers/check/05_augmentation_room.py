"""The check of lesson 05 about rooms, at choice."""

import numpy as np

from kws_helpers.check import expect
from kws_helpers.check.ladder import ladder


@ladder("in_a_room(audio, response)")
def in_a_room(f):
    audio = np.array([1.0, -2.0, 0.5, 0.0])
    yield "returns an array of the same length"
    expect.shape(f(audio, np.array([1.0, 0.0, 0.5])), (4,), "np.convolve returns more: keep the first samples.")
    yield "leaves the clip as it is in a room without echo: response [1]"
    expect.close(f(audio, np.array([1.0])), audio)
    yield "makes it later, and as loud as before, where only an echo arrives"
    expect.close(f(np.array([1.0, -1.0, 0.0, 0.0]), np.array([0.0, 0.3])), [0.0, 1.0, -1.0, 0.0],
                 "The power of the result must be that of the clip.", known=[
        ([1, -1, 0, 0], "The echo must come later: keep the first samples of the convolution."),
        ([0, 0.3, -0.3, 0], "The power was not brought back to that of the clip."),
        ([0, 1 / 0.3, -1 / 0.3, 0], "The factor is a ratio of powers. Samples need its root."),
        ([0, 0.09, -0.09, 0], "The factor is upside down: the power of the clip, divided by that of the result.")])
    yield "adds the echo to what comes directly"
    expected = np.array([1.0, -1.5, -0.5, 0.25])
    expected *= np.sqrt(np.mean(audio**2) / np.mean(expected**2))
    expect.close(f(audio, np.array([1.0, 0.5])), expected, "The power is the mean of the squares: nothing is subtracted, and "
                 "the loudest sample counts no more than others.")
    yield "cuts off what comes after the end, and measures the power of what is left"
    audio, heard = np.arange(1.0, 5.0), np.array([1.0, 2.0, 4.0, 6.0])
    expect.close(f(audio, np.array([1.0, 0.0, 1.0])), heard * np.sqrt(30 / 57), "Sample t hears only what came before it.",
                 known=[(heard * np.sqrt(30 / 82), "The power was measured with the echoes after the end. Cut first."),
                        (np.array([2, 4, 6, 3]) * np.sqrt(30 / 65), "The first samples are to be kept, not the middle ones "
                         '(mode="same").'),
                        (np.array([4, 6, 4, 6]) * np.sqrt(30 / 104), "An index below 0 counts from the end: before its "
                         "first sample, the clip is silent.")])
