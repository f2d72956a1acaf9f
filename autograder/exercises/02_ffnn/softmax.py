"""What the judge knows of `softmax` (lesson 02_ffnn)."""

import math

import numpy as np

from autograder.judging.exercise import Case, Exercise

softmax = Exercise("softmax")


@softmax.cases
def softmax_cases(rng):
    yield Case("ordinary scores", rng.normal(size=(6, 12)))
    yield Case("ordinary scores", rng.normal(size=(4, 3)) * 3 + 1)
    yield Case("the scores of a single clip", rng.normal(size=7))
    yield Case("scores with three axes", rng.normal(size=(2, 4, 5)))
    yield Case("very large scores", rng.normal(size=(3, 5)) * 1e4)
    yield Case("very large scores", rng.normal(size=(2, 4)) + [[2000.0], [-2000.0]])
    yield Case("whole numbers as scores", rng.integers(-5, 6, size=(3, 4)))


@softmax.mistake("The sum runs over all clips together. Every clip needs a sum of its own: axis=-1, keepdims=True.")
def sum_over_everything(z):
    exponentials = np.exp(z - z.max())
    return exponentials / exponentials.sum()


@softmax.mistake("Very large scores overflow: exp(1000) is infinite. Subtract each clip's largest score first; "
                 "the result does not change.")
def no_maximum_subtracted(z):
    exponentials = np.exp(z)
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


@softmax.mistake("The largest score of all clips together is subtracted. A clip whose scores are far below it is left "
                 "with exponentials of 0 and divides 0 by 0. Subtract each clip's own largest score.")
def one_maximum_for_all_clips(z):
    exponentials = np.exp(z - z.max())
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


@softmax.mistake("Scores are cut off at a fixed limit. All scores beyond it then count as equal, although one of them "
                 "is the highest. Subtract each clip's largest score instead; that changes nothing.")
def scores_cut_off(z):
    exponentials = np.exp(np.clip(z, -500, 500))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


@softmax.mistake("Softmax runs over the classes, which are the last axis, not over the clips (axis 0).")
def over_the_clips(z):
    exponentials = np.exp(z - z.max(axis=0, keepdims=True))
    return exponentials / exponentials.sum(axis=0, keepdims=True)


@softmax.mistake("The scores are divided by their sum without the exponential. Negative scores then give negative "
                 "probabilities.")
def no_exponential(z):
    return z / z.sum(axis=-1, keepdims=True)


@softmax.mistake("The scores are stretched from 0 to 1 and divided by their sum, without the exponential. The lowest "
                 "score then always gets probability 0, however close the scores are.")
def stretched_scores(z):
    shifted = z - z.min(axis=-1, keepdims=True)
    return shifted / shifted.sum(axis=-1, keepdims=True)


@softmax.mistake("That is the sigmoid: it squashes every score by itself, so the probabilities do not sum to 1.")
def sigmoid_instead(z):
    return 1 / (1 + np.exp(-z))


@softmax.mistake("With axis=1 a single clip (one axis) and arrays with three axes fail. The last axis is axis=-1.")
def axis_one(z):
    exponentials = np.exp(z - z.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


@softmax.mistake("Without keepdims=True the maximum and the sum lose the last axis, and NumPy cannot match them with "
                 "the clips (or matches the wrong ones).")
def axis_lost(z):
    exponentials = np.exp(z - z.max(axis=-1))
    return exponentials / exponentials.sum(axis=-1)


@softmax.mistake("Those are the logarithms of the probabilities (log-softmax). The exponential of it is the softmax.")
def logarithms_of_probabilities(z):
    return z - np.logaddexp.reduce(z, axis=-1, keepdims=True)


@softmax.mistake("The largest score gets everything. Softmax is soft: the other scores keep a share.")
def hard_maximum(z):
    return (z == z.max(axis=-1, keepdims=True)).astype(float)


@softmax.mistake("The base is 2. Softmax uses e (np.exp), so that its logarithm is the score again, up to a constant.")
def powers_of_two(z):
    powers = np.exp2(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@softmax.mistake("The result has the type of the scores, so that whole numbers as scores give only zeros and ones. "
                 "Make room with np.zeros(z.shape) instead of np.zeros_like(z) or z.copy().")
def result_of_whole_numbers(z):
    result = np.zeros_like(z)
    exponentials = np.exp(z - z.max(axis=-1, keepdims=True))
    result[...] = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return result


@softmax.right_answer
def softmax_of_a_library(z):
    import scipy.special

    return scipy.special.softmax(z, axis=-1)


@softmax.right_answer
def softmax_in_loops(z):
    z = np.asarray(z, dtype=float)
    rows = z.reshape(-1, z.shape[-1])
    result = np.zeros(rows.shape)
    for i, row in enumerate(rows):
        exponentials = [math.exp(value - max(row)) for value in row]
        for j, value in enumerate(exponentials):
            result[i, j] = value / sum(exponentials)
    return result.reshape(z.shape)


@softmax.right_answer
def softmax_by_logarithms(z):
    return np.exp(z - np.logaddexp.reduce(z, axis=-1, keepdims=True))


@softmax.right_answer
def softmax_of_tensorflow(z):
    import tensorflow as tf

    return tf.nn.softmax(tf.convert_to_tensor(z, dtype="float64"))


@softmax.right_answer
def softmax_of_keras_in_float32(scores, temperature=1.0):
    import keras

    return keras.ops.softmax(keras.ops.convert_to_tensor(scores, "float32") / temperature)


@softmax.right_answer
def softmax_of_transposed_scores(z):
    exponentials = np.exp(z.T - z.max(axis=-1).T)
    return (exponentials / exponentials.sum(axis=0)).T


@softmax.right_answer
def softmax_along_axis(z):
    return np.apply_along_axis(lambda row: np.exp(row - row.max()) / sum(np.exp(row - row.max())), -1, z)


@softmax.right_answer
def softmax_as_a_ratio_of_differences(z):
    return 1 / np.exp(z[..., None, :] - z[..., :, None]).sum(axis=-1)
