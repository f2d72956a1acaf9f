"""What the judge knows of `change_speed` (lesson 05_augmentation)."""

import numpy as np

from autograder.judging.exercise import Case, Exercise

from .voices import librosa_effects, made_up_voice, played_faster

change_speed = Exercise("change_speed", tolerance=0.005)  # phases of weak tones depend on the precision


@change_speed.cases
def change_speed_cases(rng):
    for rate in (1.3, 1.7):
        yield Case("faster", made_up_voice(rng), rate + rng.uniform(-0.05, 0.05))
    yield Case("slower", made_up_voice(rng), 0.75 + rng.uniform(-0.05, 0.05))
    yield Case("another length", made_up_voice(rng, 9000), 1.25)
    yield Case("as fast as it was", made_up_voice(rng), 1.0)


@change_speed.mistake("The rate is the wrong way round: 2 means twice as fast, so the clip becomes half as long.")
def rate_the_wrong_way_round(audio, rate):
    return librosa_effects().time_stretch(audio, rate=1 / rate)


@change_speed.mistake("The samples are only played faster (by interpolation), so the pitch changes, too. "
                      "librosa.effects.time_stretch keeps it.")
def like_a_record(audio, rate):
    return played_faster(audio, rate)


@change_speed.mistake("The samples are only played faster (resampled), so the pitch changes, too. "
                      "librosa.effects.time_stretch keeps it.")
def resampled(audio, rate):
    import librosa

    return librosa.resample(audio, orig_sr=16_000, target_sr=16_000 / rate)


@change_speed.mistake("The result is cut or filled up to the old length. Return it as long as it comes out.")
def brought_to_the_old_length(audio, rate):
    import librosa

    return librosa.util.fix_length(librosa_effects().time_stretch(audio, rate=rate), size=len(audio))


@change_speed.mistake("The rate counts what is added: 0.3 for 1.3. It is the factor itself.")
def rate_above_one(audio, rate):
    return librosa_effects().time_stretch(audio, rate=1 + rate)


@change_speed.mistake("The clip is returned as it was.")
def speed_unchanged(audio, rate):
    return audio


@change_speed.mistake("The pitch is changed instead of the speed.")
def pitch_instead_of_speed(audio, rate):
    return librosa_effects().pitch_shift(audio, sr=16_000, n_steps=rate)


@change_speed.right_answer
def speed_with_an_import_of_its_own(audio, rate):
    from librosa.effects import time_stretch

    return time_stretch(y=audio, rate=rate)


@change_speed.right_answer
def speed_by_hand(audio, rate):
    import librosa

    spectrum = librosa.stft(audio)
    stretched = librosa.phase_vocoder(spectrum, rate=rate, hop_length=512)
    return librosa.istft(stretched, length=round(len(audio) / rate))


@change_speed.right_answer
def speed_in_double_precision(audio, rate):
    import librosa.effects

    return librosa.effects.time_stretch(np.asarray(audio, dtype=np.float64), rate=float(rate))
