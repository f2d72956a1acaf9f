"""The checks of lesson 08."""

import numpy as np

from kws_helpers.check import expect
from kws_helpers.check.ladder import ladder

_LONG = "Python was busy and nine samples came at once: the newest six have room."


@ladder("slide_window(window, chunk)")
def slide_window(f):
    window = np.arange(1.0, 7.0)
    yield "returns an array"
    expect.array(f(window, np.array([7.0, 8.0])))
    yield "keeps the length of the window"
    for n in (1, 2, 4):
        expect.shape(f(window, np.zeros(n)), (6,), "As many samples as the chunk brings must leave.")
    yield "has the new samples at its end, in their order"
    expect.close(np.asarray(f(window, np.array([7.0, 8.0])))[-2:], [7, 8], "The newest sample is the last one.", known=[
        ([3, 4], "The chunk was put in front of the window."), ([5, 6], "These are the oldest samples: keep the end."),
        ([8, 7], "The chunk's samples stay in their order."), ([12, 14], "The chunk was added to the old samples.")])
    expect.close(np.asarray(f(window, np.array([0.1234, 0.5678])))[-2:], [0.1234, 0.5678],
                 "Every digit of a sample counts.")
    yield "has the older samples before them, moved to the left: 1 2 3 4 5 6 and then 7 8 gives 3 4 5 6 7 8"
    expect.close(f(window, np.array([7.0, 8.0])), [3, 4, 5, 6, 7, 8], "The oldest samples, at the beginning, leave. All "
                 "others come from the argument `window`, and none from an earlier call.",
                 known=[([0, 0, 0, 0, 7, 8], "The older samples must stay, moved to the left.")])
    yield "takes a chunk as long as the window, and longer ones"
    expect.close(f(window, np.arange(11.0, 17.0)), np.arange(11, 17), "Nothing of the old window is left. Careful with "
                 "minus signs: x[-0:] is the whole of x.")
    expect.close(f(window, np.arange(11.0, 20.0)), np.arange(14, 20), _LONG)
    yield "takes an empty chunk and does not move"
    expect.close(f(window, np.array([])), window, "Careful with minus signs: x[-0:] is the whole of x, as x[0:] is.")


@ladder("smooth(probabilities, width)")
def smooth(f):
    rng = np.random.default_rng(0)
    yield "returns an array"
    expect.array(f(rng.random((6, 3)), 2))
    yield "keeps the shape (frames, classes)"
    for shape, width in [((6, 3), 2), ((4, 12), 1), ((3, 2), 5)]:
        expect.shape(f(rng.random(shape), width), shape, "Every frame gets a result, the first ones too.", known=[
            (shape[::-1], "Rows and columns are exchanged: a row for each frame, a column for each class."),
            (shape[:1], "The classes were averaged, too. Take the mean over the frames alone: axis=0.")])
    yield "changes nothing with a width of 1"
    one = np.array([[0.2134, 0.7866], [0.6, 0.4], [0.1, 0.9]])
    since_the_start = np.cumsum(one, axis=0) / [[1], [2], [3]]
    expect.close(f(one, 1), one, "The last frame alone: the frame itself.", known=[
        (np.full((3, 2), np.nan), "That is the mean of no frames. The end of a slice is not part of it: end at t + 1."),
        ((one + one[[0, 0, 1]]) / 2, "One frame too many: the frame itself is one of the `width`."),
        (since_the_start, "Only the last `width` frames count, not all since the start, and no fixed number of them."),
        (np.zeros((3, 2)), "An array made with dtype=int can hold nothing but whole numbers."),
        (one * [[1], [0], [0]], "Only the first frame has a result. Is the `return` inside the loop?")])
    yield "leaves constant probabilities as they are"
    constant = np.tile([0.2, 0.5, 0.3], (4, 1))
    expect.close(np.asarray(f(constant, 3))[2:], constant[2:], "A mean of equal numbers is that number.", known=[
        (3 * constant[2:], "That is the sum of the frames. Divide by their number."),
        (np.tile([0.2, 0.35, 1 / 3], (2, 1)), "The mean runs over the classes. Each class is smoothed over time (axis 0)."),
        (np.full((2, 3), np.nan), "That is the mean of no frames. The end of a slice is not part of it.")])
    yield "divides by the number of frames that there are, at the start as well"
    expect.close(f(constant, 3), constant, "Frame 0 has only itself, frame 1 has two frames.", known=[
        (constant * [[1 / 3], [2 / 3], [1], [1]], "At the start there are fewer than `width` frames: divide by as many "
         "as there are."),
        (constant * [[np.nan], [np.nan], [1], [1]], "A slice with a negative start counts from the end, and is empty "
         "here: max(0, …)."),
        (constant * [[0], [0], [1], [1]], "The first frames have a result, too: the mean of those that there are.")])
    yield "smooths each class by itself, over time: frames before count, frames to come do not"
    click = np.zeros((6, 2))
    click[2, 1] = 0.6
    expect.close(f(click, 3), click[[0, 0, 2, 2, 2, 0]] / 3, "With a width of 3, frame 2 counts in the frames "
                 "2, 3 and 4, a third each, and in no later one.", known=[(click[[2, 2, 2, 0, 0, 0]] / 3, "The mean looks ahead. A spotter knows only this frame and those "
                         "before."),
                        (click[[0, 2, 2, 2, 0, 0]] / 3, "The mean looks ahead. A spotter knows only this frame and those "
                         "before."),
                        (click[[0, 0, 0, 2, 2, 0]] / 2, "The frame itself is missing: the end of a slice is not part of "
                         "it, so it must be t + 1."),
                        (click[[0, 0, 2, 2, 2, 2]] * [[1], [1], [1 / 3], [1 / 9], [4 / 27], [7 / 81]],
                         "Frames that are smoothed already are smoothed again. Write the means into an array of their own."),
                        (click[[0, 0, 2, 2, 2, 2]] * [[1], [1], [1 / 3], [2 / 9], [4 / 27], [8 / 81]],
                         "Old frames fade out slowly here. All of the last `width` frames count alike, and older ones not "
                         "at all."),
                        (np.zeros((6, 2)), "That is the median, which ignores a single frame. Take the mean."),
                        (click[[0, 0, 2, 2, 2, 0]], "That is the largest of the last frames, not their mean.")])
    yield "smooths the start: frames 0.9 and 0.1 give 0.9 and then 0.5"
    expect.close(f(np.array([[0.9], [0.1], [0.2]]), 3), [[0.9], [0.5], [0.4]], known=[
        ([[0.9], [0.1], [0.4]], "The first frames are left as they are. Take the mean of those that there are.")])


