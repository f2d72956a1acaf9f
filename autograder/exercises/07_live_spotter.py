"""Lesson 07: what the judge knows."""

import numpy as np

from autograder.judging.exercise import Case, Exercise

slide_window = Exercise("slide_window")


@slide_window.cases
def slide_window_cases(rng):
    for n, m in [(20, 6), (16_000, 1_600), (9, 1)]:
        yield Case("a chunk shorter than the window", *_sound(rng, n, m))
    yield Case("a chunk as long as the window", *_sound(rng, 12, 12))
    yield Case("a chunk longer than the window", *_sound(rng, 8, 21))
    yield Case("a chunk longer than the window", *_sound(rng, 10, 11))
    yield Case("an empty chunk", *_sound(rng, 11, 0))
    yield Case("numbers of type float32", *(one.astype(np.float32) for one in _sound(rng, 30, 7)))


def _sound(rng, n, m):
    return rng.uniform(-1, 1, n), rng.uniform(-1, 1, m)


@slide_window.mistake("Of a chunk longer than the window, the beginning is kept. The newest samples are at its end.")
def start_of_a_long_chunk(window, chunk):
    return np.concatenate([window[len(chunk):], chunk])[:len(window)]


@slide_window.mistake("The chunk was put in front. Time runs from left to right: the oldest sample comes first, the "
                      "newest last.")
def chunk_in_front(window, chunk):
    return np.concatenate([chunk, window])[:len(window)]


@slide_window.mistake("Nothing is dropped, so the window grows with every chunk. The network needs exactly one second: "
                      "as many samples as the window had.")
def nothing_dropped(window, chunk):
    return np.concatenate([window, chunk])


@slide_window.mistake("The first samples of window and chunk together are kept, which are the oldest: the window never "
                      "moves. Keep the last ones.")
def oldest_kept(window, chunk):
    return np.concatenate([window, chunk])[:len(window)]


@slide_window.mistake("An empty chunk or one longer than the window does not fit into the last len(chunk) places. (And "
                      "window[-0:] is the whole window, not an empty end.) Can you do without filling places?")
def rolled_and_filled(window, chunk):
    result = np.roll(window, -len(chunk))
    result[-len(chunk):] = chunk
    return result


@slide_window.mistake("When the chunk is longer than the window, the result is as long as the chunk. Only the newest "
                      "samples have room, as many as the window had.")
def long_chunk_too_long(window, chunk):
    return np.concatenate([window[len(chunk):], chunk])


@slide_window.mistake("How many old samples stay is counted from the end with a minus sign, and -0 is not \"none\": "
                      "x[-0:] is all of x. It goes wrong as soon as the chunk is as long as the window.")
def minus_nothing(window, chunk):
    return np.concatenate([window[-(len(window) - len(chunk)):], chunk])


@slide_window.mistake("The newest samples of the window are dropped and the oldest stay. It is the oldest that must "
                      "make room: drop from the beginning.")
def newest_dropped(window, chunk):
    return np.concatenate([window[:len(window) - len(chunk)], chunk])[-len(window):]


@slide_window.mistake("The chunk is turned around. Its samples stay in their order.")
def chunk_reversed(window, chunk):
    return np.concatenate([window, chunk[::-1]])[-len(window):]


@slide_window.mistake("The window holds only the chunk, and zeros before it. The older samples should move to the left "
                      "and stay.")
def older_samples_forgotten(window, chunk):
    return np.concatenate([np.zeros_like(window), chunk])[-len(window):]


@slide_window.mistake("The chunk is added to the last samples. They are different moments: the old samples move to the "
                      "left, and the chunk takes the free places.")
def chunk_added(window, chunk):
    padded = np.concatenate([np.zeros_like(window), chunk])[-len(window):]
    return window + padded


class FromRow(Case):
    """A case of which only the rows from number `first` on are compared."""

    def __init__(self, aspect, *args, first=0):
        super().__init__(aspect, *args)
        self.first = first


def _rows(function, case):
    result = function(*case.args)
    if not isinstance(result, (list, np.ndarray)):
        return result
    return np.asarray(result)[case.first:] if np.size(result) else "no frames at all"


smooth = Exercise("smooth", observe=_rows)


@smooth.cases
def smooth_cases(rng):
    for frames, classes, width in [(14, 3, 4), (30, 12, 5), (9, 10, 2)]:
        yield FromRow("the mean of the last `width` frames", _heard(rng, frames, classes), width, first=width - 1)
    for frames, classes, width in [(11, 4, 5), (8, 12, 3)]:
        yield FromRow("the mean of fewer frames at the start", _heard(rng, frames, classes), width)
    yield FromRow("a width of one frame changes nothing", _heard(rng, 7, 5), 1)
    yield FromRow("a width beyond the number of frames", _heard(rng, 4, 6), 9)
    yield FromRow("a single class", _heard(rng, 12, 1), 3)
    yield FromRow("numbers of type float32", _heard(rng, 10, 12).astype(np.float32), 4)


