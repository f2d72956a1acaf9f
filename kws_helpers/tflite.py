"""TensorFlow Lite: its files as functions, and its converter without what it prints."""

import contextlib
import logging
import os
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Hide what the converter says: a list of places in memory, a warning, a log line, and lines of its C++ library."""
    kept = os.dup(2)  # the C++ library writes to the process' own stderr
    disabled = logging.root.manager.disable
    logging.disable(logging.INFO)  # TensorFlow logs where it keeps the model for a moment
    with (Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere),
          warnings.catch_warnings(action="ignore")):
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            logging.disable(disabled)
            os.dup2(kept, 2)
            os.close(kept)


def load(file: bytes) -> Callable[[np.ndarray], np.ndarray]:
    """Return the network in a .tflite file as a function from a clip (49, 40) to probabilities (12,), on one core."""
    from ai_edge_litert.interpreter import Interpreter

    with silence():  # it says which way it computes
        interpreter = Interpreter(model_content=file, num_threads=1)
        interpreter.allocate_tensors()
    (source,), (target,) = interpreter.get_input_details(), interpreter.get_output_details()

    def run(x: np.ndarray) -> np.ndarray:
        interpreter.set_tensor(source["index"], np.asarray(x, source["dtype"])[np.newaxis])
        interpreter.invoke()
        return interpreter.get_tensor(target["index"])[0]

    return run
