"""The checks of lesson 05 about sound: what makes new clips out of old ones."""

import numpy as np

from kws_helpers.check import expect
from kws_helpers.check.ladder import ladder


@ladder("time_shift(audio, samples)")
def time_shift(f):
    audio = np.array([1.0, 2.0, 3.0, 4.0])
    yield "returns an array of the same length"
    expect.shape(f(audio, 1), (4,), "What is pushed out is lost, and zeros come in.")
    yield "moves the clip to later for a positive number"
    expect.close(f(audio, 1), [0.0, 1.0, 2.0, 3.0], "Zeros come in at the beginning.", known=[
        ([4, 1, 2, 3], "What is pushed out at one end comes in again at the other (np.roll, or a negative index). Zeros come "
                       "in."),
        ([2, 3, 4, 0], "The direction is wrong: a positive number makes the clip come later."),
        ([0, 0, 0, 0], "Nothing is left. `samples` is a number of samples, not of seconds."),
        ([1, 2, 3, 4], "Nothing has moved."), ([1, 1, 2, 3], "The first sample is repeated. Zeros come in.")])
    yield "moves the clip to earlier for a negative number"
    expect.close(f(audio, -1), [2.0, 3.0, 4.0, 0.0], "Zeros come in at the end.", known=[
        ([0, 0, 0, 1], "A slice with a negative number counts from the end. Negative shifts need slices of their own."),
        ([0, 1, 2, 3], "The sign is ignored: a negative number makes the clip come earlier."),
        ([2, 3, 4, 1], "What is pushed out at one end comes in again at the other. Zeros come in.")])
    yield "leaves it where it is for 0"
    expect.close(f(audio, 0), audio, "`audio[:-0]` is `audio[:0]`, and that is empty.")
    yield "leaves only zeros when it moves by its length, or further"
    for samples in (4, 9, -4, -9):
        expect.close(f(audio, samples), np.zeros(4), f"That was a shift of 4 samples by {samples}.")
    yield "keeps every digit of a sample"
    expect.close(f(audio / 7, 1), np.array([0.0, 1.0, 2.0, 3.0]) / 7, "np.zeros(n, dtype=int) holds whole numbers only.")


@ladder("mix_noise(audio, noise, snr_db)")
def mix_noise(f):
    audio, noise = np.array([0.2, -0.2, 0.2, -0.2]), np.array([0.2, 0.2, -0.2, -0.2])
    yield "returns an array of the same length"
    expect.shape(f(audio, noise, 10), (4,))
    yield "adds noise of the same power as it is at 0 dB"
    expect.close(f(audio, noise, 0), audio + noise, "Both have the same power here, so the noise's factor is 1.", known=[
        (np.full(4, np.nan), "That is 0 / 0. The means of both are 0 here: first square the samples, then take the mean."),
        (audio + 2 * noise, "One power is a sum and the other a mean. Take the same for both."),
        (audio + noise / 2, "One power is a sum and the other a mean. Take the same for both."),
        ((audio + noise) / 2, "The mean of clip and noise was returned. Add them."),
        (noise, "Only the noise was returned. Add it to the clip."),
        (audio, "No noise was added. The factor that belongs to 0 dB is 1: undo the logarithm (10**x)."),
    ])
    yield "adds a tenth of it at 20 dB"
    expect.close(f(audio, noise, 20), audio + noise / 10, "A power of 1/100 means samples of 1/10.", known=[
        (audio + 10 * noise, "The ratio is upside down: the more decibels, the less noise."),
        (audio + noise / 100, "1/100 is the ratio of the powers. Samples need its root."),
        (audio + noise / 10**0.5, "The ratio of powers is 10**(dB / 10); dB / 20 belongs to samples, where no root "
                                  "follows."),
        (audio + noise / np.e, "np.exp undoes the natural logarithm. log10 is undone by 10**x."),
        (audio + noise / 20**0.5, "Decibels are no factor. Undo the logarithm first: 10**x."),
        (audio + noise, "The noise was added as loud as it is."),
    ])
    yield "adds about half of it at 6 dB"
    expect.close(f(audio, noise, 6), audio + 10**-0.3 * noise, "6 / 10 has a fraction: / keeps it, // does not.")
    yield "adds ten times as much at -20 dB, and does not cut the result off at 1"
    expect.close(f(audio, noise, -20), audio + 10 * noise, known=[
        (np.clip(audio + 10 * noise, -1, 1), "The result was cut off at -1 and 1.")])
    yield "does not mind how loud the noise was recorded, or the clip"
    expect.close(f(audio, 5 * noise, 0), audio + noise, "The power of the noise has to be measured.", known=[
        (audio + 25 * noise, "The ratio of the powers is upside down: loud noise needs a small factor.")])
    expect.close(f(audio / 3, noise, 0), (audio + noise) / 3, "The power of the clip has to be measured.")
    yield "takes the mean of the squares as power, also where the mean of the samples is not 0"
    expect.close(f(audio, np.full(4, 0.1), 0), audio + 0.2,
                 "That is no standard deviation: nothing is subtracted before the square.")
    yield "measures the whole clip, not its loudest sample"
    expect.close(f(audio, np.array([0.4, 0.0, 0.0, 0.0]), 0), audio + np.array([0.4, 0.0, 0.0, 0.0]),
                 "The power is one number for the whole sound, the mean of its squared samples.", known=[
        (audio + np.array([0.8, 0, 0, 0]), "Those are means of absolute values. The power is the mean of the squares."),
        (audio + np.array([0.2, 0, 0, 0]), "The loudest samples are compared. The power is the mean of all squares.")])


