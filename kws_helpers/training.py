"""Train a model with seeds set, progress on one line, and a history that is easy to plot."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from kws_helpers import mode
from kws_helpers.progress import status_line
from kws_helpers.steps import Batches, Steps, in_parts

SHORT_CLIPS = 128
"""Short training sees this many clips for one epoch, and validates on as many."""

_A_LOOK = 32  # clips that show that an untrained network works

CLIPS_AT_ONCE = 256
"""So many are changed in one go, where that gives whole batches: NumPy works best on some hundred."""

_maker = ThreadPoolExecutor(1, "clips to come")  # one for all: every thread keeps the memory that it once had


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

    It does what `model.fit` does. With small networks and few cores that takes half of the time or less: TensorFlow
    gets several batches at once (`kws_helpers.steps`), and no array is copied on its way into the network.

    Args:
        model: a compiled `keras.Model`.
        training: clips to learn from: `.x` features (N, T, F), `.y` labels (N,); or
            `augment.AugmentedClips`, which changes them in every epoch.
        validation: clips of other speakers, to look at after every epoch.
        epochs: how often every clip is seen.
        batch_size: clips per step.
        seed: for the order of the clips and their changes. (First weights and dropout depend on the seed that is set
            when the model is built.)
        callbacks: Keras callbacks, such as early stopping. They hear of epochs, not of single steps.

    While grading nothing is trained, since no grade depends on it: the history has one epoch, of the network as it is.

    Raises:
        ValueError: if the model does not measure its accuracy.
    """
    if mode.grading():
        return _untrained(model, validation)
    steps = Steps(_quick(model), validation.x, validation.y)
    return _fit(steps, training, validation, epochs, batch_size, seed, callbacks)


def fit_each(build: Callable[[], Any], training: Any, validation: Any, *, seeds: Iterable[int], epochs: int,
             batch_size: int = 64, callbacks: Sequence[Any] = ()) -> list[tuple[Any, History]]:
    """Train a network of the same kind for each seed: [(network, history), …].

    TensorFlow compiles only one of them: every network passes its weights to that one, and gets them back when they are
    trained. Compiling takes seconds and megabytes, which TensorFlow never gives back.

    Args:
        build: makes a compiled `keras.Model` with new random weights, and the same layers on every call.
        training, validation, epochs, batch_size, callbacks: as in `fit`.
        seeds: one for each network: for its first weights, and for its training.
    """
    set_seed(0)
    if mode.grading():
        return [(network, _untrained(network, validation)) for network in (build() for _ in seeds)]
    worker, trained = Steps(_quick(build()), validation.x, validation.y), []
    for seed in seeds:
        _seed_python(seed)
        network = _quick(build())
        _copy_state(network, worker.model)
        history = _fit(worker, training, validation, epochs, batch_size, seed, callbacks)
        _copy_state(worker.model, network)
        trained.append((network, history))
    return trained


def accuracy(model: Any, clips: Any) -> float:
    """The share of clips whose largest output is that of their class; of few clips in short training.

    Args:
        model: a network that gives (N, n_classes) for (N, T, F).
        clips: `.x` features (N, T, F), `.y` labels (N,).
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


def _fit(steps: Steps, training: Any, validation: Any, epochs: int, batch_size: int, seed: int,
         callbacks: Sequence[Any]) -> History:
    import keras

    model, epochs = steps.model, 1 if mode.short_training() else epochs
    model.stop_training = False
    listeners = keras.callbacks.CallbackList(list(callbacks), add_history=True, model=model, epochs=epochs)
    listeners.on_train_begin()
    with status_line() as say:
        for epoch in range(epochs):
            listeners.on_epoch_begin(epoch)
            logs = steps.train(_batches(training, batch_size, seed, epoch))
            logs |= {f"val_{name}": value for name, value in steps.validate(*_tried(validation)).items()}
            accuracy = _accuracy_in(logs)
            listeners.on_epoch_end(epoch, logs)
            say(f"epoch {epoch + 1} of {epochs}: loss {logs['loss']:.2f}, accuracy {accuracy:.1%} "
                f"(validation {logs['val_accuracy']:.1%})")
            if model.stop_training:
                break
    model.optimizer.finalize_variable_values(model.trainable_variables)
    listeners.on_train_end()
    values = {name: np.array(value) for name, value in model.history.history.items()}
    return History(values["loss"], values["accuracy"], values["val_loss"], values["val_accuracy"])


def _seed_python(seed: int) -> None:
    """What Keras draws the seeds of layers from. TensorFlow's own seed would make it compile everything again."""
    random.seed(seed)
    np.random.seed(seed)


def _copy_state(source: Any, target: Any) -> None:
    """Weights, the states of random numbers, and the optimizer's memory."""
    for model in (source, target):
        model.optimizer.build(model.trainable_variables)
    for old, new in zip(target.variables + target.optimizer.variables, source.variables + source.optimizer.variables,
                        strict=True):
        old.assign(new)


def _batches(clips: Any, size: int, seed: int, epoch: int) -> Iterator[Batches]:
    """The clips of one epoch in an order of its own, some batches at a time."""
    rng = np.random.default_rng([seed, epoch])
    order = rng.permutation(len(clips.y))
    if mode.short_training():
        order = order[:SHORT_CLIPS]
    size = min(size, len(order))
    order = np.resize(order, (-(-len(order) // size), size))  # the last batch is filled up with clips of the first
    at_once = max(1, CLIPS_AT_ONCE // size)
    return _one_ahead(_made(clips, chosen, rng) for chosen in np.split(order, range(at_once, len(order), at_once)))


def _made(clips: Any, chosen: np.ndarray, rng: np.random.Generator) -> Batches:
    if not hasattr(clips, "augmented"):
        return clips.x[chosen], clips.y[chosen]
    x = clips.augmented(chosen.ravel(), rng)
    return x.reshape(*chosen.shape, *x.shape[1:]), clips.y[chosen]


def _one_ahead(parts: Iterator[Batches]) -> Iterator[Batches]:
    """The same parts, each made while the one before it is used."""
    coming = _maker.submit(next, parts, None)
    while (part := coming.result()) is not None:
        coming = _maker.submit(next, parts, None)
        yield part
