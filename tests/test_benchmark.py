"""What `make benchmark` measures: the page that it writes, and the recipe for recordings of people."""

import json
from dataclasses import replace
from functools import partial

import keras
import numpy as np
import pytest

from kws_helpers import data
from tools import benchmark
from tools.benchmark import recipe, spotting
from tools.benchmark.page import write_page

OF_THE_MACHINE = ("Written by", "All of `notebooks/`")  # the other lines of the page are measurements that are kept


@pytest.fixture
def tiny(own_cache, monkeypatch, tmp_path):
    """A candidate that costs next to nothing, as the recipe and as a third of it, trained on the bundled clips."""
    monkeypatch.setenv("KWS_TRAINING", "short")
    monkeypatch.setattr(recipe, "SEEDS", (0, 1))
    tiny = replace(recipe.RECIPE, epochs=3, people=False, build=lambda: recipe.ds_resnet((8, 8, 8, 8, 8, 8)))
    monkeypatch.setattr(recipe, "RECIPE", tiny)
    monkeypatch.setattr(recipe, "CANDIDATES", (tiny, replace(tiny, name="short", epochs=1)))
    monkeypatch.setattr(recipe, "NETWORKS", tmp_path)
    monkeypatch.setattr(recipe, "recordings", partial(spotting.recordings, minutes=1))
    return recipe


def test_the_page_is_what_was_measured(tmp_path):
    write_page(tmp_path / "page.md", json.loads(benchmark.MEASURED.read_text("utf-8")))
    written, kept = ([line for line in path.read_text("utf-8").splitlines() if not line.startswith(OF_THE_MACHINE)]
                     for path in (tmp_path / "page.md", benchmark.PAGE))
    assert written == kept
    assert (tmp_path / "spotting.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("candidate", recipe.CANDIDATES, ids=lambda candidate: candidate.name)
def test_every_candidate_is_small_enough(candidate):
    assert 60_000 < candidate.build().count_params() < 100_000


def test_the_accuracy_is_of_the_mean_answer_to_three_shifts(own_cache):
    testing = data.load(max_per_word=10).testing
    told = []

    def answers_the_label_once(mfcc):
        told.append(mfcc)
        return np.eye(12)[testing.labels] * 3 if len(told) == 1 else np.eye(12)[(testing.labels + 1) % 12]

    assert spotting._accuracy(answers_the_label_once, testing) == 1
    np.testing.assert_array_equal(told[0][:, :-3], told[1][:, 3:])


def test_the_recipes_networks_are_loaded_by_anybody(tmp_path):
    clips = np.random.default_rng(0).normal(size=(4, 49, 40)).astype(np.float32)
    network = recipe.compiled(recipe.RECIPE, np.arange(12))
    keras.Model(network.input, network.output).save(tmp_path / "recipe.keras")
    loaded = keras.models.load_model(tmp_path / "recipe.keras", safe_mode=True)
    np.testing.assert_allclose(loaded(clips), network(clips), atol=1e-6)


def test_rare_classes_are_made_even():
    """Of a clip that says nothing, a network learns that all classes are as likely; without it, what is frequent."""
    frequencies = np.array([0.7, 0.2, 0.1], np.float32)
    labels = np.repeat([0, 1, 2], [7, 2, 1])

    def cost(weights, probabilities):
        return float(np.mean(recipe._loss(weights)(labels, np.tile(np.float32(probabilities), (10, 1)))))

    even = np.full(3, 1 / 3)
    assert cost(frequencies, even) < cost(frequencies, [0.4, 0.3, 0.3]) < cost(frequencies, frequencies)
    assert cost(np.ones(3), frequencies) < cost(np.ones(3), even)
    assert cost(np.ones(3), even) == pytest.approx(np.log(3))


def test_the_weights_of_classes_are_how_frequent_keywords_are_among_keywords():
    labels = np.repeat(np.arange(12), [2, *[4] * 8, 6, 40, 7])
    assert recipe._weights(labels) == pytest.approx([0.5, *[1] * 8, 1.5, 1, 1])


def test_people_and_synthetic_voices_are_in_every_batch(own_cache):
    clips = recipe.clips_of(recipe.RECIPE, "bundled", seed=0)  # which stand for people here
    x, y = clips[0]
    people, bundled = clips._kinds
    assert len(people.y) == len(bundled.y) and len(y) == people.batch_size + bundled.batch_size
    assert len(clips.y) == 2 * len(bundled.y)
    assert x.shape == (len(y), 49, 40) and abs(len(clips) - len(clips.y) / recipe.BATCH) < 2
    clips.on_epoch_end()
    assert not np.array_equal(clips[0][1], y)


def test_the_comparison_goes_on_where_it_was_stopped(tiny, tmp_path, monkeypatch):
    first = next(tiny.compare("bundled"))
    assert first.name == "the recipe" and len(first.clips) == len(first.misses["20"]) == 2 and first.parameters
    assert {path.name for path in tmp_path.glob("*.keras")} == {"the-recipe_0.keras", "the-recipe_1.keras"}
    trained = []
    monkeypatch.setattr(recipe, "compiled", lambda *of, make=recipe.compiled: trained.append(of[0]) or make(*of))
    assert next(tiny.compare("bundled")) == first and not trained
    assert [one.name for one in tiny.compare("bundled")] == ["the recipe", "short"]
    assert [one.epochs for one in trained] == [1, 1]
