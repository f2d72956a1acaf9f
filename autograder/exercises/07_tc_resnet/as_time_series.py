"""What the judge knows of `as_time_series` (lesson 07_tc_resnet)."""

import numpy as np

from autograder.judging.exercise import Case, Exercise

as_time_series = Exercise("as_time_series")


@as_time_series.cases
def as_time_series_cases(rng):
    yield Case("features of the usual size", rng.normal(size=(6, 49, 40)))
    yield Case("features of the usual size", rng.normal(size=(3, 49, 40)).astype(np.float32))
    yield Case("other numbers of frames and coefficients", rng.normal(size=(4, *rng.integers(5, 30, size=2))))
    yield Case("other numbers of frames and coefficients", rng.normal(size=(2, 7, 7)))
    yield Case("a single clip", rng.normal(size=(1, 11, 5)))


@as_time_series.mistake("The new axis is the last one. That is the form for a 2-D convolution over frames and "
                        "coefficients; here the coefficients are the channels and stay last: (N, T, 1, F).")
def new_axis_last(features):
    return features[..., None]


@as_time_series.mistake("The new axis comes before the frames. It belongs between the frames and the coefficients: "
                        "(N, T, 1, F).")
def new_axis_before_the_frames(features):
    return features[:, None]


@as_time_series.mistake("The new axis comes before the clips. It belongs between the frames and the coefficients: "
                        "(N, T, 1, F).")
def new_axis_first(features):
    return features[None]


@as_time_series.mistake("Frames and coefficients are exchanged. Time stays the second axis, the coefficients the last: "
                        "(N, T, 1, F).")
def axes_exchanged(features):
    return features.transpose(0, 2, 1)[:, :, None]


@as_time_series.mistake("The shape is right, but the numbers are mixed up: frames and coefficients were exchanged and "
                        "then pressed into shape. Only an axis is added; no number moves.")
def numbers_mixed_up(features):
    n, frames, coefficients = features.shape
    return features.transpose(0, 2, 1).reshape(n, frames, 1, coefficients)


@as_time_series.mistake("The sizes 49 and 40 are fixed. Take them from `features.shape`, or add the axis without "
                        "naming any size.")
def always_the_same_size(features):
    return features.reshape(-1, 49, 1, 40)


@as_time_series.mistake("The features come back as they were. One more axis of length 1 is missing: (N, T, 1, F).")
def nothing_done(features):
    return features


@as_time_series.mistake("Axes of length 1 are squeezed away afterwards, so a single clip loses an axis. Every result "
                        "has four axes.")
def single_clip_squeezed(features):
    series = features[:, :, None]
    return series[0] if len(series) == 1 else series


@as_time_series.right_answer
def expand_dims(features):
    return np.expand_dims(features, 2)


@as_time_series.right_answer
def reshaped(features):
    n, t, f = features.shape
    return features.reshape(n, t, 1, f)


@as_time_series.right_answer
def filled_in_loops(x):
    series = np.zeros((x.shape[0], x.shape[1], 1, x.shape[2]), np.float32)
    for n in range(len(x)):
        for t in range(x.shape[1]):
            series[n, t, 0, :] = x[n, t]
    return series


@as_time_series.right_answer
def with_tensorflow(features):
    import tensorflow as tf

    return tf.expand_dims(tf.convert_to_tensor(features), axis=-2)


@as_time_series.right_answer
def stacked(features):
    return np.stack([features], axis=2)
