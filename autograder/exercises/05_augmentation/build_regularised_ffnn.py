"""What the judge knows of `build_regularised_ffnn` (lesson 05_augmentation)."""

import numpy as np

from autograder.exercises.facts import LookCase, as_array, observe_fact, snap
from autograder.judging.exercise import Exercise
from autograder.judging.proxy import FunctionProxy, ModelProxy
from kws_helpers.check.networks import dropout_rates

build_regularised_ffnn = Exercise("build_regularised_ffnn", observe=observe_fact)


@build_regularised_ffnn.cases
def build_regularised_ffnn_cases(rng):
    other = {"input_shape": (int(rng.integers(10, 30)), int(rng.integers(5, 12))), "n_classes": int(rng.integers(4, 9))}
    seed = int(rng.integers(2**31))
    other_strengths = {"dropout": float(rng.choice([0.2, 0.3])), "l2": float(rng.uniform(0.01, 0.1))}
    yield LookCase("the layers and their order", _kernels)
    yield LookCase("the layers and their order", _outputs, seed=seed)
    yield LookCase("batch normalisation", _normalisers)
    yield LookCase("dropout after both hidden layers", _rates)
    yield LookCase("the penalty on the kernels", _relative_penalty)
    yield LookCase("the penalty on the kernels", _relative_penalty, **other_strengths)
    yield LookCase("dropout after both hidden layers", _rates, **other_strengths)
    yield LookCase("the penalty on the kernels", _relative_penalty, l2=0.0)
    yield LookCase("another input shape and another number of classes", _kernels, **other)
    yield LookCase("another input shape and another number of classes", _outputs, seed=seed, **other)


def _built(build: FunctionProxy, **options) -> ModelProxy:
    """The model, with its weights."""
    model = build.build(**options)
    model.show(np.zeros((2, *options.get("input_shape", (49, 40))), np.float32))
    return model


def _kernels(build, **options):
    return np.array(sorted(str(weight.shape) for weight in _built(build, **options).weights
                           if len(weight.shape) > 1))


def _normalisers(build):
    """How many different vectors of batch normalisation there are for the 64 and for the 128 neurons."""
    names = {(weight.name, weight.shape) for weight in _built(build).weights}
    wanted = ("gamma", "beta", "moving_mean", "moving_variance")
    return np.array([sum((name, (size,)) in names for name in wanted) for size in (64, 128)])


def _outputs(build, seed, **options):
    """For random weights; biases are 0, so that it does not matter whether there are any."""
    model = _built(build, **options)
    model.set_weights([_weight(seed, weight.name, weight.shape) for weight in model.weights])
    shape = options.get("input_shape", (49, 40))
    return model(2 * np.random.default_rng(seed).normal(size=(6, *shape)).astype(np.float32))


def _weight(seed, name, shape):
    rng = np.random.default_rng([seed, *shape, *name.encode()])
    if name == "kernel":
        return rng.normal(size=shape) / np.sqrt(np.prod(shape[:-1]))
    if name == "bias":
        return np.zeros(shape)
    return rng.uniform(0.3, 1.0, shape) * (rng.choice([-1, 1], shape) if name == "beta" else 1)


def _rates(build, **options):
    model = _built(build, **options)
    as_array(model(np.zeros((2, 49, 40), np.float32)), (2, 12))  # of other outputs, the rates would be a matter of luck
    expected = options.get("dropout", 0.5)
    return np.array([snap(rate, expected, 0.04) for rate in dropout_rates(model, (49, 40), 12)])


def _relative_penalty(build, **options):
    """The penalty in units of l2 times the sum of squares: 1 where it is right. With l2=0, the penalty itself."""
    model = _built(build, **options)
    rng = np.random.default_rng(3)
    for weight in model.weights:
        if weight.name in ("kernel", "gamma", "beta", "bias"):
            weight.assign(rng.normal(size=weight.shape))
    squares = sum(float(np.sum(np.square(weight))) for weight in model.weights if weight.name == "kernel")
    penalty = sum(float(np.sum(one)) for one in model.losses)
    return penalty / (options.get("l2", 1e-4) or 1.0) / squares


def _regularised(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4, sizes=(64, 128), order="bar", rates=None,
                 penalty=None, last_penalty=True, last="softmax", flatten=True, inside=None):
    """A network that is wrong in one place. `order`: b for batch norm, a for the activation, r for dropout."""
    from keras import Input, Sequential, layers, regularizers

    penalty = regularizers.L2(l2) if penalty is None else penalty
    stack = [Input(shape=input_shape)] + ([layers.Flatten()] if flatten else [])
    for size, rate in zip(sizes, rates or (dropout, dropout)):
        kinds = {"b": layers.BatchNormalization, "a": layers.ReLU, "r": lambda rate=rate: layers.Dropout(rate)}
        stack += [layers.Dense(size, activation=inside, kernel_regularizer=penalty or None)]
        stack += [kinds[letter]() for letter in order]
    return Sequential([*stack, layers.Dense(n_classes, activation=last,
                                            kernel_regularizer=penalty if last_penalty and penalty else None)])


@build_regularised_ffnn.mistake("The ReLU comes before the batch normalisation. The order is dense, batch norm, ReLU: "
                                "leave the activation out of Dense and add keras.layers.ReLU().")
def relu_before_batch_norm(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, order="abr")


@build_regularised_ffnn.mistake("There are two ReLUs: one inside Dense, before the batch normalisation, and the layer "
                                "after it. Leave the activation out of Dense.")
def relu_before_and_after(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, inside="relu")


