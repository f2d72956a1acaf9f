"""What the commands do on the terminal, around the functions that do the work: progress bars and tables.

Names and messages are students' text. They are printed as `Text`, in which rich looks for no markup.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from autograder.building.lesson import lesson_names
from autograder.building.solution import committed_claims, solve_with_claims
from autograder.grading.challenge import Entry, ranked, run_challenge
from autograder.grading.grade import ClassResult, grade_class
from autograder.grading.one import as_data, grade_one
from autograder.grading.rows import STATUS_TEXTS, Row, Total
from autograder.intake.collect import Placed, collect
from autograder.intake.unpack import LeftOut
from autograder.reporting.challenge import write_challenge
from autograder.reporting.report import feedback_page, write_results
from autograder.reporting.similar import MOST_PAIRS, write_similar
from autograder.running.sandbox import warm
from autograder.running.sandbox.doctor import Check, examine
from autograder.similarity.look_alikes import look_alikes
from kws_helpers.desk.beside import NETWORK
from kws_helpers.desk.text import one_line
from kws_helpers.whole_file import write_whole

_LOSSES = ("partial", "failed", "error", "unreadable", "missing", "untouched", "look again")


def say(console: Console, text: object, style: str = "") -> None:
    """Print one line as it is, without markup, colours or line breaks of rich's."""
    console.print(Text(one_line(str(text)), style), soft_wrap=True)


def list_claims(console: Console, names: Iterable[str], solve: bool) -> bool:
    """Print what the lessons claim, with the values, and return whether all of it holds.

    Args:
        console: where it is printed.
        names: lessons; none for all.
        solve: solve the lessons anew, with the data of KWS_DATA, instead of listing what was kept.
    """
    table = Table("lesson", "claim", "value", "")
    hold = True
    for name in names or lesson_names():
        found = solve_with_claims(name, {})[1] if solve else committed_claims(name)
        for one in found:
            table.add_row(name, Text(one.sentence), Text(one.value), "" if one.holds else "does not hold")
        hold = hold and all(one.holds for one in found)
    console.print(table)
    return hold


def collect_and_print(console: Console, source: Path, submissions: Path) -> bool:
    """Bring what came back into nbgrader's layout, and print what was found and what could not be used.

    Returns:
        True when everything that is somebody's work could be used.

    Raises:
        ValueError: there is nothing to collect from, or no good place to collect into.
        OSError: a file could not be written.
    """
    placed, left_out = [], []
    with console.status("Collecting …"):
        for one in collect(source, submissions):
            (left_out if isinstance(one, LeftOut) else placed).append(one)
    print_collected(console, placed, left_out)
    return all(one.harmless for one in left_out)


def grade_and_report(console: Console, submissions: Path, output: Path, *, workers: int | None = None,
                     seconds: float, protection: str, seed: int | None = None, force: bool = False,
                     scheduler: str | None = None, database: str | None = None) -> bool:
    """Grade a class with a progress bar, write the results, print the gradebook.

    Returns:
        True when every submission could be graded.

    Raises:
        ValueError: as `grade_class`.
    """
    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("Grading", total=None)

        def progress(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=one_line(f"Graded {what}"))

        result = grade_class(submissions, output, workers=workers, seconds=seconds, seed=seed, force=force,
                             protection=protection, scheduler=scheduler, database=database, progress=progress,
                             say=lambda text: say(bar.console, text))
    write_results(result, output)
    print_gradebook(console, result.totals, result.rows)
    console.print()
    for problem in result.problems:
        say(console, problem, style="red")
    say(console, f"Results in {output}: report.html, grades.csv, summary.csv, feedback/, exports/")
    return result.complete


def find_look_alikes(console: Console, submissions: Path, output: Path) -> bool:
    """Compare the answers of a class, write the page, print a line for each pair.

    Returns:
        True when every submission could be compared.

    Raises:
        ValueError: the folder is not in nbgrader's layout.
    """
    with console.status("Comparing …"):
        found = look_alikes(submissions)
    write_similar(found, output)
    for students, lessons in list(found.pairs.items())[:MOST_PAIRS]:
        say(console, f"{' and '.join(students)}: " + "; ".join(
            f"{one.lesson} {one.share:.0%} ({', '.join(one.exercises)})" for one in lessons))
    for student, lesson, problem in found.unread:
        say(console, f"✘ {student}, {lesson}: {problem}", style="red")
    say(console, f"Students: {found.students}. Pairs to look at: {len(found.pairs)}. The page is {output}. It is for a "
                 "human to judge: no proof, and no grade.")
    return not found.unread


def grade_and_print_one(console: Console, handed_in: Path, *, student: str, lesson: str | None, seed: int | None,
                        seconds: float, protection: str, in_json: bool, feedback: Path | None) -> bool:
    """Grade what one student handed in, print the points of every exercise, and write the student's page.

    Returns:
        True when it could be graded.

    Raises:
        ValueError: as `grade_one`.
        OSError: the page could not be written.
    """
    with Console(stderr=True).status("Grading …"), warm.not_started():
        result = grade_one(handed_in, student=student, lesson=lesson, seed=seed, seconds=seconds, protection=protection)
    if feedback:
        write_whole(feedback, feedback_page(student, result))
    if in_json:
        print(json.dumps(as_data(student, result)))
    else:
        print_one(console, result)
    return result.complete


