"""Lesson 08, answered differently."""

import numpy as np

from autograder.answers import answer


@answer("zero_crossings")
def zero_crossings_in_a_loop(audio):
    count = 0
    for before, now in zip(audio, audio[1:]):
        if (before >= 0) != (now >= 0):
            count += 1
    return count


@answer("zero_crossings")
def zero_crossings_by_differences(x):
    return int(np.abs(np.diff((x >= 0).astype(int))).sum())


@answer("zero_crossings")
def zero_crossings_counted(audio):
    below = audio < 0
    return np.count_nonzero(below[1:] ^ below[:-1])
