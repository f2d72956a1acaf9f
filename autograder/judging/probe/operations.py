"""What the judge may ask for beside a student's function: calls of it, and of the models that it builds.

Each operation gives plain data. A failure is a `CallFailed`. A new kind of question is a new method of `Operations`. It
holds no secrets: students can read this file.
"""

import functools
import json
from collections.abc import Callable
from typing import Any

from kws_helpers.check.calling import CallFailed, call
from kws_helpers.check.expect import NOTHING

from .plain_data import plain


class Operations:
    """The operations on one function. They speak of the model that was built last."""

    def __init__(self, function: Callable) -> None:
        self._function = function
        self._model: Any = None
        self._complaint = ""

    def do(self, name: str, *args: Any) -> tuple[Any, str]:
        """Carry out the operation of this name; return its result and, where arguments were changed, a complaint."""
        self._complaint = ""
        result = getattr(self, name)(*args)
        return result, self._complaint

    def call(self, args: tuple, kwargs: dict) -> Any:
        """Return what the function returns."""
        return plain(self._call(self._function, *args, **kwargs))

    def build(self, args: tuple, kwargs: dict, inputs: tuple | None = None) -> None:
        """Call the function, which builds a model.

        With `inputs`, the shape of one input, the function is given a symbolic tensor first and returns another one.
        """
        import keras

        keras.utils.set_random_seed(0)  # what dropout draws is no luck then

        @functools.wraps(self._function)
        def from_tensor(*args: Any, **kwargs: Any) -> Any:
            tensor = keras.Input(inputs)
            result = self._function(tensor, *args, **kwargs)
            return keras.Model(tensor, result) if isinstance(result, keras.KerasTensor) else result

        wanted, function = ("keras.Model", self._function) if inputs is None else ("KerasTensor", from_tensor)
        self._model = self._call(function, *args, **kwargs)
        if not isinstance(self._model, keras.Model):
            found = self._model
            kind = NOTHING if found is None else f"an object of type {type(found).__name__}"
            raise CallFailed("raised", f"expected a {wanted}, got {kind}.", "TypeError")

    def show(self, inputs: Any) -> None:
        """Let the model see a batch of inputs, unless it was made from symbolic ones and so has all its weights."""
        if getattr(self._model, "inputs", None) is None:
            self._call(self._model, inputs)

    def outputs(self, inputs: Any, training: bool) -> Any:
        """Return what the model computes from a batch of inputs."""
        return plain(self._call(self._model, inputs, training=training))

    def weights(self) -> list:
        """Return name and shape of each of the model's weights, and whether training changes it."""
        trained = set(map(id, self._model.trainable_weights))
        return [{"name": weight.name, "shape": list(weight.shape), "trainable": id(weight) in trained}
                for weight in self._model.weights]

    def value(self, index: int) -> Any:
        """Return the value of one weight."""
        return plain(self._model.weights[index])

    def assign(self, index: int, value: Any) -> None:
        """Give one weight a value."""
        self._model.weights[index].assign(value)

    def set_weights(self, weights: list) -> None:
        """Give the model these weights."""
        self._call(self._model.set_weights, weights)

    def losses(self) -> list:
        """Return the terms that the model adds to the loss."""
        return plain(self._model.losses)

    def layers(self) -> list:
        """Return classes, settings and shapes of every layer, those of nested models included."""
        return [_described(layer) for layer in _all_layers(self._model)]

    def _call(self, function: Callable, *args: Any, **kwargs: Any) -> Any:
        try:
            return call(function, *args, quiet=True, **kwargs)
        except CallFailed as failure:
            if failure.kind != "changed":
                raise
            self._complaint = str(failure)
            return failure.result


def _all_layers(model: Any) -> list:
    """Return the layers, those inside nested models and wrappers included, but not the nested models themselves."""
    return [layer for layer in model._flatten_layers(include_self=False) if not hasattr(layer, "layers")]


def _described(layer: Any) -> dict:
    """Return a layer as plain data."""
    return {"classes": [one.__name__ for one in type(layer).__mro__], "built": bool(layer.built),
            "config": _or_none(lambda: json.loads(json.dumps(layer.get_config(), default=str))),
            "weights": [list(weight.shape) for weight in layer.weights],
            "input": _or_none(lambda: list(layer.input.shape)), "output": _or_none(lambda: list(layer.output.shape))}


def _or_none(look: Callable[[], Any]) -> Any:
    """Return what can be seen: some layers cannot be described, and some have no single input or output."""
    try:
        return look()
    except Exception:
        return None
