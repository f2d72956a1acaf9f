"""How calls and values are written in messages: short ones whole, long ones by their shape."""

from typing import Any

import numpy as np

_LONG = 16  # numbers that an array is still written out with
_ROOM = 160  # characters for a call


def call_text(name: str, args: tuple, kwargs: dict[str, Any]) -> str:
    """Return a call as it can be typed, such as `frame_count(400, 400, 100)`."""
    for long in (_LONG, 4, 0):
        given = [value_text(one, long, typed=True) for one in args]
        given += [f"{key}={value_text(one, long, typed=True)}" for key, one in kwargs.items()]
        text = f"{name}({', '.join(given)})"
        if len(text) <= _ROOM:
            break
    return text


def value_text(value: Any, long: int = _LONG, typed: bool = False) -> str:
    """Return a value in a few words. `typed`: arrays as one would type them; `long`: the numbers of a short one."""
    if isinstance(value, (np.ndarray, np.generic)):
        if value.size <= long or not value.ndim:
            text = _numbers(np.asarray(value), typed)
            return f"np.array({text})" if typed and value.ndim else text
        return f"<array of shape {value.shape}>"
    if isinstance(value, dict):
        return "{" + _listed([f"{value_text(key)}: {value_text(one, long)}" for key, one in value.items()]) + "}"
    if isinstance(value, (list, tuple)):
        parts = _listed([value_text(one, long, typed) for one in value])
        return f"[{parts}]" if isinstance(value, list) else f"({parts}{',' * (len(value) == 1)})"
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
        return _cut(f"{value:.6g}" if type(value) is float and not value.is_integer() else repr(value))
    if isinstance(value, np.random.Generator):
        return "np.random.default_rng(…)"
    if layers := getattr(value, "layers", None):
        return f"<{type(value).__name__}: {_listed([type(one).__name__ for one in layers], 6)}>"
    shape = getattr(value, "shape", None)
    name = getattr(value, "__name__", "") or f"<{type(value).__name__}" + (f" of shape {shape}>" if shape else ">")
    return _cut(name)


def _numbers(values: np.ndarray, typed: bool) -> str:
    """Return numbers or texts with commas and six digits; a whole float has a point only where it is `typed`."""
    def number(one: Any) -> str:
        text = f"{one:.0f}" if abs(one) < 1e15 and one == int(one) else f"{one:.6g}"
        return text + "." * (typed and text.lstrip("-").isdigit())

    style = {"float_kind": number, "bool": str, "str_kind": lambda one: repr(str(one)), "object": value_text}
    text = np.array2string(values, separator=", ", threshold=10**6, formatter=style)
    return " ".join(text.split()).replace("[ ", "[")


def _listed(parts: list[str], most: int = 12) -> str:
    return ", ".join(parts[:most] + ["…"] * (len(parts) > most))


def _cut(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
