"""How an answer is marked that no test can judge: the lesson's marking scheme as a rubric.

formgrader has boxes for points and a comment, and no rubric. It makes its page of a notebook through nbconvert, with
the settings in `nbgrader_config`, so `ShowRubrics` puts the rubric above each answer there. No file holds it, and no
page that students get.
"""

import re
from dataclasses import dataclass
from functools import cache

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.building.lesson import lesson_names, read_lesson, solved

_SCHEME = re.compile(r"\*\*Marking(?: scheme)?\.\*\*\s*(.+)|\*Marking:\s*([^*]+)\*", re.DOTALL)
_MENTIONS = re.compile(r"<summary>What a good answer mentions</summary>\s*(.*?)\s*</details>", re.DOTALL)
_SENTENCE_ENDS = re.compile(r"(?<=[.)])\s+(?=[A-Z“\"\d])|;\s+(?=\d+ points?\b)")
_WORTH = re.compile(r"(?:\d+|Half(?: a)?) points?\b")


@dataclass(frozen=True)
class Rubric:
    """What earns how many points.

    Attributes:
        scheme: the marking scheme, a list in Markdown of what earns how much, and what it says besides.
        mentions: what a good answer mentions, another list; students see it, too.
        answer: the model answer, in Markdown.
    """

    grade_id: str
    points: float
    scheme: str
    mentions: str
    answer: str

    @property
    def worth(self) -> str:
        return in_points(self.points)


def in_points(number: float) -> str:
    """Return "1 point" or "2 points"."""
    return f"{number:g} {'point' if number == 1 else 'points'}"


class ShowRubrics(Preprocessor):
    """Put the rubric above each answer that is marked by hand, where formgrader makes the page."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        lesson = resources.get("assignment_id")
        if "submission_id" in resources and lesson in lesson_names():  # what only formgrader says
            known = rubrics(lesson)
            nb.cells = [one for cell in nb.cells for one in (*_above(cell, known), cell)]
        return nb, resources


@cache
def rubrics(lesson: str) -> dict[str, Rubric]:
    """Return the rubric of each of the lesson's answers that are marked by hand, by grade_id; none without a scheme."""
    cells = [*solved(read_lesson(lesson)).cells, new_markdown_cell()]
    return {rubric.grade_id: rubric for before, cell, after in zip(cells, cells[1:], cells[2:])
            if (rubric := _rubric(before, cell, after))}


def _rubric(before: NotebookNode, cell: NotebookNode, after: NotebookNode) -> Rubric | None:
    settings = cell.metadata.get("nbgrader", {})
    by_code = cell.cell_type == "code"  # then the question tells the scheme
    found = _SCHEME.search(before.source if by_code else cell.source)
    if not (settings.get("grade") and settings.get("solution") and found):
        return None
    mentions = _MENTIONS.search(after.source)
    answer = f"```python\n{cell.source}\n```" if by_code else cell.source[:found.start()].strip()
    return Rubric(settings["grade_id"], settings["points"], _as_list(found[1] or found[2]),
                  mentions[1] if mentions else "", answer.removeprefix("**Model answer.** "))


def _as_list(scheme: str) -> str:
    sentences = [f"{one.rstrip('.')}." for one in _SENTENCE_ENDS.split(" ".join(scheme.split()))]
    rows = [_WORTH.sub(r"- **\g<0>**", one, count=1) for one in sentences if _WORTH.match(one)]
    remarks = " ".join(one for one in sentences if not _WORTH.match(one))
    return "\n".join(rows) + (f"\n\n{remarks}" if remarks else "")


def _above(cell: NotebookNode, known: dict[str, Rubric]) -> list[NotebookNode]:
    """Return the cell with the rubric of an answer. formgrader's page shows no mark at a folded text, so it has one."""
    rubric = known.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
    if rubric is None:
        return []
    return [new_markdown_cell(f"#### Rubric of `{rubric.grade_id}`: {rubric.worth}\n\n{rubric.scheme}\n\n"
                              f"<details><summary>▸ Model answer</summary>\n\n{rubric.answer}\n\n</details>")]
