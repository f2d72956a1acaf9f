"""What the judge knows of `residual_block` (lesson 07_tc_resnet)."""

import numpy as np

from autograder.judging.exercise import Case, Exercise
from autograder.judging.proxy import FunctionProxy, ModelProxy
from kws_helpers.check.calling import CallFailed

from .networks import flawed_block, set_random_weights, weight_shapes


class BlockCase(Case):
    """A block for `frames` frames of `inputs` channels."""

    def __init__(self, aspect: str, frames: int, inputs: int, channels: int, stride: int, seed: int) -> None:
        super().__init__(aspect, channels=channels, stride=stride)
        self.frames, self.inputs, self.seed = frames, inputs, seed


def observe_block(block: FunctionProxy, case: BlockCase) -> list[np.ndarray]:
    """The shapes of the weights and the outputs of the block, in a network of its own, be it 1-D or 2-D."""
    model, axes = _network_around(block, case)
    set_random_weights(model, case.seed)
    x = np.random.default_rng(case.seed).normal(size=(3, *axes)).astype(np.float32)
    outputs = np.asarray(model(x))
    return [weight_shapes(model), outputs[:, :, 0] if outputs.ndim == 4 and outputs.shape[2] == 1 else outputs]


def _network_around(block: FunctionProxy, case: BlockCase) -> tuple[ModelProxy, tuple[int, ...]]:
    """The network and the shape of its input. Raises what the 1-D form raises where neither form works."""
    one_axis, two_axes = (case.frames, case.inputs), (case.frames, 1, case.inputs)
    try:
        return block.build_from(one_axis, case.kwargs["channels"], case.kwargs["stride"]), one_axis
    except CallFailed as failure:
        try:
            return block.build_from(two_axes, case.kwargs["channels"], case.kwargs["stride"]), two_axes
        except CallFailed:
            raise failure from None


residual_block = Exercise("residual_block", tolerance=2e-3, observe=observe_block)


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


@residual_block.mistake("There is no shortcut: what goes in is never added to what comes out of the two convolutions.")
def no_shortcut(x, channels, stride):
    return flawed_block(x, channels, stride, shortcut="none")


@residual_block.mistake("The ReLU after the addition is missing.")
def no_relu_after_the_addition(x, channels, stride):
    return flawed_block(x, channels, stride, relus=("main", "shortcut"))


@residual_block.mistake("The main path ends with a ReLU before the addition instead of after it. So the block can only "
                        "add and never take away. Add first, then ReLU.")
def relu_before_the_addition(x, channels, stride):
    return flawed_block(x, channels, stride, relus=("main", "last", "shortcut"))


@residual_block.mistake("There is a ReLU before the addition, behind the second batch normalisation. So the block can "
                        "only add and never take away. The main path ends with the batch normalisation.")
def relu_before_and_after_the_addition(x, channels, stride):
    return flawed_block(x, channels, stride, relus=("main", "last", "shortcut", "end"))


@residual_block.mistake("Between the two convolutions of the main path the ReLU is missing.")
def no_relu_inside(x, channels, stride):
    return flawed_block(x, channels, stride, relus=("shortcut", "end"))


@residual_block.mistake("The shortcut's convolution has no ReLU. In TC-ResNet it is convolution, batch normalisation, "
                        "ReLU.")
def no_relu_in_the_shortcut(x, channels, stride):
    return flawed_block(x, channels, stride, relus=("main", "end"))


@residual_block.mistake("The shortcut's convolution has no batch normalisation. In TC-ResNet every convolution has "
                        "one.")
def no_normalisation_in_the_shortcut(x, channels, stride):
    return flawed_block(x, channels, stride, norms=("main", "last"))


@residual_block.mistake("Batch normalisation is missing. It follows every convolution.")
def no_normalisation(x, channels, stride):
    return flawed_block(x, channels, stride, norms=())


@residual_block.mistake("Behind the second convolution the batch normalisation is missing.")
def no_second_normalisation(x, channels, stride):
    return flawed_block(x, channels, stride, norms=("main", "shortcut"))


