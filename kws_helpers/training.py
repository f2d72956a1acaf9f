"""Train a model with seeds set, progress on one line, and a history that is easy to plot."""

import copy
import itertools
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
    gets several batches at once and goes through the two halves of each side by side (`kws_helpers.steps`), and no
    array is copied on its way into the network. Batch normalisation takes mean and variance of such a half.

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
    [history] = _fit(steps, [model], training, validation, epochs, batch_size, seed, [callbacks])
    return history


def fit_each(build: Callable[[], Any], training: Any, validation: Any, *, seeds: Iterable[int], epochs: int,
             batch_size: int = 64, callbacks: Sequence[Any] = ()) -> list[tuple[Any, History]]:
    """Train a network of the same kind for each seed: [(network, history), …].

    They learn side by side, an epoch of one after an epoch of the other. So the clips of an epoch are changed once for
    all of them, which takes as long as half of a network's training; they are those that `fit` shows with the first
    seed. And TensorFlow compiles only one network: the others pass their weights to that one, and get them back after
    each epoch. Compiling takes seconds and megabytes, which TensorFlow never gives back.

    Args:
        build: makes a compiled `keras.Model` with new random weights, and the same layers on every call.
        training, validation, epochs, batch_size: as in `fit`.
        seeds: one for each network, for its first weights and for its dropout.
        callbacks: as in `fit`; every network gets copies of its own.
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


def _fit(steps: Steps, models: list[Any], training: Any, validation: Any, epochs: int, batch_size: int, seed: int,
         callbacks: Iterable[Sequence[Any]]) -> list[History]:
    epochs = 1 if mode.short_training() else epochs
    learners = [_Learner(model, steps, epochs, some) for model, some in zip(models, callbacks, strict=True)]
    learning = learners
    with status_line() as say:
        for epoch in range(epochs):
            parts = itertools.tee(_batches(training, batch_size, seed, epoch), len(learning))
            for learner, clips in zip(learning, parts, strict=True):
                logs = learner.learn(epoch, clips, _tried(validation))
                say(f"epoch {epoch + 1} of {epochs}: loss {logs['loss']:.2f}, accuracy {_accuracy_in(logs):.1%} "
                    f"(validation {logs['val_accuracy']:.1%})")
            learning = [learner for learner in learning if not learner.model.stop_training]
            if not learning:
                break
    return [learner.history() for learner in learners]


class _Learner:
    """A model on its way through the epochs, which lends its weights to the compiled `steps` for each of them."""

    def __init__(self, model: Any, steps: Steps, epochs: int, callbacks: Sequence[Any]) -> None:
        import keras

        self.model, self._steps = model, steps
        model.stop_training = False
        self._listeners = keras.callbacks.CallbackList(list(callbacks), add_history=True, model=model, epochs=epochs)
        self._listeners.on_train_begin()
        self._lend = _copier(model, steps.model)
        self._take_back = _copier(steps.model, model)

    def learn(self, epoch: int, clips: Iterable[Batches], validation: Batches) -> dict[str, float]:
        """Train for one epoch; returns the means of the loss and the metrics, with "val_" for those of validation."""
        self._listeners.on_epoch_begin(epoch)
        self._lend()
        logs = self._steps.train(clips)
        logs |= {f"val_{name}": value for name, value in self._steps.validate(*validation).items()}
        self._take_back()
        self._listeners.on_epoch_end(epoch, logs)
        return logs

    def history(self) -> History:
        self.model.optimizer.finalize_variable_values(self.model.trainable_variables)
        self._listeners.on_train_end()
        values = {name: np.array(value) for name, value in self.model.history.history.items()}
        return History(values["loss"], values["accuracy"], values["val_loss"], values["val_accuracy"])


def _seed_python(seed: int) -> None:
    """What Keras draws the seeds of layers from. TensorFlow's own seed would make it compile everything again."""
    random.seed(seed)
    np.random.seed(seed)


def _copier(source: Any, target: Any) -> Callable[[], None]:
    """What copies weights, the states of random numbers and the optimizer's memory from one model to another."""
    import tensorflow as tf

    if source is target:
        return lambda: None
    for model in (source, target):
        model.optimizer.build(model.trainable_variables)
    pairs = list(zip(target.variables + target.optimizer.variables, source.variables + source.optimizer.variables,
                     strict=True))

    def copy_state() -> None:
        for old, new in pairs:
            old.assign(new)

    return copy_state if target.run_eagerly else tf.function(copy_state)


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
