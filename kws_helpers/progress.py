"""One line that says how far a long loop has come: in a terminal and in a notebook, and nowhere else.

It appears only when the work takes longer than a second, and goes away when the work is done.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

_PATIENCE = 1.0  # seconds before anything is shown
_PAUSE = 0.2  # seconds between two updates

Item = TypeVar("Item")


def track(iterable: Iterable[Item], description: str, total: int | None = None) -> Iterator[Item]:
    """The items of `iterable`, with a progress line; `total` is the number of items where `len` does not tell it."""
    if total is None and hasattr(iterable, "__len__"):
        total = len(iterable)
    with progress_line(description, total) as update:
        for done, item in enumerate(iterable):
            update(done)
            yield item


@contextmanager
def progress_line(description: str, total: int | None, visible: bool = True) -> Iterator[Callable[[int], None]]:
    """A function to call with the amount of work done so far, of `total` in any unit (None: unknown)."""
    display = _display(description, total) if visible else _Nowhere(description, total)
    next_update = time.monotonic() + _PATIENCE

    def update(done: int) -> None:
        nonlocal next_update
        now = time.monotonic()
        if now >= next_update:
            next_update = now + _PAUSE
            display.show(done)

    try:
        yield update
    finally:
        display.close()


def _display(description: str, total: int | None) -> "_Nowhere":
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if hasattr(shell, "kernel"):
        return _Notebook(description, total)
    if sys.stdout is not None and sys.stdout.isatty():
        return _Terminal(description, total)
    return _Nowhere(description, total)


class _Nowhere:
    """Neither a terminal nor a notebook reads the output: say nothing."""

    def __init__(self, description: str, total: int | None):
        self.description = description
        self.total = total

    def show(self, done: int) -> None:
        pass

    def close(self) -> None:
        pass


class _Notebook(_Nowhere):
    handle = None

    def show(self, done: int) -> None:
        self._print(f"{self.description}: {done / self.total:.0%}" if self.total else f"{self.description}: {done:,}")

    def close(self) -> None:
        if self.handle:
            self._print("")

    def _print(self, text: str) -> None:
        from IPython.display import display

        bundle = {"text/plain": text}
        if self.handle:
            self.handle.update(bundle, raw=True)
        else:
            self.handle = display(bundle, raw=True, display_id=True)


class _Terminal(_Nowhere):
    bar = None

    def show(self, done: int) -> None:
        if not self.bar:
            from rich.progress import Progress

            self.bar = Progress(transient=True)  # rich writes to stdout
            self.task = self.bar.add_task(self.description, total=self.total)
            self.bar.start()
        self.bar.update(self.task, completed=done)

    def close(self) -> None:
        if self.bar:
            self.bar.stop()


@contextmanager
def status_line() -> Iterator[Callable[[str], None]]:
    """A function that shows a text in place of the one before; the last text stays."""
    from IPython.display import display

    ipython = sys.modules["IPython"].get_ipython()
    handle = display({"text/plain": ""}, raw=True, display_id=True) if hasattr(ipython, "kernel") else None
    last = ""

    def say(text: str) -> None:
        nonlocal last
        last = text
        if handle:
            handle.update({"text/plain": text}, raw=True)
        elif sys.stdout.isatty():
            print(f"\r{text}\x1b[K", end="", flush=True)

    yield say
    if not handle:
        print(f"\r{last}" if sys.stdout.isatty() else last)
