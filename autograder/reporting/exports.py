"""Write the grades in the forms that nbgrader, Canvas and Moodle know, into `exports/`."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from types import SimpleNamespace

from nbgrader.api import Assignment, Gradebook, SubmittedAssignment
from nbgrader.plugins.export import CsvExportPlugin

from autograder.building.lesson import lesson_names
from autograder.grading.rows import STATUS_TEXTS, Row, Total
from autograder.intake.owners import canvas_id
from autograder.reporting.csv_file import harmless, write_csv

CANVAS_COLUMNS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]


def write_exports(rows: list[Row], totals: list[Total], gradebook_url: str, folder: Path) -> None:
    """Write `nbgrader.csv`, `canvas.csv` and `moodle.csv` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    totals = [total for total in totals if total.assignment in lesson_names()]
    write_nbgrader(gradebook_url, folder / "nbgrader.csv")
    write_canvas(totals, folder / "canvas.csv")
    write_moodle(rows, totals, folder / "moodle.csv")


def write_nbgrader(gradebook_url: str, path: Path) -> None:
    """What `nbgrader export` writes, by nbgrader's own exporter, with names quoted where they need it."""
    with Gradebook(gradebook_url) as gradebook:
        exporter = CsvExportPlugin()
        exporter.to = str(path)
        exporter.export(_Quoting(gradebook))


def write_canvas(totals: list[Total], path: Path) -> None:
    """What Canvas' gradebook imports: a column for each lesson, and its points in a row of their own.

    Canvas looks a student up by ID, by SIS ids, then by name; the names of the folders stand in "SIS Login ID" and in
    "Student". Where `collect` took the folder's name from Canvas, the ID is at its end. The format is what its
    importer reads, https://github.com/instructure/canvas-lms/blob/master/lib/gradebook_importer.rb.
    """
    lessons, scores = _by_student(totals)
    points = {total.assignment: total.max_score for total in totals}
    write_csv(path, [*CANVAS_COLUMNS, *lessons], [
        ["    Points Possible", "", "", "", "", *(f"{points[lesson]:g}" for lesson in lessons)],
        *([student, canvas_id(student), "", student, "", *(_score(of.get(lesson)) for lesson in lessons)]
          for student, of in scores.items())])


def write_moodle(rows: list[Row], totals: list[Total], path: Path) -> None:
    """What Moodle's "Import CSV" reads: per student an identifier, and per lesson the points and a feedback.

    Moodle asks which column is which. It takes both columns of a lesson or neither: a feedback without its points
    deletes them (https://docs.moodle.org/405/en/Grade_import). It shows feedback as HTML, so that is what it gets.
    """
    lessons, scores = _by_student(totals)
    columns = [column for lesson in lessons for column in (lesson, f"{lesson} (feedback)")]
    groups = defaultdict(list)
    for row in rows:
        groups[row.student, row.assignment].append(row)
    write_csv(path, ["Identifier", *columns], (
        [student, *(value for lesson in lessons
                    for value in (_score(of.get(lesson)), _feedback(groups[student, lesson])))]
        for student, of in scores.items()))


def _by_student(totals: list[Total]) -> tuple[list[str], dict[str, dict[str, Total]]]:
    scores: dict[str, dict[str, Total]] = {}
    for total in totals:
        scores.setdefault(total.student, {})[total.assignment] = total
    return sorted({total.assignment for total in totals}), scores


def _score(total: Total | None) -> str:
    return "" if total is None else f"{total.score:g}"


def _feedback(rows: list[Row]) -> str:
    lines = [f"{row.exercise}: {STATUS_TEXTS[row.status]}. {row.message}".strip() for row in rows
             if row.status not in ("passed", "marked")]
    return "<br>".join(map(escape, lines))


class _Field(str):
    """Text that puts itself into a CSV line as it should: nbgrader's exporter formats without quoting."""

    def __format__(self, specification: str) -> str:
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow([harmless(str(self))])
        return line.getvalue()


class _Quoting:
    """A gradebook as nbgrader's exporter sees it, in which the students' names are `_Field`s."""

    def __init__(self, gradebook: Gradebook) -> None:
        self._gradebook = gradebook

    @property
    def assignments(self) -> Iterable[Assignment]:
        return self._gradebook.assignments

    @property
    def students(self) -> Iterator[SimpleNamespace]:
        for student in self._gradebook.students:
            yield SimpleNamespace(**{name: _Field(getattr(student, name) or "")
                                     for name in ("id", "last_name", "first_name", "email")})

    def find_submission(self, assignment: str, student: str) -> SubmittedAssignment:
        return self._gradebook.find_submission(assignment, str(student))
