"""Run as a program: leave each lesson unsolved at every exercise in turn, and tell what the cells below it say.

    python -m tests.left_unwritten FILE LESSON …

Writes a JSON object into the file: {lesson: {exercise: [[source, whether the cell went on, text], …]}}. Under
"untouched" stands the lesson as it was handed out, from its first cell. (Not to the standard output: libraries print
there, too.)

A lesson's solved cells run once, in order. At each exercise a copy of the process (`os.fork`) goes on with the stub in
its place. So that there are 43 lessons to run to their end in a minute, networks compute no more than a few clips and
learn nothing, and figures are not drawn. TensorFlow has to keep to one thread: others would not be in the copies.
"""

import os

os.environ |= {"KWS_TRAINING": "short", "KWS_DATA": "bundled", "TF_NUM_INTEROP_THREADS": "1",
               "TF_NUM_INTRAOP_THREADS": "1"}

import functools
import gc
import json
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any, NoReturn

import keras
import numpy as np
import sklearn.linear_model  # noqa: F401 - loaded once for all lessons
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from autograder.building.lesson import read_lesson, solved
from autograder.building.notebooks import released_notebook
from autograder.running.sandbox import start
from kws_helpers import data, features, training  # noqa: F401 - it changes how Keras trains: that comes first
from kws_helpers.desk import advice
from kws_helpers.plotting import figure

FEW = 4  # clips
SOME_LOGS = {"loss": 2.5, "accuracy": 0.1}


def main(file: str, *lessons: str) -> None:
    start.rehearse()
    be_quick()
    gc.freeze()
    running = [in_a_copy(run_lesson, lesson) for lesson in lessons[:2]]  # two cores
    told = {}
    for number, lesson in enumerate(lessons):
        told[lesson] = heard_from(running[number])
        if number + 2 < len(lessons):
            running.append(in_a_copy(run_lesson, lessons[number + 2]))
    Path(file).write_text(json.dumps(told))


def be_quick() -> None:
    """Read the data once for all lessons; let no network learn, and no figure be drawn."""
    for name in ("prepare", "mfcc_of"):
        setattr(features, name, functools.cache(getattr(features, name)))
    data.load = functools.cache(data.load)
    features.mfcc_of(data.load().training)
    features.prepare(data.load())
    figure.to_png = lambda figure: b""
    keras.Model.fit, keras.Model.evaluate, keras.Model.predict = fit, evaluate, predict
    keras.Model.predict_on_batch = predict


def predict(self: Any, x: Any, *args: Any, **kwargs: Any) -> np.ndarray:
    x = x if hasattr(x, "shape") else x[0][0]
    outputs = np.asarray(self(x[:FEW]))
    return np.resize(outputs, (len(x), *outputs.shape[1:]))


def evaluate(self: Any, x: Any, *args: Any, return_dict: bool = False, **kwargs: Any) -> Any:
    if not self.compiled:
        raise ValueError("You must call `compile()` before.")
    self.predict(x)
    return SOME_LOGS if return_dict else list(SOME_LOGS.values())


def fit(self: Any, x: Any, *args: Any, epochs: int = 1, **kwargs: Any) -> keras.callbacks.History:
    self.evaluate(x)
    self.history = keras.callbacks.History()
    self.history.history = {f"{part}{name}": [value] * 2 for part in ("", "val_") for name, value in SOME_LOGS.items()}
    return self.history


def run_lesson(name: str) -> dict[str, list]:
    """Run the solved lesson; return what every copy tells that goes on from an exercise unsolved."""
    released = {cell.id: cell.source for cell in released_notebook(name).cells}
    cells = [cell for cell in solved(read_lesson(name)).cells if cell.cell_type == "code"]
    run = run_in_a_shell()
    told = {"untouched": heard_from(in_a_copy(lambda: [run(released[cell.id]) for cell in cells]))}
    for number, cell in enumerate(cells):
        settings = cell.metadata.get("nbgrader", {})
        if settings.get("solution"):
            rest = [released[cell.id], *(one.source for one in cells[number + 1:])]
            copy = in_a_copy(lambda rest: [run(source) for source in rest], rest)
            told[settings["grade_id"].removesuffix("-solution")] = heard_from(copy)
        run(cell.source)
    return told


def run_in_a_shell() -> Any:
    """Return what runs a cell and tells its source, whether it went on, and what it printed."""
    shell = InteractiveShell.instance(colors="nocolor")
    advice.load_ipython_extension(shell)

    def run(source: str) -> tuple[str, bool, str]:
        with capture_output() as output:
            result = shell.run_cell(source, store_history=True)
        shown = [one.data.get("text/plain", "") for one in output.outputs]
        return source, result.success, "\n".join([output.stdout + output.stderr, *shown])

    return run


def in_a_copy(work: Any, *args: Any) -> int:
    """Let a copy of this process work in a folder of its own; return where to read what it tells."""
    reading, writing = os.pipe()
    if not os.fork():
        os.close(reading)
        leave(writing, work, *args)
    os.close(writing)
    return reading


def leave(writing: int, work: Any, *args: Any) -> NoReturn:
    try:
        with tempfile.TemporaryDirectory() as folder, os.fdopen(writing, "w") as told:
            os.chdir(folder)
            told.write(json.dumps(work(*args)))
            os.chdir("/")
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def heard_from(copy: int) -> Any:
    with os.fdopen(copy) as told:
        text = told.read()
    os.wait()
    return json.loads(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
