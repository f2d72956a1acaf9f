"""Put the notebook of a lesson right: every graded cell once, with its settings, in the lesson's order.

A cell of the lesson is recognised by its grade_id, or else by what stands in it: a solution defines the exercise's
function, a test checks it, an answer stands below its question.
"""

import copy
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.building.lesson import KERNEL, lesson_names
from autograder.building.notebooks import released_notebook

REPAIRS = "kws_repairs"
"""The notebook's metadata lists under this key what was repaired, in words."""
BESIDE = "(This text was left as it was. The answer may stand in a cell or a picture beside it.)"
"""Added to an answer that was left as it was where its author wrote something beside it: nbgrader takes an answer
without any change for none, and gives 0."""


class RestoreCells(NbGraderPreprocessor):
    """Repair the notebook before any of nbgrader's steps has to rely on its cells' metadata.

    `OverwriteCells` gives locked cells their text back afterwards.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        lesson = resources["nbgrader"]["notebook"]
        if lesson in lesson_names():
            nb.metadata[REPAIRS] = repair(nb, lesson)
        return nb, resources


def repair(notebook: NotebookNode, lesson: str) -> list[str]:
    """Repair the notebook in place; returns what was done, in words for the student."""
    lesson_cells = _Lesson(lesson)
    copies, settings, repairs = _claims(notebook, lesson_cells)
    found: dict[str, NotebookNode] = {}
    for grade_id, ours in lesson_cells.ours.items():
        if grade_id in copies:
            found[grade_id] = _one_of(copies[grade_id], ours, notebook, found)
            if len(copies[grade_id]) > 1:
                repairs.append(f"The cell {grade_id} was there {len(copies[grade_id])} times. One counts: of your own "
                               "cells the last that you changed. The others were taken as ordinary cells.")
    for grade_id, ours in lesson_cells.ours.items():
        alike = [] if grade_id in found else lesson_cells.alike(grade_id, notebook, found)
        if alike:
            found[grade_id] = _one_of(alike, ours, notebook, found)
            repairs.append(f"The cell {grade_id} had lost its settings; it was recognised by what stands in it.")
    for grade_id, cell in found.items():
        repairs += _mend(cell, lesson_cells.ours[grade_id], settings.get(id(cell)))
    repairs += _reorder(notebook, found, list(lesson_cells.ours))
    repairs += _put_back(notebook, found, lesson_cells)
    repairs += _point_beside(notebook, lesson_cells)
    return list(dict.fromkeys(repairs + _mend_kernel(notebook)))


class _Lesson:
    """The cells of a lesson as students get them. `ours` are those that nbgrader knows, by grade_id, in order."""

    def __init__(self, name: str) -> None:
        self._cells = released_notebook(name).cells
        self._texts = {cell.source.strip() for cell in self._cells}
        self.ours = {cell.metadata["nbgrader"]["grade_id"]: cell for cell in self._cells
                     if "nbgrader" in cell.metadata}

    def alike(self, grade_id: str, notebook: NotebookNode, found: dict[str, NotebookNode]) -> list[NotebookNode]:
        """Return the cells of the notebook that are clearly meant to be this one, among those that are no other."""
        taken = {id(cell) for cell in found.values()}
        return [cell for before, cell in zip([None, *notebook.cells], notebook.cells, strict=False)
                if id(cell) not in taken and self._is_alike(grade_id, cell, before)]

    def own(self, cells: Iterable[NotebookNode], answer: NotebookNode) -> Iterator[NotebookNode]:
        """Yield the student's own cells among the first ones, up to a cell of the lesson."""
        for cell in cells:
            is_copy = cell.source.strip() == answer.source.strip()
            if "nbgrader" in cell.metadata or (cell.source.strip() in self._texts and not is_copy):
                return
            if cell.source.strip() and not is_copy:
                yield cell

    def _is_alike(self, grade_id: str, cell: NotebookNode, before: NotebookNode | None) -> bool:
        ours = self.ours[grade_id]
        settings = ours.metadata["nbgrader"]
        if settings["grade"] and settings["solution"]:
            question = self._cells[self._cells.index(ours) - 1]
            others = [one.source.strip() for one in self._cells if one is not ours]
            return (before is not None and before.source.strip() == question.source.strip()
                    and cell.source.strip() not in others)
        if settings["solution"]:
            return defines(cell, grade_id.removesuffix("-solution"))
        if settings["grade"]:
            return bool(re.search(rf"^check\(\s*{re.escape(grade_id)}\s*\)", cell.source, re.MULTILINE))
        return cell.source.strip() == ours.source.strip()


def defines(cell: NotebookNode, name: str) -> bool:
    """Tell whether a cell defines the function `name`. Text counts as code after nothing but imports."""
    definition = rf"(?:def\s+{re.escape(name)}\s*\(|{re.escape(name)}\s*=[^=])"
    if cell.cell_type == "code":
        return bool(re.search(f"^{definition}", cell.source, re.MULTILINE))
    return bool(re.match(rf"(?:(?:(?:import|from) .*|[ \t]*)\n)*+{definition}", cell.source))


def _claims(notebook: NotebookNode, lesson: _Lesson) -> tuple[dict[str, list], dict[int, dict], list[str]]:
    """Take the settings off all cells; return the cells by the grade_id that they claim, their settings, repairs."""
    copies, settings, repairs = defaultdict(list), {}, []
    for cell in notebook.cells:
        claimed = cell.metadata.pop("nbgrader", None)
        grade_id = claimed.get("grade_id") if isinstance(claimed, dict) else None
        if isinstance(grade_id, str) and grade_id in lesson.ours:
            copies[grade_id].append(cell)
            settings[id(cell)] = claimed
        elif claimed is not None:
            repairs.append("A cell with settings that do not belong to this lesson was taken as an ordinary cell.")
    return copies, settings, repairs


