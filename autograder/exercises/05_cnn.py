"""Lesson 05: what the judge knows."""

from itertools import accumulate
from typing import Any

import numpy as np

from autograder.judging.exercise import Case, Exercise
from autograder.judging.proxy import FunctionProxy, Model
from kws_helpers.check.calling import CallFailed

convolve2d = Exercise("convolve2d")


@convolve2d.cases
def convolve2d_cases(rng):
    yield Case("the kernel slides over the image", rng.normal(size=(7, 7)), rng.normal(size=(3, 3)))
    yield Case("the kernel slides over the image", rng.normal(size=(9, 9)), rng.normal(size=(2, 2)))
    yield Case("images and kernels that are not square", rng.normal(size=(6, 10)), rng.normal(size=(2, 3)))
    yield Case("images and kernels that are not square", rng.normal(size=(11, 5)), rng.normal(size=(5, 1)))
    yield Case("a kernel as large as the image", rng.normal(size=(5, 5)), rng.normal(size=(5, 5)))
    yield Case("a stride", rng.normal(size=(9, 9)), rng.normal(size=(3, 3)), stride=2)
    yield Case("a stride that leaves a remainder", rng.normal(size=(10, 12)), rng.normal(size=(3, 3)), stride=3)
    yield Case("zeros around the image", rng.normal(size=(6, 6)) + 3, rng.normal(size=(3, 3)), padding=1)
    yield Case("zeros around the image", rng.normal(size=(5, 7)) + 3, rng.normal(size=(3, 3)), padding=2)
    yield Case("stride and padding together", rng.normal(size=(8, 9)) + 3, rng.normal(size=(3, 4)), stride=2, padding=2)
    yield Case("whole numbers in the image", rng.integers(-5, 6, size=(6, 6)), rng.normal(size=(3, 3)))


def _correlate(image, kernel, stride=1, padding=0, pad_mode="constant", steps=None):
    """The right result, or one that is wrong in one place. `steps`: one stride for each axis."""
    padded = np.pad(image, padding, mode=pad_mode)
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)
    down, right = steps or (stride, stride)
    return np.einsum("ijuv,uv->ij", windows[::down, ::right], kernel)


@convolve2d.mistake("The kernel is turned by 180 degrees. That is convolution as mathematicians define it; what Keras and "
                    "this exercise do is cross-correlation: the kernel stays as it is.")
def kernel_flipped(image, kernel, stride=1, padding=0):
    return _correlate(image, kernel[::-1, ::-1], stride, padding)


@convolve2d.mistake("The kernel is transposed: its rows and columns are exchanged. Row u of the kernel belongs to row "
                    "i + u of the image.")
def kernel_transposed(image, kernel, stride=1, padding=0):
    return _correlate(image, kernel.T, stride, padding)


@convolve2d.mistake("The products are averaged. Every value of the result is their sum.")
def mean_instead_of_sum(image, kernel, stride=1, padding=0):
    return _correlate(image, kernel, stride, padding) / kernel.size


@convolve2d.mistake("The `stride` is ignored: the kernel always moves by one.")
def stride_ignored(image, kernel, stride=1, padding=0):
    return _correlate(image, kernel, 1, padding)


@convolve2d.mistake("The stride is used down the rows only. The kernel takes steps of `stride` to the right as well.")
def stride_of_rows_only(image, kernel, stride=1, padding=0):
    return _correlate(image, kernel, padding=padding, steps=(stride, 1))


@convolve2d.mistake("The result has the size of a stride, but the windows still lie next to each other: the value (i, j) "
                    "belongs to the window that begins at row i · stride and column j · stride.")
def windows_not_moved_by_the_stride(image, kernel, stride=1, padding=0):
    rows, columns = _correlate(image, kernel, stride, padding).shape
    return _correlate(image, kernel, 1, padding)[:rows, :columns]


@convolve2d.mistake("The `padding` is ignored.")
def padding_ignored(image, kernel, stride=1, padding=0):
    return _correlate(image, kernel, stride)


@convolve2d.mistake("The zeros are put below and to the right only. `padding` rows and columns of zeros belong on all four "
                    "sides.")
