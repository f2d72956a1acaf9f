"""The checks of lesson 04."""

import numpy as np

from kws_helpers.check.ladder import (
    Missed,
    describe,
    expect,
    expect_array,
    expect_close,
    expect_number,
    expect_shape,
    expect_whole_number,
    ladder,
)


@ladder("fit_polynomial(x, y, degree)")
def fit_polynomial(f):
    x = np.array([0.0, 1.0, 2.0, 4.0, 5.0])
    yield "returns an array with degree + 1 coefficients"
    expect_shape(f(x, x**2, 2), (3,), "Degree 2 has three: of x squared, of x, and a constant.")
    expect_shape(f(x, x, 1), (2,), "A straight line has two: the slope and a constant.")
    yield "finds 3x - 1 again"
    expect_close(f(x, 3 * x - 1, 1), [3.0, -1.0], "The highest power comes first. Are x and y in the right order?")
    yield "finds x² + 2x + 5 again"
    expect_close(f(x, x**2 + 2 * x + 5, 2), [1.0, 2.0, 5.0],
                 "These must be coefficients of x itself, highest power first.")
    yield "uses all points when they do not lie on the curve: the best line through (0, 0), (1, 1), (2, 0) is y = 1/3"
    expect_close(f(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 0.0]), 1), [0.0, 1 / 3],
                 "The squared errors of all points together must be smallest.")


@ladder("mean_squared_error(y, y_hat)")
def mean_squared_error(f):
    y = np.array([1.0, 2.0, 3.0])
    yield "returns one number"
    expect_number(f(y, y), "One number for all points: the mean of their squared errors.")
    yield "is 0 where every guess is right"
    expect_close(f(y, y), 0.0)
    yield "squares a single error: 3 away costs 9"
    expect_close(f(np.array([1.0]), np.array([4.0])), 9.0, "The difference, squared; no root, no half.")
    yield "does not let errors above and below cancel"
    expect_close(f(np.zeros(2), np.array([2.0, -2.0])), 4.0, "Square first, then take the mean.")
    yield "takes the mean over the points: (0 + 4 + 1) / 3"
    expect_close(f(y, np.array([1.0, 4.0, 2.0])), 5 / 3, "The sum of the squares, divided by the number of points.")
    yield "notices when all guesses are too high by the same amount"
    expect_close(f(y, y + 2), 4.0, "That is no variance: the mean of the errors is not subtracted.")


@ladder("radius(x, y)")
def radius(f):
    yield "returns one distance for each point"
    expect_shape(f(np.array([3.0, 0.0]), np.array([4.0, 1.0])), (2,))
    yield "gives 5 for the point (3, 4)"
    expect_close(f(np.array([3.0]), np.array([4.0])), [5.0], "Square both, add, and take the root.")
    yield "does not mind signs"
    expect_close(f(np.array([-3.0, 3.0, -1.0]), np.array([4.0, -4.0, 0.0])), [5.0, 5.0, 1.0])
    yield "takes single numbers, and arrays with two axes"
    expect_close(f(5.0, -12.0), 13.0)
    expect_close(f(np.full((2, 3), 0.3), np.full((2, 3), 0.4)), np.full((2, 3), 0.5))


@ladder('weight_penalty(weights, strength, kind="l2")')
def weight_penalty(f):
    weights = np.array([1.0, -2.0])
    yield "returns one number"
    expect_number(f(weights, 0.1), "One number for all weights together.")
    yield "L2: the weights 1 and -2 with strength 0.1 cost 0.1 · (1 + 4)"
    expect_close(f(weights, 0.1), 0.5, "Strength times the sum of the squares: no half, no mean, no root.")
    yield "L2 is what you get when no kind is given"
    expect_close(f(weights, 0.1, kind="l2"), 0.5)
    yield "L1: they cost 0.1 · (1 + 2)"
    expect_close(f(weights, 0.1, kind="l1"), 0.3, "Strength times the sum of the absolute values.")
    yield "takes arrays of any shape"
    expect_close(f(np.full((2, 3, 2), -0.5), 2.0), 6.0, "12 weights, each with a square of 0.25.")
    yield "takes a list of arrays and adds up"
    layers = [np.ones((2, 3)), np.array([-3.0])]
    expect_close(f(layers, 0.5), 7.5, "The first array costs 3, the second 4.5.")
    expect_close(f(layers, 0.5, kind="l1"), 4.5)
    yield "costs nothing with strength 0"
    expect_close(f(weights, 0.0), 0.0)


