"""What the course makes alike: all that its lessons show, and what several known answers have in common."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from autograder.building.lesson import UNGRADED, all_cells, lesson_names
from autograder.building.paths import LESSONS
from autograder.similarity.prints import Key, of_code, of_text

_EXERCISES = LESSONS.parent / "exercises"
_CODE = re.compile(r"^```\w*\n(.*?)^```|`([^`\n]+)`", re.DOTALL | re.MULTILINE)


class Course(NamedTuple):
    """What is nobody's own.

    Attributes:
        given: fingerprints of all that the lessons show, solutions and hints included.
        known: in how many known answers, right and wrong, a fingerprint stands.
        words: all words of lessons and known answers, names included.
    """

    given: set[Key]
    known: Counter[Key]
    words: set[str]


@cache
def course() -> Course:
    """Return what the course makes alike."""
    given, known, words = set(), Counter(), set()
    for name in (*UNGRADED, *lesson_names()):
        for cell in all_cells(name):
            words.update(re.findall(r"\w+", cell.source))
            texts = [cell.source]
            if cell.cell_type == "markdown":
                given.update(of_text(cell.source, window=1).lines)
                texts = [block or inline for block, inline in _CODE.findall(cell.source)]
            for text in texts:
                given.update(of_code(text, window=1).lines)
    for path in sorted(_EXERCISES.glob("*/*.py")):
        words.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))
        for answer, is_answer in _answers(path):
            prints = of_code(answer, window=1).lines
            (known if is_answer else given).update(prints.keys())
    return Course(given, known, words)


def _answers(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield the functions in a file of the exercises, and whether each is a whole answer rather than a part of some."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            texts = [ast.unparse(one) for one in node.decorator_list]
            yield ast.unparse(node), any(re.match(r"\w+\.(mistake|right_answer)", text) for text in texts)
