"""What the judge knows of `detect` (lesson 08_live_spotter)."""

import numpy as np

from autograder.judging.exercise import Case, Exercise


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


@detect.right_answer
def detect_with_a_countdown(probabilities, threshold, refractory):
    detections, wait = [], 0
    for frame, row in enumerate(probabilities):
        if wait <= 0 and max(row) >= threshold:
            detections.append((frame, int(np.argmax(row))))
            wait = refractory
        wait -= 1
    return detections


@detect.right_answer
def detect_with_a_while_loop(probabilities, threshold, refractory):
    found, t = [], 0
    while t < len(probabilities):
        k = probabilities[t].argmax()
        if probabilities[t, k] >= threshold:
            found.append((t, k))
            t += max(1, refractory)
        else:
            t += 1
    return found


@detect.right_answer
def detect_with_the_last_pair(p, limit, pause):
    result = []
    for i in range(p.shape[0]):
        best = np.argmax(p[i])
        if p[i][best] < limit:
            continue
        if not result or i - result[-1][0] >= pause:
            result.append((i, best))
    return result


@detect.right_answer
def detect_vectorised_first(probabilities, threshold, refractory):
    best, loud = probabilities.argmax(axis=1), np.flatnonzero(probabilities.max(axis=1) >= threshold)
    found = []
    while loud.size:
        found.append([int(loud[0]), int(best[loud[0]])])
        loud = loud[loud >= loud[0] + max(1, refractory)]
    return found


@detect.right_answer
def detect_as_an_array(probabilities, threshold, refractory):
    last, rows = None, []
    for t, row in enumerate(probabilities):
        if np.any(row >= threshold) and (last is None or t - last >= refractory):
            rows.append((t, row.argmax()))
            last = t
    return np.array(rows)
