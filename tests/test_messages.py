"""Progress: one line in a terminal and in a notebook, gone at the end; nothing where nobody looks."""

import sys
from types import SimpleNamespace

import pytest

from kws_helpers.desk import messages

CLEAR = "\x1b[K"


@pytest.fixture
def clock(monkeypatch):
    """The time in seconds, as a list of one."""
    now = [0.0]
    monkeypatch.setattr(messages.time, "monotonic", lambda: now[0])
    return now


def in_a_terminal(monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)


def work(clock, *moments):
    with messages.progress_line("Reading", 1000) as update:
        for clock[0], done in moments:
            update(done)


def test_a_terminal_shows_it_after_a_second_a_few_times_a_second_and_clears_it(clock, monkeypatch, capsys):
    in_a_terminal(monkeypatch)
    work(clock, (0.9, 100), (1.0, 200), (1.1, 300), (1.2, 400))
    assert capsys.readouterr().out == f"\rReading: 20%{CLEAR}\rReading: 40%{CLEAR}\r{CLEAR}"


def test_short_work_and_a_pipe_show_nothing(clock, monkeypatch, capsys):
    work(clock, (100, 500))
    in_a_terminal(monkeypatch)
    work(clock, (100.1, 500))
    assert capsys.readouterr().out == ""


def test_long_work_says_how_long_and_what_was_there_before_does_not_count(clock, monkeypatch, capsys):
    in_a_terminal(monkeypatch)
    work(clock, (0, 500), (60, 600))
    assert "Reading: 60%, about 4 min left" in capsys.readouterr().out


@pytest.fixture
def shown(monkeypatch):
    """What a notebook shows, one text after another."""
    import IPython
    import IPython.display

    texts = []
    handle = SimpleNamespace(update=lambda bundle, raw: texts.append(bundle["text/plain"]))
    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(kernel=True))
    monkeypatch.setattr(IPython.display, "display", lambda bundle, **_: (handle.update(bundle, True), handle)[1])
    return texts


def test_a_notebook_shows_it_as_text_that_goes_away(clock, shown, capsys):
    work(clock, (1.0, 200), (2.0, 1000))
    assert shown == ["Reading: 20%", "Reading: 100%", ""] and capsys.readouterr().out == ""


def three_texts():
    line = messages.StatusLine()
    for text in ("one", "two", "three"):
        line.show(text)
    line.end()


def test_of_a_status_the_last_text_stays(shown, capsys):
    three_texts()
    assert shown == ["one", "two", "three"] and capsys.readouterr().out == ""


def test_a_terminal_shows_each_status_in_place_and_a_pipe_the_last(monkeypatch, capsys):
    three_texts()
    assert capsys.readouterr().out == "three\n"
    in_a_terminal(monkeypatch)
    three_texts()
    assert capsys.readouterr().out == f"\rone{CLEAR}\rtwo{CLEAR}\rthree{CLEAR}\n"
