"""Lesson 02: what the judge knows."""

from itertools import pairwise

import numpy as np

from autograder.judging.exercise import Case, Exercise
from autograder.judging.models import ModelCase, observe_model

softmax = Exercise("softmax")


@softmax.cases
def softmax_cases(rng):
    yield Case("ordinary scores", rng.normal(size=(6, 12)))
    yield Case("ordinary scores", rng.normal(size=(4, 3)) * 3 + 1)
    yield Case("the scores of a single clip", rng.normal(size=7))
    yield Case("scores with three axes", rng.normal(size=(2, 4, 5)))
    yield Case("very large scores", rng.normal(size=(3, 5)) * 1e4)
    yield Case("very large scores", rng.normal(size=(2, 4)) + [[2000.0], [-2000.0]])
    yield Case("whole numbers as scores", rng.integers(-5, 6, size=(3, 4)))


@softmax.mistake("The sum runs over all clips together. Every clip needs a sum of its own: axis=-1, keepdims=True.")
def sum_over_everything(z):
    exponentials = np.exp(z - z.max())
    return exponentials / exponentials.sum()


@softmax.mistake("Very large scores overflow: exp(1000) is infinite. Subtract each clip's largest score first; "
                 "the result does not change.")
def no_maximum_subtracted(z):
    exponentials = np.exp(z)
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


@softmax.mistake("The largest score of all clips together is subtracted. A clip whose scores are far below it is left "
                 "with exponentials of 0 and divides 0 by 0. Subtract each clip's own largest score.")
def one_maximum_for_all_clips(z):
    exponentials = np.exp(z - z.max())
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


@softmax.mistake("Scores are cut off at a fixed limit. All scores beyond it then count as equal, although one of them "
                 "is the highest. Subtract each clip's largest score instead; that changes nothing.")
def scores_cut_off(z):
    exponentials = np.exp(np.clip(z, -500, 500))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


@softmax.mistake("Softmax runs over the classes, which are the last axis, not over the clips (axis 0).")
def over_the_clips(z):
    exponentials = np.exp(z - z.max(axis=0, keepdims=True))
    return exponentials / exponentials.sum(axis=0, keepdims=True)


@softmax.mistake("The scores are divided by their sum without the exponential. Negative scores then give negative "
                 "probabilities.")
def no_exponential(z):
    return z / z.sum(axis=-1, keepdims=True)


@softmax.mistake("The scores are stretched from 0 to 1 and divided by their sum, without the exponential. The lowest "
                 "score then always gets probability 0, however close the scores are.")
def stretched_scores(z):
    shifted = z - z.min(axis=-1, keepdims=True)
    return shifted / shifted.sum(axis=-1, keepdims=True)


@softmax.mistake("That is the sigmoid: it squashes every score by itself, so the probabilities do not sum to 1.")
def sigmoid_instead(z):
    return 1 / (1 + np.exp(-z))


