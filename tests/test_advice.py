"""What a learner is told when a cell needs another one that has not run."""

import nbformat
import pytest
from nbclient import NotebookClient

SENTENCE = "If a cell further up defines total, that cell has not run"


def traceback(code, environment, monkeypatch):
    """The last traceback of a kernel as learners have it."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook, kernel_name="python3", allow_errors=True).execute()
    return "\n".join(notebook.cells[0].outputs[0].traceback)


@pytest.mark.parametrize("code, helps", [("total + 1", True), ("def f():\n    return total\nf()", True),
                                         ("def f():\n    total += 1\nf()", False), ("1 / 0", False)])
def test_the_kernel_says_which_cells_to_run(code, helps, monkeypatch):
    assert (SENTENCE in traceback(code, {}, monkeypatch)) == helps


def test_while_grading_errors_stay_as_they_are(monkeypatch):
    assert SENTENCE not in traceback("total + 1", {"NBGRADER_EXECUTION": "autograde"}, monkeypatch)
