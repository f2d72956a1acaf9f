"""Run the solved lessons from top to bottom, and measure time and memory.

With the bundled voices the executed notebooks become `solutions/`: what they show and what docs/results.md says is then
the same run.
"""

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from autograder.build import SOLVED, build_solution, execute_solved
from autograder.lesson import lesson_names

_PAUSE = 0.5  # seconds between two looks at the memory


@dataclass(frozen=True)
class LessonRun:
    """What one lesson cost. `megabytes` is the largest memory of its kernel (proportional set size)."""

    name: str
    seconds: float
    megabytes: float
    grading_seconds: float


def run_bundled(say: Callable[[str], None]) -> Iterator[LessonRun]:
    """Run every lesson with the bundled voices, which makes `solutions/` anew."""
    return _run(SOLVED, {"KWS_DATA": "bundled"}, build_solution, say)


def run_real(folder: Path, source: str, say: Callable[[str], None]) -> Iterator[LessonRun]:
    """Run every lesson with the recordings of `source`, in `folder`, where they leave their results."""
    environment = {"KWS_DATA": source}
    return _run(folder, environment, lambda name: execute_solved(name, folder, environment), say)


def _run(folder: Path, environment: dict[str, str], work: Callable[[str], object],
         say: Callable[[str], None]) -> Iterator[LessonRun]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    grading = environment | {"NBGRADER_EXECUTION": "autograde"}
    for name in lesson_names():
        say(f"{name}, working")
        with _MemoryOfChildren() as memory:
            seconds = _seconds(work, name)
        say(f"{name}, while grading")
        with tempfile.TemporaryDirectory() as elsewhere:  # what is hardly trained must not replace what is
            grading_seconds = _seconds(execute_solved, name, Path(elsewhere), grading)
        yield LessonRun(name, seconds, memory.largest / 1e6, grading_seconds)


def _seconds(work: Callable, *arguments: object) -> float:
    start = time.monotonic()
    work(*arguments)
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
