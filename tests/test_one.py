"""One hand-in is graded at once, as it would be in a class, whatever it is."""

import json
import os
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from autograder.__main__ import BAD_USAGE, NOT_ALL, app
from autograder.building.notebooks import write_notebook
from autograder.grading import grade
from autograder.grading.grade import grade_class
from autograder.grading.one import grade_one
from autograder.running.sandbox import warm
from autograder.running.sandbox.protection import LIMITS, SANDBOX, best_protection
from autograder.sample_class import filled, mistake, solutions

LESSON, OTHER = "01_dataset", "02_ffnn"
UNSAFE = ["--unsafe"] if best_protection() == LIMITS else []
RIGHT = solutions(LESSON)


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """A notebook of the lesson, with a well-known mistake."""
    path = tmp_path_factory.mktemp("made") / "made.ipynb"
    write_notebook(filled(LESSON, RIGHT | {"fit_standardiser": mistake("fit_standardiser")}), path)
    return path


def test_one_is_graded_as_in_a_class(tmp_path, notebook, course, instant, monkeypatch):
    """The same is executed within the same walls, on the same secret cases, and the same comes out."""
    pretended, executed = grade.execute_and_judge, []

    def execute(job, seed):
        cells = [(cell.source, cell.metadata) for cell in nbformat.reads(job.notebook, as_version=4).cells]
        files = sorted(path.name for path in Path(job.folder).iterdir())
        executed.append((cells, replace(job, folder="", notebook=""), files, seed))
        return pretended(job, seed)

    monkeypatch.setattr(grade, "execute_and_judge", execute)
    handed_in = tmp_path / "submitted" / "ada" / LESSON
    handed_in.mkdir(parents=True)
    shutil.copy(notebook, handed_in / f"{LESSON}.ipynb")
    (handed_in / "helper.html").write_text("beside it")
    options = {"seed": 5, "seconds": 77.0, "protection": SANDBOX}
    shutil.copytree(course, tmp_path / "out")
    in_class = grade_class(tmp_path / "submitted", tmp_path / "out", workers=1, **options)
    (handed_in / f"{LESSON}.ipynb").rename(handed_in / "my homework.ipynb")
    one = grade_one(handed_in, student="ada", **options)
    assert executed[0] == executed[1]
    assert one.rows == in_class.rows and one.notes == in_class.notes and one.complete
    assert any("helper.html" in note for note in one.notes["ada", LESSON])


def write(kind, folder, notebook):
    """Write a hand-in of some kind; return its path."""
    path, raw = folder / "answers.ipynb", notebook.read_bytes()
    if kind == "zip":
        path = folder / "hand-in.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"{LESSON}.ipynb", raw)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to(notebook)
    elif kind in ("folder", "deep folder", "copy of the course", "empty folder"):
        path = folder / "work"
        inside = {"deep folder": "a/b/mine.ipynb", "copy of the course": f"notebooks/{LESSON}.ipynb"}
        names = [inside.get(kind, f"{LESSON}.ipynb")] if kind != "empty folder" else []
        names += [f"solutions/{LESSON}.ipynb", "autograder/x.py"] if kind == "copy of the course" else []
        path.mkdir()
        for name in names:
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(raw if "solutions" not in name else raw.replace(b"import", b"import "))
    else:
        path.write_bytes({"another name": raw, "utf-16": raw.decode().encode("utf-16"), "empty": b"",
                          "picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "cut off": raw[:3000]}[kind])
    return path


@pytest.mark.parametrize("kind", ["another name", "utf-16", "zip", "folder", "deep folder", "copy of the course"])
def test_the_notebook_is_found_in_what_was_handed_in(kind, tmp_path, notebook, instant):
    result = grade_one(write(kind, tmp_path, notebook), student="ada", protection=LIMITS)
    assert result.complete and {row.assignment for row in result.rows} == {LESSON}
    assert instant == ["ada"]


@pytest.mark.parametrize("kind, reason", [
    ("pipe", "no ordinary file"), ("link", "is a link"), ("empty", "empty"), ("picture", "picture"),
    ("cut off", "breaks off"), ("empty folder", "There is no notebook")])
@pytest.mark.parametrize("lesson", [None, LESSON])
def test_what_cannot_be_read_has_rows_that_say_why(kind, reason, lesson, tmp_path, notebook, instant):
    result = grade_one(write(kind, tmp_path, notebook), student="ada", lesson=lesson, protection=LIMITS)
    assert not result.complete and {row.status for row in result.rows} == {"unreadable"}
    assert all(reason in row.message for row in result.rows)
    assert len(result.rows) == (1 if lesson is None else 8)


def test_another_lesson_than_the_one_that_counts_is_named(tmp_path, notebook, instant):
    result = grade_one(notebook, student="ada", lesson=OTHER, protection=LIMITS)
    assert all(row.message.startswith(f"This is {LESSON}, not {OTHER}.") for row in result.rows)
    assert not result.complete and {row.assignment for row in result.rows} == {OTHER}


def run(*arguments):
    return CliRunner().invoke(app, ["grade-one", *map(str, arguments), *UNSAFE])


def test_the_command_prints_json_and_writes_the_page(tmp_path, notebook, instant):
    done = run(notebook, "--json", "--student", "ada", "--feedback", tmp_path / "page.html")
    said = json.loads(done.stdout)
    assert done.exit_code == 0 and said["student"] == "ada" and said["max_score"] == 15
    assert set(said) == {"student", "score", "max_score", "waiting", "rows", "totals", "notes", "warning"}
    assert {"exercise", "score", "max_score", "status", "message"} <= set(said["rows"][0])
    assert "Feedback for ada" in (tmp_path / "page.html").read_text()
    assert "one_hot" in run(notebook).stdout


def test_the_command_says_by_its_exit_code_what_went_wrong(tmp_path, notebook, instant):
    assert run(write("cut off", tmp_path, notebook), "--json").exit_code == NOT_ALL
    for arguments in ([tmp_path / "none.ipynb"], [notebook, "--student", "../ada"], [notebook, "--lesson", "09_none"],
                      [notebook, "--time-limit", "0"]):
        assert run(*arguments).exit_code == BAD_USAGE, arguments


def test_no_zygote_is_started_for_one_notebook_and_later_ones_may_be():
    before = warm.trouble()
    with warm.not_started():
        assert warm.trouble()
    assert warm.trouble() == before