@ladder("detect(probabilities, threshold, refractory)")
def detect(f):
    quiet = np.full((6, 2), 0.1)
    yield "returns a list of pairs (frame, class)"
    word = quiet.copy()
    word[4, 1] = 0.8
    _pairs(f(word, 0.5, 3))
    yield "detects a keyword above the threshold: class 1 in frame 4 is (4, 1)"
    _expect_detections(f(word, 0.5, 3), [(4, 1)], known=[
        ([(1, 4)], "First the frame, then the class."), ([(5, 1)], "Frames are counted from 0."),
        ([(4, 2)], "Classes are counted from 0."), ([(4, 9)], "That is the place of the largest of all probabilities. Take "
        "argmax of the frame's own row."), ([], "Is every frame looked at, from the first to the last?")])
    yield "returns an empty list where nothing reaches the threshold"
    _expect_detections(f(quiet, 0.5, 3), [])
    yield "counts a probability equal to the threshold"
    _expect_detections(f(word, 0.8, 3), [(4, 1)], "At least the threshold: >=, not >.")
    yield "can detect a word in the very first frame"
    early = quiet.copy()
    early[0, 1] = 0.9
    _expect_detections(f(early, 0.5, 6), [(0, 1)], "Before the first detection there is nothing to wait for. `last = 0` "
                       "would be a detection in frame 0.")
    yield "detects a word only once while the refractory time runs"
    word[1:5, 1] = [0.6, 0.7, 0.9, 0.6]
    _expect_detections(f(word, 0.5, 4), [(1, 1)], "The first frame that reaches the threshold counts; then it waits.",
                       known=[([(t, 1) for t in (1, 2, 3, 4)], "There is no pause after a detection."),
                              ([(1, 1), (4, 1)], "The pause is one frame too short: the difference must be at least "
                               "`refractory`."),
                              ([(3, 1)], "The largest probability can only be found with frames that are still to "
                               "come. The first that reaches the threshold counts."),
                              ([], "Before the first detection there is nothing to wait for.")])
    yield "detects it again after exactly `refractory` frames, if it lasts"
    _expect_detections(f(word, 0.5, 2), [(1, 1), (3, 1)], "From frame 1 to frame 3 are 2 frames.", known=[
        ([(1, 1), (4, 1)], "The pause is one frame too long: >= refractory, not >."),
        ([(t, 1) for t in (1, 2, 3, 4)], "The pause is one frame too short."),
        ([(1, 1)], "Only a detection starts the pause, and nothing has to fall below the threshold first.")])
    _expect_detections(f(word, 0.5, 3), [(1, 1), (4, 1)])
    yield "makes all classes wait, not only the one that was detected"
    two = quiet.copy()
    two[0, 0], two[2, 1], two[5, 1] = 0.9, 0.9, 0.9
    _expect_detections(f(two, 0.5, 4), [(0, 0), (5, 1)], known=[
        ([(0, 0), (2, 1)], "Every class has a pause of its own here. One detection makes all of them wait.")])
    yield "reports the largest of several classes, and no other"
    both = np.array([[0.1, 0.1, 0.1], [0.3, 0.25, 0.45]])
    _expect_detections(f(both, 0.2, 5), [(1, 2)], known=[
        ([(1, 0)], "That is the first class above the threshold."),
        ([(1, 0), (1, 1), (1, 2)], "Only the largest probability of a frame counts.")])