def padding_at_the_end_only(image, kernel, stride=1, padding=0):
    return _correlate(np.pad(image, (0, padding)), kernel, stride)


@convolve2d.mistake("The zeros are put to the left and right only. They belong above and below as well.")
def padding_of_columns_only(image, kernel, stride=1, padding=0):
    return _correlate(np.pad(image, ((0, 0), (padding, padding))), kernel, stride)


@convolve2d.mistake("The border of the image is repeated outside it. Here everything outside the image is 0.")
def border_repeated(image, kernel, stride=1, padding=0):
    return _correlate(image, kernel, stride, padding, pad_mode="edge")


@convolve2d.mistake("The zeros are put around the result. They belong around the image, before the kernel slides.")
def padding_of_the_result(image, kernel, stride=1, padding=0):
    return np.pad(_correlate(image, kernel, stride), padding)


@convolve2d.mistake("The last position of the kernel is missing in both directions: there are n - k + 1 of them, not "
                    "n - k.")
def last_position_missing(image, kernel, stride=1, padding=0):
    image = np.pad(image, padding)
    return _correlate(image[:-1, :-1], kernel, stride)


@convolve2d.mistake("The kernel reaches beyond the (padded) image at the end. Only positions at which it fits whole count.")
def half_windows_at_the_end(image, kernel, stride=1, padding=0):
    missing = [-(n + 2 * padding - k) % stride for n, k in zip(image.shape, kernel.shape, strict=True)]
    return _correlate(np.pad(image, [(padding, padding + more) for more in missing]), kernel, stride)


@convolve2d.mistake("The result always has as many rows and columns as the image. Without padding it is smaller, since the "
                    "kernel must fit whole.")
def always_as_large_as_the_image(image, kernel, stride=1, padding=0):
    import scipy.signal

    return scipy.signal.correlate2d(image, kernel, mode="same")


