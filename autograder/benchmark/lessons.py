"""Run the solved lessons from top to bottom, and measure time and memory."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from autograder.build import execute_solved
from autograder.lesson import lesson_names

_PAUSE = 0.5  # seconds between two looks at the memory


@dataclass(frozen=True)
class LessonRun:
    """What one lesson cost. `megabytes` is the largest memory of its kernel (proportional set size)."""

    name: str
    seconds: float
    megabytes: float
    grading_seconds: float


def run_lessons(folder: Path, source: str, say: Callable[[str], None]) -> Iterator[LessonRun]:
    """Run every lesson in `folder`, where they leave their results, with the data of `source`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    environment = {"KWS_DATA": source}
    for name in lesson_names():
        say(f"{name}, working")
        with _MemoryOfChildren() as memory:
            seconds = _seconds(name, folder, environment)
        say(f"{name}, while grading")
        grading_seconds = _seconds(name, folder, environment | {"NBGRADER_EXECUTION": "autograde"})
        yield LessonRun(name, seconds, memory.largest / 1e6, grading_seconds)


def _seconds(name: str, folder: Path, environment: dict[str, str]) -> float:
    start = time.monotonic()
    execute_solved(name, folder, environment)
    return time.monotonic() - start


class _MemoryOfChildren:
    """The largest memory that the processes below this one took together while it was entered, in bytes."""

    def __enter__(self) -> "_MemoryOfChildren":
        self.largest, self._done = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(_PAUSE):
            self.largest = max(self.largest, sum(map(_memory, psutil.Process().children(recursive=True))))


def _memory(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
    except psutil.Error:  # it has ended in the meantime
        return 0
    return getattr(full, "pss", full.uss)
