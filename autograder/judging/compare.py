"""Compare plain values, and say in words how they differ."""

from typing import Any

import numpy as np

from autograder.judging.probe.plain_data import plain
from kws_helpers.check.expect import NOTHING, within

__all__ = ["difference", "plain"]


def difference(expected: Any, got: Any, tolerance: float) -> str | None:
    """Say in a few words how `got` differs from `expected`, or None where they agree.

    Numbers agree within `tolerance`, relative to the largest expected one. The words name kinds, shapes and sizes of
    errors, never the expected values.
    """
    if isinstance(expected, dict):
        return _mapping_difference(expected, got, tolerance)
    if isinstance(expected, list):
        return _list_difference(expected, got, tolerance)
    if isinstance(expected, np.ndarray) and expected.ndim:
        return _array_difference(expected, got, tolerance)
    return _scalar_difference(expected, got, tolerance)


def _mapping_difference(expected: dict, got: Any, tolerance: float) -> str | None:
    if not isinstance(got, dict):
        return f"expected a dict, got {_kind(got)}"
    if expected.keys() != got.keys():
        missing, extra = len(expected.keys() - got.keys()), len(got.keys() - expected.keys())
        return f"{missing} keys are missing and {extra} are not expected"
    for key in expected:
        found = difference(expected[key], got[key], tolerance)
        if found:
            return f"for a key of the dict, {found}"
    return None


def _list_difference(expected: list, got: Any, tolerance: float) -> str | None:
    if not isinstance(got, (list, np.ndarray)) or (isinstance(got, np.ndarray) and not got.ndim):
        return f"expected {len(expected)} results, got {_kind(got)}"
    if len(expected) != len(got):
        return f"expected {len(expected)} results, got {len(got)}"
    for number, (one, other) in enumerate(zip(expected, got), start=1):
        found = difference(one, other, tolerance)
        if found:
            return f"in result {number} of {len(expected)}, {found}"
    return None


def _array_difference(expected: np.ndarray, got: Any, tolerance: float) -> str | None:
    if not isinstance(got, np.ndarray):
        return f"expected an array, got {_kind(got)}"
    if expected.shape != got.shape:
        return f"expected shape {expected.shape}, got {got.shape}"
    texts = [one.dtype.kind == "U" for one in (expected, got) if one.size]
    if len(set(texts)) > 1:
        return "expected text, got numbers" if texts[0] else "expected numbers, got text"
    same = expected.astype(str) == got.astype(str) if any(texts) else within(tolerance, expected, got)
    wrong = 1.0 - np.mean(same) if same.size else 0.0
    return f"{wrong:.0%} of the values differ" if wrong else None


def _scalar_difference(expected: Any, got: Any, tolerance: float) -> str | None:
    expected, got = _scalar(expected), _scalar(got)
    if isinstance(expected, (int, float)):
        if not isinstance(got, (int, float)):
            return f"expected a number, got {_kind(got)}"
        if within(tolerance, expected, got):
            return None
        if np.isfinite(expected) and not np.isfinite(got):
            return "the value is not finite"
        return "the value is too large" if got > expected else "the value is too small"
    same = type(expected) is type(got) and expected == got
    return None if same else f"the value is not the expected {_kind(expected)}"


def _scalar(value: Any) -> Any:
    value = value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value
    if isinstance(value, int) and value.bit_length() > 63:  # NumPy cannot compare these
        return float(value) if value.bit_length() < 1000 else np.inf
    return value


def _kind(value: Any) -> str:
    if value is None:
        return NOTHING
    value = _scalar(value)
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        return "a number"
    kinds = {list: "a list", dict: "a dict", str: "text", bool: "a truth value", np.ndarray: "an array"}
    return kinds.get(type(value), f"an object of type {type(value).__name__}")
