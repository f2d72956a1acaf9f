"""Speed, as ratios of two ways to do the same work, measured side by side in one run."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

REPEATS = 3
CLIPS = 300


def run(console: Console) -> None:
    """Measure and print a table."""
    table = Table(title="Benchmark", title_justify="left")
    for heading, justify in (("work", "left"), ("this", "right"), ("against", "left"), ("ratio", "right")):
        table.add_column(heading, justify=justify)
    for row in (mfcc_row, second_load_row, parallel_grading_row):
        with console.status(row.__doc__):
            table.add_row(*row())
    console.print(table)


def mfcc_row() -> tuple[str, str, str, str]:
    """MFCC in batches against librosa clip by clip."""
    import librosa

    from kws_helpers import data, features

    clips = data.load().training.clips[:CLIPS]

    def one_by_one() -> None:
        for clip in clips:
            librosa.feature.mfcc(y=clip, sr=data.SAMPLE_RATE, n_mfcc=40, n_fft=640, hop_length=320, center=False)

    return _row("MFCC", f"librosa, clip by clip, {CLIPS} clips", lambda: features.mfcc(clips), one_by_one)


def second_load_row() -> tuple[str, str, str, str]:
    """Loading the bundled data from the cache against decoding it."""
    import os

    from kws_helpers import data

    before = os.environ.get("KWS_CACHE")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KWS_CACHE"] = folder

        def first() -> None:
            shutil.rmtree(folder)
            data.load()

        try:
            first()
            return _row("load the bundled data again", "the first time", data.load, first)
        finally:
            del os.environ["KWS_CACHE"]
            if before is not None:
                os.environ["KWS_CACHE"] = before


def parallel_grading_row() -> tuple[str, str, str, str]:
    """Executing six notebooks with two workers against one after another."""
    from concurrent.futures import ThreadPoolExecutor

    import nbformat

    from autograder.execute import Job, execute
    from autograder.grade import KERNEL_ENVIRONMENT
    from autograder.sample_class import filled, solutions

    with tempfile.TemporaryDirectory() as folder:
        jobs = [Job(nbformat.writes(filled("01_dataset", solutions("01_dataset"))), str(Path(folder)),
                    KERNEL_ENVIRONMENT)] * 6

        def with_workers(count: int) -> None:
            with ThreadPoolExecutor(count) as pool:
                list(pool.map(execute, jobs))

        return _row("execute 6 notebooks, 2 workers", "1 worker", lambda: with_workers(2), lambda: with_workers(1), 1)


def _row(work: str, against: str, this: Callable[[], object], other: Callable[[], object],
         repeats: int = REPEATS) -> tuple[str, str, str, str]:
    """Measure in turn, so that a busy machine slows both; compare the medians."""
    times = np.array([[_seconds(this), _seconds(other)] for _ in range(repeats + (repeats > 1))])
    ours, theirs = np.median(times[int(repeats > 1):], axis=0)  # the first round only warms up
    return work, f"{ours:.2f} s", f"{against}: {theirs:.2f} s", f"{theirs / ours:.1f} x"


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
