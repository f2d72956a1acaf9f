"""Check and judge agree on right answers whose results are of another kind: both take them, or both do not."""

import contextlib
import functools
from decimal import Decimal
from fractions import Fraction

import keras
import numpy as np
import pytest

from autograder.judging.exercise import exercises
from autograder.judging.reference import reference
from autograder.judging.verdict import assess
from kws_helpers.check import ladders
from tests.conftest import NETWORKS

EXERCISES, LADDERS = exercises(), ladders()


@pytest.fixture(autouse=True)
def no_mistake_is_recognised(monkeypatch):
    monkeypatch.setattr("autograder.judging.verdict._recognise", lambda *args: None)  # which takes most of the time


def like(change):
    """A cast that goes into lists and dicts, leaves text alone, and changes numbers and arrays."""
    def cast(value):
        if isinstance(value, dict):
            return {key: cast(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(map(cast, value))
        return value if np.asarray(value).dtype.kind in "UO" else change(value)

    return cast


def of_type(dtype):
    return like(lambda value: np.asarray(value).astype(dtype)[()])


def whole(dtype):
    return like(lambda value: np.asarray(value).astype(dtype)[()] if np.all(np.asarray(value) % 1 == 0) else value)


CASTS = {
    "float16": of_type("float16"), "bfloat16": like(lambda value: keras.ops.cast(value, "bfloat16")),
    "float32": of_type("float32"), "float": of_type(float), "longdouble": of_type("longdouble"),
    "complex": of_type(complex), "objects": like(lambda value: np.asarray(value, dtype=object)),
    "one element": like(np.atleast_1d), "tensor": like(keras.ops.convert_to_tensor),
    "list": lambda value: value.tolist() if isinstance(value, np.ndarray) else value,
    "array": lambda value: np.array(value) if isinstance(value, list) else value,
    "truth": like(lambda value: np.asarray(value).astype(bool)[()] if np.isin(value, (0, 1)).all() else value),
    "text": like(lambda value: np.asarray(value).astype(str)[()]),
}
ODD = {
    "8 bits": whole("uint8"), "8 bits with a sign": whole("int8"),
    "fraction": like(lambda value: Fraction(float(value)) if np.ndim(value) == 0 and np.isfinite(value) else value),
    "decimal": like(lambda value: Decimal(float(value)) if np.ndim(value) == 0 else value),
    "masked": like(lambda value: np.ma.masked_array(value) if np.ndim(value) else value),
    "three digits": like(lambda value: np.round(value, 3)),
    "whole numbers": like(lambda value: np.asarray(value).astype(int)[()] if np.all(np.isfinite(value)) else value),
    "another axis": like(lambda value: np.asarray(value)[None]),
    "iterator": lambda value: iter(value) if isinstance(value, (list, tuple)) else value,
}
"""Kinds of which only one thing is asked: what the judge fails does not pass the check."""

REFUSED = ("float16", "bfloat16", "complex", "objects")
LONG = ("mask_spectrogram", "dropout")  # they are called hundreds of times


def judged_and_checked(name, change=lambda value: value, around=contextlib.nullcontext):
    """Tell whether a right answer with changed results passes the check; and what the judge says of it."""
    right = reference(name)

    @functools.wraps(right)
    def answer(*args, **kwargs):
        with around():
            return change(right(*args, **kwargs))

    return LADDERS[name].climb(answer).passed, assess(EXERCISES[name], answer, seed=0)


FUNCTIONS = sorted(set(EXERCISES) - NETWORKS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_check_and_judge_take_the_same_kinds(name):
    for cast in (*REFUSED[1:], "longdouble", "list", "text") if name in LONG else CASTS:
        passed, verdict = judged_and_checked(name, CASTS[cast])
        assert passed == (verdict.share == 1.0), (cast, verdict)
        if cast in ("longdouble", "float32") and name not in ("one_hot", "frame_count", "confusion_matrix"):
            assert passed, (cast, verdict)
        if cast in REFUSED and name != "split_by_speaker":
            assert not passed and len(verdict.message) > 40, (cast, verdict)


@pytest.mark.parametrize("name", sorted({*FUNCTIONS} - {*LONG}))
def test_no_check_passes_what_the_judge_fails(name):
    for kind, change in ODD.items():
        passed, verdict = judged_and_checked(name, change)
        assert not passed or verdict.share == 1.0, (kind, verdict)


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_check_and_judge_refuse_a_network_that_computes_with_three_digits(name):
    @contextlib.contextmanager
    def in_float16():
        before = keras.config.dtype_policy()
        keras.config.set_dtype_policy("mixed_float16")
        try:
            yield
        finally:
            keras.config.set_dtype_policy(before)

    passed, verdict = judged_and_checked(name, around=in_float16)
    assert (passed, verdict.share) == (False, 0.0)
    assert "float16, which keeps no more than three digits" in verdict.message
