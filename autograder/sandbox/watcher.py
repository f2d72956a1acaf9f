"""Looks at what a kernel uses, several times a second, and ends it where that is too much.

The operating system limits each process (`autograder.sandbox.start`); what many of them take together, it does not.
"""

import threading
from collections.abc import Callable

import psutil

from autograder.sandbox.limits import Limits

_PAUSE = 0.2  # seconds between two looks


class Watcher(threading.Thread):
    """Calls `end` with the reason, once, when the process `pid` and those below it use more than `limits`."""

    def __init__(self, pid: int, limits: Limits, end: Callable[[str], None]) -> None:
        super().__init__(name="watcher", daemon=True)
        self._pid, self._limits, self._end = pid, limits, end
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(_PAUSE):
            try:
                problem = self._problem(family(self._pid))
            except psutil.NoSuchProcess:
                return
            if problem:
                self._end(problem)
                return

    def stop(self) -> None:
        self._over.set()

    def _problem(self, processes: list[psutil.Process]) -> str:
        if len(processes) > self._limits.processes:
            return f"it had started more than {self._limits.processes} processes"
        if sum(map(_memory, processes)) > self._limits.memory:
            return f"it used more than {self._limits.memory / 2**30:g} GB of memory"
        return ""


def family(pid: int) -> list[psutil.Process]:
    """A process and all below it."""
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]


def _memory(process: psutil.Process) -> int:
    """What a process takes, its share of what it has in common with others."""
    try:
        full = process.memory_full_info()
    except psutil.Error:  # it has ended in the meantime
        return 0
    return getattr(full, "pss", full.uss)
