"""What the judge knows of `build_ffnn` (lesson 02_ffnn)."""

from autograder.judging.exercise import Exercise
from autograder.judging.models import ModelCase, observe_model

build_ffnn = Exercise("build_ffnn", observe=observe_model)


@build_ffnn.cases
def build_ffnn_cases(rng):
    size, n_classes = (int(rng.integers(10, 30)), int(rng.integers(5, 12))), int(rng.integers(3, 9))
    other = {"input_shape": size, "n_classes": n_classes}
    seed = int(rng.integers(2**31))
    yield ModelCase("the layers have the right sizes", "layers", (49, 40), seed)
    yield ModelCase("the network computes the right outputs", "outputs", (49, 40), seed)
    yield ModelCase("nothing but these layers", "plain", (49, 40), seed)
    yield ModelCase("another input shape and another number of classes", "layers", size, seed, **other)
    yield ModelCase("another input shape and another number of classes", "outputs", size, seed, **other)


def _network(hidden=("relu", "relu"), last="softmax", sizes=(64, 128), inputs=(49, 40), n_classes=12, first=None,
             middle=None, **options):
    """A network that is wrong in one place: `first` replaces Flatten, `middle` comes after each hidden layer.

    `options` go to every dense layer.
    """
    from keras import Input, Sequential, layers

    stack = [Input(shape=inputs), first or layers.Flatten()]
    for size, activation in zip(sizes, hidden, strict=False):
        stack += [layers.Dense(size, activation=activation, **options)] + ([middle()] if middle else [])
    return Sequential([*stack, layers.Dense(n_classes, activation=last, **options)])


@build_ffnn.mistake("The last layer has no softmax, so the outputs are scores and not probabilities.")
def logits_without_softmax(input_shape=(49, 40), n_classes=12):
    return _network(last=None, inputs=input_shape, n_classes=n_classes)


@build_ffnn.mistake("The last layer has a sigmoid, which judges every class by itself. One clip has one right class: "
                    "use softmax.")
def sigmoid_at_the_end(input_shape=(49, 40), n_classes=12):
    return _network(last="sigmoid", inputs=input_shape, n_classes=n_classes)


@build_ffnn.mistake("The last layer has a ReLU. Its outputs must be probabilities: use softmax.")
def relu_at_the_end(input_shape=(49, 40), n_classes=12):
    return _network(last="relu", inputs=input_shape, n_classes=n_classes)


@build_ffnn.mistake("Softmax is applied twice, so that the network can never be sure of anything. Once is right.")
def softmax_twice(input_shape=(49, 40), n_classes=12):
    from keras import Sequential, layers

    return Sequential([_network(inputs=input_shape, n_classes=n_classes), layers.Softmax()])


@build_ffnn.mistake("The hidden layers have a sigmoid. The exercise asks for ReLU.")
def sigmoid_in_the_hidden_layers(input_shape=(49, 40), n_classes=12):
    return _network(hidden=("sigmoid", "sigmoid"), inputs=input_shape, n_classes=n_classes)


@build_ffnn.mistake("The hidden layers have a tanh. The exercise asks for ReLU.")
def tanh_in_the_hidden_layers(input_shape=(49, 40), n_classes=12):
    return _network(hidden=("tanh", "tanh"), inputs=input_shape, n_classes=n_classes)


@build_ffnn.mistake("The hidden layers have a softmax. Softmax belongs to the last layer only; inside, use ReLU.")
def softmax_in_the_hidden_layers(input_shape=(49, 40), n_classes=12):
    return _network(hidden=("softmax", "softmax"), inputs=input_shape, n_classes=n_classes)


@build_ffnn.mistake("The hidden layers have no activation. Without ReLU between them, all layers together can do no "
                    "more than a single one.")
def no_activation(input_shape=(49, 40), n_classes=12):
    return _network(hidden=(None, None), inputs=input_shape, n_classes=n_classes)


@build_ffnn.mistake("Only the first hidden layer has a ReLU. The second needs one too.")
def second_activation_missing(input_shape=(49, 40), n_classes=12):
    return _network(hidden=("relu", None), inputs=input_shape, n_classes=n_classes)


@build_ffnn.mistake("Only the second hidden layer has a ReLU. The first needs one too.")
def first_activation_missing(input_shape=(49, 40), n_classes=12):
    return _network(hidden=(None, "relu"), inputs=input_shape, n_classes=n_classes)


