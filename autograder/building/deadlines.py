"""Deadlines: one file in the course folder that an instructor writes. nbgrader counts by them.

    penalty = "zero"                           # of nbgrader's LateSubmissionPlugin; without this line "none"
    01_dataset = 2026-05-02                    # the end of this day, by the clock of the machine that grades
    02_ffnn = 2026-05-09T18:00:00+02:00
"""

import datetime
import tomllib
from pathlib import Path

from autograder.building.lesson import lesson_names

FILE = "deadlines.toml"
PENALTIES = ("none", "zero")


def read_deadlines(folder: Path) -> tuple[dict[str, datetime.datetime], str]:
    """Return the deadline of every lesson that has one, and nbgrader's method for what came late.

    Raises:
        ValueError: the file says something else; the message names it.
    """
    path = folder / FILE
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        found = {}
    except ValueError as error:
        raise ValueError(f"{path} cannot be read: {error}") from None
    penalty = found.pop("penalty", PENALTIES[0])
    if penalty not in PENALTIES:
        raise ValueError(f"{path}: penalty is {penalty!r}; it must be one of {', '.join(PENALTIES)}.")
    for name, day in found.items():
        if name not in lesson_names() or not isinstance(day, datetime.date):
            raise ValueError(f"{path}: expected lines such as {lesson_names()[0]} = 2026-05-02, got {name} = {day!r}.")
    return {name: _moment(day) for name, day in found.items()}, penalty


def _moment(day: datetime.date) -> datetime.datetime:
    if not isinstance(day, datetime.datetime):
        day = datetime.datetime.combine(day, datetime.time(23, 59, 59))
    return day.astimezone() if day.tzinfo is None else day
