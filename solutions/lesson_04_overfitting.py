"""The solutions of lesson 04_overfitting, made from `autograder/lessons/04_overfitting.py` by `make lessons`."""

import numpy as np


def fit_polynomial(x, y, degree):
    """The polynomial with the smallest squared error on some points.

    Args:
        x: where the points are, shape (n,), with n > degree.
        y: their values, shape (n,).
        degree: the highest power, an int of at least 0.

    Returns:
        The coefficients, highest power first, shape (degree + 1,).
    """
    return np.polyfit(x, y, degree)


def mean_squared_error(y, y_hat):
    """Mean of the squared differences.

    Args:
        y: measured values, shape (n,).
        y_hat: guesses for them, shape (n,).

    Returns:
        One number, 0 where every guess is right.
    """
    return np.mean((y - y_hat) ** 2)


def radius(x, y):
    """Distance of points from the centre.

    Args:
        x: first coordinates, a number or an array of any shape.
        y: second coordinates, of the same shape.

    Returns:
        The distances, of the same shape.
    """
    return np.sqrt(x**2 + y**2)


def early_stopping_epoch(validation_losses, patience):
    """The epoch whose weights early stopping keeps.

    Args:
        validation_losses: the loss after each epoch, shape (epochs,), without nan.
        patience: after so many epochs in a row without a new best, training stops; at least 1.

    Returns:
        The epoch with the smallest loss up to the stop, an int, counted from 0; if several are equal, the first.
    """
    best = 0
    for epoch, loss in enumerate(validation_losses):
        if loss < validation_losses[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return best


def weight_penalty(weights, strength, kind="l2"):
    """The penalty on weights, which is added to the loss.

    Args:
        weights: an array of any shape, or a list of arrays.
        strength: the factor in front of the sum, at least 0.
        kind: "l2" for the sum of the squares, "l1" for the sum of the absolute values.

    Returns:
        The penalty of all weights together, one number.
    """
    arrays = weights if isinstance(weights, (list, tuple)) else [weights]
    price = np.square if kind == "l2" else np.abs
    return strength * sum(np.sum(price(array)) for array in arrays)


def dropout(x, rate, training, rng):
    """Silence a random share of the values in training; do nothing otherwise.

    Args:
        x: outputs of a layer, an array of any shape.
        rate: the probability with which a value becomes 0, from 0 to below 1.
        training: True in training, False at inference.
        rng: a NumPy Generator, from which the random numbers come.

    Returns:
        An array of the same shape: in training every value is 0 or divided by 1 - rate.
    """
    if not training:
        return x
    kept = rng.uniform(size=x.shape) >= rate
    return x * kept / (1 - rate)


def batch_norm(x, gamma, beta, epsilon=1e-3):
    """Standardise every neuron over a batch, then scale and shift it.

    Args:
        x: values of a layer for a batch, shape (N, ..., C); the neurons are the last axis.
        gamma: a scale for each neuron, shape (C,).
        beta: a shift for each neuron, shape (C,).
        epsilon: is added to the variance.

    Returns:
        The normalised values, shape (N, ..., C).
    """
    axes = tuple(range(x.ndim - 1))
    standardised = (x - np.mean(x, axis=axes)) / np.sqrt(np.var(x, axis=axes) + epsilon)
    return gamma * standardised + beta


def fit_penalised(x, y, degree, strength):
    """The polynomial with the smallest sum of squared errors and L2 penalty.

    Args:
        x: where the points are, shape (n,), with n > degree.
        y: their values, shape (n,).
        degree: the highest power, an int of at least 0.
        strength: the factor in front of the sum of all squared coefficients, at least 0.

    Returns:
        The coefficients, highest power first, shape (degree + 1,).
    """
    powers = np.vander(x, degree + 1)
    return np.linalg.solve(powers.T @ powers + strength * np.eye(degree + 1), powers.T @ y)