def _one_of(copies: list[NotebookNode], ours: NotebookNode, notebook: NotebookNode,
            found: dict[str, NotebookNode]) -> NotebookNode:
    """Return the copy that counts.

    The other copies stay as ordinary cells directly before it, so that they cannot undo it but helpers in them work.
    """
    chosen = _in_order(copies, notebook, found) if ours.metadata["nbgrader"]["locked"] else _last_changed(copies, ours)
    others = [cell for cell in copies if cell is not chosen]
    moved = {id(cell) for cell in others}
    cells = [cell for cell in notebook.cells if id(cell) not in moved]
    place = _place(cells, chosen)
    notebook.cells = cells[:place] + others + cells[place:]
    return chosen


def _last_changed(copies: list[NotebookNode], ours: NotebookNode) -> NotebookNode:
    """Return the last copy that the student changed, as in Python the last definition of a function counts."""
    name = ours.metadata["nbgrader"]["grade_id"].removesuffix("-solution")
    defining = [cell for cell in copies if defines(cell, name)] or copies
    return ([cell for cell in defining if cell.source.strip() != ours.source.strip()] or defining)[-1]


def _in_order(copies: list[NotebookNode], notebook: NotebookNode, found: dict[str, NotebookNode]) -> NotebookNode:
    """Return the first copy behind the lesson's earlier cells. A locked cell gets its text back, so any will do."""
    behind = max((_place(notebook.cells, cell) for cell in found.values()), default=-1)
    return next((cell for cell in copies if _place(notebook.cells, cell) > behind), copies[0])


def _place(cells: list[NotebookNode], cell: NotebookNode) -> int:
    """Return where a cell stands; other cells may be equal to it."""
    return next(place for place, one in enumerate(cells) if one is cell)


def _mend(cell: NotebookNode, ours: NotebookNode, claimed: dict | None) -> list[str]:
    """Give a cell its kind and its settings back."""
    repairs, right = [], ours.metadata["nbgrader"]
    cell.metadata["nbgrader"] = NotebookNode(right)
    if claimed is not None and any(claimed.get(key) != value for key, value in right.items() if key != "checksum"):
        repairs.append(f"The settings of the cell {right['grade_id']} were damaged and have been restored.")
    if cell.cell_type != ours.cell_type:
        repairs.append(f"The cell {right['grade_id']} was of the kind {cell.cell_type}; it is {ours.cell_type} again.")
        cell["cell_type"] = ours.cell_type
        for part in ("outputs", "execution_count", "attachments"):
            cell.pop(part, None)
        if ours.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    return repairs


def _reorder(notebook: NotebookNode, found: dict[str, NotebookNode], order: list[str]) -> list[str]:
    """Bring cells of ours back into the lesson's order, each with the ordinary cells before it, which it may need."""
    blocks = list(_blocks(notebook, found))
    ranks = [order.index(grade_id) if grade_id else len(order) for grade_id, _ in blocks]
    if ranks == sorted(ranks):
        return []
    blocks = sorted(blocks, key=lambda block: order.index(block[0]) if block[0] else len(order))
    notebook.cells = [cell for _, cells in blocks for cell in cells]
    return ["The cells were not in the lesson's order; the exercises were put back into it."]


def _blocks(notebook: NotebookNode, found: dict[str, NotebookNode]) -> Iterator[tuple[str, list[NotebookNode]]]:
    names = {id(cell): grade_id for grade_id, cell in found.items()}
    block = []
    for cell in notebook.cells:
        block.append(cell)
        if id(cell) in names:
            yield names[id(cell)], block
            block = []
    yield "", block


def _put_back(notebook: NotebookNode, found: dict[str, NotebookNode], lesson: _Lesson) -> list[str]:
    """Insert missing tests, questions and locked cells behind the one that they follow in the lesson."""
    repairs, position = [], 0
    for grade_id, ours in lesson.ours.items():
        settings = ours.metadata["nbgrader"]
        if grade_id in found:
            position = 1 + _place(notebook.cells, found[grade_id])
        elif settings["grade"] or settings["locked"]:
            notebook.cells.insert(position, copy.deepcopy(ours))
            position += 1
            repairs.append(f"The cell {grade_id} was missing and has been put back.")
    return repairs


def _point_beside(notebook: NotebookNode, lesson: _Lesson) -> list[str]:
    """Let a person look where an answer was left as it was, but stands, perhaps, in a cell of the student's own."""
    repairs = []
    for cell in notebook.cells:
        settings = cell.metadata.get("nbgrader", {})
        by_hand = settings.get("grade") and settings.get("solution")
        if by_hand and cell.source.strip() == lesson.ours[settings["grade_id"]].source.strip():
            place = _place(notebook.cells, cell)
            before, after = notebook.cells[:place], notebook.cells[place + 1:]
            if cell.get("attachments") or [*lesson.own(reversed(before), cell), *lesson.own(after, cell)]:
                cell.source += f"\n\n{'# ' if cell.cell_type == 'code' else ''}{BESIDE}"
                repairs.append(f"The cell {settings['grade_id']} was left as it was, but something was written beside "
                               "it. A person looks whether that is the answer.")
    return repairs


def _mend_kernel(notebook: NotebookNode) -> list[str]:
    kernel = notebook.metadata.get("kernelspec")
    name = kernel.get("name") if isinstance(kernel, dict) else None
    notebook.metadata.update({key: NotebookNode(value) for key, value in KERNEL.items()})
    if name == KERNEL["kernelspec"]["name"]:
        return []
    if isinstance(name, str):
        return [f"The notebook was made for the kernel {name}; it was run with the course's own Python."]
    return ["The notebook did not say which kernel it is for; it was run with the course's own Python."]
