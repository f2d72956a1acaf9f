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
    expect.shape(f(np.ones((4, 4)), ones), (3, 3), "n - k + 1 positions in each direction.", known=[
        ((2, 2), "The last position is missing: there are n - k steps, and the first position takes none."),
        ((4, 4), "Without padding the map is smaller than the image: the whole kernel must lie inside."),
        ((9,), "The sums are right in number, but in one row: give them the map's rows and columns.")])
    yield "multiplies and adds up: four ones give 4"
    expect.close(f(np.ones((3, 3)), ones), np.full((2, 2), 4.0), "The sum of all products.", known=[
        (np.full((2, 2), 8.0), "`@` is a product of matrices. `*` multiplies each number with the one below it."),
        (np.ones((2, 2)), "The products are averaged. Add them up."),
        (np.full((2, 2), 2.0), "Only one row or column of the window is added up. np.sum without an axis adds all."),
        ([[4, 4], [0, 0]], "Only the first row of the map is filled. Is the `return` inside the loop?")])
    yield "keeps negative sums: four times -1 gives -4"
    expect.close(f(-np.ones((3, 3)), ones), np.full((2, 2), -4.0), "A sum may be negative.", known=[
        (np.zeros((2, 2)), "Negative sums became 0. That is a ReLU, which comes after the convolution.")])
    yield "takes images and kernels that are not square"
    expect.shape(f(np.ones((5, 7)), np.ones((2, 4))), (4, 4), "Rows and columns have sizes of their own.", known=[
        ((2, 6), "The kernel's rows and columns are exchanged."),
        ((4, 2), "The image is taken for square: columns are counted with image.shape[1].")])
    expect.shape(f(np.ones((6, 4)), np.ones((3, 1))), (4, 4), "Rows and columns have sizes of their own.")
    yield "leaves the kernel as it is: a 1 in its upper right corner picks the upper right value of each window"
    expect.close(f(square, np.array([[0.0, 1.0], [0.0, 0.0]])), square[:3, 1:],
                 "The kernel's value (u, v) belongs to the image's (i + u, j + v).", known=[
        (square[1:, :3], "The 1 picked the lower left value: the kernel is turned by 180 degrees, or transposed.")])
    yield "keeps fractions, also when the image holds whole numbers"
    expect.close(f(np.array([[1, 2], [3, 4]]), np.full((2, 2), 0.12345)), [[1.2345]],
                 "An array made with np.zeros_like of whole numbers can hold nothing but whole numbers.")
    yield "moves by the stride, in both directions"
    expect.close(f(square, ones, stride=2), [[10.0, 18.0], [42.0, 50.0]],
                 "With stride 2 the windows begin in rows 0 and 2 and in columns 0 and 2.", known=[
        ([[10.0, 14.0], [42.0, 46.0]], "The columns still lie side by side: a window begins in column j * stride."),
        ([[10.0, 18.0], [26.0, 34.0]], "The rows still lie side by side: a window begins in row i * stride."),
        ([[20.0]], "The image itself was thinned out. Only the kernel's places are `stride` apart, and it sees them whole."),
        ([[10.0, 14.0], [26.0, 30.0]], "The map has the right size, but its windows still lie side by side: value "
                                       "(i, j) belongs to the window that begins at (i * stride, j * stride)."),
        ([[10.0, 14.0, 18.0], [26.0, 30.0, 34.0], [42.0, 46.0, 50.0]], "The stride is not used: the kernel moves by one."),
        ([[10.0, 14.0, 18.0], [42.0, 46.0, 50.0]], "The stride is used down the rows only. It is one to the right, too."),
        ([[10.0, 18.0], [26.0, 34.0], [42.0, 50.0]], "The stride is used to the right only. It is one down the rows, too.")])
    yield "leaves out a window that sticks out"
    expect.shape(f(np.ones((6, 7)), np.ones((3, 3)), stride=2), (2, 3), "Round the number of steps down.")
    yield "puts zeros on all four sides"
    expect.close(f(np.ones((3, 3)), np.ones((3, 3)), padding=1), [[4.0, 6.0, 4.0], [6.0, 9.0, 6.0], [4.0, 6.0, 4.0]],
                 "With padding 1, a 3 x 3 image becomes 5 x 5: zeros above, below, left and right of it.", known=[
        ([[9.0]], "The padding is not used. np.pad(image, padding) returns the padded image: keep what it returns."),
        ([[9.0, 6.0], [6.0, 4.0]], "The zeros are at the end only. They belong on all four sides."),
        ([[6.0, 9.0, 6.0]], "The zeros are left and right only. They belong above and below, too."),
        (np.full((3, 3), 9.0), "The border is repeated. What is put around the image are zeros."),
        (np.pad([[9.0]], 1), "The zeros are around the map. They belong around the image, before the kernel slides.")])
    yield "does both together"
    expect.close(f(square, np.array([[1.0, 2.0]]), stride=3, padding=1),
                 [[0.0, 0.0], [16.0, 32.0]], "First the zeros, then the steps.")


