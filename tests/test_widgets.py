"""Figures with sliders: a picture first, and a new one when a slider moves."""

import io
import json

import keras
import pytest
from PIL import Image, ImageColor

from kws_helpers import data, results, widgets
from kws_helpers.plotting import BLUE, new_figure, show, to_html


@pytest.fixture
def shown(monkeypatch):
    bundles = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, **options: bundles.append((bundle, options)))
    return bundles


def line(height):
    figure, axis = new_figure()
    axis.plot([0, height])
    return figure, f"A line up to {height}."


def test_the_picture_is_there_and_the_widget_beside_it(shown):
    widgets.explore(line, {"height": widgets.slider("height", 0, 10, 3)})
    (bundle, options), = shown
    assert bundle["image/png"].startswith(b"\x89PNG")
    assert bundle["text/plain"] == "Figure: A line up to 3."
    assert options["metadata"]["image/png"]["alt"] == "A line up to 3."
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_moving_a_slider_draws_anew(shown):
    control = widgets.slider("height", 0, 10, 3)
    pages = []
    widgets.explore(lambda height: pages.append(height) or line(height), {"height": control})
    control.value = 7
    assert pages == [3, 7]


def test_a_drawing_that_fails_says_so_and_the_next_one_works(shown, monkeypatch):
    import ipywidgets

    made = []
    monkeypatch.setattr(ipywidgets, "HTML", lambda *args, real=ipywidgets.HTML: made.append(real(*args)) or made[-1])
    control = widgets.slider("height", 0, 10, 3)
    widgets.explore(lambda height: line(1 // (height - 5)), {"height": control})
    page, note = made
    control.value = 5
    assert "ZeroDivisionError" in note.value
    control.value = 6
    assert note.value == "" and "A line up to 1." in page.value


def test_a_sound_is_playable(shown, monkeypatch):
    import numpy as np

    page = widgets._page(to_html(*line(1)), np.zeros(100))
    assert "<audio controls" in page and 'alt="A line up to 1."' in page


def test_nothing_is_drawn_while_grading(shown, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    tried = []
    widgets.explore(lambda height: tried.append(height) or line(height), {"height": widgets.slider("h", 0, 10, 3)})
    assert not tried and not shown


def test_a_figure_is_shown_with_its_description_and_while_grading_the_description_alone(shown, monkeypatch):
    figure, description = line(1)
    show(figure, description)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    show(figure, description)
    (drawn, options), (told, _) = shown
    assert drawn["image/png"].startswith(b"\x89PNG") and options["metadata"]["image/png"]["alt"] == description
    assert f'alt="{description}"' in drawn["text/html"]
    assert told == {"text/plain": drawn["text/plain"]} == {"text/plain": f"Figure: {description}"}


def test_a_figure_has_two_dots_for_each_pixel_and_its_own_colours(shown):
    figure, description = line(1)
    show(figure, description)
    ((drawn, options),) = shown
    told = options["metadata"]["image/png"]
    picture = Image.open(io.BytesIO(drawn["image/png"]))
    assert picture.size == (2 * told["width"], 2 * told["height"]) == (1600, 640)
    assert f'width="{told["width"]}"' in drawn["text/html"]
    colours = {colour for _, colour in picture.convert("RGB").getcolors()}
    assert {ImageColor.getrgb(colour) for colour in ("white", BLUE)} <= colours


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
