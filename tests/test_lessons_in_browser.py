"""Every solved lesson in JupyterLab: Run All, each output looked at, and everything moved that can be moved."""

import re
from itertools import count

import numpy as np
import pytest
import soundfile

from autograder.building.lesson import lesson_names
from autograder.building.notebooks import write_notebook
from autograder.sample_class import filled, model_answers, solutions
from kws_helpers.data import SAMPLE_RATE
from tests.desk import ACTIVE, FAKE_MICROPHONE, Desk, assert_ran_through, chromium, jupyterlab, needs_chromium

pytestmark = needs_chromium

FIGURE = f"{ACTIVE} .widget-html img"
OF_NO_EFFECT = {"refractory time (frames)"}  # a network that was not trained detects nothing twice
KERNEL = "0 0 0\n0 3 0\n0 0 0"


@pytest.fixture(scope="module")
def desk(tmp_path_factory, shared_cache):
    folder = tmp_path_factory.mktemp("lessons") / "notebooks"
    folder.mkdir()
    for lesson in lesson_names():
        write_notebook(filled(lesson, solutions(lesson), model_answers(lesson)), folder / f"{lesson}.ipynb")
    with jupyterlab(folder) as address, chromium(FAKE_MICROPHONE) as browser:
        yield Desk(browser, address)


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """A sound file: three tones of half a second, with pauses."""
    path = tmp_path_factory.mktemp("recording") / "tone.wav"
    tone = np.pad(0.3 * np.sin(np.arange(SAMPLE_RATE // 2) / 8), SAMPLE_RATE // 2)
    soundfile.write(path, np.tile(tone, 3), SAMPLE_RATE)
    return path


@pytest.mark.parametrize("lesson", lesson_names())
def test_a_lesson_runs_and_answers_to_every_control(lesson, desk, recording):
    desk.open(f"{lesson}.ipynb")
    cells = desk.run_all()
    assert_ran_through(cells)
    pictures = count(1)
    for cell in cells:
        if cell["outputs"]:
            desk.show(cell["source"])
            assert not desk.faults(), cell["source"]
            if use_controls(desk, recording):
                desk.picture(f"{lesson}-{next(pictures)}")
                assert not desk.faults(), cell["source"]
    assert not desk.complaints
    desk.end_kernels()


def use_controls(desk, recording):
    """Move whatever the active cell has; returns whether there was something."""
    cell = desk.page.locator(ACTIVE)
    if not cell.locator(".jupyter-widgets").count():
        return False
    for control in cell.locator(".widget-slider").all():
        move(desk, control)
    for menu in cell.locator(".widget-dropdown select").all():
        choose_another(desk, menu)
    for box in cell.locator("textarea").all():
        write(desk, box)
    for button in cell.locator(".widget-upload").all():
        upload(desk, button, recording)
    for recorder in cell.locator(".kws-recorder").all():
        record(recorder, recording)
    for microphone in cell.locator(".kws-microphone:not(.kws-recorder)").all():
        listen(microphone)
    assert not cell.get_by_text("This does not work").count()
    return True


def move(desk, control):
    """To one end and to the other; at least one of them is another place than before."""
    handle = control.locator(".noUi-handle")
    assert control.bounding_box()["width"] > 100, "nobody can hit such a slider"
    label = control.locator("label").inner_text()
    for key in ("Home", "End"):
        handle.focus()
        before = desk.page.locator(FIGURE).get_attribute("src")
        handle.press(key)
        desk.wait_for_kernel()
    if label not in OF_NO_EFFECT:
        wait_for_another(desk, before)


def choose_another(desk, menu):
    before = desk.page.locator(FIGURE).get_attribute("src")
    now = menu.locator("option:checked").inner_text()
    menu.select_option(next(one for one in menu.locator("option").all_inner_texts() if one != now))
    wait_for_another(desk, before)


def write(desk, box):
    before = desk.page.locator(FIGURE).get_attribute("src")
    box.fill(KERNEL)
    box.blur()
    wait_for_another(desk, before)


def wait_for_another(desk, before):
    desk.page.wait_for_function("""([figure, before]) => {
        const image = document.querySelector(figure);  // for a moment there is none
        return image && image.src !== before;
    }""", arg=[FIGURE, before])


def upload(desk, button, recording):
    with desk.page.expect_file_chooser() as chooser:
        button.click()
    chooser.value.set_files(recording)
    desk.page.locator(f"{ACTIVE} .widget-html audio").wait_for()


def listen(microphone):
    start(microphone, "Start listening")
    microphone.locator(".bar").last.filter(has_text=re.compile(r"\d")).wait_for()
    slider = microphone.get_by_role("slider", name="threshold")
    slider.press("End")
    microphone.locator("output", has_text="0.99").wait_for()
    stop(microphone)


def record(recorder, recording):
    """From the microphone, then from a file; then one clip is taken back."""
    start(recorder, "Record")
    recorder.locator("li").first.wait_for()  # one of Chromium's beeps
    stop(recorder)
    before = recorder.locator("li").count()
    recorder.locator("input[type=file]").set_input_files(recording)
    recorder.locator("li").nth(before + 2).wait_for()
    recorder.get_by_role("button", name="Number 1 again").click()
    recorder.locator(".words", has_text=f"{before + 2} of 10").wait_for()


def start(microphone, name):
    microphone.get_by_role("button", name=name).click()
    microphone.locator(".bar").first.filter(has_text=re.compile(r"\d")).wait_for()


def stop(microphone):
    microphone.get_by_role("button", name="Stop").click()
    microphone.locator(".status", has_text="Stopped.").wait_for()