@softmax.mistake("With axis=1 a single clip (one axis) and arrays with three axes fail. The last axis is axis=-1.")
def axis_one(z):
    exponentials = np.exp(z - z.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


@softmax.mistake("Without keepdims=True the maximum and the sum lose the last axis, and NumPy cannot match them with "
                 "the clips (or matches the wrong ones).")
def axis_lost(z):
    exponentials = np.exp(z - z.max(axis=-1))
    return exponentials / exponentials.sum(axis=-1)


@softmax.mistake("Those are the logarithms of the probabilities (log-softmax). The exponential of it is the softmax.")
def logarithms_of_probabilities(z):
    return z - np.logaddexp.reduce(z, axis=-1, keepdims=True)


@softmax.mistake("The largest score gets everything. Softmax is soft: the other scores keep a share.")
def hard_maximum(z):
    return (z == z.max(axis=-1, keepdims=True)).astype(float)


@softmax.mistake("The base is 2. Softmax uses e (np.exp), so that its logarithm is the score again, up to a constant.")
def powers_of_two(z):
    powers = np.exp2(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@softmax.mistake("The result has the type of the scores, so that whole numbers as scores give only zeros and ones. "
                 "Make room with np.zeros(z.shape) instead of np.zeros_like(z) or z.copy().")
def result_of_whole_numbers(z):
    result = np.zeros_like(z)
    exponentials = np.exp(z - z.max(axis=-1, keepdims=True))
    result[...] = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return result


cross_entropy = Exercise("cross_entropy")


@cross_entropy.cases
def cross_entropy_cases(rng):
    for n, n_classes in [(7, 12), (4, 4), (9, 3)]:
        yield Case("the mean surprise over the clips", *_guesses(rng, n, n_classes))
    yield Case("a single clip", *_guesses(rng, 1, 5))
    probabilities, targets = _guesses(rng, 6, 4)
    probabilities[:4] = targets[:4]  # sure, and right
    yield Case("classes with probability 0", probabilities, targets)
    yield Case("classes with probability 0", targets, targets)
    probabilities, targets = _guesses(rng, 5, 12)
    yield Case("numbers of type float32", probabilities.astype(np.float32), targets.astype(np.float32))


def _guesses(rng, n, n_classes):
    """Probabilities (n, n_classes), none below about 1e-3, and one-hot targets."""
    probabilities = rng.dirichlet(np.ones(n_classes), size=n) * 0.98 + 0.02 / n_classes
    return probabilities, np.eye(n_classes)[rng.integers(n_classes, size=n)]


@cross_entropy.mistake("0 · ln 0 is not a number for the computer: 0 times minus infinity. Look only at the "
                       "probability of the right class, or make sure that a target of 0 adds 0.")
def zero_times_infinity(probabilities, one_hot):
    return -np.mean(np.sum(one_hot * np.log(probabilities), axis=-1))


@cross_entropy.mistake("That is the sum over the clips. The mean does not grow with the number of clips, so that "
                       "losses can be compared.")
def sum_over_clips(probabilities, one_hot):
    return -np.sum(np.log(probabilities[one_hot > 0]))


@cross_entropy.mistake("The mean runs over all clips and all classes, so the loss is too small by the number of "
                       "classes. Sum over the classes, and take the mean over the clips only.")
def mean_over_classes_too(probabilities, one_hot):
    return -np.sum(np.log(probabilities[one_hot > 0])) / one_hot.size


@cross_entropy.mistake("The minus sign is missing: logarithms of probabilities are negative, a surprise is positive.")
def minus_forgotten(probabilities, one_hot):
    return np.mean(np.log(probabilities[one_hot > 0]))


@cross_entropy.mistake("The logarithm has base 2. That measures the surprise in bits; here, as in Keras, it is the "
                       "natural logarithm (np.log).")
def surprise_in_bits(probabilities, one_hot):
    return -np.mean(np.log2(probabilities[one_hot > 0]))


@cross_entropy.mistake("The logarithm has base 10 (np.log10). The natural logarithm is np.log.")
def logarithm_of_base_ten(probabilities, one_hot):
    return -np.mean(np.log10(probabilities[one_hot > 0]))


@cross_entropy.mistake("The mean is taken first and the logarithm afterwards. Every clip's surprise comes first: one "
                       "terrible guess must not hide behind many good ones.")
def logarithm_of_the_mean(probabilities, one_hot):
    return -np.log(np.mean(probabilities[one_hot > 0]))


@cross_entropy.mistake("There is no logarithm: that is the mean of 1 - p, which a sure but wrong guess hardly pays "
                       "for.")
def no_logarithm(probabilities, one_hot):
    return np.mean(1 - probabilities[one_hot > 0])


@cross_entropy.mistake("That is the surprise about the most probable class. The surprise that counts is the one about "
                       "the right class, whatever the network thought.")
def surprise_about_the_favourite(probabilities, one_hot):
    return -np.mean(np.log(probabilities.max(axis=-1)))


@cross_entropy.mistake("That is the entropy of the probabilities: the targets are not used.")
def entropy_of_the_guess(probabilities, one_hot):
    logarithms = np.log(probabilities, where=probabilities > 0, out=np.zeros_like(probabilities))
    return -np.mean(np.sum(probabilities * logarithms, axis=-1))


@cross_entropy.mistake("That is the binary cross-entropy, which asks about each class by itself and adds "
                       "-(1 - y) ln(1 - p). With one right class out of several, only -y ln p counts.")
def binary_cross_entropy(probabilities, one_hot):
    right = np.where(one_hot > 0, probabilities, 1 - probabilities)
    return -np.mean(np.sum(np.log(right), axis=-1))


@cross_entropy.mistake("That is the mean over the classes of a sum over the clips. It is the other way round: the sum "
                       "runs over the classes (axis=-1), the mean over the clips.")
def axes_exchanged(probabilities, one_hot):
    return -np.sum(np.log(probabilities[one_hot > 0])) / one_hot.shape[-1]


@cross_entropy.mistake("One number per clip is returned. The loss is their mean.")
def no_mean(probabilities, one_hot):
    return -np.log(probabilities[one_hot > 0])


dense_parameters = Exercise("dense_parameters", tolerance=0)


@dense_parameters.cases
def dense_parameters_cases(rng):
    for length in (4, 3, 6):
        yield Case("a chain of layers", rng.integers(2, 300, size=length).tolist())
    yield Case("a single layer", rng.integers(2, 3000, size=2).tolist())
    yield Case("large layers", rng.integers(10_000, 90_000, size=5).tolist())


@dense_parameters.mistake("The biases are missing: every neuron has one number of its own beside its weights.")
def no_biases(layer_sizes):
    return sum(a * b for a, b in pairwise(layer_sizes))


@dense_parameters.mistake("The inputs got biases as well. The first number is the number of inputs, not a layer: only "
                          "neurons have a bias.")
def biases_for_the_inputs(layer_sizes):
    return sum(a * b for a, b in pairwise(layer_sizes)) + sum(layer_sizes)


@dense_parameters.mistake("The last layer's neurons have biases too.")
def no_biases_in_the_last_layer(layer_sizes):
    return sum(a * b for a, b in pairwise(layer_sizes)) + sum(layer_sizes[1:-1])


@dense_parameters.mistake("A layer has one bias per neuron of its own, not one per input: a layer with a inputs and b "
                          "neurons has b biases.")
def one_bias_per_input(layer_sizes):
    return sum(a * b + a for a, b in pairwise(layer_sizes))


@dense_parameters.mistake("Each layer has only one bias here. Each of its neurons needs one.")
def one_bias_per_layer(layer_sizes):
    return sum(a * b + 1 for a, b in pairwise(layer_sizes))


@dense_parameters.mistake("Those are the neurons. Each neuron has a weight for every input, and a bias.")
def neurons_only(layer_sizes):
    return sum(layer_sizes[1:])


@dense_parameters.mistake("All sizes are multiplied with each other. A layer sees only the layer before it: multiply "
                          "neighbours and add up the layers.")
def product_of_all(layer_sizes):
    product = 1
    for size in layer_sizes:
        product *= size
    return product + sum(layer_sizes[1:])


@dense_parameters.mistake("Only the last layer is returned. Is the `return` inside the loop's body, or the sum started "
                          "again in every round?")
def last_layer_only(layer_sizes):
    return layer_sizes[-2] * layer_sizes[-1] + layer_sizes[-1]


@dense_parameters.mistake("Only the first layer is counted. Is the `return` inside the loop?")
def first_layer_only(layer_sizes):
    return layer_sizes[0] * layer_sizes[1] + layer_sizes[1]


@dense_parameters.mistake("Every layer is counted as if it saw the first inputs. A layer sees the outputs of the layer "
                          "before it.")
def every_layer_on_the_inputs(layer_sizes):
    return sum(layer_sizes[0] * b + b for b in layer_sizes[1:])


@dense_parameters.mistake("Fixed numbers of inputs or neurons are used. The sizes come from `layer_sizes`.")
def always_the_same_number(layer_sizes):
    return 135_372


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
