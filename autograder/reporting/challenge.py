"""Write the results of the challenge."""

from dataclasses import astuple, fields
from pathlib import Path

from autograder.grading.challenge import Entry, ranked
from autograder.reporting.csv_file import write_csv


def write_challenge(entries: list[Entry], path: Path) -> None:
    """Write the results, best first, as CSV."""
    write_csv(path, [field.name for field in fields(Entry)], (astuple(entry) for entry in ranked(entries)))