@ladder("feature_map_size(n, kernel, stride, padding)")
def feature_map_size(f):
    yield "returns a whole number"
    expect.whole_number(f(10, 3, 1, 0))
    yield "counts the positions: a kernel of 3 fits into 10 at 8 places"
    expect.equal(f(10, 3, 1, 0), 8, "Count the steps, and one more for the first position.", known=[
        (7, "The first position is missing: it takes no step. Add 1."),
        (10, "The kernel is ignored: that many places would need padding."), (47, "49 is fixed. Use `n`."),
        (3, "The windows lie side by side here. They overlap: each begins `stride` after the one before.")])
    yield "counts zeros on both sides: with padding 2 there are 14 to slide over"
    expect.equal(f(10, 3, 1, 2), 12, known=[
        (10, "The padding is counted once. It is there on both sides."), (8, "The padding is ignored."),
        (4, "The padding is taken away. Zeros around the picture make it larger.")])
    yield "takes longer steps: from 9, a kernel of 3 with stride 2 has 4 places"
    expect.equal(f(9, 3, 2, 0), 4, "Number of steps that fit, and then one more for the first position.", known=[
        (7, "The stride is ignored."), (3, "The 1 is added before the division. First divide, then add 1."),
        (9, "Only the kernel is divided by the stride: brackets are missing.")])
    yield "rounds down: 10, 11 and 12 with a kernel of 3 and stride 3 give 3, 3 and 4"
    for n, places in ((10, 3), (11, 3), (12, 4)):
        expect.equal(f(n, 3, 3, 0), places, "There are no parts of positions: // rounds down.", known=[
            (4, "The number of steps is rounded up. A step beyond the end is not taken.")])
    yield "has one position where the kernel just fits"
    expect.equal(f(5, 5, 4, 0), 1)
    yield "puts it all together"
    expect.equal(f(49, 5, 2, 2), 25, "First the zeros make the row longer, then the steps are counted.", known=[
        (27, "The padding is added after the division. It makes the row longer before.")])


