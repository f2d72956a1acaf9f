"""Each lesson left unsolved at every single exercise in turn: "Run All" ends, and every cell says what it needs."""

import json
import re
import subprocess
import sys

import pytest

from autograder.building.lesson import graded_cells, lesson_names, read_lesson
from autograder.building.notebooks import released_notebook
from autograder.building.paths import ROOT

NEEDS = "This cell needs {}, which is not written yet. Write that exercise first."
BY_HAND = "This cell is not written yet.", NEEDS.format("the exercise that makes .*")
"""What is said of an exercise that is a cell, not a function."""


@pytest.fixture(scope="module")
def told(shared_cache, tmp_path_factory):
    file = tmp_path_factory.mktemp("told") / "told.json"
    done = subprocess.run([sys.executable, "-m", "tests.left_unwritten", str(file), *lesson_names()], cwd=ROOT,
                          capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(file.read_text())


def exercises(lesson):
    cells = [cell for cell in read_lesson(lesson).cells if cell.cell_type == "code"]
    return [cell.metadata["nbgrader"]["grade_id"].removesuffix("-solution") for cell in cells
            if cell.metadata.get("nbgrader", {}).get("solution")]


@pytest.mark.parametrize("lesson, exercise", [(lesson, one) for lesson in lesson_names() for one in exercises(lesson)])
def test_run_all_ends_and_every_cell_says_which_exercise_it_needs(told, lesson, exercise):
    cells = told[lesson][exercise]
    assert not [(source, text[-500:]) for source, goes_on, text in cells if not goes_on]
    said = [line for _, _, text in cells for line in re.findall("This cell .*", text)]
    expected = "|".join([NEEDS.format(f"`{exercise}`")] if cells[0][2] == "" else BY_HAND)
    assert not [line for line in said if not re.fullmatch(expected, line)]


@pytest.mark.parametrize("lesson", lesson_names())
def test_an_untouched_notebook_runs_to_its_end_and_every_check_says_what_is_not_written(told, lesson):
    cells = told[lesson]["untouched"]
    assert not [(source, text[-500:]) for source, goes_on, text in cells if not goes_on]
    tested = [cell["grade_id"] for cell in graded_cells(lesson) if not cell["solution"]]
    checks = {cell.source for cell in released_notebook(lesson).cells
              if cell.metadata.get("nbgrader", {}).get("grade_id") in tested}
    said = [text for source, _, text in cells if source in checks]
    assert len(said) == len(tested) and all("it is not written yet" in text for text in said)
