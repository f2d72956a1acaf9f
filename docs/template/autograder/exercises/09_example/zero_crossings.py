"""What the judge knows of `zero_crossings` (lesson 09_example)."""

import numpy as np

from autograder.judging.exercise import Case, Exercise

zero_crossings = Exercise("zero_crossings", tolerance=0)


@zero_crossings.cases
def zero_crossings_cases(rng):
    yield Case("noise", rng.choice([-1.0, 1.0], size=400) * rng.uniform(0.1, 1, size=400))  # the heart: half the points
    yield Case("another length", np.tile([0.5, -0.5], int(rng.integers(20, 40))))
    yield Case("samples of exactly 0", np.array([0.3, 0.0, 0.2, -0.1, 0.0, -0.4, 0.0, 0.0, 0.6]))
    yield Case("silence", np.zeros(int(rng.integers(5, 50))))


@zero_crossings.mistake("Only crossings in one direction are counted. Up counts, and so does down.")
def only_upwards(audio):
    above = audio >= 0
    return int(np.sum(above[1:] & ~above[:-1]))


@zero_crossings.mistake("A sample of exactly 0 is taken for a side of its own. It belongs to the samples above zero.")
def zero_as_a_third_side(audio):
    return int(np.sum(np.sign(audio[1:]) != np.sign(audio[:-1])))


@zero_crossings.mistake("That is the share of the samples. Asked for is the number of crossings.")
def a_share(audio):
    above = audio >= 0
    return float(np.mean(above[1:] != above[:-1]))


@zero_crossings.mistake("Those are the places of the crossings. How many are there?")
def the_places(audio):
    above = audio >= 0
    return np.flatnonzero(above[1:] != above[:-1])


@zero_crossings.right_answer
def zero_crossings_in_a_loop(audio):
    count = 0
    for before, now in zip(audio, audio[1:]):
        if (before >= 0) != (now >= 0):
            count += 1
    return count


@zero_crossings.right_answer
def zero_crossings_by_differences(x):
    return int(np.abs(np.diff((x >= 0).astype(int))).sum())


@zero_crossings.right_answer
def zero_crossings_counted(audio):
    below = audio < 0
    return np.count_nonzero(below[1:] ^ below[:-1])
