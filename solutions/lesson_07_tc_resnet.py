"""The solutions of lesson 07_tc_resnet, made from `autograder/lessons/07_tc_resnet.py` by `make lessons`."""

import math
import keras
import numpy as np


def as_time_series(features):
    """Features as pictures that are one pixel wide, with the coefficients as channels.

    Args:
        features: features of clips, shape (N, T, F): clips, frames, coefficients.

    Returns:
        The same numbers with one more axis, shape (N, T, 1, F).
    """
    return features[:, :, np.newaxis, :]


def residual_block(x, channels, stride):
    """The residual block of TC-ResNet: two convolutions over 9 frames, and a shortcut around them.

    Args:
        x: a place in a network (KerasTensor) of shape (N, T, C); or (N, T, 1, C) for 2-D convolutions.
        channels: the number of channels that the block gives.
        stride: the stride of the block in frames, 1 or 2.

    Returns:
        The place behind the block (KerasTensor), shape (N, ceil(T / stride), channels); with 2-D
        convolutions (N, ceil(T / stride), 1, channels).
    """
    def convolution(x, kernel, stride):
        x = keras.layers.Conv1D(channels, kernel, strides=stride, padding="same", use_bias=False)(x)
        return keras.layers.BatchNormalization(momentum=0.95)(x)

    main = keras.layers.ReLU()(convolution(x, 9, stride))
    main = convolution(main, 9, 1)
    shortcut = x
    if stride != 1 or x.shape[-1] != channels:
        shortcut = keras.layers.ReLU()(convolution(x, 1, stride))
    return keras.layers.ReLU()(keras.layers.Add()([main, shortcut]))


def build_tc_resnet8(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    """TC-ResNet8 (Choi and others, 2019): convolutions over time in three residual blocks.

    Args:
        input_shape: shape of one clip's features, (frames, coefficients).
        n_classes: number of classes.
        width: factor for the numbers of channels 16, 24, 32, 48, rounded down.
        dropout: share of the numbers that is dropped before the last layer, in training only.

    Returns:
        A keras.Model that turns clips (N, *input_shape) into probabilities (N, n_classes).
    """
    first, *others = [int(channels * width) for channels in (16, 24, 32, 48)]
    clip = keras.Input(shape=input_shape)
    x = keras.layers.Conv1D(first, 3, padding="same", use_bias=False)(clip)
    x = keras.layers.BatchNormalization(momentum=0.95)(x)
    x = keras.layers.ReLU()(x)
    for channels in others:
        x = residual_block(x, channels, stride=2)
    x = keras.layers.GlobalAveragePooling1D()(x)
    x = keras.layers.Dropout(dropout)(x)
    return keras.Model(clip, keras.layers.Dense(n_classes, activation="softmax", use_bias=False)(x))


def multiply_adds(model):
    """The multiplications (each with its addition) that a network needs for one clip.

    Args:
        model: a keras.Model, functional or Sequential, that has been built; its layers may be networks.

    Returns:
        The number for all dense layers, Conv1D, Conv2D and depthwise convolutions together, an int.
    """
    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            total += multiply_adds(layer)
        elif isinstance(layer, (keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D)):
            total += math.prod(layer.output.shape[1:]) * math.prod(layer.kernel_size)
        elif isinstance(layer, (keras.layers.Dense, keras.layers.Conv1D, keras.layers.Conv2D)):
            total += math.prod(layer.output.shape[1:]) * math.prod(layer.kernel.shape[:-1])
    return total


def fold_batch_norm(kernel, gamma, beta, mean, variance, epsilon):
    """A convolution that does what a convolution without bias and the batch normalisation after it do.

    Args:
        kernel: shape (k, channels in, channels out).
        gamma, beta, mean, variance: of the batch normalisation, shape (channels out,).
        epsilon: what is added to the variance, a small number.

    Returns:
        (kernel, bias) of shapes (k, channels in, channels out) and (channels out,).
    """
    factor = gamma / np.sqrt(variance + epsilon)
    return kernel * factor, beta - mean * factor
