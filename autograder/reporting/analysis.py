"""How a class did: the distribution of points in each lesson, and an analysis of every exercise."""

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.building.lesson import points_by_exercise
from autograder.grading.rows import Row, Total

FEWEST = 10
"""With fewer students a correlation says nothing."""

BINS = 10
NOT_GRADED = ("missing", "unreadable")
_TIME_OUT = re.compile("did not finish|ran out of time|no answer came in time")


@dataclass(frozen=True)
class Item:
    """How the class did on one exercise.

    Attributes:
        students: those whose notebook could be graded.
        mistakes: hints with counts, the most frequent first.
        discrimination: the corrected item-total correlation, or None where it is not defined.
    """

    assignment: str
    exercise: str
    students: int
    passed: int
    tried: int
    untouched: int
    time_outs: int
    mistakes: list[tuple[str, int]]
    discrimination: float | None

    @property
    def pass_rate(self) -> float | None:
        return self.passed / self.students if self.students else None


@dataclass(frozen=True)
class Distribution:
    """The points of all who handed in a lesson: how many are in each of `BINS` equal parts of what can be reached."""

    assignment: str
    counts: list[int]
    max_score: float
    mean: float
    median: float

    @property
    def students(self) -> int:
        return sum(self.counts)

    @property
    def description(self) -> str:
        """Return the histogram in words."""
        width = self.max_score / BINS
        parts = [f"{count} from {place * width:g} to {(place + 1) * width:g}"
                 for place, count in enumerate(self.counts) if count]
        return f"Points of {self.students} students: {', '.join(parts)}."


def items(rows: Iterable[Row]) -> list[Item]:
    """Return the class' results by exercise, in the order of the rows; questions marked by hand are left out."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.exercise in points_by_exercise():
            groups[row.assignment, row.exercise].append(row)
    sums = Counter()
    for (assignment, _), group in groups.items():
        for row in group:
            sums[row.student, assignment] += row.score or 0.0
    return [_item(assignment, exercise, [row for row in group if row.status not in NOT_GRADED], sums)
            for (assignment, exercise), group in groups.items()]


def distributions(totals: Iterable[Total]) -> list[Distribution]:
    """Return the distribution of points in every lesson that somebody handed in."""
    groups: dict[str, list[Total]] = defaultdict(list)
    for total in totals:
        if total.status not in NOT_GRADED:
            groups[total.assignment].append(total)
    return [_distribution(assignment, [total.score for total in group], group[0].max_score)
            for assignment, group in sorted(groups.items())]


def correlation(one: list[float], other: list[float]) -> float | None:
    """Return Pearson's correlation, or None where there are too few values or they are all the same."""
    if len(one) < FEWEST or len(set(one)) == 1 or len(set(other)) == 1:
        return None
    return statistics.correlation(one, other)


def _item(assignment: str, exercise: str, group: list[Row], sums: Counter) -> Item:
    scores = [row.score or 0.0 for row in group]
    rest = [round(sums[row.student, assignment] - score, 6) for row, score in zip(group, scores)]
    statuses = Counter(row.status for row in group)
    return Item(assignment, exercise, len(group), statuses["passed"],
                sum(statuses[status] for status in ("passed", "partial", "failed", "error")), statuses["untouched"],
                sum(bool(_TIME_OUT.search(row.message)) for row in group),
                Counter(row.message.partition(" (")[0] for row in group if row.mistake).most_common(3),
                correlation(scores, rest))


def _distribution(assignment: str, scores: list[float], max_score: float) -> Distribution:
    counts = Counter(min(int(score / max_score * BINS), BINS - 1) for score in scores)
    return Distribution(assignment, [counts[place] for place in range(BINS)], max_score, statistics.mean(scores),
                        statistics.median(scores))
