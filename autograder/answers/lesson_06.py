"""Lesson 06, answered differently."""

import math

import numpy as np

from autograder.answers import answer


@answer("as_time_series")
def expand_dims(features):
    return np.expand_dims(features, 2)


@answer("as_time_series")
def reshaped(features):
    n, t, f = features.shape
    return features.reshape(n, t, 1, f)


@answer("as_time_series")
def filled_in_loops(x):
    series = np.zeros((x.shape[0], x.shape[1], 1, x.shape[2]), np.float32)
    for n in range(len(x)):
        for t in range(x.shape[1]):
            series[n, t, 0, :] = x[n, t]
    return series


@answer("as_time_series")
def with_tensorflow(features):
    import tensorflow as tf

    return tf.expand_dims(tf.convert_to_tensor(features), axis=-2)


@answer("as_time_series")
def stacked(features):
    return np.stack([features], axis=2)


@answer("residual_block")
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


@answer("residual_block")
def block_of_two_sequences(x, channels, stride):
    import keras
    from keras import layers

    main = keras.Sequential([
        layers.Conv1D(channels, 9, stride, padding="same", use_bias=False), layers.BatchNormalization(), layers.ReLU(),
        layers.Conv1D(channels, 9, 1, padding="same", use_bias=False), layers.BatchNormalization()])
    same = stride == 1 and x.shape[-1] == channels
    side = x if same else keras.Sequential([
        layers.Conv1D(channels, 1, stride, padding="same", use_bias=False), layers.BatchNormalization(),
        layers.ReLU()])(x)
    return keras.ops.relu(main(x) + side)


@answer("residual_block")
def block_with_the_shortcut_first(inputs, n_channels, s):
    import keras

    def conv_bn(z, kernel, s):
        z = keras.layers.Conv1D(n_channels, kernel, strides=s, padding="same", use_bias=False,
                                kernel_initializer="he_normal", kernel_regularizer=keras.regularizers.L2(5e-4))(z)
        return keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(z)

    if s == 1 and n_channels == inputs.shape[-1]:
        shortcut = inputs
    else:
        shortcut = keras.layers.Activation("relu")(conv_bn(inputs, 1, s))
    z = keras.activations.relu(conv_bn(inputs, 9, s))
    z = conv_bn(z, 9, 1)
    return keras.layers.ReLU()(keras.layers.add([shortcut, z]))


@answer("residual_block")
def block_of_tf_keras(x, channels, stride=1):
    import tensorflow as tf

    layer = tf.keras.layers
    shortcut = x
    for i, step in enumerate((stride, 1)):
        x = layer.Conv1D(filters=channels, kernel_size=9, strides=step, padding="same", use_bias=False)(x)
        x = layer.BatchNormalization(axis=-1)(x)
        if i == 0:
            x = layer.ReLU()(x)
    if shortcut.shape[1] != x.shape[1] or shortcut.shape[2] != x.shape[2]:
        shortcut = layer.Conv1D(filters=channels, kernel_size=1, strides=stride, use_bias=False)(shortcut)
        shortcut = layer.ReLU()(layer.BatchNormalization()(shortcut))
    return layer.ReLU()(x + shortcut)


@answer("residual_block")
def block_as_a_layer_of_its_own(x, channels, stride):
    from keras import layers, ops

    class Block(layers.Layer):
        def __init__(self, inputs, channels, stride):
            super().__init__()
            self.side = None
            if stride != 1 or inputs != channels:
                self.side = layers.Conv1D(channels, 1, strides=stride, padding="same", use_bias=False)
                self.side_norm = layers.BatchNormalization()
            self.second = layers.Conv1D(channels, 9, padding="same", use_bias=False)
            self.first = layers.Conv1D(channels, 9, strides=stride, padding="same", use_bias=False)
            self.norms = [layers.BatchNormalization(), layers.BatchNormalization()]

        def call(self, x, training=None):
            y = ops.relu(self.norms[0](self.first(x), training=training))
            y = self.norms[1](self.second(y), training=training)
            if self.side is not None:
                x = ops.relu(self.side_norm(self.side(x), training=training))
            return ops.relu(x + y)

    return Block(x.shape[-1], channels, stride)(x)


def _conv_norm_relu(x, channels, kernel, stride=1, relu=True):
    from keras import layers

    x = layers.Conv1D(channels, kernel, strides=stride, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.95)(x)
    return layers.Activation("relu")(x) if relu else x


@answer("build_tc_resnet8")
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


@answer("build_tc_resnet8")
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


@answer("build_tc_resnet8")
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


@answer("build_tc_resnet8")
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


@answer("multiply_adds")
def counted_layer_by_layer(model):
    import keras

    count = 0
    for layer in model.layers:
        kind = type(layer).__name__
        if isinstance(layer, keras.Model):
            count += counted_layer_by_layer(layer)
        elif kind == "Dense":
            inputs, outputs = layer.kernel.shape
            count += inputs * outputs * int(np.prod(layer.output.shape[1:-1]))
        elif kind == "Conv1D":
            _, frames, channels = layer.output.shape
            count += frames * channels * layer.kernel_size[0] * layer.input.shape[-1]
        elif kind == "Conv2D":
            _, height, width, channels = layer.output.shape
            k, m = layer.kernel_size
            count += height * width * channels * k * m * layer.input.shape[-1]
        elif kind == "DepthwiseConv1D":
            _, frames, channels = layer.output.shape
            count += frames * channels * layer.kernel_size[0]
        elif kind == "DepthwiseConv2D":
            _, height, width, channels = layer.output.shape
            count += height * width * channels * layer.kernel_size[0] * layer.kernel_size[1]
    return count


@answer("multiply_adds")
def places_times_weights(model):
    """Every weight of a kernel is used once at every place."""
    import keras

    counted = (keras.layers.Dense, keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.DepthwiseConv1D,
               keras.layers.DepthwiseConv2D)
    layers = model._flatten_layers(include_self=False)
    return np.sum([np.prod(layer.output.shape[1:-1]) * np.prod(layer.kernel.shape)
                   for layer in layers if isinstance(layer, counted)]).astype(int)


@answer("multiply_adds")
def from_parameters_without_biases(network):
    import keras
    from keras import layers

    total, todo = 0, list(network.layers)
    while todo:
        layer = todo.pop()
        if isinstance(layer, keras.Model):
            todo.extend(layer.layers)
        elif isinstance(layer, (layers.Dense, layers.Conv1D, layers.Conv2D, layers.DepthwiseConv1D,
                                layers.DepthwiseConv2D)):
            biases = layer.bias.shape[0] if layer.use_bias else 0
            places = math.prod(layer.compute_output_shape(layer.input.shape)[1:-1])
            total += (layer.count_params() - biases) * places
    return float(total)


@answer("multiply_adds")
def in_one_expression(model):
    import keras

    return sum(
        in_one_expression(layer) if hasattr(layer, "layers")
        else 0 if not hasattr(layer, "kernel_size") and not isinstance(layer, keras.layers.Dense)
        else math.prod(layer.output.shape[1:-1]) * math.prod(layer.kernel.shape) for layer in model.layers)
