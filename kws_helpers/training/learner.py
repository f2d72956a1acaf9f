"""A model on its way through the epochs. Several of a kind share what TensorFlow has compiled for one."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from kws_helpers.training.batches import Batches
from kws_helpers.training.steps import Steps


class Learner:
    """A model that lends its weights to the compiled `steps` for each epoch, with Keras' callbacks."""

    def __init__(self, model: Any, steps: Steps, epochs: int, callbacks: Sequence[Any]) -> None:
        import keras

        self.model, self._steps = model, steps
        model.stop_training = False
        self._listeners = keras.callbacks.CallbackList(list(callbacks), add_history=True, model=model, epochs=epochs)
        self._listeners.on_train_begin()
        self._lend = _copier(model, steps.model)
        self._take_back = _copier(steps.model, model)

    def learn(self, epoch: int, clips: Iterable[Batches], validation: Batches) -> dict[str, float]:
        """Train for one epoch; return the means of the loss and the metrics, with "val_" for those of validation."""
        self._listeners.on_epoch_begin(epoch)
        self._lend()
        logs = self._steps.train(clips)
        logs |= {f"val_{name}": value for name, value in self._steps.validate(*validation).items()}
        self._take_back()
        self._listeners.on_epoch_end(epoch, logs)
        return logs

    def finish(self) -> dict[str, list[float]]:
        """End the training; return what `learn` returned, a list with a value per epoch for each name."""
        self.model.optimizer.finalize_variable_values(self.model.trainable_variables)
        self._listeners.on_train_end()
        return self.model.history.history


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
