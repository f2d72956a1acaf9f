"""Students' text on the terminal: printed as it is, whatever rich or the terminal would make of it."""

import io
import sys

import pytest
from rich.console import Console

from autograder import terminal
from autograder.grading.challenge import Entry
from autograder.grading.grade import ClassResult
from autograder.grading.rows import Row, total_up
from autograder.intake.collect import Placed
from autograder.intake.unpack import LeftOut
from autograder.running.sandbox.doctor import Check
from kws_helpers.desk.messages import print_what_can_be_printed

HOSTILE = "ada [late] [/b] \x1b[2J\x07 :boom:"
SHOWN = "ada [late] [/b]"
ROWS = [Row(HOSTILE, HOSTILE, "softmax", 0.0, 1.0, "failed", f"No. {HOSTILE}")]


def grade(console, patch, tmp_path):
    def grade_class(submissions, output, *, progress, **options):
        progress(1, 2, HOSTILE)
        return ClassResult(ROWS)

    patch.setattr(terminal, "grade_class", grade_class)
    patch.setattr(terminal, "write_results", lambda result, output: None)
    terminal.grade_and_report(console, tmp_path, tmp_path / HOSTILE, seconds=1, protection="")


def measure(console, patch, tmp_path):
    patch.setattr(terminal, "run_challenge", lambda *args: iter([Entry(HOSTILE, None, None, HOSTILE)]))
    terminal.measure_challenge(console, tmp_path, None, tmp_path / "ada [late] [b].csv", "")


@pytest.mark.parametrize("work", [
    grade, measure, lambda console, *_: terminal.say(console, HOSTILE, style="red"),
    lambda console, *_: terminal.print_gradebook(console, total_up(ROWS), ROWS),
    lambda console, *_: terminal.print_collected(console, [Placed(HOSTILE, HOSTILE, HOSTILE, HOSTILE)], []),
    lambda console, *_: terminal.print_collected(console, [], [LeftOut(HOSTILE, HOSTILE)]),
    lambda console, *_: terminal.print_checks(console, [Check("x", True, HOSTILE)])])
def test_students_text_is_printed_as_it_is(work, monkeypatch, tmp_path):
    said = io.StringIO()
    work(Console(file=said, force_terminal=True, width=300), monkeypatch, tmp_path)
    assert SHOWN in said.getvalue()
    assert "\x1b[2J" not in said.getvalue() and "\x07" not in said.getvalue() and ":boom:" in said.getvalue()


@pytest.mark.parametrize("encoding, mark", [("cp1252", "x Çelik ?"), ("ascii", "x ?elik ?"), ("utf-8", "✘ Çelik 雪")])
def test_a_terminal_that_cannot_write_a_character_shows_another(monkeypatch, encoding, mark):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding, write_through=True))
    print_what_can_be_printed()
    with Console().status("Collecting …"):
        terminal.print_collected(Console(), [Placed("雪", "…", "─", "✔")], [LeftOut("Çelik", "雪")])
    assert mark in raw.getvalue().decode(encoding)
