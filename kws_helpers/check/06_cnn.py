"""The checks of lesson 06."""

import numpy as np

from kws_helpers.check import expect, networks
from kws_helpers.check.ladder import ladder


@ladder("convolve2d(image, kernel, stride=1, padding=0)")
def convolve2d(f):
    ones, square = np.ones((2, 2)), np.arange(16.0).reshape(4, 4)
    yield "returns an array"
    expect.array(f(np.ones((4, 4)), ones))
    yield "has a value for each position at which the kernel fits: 2 x 2 fits into 4 x 4 at 3 x 3 positions"
    expect.shape(f(np.ones((4, 4)), ones), (3, 3), "n - k + 1 positions in each direction.")
    yield "takes images and kernels that are not square"
    expect.shape(f(np.ones((5, 7)), np.ones((2, 4))), (4, 4), "Rows and columns have sizes of their own.")
    expect.shape(f(np.ones((6, 4)), np.ones((3, 1))), (4, 4), "Rows and columns have sizes of their own.")
    yield "multiplies and adds up: four ones give 4"
    expect.close(f(np.ones((3, 3)), ones), np.full((2, 2), 4.0), "The sum of all products, no mean.")
    yield "leaves the kernel as it is: a 1 in its upper right corner picks the upper right value of each window"
    corner = np.array([[0.0, 1.0], [0.0, 0.0]])
    expect.close(f(square, corner), square[:3, 1:],
                 "Is the kernel turned or transposed? Its value (u, v) belongs to the image's (i + u, j + v).")
    yield "keeps fractions, also when the image holds whole numbers"
    expect.close(f(np.array([[1, 2], [3, 4]]), np.full((2, 2), 0.12345)), [[1.2345]],
                 "An array made with np.zeros_like of whole numbers can hold nothing but whole numbers.")
    yield "moves by the stride, in both directions"
    expect.close(f(square, ones, stride=2), [[10.0, 18.0], [42.0, 50.0]],
                 "With stride 2 the windows begin in rows 0 and 2 and in columns 0 and 2.")
    yield "leaves out a window that does not fit whole"
    expect.shape(f(np.ones((6, 7)), np.ones((3, 3)), stride=2), (2, 3), "Round the number of steps down.")
    yield "puts zeros on all four sides"
    expect.close(f(np.ones((2, 2)), np.ones((3, 3)), padding=1), np.full((2, 2), 4.0),
                 "With padding 1, a 2 x 2 image becomes 4 x 4: zeros above, below, left and right of it.")
    yield "does both together"
    expect.close(f(square, np.array([[1.0, 2.0]]), stride=3, padding=1),
                 [[0.0, 0.0], [16.0, 32.0]], "First the zeros, then the steps.")


@ladder("feature_map_size(n, kernel, stride, padding)")
def feature_map_size(f):
    yield "returns a whole number"
    expect.whole_number(f(10, 3, 1, 0), "Round down with // or int().")
    yield "counts the positions: a kernel of 3 fits into 10 at 8 places"
    expect.equal(f(10, 3, 1, 0), 8, "The first position counts, too.")
    yield "counts zeros on both sides: with padding 2 there are 14 to slide over"
    expect.equal(f(10, 3, 1, 2), 12)
    yield "takes longer steps: from 9, a kernel of 3 with stride 2 has 4 places"
    expect.equal(f(9, 3, 2, 0), 4, "Number of steps that fit, and then one more for the first position.")
    yield "rounds down: 10, 11 and 12 with a kernel of 3 and stride 3 give 3, 3 and 4"
    got = [float(f(n, 3, 3, 0)) for n in (10, 11, 12)]
    expect.that(got == [3, 3, 4], "3, 3, 4", ", ".join(f"{one:g}" for one in got), "A step that does not fit whole is not taken.")
    yield "has one position where the kernel just fits"
    expect.equal(f(5, 5, 4, 0), 1)
    yield "puts it all together"
    expect.equal(f(49, 5, 2, 2), 25)


