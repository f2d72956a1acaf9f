"""What a visitor of Binder waits for: the first figure, on one core."""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from autograder.building.paths import NOTEBOOKS
from autograder.running.execute import kernel_manager
from kws_helpers import data

REPEATS = 3


def first_figure() -> float:
    """Seconds from the start of lesson 01's first cell, in a kernel that is ready, to its first figure; a median.

    The recordings are decoded before: on Binder, `postBuild` does that.
    """
    data.load("bundled")
    with _one_core():
        return statistics.median(_seconds() for _ in range(REPEATS))


def _seconds() -> float:
    notebook = nbformat.read(NOTEBOOKS / "01_dataset.ipynb", as_version=4)
    with tempfile.TemporaryDirectory(prefix="kws-") as folder:
        client = NotebookClient(notebook, km=kernel_manager(Path(folder)), resources={"metadata": {"path": folder}})
        with client.setup_kernel(env=os.environ):
            start = time.perf_counter()
            for number, cell in enumerate(notebook.cells):
                client.execute_cell(cell, number)
                if any("image/png" in output.get("data", {}) for output in cell.get("outputs", [])):
                    return time.perf_counter() - start
    raise ValueError("Lesson 01 shows no figure before its first exercise.")


@contextmanager
def _one_core() -> Iterator[None]:
    """Processes that are started meanwhile have one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
