"""Write the results of a class: tables for programs, a page per student and a page for the instructor."""

import re
from collections import defaultdict
from dataclasses import astuple, fields
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape

from autograder.building.lesson import lesson_names, read_lesson
from autograder.grading.grade import ClassResult
from autograder.grading.gradebook import ClassGradebook
from autograder.grading.rows import STATUS_TEXTS, Total, total_up
from autograder.reporting.analysis import FEWEST, distributions, items
from autograder.reporting.csv_file import write_csv
from autograder.reporting.exports import write_exports

_pages = Environment(loader=PackageLoader("autograder.reporting", "templates"), autoescape=True, trim_blocks=True,
                     lstrip_blocks=True)
_pages.filters["worded"] = lambda text: Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def write_results(result: ClassResult, output: Path) -> None:
    """Write grades.csv, summary.csv, exports/, feedback/<student>/index.html and report.html."""
    totals = total_up(result.rows)
    write_csv(output / "grades.csv", ["student", "assignment", "exercise", "score", "max_score", "status", "message"],
              ((row.student, row.assignment, row.exercise, _number(row.score), _number(row.max_score), row.status,
                row.message) for row in result.rows))
    write_csv(output / "summary.csv", [field.name for field in fields(Total)],
              (tuple(_number(value) if isinstance(value, float) else value for value in astuple(total))
               for total in totals))
    write_exports(result.rows, totals, ClassGradebook(output).url, output / "exports")
    for student in sorted({row.student for row in result.rows}):
        _write_feedback(student, result, totals, output / "feedback" / student / "index.html")
    _write_report(result, totals, output / "report.html")


@cache
def title_of(assignment: str) -> str:
    """Return the lesson's own title, from its first heading; the name where there is no such lesson."""
    first = read_lesson(assignment).cells[0].source if assignment in lesson_names() else ""
    found = re.search(r"^# (.+)$", first, re.MULTILINE)
    return found[1] if found else assignment


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
    repaired = [(student, assignment, notes) for (student, assignment), notes in sorted(result.notes.items()) if notes]
    render("report.html", path, totals=totals, cells=cells, columns=columns, items=items(result.rows), look=look,
            errors=errors, repaired=repaired, distributions=distributions(totals), fewest=FEWEST,
            warning=result.warning, students=sorted({row.student for row in result.rows}))


def render(template: str, path: Path, **values: Any) -> None:
    """Write a page from one of the templates."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = _pages.get_template(template).render(status_texts=STATUS_TEXTS, title_of=title_of, **values)
    path.write_text(text, encoding="utf-8")
