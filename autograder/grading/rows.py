"""From executed notebooks and the gradebook to rows: one per student and exercise, with a message for each loss."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.building.lesson import graded_cells, lesson_names
from autograder.grading.gradebook import Grade
from autograder.grading.late import Late
from autograder.intake.submissions import Submission
from autograder.judging.verdict import VERDICT_TYPE
from kws_helpers.check.missing import why_missing, why_too_late
from kws_helpers.desk.text import clean

STATUS_TEXTS = {
    "passed": "full points",
    "partial": "partly right",
    "failed": "not right",
    "untouched": "not written",
    "error": "could not be tried",
    "to mark": "waits for marking by hand",
    "marked": "marked by hand",
    "look again": "marked by hand, to be looked at again",
    "missing": "nothing handed in",
    "unreadable": "could not be graded",
}
"""Every status that a row can have, in words."""
WAITING = ("to mark", "look again")
"""A person has to look at it."""


@dataclass(frozen=True)
class Row:
    """The result of one exercise of one student. `score` is None while an answer waits for marking.

    `comment` is what a person wrote about it; it stands in `message`, too.
    """

    student: str
    assignment: str
    exercise: str
    score: float | None
    max_score: float
    status: str
    message: str = ""
    mistake: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Total:
    """The sum of one student's assignment.

    `waiting` points are still to be marked by hand, or to be looked at again; the latter count in `score` meanwhile.
    """

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


def rows_of_ungraded(submission: Submission, held: Mapping[str, Grade] | None = None) -> list[Row]:
    """Return the rows of a submission without a notebook that could be executed.

    Args:
        held: what the gradebook holds of an earlier hand-in, which counts: the same points stand everywhere.
    """
    status = "missing" if submission.missing else "unreadable"
    if submission.assignment not in lesson_names():
        return [Row(submission.student, submission.assignment, "", 0.0, 0.0, status, submission.problem)]
    none = Grade("", 0.0, 0.0)
    return [_ungraded(submission, status, cell, (held or {}).get(cell["grade_id"], none))
            for cell in graded_cells(submission.assignment)]


def _ungraded(submission: Submission, status: str, cell: dict, grade: Grade) -> Row:
    before = f"{_before(grade, cell['points'])} They count until somebody changes them." if grade.score else ""
    return Row(submission.student, submission.assignment, cell["grade_id"], grade.score or 0.0, cell["points"], status,
               _joined(submission.problem, before, grade.comment), comment=clean(grade.comment))


def _before(grade: Grade, most: float) -> str:
    return f"Before: {grade.score:g} of {most:g} points, for an earlier hand-in."


def _joined(*parts: str) -> str:
    *parts, comment = parts
    return clean(" ".join(filter(None, [*parts, comment and f"Comment: {comment}"])))


def total_up(rows: Iterable[Row], late: Mapping[tuple[str, str], Late] | None = None) -> list[Total]:
    """Return one total per student and assignment, in the order of the rows, without what it costs to be late."""
    penalties = defaultdict(float, {key: one.penalty for key, one in (late or {}).items()})
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.student, row.assignment].append(row)
    return [Total(*key, max(0.0, sum(row.score or 0.0 for row in group) - penalties[key]),
                  sum(row.max_score for row in group), sum(row.max_score for row in group if row.status in WAITING),
                  _overall(group)) for key, group in groups.items()]


def _row(submission: Submission, grade: Grade, notebook: NotebookNode, by_hand: bool) -> Row:
    def row(status: str, message: str = "", mistake: str = "") -> Row:
        return Row(submission.student, submission.assignment, grade.cell, grade.score, grade.max_score, status,
                   _joined(message, grade.comment), mistake, clean(grade.comment))

    if grade.look_again:
        found = "There is no answer now." if by_hand else f"The tests give {grade.auto or 0:g} now."
        now = "" if grade.auto is None else found
        said = f"{_before(grade, grade.max_score)} They count until somebody looks again."
        return row("look again", f"{said} {now}".strip())
    if by_hand:
        return row(*_hand_status(grade))
    verdict = _verdict(_cells(notebook)[grade.cell])
    if verdict is None:
        return row("error", _why_not_tried(grade.cell, notebook))
    if verdict["status"] == "untouched":
        _, below = _code_around(grade.cell, notebook)
        if too_late := why_too_late(grade.cell, below):
            return row("error", too_late)
    return row(verdict["status"], verdict["message"], verdict["mistake"])


def _overall(group: list[Row]) -> str:
    for status in ("unreadable", "missing"):
        if any(row.status == status for row in group):
            return status
    return "to mark" if any(row.status in WAITING for row in group) else "graded"


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
    if own and (own.ename == "StdinNotImplementedError" or "GUI loop or backend" in own.evalue):
        asks = "input" if own.ename == "StdinNotImplementedError" else "%matplotlib"
        return (f"The cell of {name} stops at `{asks}`: nobody is there while it is graded, and what stands below that "
                "line does not run. Delete it, or move it below the function.")
    if own and own.ename not in ("NotFinished", "TimeLimit"):
        return f"The cell of {name} does not run: {own.ename}: {own.evalue}"
    if error is None:
        return "The test gave no result."
    if error.ename == "NameError" and f"'{name}'" in error.evalue:
        return why_missing(name, *_code_around(name, notebook))
    if error.ename in ("NotFinished", "TimeLimit"):
        return error.evalue
    return f"The test stopped with {error.ename}: {error.evalue}"


def _code_around(name: str, notebook: NotebookNode) -> tuple[list[str], list[str]]:
    """Return the code cells above the test of an exercise, and those from it on."""
    test = notebook.cells.index(_cells(notebook)[name])
    above, below = ([cell.source for cell in part if cell.cell_type == "code"]
                    for part in (notebook.cells[:test], notebook.cells[test:]))
    return above, below


def _error(cell: NotebookNode | None) -> NotebookNode | None:
    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"] if cell else []
    if errors:
        errors[0].evalue = re.sub(r"\x1b\[[0-9;]*m", "", errors[0].evalue)[:300]
        return errors[0]
    return None
