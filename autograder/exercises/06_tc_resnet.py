"""Lesson 06: what the judge knows."""

import math
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import numpy as np

from autograder.judging.exercise import Case, Exercise
from autograder.judging.proxy import FunctionProxy, Model
from kws_helpers.check.calling import CallFailed

as_time_series = Exercise("as_time_series")


@as_time_series.cases
def as_time_series_cases(rng):
    yield Case("features of the usual size", rng.normal(size=(6, 49, 40)))
    yield Case("features of the usual size", rng.normal(size=(3, 49, 40)).astype(np.float32))
    yield Case("other numbers of frames and coefficients", rng.normal(size=(4, *rng.integers(5, 30, size=2))))
    yield Case("other numbers of frames and coefficients", rng.normal(size=(2, 7, 7)))
    yield Case("a single clip", rng.normal(size=(1, 11, 5)))


@as_time_series.mistake("The new axis is the last one. That is the form for a 2-D convolution over frames and "
                        "coefficients; here the coefficients are the channels and stay last: (N, T, 1, F).")
def new_axis_last(features):
    return features[..., None]


@as_time_series.mistake("The new axis comes before the frames. It belongs between the frames and the coefficients: "
                        "(N, T, 1, F).")
def new_axis_before_the_frames(features):
    return features[:, None]


@as_time_series.mistake("The new axis comes before the clips. It belongs between the frames and the coefficients: "
                        "(N, T, 1, F).")
def new_axis_first(features):
    return features[None]


@as_time_series.mistake("Frames and coefficients are exchanged. Time stays the second axis, the coefficients the last: "
                        "(N, T, 1, F).")
def axes_exchanged(features):
    return features.transpose(0, 2, 1)[:, :, None]


@as_time_series.mistake("The shape is right, but the numbers are mixed up: frames and coefficients were exchanged and then "
                        "pressed into shape. Only an axis is added; no number moves.")
def numbers_mixed_up(features):
    n, frames, coefficients = features.shape
    return features.transpose(0, 2, 1).reshape(n, frames, 1, coefficients)


@as_time_series.mistake("The sizes 49 and 40 are fixed. Take them from `features.shape`, or add the axis without naming "
                        "any size.")
def always_the_same_size(features):
    return features.reshape(-1, 49, 1, 40)


@as_time_series.mistake("The features come back as they were. One more axis of length 1 is missing: (N, T, 1, F).")
def nothing_done(features):
    return features


@as_time_series.mistake("Axes of length 1 are squeezed away afterwards, so a single clip loses an axis. Every result has "
                        "four axes.")
def single_clip_squeezed(features):
    series = features[:, :, None]
    return series[0] if len(series) == 1 else series


# Networks are looked at without their words. Every weight is set by its shape and its part in a layer alone, so equal
# networks give equal outputs in whatever order they list their weights. Axes of length 1 do not count: a kernel
# (9, 1, 16, 24) of a 2-D convolution is the kernel (9, 16, 24) of a 1-D convolution.


def _squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)


def _shapes(model: Model, left_out: tuple[int, ...] | None = None) -> np.ndarray:
    """The shapes of all weights, sorted, without biases of the shape `left_out`."""
    return np.array(sorted(str(_squeezed(weight.shape)) for weight in model.weights
                           if not (weight.name == "bias" and weight.shape == left_out)), dtype=str)


def _set_weights(model: Model, seed: int) -> None:
    model.set_weights([_weight(seed, weight.name, _squeezed(weight.shape)).reshape(weight.shape)
                       for weight in model.weights])


def _weight(seed: int, part: str, shape: tuple[int, ...]) -> np.ndarray:
    """Random numbers. The variances are so large that the epsilon of batch normalisation does not matter."""
    rng = np.random.default_rng([seed, *part.encode(), *shape])
    if len(shape) > 1:
        return (rng.normal(size=shape) / np.sqrt(np.prod(shape[:-1]))).astype(np.float32)
    ranges = {"gamma": (5, 20), "moving_variance": (100, 400), "bias": (0, 0)}
    return rng.uniform(*ranges.get(part, (-1, 1)), size=shape).astype(np.float32)


