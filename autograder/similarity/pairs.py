"""From the answers to one lesson to pairs of students who share what hardly anybody else has.

A fingerprint is worth nothing where the course explains it, less where many in the class have it, and most where two
have it. An answer counts by how much of what is worth something in it is shared; evidence adds up over a lesson.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, product

from autograder.similarity.answers import OWN, Answer
from autograder.similarity.course import course
from autograder.similarity.prints import Key

ENOUGH = 12.0
"""The evidence from which a pair is named: about so many fingerprints that nobody else has."""
_FEW, _FEW_OF_CLASS = 3, 0.04
"""What at most 3 students have, or 4 % of the class, is rare."""
_SHARED = 0.4
"""An answer counts where the two share this much of what is rare in it."""
_WORTH = {"code": 1.0, "text": 1.0, "comment": 3.0, "name": 1.0}
_KNOWN = 0.5
"""What one known answer has as well is worth half; what several have is the course's."""


@dataclass
class Shared:
    """Two answers to an exercise, the lines in each that are alike, and the names and comments in both."""

    answers: tuple[Answer, Answer]
    lines: tuple[set[int], set[int]]
    share: float
    evidence: float
    words: list[str]

    @property
    def name(self) -> str:
        """The exercise; what one of the two has in a cell of their own belongs to the other's."""
        return min((one.exercise for one in self.answers), key=lambda name: name == OWN)


@dataclass
class Alike:
    """What two students share in a lesson: a share of all that is rare, and the exercises, the strongest first."""

    students: tuple[str, str]
    lesson: str
    share: float
    shared: list[Shared]

    @property
    def evidence(self) -> float:
        return sum(one.evidence for one in self.shared)

    @property
    def exercises(self) -> list[str]:
        return list(dict.fromkeys(one.name for one in self.shared))


def alike(answers: Iterable[Answer]) -> list[Alike]:
    """Return the pairs in the answers to one lesson that share more than the course explains, the strongest first."""
    of, having = defaultdict(list), defaultdict(set)
    for answer in answers:
        of[answer.student].append(answer)
        for key in answer.prints.lines:
            having[key].add(answer.student)
    worth = {key: value for key, students in having.items() if (value := _worth(key, len(students), len(of)))}
    common = defaultdict(set)
    for key in worth:
        for two in combinations(sorted(having[key]), 2):
            common[two].add(key)
    found = (Alike(two, of[two[0]][0].lesson, *_shared(of[two[0]], of[two[1]], keys, worth))
             for two, keys in common.items() if _sum(keys, worth) >= ENOUGH)
    return sorted((one for one in found if one.evidence >= ENOUGH), key=lambda one: -one.evidence)


def _worth(key: Key, students: int, of: int) -> float:
    """Return what it says that two students have a fingerprint, from 0 to 1 for code."""
    kind, value = key
    known = course().known[key]
    if key in course().given or known > 1 or (kind == "name" and (value in course().words or len(value) < 4)):
        return 0.0
    rarity = min(1.0, (max(_FEW, _FEW_OF_CLASS * of) / students) ** 2)
    return _WORTH[kind] * (_KNOWN if known else 1.0) * (rarity if rarity > 0.1 else 0.0)


def _sum(keys: Iterable[Key], worth: dict[Key, float]) -> float:
    return sum(worth.get(key, 0.0) for key in keys)


def _shared(ones: list[Answer], others: list[Answer], common: set[Key],
            worth: dict[Key, float]) -> tuple[float, list[Shared]]:
    """Return which share of the smaller side is common, and in which exercises it stands."""
    smaller = min(_sum({key for answer in side for key in answer.prints.lines}, worth) for side in (ones, others))
    left, shared = set(common), []
    for two in sorted(product(ones, others), key=lambda two: two[0].exercise != two[1].exercise):
        both = two[0].prints.lines.keys() & two[1].prints.lines.keys() & left
        if both and (two[0].exercise == two[1].exercise or OWN in (two[0].exercise, two[1].exercise)):
            share = _sum(both, worth) / min(_sum(one.prints.lines, worth) for one in two)
            if share >= _SHARED:
                left -= both
                lines = tuple({line for key in both for line in one.prints.lines[key]} for one in two)
                words = sorted(str(value) for kind, value in both if kind in ("name", "comment"))
                shared.append(Shared(two, lines, share, share * _sum(both, worth), words))
    return _sum(common, worth) / smaller, sorted(shared, key=lambda one: -one.evidence)
