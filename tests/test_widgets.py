"""Figures with their descriptions, and with sliders: a picture first, and a new one when a slider moves."""

import io
import json

import ipywidgets
import keras
import numpy as np
import pytest
from PIL import Image, ImageColor

from kws_helpers import data, microphone, results, widgets
from kws_helpers.plotting import BLUE, new_figure, show, sound


@pytest.fixture
def shown(monkeypatch):
    """What was shown: each as its data and their metadata."""
    bundles = []
    monkeypatch.setattr("IPython.display.display", lambda one: bundles.append(one._repr_mimebundle_()))
    return bundles


@pytest.fixture
def pages(monkeypatch):
    """The HTML widgets that are made, in order."""
    made = []
    monkeypatch.setattr(ipywidgets, "HTML", lambda *args, real=ipywidgets.HTML: made.append(real(*args)) or made[-1])
    return made


def line(height):
    figure, axis = new_figure()
    axis.plot([0, height])
    return figure, f"A line up to {height}."


def test_a_figure_is_shown_with_its_description_and_while_grading_the_description_alone(shown, monkeypatch, capsys):
    show(*line(1))
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    show(*line(1))
    (drawn, metadata), told = shown
    assert drawn["image/png"].startswith(b"\x89PNG") and metadata["image/png"]["alt"] == "A line up to 1."
    assert 'alt="A line up to 1."' in drawn["text/html"]
    assert told == ({"text/plain": drawn["text/plain"]}, {}) == ({"text/plain": "Figure: A line up to 1."}, {})
    monkeypatch.undo()
    show(*line(1))
    assert capsys.readouterr().out == "Figure: A line up to 1.\n"


def test_a_figure_has_two_dots_for_each_pixel_and_its_own_colours(shown):
    show(*line(1))
    ((drawn, metadata),) = shown
    told = metadata["image/png"]
    picture = Image.open(io.BytesIO(drawn["image/png"]))
    assert picture.size == (2 * told["width"], 2 * told["height"]) == (1600, 640)
    assert f'width="{told["width"]}"' in drawn["text/html"]
    colours = {colour for _, colour in picture.convert("RGB").getcolors()}
    assert {ImageColor.getrgb(colour) for colour in ("white", BLUE)} <= colours


def test_a_picture_of_sound_has_an_axis_in_its_own_units(monkeypatch):
    figures = []
    monkeypatch.setattr(sound, "show", lambda figure, description: figures.append(figure))
    sound.pictures({"power": np.zeros((49, 321)), "bands": np.zeros((49, 128))}, ylabel=["kHz", "band"],
                   heights=[(0, 8), (0, 128)])
    panels = [axis for axis in figures[0].axes if axis.images]
    assert [(axis.get_ylabel(), axis.get_ylim()) for axis in panels] == [("kHz", (0, 8)), ("band", (0, 128))]


def test_moving_a_slider_draws_anew_and_a_drawing_that_fails_says_so(shown, pages):
    control = widgets.slider("height", 0, 10, 3)
    widgets.explore(lambda height: (*line(1 // (height - 5)), np.zeros(100)), {"height": control})
    ((bundle, _),) = shown
    assert bundle["image/png"].startswith(b"\x89PNG") and bundle["text/plain"] == "Figure: A line up to -1."
    assert "application/vnd.jupyter.widget-view+json" in bundle
    page, note = pages
    assert 'alt="A line up to -1."' in page.value and "<audio controls" in page.value
    control.value = 5
    assert "ZeroDivisionError" in note.value
    control.value = 6
    assert note.value == "" and 'alt="A line up to 1."' in page.value and "<audio controls" in page.value


def test_nothing_is_drawn_while_grading(shown, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    tried = []
    widgets.explore(lambda height: tried.append(height) or line(height), {"height": widgets.slider("h", 0, 10, 3)})
    microphone.upload(tried.append, line(1))
    microphone.listen(tried.append, ["word"], line(1))
    assert not tried and not shown


def test_an_uploaded_recording_is_drawn_and_played_and_another_file_gets_a_sentence(shown, pages):
    heard = []
    microphone.upload(lambda audio: heard.append(audio) or line(1), line(2))
    ((bundle, _),) = shown
    assert 'alt="A line up to 2."' in bundle["text/html"] and "application/vnd.jupyter.widget-view+json" in bundle
    (page,) = pages
    sound = np.linspace(-0.5, 0.5, 32_000)
    shown_for = microphone._answer(lambda audio: heard.append(audio) or line(1), widgets._wav(sound), "audio/wav")
    assert 'alt="A line up to 1."' in shown_for and "data:audio/wav;base64" in shown_for
    np.testing.assert_allclose(heard[0], sound, atol=1e-4)
    assert "cannot be used" in microphone._answer(line, b"no sound", "audio/wav")
    assert "ZeroDivisionError" in microphone._answer(lambda audio: 1 / 0, widgets._wav(sound), "audio/wav")


@pytest.mark.parametrize("numbers, value", [((0, 10, 3), 3), ((0.0, 1.0, 0.5), 0.5), ((0, 1, 0.25), 0.25)])
def test_sliders_take_whole_numbers_and_others(numbers, value):
    assert widgets.slider("x", *numbers).value == value


def test_results_are_kept_and_told_apart_by_their_data(tmp_path, monkeypatch, shared_cache):
    monkeypatch.chdir(tmp_path)
    model = keras.Sequential([keras.Input((4, 3)), keras.layers.Flatten(), keras.layers.Dense(2)])
    dataset = data.load()
    assert results.recall(dataset) == []
    results.remember("small", model, [0.25, 0.5], dataset)
    results.remember("small", model, [0.5, 0.75], dataset)
    other = tmp_path / results.FOLDER / "other.json"
    other.write_text(json.dumps({**json.loads((tmp_path / results.FOLDER / "small.json").read_text()),
                                 "dataset": "elsewhere"}))
    (found,) = results.recall(dataset)
    assert (found.name, found.parameters, found.accuracies.tolist()) == ("small", 26, [0.5, 0.75])
    assert found.build().count_params() == 26
