"""From executed notebooks and the gradebook to rows: one per student and exercise, with a message for each loss."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.building.lesson import graded_cells, lesson_names
from autograder.grading.gradebook import Grade
from autograder.intake.submissions import Submission
from autograder.intake.text import clean
from autograder.judging.verdict import VERDICT_TYPE
from kws_helpers.check.missing import why_missing

STATUS_TEXTS = {
    "passed": "full points",
    "partial": "partly right",
    "failed": "not right",
    "untouched": "not written",
    "error": "could not be tried",
    "to mark": "waits for marking by hand",
    "marked": "marked by hand",
    "missing": "nothing handed in",
    "unreadable": "could not be graded",
}
"""Every status that a row can have, in words."""


@dataclass(frozen=True)
class Row:
    """The result of one exercise of one student. `score` is None while an answer waits for marking."""

    student: str
    assignment: str
    exercise: str
    score: float | None
    max_score: float
    status: str
    message: str = ""
    mistake: str = ""


@dataclass(frozen=True)
class Total:
    """The sum of one student's assignment. `waiting` points are still to be marked by hand."""

    student: str
    assignment: str
    score: float
    max_score: float
    waiting: float
    status: str


def rows_of_graded(submission: Submission, notebook: NotebookNode, grades: dict[str, Grade]) -> list[Row]:
    """Return the rows of an executed submission."""
    return [_row(submission, grades[cell["grade_id"]], notebook, by_hand=cell["solution"])
            for cell in graded_cells(submission.assignment)]


def rows_of_ungraded(submission: Submission) -> list[Row]:
    """Return the rows of a submission without a notebook that could be executed."""
    status = "missing" if submission.missing else "unreadable"
    if submission.assignment not in lesson_names():
        return [Row(submission.student, submission.assignment, "", 0.0, 0.0, status, submission.problem)]
    return [Row(submission.student, submission.assignment, cell["grade_id"], 0.0, cell["points"], status,
                submission.problem) for cell in graded_cells(submission.assignment)]


def total_up(rows: Iterable[Row]) -> list[Total]:
    """Return one total per student and assignment, in the order of the rows."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.student, row.assignment].append(row)
    return [Total(student, assignment, sum(row.score or 0.0 for row in group), sum(row.max_score for row in group),
                  sum(row.max_score for row in group if row.score is None), _overall(group))
            for (student, assignment), group in groups.items()]


def _row(submission: Submission, grade: Grade, notebook: NotebookNode, by_hand: bool) -> Row:
    def row(status: str, message: str = "", mistake: str = "") -> Row:
        comment = f"Comment: {grade.comment}" if grade.comment else ""
        return Row(submission.student, submission.assignment, grade.cell, grade.score, grade.max_score, status,
                   clean(f"{message} {comment}".strip()), mistake)

    if by_hand:
        return row(*_hand_status(grade))
    verdict = _verdict(_cells(notebook)[grade.cell])
    if verdict:
        return row(verdict["status"], verdict["message"], verdict["mistake"])
    return row("error", _why_not_tried(grade.cell, notebook))


def _overall(group: list[Row]) -> str:
    for status in ("unreadable", "missing"):
        if any(row.status == status for row in group):
            return status
    return "to mark" if any(row.score is None for row in group) else "graded"


def _hand_status(grade: Grade) -> tuple[str, str]:
    if grade.score is None:
        return "to mark", ""
    return ("marked", "") if grade.marked else ("untouched", "There is no answer.")


def _verdict(cell: NotebookNode) -> dict | None:
    """Return the judge's verdict, the last one in the outputs of a test cell. None where the cell failed."""
    if any(output.output_type == "error" for output in cell.outputs):
        return None
    verdicts = [output.data[VERDICT_TYPE] for output in cell.outputs if VERDICT_TYPE in output.get("data", {})]
    return verdicts[-1] if verdicts else None


def _cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """Return nbgrader's cells by their grade_id."""
    return {cell.metadata["nbgrader"]["grade_id"]: cell for cell in notebook.cells if "nbgrader" in cell.metadata}


def _why_not_tried(name: str, notebook: NotebookNode) -> str:
    """Explain why a test cell came to no verdict, from its own error and that of the solution's cell."""
    cells = _cells(notebook)
    error = _error(cells[name])
    own = _error(cells.get(f"{name}-solution"))
    if own and own.ename == "StdinNotImplementedError":
        return (f"The cell of {name} stops at `input`: nobody is there to type while it is graded, and what stands "
                "below that line does not run.")
    if own and own.ename not in ("NotFinished", "TimeLimit"):
        return f"The cell of {name} does not run: {own.ename}: {own.evalue}"
    if error is None:
        return "The test gave no result."
    if error.ename == "NameError" and f"'{name}'" in error.evalue:
        test = notebook.cells.index(cells[name])
        return why_missing(name, *([cell.source for cell in part if cell.cell_type == "code"]
                                   for part in (notebook.cells[:test], notebook.cells[test:])))
    if error.ename in ("NotFinished", "TimeLimit"):
        return error.evalue
    return f"The test stopped with {error.ename}: {error.evalue}"


def _error(cell: NotebookNode | None) -> NotebookNode | None:
    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"] if cell else []
    if errors:
        errors[0].evalue = re.sub(r"\x1b\[[0-9;]*m", "", errors[0].evalue)[:300]
        return errors[0]
    return None