@ladder("dropout(x, rate, training, rng)")
def dropout(f):
    x = np.random.default_rng(7).uniform(1, 2, size=(200, 200))
    yield "returns an array of the same shape"
    for shape in [(5,), (4, 6), (2, 3, 4)]:
        expect_shape(f(np.ones(shape), 0.5, True, _rng(0)), shape)
    yield "does nothing when the network is used (training=False)"
    expect_close(f(x, 0.4, False, _rng(0)), x, "Without training, every value stays as it is.")
    yield "does nothing with rate 0"
    expect_close(f(x, 0.0, True, _rng(0)), x)
    yield "sets about 30 % of the values to 0 with rate 0.3"
    out = np.asarray(f(x, 0.3, True, _rng(0)), dtype=float)
    share = np.mean(out == 0)
    expect(abs(share - 0.3) < 0.02, "about 30 % zeros", f"{share:.1%}",
           "The rate is the probability with which a value becomes 0, not the one with which it stays.")
    yield "divides the others by 1 - rate"
    kept = out != 0
    expect_close(out[kept], x[kept] / 0.7, "0.7 of the values survive. By what must they grow, so that the sum stays "
                                           "the same on average?")
    yield "draws for every value by itself"
    expect(not np.any(np.all(out == 0, axis=0)) and not np.any(np.all(out == 0, axis=1)),
           "zeros scattered over the array", "whole rows or columns of zeros", "How many random numbers are drawn?")
    yield "takes its random numbers from rng"
    again, other = f(x, 0.3, True, _rng(0)), f(x, 0.3, True, _rng(1))
    expect(np.array_equal(out, again), "the same result for generators with the same seed", "two different results",
           "Are the random numbers drawn with `rng.…`?")
    expect(not np.array_equal(out, other), "different results for different seeds", "twice the same",
           "Is the generator `rng` used, or one that always starts with the same seed?")


@ladder("batch_norm(x, gamma, beta, epsilon=1e-3)")
def batch_norm(f):
    x = np.array([[1.0, 10.0], [3.0, 10.0], [2.0, 40.0], [2.0, 40.0]])
    ones, zeros = np.ones(2), np.zeros(2)
    yield "returns an array of the same shape"
    for shape in [(5, 2), (3, 4, 2)]:
        expect_shape(f(np.ones(shape), ones, zeros), shape)
    yield "gives every neuron the mean 0 over the clips"
    out = expect_array(f(x, ones, zeros))
    expect_close(out.mean(axis=0), zeros, "Subtract the mean of each column. The neurons are the last axis.")
    yield "gives every neuron the standard deviation 1 (epsilon is tiny here)"
    expect_close(np.std(np.asarray(f(x, ones, zeros, epsilon=1e-12)), axis=0), ones,
                 "Divide by the root of the variance, and divide by n for the variance, as np.var does.")
    yield "adds epsilon to the variance, inside the root"
    expect_close(f(np.array([[1.0], [-1.0]]), np.ones(1), np.zeros(1), epsilon=3.0), [[0.5], [-0.5]],
                 "The variance is 1 here and epsilon 3: the root of 4 is 2.")
    expect_close(f(np.array([[0.1], [-0.1]]), np.ones(1), np.zeros(1)), np.array([[0.1], [-0.1]]) / np.sqrt(0.011),
                 "When no epsilon is given it is 0.001.")
    yield "scales by gamma, then shifts by beta"
    gamma, beta = np.array([2.0, -3.0]), np.array([5.0, 7.0])
    expect_close(f(x, gamma, beta), gamma * out + beta, "gamma · standardised + beta, each neuron with its own.")
    yield "with three axes, takes mean and variance over clips and frames together"
    frames = np.random.default_rng(0).normal(3, 2, size=(6, 5, 2))
    expect_close(f(frames, ones, zeros), np.asarray(f(frames.reshape(30, 2), ones, zeros)).reshape(6, 5, 2),
                 "30 values of each neuron, wherever they come from: all axes but the last.")


