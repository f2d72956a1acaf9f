"""What the judge knows of `change_gain` (lesson 05_augmentation)."""

import math

import numpy as np

from autograder.judging.exercise import Case, Exercise

change_gain = Exercise("change_gain")


@change_gain.cases
def change_gain_cases(rng):
    def audio(n=60, loudness=0.3):
        return loudness * rng.normal(size=n)

    for decibel in (4.0, 11.0):
        yield Case("louder", audio(), decibel + rng.uniform(-1, 1))
    yield Case("softer", audio(loudness=2), -7.0 + rng.uniform(-1, 1))
    yield Case("by 0 decibel", audio(), 0.0)
    yield Case("much louder", audio(), 30.0 + rng.uniform(-1, 1))
    yield Case("numbers of type float32", audio(200).astype(np.float32), int(rng.integers(2, 8)))


@change_gain.mistake("That is the factor for powers, 10^(dB/10). Samples get its root, 10^(dB/20).")
def factor_of_powers(audio, decibel):
    return audio * 10 ** (decibel / 10)


@change_gain.mistake("The sign is wrong: a positive number of decibels makes the clip louder.")
def louder_and_softer_exchanged(audio, decibel):
    return audio * 10 ** (-decibel / 20)


@change_gain.mistake("The samples are multiplied by the decibels themselves. Decibels are a logarithm: undo it first.")
def decibel_as_a_factor(audio, decibel):
    return audio * decibel


@change_gain.mistake("Something is added to the samples. Loudness is a factor; adding only moves the zero line.")
def factor_added(audio, decibel):
    return audio + 10 ** (decibel / 20)


@change_gain.mistake("The decibels are added to the samples. Loudness is a factor.")
def decibel_added(audio, decibel):
    return audio + decibel


@change_gain.mistake("The result is cut off at -1 and 1. Leave that to the player.")
def cut_off_at_one(audio, decibel):
    return np.clip(audio * 10 ** (decibel / 20), -1, 1)


@change_gain.mistake("The base is e (np.exp). Decibels belong to the logarithm with base 10.")
def base_e(audio, decibel):
    return audio * np.exp(decibel / 20)


@change_gain.mistake("The clip is brought to a fixed loudness first, so that it does not matter how loud it was. Only "
                     "multiply.")
def brought_to_a_fixed_loudness(audio, decibel):
    return audio / np.abs(audio).max() * 10 ** (decibel / 20)


@change_gain.mistake("The division is one of whole numbers (//), so that decibels below 20 count as nothing.")
def whole_division(audio, decibel):
    return audio * 10.0 ** (decibel // 20)


@change_gain.right_answer
def gain_with_a_root(audio, decibel):
    return audio * np.sqrt(10 ** (decibel / 10))


@change_gain.right_answer
def gain_with_e(audio, decibel):
    return np.exp(decibel * math.log(10) / 20) * audio


@change_gain.right_answer
def gain_of_librosa(audio, decibel):
    import librosa

    return audio * librosa.db_to_amplitude(decibel)


@change_gain.right_answer
def gain_in_a_list(audio, decibel):
    factor = 10.0 ** (decibel * 0.05)
    return np.array([factor * sample for sample in audio], dtype=np.float32)
