"""Grade what one student handed in, at once: the same judge, walls, repairs, hints and scores as for a class."""

import tempfile
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from autograder.building.lesson import graded_cells, lesson_names
from autograder.grading.grade import ClassResult, grade_submissions
from autograder.grading.gradebook import check_database
from autograder.grading.rows import Row
from autograder.intake.collect import Placed, collect
from autograder.intake.submissions import Submission, find_submissions
from kws_helpers.desk.text import listed, readable
from kws_helpers.whole_file import write_whole

STUDENT = "student"
"""The name of a student of whom none is known."""
NOTHING = "There is no notebook in what was handed in."


def grade_one(handed_in: Path, *, student: str = STUDENT, lesson: str | None = None, **options: Any) -> ClassResult:
    """Grade what one student handed in: a notebook under any name, a zip file, or a folder.

    Whatever it is, there are rows. The files beside a notebook are there while it runs where they were handed in with
    it, in a folder or zip file.

    Args:
        handed_in: the file or folder.
        student: the student's name, from which the secret cases follow, as they do in a class.
        lesson: the only lesson that counts; by default every lesson that is found.
        options: as `grade_submissions`, such as `seed`, `seconds` and `protection`.

    Raises:
        ValueError: the student's name could be no folder's, there is no such lesson, or as `grade_submissions`.
        FileNotFoundError: nothing is there.
    """
    demand_folder_name(student)
    demand_lesson(lesson)
    with tempfile.TemporaryDirectory(prefix="kws-one-", ignore_cleanup_errors=True) as folder:
        collected = Path(folder).resolve() / "collected"
        lost = take_in(handed_in, collected, student, lesson or "")
        found = find_submissions(collected) if any(collected.iterdir()) else []
        wanted = [one for one in found if lesson in (None, one.assignment)]
        if wanted:
            wanted[0].notes += lost
        else:
            others = [f"This is {listed(one.assignment for one in found)}, not {lesson}."] if found else []
            problem = " ".join(others + lost) or NOTHING
            wanted = [Submission(student, lesson or readable(handed_in.name), problem=problem)]
        write_whole(Path(folder) / "course" / "gradebook.db", _new_gradebook())
        return grade_submissions(wanted, Path(folder) / "course", **{"workers": 1} | options)


@cache
def _new_gradebook() -> bytes:
    """Return a gradebook without anything in it: nbgrader takes seconds to make one."""
    with tempfile.TemporaryDirectory(prefix="kws-one-") as folder:
        path = Path(folder).resolve() / "gradebook.db"
        check_database(f"sqlite:///{path}")
        return path.read_bytes()


def as_data(student: str, result: ClassResult) -> dict[str, Any]:
    """Return a student's result as data for JSON.

    Returns:
        `student`; `score`, `max_score` and `waiting` (points that a person has to give) of all lessons together;
        `rows`, with the columns of grades.csv; `totals`, with those of summary.csv; `notes`, by lesson, what was put
        right; `warning`, what the instructor should know of how it was graded.
    """
    totals = result.totals
    sums = {name: sum(getattr(one, name) for one in totals) for name in ("score", "max_score", "waiting")}
    return {"student": student} | sums | {
        "rows": [asdict(row) for row in result.rows], "totals": [asdict(one) for one in totals],
        "notes": {lesson: notes for (_, lesson), notes in result.notes.items()}, "warning": result.warning}


def demand_folder_name(student: str) -> None:
    """Refuse a name that a class could not have: there every student has a folder.

    Raises:
        ValueError: it is one.
    """
    if Path(student).name != student or student.startswith((".", "__")) or readable(student) != student:
        raise ValueError(f"{student!r} cannot be a student's name, because it cannot be the name of a folder.")


def demand_lesson(lesson: str | None) -> None:
    """Refuse a lesson that there is not.

    Raises:
        ValueError: it is one.
    """
    if lesson and lesson not in lesson_names():
        raise ValueError(f"There is no lesson called {lesson}. The lessons are {listed(lesson_names(), most=20)}.")


def is_by_hand(row: Row) -> bool:
    """Tell whether a person gives the points of a row."""
    return row.assignment in lesson_names() and any(
        cell["grade_id"] == row.exercise and cell["solution"] for cell in graded_cells(row.assignment))


def take_in(source: Path, into: Path, student: str, lesson: str = "") -> list[str]:
    """Place what a student handed in: `into`/<student>/<lesson>/<lesson>.ipynb with what lies beside it.

    Args:
        source: a notebook, a zip file or a folder.
        into: becomes a folder for nothing else.
        student: the student's name.
        lesson: what a notebook is taken for that does not say it itself.

    Returns:
        A sentence for everything that may be somebody's work and could not be used, or for all where nothing could.
    """
    said = list(collect(source, into, student, lesson))
    is_used = any(isinstance(one, Placed) for one in said)
    return [f"{readable(str(one.path))} {one.reason}" for one in said
            if not isinstance(one, Placed) and not (is_used and one.harmless)]