@ladder("max_pool2d(image, size)")
def max_pool2d(f):
    image = np.array([[1.0, 5.0, 2.0, 0.0], [3.0, 4.0, 8.0, 6.0]])
    yield "returns an array"
    expect.array(f(np.ones((4, 4)), 2))
    yield "makes one of each tile: 4 x 6 with size 2 becomes 2 x 3"
    expect.shape(f(np.ones((4, 6)), 2), (2, 3), "Tiles lie side by side and do not overlap.")
    yield "keeps the largest value of each tile"
    expect.close(f(image, 2), [[5.0, 8.0]],
                 "The first tile holds 1, 5, 3, 4, the second 2, 0, 8, 6: rows and columns belong together.")
    yield "knows larger tiles"
    expect.close(f(np.arange(36.0).reshape(6, 6), 3), [[14.0, 17.0], [32.0, 35.0]])
    yield "works with negative values"
    expect.close(f(-image, 2), [[-1.0, 0.0]], "Which of -1, -5, -3, -4 is the largest?")
    expect.close(f(-1 - image, 2), [[-2.0, -1.0]], "Is a 0 larger than everything, because the search starts there?")
    yield "drops rows and columns that do not fill a tile"
    expect.close(f(np.arange(15.0).reshape(3, 5), 2), [[6.0, 8.0]],
                 "Of 3 rows, only the first two fill tiles of size 2; of 5 columns, the first four.")
    yield "leaves everything as it is with size 1"
    expect.close(f(image / 7, 1), image / 7, "np.zeros(shape, dtype=int) holds whole numbers only.")


@ladder("conv_parameters(kernel, channels_in, channels_out, bias=True)")
def conv_parameters(f):
    yield "returns a whole number"
    expect.whole_number(f(3, 1, 1))
    yield "counts one kernel: 3 x 3 weights and a bias"
    expect.equal(f(3, 1, 1), 10, "A kernel given as one number is a square.")
    yield "counts a kernel, with a bias, for each channel that goes out"
    expect.equal(f(3, 1, 16), 160, "16 kernels of 3 x 3, and 16 biases.")
    yield "gives kernels as many layers of weights as channels come in"
    expect.equal(f(3, 16, 32), 4640, "Each of the 32 kernels has 3 x 3 x 16 weights, and one bias.")
    yield "can leave the biases out"
    expect.equal(f(3, 16, 32, bias=False), 4608)
    yield "takes a kernel that is not square, as a pair"
    expect.equal(f((9, 1), 40, 16), 5776, "A pair is (rows, columns): 9 x 1 x 40 weights in each kernel.")
    expect.equal(f((2, 5), 3, 4, bias=False), 120)


@ladder("receptive_field(kernels, strides)")
def receptive_field(f):
    yield "returns a whole number"
    expect.whole_number(f([3], [1]))
    yield "is the kernel's size for a single layer, whatever its stride"
    expect.equal(f([5], [1]), 5, "The only layer sees what its kernel covers.")
    expect.equal(f([5], [2]), 5, "The stride only says how far apart two neighbours are.")
    yield "grows with each layer: kernels of 3 and 3 see 5"
    expect.equal(f([3, 3], [1, 1]), 5, "Three neighbours, each of which sees 3: they overlap.")
    expect.equal(f([3, 5, 2], [1, 1, 1]), 8)
    yield "grows faster after a stride: kernels of 3 and 3, the first with stride 2, see 7"
    expect.equal(f([3, 3], [2, 1]), 7, "Neighbours after the first layer are 2 inputs apart.")
    expect.equal(f([3, 3], [1, 2]), 5, "The last layer's stride comes too late to matter.")
    yield "multiplies the strides of all layers before"
    expect.equal(f([2, 2, 2], [3, 3, 1]), 14, "After two layers with stride 3, neighbours are 9 inputs apart.")
    expect.equal(f([5, 2, 3, 2], [1, 2, 1, 2]), 12)


@ladder("build_cnn(input_shape=(49, 40), n_classes=12)")
def build_cnn(f):
    cause = "Does the network use `input_shape`, and does it add the channel axis itself?"
    model, clips = yield from networks.is_built(f, 4, "Feature maps must be flattened, or pooled over all places, "
                                                "before the last layer.", cause, but=", without a channel axis,")
    yield "has a convolution"
    expect.that(_has_convolution(model), "a convolution layer, such as keras.layers.Conv2D", "none")
    outputs = networks.run(model, clips)
    yield from networks.gives_probabilities(outputs, tolerance=1e-3)
    yield "has fewer than 200,000 parameters"
    expect.that(model.count_params() < 200_000, "fewer than 200,000", f"{model.count_params():,}",
                "model.summary() shows where they are.")
    yield "gives different clips different answers"
    expect.that(np.ptp(outputs, axis=0).max() > 1e-7, "different probabilities", "the same for all clips")
    yield from networks.takes_other_sizes(f, (60, 45), cause)


def _has_convolution(model):
    """True where a layer, at any depth, is one of Keras' convolutions."""
    return any("Conv" in type(layer).__name__ for layer in model._flatten_layers(include_self=False))
