"""What the commands do on the terminal, around the functions that do the work: progress bars and tables."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from autograder.grading.challenge import Entry, ranked, run_challenge
from autograder.grading.grade import grade_class
from autograder.grading.rows import STATUS_TEXTS, Row, Total, total_up
from autograder.intake.collect import Placed, collect
from autograder.intake.submissions import readable
from autograder.intake.unpack import LeftOut
from autograder.reporting.challenge import write_challenge
from autograder.reporting.report import write_results
from autograder.running.sandbox.doctor import Check, examine

_LOSSES = ("partial", "failed", "error", "unreadable", "missing", "untouched")



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
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("Grading", total=None)

        def progress(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=f"Graded {what}")

        result = grade_class(submissions, output, workers=workers, seconds=seconds, seed=seed, force=force,
                             protection=protection, scheduler=scheduler, database=database, progress=progress)
    write_results(result, output)
    print_gradebook(console, total_up(result.rows), result.rows)
    console.print(f"\nResults in {output}: report.html, grades.csv, summary.csv, feedback/, exports/",
                  highlight=False, soft_wrap=True)
    return result.complete


def measure_challenge(console: Console, submissions: Path, clips: str | None, output: Path) -> None:
    """Measure the networks of the challenge, print the ranking and write it to `output`.

    Raises:
        ValueError: there are no networks, or no clips.
    """
    entries = []
    with console.status("Measuring …") as status:
        for entry in run_challenge(submissions, clips):
            entries.append(entry)
            status.update(f"Measured {entry.student}")
    write_challenge(entries, output)
    print_challenge(console, ranked(entries))
    console.print(f"\nWritten to {output}", highlight=False, soft_wrap=True)


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
    """The points of every submission, and one line with the reason for every loss."""
    table = Table(title="Gradebook", title_justify="left")
    for heading, justify in (("student", "left"), ("lesson", "left"), ("points", "right"), ("of", "right"),
                             ("to mark", "right"), ("status", "left")):
        table.add_column(heading, justify=justify)
    for total in totals:
        table.add_row(total.student, total.assignment, f"{total.score:g}", f"{total.max_score:g}",
                      f"{total.waiting:g}" if total.waiting else "", STATUS_TEXTS.get(total.status, total.status))
    console.print(table)
    for total in totals:
        losses = [row for row in rows if (row.student, row.assignment) == (total.student, total.assignment)
                  and row.status in _LOSSES]
        if losses:
            console.print(f"\n[bold]{total.student}[/], {total.assignment}", highlight=False)
        for text in _lines(losses):
            console.print(f"  {text}", highlight=False, markup=False)


def print_challenge(console: Console, entries: list[Entry]) -> None:
    """The ranking of the challenge."""
    table = Table(title="Challenge", title_justify="left")
    for heading, justify in (("place", "right"), ("student", "left"), ("accuracy", "right"), ("parameters", "right"),
                             ("", "left")):
        table.add_column(heading, justify=justify)
    for place, entry in enumerate(entries, start=1):
        counts = entry.accuracy is not None
        table.add_row(str(place) if counts else "", entry.student, f"{entry.accuracy:.1%}" if counts else "",
                      f"{entry.parameters:,}" if entry.parameters else "", entry.message)
    console.print(table)


def print_collected(console: Console, placed: list[Placed], left_out: list[LeftOut]) -> None:
    """What was found of every student, and one line for every file that is not used."""
    table = Table(title="Collected", title_justify="left")
    for heading in ("student", "file", "", "from"):
        table.add_column(heading, overflow="fold")
    for one in placed:
        table.add_row(*(escape(readable(text)) for text in (one.student, one.file, one.remark, str(one.path))))
    console.print(table)
    for one in left_out:
        console.print(f"{'–' if one.harmless else '✘'} {readable(str(one.path))} {one.reason}", highlight=False,
                      markup=False, soft_wrap=True)


def print_checks(console: Console, checks: list[Check]) -> None:
    """What a sandbox has to do, and whether it does."""
    table = Table(title="The sandbox on this machine", title_justify="left")
    for heading in ("", "what has to hold", "what was found"):
        table.add_column(heading)
    for check in checks:
        table.add_row("[green]✔[/]" if check.holds else "[red]✘[/]", check.what, escape(check.found))
    console.print(table)


def _lines(losses: list[Row]) -> list[str]:
    """One line per loss; exercises that share a reason share the line."""
    by_reason: dict[str, list[str]] = {}
    for row in losses:
        by_reason.setdefault(row.message or STATUS_TEXTS[row.status], []).append(row.exercise)
    return [f"{', '.join(names)}: {reason}" if any(names) else reason for reason, names in by_reason.items()]
