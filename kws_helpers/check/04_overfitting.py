"""The checks of lesson 04."""

import numpy as np

from kws_helpers.check import expect
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
    expect.close(f(y, y), 0.0, "All differences are 0 here. Are there brackets around the difference?")
    yield "squares a single error: 3 away costs 9"
    expect.close(f(np.array([1.0]), np.array([4.0])), 9.0, "The difference, squared.", known=[
        (3.0, "That is the difference itself, or its root mean square. Square it, and take no root."),
        (-6.0, "The difference was doubled. Its square is (y - y_hat) ** 2."),
        (-15.0, "The squares were subtracted. Subtract first, then square the difference."),
        (-3.0, "The difference is not squared."),
        (4.5, "There is a factor 1/2. Here there is none."),
    ])
    yield "takes the mean over the points: (0 + 4 + 1) / 3"
    expect.close(f(y, np.array([1.0, 4.0, 2.0])), 5 / 3, "The sum of the squares, divided by the number of points.", known=[
        (5.0, "That is the sum of the squares. Divide it by the number of points, or use np.mean."),
        (1 / 9, "The mean was taken before the square, so errors above and below cancel. Square first."),
        (-7 / 3, "The squares were subtracted. Subtract first, then square the difference."),
        (5 / 2, "The sum was divided by n - 1. Divide it by n."),
    ])
    yield "does not let errors above and below cancel"
    expect.close(f(np.zeros(2), np.array([2.0, -2.0])), 4.0, "Square first, then take the mean.")
    yield "notices when all guesses are too high by the same amount"
    expect.close(f(y, y + 2), 4.0, "That is no variance: the mean of the errors is not subtracted.")


