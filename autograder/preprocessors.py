"""A step in nbgrader's pipeline: notebooks come back with cells missing, copied, or with damaged metadata."""

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.lesson import lesson_names, read_lesson

REPAIRS = "kws_repairs"
"""The notebook's metadata lists under this key what was repaired, in words."""


class RestoreCells(NbGraderPreprocessor):
    """Make nbgrader's metadata whole again, and put back test cells and question cells that are gone.

    Runs after `DeduplicateIds`, which leaves copies with empty metadata that later steps cannot read, and before
    `OverwriteCells`, which gives locked cells their text back.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        lesson = resources["nbgrader"]["notebook"]
        if lesson in lesson_names():
            ours = [cell for cell in read_lesson(lesson).cells if "nbgrader" in cell.metadata]
            repairs = _mend_metadata(nb, {_id(cell): cell for cell in ours}) + _put_back(nb, ours)
            if repairs:
                nb.metadata[REPAIRS] = repairs
        return nb, resources


def _id(cell: NotebookNode) -> str:
    return cell.metadata["nbgrader"].get("grade_id", "")


def _mend_metadata(nb: NotebookNode, ours: dict[str, NotebookNode]) -> list[str]:
    """Give every cell of ours its metadata back, and take nbgrader's from all other cells."""
    repairs = []
    for cell in nb.cells:
        if "nbgrader" not in cell.metadata:
            continue
        grade_id = _id(cell)
        if grade_id not in ours:
            del cell.metadata["nbgrader"]
            repairs.append("A cell that was copied, or does not belong to this lesson, was taken as an ordinary cell.")
            continue
        right = ours[grade_id].metadata["nbgrader"]
        if any(cell.metadata["nbgrader"].get(key) != value for key, value in right.items()):
            cell.metadata["nbgrader"] = NotebookNode(right)
            repairs.append(f"The settings of the cell {grade_id} were damaged and have been restored.")
    return repairs


def _put_back(nb: NotebookNode, ours: list[NotebookNode]) -> list[str]:
    """Insert missing cells behind the one that they follow in the lesson."""
    repairs, position = [], 0
    present = {_id(cell) for cell in nb.cells if "nbgrader" in cell.metadata}
    for cell in ours:
        grade_id, metadata = _id(cell), cell.metadata["nbgrader"]
        if grade_id in present:
            position = 1 + next(i for i, one in enumerate(nb.cells)
                                if "nbgrader" in one.metadata and _id(one) == grade_id)
        elif metadata["grade"] or metadata["locked"]:
            if metadata["solution"]:
                cell.source = "YOUR ANSWER HERE"
            nb.cells.insert(position, cell)
            position += 1
            repairs.append(f"The cell {grade_id} was missing and has been put back.")
    return repairs
