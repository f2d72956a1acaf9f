"""A class of cheats, vandals and broken files: each gets what it deserves, and the honest among them lose nothing."""

import csv
import io
import json
import sqlite3
from pathlib import Path

import nbformat
import psutil
import pytest
from rich.console import Console

from autograder.building.lesson import graded_cells
from autograder.building.paths import ROOT
from autograder.running import execute
from autograder.running.sandbox.protection import SANDBOX
from autograder.terminal import grade_and_report
from tests.hostile import HONEST, HOSTILE, LESSON
from tests.test_sandbox import needs_sandbox

pytestmark = needs_sandbox

POINTS = {cell["grade_id"]: cell["points"] for cell in graded_cells(LESSON) if not cell["solution"]}
DOCUMENTED = ROOT / "docs" / "hostile-submissions.md"


@pytest.fixture(scope="module")
def graded(tmp_path_factory, shared_cache):
    """The class, graded once: (every submission was graded, scores by student and exercise, folder)."""
    folder = tmp_path_factory.mktemp("hostile")
    for one in HOSTILE + HONEST:
        one.write(folder / "submitted" / one.name / LESSON)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(execute, "CELL_SECONDS", 6)  # ten times less than usual
        # More workers than cores: those that wait for a time limit wait together.
        complete = grade_and_report(Console(file=io.StringIO()), folder / "submitted", folder / "out", workers=6,
                                    seconds=240, protection=SANDBOX)
    with (folder / "out" / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    scores = {(row["student"], row["exercise"]): float(row["score"] or 0) for row in rows}
    messages = {(row["student"], row["exercise"]): row["message"] for row in rows}
    return complete, scores, messages, folder


def of(graded, name):
    """The scores of one student, by exercise. A name that a spreadsheet would take for a formula has a mark before."""
    scores = graded[1]
    return {exercise: scores.get((name, exercise), scores.get((f"'{name}", exercise))) for exercise in POINTS}


@pytest.mark.parametrize("one", HOSTILE + HONEST, ids=lambda one: one.name)
def test_everybody_gets_what_they_deserve(graded, one):
    assert of(graded, one.name) == POINTS | dict.fromkeys(one.loses, 0)


def test_the_exit_code_says_that_some_could_not_be_graded(graded):
    assert not graded[0]


def test_whoever_gets_nothing_is_told_why(graded):
    _, _, messages, _ = graded
    for one in HOSTILE:
        for exercise in one.loses:
            assert len(messages[one.name, exercise]) > 15, (one.name, exercise)


def test_nothing_was_changed_outside_and_nobody_stayed_behind(graded):
    _, _, _, folder = graded
    assert not [process for process in psutil.process_iter(["cmdline"]) if "987654" in (process.info["cmdline"] or [])]
    assert not [path for path in (*map(Path, ("/", "/etc", "/usr", "/var/tmp")), folder, ROOT, Path.cwd())
                if (path / "kws-was-here").exists()]
    with sqlite3.connect(folder / "out" / "gradebook.db") as gradebook:
        assert gradebook.execute("select max(manual_score) from grade").fetchone() == (None,)


def test_what_the_instructor_opens_runs_no_script_of_a_student(graded):
    _, _, _, folder = graded
    recorded = folder / "out" / "autograded" / "html-and-scripts" / LESSON / f"{LESSON}.ipynb"
    outputs = [output for cell in nbformat.read(recorded, as_version=4).cells for output in cell.get("outputs", [])]
    shown = [json.dumps(outputs), *(page.read_text(encoding="utf-8") for page in (folder / "out").rglob("*.html"))]
    assert len(shown) > len(HOSTILE)
    assert not [text for text in shown if "<img src=x" in text or "<svg xmlns" in text]


def test_no_file_of_the_system_got_into_the_results(graded):
    _, _, _, folder = graded
    handed_in = folder / "out" / "submitted" / "links" / LESSON
    assert [path.name for path in handed_in.iterdir()] == [f"{LESSON}.ipynb"]


def test_no_page_of_a_student_lies_where_an_instructor_opens_pages(graded):
    _, _, _, folder = graded
    found = [path for path in (folder / "out").rglob("*") if path.is_file() and "brings-pages" in path.parts]
    assert {path.name for path in found} == {f"{LESSON}.ipynb", f"{LESSON}.json", "index.html"}
    assert [path for path in found if path.name == "index.html"] == [folder / "out/feedback/brings-pages/index.html"]


def test_there_are_enough_of_them_and_all_are_documented():
    assert len(HOSTILE) >= 40 and len(HONEST) == 5
    text = DOCUMENTED.read_text(encoding="utf-8")
    assert not [one.name for one in HOSTILE if f"| {one.what} | {one.deserves} |" not in text]
