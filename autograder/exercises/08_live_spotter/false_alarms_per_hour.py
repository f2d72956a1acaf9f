"""What the judge knows of `false_alarms_per_hour` (lesson 08_live_spotter)."""

from collections import defaultdict

import numpy as np

from autograder.judging.exercise import Case, Exercise

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


@false_alarms_per_hour.mistake('It is not compared which keyword was detected. Hearing "go" where someone says "no" is '
                               'a false alarm of "go".')
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


@false_alarms_per_hour.right_answer
def false_alarms_in_loops(detections, truth, seconds):
    false = 0
    for frame, number in detections:
        right = False
        for first, last, keyword in truth:
            if number == keyword and first <= frame <= last:
                right = True
        if not right:
            false += 1
    return false * 3600 / seconds


@false_alarms_per_hour.right_answer
def false_alarms_by_ranges(detections, truth, seconds):
    allowed = {(frame, keyword) for first, last, keyword in truth for frame in range(first, last + 1)}
    return len([one for one in detections if tuple(one) not in allowed]) / (seconds / 3600)


@false_alarms_per_hour.right_answer
def false_alarms_by_class(found, spoken, length):
    intervals = defaultdict(list)
    for first, last, keyword in spoken:
        intervals[keyword].append((first, last))
    alarms = [1 for t, k in found if all(t < first or t > last for first, last in intervals[k])]
    return float(sum(alarms)) / length * 60 * 60


@false_alarms_per_hour.right_answer
def false_alarms_of_arrays(detections, truth, seconds):
    if not len(detections):
        return 0.0
    t, k = np.array(detections).T[:, :, None]
    first, last, keyword = np.array(truth).reshape(-1, 3).T
    right = ((first <= t) & (t <= last) & (k == keyword)).any(axis=1)
    return np.float32(np.sum(~right) * 3600 / seconds)


@false_alarms_per_hour.right_answer
def false_alarms_with_any(detections, truth, seconds):
    return 3600 * sum(not any(a <= t <= b and k == c for a, b, c in truth) for t, k in detections) / seconds
