"""What the judge knows of `build_tc_resnet8` (lesson 07_tc_resnet)."""

import math
from typing import Any

import numpy as np

from autograder.judging.exercise import Case, Exercise
from autograder.judging.proxy import FunctionProxy, ModelProxy

from .networks import flawed_block, set_random_weights, weight_shapes


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
        return weight_shapes(model, left_out=(case.n_classes,))
    if case.look == "dropout":
        return _scale_of_what_dropout_keeps(model, case)
    set_random_weights(model, case.seed)
    return [weight_shapes(model, left_out=(case.n_classes,)), model(x)]


_DROPOUT_CLIPS = 200


def _scale_of_what_dropout_keeps(model: ModelProxy, case: NetworkCase) -> float:
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


def _score_of_class_0(model: ModelProxy, x: np.ndarray, training: bool) -> np.ndarray:
    p = np.asarray(model(x, training=training), dtype=float)
    with np.errstate(all="ignore"):  # these need not be probabilities
        return np.log(p[..., 0]) - np.log(p[..., 1])


build_tc_resnet8 = Exercise("build_tc_resnet8", tolerance=5e-3, observe=observe_network)


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


def _network(input_shape, n_classes, width, dropout, channels=(16, 24, 32, 48), rounding=int, kernel=3,
             strides=(2, 2, 2), first=("norm", "relu"), pool="mean", last="softmax", early_dropout=False, **options):
    """TC-ResNet8, wrong in one place. `options` go to the blocks (see `flawed_block`)."""
    from keras import Input, Model, layers

    sizes = [rounding(size * width) for size in channels]
    clip = Input(input_shape)
    x = layers.Conv1D(sizes[0], kernel, padding="same", use_bias=options.get("bias", False))(clip)
    x = layers.BatchNormalization()(x) if "norm" in first else x
    x = layers.ReLU()(x) if "relu" in first else x
    for size, stride in zip(sizes[1:], strides):
        x = flawed_block(x, size, stride, **options)
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


@build_tc_resnet8.mistake("The last layer has a sigmoid, which judges every class by itself. A clip has one right "
                          "class: softmax.")
def sigmoid_at_the_end(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, last="sigmoid")


@build_tc_resnet8.mistake("The frames are flattened before the last layer, which gives it a weight for every frame. "
                          "Take the mean over the frames: GlobalAveragePooling1D (or 2D).")
def flattened(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, pool="flatten")


@build_tc_resnet8.mistake("The maximum over the frames is taken (GlobalMaxPooling). TC-ResNet takes the mean.")
def maximum_over_the_frames(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, pool="max")


@build_tc_resnet8.mistake("Nothing takes the mean over the frames, so there is an answer for every frame instead of "
                          "one for the clip: GlobalAveragePooling1D (or 2D).")
def an_answer_for_every_frame(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, pool=None)


@build_tc_resnet8.mistake("The dropout rate is fixed at 0.5. Use the argument `dropout`.")
def always_half_dropped(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, 0.5)


@build_tc_resnet8.mistake("`dropout` is taken for the share that is kept. It is the share that is dropped.")
def kept_instead_of_dropped(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, 1 - dropout if dropout else None)


@build_tc_resnet8.mistake("The dropout comes before the mean over the frames, where the mean makes up for most of it. "
                          "It belongs between the mean and the last layer.")
def dropout_before_the_mean(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, early_dropout=True)


@build_tc_resnet8.mistake("`width` is not used. It multiplies all four numbers of channels.")
def width_ignored(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, 1.0, dropout)


@build_tc_resnet8.mistake("`width` is used for the blocks only. The first convolution's 16 channels are multiplied "
                          "too.")
def width_in_the_blocks_only(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout,
                    rounding=lambda size: 16 if math.isclose(size, 16 * width) else int(size))


@build_tc_resnet8.mistake("The numbers of channels are rounded to the nearest whole number, or up. The exercise asks "
                          "for int(channels * width), which rounds down.")
def width_rounded(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, rounding=round)


@build_tc_resnet8.mistake("The number of classes is fixed at 12. Use `n_classes`.")
def always_twelve_classes(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, 12, width, dropout)


