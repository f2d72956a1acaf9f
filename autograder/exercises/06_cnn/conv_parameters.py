"""What the judge knows of `conv_parameters` (lesson 06_cnn)."""

import numpy as np

from autograder.judging.exercise import Case, Exercise

conv_parameters = Exercise("conv_parameters", tolerance=0)


@conv_parameters.cases
def conv_parameters_cases(rng):
    for _ in range(2):
        kernel, channels_in, channels_out = _sizes(rng)
        yield Case("a square kernel", kernel, channels_in, channels_out)
    kernel, channels_in, channels_out = _sizes(rng)
    yield Case("a kernel given as a pair", (kernel, kernel + 3), channels_in, channels_out)
    yield Case("a kernel given as a pair", (kernel + 2, 1), channels_in, channels_out)
    yield Case("without biases", kernel, channels_in, channels_out, bias=False)
    yield Case("without biases", (2, kernel), channels_in, channels_out, bias=False)
    yield Case("a kernel of a single number", 1, channels_in, channels_out)


def _sizes(rng):
    """Kernel, channels in and channels out, all different."""
    return int(rng.integers(3, 8)), int(rng.integers(10, 40)), int(rng.integers(50, 130))


def _weights(kernel, channels_in, channels_out):
    height, width = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    return height * width * channels_in * channels_out


@conv_parameters.mistake("Each kernel is counted as if it were flat. It has a layer of weights of its own for every "
                         "channel that comes in.")
def channels_in_forgotten(kernel, channels_in, channels_out, bias=True):
    return _weights(kernel, 1, channels_out) + bias * channels_out


@conv_parameters.mistake("Only one kernel is counted. There is one for every channel that goes out.")
def channels_out_forgotten(kernel, channels_in, channels_out, bias=True):
    return _weights(kernel, channels_in, 1) + bias


@conv_parameters.mistake("The biases are missing. With `bias` true, every channel that goes out has one.")
def biases_missing(kernel, channels_in, channels_out, bias=True):
    return _weights(kernel, channels_in, channels_out)


@conv_parameters.mistake("The argument `bias` is ignored: with bias=False there are only weights.")
def always_with_biases(kernel, channels_in, channels_out, bias=True):
    return _weights(kernel, channels_in, channels_out) + channels_out


@conv_parameters.mistake("There is a single bias for the layer. Every channel that goes out has its own.")
def one_bias_per_layer(kernel, channels_in, channels_out, bias=True):
    return _weights(kernel, channels_in, channels_out) + bias


@conv_parameters.mistake("There is one bias for every channel that comes in. It is one for every channel that goes "
                         "out.")
def biases_of_channels_in(kernel, channels_in, channels_out, bias=True):
    return _weights(kernel, channels_in, channels_out) + bias * channels_in


@conv_parameters.mistake("There is a bias for every pair of channels. A kernel adds up over all channels that come in "
                         "before its one bias is added.")
def biases_of_pairs(kernel, channels_in, channels_out, bias=True):
    return _weights(kernel, channels_in, channels_out) + bias * channels_in * channels_out


@conv_parameters.mistake("A kernel given as one number k is a square with k · k weights, not a row of k.")
def square_forgotten(kernel, channels_in, channels_out, bias=True):
    flat = kernel if isinstance(kernel, tuple) else (kernel, 1)
    return _weights(flat, channels_in, channels_out) + bias * channels_out


@conv_parameters.mistake("A kernel given as a pair (height, width) has height · width weights. Here its first number "
                         "is used for both.")
def first_of_the_pair_only(kernel, channels_in, channels_out, bias=True):
    side = kernel[0] if isinstance(kernel, tuple) else kernel
    return _weights(side, channels_in, channels_out) + bias * channels_out


@conv_parameters.mistake("The two sides of the kernel are added. Its area is height times width.")
def sides_added(kernel, channels_in, channels_out, bias=True):
    height, width = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    return (height + width) * channels_in * channels_out + bias * channels_out


@conv_parameters.mistake("A kernel given as a pair is not thought of: (3, 5) means 3 rows and 5 columns.")
def pair_not_understood(kernel, channels_in, channels_out, bias=True):
    return kernel**2 * channels_in * channels_out + bias * channels_out


@conv_parameters.mistake("That is a depthwise convolution, in which every channel has one kernel of its own. In an "
                         "ordinary one every kernel sees all channels that come in.")
def depthwise(kernel, channels_in, channels_out, bias=True):
    return _weights(kernel, channels_in, 1) + channels_in * channels_out + bias * channels_out


@conv_parameters.right_answer
def conv_parameters_of_isinstance(kernel, channels_in, channels_out, bias=True):
    if isinstance(kernel, int):
        kernel = (kernel, kernel)
    weights = kernel[0] * kernel[1] * channels_in * channels_out
    return weights + channels_out if bias else weights


@conv_parameters.right_answer
def conv_parameters_of_one_channel(kernel, channels_in, channels_out, bias=True):
    per_channel = int(np.prod(np.broadcast_to(kernel, 2))) * channels_in + (1 if bias else 0)
    return per_channel * channels_out


@conv_parameters.right_answer
def conv_parameters_trying_the_pair(k, c_in, c_out, bias=True):
    try:
        height, width = k
    except TypeError:
        height = width = k
    return height * width * c_in * c_out + int(bias) * c_out


@conv_parameters.right_answer
def conv_parameters_of_keras(kernel, channels_in, channels_out, bias=True):
    import keras

    layer = keras.layers.Conv2D(channels_out, kernel, use_bias=bias)
    layer.build((None, 32, 32, channels_in))
    return layer.count_params()


@conv_parameters.right_answer
def conv_parameters_of_numpy(kernel, channels_in, channels_out, bias=True):
    area = kernel**2 if np.isscalar(kernel) else np.prod(kernel)
    return np.int64(area * channels_in * channels_out + (channels_out if bias else 0))
