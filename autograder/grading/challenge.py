"""The challenge of lesson 06: networks under 100,000 parameters, measured on clips that no student has.

A student hands in `challenge.keras` beside the notebook. To load such a file may run code, whatever Keras' safe mode
promises, so each is loaded and tried in a kernel of its own, behind the same walls as a notebook. The kernel gets the
clips' features and answers in plain numbers, a class for each clip; the labels stay outside.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
from nbformat import NotebookNode

from autograder.building.lesson import CHALLENGE
from autograder.grading.sanitize import drop_live_outputs
from autograder.intake.notebook_file import Unreadable, read_file
from autograder.intake.text import one_line, readable
from autograder.running.execute import Job, execute
from kws_helpers import data, features
from kws_helpers.data import CLASS_NAMES
from kws_helpers.hand_in import NETWORK

MAX_PARAMETERS = 100_000
MAX_BYTES = 20 * 2**20
SECONDS = 120.0  # for one file
_CLIPS = "clips.npy"
_CELLS = (f"""\
import json
import keras
import numpy as np

model = keras.models.load_model("{NETWORK}", compile=False, safe_mode=True)
print(json.dumps(model.count_params()))""", f"""\
p = model.predict(np.load("{_CLIPS}"), verbose=0, batch_size=256)
print(json.dumps([p.shape, bool(np.isfinite(p).all()), p.argmax(axis=-1).tolist()]))""")


@dataclass(frozen=True)
class Entry:
    """One student's network. `accuracy` is a share from 0 to 1, None where `message` says why there is none."""

    student: str
    accuracy: float | None
    parameters: int | None
    message: str = ""


class _Unusable(Exception):
    """A network that does not count; the message says why."""


def run_challenge(submissions: Path, clips: str | None, protection: str) -> Iterator[Entry]:
    """Measure every network that was handed in, in the order of the students' names.

    Args:
        submissions: `<student>/06_tc_resnet/challenge.keras`, beside the notebooks.
        clips: where the secret clips are: anything that `kws_helpers.data.load` takes. The testing split counts.
        protection: of `autograder.running.sandbox.protection`.

    Raises:
        ValueError: nobody handed anything in, or there are no clips to test on.
    """
    files = sorted(submissions.glob(f"*/{CHALLENGE}/{NETWORK}"))
    if not files:
        raise ValueError(f"{submissions} holds no networks. Expected <student>/{CHALLENGE}/{NETWORK}.")
    x, y = secret_clips(clips)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(lambda path: measure(path, x, y, protection), files)


def secret_clips(source: str | None) -> tuple[np.ndarray, np.ndarray]:
    """Return features as students have them, standardised with the bundled training split, and labels.

    Returns:
        (N, T, F) float32 and (N,) integers.

    Raises:
        ValueError: there are no clips.
    """
    testing = data.load(source).testing
    if not len(testing):
        raise ValueError(f"{source} has no testing clips to measure on.")
    bundled = features.prepare(data.load("bundled"))
    return bundled.standardised(features.mfcc_of(testing)).astype(np.float32), testing.labels


def ranked(entries: list[Entry]) -> list[Entry]:
    """Return the best first; of equals the smaller network; those without a result last."""
    return sorted(entries, key=lambda one: (one.accuracy is None, -(one.accuracy or 0), one.parameters or 0,
                                            one.student))


def measure(path: Path, x: np.ndarray, y: np.ndarray, protection: str) -> Entry:
    """Measure the network in a file on clips with features `x` and labels `y`. Whatever goes wrong is its message."""
    student, parameters = readable(path.parent.parent.name), None
    try:
        loaded, tried = _execute(_content(path), x, protection)
        parameters = _answer(loaded)
        if type(parameters) is not int or parameters < 0:
            parameters = None
            raise _Unusable(f"{NETWORK} cannot be used: what it answers is no number of parameters.")
        if parameters >= MAX_PARAMETERS:
            raise _Unusable(f"{parameters:,} parameters; the challenge is for fewer than {MAX_PARAMETERS:,}.")
        return Entry(student, float(np.mean(_classes(_answer(tried), len(y)) == y)), parameters)
    except _Unusable as reason:
        return Entry(student, None, parameters, str(reason))
    except Exception as error:
        return Entry(student, None, parameters, one_line(f"{NETWORK} could not be measured: {error}"))


def _content(path: Path) -> bytes:
    try:
        content = read_file(path, MAX_BYTES)
    except Unreadable as reason:
        raise _Unusable(f"{NETWORK} {reason}") from None
    if path.parent.is_symlink() or len(content) > MAX_BYTES:
        raise _Unusable(f"{NETWORK} is larger than {MAX_BYTES // 2**20} MB, or its folder is a link.")
    return content


def _execute(content: bytes, x: np.ndarray, protection: str) -> list[NotebookNode]:
    """Load and try the network in a kernel; return the executed cells."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in _CELLS])
    with tempfile.TemporaryDirectory(prefix="kws-") as folder:
        Path(folder, NETWORK).write_bytes(content)
        np.save(Path(folder, _CLIPS), x)
        executed = execute(Job(nbformat.writes(notebook), folder, seconds=SECONDS, protection=protection))
    notebook = nbformat.reads(executed.notebook, as_version=4)
    drop_live_outputs(notebook)
    return notebook.cells


def _answer(cell: NotebookNode) -> object:
    """Return what the cell printed last, or raise with its error as the reason."""
    for output in cell.outputs:
        if output.output_type == "error":
            timed_out = output.ename in ("NotFinished", "TimeLimit")
            reason = output.evalue if timed_out else f"{output.ename}: {(output.evalue.splitlines() or [''])[0]}"
            raise _Unusable(one_line(f"{NETWORK} {'was not measured' if timed_out else 'cannot be used'}: "
                                     f"{reason[:200]}"))
    printed = "".join(output.text for output in cell.outputs if output.get("name") == "stdout")
    try:
        return json.loads(printed.splitlines()[-1])
    except (IndexError, ValueError, RecursionError):
        raise _Unusable(f"{NETWORK} cannot be used: it was tried without any result.") from None


def _classes(answer: object, clips: int) -> np.ndarray:
    """Return the class of each clip, once the kernel's answer is what a network of 12 classes gives."""
    shape, finite, classes = answer if isinstance(answer, list) and len(answer) == 3 else (None, False, None)
    if shape != [clips, len(CLASS_NAMES)] or finite is not True or not _is_integers(classes, clips):
        raise _Unusable(one_line(f"{len(CLASS_NAMES)} finite numbers are expected for each clip; the result has the "
                                 f"shape {str(shape)[:50]}."))
    return np.array(classes)


def _is_integers(value: object, length: int) -> bool:
    return isinstance(value, list) and [type(one) for one in value] == [int] * length
