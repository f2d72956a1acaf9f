"""What goes wrong around the students' work: a locked, full or closed gradebook, a full disk, a run that is killed."""

import os
import shutil
import signal
import sqlite3
import sys
import threading
import warnings

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from autograder.building import course_folder
from autograder.building.course_folder import nbgrader_api
from autograder.building.notebooks import write_notebook
from autograder.grading import grade, patience
from autograder.intake import beside, submissions
from autograder.reporting.report import write_results
from autograder.running.sandbox.protection import LIMITS
from autograder.sample_class import filled
from kws_helpers.whole_file import write_whole

LESSON = "01_dataset"
NAMES = ("ada", "ben", "cleo")


@pytest.fixture
def out(tmp_path, ready, monkeypatch):
    """The folder of the results of three students, not graded yet."""
    monkeypatch.setattr(patience, "SECONDS", 0.2)
    monkeypatch.setattr(patience, "_STEP", 0.05)
    for student in NAMES:
        write_notebook(filled(LESSON, {}), tmp_path / "submitted" / student / LESSON / f"{LESSON}.ipynb")
    return ready


def run(out, **options):
    result = grade.grade_class(out.parent / "submitted", out, workers=1, protection=LIMITS, **options)
    write_results(result, out)
    return result


def reasons(result):
    """The reasons by the student who was not graded for them."""
    return {row.student: row.message for row in result.rows if row.status == "unreadable"}


def lock(out, how="IMMEDIATE"):
    connection = sqlite3.connect(out / "gradebook.db", isolation_level=None, check_same_thread=False)
    connection.execute(f"BEGIN {how}")
    return connection


def when_recording_the_second(monkeypatch, happens):
    """Let something happen before the results of the second student are recorded."""
    record, recorded = grade.ClassGradebook.record, []

    def counted(self, *args):
        recorded.append(args)
        if len(recorded) == 2:
            happens()
        record(self, *args)

    monkeypatch.setattr(grade.ClassGradebook, "record", counted)


