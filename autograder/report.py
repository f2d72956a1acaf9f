"""Write the results of a class: tables for programs, a page per student and a page for the instructor."""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader

from autograder.grade import ClassResult
from autograder.lesson import points_by_exercise, read_lesson
from autograder.results import STATUS_TEXTS, Row

_pages = Environment(loader=PackageLoader("autograder", "templates"), autoescape=True, trim_blocks=True,
                     lstrip_blocks=True)


@dataclass(frozen=True)
class Total:
    """The sum of one student's assignment. `waiting` points are still to be marked by hand."""

    student: str
    assignment: str
    score: float
    max_score: float
    waiting: float
    status: str


@dataclass(frozen=True)
class Item:
    """How the class did on one exercise."""

    assignment: str
    exercise: str
    passed: int
    tried: int
    untouched: int
    students: int
    mistakes: list[tuple[str, int]]  # hints with counts, the most frequent first

    @property
    def share(self) -> float:
        return self.passed / self.students


def write_results(result: ClassResult, output: Path) -> None:
    """Write grades.csv, summary.csv, feedback/<student>/index.html and report.html."""
    totals = total_up(result.rows)
    _write_csv(output / "grades.csv", ["student", "assignment", "exercise", "score", "max_score", "status", "message"],
               ((row.student, row.assignment, row.exercise, _number(row.score), _number(row.max_score), row.status,
                 row.message) for row in result.rows))
    _write_csv(output / "summary.csv", [field.name for field in fields(Total)],
               (tuple(_number(value) if isinstance(value, float) else value for value in astuple(total))
                for total in totals))
    for student in sorted({row.student for row in result.rows}):
        _write_feedback(student, result, totals, output / "feedback" / student / "index.html")
    _write_report(result, totals, output / "report.html")


def total_up(rows: Iterable[Row]) -> list[Total]:
    """One total per student and assignment, in the order of the rows."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.student, row.assignment].append(row)
    return [Total(student, assignment, sum(row.score or 0.0 for row in group), sum(row.max_score for row in group),
                  sum(row.max_score for row in group if row.score is None), _overall(group))
            for (student, assignment), group in groups.items()]


def items(rows: Iterable[Row]) -> list[Item]:
    """The class' results by exercise, in the order of the lessons; questions marked by hand are left out."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.exercise in points_by_exercise():
            groups[row.assignment, row.exercise].append(row)
    return [Item(assignment, exercise, sum(row.status == "passed" for row in group),
                 sum(row.status in ("passed", "partial", "failed", "error") for row in group),
                 sum(row.status == "untouched" for row in group), len(group),
                 Counter(row.message.partition(" (")[0] for row in group if row.mistake).most_common(3))
            for (assignment, exercise), group in groups.items()]


def title_of(assignment: str) -> str:
    """The lesson's own title, from its first heading; the name where there is no such lesson."""
    try:
        first = read_lesson(assignment).cells[0].source
    except (FileNotFoundError, IndexError):
        return assignment
    found = re.search(r"^# (.+)$", first, re.MULTILINE)
    return found[1] if found else assignment


def _overall(group: list[Row]) -> str:
    for status in ("unreadable", "missing"):
        if any(row.status == status for row in group):
            return status
    return "to mark" if any(row.score is None for row in group) else "graded"


def _write_csv(path: Path, header: list[str], rows: Iterable[tuple]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _write_feedback(student: str, result: ClassResult, totals: list[Total], path: Path) -> None:
    rows = defaultdict(list)
    for row in result.rows:
        if row.student == student:
            rows[row.assignment].append(row)
    render("feedback.html", path, student=student, rows=rows, notes=result.notes,
            totals={total.assignment: total for total in totals if total.student == student})


def _write_report(result: ClassResult, totals: list[Total], path: Path) -> None:
    cells = {(row.student, row.assignment, row.exercise): row for row in result.rows}
    columns = list(dict.fromkeys((row.assignment, row.exercise) for row in result.rows if row.exercise))
    look = [total for total in totals if total.status == "unreadable"]
    errors = [row for row in result.rows if row.status == "error"]
    render("report.html", path, totals=totals, cells=cells, columns=columns, items=items(result.rows), look=look,
            warning=result.warning,
            errors=errors, students=sorted({row.student for row in result.rows}))


def render(template: str, path: Path, **values: Any) -> None:
    """Write a page from one of the templates."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = _pages.get_template(template).render(status_texts=STATUS_TEXTS, title_of=title_of, **values)
    path.write_text(text, encoding="utf-8")
