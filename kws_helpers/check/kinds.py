"""Kinds of results that neither check nor judge takes, so that both say the same of them before they compare values.

Whole numbers, float32, float64 and longer floats, truth values and text are taken, of NumPy and other libraries.
"""

from collections.abc import Iterable
from numbers import Number
from typing import Any

import numpy as np

_MAX_DEPTH = 4  # a result can hold itself


def refused(result: Any) -> str:
    """Return why a result is of a kind that is not taken, "" where it is taken."""
    return next(filter(None, map(_reason, _parts(result))), "")


def _parts(value: Any, depth: int = 0) -> Iterable[Any]:
    """The value and what it holds: the items of a list or dict, the layers of a network."""
    yield value
    if hasattr(value, "_flatten_layers"):
        yield from value._flatten_layers(include_self=False)
    elif isinstance(value, (dict, list, tuple)) and depth < _MAX_DEPTH:
        for item in value.values() if isinstance(value, dict) else value:
            yield from _parts(item, depth + 1)


def _reason(value: Any) -> str:
    dtype = getattr(value, "compute_dtype", None) or getattr(value, "dtype", None)
    name = str(getattr(dtype, "name", dtype)).removeprefix("torch.")
    if name.startswith(("float16", "bfloat", "float8")):
        return f"it computes in {name}, which keeps no more than three digits. Use float32 or float64."
    if name.startswith("complex"):
        return f"its result has the type {name}. Take the real part, or the absolute value, whichever is asked for."
    if name == "None" and isinstance(value, Number) and not isinstance(value, (int, float)):
        return f"its result holds a {type(value).__name__}. Make a number of it: int(…) or float(…)."
    if name == "object" and not all(isinstance(one, (str, bytes)) for one in np.asarray(value).flat):
        return "its result is an array of Python objects. Make it one of numbers, with a dtype such as float or int."
    return ""