@residual_block.mistake("The ReLU comes before the batch normalisation. The order is convolution, batch normalisation, "
                        "ReLU.")
def relu_before_normalisation(x, channels, stride):
    return flawed_block(x, channels, stride, relu_first=True)


@residual_block.mistake("The convolutions have biases. Batch normalisation takes a bias away again: use_bias=False.")
def biases(x, channels, stride):
    return flawed_block(x, channels, stride, bias=True)


@residual_block.mistake("The main path's kernels are 3 frames wide. They are 9 wide here.")
def kernel_of_three(x, channels, stride):
    return flawed_block(x, channels, stride, kernel=3)


@residual_block.mistake("The stride is in the second convolution of the main path. It belongs to the first, so that "
                        "the second has less to do.")
def stride_in_the_second_convolution(x, channels, stride):
    return flawed_block(x, channels, stride, strides=(1, stride))


@residual_block.mistake("The shortcut has a convolution even where the shape stays the same. There, x itself is the "
                        "shortcut.")
def convolution_in_every_shortcut(x, channels, stride):
    return flawed_block(x, channels, stride, shortcut="always")


@residual_block.mistake("The shortcut has a convolution only where the number of channels changes. A stride other than "
                        "1 changes the shape as well.")
def stride_alone_forgotten(x, channels, stride):
    return flawed_block(x, channels, stride, shortcut="new channels")


@residual_block.mistake("The shortcut has a convolution only where the stride is not 1. Another number of channels "
                        "changes the shape as well.")
def channels_alone_forgotten(x, channels, stride):
    return flawed_block(x, channels, stride, shortcut="stride")


@residual_block.mistake("At the addition, the two ways have different numbers of frames. On each way, exactly one "
                        "convolution has the stride: the first of the main path, and the shortcut's.")
def shortcut_without_stride(x, channels, stride):
    return flawed_block(x, channels, stride, shortcut_stride=1)


@residual_block.mistake("The shortcut is always x itself. Where the stride or the number of channels changes the "
                        "shape, x cannot be added: there the shortcut needs a convolution with kernel 1.")
def always_x_itself(x, channels, stride):
    return flawed_block(x, channels, stride, shortcut="never")


@residual_block.mistake("The two ways are put beside each other (Concatenate). They are added (Add).")
def beside_instead_of_added(x, channels, stride):
    return flawed_block(x, channels, stride, join="beside")


@residual_block.mistake("The first convolution keeps the old number of channels. Both convolutions of the main path "
                        "give `channels`.")
def channels_in_the_second_convolution_only(x, channels, stride):
    return flawed_block(x, channels, stride, first_channels=x.shape[-1])


@residual_block.mistake("The main path uses one batch normalisation in two places, so both share its weights. A layer "
                        "object holds weights: make a new one for each place.")
