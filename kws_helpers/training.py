"""What the lessons add to Keras' training: one line of progress, and a network for each of several seeds.

While grading, and with ``KWS_TRAINING=short``, importing this module makes the training of every Keras model short.
"""

import copy
import functools
import gc
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import keras
import tensorflow as tf

from kws_helpers import mode
from kws_helpers.desk.messages import StatusLine

tf.get_logger().setLevel("ERROR")  # advice about tracing helps nobody who trains several networks in a notebook
# After `keras.utils.set_random_seed` two runs are equal, and Keras leaves out XLA, which takes long to compile.
tf.config.experimental.enable_op_determinism()
tf.random.set_seed(0)  # without a seed, shuffling would be an error
# There is one replica, so there are no gradients to add up. What Keras calls for that (`all_reduce`, a custom gradient)
# TensorFlow never forgets, and with it the whole graph of the training: 10 to 40 MB for each network.
keras.optimizers.Optimizer._all_reduce_sum_gradients = lambda _, grads_and_vars: grads_and_vars

_FORMATS = {"loss": "loss {:.2f}", "accuracy": "accuracy {:.1%}", "val_loss": "loss {:.2f}", "val_accuracy": "{:.1%}"}


class Progress(keras.callbacks.Callback):
    """Show how training goes in one line, which changes after every epoch. Use it with ``verbose=0``.

    Args:
        title: what stands before it.

    Example:
        >>> import numpy as np
        >>> network = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
        >>> network.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        >>> x, y = np.zeros((8, 4), "float32"), np.zeros(8, int)
        >>> history = network.fit(x, y, epochs=2, verbose=0, callbacks=[Progress()])
        epoch 2 of 2: loss ..., accuracy ...%
    """

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self._title, self._line = title, None

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Begin a new line."""
        self._line = StatusLine()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Show the loss and the accuracy of this epoch, where they are known."""
        logs = logs or {}
        said = _in_words(logs, ("loss", "accuracy"))
        if tried := _in_words(logs, ("val_accuracy",) if "val_accuracy" in logs else ("val_loss",)):
            said += f" (validation {tried})"
        self._line.show(f"{self._title}epoch {epoch + 1} of {self.params['epochs']}: {said}")

    def on_train_end(self, logs: dict | None = None) -> None:
        """Leave the line as it is; give back the tens of MB of the compiled training, which Keras can compile again."""
        self._line.end()
        if not self.model.run_eagerly:  # to look for what can be given back takes longer than a short training
            self.model.train_function = None
            gc.collect()


def train_seeds(build: Callable[[], Any], x: Any, y: Any = None, *, seeds: Iterable[int],
                **fit_arguments: Any) -> list[tuple[Any, dict[str, list[float]]]]:
    """Train a new network for each seed, one after another.

    Args:
        build: makes a compiled `keras.Model` with new random weights.
        x, y: what its `fit` takes: arrays, or batches such as `augment.AugmentedClips`.
        seeds: one for each network: for its first weights, its dropout, and the order of the clips.
        **fit_arguments: all other arguments of `fit`. Every network gets copies of the callbacks; without a `Progress`
            among them, one is added.

    Returns:
        [(network, history), …], one for each seed; a history is `history.history` of Keras, a list for each name.
    """
    trained = []
    for seed in seeds:
        keras.utils.set_random_seed(seed)
        network = build()
        callbacks = copy.deepcopy(keras.tree.flatten(fit_arguments.get("callbacks") or []))
        if not any(isinstance(one, Progress) for one in callbacks):
            callbacks.append(Progress(f"seed {seed}: "))
        clips = copy.copy(x) if isinstance(x, keras.utils.PyDataset) else x  # which counts its epochs
        history = network.fit(clips, y, **{"verbose": 0} | fit_arguments | {"callbacks": callbacks})
        trained.append((network, history.history))
    return trained


def _in_words(logs: dict[str, float], names: Iterable[str]) -> str:
    return ", ".join(_FORMATS[name].format(logs[name]) for name in names if name in logs)


def _shortened(method: Callable[..., Any], change: Callable[[dict[str, Any]], None]) -> Callable[..., Any]:
    """The method of `keras.Model`; in short training with other arguments, and nothing is compiled."""
    signature = inspect.signature(method)

    @functools.wraps(method)
    def short(model: Any, *args: Any, **kwargs: Any) -> Any:
        if not mode.short_training():
            return method(model, *args, **kwargs)
        bound = signature.bind(model, *args, **kwargs)
        change(bound.arguments)
        model.run_eagerly = True
        return method(*bound.args, **bound.kwargs)

    return short


def _short_fit(arguments: dict[str, Any]) -> None:
    validation = arguments.get("validation_data")
    _short_evaluate(arguments)
    if validation is not None:
        arguments["validation_data"] = _few(*validation) if isinstance(validation, (tuple, list)) else _few(validation)
    elif arguments.pop("validation_split", 0):
        arguments["validation_data"] = arguments["x"]
    arguments |= {"epochs": 1, "initial_epoch": 0, "validation_freq": 1, "shuffle": False}
    for name in ("steps_per_epoch", "validation_steps", "validation_batch_size"):
        arguments.pop(name, None)


def _short_evaluate(arguments: dict[str, Any]) -> None:
    arguments["x"] = _few(*(arguments.pop(name, None) for name in ("x", "y", "sample_weight")))
    for name in ("batch_size", "steps"):
        arguments.pop(name, None)


def _short_predict(arguments: dict[str, Any]) -> None:
    arguments["batch_size"] = 256  # all clips are wanted, and an execution costs as much as many of them


def _few(x: Any, y: Any = None, sample_weight: Any = None) -> tf.data.Dataset:
    """The first clips of arrays, or of batches of any kind, as one batch: for arrays, Keras would compile much."""
    if not hasattr(keras.tree.flatten(x)[0], "shape"):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(next(iter(x)))
    clips = keras.utils.pack_x_y_sample_weight(x, y, sample_weight)
    clips = clips if isinstance(clips, tuple) else (clips,)
    return tf.data.Dataset.from_tensors(keras.tree.map_structure(lambda one: one[:mode.short_clips()],
                                                                 keras.tree.lists_to_tuples(clips)))


for _name, _change in (("fit", _short_fit), ("evaluate", _short_evaluate), ("predict", _short_predict)):
    setattr(keras.Model, _name, _shortened(getattr(keras.Model, _name), _change))