def _heard(rng, frames, classes):
    """Probabilities (frames, classes); a single class is the probability of one keyword."""
    return rng.dirichlet(np.ones(max(classes, 2)) / 2, size=frames)[:, :classes]


@smooth.mistake("Every sum is divided by `width`, at the start as well, where there are fewer frames. The first results "
                "are too small: a keyword right at the beginning would be missed.")
def divided_by_width_always(probabilities, width):
    padded = np.concatenate([np.zeros((width - 1, probabilities.shape[1])), probabilities])
    return np.array([padded[t:t + width].mean(axis=0) for t in range(len(probabilities))])


@smooth.mistake("The mean runs over the frames around each frame. A spotter that listens live does not know the coming "
                "frames: it has only this one and those before.")
def frames_around(probabilities, width):
    half = width // 2
    return np.array([probabilities[max(0, t - half):t - half + width].mean(axis=0) for t in range(len(probabilities))])


@smooth.mistake("The mean runs over this frame and those after it. They have not been heard yet: take this one and "
                "those before.")
def frames_to_come(probabilities, width):
    return np.array([probabilities[t:t + width].mean(axis=0) for t in range(len(probabilities))])


@smooth.mistake("There is no result for the first frames, so that frame numbers no longer agree. Take the mean of the "
                "frames that there are.")
def start_left_out(probabilities, width):
    return np.array([probabilities[t:t + width].mean(axis=0) for t in range(len(probabilities) - width + 1)])


@smooth.mistake("The mean runs over one frame too many: this frame and `width` before it. The frame itself is one of "
                "the `width`. Mind that the end of a slice is not part of it.")
def one_frame_too_many(probabilities, width):
    return np.array([probabilities[max(0, t - width):t + 1].mean(axis=0) for t in range(len(probabilities))])


@smooth.mistake("The frame itself is left out: the end of a slice is not part of it, so the slice must end at t + 1.")
def without_the_frame_itself(probabilities, width):
    means = [probabilities[max(0, t - width + 1):t].mean(axis=0) if t and width > 1 else probabilities[t]
             for t in range(len(probabilities))]
    return np.array(means)


@smooth.mistake("The mean runs over all frames since the start. After a minute, a new word would change nothing. Only "
                "the last `width` frames count.")
def everything_since_the_start(probabilities, width):
    return np.cumsum(probabilities, axis=0) / np.arange(1, len(probabilities) + 1)[:, np.newaxis]


@smooth.mistake("The first frames are left as they are, not smoothed, so that a single wild frame at the start gets "
                "through. Take the mean of the frames that there are.")
def start_not_smoothed(probabilities, width):
    result = np.array(probabilities)
    for t in range(width - 1, len(probabilities)):
        result[t] = probabilities[t - width + 1:t + 1].mean(axis=0)
    return result


@smooth.mistake("The first results are 0, until there are `width` frames. Take the mean of the frames that there are.")
def start_of_zeros(probabilities, width):
    result = np.zeros_like(probabilities)
    for t in range(width - 1, len(probabilities)):
        result[t] = probabilities[t - width + 1:t + 1].mean(axis=0)
    return result


@smooth.mistake("That is the sum of the last frames. Divide it by their number, or the results are no probabilities.")
def sum_not_mean(probabilities, width):
    return np.array([probabilities[max(0, t - width + 1):t + 1].sum(axis=0) for t in range(len(probabilities))])


@smooth.mistake("The mean runs over the classes. Each class is smoothed over time (axis 0), by itself.")
def over_the_classes(probabilities, width):
    return _smooth(probabilities.T, width).T


def _smooth(probabilities, width):
    return np.array([probabilities[max(0, t - width + 1):t + 1].mean(axis=0) for t in range(len(probabilities))])


@smooth.mistake("Frames that are smoothed already are smoothed again, so that every frame echoes on for ever. Take the "
                "mean of the original probabilities, and write the results into an array of their own.")
def smoothed_again(probabilities, width):
    result = np.array(probabilities)
    for t in range(len(result)):
        result[t] = result[max(0, t - width + 1):t + 1].mean(axis=0)
    return result


@smooth.mistake("Old frames fade out slowly (an exponential mean). A useful idea, but here all of the last `width` "
                "frames count alike and older ones not at all.")
