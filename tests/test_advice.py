"""What a learner is told when a cell needs another one that has not run."""

from types import SimpleNamespace

import nbformat
import pytest
from nbclient import NotebookClient

from kws_helpers.desk import advice

SENTENCE = "If a cell further up defines total, that cell has not run"
CELLS = {"total + 1": True, "def f():\n    return total\nf()": True, "def f():\n    total += 1\nf()": False,
         "1 / 0": False}  # whether it says so


def test_every_kernel_of_the_course_says_which_cells_to_run_and_goes_on_after_an_unwritten_exercise():
    fails = {"tags": ["raises-exception"]}
    notebook = nbformat.v4.new_notebook(cells=[
        *(nbformat.v4.new_code_cell(code, metadata=fails) for code in CELLS),
        nbformat.v4.new_code_cell("def softmax(z):\n    raise NotImplementedError()"),
        nbformat.v4.new_code_cell("p = softmax([1])"), nbformat.v4.new_code_cell("await p")])
    NotebookClient(notebook, kernel_name="python3").execute()
    said = [SENTENCE in "\n".join(cell.outputs[0].traceback) for cell in notebook.cells[:len(CELLS)]]
    assert said == list(CELLS.values())
    assert all(cell.outputs[0].text.startswith("This cell needs `softmax`") for cell in notebook.cells[-2:])


def test_while_grading_errors_stay_as_they_are(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    advice.load_ipython_extension(SimpleNamespace(set_custom_exc=lambda *_: pytest.fail("changed")))