@build_ffnn.mistake("The hidden layers are exchanged: 64 neurons come first, then 128.")
def hidden_layers_exchanged(input_shape=(49, 40), n_classes=12):
    return _network(sizes=(128, 64), inputs=input_shape, n_classes=n_classes)


@build_ffnn.mistake("There is only one hidden layer. There are two: 64 neurons, then 128.")
def one_hidden_layer(input_shape=(49, 40), n_classes=12):
    return _network(sizes=(64,), inputs=input_shape, n_classes=n_classes)


@build_ffnn.mistake("The number of classes is fixed at 12. Use `n_classes`.")
def always_twelve_classes(input_shape=(49, 40), n_classes=12):
    return _network(inputs=input_shape)


@build_ffnn.mistake("The input shape is fixed at (49, 40). Use `input_shape`, and `n_classes` too.")
def always_the_same_input_shape(input_shape=(49, 40), n_classes=12):
    return _network(n_classes=n_classes)


@build_ffnn.mistake("Flatten is missing. A dense layer works on the last axis only, so without Flatten every frame is "
                    "judged by itself and there are 49 answers for one clip.")
def not_flattened(input_shape=(49, 40), n_classes=12):
    from keras import Input, Sequential, layers

    return Sequential([Input(shape=input_shape), layers.Dense(64, activation="relu"),
                       layers.Dense(128, activation="relu"), layers.Dense(n_classes, activation="softmax")])


@build_ffnn.mistake("The frames are averaged instead of flattened, so the network cannot tell the order of the sounds. "
                    "Flatten keeps all numbers.")
def averaged_instead_of_flattened(input_shape=(49, 40), n_classes=12):
    from keras import layers

    return _network(inputs=input_shape, n_classes=n_classes, first=layers.GlobalAveragePooling1D())


@build_ffnn.mistake("There is something that acts only in training, such as dropout. That is a good idea, but for "
                    "lesson 04: here the network must show what it does without it.")
def dropout_added(input_shape=(49, 40), n_classes=12):
    from keras import layers

    return _network(inputs=input_shape, n_classes=n_classes, middle=lambda: layers.Dropout(0.3))


@build_ffnn.mistake("There is batch normalisation between the layers. That is a good idea, but for lesson 04: here the "
                    "network must show what it does without it.")
def batch_normalisation_added(input_shape=(49, 40), n_classes=12):
    from keras import layers

    return _network(inputs=input_shape, n_classes=n_classes, middle=layers.BatchNormalization)


@build_ffnn.mistake("A weight penalty (regularizer) is added to the loss. That is a good idea, but for lesson 04: here "
                    "the network must show what it does without it.")
def weight_penalty_added(input_shape=(49, 40), n_classes=12):
    return _network(inputs=input_shape, n_classes=n_classes, kernel_regularizer="l2")


@build_ffnn.mistake("The dense layers have no bias (use_bias=False). `dense_parameters` counts the biases as well.")
def no_bias_in_the_layers(input_shape=(49, 40), n_classes=12):
    return _network(inputs=input_shape, n_classes=n_classes, use_bias=False)


@build_ffnn.right_answer
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


@build_ffnn.right_answer
def functional(input_shape=(49, 40), n_classes=12):
    from keras import Input, Model, layers

    inputs = Input(input_shape)
    x = layers.Reshape((input_shape[0] * input_shape[1],))(inputs)
    x = layers.Dense(64, "relu")(x)
    x = layers.Activation("relu")(layers.Dense(128)(x))
    return Model(inputs, layers.Dense(n_classes, activation="softmax", name="probabilities")(x))


@build_ffnn.right_answer
def sequential_that_is_not_built_yet(input_shape=(49, 40), n_classes=12):
    import keras

    return keras.models.Sequential([
        keras.layers.Flatten(), keras.layers.Dense(64, activation=keras.activations.relu),
        keras.layers.Dense(128, activation=keras.ops.relu), keras.layers.Dense(n_classes, activation="softmax")])


@build_ffnn.right_answer
def sequential_with_input_shape_in_the_first_layer(input_shape=(49, 40), n_classes=12):
    import tensorflow as tf

    return tf.keras.Sequential([
        tf.keras.layers.Flatten(input_shape=input_shape), tf.keras.layers.Dense(64, activation=tf.nn.relu),
        tf.keras.layers.Dense(128, activation=tf.nn.relu), tf.keras.layers.Dense(n_classes, activation=tf.nn.softmax)])


@build_ffnn.right_answer
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


@build_ffnn.right_answer
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
