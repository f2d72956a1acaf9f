"""What the judge knows of `batch_norm` (lesson 04_overfitting)."""

import math

import numpy as np

from autograder.judging.exercise import Case, Exercise

batch_norm = Exercise("batch_norm")


@batch_norm.cases
def batch_norm_cases(rng):
    def neurons(n):
        return rng.uniform(0.5, 2, n), rng.normal(size=n)

    def values(*shape):
        return rng.normal(size=shape) * rng.uniform(0.5, 3, shape[-1]) + rng.normal(size=shape[-1])

    for n, c in [(9, 5), (32, 4)]:
        yield Case("every neuron is standardised over the clips", values(n, c), *neurons(c))
    yield Case("clips and frames", values(6, 9, 4), *neurons(4))
    yield Case("four axes", values(3, 4, 5, 2), *neurons(2))
    yield Case("epsilon", values(8, 3) * 0.03, *neurons(3))
    yield Case("epsilon", values(8, 3), *neurons(3), epsilon=0.7)
    constant = values(7, 3)
    constant[:, 1] = rng.normal()
    yield Case("a neuron that always says the same", constant, *neurons(3))


def _normalised(x, gamma, beta, epsilon, axes=None, ddof=0):
    axes = tuple(range(x.ndim - 1)) if axes is None else axes
    mean, variance = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True, ddof=ddof)
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta


@batch_norm.mistake("Mean and variance run over the neurons of each clip (that is called layer normalisation). Each "
                    "neuron needs its own mean over the clips.")
def over_the_last_axis(x, gamma, beta, epsilon=1e-3):
    return _normalised(x, gamma, beta, epsilon, axes=-1)


@batch_norm.mistake("There is one mean and one variance for the whole array. Each neuron needs its own.")
def one_mean_for_everything(x, gamma, beta, epsilon=1e-3):
    return _normalised(x, gamma, beta, epsilon, axes=tuple(range(x.ndim)))


@batch_norm.mistake("With three or more axes, mean and variance run over the clips only. They run over all axes but "
                    "the last.")
def over_the_clips_only(x, gamma, beta, epsilon=1e-3):
    return _normalised(x, gamma, beta, epsilon, axes=0)


@batch_norm.mistake("Epsilon is missing.")
def epsilon_forgotten(x, gamma, beta, epsilon=1e-3):
    return _normalised(x, gamma, beta, 0)


@batch_norm.mistake("Epsilon is fixed at 0.001. Use the argument.")
def epsilon_fixed(x, gamma, beta, epsilon=1e-3):
    return _normalised(x, gamma, beta, 1e-3)


@batch_norm.mistake("Epsilon is added to the standard deviation, outside the root. It belongs to the variance, inside.")
def epsilon_outside_the_root(x, gamma, beta, epsilon=1e-3):
    axes = tuple(range(x.ndim - 1))
    return gamma * (x - x.mean(axis=axes)) / (x.std(axis=axes) + epsilon) + beta


@batch_norm.mistake("The variance is divided by n - 1. Here, as in np.var and in Keras, it is divided by n.")
def variance_divided_by_one_less(x, gamma, beta, epsilon=1e-3):
    return _normalised(x, gamma, beta, epsilon, ddof=1)


@batch_norm.mistake("The values are divided by the variance. Divide by its root.")
def root_forgotten(x, gamma, beta, epsilon=1e-3):
    axes = tuple(range(x.ndim - 1))
    return gamma * (x - x.mean(axis=axes)) / (x.var(axis=axes) + epsilon) + beta


@batch_norm.mistake("The mean is not subtracted.")
def mean_not_subtracted(x, gamma, beta, epsilon=1e-3):
    return gamma * x / np.sqrt(x.var(axis=tuple(range(x.ndim - 1))) + epsilon) + beta


@batch_norm.mistake("gamma and beta are exchanged: gamma is the factor, beta is added.")
def gamma_and_beta_exchanged(x, gamma, beta, epsilon=1e-3):
    return _normalised(x, beta, gamma, epsilon)


@batch_norm.mistake("gamma and beta are not used: standardising is only the first half.")
def gamma_and_beta_forgotten(x, gamma, beta, epsilon=1e-3):
    return _normalised(x, 1, 0, epsilon)


@batch_norm.mistake("beta is added before gamma multiplies. Scale first, then shift.")
def shifted_before_scaled(x, gamma, beta, epsilon=1e-3):
    return gamma * _normalised(x, 1, beta, epsilon)


@batch_norm.right_answer
def batch_norm_of_rows(x, gamma, beta, epsilon=1e-3):
    rows = x.reshape(-1, x.shape[-1])
    rows = (rows - rows.mean(0)) * gamma / (rows.var(0) + epsilon) ** 0.5 + beta
    return rows.reshape(x.shape)


@batch_norm.right_answer
def batch_norm_neuron_by_neuron(x, gamma, beta, epsilon=1e-3):
    result = np.empty(x.shape)
    for c in range(x.shape[-1]):
        values = x[..., c]
        mean = sum(values.ravel()) / values.size
        variance = sum((values.ravel() - mean) ** 2) / values.size
        result[..., c] = gamma[c] * (values - mean) / math.sqrt(variance + epsilon) + beta[c]
    return result


@batch_norm.right_answer
def batch_norm_of_keras(x, gamma, beta, epsilon=1e-3):
    import keras

    layer = keras.layers.BatchNormalization(epsilon=epsilon)
    layer.build(x.shape)
    layer.gamma.assign(gamma)
    layer.beta.assign(beta)
    return layer(x, training=True)


@batch_norm.right_answer
def batch_norm_of_tensorflow(x, gamma, beta, epsilon=1e-3):
    import tensorflow as tf

    x, gamma, beta = (tf.cast(value, tf.float32) for value in (x, gamma, beta))
    mean, variance = tf.nn.moments(x, axes=list(range(len(x.shape) - 1)))
    return tf.nn.batch_normalization(x, mean, variance, beta, gamma, epsilon)


@batch_norm.right_answer
def batch_norm_folded_into_one_factor(x, gamma, beta, epsilon=1e-3):
    axes = tuple(i for i in range(np.ndim(x)) if i != np.ndim(x) - 1)
    mean = x.mean(axis=axes, keepdims=True)
    mean_square = (x**2).mean(axis=axes, keepdims=True)
    factor = gamma / np.sqrt(mean_square - mean**2 + epsilon)
    return x * factor + (beta - mean * factor)
