"""A lesson's notebook as nbgrader's source, and as students get it; files of a fixed form."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearOutput, ClearSolutions, ComputeChecksums, LockCells

from autograder.building.colab import colab_cell
from autograder.building.figures import attach_expected, figures
from autograder.building.lesson import read_lesson
from autograder.building.paths import SOLUTIONS
from kws_helpers.whole_file import write_whole

JUDGE_IMPORT = "from autograder.judge import judge"


class BuildError(ValueError):
    """A lesson could not be built; the message says which and why."""


def source_notebook(name: str) -> NotebookNode:
    """Return the lesson as nbgrader's source: Colab's cell first, the judge imported, expected figures put in."""
    notebook = read_lesson(name)
    for cell in notebook.cells:
        cell.source = cell.source.replace("### BEGIN HIDDEN TESTS", f"### BEGIN HIDDEN TESTS\n{JUDGE_IMPORT}")
    attach_expected(notebook, figures(SOLUTIONS / f"{name}.ipynb"))
    notebook.cells.insert(0, colab_cell())
    return notebook


@cache
def released_notebook(name: str) -> NotebookNode:
    """Return the lesson as students get it: nbgrader's own steps on its source. Not to be changed; take a copy."""
    notebook, resources = source_notebook(name), {"nbgrader": {}}
    for step in (LockCells, ClearSolutions, ClearOutput, ComputeChecksums, ClearHiddenTests, ComputeChecksums):
        notebook, resources = step().preprocess(notebook, resources)
    return notebook


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook with a fixed form, so that equal notebooks are equal files."""
    nbformat.validate(notebook)
    write_whole(path, nbformat.writes(notebook) + "\n")


def write_rows(values: Mapping[str, object], path: Path) -> None:
    """Write JSON with a line for each name, which can be compared line by line."""
    rows = (f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in values.items())
    write_whole(path, "{\n" + ",\n".join(rows) + "\n}\n")