def fading_memory(probabilities, width):
    result = np.array(probabilities)
    for t in range(1, len(result)):
        result[t] = result[t - 1] + (probabilities[t] - result[t - 1]) / width
    return result


@smooth.mistake("That is the largest of the last frames. One wild frame would last even longer; the mean tames it.")
def largest_not_mean(probabilities, width):
    return np.array([probabilities[max(0, t - width + 1):t + 1].max(axis=0) for t in range(len(probabilities))])


def _pairs(function, case):
    """The detections as pairs of whole numbers, from a list, a tuple or an array of pairs."""
    found = function(*case.args)
    if found is None:
        return None
    return [[_whole(frame), _whole(number)] for frame, number in found]


def _whole(value):
    return int(value) if float(value) == int(value) else float(value)


detect = Exercise("detect", observe=_pairs, tolerance=0)


@detect.cases
def detect_cases(rng):
    for late in range(3):
        yield Case("each word above the threshold once", _words(rng, [(9, 3), (30, 4), (52 + late, 2)]), 0.6, 8)
    yield Case("a word that lasts longer than the refractory time", _words(rng, [(6, 13), (40, 3)]), 0.55, 5)
    yield Case("a word that lasts longer than the refractory time", _words(rng, [(3, 8), (13, 2), (40, 3)]), 0.6, 5)
    quick = _words(rng, [(8, 2), (13, 3), (31, 2)])
    quick[8:10] = quick[8:10][:, np.argsort(-quick[8])]  # its class is 0 ...
    quick[13:16] = quick[13:16][:, np.argsort(quick[13])]  # ... and that of the next word is the last
    yield Case("a second keyword within the refractory time", quick, 0.6, 10)
    exact = np.full((6, 4), 0.125)
    exact[2, rng.integers(4)] = 0.625
    yield Case("a probability equal to the threshold", exact, 0.625, 3)
    apart = np.full((20, 3), 0.1)
    apart[[4, 11], rng.integers(3)] = 0.8
    yield Case("exactly `refractory` frames later", apart, 0.7, 7)
    yield Case("one frame before the refractory time is over", apart, 0.7, 8)
    yield Case("nothing above the threshold", rng.uniform(0, 0.4, size=(12, 10)), 0.5, 4)
    yield Case("a word in the very first frames", _words(rng, [(0, 2), (20, 2)]), 0.6, 9)
    yield Case("several keywords above the threshold", rng.uniform(0.3, 0.9, size=(15, 10)), 0.25, 4)


def _words(rng, words, frames=60, classes=10):
    """Low probabilities, and for each (first frame, length) a keyword above 0.6 that is loudest in its last frame."""
    probabilities = rng.uniform(0, 0.04, size=(frames, classes))
    for first, length in words:
        probabilities[first:first + length, rng.integers(classes)] = np.sort(rng.uniform(0.62, 0.95, length))
    return probabilities


@detect.mistake("One word fires several times. After a detection, nothing may be detected until `refractory` frames "
                "have passed.")
def no_refractory_time(probabilities, threshold, refractory):
    return [(t, int(row.argmax())) for t, row in enumerate(probabilities) if row.max() >= threshold]


@detect.mistake("A probability that equals the threshold counts, too: >= and not >.")
def above_but_not_equal(probabilities, threshold, refractory):
    return _detections(probabilities, refractory, lambda row: row.max() > threshold)


@detect.mistake("The refractory time is one frame too long: a detection is allowed again when exactly `refractory` "
                "frames have passed.")
def one_frame_too_long(probabilities, threshold, refractory):
    return _detections(probabilities, refractory + 1, lambda row: row.max() >= threshold)


@detect.mistake("The refractory time is one frame too short: the difference between two frame numbers must be at least "
                "`refractory`.")
def one_frame_too_short(probabilities, threshold, refractory):
    return _detections(probabilities, refractory - 1, lambda row: row.max() >= threshold)


def _detections(probabilities, pause, is_loud):
    found, last = [], -np.inf
    for t, row in enumerate(probabilities):
        if is_loud(row) and t - last >= pause:
            found.append((t, int(row.argmax())))
            last = t
    return found


@detect.mistake("Every class has a refractory time of its own. A word that is heard as \"no\" and then as \"go\" would "
                "count twice: after a detection of any class, all of them wait.")
def a_pause_for_each_class(probabilities, threshold, refractory):
    found, last = [], {}
    for t, row in enumerate(probabilities):
        k = int(row.argmax())
        if row[k] >= threshold and t - last.get(k, -np.inf) >= refractory:
            found.append((t, k))
            last[k] = t
    return found


