"""A second run grades only what changed, and a run that was ended goes on where it was."""

import shutil

import pytest

import kws_helpers
from autograder.building.notebooks import write_notebook
from autograder.grading import grade, unchanged
from autograder.running.sandbox.limits import MEMORY_VARIABLE
from autograder.running.sandbox.protection import LIMITS, SANDBOX
from autograder.sample_class import filled, mistake, solutions

LESSON = "01_dataset"


@pytest.fixture
def run(tmp_path, ready, pretended):
    """Grades what ada and ben handed in; gives the students whose notebooks were executed, and the result."""
    for student, answers in {"ada": solutions(LESSON), "ben": {}}.items():
        write_notebook(filled(LESSON, answers), tmp_path / "submitted" / student / LESSON / f"{LESSON}.ipynb")

    def grade_it(**options):
        pretended.clear()
        result = grade.grade_class(tmp_path / "submitted", ready, **{"workers": 1, "protection": LIMITS} | options)
        return sorted(pretended), result

    return grade_it


def test_what_has_not_changed_is_not_executed_again_unless_forced(run):
    students, first = run()
    assert students == ["ada", "ben"]
    students, second = run()
    assert students == [] and second.rows == first.rows and second.notes == first.notes
    assert run(force=True)[0] == ["ada", "ben"]


def test_another_notebook_another_file_and_another_student_are_graded(run, tmp_path):
    handed_in = tmp_path / "submitted"
    run()
    write_notebook(filled(LESSON, {"one_hot": mistake("one_hot")}), handed_in / "ben" / LESSON / f"{LESSON}.ipynb")
    assert run()[0] == ["ben"]
    (handed_in / "ada" / LESSON / "notes.txt").write_text("one more file")
    assert run()[0] == ["ada"]
    shutil.copytree(handed_in / "ada", handed_in / "cleo")
    assert run()[0] == ["cleo"]


def test_other_conditions_are_another_grading(run, monkeypatch):
    run()
    for options in ({"seed": 7}, {"seconds": 100.0}, {"protection": SANDBOX}):
        assert run(**options)[0] == ["ada", "ben"], options
    monkeypatch.setenv(MEMORY_VARIABLE, "8")
    assert run(protection=SANDBOX)[0] == ["ada", "ben"]


@pytest.mark.parametrize("change", [
    lambda patch: patch.setattr(unchanged.sys, "version", "4.0"),
    lambda patch: patch.setattr(unchanged.platform, "machine", lambda: "z80"),
    lambda patch: patch.setattr(unchanged.importlib.metadata, "distributions", lambda: []),
    lambda patch: patch.setattr(kws_helpers, "__file__", __file__)])
def test_other_software_is_another_grading(monkeypatch, change):
    before = unchanged.software.__wrapped__()
    assert before == unchanged.software.__wrapped__()
    change(monkeypatch)
    assert before != unchanged.software.__wrapped__()


def test_a_run_that_was_ended_goes_on(run, monkeypatch):
    record = grade.ClassGradebook.record

    def ended(self, submission, *rest):
        if submission.student == "ben":
            raise KeyboardInterrupt
        record(self, submission, *rest)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(grade.ClassGradebook, "record", ended)
        run()
    students, result = run()
    assert students == ["ben"]
    assert {row.student for row in result.rows} == {"ada", "ben"}


@pytest.mark.parametrize("damage", ["mark", "notebook", "gradebook"])
def test_what_was_lost_since_is_graded_again(run, tmp_path, course, damage):
    run()
    out = tmp_path / "out"
    if damage == "mark":
        (out / unchanged.FOLDER / "ada" / f"{LESSON}.json").write_text('{"fingerprint": ')
    elif damage == "notebook":
        (out / "autograded" / "ada" / LESSON / f"{LESSON}.ipynb").unlink()
    else:
        shutil.copy(course / "gradebook.db", out)  # as if the students had never been in it
    assert "ada" in run()[0]
