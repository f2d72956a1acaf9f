"""A function that does not exist where it is tested: students and instructors read why."""

import io
from contextlib import redirect_stdout

import pytest
from IPython.core.interactiveshell import InteractiveShell

from kws_helpers.check import check, ladders, missing
from kws_helpers.check.missing import asked_before, why_missing

RIGHT = "def frame_count(n_samples, window, hop):\n    return max(0, (n_samples - window) // hop + 1)\n"


@pytest.mark.parametrize("above, below, words", [
    ([f"%%timeit\n{RIGHT}"], [], "begins with %%timeit"), ([f"\n%%writefile f.py\n{RIGHT}"], [], "%%writefile"),
    (["class Mine:\n    " + RIGHT.replace("\n", "\n    ")], [], "the left margin"),
    (["if False:\n    " + RIGHT.replace("\n", "\n    ")], [], "the left margin"),
    (["%matplotlib inline\nx = 1"], [RIGHT], "below the test"),
    ([RIGHT.replace("frame_", "frames_")], [], "frames_count is"),
    ([RIGHT.replace("frame_count", "FrameCount")], [], "FrameCount is"),
    (["def broken("], ["?x"], "missing or was not run")])
def test_what_happened_to_the_function_is_said(above, below, words):
    assert words in why_missing("frame_count", above, below)


@pytest.fixture
def shell(monkeypatch):
    shell = InteractiveShell()
    shell.push({"check": check})
    monkeypatch.setattr("builtins.get_ipython", lambda: shell, raising=False)
    missing.hint_after_errors()
    missing.hint_after_errors()
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
