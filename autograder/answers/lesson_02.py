"""Lesson 02, answered differently."""

import math

import numpy as np
import scipy.special

from autograder.answers import answer


@answer("softmax")
def softmax_of_a_library(z):
    return scipy.special.softmax(z, axis=-1)


@answer("softmax")
def softmax_in_loops(z):
    z = np.asarray(z, dtype=float)
    rows = z.reshape(-1, z.shape[-1])
    result = np.zeros(rows.shape)
    for i, row in enumerate(rows):
        exponentials = [math.exp(value - max(row)) for value in row]
        for j, value in enumerate(exponentials):
            result[i, j] = value / sum(exponentials)
    return result.reshape(z.shape)


@answer("softmax")
def softmax_by_logarithms(z):
    return np.exp(z - np.logaddexp.reduce(z, axis=-1, keepdims=True))


@answer("softmax")
def softmax_of_tensorflow(z):
    import tensorflow as tf

    return tf.nn.softmax(tf.convert_to_tensor(z, dtype="float64"))


@answer("softmax")
def softmax_of_keras_in_float32(scores, temperature=1.0):
    import keras

    return keras.ops.softmax(keras.ops.convert_to_tensor(scores, "float32") / temperature)


@answer("softmax")
def softmax_of_transposed_scores(z):
    exponentials = np.exp(z.T - z.max(axis=-1).T)
    return (exponentials / exponentials.sum(axis=0)).T


@answer("softmax")
def softmax_along_axis(z):
    return np.apply_along_axis(lambda row: np.exp(row - row.max()) / sum(np.exp(row - row.max())), -1, z)


@answer("softmax")
def softmax_as_a_ratio_of_differences(z):
    return 1 / np.exp(z[..., None, :] - z[..., :, None]).sum(axis=-1)


@answer("cross_entropy")
def cross_entropy_of_the_chosen(probabilities, one_hot):
    return -np.log(probabilities[np.arange(len(one_hot)), one_hot.argmax(axis=1)]).mean()


@answer("cross_entropy")
def cross_entropy_in_loops(predicted, target):
    total = 0.0
    for p_row, y_row in zip(predicted, target, strict=True):
        for p, y in zip(p_row, y_row, strict=True):
            if y > 0:
                total -= y * math.log(p)
    return total / len(target)


@answer("cross_entropy")
def cross_entropy_clipped(probabilities, one_hot):
    return float(-(one_hot * np.log(np.clip(probabilities, 1e-7, 1.0))).sum(axis=1).mean())


@answer("cross_entropy")
def cross_entropy_with_a_small_number(probabilities, one_hot):
    return -np.sum(one_hot * np.log(probabilities + 1e-9)) / one_hot.shape[0]


@answer("cross_entropy")
def cross_entropy_of_scikit_learn(probabilities, one_hot):
    from sklearn.metrics import log_loss

    return log_loss(one_hot.argmax(axis=1), probabilities, labels=range(one_hot.shape[1]))


@answer("cross_entropy")
def cross_entropy_of_scipy(probabilities, one_hot):
    return -scipy.special.xlogy(one_hot, probabilities).sum(-1).mean()


@answer("cross_entropy")
def cross_entropy_of_keras(probabilities, one_hot):
    import keras

    return keras.ops.mean(keras.losses.categorical_crossentropy(one_hot, probabilities))


@answer("cross_entropy")
def cross_entropy_without_nan(probabilities, one_hot):
    return -np.nansum(one_hot * np.log(probabilities)) / len(probabilities)


@answer("cross_entropy")
def cross_entropy_of_a_product(probabilities, one_hot):
    return np.mean(-np.log((probabilities * one_hot).sum(axis=1)))


@answer("dense_parameters")
def dense_parameters_in_a_loop(layer_sizes):
    total = 0
    for i in range(1, len(layer_sizes)):
        total += layer_sizes[i - 1] * layer_sizes[i] + layer_sizes[i]
    return total


@answer("dense_parameters")
def dense_parameters_of_arrays(layer_sizes):
    sizes = np.array(layer_sizes)
    return ((sizes[:-1] + 1) * sizes[1:]).sum()


@answer("dense_parameters")
def dense_parameters_by_recursion(sizes):
    return 0 if len(sizes) < 2 else (sizes[0] + 1) * sizes[1] + dense_parameters_by_recursion(sizes[1:])


@answer("dense_parameters")
def dense_parameters_of_products(layer_sizes):
    return int(np.dot(layer_sizes[:-1], layer_sizes[1:]) + np.sum(layer_sizes[1:]))


@answer("build_ffnn")
def sequential_with_separate_activations(input_shape=(49, 40), n_classes=12):
    import keras

    model = keras.Sequential(name="my_network")
    model.add(keras.layers.Input(shape=input_shape))
    model.add(keras.layers.Flatten(name="flat"))
    for size in (64, 128):
        model.add(keras.layers.Dense(size, kernel_initializer="he_normal"))
        model.add(keras.layers.ReLU())
    model.add(keras.layers.Dense(n_classes))
    model.add(keras.layers.Softmax())
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@answer("build_ffnn")
def functional(input_shape=(49, 40), n_classes=12):
    from keras import Input, Model, layers

    inputs = Input(input_shape)
    x = layers.Reshape((input_shape[0] * input_shape[1],))(inputs)
    x = layers.Dense(64, "relu")(x)
    x = layers.Activation("relu")(layers.Dense(128)(x))
    return Model(inputs, layers.Dense(n_classes, activation="softmax", name="probabilities")(x))


@answer("build_ffnn")
def sequential_that_is_not_built_yet(input_shape=(49, 40), n_classes=12):
    import keras

    return keras.models.Sequential([
        keras.layers.Flatten(), keras.layers.Dense(64, activation=keras.activations.relu),
        keras.layers.Dense(128, activation=keras.ops.relu), keras.layers.Dense(n_classes, activation="softmax")])


@answer("build_ffnn")
def sequential_with_input_shape_in_the_first_layer(input_shape=(49, 40), n_classes=12):
    import tensorflow as tf

    return tf.keras.Sequential([
        tf.keras.layers.Flatten(input_shape=input_shape), tf.keras.layers.Dense(64, activation=tf.nn.relu),
        tf.keras.layers.Dense(128, activation=tf.nn.relu), tf.keras.layers.Dense(n_classes, activation=tf.nn.softmax)])


@answer("build_ffnn")
def subclassed(input_shape=(49, 40), n_classes=12):
    import keras

    class Network(keras.Model):
        def __init__(self):
            super().__init__()
            self.flatten = keras.layers.Flatten()
            self.hidden = [keras.layers.Dense(64), keras.layers.Dense(128)]
            self.out = keras.layers.Dense(n_classes)

        def call(self, x):
            x = self.flatten(x)
            for layer in self.hidden:
                x = keras.ops.maximum(layer(x), 0)
            return keras.ops.softmax(self.out(x))

    return Network()


@answer("build_ffnn")
def subclassed_with_the_last_layer_first(input_shape=(49, 40), n_classes=12):
    from keras import Model, layers

    class Network(Model):
        def __init__(self):
            super().__init__()
            self.probabilities = layers.Dense(n_classes, activation="softmax")
            self.second, self.first = layers.Dense(128, activation="relu"), layers.Dense(64, activation="relu")
            self.flatten = layers.Flatten()

        def call(self, clips, training=None):
            return self.probabilities(self.second(self.first(self.flatten(clips))))

    model = Network()
    model.build((None, *input_shape))
    return model