residual_block = Exercise("residual_block", tolerance=2e-3)


class BlockCase(Case):
    """A block for `frames` frames of `inputs` channels."""

    def __init__(self, aspect: str, frames: int, inputs: int, channels: int, stride: int, seed: int) -> None:
        super().__init__(aspect, channels=channels, stride=stride)
        self.frames, self.inputs, self.seed = frames, inputs, seed


def observe_block(block: FunctionProxy, case: BlockCase) -> list[np.ndarray]:
    """The shapes of the weights and the outputs of the block, in a network of its own, be it 1-D or 2-D."""
    model, axes = _network_around(block, case)
    _set_weights(model, case.seed)
    x = np.random.default_rng(case.seed).normal(size=(3, *axes)).astype(np.float32)
    outputs = np.asarray(model(x))
    return [_shapes(model), outputs[:, :, 0] if outputs.ndim == 4 and outputs.shape[2] == 1 else outputs]


def _network_around(block: FunctionProxy, case: BlockCase) -> tuple[Model, tuple[int, ...]]:
    """The network and the shape of its input. Raises what the 1-D form raises where neither form works."""
    one_axis, two_axes = (case.frames, case.inputs), (case.frames, 1, case.inputs)
    try:
        return block.build_from(one_axis, case.kwargs["channels"], case.kwargs["stride"]), one_axis
    except CallFailed as failure:
        try:
            return block.build_from(two_axes, case.kwargs["channels"], case.kwargs["stride"]), two_axes
        except CallFailed:
            raise failure from None


residual_block.observe = observe_block


@residual_block.cases
def residual_block_cases(rng):
    few, many = int(rng.integers(3, 9)), int(rng.integers(10, 20))
    frames = 2 * int(rng.integers(10, 20)) + 1
    seed = int(rng.integers(2**31))
    kinds = [("a block with stride 2 and more channels", few, many, 2),
             ("a block that keeps the shape: x itself is the shortcut", many, many, 1),
             ("stride 2 with the same number of channels", many, many, 2),
             ("more channels with stride 1", few, many, 1)]
    for aspect, inputs, channels, stride in kinds:
        yield BlockCase(aspect, frames, inputs, channels, stride, seed)
    yield BlockCase("an even number of frames", frames + 1, many, few, 2, seed)


def _block(x, channels, stride, kernel=9, strides=None, bias=False, norms=("main", "last", "shortcut"),
           relus=("main", "shortcut", "end"), relu_first=False, shortcut="where needed", shortcut_stride=None,
           join="add", first_channels=None):
    """A residual block that is wrong in one place."""
    from keras import layers

    first_stride, second_stride = strides or (stride, 1)

    def step(x, place, kernel, channels, stride):
        x = layers.Conv1D(channels, kernel, strides=stride, padding="same", use_bias=bias)(x)
        parts = [layers.BatchNormalization() if place in norms else None, layers.ReLU() if place in relus else None]
        for layer in reversed(parts) if relu_first else parts:
            x = layer(x) if layer else x
        return x

    y = step(step(x, "main", kernel, first_channels or channels, first_stride), "last", kernel, channels, second_stride)
    changes = {"where needed": stride != 1 or x.shape[-1] != channels, "new channels": x.shape[-1] != channels,
               "stride": stride != 1, "always": True, "never": False}
    if changes.get(shortcut):
        x = step(x, "shortcut", 1, channels, stride if shortcut_stride is None else shortcut_stride)
    if shortcut != "none":
        y = layers.Add()([x, y]) if join == "add" else layers.Concatenate()([x, y])
    return layers.ReLU()(y) if "end" in relus else y


@residual_block.mistake("There is no shortcut: what goes in is never added to what comes out of the two convolutions.")
def no_shortcut(x, channels, stride):
    return _block(x, channels, stride, shortcut="none")