@convolve2d.mistake("The kernel is taken for square: its number of rows is used for its columns too.")
def kernel_taken_for_square(image, kernel, stride=1, padding=0):
    k, image = kernel.shape[0], np.pad(image, padding)
    rows, columns = ((n - k) // stride + 1 for n in image.shape)
    return np.array([[np.sum(image[i * stride:i * stride + k, j * stride:j * stride + k] * kernel)
                      for j in range(columns)] for i in range(rows)])


@convolve2d.mistake("The image is taken for square: its number of rows is used for its columns too.")
def image_taken_for_square(image, kernel, stride=1, padding=0):
    (h, w), image = kernel.shape, np.pad(image, padding)
    rows, columns = ((image.shape[0] - k) // stride + 1 for k in (h, w))
    return np.array([[np.sum(image[i * stride:i * stride + h, j * stride:j * stride + w] * kernel)
                      for j in range(columns)] for i in range(rows)])


@convolve2d.mistake("The result has the type of the image, so that whole numbers in the image cut the sums off. Make room "
                    "with np.zeros(shape), which holds floats, not with np.zeros_like(image) or dtype=image.dtype.")
def result_of_whole_numbers(image, kernel, stride=1, padding=0):
    return _correlate(image, kernel, stride, padding).astype(image.dtype)


feature_map_size = Exercise("feature_map_size", tolerance=0)


@feature_map_size.cases
def feature_map_size_cases(rng):
    kernels = [int(k) for k in rng.choice(np.arange(2, 9), size=3, replace=False)]
    yield Case("the positions of a kernel", int(rng.integers(20, 90)), kernels[0], 1, 0)
    yield Case("the positions of a kernel", int(rng.integers(20, 90)), kernels[1], 1, 0)
    yield Case("padding", int(rng.integers(20, 90)), kernels[2], 1, int(rng.integers(2, 6)))
    steps, stride, kernel = (int(rng.integers(*limits)) for limits in [(5, 30), (2, 6), (3, 8)])
    yield Case("a stride that fits", steps * stride + kernel, kernel, stride, 0)
    yield Case("a stride that leaves a remainder", steps * stride + kernel + stride - 1, kernel, stride, 0)
    yield Case("a stride that leaves a remainder", steps * 5 + kernel + 4, kernel, 5, 0)
    yield Case("a stride that leaves a remainder", steps * 7 + kernel + 1, kernel, 7, 0)
    yield Case("padding and stride together", steps * 4 + kernel + 1, kernel, 4, 3)
    yield Case("a kernel that just fits", kernel, kernel, stride, 0)


@feature_map_size.mistake("The 1 is added before the division. Count the steps first, (n + 2p - k) // s, and add the first "
                          "position afterwards.")
def one_added_too_early(n, kernel, stride, padding):
    return (n + 2 * padding - kernel + 1) // stride


@feature_map_size.mistake("The `+ 1` is missing: the kernel's first position counts before it has taken any step.")
def first_position_forgotten(n, kernel, stride, padding):
    return (n + 2 * padding - kernel) // stride


@feature_map_size.mistake("The padding is counted once. It is there on both sides.")
def padding_on_one_side(n, kernel, stride, padding):
    return (n + padding - kernel) // stride + 1


@feature_map_size.mistake("The padding is ignored.")
def no_padding(n, kernel, stride, padding):
    return (n - kernel) // stride + 1


@feature_map_size.mistake("The stride is ignored.")
def no_stride(n, kernel, stride, padding):
    return n + 2 * padding - kernel + 1


@feature_map_size.mistake("The number of steps is rounded to the nearest whole number. It is rounded down: a step that does "
                          "not fit whole is not taken.")
def rounded_to_the_nearest(n, kernel, stride, padding):
    return int((n + 2 * padding - kernel) / stride + 0.5) + 1


@feature_map_size.mistake("The number of steps is rounded up, so that the last window reaches beyond the end. A window "
                          "that does not fit is left out: round down.")
def rounded_up(n, kernel, stride, padding):
    return -(-(n + 2 * padding - kernel) // stride) + 1


@feature_map_size.mistake("The result is not rounded. There are no parts of positions: use // or int().")
def not_rounded(n, kernel, stride, padding):
    return (n + 2 * padding - kernel) / stride + 1


@feature_map_size.mistake("Only the kernel is divided by the stride. Brackets are missing: (n + 2 * padding - kernel) // "
                          "stride.")
def brackets_missing(n, kernel, stride, padding):
    return n + 2 * padding - kernel // stride + 1


@feature_map_size.mistake("The kernel is ignored: that is the size with Keras' padding \"same\". Without enough padding the "
                          "kernel must fit whole.")
def kernel_ignored(n, kernel, stride, padding):
    return -(-n // stride)


@feature_map_size.mistake("The padding is taken away. Zeros around the image make it larger: + 2 * padding.")
def padding_subtracted(n, kernel, stride, padding):
    return (n - 2 * padding - kernel) // stride + 1


@feature_map_size.mistake("The windows lie side by side, as if the stride were the kernel's size. They overlap: each begins "
                          "`stride` after the one before.")
def stride_taken_for_the_kernel(n, kernel, stride, padding):
    return (n + 2 * padding) // kernel


max_pool2d = Exercise("max_pool2d")


@max_pool2d.cases
def max_pool2d_cases(rng):
    yield Case("the largest value of every tile", rng.uniform(1, 5, size=(6, 6)), 2)
    yield Case("the largest value of every tile", rng.uniform(1, 5, size=(8, 4)), 2)
    yield Case("larger tiles", rng.uniform(1, 5, size=(9, 6)), 3)
    yield Case("larger tiles", rng.uniform(1, 5, size=(5, 10)), 5)
    yield Case("negative values", rng.uniform(-5, -1, size=(6, 4)), 2)
    yield Case("a remainder", rng.uniform(1, 5, size=(7, 6)), 2)
    yield Case("a remainder", rng.uniform(1, 5, size=(8, 11)), 3)
    yield Case("tiles of a single value", rng.normal(size=(3, 4)), 1)


def _tiles(image, size):
    """(rows, columns, size * size): the values of every whole tile."""
    rows, columns = image.shape[0] // size, image.shape[1] // size
    tiles = image[:rows * size, :columns * size].reshape(rows, size, columns, size)
    return tiles.transpose(0, 2, 1, 3).reshape(rows, columns, -1)


@max_pool2d.mistake("That is the mean of every tile (average pooling). Here the largest value counts.")
def mean_of_the_tile(image, size):
    return _tiles(image, size).mean(axis=-1)


@max_pool2d.mistake("That is the smallest value of every tile. Here the largest counts.")
def smallest_of_the_tile(image, size):
    return _tiles(image, size).min(axis=-1)


@max_pool2d.mistake("That is the sum of every tile. Only its largest value counts.")
def sum_of_the_tile(image, size):
    return _tiles(image, size).sum(axis=-1)


@max_pool2d.mistake("That is the first value of every tile, whatever the others are. The largest is wanted.")
def first_of_the_tile(image, size):
    return _tiles(image, size)[..., 0]


@max_pool2d.mistake("The largest value so far starts at 0, so that a tile of negative values gives 0.")
def starting_at_zero(image, size):
    return np.maximum(_tiles(image, size).max(axis=-1), 0)


@max_pool2d.mistake("That is the largest size regardless of the sign. -3 is less than 1.")
def largest_without_sign(image, size):
    return np.abs(_tiles(image, size)).max(axis=-1)


@max_pool2d.mistake("The tiles overlap: each begins one further than the one before. Here a tile begins where the last one "
                    "ended, `size` further.")
def tiles_overlap(image, size):
    return np.lib.stride_tricks.sliding_window_view(image, (size, size)).max(axis=(2, 3))


@max_pool2d.mistake("Rows and columns that do not fill a tile get a smaller tile of their own. They are dropped: round the "
                    "number of tiles down.")
def remainder_kept(image, size):
    return np.array([[image[i:i + size, j:j + size].max() for j in range(0, image.shape[1], size)]
                     for i in range(0, image.shape[0], size)])


@max_pool2d.mistake("The remainder is dropped at the beginning. Tiles begin at the first row and column; what is left over "
                    "at the end is dropped.")
def remainder_dropped_at_the_beginning(image, size):
    return _tiles(image[image.shape[0] % size:, image.shape[1] % size:], size).max(axis=-1)


@max_pool2d.mistake("A remainder is not thought of: reshape needs whole tiles. Cut the image to rows // size * size rows "
                    "first, and the columns likewise.")
def only_whole_tiles(image, size):
    rows, columns = image.shape
    return image.reshape(rows // size, size, columns // size, size).max(axis=(1, 3))


@max_pool2d.mistake("The tiles are cut across the wrong axes: after reshape(rows, size, columns, size), the values of a "
                    "tile are in axes 1 and 3.")
def axes_of_the_tiles_mixed_up(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    return image[:rows * size, :columns * size].reshape(rows, columns, size, size).max(axis=(2, 3))


@max_pool2d.mistake("The tiles have only one row: the largest value is taken along the columns. A tile has `size` rows and "
                    "`size` columns.")
def tiles_of_one_row(image, size):
    columns = image.shape[1] // size
    return image[:, :columns * size].reshape(image.shape[0], columns, size).max(axis=-1)


@max_pool2d.mistake("The result is transposed: its rows and columns are exchanged.")
def result_transposed(image, size):
    return _tiles(image, size).max(axis=-1).T


@max_pool2d.mistake("There is one number for the whole image. Every tile has its own largest value.")
def largest_of_all(image, size):
    return image.max()


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


@conv_parameters.mistake("Each kernel is counted as if it were flat. It has a layer of weights of its own for every channel "
                         "that comes in.")
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


@conv_parameters.mistake("There is one bias for every channel that comes in. It is one for every channel that goes out.")
def biases_of_channels_in(kernel, channels_in, channels_out, bias=True):
    return _weights(kernel, channels_in, channels_out) + bias * channels_in


@conv_parameters.mistake("There is a bias for every pair of channels. A kernel adds up over all channels that come in before "
                         "its one bias is added.")
def biases_of_pairs(kernel, channels_in, channels_out, bias=True):
    return _weights(kernel, channels_in, channels_out) + bias * channels_in * channels_out


@conv_parameters.mistake("A kernel given as one number k is a square with k · k weights, not a row of k.")
def square_forgotten(kernel, channels_in, channels_out, bias=True):
    flat = kernel if isinstance(kernel, tuple) else (kernel, 1)
    return _weights(flat, channels_in, channels_out) + bias * channels_out


@conv_parameters.mistake("A kernel given as a pair (height, width) has height · width weights. Here its first number is used "
                         "for both.")
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


@conv_parameters.mistake("That is a depthwise convolution, in which every channel has one kernel of its own. In an ordinary "
                         "one every kernel sees all channels that come in.")
def depthwise(kernel, channels_in, channels_out, bias=True):
    return _weights(kernel, channels_in, 1) + channels_in * channels_out + bias * channels_out


receptive_field = Exercise("receptive_field", tolerance=0)


@receptive_field.cases
def receptive_field_cases(rng):
    for length in (3, 4):
        yield Case("layers with strides", _numbers(rng, 3, 8, length), _numbers(rng, 2, 4, length))
    yield Case("layers that move by one", _numbers(rng, 2, 8, 4), [1, 1, 1, 1])
    yield Case("a single layer", _numbers(rng, 3, 10, 1), [1])
    yield Case("a single layer", _numbers(rng, 3, 10, 1), _numbers(rng, 2, 5, 1))
    yield Case("some layers with and some without a stride", [5, 2, 3, 2, 4], [2, 2, 1, 2, 1])
    yield Case("kernels of one number", [1, *_numbers(rng, 3, 6, 2), 1], [2, 1, 2, 1])


def _numbers(rng, low, high, length):
    return rng.integers(low, high, size=length).tolist()


def _jumps(strides):
    """How far a step of each layer's kernel reaches in the input: the product of the strides before it."""
    return list(accumulate([1, *strides[:-1]], lambda product, stride: product * stride))


@receptive_field.mistake("The strides are ignored. After a layer with stride 2, neighbours are two inputs apart, so the next "
                         "kernel reaches twice as far.")
def strides_ignored(kernels, strides):
    return 1 + sum(k - 1 for k in kernels)


@receptive_field.mistake("Each layer's own stride is multiplied in. What counts for a kernel are the strides of the layers "
                         "before it: its own only matters to the layers above.")
def own_stride_included(kernels, strides):
    return 1 + sum((k - 1) * jump * s for k, jump, s in zip(kernels, _jumps(strides), strides, strict=True))


@receptive_field.mistake("The 1 is missing: without any layer, a number sees itself.")
def one_missing(kernels, strides):
    return sum((k - 1) * jump for k, jump in zip(kernels, _jumps(strides), strict=True))


@receptive_field.mistake("Each kernel adds k - 1 steps, not k: its first input is already counted.")
def kernels_not_reduced(kernels, strides):
    return 1 + sum(k * jump for k, jump in zip(kernels, _jumps(strides), strict=True))


@receptive_field.mistake("Only the stride of the layer just before counts here. The strides of all layers before it multiply.")
def only_the_stride_before(kernels, strides):
    return 1 + sum((k - 1) * s for k, s in zip(kernels, [1, *strides], strict=False))


@receptive_field.mistake("The strides are added. They multiply: two layers with stride 3 make neighbours 9 inputs apart.")
def strides_added(kernels, strides):
    return 1 + sum((k - 1) * (sum(strides[:i]) or 1) for i, k in enumerate(kernels))


@receptive_field.mistake("The kernels are multiplied. A layer adds (k - 1) times the product of the strides before it.")
def kernels_multiplied(kernels, strides):
    return int(np.prod(kernels))


@receptive_field.mistake("All strides are multiplied for every layer, those of later layers included. Only the layers before "
                         "it count.")
def all_strides_for_all(kernels, strides):
    return 1 + sum(k - 1 for k in kernels) * int(np.prod(strides))


@receptive_field.mistake("The layers are taken from the end to the beginning. The first layer is the one next to the input.")
def in_the_wrong_order(kernels, strides):
    return 1 + sum((k - 1) * jump for k, jump in zip(kernels[::-1], _jumps(strides[::-1]), strict=True))


@receptive_field.mistake("The kernels are added without taking one off each. Two kernels of 3 see 5 inputs, not 6: the middle "
                         "is shared.")
def kernels_added(kernels, strides):
    return sum(k * jump for k, jump in zip(kernels, _jumps(strides), strict=True))


@receptive_field.mistake("Only the last layer is returned. Is the field started again in every round of the loop?")
def last_layer_only(kernels, strides):
    return 1 + (kernels[-1] - 1) * _jumps(strides)[-1]


class NetworkCase(Case):
    """A call of `build_cnn`, and the question that its network must answer well."""

    def __init__(self, aspect: str, look: str, seed: int, **kwargs: Any) -> None:
        super().__init__(aspect, **kwargs)
        self.look, self.seed = look, seed
        self.input_shape, self.n_classes = kwargs.get("input_shape", (49, 40)), kwargs.get("n_classes", 12)


def observe_network(build: FunctionProxy, case: NetworkCase) -> dict[str, Any]:
    """The facts that the case asks for. Raises CallFailed, with a name for each way in which a network falls short."""
    model = build.build(**case.kwargs)
    clips = np.random.default_rng(case.seed).normal(size=(4, *case.input_shape)).astype(np.float32)
    outputs = np.asarray(model(clips))
    return _LOOKS[case.look](model, outputs, case)


def _shape(model: Model, outputs: np.ndarray, case: NetworkCase) -> dict[str, Any]:
    if outputs.shape != (4, case.n_classes):
        name = f"{outputs.ndim}Axes" if outputs.ndim != 2 else "OtherClasses"
        raise CallFailed("raised", f"for 4 clips and {case.n_classes} classes the outputs have the shape "
                                   f"{outputs.shape}.", name)
    return {"answers for each clip": outputs.shape[1]}


_CONVOLUTIONS = {"Conv1D", "Conv2D", "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"}


def _convolution(model: Model, outputs: np.ndarray, case: NetworkCase) -> dict[str, Any]:
    if not any(layer["built"] and _CONVOLUTIONS & set(layer["classes"]) for layer in model.layers()):
        raise CallFailed("raised", "there is no convolution layer in it.", "NoConvolution")
    return {"convolves": True}


def _probabilities(model: Model, outputs: np.ndarray, case: NetworkCase) -> dict[str, Any]:
    if not np.all((outputs >= 0) & (outputs <= 1)):
        raise CallFailed("raised", "the outputs are not all between 0 and 1.", "NotBetweenZeroAndOne")
    if not np.allclose(outputs.sum(axis=-1), 1, rtol=0, atol=1e-3):
        raise CallFailed("raised", "the outputs of a clip do not sum to 1.", "SumNotOne")
    return {"probabilities": True}


def _size(model: Model, outputs: np.ndarray, case: NetworkCase) -> dict[str, Any]:
    if model.count_params() >= 200_000:
        raise CallFailed("raised", f"it has {model.count_params():,} parameters.", "TooLarge")
    return {"small enough": True}


def _attention(model: Model, outputs: np.ndarray, case: NetworkCase) -> dict[str, Any]:
    if np.ptp(outputs, axis=0).max() < 1e-7:
        raise CallFailed("raised", "the outputs are the same for very different clips.", "SameForAll")
    return {"depends on the clip": True}


_LOOKS = {"shape": _shape, "convolution": _convolution, "probabilities": _probabilities, "size": _size,
          "attention": _attention}

build_cnn = Exercise("build_cnn", observe=observe_network)


@build_cnn.cases
def build_cnn_cases(rng):
    seed = int(rng.integers(2**31))
    other = {"input_shape": (int(rng.integers(50, 70)), int(rng.integers(41, 60))), "n_classes": int(rng.integers(3, 9))}
    heart = "a network with a convolution answers once for every clip of shape (49, 40)"
    yield NetworkCase(heart, "shape", seed)
    yield NetworkCase(heart, "convolution", seed)
    yield NetworkCase("its answers are probabilities", "probabilities", seed)
    yield NetworkCase("it has fewer than 200,000 parameters", "size", seed)
    yield NetworkCase("its answers depend on the clip", "attention", seed)
    yield NetworkCase("another input shape and another number of classes", "shape", seed, **other)


def _network(first=None, filters=8, last="softmax", inputs=(49, 40), n_classes=12, end=None):
    """A network that is wrong in one place: `first` replaces the convolution, `end` the flattening."""
    from keras import Input, Sequential, layers

    convolution = first or layers.Conv2D(filters, 3, strides=2, activation="relu")
    return Sequential([Input(shape=inputs), layers.Reshape((*inputs, 1)), convolution, layers.MaxPooling2D(),
                       *(end or [layers.Flatten()]), layers.Dense(n_classes, activation=last)])


@build_cnn.mistake("There is no convolution in the network. The pictures should go through at least one Conv2D (or Conv1D) "
                   "layer before they are flattened.")
def no_convolution(input_shape=(49, 40), n_classes=12):
    from keras import Input, Sequential, layers

    return Sequential([Input(shape=input_shape), layers.Flatten(), layers.Dense(64, activation="relu"),
                       layers.Dense(n_classes, activation="softmax")])


@build_cnn.mistake("The last layer gives scores and not probabilities: it has no softmax.")
def logits_without_softmax(input_shape=(49, 40), n_classes=12):
    return _network(last=None, inputs=input_shape, n_classes=n_classes)


@build_cnn.mistake("The probabilities do not sum to 1. A sigmoid judges every class by itself; one clip has one right class, "
                   "so use softmax.")
def sigmoid_at_the_end(input_shape=(49, 40), n_classes=12):
    return _network(last="sigmoid", inputs=input_shape, n_classes=n_classes)


@build_cnn.mistake("The network is too large. Look at model.summary(): most of the parameters are usually where the feature "
                   "maps are flattened. Pool once more before, use a stride, or fewer channels.")
def too_many_parameters(input_shape=(49, 40), n_classes=12):
    from keras import layers

    return _network(filters=32, inputs=input_shape, n_classes=n_classes,
                    end=[layers.Flatten(), layers.Dense(128, activation="relu")])


@build_cnn.mistake("The input shape is fixed at (49, 40). Use `input_shape`, in the Reshape too, and `n_classes`.")
def always_the_same_input_shape(input_shape=(49, 40), n_classes=12):
    return _network(n_classes=n_classes)


@build_cnn.mistake("Conv2D wants pictures with a channel axis, and clips have none. Let the network add it: "
                   "keras.layers.Reshape((*input_shape, 1)) as its first layer.")
def no_channel_axis(input_shape=(49, 40), n_classes=12):
    from keras import Input, Sequential, layers

    return Sequential([Input(shape=input_shape), layers.Conv2D(8, 3, activation="relu"), layers.Flatten(),
                       layers.Dense(n_classes, activation="softmax")])


@build_cnn.mistake("The number of classes is fixed at 12. Use `n_classes`.")
def always_twelve_classes(input_shape=(49, 40), n_classes=12):
    return _network(inputs=input_shape)


@build_cnn.mistake("The feature maps are not flattened, so there is an answer for every place in the picture. Flatten, or "
                   "take the mean or the largest value over all places, before the last layer.")
def not_flattened(input_shape=(49, 40), n_classes=12):
    from keras import layers

    return _network(inputs=input_shape, n_classes=n_classes, end=[layers.Dropout(0.2)])


@build_cnn.mistake("There is an answer for every frame instead of one for the clip. Flatten, or pool over all frames, "
                   "before the last layer.")
def an_answer_for_every_frame(input_shape=(49, 40), n_classes=12):
    from keras import Input, Sequential, layers

    return Sequential([Input(shape=input_shape), layers.Conv1D(16, 5, padding="same", activation="relu"),
                       layers.Dense(n_classes, activation="softmax")])


@build_cnn.mistake("The function does not return the network. Is there a `return`? (`model.compile(...)` itself returns "
                   "None.)")
def compile_returned(input_shape=(49, 40), n_classes=12):
    return _network(inputs=input_shape, n_classes=n_classes).compile(loss="sparse_categorical_crossentropy")
