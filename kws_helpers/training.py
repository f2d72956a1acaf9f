"""Train a model with seeds set, progress on one line, and a history that is easy to plot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kws_helpers import mode
from kws_helpers.progress import status_line

SHORT_CLIPS = 256
"""Short training sees this many clips for one epoch. So it is while grading: grades never depend on training."""


@dataclass(frozen=True)
class History:
    """What training looked like: one value per epoch in each array, shape (epochs,)."""

    loss: np.ndarray
    accuracy: np.ndarray
    validation_loss: np.ndarray
    validation_accuracy: np.ndarray


def set_seed(seed: int) -> None:
    """Make Python, NumPy and TensorFlow draw the same random numbers on every run."""
    import keras
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")  # advice about tracing helps nobody who trains several networks in a notebook
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def fit(model: Any, training: Any, validation: Any, *, epochs: int, batch_size: int = 64, seed: int = 0,
        callbacks: Sequence[Any] = ()) -> History:
    """Train a compiled Keras model (with "accuracy" among its metrics) and return its history.

    Args:
        model: a compiled `keras.Model`.
        training: clips to learn from: `.x` features (N, T, F), `.y` labels (N,); or
            `augment.AugmentedClips`, which makes its own batches.
        validation: clips of other speakers, to look at after every epoch.
        epochs: how often every clip is seen.
        batch_size: clips per step, unless `training` makes its own batches.
        seed: for the order of the clips, dropout and the like.
        callbacks: Keras callbacks, such as early stopping.
    """
    set_seed(seed)
    clips = min(len(training.y), SHORT_CLIPS) if mode.short_training() else len(training.y)
    epochs = 1 if mode.short_training() else epochs
    if hasattr(training, "batches"):
        learn_from = {"x": training.batches(), "steps_per_epoch": -(-clips // training.batch_size), "shuffle": False}
    else:
        learn_from = {"x": training.x[:clips], "y": training.y[:clips], "batch_size": batch_size}
    with status_line() as say:
        history = model.fit(**learn_from, epochs=epochs, verbose=0, validation_data=(validation.x, validation.y),
                            callbacks=[_progress(say, epochs), *callbacks])
    values = {key: np.array(value) for key, value in history.history.items()}
    return History(values["loss"], values["accuracy"], values["val_loss"], values["val_accuracy"])


def _progress(say: Callable[[str], None], epochs: int) -> Any:
    import keras

    def show(epoch: int, logs: dict[str, float]) -> None:
        say(f"epoch {epoch + 1} of {epochs}: loss {logs['loss']:.2f}, accuracy {logs['accuracy']:.1%} "
            f"(validation {logs['val_accuracy']:.1%})")

    return keras.callbacks.LambdaCallback(on_epoch_end=show)
