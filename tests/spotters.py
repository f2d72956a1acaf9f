"""Networks as students build and save them, with weights that are not those they begin with."""

import numpy as np

from autograder.judging.reference import module_of
from kws_helpers import spotting
from kws_helpers.data import CLASS_NAMES
from tools.benchmark import recipe

import keras  # isort: skip  # after the helpers, so that TensorFlow is quiet

layers, ops = keras.layers, keras.ops


def trained(network):
    """Give a network weights and statistics that are not those it begins with."""
    rng = np.random.default_rng(0)
    for layer in network._flatten_layers():
        if isinstance(layer, layers.BatchNormalization):
            for weight in layer.weights:
                weight.assign(rng.uniform(0.5, 1.5, weight.shape) - (0.7 if "mean" in weight.name else 0))
        elif getattr(layer, "bias", None) is not None:
            layer.bias.assign(rng.normal(size=layer.bias.shape))
    return network


def from_lesson(lesson, name, **arguments):
    return lambda: getattr(module_of(lesson), name)(**arguments)


def small_spotter():
    """As lesson 08 builds it."""
    inputs = keras.Input((49, 40))
    x = layers.Conv1D(64, 5, strides=2, padding="same", use_bias=False)(inputs)
    for _ in range(4):
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
        x = layers.SeparableConv1D(64, 9, padding="same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Dropout(0.2)(layers.GlobalAveragePooling1D()(x))
    return keras.Model(inputs, layers.Dense(12, activation="softmax")(x))


def ds_cnn():
    """As lesson 07 builds it."""
    clip = keras.Input((49, 40))
    x = layers.Cropping2D(((0, 0), (0, 30)))(layers.Reshape((49, 40, 1))(clip))
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(64, (10, 4), strides=2, padding="same")(x)))
    x = layers.ReLU()(layers.BatchNormalization()(layers.DepthwiseConv2D(3, padding="same", use_bias=False)(x)))
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(64, 1, use_bias=False)(x)))
    return keras.Model(clip, layers.Dense(12, activation="softmax")(layers.GlobalAveragePooling2D()(x)))


def tc_resnet8_in_2d():
    from tools.benchmark.speed import _tc_resnet8_in_2d

    inner = _tc_resnet8_in_2d()
    clip = keras.Input((49, 40))
    return keras.Model(clip, inner(layers.Reshape((49, 1, 40))(clip)))


def pooled():
    """Kernels and pools of every kind, over one axis and over two."""
    clip = keras.Input((49, 40))
    x = layers.Conv1D(24, 4, padding="causal", dilation_rate=2, activation="elu")(clip)
    x = layers.BatchNormalization()(layers.AveragePooling1D(3, 2, padding="same")(x))
    x = layers.Conv1D(24, 5, groups=4, activation=layers.LeakyReLU(0.1))(x)
    x = layers.DepthwiseConv1D(3, depth_multiplier=2, strides=2, padding="same")(layers.MaxPooling1D(2)(x))
    y = layers.Reshape((49, 40, 1))(clip)
    y = layers.SeparableConv2D(8, (5, 3), strides=2, depth_multiplier=3, padding="same", activation="silu")(y)
    y = layers.MaxPooling2D((3, 2), strides=2, padding="same")(layers.ZeroPadding2D(((1, 0), (2, 1)))(y))
    y = layers.AveragePooling2D(2, padding="same")(layers.BatchNormalization(axis=2)(y))
    both = layers.Concatenate()([layers.GlobalMaxPooling1D()(x), layers.Flatten()(y)])
    return keras.Model(clip, layers.Activation("softmax")(layers.Dense(12, activation="gelu")(both)))


def with_operators():
    """Operators and functions of `keras.ops` in place of layers."""
    clip = keras.Input((49, 40))
    x = ops.relu(ops.concatenate([clip[:, 1::2, :30], ops.roll(clip, 2, axis=1)[:, :24, 30:]], axis=-1))
    gate = ops.sigmoid(ops.mean(x, axis=1, keepdims=True))
    x = 2 - x * gate / 3 + ops.maximum(x, ops.tanh(x)) - layers.Average()([x, gate])
    y = ops.max(ops.squeeze(ops.transpose(ops.expand_dims(x, 1), (0, 1, 3, 2)), 1), axis=[2])
    y = layers.Multiply()([y, layers.Dense(40, activation="hard_sigmoid")(y)])
    y = layers.Rescaling(0.5, 1.0)(ops.reshape(y, (-1, 4, 10)))
    return keras.Model(clip, ops.softmax(layers.Dense(12)(layers.Flatten()(layers.Permute((2, 1))(y)))))


def handed_in():
    """Blocks that are networks, used twice, inside a chain."""
    block = keras.Sequential([layers.Conv1D(40, 3, padding="same"), layers.BatchNormalization(), layers.ReLU(6.0),
                              layers.SpatialDropout1D(0.2)])
    clip = keras.Input((49, 40))
    body = keras.Model(clip, layers.Add()([clip, block(block(clip))]))
    return keras.Sequential([keras.Input((49, 40)), layers.GaussianNoise(0.1), body, layers.BatchNormalization(),
                             layers.GlobalAveragePooling1D(), layers.Dense(12, "softmax")])


def averaged():
    """The recipe's mean answer to a clip moved by so many frames: one network, used three times."""
    clip, network = keras.Input((49, 40)), recipe.ds_resnet()
    answers = [network(keras.ops.roll(clip, shift, axis=1)) for shift in (-3, 0, 3)]
    return keras.Model(clip, sum(answers) / len(answers))


NETWORKS = {
    "lesson 02": from_lesson("02_ffnn", "build_ffnn"),
    "lesson 05": from_lesson("05_augmentation", "build_regularised_ffnn"),
    "lesson 06": from_lesson("06_cnn", "build_cnn"),
    "lesson 07": from_lesson("07_tc_resnet", "build_tc_resnet8"),
    "lesson 07, 2-D": tc_resnet8_in_2d, "lesson 07, DS-CNN": ds_cnn, "lesson 08": small_spotter,
    "recipe": recipe.ds_resnet, "recipe, averaged": averaged,
    "MobileNetV2": lambda: keras.applications.MobileNetV2(input_shape=(49, 40, 1), weights=None, classes=12),
    "pooled": pooled, "operators": with_operators, "handed in": handed_in}


def small_network(*more, inputs=(49, 40), classes=12):
    return keras.Sequential([keras.Input(inputs), *more, layers.Flatten(), layers.Dense(classes, "softmax")])


MEAN, STD = np.linspace(-100, 10, 40, dtype=np.float32), np.linspace(1, 30, 40, dtype=np.float32)


def saved(path, network=None, **more):
    given = {"class_names": CLASS_NAMES, "mean": MEAN, "std": STD} | more
    spotting.save(path, network or small_network(), **given)
    return path
