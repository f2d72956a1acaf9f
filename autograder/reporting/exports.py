"""Write the grades in the forms that nbgrader, Canvas and Moodle know, and the comments of those who marked."""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student

from autograder.building.lesson import lesson_names
from autograder.grading.rows import STATUS_TEXTS, Row, Total
from autograder.intake.download_names import canvas_id
from autograder.reporting.csv_file import write_csv

NBGRADER_COLUMNS = ["assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
                    "late_submission_penalty", "score", "max_score"]
CANVAS_COLUMNS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]


def exports(rows: list[Row], totals: list[Total], gradebook_url: str) -> dict[str, Callable[[Path], None]]:
    """Return what writes each of the exports, by the file's name."""
    totals = [total for total in totals if total.assignment in lesson_names()]
    return {"nbgrader.csv": partial(write_nbgrader, gradebook_url), "canvas.csv": partial(write_canvas, totals),
            "moodle.csv": partial(write_moodle, rows, totals), "comments.csv": partial(write_comments, rows)}


def write_comments(rows: list[Row], path: Path) -> None:
    """Write what people wrote about answers, by student."""
    write_csv(path, ["student", "lesson", "exercise", "points", "max", "comment"], (
        (row.student, row.assignment, row.exercise, "" if row.score is None else f"{row.score:g}",
         f"{row.max_score:g}", row.comment) for row in rows if row.comment))


def write_nbgrader(gradebook_url: str, path: Path) -> None:
    """Write what `nbgrader export` writes (nbgrader.plugins.export.CsvExportPlugin), quoted where that does not."""
    with Gradebook(gradebook_url) as gradebook:
        write_csv(path, NBGRADER_COLUMNS, (_nbgrader_row(gradebook, assignment, student)
                                           for assignment in gradebook.assignments for student in gradebook.students))


def _nbgrader_row(gradebook: Gradebook, assignment: Assignment, student: Student) -> list[object]:
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
        time, raw, penalty = submission.timestamp, submission.score, submission.late_submission_penalty
    except MissingEntry:
        time, raw, penalty = None, 0.0, 0.0
    return [assignment.name, assignment.duedate, time, student.id, student.last_name, student.first_name,
            student.email, raw, penalty, max(0.0, raw - penalty), assignment.max_score]


def write_canvas(totals: list[Total], path: Path) -> None:
    """Write what Canvas' gradebook imports: a column for each lesson, and its points in a row of their own.

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
    """Write what Moodle's "Import CSV" reads: an identifier per student, points and feedback per lesson.

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
