"""The checks of lesson 08."""

import numpy as np

from kws_helpers.check import expect
from kws_helpers.check.ladder import ladder


@ladder("slide_window(window, chunk)")
def slide_window(f):
    window = np.arange(1.0, 7.0)
    yield "returns an array"
    expect.array(f(window, np.array([7.0, 8.0])))
    yield "keeps the length of the window"
    for n in (1, 2, 4):
        expect.shape(f(window, np.zeros(n)), (6,), "As many samples as the chunk brings must leave.")
    yield "has the new samples at its end, in their order"
    expect.close(np.asarray(f(window, np.array([7.0, 8.0])))[-2:], [7, 8], "The newest sample is the last one.")
    expect.close(np.asarray(f(window, np.array([0.1234, 0.5678])))[-2:], [0.1234, 0.5678], "Every digit of a sample counts.")
    yield "has the older samples before them, moved to the left: 1 2 3 4 5 6 and then 7 8 gives 3 4 5 6 7 8"
    expect.close(f(window, np.array([7.0, 8.0])), [3, 4, 5, 6, 7, 8], "The oldest samples, at the beginning, leave.")
    yield "takes a chunk as long as the window, and longer ones"
    expect.close(f(window, np.arange(11.0, 17.0)), np.arange(11, 17), "Nothing of the old window is left.")
    expect.close(f(window, np.arange(11.0, 20.0)), np.arange(14, 20),
                 "Python was busy and nine samples came at once: the newest six have room.")
    yield "takes an empty chunk and does not move"
    expect.close(f(window, np.array([])), window, "Careful with minus signs: x[-0:] is the whole of x, as x[0:] is.")


@ladder("smooth(probabilities, width)")
def smooth(f):
    rng = np.random.default_rng(0)
    yield "returns an array"
    expect.array(f(rng.random((6, 3)), 2))
    yield "keeps the shape (frames, classes)"
    for shape, width in [((6, 3), 2), ((4, 12), 1), ((3, 2), 5)]:
        expect.shape(f(rng.random(shape), width), shape, "Every frame gets a result, the first ones too.")
    yield "changes nothing with a width of 1"
    one = rng.random((5, 3))
    expect.close(f(one, 1), one, "The last frame alone: the frame itself.")
    yield "leaves constant probabilities as they are"
    constant = np.tile([0.2, 0.5, 0.3], (7, 1))
    expect.close(np.asarray(f(constant, 3))[3:], constant[3:],
                 "A mean of equal numbers is that number. Is the sum divided, and each class smoothed by itself?")
    yield "divides by the number of frames that there are, at the start as well"
    expect.close(f(constant, 3), constant, "Frame 0 has only itself, frame 1 has two frames.")
    yield "spreads a single frame over itself and the frames after it"
    click = np.zeros((8, 2))
    click[3, 1] = 0.6
    expect.close(np.asarray(f(click, 3))[:, 1], [0, 0, 0, 0.2, 0.2, 0.2, 0, 0],
                 "With a width of 3 it counts in the frames 3, 4 and 5: the mean looks back, never ahead.")
    yield "smooths the start: frames 0.9 and 0.1 give 0.9 and then 0.5"
    expect.close(f(np.array([[0.9], [0.1], [0.2]]), 3), [[0.9], [0.5], [0.4]])


