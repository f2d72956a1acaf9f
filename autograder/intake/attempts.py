"""Read the log of checks that a student handed in. Students can write anything into it, and nobody trusts it.

A line counts where a check could have written it by now, and of its texts only those that are the course's own.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.intake.notebook_file import Unreadable, read_file
from kws_helpers.check import attempts

_LONGEST = 2000  # bytes of a line
_MOST_HINTS = 99


@dataclass(frozen=True)
class Attempt:
    """A line of a log, see `kws_helpers.check.attempts.note`; "" for a step or a mistake that is not known here."""

    time: datetime
    exercise: str
    state: str
    steps: int
    step: str
    mistake: str
    hint: int
    again: bool


def lines_beside(folder: Path) -> list[bytes]:
    """Return the lines of the log beside a notebook; of one that is too long the beginning, with a line cut off."""
    log = folder / attempts.FILE
    try:
        raw = b"" if log.parent.is_symlink() else read_file(log, attempts.MAX_BYTES)
    except (OSError, Unreadable):
        return []
    return [line for line in raw.split(b"\n") if line.strip()]


def attempt(line: bytes, latest: datetime) -> Attempt | None:
    """Return what a line says; None where no check can have written it up to the latest time."""
    try:
        said = json.loads(line) if len(line) <= _LONGEST else {}
        titles = attempts.steps()[said["exercise"]]
        step, mistake = (said[name] if said[name] in known else "" for name, known in (
            ("step", titles), ("mistake", attempts.own_words())))
        one = Attempt(datetime.fromisoformat(said["time"]).astimezone(UTC), said["exercise"], said["state"],
                      said["steps"], step, mistake, said["hint"], said["again"])
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    is_sound = (one.time <= latest and one.state in (attempts.PASSED, attempts.FAILED, attempts.UNWRITTEN)
                and type(one.steps) is type(one.hint) is int and type(one.again) is bool
                and 0 <= one.steps <= len(titles) and 0 <= one.hint <= _MOST_HINTS)
    return one if is_sound else None
