"""The solutions of lesson 02_ffnn, made from `autograder/lessons/02_ffnn.py` by `make lessons`."""

import keras
import numpy as np


def softmax(z):
    """Turn scores into probabilities along the last axis.

    Args:
        z: scores of any size and sign, shape (..., n_classes).

    Returns:
        Probabilities from 0 to 1 that sum to 1 along the last axis, shape (..., n_classes).
    """
    shifted = z - np.max(z, axis=-1, keepdims=True)  # the same result, but exp() cannot overflow
    exponentials = np.exp(shifted)
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)


def cross_entropy(probabilities, one_hot):
    """Mean surprise, -ln p of the right class, over all clips.

    Args:
        probabilities: from 0 to 1, each row sums to 1, shape (N, n_classes).
        one_hot: targets, 1 for the right class and 0 for the others, shape (N, n_classes).

    Returns:
        The cross-entropy as one number, in nats (natural logarithm). Classes with target 0 add nothing.
    """
    of_right_class = np.sum(one_hot * probabilities, axis=-1)
    return float(-np.mean(np.log(of_right_class)))


def dense_parameters(layer_sizes):
    """Number of weights and biases in a chain of dense layers.

    Args:
        layer_sizes: the number of inputs, then the number of neurons of each layer; a list of at
            least two ints.

    Returns:
        The number of parameters, an int.
    """
    total = 0
    for inputs, neurons in zip(layer_sizes[:-1], layer_sizes[1:], strict=True):
        total += inputs * neurons + neurons
    return total


def build_ffnn(input_shape=(49, 40), n_classes=12):
    """A feed-forward network: flatten, 64 and 128 neurons with ReLU, softmax over the classes.

    Args:
        input_shape: shape of one clip's features, (frames, coefficients).
        n_classes: number of classes.

    Returns:
        A keras.Model that turns clips (N, *input_shape) into probabilities (N, n_classes).
    """
    return keras.Sequential([
        keras.Input(shape=input_shape),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(n_classes, activation="softmax"),
    ])


def score_gradient(scores, one_hot):
    """How the cross-entropy of softmax(scores) changes with each score.

    Args:
        scores: any numbers, shape (N, n_classes).
        one_hot: targets, 1 for the right class and 0 for the others, shape (N, n_classes).

    Returns:
        The derivative of cross_entropy(softmax(scores), one_hot) by each score, shape (N, n_classes).
    """
    return (softmax(scores) - one_hot) / len(scores)
