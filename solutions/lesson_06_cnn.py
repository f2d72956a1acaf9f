"""The solutions of lesson 06_cnn, made from `autograder/lessons/06_cnn.py` by `make lessons`."""

import keras
import numpy as np


def convolve2d(image, kernel, stride=1, padding=0):
    """Slide a kernel over an image (cross-correlation, as in Keras).

    Args:
        image: shape (height, width).
        kernel: shape (h, w), not turned or mirrored.
        stride: rows and columns that the kernel moves from one position to the next.
        padding: rows and columns of zeros that are put on each of the four sides first.

    Returns:
        The feature map: a sum of products for each position at which the whole kernel lies inside.
    """
    image = np.pad(image, padding)
    h, w = kernel.shape
    n_rows = (image.shape[0] - h) // stride + 1
    n_columns = (image.shape[1] - w) // stride + 1
    result = np.zeros((n_rows, n_columns))
    for i in range(n_rows):
        for j in range(n_columns):
            top, left = i * stride, j * stride
            result[i, j] = np.sum(image[top:top + h, left:left + w] * kernel)
    return result


def feature_map_size(n, kernel, stride, padding):
    """Number of positions of a kernel in one direction.

    Args:
        n: size of the image in this direction.
        kernel: size of the kernel in this direction, at most n + 2 * padding.
        stride: how far the kernel moves from one position to the next.
        padding: number of zeros at each of the two ends.

    Returns:
        The size of the feature map in this direction, an int.
    """
    return (n + 2 * padding - kernel) // stride + 1


def max_pool2d(image, size):
    """Keep the largest value of each tile.

    Args:
        image: shape (height, width), values of any sign.
        size: rows and columns of a tile; tiles do not overlap.

    Returns:
        Shape (height // size, width // size); rows and columns that do not fill a tile are dropped.
    """
    n_rows, n_columns = image.shape[0] // size, image.shape[1] // size
    whole = image[:n_rows * size, :n_columns * size]
    return whole.reshape(n_rows, size, n_columns, size).max(axis=(1, 3))


def conv_parameters(kernel, channels_in, channels_out, bias=True):
    """Number of weights and biases in a two-dimensional convolutional layer.

    Args:
        kernel: rows and columns of the kernels: one int for squares, or a pair of ints.
        channels_in: number of maps that come in.
        channels_out: number of maps that go out.
        bias: whether there is a bias for each map that goes out.

    Returns:
        The number of parameters, an int.
    """
    height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
    weights = height * width * channels_in * channels_out
    return weights + channels_out if bias else weights


def receptive_field(kernels, strides):
    """How many inputs, in one direction, one number after the last layer depends on.

    Args:
        kernels: the size of each layer's kernel, first layer first; a list of ints.
        strides: the stride of each layer, a list of as many ints.

    Returns:
        The receptive field, an int.
    """
    field, distance = 1, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        field += (kernel - 1) * distance
        distance *= stride
    return field


def build_cnn(input_shape=(49, 40), n_classes=12):
    """A convolutional network with fewer than 200,000 parameters.

    Args:
        input_shape: shape of one clip's features, (frames, coefficients), without a channel axis.
        n_classes: number of classes.

    Returns:
        A keras.Model that turns clips (N, *input_shape) into probabilities (N, n_classes).
    """
    return keras.Sequential([
        keras.Input(shape=input_shape),
        keras.layers.Reshape((*input_shape, 1)),
        keras.layers.Conv2D(16, 5, strides=2, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Conv2D(32, 5, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Flatten(),
        keras.layers.Dense(n_classes, activation="softmax"),
    ])


def dense_weights(kernel, image_shape):
    """The weights of a dense layer that does what a convolution does.

    Args:
        kernel: shape (h, w).
        image_shape: rows and columns of the image.

    Returns:
        The matrix W, one row for each number of the image, one column for each number of the feature map: for every
        image, image.ravel() @ W is convolve2d(image, kernel).ravel().
    """
    n_rows, n_columns = image_shape
    ones = np.eye(n_rows * n_columns).reshape(-1, n_rows, n_columns)
    return np.stack([convolve2d(one, kernel).ravel() for one in ones])
