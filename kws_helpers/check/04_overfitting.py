"""The checks of lesson 04."""

import numpy as np

from kws_helpers.check import expect, networks
from kws_helpers.check.ladder import ladder


@ladder("fit_polynomial(x, y, degree)")
def fit_polynomial(f):
    x = np.array([0.0, 1.0, 2.0, 4.0, 5.0])
    yield "returns an array with degree + 1 coefficients"
    expect.shape(f(x, x**2, 2), (3,), "Degree 2 has three: of x squared, of x, and a constant.")
    expect.shape(f(x, x, 1), (2,), "A straight line has two: the slope and a constant.")
    yield "finds 3x - 1 again"
    expect.close(f(x, 3 * x - 1, 1), [3.0, -1.0], "The highest power comes first. Are x and y in the right order?")
    yield "finds x² + 2x + 5 again"
    expect.close(f(x, x**2 + 2 * x + 5, 2), [1.0, 2.0, 5.0],
                 "These must be coefficients of x itself, highest power first.")
    yield "uses all points when they do not lie on the curve: the best line through (0, 0), (1, 1), (2, 0) is y = 1/3"
    expect.close(f(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 0.0]), 1), [0.0, 1 / 3],
                 "The squared errors of all points together must be smallest.")


@ladder("mean_squared_error(y, y_hat)")
def mean_squared_error(f):
    y = np.array([1.0, 2.0, 3.0])
    yield "returns one number"
    expect.number(f(y, y), "One number for all points: the mean of their squared errors.")
    yield "is 0 where every guess is right"
    expect.close(f(y, y), 0.0)
    yield "squares a single error: 3 away costs 9"
    expect.close(f(np.array([1.0]), np.array([4.0])), 9.0, "The difference, squared; no root, no half.")
    yield "does not let errors above and below cancel"
    expect.close(f(np.zeros(2), np.array([2.0, -2.0])), 4.0, "Square first, then take the mean.")
    yield "takes the mean over the points: (0 + 4 + 1) / 3"
    expect.close(f(y, np.array([1.0, 4.0, 2.0])), 5 / 3, "The sum of the squares, divided by the number of points.")
    yield "notices when all guesses are too high by the same amount"
    expect.close(f(y, y + 2), 4.0, "That is no variance: the mean of the errors is not subtracted.")


@ladder("radius(x, y)")
def radius(f):
    yield "returns one distance for each point"
    expect.shape(f(np.array([3.0, 0.0]), np.array([4.0, 1.0])), (2,))
    yield "gives 5 for the point (3, 4)"
    expect.close(f(np.array([3.0]), np.array([4.0])), [5.0], "Square both, add, and take the root.")
    yield "does not mind signs"
    expect.close(f(np.array([-3.0, 3.0, -1.0]), np.array([4.0, -4.0, 0.0])), [5.0, 5.0, 1.0])
    yield "takes single numbers, and arrays with two axes"
    expect.close(f(5.0, -12.0), 13.0)
    expect.close(f(0.1, 0.2), np.sqrt(0.05))
    expect.close(f(np.full((2, 3), 0.3), np.full((2, 3), 0.4)), np.full((2, 3), 0.5))


@ladder('weight_penalty(weights, strength, kind="l2")')
def weight_penalty(f):
    weights = np.array([1.0, -2.0])
    yield "returns one number"
    expect.number(f(weights, 0.1), "One number for all weights together.")
    yield "L2: the weights 1 and -2 with strength 0.1 cost 0.1 · (1 + 4)"
    expect.close(f(weights, 0.1), 0.5, "Strength times the sum of the squares: no half, no mean, no root.")
    yield "L2 is what you get when no kind is given"
    expect.close(f(weights, 0.1, kind="l2"), 0.5)
    yield "L1: they cost 0.1 · (1 + 2)"
    expect.close(f(weights, 0.1, kind="l1"), 0.3, "Strength times the sum of the absolute values.")
    yield "takes arrays of any shape"
    expect.close(f(np.full((2, 3, 2), -0.5), 2.0), 6.0, "12 weights, each with a square of 0.25.")
    yield "takes a list of arrays and adds up"
    layers = [np.ones((2, 3)), np.array([-3.0])]
    expect.close(f(layers, 0.5), 7.5, "The first array costs 3, the second 4.5.")
    expect.close(f(layers, 0.5, kind="l1"), 4.5)
    expect.close(f(weights, 0.0123), 0.0615, "Nothing is rounded.")
    yield "costs nothing with strength 0"
    expect.close(f(weights, 0.0), 0.0)


