"""TensorFlow Lite without its chatter: the converter and the interpreter print what a learner cannot act on."""

import contextlib
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator

import numpy as np


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Nothing that is printed inside is seen: no text, warning or log line, and nothing of the C++ libraries, which
    write to the process' own outputs."""
    sys.stdout.flush()
    sys.stderr.flush()
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    kept = [os.dup(number) for number in (1, 2)]
    with open(os.devnull, "w") as nowhere, warnings.catch_warnings():  # noqa: PTH123
        warnings.simplefilter("ignore")
        for number in (1, 2):
            os.dup2(nowhere.fileno(), number)
        try:
            with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
                yield
        finally:
            logging.disable(disabled)
            for number, copy in zip((1, 2), kept):
                os.dup2(copy, number)
                os.close(copy)


def load(file: bytes) -> Callable[[np.ndarray], np.ndarray]:
    """The network in a .tflite file as a function: one clip (49, 40) gives its probabilities (12,), on one core."""
    import tensorflow as tf

    with silence():
        interpreter = tf.lite.Interpreter(model_content=file, num_threads=1)
        interpreter.allocate_tensors()
    (source,), (target,) = interpreter.get_input_details(), interpreter.get_output_details()

    def run(x: np.ndarray) -> np.ndarray:
        interpreter.set_tensor(source["index"], np.asarray(x, source["dtype"])[np.newaxis])
        interpreter.invoke()
        return interpreter.get_tensor(target["index"])[0]

    return run
