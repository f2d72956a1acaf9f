"""Write the results of a class: tables for programs, a page per student and a page for the instructor."""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, fields
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape
from sqlalchemy.exc import SQLAlchemyError

from autograder.building.course_folder import reason
from autograder.building.lesson import lesson_names, read_lesson
from autograder.grading.grade import ClassResult
from autograder.grading.gradebook import ClassGradebook
from autograder.grading.rows import STATUS_TEXTS, Total, total_up
from autograder.reporting.analysis import FEWEST, distributions, items
from autograder.reporting.attempts import Logs, read_logs, write_attempts
from autograder.reporting.csv_file import write_csv
from autograder.reporting.exports import exports
from kws_helpers.desk.text import counted
from kws_helpers.whole_file import write_whole

_pages = Environment(loader=PackageLoader("autograder.reporting", "templates"), autoescape=True, trim_blocks=True,
                     lstrip_blocks=True)
_pages.filters["worded"] = lambda text: Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def write_results(result: ClassResult, output: Path) -> None:
    """Write grades.csv, summary.csv, late.csv, attempts.csv, exports/, feedback/<student>/index.html and report.html.

    Each is written whatever becomes of the others; `result.problems` says which could not be.
    """
    totals = result.totals
    with _or_problem(result, output / "grades.csv") as path:
        write_csv(path, ["student", "assignment", "exercise", "score", "max_score", "status", "message"],
                  ((row.student, row.assignment, row.exercise, _number(row.score), _number(row.max_score), row.status,
                    row.message) for row in result.rows))
    with _or_problem(result, output / "summary.csv") as path:
        write_csv(path, [field.name for field in fields(Total)],
                  (tuple(_number(value) if isinstance(value, float) else value for value in astuple(total))
                   for total in totals))
    if result.late:
        with _or_problem(result, output / "late.csv") as path:
            write_csv(path, ["student", "assignment", "deadline", "handed_in", "days_late", "penalty"],
                      ((*key, _moment(one.deadline), _moment(one.handed_in), one.days, _number(one.penalty))
                       for key, one in sorted(result.late.items())))
    for name, write in exports(result.rows, totals, ClassGradebook(output).url).items():
        with _or_problem(result, output / "exports" / name) as path:
            write(path)
    for student in sorted({row.student for row in result.rows}):
        with _or_problem(result, output / "feedback" / student / "index.html") as path:
            write_whole(path, feedback_page(student, result))
    logs = read_logs(result.folders)
    if logs.efforts:
        with _or_problem(result, output / "attempts.csv") as path:
            write_attempts(logs.efforts, path)
    with _or_problem(result, output / "report.html") as path:
        _write_report(result, totals, logs, path)


@contextmanager
def _or_problem(result: ClassResult, path: Path) -> Iterator[Path]:
    try:
        yield path
    except (OSError, SQLAlchemyError) as error:
        why = getattr(error, "strerror", None) or reason(str(error))
        result.problems.append(f"{path} could not be written: {why}.")


@cache
def title_of(assignment: str) -> str:
    """Return the lesson's own title, from its first heading; the name where there is no such lesson."""
    first = read_lesson(assignment).cells[0].source if assignment in lesson_names() else ""
    found = re.search(r"^# (.+)$", first, re.MULTILINE)
    return found[1] if found else assignment


def _moment(moment: datetime | None) -> str:
    return moment.astimezone().isoformat(" ", "seconds") if moment else ""


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def feedback_page(student: str, result: ClassResult) -> str:
    """Return the page that tells a student how each lesson was graded."""
    own, rows = [row for row in result.rows if row.student == student], defaultdict(list)
    for row in own:
        rows[row.assignment].append(row)
    return _page("feedback.html", student=student, rows=rows, notes=result.notes, late=result.late,
                 totals={total.assignment: total for total in total_up(own, result.late)})


def _write_report(result: ClassResult, totals: list[Total], logs: Logs, path: Path) -> None:
    cells = {(row.student, row.assignment, row.exercise): row for row in result.rows}
    columns = list(dict.fromkeys((row.assignment, row.exercise) for row in result.rows if row.exercise))
    look = [total for total in totals if total.status == "unreadable"]
    errors = [row for row in result.rows if row.status == "error"]
    repaired = [(student, assignment, notes) for (student, assignment), notes in sorted(result.notes.items()) if notes]
    again = [row for row in result.rows if row.status == "look again"]
    untimed = sum(one.handed_in is None for one in result.late.values())
    render("report.html", path, totals=totals, cells=cells, columns=columns, items=items(result.rows), look=look,
           errors=errors, again=again, untimed=untimed, repaired=repaired, distributions=distributions(totals),
           fewest=FEWEST, warning=result.warning, problems=result.problems, late=result.late,
           logs=logs, students=sorted({row.student for row in result.rows}))


def render(template: str, path: Path, **values: Any) -> None:
    """Write a page from one of the templates."""
    write_whole(path, _page(template, **values))


def _page(template: str, **values: Any) -> str:
    return _pages.get_template(template).render(status_texts=STATUS_TEXTS, title_of=title_of, counted=counted, **values)
