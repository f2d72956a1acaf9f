"""What the judge knows of `time_shift` (lesson 05_augmentation)."""

from typing import Any

import numpy as np

from autograder.judging.exercise import Case, Exercise, call_plainly
from autograder.judging.proxy import FunctionProxy
from kws_helpers.check.calling import CallFailed


def observe_samples(function: FunctionProxy, case: Case) -> Any:
    """Call the function as usual, and say so where nothing comes back."""
    result = call_plainly(function, case)
    if isinstance(result, np.ndarray) and not result.size:
        raise CallFailed("raised", "the result is empty.", "Empty")
    return result


time_shift = Exercise("time_shift", observe=observe_samples)


@time_shift.cases
def time_shift_cases(rng):
    def audio(n):
        return rng.uniform(0.1, 0.9, n).astype(np.float32)

    yield Case("later", audio(50), int(rng.integers(3, 20)))
    yield Case("later", audio(1600), int(rng.integers(300, 700)))
    yield Case("earlier", audio(50), -int(rng.integers(3, 20)))
    yield Case("earlier", audio(1600), -int(rng.integers(300, 700)))
    yield Case("by 0 samples", audio(30), 0)
    for samples in (20, 33, -20, -41):
        yield Case("by its length or further", audio(20), samples)


def _shifted(audio, samples):
    places = np.arange(len(audio)) - samples
    inside = (places >= 0) & (places < len(audio))
    return np.where(inside, audio[np.clip(places, 0, len(audio) - 1)], 0).astype(audio.dtype)


@time_shift.mistake("What is pushed out at one end comes in again at the other (np.roll). Zeros must come in.")
def rolled_around(audio, samples):
    return np.roll(audio, samples)


@time_shift.mistake("The sign of the number is ignored. A negative one makes the clip come earlier.")
def sign_ignored(audio, samples):
    return _shifted(audio, abs(samples))


@time_shift.mistake("The direction is wrong: a positive number makes the clip come later, so zeros come in at the "
                    "beginning.")
def wrong_direction(audio, samples):
    return _shifted(audio, -samples)


@time_shift.mistake("The clip gets longer: zeros are put on one end, but nothing is cut off at the other.")
def longer(audio, samples):
    zeros = np.zeros(abs(samples), audio.dtype)
    return np.concatenate([zeros, audio] if samples > 0 else [audio, zeros])


@time_shift.mistake("The clip gets shorter: something is cut off at one end, but no zeros are put on the other.")
def shorter(audio, samples):
    return audio[: len(audio) - samples] if samples >= 0 else audio[-samples:]


@time_shift.mistake("A shift by 0 does not give the clip back. `audio[:-0]` is empty.")
def nothing_left_at_zero(audio, samples):
    return _shifted(audio, samples) if samples else audio[:-samples]


@time_shift.mistake("A shift by more than the clip's length gives another length. Only zeros should be left, as many "
                    "as the clip has samples.")
def too_long_when_far(audio, samples):
    zeros = np.zeros(abs(samples), audio.dtype)
    if samples > 0:
        return np.concatenate([zeros, audio[:-samples]])
    return np.concatenate([audio[-samples:], zeros])


@time_shift.mistake("The first or last sample is repeated. Zeros must come in: silence.")
def edge_repeated(audio, samples):
    return audio[np.clip(np.arange(len(audio)) - samples, 0, len(audio) - 1)]


@time_shift.mistake("A negative number does not move the clip. It makes it come earlier.")
def later_only(audio, samples):
    return _shifted(audio, max(0, samples))


@time_shift.right_answer
def shift_by_rolling(audio, samples):
    n = len(audio)
    if abs(samples) >= n:
        return np.zeros(n)
    shifted = np.roll(audio, samples)
    if samples > 0:
        shifted[:samples] = 0
    elif samples < 0:
        shifted[samples:] = 0
    return shifted


@time_shift.right_answer
def shift_in_a_loop(audio, samples):
    result = np.zeros(len(audio))
    for i in range(len(audio)):
        if 0 <= i - samples < len(audio):
            result[i] = audio[i - samples]
    return result


@time_shift.right_answer
def shift_out_of_padding(audio, samples):
    n = len(audio)
    padded = np.pad(audio, n)
    start = min(max(n - samples, 0), 2 * n)
    return padded[start : start + n]


@time_shift.right_answer
def shift_by_concatenation(audio, samples):
    n = len(audio)
    samples = max(-n, min(n, samples))
    if samples >= 0:
        return np.concatenate([np.zeros(samples, audio.dtype), audio[: n - samples]])
    return np.concatenate([audio[-samples:], np.zeros(-samples, audio.dtype)])


@time_shift.right_answer
def shift_of_scipy(audio, samples):
    import scipy.ndimage

    return scipy.ndimage.shift(np.asarray(audio, float), samples, order=0, mode="constant", cval=0.0)