@residual_block.mistake("The ReLU after the addition is missing.")
def no_relu_after_the_addition(x, channels, stride):
    return _block(x, channels, stride, relus=("main", "shortcut"))


@residual_block.mistake("The main path ends with a ReLU before the addition instead of after it. So the block can only add "
                        "and never take away. Add first, then ReLU.")
def relu_before_the_addition(x, channels, stride):
    return _block(x, channels, stride, relus=("main", "last", "shortcut"))


@residual_block.mistake("There is a ReLU before the addition, behind the second batch normalisation. So the block can only "
                        "add and never take away. The main path ends with the batch normalisation.")
def relu_before_and_after_the_addition(x, channels, stride):
    return _block(x, channels, stride, relus=("main", "last", "shortcut", "end"))


@residual_block.mistake("Between the two convolutions of the main path the ReLU is missing.")
def no_relu_inside(x, channels, stride):
    return _block(x, channels, stride, relus=("shortcut", "end"))


@residual_block.mistake("The shortcut's convolution has no ReLU. In TC-ResNet it is convolution, batch normalisation, ReLU.")
def no_relu_in_the_shortcut(x, channels, stride):
    return _block(x, channels, stride, relus=("main", "end"))


@residual_block.mistake("The shortcut's convolution has no batch normalisation. In TC-ResNet every convolution has one.")
def no_normalisation_in_the_shortcut(x, channels, stride):
    return _block(x, channels, stride, norms=("main", "last"))


@residual_block.mistake("Batch normalisation is missing. It follows every convolution.")
def no_normalisation(x, channels, stride):
    return _block(x, channels, stride, norms=())


@residual_block.mistake("Behind the second convolution the batch normalisation is missing.")
def no_second_normalisation(x, channels, stride):
    return _block(x, channels, stride, norms=("main", "shortcut"))


@residual_block.mistake("The ReLU comes before the batch normalisation. The order is convolution, batch normalisation, ReLU.")
def relu_before_normalisation(x, channels, stride):
    return _block(x, channels, stride, relu_first=True)


@residual_block.mistake("The convolutions have biases. Batch normalisation takes a bias away again: use_bias=False.")
def biases(x, channels, stride):
    return _block(x, channels, stride, bias=True)


@residual_block.mistake("The main path's kernels are 3 frames wide. They are 9 wide here.")
def kernel_of_three(x, channels, stride):
    return _block(x, channels, stride, kernel=3)


@residual_block.mistake("The stride is in the second convolution of the main path. It belongs to the first, so that the "
                        "second has less to do.")
def stride_in_the_second_convolution(x, channels, stride):
    return _block(x, channels, stride, strides=(1, stride))


@residual_block.mistake("The shortcut has a convolution even where the shape stays the same. There, x itself is the "
                        "shortcut.")
def convolution_in_every_shortcut(x, channels, stride):
    return _block(x, channels, stride, shortcut="always")


@residual_block.mistake("The shortcut has a convolution only where the number of channels changes. A stride other than 1 "
                        "changes the shape as well.")
def stride_alone_forgotten(x, channels, stride):
    return _block(x, channels, stride, shortcut="new channels")


@residual_block.mistake("The shortcut has a convolution only where the stride is not 1. Another number of channels changes "
                        "the shape as well.")
def channels_alone_forgotten(x, channels, stride):
    return _block(x, channels, stride, shortcut="stride")


@residual_block.mistake("At the addition, the two ways have different numbers of frames. On each way, exactly one "
                        "convolution has the stride: the first of the main path, and the shortcut's.")
def shortcut_without_stride(x, channels, stride):
    return _block(x, channels, stride, shortcut_stride=1)


@residual_block.mistake("The shortcut is always x itself. Where the stride or the number of channels changes the shape, x "
                        "cannot be added: there the shortcut needs a convolution with kernel 1.")
def always_x_itself(x, channels, stride):
    return _block(x, channels, stride, shortcut="never")


@residual_block.mistake("The two ways are put beside each other (Concatenate). They are added (Add).")
def beside_instead_of_added(x, channels, stride):
    return _block(x, channels, stride, join="beside")


