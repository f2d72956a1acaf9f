"""How long some processes computed, and how long they waited. Time that other programs take counts as neither."""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

LOOK = 1.0
"""Seconds between two looks at a clock."""
_BUSY = 0.25  # a span with less than this share of work was spent waiting


@dataclass(frozen=True)
class Work:
    """What some processes have done since they began.

    Args:
        computed: the seconds that they and the processes below them computed.
        ready: for each thread, the seconds that it could have computed and got no processor. Only Linux tells.
    """

    computed: float = 0.0
    ready: Mapping[str, float] = field(default_factory=dict)


class Clock:
    """Counts the seconds that somebody `computed` and `waited` since the clock was made, as of the last look.

    Waiting is to be asleep, or to wait for input, a lock or an answer. On a busy machine being ready to compute is no
    waiting. Who takes no look, because the machine stood still, is not told that time has passed.

    Args:
        work: tells the work until now.
    """

    def __init__(self, work: Callable[[], Work]) -> None:
        self._work, self._before, self._at = work, work(), time.monotonic()
        self.computed = self.waited = 0.0

    @property
    def spent(self) -> float:
        return self.computed + self.waited

    def look(self) -> None:
        now, work = time.monotonic(), self._work()
        passed = min(now - self._at, 2 * LOOK)
        computed = max(0.0, work.computed - self._before.computed)
        # The longest of all threads: a thousand that wake up together are ready for a second, and not for a thousand.
        ready = max((one - self._before.ready.get(thread, 0.0) for thread, one in work.ready.items()), default=0.0)
        self.computed += computed
        self.waited += passed if computed + ready < _BUSY * passed else 0.0
        self._before, self._at = work, now


def work_of(processes: Iterable[psutil.Process]) -> Work:
    """Return the work of some processes, without those that have ended."""
    if sys.platform == "linux":
        return work_in(Path("/proc", str(process.pid)) for process in processes)
    computed = 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            computed += sum(process.cpu_times()[:4])
    return Work(computed)


def work_in(folders: Iterable[Path]) -> Work:
    """Return the work of the processes with these folders in a /proc of Linux, without those that have ended."""
    computed, ready, ticks = 0.0, {}, os.sysconf("SC_CLK_TCK")
    for folder in folders:
        with contextlib.suppress(OSError):
            computed += sum(map(int, (folder / "stat").read_text().rpartition(")")[2].split()[11:15])) / ticks
            for thread in (folder / "task").iterdir():
                with contextlib.suppress(OSError):  # it has just ended
                    ready[thread.name] = int((thread / "schedstat").read_text().split()[1]) / 1e9
    return Work(computed, ready)


def own_work() -> Work:
    """Return the work of this process and of those below it. A block that it reads from a disk is work, too."""
    import resource  # not on Windows

    this = psutil.Process()
    work = work_of([this, *this.children(recursive=True)])
    return Work(work.computed, {**work.ready, "disk": resource.getrusage(resource.RUSAGE_SELF).ru_inblock})
