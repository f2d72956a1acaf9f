"""Where students get stuck: what the logs of their checks say of each exercise. No grade depends on it."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autograder.building.lesson import lesson_names, nbgrader_cells
from autograder.intake.attempts import Attempt, attempt, lines_beside
from autograder.reporting.csv_file import write_csv
from kws_helpers.check.attempts import PASSED, UNWRITTEN, steps

_SHOWN = 4  # mistakes of an exercise


@dataclass(frozen=True)
class Effort:
    """What one student tried in one exercise, up to the first time that its check passed.

    Attributes:
        attempts: how often something new was checked.
        steps: how many steps passed in the best attempt, of so many.
        stopped_at: the step at which that one stopped, "" where it passed.
        hints: how many were shown.
        mistakes: what the check took the attempts for.
    """

    student: str
    lesson: str
    exercise: str
    attempts: int
    passed: str
    steps: int
    of: int
    stopped_at: str
    hints: int
    first: str
    last: str
    mistakes: str


@dataclass(frozen=True)
class Stuck:
    """What the class tried in one exercise. Steps and mistakes have their numbers of students, the highest first."""

    exercise: str
    tried: int
    passed: int
    median: float
    most: int
    hints: list[int]
    stops: list[tuple[str, int]]
    mistakes: list[tuple[str, int]]


@dataclass
class Logs:
    """What the logs of a class say. `skipped` lines cannot be used; `shared` ones stand in another log, too."""

    efforts: list[Effort] = field(default_factory=list)
    skipped: int = 0
    shared: int = 0

    @property
    def exercises(self) -> list[Stuck]:
        """Return what the class tried, in the order of the lessons."""
        groups = {name: [one for one in self.efforts if one.exercise == name] for name in steps()}
        return [_stuck(name, efforts) for name, efforts in groups.items() if efforts]


def read_logs(folders: Mapping[tuple[str, str], Path], now: datetime | None = None) -> Logs:
    """Read the logs beside the notebooks of a class.

    A line that stands in the logs of two students counts once.

    Args:
        folders: those of the notebooks, by student and lesson. The exercises of these lessons count.
        now: lines that are more than a day later do not count; by default the time of the call.
    """
    latest = (now or datetime.now(UTC)) + timedelta(days=1)
    handed_in = {lesson for _, lesson in folders}
    exercises = {cell["grade_id"].removesuffix("-solution"): lesson for lesson in lesson_names()
                 if lesson in handed_in for cell in nbgrader_cells(lesson)}
    lines: dict[str, dict[bytes, None]] = defaultdict(dict)  # each once: the same log lies beside several lessons
    for (student, _), folder in sorted(folders.items()):
        lines[student] |= dict.fromkeys(lines_beside(folder))
    logs, seen = Logs(), set()
    for student, own in lines.items():
        read = [attempt(line, latest) for line in own if line not in seen]
        logs.shared += len(own) - len(read)
        logs.skipped += read.count(None)
        seen |= own.keys()
        tried = defaultdict(list)
        for one in filter(None, read):
            if one.exercise in exercises and one.state != UNWRITTEN:
                tried[one.exercise].append(one)
        logs.efforts += [_effort(student, exercises[name], several) for name, several in tried.items()]
    return logs


def write_attempts(efforts: list[Effort], path: Path) -> None:
    """Write a row for each student and exercise."""
    write_csv(path, [one.name for one in fields(Effort)], (vars(one).values() for one in efforts))


def _effort(student: str, lesson: str, several: list[Attempt]) -> Effort:
    several.sort(key=lambda one: one.time)
    end = next((place for place, one in enumerate(several, 1) if one.state == PASSED), len(several))
    tries, new = several[:end], sum(not one.again for one in several[:end])
    best = max(tries, key=lambda one: (one.state == PASSED, one.steps))
    return Effort(student, lesson, best.exercise, max(1, new), "yes" if best.state == PASSED else "no", best.steps,
                  len(steps()[best.exercise]), best.step, max(one.hint for one in tries),
                  *(one.time.isoformat(" ", "seconds") for one in (tries[0], tries[-1])),
                  " | ".join(dict.fromkeys(one.mistake for one in tries if one.mistake)))


def _stuck(exercise: str, efforts: list[Effort]) -> Stuck:
    counts = [one.attempts for one in efforts]
    stops = Counter(one.stopped_at or f"step {one.steps + 1}" for one in efforts if one.passed == "no")
    mistakes = Counter(mistake for one in efforts for mistake in filter(None, one.mistakes.split(" | ")))
    return Stuck(exercise, len(efforts), len(efforts) - stops.total(), statistics.median(counts), max(counts),
                 [one.hints for one in efforts if one.hints], stops.most_common(), mistakes.most_common(_SHOWN))