@residual_block.mistake("The first convolution keeps the old number of channels. Both convolutions of the main path give "
                        "`channels`.")
def channels_in_the_second_convolution_only(x, channels, stride):
    return _block(x, channels, stride, first_channels=x.shape[-1])


@residual_block.mistake("The kernels are squares such as (9, 9). Here time is the only axis: Conv1D with kernel 9, or Conv2D "
                        "with kernel (9, 1).")
def square_kernels(x, channels, stride):
    from keras import layers

    def step(x, kernel, stride):
        x = layers.Conv2D(channels, kernel, strides=(stride, 1), padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    y = step(layers.ReLU()(step(x, 9, stride)), 9, 1)
    if stride != 1 or x.shape[-1] != channels:
        x = layers.ReLU()(step(x, 1, stride))
    return layers.ReLU()(layers.Add()([x, y]))


build_tc_resnet8 = Exercise("build_tc_resnet8", tolerance=5e-3)


class NetworkCase(Case):
    """The arguments of a network, and what to look at: "weights", "outputs" (with the weights) or "dropout"."""

    def __init__(self, aspect: str, look: str, seed: int, **kwargs: Any) -> None:
        super().__init__(aspect, **kwargs)
        self.look, self.seed = look, seed
        self.inputs, self.n_classes = kwargs.get("input_shape", (49, 40)), kwargs.get("n_classes", 12)


def observe_network(build: FunctionProxy, case: NetworkCase) -> Any:
    """Build the network and look at it. The last layer's bias, which is at choice, is left out and set to 0."""
    model = build.build(**case.kwargs)
    x = np.random.default_rng(case.seed).normal(size=(4, *case.inputs)).astype(np.float32)
    model.show(x)
    if case.look == "weights":
        return _shapes(model, left_out=(case.n_classes,))
    if case.look == "dropout":
        return _scale_of_what_dropout_keeps(model, case)
    _set_weights(model, case.seed)
    return [_shapes(model, left_out=(case.n_classes,)), model(x)]


_DROPOUT_CLIPS = 200


def _scale_of_what_dropout_keeps(model: Model, case: NetworkCase) -> float:
    """1 / (1 - rate) as it shows in the outputs, 0 without dropout.

    With every batch normalisation giving 1, all numbers before the last layer are equal, and each that is kept adds
    the same step to the score of class 0.
    """
    constant = {"gamma": 0.0, "beta": 1.0, "moving_mean": 0.0, "moving_variance": 1.0, "bias": 0.0}
    values, numbers = [], 1
    for weight in model.weights:
        value = np.full(weight.shape, constant.get(weight.name, 0.01), np.float32)
        if len(weight.shape) > 1 and weight.shape[-1] == case.n_classes:
            value[...] = 0
            value[..., 0] = 0.05
            numbers = math.prod(weight.shape[:-1])
        values.append(value)
    model.set_weights(values)
    x = np.zeros((_DROPOUT_CLIPS, *case.inputs), np.float32)
    scores, (all_kept, *_) = (_score_of_class_0(model, x, training) for training in (True, False))
    steps = np.diff(np.unique(np.round(scores, 3)))
    return float(np.min(steps[steps > 5e-3], initial=np.inf) / (all_kept / numbers)) if np.any(steps > 5e-3) else 0.0


def _score_of_class_0(model: Model, x: np.ndarray, training: bool) -> np.ndarray:
    p = np.asarray(model(x, training=training), dtype=float)
    with np.errstate(all="ignore"):  # these need not be probabilities
        return np.log(p[..., 0]) - np.log(p[..., 1])


build_tc_resnet8.observe = observe_network


@build_tc_resnet8.cases
def build_tc_resnet8_cases(rng):
    size, n_classes = (int(rng.integers(20, 60)), int(rng.choice([5, 7, 11, 13]))), int(rng.integers(3, 8))
    other = {"input_shape": size, "n_classes": n_classes}
    seed, width = int(rng.integers(2**31)), float(rng.choice([0.6, 1.3]))  # 9.6, 20.8: rounded up, they would be others
    rate = float(rng.choice([0.2, 0.3, 0.6]))
    yield NetworkCase("the layers of the table", "weights", seed)
    yield NetworkCase("its outputs", "outputs", seed)
    yield NetworkCase("dropout in training, and only there", "dropout", seed)
    yield NetworkCase("dropout in training, and only there", "dropout", seed, dropout=rate)
    yield NetworkCase("another input shape and another number of classes", "outputs", seed, **other)
    yield NetworkCase("another width", "outputs", seed, width=width)


def _network(input_shape, n_classes, width, dropout, channels=(16, 24, 32, 48), rounding=int, kernel=3, strides=(2, 2, 2),
             first=("norm", "relu"), pool="mean", last="softmax", early_dropout=False, **options):
    """TC-ResNet8, wrong in one place. `options` go to the blocks (see `_block`)."""
    from keras import Input, Model, layers

    sizes = [rounding(size * width) for size in channels]
    clip = Input(input_shape)
    x = layers.Conv1D(sizes[0], kernel, padding="same", use_bias=options.get("bias", False))(clip)
    x = layers.BatchNormalization()(x) if "norm" in first else x
    x = layers.ReLU()(x) if "relu" in first else x
    for size, stride in zip(sizes[1:], strides):
        x = _block(x, size, stride, **options)
    x = layers.Dropout(dropout)(x) if early_dropout else x
    pools = {"mean": layers.GlobalAveragePooling1D, "max": layers.GlobalMaxPooling1D, "flatten": layers.Flatten}
    x = pools[pool]()(x) if pool else x
    x = layers.Dropout(dropout)(x) if dropout is not None and not early_dropout else x
    return Model(clip, layers.Dense(n_classes, activation=last, use_bias=False)(x))


@build_tc_resnet8.mistake("The dropout before the last layer is missing.")
def no_dropout(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, None)


@build_tc_resnet8.mistake("The last layer has no softmax, so the outputs are scores and not probabilities.")
def no_softmax(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, last=None)


@build_tc_resnet8.mistake("The last layer has a sigmoid, which judges every class by itself. A clip has one right class: "
                          "softmax.")
def sigmoid_at_the_end(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, last="sigmoid")


@build_tc_resnet8.mistake("The frames are flattened before the last layer, which gives it a weight for every frame. Take the "
                          "mean over the frames: GlobalAveragePooling1D (or 2D).")
def flattened(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, pool="flatten")


@build_tc_resnet8.mistake("The maximum over the frames is taken (GlobalMaxPooling). TC-ResNet takes the mean.")
def maximum_over_the_frames(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, pool="max")


@build_tc_resnet8.mistake("Nothing takes the mean over the frames, so there is an answer for every frame instead of one for "
                          "the clip: GlobalAveragePooling1D (or 2D).")
def an_answer_for_every_frame(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, pool=None)


@build_tc_resnet8.mistake("The dropout rate is fixed at 0.5. Use the argument `dropout`.")
def always_half_dropped(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, 0.5)


@build_tc_resnet8.mistake("`dropout` is taken for the share that is kept. It is the share that is dropped.")
def kept_instead_of_dropped(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, 1 - dropout if dropout else None)


@build_tc_resnet8.mistake("The dropout comes before the mean over the frames, where the mean makes up for most of it. It "
                          "belongs between the mean and the last layer.")
def dropout_before_the_mean(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, early_dropout=True)


@build_tc_resnet8.mistake("`width` is not used. It multiplies all four numbers of channels.")
def width_ignored(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, 1.0, dropout)


@build_tc_resnet8.mistake("`width` is used for the blocks only. The first convolution's 16 channels are multiplied too.")
def width_in_the_blocks_only(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout,
                    rounding=lambda size: 16 if math.isclose(size, 16 * width) else int(size))


@build_tc_resnet8.mistake("The numbers of channels are rounded to the nearest whole number, or up. The exercise asks for "
                          "int(channels * width), which rounds down.")
def width_rounded(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, rounding=round)


@build_tc_resnet8.mistake("The number of classes is fixed at 12. Use `n_classes`.")
def always_twelve_classes(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, 12, width, dropout)


@build_tc_resnet8.mistake("The input shape is fixed at (49, 40). Use `input_shape`, and `n_classes` too.")
def always_the_same_input_shape(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network((49, 40), n_classes, width, dropout)


@build_tc_resnet8.mistake("The numbers of channels are in the wrong order. They grow: 16, then blocks of 24, 32 and 48.")
def channels_in_reverse_order(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, channels=(48, 32, 24, 16))


@build_tc_resnet8.mistake("A block is missing: there are three, of 24, 32 and 48 channels.")
def two_blocks(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, channels=(16, 24, 32))


@build_tc_resnet8.mistake("The blocks have stride 1. Each has stride 2, and so halves the number of frames.")
def blocks_without_stride(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, strides=(1, 1, 1))


@build_tc_resnet8.mistake("The first block has stride 1. All three have stride 2, since the number of channels changes in "
                          "each.")
def first_block_without_stride(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, strides=(1, 2, 2))


@build_tc_resnet8.mistake("The first convolution has a kernel of 9 frames. It has 3; the 9 belong to the blocks.")
def first_kernel_of_nine(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, kernel=9)


@build_tc_resnet8.mistake("The batch normalisation behind the first convolution is missing.")
def first_convolution_without_normalisation(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, first=("relu",))


@build_tc_resnet8.mistake("The ReLU behind the first convolution is missing.")
def first_convolution_without_relu(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, first=("norm",))


@build_tc_resnet8.mistake("The convolutions have biases. Batch normalisation takes a bias away again: use_bias=False.")
def biases_in_the_convolutions(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, bias=True)


@build_tc_resnet8.mistake("The blocks have no shortcut. Is it your residual_block that is used here?")
def no_shortcuts(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, shortcut="none")


multiply_adds = Exercise("multiply_adds", tolerance=0)


class CountCase(Case):
    """A network to count, made when it is needed."""

    def __init__(self, aspect: str, make: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(aspect)
        self._make = partial(make, *args, **kwargs)

    @cached_property
    def model(self) -> Any:
        model = self._make()
        model.__deepcopy__ = lambda memo: model  # copying a network means saving and loading it
        return model


def observe_count(function: FunctionProxy, case: CountCase) -> Any:
    return function(case.model)


multiply_adds.observe = observe_count


@multiply_adds.cases
def multiply_adds_cases(rng):
    def sizes(n, low=3, high=12):
        return tuple(int(size) for size in rng.integers(low, high, size=n))

    yield CountCase("convolutions and dense layers", _picture_network, sizes(4), 2, "same")
    yield CountCase("convolutions and dense layers", _series_network, sizes(4), 2, "same")
    yield CountCase("convolutions and dense layers", _picture_network, sizes(4), 1, "valid")
    yield CountCase("a network with a shortcut", _series_network, sizes(4), 3, "valid", shortcut=True)
    yield CountCase("depthwise convolutions", _depthwise_network, sizes(3), 1)
    yield CountCase("depthwise convolutions", _depthwise_network, sizes(3), 2)
    yield CountCase("a network inside a network", _nested_network, sizes(4), 1)
    yield CountCase("a network inside a network", _nested_network, sizes(4), 2)
    yield CountCase("a dense layer on every frame", _dense_on_frames, sizes(3))


def _picture_network(sizes, stride, padding):
    from keras import Input, Sequential, layers

    one, two, three, classes = sizes
    return Sequential([
        Input((25 + one, 17 + two, 3)), layers.Conv2D(one, (3, 5), strides=stride, padding=padding, activation="relu"),
        layers.BatchNormalization(), layers.MaxPooling2D(2), layers.Conv2D(two, 2, padding=padding, use_bias=False),
        layers.Flatten(), layers.Dense(three), layers.ReLU(), layers.Dropout(0.2), layers.Dense(classes, use_bias=False)])


def _series_network(sizes, stride, padding, shortcut=False):
    from keras import Input, Model, layers

    one, two, three, classes = sizes
    x = inputs = Input((30 + one, 2 + two))
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv1D(three, 5, strides=stride, padding=padding)(x)))
    if shortcut:
        x = layers.Add()([x, layers.Conv1D(three, 3, padding="same", use_bias=False)(x)])
    x = layers.GlobalAveragePooling1D()(x)
    return Model(inputs, layers.Dense(classes, activation="softmax")(x))


def _depthwise_network(sizes, multiplier):
    from keras import Input, Sequential, layers

    one, two, classes = sizes
    return Sequential([
        Input((21 + one, 13 + two, one)), layers.DepthwiseConv2D((3, 2), padding="same", depth_multiplier=multiplier),
        layers.Conv2D(two, 1), layers.DepthwiseConv2D(3, strides=2, use_bias=False), layers.Reshape((-1, two)),
        layers.DepthwiseConv1D(5, padding="valid", depth_multiplier=multiplier), layers.GlobalMaxPooling1D(),
        layers.Dense(classes)])


def _nested_network(sizes, depth):
    from keras import Input, Sequential, layers

    one, two, three, classes = sizes
    inner = Sequential([Input((28, one)), layers.Conv1D(two, 3), layers.ReLU(), layers.Conv1D(three, 4, strides=2),
                        layers.Flatten(), layers.Dense(two)])
    for _ in range(depth - 1):
        inner = Sequential([Input((28, one)), inner, layers.Dense(three)])
    return Sequential([Input((28, one)), layers.Conv1D(one, 2, padding="same"), inner, layers.Dense(classes)])


def _dense_on_frames(sizes):
    from keras import Input, Sequential, layers

    one, two, classes = sizes
    return Sequential([Input((10 + one, 6)), layers.Dense(two, activation="relu"), layers.GlobalAveragePooling1D(),
                       layers.Dense(classes)])


def _all_layers(model, nested=True):
    import keras

    for layer in model.layers:
        if isinstance(layer, keras.Model):
            if nested:
                yield from _all_layers(layer, nested)
        else:
            yield layer


def _is(layer, *names):
    return type(layer).__name__ in names


def _outputs(layer):
    return math.prod(layer.output.shape[1:])


def _cost(layer):
    """The multiply-adds of one layer, counted right."""
    if _is(layer, "DepthwiseConv1D", "DepthwiseConv2D"):
        return _outputs(layer) * math.prod(layer.kernel_size)
    return _outputs(layer) * math.prod(layer.kernel.shape[:-1]) if _is(layer, "Dense", "Conv1D", "Conv2D") else 0


def _count(model, special=lambda layer: None, nested=True):
    """The sum over all layers, where `special` may count a layer in its own way."""
    own = [(special(layer), layer) for layer in _all_layers(model, nested)]
    return sum(_cost(layer) if count is None else count for count, layer in own)


@multiply_adds.mistake("Those are the parameters. A convolution uses each of its weights again at every place that it "
                       "looks at: multiply by the numbers that come out.")
def parameters_instead(model):
    return model.count_params()


@multiply_adds.mistake("A dense layer is counted once, even where it works on every frame. There it is used again for each: "
                       "multiply by the numbers that come out.")
def dense_layers_once(model):
    return _count(model, lambda layer: math.prod(layer.kernel.shape) if _is(layer, "Dense") else None)


@multiply_adds.mistake("Each weight of a convolution is counted once. It is used again at every place that the kernel looks "
                       "at: multiply by the lengths of the axes that come out.")
def every_weight_once(model):
    return sum(math.prod(layer.kernel.shape) for layer in _all_layers(model) if hasattr(layer, "kernel"))


@multiply_adds.mistake("The places are those of the layer's input. A stride, or a kernel without padding, leaves fewer: take "
                       "the shape that comes out.")
def places_of_the_input(model):
    def special(layer):
        if _is(layer, "Conv1D", "Conv2D"):
            return math.prod(layer.input.shape[1:-1]) * math.prod(layer.kernel.shape)
        if _is(layer, "DepthwiseConv1D", "DepthwiseConv2D"):
            return math.prod(layer.input.shape[1:-1]) * layer.output.shape[-1] * math.prod(layer.kernel_size)
        return None
    return _count(model, special)


@multiply_adds.mistake("The channels that come in are missing: every number that comes out of a convolution is a sum over the "
                       "kernel's places and over all channels that come in.")
def channels_in_forgotten(model):
    return _count(model, lambda layer: _outputs(layer) * math.prod(layer.kernel_size)
                  if _is(layer, "Conv1D", "Conv2D") else None)


@multiply_adds.mistake("The biases are counted. A bias is added, but nothing is multiplied.")
def biases_counted(model):
    return _count(model, lambda layer: _cost(layer) + _outputs(layer) if getattr(layer, "use_bias", False) else None)


@multiply_adds.mistake("Batch normalisation is counted. Only dense layers and convolutions count here.")
def normalisation_counted(model):
    return _count(model, lambda layer: _outputs(layer) if _is(layer, "BatchNormalization") else None)


@multiply_adds.mistake("Multiplications and additions are counted separately. One multiplication with its addition counts as "
                       "one.")
def twice(model):
    return 2 * _count(model)


@multiply_adds.mistake("The dense layers are missing.")
def no_dense_layers(model):
    return _count(model, lambda layer: 0 if _is(layer, "Dense") else None)


@multiply_adds.mistake("Only Conv2D is counted among the convolutions. Conv1D counts as well.")
def no_convolution_over_time(model):
    return _count(model, lambda layer: 0 if _is(layer, "Conv1D") else None)


@multiply_adds.mistake("Depthwise convolutions are missing. In Keras they are layers of their own kind, DepthwiseConv1D and "
                       "DepthwiseConv2D.")
def no_depthwise_convolutions(model):
    return _count(model, lambda layer: 0 if _is(layer, "DepthwiseConv1D", "DepthwiseConv2D") else None)


@multiply_adds.mistake("A depthwise convolution is counted like an ordinary one. Each number that comes out of it sees one "
                       "channel only: the weights are those of the kernel's places, without the channels.")
def depthwise_as_an_ordinary_convolution(model):
    return _count(model, lambda layer: _outputs(layer) * math.prod(layer.kernel.shape[:-1])
                  if _is(layer, "DepthwiseConv1D", "DepthwiseConv2D") else None)


@multiply_adds.mistake("A network that is a layer of another network is left out. Look into it: the function may call itself.")
def no_networks_inside(model):
    return _count(model, nested=False)


@multiply_adds.mistake("A network inside a network is looked into, but not a network inside that one. Let the function call "
                       "itself, however deep it goes.")
def only_one_level_deep(model):
    import keras

    inside = [layer for layer in model.layers if isinstance(layer, keras.Model)]
    return _count(model, nested=False) + sum(_count(layer, nested=False) for layer in inside)


@multiply_adds.mistake("The multiplier of a depthwise convolution is counted twice: the channels that come out already include "
                       "it.")
def multiplier_twice(model):
    return _count(model, lambda layer: _cost(layer) * layer.depth_multiplier
                  if _is(layer, "DepthwiseConv1D", "DepthwiseConv2D") else None)


@multiply_adds.mistake("For a depthwise convolution the channels that come in are counted instead of those that come out. "
                       "With a multiplier there are more that come out.")
def multiplier_forgotten(model):
    return _count(model, lambda layer: _cost(layer) // layer.depth_multiplier
                  if _is(layer, "DepthwiseConv1D", "DepthwiseConv2D") else None)


@multiply_adds.mistake("Pooling is counted. Only dense layers and convolutions count here.")
def pooling_counted(model):
    return _count(model, lambda layer: _outputs(layer) * math.prod(layer.pool_size)
                  if _is(layer, "MaxPooling2D") else None)
