"""What the judge knows of `mix_noise` (lesson 05_augmentation)."""

import math

import numpy as np

from autograder.judging.exercise import Case, Exercise

mix_noise = Exercise("mix_noise")


@mix_noise.cases
def mix_noise_cases(rng):
    def sounds(n=400, loudness=0.3, noise_loudness=0.2, offset=0.0):
        audio, noise = rng.normal(size=n), rng.standard_t(4, size=n)
        return loudness * (audio - audio.mean()), offset + noise_loudness * (noise - noise.mean())

    for snr in (5.0, 12.0):
        yield Case("the noise has the wanted power", *sounds(), snr + rng.uniform(-1, 1))
    yield Case("more noise than speech", *sounds(loudness=0.8), -8.0 + rng.uniform(-1, 1))
    yield Case("a soft clip and a loud noise", *sounds(loudness=0.5, noise_loudness=3), 3)
    yield Case("a loud clip and a soft noise", *sounds(loudness=1.5, noise_loudness=0.01), 0.0)
    yield Case("noise with an offset", *sounds(offset=0.5), 4.0)
    audio, noise = sounds()
    yield Case("numbers of type float32", audio.astype(np.float32), noise.astype(np.float32), 6)


def _power(x):
    return np.mean(x**2)


@mix_noise.mistake("The noise is added as loud as it is. It has to be multiplied by a factor first.")
def noise_as_it_is(audio, noise, snr_db):
    return audio + noise


@mix_noise.mistake("The factor for the noise is a ratio of powers. Samples need its root.")
def root_of_the_ratio_forgotten(audio, noise, snr_db):
    return audio + noise * _power(audio) / _power(noise) / 10 ** (snr_db / 10)


@mix_noise.mistake("The decibels are turned into a factor with 10^(dB/10), although the ratio is one of samples (after "
                   "the root). It is 10^(dB/20) there.")
def decibel_of_powers_for_samples(audio, noise, snr_db):
    return audio + noise * np.sqrt(_power(audio) / _power(noise)) / 10 ** (snr_db / 10)


@mix_noise.mistake("The decibels are turned into a ratio of powers with 10^(dB/20). For powers it is 10^(dB/10).")
def decibel_of_samples_for_powers(audio, noise, snr_db):
    return audio + noise * np.sqrt(_power(audio) / _power(noise) / 10 ** (snr_db / 20))


@mix_noise.mistake("The base is e (np.exp). Decibels belong to the logarithm with base 10.")
def base_e(audio, noise, snr_db):
    return audio + noise * np.sqrt(_power(audio) / _power(noise) / np.exp(snr_db / 10))


@mix_noise.mistake("The decibels are taken for the ratio of powers. They are its logarithm: undo it first.")
def decibel_as_the_ratio(audio, noise, snr_db):
    return audio + noise * np.sqrt(_power(audio) / _power(noise) / (snr_db or 1))


@mix_noise.mistake("The sign of the decibels is wrong: a high signal-to-noise ratio means little noise.")
def more_decibel_more_noise(audio, noise, snr_db):
    return audio + noise * np.sqrt(_power(audio) / _power(noise) * 10 ** (snr_db / 10))


@mix_noise.mistake("The power of the clip is not looked at, so that soft clips drown in noise.")
def power_of_the_clip_ignored(audio, noise, snr_db):
    return audio + noise / np.sqrt(_power(noise)) / 10 ** (snr_db / 20)


@mix_noise.mistake("The power of the noise is not looked at: how much is added depends on how loud it was recorded.")
def power_of_the_noise_ignored(audio, noise, snr_db):
    return audio + noise * np.sqrt(_power(audio)) / 10 ** (snr_db / 20)


@mix_noise.mistake("Neither power is measured: the noise is only multiplied by 10^(-dB/20).")
def no_power_measured(audio, noise, snr_db):
    return audio + noise * 10 ** (-snr_db / 20)


@mix_noise.mistake("Standard deviation or variance stands in for the power. They ignore a constant in the noise, but "
                   "the power is the mean of the squares, with nothing subtracted.")
def standard_deviation_for_the_power(audio, noise, snr_db):
    return audio + noise * np.std(audio) / np.std(noise) / 10 ** (snr_db / 20)


@mix_noise.mistake("The loudest samples are compared. The power is the mean of all squared samples.")
def loudest_samples_compared(audio, noise, snr_db):
    return audio + noise * np.abs(audio).max() / np.abs(noise).max() / 10 ** (snr_db / 20)


@mix_noise.mistake("The clip is made louder or softer instead of the noise. The ratio is right, but the clip should "
                   "keep its loudness.")
def clip_scaled_instead(audio, noise, snr_db):
    return audio * np.sqrt(_power(noise) / _power(audio) * 10 ** (snr_db / 10)) + noise


@mix_noise.mistake("The result is cut off at -1 and 1. Leave that to the player: it changes the ratio.")
def cut_off(audio, noise, snr_db):
    return np.clip(audio + noise * np.sqrt(_power(audio) / _power(noise) / 10 ** (snr_db / 10)), -1, 1)


@mix_noise.mistake("The mean of clip and noise is returned. Add them.")
def mean_of_both(audio, noise, snr_db):
    return (audio + noise * np.sqrt(_power(audio) / _power(noise) / 10 ** (snr_db / 10))) / 2


@mix_noise.mistake("Only the scaled noise is returned. Add it to the clip.")
def noise_alone(audio, noise, snr_db):
    return noise * np.sqrt(_power(audio) / _power(noise) / 10 ** (snr_db / 10))


@mix_noise.right_answer
def mix_by_loudness(audio, noise, snr_db):
    rms_audio, rms_noise = np.sqrt(np.mean(audio**2)), np.sqrt(np.mean(noise**2))
    return audio + noise / rms_noise * rms_audio * 10 ** (-snr_db / 20)


@mix_noise.right_answer
def mix_by_energies(audio, noise, snr_db):
    ratio = np.dot(audio, audio) / np.dot(noise, noise)
    return audio + math.sqrt(ratio / 10 ** (0.1 * snr_db)) * noise


@mix_noise.right_answer
def mix_by_decibels(audio, noise, snr_db):
    now = 10 * np.log10(np.mean(np.square(audio)) / np.mean(np.square(noise)))
    return audio + noise * 10 ** ((now - snr_db) / 20)


@mix_noise.right_answer
def mix_in_float32(clip, background, snr):
    clip, background = np.asarray(clip, np.float32), np.asarray(background, np.float32)
    factor = np.linalg.norm(clip) / np.linalg.norm(background) * np.power(10.0, -snr / 20)
    return (clip + np.float32(factor) * background).astype(np.float32)
