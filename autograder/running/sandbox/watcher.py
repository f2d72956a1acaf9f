"""Look at what a kernel uses, several times a second, and end it where that is too much.

The operating system limits each process (`start.py`); what many of them take together, it does not.
A look has to be cheap: it must come to its end while a thousand processes want the same cores.
"""

import contextlib
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import psutil

from autograder.running.sandbox.launcher import START
from autograder.running.sandbox.limits import Limits
from kws_helpers.check.clock import Work, work_in, work_of

_PAUSE = 0.2  # seconds between two looks
_PAGE = 4096 if os.name == "nt" else os.sysconf("SC_PAGE_SIZE")


class Usage(Protocol):
    """What some processes use at the moment. Both may raise OSError or psutil.Error when there are none any more."""

    def processes(self) -> int:
        """Return how many there are."""

    def memory(self, enough: int) -> int:
        """Return the bytes that they take, what they share counted once; not exact where it is less than `enough`."""

    def work(self) -> Work:
        """Return what they have computed until now."""


def memory_of(process: psutil.Process) -> int:
    """Return the bytes that a process takes: its proportional set size, where the system tells; 0 once it has ended."""
    try:
        full = process.memory_full_info()
    except psutil.Error:
        return 0
    return getattr(full, "pss", full.uss)


class Family:
    """A process and all below it."""

    def __init__(self, pid: int) -> None:
        self._first = psutil.Process(pid)

    def members(self) -> list[psutil.Process]:
        return [self._first, *self._first.children(recursive=True)]

    def processes(self) -> int:
        return len(self.members())

    def memory(self, enough: int) -> int:
        return sum(map(memory_of, self.members()))

    def work(self) -> Work:
        return work_of(self.members())


class Inmates:
    """All processes of a sandbox, as its own /proc lists them; `first` is its first process, seen from outside."""

    def __init__(self, first: int) -> None:
        self._root = Path(f"/proc/{first}/root")
        self._proc = self._root / "proc"

    def processes(self) -> int:
        return len(self._numbers())

    def memory(self, enough: int) -> int:
        numbers = self._numbers()
        at_most = sum(map(self._resident, numbers))
        return at_most if at_most < enough else sum(map(self._share, numbers))

    def work(self) -> Work:
        return work_in(self._proc / number for number in self._numbers())

    def _numbers(self) -> list[str]:
        if not Path(f"{self._root}{START}").exists():
            return []  # still being set up: what is to be seen is no sandbox yet
        return [path.name for path in self._proc.iterdir() if path.name.isdigit()]

    def _resident(self, number: str) -> int:
        return self._read(number, "statm", r"\d+ (\d+)") * _PAGE

    def _share(self, number: str) -> int:
        return self._read(number, "smaps_rollup", r"Pss: +(\d+)") * 1024

    def _read(self, number: str, name: str, pattern: str) -> int:
        with contextlib.suppress(OSError):  # it has ended in the meantime
            found = re.search(pattern, (self._proc / number / name).read_text())
            return int(found[1]) if found else 0
        return 0


class Watcher:
    """Calls `end` with the reason, once, when more is used than `limits` allow.

    Processes and memory are looked at in threads of their own: to ask for the memory of processes that fork all the
    time can take ten seconds, to count them takes none.
    """

    def __init__(self, usage: Usage, limits: Limits, end: Callable[[str], None]) -> None:
        self._usage, self._limits, self._end = usage, limits, end
        self._over, self._lock = threading.Event(), threading.Lock()

    def start(self) -> None:
        for look in (self._processes, self._memory):
            threading.Thread(target=self._watch, args=(look,), name="watcher", daemon=True).start()

    def stop(self) -> None:
        self._over.set()

    def _watch(self, look: Callable[[], str]) -> None:
        while not self._over.wait(_PAUSE):
            with contextlib.suppress(OSError, psutil.Error):  # they may have ended while we looked
                if problem := look():
                    with self._lock:
                        if not self._over.is_set():
                            self._over.set()
                            self._end(problem)

    def _processes(self) -> str:
        too_many = self._usage.processes() > self._limits.processes
        return f"it had started more than {self._limits.processes} processes" if too_many else ""

    def _memory(self) -> str:
        too_much = self._usage.memory(self._limits.memory) > self._limits.memory
        return f"it used more than {self._limits.memory / 2**30:g} GB of memory" if too_much else ""
