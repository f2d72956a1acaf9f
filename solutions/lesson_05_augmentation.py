"""The solutions of lesson 05_augmentation, made from `autograder/lessons/05_augmentation.py` by `make lessons`."""

import keras
import numpy as np
import librosa.effects


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


def change_gain(audio, decibel):
    """Make a clip louder or softer.

    Args:
        audio: samples of a clip, shape (n,).
        decibel: how much louder (positive) or softer (negative).

    Returns:
        The clip with every sample multiplied by the same factor, shape (n,), not clipped.
    """
    return audio * 10 ** (decibel / 20)


def mix_noise(audio, noise, snr_db):
    """Add noise at a given signal-to-noise ratio.

    Args:
        audio: samples of a clip, shape (n,).
        noise: samples of noise, shape (n,), not all zero.
        snr_db: wanted ratio of the power of the clip to the power of the added noise, in decibels.

    Returns:
        The clip with the scaled noise added, shape (n,), not clipped.
    """
    wanted_power = np.mean(audio**2) / 10 ** (snr_db / 10)
    return audio + noise * np.sqrt(wanted_power / np.mean(noise**2))


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


class ChangedClips(keras.utils.PyDataset):
    """Clips in batches, in another order in every epoch, each changed anew whenever it is asked for.

    Args:
        x: the clips, shape (n, ...).
        y: their labels, shape (n,).
        change: a function that makes a new clip out of one.
        batch_size: clips per batch; the last batch may have fewer.
    """

    def __init__(self, x, y, change, batch_size=64):
        super().__init__()
        self.x, self.y, self.change, self.batch_size = x, y, change, batch_size
        self.rng = np.random.default_rng(0)
        self.on_epoch_end()

    def on_epoch_end(self):
        """Draw the order of the clips for the next epoch; `fit` calls this."""
        self.order = self.rng.permutation(len(self.y))

    def __len__(self):
        """The number of batches in an epoch."""
        return -(-len(self.y) // self.batch_size)

    def __getitem__(self, number):
        """Batch `number`, from 0: an array of changed clips, and an array of their labels."""
        chosen = self.order[number * self.batch_size : (number + 1) * self.batch_size]
        return np.stack([self.change(clip) for clip in self.x[chosen]]), self.y[chosen]


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


def in_a_room(audio, response):
    """A clip as it sounds in a room, with the power that it had.

    Args:
        audio: samples of a clip, shape (n,), not all zero.
        response: the impulse response of the room, shape (k,).

    Returns:
        The first n samples of the convolution, scaled to the power of the clip, shape (n,).
    """
    heard = np.convolve(audio, response)[: len(audio)]
    return heard * np.sqrt(np.mean(audio**2) / np.mean(heard**2))
