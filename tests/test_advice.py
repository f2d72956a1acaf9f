"""What a learner is told when a cell needs another one that has not run."""

from types import SimpleNamespace

import nbformat
import pytest
from nbclient import NotebookClient

from kws_helpers.desk import advice

SENTENCE = "If a cell further up defines total, that cell has not run"
CELLS = {"total + 1": True, "def f():\n    return total\nf()": True, "def f():\n    total += 1\nf()": False,
         "1 / 0": False}  # whether it says so


def test_every_kernel_of_the_course_says_which_cells_to_run():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in CELLS])
    NotebookClient(notebook, kernel_name="python3", allow_errors=True).execute()
    said = [SENTENCE in "\n".join(cell.outputs[0].traceback) for cell in notebook.cells]
    assert said == list(CELLS.values())


def test_while_grading_errors_stay_as_they_are(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    advice.load_ipython_extension(SimpleNamespace(set_custom_exc=lambda *_: pytest.fail("changed")))
