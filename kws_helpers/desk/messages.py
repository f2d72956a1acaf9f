"""What a learner is told beside the output of a cell: warnings, and one line that says how far long work has come."""

import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_PACKAGE = __name__.partition(".")[0]
_PATIENCE = 1.0  # seconds before progress is shown
_PAUSE = 0.2  # seconds between two updates


def warn(message: str) -> None:
    """Give a UserWarning that points at the line of the student: the first caller outside this package."""
    level, frame = 1, sys._getframe()
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, stacklevel=level)


@contextmanager
def progress_line(description: str, total: int, visible: bool = True) -> Iterator[Callable[[int], None]]:
    """Show how far long work has come, and in how many minutes it may be done.

    The line appears when the work takes longer than a second, and goes away at its end.

    Yields:
        A function to call with the amount of work done so far, of `total` in any unit.
    """
    line = _Line()
    begin = time.monotonic()
    next_update = begin + _PATIENCE
    first = None

    def update(done: int) -> None:
        nonlocal next_update, first
        now = time.monotonic()
        first = done if first is None else first  # a download that is resumed does not begin at 0
        if visible and now >= next_update:
            next_update = now + _PAUSE
            minutes = (now - begin) / max(1, done - first) * (total - done) / 60
            line.show(f"{description}: {done / total:.0%}{f', about {minutes:.0f} min left' if minutes > 1 else ''}")

    try:
        yield update
    finally:
        line.clear()


@contextmanager
def status_line() -> Iterator[Callable[[str], None]]:
    """Show a text in place of the one before; the last text stays.

    Yields:
        A function to call with the text.
    """
    line, last = _Line(), ""

    def say(text: str) -> None:
        nonlocal last
        last = text
        line.show(text)

    yield say
    line.end(last)


class _Line:
    """A text in place of the one before, in a notebook and in a terminal; nowhere else is anything shown."""

    def __init__(self) -> None:
        ipython = sys.modules.get("IPython")
        self._in_notebook = hasattr(ipython.get_ipython() if ipython else None, "kernel")
        self._in_terminal = not self._in_notebook and sys.stdout is not None and sys.stdout.isatty()
        self._handle = None  # of what is shown in a notebook
        self._shown = False

    def show(self, text: str) -> None:
        self._shown = True
        if self._in_terminal:
            print(f"\r{text}\x1b[K", end="", flush=True)
        elif self._handle:
            self._handle.update({"text/plain": text}, raw=True)
        elif self._in_notebook:
            from IPython.display import display

            self._handle = display({"text/plain": text}, raw=True, display_id=True)

    def clear(self) -> None:
        if self._shown:
            self.show("")

    def end(self, text: str) -> None:
        """Leave the text; where nothing was shown so far, it is printed now."""
        if not self._in_notebook:
            print("" if self._in_terminal else text)
