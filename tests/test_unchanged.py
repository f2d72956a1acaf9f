"""A second run grades only what changed, and a run that was ended goes on where it was."""

import shutil

import nbformat
import pytest

import kws_helpers
from autograder.building.course_folder import build_course
from autograder.building.notebooks import write_notebook
from autograder.grading import grade, unchanged
from autograder.judging.judged_run import Judged
from autograder.running.execute import Executed
from autograder.running.sandbox.limits import MEMORY_VARIABLE
from autograder.running.sandbox.protection import LIMITS, SANDBOX
from autograder.sample_class import filled, mistake, solutions

LESSON = "01_dataset"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return build_course(tmp_path_factory.mktemp("course"), [LESSON])


@pytest.fixture
def handed_in(tmp_path, course, monkeypatch):
    """What ada and ben handed in. Beside it, the results' folder is nbgrader's course already, which saves time."""
    shutil.copytree(course, tmp_path / "out")
    monkeypatch.setattr(grade, "build_course", lambda folder, lessons: folder)
    for student, answers in {"ada": solutions(LESSON), "ben": {}}.items():
        write_notebook(filled(LESSON, answers), tmp_path / "submitted" / student / LESSON / f"{LESSON}.ipynb")
    return tmp_path / "submitted"


@pytest.fixture
def executed(monkeypatch):
    """The students whose notebooks were executed; execution itself is replaced by one that answers nothing."""
    students = []

    def execute_and_judge(job, seed):
        students.append(job.folder.split("/")[-2])
        notebook = nbformat.reads(job.notebook, as_version=4)
        return Judged(Executed(nbformat.writes(notebook), "", 0.0), ())

    monkeypatch.setattr(grade, "execute_and_judge", execute_and_judge)
    return students


def run(handed_in, executed, **options):
    """The students that a run executes, and its result."""
    executed.clear()
    result = grade.grade_class(handed_in, handed_in.parent / "out", workers=1, **options)
    return sorted(executed), result


def test_what_has_not_changed_is_not_executed_again(handed_in, executed):
    students, first = run(handed_in, executed)
    assert students == ["ada", "ben"]
    students, second = run(handed_in, executed)
    assert students == [] and second.rows == first.rows and second.notes == first.notes


def test_force_grades_everything(handed_in, executed):
    run(handed_in, executed)
    assert run(handed_in, executed, force=True)[0] == ["ada", "ben"]


def test_another_notebook_another_file_and_another_student_are_graded(handed_in, executed):
    run(handed_in, executed)
    write_notebook(filled(LESSON, {"one_hot": mistake("one_hot")}), handed_in / "ben" / LESSON / f"{LESSON}.ipynb")
    assert run(handed_in, executed)[0] == ["ben"]
    (handed_in / "ada" / LESSON / "notes.txt").write_text("one more file")
    assert run(handed_in, executed)[0] == ["ada"]
    shutil.copytree(handed_in / "ada", handed_in / "cleo")
    assert run(handed_in, executed)[0] == ["cleo"]


def test_other_conditions_are_another_grading(handed_in, executed, monkeypatch):
    run(handed_in, executed)
    for options in ({"seed": 7}, {"seconds": 100.0}, {"protection": SANDBOX}):
        monkeypatch.setattr(grade, "prepare", lambda protection: None)
        assert run(handed_in, executed, **({"protection": LIMITS} | options))[0] == ["ada", "ben"], options
    monkeypatch.setenv(MEMORY_VARIABLE, "8")
    assert run(handed_in, executed, protection=SANDBOX)[0] == ["ada", "ben"]
    monkeypatch.setenv(MEMORY_VARIABLE, "much")
    with pytest.raises(ValueError, match="must be a number"):
        run(handed_in, executed)


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


def test_a_run_that_was_ended_goes_on(handed_in, executed, monkeypatch):
    record = grade.ClassGradebook.record

    def ended(self, submission, notebook):
        if submission.student == "ben":
            raise KeyboardInterrupt
        record(self, submission, notebook)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(grade.ClassGradebook, "record", ended)
        run(handed_in, executed)
    students, result = run(handed_in, executed)
    assert students == ["ben"]
    assert {row.student for row in result.rows} == {"ada", "ben"}


@pytest.mark.parametrize("damage", ["mark", "notebook", "gradebook"])
def test_what_was_lost_since_is_graded_again(handed_in, executed, course, damage):
    run(handed_in, executed)
    out = handed_in.parent / "out"
    if damage == "mark":
        (out / unchanged.FOLDER / "ada" / f"{LESSON}.json").write_text('{"fingerprint": ')
    elif damage == "notebook":
        (out / "autograded" / "ada" / LESSON / f"{LESSON}.ipynb").unlink()
    else:
        shutil.copy(course / "gradebook.db", out)  # as if the students had never been in it
    assert "ada" in run(handed_in, executed)[0]
