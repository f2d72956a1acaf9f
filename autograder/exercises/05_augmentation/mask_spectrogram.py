"""What the judge knows of `mask_spectrogram` (lesson 05_augmentation)."""

from functools import lru_cache

import numpy as np

from autograder.exercises.facts import LookCase, as_array, observe_fact, snap
from autograder.judging.exercise import Exercise

mask_spectrogram = Exercise("mask_spectrogram", observe=observe_fact)


@mask_spectrogram.cases
def mask_spectrogram_cases(rng):
    widths = {"time_width": int(rng.integers(6, 9)), "frequency_width": int(rng.integers(3, 6))}
    picture = {"shape": (int(rng.integers(28, 34)), int(rng.integers(20, 24))), "seed": int(rng.integers(1000))}
    options = widths | picture
    heart = "whole frames and whole coefficients, side by side, become 0"
    yield LookCase(heart, _bands, **options)
    yield LookCase(heart, _largest_hidden, **options)
    for axis in (0, 1):
        for what in ("min", "max"):
            yield LookCase("the widths of the bands", _band_width, axis=axis, what=what, **options)
    for axis in (0, 1):
        yield LookCase("the bands lie anywhere", _many_beginnings, axis=axis, **options)
    for axis in (0, 1):
        yield LookCase("the bands lie anywhere", _many_at_the_end, axis=axis, shape=(30, 22), seed=picture["seed"],
                       time_width=20, frequency_width=16)
    for same_seed in (True, False):
        yield LookCase("the random numbers come from rng", _share_of_equal_masks, same_seed=same_seed, **options)
    yield LookCase("the widths of the bands", _hidden_share, **picture)


_DRAWS = 200


def _picture(shape):
    """Values away from 0 whose mean is not 0."""
    rng = np.random.default_rng(12)
    return rng.uniform(1, 2, size=shape) * np.where(rng.uniform(size=shape) < 0.7, 1, -1)


def _masked(f, shape, seed, time_width, frequency_width):
    picture = _picture(shape)
    return as_array(f(picture, time_width, frequency_width, np.random.default_rng(seed)), shape), picture


@lru_cache(maxsize=16)  # several cases look at the same draws
def _draws(f, shape, seed, time_width, frequency_width):
    """Many draws, (draws, T, F) numbers, and which of them are hidden, truth values."""
    draws = np.stack([_masked(f, shape, [seed, number], time_width, frequency_width)[0] for number in range(_DRAWS)])
    return draws, ~np.isclose(draws, _picture(shape), rtol=1e-5)


def _bands(f, **options):
    """3 where every draw hides whole neighbouring frames and coefficients; less where something else is hidden."""
    _, hidden = _draws(f, **options)
    frames, coefficients = hidden.all(axis=2), hidden.all(axis=1)
    whole = np.array_equal(hidden, frames[:, :, np.newaxis] | coefficients[:, np.newaxis, :])
    if not whole:
        return 1 if hidden.any(axis=2).all() or not _contiguous(hidden.any(axis=2)) else 0
    return 3 if _contiguous(frames) and _contiguous(coefficients) else 2


def _contiguous(hidden):
    """Is what is hidden one band in every draw? (draws, n)"""
    ends = np.sum(np.diff(hidden.astype(int), axis=1, prepend=0) == 1, axis=1)
    return bool(np.all(ends <= 1))


def _largest_hidden(f, **options):
    draws, hidden = _draws(f, **options)
    return snap(np.max(np.abs(draws[hidden]), initial=0.0), 0.0, 1e-6)


def _band_width(f, axis, what, **options):
    hidden = _draws(f, **options)[1].all(axis=2 - axis)
    return float(getattr(hidden.sum(axis=1), what)())


def _many_beginnings(f, axis, **options):
    hidden = _draws(f, **options)[1].all(axis=2 - axis)
    beginnings = set(hidden.argmax(axis=1)[hidden.any(axis=1)].tolist())
    return float(len(beginnings) > hidden.shape[1] / 2)