@ladder("detect(probabilities, threshold, refractory)")
def detect(f):
    quiet = np.full((12, 3), 0.1)
    yield "returns a list of pairs (frame, class)"
    word = quiet.copy()
    word[4, 2] = 0.8
    _pairs(f(word, 0.5, 3))
    yield "detects a keyword above the threshold: class 2 in frame 4 is (4, 2)"
    _expect_detections(f(word, 0.5, 3), [(4, 2)])
    yield "returns an empty list where nothing reaches the threshold"
    _expect_detections(f(quiet, 0.5, 3), [])
    yield "counts a probability equal to the threshold"
    _expect_detections(f(word, 0.8, 3), [(4, 2)])
    yield "detects a word only once while the refractory time runs"
    word[4:8, 2] = [0.6, 0.7, 0.9, 0.6]
    _expect_detections(f(word, 0.5, 5), [(4, 2)], "The first frame that reaches the threshold counts; then it waits.")
    yield "detects it again after exactly `refractory` frames, if it lasts"
    _expect_detections(f(word, 0.5, 2), [(4, 2), (6, 2)], "From frame 4 to frame 6 are 2 frames. The time runs from "
                       "the last detection, not from the last frame above the threshold.")
    _expect_detections(f(word, 0.5, 3), [(4, 2), (7, 2)])
    yield "makes all classes wait, not only the one that was detected"
    two = quiet.copy()
    two[3, 0], two[5, 1], two[9, 1] = 0.9, 0.9, 0.9
    _expect_detections(f(two, 0.5, 4), [(3, 0), (9, 1)])
    yield "reports the largest of several classes, and no other"
    both = quiet.copy()
    both[2] = [0.3, 0.25, 0.45]
    _expect_detections(f(both, 0.2, 5), [(2, 2)])
    yield "can detect a word in the very first frame"
    early = quiet.copy()
    early[0, 1] = 0.9
    _expect_detections(f(early, 0.5, 6), [(0, 1)], "Before the first detection there is nothing to wait for.")


def _pairs(value):
    """The detections as a list of tuples of ints; arrays of pairs are fine, too."""
    if value is None or not hasattr(value, "__len__") or isinstance(value, (str, dict)):
        raise expect.Missed("a list of pairs", expect.describe(value))
    try:
        pairs = [(float(frame), float(number)) for frame, number in value]
        expect.that(all(one.is_integer() for pair in pairs for one in pair), "pairs of whole numbers", value)
        return [(int(frame), int(number)) for frame, number in pairs]
    except (TypeError, ValueError):
        raise expect.Missed("a list of pairs (frame, class)", expect.describe(value),
                            "Append one tuple of two whole numbers for each detection.") from None


def _expect_detections(value, expected, cause=""):
    found = _pairs(value)
    expect.that(found == expected, str(expected), str(found), cause)


@ladder("false_alarms_per_hour(detections, truth, seconds)")
def false_alarms_per_hour(f):
    truth = [(20, 30, 4), (50, 60, 7), (80, 90, 4)]
    yield "returns a number"
    expect.number(f([(25, 4), (40, 1)], truth, 3600))
    yield "is 0 without detections, and when every detection is right"
    expect.close(f([], truth, 100), 0)
    expect.close(f([(25, 4), (55, 7), (85, 4)], truth, 100), 0, "Compare each detection with all intervals.")
    yield "counts detections outside of every interval: three in one hour"
    expect.close(f([(5, 4), (25, 4), (40, 7), (99, 0)], truth, 3600), 3)
    yield "is a rate: three in half an hour are six per hour, three in two hours 1.5"
    alarms = [(5, 4), (25, 4), (40, 7), (99, 0)]
    expect.close(f(alarms, truth, 1800), 6, "Divide by the length in hours: seconds / 3600.")
    expect.close(f(alarms, truth, 7200), 1.5)
    yield "counts the right moment with another keyword as a false alarm"
    expect.close(f([(25, 7)], truth, 3600), 1, "Frame 25 lies in an interval of class 4, but 7 was detected.")
    yield "takes both ends of an interval as inside"
    expect.close(f([(20, 4), (60, 7)], truth, 3600), 0)
    expect.close(f([(19, 4), (61, 7)], truth, 3600), 2)
    yield "does not mind a keyword that is detected twice"
    expect.close(f([(22, 4), (29, 4)], truth, 3600), 0, "Both detections lie in an interval of their class.")
    yield "works without any keyword in the recording"
    expect.close(f([(3, 1), (9, 2)], [], 20), 360)
