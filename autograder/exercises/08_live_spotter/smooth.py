"""What the judge knows of `smooth` (lesson 08_live_spotter)."""

from collections import deque

import numpy as np

from autograder.judging.exercise import Case, Exercise


class FromRow(Case):
    """A case of which only the rows from number `first` on are compared."""

    def __init__(self, aspect, *args, first=0):
        super().__init__(aspect, *args)
        self.first = first


def _rows(function, case):
    result = function(*case.args)
    if not isinstance(result, np.ndarray):
        return result
    return result[case.first:] if np.size(result) else "no frames at all"


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


@smooth.mistake("Every sum is divided by `width`, at the start as well, where there are fewer frames. The first "
                "results are too small: a keyword right at the beginning would be missed.")
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


@smooth.right_answer
def smooth_with_list(probabilities, width):
    return np.array([probabilities[max(0, t + 1 - width):t + 1].mean(axis=0) for t in range(len(probabilities))])


@smooth.right_answer
def smooth_in_loops(probabilities, width):
    frames, classes = probabilities.shape
    result = np.zeros((frames, classes))
    for t in range(frames):
        for k in range(classes):
            values = [probabilities[s, k] for s in range(t, -1, -1)][:width]
            result[t, k] = sum(values) / len(values)
    return result


@smooth.right_answer
def smooth_with_cumulative_sums(p, n):
    total = np.cumsum(p, axis=0, dtype=float)
    total[n:] = total[n:] - total[:-n].copy() if len(p) > n else total[n:]
    return total / np.minimum(np.arange(1, len(p) + 1), n)[:, None]


@smooth.right_answer
def smooth_of_pandas(probabilities, width):
    import pandas as pd

    return pd.DataFrame(probabilities).rolling(width, min_periods=1).mean().to_numpy()


@smooth.right_answer
def smooth_with_a_filter(probabilities, width):
    import scipy.signal

    sums = scipy.signal.lfilter(np.ones(width), 1, probabilities, axis=0)
    return sums / np.minimum(np.arange(len(probabilities)) + 1, width)[:, np.newaxis]


@smooth.right_answer
def smooth_by_convolution(probabilities, width):
    frames = len(probabilities)
    counts = np.convolve(np.ones(frames), np.ones(width))[:frames]
    columns = [np.convolve(column, np.ones(width))[:frames] / counts for column in probabilities.T]
    return np.stack(columns, axis=1).astype(np.float32)


@smooth.right_answer
def smooth_as_it_comes(probabilities, width):
    last = deque(maxlen=width)
    result = []
    for row in probabilities:
        last.append(row)
        result.append(np.mean(last, axis=0))
    return np.stack(result)
