"""What the judge knows of `frame_count` (lesson 01_dataset)."""

import math

import numpy as np

from autograder.judging.exercise import Case, Exercise

from .number_types import TypeCase, values_or_type

frame_count = Exercise("frame_count", tolerance=1e-9, observe=values_or_type)


@frame_count.cases
def frame_count_cases(rng):
    for window, hop in [(640, 160), (400, 160), (512, 384), (100, 10)]:
        exact = window + int(rng.integers(3, 40)) * hop
        yield Case("an ordinary clip", int(rng.integers(5 * window, 20_000)), window, hop)
        yield Case("the last window ends with the clip", exact, window, hop)
        yield Case("one sample is missing for the last window", exact - 1, window, hop)
    yield Case("an ordinary clip", 16_000, 640, 320)
    yield Case("a clip as long as the window", 640, 640, 320)
    yield Case("a clip shorter than the window", 639, 640, 320)
    yield Case("a clip shorter than the window", 100, 640, 160)
    yield Case("a clip shorter than the window", 0, 640, 320)
    yield Case("a hop longer than the window", int(rng.integers(5_000, 9_000)), 200, 300)
    yield TypeCase("the result is a whole number (int)", "int", 16_000, 640, 320)
    yield TypeCase("the result is a whole number (int)", "int", 16_100, 640, 320)


@frame_count.mistake("The first frame is missing. (n - window) // hop says how often the window can move on; before "
                     "the first move there is a frame as well.")
def first_frame_forgotten(n_samples, window, hop):
    return (n_samples - window) // hop if n_samples >= window else 0


@frame_count.mistake("That counts the hops in the clip. The last window must end inside the clip too: subtract it "
                     "first.")
def window_forgotten(n_samples, window, hop):
    return n_samples // hop if n_samples >= window else 0


@frame_count.mistake("That is the count for a clip padded with half a window at both ends (librosa's `center=True`). "
                     "Here nothing is padded.")
def padded_at_both_ends(n_samples, window, hop):
    return n_samples // hop + 1 if n_samples >= window else 0


@frame_count.mistake("A last window that reaches beyond the end of the clip does not count: round down, not up.")
def rounded_up(n_samples, window, hop):
    return -(-(n_samples - window) // hop) + 1 if n_samples >= window else 0


@frame_count.mistake("The hop is taken for the overlap of two windows. It is the distance from the start of one window "
                     "to the start of the next. (With a hop of half a window the two are the same number, and the "
                     "mistake stays unseen.)")
def hop_taken_for_the_overlap(n_samples, window, hop):
    step = max(window - hop, 1)
    return (n_samples - window) // step + 1 if n_samples >= window else 0


@frame_count.mistake("That many windows fit one after the other. They start every `hop` samples and may overlap.")
def windows_without_overlap(n_samples, window, hop):
    return n_samples // window


@frame_count.mistake("For a clip that is shorter than the window the count is wrong: there is no frame, and no "
                     "negative number of frames either.")
def negative_for_short_clips(n_samples, window, hop):
    return (n_samples - window) // hop + 1


@frame_count.mistake("int() cuts off towards zero, so for a clip that is a little shorter than the window "
                     "int(-0.1) + 1 gives one frame. There is none.")
def cut_off_towards_zero(n_samples, window, hop):
    return max(int((n_samples - window) / hop) + 1, 0)


@frame_count.mistake("The value is right, but it is a float, and an array cannot have 49.0 rows. Return an int: "
                     "use //, math.floor or int().")
def a_float(n_samples, window, hop):
    return max(np.floor((n_samples - window) / hop) + 1, 0.0)


@frame_count.mistake("The result is not rounded: half a frame does not count.")
def not_rounded(n_samples, window, hop):
    return (n_samples - window) / hop + 1 if n_samples >= window else 0


@frame_count.right_answer
def frame_count_by_walking(n_samples, window, hop):
    count, start = 0, 0
    while start + window <= n_samples:
        count, start = count + 1, start + hop
    return count


@frame_count.right_answer
def frame_count_with_floor(n, w, h):
    return max(0, math.floor((n - w) / h) + 1)


@frame_count.right_answer
def frame_count_of_starts(n_samples, window, hop):
    return len(range(0, n_samples - window + 1, hop))


@frame_count.right_answer
def frame_count_as_a_numpy_int(n_samples, window, hop):
    return np.maximum(np.floor_divide(n_samples - window, hop) + 1, 0)


@frame_count.right_answer
def frame_count_of_views(n_samples, window, hop):
    if n_samples < window:
        return 0
    return np.lib.stride_tricks.sliding_window_view(np.zeros(n_samples), window)[::hop].shape[0]


frame_count.right_answer(lambda n, window, hop: int(np.floor((n - window) / hop)) + 1 if n >= window else 0)