@ladder("max_pool2d(image, size)")
def max_pool2d(f):
    image = np.array([[1.0, 4.0, 2.0, 8.0], [3.0, 5.0, 0.0, 6.0]])
    yield "returns an array"
    expect.array(f(np.ones((4, 4)), 2))
    yield "makes one of each tile: 4 x 6 with size 2 becomes 2 x 3"
    expect.shape(f(np.ones((4, 6)), 2), (2, 3), "Tiles lie side by side and do not overlap.", known=[
        ((3, 5), "The tiles overlap: each begins one further. A tile begins where the last one ended."),
        ((4, 3), "The tiles have one row only. They have `size` rows and `size` columns."),
        ((2, 6), "The tiles have one column only. They have `size` rows and `size` columns."),
        ((3, 2), "Rows and columns are exchanged."), ((2, 2), "Those are the tiles' own rows and columns: after "
        "reshape(rows, size, columns, size) a tile has the axes 1 and 3, and the maximum is taken over these. Or is the "
        "image taken for square?"), ((2, 3, 2), "Only a tile's rows are gone. Take its columns with them: axis=(1, 3)."),
        ((2, 2, 3), "Only a tile's columns are gone. Take its rows with them: axis=(1, 3).")])
    yield "keeps the largest value of each tile"
    expect.close(f(image, 2), [[5.0, 8.0]],
                 "The first tile holds 1, 4, 3, 5, the second 2, 8, 0, 6: rows and columns belong together.", known=[
        ([[5.0, 5.0]], "The second window begins in column 1. It begins where the first one ended: in column `size`."),
        ([[8.0, 6.0]], "Those are the largest of each row: reshape took a row for a tile. Rows of an image lie one after "
                       "the other in memory; reshape to (rows, size, columns, size) and take the axes 1 and 3."),
        ([[3.0, 1.0]], "That is the largest value's place in its tile (argmax). The value itself is wanted."),
        ([[3.25, 4.0]], "That is the mean. The largest is wanted."), ([[1.0, 0.0]], "That is the smallest."),
        ([[13.0, 16.0]], "That is the sum. The largest is wanted."),
        ([[1.0, 2.0]], "That is the first value of each tile, whatever the others are.")])
    yield "knows larger tiles"
    expect.close(f(np.arange(36.0).reshape(6, 6), 3), [[14.0, 17.0], [32.0, 35.0]],
                 "A tile has `size` rows and columns, 3 here and not always 2.")
    yield "works with negative values"
    expect.close(f(-image, 2), [[-1.0, 0.0]], "Which of -1, -4, -3, -5 is the largest?", known=[
        ([[0.0, 0.0]], "0 won against negative values, because the search starts there."),
        ([[5.0, 8.0]], "The sign is ignored: -3 is less than 1.")])
    expect.close(f(-1 - image, 2), [[-2.0, -1.0]], "Is a 0 larger than everything, because the search starts there?")
    yield "drops rows and columns that do not fill a tile"
    expect.close(f(np.arange(15.0).reshape(3, 5), 2), [[6.0, 8.0]],
                 "Of 3 rows, only the first two fill tiles of size 2; of 5 columns, the first four.", known=[
        ([[6.0, 8.0, 9.0], [11.0, 13.0, 14.0]], "The remainder got smaller tiles of its own. It is dropped."),
        ([[12.0, 14.0]], "The remainder is dropped at the beginning. Tiles begin at the first row and column.")])
    yield "leaves everything as it is with size 1"
    expect.close(f(image / 7, 1), image / 7, "np.zeros(shape, dtype=int) holds whole numbers only.")


@ladder("conv_parameters(kernel, channels_in, channels_out, bias=True)")
def conv_parameters(f):
    yield "returns a whole number"
    expect.whole_number(f(3, 1, 1))
    yield "counts one kernel: 3 x 3 weights and a bias"
    expect.equal(f(3, 1, 1), 10, "A kernel given as one number is a square.", known=[
        (9, "The bias is missing."), (4, "A kernel given as 3 has 3 · 3 weights, not 3."),
        (7, "The sides are added. The area is rows times columns."),
        (11, "That is a depthwise layer and one of 1 x 1 kernels. Here each kernel sees all channels that come in.")])
    yield "counts a kernel, with a bias, for each channel that goes out"
    expect.equal(f(3, 1, 16), 160, "16 kernels of 3 x 3, and 16 biases.", known=[
        (145, "There is a single bias here, or one for each channel that comes in. Every channel that goes out has its own."),
        (10, "Only one kernel is counted. There is one for every channel that goes out.")])
    yield "gives kernels as many layers of weights as channels come in"
    expect.equal(f(3, 16, 32), 4640, "Each of the 32 kernels has 3 x 3 x 16 weights, and one bias.", known=[
        (320, "Each kernel is flat here. It has 3 x 3 weights for every channel that comes in."),
        (4624, "There is a bias for every channel that comes in. It is one for every channel that goes out."),
        (5120, "There is a bias for every pair of channels. A kernel adds up over all channels before its one bias.")])
    yield "can leave the biases out"
    expect.equal(f(3, 16, 32, bias=False), 4608, known=[(4640, "The argument `bias` is ignored.")])
    yield "takes a kernel that is not square, as a pair"
    cause = "A pair is (rows, columns): 9 x 1 x 40 weights in each kernel."
    expect.equal(f((9, 1), 40, 16), 5776, cause, known=[(51856, "The first number of the pair is used for both sides."),
                                                        (6416, "The sides are added. The area is rows times columns.")])
    expect.equal(f((2, 5), 3, 4, bias=False), 120)
    expect.equal(f(5, 64, 128), 204_928, "Numbers of 16 bits end at 32,767.")


