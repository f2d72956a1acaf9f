"""The ladder: small steps from "it exists" to "its values are right", each with one line of advice when it fails.

A ladder is a generator function that takes the learner's function, already made safe to call. It yields the title of
a step and then tries it; a `Missed` raised before the next title belongs to that step::

    @ladder("softmax(z)")
    def softmax(f):
        yield "keeps the shape"
        expect_shape(f(np.zeros((2, 3))), (2, 3))
"""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from kws_helpers.check.calling import CallFailed, call


class Missed(Exception):
    """A step was missed: what was expected, what was got, and the likely cause."""

    def __init__(self, expected: str, got: str, cause: str = "") -> None:
        super().__init__(f"expected {expected}, got {got}." + (f" {cause}" if cause else ""))
        self.expected, self.got, self.cause = expected, got, cause


@dataclass
class Step:
    """One line of a report."""

    title: str
    passed: bool
    advice: str = ""


@dataclass
class Report:
    """The steps of one exercise, in order."""

    name: str
    steps: list[Step] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return all(step.passed for step in self.steps)


@dataclass(frozen=True)
class Ladder:
    """The steps for one exercise and the call that its signature allows."""

    signature: str
    steps: Callable[[Callable], Iterator[str]]

    @property
    def name(self) -> str:
        return self.signature.partition("(")[0]

    def climb(self, function: Any) -> Report:
        """Try every step on `function` until one fails."""
        report = Report(self.name)
        titles = self._all_steps(function)
        while True:
            try:
                title = next(titles)
            except StopIteration:
                return report
            except (Missed, CallFailed) as failure:
                report.steps[-1].passed, report.steps[-1].advice = False, str(failure)
                return report
            except Exception as error:  # a result so odd that a step could not even look at it
                report.steps[-1].passed = False
                report.steps[-1].advice = f"the result could not be examined ({type(error).__name__}: {error})."
                return report
            report.steps.append(Step(title, passed=True))

    def _all_steps(self, function: Any) -> Iterator[str]:
        yield "is a function"
        if not callable(function):
            raise Missed("a function", describe(function), "Was its name used for a variable further up?")
        yield f"can be called as {self.signature}"
        self._bind(function)
        yield from self.steps(partial(call, function))

    def _bind(self, function: Callable) -> None:
        """Fail unless `function` takes the arguments of the signature (other names of positional ones are fine)."""
        try:
            actual = inspect.signature(function)
        except (TypeError, ValueError):  # some built-in functions do not tell
            return
        parameters = [part.strip() for part in re.split(r",\s*(?![^()]*\))", self.signature[len(self.name) + 1:-1])]
        positional = [part for part in parameters if "=" not in part]
        keywords = [part.partition("=")[0] for part in parameters if "=" in part]
        try:
            actual.bind(*positional, **dict.fromkeys(keywords))
            actual.bind(*positional)
        except TypeError as error:
            raise Missed(f"the signature {self.signature}", f"{self.name}{actual}",
                         f"A call fails with: {error}.") from None


LADDERS: dict[str, Ladder] = {}


def ladder(signature: str) -> Callable[[Callable[[Callable], Iterator[str]]], Ladder]:
    """Register a generator of steps as the check of the exercise with this signature."""

    def register(steps: Callable[[Callable], Iterator[str]]) -> Ladder:
        made = Ladder(signature, steps)
        LADDERS[made.name] = made
        return made

    return register


# What the steps are made of. Each returns what it has looked at, as an array where it is one.

def describe(value: Any) -> str:
    """A short text for any value: arrays by shape and type, others by type and value."""
    if value is None:
        return "None (is there a `return`?)"
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        size = int(np.prod(value.shape))
        shown = f", {np.array2string(np.asarray(value), precision=4, threshold=8)}" if size <= 8 else ""
        return f"an array of shape {tuple(value.shape)} and type {np.dtype(_dtype(value)).name}{shown}"
    return f"{type(value).__name__} {str(value)[:80]}"


def expect_array(value: Any, cause: str = "") -> np.ndarray:
    """Anything with a shape counts as an array: NumPy's, TensorFlow's and others."""
    if value is None or not hasattr(value, "shape"):
        raise Missed("an array", describe(value), cause)
    return np.asarray(value)


def expect_shape(value: Any, shape: tuple[int, ...], cause: str = "") -> np.ndarray:
    array = expect_array(value)
    if array.shape != tuple(shape):
        raise Missed(f"shape {tuple(shape)}", f"shape {array.shape}", cause)
    return array


def expect_number(value: Any, cause: str = "") -> float:
    """A Python or NumPy scalar, or an array without axes."""
    array = np.asarray(value) if value is not None else None
    if array is None or array.ndim or array.dtype.kind not in "iuf":
        raise Missed("a number", describe(value), cause)
    return float(array)


def expect_whole_number(value: Any, cause: str = "") -> int:
    number = expect_number(value, cause)
    if np.asarray(value).dtype.kind not in "iu":
        raise Missed("a whole number (int)", describe(value), cause)
    return int(number)


def expect_close(value: Any, expected: Any, cause: str = "", tolerance: float = 1e-4) -> np.ndarray:
    """Equal up to `tolerance`, relative to the largest expected value."""
    expected = np.asarray(expected)
    array = np.asarray(value)
    if array.shape != expected.shape:
        raise Missed(f"shape {expected.shape}", describe(value), cause)
    finite = np.abs(np.asarray(expected, dtype=float))
    scale = max(1.0, float(np.max(finite, where=np.isfinite(finite), initial=0.0)))
    if not np.allclose(array, expected, rtol=0, atol=tolerance * scale, equal_nan=True):
        raise Missed(_show(expected), _show(array), cause)
    return array


def expect(condition: bool, expected: str, got: Any, cause: str = "") -> None:
    """For everything else: `got` is described when it is not a text already."""
    if not condition:
        raise Missed(expected, got if isinstance(got, str) else describe(got), cause)


def _show(array: np.ndarray) -> str:
    return np.array2string(array, precision=4, threshold=12, edgeitems=2, separator=", ").replace("\n", "")


def _dtype(value: Any) -> Any:
    return getattr(value.dtype, "name", value.dtype)
