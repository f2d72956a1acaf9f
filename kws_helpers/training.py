"""Train a model with seeds set, progress on one line, and a history that is easy to plot."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from kws_helpers import mode
from kws_helpers.progress import status_line

SHORT_CLIPS = 256
"""Short training sees this many clips for one epoch. So it is while grading: grades never depend on training."""

_BATCHES_AT_ONCE = 4  # of clips that are changed: NumPy works best on some hundred
_METRICS = ("loss", "accuracy")

Batch = tuple[np.ndarray, np.ndarray]

_maker = ThreadPoolExecutor(1, "changed clips")  # one for all: every thread keeps the memory that it once had


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

    It does what `model.fit` does, step by step. On a machine with few cores and one-second clips that takes half of the
    time, since no array is copied on its way into the network.

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

    Raises:
        ValueError: if the model does not measure its accuracy.
    """
    import keras

    model.steps_per_execution = 1
    epochs = 1 if mode.short_training() else epochs
    model.stop_training = False
    listeners = keras.callbacks.CallbackList(list(callbacks), add_history=True, model=model, epochs=epochs)
    listeners.on_train_begin()
    with status_line() as say:
        for epoch in range(epochs):
            listeners.on_epoch_begin(epoch)
            logs = _mean(model.train_on_batch, _batches(training, batch_size, seed, epoch))
            logs |= {f"val_{name}": value for name, value in _validate(model, validation, batch_size).items()}
            listeners.on_epoch_end(epoch, logs)
            say(f"epoch {epoch + 1} of {epochs}: loss {logs['loss']:.2f}, accuracy {logs['accuracy']:.1%} "
                f"(validation {logs['val_accuracy']:.1%})")
            if model.stop_training:
                break
    model.optimizer.finalize_variable_values(model.trainable_variables)
    listeners.on_train_end()
    values = {name: np.array(value) for name, value in model.history.history.items()}
    return History(values["loss"], values["accuracy"], values["val_loss"], values["val_accuracy"])


def fit_each(build: Callable[[], Any], training: Any, validation: Any, *, seeds: Iterable[int],
             **options: Any) -> list[tuple[Any, History]]:
    """Train a network of the same kind for each seed: [(network, history), …].

    TensorFlow compiles only one of them: every network passes its weights to that one, and gets them back when they are
    trained. Compiling takes seconds and megabytes, which TensorFlow never gives back.

    Args:
        build: makes a compiled `keras.Model` with new random weights, and the same layers on every call.
        training, validation: as in `fit`.
        seeds: one for each network: for its first weights, and for its training.
        options: as in `fit`.
    """
    set_seed(0)
    worker, trained = build(), []
    for seed in seeds:
        _seed_python(seed)
        network = build()
        _copy_state(network, worker)
        history = fit(worker, training, validation, seed=seed, **options)
        _copy_state(worker, network)
        trained.append((network, history))
    return trained


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


def _batches(clips: Any, size: int, seed: int, epoch: int) -> Iterator[Batch]:
    """The batches of one epoch, in an order of its own."""
    rng = np.random.default_rng([seed, epoch])
    order = rng.permutation(len(clips.y))
    if mode.short_training():
        order = order[:SHORT_CLIPS]
    size = min(size, len(order))
    # The last batch is filled up with clips of the first: TensorFlow would compile once more for a smaller one.
    order = np.resize(order, -(-len(order) // size) * size)
    if hasattr(clips, "augmented"):
        for x, y in _one_ahead((clips.augmented(chosen, rng), clips.y[chosen])
                               for chosen in _parts(order, _BATCHES_AT_ONCE * size)):
            for batch in _parts(np.arange(len(y)), size):
                yield x[batch], y[batch]
    else:
        for chosen in _parts(order, size):
            yield clips.x[chosen], clips.y[chosen]


def _parts(numbers: np.ndarray, size: int) -> list[np.ndarray]:
    return np.split(numbers, range(size, len(numbers), size))


def _one_ahead(parts: Iterator[Batch]) -> Iterator[Batch]:
    """The same parts, each made while the one before it is used."""
    coming = _maker.submit(next, parts, None)
    while (part := coming.result()) is not None:
        coming = _maker.submit(next, parts, None)
        yield part


def _validate(model: Any, clips: Any, size: int) -> dict[str, float]:
    parts = _parts(np.arange(len(clips.y)), size)
    return _mean(model.test_on_batch, ((clips.x[part], clips.y[part]) for part in parts))


def _mean(step: Callable[..., dict[str, float]], batches: Iterable[Batch]) -> dict[str, float]:
    """Loss and accuracy of all batches together, each clip counted once."""
    sums, clips = dict.fromkeys(_METRICS, 0.0), 0
    for x, y in batches:
        values = step(x, y, return_dict=True)
        if missing := set(_METRICS) - set(values):
            raise ValueError(f'The model does not measure its {missing.pop()}: compile it with metrics=["accuracy"].')
        clips += len(y)
        for name in _METRICS:
            sums[name] += len(y) * float(values[name])
    return {name: total / clips for name, total in sums.items()}