@pytest.mark.parametrize("how", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_gradebook_that_is_locked_costs_rows_with_a_reason_and_nothing_else(out, monkeypatch, how):
    said, locks = [], []
    when_recording_the_second(monkeypatch, lambda: locks.append(lock(out, how)))
    result = run(out, say=said.append)
    assert not result.complete
    assert len(reasons(result)) == 2
    assert set(reasons(result).values()) == {"The notebook could not be recorded in the gradebook: it is locked by "
                                             "another program, such as formgrader or a backup."}
    assert len(said) >= 1 and all("gradebook.db, which another program has locked" in one for one in said)
    assert {row.student for row in result.rows} == set(NAMES)
    assert (out / "report.html").exists() and (out / "feedback" / "ben" / "index.html").exists()
    assert [problem for problem in result.problems if "nbgrader.csv" in problem] == result.problems
    assert bool(result.problems) == (how == "EXCLUSIVE"), "which shuts out readers, too"
    locks.pop().close()
    assert run(out).complete


def test_a_gradebook_that_is_free_again_in_time_costs_nothing(out, monkeypatch, pretended):
    locks = []
    when_recording_the_second(monkeypatch, lambda: locks.append(lock(out)))
    wait = patience.Patience.renew

    def free_again(self):
        if locks:
            locks.pop().close()
        wait(self)

    monkeypatch.setattr(grade.ClassGradebook, "be_patient", lambda self: free_again(self._patience))
    result = run(out)
    assert result.complete and not locks
    assert sorted(pretended) == sorted(NAMES), "nobody is executed twice"


def test_grading_waits_for_a_gradebook_and_says_so(out, monkeypatch):
    monkeypatch.setattr(patience, "SECONDS", 10.0)
    said, held = [], lock(out)

    def say(text):
        said.append(text)
        threading.Timer(0.2, held.close).start()

    assert run(out, say=say).complete
    assert len(said) == 1 and "Waiting up to 10 s for" in said[0]


def test_a_gradebook_that_stays_locked_is_said_before_anything_is_executed(out, pretended):
    held = lock(out)
    with pytest.raises(ValueError, match=r"gradebook.db cannot be opened: it is locked by another program"):
        run(out)
    held.close()
    assert pretended == []


def test_a_gradebook_that_cannot_be_written_costs_rows_with_a_reason(out, monkeypatch):
    closed = []

    def close(connection, record):
        if closed:
            connection.execute("PRAGMA query_only = ON")

    when_recording_the_second(monkeypatch, lambda: closed.append(True))
    event.listen(Engine, "connect", close)
    try:
        result = run(out)
    finally:
        event.remove(Engine, "connect", close)
    assert len(reasons(result)) == 2 and not result.complete
    assert set(reasons(result).values()) == {"The notebook could not be recorded in the gradebook: attempt to write a "
                                             "readonly database."}
    assert run(out).complete


@pytest.mark.parametrize("complaint, reason", [
    ("(sqlite3.OperationalError) database or disk is full\n[SQL: INSERT]\n(Background on this error)",
     "database or disk is full"),
    ("Traceback:\n  File x\nsqlalchemy.exc.OperationalError: (sqlite3.OperationalError) disk I/O error\n[SQL: x]\n"
     "There was an error processing assignment", "disk I/O error"),
    ("Traceback:\nOSError: [Errno 28] No space left on device: 'x'\nsorry", "No space left on device: 'x'"),
    ("No notebooks were matched", "No notebooks were matched")])
def test_the_reason_is_found_in_what_nbgrader_logs(complaint, reason):
    assert course_folder.reason(complaint) == reason


def test_formgrader_may_be_open_while_a_class_is_graded(out, monkeypatch):
    formgrader = nbgrader_api(out)
    looked = []

    def look():
        looked.append(formgrader.get_students())
        looked.append(formgrader.get_submissions(LESSON))

    run(out)
    look()
    when_recording_the_second(monkeypatch, look)
    assert run(out, force=True).complete and len(looked) == 4
    formgrader.gradebook.close()


@pytest.mark.parametrize("name", ["summary.csv", "exports/canvas.csv", "feedback/ben/index.html", "report.html"])
def test_results_that_cannot_be_written_are_named_and_the_others_are_written(out, name):
    (out / name).mkdir(parents=True)
    result = run(out)
    assert [f"{out / name} could not be written: Is a directory."] == result.problems and not result.complete
    for other in ("grades.csv", "summary.csv", "exports/nbgrader.csv", "feedback/cleo/index.html", "report.html"):
        assert (out / other).is_file() or other == name


def test_a_file_that_could_not_be_written_is_what_it_was(tmp_path, monkeypatch):
    write_whole(tmp_path / "a.csv", "before")

    def full(file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "a.csv", "after")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "before"


def test_a_folder_that_cannot_be_read_costs_its_student(out, monkeypatch):
    folders = submissions._folders

    def some(folder):
        if folder.name == "ben":
            raise PermissionError(13, "Permission denied")
        return folders(folder)

    monkeypatch.setattr(submissions, "_folders", some)
    result = run(out)
    assert reasons(result) == {"ben": "The student's folder cannot be read: Permission denied."}
    assert len({row.student for row in result.rows}) == 3 and not result.complete


def test_a_lesson_that_cannot_be_read_costs_its_student(out, monkeypatch):
    def closed(submission):
        if submission.student == "ben":
            raise PermissionError(13, "Permission denied")
        return submission.folder / f"{LESSON}.ipynb"

    monkeypatch.setattr(submissions, "_notebook_path", closed)
    assert reasons(run(out)) == {"ben": "What was handed in cannot be opened: Permission denied."}


def test_a_file_beside_a_notebook_that_cannot_be_read_costs_nothing(out, monkeypatch):
    (out.parent / "submitted" / "ben" / LESSON / "secret.txt").write_text("x")
    monkeypatch.setattr(beside.os, "access", lambda path, mode: path.name != "secret.txt")
    result = run(out)
    assert result.complete
    assert [note for note in result.notes["ben", LESSON] if "secret.txt" in note and "cannot be read" in note]


WRITES = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "sqlite3.connect"}


def killed_at(moment, out):
    """Grade in a process of its own, which kills itself when it changes something for the n-th time; returns n."""
    read, write = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of threads in this process
        child = os.fork()
    if not child:
        changes = 0

        def count(what, arguments):
            nonlocal changes
            if what in WRITES and (what != "open" or set(str(arguments[1])) & set("wxa")):
                changes += 1
                if changes == moment:
                    os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.addaudithook(count)
            run(out, force=True)
            os.write(write, str(changes).encode())
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read) as said:
        return int(said.read() or moment)


def test_a_run_that_is_killed_loses_nothing_and_the_next_one_ends_it(out):
    shutil.rmtree(out.parent / "submitted" / "cleo")
    right = run(out).rows
    table = (out / "grades.csv").read_bytes()
    changes = killed_at(0, out)
    assert changes > 40
    for number in range(10):
        killed_at(1 + number * (changes - 1) // 9, out)
        assert (out / "grades.csv").read_bytes() == table
        result = run(out)
        assert result.complete and result.rows == right
    assert not list(out.rglob("*.unfinished"))