def _many_at_the_end(f, axis, **options):
    """Whether more than a fifth of the bands hide the last place: of bands that stick out, a third do."""
    hidden = _draws(f, **options)[1].all(axis=2 - axis)
    return float(np.mean(hidden[:, -1]) > 0.2)


def _share_of_equal_masks(f, same_seed, seed, **options):
    """Of twenty pairs of draws."""
    equal = [np.array_equal(_masked(f, seed=seed + i, **options)[0],
                            _masked(f, seed=seed + i + (0 if same_seed else 100), **options)[0]) for i in range(20)]
    return float(np.mean(equal) if same_seed else np.mean(equal) > 0.5)


def _hidden_share(f, shape, seed):
    out, picture = _masked(f, shape, seed, 0, 0)
    return float(np.mean(~np.isclose(out, picture, rtol=1e-5)))


def _masking(features, widths, rng, starts=None, value=0.0):
    """Hide a band of frames and one of coefficients; `widths` are drawn already."""
    masked = features.copy()
    for axis, width in enumerate(widths):
        start = rng.integers(0, features.shape[axis] - width + 1) if starts is None else starts
        (masked if axis == 0 else masked.T)[start : start + width] = value
    return masked


@mask_spectrogram.mistake("The full width is never drawn: rng.integers(0, width) stops at width - 1.")
def full_width_never(features, time_width, frequency_width, rng):
    return _masking(features, [rng.integers(0, max(1, w)) for w in (time_width, frequency_width)], rng)


@mask_spectrogram.mistake("A band is always as wide as it may be. Draw its width, from 0 to the given one.")
def full_width_always(features, time_width, frequency_width, rng):
    return _masking(features, [time_width, frequency_width], rng)


@mask_spectrogram.mistake("A width of 0 is never drawn. It must be possible that nothing is hidden.")
def at_least_one(features, time_width, frequency_width, rng):
    return _masking(features, [rng.integers(min(1, w), w + 1) for w in (time_width, frequency_width)], rng)


@mask_spectrogram.mistake("Only frames are hidden. The coefficients need a band, too.")
def frames_only(features, time_width, frequency_width, rng):
    return _masking(features, [rng.integers(0, time_width + 1), 0], rng)


@mask_spectrogram.mistake("Only coefficients are hidden. The frames need a band, too.")
def coefficients_only(features, time_width, frequency_width, rng):
    return _masking(features, [0, rng.integers(0, frequency_width + 1)], rng)


@mask_spectrogram.mistake("The axes are exchanged: the first axis has the frames, the second the coefficients.")
def axes_exchanged(features, time_width, frequency_width, rng):
    return _masking(features, [rng.integers(0, w + 1) for w in (frequency_width, time_width)], rng)


@mask_spectrogram.mistake("The bands are filled with the mean of this clip. Standardised features have the mean 0 over "
                          "all clips, so 0 is the value to use.")
def filled_with_the_mean(features, time_width, frequency_width, rng):
    widths = [rng.integers(0, w + 1) for w in (time_width, frequency_width)]
    return _masking(features, widths, rng, value=features.mean())


@mask_spectrogram.mistake("The bands are filled with the smallest value. Use 0, which is the mean once features are "
                          "standardised.")
def filled_with_the_minimum(features, time_width, frequency_width, rng):
    widths = [rng.integers(0, w + 1) for w in (time_width, frequency_width)]
    return _masking(features, widths, rng, value=features.min())


@mask_spectrogram.mistake("The bands always begin at the edge. Draw where they begin.")
def always_at_the_edge(features, time_width, frequency_width, rng):
    return _masking(features, [rng.integers(0, w + 1) for w in (time_width, frequency_width)], rng, starts=0)


@mask_spectrogram.mistake("Only the rectangle where both bands meet is hidden. A band of frames hides all their "
                          "coefficients, and a band of coefficients hides them in all frames.")
def rectangle_only(features, time_width, frequency_width, rng):
    masked = features.copy()
    a, b = rng.integers(0, time_width + 1), rng.integers(0, frequency_width + 1)
    s, t = rng.integers(0, len(masked) - a + 1), rng.integers(0, masked.shape[1] - b + 1)
    masked[s : s + a, t : t + b] = 0
    return masked


