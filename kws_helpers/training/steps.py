"""Training steps, several in one call of TensorFlow.

A training step of a small network takes a few milliseconds; Python needs as long again to start it. So TensorFlow gets
some batches at once and goes from one to the next by itself.

The operations of a step are also too small to be shared among cores: that takes nearly as long as it saves. So a batch
is two halves, which meet only where their gradients are added, and each has a core to itself.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from kws_helpers.training.batches import Batches

_AT_ONCE = 64  # clips that are tried at once: with more, large networks need gigabytes


class Steps:
    """What a compiled Keras model does in a step of training and of validation, compiled by TensorFlow once.

    Args:
        model: a compiled `keras.Model`. With `run_eagerly`, nothing is compiled.
        x, y: clips like those to come, (N, …), and their labels, (N, …).
    """

    def __init__(self, model: Any, x: np.ndarray, y: np.ndarray) -> None:
        import tensorflow as tf

        self.model = model
        model.test_step((x[:1], y[:1]))  # makes the weights and metrics that are not there yet: no loop can do that
        model.optimizer.build(model.trainable_variables)

        def train(x: Any, y: Any, count: Any) -> None:
            for number in tf.range(count):
                _learn(model, x[number], y[number])

        def validate(x: Any, y: Any) -> None:
            model.test_step((x, y))

        shapes = [tf.TensorSpec((None, *one.shape[1:]), one.dtype) for one in (x, y)]
        self._train = train if model.run_eagerly else tf.function(train)
        self._validate = validate if model.run_eagerly else tf.function(validate, input_signature=shapes)

    def train(self, batches: Iterable[Batches]) -> dict[str, float]:
        """Train for one epoch; return the means of the loss and the metrics."""
        self.model.reset_metrics()
        size = 0
        for x, y in batches:
            size = max(size, len(y))
            # Where the last batches are fewer, TensorFlow would compile once more. So it gets as many, and leaves some.
            self._train(_filled(x, size), _filled(y, size), np.int32(len(y)))
        return self._means()

    def validate(self, x: np.ndarray, y: np.ndarray) -> dict[str, float]:
        """Return the means of the loss and the metrics on clips x (N, …) with the labels y (N, …)."""
        self.model.reset_metrics()
        for part in in_parts(x, y):
            self._validate(*part)
        return self._means()

    def _means(self) -> dict[str, float]:
        return {name: float(value) for name, value in self.model.get_metrics_result().items()}


def _learn(model: Any, x: Any, y: Any) -> None:
    """What `model.train_step` does, with a batch (B, …) in two halves. Batch normalisation is over each half."""
    import tensorflow as tf

    middle = len(y) // 2
    halves = [(x[:middle], y[:middle]), (x[middle:], y[middle:])] if middle else [(x, y)]
    losses, outputs = [], []
    with tf.GradientTape() as tape:
        for half, labels in halves:
            outputs.append(model(half, training=True))
            loss = model.compute_loss(x=half, y=labels, y_pred=outputs[-1], training=True)
            losses.append(loss * (len(labels) / len(y)))
        loss = tf.add_n(losses)
    gradients = tape.gradient(loss, model.trainable_variables)
    model.optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    model.metrics[0].update_state(loss, sample_weight=len(y))
    model.compute_metrics(x, y, tf.concat(outputs, 0))


def in_parts(x: np.ndarray, y: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Clips and their labels, as many as are tried at once."""
    for start in range(0, len(y), _AT_ONCE):
        yield x[start:start + _AT_ONCE], y[start:start + _AT_ONCE]


def _filled(batches: np.ndarray, size: int) -> np.ndarray:
    """The batches, and as many of them once more as are missing to `size`."""
    return batches if len(batches) == size else np.resize(batches, (size, *batches.shape[1:]))