@detect.mistake("All classes above the threshold are reported. In one frame, only the largest probability counts.")
def every_class_above(probabilities, threshold, refractory):
    found, last = [], -np.inf
    for t, row in enumerate(probabilities):
        if row.max() >= threshold and t - last >= refractory:
            found += [(t, int(k)) for k in np.flatnonzero(row >= threshold)]
            last = t
    return found


@detect.mistake("Of several classes above the threshold, the one with the lowest number is reported. It should be the "
                "one with the largest probability (np.argmax of the probabilities, not of the comparison).")
def first_class_above(probabilities, threshold, refractory):
    return [(t, int(np.argmax(probabilities[t] >= threshold)))
            for t, _ in _detections(probabilities, refractory, lambda row: row.max() >= threshold)]


@detect.mistake("Nothing can be detected in the first frames, as if there had been a detection in frame 0. Before the "
                "first detection there is nothing to wait for.")
def a_detection_before_the_start(probabilities, threshold, refractory):
    found, last = [], 0
    for t, row in enumerate(probabilities):
        if row.max() >= threshold and t - last >= refractory:
            found.append((t, int(row.argmax())))
            last = t
    return found


@detect.mistake("Frames that are suppressed start the refractory time anew, so that a long word silences the spotter "
                "for as long as it lasts. The time runs from the last detection.")
def the_pause_starts_anew(probabilities, threshold, refractory):
    found, last = [], -np.inf
    for t, row in enumerate(probabilities):
        if row.max() >= threshold:
            if t - last >= refractory:
                found.append((t, int(row.argmax())))
            last = t
    return found


@detect.mistake("A new detection has to wait until the probability has fallen below the threshold. A useful idea, but "
                "here only the refractory time counts: a word that lasts longer is detected again.")
def must_fall_first(probabilities, threshold, refractory):
    found, last, before = [], -np.inf, False
    for t, row in enumerate(probabilities):
        loud = row.max() >= threshold
        if loud and not before and t - last >= refractory:
            found.append((t, int(row.argmax())))
            last = t
        before = loud
    return found


@detect.mistake("A word is reported where its probability is highest. To know that, one must have heard what comes "
                "after. Report the first frame that reaches the threshold.")
def at_the_highest_point(probabilities, threshold, refractory):
    highest = probabilities.max(axis=1)
    return [(t + int(highest[t:t + refractory].argmax()), k) for t, k in
            _detections(probabilities, refractory, lambda row: row.max() >= threshold)]


@detect.mistake("The pairs are the wrong way round: first the frame, then the class.")
def class_first(probabilities, threshold, refractory):
    return [(k, t) for t, k in _detections(probabilities, refractory, lambda row: row.max() >= threshold)]


@detect.mistake("The frames are counted from 1. Frame 0 is the first.")
def frames_from_one(probabilities, threshold, refractory):
    return [(t + 1, k) for t, k in _detections(probabilities, refractory, lambda row: row.max() >= threshold)]


false_alarms_per_hour = Exercise("false_alarms_per_hour")


@false_alarms_per_hour.cases
def false_alarms_per_hour_cases(rng):
    for seconds in (100, 450.0, 5000):
        yield Case("detections where no keyword is", *_scored(rng, false=int(rng.integers(4, 9))), seconds)
    truth = [(20, 35, 4), (70, 80, 2), (120, 131, 4)]
    yield Case("the ends of an interval", [(20, 4), (80, 2), (131, 4), (160, 1), (163, 1)], truth, 60)
    yield Case("the frames just outside of an interval", [(19, 4), (36, 4), (69, 2), (81, 2), (125, 4)], truth, 77)
    yield Case("the right moment, but another keyword", [(25, 2), (75, 4), (122, 4), (124, 0)], truth, 300)
    yield Case("a keyword detected twice", [(22, 4), (30, 4), (74, 2), (126, 4), (200, 6)], truth, 240)
    yield Case("no detections", [], truth, 90)
    yield Case("no keywords in the recording", [(5, 1), (50, 0), (77, 9)], [], 120)
    yield Case("a long recording with few false alarms", [(25, 4), (90_000, 3)], truth, 9_000)


def _scored(rng, false):
    """Four keywords, three of them detected, and `false` detections where there is nothing."""
    classes = rng.integers(10, size=4)
    truth = [(100 * i + 20, 100 * i + 35, int(k)) for i, k in enumerate(classes, start=1)]
    hits = [(first + int(rng.integers(2, 12)), k) for first, _, k in truth[:3]]
    alarms = [(500 + 13 * i, int(rng.integers(10))) for i in range(false)]
    return sorted(hits + alarms), truth