@ladder("early_stopping_epoch(validation_losses, patience)")
def early_stopping_epoch(f):
    losses = [2.0, 1.5, 1.2, 1.3, 1.25, 1.1]
    yield "returns a whole number"
    expect_whole_number(f(losses, 2), "The number of an epoch, not a loss.")
    yield "stops after two epochs without a new best: the table's answer for patience 2 is epoch 2"
    expect_close(f(losses, 2), 2, "Epochs are counted from 0. What comes after the stop never happens.", tolerance=0)
    yield "waits longer with more patience: epoch 5 for patience 3"
    expect_close(f(losses, 3), 5, "Two epochs without a new best are no reason to stop yet.", tolerance=0)
    yield "stops at once with patience 1"
    expect_close(f([2.0, 2.1, 1.0], 1), 0, "The first epoch without a new best is the last.", tolerance=0)
    yield "runs to the end where nothing stops it"
    expect_close(f([3.0, 2.0, 1.0, 1.5], 3), 2, tolerance=0)
    expect_close(f([3.0, 2.0, 1.0], 2), 2, tolerance=0)
    yield "starts to count again after every new best"
    expect_close(f([5.0, 6.0, 4.0, 5.0, 3.0, 4.0, 2.0], 2), 6, "The epochs without a new best must be in a row.",
                 tolerance=0)
    yield "compares with the best so far, not with the epoch before"
    expect_close(f([1.0, 3.0, 2.5, 2.0, 0.5], 3), 0, "3.0, 2.5, 2.0 are falling, but none of them is below 1.0.",
                 tolerance=0)
    yield "does not take an equal loss for a new best"
    expect_close(f([1.0, 1.0, 1.0, 0.5], 2), 0, tolerance=0)
    yield "takes a NumPy array, too"
    expect_close(f(np.array(losses), 2), 2, tolerance=0)


@ladder("time_shift(audio, samples)")
def time_shift(f):
    audio = np.array([1.0, 2.0, 3.0, 4.0])
    yield "returns an array of the same length"
    expect_shape(f(audio, 1), (4,), "What is pushed out is lost, and zeros come in.")
    yield "moves the clip to later for a positive number"
    expect_close(f(audio, 1), [0.0, 1.0, 2.0, 3.0], "Zeros come in at the beginning.")
    yield "moves the clip to earlier for a negative number"
    expect_close(f(audio, -1), [2.0, 3.0, 4.0, 0.0], "Zeros come in at the end.")
    yield "leaves it where it is for 0"
    expect_close(f(audio, 0), audio, "`audio[:-0]` is `audio[:0]`, and that is empty.")
    yield "leaves only zeros when it moves by its length, or further"
    for samples in (4, 9, -4, -9):
        expect_close(f(audio, samples), np.zeros(4), f"That was a shift of 4 samples by {samples}.")


@ladder("mix_noise(audio, noise, snr_db)")
def mix_noise(f):
    audio, noise = np.array([0.2, -0.2, 0.2, -0.2]), np.array([0.2, 0.2, -0.2, -0.2])
    yield "returns an array of the same length"
    expect_shape(f(audio, noise, 10), (4,))
    yield "adds noise of the same power as it is at 0 dB"
    expect_close(f(audio, noise, 0), audio + noise, "The clip itself keeps its loudness; nothing is averaged.")
    yield "adds a tenth of it at 20 dB"
    expect_close(f(audio, noise, 20), audio + noise / 10,
                 "A power of 1/100 means samples of 1/10. Is there a root somewhere?")
    yield "adds ten times as much at -20 dB, and does not cut the result off at 1"
    expect_close(f(audio, noise, -20), audio + 10 * noise)
    yield "does not mind how loud the noise was recorded, or the clip"
    expect_close(f(audio, 5 * noise, 0), audio + noise, "The power of the noise has to be measured.")
    expect_close(f(audio / 4, noise, 0), (audio + noise) / 4, "The power of the clip has to be measured.")
    yield "takes the mean of the squares as power, also where the mean of the samples is not 0"
    expect_close(f(audio, np.full(4, 0.1), 0), audio + 0.2, "That is no standard deviation: nothing is subtracted "
                                                           "before the square.")
    yield "measures the whole clip, not its loudest sample"
    expect_close(f(audio, np.array([0.4, 0.0, 0.0, 0.0]), 0), audio + np.array([0.4, 0.0, 0.0, 0.0]))


