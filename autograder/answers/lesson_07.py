"""Lesson 07, answered differently."""

from collections import defaultdict, deque

import numpy as np
import scipy.signal

from autograder.answers import answer


@answer("slide_window")
def slide_window_with_a_deque(window, chunk):
    newest = deque(window, maxlen=len(window))
    newest.extend(chunk)
    return np.array(newest)


@answer("slide_window")
def slide_window_in_cases(window, chunk):
    n, m = len(window), len(chunk)
    if m >= n:
        return chunk[m - n:].copy()
    result = np.empty_like(window)
    result[:n - m] = window[m:]
    result[n - m:] = chunk
    return result


@answer("slide_window")
def slide_window_counted_from_the_front(window, chunk):
    return np.concatenate((window, chunk))[len(chunk):]


@answer("slide_window")
def slide_window_with_hstack(audio, new):
    return np.hstack([audio, new])[-audio.size:]


@answer("slide_window")
def slide_window_sample_by_sample(window, chunk):
    result = np.array(window)
    for sample in chunk:
        result = np.append(result[1:], sample)
    return result


@answer("slide_window")
def slide_window_of_all_that_was_heard(window, chunk):
    everything = [*window, *chunk]
    return np.array(everything[len(everything) - len(window):], dtype=np.float32)


@answer("smooth")
def smooth_with_list(probabilities, width):
    return np.array([probabilities[max(0, t + 1 - width):t + 1].mean(axis=0) for t in range(len(probabilities))])


@answer("smooth")
def smooth_in_loops(probabilities, width):
    frames, classes = probabilities.shape
    result = np.zeros((frames, classes))
    for t in range(frames):
        for k in range(classes):
            values = [probabilities[s, k] for s in range(t, -1, -1)][:width]
            result[t, k] = sum(values) / len(values)
    return result


@answer("smooth")
def smooth_with_cumulative_sums(p, n):
    total = np.cumsum(p, axis=0, dtype=float)
    total[n:] = total[n:] - total[:-n].copy() if len(p) > n else total[n:]
    return total / np.minimum(np.arange(1, len(p) + 1), n)[:, None]


@answer("smooth")
def smooth_of_pandas(probabilities, width):
    import pandas as pd

    return pd.DataFrame(probabilities).rolling(width, min_periods=1).mean().to_numpy()


@answer("smooth")
def smooth_with_a_filter(probabilities, width):
    sums = scipy.signal.lfilter(np.ones(width), 1, probabilities, axis=0)
    return sums / np.minimum(np.arange(len(probabilities)) + 1, width)[:, np.newaxis]


@answer("smooth")
def smooth_by_convolution(probabilities, width):
    frames = len(probabilities)
    counts = np.convolve(np.ones(frames), np.ones(width))[:frames]
    columns = [np.convolve(column, np.ones(width))[:frames] / counts for column in probabilities.T]
    return np.stack(columns, axis=1).astype(np.float32)


@answer("smooth")
def smooth_as_it_comes(probabilities, width):
    last = deque(maxlen=width)
    result = []
    for row in probabilities:
        last.append(row)
        result.append(np.mean(last, axis=0))
    return np.stack(result)


@answer("detect")
def detect_with_a_countdown(probabilities, threshold, refractory):
    detections, wait = [], 0
    for frame, row in enumerate(probabilities):
        if wait <= 0 and max(row) >= threshold:
            detections.append((frame, int(np.argmax(row))))
            wait = refractory
        wait -= 1
    return detections


@answer("detect")
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


@answer("detect")
def detect_with_the_last_pair(p, limit, pause):
    result = []
    for i in range(p.shape[0]):
        best = np.argmax(p[i])
        if p[i][best] < limit:
            continue
        if not result or i - result[-1][0] >= pause:
            result.append((i, best))
    return result


@answer("detect")
def detect_vectorised_first(probabilities, threshold, refractory):
    best, loud = probabilities.argmax(axis=1), np.flatnonzero(probabilities.max(axis=1) >= threshold)
    found = []
    while loud.size:
        found.append([int(loud[0]), int(best[loud[0]])])
        loud = loud[loud >= loud[0] + max(1, refractory)]
    return found


@answer("detect")
def detect_as_an_array(probabilities, threshold, refractory):
    last, rows = None, []
    for t, row in enumerate(probabilities):
        if np.any(row >= threshold) and (last is None or t - last >= refractory):
            rows.append((t, row.argmax()))
            last = t
    return np.array(rows)


@answer("false_alarms_per_hour")
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


@answer("false_alarms_per_hour")
def false_alarms_by_ranges(detections, truth, seconds):
    allowed = {(frame, keyword) for first, last, keyword in truth for frame in range(first, last + 1)}
    return len([one for one in detections if tuple(one) not in allowed]) / (seconds / 3600)


@answer("false_alarms_per_hour")
def false_alarms_by_class(found, spoken, length):
    intervals = defaultdict(list)
    for first, last, keyword in spoken:
        intervals[keyword].append((first, last))
    alarms = [1 for t, k in found if all(t < first or t > last for first, last in intervals[k])]
    return float(sum(alarms)) / length * 60 * 60


@answer("false_alarms_per_hour")
def false_alarms_of_arrays(detections, truth, seconds):
    if not len(detections):
        return 0.0
    t, k = np.array(detections).T[:, :, None]
    first, last, keyword = np.array(truth).reshape(-1, 3).T
    right = ((first <= t) & (t <= last) & (k == keyword)).any(axis=1)
    return np.float32(np.sum(~right) * 3600 / seconds)


@answer("false_alarms_per_hour")
def false_alarms_with_any(detections, truth, seconds):
    return 3600 * sum(not any(a <= t <= b and k == c for a, b, c in truth) for t, k in detections) / seconds
