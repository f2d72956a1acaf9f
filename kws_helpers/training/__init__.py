"""Train a model with seeds set, progress on one line, and a history that is easy to plot."""

import copy
import itertools
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kws_helpers import mode
from kws_helpers.desk.messages import status_line
from kws_helpers.training.batches import SHORT_CLIPS, batches_of
from kws_helpers.training.learner import Learner
from kws_helpers.training.steps import Steps, in_parts

_A_LOOK = 32  # clips that show that an untrained network works


@dataclass(frozen=True)
class History:
    """What training looked like: one value per epoch in each array, shape (epochs,).

    Attributes:
        loss, accuracy: means over the training clips while the network learned from them.
        validation_loss, validation_accuracy: of the validation clips, at the end of each epoch.
    """

    loss: np.ndarray
    accuracy: np.ndarray
    validation_loss: np.ndarray
    validation_accuracy: np.ndarray


def set_seed(seed: int) -> None:
    """Make Python, NumPy and TensorFlow draw the same random numbers on every run.

    Args:
        seed: any whole number from 0 to 2**32 - 1.

    Example:
        >>> set_seed(0)
        >>> first = np.random.random()
        >>> set_seed(0)
        >>> np.random.random() == first
        True
    """
    import keras
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")  # advice about tracing helps nobody who trains several networks in a notebook
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def fit(model: Any, training: Any, validation: Any, *, epochs: int, batch_size: int = 64, seed: int = 0,
        callbacks: Sequence[Any] = ()) -> History:
    """Train a compiled Keras model (with "accuracy" among its metrics) and return its history.

    It does what `model.fit` does, in half of the time or less with small networks and few cores: TensorFlow gets
    several batches at once and goes through the two halves of each side by side (`kws_helpers.training.steps`), and no
    array is copied on its way into the network. Three things differ:

    - Every batch is full. The last one is filled up with the clips that came first in this epoch, which are seen twice
      and count twice in `loss` and `accuracy`; `model.fit` takes a smaller last batch.
    - Batch normalisation takes mean and variance of half a batch.
    - Dropout draws other random numbers.

    Args:
        model: a compiled `keras.Model`.
        training: clips to learn from: `.x` features (N, T, F), `.y` labels (N,); or
            `augment.AugmentedClips`, which changes them in every epoch.
        validation: clips of other speakers, to look at after every epoch.
        epochs: how often the clips are gone through.
        batch_size: clips per step.
        seed: for the order of the clips and their changes. (First weights and dropout depend on the seed that is set
            when the model is built.)
        callbacks: Keras callbacks, such as early stopping. They hear of epochs, not of single steps.

    While grading nothing is trained, since no grade depends on it: the history has one epoch, of the network as it is.

    Raises:
        ValueError: the model does not measure its accuracy.

    Example:
        >>> import keras
        >>> from kws_helpers.features import Inputs
        >>> model = keras.Sequential([keras.Input((5, 4)), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")])
        >>> model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        >>> clips = Inputs(np.zeros((8, 5, 4), "float32"), np.zeros(8, int))
        >>> history = fit(model, clips, clips, epochs=2)  # doctest: +ELLIPSIS
        epoch 2 of 2: loss ...
        >>> history.loss.shape
        (2,)
    """
    if mode.grading():
        return _untrained(model, validation)
    steps = Steps(_quick(model), validation.x, validation.y)
    [history] = _fit(steps, [model], training, validation, epochs, batch_size, seed, [callbacks])
    return history