@ladder("receptive_field(kernels, strides)")
def receptive_field(f):
    yield "returns a whole number"
    expect.whole_number(f([3], [1]))
    yield "is the kernel's size for a single layer, whatever its stride"
    expect.equal(f([5], [1]), 5, "The only layer sees what its kernel covers.", known=[
        (4, "The 1 is missing: without any layer, a number sees itself."),
        (6, "A kernel adds k - 1 steps, not k: its first input is already counted.")])
    expect.equal(f([5], [2]), 5, "The stride only says how far apart two neighbours are.", known=[
        (9, "The layer's own stride is multiplied in. It matters only to the layers above.")])
    yield "grows with each layer: kernels of 3 and 3 see 5"
    expect.equal(f([3, 3], [1, 1]), 5, "Three neighbours, each of which sees 3: they overlap.", known=[
        (9, "The kernels are multiplied. A layer adds k - 1."), (6, "The kernels are added. The neighbours overlap: add k - 1."),
        (3, "Only one layer is there. Does the field start again in every round, or is the `return` inside the loop?"),
        (7, "The strides are added. They multiply: 1 · 1 is 1.")])
    expect.equal(f([3, 5, 2], [1, 1, 1]), 8, known=[(9, "The strides are added. They multiply: 1 · 1 is 1.")])
    yield "grows faster after a stride: kernels of 3 and 3, the first with stride 2, see 7"
    expect.equal(f([3, 3], [2, 1]), 7, "Neighbours after the first layer are 2 inputs apart.", known=[
        (5, "The stride is ignored, or the layers are taken from the last to the first: the second kernel's steps are 2 "
            "inputs long."),
        (9, "The stride counts for the first layer, too. It counts for the layers after it: first let the field grow, "
            "then the distance.")])
    expect.equal(f([3, 3], [1, 2]), 5, "The last layer's stride comes too late to matter.")
    yield "multiplies the strides of all layers before"
    expect.equal(f([2, 2, 2], [3, 3, 1]), 14, "After two layers with stride 3, neighbours are 9 inputs apart.", known=[
        (11, "The strides are added. They multiply: after two layers with stride 3, neighbours are 9 inputs apart."),
        (8, "Only the stride of the layer just before counts here. All strides before it multiply.")])
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


@ladder("dense_weights(kernel, image_shape)")
def dense_weights(f):
    kernel = np.array([[1.0, 2.0], [3.0, 4.0]])
    yield "returns an array"
    weights = expect.array(f(kernel, (3, 4)))
    yield "has a row for each number of the picture, and a column for each number of the map"
    expect.shape(weights, (12, 6), "3 x 4 numbers go in, and a kernel of 2 x 2 has 2 x 3 positions.", known=[
        ((6, 12), "Rows and columns are exchanged: image.ravel() @ W needs a row for each number of the picture."),
        ((12, 2, 3), "Each row is still a map with two axes: ravel() it."), ((9, 4), "The picture is taken for square.")])
    yield "holds the kernel in its first column, at the places of the first window"
    expect.close(weights[:, 0], [1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0],
                 "The window's second row begins one whole row of the picture later.", known=[
        ([4, 3, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0], "The kernel is turned."),
        ([1, 3, 0, 0, 2, 4, 0, 0, 0, 0, 0, 0], "The kernel's rows and columns are exchanged."),
        ([1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0], "The kernel's rows lie one after another. In the picture, its second "
                                               "row begins one whole row later.")])
    yield "gives for every picture what convolve2d gives"
    image, answers = np.arange(12.0).reshape(3, 4) ** 2, [[150, 228, 326], [582, 740, 918]]
    expect.close(image.ravel() @ weights, np.ravel(answers), "Each column belongs to one position of the kernel.")
    yield "takes kernels that are not square"
    expect.close(np.asarray(f(np.array([[0.5, -1.0, 2.0]]), (2, 3))),
                 [[0.5, 0], [-1, 0], [2, 0], [0, 0.5], [0, -1], [0, 2]],
                 "The kernel has one row and three columns here, and all its digits count.")
