"""A watched folder: what is put there is graded, whatever it is, and nobody waits for another."""

import csv
import os
import shutil
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from nbgrader.utils import parse_utc

from autograder.adapters import watch
from autograder.adapters.watch import Watcher, put_page
from autograder.building.notebooks import write_notebook
from autograder.grading import grade
from autograder.grading.grade import grade_class, opened_class
from autograder.reporting.report import write_results
from autograder.running.sandbox.protection import LIMITS
from autograder.sample_class import filled, solutions
from kws_helpers.desk.folder import FEEDBACK

LESSON = "01_dataset"
RIGHT = solutions(LESSON)


def nbgrader_reads(path):
    """The time of handing in, for deadlines."""
    return parse_utc(path.read_text().strip())


class Folder:
    """A watched folder and its results; `said` is what was told to who started it."""

    def __init__(self, path, course, instant):
        self.submitted, self.out, self.executed, self.said = path / "submitted", path / "out", instant, []
        self.submitted.mkdir()
        shutil.copytree(course, self.out)

    def put(self, name, **questions):
        """Put a notebook there, with answers to questions."""
        write_notebook(filled(LESSON, RIGHT, questions), self.submitted / name)

    def look(self, times=6):
        """Start, look some times, and end; returns what was executed meanwhile."""
        self.executed.clear()
        with opened_class(self.out, protection=LIMITS) as grading, ThreadPoolExecutor(1) as pool:
            self.watcher = Watcher(self.submitted, self.out, grading, pool, self.said.append)
            for _ in range(times):
                self.is_settled = self.watcher.look()
                for _, future in self.watcher._running.values():
                    future.exception()
        return sorted(self.executed)

    def page(self, name):
        return (self.submitted / name).read_text()

    def table(self, name="grades"):
        with (self.out / f"{name}.csv").open(newline="") as file:
            return list(csv.DictReader(file))

    def statuses(self):
        return {row["student"]: row["status"] for row in self.table("summary")}


@pytest.fixture
def folder(tmp_path, course, instant):
    return Folder(tmp_path, course, instant)


def test_folders_zip_files_and_notebooks_are_graded_and_pages_are_put_beside(folder):
    folder.put("ada/my work.ipynb")
    folder.put("dan.ipynb")
    with zipfile.ZipFile(folder.submitted / "ben.zip", "w") as archive:
        archive.write(folder.submitted / "dan.ipynb", f"{LESSON}.ipynb")
    (folder.submitted / "cleo").mkdir()
    assert folder.look() == ["ada", "ben", "dan"] and folder.is_settled
    for student, page in {"ada": f"ada/{FEEDBACK}", "ben": f"ben.{FEEDBACK}", "dan": f"dan.{FEEDBACK}"}.items():
        assert f"Feedback for {student}" in folder.page(page)
    assert folder.statuses() == {"ada": "graded", "ben": "graded", "cleo": "missing", "dan": "graded"}
    assert nbgrader_reads(folder.out / watch.COLLECTED / "ada" / LESSON / "timestamp.txt")


def test_the_results_are_those_of_a_class(folder, tmp_path, course):
    for student in ("ada", "ben"):
        folder.put(f"{student}/{LESSON}.ipynb", **{"why-silence-is-not-zeros": student})
    (folder.submitted / "cleo").mkdir()
    folder.look()
    shutil.copytree(course, tmp_path / "again")
    shutil.copytree(folder.out / watch.COLLECTED, tmp_path / "class")
    (tmp_path / "class" / "cleo").mkdir()
    result = grade_class(tmp_path / "class", tmp_path / "again", workers=1, protection=LIMITS)
    write_results(result, tmp_path / "again")
    for name in ("grades.csv", "summary.csv", "exports/moodle.csv"):
        assert (folder.out / name).read_text() == (tmp_path / "again" / name).read_text(), name


def test_nothing_is_graded_while_it_is_still_being_copied(folder):
    folder.put("ada/a.ipynb")
    path = folder.submitted / "ada" / "a.ipynb"
    raw = path.read_bytes()
    path.write_bytes(raw[:2000])
    with opened_class(folder.out, protection=LIMITS) as grading, ThreadPoolExecutor(1) as pool:
        watcher = Watcher(folder.submitted, folder.out, grading, pool, folder.said.append)
        for end in range(3000, len(raw) + 30_000, 30_000):
            watcher.look()
            path.write_bytes(raw[:end])
        assert not folder.executed and not (folder.submitted / "ada" / FEEDBACK).exists()
    assert folder.look() == ["ada"]