@ladder("change_gain(audio, decibel)")
def change_gain(f):
    audio = np.array([0.1, -0.2, 0.0])
    yield "returns an array of the same length"
    expect.shape(expect.array(f(audio, 3.0), "Multiply the clip by the factor."), (3,))
    yield "leaves the clip as it is at 0 dB"
    expect.close(f(audio, 0.0), audio, "The factor that belongs to 0 dB is 1: undo the logarithm (10**x).", known=[
        (audio + 1, "Something was added to the samples. Loudness is a factor: multiply."),
        (audio / 20, "Brackets are missing: 10 ** decibel / 20 divides by 20 at the end."),
        (audio / 0.2, "The clip was made as loud as it can be. Only the decibels decide.")])
    yield "makes samples 10 times as large at 20 dB, and does not cut them off at 1"
    cause = "Decibels compare powers. 100 times the power means samples 10 times as large."
    expect.close(f(audio, 20.0), 10 * audio, cause, known=[
        (100 * audio, "Those are samples 100 times as large. 100 is the factor of the powers; samples get its root, "
                      "10**(dB / 20)."),
        (audio / 10, "The sign is wrong: positive decibels make a clip louder."),
        (np.e * audio, "np.exp undoes the natural logarithm. log10 is undone by 10**x."),
        (10**0.5 * audio, "There is a root too many: 10**(dB / 20) is the factor of the samples already."),
        (20 * audio, "Decibels are no factor. Undo the logarithm first: 10**x."),
        (np.clip(10 * audio, -1, 1), "The result was cut off at -1 and 1."),
    ])
    yield "makes them a tenth at -20 dB"
    expect.close(f(audio, -20.0), audio / 10)
    yield "makes them about twice as large at 6 dB"
    expect.close(f(audio, 6.0), 1.9953 * audio, "Solve 20 log10(g) = 6 for g.", known=[
        (audio, "6 / 20 has a fraction: / keeps it, // does not.")])


@ladder("change_speed(audio, rate)")
def change_speed(f):
    audio = _tone(500)
    yield "returns an array with one axis"
    expect.that(expect.array(f(audio, 1.25)).ndim == 1, "one axis", "another number of axes")
    yield "makes a second shorter with rate 2, and longer with rate 0.5"
    expect.shape(f(audio, 2.0), (8000,), "Rate 2 is twice as fast. The length is not to be filled up.", known=[
        ((32000,), "Rate 2 made it twice as long. The rate is upside down.")])
    expect.shape(f(audio, 0.5), (32000,))
    yield "does not change the pitch of a tone"
    for rate in (2.0, 0.8):
        expect.that(abs(_pitch(f(audio, rate)) - 500) < 15, "a tone of 500 Hz", f"one of {_pitch(f(audio, rate)):.0f} Hz",
               "Playing samples faster makes them higher, too. librosa.effects has a function that does not.")
    yield "keeps the loudness"
    for clip in (audio, audio[:8000] / 2):
        out = np.asarray(f(clip, 0.8))
        loudness = np.sqrt(np.mean(out**2) / np.mean(clip**2))
        expect.that(abs(loudness - 1) < 0.1, "the same loudness", f"{loudness:.2f} times the samples",
                    "Only the speed changes. Is the clip that of the argument?")
    yield "leaves librosa's other settings as they are"
    place = int(np.argmax(np.abs(f(np.eye(1, 16_000, 8000, dtype=np.float32)[0], 2.0))))
    expect.that(abs(place - 4608) < 100, "a click that comes at sample 4608", f"one at sample {place}",
                "Everything but the clip and the rate, such as n_fft, has a good value already.")


@ladder("change_pitch(audio, semitones)")
def change_pitch(f):
    audio = _tone(500)
    yield "returns an array of the same length"
    expect.shape(f(audio, 3), audio.shape, "Only the pitch changes, not the speed.")
    yield "makes it a little higher with 2 semitones, and lower with -7"
    _expect_pitch(f(audio, 2), 561)
    _expect_pitch(f(audio, -7), 334)
    yield "doubles the frequency of a tone with 12 semitones"
    _expect_pitch(f(audio, 12), 1000)
    yield "keeps the speed: a tone that lasts from start to end still does"
    end = np.asarray(f(audio, 5))[-4000:-1000]
    expect.that(np.sqrt(np.mean(end**2)) > 0.05, "a tone up to the end", "silence at the end", "Playing samples faster "
                "makes them higher, but shorter as well. librosa.effects has a function that does not.")
    start = _clicks(np.asarray(f(np.concatenate([np.zeros(8000, np.float32), audio[:8000]]), -5)))
    expect.that(abs(start - 8000) < 1500, "a tone that begins in the middle", f"one that begins at sample {start}",
                "Only the pitch changes, not the speed.")