@ladder("dropout(x, rate, training, rng)")
def dropout(f):
    x = np.random.default_rng(7).uniform(1, 2, size=(200, 200))
    yield "returns an array of the same shape"
    for shape in [(5,), (4, 6), (2, 3, 4)]:
        expect.shape(f(np.ones(shape), 0.5, True, _rng(0)), shape)
    yield "does nothing when the network is used (training=False)"
    expect.close(f(x, 0.4, False, _rng(0)), x, "Without training, every value stays as it is.")
    yield "does nothing with rate 0"
    expect.close(f(x, 0.0, True, _rng(0)), x)
    yield "sets about 30 % of the values to 0 with rate 0.3"
    out = np.asarray(f(x, 0.3, True, _rng(0)), dtype=float)
    share = np.mean(out == 0)
    expect.that(abs(share - 0.3) < 0.02, "about 30 % zeros", f"{share:.1%}",
                "The rate is the probability with which a value becomes 0, not the one with which it stays.")
    yield "divides the others by 1 - rate"
    kept = out != 0
    expect.close(out[kept], x[kept] / 0.7,
                 "0.7 of the values survive. By what must they grow, so that the sum stays the same on average?")
    yield "draws for every value by itself"
    expect.that(not np.any(np.all(out == 0, axis=0)) and not np.any(np.all(out == 0, axis=1)),
                "zeros scattered over the array", "whole rows or columns of zeros", "How many random numbers are drawn?")
    yield "takes its random numbers from rng"
    again, other = f(x, 0.3, True, _rng(0)), f(x, 0.3, True, _rng(1))
    expect.that(np.array_equal(out, again), "the same result for generators with the same seed",
                "two different results", "Are the random numbers drawn with `rng.…`?")
    expect.that(not np.array_equal(out, other), "different results for different seeds", "twice the same",
                "Is the generator `rng` used, or one that always starts with the same seed?")


@ladder("batch_norm(x, gamma, beta, epsilon=1e-3)")
def batch_norm(f):
    x = np.array([[1.0, 10.0], [3.0, 10.0], [2.0, 40.0], [2.0, 40.0]])
    ones, zeros = np.ones(2), np.zeros(2)
    yield "returns an array of the same shape"
    for shape in [(5, 2), (3, 4, 2)]:
        expect.shape(f(np.ones(shape), ones, zeros), shape)
    yield "gives every neuron the mean 0 over the clips"
    out = expect.array(f(x, ones, zeros))
    expect.close(out.mean(axis=0), zeros, "Subtract the mean of each column. The neurons are the last axis.")
    yield "gives every neuron the standard deviation 1 (epsilon is tiny here)"
    expect.close(np.std(np.asarray(f(x, ones, zeros, epsilon=1e-12)), axis=0), ones,
                 "Divide by the root of the variance, and divide by n for the variance, as np.var does.")
    yield "adds epsilon to the variance, inside the root"
    expect.close(f(np.array([[1.0], [-1.0]]), np.ones(1), np.zeros(1), epsilon=3.0), [[0.5], [-0.5]],
                 "The variance is 1 here and epsilon 3: the root of 4 is 2.")
    expect.close(f(np.array([[0.1], [-0.1]]), np.ones(1), np.zeros(1)), np.array([[0.1], [-0.1]]) / np.sqrt(0.011),
                 "When no epsilon is given it is 0.001.")
    yield "scales by gamma, then shifts by beta"
    gamma, beta = np.array([2.0, -3.0]), np.array([5.0, 7.0])
    expect.close(f(x, gamma, beta), gamma * out + beta, "gamma · standardised + beta, each neuron with its own.")
    yield "with three axes, takes mean and variance over clips and frames together"
    frames = np.random.default_rng(0).normal(3, 2, size=(6, 5, 2))
    expect.close(f(frames, ones, zeros), np.asarray(f(frames.reshape(30, 2), ones, zeros)).reshape(6, 5, 2),
                 "30 values of each neuron, wherever they come from: all axes but the last.")