def test_a_new_start_grades_nothing_again_and_a_new_hand_in_is_graded(folder):
    folder.put("ada/a.ipynb")
    folder.put("ben/b.ipynb")
    assert folder.look() == ["ada", "ben"]
    before = (folder.out / "grades.csv").read_text()
    assert folder.look() == [] and (folder.out / "grades.csv").read_text() == before
    folder.put("ben/b.ipynb", **{"why-silence-is-not-zeros": "Another answer."})
    os.utime(folder.submitted / "ben" / "b.ipynb", (1, 1))  # an older file than before counts, too
    assert folder.look() == ["ben"]
    assert "to mark" in {row["status"] for row in folder.table() if row["student"] == "ben"}


def test_an_earlier_lesson_counts_when_it_is_no_longer_in_the_hand_in(folder):
    folder.put("ada/a.ipynb")
    folder.look()
    (folder.submitted / "ada" / "a.ipynb").unlink()
    assert folder.look() == [] and folder.statuses() == {"ada": "graded"}


def test_what_cannot_be_used_has_a_row_and_a_page_until_it_is_put_right(folder):
    folder.put("ada/a.ipynb")
    (folder.submitted / "ben.zip").write_bytes(b"PK\3\4 and then nothing")
    (folder.submitted / "cleo").mkdir()
    (folder.submitted / "cleo" / f"{LESSON}.ipynb").symlink_to("/etc/passwd")
    folder.put(f"{LESSON}.ipynb")
    (folder.submitted / "readme.txt").write_text("for the class")
    assert folder.look() == ["ada"] and folder.is_settled
    assert folder.statuses() == {"ada": "graded", "ben": "unreadable", "cleo": "unreadable",
                                 f"{LESSON}.ipynb": "unreadable"}
    assert "is damaged" in folder.page(f"ben.{FEEDBACK}") and "is a link" in folder.page(f"cleo/{FEEDBACK}")
    assert "does not say whose it is" in folder.page(f"{LESSON}.{FEEDBACK}")
    (folder.submitted / "cleo" / f"{LESSON}.ipynb").unlink()
    shutil.move(folder.submitted / f"{LESSON}.ipynb", folder.submitted / "cleo")
    assert folder.look() == ["cleo"]
    assert folder.statuses() == {"ada": "graded", "ben": "unreadable", "cleo": "graded"}


def test_nobody_waits_for_a_notebook_that_never_ends(folder, monkeypatch):
    pretended, free = grade.execute_and_judge, threading.Event()

    def execute(job, seed):
        if "/endless/" in job.folder:
            free.wait(60)
        return pretended(job, seed)

    monkeypatch.setattr(grade, "execute_and_judge", execute)
    folder.put("endless/a.ipynb")
    folder.put("late/a.ipynb")
    with opened_class(folder.out, protection=LIMITS) as grading, ThreadPoolExecutor(2) as pool:
        watcher = Watcher(folder.submitted, folder.out, grading, pool, folder.said.append)
        while not (folder.submitted / "late" / FEEDBACK).exists():
            assert not watcher.look()
        assert not (folder.submitted / "endless" / FEEDBACK).exists()
        free.set()
        while not watcher.look():
            pass
    assert folder.statuses() == {"endless": "graded", "late": "graded"}


def test_a_page_is_written_through_no_link(tmp_path):
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    theirs.mkdir()
    mine.write_text("grades")
    (theirs / FEEDBACK).symlink_to(mine)
    put_page(theirs, FEEDBACK, "page")
    assert mine.read_text() == "grades" and (theirs / FEEDBACK).read_text() == "page"
    (tmp_path / "link").symlink_to(theirs)
    with pytest.raises(OSError):
        put_page(tmp_path / "link", FEEDBACK, "other")
    assert [path.name for path in theirs.iterdir()] == [FEEDBACK]


def test_a_place_where_no_page_can_be_written_is_named(folder):
    folder.put("ada/a.ipynb")
    (folder.submitted / "ada" / FEEDBACK).mkdir()
    folder.look()
    assert any("ada could not be written" in line for line in folder.said)
    assert folder.statuses() == {"ada": "graded"} and (folder.out / "feedback" / "ada" / "index.html").exists()


def test_it_ends_when_all_is_graded_and_says_whether_it_could_be(folder, monkeypatch):
    monkeypatch.setattr(watch, "PAUSE", 0)
    folder.put("ada/a.ipynb")
    assert watch.watch(folder.submitted, folder.out, once=True, protection=LIMITS, say=folder.said.append)
    (folder.submitted / "ben.zip").write_bytes(b"PK")
    assert not watch.watch(folder.submitted, folder.out, once=True, protection=LIMITS, say=folder.said.append)
    with pytest.raises(ValueError, match="is in the other"):
        watch.watch(folder.submitted, folder.submitted / "out", once=True)
