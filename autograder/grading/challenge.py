"""The challenge of lesson 06: networks under 100,000 parameters, measured on clips that no student has.

A student hands in `challenge.keras` beside the notebook. Each file is loaded and measured in a process that does
nothing else; a file that breaks that process costs nobody else anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from autograder.building.lesson import CHALLENGE
from autograder.intake.submissions import readable
from kws_helpers.desk.hand_in import NETWORK as FILE

MAX_PARAMETERS = 100_000
MAX_BYTES = 20 * 2**20
SECONDS = 120.0  # for one file


@dataclass(frozen=True)
class Entry:
    """One student's network. `accuracy` is a share from 0 to 1, None where `message` says why there is none."""

    student: str
    accuracy: float | None
    parameters: int | None
    message: str = ""


def run_challenge(submissions: Path, clips: str | None = None) -> Iterator[Entry]:
    """Measure every network that was handed in, in the order of the students' names.

    Args:
        submissions: `<student>/06_tc_resnet/challenge.keras`, beside the notebooks.
        clips: where the secret clips are: anything that `kws_helpers.data.load` takes. The testing split counts.

    Raises:
        ValueError: nobody handed anything in, or there are no clips to test on.
    """
    files = sorted(submissions.glob(f"*/{CHALLENGE}/{FILE}"))
    if not files:
        raise ValueError(f"{submissions} holds no networks. Expected <student>/{CHALLENGE}/{FILE}.")
    x, y = secret_clips(clips)
    worker = _Worker(x, y)
    try:
        for path in files:
            yield worker.measure(readable(path.parent.parent.name), path)
    finally:
        worker.stop()


def secret_clips(source: str | None) -> tuple[np.ndarray, np.ndarray]:
    """Features as students have them, standardised with the bundled training split, and labels."""
    from kws_helpers import data, features

    testing = data.load(source).testing
    if not len(testing):
        raise ValueError(f"{source} has no testing clips to measure on.")
    bundled = features.prepare(data.load("bundled"))
    return bundled.standardised(features.mfcc_of(testing)).astype(np.float32), testing.labels


def ranked(entries: list[Entry]) -> list[Entry]:
    """Best first; of equals the smaller network; those without a result last."""
    return sorted(entries, key=lambda one: (one.accuracy is None, -(one.accuracy or 0), one.parameters or 0,
                                            one.student))


class _Worker:
    """A process that loads and measures one file after the other; a new one is started when it dies or hangs."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        self.clips, self.process = (x, y), None

    def measure(self, student: str, path: Path) -> Entry:
        if path.is_symlink() or path.stat().st_size > MAX_BYTES:
            return Entry(student, None, None, f"{FILE} is a link, or larger than {MAX_BYTES // 2**20} MB.")
        self._start()
        try:
            self.pipe.send(str(path))
            if self.pipe.poll(SECONDS):
                return Entry(student, *self.pipe.recv())
            message = f"{FILE} was not measured within {SECONDS:.0f} seconds."
        except (EOFError, OSError):
            message = f"{FILE} ended Python while it was loaded or tried."
        self.stop()
        return Entry(student, None, None, message)

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.join()
            self.process = None

    def _start(self) -> None:
        if self.process is None:
            context = get_context("spawn")
            self.pipe, theirs = context.Pipe()
            self.process = context.Process(target=_serve, args=(theirs, *self.clips), daemon=True)
            self.process.start()
            theirs.close()


def _serve(pipe: Connection, x: np.ndarray, y: np.ndarray) -> None:
    while True:
        path = pipe.recv()
        try:
            pipe.send(measured(path, x, y))
        except Exception as error:
            reason = str(error).splitlines()[0][:200] if str(error) else ""
            pipe.send((None, None, f"{FILE} cannot be used: {type(error).__name__}: {reason}"))


def measured(path: str, x: np.ndarray, y: np.ndarray) -> tuple[float | None, int | None, str]:
    """Accuracy, parameters and "" for a network that keeps the rules; otherwise None, parameters and what is wrong."""
    import keras

    model: Any = keras.models.load_model(path, compile=False, safe_mode=True)  # runs no code from the file
    parameters = model.count_params()
    if parameters >= MAX_PARAMETERS:
        return None, parameters, f"{parameters:,} parameters; the challenge is for fewer than {MAX_PARAMETERS:,}."
    p = model.predict(x, verbose=0, batch_size=256)
    if p.shape != (len(x), 12) or not np.isfinite(p).all():
        return None, parameters, f"12 finite numbers are expected for each clip; the result has the shape {p.shape}."
    return float(np.mean(p.argmax(axis=-1) == y)), parameters, ""
