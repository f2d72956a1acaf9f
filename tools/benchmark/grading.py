"""A class graded here and by stock nbgrader, side by side in one run; in peace and on a busy machine; of many sizes."""

import contextlib
import csv
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from autograder.building.course_folder import build_course, nbgrader_api
from autograder.building.lesson import CHALLENGE, graded_cells, lesson_names
from autograder.building.notebooks import write_notebook
from autograder.grading.grade import grade_class
from autograder.reporting.report import write_results
from autograder.sample_class import filled, mistake, solutions, written_differently
from tools.benchmark.speed import Ratio

STUDENTS = 40
STOCK_STUDENTS = 3
"""So many of them are graded by stock nbgrader, too. It grades one after the other, so the rest would take as long."""
SIZES = (10, 40, 160)
SMALL_LESSON = "01_dataset"
BUSY_LESSONS = (SMALL_LESSON, CHALLENGE)
LOOPS = ((2, STUDENTS), (16, 6))
"""Endless loops beside the grader, and how many of the students are graded beside them."""

Scores = dict[tuple[str, str, str], float]


@dataclass(frozen=True)
class Comparison:
    """A class graded here, and some of it by stock nbgrader, too.

    `ratio` has the seconds for each notebook, `different` is the number of exercises whose scores differ.
    """

    ratio: Ratio
    exercises: int
    different: int


@dataclass(frozen=True)
class ClassCost:
    """What a class of so many submissions took, in seconds for each of them."""

    submissions: int
    seconds_each: float
    seconds_each_again: float  # a second time, when nothing has changed

    def __str__(self) -> str:
        return f"{self.submissions} submissions: {self.seconds_each:.1f} s for each"


@dataclass(frozen=True)
class Steadiness:
    """How many scores of so many students differ while so many endless loops run beside the grader."""

    loops: int
    students: int
    scores: int
    different: int
    seconds_each: float  # for each notebook

    def __str__(self) -> str:
        return (f"{self.loops} busy loops beside, {self.students} students: {self.different} of {self.scores} scores "
                f"differ, {self.seconds_each:.1f} s for each notebook")


def against_stock() -> Comparison:
    """A class with six lessons each, graded here and by nbgrader autograde."""
    lessons = lesson_names()[:6]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        handed_in = place / "handed in"
        for number in range(STUDENTS):
            _hand_in(handed_in, lessons, number)
        started = time.perf_counter()
        one = _graded(handed_in, place / "ours")
        ours = (time.perf_counter() - started) / (STUDENTS * len(lessons))
        theirs = _stock(handed_in, lessons, place / "stock") / (STOCK_STUDENTS * len(lessons))
        other = _stock_scores(place / "stock")
    ratio = Ratio(f"grade a notebook ({STUDENTS} students × {len(lessons)} lessons)",
                  f"nbgrader autograde ({STOCK_STUDENTS} of them)", ours, theirs)
    return Comparison(ratio, len(other), sum(abs(one[key] - score) > 1e-6 for key, score in other.items()))


def beside_busy_loops() -> Iterator[Steadiness]:
    """A class graded in peace, and again while other programs take all cores."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for number in range(STUDENTS):
            _hand_in(place / "handed in", BUSY_LESSONS, number)
        quiet = _graded(place / "handed in", place / "quiet")
        for loops, students in LOOPS:
            some = place / f"{students} of them"
            for number in range(students):
                _hand_in(some, BUSY_LESSONS, number)
            started = time.perf_counter()
            with _busy_loops(loops):
                scores = _graded(some, place / f"beside {loops}")
            seconds = (time.perf_counter() - started) / (students * len(BUSY_LESSONS))
            different = sum(abs(quiet[key] - score) > 1e-6 for key, score in scores.items())
            yield Steadiness(loops, students, len(scores), different, seconds)


@contextlib.contextmanager
def _busy_loops(number: int) -> Iterator[None]:
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(number)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def _graded(submissions: Path, output: Path) -> Scores:
    write_results(grade_class(submissions, output), output)
    return _our_scores(output)


def _hand_in(place: Path, lessons: Iterable[str], number: int) -> None:
    """Write what one student hands in."""
    for lesson in lessons:
        write_notebook(_answers(lesson, number), place / f"student-{number}" / lesson / f"{lesson}.ipynb")


def costs(sizes: Iterable[int] = SIZES) -> Iterator[ClassCost]:
    """What a submission costs in classes of several sizes."""
    return map(_cost, sizes)


def _cost(size: int) -> ClassCost:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for number in range(size):
            path = place / "handed in" / f"student-{number:03}" / SMALL_LESSON / f"{SMALL_LESSON}.ipynb"
            write_notebook(_answers(SMALL_LESSON, number), path)
        seconds = []
        for _ in range(2):
            started = time.perf_counter()
            grade_class(place / "handed in", place / "out")
            seconds.append((time.perf_counter() - started) / size)
    return ClassCost(size, *seconds)


def _answers(lesson: str, number: int) -> nbformat.NotebookNode:
    """One of three students in turn: the reference's answers, others that are right, and one mistake."""
    right = solutions(lesson)
    last = list(right)[-1]
    kinds = right, written_differently(lesson), right | {last: mistake(last)}
    return filled(lesson, kinds[number % len(kinds)])


def _stock(handed_in: Path, lessons: list[str], course: Path) -> float:
    """Grade the first students with nbgrader as it is; returns the seconds that it took."""
    build_course(course, lessons)
    students = sorted(path.name for path in handed_in.iterdir())[:STOCK_STUDENTS]
    for student in students:
        shutil.copytree(handed_in / student, course / "submitted" / student)
    api = nbgrader_api(course)
    started = time.perf_counter()
    for lesson in lessons:
        for student in students:
            result = api.autograde(lesson, student)
            if not result["success"]:
                raise RuntimeError(result.get("error") or result.get("log"))
    return time.perf_counter() - started


def _our_scores(folder: Path) -> Scores:
    with (folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {(row["student"], row["assignment"], row["exercise"]): float(row["score"])
                for row in csv.DictReader(file) if _by_machine(row["assignment"], row["exercise"])}


def _stock_scores(folder: Path) -> Scores:
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        return {(submission.student.id, submission.assignment.name, grade.name): float(grade.auto_score or 0.0)
                for assignment in gradebook.assignments for submission in assignment.submissions
                for notebook in submission.notebooks for grade in notebook.grades
                if _by_machine(submission.assignment.name, grade.name)}


def _by_machine(lesson: str, exercise: str) -> bool:
    return any(cell["grade_id"] == exercise and not cell["solution"] for cell in graded_cells(lesson))
