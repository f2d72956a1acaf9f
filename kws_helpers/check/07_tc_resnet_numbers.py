"""The checks of lesson 07 that look at arrays and numbers."""

import numpy as np

from kws_helpers.check import expect
from kws_helpers.check.ladder import ladder


@ladder("as_time_series(features)")
def as_time_series(f):
    rng = np.random.default_rng(0)
    clips = rng.normal(size=(3, 49, 40))
    yield "returns an array"
    expect.array(f(clips))
    yield "has four axes, the third of length 1: (3, 49, 40) becomes (3, 49, 1, 40)"
    expect.shape(f(clips), (3, 49, 1, 40), "The new axis belongs between the frames and the coefficients.", known=[
        ((3, 40, 1, 49), "Frames and coefficients are exchanged: time stays the second axis."),
        ((3, 40, 49, 1), "Frames and coefficients are exchanged, and the new axis is the last."),
        ((1, 49, 3, 40), "The clips are no longer the first axis."), ((3, 49, 40), "The new axis is missing."),
        ((3, 49, 40, 1), "The new axis is the last. It belongs before the coefficients, which are the channels."),
        ((3, 1, 49, 40), "The new axis stands before the frames. It belongs after them."),
        ((1, 3, 49, 40), "The new axis is the first. It belongs between the frames and the coefficients.")])
    yield "moves no number: frame t, coefficient f of clip n is at [n, t, 0, f]"
    exchanged = clips.transpose(0, 2, 1).reshape(3, 49, 1, 40)
    expect.close(f(clips), clips[:, :, np.newaxis], "The shape is right, and numbers have moved.", known=[
        (np.trunc(clips)[:, :, np.newaxis], "The shape is right, but the numbers were cut to whole ones."),
        (exchanged, "Frames and coefficients were exchanged, and then pressed into the right shape with reshape.")])
    yield "takes other sizes, and a single clip"
    expect.shape(f(np.zeros((2, 5, 3))), (2, 5, 1, 3), "Take the sizes from the array, or name none.")
    expect.shape(f(np.zeros((1, 5, 3))), (1, 5, 1, 3))


@ladder("multiply_adds(model)")
def multiply_adds(f):
    from keras import Input, Model, Sequential, layers

    def count(shape, *chain):
        return f(Sequential([Input(shape), *chain]))

    yield "returns one number"
    expect.number(count((3,), layers.Dense(2)))
    yield "counts a dense layer: 3 numbers to 2 neurons are 3 x 2, and the biases do not count"
    expect.equal(count((3,), layers.Dense(2)), 6, "One product for each weight.", known=[
        (8, "The biases are counted, too. They are added, and nothing is multiplied."),
        (0, "The layer was not found. isinstance(layer, keras.layers.Dense) is true for it."),
        (12, "That is twice as many: a product and its addition count once, and each weight of a dense layer is used once.")])
    yield "counts a Conv1D: 10 frames of 4 channels come out, from 3 frames of 5 channels each: 10 x 4 x 3 x 5"
    expect.equal(count((10, 5), layers.Conv1D(4, 3, padding="same", use_bias=False)), 600,
                 "Each number that comes out takes one product for each place of the kernel and each channel that comes "
                 "in.")
    yield "counts what comes out: with stride 2 and no padding these are 4 frames"
    expect.equal(count((10, 5), layers.Conv1D(4, 3, strides=2)), 240,
                 "4 x 4 x 3 x 5: use the shape of the layer's output, and leave the biases out.")
    yield "counts a Conv2D: 6 x 4 places, 2 channels, kernel 3 x 5, from 7 channels"
    expect.equal(count((6, 4, 7), layers.Conv2D(2, (3, 5), padding="same")), 6 * 4 * 2 * 3 * 5 * 7, known=[
        (0, "Conv2D is left out. isinstance takes several classes as a tuple.")])
    expect.equal(count((100, 40), layers.Conv1D(48, 9, padding="same")), 1_728_000, "Numbers of 16 bits end at 65,535.")
    yield "adds up the layers, and counts nothing else"
    got = count((10, 5), layers.Conv1D(4, 3, padding="same"), layers.BatchNormalization(), layers.ReLU(),
                layers.MaxPooling1D(2), layers.Dropout(0.5), layers.Flatten(), layers.Dense(3))
    expect.equal(got, 600 + 5 * 4 * 3, "Batch normalisation, pooling and activations do not count.")
    got = count((6, 4, 7), layers.Conv2D(2, 1), layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(3))
    expect.equal(got, 6 * 4 * 2 * 7 + 3 * 2 * 2 * 3, "Pooling does not count.")
    yield "counts a dense layer on every frame: 10 frames, 5 numbers to 4 neurons"
    expect.equal(count((10, 5), layers.Dense(4)), 200, "The same weights are used again for every frame.")
    yield "counts depthwise convolutions: each number that comes out sees one channel"
    for layer, inputs, expected in [(layers.DepthwiseConv1D(3, padding="same"), (10, 5), 10 * 5 * 3),
                                    (layers.DepthwiseConv2D((3, 2), padding="same"), (6, 4, 7), 6 * 4 * 7 * 3 * 2),
                                    (layers.DepthwiseConv1D(3, depth_multiplier=2), (10, 5), 8 * 10 * 3)]:
        expect.equal(count(inputs, layer), expected, "The channels that come out count, those that come in do not.")
    yield "looks into a network inside a network, and inside that"
    inner = Sequential([Input((10, 5)), layers.Conv1D(4, 3, padding="same")])
    place = Input((10, 5))
    middle = Model(place, layers.ReLU()(inner(place)))
    expect.equal(count((10, 5), middle, layers.Flatten(), layers.Dense(3)), 600 + 120,
                 "Some layers are a keras.Model themselves. A function may call itself.")


