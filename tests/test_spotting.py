"""The finished spotter: its file, and its network computed without Keras."""

import zipfile

import numpy as np
import pytest

from autograder.grading.network_file import demand_network
from kws_helpers import spotting
from kws_helpers.data import CLASS_NAMES
from kws_helpers.spotting import compute, graph
from kws_helpers.spotting.export import write
from tests import networks
from tests.spotters import MEAN, NETWORKS, STD, saved, small_network, trained

import keras  # isort: skip  # after the helpers, so that TensorFlow is quiet
from keras import layers  # isort: skip


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
    np.testing.assert_allclose(spotter.probabilities(mfcc), expected, atol=1e-4)
    assert spotter.probabilities(mfcc[:0]).shape == (0, 12)


def test_a_spotter_saved_twice_is_the_same_file(tmp_path):
    network = small_network()
    first, second = (saved(tmp_path / f"{name}.keras", network).read_bytes() for name in ("a", "b"))
    assert first == second


def test_the_box_opens_in_this_keras_and_says_nothing_that_an_older_one_would_not_know():
    assert keras.models.load_model(spotting.PRETRAINED).count_params() == 97_325
    with zipfile.ZipFile(spotting.PRETRAINED) as archive:
        network = archive.read("config.json").decode()
    assert "GlorotUniform" in network
    assert not [one for one in ("input_axes", "renorm", "quantization_config") if one in network]


def test_a_spotters_file_can_be_handed_in_to_the_challenge(tmp_path):
    demand_network(saved(tmp_path / "challenge.keras").read_bytes(), 2**24)


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
    trained(NETWORKS["recipe, averaged"]()).save(tmp_path / "network.keras")
    steps = graph.read(tmp_path / "network.keras")
    kernels = [step.weights["kernel"] for step in steps if step.kind in ("convolution", "depthwise", "dense")]
    assert [step.kind for step in steps].count("scale") == 1  # a third of the sum
    assert len({id(one) for one in kernels}) == len(kernels) // 3


@pytest.mark.parametrize("build", ["lesson 08", "recipe, averaged"])
def test_a_spotter_becomes_a_tflite_file_in_8_bits(build, shared_cache, tmp_path):
    from kws_helpers import data, features, tflite

    prepared = features.prepare(data.load("bundled"))
    network = trained(NETWORKS[build]())
    output = write(saved(tmp_path / "spotter.keras", network, mean=prepared.mean, std=prepared.std), "tflite")
    floats = 4 * network.count_params()
    assert output == tmp_path / "spotter.tflite" and output.stat().st_size < 0.7 * floats
    run, clips = tflite.load(output.read_bytes()), prepared.testing.x[::25]
    classes = compute.run(spotting.load(tmp_path / "spotter.keras").graph, clips).argmax(axis=1)
    assert np.mean([run(clip).argmax() == one for clip, one in zip(clips, classes)]) > 0.9


def test_only_the_forms_that_there_are_can_be_asked_for(tmp_path, capsys, monkeypatch):
    from kws_helpers.__main__ import main

    monkeypatch.setattr("sys.argv", ["kws_helpers", "export", str(saved(tmp_path / "spotter.keras")), "--to", "cake"])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "page, c, tflite" in capsys.readouterr().err.replace("'", "")