@build_regularised_ffnn.mistake("There is no ReLU after the batch normalisation.")
def no_relu(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, order="br")


@build_regularised_ffnn.mistake("There is no batch normalisation.")
def no_batch_norm(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, order="ar")


@build_regularised_ffnn.mistake("There is no dropout.")
def no_dropout(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, order="ba")


@build_regularised_ffnn.mistake("Dropout comes only after the first hidden layer. The second needs it, too.")
def dropout_after_the_first_only(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, rates=(dropout, 0))


@build_regularised_ffnn.mistake("Dropout comes only after the second hidden layer. The first needs it, too.")
def dropout_after_the_second_only(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, rates=(0, dropout))


@build_regularised_ffnn.mistake("The dropout's rate is fixed at 0.5. Use `dropout`.")
def dropout_fixed(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, 0.5, l2)


@build_regularised_ffnn.mistake("The dropout's rate is 1 - dropout. In Keras, too, the rate is the share that is "
                                "silenced.")
def dropout_as_the_share_kept(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, 1 - dropout, l2)


@build_regularised_ffnn.mistake("There is no weight penalty. Dense takes it as kernel_regularizer.")
def no_penalty(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, penalty=False)


@build_regularised_ffnn.mistake("The last dense layer has no penalty. All three have it.")
def no_penalty_at_the_end(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, last_penalty=False)


@build_regularised_ffnn.mistake("The penalty's strength is fixed. Use `l2`.")
def penalty_fixed(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, 1e-4)


@build_regularised_ffnn.mistake("The penalty has the strength 0.01: that is what Keras takes for \"l2\" as a text. Use "
                                "keras.regularizers.L2(l2).")
def penalty_as_a_text(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, 0.01)


@build_regularised_ffnn.mistake("The penalty is halved. Keras' L2 has no factor 1/2, and nor has the exercise.")
def penalty_halved(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2 / 2)


@build_regularised_ffnn.mistake("That is an L1 penalty. The exercise asks for L2.")
def l1_penalty(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    from keras import regularizers

    return _regularised(input_shape, n_classes, dropout, l2, penalty=regularizers.L1(l2))


@build_regularised_ffnn.mistake("The hidden layers are exchanged: 64 neurons come first, then 128.")
def layers_exchanged(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, sizes=(128, 64))


@build_regularised_ffnn.mistake("The last layer has no softmax, so the outputs are scores and not probabilities.")
def scores_instead_of_probabilities(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, last=None)


@build_regularised_ffnn.mistake("Flatten is missing, so every frame is judged by itself.")
def flatten_forgotten(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, flatten=False)


@build_regularised_ffnn.mistake("The number of classes is fixed at 12. Use `n_classes`.")
def twelve_classes_always(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, 12, dropout, l2)


@build_regularised_ffnn.right_answer
def regularised_functional_without_biases(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    from keras import Input, Model, layers, regularizers

    inputs = Input(input_shape)
    x = layers.Flatten()(inputs)
    for size in (64, 128):
        x = layers.Dense(size, use_bias=False, kernel_regularizer=regularizers.l2(l2))(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.Activation("relu")(x)
        x = layers.Dropout(dropout)(x)
    outputs = layers.Dense(n_classes, "softmax", kernel_regularizer=regularizers.l2(l2), name="probabilities")(x)
    return Model(inputs, outputs)


@build_regularised_ffnn.right_answer
def regularised_and_compiled(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    import keras

    def penalty():
        return keras.regularizers.L1L2(l2=l2) if l2 > 0 else None

    model = keras.Sequential(name="student")
    model.add(keras.layers.Input(input_shape))
    model.add(keras.layers.Reshape((-1,)))
    model.add(keras.layers.Dense(64, kernel_regularizer=penalty(), kernel_initializer="he_normal"))
    model.add(keras.layers.BatchNormalization())
    model.add(keras.layers.ReLU())
    model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(128, kernel_regularizer=penalty(), kernel_initializer="he_normal"))
    model.add(keras.layers.BatchNormalization())
    model.add(keras.layers.ReLU())
    model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(n_classes, kernel_regularizer=penalty()))
    model.add(keras.layers.Softmax())
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@build_regularised_ffnn.right_answer
def regularised_that_is_not_built_yet(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    from keras import Sequential, layers, ops, regularizers

    groups = [[layers.Dense(size, kernel_regularizer=regularizers.L2(l2)), layers.BatchNormalization(),
               layers.Dropout(dropout), layers.Activation(ops.relu)] for size in (64, 128)]
    return Sequential([layers.Flatten(), *groups[0], *groups[1],
                       layers.Dense(n_classes, activation="softmax", kernel_regularizer=regularizers.L2(l2))])


@build_regularised_ffnn.right_answer
def regularised_subclass(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    import keras

    class Group(keras.layers.Layer):
        def __init__(self, size):
            super().__init__()
            self.dense = keras.layers.Dense(size, kernel_regularizer=keras.regularizers.L2(l2))
            self.norm, self.drop = keras.layers.BatchNormalization(), keras.layers.Dropout(dropout)

        def call(self, x, training=None):
            return self.drop(keras.ops.relu(self.norm(self.dense(x), training=training)), training=training)

    class Network(keras.Model):
        def __init__(self):
            super().__init__()
            self.last = keras.layers.Dense(n_classes, "softmax", kernel_regularizer=keras.regularizers.L2(l2))
            self.flatten, self.groups = keras.layers.Flatten(), [Group(64), Group(128)]

        def call(self, x, training=None):
            x = self.flatten(x)
            for group in self.groups:
                x = group(x, training=training)
            return self.last(x)

    return Network()