@ladder("radius(x, y)")
def radius(f):
    yield "returns one distance for each point"
    expect.shape(f(np.array([3.0, 0.0]), np.array([4.0, 1.0])), (2,), "One distance for each point, not one for all.")
    yield "gives 5 for the point (3, 4)"
    expect.close(f(np.array([3.0]), np.array([4.0])), [5.0], "Square both, add, and take the root.", known=[
        ([12.5], "`x**1/2` halves x**1. The root is np.sqrt(x), or x ** 0.5."),
        ([25.0], "The root is missing: np.sqrt."),
        ([7.0], "That is 3 + 4. Square both, add, and only then take the root."),
    ])
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
    expect.close(f(weights, 0.1), 0.5, "Strength times the sum of the squares: no half, no mean, no root.", known=[
        (0.25, "There is a half, or a mean. Here the squares are only added up."),
        (0.1 * 5**0.5, "The root of the sum was taken. There is none here."),
        (5.0, "The strength is missing."), (0.05, "The strength was squared as well."),
        (0.1, "The weights were added before they were squared."),
        (0.3, "That is L1: the sum of the absolute values."),
    ])
    yield "L2 is what you get when no kind is given"
    expect.close(f(weights, 0.1, kind="l2"), 0.5)
    yield "L1: they cost 0.1 · (1 + 2)"
    expect.close(f(weights, 0.1, kind="l1"), 0.3, "Strength times the sum of the absolute values.", known=[
        (-0.1, "The weights were added with their signs. Take np.abs of each."),
        (0.1, "The absolute value was taken of the sum. Take it of each weight."),
        (0.5, "That is L2 again. Is `kind` used?"),
        (0.15, "That is a mean. Add them up."),
    ])
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
        expect.shape(f(np.ones(shape), 0.5, True, _rng(0)), shape, "Silenced values become 0 and stay in their places.")
    yield "does nothing when the network is used (training=False)"
    expect.close(f(x, 0.4, False, _rng(0)), x, "Without training, every value stays as it is.")
    yield "does nothing with rate 0"
    out = expect.array(f(x, 0.0, True, _rng(0)))
    expect.close(out, x, "With rate 0 every draw must keep its value. Is the comparison of draw and rate the right way "
                 "round?" if np.mean(out == 0) > 0.9 else "With rate 0 every draw must keep its value. Draw numbers from 0 to 1: "
                 "rng.uniform." if np.mean(out == 0) > 0.1 else "Nothing is silenced, and 1 - rate is 1.")
    yield "draws for every value by itself"
    out = expect.array(f(x, 0.3, True, _rng(0))).astype(float)
    expect.that(not np.any(np.all(out == 0, axis=0)) and not np.any(np.all(out == 0, axis=1)),
                "zeros scattered over the array", "whole rows or columns of zeros",
                "Every value became 0. Draw numbers from 0 to 1: rng.uniform." if not out.any() else
                "One random number was drawn for many values. Draw as many as x has: size=x.shape.")
    yield "sets about 30 % of the values to 0 with rate 0.3"
    share = np.mean(out == 0)
    expect.that(abs(share - 0.3) < 0.02, "about 30 % zeros", f"{share:.1%}",
                "The rate is the probability with which a value becomes 0, not the one with which it stays."
                if abs(share - 0.7) < 0.02 else "Nothing was silenced. Was one number drawn for all values? size=x.shape."
                if share == 0 else "A draw from 0 to 1 is below 0.3 in 30 % of the cases.")
    yield "divides the others by 1 - rate"
    kept = out != 0
    growth = np.median(out[kept] / x[kept])
    expect.close(out[kept], x[kept] / 0.7, expect.told(growth, [
        (1.0, "They were not divided."),
        (1 / 0.3, "They were divided by the rate. Divide by 1 - rate."),
        (0.7, "They were multiplied by 1 - rate, which makes them smaller. Divide."),
    ], "0.7 of the values survive. By what must they grow, so that the sum stays the same on average?"))
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
    expect.close(out.mean(axis=0), zeros, "Subtract the mean of each column. The neurons are the last axis.", known=[
        (ones, "Were gamma and beta exchanged? gamma is the scale, beta the shift."),
        ([-0.734707, 0.734707], "One mean was used for all neurons. Each has its own mean and variance.")])
    yield "gives every neuron the standard deviation 1 (epsilon is tiny here)"
    expect.close(np.std(np.asarray(f(x, ones, zeros, epsilon=1e-12)), axis=0), ones,
                 "Divide by the root of the variance, and divide by n for the variance, as np.var does.", known=[
        ([0.999001, 0.999998], "The epsilon that is given is not used."),
        ([2**0.5, 1 / 15], "That divides by the variance. Divide by its root.")])
    yield "adds epsilon to the variance, inside the root"
    expect.close(f(np.array([[1.0], [-1.0]]), np.ones(1), np.zeros(1), epsilon=3.0), [[0.5], [-0.5]],
                 "The variance is 1 here and epsilon 3: the root of 4 is 2.")
    expect.close(f(np.array([[0.1], [-0.1]]), np.ones(1), np.zeros(1)), np.array([[0.1], [-0.1]]) / np.sqrt(0.011),
                 "When no epsilon is given it is 0.001.")
    yield "scales by gamma, then shifts by beta"
    gamma, beta = np.array([2.0, -3.0]), np.array([5.0, 7.0])
    expect.close(f(x, gamma, beta), gamma * out + beta, "gamma · standardised + beta, each neuron with its own.", known=[
        (gamma * (out + beta), "The shift was scaled, too. Scale first, then shift.")])
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
    expect.equal(f(losses, 2), 2, "What comes after the stop never happens.", known=[
        (4, "That is the epoch at which training stops. Return the best epoch before it."),
        (5, "Training went on for too long. It stops as soon as `patience` epochs in a row brought no new best (>=, "
            "not >), and what comes later never happens."),
        (3, "Epochs are counted from 0."),
        (0, "That is not the smallest loss so far."),
    ])
    yield "waits longer with more patience: epoch 5 for patience 3"
    expect.equal(f(losses, 3), 5, "Two epochs without a new best are no reason to stop yet.")
    yield "stops at once with patience 1"
    expect.equal(f([2.0, 2.1, 1.0], 1), 0, "The first epoch without a new best is the last.", known=[
        (2, "Training stops one epoch too late: >= and not >."),
    ])
    yield "runs to the end where nothing stops it"
    expect.equal(f([3.0, 2.0, 1.0, 1.5], 3), 2, "Here, too, the answer is the best epoch, not the last.")
    expect.equal(f([3.0, 2.0, 1.0], 2), 2)
    yield "starts to count again after every new best"
    expect.equal(f([5.0, 6.0, 4.0, 5.0, 3.0, 4.0, 2.0], 2), 6, "The epochs without a new best must be in a row.")
    yield "compares with the best so far, not with the epoch before"
    expect.equal(f([1.0, 3.0, 2.5, 2.0, 0.5], 3), 0, "3.0, 2.5, 2.0 are falling, but none of them is below 1.0.")
    yield "does not take an equal loss for a new best"
    expect.equal(f([1.0, 1.0, 1.0, 0.5], 2), 0, "A new best is smaller than all before it: <, not <=.")
    yield "takes a NumPy array, too"
    expect.equal(f(np.array(losses), 2), 2)


@ladder("fit_penalised(x, y, degree, strength)")
def fit_penalised(f):
    x = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    yield "returns an array with degree + 1 coefficients"
    expect.shape(f(x, x**2, 2, 0.1), (3,))
    yield "is fit_polynomial with strength 0: it finds x² + 2x + 5 again"
    expect.close(f(x, x**2 + 2 * x + 5, 2, 0.0), [1.0, 2.0, 5.0], "The highest power comes first (np.vander).")
    yield "makes a straight line flatter: with strength 10, y = 2x becomes y = x"
    expect.close(f(x, 2 * x, 1, 10.0), [1.0, 0.0], "The sum of x² is 10, that of xy is 20: 20 / (10 + strength).", known=[
        ([4 / 3, 0.0], "The penalty is too weak by a factor: the squared errors are added up, not averaged, and "
                       "there is no half."),
        ([1.5, -1.0], "The strength was added to the whole matrix. It belongs on the diagonal: strength * np.eye(degree + 1)."),
        ([2.0, 0.0], "The strength has no effect."),
    ])
    yield "has a penalty on the constant, too: with strength 5, y = 4 becomes y = 2"
    expect.close(f(x, np.full(5, 4.0), 0, 5.0), [2.0], "All coefficients are in the sum, the constant as well.")
    yield "makes all coefficients small where the strength is huge"
    expect.close(f(x, 2 * x + 1, 3, 1e9), np.zeros(4))


def _rng(seed):
    return np.random.default_rng(seed)
