"""What a lesson's text says to those who teach it."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from nbformat import NotebookNode

from autograder.building.lesson import read_lesson
from autograder.building.paths import NOTEBOOKS

_BLOCK = re.compile(r"""
      <details>\s*<summary>(?P<summary>.*?)</summary>\s*(?P<body>.*?)\s*</details>
    | ^```.*?^```$
    | ^(?P<level>\#+)[ ](?P<heading>[^\n]+)$
    | (?P<text>(?:^(?!<details>|```|\#)[^\n]*\S[^\n]*$\n?)+)
    """, re.MULTILINE | re.DOTALL | re.VERBOSE)
_KINDS = ("Guess first", "To think about", "What went wrong here")
_ASKED = re.compile(rf"\*\*({'|'.join(_KINDS)})\.\*\*\s*")
_LINK = re.compile(r"\]\(([\w./-]+\.(?:ipynb|md))\b")


@dataclass(frozen=True)
class Block:
    """A heading, a folded text, a fenced block of code or a paragraph; what it is not is empty."""

    text: str = ""
    level: int = 0
    heading: str = ""
    summary: str = ""


@dataclass
class Question:
    """Something to ask the class, with the answers that the lesson has folded."""

    kind: str
    section: str
    text: list[str] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)


def blocks(source: str) -> Iterator[Block]:
    """Yield the parts of a text cell, in order."""
    for found in _BLOCK.finditer(source):
        if found["summary"]:
            yield Block(found["body"], summary=found["summary"])
        elif found["heading"]:
            yield Block(level=len(found["level"]), heading=found["heading"].strip())
        else:
            yield Block(found[0].strip())


class Reader:
    """Goes through cells from top to bottom; knows the section, and the question that waits for its answers."""

    def __init__(self) -> None:
        self.section = ""
        self._open: Question | None = None

    def read(self, cell: NotebookNode) -> Iterator[Block | Question]:
        """Yield what a text cell holds. A question comes in place of its words; its answers are put into it."""
        if cell.cell_type != "markdown" or cell.metadata.get("nbgrader", {}).get("solution"):
            return
        for block in blocks(cell.source):
            asked = self._open
            if block.summary and asked and (not asked.answers or asked.kind == "Guess first"):
                asked.answers.append((block.summary, block.text))
                continue
            self.section = block.heading or self.section
            if (kind := _kind(block)) or block.heading or (asked and asked.answers):
                story = asked.text if asked and not asked.answers else []
                self._open = Question(kind, self.section, [*story]) if kind else None
                yield from [self._open] if kind else []
            if block.heading or not self._open:
                yield block
            else:
                self._open.text.append(_ASKED.sub("", block.text))


def _kind(block: Block) -> str:
    asked = _ASKED.match(block.text)
    return asked[1] if asked else next((kind for kind in _KINDS if block.heading.startswith(kind)), "")


def whole_text(name: str) -> list[Block | Question]:
    """Return the text of a lesson, in order, but for the answers to questions that are marked by hand."""
    reader = Reader()
    return [part for cell in read_lesson(name).cells for part in reader.read(cell)]


def asked_by_hand(name: str) -> dict[str, str]:
    """Return the questions that are marked by hand, by grade_id."""
    return {settings["grade_id"]: _question(before) for before, cell in pairwise(read_lesson(name).cells)
            if (settings := cell.metadata.get("nbgrader", {})).get("grade") and settings["solution"]}


def _question(cell: NotebookNode) -> str:
    """Return what stands below the last heading, without minutes, marking scheme and the figure that is expected."""
    kept: list[str] = []
    for block in blocks(cell.source):
        if block.heading:
            kept = []
        elif "](expected:" in block.text:
            kept.pop()  # which leads to it
        elif not block.summary and not re.match(r"\*(?:\d+ minutes|Marking)", block.text):
            kept.append(block.text)
    return "\n\n".join(kept)


def questions(parts: Iterable[Block | Question]) -> list[Question]:
    """Return the questions among the parts that the lesson answers."""
    return [part for part in parts if isinstance(part, Question) and part.answers]


def links_from(folder: os.PathLike, text: str) -> str:
    """Return a text of a notebook with its relative links as they are from another folder."""
    return _LINK.sub(lambda found: "](" + os.path.relpath(NOTEBOOKS / found[1], folder), text)