def fit_each(build: Callable[[], Any], training: Any, validation: Any, *, seeds: Iterable[int], epochs: int,
             batch_size: int = 64, callbacks: Sequence[Any] = ()) -> list[tuple[Any, History]]:
    """Train a network of the same kind for each seed.

    They learn side by side, an epoch of one after an epoch of the other. So the clips of an epoch are changed once for
    all of them, which takes as long as half of a network's training; they are those that `fit` shows with the first
    seed. And TensorFlow compiles only one network: the others pass their weights to that one, and get them back after
    each epoch. Compiling takes seconds and megabytes, which TensorFlow never gives back.

    Args:
        build: makes a compiled `keras.Model` with new random weights, and the same layers on every call.
        training, validation, epochs, batch_size: as in `fit`.
        seeds: one for each network, for its first weights and for its dropout.
        callbacks: as in `fit`; every network gets copies of its own.

    Returns:
        [(network, history), …], one for each seed.

    Raises:
        ValueError: the model does not measure its accuracy.
    """
    set_seed(0)
    seeds = list(seeds)
    if not seeds:
        return []
    if mode.grading():
        return [(network, _untrained(network, validation)) for network in (build() for _ in seeds)]
    steps = Steps(_quick(build()), validation.x, validation.y)
    networks = []
    for seed in seeds:
        _seed_python(seed)
        networks.append(_quick(build()))
    listening = [copy.deepcopy(list(callbacks)) for _ in networks]
    histories = _fit(steps, networks, training, validation, epochs, batch_size, seeds[0], listening)
    return list(zip(networks, histories, strict=True))


def accuracy(model: Any, clips: Any) -> float:
    """Return the share of clips whose largest output is that of their class; of few clips in short training.

    Args:
        model: a network that gives (N, n_classes) for (N, T, F).
        clips: `.x` features (N, T, F), `.y` labels (N,).

    Example:
        >>> from kws_helpers.features import Inputs
        >>> accuracy(lambda x: x[:, 0], Inputs(np.eye(3)[:, np.newaxis], np.array([0, 1, 0])))
        0.6666666666666666
    """
    right = [np.argmax(model(x), axis=-1) == y for x, y in in_parts(*_tried(clips))]
    return float(np.mean(np.concatenate(right)))


def _untrained(model: Any, clips: Any) -> History:
    _quick(model)
    logs = model.evaluate(clips.x[:_A_LOOK], clips.y[:_A_LOOK], verbose=0, return_dict=True)
    loss, accuracy = np.array([logs["loss"]]), np.array([_accuracy_in(logs)])
    return History(loss, accuracy, loss, accuracy)


def _accuracy_in(logs: dict[str, float]) -> float:
    if "accuracy" not in logs:
        raise ValueError('The model does not measure its accuracy: compile it with metrics=["accuracy"].')
    return logs["accuracy"]


def _tried(clips: Any) -> tuple[np.ndarray, np.ndarray]:
    count = SHORT_CLIPS if mode.short_training() else len(clips.y)
    return clips.x[:count], clips.y[:count]


def _quick(model: Any) -> Any:
    """The model, which will compile nothing in short training: its few steps are done before that would be."""
    model.run_eagerly = model.run_eagerly or mode.short_training()
    return model


def _fit(steps: Steps, models: list[Any], training: Any, validation: Any, epochs: int, batch_size: int, seed: int,
         callbacks: Iterable[Sequence[Any]]) -> list[History]:
    epochs = 1 if mode.short_training() else epochs
    learners = [Learner(model, steps, epochs, some) for model, some in zip(models, callbacks, strict=True)]
    learning = learners
    with status_line() as say:
        for epoch in range(epochs):
            parts = itertools.tee(batches_of(training, batch_size, seed, epoch), len(learning))
            for learner, clips in zip(learning, parts, strict=True):
                logs = learner.learn(epoch, clips, _tried(validation))
                say(f"epoch {epoch + 1} of {epochs}: loss {logs['loss']:.2f}, accuracy {_accuracy_in(logs):.1%} "
                    f"(validation {logs['val_accuracy']:.1%})")
            learning = [learner for learner in learning if not learner.model.stop_training]
            if not learning:
                break
    return [_history(learner.finish()) for learner in learners]


def _history(logs: dict[str, list[float]]) -> History:
    return History(*(np.array(logs[name]) for name in ("loss", "accuracy", "val_loss", "val_accuracy")))


def _seed_python(seed: int) -> None:
    """What Keras draws the seeds of layers from. TensorFlow's own seed would make it compile everything again."""
    random.seed(seed)
    np.random.seed(seed)