def one_normalisation_in_two_places(x, channels, stride):
    from keras import layers

    norm = layers.BatchNormalization()
    y = layers.Conv1D(channels, 9, strides=stride, padding="same", use_bias=False)(x)
    y = layers.Conv1D(channels, 9, padding="same", use_bias=False)(layers.ReLU()(norm(y)))
    if stride != 1 or x.shape[-1] != channels:
        x = layers.Conv1D(channels, 1, strides=stride, use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    return layers.ReLU()(layers.Add()([x, norm(y)]))


@residual_block.mistake("The kernels are squares such as (9, 9). Here time is the only axis: Conv1D with kernel 9, or "
                        "Conv2D with kernel (9, 1).")
def square_kernels(x, channels, stride):
    from keras import layers

    def step(x, kernel, stride):
        x = layers.Conv2D(channels, kernel, strides=(stride, 1), padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    y = step(layers.ReLU()(step(x, 9, stride)), 9, 1)
    if stride != 1 or x.shape[-1] != channels:
        x = layers.ReLU()(step(x, 1, stride))
    return layers.ReLU()(layers.Add()([x, y]))


@residual_block.right_answer
def block_with_two_dimensions(x, channels, stride):
    from keras import layers

    y = layers.Conv2D(channels, (9, 1), strides=(stride, 1), padding="same", use_bias=False)(x)
    y = layers.BatchNormalization(momentum=0.95)(y)
    y = layers.Activation("relu")(y)
    y = layers.Conv2D(channels, (9, 1), padding="same", use_bias=False)(y)
    y = layers.BatchNormalization(momentum=0.95)(y)
    if x.shape[-1] != channels or stride > 1:
        x = layers.Conv2D(channels, 1, strides=stride, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.95)(x)
        x = layers.Activation("relu")(x)
    return layers.Activation("relu")(layers.Add()([x, y]))


@residual_block.right_answer
def block_of_two_sequences(x, channels, stride):
    import keras
    from keras import layers

    main = keras.Sequential([
        layers.Conv1D(channels, 9, stride, padding="same", use_bias=False), layers.BatchNormalization(momentum=0.95),
        layers.ReLU(), layers.Conv1D(channels, 9, 1, padding="same", use_bias=False),
        layers.BatchNormalization(momentum=0.95)])
    same = stride == 1 and x.shape[-1] == channels
    side = x if same else keras.Sequential([
        layers.Conv1D(channels, 1, stride, padding="same", use_bias=False), layers.BatchNormalization(momentum=0.95),
        layers.ReLU()])(x)
    return keras.ops.relu(main(x) + side)


@residual_block.right_answer
def block_with_the_shortcut_first(inputs, n_channels, s):
    import keras

    def conv_bn(z, kernel, s):
        z = keras.layers.Conv1D(n_channels, kernel, strides=s, padding="same", use_bias=False,
                                kernel_initializer="he_normal", kernel_regularizer=keras.regularizers.L2(5e-4))(z)
        return keras.layers.BatchNormalization(momentum=0.95, epsilon=1e-5)(z)

    if s == 1 and n_channels == inputs.shape[-1]:
        shortcut = inputs
    else:
        shortcut = keras.layers.Activation("relu")(conv_bn(inputs, 1, s))
    z = keras.activations.relu(conv_bn(inputs, 9, s))
    z = conv_bn(z, 9, 1)
    return keras.layers.ReLU()(keras.layers.add([shortcut, z]))


@residual_block.right_answer
def block_of_tf_keras(x, channels, stride=1):
    import tensorflow as tf

    layer = tf.keras.layers
    shortcut = x
    for i, step in enumerate((stride, 1)):
        x = layer.Conv1D(filters=channels, kernel_size=9, strides=step, padding="same", use_bias=False)(x)
        x = layer.BatchNormalization(axis=-1, momentum=0.95)(x)
        if i == 0:
            x = layer.ReLU()(x)
    if shortcut.shape[1] != x.shape[1] or shortcut.shape[2] != x.shape[2]:
        shortcut = layer.Conv1D(filters=channels, kernel_size=1, strides=stride, use_bias=False)(shortcut)
        shortcut = layer.ReLU()(layer.BatchNormalization(momentum=0.95)(shortcut))
    return layer.ReLU()(x + shortcut)


@residual_block.right_answer
def block_as_a_layer_of_its_own(x, channels, stride):
    from keras import layers, ops

    class Block(layers.Layer):
        def __init__(self, inputs, channels, stride):
            super().__init__()
            self.side = None
            if stride != 1 or inputs != channels:
                self.side = layers.Conv1D(channels, 1, strides=stride, padding="same", use_bias=False)
                self.side_norm = layers.BatchNormalization(momentum=0.95)
            self.second = layers.Conv1D(channels, 9, padding="same", use_bias=False)
            self.first = layers.Conv1D(channels, 9, strides=stride, padding="same", use_bias=False)
            self.norms = [layers.BatchNormalization(momentum=0.95), layers.BatchNormalization(momentum=0.95)]

        def call(self, x, training=None):
            y = ops.relu(self.norms[0](self.first(x), training=training))
            y = self.norms[1](self.second(y), training=training)
            if self.side is not None:
                x = ops.relu(self.side_norm(self.side(x), training=training))
            return ops.relu(x + y)

    return Block(x.shape[-1], channels, stride)(x)
