"""The solutions of lesson 05_augmentation, made from `autograder/lessons/05_augmentation.py` by `make lessons`."""

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