@ladder("early_stopping_epoch(validation_losses, patience)")
def early_stopping_epoch(f):
    losses = [2.0, 1.5, 1.2, 1.3, 1.25, 1.1]
    yield "returns a whole number"
    expect.whole_number(f(losses, 2), "The number of an epoch, not a loss.")
    yield "stops after two epochs without a new best: the table's answer for patience 2 is epoch 2"
    expect.equal(f(losses, 2), 2, "Epochs are counted from 0. What comes after the stop never happens.")
    yield "waits longer with more patience: epoch 5 for patience 3"
    expect.equal(f(losses, 3), 5, "Two epochs without a new best are no reason to stop yet.")
    yield "stops at once with patience 1"
    expect.equal(f([2.0, 2.1, 1.0], 1), 0, "The first epoch without a new best is the last.")
    yield "runs to the end where nothing stops it"
    expect.equal(f([3.0, 2.0, 1.0, 1.5], 3), 2)
    expect.equal(f([3.0, 2.0, 1.0], 2), 2)
    yield "starts to count again after every new best"
    expect.equal(f([5.0, 6.0, 4.0, 5.0, 3.0, 4.0, 2.0], 2), 6, "The epochs without a new best must be in a row.")
    yield "compares with the best so far, not with the epoch before"
    expect.equal(f([1.0, 3.0, 2.5, 2.0, 0.5], 3), 0, "3.0, 2.5, 2.0 are falling, but none of them is below 1.0.")
    yield "does not take an equal loss for a new best"
    expect.equal(f([1.0, 1.0, 1.0, 0.5], 2), 0)
    yield "takes a NumPy array, too"
    expect.equal(f(np.array(losses), 2), 2)


@ladder("build_regularised_ffnn(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4)")
def build_regularised_ffnn(f):
    model, clips = yield from networks.is_built(f, 6, "Is there a Flatten, so that there is one answer for a clip?")
    yield from networks.gives_probabilities(networks.run(model, 3 * clips))
    yield "has dense layers of 64, of 128 and of 12 neurons"
    kernels = [tuple(weight.shape) for weight in model.weights if weight.name == "kernel"]
    expect.that(sorted(kernels) == [(64, 128), (128, 12), (1960, 64)], "kernels (1960, 64), (64, 128) and (128, 12)",
                ", ".join(map(str, kernels)))
    for neurons in (64, 128):
        yield f"has batch normalisation for the {neurons} neurons"
        names = {weight.name for weight in model.weights if tuple(weight.shape) == (neurons,)}
        expect.that({"gamma", "beta", "moving_mean", "moving_variance"} <= names, "gamma, beta and moving statistics",
               ", ".join(sorted(names)) or "none", "keras.layers.BatchNormalization() comes after the dense layer.")
        yield f"has ReLU after it: normalised sums below 0 become 0 ({neurons} neurons)"
        one, other = (_run_below_zero(model, neurons, beta, clips) for beta in (-1.0, -2.0))
        expect.close(other, one, f"All {neurons} normalised sums were negative, and yet it mattered how negative. The "
                     "order is dense, batch norm, ReLU.")
        yield f"has ReLU after it: normalised sums above 0 stay ({neurons} neurons)"
        one, other = (_run_below_zero(model, neurons, beta, clips) for beta in (1.0, 2.0))
        expect.that(not np.allclose(one, other, atol=1e-3), "another result for another sum", "the same result")
    yield "has dropout after both hidden layers in training, with the rate that is given"
    for rate in (0.5, 0.3):
        rates = networks.dropout_rates(f(dropout=rate), (49, 40), 12)
        expect.that(np.allclose(rates, rate, atol=0.05), f"a rate of {rate} in both places",
                    " and ".join(f"{one:.2f}" for one in rates), "keras.layers.Dropout comes after each ReLU.")
    yield "has no dropout when it is used"
    expect.close(networks.run(model, clips), networks.run(model, clips))
    yield "has an L2 penalty on the kernels of all dense layers, with the strength that is given"
    for strength in (1e-4, 0.05):
        built = f(l2=strength)
        networks.run(built, clips)
        squares = sum(np.sum(np.square(weight)) for weight in built.weights if weight.name == "kernel")
        penalty = float(sum(np.sum(one) for one in built.losses))
        expect.that(np.isclose(penalty, strength * squares, rtol=1e-3), f"{strength} times the sum of the squares "
               f"({strength * squares:.4g})", f"{penalty:.4g}", "kernel_regularizer=… in every Dense, the last one too.")
    yield "has no penalty with l2=0"
    built = f(l2=0.0)
    networks.run(built, clips)
    expect.close(float(sum(np.sum(one) for one in built.losses)), 0.0)
    yield from networks.takes_other_sizes(f, (20, 13))


def _rng(seed):
    return np.random.default_rng(seed)


def _run_below_zero(model, neurons, beta, clips):
    """The outputs when the normalised sums of the layer with so many neurons are all `beta`, and the rest random."""
    rng = np.random.default_rng(0)

    def value(name, shape):
        if name == "kernel":
            return rng.normal(size=shape) / np.sqrt(shape[0])
        here = shape == (neurons,)
        return {"beta": beta if here else 1, "gamma": 0 if here else 1, "moving_variance": 1}.get(name, 0)

    networks.assign(model, value)
    return networks.run(model, clips)