def _pairs(value):
    """The detections as a list of tuples of ints; arrays of pairs are fine, too."""
    if value is None or not hasattr(value, "__len__") or isinstance(value, (str, dict)):
        raise expect.Missed("a list of pairs", expect.describe(value), "list.append changes the list and returns None: "
                            "leave out the `=` before it." if value is None else "")
    try:
        pairs = [(float(frame), float(number)) for frame, number in value]
        expect.that(all(one.is_integer() for pair in pairs for one in pair), "pairs of whole numbers", value)
        return [(int(frame), int(number)) for frame, number in pairs]
    except (TypeError, ValueError):
        raise expect.Missed("a list of pairs (frame, class)", expect.describe(value),
                            "Append one tuple of two whole numbers for each detection.") from None


def _expect_detections(value, expected, cause="", known=()):
    found = _pairs(value)
    expect.that(found == expected, str(expected), str(found), next((said for one, said in known if found == one), cause))


@ladder("false_alarms_per_hour(detections, truth, seconds)")
def false_alarms_per_hour(f):
    truth = [(20, 30, 4), (50, 60, 7), (80, 90, 4)]
    yield "returns a number"
    expect.number(f([(25, 4), (40, 1)], truth, 3600))
    yield "is 0 without detections, and when every detection is right"
    expect.close(f([], truth, 100), 0, known=[
        (108, "Those are the missed keywords. Count detections, not intervals."),
        (-108, "A missed keyword cannot make up for a false alarm. Look at each detection by itself.")])
    expect.close(f([(25, 4), (55, 7), (85, 4)], truth, 100), 0, "Compare each detection with all intervals.", known=[
        (216, "Each detection is counted once for every interval that it is not in. It is a false alarm only if it is in "
         "none."),
        (108, "All three are counted. A detection (frame, class) is right as soon as it lies in one interval (first, last, "
              "class) of its class."),
        (36, "A class may have several intervals. Is one overwritten by the next?")])
    yield "counts detections outside of every interval: three in one hour"
    alarms = [(5, 4), (25, 4), (40, 7), (99, 0)]
    expect.close(f(alarms, truth, 3600), 3, known=[
        (3 / 3600, "Those are false alarms per second."), (0.05, "Those are false alarms per minute."),
        (1, "Only the classes are compared. The frame must lie in the interval, too."),
        (75, "That is a percentage of the detections.")])
    yield "is a rate: three in half an hour are six per hour, three in two hours 1.5"
    expect.close(f(alarms, truth, 1800), 6, "Divide by the length in hours: seconds / 3600.")
    expect.close(f(alarms, truth, 7200), 1.5, "Divide by the length in hours: seconds / 3600.")
    yield "counts the right moment with another keyword as a false alarm"
    expect.close(f([(25, 7)], truth, 3600), 1, "Frame 25 lies in an interval of class 4, but 7 was detected.")
    yield "takes both ends of an interval as inside"
    expect.close(f([(20, 4), (60, 7)], truth, 3600), 0, "Frame 20 is the first of an interval, frame 60 the last: <=, not <.")
    expect.close(f([(19, 4), (61, 7)], truth, 3600), 2)
    yield "does not mind a keyword that is detected twice"
    expect.close(f([(22, 4), (29, 4)], truth, 3600), 0, "Both detections lie in an interval of their class.")
    yield "works without any keyword in the recording"
    expect.close(f([(3, 1), (9, 2)], [], 20), 360, "Where no keyword was said, every detection is a false alarm.")


@ladder("at_most_per_hour(alarms, seconds, certainty=0.95)")
def at_most_per_hour(f):
    yield "returns a number"
    expect.number(f(0, 3600))
    yield "is the rule of three without a false alarm: 3.0 in one hour"
    expect.close(f(0, 3600), 2.9957, "Where is e^-x equal to 0.05?", tolerance=1e-3, known=[
        (3.6889, "That is the bound of two sides. Nothing is halved here: P has to fall to 1 - certainty."),
        (3, "That is the rule, rounded. Find where P has fallen to 1 - certainty."),
        (0.0513, "P has to fall to 1 - certainty."), (0, "Does the sum run from 0 to `alarms`, both included?")])
    yield "is a rate: the same in eight minutes is 7.5 times as much"
    expect.close(f(0, 480), 22.468, "Divide by the length in hours.", tolerance=1e-3)
    yield "grows with the number of false alarms: 4.74 for one, 6.30 for two, 16.96 for ten"
    for alarms, rate in [(1, 4.7439), (2, 6.2958), (10, 16.9622)]:
        expect.close(f(alarms, 3600), rate, "The sum runs from 0 to `alarms`, both included.", tolerance=1e-3)
    yield "takes another certainty"
    expect.close(f(2, 3600, certainty=0.99), 8.4059, "P has to fall to 1 - certainty.", tolerance=1e-3)
    yield "takes many false alarms"
    expect.close(f(200, 3600), 224.9, "Is the upper bound of the search large enough?", tolerance=1e-2)