@mask_spectrogram.mistake("Single frames and coefficients are hidden here and there. A band hides neighbours.")
def scattered(features, time_width, frequency_width, rng):
    masked = features.copy()
    masked[rng.choice(len(masked), rng.integers(0, time_width + 1), replace=False)] = 0
    masked[:, rng.choice(masked.shape[1], rng.integers(0, frequency_width + 1), replace=False)] = 0
    return masked


@mask_spectrogram.mistake("The random numbers come from NumPy's global generator. Draw them with `rng.…`, so that the "
                          "result can be repeated.")
def masks_of_the_global_generator(features, time_width, frequency_width, rng):
    own = np.random.default_rng(np.random.randint(2**31))
    return _masking(features, [own.integers(0, w + 1) for w in (time_width, frequency_width)], own)


@mask_spectrogram.mistake("The array that the function was given is changed. Work on a copy: the caller still needs "
                          "the clip.")
def masked_in_place(features, time_width, frequency_width, rng):
    features[:] = _masking(features, [rng.integers(0, w + 1) for w in (time_width, frequency_width)], rng)
    return features


@mask_spectrogram.mistake("Bands may stick out at the end of the picture, and then hide less than was drawn. The last "
                          "possible beginning is the number of places minus the width.")
def sticking_out(features, time_width, frequency_width, rng):
    masked = features.copy()
    for picture, widest in ((masked, time_width), (masked.T, frequency_width)):
        start, width = rng.integers(0, len(picture)), rng.integers(0, widest + 1)
        picture[start : start + width] = 0
    return masked


@mask_spectrogram.right_answer
def mask_with_a_loop_over_the_axes(features, time_width, frequency_width, rng):
    result = np.array(features)
    for picture, width in ((result, time_width), (result.T, frequency_width)):
        w = rng.integers(width, endpoint=True)
        first = rng.integers(len(picture) - w, endpoint=True)
        picture[first : first + w] = 0
    return result


@mask_spectrogram.right_answer
def mask_as_a_product(features, time_width, frequency_width, rng):
    def band(n, widest):
        width = int(rng.integers(0, widest + 1))
        start = int(rng.integers(0, n - width + 1))
        place = np.arange(n)
        return ~((place >= start) & (place < start + width))

    return features * np.outer(band(features.shape[0], time_width), band(features.shape[1], frequency_width))


@mask_spectrogram.right_answer
def mask_as_in_the_paper(features, time_width, frequency_width, rng):
    masked = features.astype(np.float32).copy()
    t = rng.choice(time_width + 1)
    t0 = rng.integers(0, features.shape[0] - t)  # the last place is left out, as the paper has it
    f = rng.choice(frequency_width + 1)
    f0 = rng.integers(0, features.shape[1] - f)
    masked[t0 : t0 + t, :] = 0
    masked[:, f0 : f0 + f] = 0
    return masked


@mask_spectrogram.right_answer
def mask_with_slices(x, T, F, rng):
    x = x.copy()
    w, v = rng.integers([T + 1, F + 1])
    a, b = int(rng.random() * (x.shape[0] - w + 1)), int(rng.random() * (x.shape[1] - v + 1))
    x[slice(a, a + w)] = 0
    x[:, slice(b, b + v)] = 0
    return x


@mask_spectrogram.right_answer
def mask_of_tensorflow(features, time_width, frequency_width, rng):
    import tensorflow as tf

    x = tf.convert_to_tensor(features)
    w, v = int(rng.integers(0, time_width + 1)), int(rng.integers(0, frequency_width + 1))
    a, b = int(rng.integers(0, x.shape[0] - w + 1)), int(rng.integers(0, x.shape[1] - v + 1))
    frames, coefficients = tf.range(x.shape[0])[:, None], tf.range(x.shape[1])[None, :]
    hidden = ((frames >= a) & (frames < a + w)) | ((coefficients >= b) & (coefficients < b + v))
    return tf.where(hidden, tf.zeros_like(x), x)
