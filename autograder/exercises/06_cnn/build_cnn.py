"""What the judge knows of `build_cnn` (lesson 06_cnn)."""

from typing import Any

import numpy as np

from autograder.judging.exercise import Case, Exercise
from autograder.judging.proxy import FunctionProxy, ModelProxy
from kws_helpers.check.calling import CallFailed


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


def _shape(model: ModelProxy, outputs: np.ndarray, case: NetworkCase) -> dict[str, Any]:
    if outputs.shape != (4, case.n_classes):
        name = f"{outputs.ndim}Axes" if outputs.ndim != 2 else "OtherClasses"
        raise CallFailed("raised", f"for 4 clips and {case.n_classes} classes the outputs have the shape "
                                   f"{outputs.shape}.", name)
    return {"answers for each clip": outputs.shape[1]}


_CONVOLUTIONS = {"Conv1D", "Conv2D", "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"}


def _convolution(model: ModelProxy, outputs: np.ndarray, case: NetworkCase) -> dict[str, Any]:
    if not any(layer["built"] and _CONVOLUTIONS & set(layer["classes"]) for layer in model.layers()):
        raise CallFailed("raised", "there is no convolution layer in it.", "NoConvolution")
    return {"convolves": True}


def _probabilities(model: ModelProxy, outputs: np.ndarray, case: NetworkCase) -> dict[str, Any]:
    if not np.all((outputs >= 0) & (outputs <= 1)):
        raise CallFailed("raised", "the outputs are not all between 0 and 1.", "NotBetweenZeroAndOne")
    if not np.allclose(outputs.sum(axis=-1), 1, rtol=0, atol=1e-3):
        raise CallFailed("raised", "the outputs of a clip do not sum to 1.", "SumNotOne")
    return {"probabilities": True}


def _size(model: ModelProxy, outputs: np.ndarray, case: NetworkCase) -> dict[str, Any]:
    if model.count_params() >= 200_000:
        raise CallFailed("raised", f"it has {model.count_params():,} parameters.", "TooLarge")
    return {"small enough": True}


def _attention(model: ModelProxy, outputs: np.ndarray, case: NetworkCase) -> dict[str, Any]:
    if np.ptp(outputs, axis=0).max() < 1e-7:
        raise CallFailed("raised", "the outputs are the same for very different clips.", "SameForAll")
    return {"depends on the clip": True}


_LOOKS = {"shape": _shape, "convolution": _convolution, "probabilities": _probabilities, "size": _size,
          "attention": _attention}


build_cnn = Exercise("build_cnn", observe=observe_network)


@build_cnn.cases
def build_cnn_cases(rng):
    seed = int(rng.integers(2**31))
    other = {"input_shape": (int(rng.integers(50, 70)), int(rng.integers(41, 60))),
             "n_classes": int(rng.integers(3, 9))}
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


@build_cnn.mistake("There is no convolution in the network. The pictures should go through at least one Conv2D (or "
                   "Conv1D) layer before they are flattened.")
def no_convolution(input_shape=(49, 40), n_classes=12):
    from keras import Input, Sequential, layers

    return Sequential([Input(shape=input_shape), layers.Flatten(), layers.Dense(64, activation="relu"),
                       layers.Dense(n_classes, activation="softmax")])


@build_cnn.mistake("The last layer gives scores and not probabilities: it has no softmax.")
def logits_without_softmax(input_shape=(49, 40), n_classes=12):
    return _network(last=None, inputs=input_shape, n_classes=n_classes)


@build_cnn.mistake("The probabilities do not sum to 1. A sigmoid judges every class by itself; one clip has one right "
                   "class, so use softmax.")
def sigmoid_at_the_end(input_shape=(49, 40), n_classes=12):
    return _network(last="sigmoid", inputs=input_shape, n_classes=n_classes)


@build_cnn.mistake("The network is too large. Look at model.summary(): most of the parameters are usually where the "
                   "feature maps are flattened. Pool once more before, use a stride, or fewer channels.")
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