@ladder("change_gain(audio, decibel)")
def change_gain(f):
    audio = np.array([0.1, -0.2, 0.0])
    yield "returns an array of the same length"
    expect_shape(f(audio, 3.0), (3,))
    yield "leaves the clip as it is at 0 dB"
    expect_close(f(audio, 0.0), audio)
    yield "makes samples 10 times as large at 20 dB, and does not cut them off at 1"
    expect_close(f(audio, 20.0), 10 * audio, "Decibels compare powers. 100 times the power means samples 10 times as large.")
    yield "makes them a tenth at -20 dB"
    expect_close(f(audio, -20.0), audio / 10)
    yield "makes them about twice as large at 6 dB"
    expect_close(f(audio, 6.0), 1.9953 * audio, "Solve 20 log10(g) = 6 for g.")


@ladder("change_speed(audio, rate)")
def change_speed(f):
    audio = _tone(500)
    yield "returns an array with one axis"
    expect(expect_array(f(audio, 1.25)).ndim == 1, "one axis", "another number of axes")
    yield "makes a second shorter with rate 2, and longer with rate 0.5"
    expect_shape(f(audio, 2.0), (8000,), "Rate 2 is twice as fast. The length is not to be filled up.")
    expect_shape(f(audio, 0.5), (32000,))
    yield "does not change the pitch of a tone"
    for rate in (2.0, 0.8):
        expect(abs(_pitch(f(audio, rate)) - 500) < 15, "a tone of 500 Hz", f"one of {_pitch(f(audio, rate)):.0f} Hz",
               "Playing samples faster makes them higher, too. librosa.effects has a function that does not.")
    yield "keeps the loudness"
    loudness = np.sqrt(np.mean(np.asarray(f(audio, 0.8)) ** 2) / np.mean(audio**2))
    expect(abs(loudness - 1) < 0.1, "the same loudness", f"{loudness:.2f} times the samples")


@ladder("change_pitch(audio, semitones)")
def change_pitch(f):
    audio = _tone(500)
    yield "returns an array of the same length"
    expect_shape(f(audio, 3), audio.shape, "Only the pitch changes, not the speed.")
    yield "doubles the frequency of a tone with 12 semitones"
    _expect_pitch(f(audio, 12), 1000)
    yield "makes it a little higher with 2 semitones, and lower with -7"
    _expect_pitch(f(audio, 2), 561)
    _expect_pitch(f(audio, -7), 334)
    yield "keeps the speed: a tone that lasts from start to end still does"
    end = np.asarray(f(audio, 5))[-4000:-1000]
    expect(np.sqrt(np.mean(end**2)) > 0.05, "a tone up to the end", "silence at the end",
           "Playing samples faster makes them higher, but shorter as well. librosa.effects has a function that does "
           "not.")
    start = _clicks(np.asarray(f(np.concatenate([np.zeros(8000, np.float32), audio[:8000]]), -5)))
    expect(abs(start - 8000) < 1500, "a tone that begins in the middle", f"one that begins at sample {start}",
           "Only the pitch changes, not the speed.")


