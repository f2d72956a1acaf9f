"""The solutions of lesson 04_overfitting, made from `autograder/lessons/04_overfitting.py` by `make lessons`."""

import keras
import numpy as np
import librosa.effects


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
        The epoch with the smallest loss up to the stop, an int, counted from 0; of equals the first.
    """
    best = 0
    for epoch, loss in enumerate(validation_losses):
        if loss < validation_losses[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return best


def weight_penalty(weights, strength, kind="l2"):
    """What weights cost.

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
        training: True in training, False when the network is used.
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


def time_shift(audio, samples):
    """Move a clip in time; zeros come in.

    Args:
        audio: samples of a clip, shape (n,).
        samples: by how many samples it comes later (positive) or earlier (negative), an int.

    Returns:
        The moved clip, shape (n,).
    """
    n = len(audio)
    shifted = np.zeros_like(audio)
    if samples >= 0:
        shifted[samples:] = audio[: max(0, n - samples)]
    else:
        shifted[: max(0, n + samples)] = audio[-samples:]
    return shifted


def mix_noise(audio, noise, snr_db):
    """Add noise at a given signal-to-noise ratio.

    Args:
        audio: samples of a clip, shape (n,).
        noise: samples of noise, shape (n,), not all zero.
        snr_db: wanted ratio of the power of the clip to the power of the added noise, in decibel.

    Returns:
        The clip with the scaled noise added, shape (n,), not clipped.
    """
    wanted_power = np.mean(audio**2) / 10 ** (snr_db / 10)
    return audio + noise * np.sqrt(wanted_power / np.mean(noise**2))


def change_gain(audio, decibel):
    """Make a clip louder or softer.

    Args:
        audio: samples of a clip, shape (n,).
        decibel: how much louder (positive) or softer (negative).

    Returns:
        The clip with every sample multiplied by the same factor, shape (n,), not clipped.
    """
    return audio * 10 ** (decibel / 20)


def change_speed(audio, rate):
    """Play a clip faster or slower without changing its pitch, with librosa's time stretch.

    Args:
        audio: samples of a clip at 16 kHz, shape (n,).
        rate: 2 is twice as fast (half as long), 0.5 half as fast (twice as long).

    Returns:
        The clip with its new length, shape (about n / rate,).
    """
    return librosa.effects.time_stretch(audio, rate=rate)


def change_pitch(audio, semitones):
    """Make a voice higher or lower without changing its speed, with librosa's pitch shift.

    Args:
        audio: samples of a clip at 16 kHz, shape (n,).
        semitones: how much higher (positive) or lower (negative); 12 doubles every frequency.

    Returns:
        The clip, shape (n,).
    """
    return librosa.effects.pitch_shift(audio, sr=16_000, n_steps=semitones)


def mask_spectrogram(features, time_width, frequency_width, rng):
    """Hide a random band of frames and a random band of coefficients.

    Args:
        features: standardised features of one clip, shape (T, F).
        time_width: the band of frames is 0 to time_width frames wide.
        frequency_width: the band of coefficients is 0 to frequency_width coefficients wide.
        rng: a NumPy Generator, from which widths and places come.

    Returns:
        A copy with 0 in both bands, shape (T, F).
    """
    masked = features.copy()
    frames, coefficients = features.shape
    width = rng.integers(0, time_width + 1)
    start = rng.integers(0, frames - width + 1)
    masked[start : start + width] = 0
    width = rng.integers(0, frequency_width + 1)
    start = rng.integers(0, coefficients - width + 1)
    masked[:, start : start + width] = 0
    return masked


def build_regularised_ffnn(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    """The feed-forward network of lesson 02 with weight penalty, batch normalisation and dropout.

    Args:
        input_shape: shape of one clip's features, (frames, coefficients).
        n_classes: number of classes.
        dropout: rate of the dropout after both hidden layers.
        l2: strength of the L2 penalty on the kernels of all three dense layers.

    Returns:
        A keras.Model that turns clips (N, *input_shape) into probabilities (N, n_classes).
    """
    penalty = keras.regularizers.L2(l2)
    model = keras.Sequential([keras.Input(shape=input_shape), keras.layers.Flatten()])
    for size in (64, 128):
        model.add(keras.layers.Dense(size, kernel_regularizer=penalty))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.ReLU())
        model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(n_classes, activation="softmax", kernel_regularizer=penalty))
    return model