@build_tc_resnet8.mistake("The input shape is fixed at (49, 40). Use `input_shape`, and `n_classes` too.")
def always_the_same_input_shape(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network((49, 40), n_classes, width, dropout)


@build_tc_resnet8.mistake("The numbers of channels are in the wrong order. They grow: 16, then blocks of 24, 32 and "
                          "48.")
def channels_in_reverse_order(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, channels=(48, 32, 24, 16))


@build_tc_resnet8.mistake("A block is missing: there are three, of 24, 32 and 48 channels.")
def two_blocks(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, channels=(16, 24, 32))


@build_tc_resnet8.mistake("The blocks have stride 1. Each has stride 2, and so halves the number of frames.")
def blocks_without_stride(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    return _network(input_shape, n_classes, width, dropout, strides=(1, 1, 1))


@build_tc_resnet8.mistake("The first block has stride 1. All three have stride 2, since the number of channels changes "
                          "in each.")
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


def _conv_norm_relu(x, channels, kernel, stride=1, relu=True):
    from keras import layers

    x = layers.Conv1D(channels, kernel, strides=stride, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.95)(x)
    return layers.Activation("relu")(x) if relu else x


@build_tc_resnet8.right_answer
def network_in_the_functional_style(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    from keras import Input, Model, layers

    inputs = Input(input_shape)
    x = _conv_norm_relu(inputs, int(16 * width), 3)
    for c in [24, 32, 48]:
        main = _conv_norm_relu(_conv_norm_relu(x, int(c * width), 9, 2), int(c * width), 9, relu=False)
        side = _conv_norm_relu(x, int(c * width), 1, 2)
        x = layers.Activation("relu")(side + main)
    x = layers.GlobalAvgPool1D()(x)
    x = layers.Dropout(rate=dropout, seed=1)(x)
    model = Model(inputs=inputs, outputs=layers.Dense(n_classes, "softmax")(x))
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@build_tc_resnet8.right_answer
def network_with_two_dimensions(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    from keras import Input, Model, layers

    def conv(x, c, k, s=1):
        x = layers.Conv2D(c, (k, 1), strides=(s, 1), padding="same", use_bias=False)(x)
        return layers.BatchNormalization(momentum=0.95)(x)

    inputs = Input(shape=input_shape)
    x = layers.Reshape((input_shape[0], 1, input_shape[1]))(inputs)
    x = layers.ReLU()(conv(x, int(16 * width), 3))
    for c in (24, 32, 48):
        c = int(c * width)
        y = conv(layers.ReLU()(conv(x, c, 9, 2)), c, 9)
        x = layers.ReLU()(layers.Add()([y, layers.ReLU()(conv(x, c, 1, 2))]))
    x = layers.AveragePooling2D((x.shape[1], 1))(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Conv2D(n_classes, 1, use_bias=True)(x)
    return Model(inputs, layers.Softmax()(layers.Flatten()(x)))


@build_tc_resnet8.right_answer
def network_as_a_class(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    import keras
    from keras import layers, ops

    class ConvNorm(layers.Layer):
        def __init__(self, channels, kernel, stride):
            super().__init__()
            self.conv = layers.Conv1D(channels, kernel, strides=stride, padding="same", use_bias=False)
            self.norm = layers.BatchNormalization(epsilon=1e-5)

        def call(self, x, training=None):
            return self.norm(self.conv(x), training=training)

    class Network(keras.Model):
        def __init__(self):
            super().__init__()
            self.last = layers.Dense(n_classes, use_bias=False)
            self.drop = layers.Dropout(dropout)
            self.blocks = [[ConvNorm(int(c * width), k, s) for k, s in [(9, 2), (9, 1), (1, 2)]] for c in (24, 32, 48)]
            self.first = ConvNorm(int(16 * width), 3, 1)

        def call(self, x, training=None):
            x = ops.relu(self.first(x, training=training))
            for one, two, side in self.blocks:
                y = two(ops.relu(one(x, training=training)), training=training)
                x = ops.relu(y + ops.relu(side(x, training=training)))
            x = self.drop(ops.mean(x, axis=1), training=training)
            return ops.softmax(self.last(x))

    return Network()


@build_tc_resnet8.right_answer
def network_with_sequences_as_branches(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    import keras
    from keras import layers

    c0, c1, c2, c3 = (int(width * c) for c in (16, 24, 32, 48))
    inputs = keras.Input(input_shape, name="mfcc")
    x = keras.Sequential([layers.Conv1D(c0, 3, padding="same", use_bias=False), layers.BatchNormalization(),
                          layers.ReLU()], name="stem")(inputs)
    for c in (c1, c2, c3):
        main = keras.Sequential([
            layers.Conv1D(c, 9, 2, padding="same", use_bias=False), layers.BatchNormalization(), layers.ReLU(),
            layers.Conv1D(c, 9, padding="same", use_bias=False), layers.BatchNormalization()])
        side = keras.Sequential([layers.Conv1D(c, 1, 2, padding="same", use_bias=False), layers.BatchNormalization(),
                                 layers.ReLU()])
        x = keras.activations.relu(layers.add([main(x), side(x)]))
    head = keras.Sequential([layers.GlobalAveragePooling1D(), layers.Dropout(dropout),
                             layers.Dense(n_classes), layers.Softmax()])
    return keras.Model(inputs, head(x))
