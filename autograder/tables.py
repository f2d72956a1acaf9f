"""Tables for the terminal."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.arrivals import LeftOut
from autograder.challenge import Entry
from autograder.collect import Placed
from autograder.results import STATUS_TEXTS, Row, Total
from autograder.sandbox.doctor import Check
from autograder.submissions import readable

_LOSSES = ("partial", "failed", "error", "unreadable", "missing", "untouched")


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
