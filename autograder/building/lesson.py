"""Read a lesson: one text file in jupytext's percent form, with nbgrader's metadata in a short form.

A cell header names only what is special; the rest of nbgrader's metadata is filled in here::

    # %% nbgrader={"grade_id": "softmax-solution", "solution": true}
    # %% nbgrader={"grade_id": "softmax", "grade": true, "points": 3}
    # %% [markdown] nbgrader={"grade_id": "why-softmax", "grade": true, "solution": true, "points": 2}
"""

import ast
import hashlib
from functools import cache

import jupytext
from nbformat import NotebookNode

from autograder.building.paths import LESSONS

KERNEL = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
          "language_info": {"name": "python"}}


CHALLENGE = "07_tc_resnet"
"""The lesson with the challenge, for which a network is handed in beside the notebook."""

WELCOME, WARM_UP = "00_start", "00_warm_up"
UNGRADED = (WELCOME, WARM_UP)
"""The notebooks before the first lesson: nothing in them is graded."""


def lesson_names() -> list[str]:
    """Return the names of all lessons, in order. A lesson, its notebook and its assignment have the same name."""
    return sorted(path.stem for path in LESSONS.glob("[0-9][0-9]_*.py") if path.stem not in UNGRADED)


SHOWS = "shows"
"""The tag of a code cell that only shows something: no graded cell needs it, and the notebooks do not have the tag."""

CLAIM = "claim"
"""The tag of a cell of claims (`building/claims.py`): it is run where a lesson is solved, and is in no notebook."""


@cache
def cells_that_show(name: str) -> frozenset[str]:
    """Return the sources of the lesson's cells that have the tag `SHOWS`."""
    return frozenset(cell.source for cell in all_cells(name) if SHOWS in cell.metadata.get("tags", []))


WORKED = "worked"
"""The tag of a text that no notebook has: a similar function, worked, which `check` shows after the last hint."""


def all_cells(name: str) -> list[NotebookNode]:
    """Return the cells of a lesson's source as they are, those included that no notebook has."""
    return _source(name).cells


def read_lesson(name: str) -> NotebookNode:
    """Return the lesson as a notebook with solutions, hidden tests, complete nbgrader metadata and stable cell ids."""
    notebook = read_with_claims(name)
    notebook.cells = [cell for cell in notebook.cells if not is_claim(cell)]
    return notebook


def is_claim(cell: NotebookNode) -> bool:
    return CLAIM in cell.metadata.get("tags", [])


def read_with_claims(name: str) -> NotebookNode:
    """Return what `read_lesson` returns, with the cells that check what the lesson claims."""
    notebook = _source(name)
    notebook.cells = [cell for cell in notebook.cells if WORKED not in cell.metadata.get("tags", [])]
    notebook.metadata = NotebookNode(KERNEL)
    number = -1
    for cell in notebook.cells:
        number += not is_claim(cell)  # a new claim changes no other cell's id
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"] = _complete(cell.metadata["nbgrader"], cell.cell_type)
        cell["id"] = _cell_id(cell, number)
        tags = [tag for tag in cell.metadata.pop("tags", []) if tag != SHOWS]
        cell.metadata |= {"tags": tags} if tags else {}
        cell.metadata.pop("lines_to_next_cell", None)  # jupytext's, of the text file
    return notebook


@cache
def points_by_exercise() -> dict[str, float]:
    """Return the points of every cell that is graded by tests, by grade_id."""
    return {grade["grade_id"]: grade["points"] for name in lesson_names() for grade in graded_cells(name)
            if not grade["solution"]}


def points_of(exercise: str) -> float:
    return points_by_exercise()[exercise]


@cache
def nbgrader_cells(name: str) -> list[dict]:
    """Return nbgrader's metadata of the lesson's cells that it knows, in order."""
    return [cell.metadata["nbgrader"] for cell in read_lesson(name).cells if "nbgrader" in cell.metadata]


def graded_cells(name: str) -> list[dict]:
    """Return nbgrader's metadata of the lesson's graded cells, in order: tests, and questions marked by hand."""
    return [metadata for metadata in nbgrader_cells(name) if metadata["grade"]]


def lesson_of(exercise: str) -> str:
    """Return the lesson that the exercise belongs to."""
    for name in lesson_names():
        if any(cell["grade_id"] == exercise for cell in graded_cells(name)):
            return name
    raise LookupError(f"no lesson has an exercise called {exercise!r}")


def functions_module(name: str) -> str:
    """Return the solutions of a lesson as the text of a Python module."""
    notebook = read_lesson(name)
    solutions = [_without_markers(cell.source) for cell in notebook.cells if _is_function(cell)]
    code = "\n\n\n".join(solutions)
    imports = "\n".join(_imports_for(code, notebook))
    head = f'"""The solutions of lesson {name}, made from `autograder/lessons/{name}.py` by `make lessons`."""'
    return "\n\n".join(filter(None, [head, imports])) + "\n\n\n" + code + "\n"


def solution_of(name: str, function: str) -> str:
    """Return the lesson's solution cell of a function, without the markers."""
    return next(_without_markers(cell.source) for cell in read_lesson(name).cells
                if cell.metadata.get("nbgrader", {}).get("grade_id") == f"{function}-solution")


def solved(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook with its solutions, but without the markers around them and without hidden tests."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = _without_markers(_without_hidden_tests(cell.source))
    return notebook


def imported_names(node: ast.AST) -> set[str]:
    """Return the names that an import statement makes; none for any other node."""
    if not isinstance(node, (ast.Import, ast.ImportFrom)):
        return set()
    return {alias.asname or alias.name.partition(".")[0] for alias in node.names}


def _source(name: str) -> NotebookNode:
    return jupytext.read(LESSONS / f"{name}.py", fmt="py:percent")


def _complete(short: dict, cell_type: str) -> dict:
    grade, solution = short.get("grade", False), short.get("solution", False)
    full = {"grade": grade, "grade_id": short["grade_id"], "locked": not solution, "schema_version": 3,
            "solution": solution, "task": False, "cell_type": cell_type}
    return full | ({"points": short["points"]} if grade else {})


def _is_function(cell: NotebookNode) -> bool:
    """Tell whether a cell holds an exercise's function; code that is marked by hand is graded itself."""
    metadata = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and metadata.get("solution", False) and not metadata["grade"]


def _cell_id(cell: NotebookNode, number: int) -> str:
    """Return an id that stays when a lesson is built again, so that equal lessons are equal files."""
    name = cell.metadata.get("nbgrader", {}).get("grade_id") or f"{number}-{cell.source}"
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def _without_hidden_tests(source: str) -> str:
    kept, hidden = [], False
    for line in source.splitlines():
        hidden = hidden or "BEGIN HIDDEN TESTS" in line
        if not hidden:
            kept.append(line)
        hidden = hidden and "END HIDDEN TESTS" not in line
    return "\n".join(kept)


def _without_markers(source: str) -> str:
    return "\n".join(line for line in source.splitlines()
                     if "### BEGIN SOLUTION" not in line and "### END SOLUTION" not in line)


def _imports_for(code: str, notebook: NotebookNode) -> list[str]:
    """Return the notebook's top-level imports of names that `code` uses without importing them."""
    tree = ast.parse(code)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    own = set().union(*map(imported_names, tree.body))
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    lines = []
    for cell in notebook.cells:
        if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("solution"):
            for node in ast.parse(cell.source).body:
                if imported_names(node) & (used - own) and ast.unparse(node) not in lines:
                    lines.append(ast.unparse(node))
    return lines