@ladder("fold_batch_norm(kernel, gamma, beta, mean, variance, epsilon)")
def fold_batch_norm(f):
    rng = np.random.default_rng(0)
    kernel = rng.normal(size=(3, 5, 4))
    gamma, beta, mean, variance = rng.uniform(0.5, 2, size=(4, 4))
    yield "returns two arrays: a kernel of the same shape, and a bias for each channel that comes out"
    got = f(kernel, gamma, beta, mean, variance, 0.1)
    expect.that(isinstance(got, tuple) and len(got) == 2, "two results: return kernel, bias", got)
    expect.shape(got[0], (3, 5, 4), known=[((4,), "The kernel comes first, then the bias.")])
    expect.shape(got[1], (4,), "One number for each channel that comes out, the kernel's last axis.")
    yield "multiplies each weight by gamma / sqrt(variance + epsilon) of its channel"
    root = np.sqrt(variance + 0.1)
    expect.close(got[0], kernel * gamma / root, "The factor belongs to the channel that comes out.", known=[
        (kernel * gamma / (variance + 0.1), "The variance needs a root: batch normalisation divides by the deviation."),
        (kernel * gamma / (np.sqrt(variance) + 0.1), "epsilon is added before the root is taken."),
        (kernel * gamma / np.sqrt(variance + 1e-3), "epsilon is fixed. It is an argument."),
        (kernel * gamma / np.sqrt(variance), "epsilon is missing."), (kernel / root, "gamma is missing."),
        (kernel, "The kernel comes back as it was.")])
    yield "gives the bias beta - mean * gamma / sqrt(variance + epsilon)"
    expect.close(got[1], beta - mean * gamma / root, "What comes out for an input of zeros?", known=[
        (beta, "The mean is missing: it was subtracted before the factor."),
        ((beta - mean) * gamma / root, "beta is added at the end, so the factor belongs to the mean alone."),
        (beta - mean * gamma, "The root is missing: the mean is multiplied by the same factor as the kernel."),
        (beta - mean, "The mean is subtracted before the factor, so it is multiplied, too."),
        (beta + mean * gamma / root, "The mean is subtracted, not added.")])
