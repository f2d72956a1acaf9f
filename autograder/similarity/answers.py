"""What a student wrote in a notebook: the answer to each exercise and question, and cells of their own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.building.notebooks import released_notebook
from autograder.intake.repair import repair
from autograder.intake.submissions import Submission
from autograder.similarity.prints import MOST_CHARACTERS, Prints, of_code, of_text
from kws_helpers.desk.text import counted

OWN = "own cells"
_MOST_CELLS, _MOST_OWN = 200, 100_000
"""What is read of a student's own cells: so many, and so many characters."""


@dataclass
class Answer:
    """What a student wrote in a cell. `said` is what has to be known about the reading."""

    student: str
    lesson: str
    exercise: str
    source: str
    prints: Prints
    said: str = ""


def answers_of(submission: Submission) -> Iterator[Answer]:
    """Yield what a student wrote in a notebook, which is repaired first, in place."""
    lesson, cells, left = submission.assignment, 0, _MOST_OWN
    repair(submission.notebook, lesson)
    handed_out = {cell.source.strip() for cell in released_notebook(lesson).cells}
    for cell in submission.notebook.cells:
        settings = cell.metadata.get("nbgrader")
        is_theirs = settings["solution"] if settings else cells < _MOST_CELLS and left > 0
        if is_theirs and cell.source.strip() not in handed_out:
            source = re.sub(r"\r\n?", "\n", cell.source[:MOST_CHARACTERS])
            cells, left = (cells, left) if settings else (cells + 1, left - len(source))
            prints = of_text(source) if cell.cell_type == "markdown" else of_code(source)
            said = []
            if prints.not_python:
                lines = counted(len(prints.not_python), "line is not", "lines are not")
                said.append(f"{lines} Python that can be read, and compared word by word.")
            if len(cell.source) > MOST_CHARACTERS:
                said.append(f"Only the first {MOST_CHARACTERS:,} characters were compared.")
            name = settings["grade_id"].removesuffix("-solution") if settings else OWN
            yield Answer(submission.student, lesson, name, source, prints, " ".join(said))
