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

ENOUGH = 2.5
"""The evidence from which a pair is named: about so many fingerprints that nobody else has. Of the right answers to a
lesson that are known, disguised copies have 5 to 40, and those of independent authors none."""
_FEW, _MANY = 3, 10
"""What at most 3 students have is rare; what 10 have is the course's."""
_SHARED = 0.4
"""An answer counts where the two share this much of what is rare in it."""
_WORDS = {"comment": 0.3, "name": 0.5}
"""What a word of a comment and a name are worth, at most 3 together. They count however much of the code is shared."""
_KNOWN = 0.5
"""What one known answer has as well is worth half: some ways to write an exercise are popular. What several have is the
course's."""


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
    worth = {key: value for key, students in having.items() if (value := _worth(key, len(students)))}
    common = defaultdict(set)
    for key in worth:
        for two in combinations(sorted(having[key]), 2):
            common[two].add(key)
    found = (_alike(two, (of[two[0]], of[two[1]]), keys, worth) for two, keys in common.items()
             if sum(map(worth.get, keys)) >= ENOUGH)
    return sorted((one for one in found if one.evidence >= ENOUGH), key=lambda one: -one.evidence)


def _worth(key: Key, students: int) -> float:
    """Return what a fingerprint says that two students share: from 0 to 1, for comments to 3."""
    kind, value = key
    known = course().known[key]
    is_ordinary = kind == "name" and (value in course().words or len(value) < 4)
    if students >= _MANY or key in course().given or known > 1 or is_ordinary:
        return 0.0
    worth = min(3.0, _WORDS[kind] * len(value.split())) if kind in _WORDS else _KNOWN if known else 1.0
    return worth * min(1.0, (_FEW / students) ** 2)


def _alike(two: tuple[str, str], sides: tuple[list[Answer], list[Answer]], common: set[Key],
           worth: dict[Key, float]) -> Alike:
    """Return in which exercises the common fingerprints of two students stand, and what they say.

    Two students who share little else may have had the same idea, all the more where the idea is known.
    """
    share = _share(common, (set().union(*(one.prints.lines for one in side)) for side in sides), worth)
    discounted = {key: worth[key] * (1.0 if key[0] in _WORDS else share if course().known[key] else share**0.5)
                  for key in common}
    left, shared = set(common), []
    for answers in sorted(product(*sides), key=lambda both: both[0].exercise != both[1].exercise):
        one, other = answers
        both = one.prints.lines.keys() & other.prints.lines.keys() & left
        if both and (one.exercise == other.exercise or OWN in (one.exercise, other.exercise)):
            part = _share(both, (answer.prints.lines for answer in answers), worth)
            both = {key for key in both if key[0] in _WORDS or part >= _SHARED}
            left -= both
            evidence = sum(discounted[key] * (1.0 if key[0] in _WORDS else part) for key in both)
            lines = tuple({line for key in both for line in answer.prints.lines[key]} for answer in answers)
            words = sorted(str(value) for kind, value in both if kind in _WORDS)
            shared += [Shared(answers, lines, part, evidence, words)] if both else []
    return Alike(two, sides[0][0].lesson, share, sorted(shared, key=lambda one: -one.evidence))


def _share(common: Iterable[Key], sides: Iterable[Iterable[Key]], worth: dict[Key, float]) -> float:
    """Return how much is common of what is rare on the side that has less. Everybody's comments and names differ."""
    of_all, *of_sides = (sum(worth.get(key, 0.0) for key in keys if key[0] not in _WORDS) for keys in (common, *sides))
    return of_all / min(of_sides) if min(of_sides) else 0.0
