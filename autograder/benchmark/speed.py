"""Speed, as ratios of two ways to do the same work, measured side by side in one run."""

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

REPEATS = 3
CLIPS = 300
EPOCHS = 4


@dataclass(frozen=True)
class Ratio:
    """How many times as fast `work` is as `against`; both in seconds."""

    work: str
    against: str
    seconds: float
    others: float

    def __str__(self) -> str:
        return f"{self.work}: {self.times:.1f} x as fast as {self.against}"

    @property
    def times(self) -> float:
        return self.others / self.seconds


def mfcc() -> Ratio:
    """MFCC in batches against librosa clip by clip."""
    import librosa

    from kws_helpers import data, features

    clips = data.load().training.clips[:CLIPS]

    def one_by_one() -> None:
        for clip in clips:
            librosa.feature.mfcc(y=clip, sr=data.SAMPLE_RATE, n_mfcc=40, n_fft=640, hop_length=320, center=False)

    return _row("MFCC", f"librosa, clip by clip, {CLIPS} clips", lambda: features.mfcc(clips), one_by_one)


def second_load() -> Ratio:
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


def parallel_grading() -> Ratio:
    """Executing six notebooks with two workers against one after another."""
    from concurrent.futures import ThreadPoolExecutor

    import nbformat

    from autograder.execute import Job, execute
    from autograder.grade import KERNEL_ENVIRONMENT
    from autograder.sample_class import filled, solutions
    from autograder.sandbox.protection import best_protection

    with tempfile.TemporaryDirectory() as folder:
        jobs = [Job(nbformat.writes(filled("01_dataset", solutions("01_dataset"))), str(Path(folder)),
                    KERNEL_ENVIRONMENT, protection=best_protection())] * 6

        def with_workers(count: int) -> None:
            with ThreadPoolExecutor(count) as pool:
                list(pool.map(execute, jobs))

        return _row("execute 6 notebooks, 2 workers", "1 worker", lambda: with_workers(2), lambda: with_workers(1), 1)


def fresh_clips() -> Ratio:
    """An epoch of lesson 06's network on clips changed afresh against an epoch on the clips as they are."""
    import keras

    from autograder.reference import module_of
    from kws_helpers import data, features, training
    from kws_helpers.augment import AugmentedClips

    dataset = data.load()
    prepared = features.prepare(dataset)
    training.set_seed(0)
    model = module_of("06_tc_resnet").build_tc_resnet8()
    model.compile(optimizer=keras.optimizers.AdamW(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    changed = AugmentedClips(dataset, prepared)

    def with_changes() -> None:
        training.fit(model, changed, prepared.validation, epochs=EPOCHS)

    def as_they_are() -> None:
        training.fit(model, prepared.training, prepared.validation, epochs=EPOCHS)

    return _row(f"{EPOCHS} epochs of TC-ResNet8, clips changed afresh", "the clips as they are", with_changes,
                as_they_are)


RATIOS = (mfcc, second_load, fresh_clips, parallel_grading)


def _row(work: str, against: str, this: Callable[[], object], other: Callable[[], object],
         repeats: int = REPEATS) -> Ratio:
    """Measure in turn, so that a busy machine slows both; compare the medians."""
    times = np.array([[_seconds(this), _seconds(other)] for _ in range(repeats + (repeats > 1))])
    ours, theirs = np.median(times[int(repeats > 1):], axis=0)  # the first round only warms up
    return Ratio(work, against, float(ours), float(theirs))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