@build_cnn.mistake("The feature maps are not flattened, so there is an answer for every place in the picture. Flatten, "
                   "or take the mean or the largest value over all places, before the last layer.")
def not_flattened(input_shape=(49, 40), n_classes=12):
    from keras import layers

    return _network(inputs=input_shape, n_classes=n_classes, end=[layers.Dropout(0.2)])


@build_cnn.mistake("There is an answer for every frame instead of one for the clip. Flatten, or pool over all frames, "
                   "before the last layer.")
def an_answer_for_every_frame(input_shape=(49, 40), n_classes=12):
    from keras import Input, Sequential, layers

    return Sequential([Input(shape=input_shape), layers.Conv1D(16, 5, padding="same", activation="relu"),
                       layers.Dense(n_classes, activation="softmax")])


@build_cnn.mistake("The function does not return the network. Is there a `return`? (`model.compile(...)` itself "
                   "returns None.)")
def compile_returned(input_shape=(49, 40), n_classes=12):
    return _network(inputs=input_shape, n_classes=n_classes).compile(loss="sparse_categorical_crossentropy")


@build_cnn.right_answer
def sequential_with_a_reshape(input_shape=(49, 40), n_classes=12):
    from keras import Input, Sequential, layers

    model = Sequential([
        Input(shape=input_shape), layers.Reshape((*input_shape, 1)),
        layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Flatten(), layers.Dense(n_classes, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@build_cnn.right_answer
def input_with_a_channel_axis(input_shape=(49, 40), n_classes=12):
    from keras import Input, Model, layers

    inputs = Input((*input_shape, 1))  # Keras adds the axis to clips that have none
    x = layers.Conv2D(8, (5, 3), strides=2, padding="same")(inputs)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.GlobalMaxPooling2D()(x)
    return Model(inputs, layers.Softmax()(layers.Dense(n_classes)(layers.Dropout(0.3)(x))))


@build_cnn.right_answer
def convolution_over_time(input_shape=(49, 40), n_classes=12):
    from keras import Input, Sequential, layers

    return Sequential([
        Input(shape=input_shape), layers.Conv1D(48, 9, activation="relu"), layers.MaxPooling1D(2),
        layers.SeparableConv1D(48, 5, activation="relu"), layers.GlobalAveragePooling1D(),
        layers.Dense(n_classes, activation="softmax")])


@build_cnn.right_answer
def network_within_a_network(input_shape=(49, 40), n_classes=12):
    from keras import Input, Sequential, layers

    ears = Sequential([layers.Conv2D(8, 3, strides=2, activation="relu"), layers.DepthwiseConv2D(3),
                       layers.GlobalAveragePooling2D()])
    return Sequential([Input(shape=input_shape), layers.Reshape((*input_shape, 1)), ears,
                       layers.Dense(n_classes, activation="softmax")])


@build_cnn.right_answer
def subclassed_cnn(input_shape=(49, 40), n_classes=12):
    import keras

    class Network(keras.Model):
        def __init__(self):
            super().__init__()
            self.convolutions = [keras.layers.Conv2D(12, 3, activation="relu") for _ in range(2)]
            self.pool = keras.layers.MaxPooling2D(3)
            self.out = keras.layers.Dense(n_classes, activation="softmax")

        def call(self, x):
            x = keras.ops.expand_dims(x, -1)
            for convolution in self.convolutions:
                x = self.pool(convolution(x))
            return self.out(keras.ops.mean(x, axis=(1, 2)))

    return Network()


@build_cnn.right_answer
def network_that_is_not_built_yet(input_shape=(49, 40), n_classes=12):
    import keras

    return keras.Sequential([
        keras.layers.Lambda(lambda x: x[..., None]), keras.layers.Conv2D(16, 5, strides=3, activation="relu"),
        keras.layers.Flatten(), keras.layers.Dense(n_classes, activation="softmax")])