def measure_challenge(console: Console, submissions: Path, clips: str | None, output: Path, protection: str) -> None:
    """Measure the networks of the challenge, print the ranking and write it to `output`.

    Raises:
        ValueError: there are no networks, or no clips.
    """
    entries = []
    with console.status("Measuring …") as status:
        for entry in run_challenge(submissions, clips, protection):
            entries.append(entry)
            status.update(Text(one_line(f"Measured {entry.student}")))
    write_challenge(entries, output)
    print_challenge(console, ranked(entries))
    console.print()
    say(console, f"Written to {output}")


def examine_sandbox(console: Console) -> bool:
    """Try whether this machine can wall in what students wrote, and print what was found.

    Returns:
        True when the sandbox holds.
    """
    with console.status("Trying …"):
        checks = list(examine())
    print_checks(console, checks)
    return all(check.holds for check in checks)


def print_gradebook(console: Console, totals: list[Total], rows: list[Row]) -> None:
    """Print the points of every submission, and one line with the reason for every loss."""
    columns = {"student": "left", "lesson": "left", "points": "right", "of": "right", "to mark": "right",
               "status": "left"}
    print_table(console, "Gradebook", columns, (
        (total.student, total.assignment, f"{total.score:g}", f"{total.max_score:g}",
         f"{total.waiting:g}" if total.waiting else "", STATUS_TEXTS.get(total.status, total.status))
        for total in totals))
    for total in totals:
        losses = [row for row in rows if (row.student, row.assignment) == (total.student, total.assignment)
                  and row.status in _LOSSES]
        if losses:
            console.print()
            console.print(Text.assemble((one_line(total.student), "bold"), f", {one_line(total.assignment)}"))
        for text in _lines(losses):
            console.print(Text(f"  {one_line(text)}"))


def print_one(console: Console, result: ClassResult) -> None:
    """Print the points of every exercise of one student, the reason for every loss, and what was put right."""
    columns = {"lesson": "left", "exercise": "left", "points": "right", "of": "right", "": "left"}
    print_table(console, "Grade", columns, (
        (row.assignment, row.exercise, "" if row.score is None else f"{row.score:g}", f"{row.max_score:g}",
         STATUS_TEXTS[row.status]) for row in result.rows))
    print_gradebook(console, result.totals, result.rows)
    for note in (note for notes in result.notes.values() for note in notes):
        say(console, f"– {note}")


def print_challenge(console: Console, entries: list[Entry]) -> None:
    """Print the ranking of the challenge."""
    columns = {"place": "right", "student": "left", "accuracy": "right", "parameters": "right", "": "left"}
    print_table(console, "Challenge", columns, (
        ("" if entry.accuracy is None else place, entry.student,
         "" if entry.accuracy is None else f"{entry.accuracy:.1%}",
         f"{entry.parameters:,}" if entry.parameters else "", entry.message)
        for place, entry in enumerate(entries, start=1)))


def print_collected(console: Console, placed: list[Placed], left_out: list[LeftOut]) -> None:
    """Print what was found of every student, and one line for every file that is not used."""
    columns = dict.fromkeys(("student", "file", "", "from"), "left")
    print_table(console, "Collected", columns, ((one.student, one.file, one.remark, one.path) for one in placed))
    for one in left_out:
        say(console, f"{'–' if one.harmless else '✘'} {one_line(str(one.path), '_')} {one.reason}")
    students = {one.student for one in placed}
    without = sorted({one.student for one in left_out if one.student} - students)
    say(console, f"Students: {len(students)}. Notebooks: {sum(one.file != NETWORK for one in placed)}. "
                 f"Networks: {sum(one.file == NETWORK for one in placed)}. "
                 f"Students of whom nothing could be placed: {len(without)}{': ' * bool(without)}{', '.join(without)}.")


def print_checks(console: Console, checks: list[Check]) -> None:
    """Print what a sandbox has to do, and whether it does."""
    columns = dict.fromkeys(("", "what has to hold", "what was found"), "left")
    print_table(console, "The sandbox on this machine", columns, (
        (Text("✔", "green") if check.holds else Text("✘", "red"), check.what, check.found) for check in checks))


def print_table(console: Console, title: str, columns: Mapping[str, str], rows: Iterable[Iterable[object]]) -> None:
    """Print a table.

    Args:
        columns: "left" or "right" by the column's heading.
    """
    table = Table(title=title, title_justify="left")
    for heading, justify in columns.items():
        table.add_column(heading, justify=justify, overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(one_line(str(cell))) for cell in row))
    console.print(table)


def _lines(losses: list[Row]) -> list[str]:
    """Return one line per loss; exercises that share a reason share the line."""
    by_reason: dict[str, list[str]] = {}
    for row in losses:
        by_reason.setdefault(row.message or STATUS_TEXTS[row.status], []).append(row.exercise)
    return [f"{', '.join(names)}: {reason}" if any(names) else reason for reason, names in by_reason.items()]
