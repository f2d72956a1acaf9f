"""What the steps of a ladder are made of: each passes, or raises `Missed` with what was expected and what came."""

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from kws_helpers.check.shown import value_text

NOTHING = "None (is there a `return`?)"
"""How a value of None is described everywhere."""


Known = Sequence[tuple[Any, str]]


class Missed(Exception):
    """A step was missed: what was expected, what was got, and the likely `cause`."""

    def __init__(self, expected: str, got: str, cause: str = "") -> None:
        super().__init__(f"expected {expected}, got {got.rstrip('.')}." + (f" {cause}" if cause else ""))
        self.cause = cause


def describe(value: Any) -> str:
    """Return a short text for any value: arrays by shape and type, others by type and value."""
    if value is None:
        return NOTHING
    if getattr(value, "shape", None) and None in value.shape:
        return f"a {type(value).__name__} of shape {tuple(value.shape)}"
    if getattr(value, "shape", None) and hasattr(value, "dtype"):
        name = getattr(value.dtype, "name", value.dtype)
        kind = f"an array of shape {tuple(value.shape)} and type {'text' if str(name).startswith('str') else name}"
        return kind + (f", {value_text(np.asarray(value))}" if np.prod(value.shape) <= 12 else "")
    if isinstance(value, (dict, list, tuple)):
        return value_text(value)
    return f"{type(value).__name__} {value_text(float(value) if isinstance(value, np.floating) else value)}"


def within(tolerance: float, expected: Any, got: Any) -> np.ndarray:
    """Return for each number whether it agrees up to `tolerance` times the largest finite expected one, or times 1."""
    sizes = np.abs(np.asarray(expected, dtype=float))
    scale = max(1.0, float(np.max(sizes, where=np.isfinite(sizes), initial=0.0)))
    return np.isclose(got, expected, rtol=0, atol=tolerance * scale, equal_nan=True)


def that(condition: bool, expected: str, got: Any, cause: str = "") -> None:
    """Expect a condition; `got` is described where it is not a text already."""
    if not condition:
        raise Missed(expected, got if isinstance(got, str) else describe(got), cause)


def _kind(condition: bool, expected: str, value: Any, cause: str = "") -> None:
    if not condition:
        raise Missed(expected, describe(value), cause)


def array(value: Any, cause: str = "") -> np.ndarray:
    """Expect anything with a shape: an array of NumPy's, TensorFlow's or others."""
    of_list = "Make an array of it: np.array(…)." if isinstance(value, (list, tuple, deque)) else ""
    if isinstance(value, tuple) and any(getattr(one, "shape", None) for one in value):
        of_list = "Return the array alone."
    _kind(value is not None and hasattr(value, "shape"), "an array", value, of_list or cause)
    return np.asarray(value)


def shape(value: Any, expected: tuple[int, ...], cause: str = "", known: Known = ()) -> None:
    """Expect an array of this shape; `known`: shapes that mistakes give, see `close`."""
    got = array(value).shape
    words = next((words for wrong, words in known if got == wrong), cause)
    that(got == tuple(expected), f"shape {tuple(expected)}", f"shape {got}", words)


def number(value: Any, cause: str = "") -> None:
    """Expect a Python or NumPy scalar, or an array without axes."""
    got = np.asarray(value)
    of_many = "One number is wanted, not several." if got.size > 1 else ""
    of_array = "Take the number out of it, x[0] or x.item()." if got.ndim and got.size == 1 else ""
    _kind(value is not None and not got.ndim and got.dtype.kind in "biuf", "a number", value,
          cause or of_many or of_array)


def whole_number(value: Any, cause: str = "") -> None:
    """Expect a number without a fraction, of any type."""
    number(value, cause)
    _kind(float(value).is_integer(), "a whole number", value, cause)


def close(value: Any, expected: Any, cause: str = "", tolerance: float = 1e-4, known: Known = ()) -> None:
    """Expect these numbers up to a tolerance, as `within` measures it.

    Args:
        value: what came.
        expected: what should have come.
        cause: the likely cause, where it is not one of the `known`.
        tolerance: see `within`.
        known: what mistakes give here, each with what to say of it: [(wrong value, words)], most likely first.
    """
    expected, got = np.asarray(expected), np.asarray(value)
    _kind(got.dtype.kind in "biufc", "numbers" if expected.ndim else "a number", value, cause)
    words = told(got, known, cause, tolerance)
    _kind(got.shape == expected.shape, f"shape {expected.shape}" if expected.ndim else "a number", value, words)
    if not _agree(tolerance, expected, got):
        raise Missed(*_difference(expected, got, within(tolerance, expected, got)), words)


def told(value: Any, known: Known, cause: str = "", tolerance: float = 1e-4) -> str:
    """Return what is to be said of a wrong value: the words of the `known` one that it is, or else the `cause`."""
    return next((words for wrong, words in known if _agree(tolerance, wrong, np.asarray(value))), cause)


def _agree(tolerance: float, expected: Any, got: np.ndarray) -> bool:
    expected = np.asarray(expected)
    return got.shape == expected.shape and bool(np.all(within(tolerance, expected, got)))


def _difference(expected: np.ndarray, got: np.ndarray, same: np.ndarray) -> tuple[str, str]:
    """Return what was expected and what came; of long arrays the first place that differs."""
    if expected.size <= 12:
        return value_text(expected), value_text(got)
    place = tuple(map(int, np.argwhere(~same)[0]))
    return (f"{value_text(expected[place])} at {list(place)} of an array of shape {expected.shape}",
            f"{value_text(got[place])} there ({np.sum(~same)} of {same.size} values differ)")


def equal(value: Any, expected: Any, cause: str = "", known: Known = ()) -> None:
    """Expect exactly these numbers; see `close`."""
    close(value, expected, cause, 0, known)


def model(value: Any) -> Any:
    """Expect a keras.Model and return it."""
    import keras

    cause = ("That is the place where the last layer ends: return keras.Model(inputs, outputs)."
             if isinstance(value, keras.KerasTensor) else "keras.Sequential makes a network of a list."
             if isinstance(value, list) else "")
    _kind(isinstance(value, keras.Model), "a keras.Model", value, cause)
    return value

