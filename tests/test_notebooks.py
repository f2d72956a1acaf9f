"""The notebooks as a learner runs them: every cell, in a real kernel, solved."""

import os
import re

import nbformat
import pytest

from autograder.building.lesson import WARM_UP, WELCOME, lesson_names, read_lesson
from autograder.judging.judged_run import execute_and_judge
from autograder.running import execute as execution
from autograder.running.execute import Job
from autograder.running.sandbox.protection import LIMITS, best_protection
from autograder.running.sandbox.provisioner import prepare
from autograder.sample_class import filled, model_answers, solutions
from kws_helpers.results import FOLDER
from tests.desk import CHROMIUM


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """What a cell may take when strangers are graded is little on a busy machine; speed is not tested here."""
    monkeypatch.setattr(execution, "CELL_SECONDS", 300)


def run(notebook, folder, environment, protection=None):
    """Run in a sandbox where there is one: its kernels have imported everything already."""
    protection = protection or best_protection()
    prepare(protection)
    environment = {"KWS_CACHE": os.environ["KWS_CACHE"]} | environment
    done = execute_and_judge(Job(nbformat.writes(notebook), str(folder), environment, seconds=1200,
                                 protection=protection), seed=0).executed
    assert done.problem == ""
    return nbformat.reads(done.notebook, as_version=4).cells


def errors(cells):
    return [output for cell in cells for output in cell.get("outputs", []) if output.output_type == "error"]


@pytest.mark.skipif(CHROMIUM is not None, reason="test_lessons_in_browser.py runs them in JupyterLab")
@pytest.mark.parametrize("lesson", lesson_names())
def test_a_solved_notebook_runs_to_its_end(lesson, tmp_path, shared_cache):
    cells = run(filled(lesson, solutions(lesson), model_answers(lesson)), tmp_path, {"KWS_TRAINING": "short"})
    assert not errors(cells)
    assert not [output for cell in cells for output in cell.get("outputs", []) if output.get("name") == "stderr"]


def test_the_page_to_begin_with_shows_how_far_one_is(tmp_path, shared_cache):
    (tmp_path / FOLDER / "checked").mkdir(parents=True)
    (tmp_path / FOLDER / "checked" / "class_counts").touch()
    cells = run(read_lesson(WELCOME), tmp_path, {}, LIMITS)  # with the files in its folder
    assert not errors(cells)
    (page,) = [output.data["text/html"] for output in cells[-2].outputs]
    assert "1 of 43 exercises pass their checks. Next: one_hot in 01_dataset." in page
    linked = set(re.findall(r'\]\((\d\d_\w+)\.ipynb\)', "".join(cell.source for cell in cells)))
    assert linked == {WARM_UP, *lesson_names()}
