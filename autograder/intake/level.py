"""On which level of a source the students are. Usually they are at the top; some sources have folders around them.

The folders at a level are taken for the students' where nobody has two notebooks of one lesson then. A platform's names
and the course's own (a lesson's, `notebooks`, `hand-in.zip`) settle it. Where nothing does, nobody is guessed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from autograder.building.lesson import lesson_names
from autograder.intake.aside import NOTEBOOKS, lesson_named
from autograder.intake.download_names import is_platforms
from autograder.intake.unpack import LeftOut
from kws_helpers.desk.text import listed

_DEEPEST = 3


@dataclass(frozen=True)
class Work:
    """A file that may be somebody's work, and the lesson that it is of; "" where that is not known."""

    path: PurePosixPath
    lesson: str


@dataclass
class Level:
    """How many folders are around the students', by the name at the top; and what there is to say about it."""

    depths: dict[str, int] = field(default_factory=dict)
    said: list[LeftOut] = field(default_factory=list)

    def below(self, path: PurePosixPath) -> PurePosixPath | None:
        """Return the path as it begins with a student's name; None for a folder around the students'."""
        parts = path.parts[self.depth_of(path):]
        return PurePosixPath(*parts) if parts else None

    def depth_of(self, path: PurePosixPath) -> int:
        return self.depths.get(path.parts[0], 0) if path.parts else 0

    def say(self, path: Iterable[str], reason: str, harmless: bool = True) -> None:
        self.said.append(LeftOut(PurePosixPath(*path), reason, harmless))


def level_of(works: list[Work]) -> Level:
    """Find the students' level.

    Raises:
        ValueError: it could be one or another; the message says what to do.
    """
    level, tops = Level(), _folders(works, 0)
    for (top,), inside in list(tops.items()):
        if top.lower() in lesson_names() and any(len(one.path.parts) > 2 for one in inside):
            level.depths[top] = 1
            level.say((top,), "is a lesson; the folders in it are taken for the students'.")
            del tops[top,]
    if tops:
        _look_for_students(tops, level)
    return level


def _look_for_students(tops: dict[tuple[str, ...], list[Work]], level: Level) -> None:
    works = [one for inside in tops.values() for one in inside]
    depth = _depth(works, len(tops))
    level.depths |= {top: depth for (top,) in tops}
    for around in _folders(works, depth - 1) if depth else ():
        level.say(around, "is taken for a folder around the students', which are "
                          f"{listed(name for *outer, name in _folders(works, depth) if tuple(outer) == around)}.")
    for folder, inside in _folders(works, depth).items():
        if folder[-1].lower().endswith(".zip") and _is_named_by_a_platform(depth + 1, inside, closed=True):
            level.say(folder, "is taken for what one student handed in, but has names of a platform in it. If it is a "
                              "whole download, collect that file by itself.", harmless=False)
    if depth:
        return
    settled = any(_is_settled(*one) for one in tops.items())
    if len(tops) > 1 and not settled:
        level.say(min(tops), "and the other folders at the top are taken for the students', not those in them "
                             f"({listed(name for _, name in _folders(works, 1))}).")
    for top, inside in tops.items():
        inner = [name for _, name in _folders([one for one in inside if len(one.path.parts) > 2], 1)]
        if not _is_settled(top, inside) and len(inner) > 1:
            level.say(top, f"is taken for one student, whose work is in {listed(inner)}. If those are students, "
                           "collect that folder by itself.", harmless=settled)


def _depth(works: list[Work], tops: int) -> int:
    """Return how many folders are around those of the students."""
    for depth in range(1, _DEEPEST + 1):
        if all(_is_named_by_a_platform(depth, inside) for inside in _folders(works, 0).values()):
            return depth
    possible = [0]
    while possible[-1] < _DEEPEST and not any(_is_settled(*one) for one in _folders(works, possible[-1]).items()):
        possible.append(possible[-1] + 1)
    if tops == 1 and all(len(one.path.parts) > 3 and one.path.parts[1] in lesson_names() for one in works):
        possible.append(2)
    conflicts = {depth: _in_conflict(works, depth) for depth in possible}
    best = [depth for depth in possible if conflicts[depth] == min(conflicts.values())]
    if len(best) == 1 or tops > 1:
        return best[0]
    outer = PurePosixPath(*works[0].path.parts[:best[0] + 1])
    inner = listed(name for *_, name in _folders(works, best[0] + 1))
    raise ValueError(f"It is not clear who the students are: {outer} holds {inner} and nothing else. If those are "
                     f"students, unpack what came back and collect the folder {outer.name} itself. If {outer.name} is "
                     "a student, put the notebooks directly into that folder.")


def _folders(works: list[Work], depth: int) -> dict[tuple[str, ...], list[Work]]:
    """Return the works by their paths down to a depth."""
    found = defaultdict(list)
    for one in works:
        found[one.path.parts[:depth + 1]].append(one)
    return dict(sorted(found.items()))


def _is_open(path: PurePosixPath) -> bool:
    """Tell whether a folder can be one around others: students make zip files, and platforms name students' folders."""
    return len(path.parts) > 1 and not path.parts[0].lower().endswith(".zip") and not is_platforms(path)


def _is_settled(folder: tuple[str, ...], works: list[Work]) -> bool:
    """Tell whether a folder is clearly somebody's: a notebook, or a name of the course's, is directly in it."""
    depth = len(folder)
    if not _is_open(PurePosixPath(*works[0].path.parts[depth - 1:])):
        return True
    return any(len(one.path.parts) <= depth or _is_the_courses(PurePosixPath(*one.path.parts[depth:])) for one in works)


def _is_the_courses(path: PurePosixPath) -> bool:
    """Tell whether a path in a student's folder begins as those do that the course and its students make."""
    name = path.parts[0].lower()
    return ((len(path.parts) == 1 and not name.endswith(".zip")) or name == NOTEBOOKS or name.startswith("hand-in")
            or bool(lesson_named(name)))


def _is_named_by_a_platform(depth: int, works: list[Work], closed: bool = False) -> bool:
    """Tell whether most of what lies in a folder has names of a platform at a depth.

    Args:
        closed: there may be more than folders above.
    """
    named = [one for one in works if len(one.path.parts) > depth
             and is_platforms(PurePosixPath(*one.path.parts[depth:]))
             and all(closed or _is_open(PurePosixPath(*one.path.parts[above:])) for above in range(depth))]
    return 2 * len(named) > len(works)


def _in_conflict(works: list[Work], depth: int) -> int:
    """Return how many notebooks share their lesson with another one of the same student, if students were there."""
    counts = Counter((one.path.parts[depth], one.lesson) for one in works if one.lesson and len(one.path.parts) > depth)
    return sum(count for count in counts.values() if count > 1)
