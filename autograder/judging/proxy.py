"""What stands in for a student's function on the judge's side, wherever the function itself is.

`Exercise.observe` gets a `FunctionProxy` and uses it like the function, except that results are plain data and that
models stay where they were built::

    def observe(function, case):
        return function(*case.args)                       # plain data

    def observe(function, case):
        model = function.build(*case.args)                # a `ModelProxy`, which is used much like Keras' own
        for weight in model.weights:
            weight.assign(np.ones(weight.shape))
        return model(case.clips, training=True)

Both raise `CallFailed` where the function fails. What is concluded from the results is concluded on the judge's side.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.judging.probe.operations import Operations
from autograder.judging.probe.plain_data import MAX_ELEMENTS
from kws_helpers.check.calling import CallFailed

Ask = Callable[..., tuple[Any, str]]
"""Carries out an operation: `Operations.do` of this process, or of another."""

MAX_WEIGHTS = 10_000


class FunctionProxy:
    """Stands in for a function. `complaint` says that one of the calls changed its arguments."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._built: tuple | None = None
        self.complaint = ""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.do("call", args, kwargs)

    def build(self, *args: Any, **kwargs: Any) -> "ModelProxy":
        """Call a function that returns a Keras model."""
        return self._model(args, kwargs)

    def build_from(self, inputs: tuple[int, ...], *args: Any, **kwargs: Any) -> "ModelProxy":
        """Call a function that turns a symbolic tensor into another, `inputs` being the shape of one input."""
        return self._model(args, kwargs, inputs)

    def _model(self, *question: Any) -> "ModelProxy":
        """The model for these arguments. The last one is used again: to build a network takes longer than to try it."""
        if question != self._built:
            self._built = None
            self.do("build", *question)
            self._built = question
        return ModelProxy(self)

    def do(self, operation: str, *args: Any) -> Any:
        """Carry out one of the methods of `autograder.judging.probe.operations.Operations`."""
        result, complaint = self._ask(operation, *args)
        self.complaint = self.complaint or complaint
        return result


class WeightProxy:
    """Stands in for one weight of a model: `name`, `shape` and `trainable` are Keras' own."""

    def __init__(self, function: FunctionProxy, index: int, described: dict[str, Any]) -> None:
        self._do, self._index = function.do, index
        self.name, self.trainable = str(described["name"]), bool(described["trainable"])
        self.shape = tuple(described["shape"])
        if not all(type(n) is int and n >= 0 for n in self.shape):
            raise CallFailed("raised", "a weight of the model has no proper shape.", "ValueError")

    def assign(self, value: Any) -> None:
        self._do("assign", self._index, np.asarray(value))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self._do("value", self._index), dtype=dtype)


class ModelProxy:
    """Stands in for the model that was built last. What it says of itself may be a student's invention."""

    def __init__(self, function: FunctionProxy) -> None:
        self._function, self._do = function, function.do

    def __call__(self, inputs: Any, training: bool = False) -> Any:
        """The outputs for a batch of inputs."""
        return self._do("outputs", inputs, training)

    def show(self, inputs: Any) -> None:
        """Let the model see a batch of inputs: some have no weights before. No work where it has them."""
        self._do("show", inputs)

    @property
    def weights(self) -> list[WeightProxy]:
        """The weights in the model's order; those of some models are there only after `show`."""
        described = self._do("weights")
        if not isinstance(described, list) or len(described) > MAX_WEIGHTS:
            raise CallFailed("raised", "the model has far too many weights.", "ValueError")
        weights = [WeightProxy(self._function, index, one) for index, one in enumerate(described)]
        if sum(math.prod(weight.shape) for weight in weights) > MAX_ELEMENTS:
            raise CallFailed("raised", f"the model has more than {MAX_ELEMENTS:,} weights.", "ValueError")
        return weights

    def count_params(self) -> int:
        return sum(math.prod(weight.shape) for weight in self.weights)

    def set_weights(self, weights: list[np.ndarray]) -> None:
        self._do("set_weights", weights)

    @property
    def losses(self) -> list:
        """The terms that are added to the loss."""
        return self._do("losses")

    def layers(self) -> list[dict[str, Any]]:
        """Every layer, those of nested models included.

        Each with "classes" (its own name and those of its bases), "built", "config", and the shapes "weights", "input"
        and "output". What is not known is None.
        """
        return self._do("layers")


def local(function: Callable) -> FunctionProxy:
    """The stand-in for a function of this process."""
    return FunctionProxy(Operations(function).do)
