"""What a learner is told beside the output of a cell: warnings, and one line that says how far long work has come."""

import codecs
import io
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_PACKAGE = __name__.partition(".")[0]
_PATIENCE = 1.0  # seconds before progress is shown
_PAUSE = 0.2  # seconds between two updates


_PLAIN = {"✔": "+", "✘": "x", "–": "-", "…": "..."}
"""What stands for a character that a terminal cannot write; "?" for all others."""


def print_what_can_be_printed() -> None:
    """Let no character that the terminal cannot write stop a command."""
    codecs.register_error("plain", lambda error: (
        "".join(_PLAIN.get(one, "?") for one in error.object[error.start:error.end]), error.end))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plain")


def warn(message: str) -> None:
    """Give a UserWarning that points at the line of the student: the first caller outside this package."""
    level, frame = 1, sys._getframe()
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
        level, frame = level + 1, frame.f_back
    warnings.warn(message.encode(errors="backslashreplace").decode(), stacklevel=level)  # names may be any bytes


@contextmanager
def progress_line(description: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show how far long work has come. The line appears after a second, and goes away when the work ends.

    Yields:
        A function to call with the amount of work done so far, of `total` in any unit.
    """
    line, begin, first = StatusLine(), time.monotonic(), None
    next_update = begin + _PATIENCE

    def update(done: int) -> None:
        nonlocal first, next_update
        now = time.monotonic()
        first = done if first is None else first  # a download that is resumed does not begin at 0
        if now >= next_update:
            next_update = now + _PAUSE
            minutes = (now - begin) * (total - done) / (done - first) / 60 if done > first else 0
            line.show(f"{description}: {done / total:.0%}{f', about {minutes:.0f} min left' if minutes > 1 else ''}")

    try:
        yield update
    finally:
        if line.text:
            line.show("")


class StatusLine:
    """A text in place of the one before, in a notebook and in a terminal; nowhere else is anything shown."""

    def __init__(self) -> None:
        ipython = sys.modules.get("IPython")
        self._in_notebook = hasattr(ipython.get_ipython() if ipython else None, "kernel")
        self.in_terminal = not self._in_notebook and sys.stdout is not None and sys.stdout.isatty()
        self.text, self.handle = "", None

    def show(self, text: str) -> None:
        self.text = text
        if self.in_terminal:
            print(f"\r{text}\x1b[K", end="", flush=True)
        elif self.handle:
            self.handle.update({"text/plain": text}, raw=True)
        elif self._in_notebook:
            from IPython.display import display

            self.handle = display({"text/plain": text}, raw=True, display_id=True)

    def end(self) -> None:
        """Keep the last text. Where none was shown, print it now."""
        if not self.handle:
            print("" if self.in_terminal else self.text)