def _false(detections, truth):
    return [(t, k) for t, k in detections if not any(a <= t <= b and k == c for a, b, c in truth)]


@false_alarms_per_hour.mistake("It is not compared which keyword was detected. Hearing \"go\" where someone says \"no\" "
                               "is a false alarm of \"go\".")
def any_keyword_will_do(detections, truth, seconds):
    return 3600 / seconds * sum(not any(a <= t <= b for a, b, _ in truth) for t, _ in detections)


@false_alarms_per_hour.mistake("The last frame of an interval belongs to it: both ends are included.")
def last_frame_excluded(detections, truth, seconds):
    return 3600 / seconds * sum(not any(a <= t < b and k == c for a, b, c in truth) for t, k in detections)


@false_alarms_per_hour.mistake("The first frame of an interval belongs to it: both ends are included.")
def first_frame_excluded(detections, truth, seconds):
    return 3600 / seconds * sum(not any(a < t <= b and k == c for a, b, c in truth) for t, k in detections)


@false_alarms_per_hour.mistake("That is the number of false alarms. Per hour means: divided by the length of the "
                               "recording in hours.")
def number_only(detections, truth, seconds):
    return len(_false(detections, truth))


@false_alarms_per_hour.mistake("Those are false alarms per second. An hour has 3600 of them.")
def per_second(detections, truth, seconds):
    return len(_false(detections, truth)) / seconds


@false_alarms_per_hour.mistake("Those are false alarms per minute. An hour has 3600 seconds.")
def per_minute(detections, truth, seconds):
    return 60 * len(_false(detections, truth)) / seconds


@false_alarms_per_hour.mistake("The number is multiplied by the hours. A longer recording with the same number of "
                               "false alarms is better, not worse: divide.")
def times_hours(detections, truth, seconds):
    return len(_false(detections, truth)) * seconds / 3600


@false_alarms_per_hour.mistake("That is the percentage of the detections that are false. It says nothing about how "
                               "often somebody is disturbed: false alarms per hour do.")
def percentage(detections, truth, seconds):
    return 100 * len(_false(detections, truth)) / max(1, len(detections))


@false_alarms_per_hour.mistake("A second detection of the same keyword is counted as a false alarm. It lies in an "
                               "interval of its class, so it is none.")
def each_keyword_once(detections, truth, seconds):
    false, used = 0, set()
    for t, k in detections:
        inside = [i for i, (a, b, c) in enumerate(truth) if a <= t <= b and k == c and i not in used]
        false += not inside
        used.update(inside)
    return 3600 / seconds * false


@false_alarms_per_hour.mistake("Those are the keywords that were missed. False alarms are the other mistake: "
                               "detections where the keyword is not.")
def misses_instead(detections, truth, seconds):
    return 3600 / seconds * sum(not any(a <= t <= b and k == c for t, k in detections) for a, b, c in truth)


@false_alarms_per_hour.mistake("All detections are counted, the right ones too.")
def all_detections(detections, truth, seconds):
    return 3600 / seconds * len(detections)


@false_alarms_per_hour.mistake("The right detections are counted, not the false ones.")
def right_detections(detections, truth, seconds):
    return 3600 / seconds * (len(detections) - len(_false(detections, truth)))


@false_alarms_per_hour.mistake("The number of detections minus the number of keywords: a missed keyword would make up "
                               "for a false alarm. Look at each detection by itself.")
def difference_of_numbers(detections, truth, seconds):
    return 3600 / seconds * (len(detections) - len(truth))


@false_alarms_per_hour.mistake("A keyword may be said several times. Here only the last interval of each class is "
                               "kept, as in a dict with the class as its key.")
def last_interval_of_a_class(detections, truth, seconds):
    intervals = {c: (a, b) for a, b, c in truth}
    false = sum(not (k in intervals and intervals[k][0] <= t <= intervals[k][1]) for t, k in detections)
    return 3600 / seconds * false


@false_alarms_per_hour.mistake("A detection is counted once for every interval that it is not in. It is a false alarm "
                               "only when it is in none of them, and then once.")
def once_for_every_interval(detections, truth, seconds):
    return 3600 / seconds * sum(not (a <= t <= b and k == c) for t, k in detections for a, b, c in truth)


@false_alarms_per_hour.mistake("The length was rounded to whole hours, so that a recording of some minutes counts as "
                               "none. Divide by seconds / 3600 as it is.")
def whole_hours(detections, truth, seconds):
    return len(_false(detections, truth)) / max(1, seconds // 3600)
