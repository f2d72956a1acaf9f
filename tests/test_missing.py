"""A function that does not exist where it is tested: students and instructors read why."""

import io
from contextlib import redirect_stdout

import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbformat.v4 import new_code_cell, new_output

from autograder.building.lesson import graded_cells
from autograder.grading.gradebook import Grade
from autograder.grading.rows import rows_of_graded
from autograder.intake.submissions import Submission
from autograder.judging.verdict import VERDICT_TYPE
from autograder.sample_class import filled
from kws_helpers.check import check, ladders
from kws_helpers.check.missing import asked_before, why_missing
from kws_helpers.desk import advice

RIGHT = "def frame_count(n_samples, window, hop):\n    return max(0, (n_samples - window) // hop + 1)\n"


@pytest.mark.parametrize("above, below, words", [
    ([f"%%timeit\n{RIGHT}"], [], "begins with %%timeit"), ([f"\n%%writefile f.py\n{RIGHT}"], [], "%%writefile"),
    (["class Mine:\n    " + RIGHT.replace("\n", "\n    ")], [], "the left margin"),
    (["if False:\n    " + RIGHT.replace("\n", "\n    ")], [], "the left margin"),
    (["%matplotlib inline\nx = 1"], [RIGHT], "below its test"),
    ([RIGHT.replace("frame_", "frames_")], [], "frames_count is"),
    ([RIGHT.replace("frame_count", "FrameCount")], [], "FrameCount is"),
    (["def broken("], ["?x"], "missing or was not run")])
def test_what_happened_to_the_function_is_said(above, below, words):
    assert words in why_missing("frame_count", above, below)


@pytest.fixture
def shell():
    shell = InteractiveShell()
    shell.push({"check": check})
    advice.load_ipython_extension(shell)
    return shell


def printed(shell, *cells):
    with redirect_stdout(io.StringIO()) as text:
        for cell in cells:
            shell.run_cell(cell, store_history=True)
    return text.getvalue()


def test_at_the_desk_the_reason_stands_below_the_error(shell):
    text = printed(shell, RIGHT.replace("frame_", "frames_"), "check(frame_count)", "nothing_of_ours")
    assert text.count("frames_count is. Is the name misspelt?") == 1


@pytest.mark.parametrize("line, words", [
    ("n = int(input('how many? '))", "input() above"), ("%matplotlib widget", "%matplotlib widget above"),
    ("%matplotlib inline", ""), ("def ask():\n    return input()", ""), ("x = [1]", "")])
def test_check_says_what_would_stop_the_cell_where_nobody_types(shell, monkeypatch, line, words):
    monkeypatch.setattr("builtins.input", lambda text: "3")
    shell.run_line_magic = lambda *args, **kwargs: None
    shell.run_cell(f"{line}\n{RIGHT}", store_history=True)
    function = shell.user_ns["frame_count"]
    assert asked_before(function) == words.removesuffix(" above")
    report = ladders()["frame_count"].climb(function)
    assert report.passed == (not words) and words in str(report)


def error(name, value):
    return new_output("error", ename=name, evalue=value, traceback=[])


STUB = new_output("display_data", {VERDICT_TYPE: {"status": "untouched", "message": "the stub", "mistake": ""}})
UNDEFINED = error("NameError", "name 'frame_count' is not defined")


@pytest.mark.parametrize("answer, last, own, tested, words", [
    ("# the stub", RIGHT, None, STUB, "is defined below its test"),
    ("# the stub", "", None, STUB, "the stub"),
    (RIGHT.replace("frame_", "frames_"), "", None, UNDEFINED, "misspelt"),
    (RIGHT, "", error("StdinNotImplementedError", "no input"), UNDEFINED, "stops at `input`"),
    (RIGHT, "", error("RuntimeError", "'widget' is not a recognised GUI loop or backend name"), UNDEFINED,
     "stops at `%matplotlib`")])
def test_instructors_read_why_as_well(answer, last, own, tested, words):
    notebook = filled("01_dataset", {"frame_count": answer})
    notebook.cells.append(new_code_cell(last))
    cells = {cell.metadata["nbgrader"]["grade_id"]: cell for cell in notebook.cells if "nbgrader" in cell.metadata}
    cells["frame_count"].outputs, cells["frame_count-solution"].outputs = [tested], [own] if own else []
    grades = {cell["grade_id"]: Grade(cell["grade_id"], 0.0, cell["points"]) for cell in graded_cells("01_dataset")}
    (row,) = [row for row in rows_of_graded(Submission("ada", "01_dataset", None), notebook, grades)
              if row.exercise == "frame_count"]
    assert words in row.message
