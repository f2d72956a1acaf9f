"""Figures with their descriptions, and with sliders: a picture first, and a new one when a slider moves."""

import io

import ipywidgets
import numpy as np
import pytest
from PIL import Image, ImageColor

from kws_helpers import microphone, widgets
from kws_helpers.microphone.takes import Takes, words_in
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
    assert len(microphone.record("word", line(1))) == 0
    assert not tried and not shown


def test_an_uploaded_recording_is_drawn_and_played_and_another_file_gets_a_sentence(shown, pages):
    heard = []
    microphone.upload(lambda audio: heard.append(audio) or line(1), line(2))
    ((bundle, _),) = shown
    assert 'alt="A line up to 2."' in bundle["text/html"] and "application/vnd.jupyter.widget-view+json" in bundle
    (page,) = pages
    sound = np.linspace(-0.5, 0.5, 32_000)
    shown_for = microphone._answer(lambda audio: heard.append(audio) or line(1), widgets.as_wav(sound), "audio/wav")
    assert 'alt="A line up to 1."' in shown_for and "data:audio/wav;base64" in shown_for
    np.testing.assert_allclose(heard[0], sound, atol=1e-4)
    assert "cannot be used" in microphone._answer(line, b"no sound", "audio/wav")
    assert "ZeroDivisionError" in microphone._answer(lambda audio: 1 / 0, widgets.as_wav(sound), "audio/wav")


@pytest.mark.parametrize("numbers, value", [((0, 10, 3), 3), ((0.0, 1.0, 0.5), 0.5), ((0, 1, 0.25), 0.25)])
def test_sliders_take_whole_numbers_and_others(numbers, value):
    assert widgets.slider("x", *numbers).value == value


def messages(widget):
    """What the widget sends to the browser from now on."""
    sent = []
    widget.send = sent.append
    return sent


def of_sound(samples):
    return [np.rint(32_767 * samples).astype("<i2").tobytes()]


def test_the_threshold_that_is_set_now_is_given_with_each_chunk():
    given = []
    hear = lambda chunk, threshold: given.append(threshold) or ([0.5], None)  # noqa: E731
    widget = microphone._listening_class()(hear, ["a"], 0.6)
    sent = messages(widget)
    widget._take(widget, {"rate": 16_000, "first": True}, of_sound(np.zeros(8_000)))
    widget.threshold = 0.8
    widget._take(widget, {"rate": 16_000, "first": False}, of_sound(np.zeros(8_000)))
    assert set(given[:3]) == {0.6} and given[-1] == 0.8
    assert sent[-1] == {"bars": [0.5], "words": []}


def spoken(times, seconds=10.0, length=0.4, noise=0.002):
    """A noise that begins at each of these times, over a quieter one."""
    rng = np.random.default_rng(0)
    audio = noise * rng.normal(size=int(16_000 * seconds))
    for time in times:
        first, count = int(16_000 * time), int(16_000 * length)
        audio[first : first + count] += 0.2 * rng.normal(size=count) * np.hanning(count)
    return np.clip(audio, -1, 1).astype(np.float32)


@pytest.mark.parametrize("noise", [0, 0.002, 0.02])
@pytest.mark.parametrize("length", [0.2, 0.7])
def test_words_are_cut_at_the_pauses_live_as_in_a_file(noise, length):
    audio = spoken((1, 2.5, 4, 7), length=length, noise=noise)
    live, whole = Takes(), Takes()
    for start in range(0, len(audio), 1_600):
        live.hear(audio[start : start + 1_600])
    assert whole.add(audio) == len(whole) == len(live) == 4
    for clip, time in zip(whole.clips, (1, 2.5, 4, 7), strict=True):
        middle = int(16_000 * (time + length / 2))
        np.testing.assert_allclose(clip[6_000:10_000].std(), audio[middle - 2_000 : middle + 2_000].std(), rtol=0.2)
    live.remove(1)
    assert live.clips.shape == (3, 16_000)


@pytest.mark.parametrize("audio", [np.zeros(32_000), spoken(()), spoken((1, 3), length=0.02), np.zeros(100)],
                         ids=["zeros", "noise", "clicks", "nothing"])
def test_where_no_word_stands_out_nothing_is_cut(audio):
    assert words_in(audio) == []


def test_what_is_wrong_with_a_clip_is_said_and_a_long_one_keeps_its_loudest_second():
    takes = Takes()
    audio = spoken((1,), length=2.4)
    audio[int(16_000 * 2.2)] = 1
    takes.add(audio)
    takes.add(5 * spoken((1,)).clip(-0.2, 0.2))
    assert [note for _, note in takes] == ["longer than a second", "too loud: go further away"]
    assert takes.clips[0].std() > 1.3 * audio[16_000 : int(3.4 * 16_000)].std()


def test_the_recorder_tells_the_browser_what_it_has():
    takes = Takes()
    widget = microphone._recording_class()(takes, "marie", 2)
    sent = messages(widget)
    widget._take(widget, {"rate": 16_000, "first": True}, of_sound(spoken((1, 2.5, 4))))
    assert len(takes) == 2 and len(sent[-1]["takes"]) == 2 and sent[-1]["heard"], "no more than were asked for"
    widget._take(widget, {"again": 0}, [])
    assert len(takes) == len(sent[-1]["takes"]) == 1
    widget._take(widget, {"file": True}, [widgets.as_wav(spoken((1, 2.5)))])
    assert len(takes) == 3 and sent[-1]["takes"][0]["sound"].startswith("data:audio/wav;base64,")
    for content, said in ((widgets.as_wav(np.zeros(100)), "cannot be used"), (widgets.as_wav(spoken(())), "No word")):
        widget._take(widget, {"file": True}, [content])
        assert said in sent[-1]["problem"] and len(takes) == 3
