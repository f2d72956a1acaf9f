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
    expect.close(f(audio, 1), [0.0, 1.0, 2.0, 3.0], "Zeros come in at the beginning.")
    yield "moves the clip to earlier for a negative number"
    expect.close(f(audio, -1), [2.0, 3.0, 4.0, 0.0], "Zeros come in at the end.")
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
    expect.close(f(audio, noise, 0), audio + noise, "The clip itself keeps its loudness; nothing is averaged.", known=[
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
    yield "adds ten times as much at -20 dB, and does not cut the result off at 1"
    expect.close(f(audio, noise, -20), audio + 10 * noise)
    yield "does not mind how loud the noise was recorded, or the clip"
    expect.close(f(audio, 5 * noise, 0), audio + noise, "The power of the noise has to be measured.")
    expect.close(f(audio / 3, noise, 0), (audio + noise) / 3, "The power of the clip has to be measured.")
    yield "takes the mean of the squares as power, also where the mean of the samples is not 0"
    expect.close(f(audio, np.full(4, 0.1), 0), audio + 0.2,
                 "That is no standard deviation: nothing is subtracted before the square.")
    yield "measures the whole clip, not its loudest sample"
    expect.close(f(audio, np.array([0.4, 0.0, 0.0, 0.0]), 0), audio + np.array([0.4, 0.0, 0.0, 0.0]))


@ladder("change_gain(audio, decibel)")
def change_gain(f):
    audio = np.array([0.1, -0.2, 0.0])
    yield "returns an array of the same length"
    expect.shape(f(audio, 3.0), (3,))
    yield "leaves the clip as it is at 0 dB"
    expect.close(f(audio, 0.0), audio, "The factor that belongs to 0 dB is 1: undo the logarithm (10**x).")
    yield "makes samples 10 times as large at 20 dB, and does not cut them off at 1"
    cause = "Decibels compare powers. 100 times the power means samples 10 times as large."
    expect.close(f(audio, 20.0), 10 * audio, cause, known=[
        (100 * audio, "Those are samples 100 times as large. 100 is the factor of the powers; samples get its root, "
                      "10**(dB / 20)."),
        (audio / 10, "The sign is wrong: positive decibels make a clip louder."),
        (np.e * audio, "np.exp undoes the natural logarithm. log10 is undone by 10**x."),
        (20 * audio, "Decibels are no factor. Undo the logarithm first: 10**x."),
        (np.clip(10 * audio, -1, 1), "The result was cut off at -1 and 1."),
    ])
    yield "makes them a tenth at -20 dB"
    expect.close(f(audio, -20.0), audio / 10)
    yield "makes them about twice as large at 6 dB"
    expect.close(f(audio, 6.0), 1.9953 * audio, "Solve 20 log10(g) = 6 for g.")


@ladder("change_speed(audio, rate)")
def change_speed(f):
    audio = _tone(500)
    yield "returns an array with one axis"
    expect.that(expect.array(f(audio, 1.25)).ndim == 1, "one axis", "another number of axes")
    yield "makes a second shorter with rate 2, and longer with rate 0.5"
    expect.shape(f(audio, 2.0), (8000,), "Rate 2 is twice as fast. The length is not to be filled up.")
    expect.shape(f(audio, 0.5), (32000,))
    yield "does not change the pitch of a tone"
    for rate in (2.0, 0.8):
        expect.that(abs(_pitch(f(audio, rate)) - 500) < 15, "a tone of 500 Hz", f"one of {_pitch(f(audio, rate)):.0f} Hz",
               "Playing samples faster makes them higher, too. librosa.effects has a function that does not.")
    yield "keeps the loudness"
    loudness = np.sqrt(np.mean(np.asarray(f(audio, 0.8)) ** 2) / np.mean(audio**2))
    expect.that(abs(loudness - 1) < 0.1, "the same loudness", f"{loudness:.2f} times the samples")


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
    expect.close(f(features, 0, 0, _rng(0)), features)
    draws = [np.asarray(f(features, 6, 4, _rng(seed))) for seed in range(300)]
    yield "sets what it hides to 0 and leaves the rest alone"
    for out in draws:
        expect.that(np.all((out == 0) | np.isclose(out, features)), "every value 0 or as it was", "other values")
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
                    f"{', '.join(map(str, sorted(widths)))}", "The upper limit of rng.integers is itself never drawn. "
                    "The frames are the first axis, the coefficients the second.")
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
    yield "takes its random numbers from rng"
    expect.that(np.array_equal(draws[1], f(features, 6, 4, _rng(1))),
                "the same result for generators with the same seed", "two different results",
                "Are all random numbers drawn with `rng.…`?")


@ladder("in_a_room(audio, response)")
def in_a_room(f):
    audio = np.array([1.0, -2.0, 0.5, 0.0])
    yield "returns an array of the same length"
    expect.shape(f(audio, np.array([1.0, 0.0, 0.5])), (4,), "np.convolve returns more: keep the first samples.")
    yield "leaves the clip as it is in a room without echo: response [1]"
    expect.close(f(audio, np.array([1.0])), audio)
    yield "makes it later, and as loud as before, where only an echo arrives"
    expect.close(f(np.array([1.0, -1.0, 0.0, 0.0]), np.array([0.0, 0.3])), [0.0, 1.0, -1.0, 0.0],
                 "The power of the result must be that of the clip.")
    yield "adds the echo to what comes directly"
    expected = np.array([1.0, -1.5, -0.5, 0.25])
    expected *= np.sqrt(np.mean(audio**2) / np.mean(expected**2))
    expect.close(f(audio, np.array([1.0, 0.5])), expected)


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


def _is_band(hidden):
    places = np.flatnonzero(hidden)
    return not len(places) or len(places) == places[-1] - places[0] + 1
