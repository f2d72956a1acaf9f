"""The student's way through JupyterLab, walked in a real browser."""

import re
import shutil

import nbformat
import pytest

from autograder.building.lesson import WELCOME
from autograder.building.notebooks import write_notebook
from autograder.building.paths import NOTEBOOKS
from autograder.sample_class import filled, model_answers, solutions
from tests.desk import ACTIVE, CHROMIUM, FAKE_MICROPHONE, Desk, assert_ran_through, chromium, jupyterlab, needs_chromium

pytestmark = needs_chromium

LESSON = "01_dataset"
MICROPHONE = """
import numpy as np
from kws_helpers import microphone, plotting

def hear(chunk, threshold):
    loudest = np.abs(chunk).max()
    return np.array([loudest]), f"beep over {threshold:.2f}" if loudest > threshold else None

microphone.listen(hear, ["loudest"], plotting.draw_ears(np.zeros(1), ["loudest"], [], 0.1), threshold=0.1)
"""


def of_code(*sources):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source.strip()) for source in sources])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    return notebook


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory, shared_cache):
    folder = tmp_path_factory.mktemp("desk") / "notebooks"
    folder.mkdir()
    shutil.copyfile(NOTEBOOKS / f"{WELCOME}.ipynb", folder / f"{WELCOME}.ipynb")
    shutil.copyfile(NOTEBOOKS / f"{LESSON}.ipynb", folder / "untouched.ipynb")
    write_notebook(filled(LESSON, solutions(LESSON), model_answers(LESSON)), folder / f"{LESSON}.ipynb")
    write_notebook(of_code(MICROPHONE), folder / "microphone.ipynb")
    return folder


@pytest.fixture(scope="module")
def address(notebooks):
    with jupyterlab(notebooks) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def desk(browser, address):
    desk = Desk(browser, address)
    yield desk
    desk.page.context.close()


def test_a_student_begins_solves_a_lesson_and_sees_how_far_it_is(desk):
    desk.open_first(f"{WELCOME}.ipynb")
    cells = desk.run_all()
    assert_ran_through(cells)
    desk.page.get_by_text("First: class_counts in 01_dataset.").wait_for()
    desk.picture("start")

    desk.page.locator(".jp-RenderedHTMLCommon a", has_text=LESSON).last.click()
    desk.wait_for(f"{LESSON}.ipynb")
    cells = desk.run_all()
    assert_ran_through(cells)
    checks = [cell for cell in cells if cell["source"].startswith("check(")]
    assert len(checks) == 7  # one of them at choice
    assert all("all steps passed" in cell["outputs"][0]["data"]["text/html"] for cell in checks)
    desk.show("check(class_counts)")
    desk.picture("check")
    desk.save()

    desk.open(f"{WELCOME}.ipynb")
    desk.run_all()
    desk.page.get_by_text("6 of 43 exercises pass their checks. Next: softmax in 02_ffnn.").wait_for()
    desk.picture("progress")
    assert not desk.complaints


def test_an_untouched_lesson_runs_to_its_end_and_says_what_is_not_written(desk):
    desk.open("untouched.ipynb")
    cells = desk.run_all()
    assert_ran_through(cells)
    assert "This cell needs `class_counts`, which is not written yet." in str(cells)
    desk.show("plotting.class_bars")
    desk.picture("untouched")
    desk.show(cells[-1]["source"][:40])
    desk.picture("untouched-end")
    assert not desk.complaints


def test_the_microphone_is_heard(address, browser):
    arguments = ["--no-sandbox", *FAKE_MICROPHONE]
    with browser.browser_type.launch(executable_path=CHROMIUM, args=arguments) as with_microphone:
        desk = Desk(with_microphone, address)
        desk.open("microphone.ipynb")
        desk.run_all()
        desk.page.get_by_role("button", name="Start listening").click()
        desk.page.locator(".kws-microphone .words", has_text="beep over 0.10").wait_for()
        desk.page.get_by_role("slider", name="threshold").press("ArrowRight")
        desk.page.locator(".kws-microphone .words", has_text="beep over 0.11").wait_for()
        desk.picture("microphone")
        desk.page.get_by_role("button", name="Stop").click()
        desk.page.locator(".kws-microphone .status", has_text="Stopped.").wait_for()
        assert not desk.complaints


def test_without_a_microphone_a_sentence_says_what_to_do(desk):
    desk.open("microphone.ipynb")
    desk.run_all()
    desk.page.get_by_role("button", name="Start listening").click()
    desk.page.locator(".kws-microphone .status", has_text=re.compile("[Rr]ead on|Allow it")).wait_for()
    assert not desk.complaints


def test_validate_says_the_same_as_the_checks(desk):
    desk.open("untouched.ipynb")
    desk.page.get_by_role("button", name="Validate").click()
    dialog = desk.page.locator(".jp-Dialog")
    dialog.get_by_text("it is not written yet").first.wait_for()
    desk.picture("validate")


def test_checks_can_be_read_in_every_theme(desk):
    desk.open(f"{LESSON}.ipynb")
    desk.run_all()
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        desk.theme(theme)
        desk.page.locator(f"body[data-jp-theme-name='{theme}']").wait_for(state="attached")
        desk.show("check(class_counts)")
        desk.picture(theme.lower().replace(" ", "-"))
        assert not desk.hurdles(f"{ACTIVE} .jp-OutputArea")
        assert not desk.faults()
