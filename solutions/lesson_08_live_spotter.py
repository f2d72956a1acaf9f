"""The solutions of lesson 08_live_spotter, made from `autograder/lessons/08_live_spotter.py` by `make lessons`."""

import numpy as np


def slide_window(window, chunk):
    """Move a window of sound on: the chunk comes in at its end, the oldest samples leave at its beginning.

    Args:
        window: the last samples heard, oldest first, shape (n,).
        chunk: the samples that have come since, shape (m,); m may be 0, and it may be larger than n.

    Returns:
        The newest n samples, oldest first, shape (n,). The arguments stay as they are.
    """
    return np.concatenate([window, chunk])[-len(window):]


def smooth(probabilities, width):
    """Mean of the last `width` frames, of fewer at the start.

    Args:
        probabilities: shape (T, K), a row for each frame, a column for each class.
        width: the number of frames, at least 1.

    Returns:
        For each frame the mean of the last `width` frames, this one included, shape (T, K).
    """
    result = np.zeros(probabilities.shape)
    for t in range(len(probabilities)):
        result[t] = probabilities[max(0, t - width + 1):t + 1].mean(axis=0)
    return result


def detect(probabilities, threshold, refractory):
    """Single detections from (smoothed) probabilities.

    Args:
        probabilities: of the classes that may be detected, shape (T, K).
        threshold: the largest probability of a frame must be at least this.
        refractory: after a detection of any class, the next may come this many frames later.

    Returns:
        A list of pairs (frame, class) in the order of time, both ints that count from 0.
    """
    detections = []
    last = -np.inf
    for frame, row in enumerate(probabilities):
        best = int(row.argmax())
        if row[best] >= threshold and frame - last >= refractory:
            detections.append((frame, best))
            last = frame
    return detections


def false_alarms_per_hour(detections, truth, seconds):
    """How often the spotter says something that was not said.

    Args:
        detections: a list of pairs (frame, class).
        truth: a list of (first frame, last frame, class), when which keyword may be detected; both
            ends belong to it.
        seconds: the length of the recording.

    Returns:
        The number of detections outside every interval of their class, per hour.
    """
    false = 0
    for frame, found in detections:
        if not any(first <= frame <= last and found == keyword for first, last, keyword in truth):
            false += 1
    return false * 3600 / seconds


def at_most_per_hour(alarms, seconds, certainty=0.95):
    """The highest rate of false alarms that a test leaves possible, with some certainty.

    Args:
        alarms: how many there were in the test, from 0.
        seconds: how long the test took.
        certainty: from 0 to 1.

    Returns:
        The rate per hour at which `alarms` false alarms or fewer have the probability 1 - certainty.
    """
    low, high = 0.0, 20.0 + 3 * alarms
    for _ in range(60):
        expected = (low + high) / 2
        term = np.exp(-expected)
        probability = term
        for n in range(1, alarms + 1):
            term *= expected / n
            probability += term
        if probability > 1 - certainty:
            low = expected
        else:
            high = expected
    return low * 3600 / seconds
