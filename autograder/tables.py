"""Tables for the terminal."""

from rich.console import Console
from rich.table import Table

from autograder.report import Total
from autograder.results import STATUS_TEXTS, Row

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


def _lines(losses: list[Row]) -> list[str]:
    """One line per loss; exercises that share a reason share the line."""
    by_reason: dict[str, list[str]] = {}
    for row in losses:
        by_reason.setdefault(row.message or STATUS_TEXTS[row.status], []).append(row.exercise)
    return [f"{', '.join(names)}: {reason}" if any(names) else reason for reason, names in by_reason.items()]