@ladder("mask_spectrogram(features, time_width, frequency_width, rng)")
def mask_spectrogram(f):
    features = np.random.default_rng(7).uniform(1, 2, size=(30, 20))
    yield "returns an array of the same shape"
    expect_shape(f(features, 5, 4, _rng(0)), (30, 20))
    yield "hides nothing with widths of 0"
    expect_close(f(features, 0, 0, _rng(0)), features)
    draws = [np.asarray(f(features, 6, 4, _rng(seed))) for seed in range(300)]
    yield "sets what it hides to 0 and leaves the rest alone"
    for out in draws:
        expect(np.all((out == 0) | np.isclose(out, features)), "every value 0 or as it was", "other values")
    yield "hides one band of whole frames and one band of whole coefficients"
    for out in draws:
        frames, coefficients = (out == 0).all(axis=1), (out == 0).all(axis=0)
        expect(np.array_equal(out == 0, frames[:, np.newaxis] | coefficients), "whole frames and whole coefficients",
               "other zeros", "A band of frames hides all their coefficients, and a band of coefficients all frames.")
        expect(_is_band(frames) and _is_band(coefficients), "neighbours", "zeros with gaps between them")
    for axis, (name, width) in enumerate([("frames", 6), ("coefficients", 4)]):
        yield f"draws the width of the band of {name} from 0 to the given width, both included"
        widths = {int((out == 0).all(axis=1 - axis).sum()) for out in draws}
        expect(widths == set(range(width + 1)), f"all widths from 0 to {width} in 300 draws",
               f"{', '.join(map(str, sorted(widths)))}", "The upper limit of rng.integers is itself never drawn. The "
               "frames are the first axis, the coefficients the second.")
        yield f"puts the band of {name} anywhere"
        hidden = np.sum([(out == 0).all(axis=1 - axis) for out in draws], axis=0)
        expect(np.all(hidden[2:-2] > 0), "bands all over the picture", "places that are never hidden",
               "Where does the band begin?")
    yield "takes its random numbers from rng"
    expect(np.array_equal(draws[1], f(features, 6, 4, _rng(1))), "the same result for generators with the same seed",
           "two different results", "Are all random numbers drawn with `rng.…`?")


@ladder("build_regularised_ffnn(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4)")
def build_regularised_ffnn(f):
    clips = np.random.default_rng(0).normal(size=(6, 49, 40)).astype(np.float32)
    yield "returns a keras.Model"
    model = _expect_model(f())
    yield "takes clips of shape (49, 40) and gives 12 numbers for each"
    expect_shape(_run(model, clips), (6, 12), "Is there a Flatten, so that there is one answer for a clip?")
    yield "gives probabilities"
    p = _run(model, 3 * clips)
    expect(np.all((p >= 0) & (p <= 1)), "values from 0 to 1", p[0], "What turns scores into probabilities?")
    expect_close(p.sum(axis=-1), np.ones(6), "The probabilities of a clip sum to 1 after a softmax.")
    yield "has dense layers of 64, of 128 and of 12 neurons"
    kernels = [tuple(weight.shape) for weight in model.weights if weight.name == "kernel"]
    expect(sorted(kernels) == [(64, 128), (128, 12), (1960, 64)], "kernels (1960, 64), (64, 128) and (128, 12)",
           ", ".join(map(str, kernels)))
    for neurons in (64, 128):
        yield f"has batch normalisation for the {neurons} neurons"
        names = {weight.name for weight in model.weights if tuple(weight.shape) == (neurons,)}
        expect({"gamma", "beta", "moving_mean", "moving_variance"} <= names, "gamma, beta and moving statistics",
               ", ".join(sorted(names)) or "none", "keras.layers.BatchNormalization() comes after the dense layer.")
        yield f"has ReLU after it: normalised sums below 0 become 0 ({neurons} neurons)"
        one, other = (_run_below_zero(model, neurons, beta, clips) for beta in (-1.0, -2.0))
        expect_close(other, one, f"All {neurons} normalised sums were negative, and yet it mattered how negative. "
                                 "The order is dense, batch norm, ReLU.")
        yield f"has ReLU after it: normalised sums above 0 stay ({neurons} neurons)"
        one, other = (_run_below_zero(model, neurons, beta, clips) for beta in (1.0, 2.0))
        expect(not np.allclose(one, other, atol=1e-3), "another result for another sum", "the same result")
    yield "has dropout after both hidden layers in training, with the rate that is given"
    for rate in (0.5, 0.3):
        rates = dropout_rates(f(dropout=rate), (49, 40), 12)
        expect(np.allclose(rates, rate, atol=0.05), f"a rate of {rate} in both places",
               " and ".join(f"{one:.2f}" for one in rates), "keras.layers.Dropout comes after each ReLU.")
    yield "has no dropout when it is used"
    expect_close(_run(model, clips), _run(model, clips))
    yield "has an L2 penalty on the kernels of all dense layers, with the strength that is given"
    for strength in (1e-4, 0.05):
        built = f(l2=strength)
        _run(built, clips)
        squares = sum(np.sum(np.square(weight)) for weight in built.weights if weight.name == "kernel")
        penalty = float(sum(np.sum(one) for one in built.losses))
        expect(np.isclose(penalty, strength * squares, rtol=1e-3), f"{strength} times the sum of the squares "
               f"({strength * squares:.4g})", f"{penalty:.4g}", "kernel_regularizer=… in every Dense, the last one too.")
    yield "has no penalty with l2=0"
    built = f(l2=0.0)
    _run(built, clips)
    expect_close(float(sum(np.sum(one) for one in built.losses)), 0.0)
    yield "takes another input shape and another number of classes"
    other = _expect_model(f(input_shape=(20, 13), n_classes=3))
    expect_shape(_run(other, np.zeros((2, 20, 13), np.float32)), (2, 3), "Use `input_shape` and `n_classes`.")


