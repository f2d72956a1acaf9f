"""The finished spotter: its file, and its network computed without Keras."""


import numpy as np
import pytest

from autograder.judging.reference import module_of
from kws_helpers import spotting
from kws_helpers.data import CLASS_NAMES
from kws_helpers.spotting import compute, graph
from tests import networks
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


NETWORKS = {
    "lesson 02": from_lesson("02_ffnn", "build_ffnn"),
    "lesson 05": from_lesson("05_augmentation", "build_regularised_ffnn"),
    "lesson 06": from_lesson("06_cnn", "build_cnn"),
    "lesson 07": from_lesson("07_tc_resnet", "build_tc_resnet8"),
    "lesson 07, 2-D": tc_resnet8_in_2d, "lesson 07, DS-CNN": ds_cnn, "lesson 08": small_spotter,
    "recipe": recipe.ds_resnet, "recipe, averaged": lambda: recipe.averaged(recipe.ds_resnet(), (-3, 0, 3)),
    "MobileNetV2": lambda: keras.applications.MobileNetV2(input_shape=(49, 40, 1), weights=None, classes=12),
    "pooled": pooled, "operators": with_operators, "handed in": handed_in}


@pytest.mark.parametrize("build", NETWORKS.values(), ids=NETWORKS)
def test_a_network_gives_without_keras_what_it_gives_with_it(build, tmp_path):
    network = trained(build())
    network.save(tmp_path / "network.keras")
    x = np.random.default_rng(1).normal(size=(5, 49, 40)).astype(np.float32)
    steps = graph.read(tmp_path / "network.keras")
    np.testing.assert_allclose(compute.run(steps, x), network(x), atol=1e-4)
    for number, step in enumerate(steps):
        assert all(one < number for one in step.inputs)
    shapes = [step.shape for step in steps]
    assert (shapes[-1], np.prod(shapes[0])) == ((12,), 49 * 40)


def small_network(*more, inputs=(49, 40), classes=12):
    return keras.Sequential([keras.Input(inputs), *more, layers.Flatten(), layers.Dense(classes, "softmax")])


MEAN, STD = np.linspace(-100, 10, 40, dtype=np.float32), np.linspace(1, 30, 40, dtype=np.float32)


def saved(path, network=None, **more):
    given = {"class_names": CLASS_NAMES, "mean": MEAN, "std": STD} | more
    spotting.save(path, network or small_network(), **given)
    return path


def test_a_spotter_is_one_file_that_keras_reads_as_well(tmp_path):
    network = small_network()
    path = saved(tmp_path / "spotter.keras", network, threshold={"yes": 0.9, "go": 0.25}, smoothing=4, refractory=7)
    spotter = spotting.load(path)
    assert list(tmp_path.iterdir()) == [path]
    assert (spotter.keywords, spotter.class_names) == (tuple(CLASS_NAMES[:10]), tuple(CLASS_NAMES))
    assert (spotter.smoothing, spotter.refractory, spotter.chunk) == (4, 7, 1600)
    by_name = dict(zip(spotter.class_names, spotter.thresholds))
    assert (by_name["yes"], by_name["go"], by_name["no"]) == (0.9, 0.25, 0.5)
    mfcc = np.random.default_rng(0).normal(size=(70, 49, 40)).astype(np.float32) * 20
    expected = keras.models.load_model(path).predict((mfcc - MEAN) / STD, verbose=0)
    np.testing.assert_allclose(spotter.probabilities(mfcc), expected, atol=1e-5)
    assert spotter.probabilities(mfcc[:0]).shape == (0, 12)


def test_a_word_of_ones_own_is_a_class_like_any_other(tmp_path):
    names = ["marie", "_noise_", "silence"]
    spotter = spotting.load(saved(tmp_path / "a.keras", small_network(classes=3), class_names=names))
    assert spotter.keywords == ("marie",)


@pytest.mark.parametrize("given, words", [
    ({"class_names": CLASS_NAMES[:11]}, "11 names of classes"),
    ({"class_names": [*CLASS_NAMES[:11], "yes"]}, "11 names of classes"),
    ({"mean": MEAN[:39]}, "mean must be 40 finite numbers"), ({"mean": MEAN * np.nan}, "mean must be 40 finite"),
    ({"std": 0 * STD}, "std must be 40 finite numbers above 0"), ({"threshold": 1.5}, "between 0 and 1"),
    ({"threshold": np.nan}, "between 0 and 1"), ({"threshold": {"yess": 0.5}}, "'yess'"),
    ({"smoothing": 0}, "smoothing must be a whole number from 1"), ({"refractory": -1}, "refractory must be"),
])
def test_what_does_not_fit_is_named_when_a_spotter_is_saved(given, words, tmp_path):
    with pytest.raises(ValueError, match=words):
        saved(tmp_path / "spotter.keras", **given)
    assert not list(tmp_path.iterdir())


def test_a_spotter_needs_a_network_for_mfcc_and_a_name_that_ends_in_keras(tmp_path):
    with pytest.raises(ValueError, match=r"\(49, 40\)"):
        saved(tmp_path / "spotter.keras", small_network(inputs=(20, 13)))
    with pytest.raises(ValueError, match=r"\.keras"):
        saved(tmp_path / "spotter.h5")


@pytest.mark.parametrize("network", [one for one in networks.FILES if one.student in {
    "lambda", "os-system", "of-my-own", "zip-cut", "deep-json", "pickled-weights", "h5", "no-config", "saved-model",
    "empty", "text", "pickle"}], ids=lambda one: one.student)
def test_what_is_no_network_gets_a_sentence(network, tmp_path):
    network.write(tmp_path / networks.NAME)
    with pytest.raises((ValueError, OSError), match="Lambda|OfMyOwn|system|is no network that Keras 3 saved|directory"):
        graph.read(tmp_path / networks.NAME)


@pytest.mark.parametrize("layer, words", [
    (layers.LSTM(40, return_sequences=True, name="ears"), r"'ears' \(LSTM\)"),
    (layers.LayerNormalization(name="norm"), "'norm'"),
    (layers.Dense(40, activation="log_softmax", name="odd"), "'odd'"),
])
def test_a_layer_that_is_not_known_is_named(layer, words, tmp_path):
    path = saved(tmp_path / "spotter.keras", small_network(layer))
    with pytest.raises(ValueError, match=f"The layer {words}.*Build the network without it"):
        spotting.load(path)


def test_a_network_without_what_listening_takes_gets_a_sentence(tmp_path):
    small_network().save(tmp_path / "plain.keras")
    with pytest.raises(ValueError, match="Save it with kws_helpers.spotting.save"):
        spotting.load(tmp_path / "plain.keras")


def test_batch_normalisation_becomes_part_of_the_weights_and_layers_used_twice_share_theirs(tmp_path):
    trained(recipe.averaged(recipe.ds_resnet(), (-3, 0, 3))).save(tmp_path / "network.keras")
    steps = graph.read(tmp_path / "network.keras")
    kernels = [step.weights["kernel"] for step in steps if step.kind in ("convolution", "depthwise", "dense")]
    assert [step.kind for step in steps].count("scale") == 1  # a third of the sum
    assert len({id(one) for one in kernels}) == len(kernels) // 3