@ladder("mask_spectrogram(features, time_width, frequency_width, rng)")
def mask_spectrogram(f):
    features = np.random.default_rng(7).uniform(1, 2, size=(30, 20))
    yield "returns an array of the same shape"
    expect.shape(f(features, 5, 4, _rng(0)), (30, 20))
    yield "hides nothing with widths of 0"
    expect.close(f(features, 0, 0, _rng(0)), features, "With no band at all, the features come back as they were.")
    draws = [np.asarray(f(features, 6, 4, _rng(seed))) for seed in range(300)]
    yield "sets what it hides to 0 and leaves the rest alone"
    for out in draws:
        expect.that(np.all((out == 0) | np.isclose(out, features)), "every value 0 or as it was", "other values",
                    "Standardised features have the mean 0: set the bands to 0, and change nothing else.")
    yield "hides one band of whole frames and one band of whole coefficients"
    for out in draws:
        frames, coefficients = (out == 0).all(axis=1), (out == 0).all(axis=0)
        expect.that(np.array_equal(out == 0, frames[:, np.newaxis] | coefficients), "whole frames and whole coefficients",
               "other zeros", "A band of frames hides all their coefficients, and a band of coefficients all frames.")
        expect.that(_is_band(frames) and _is_band(coefficients), "neighbours", "zeros with gaps between them")
    for axis, (name, width) in enumerate([("frames", 6), ("coefficients", 4)]):
        yield f"draws the width of the band of {name} from 0 to the given width, both included"
        widths = {int((out == 0).all(axis=1 - axis).sum()) for out in draws}
        expect.that(widths == set(range(width + 1)), f"all widths from 0 to {width} in 300 draws",
                    f"{', '.join(map(str, sorted(widths)))}", _about_widths(widths, width))
        yield f"puts the band of {name} anywhere"
        hidden = np.sum([(out == 0).all(axis=1 - axis) for out in draws], axis=0)
        expect.that(np.all(hidden[2:-2] > 0), "bands all over the picture", "places that are never hidden",
                    "Where does the band begin?")
    yield "keeps the whole band inside the picture"
    wide = [np.asarray(f(features, 24, 16, _rng(seed))) for seed in range(300)]
    for axis, name in enumerate(["frames", "coefficients"]):
        at_the_end = np.mean([(out == 0).all(axis=1 - axis)[-1] for out in wide])
        expect.that(at_the_end < 0.2, f"a band at the last of the {name} in few of 300 draws", f"{at_the_end:.0%} of them",
                    "Bands stick out at the edge. The last possible beginning is the number of places minus the width.")
    two_frames = [np.asarray(f(np.ones((2, 20)), 1, 0, _rng(seed))) for seed in range(600)]
    whole = np.mean([one.all() for one in two_frames])
    expect.that(whole < 0.58, "a band of 0 or 1 frames that hides none in half of 600 draws", f"none in {whole:.0%}",
                "It begins behind the last frame at times. The last possible beginning is the number of places minus the "
                "width.")
    yield "takes its random numbers from rng"
    expect.that(np.array_equal(draws[1], f(features, 6, 4, _rng(1))),
                "the same result for generators with the same seed", "two different results",
                "Are all random numbers drawn with `rng.…`?")


def _rng(seed):
    return np.random.default_rng(seed)


def _tone(hertz, seconds=1.0):
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(int(16_000 * seconds)) / 16_000)).astype(np.float32)


def _pitch(audio):
    """The strongest frequency in hertz."""
    audio = np.asarray(audio, dtype=float)
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio))))
    return np.argmax(spectrum) * 16_000 / len(audio)


def _expect_pitch(audio, hertz):
    got = _pitch(audio)
    expect.that(abs(got / hertz - 1) < 0.02, f"a tone of {hertz} Hz instead of 500", f"one of {got:.0f} Hz",
                "Semitones count up for higher; twelve of them double the frequency.")


def _clicks(audio):
    """The first sample that is clearly there."""
    return int(np.argmax(np.abs(audio) > 0.1))


def _about_widths(widths, width):
    """What to say of the widths of a band that were drawn."""
    if widths == {0}:
        return "This band is missing. Is it hidden in the copy that is returned?"
    if len(widths) == 1:
        return "The width is always the same. Draw it with `rng`, the generator that is given."
    if widths == set(range(1, width + 1)):
        return "0 is a width, too."
    return ("The upper limit of rng.integers is itself never drawn. The frames are the first axis, the coefficients the "
            "second.")


def _is_band(hidden):
    places = np.flatnonzero(hidden)
    return not len(places) or len(places) == places[-1] - places[0] + 1