def dropout_rates(model, input_shape, n_classes):
    """The rates of the dropout behind the hidden layers of 64 and of 128 neurons, measured in training mode.

    The kernels are set so that every class but the first looks at one neuron of its own. Without dropout, that neuron
    always has the same value. Dropout behind it makes it 0, dropout in the layer before makes it smaller.
    """
    _run(model, np.zeros((2, *input_shape), np.float32))  # some models have no weights before
    for weight in model.weights:
        shape = tuple(weight.shape)
        value = np.zeros(shape, np.float32)
        if weight.name == "gamma":
            value[:] = 1
        elif weight.name == "beta":
            value[:] = 1 if shape == (64,) else 5
        elif shape == (64, 128):
            value[:, :64] = np.eye(64)
        elif shape == (128, n_classes):
            value[range(1, n_classes), range(1, n_classes)] = 1
        elif weight.name == "moving_variance":
            value[:] = 1
        weight.assign(value)
    with np.errstate(all="ignore"):
        scores = np.log(_run(model, np.zeros((600, *input_shape), np.float32), training=True).astype(float))
    seen = scores[:, 1:] - scores[:, :1]
    hidden = seen < 0.01
    smaller = ~hidden & (seen < seen.max(axis=0) - 0.5)
    return float(np.mean(smaller) / max(np.mean(~hidden), 1e-9)), float(np.mean(hidden))


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
    expect(abs(got / hertz - 1) < 0.02, f"a tone of {hertz} Hz instead of 500", f"one of {got:.0f} Hz",
           "Semitones count up for higher; twelve of them double the frequency.")


def _clicks(audio):
    """The first sample that is clearly there."""
    return int(np.argmax(np.abs(audio) > 0.1))


def _is_band(hidden):
    places = np.flatnonzero(hidden)
    return not len(places) or len(places) == places[-1] - places[0] + 1


def _expect_model(value):
    import keras

    if not isinstance(value, keras.Model):
        raise Missed("a keras.Model", describe(value))
    return value


def _run(model, clips, training=False):
    try:
        return np.asarray(model(clips, training=training))
    except Exception as error:
        raise Missed(f"a network that takes clips of shape {clips.shape[1:]}",
                     f"{type(error).__name__}: {str(error).splitlines()[0][:200]}",
                     "Does the network use `input_shape`?") from None


def _run_below_zero(model, neurons, beta, clips):
    """The outputs when the normalised sums of the layer with so many neurons are all `beta`, and the rest random."""
    rng = np.random.default_rng(0)
    for weight in model.weights:
        shape = tuple(weight.shape)
        if weight.name == "kernel":
            value = rng.normal(size=shape) / np.sqrt(shape[0])
        elif weight.name == "beta":
            value = np.full(shape, beta) if shape == (neurons,) else np.ones(shape)
        elif weight.name in ("gamma", "moving_variance"):
            value = np.zeros(shape) if weight.name == "gamma" and shape == (neurons,) else np.ones(shape)
        else:
            value = np.zeros(shape)
        weight.assign(value)
    return _run(model, clips)
