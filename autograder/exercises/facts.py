"""Judge results that are random or free in form by facts that hold for every right answer."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.judging.exercise import Case
from autograder.judging.proxy import FunctionProxy
from kws_helpers.check.calling import CallFailed
from kws_helpers.check.expect import NOTHING


class LookCase(Case):
    """A case of a function whose results are random or free in form: `look(function, **kwargs)` says one fact of it.

    The fact is the same for every right answer.
    """

    def __init__(self, aspect: str, look: Callable[..., Any], **kwargs: Any) -> None:
        super().__init__(aspect, **kwargs)
        self.look = look


def observe_fact(function: FunctionProxy, case: LookCase) -> Any:
    """Call the function as often as the look needs."""
    return case.look(function, **case.kwargs)


def as_array(value: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Return the value as an array of floats.

    Raises:
        CallFailed: it is no array of numbers, or has another shape.
    """
    if not isinstance(value, np.ndarray) or value.shape != shape or value.dtype.kind not in "biuf":
        got = f"shape {value.shape}" if isinstance(value, np.ndarray) else NOTHING if value is None else "no array"
        raise CallFailed("raised", f"expected an array of shape {shape}, got {got}.", "WrongShape")
    return value.astype(float)


def snap(value: float, target: float, tolerance: float) -> float:
    """Return the target where `value` is near it: random results of right answers differ a little."""
    return target if abs(value - target) <= tolerance else round(float(value), 1)
