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

import nbformat
import psutil

from autograder.building.lesson import lesson_names
from autograder.building.notebooks import source_notebook
from autograder.building.solution import SOLVED, build_solution, execute_solved
from autograder.grading.grade import KERNEL_ENVIRONMENT
from autograder.grading.skippable_cells import skippable
from autograder.judging.judged_run import execute_and_judge
from autograder.judging.reference import module_of
from autograder.running.execute import Job
from autograder.running.sandbox.protection import best_protection
from autograder.running.sandbox.provisioner import prepare
from autograder.running.sandbox.watcher import memory_of

_PAUSE = 1.0  # seconds between two looks at the memory, each of which holds the lesson up a little


@dataclass(frozen=True)
class LessonRun:
    """What one lesson cost. `megabytes` is the largest memory of its kernel (proportional set size)."""

    name: str
    seconds: float
    megabytes: float

    def __str__(self) -> str:
        return f"{self.name}: {self.seconds:.0f} s, {self.megabytes:.0f} MB"


def run_bundled() -> Iterator[LessonRun]:
    """Run every lesson with the bundled voices, which makes `solutions/` anew."""
    return _run(SOLVED, build_solution)


def run_real(folder: Path, source: str) -> Iterator[LessonRun]:
    """Run every lesson with the recordings of `source`, in `folder`, where they leave their results."""
    return _run(folder, lambda name: execute_solved(name, folder, {"KWS_DATA": source}))


def run_grading() -> Iterator[LessonRun]:
    """Grade a right answer to every lesson: in a kernel like those of a class, after what is done once for a class."""
    protection = best_protection()
    prepare(protection)
    for name in lesson_names():
        module_of(name)
    with tempfile.TemporaryDirectory() as folder:
        def graded(name: str) -> None:
            notebook = source_notebook(name)
            execute_and_judge(Job(nbformat.writes(notebook), folder, KERNEL_ENVIRONMENT, protection=protection,
                                  left_out=skippable(notebook, name)), seed=0)

        yield from _run(Path(folder), graded)


def _run(folder: Path, work: Callable[[str], object]) -> Iterator[LessonRun]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in lesson_names():
        start = time.monotonic()
        with MemoryOfChildren() as memory:
            work(name)
        yield LessonRun(name, time.monotonic() - start, memory.largest / 1e6)


def additions() -> float:
    """Seconds that this machine needs at the moment for ten million additions in a plain Python loop.

    Other work on the machine makes everything slower: with this, times of different days can be compared.
    """
    start, total = time.perf_counter(), 0
    for number in range(10_000_000):
        total += number
    return time.perf_counter() - start


class MemoryOfChildren:
    """The largest memory that the processes below this one took together while it was entered, in bytes."""

    def __enter__(self) -> "MemoryOfChildren":
        self.largest, self._done = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(_PAUSE):
            self.largest = max(self.largest, sum(map(memory_of, psutil.Process().children(recursive=True))))
