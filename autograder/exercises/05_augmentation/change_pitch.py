"""What the judge knows of `change_pitch` (lesson 05_augmentation)."""

import numpy as np

from autograder.judging.exercise import Case, Exercise

from .voices import librosa_effects, made_up_voice, played_faster

change_pitch = Exercise("change_pitch", tolerance=0.005)


@change_pitch.cases
def change_pitch_cases(rng):
    for semitones in (4, 7):
        yield Case("higher", made_up_voice(rng), semitones)
    yield Case("lower", made_up_voice(rng), -3)
    yield Case("half a semitone", made_up_voice(rng), 0.5)
    yield Case("another length", made_up_voice(rng, 9001), 2)
    yield Case("by 0 semitones", made_up_voice(rng), 0)


@change_pitch.mistake("The direction is wrong: a positive number makes the voice higher.")
def higher_and_lower_exchanged(audio, semitones):
    return librosa_effects().pitch_shift(audio, sr=16_000, n_steps=-semitones)


@change_pitch.mistake("Each step is an octave here. A semitone is a twelfth of it; librosa counts in semitones "
                      "already.")
def octaves_instead_of_semitones(audio, semitones):
    return librosa_effects().pitch_shift(audio, sr=16_000, n_steps=12 * semitones)


@change_pitch.mistake("The octave is divided into 24 steps here. It has 12 semitones, which is librosa's setting "
                      "anyway.")
def quarter_tones(audio, semitones):
    return librosa_effects().pitch_shift(audio, sr=16_000, n_steps=semitones, bins_per_octave=24)


@change_pitch.mistake("The samples are only played faster or slower, so the length changes. "
                      "librosa.effects.pitch_shift keeps it.")
def speed_changed_too(audio, semitones):
    return played_faster(audio, 2 ** (semitones / 12))


@change_pitch.mistake("The samples are played faster or slower, and cut or filled up to the old length. So the speed "
                      "changes, too. librosa.effects.pitch_shift keeps it.")
def speed_changed_length_kept(audio, semitones):
    import librosa

    return librosa.util.fix_length(played_faster(audio, 2 ** (semitones / 12)), size=len(audio))


@change_pitch.mistake("The speed is changed instead of the pitch.")
def speed_instead_of_pitch(audio, semitones):
    return librosa_effects().time_stretch(audio, rate=2 ** (semitones / 12))


@change_pitch.mistake("The clip is returned as it was.")
def pitch_unchanged(audio, semitones):
    return audio


@change_pitch.mistake("The number is taken as a percentage of the frequency. Semitones are steps on a piano: 12 double "
                      "it.")
def per_cent_of_the_frequency(audio, semitones):
    return librosa_effects().pitch_shift(audio, sr=16_000, n_steps=12 * np.log2(1 + semitones / 100))


@change_pitch.right_answer
def pitch_with_an_import_of_its_own(audio, semitones):
    from librosa.effects import pitch_shift

    return pitch_shift(y=audio, sr=16000, n_steps=semitones, bins_per_octave=12)


@change_pitch.right_answer
def pitch_by_stretching_and_resampling(audio, semitones):
    import librosa

    factor = 2.0 ** (-semitones / 12)
    stretched = librosa.effects.time_stretch(audio, rate=factor)
    played = librosa.resample(stretched, orig_sr=16000 / factor, target_sr=16000)
    return librosa.util.fix_length(played, size=len(audio))


@change_pitch.right_answer
def pitch_in_cents(audio, semitones):
    import librosa

    return librosa.effects.pitch_shift(audio.astype(float), sr=16000, n_steps=100 * semitones, bins_per_octave=1200)
