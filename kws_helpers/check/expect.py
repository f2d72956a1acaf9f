"""What the steps of a ladder are made of: each passes, or raises `Missed` with what was expected and what came."""

from typing import Any

import numpy as np

NOTHING = "None (is there a `return`?)"
"""How a value of None is described everywhere."""


class Missed(Exception):
    """A step was missed: what was expected, what was got, and the likely cause."""

    def __init__(self, expected: str, got: str, cause: str = "") -> None:
        super().__init__(f"expected {expected}, got {got}." + (f" {cause}" if cause else ""))


def describe(value: Any) -> str:
    """Return a short text for any value: arrays by shape and type, others by type and value."""
    if value is None:
        return NOTHING
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        size = int(np.prod(value.shape))
        shown = f", {np.array2string(np.asarray(value), precision=4, threshold=8)}" if size <= 8 else ""
        return f"an array of shape {tuple(value.shape)} and type {getattr(value.dtype, 'name', value.dtype)}{shown}"
    return f"{type(value).__name__} {str(value)[:80]}"


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
    _kind(value is not None and hasattr(value, "shape"), "an array", value, cause)
    return np.asarray(value)


def shape(value: Any, expected: tuple[int, ...], cause: str = "") -> None:
    """Expect an array of this shape."""
    got = array(value).shape
    that(got == tuple(expected), f"shape {tuple(expected)}", f"shape {got}", cause)


def number(value: Any, cause: str = "") -> None:
    """Expect a Python or NumPy scalar, or an array without axes."""
    got = np.asarray(value)
    _kind(value is not None and not got.ndim and got.dtype.kind in "biuf", "a number", value, cause)


def whole_number(value: Any, cause: str = "") -> None:
    """Expect a number without a fraction, of any type."""
    number(value, cause)
    _kind(float(value).is_integer(), "a whole number", value, cause)


def close(value: Any, expected: Any, cause: str = "", tolerance: float = 1e-4) -> None:
    """Expect these numbers up to a tolerance, as `within` measures it."""
    expected, got = np.asarray(expected), np.asarray(value)
    _kind(got.shape == expected.shape, f"shape {expected.shape}", value, cause)
    that(np.all(within(tolerance, expected, got)), _shown(expected), _shown(got), cause)


def equal(value: Any, expected: Any, cause: str = "") -> None:
    """Expect exactly these numbers."""
    close(value, expected, cause, tolerance=0)


def model(value: Any) -> Any:
    """Expect a keras.Model and return it."""
    import keras

    _kind(isinstance(value, keras.Model), "a keras.Model", value)
    return value


def _shown(values: np.ndarray) -> str:
    return np.array2string(values, precision=4, threshold=12, edgeitems=2, separator=", ").replace("\n", "")
