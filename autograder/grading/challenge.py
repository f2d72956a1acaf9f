"""The challenge of lesson 07: networks under 100,000 parameters, measured on clips that no student has.

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
from autograder.grading.network_file import demand_network
from autograder.grading.sanitize import drop_live_outputs
from autograder.intake.notebook_file import Unreadable, read_file
from autograder.running.execute import Job, execute
from kws_helpers import data, features
from kws_helpers.data import CLASS_NAMES
from kws_helpers.desk.beside import MAX_NETWORK, NETWORK
from kws_helpers.desk.text import one_line, readable

MAX_PARAMETERS = 100_000
MAX_BYTES = MAX_NETWORK
SECONDS = 120.0  # of computing and waiting, for one file
_CLIPS = "clips.npy"
_CELLS = (f"""\
import json
import keras
import numpy as np

model = keras.models.load_model("{NETWORK}", compile=False, safe_mode=True)
print(json.dumps(model.count_params()), end="")""", f"""\
p = model.predict(np.load("{_CLIPS}"), verbose=0, batch_size=256)
print(json.dumps([p.shape, bool(np.isfinite(p).all()), p.argmax(axis=-1).tolist()]), end="")""")


@dataclass(frozen=True)
class Entry:
    """One student's network. `accuracy` is a share from 0 to 1, None where `message` says why there is none."""

    student: str
    accuracy: float | None
    parameters: int | None
    message: str = ""


def run_challenge(submissions: Path, clips: str | None, protection: str) -> Iterator[Entry]:
    """Measure every network that was handed in, in the order of the students' names.

    Args:
        submissions: `<student>/07_tc_resnet/challenge.keras`, beside the notebooks.
        clips: where the secret clips are: anything that `kws_helpers.data.load` takes. The testing split counts.
        protection: of `autograder.running.sandbox.protection`.

    Raises:
        ValueError: nobody handed anything in, or there are no clips to test on.
    """
    files = sorted(filter(_is_meant, submissions.glob(f"*/{CHALLENGE}/*")))
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


def _is_meant(path: Path) -> bool:
    """Tell whether a file is somebody's network, under another name perhaps."""
    return path.name.lower().startswith(Path(NETWORK).stem) or path.suffix.lower() in (".keras", ".h5", ".hdf5")


def measure(path: Path, x: np.ndarray, y: np.ndarray, protection: str) -> Entry:
    """Measure the network in a file on clips with features `x` and labels `y`. Whatever goes wrong is its message."""
    student, parameters, accuracy, message = readable(path.parent.parent.name), None, None, ""
    try:
        loaded, tried = _execute(_content(path), x, protection)
        parameters = _parameters(loaded)
        if parameters < MAX_PARAMETERS:
            accuracy = float(np.mean(_classes(tried, len(y)) == y))
        else:
            message = f"{parameters:,} parameters; the challenge is for fewer than {MAX_PARAMETERS:,}."
    except Unreadable as reason:
        message = f"{path.name} {reason}"
    except Exception as error:
        message = f"{path.name} could not be measured: {error}"
    return Entry(student, accuracy, parameters, one_line(message))


def _content(path: Path) -> bytes:
    if path.name.lower() != NETWORK:
        raise Unreadable(f"is not measured: the network's file must be called {NETWORK}.")
    if path.is_dir() and not path.is_symlink():
        raise Unreadable(f'is a folder, such as a SavedModel. Save the network with model.save("{NETWORK}").')
    content = read_file(path, MAX_BYTES)
    if path.parent.is_symlink() or len(content) > MAX_BYTES:
        raise Unreadable(f"is larger than {MAX_BYTES // 2**20} MB, or its folder is a link.")
    demand_network(content, MAX_BYTES)
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


def _parameters(cell: NotebookNode) -> int:
    parameters = _answer(cell)
    if type(parameters) is not int:
        raise Unreadable("cannot be used: it has no number of parameters.")
    return parameters


def _classes(cell: NotebookNode, clips: int) -> np.ndarray:
    """Return the class of each clip."""
    answer = _answer(cell)
    shape, finite, classes = answer if isinstance(answer, list) and len(answer) == 3 else (None, False, None)
    is_right = shape == [clips, len(CLASS_NAMES)] and finite is True and isinstance(classes, list)
    if not is_right or [type(one) for one in classes] != [int] * clips:
        raise Unreadable(f"gives no {len(CLASS_NAMES)} finite numbers for each clip; its result has the shape "
                         f"{str(shape)[:50]}.")
    return np.array(classes)


def _answer(cell: NotebookNode) -> object:
    """Return what the cell printed last.

    Raises:
        Unreadable: the cell failed, or printed nothing of the kind.
    """
    error = next((output for output in cell.outputs if output.output_type == "error"), None)
    if error and error.ename in ("NotFinished", "TimeLimit"):
        raise Unreadable(f"was not measured: {error.evalue}")
    if error:
        raise Unreadable(f"cannot be used: {error.ename}: {error.evalue.partition(chr(10))[0][:200]}")
    printed = "".join(output.text for output in cell.outputs if output.get("name") == "stdout")
    try:
        return json.loads(printed.rpartition("\n")[2])
    except (ValueError, RecursionError):
        raise Unreadable("cannot be used: it was tried without any result.") from None
