"""What stands around the ladders: names, calls that do not end, and what is said of odd answers."""

import collections
import functools
import linecache
import math
import os
import queue
import subprocess
import sys
import threading
import time

import keras
import numpy as np
import pytest
from IPython.core.error import StdinNotImplementedError

from autograder.building.lesson import WARM_UP, lesson_names
from autograder.building.paths import ROOT
from kws_helpers.check import CheckFailed, calling, check, display, expect, hints
from kws_helpers.check.calling import CallFailed, call
from kws_helpers.check.raw_errors import in_words
from kws_helpers.check.shown import call_text

ALONE = """
import os, subprocess, sys, time
from kws_helpers.check import calling

def right():
    started = time.process_time()
    while time.process_time() < started + 0.05:
        pass
    return 1

calling.WAIT_LIMIT = 1
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as other:
    os.nice(19)  # leaves it one or two hundredths of the time
    try:
        print(calling.call(right))
    finally:
        other.kill()
"""


@pytest.fixture
def short_limits(monkeypatch):
    monkeypatch.setattr(calling, "LOOK", 0.1)
    monkeypatch.setattr(calling, "WAIT_LIMIT", 1)
    monkeypatch.setattr(calling, "CALL_LIMIT", 1)


def kept(lock):
    lock.acquire()
    return lock


def never_ends():
    thread = threading.Thread(target=time.sleep, args=(600,), daemon=True)
    thread.start()
    return thread


def stubborn():
    for _ in range(600):
        try:
            time.sleep(1)
        except:  # noqa: E722
            if _ > 3:
                raise


WAITING = {
    "sleep": lambda: time.sleep(600),
    "short sleeps": lambda: [time.sleep(0.5) for _ in range(200)],
    "input": lambda: os.fdopen(os.pipe()[0]).readline(),
    "queue": lambda: queue.Queue().get(),
    "lock": lambda: kept(threading.Lock()).acquire(),
    "thread": lambda: never_ends().join(),
    "process": lambda: subprocess.run(["sleep", "600"], check=True),
    "bare except": stubborn,
}


@pytest.mark.parametrize("kind", WAITING)
def test_a_call_that_waits_is_ended_and_not_made_again(short_limits, kind):
    started = time.monotonic()
    for _ in range(2):
        with pytest.raises(CallFailed, match="it waited for 1 seconds and did not finish") as failure:
            call(WAITING[kind])
        assert failure.value.kind == "slow"
    assert time.monotonic() - started < 60


def test_a_call_that_computes_for_ever_is_ended(short_limits):
    def endless():
        while True:
            pass

    with pytest.raises(CallFailed, match="did not finish within 1 seconds"):
        call(endless)


def test_a_call_that_rests_for_less_than_the_limit_is_fine(short_limits):
    assert call(lambda: time.sleep(0.3) or 7) == 7


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="only Linux tells who waits for a processor")
def test_waiting_for_a_processor_is_no_waiting():
    done = subprocess.run([sys.executable, "-c", ALONE], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("1\n", 0), done.stderr


def not_for(x):
    if x:
        raise NotImplementedError
    raise NotImplementedError()


def unwritten(x):
    raise NotImplementedError()


def decorated(function):
    return functools.wraps(function)(lambda *args: function(*args))


OTHERS = {"with words": lambda x: not_yet("for arrays"), "in an if": not_for,
          "another function": lambda x: unwritten(x),
          "a library": lambda x: keras.layers.Layer().compute_output_shape((1,)),
          "input": lambda x: asks()}


def not_yet(words):
    raise NotImplementedError(words)


def asks():
    raise StdinNotImplementedError("raw_input was called")


@pytest.mark.parametrize("kind", OTHERS)
def test_an_error_of_another_origin_is_named_and_not_taken_for_the_stub(kind):
    with pytest.raises(CallFailed) as failure:
        call(OTHERS[kind], 1)
    assert failure.value.kind == "raised"
    assert "NotImplementedError" in str(failure.value) or "waits for somebody to type" in str(failure.value)


@pytest.mark.parametrize("stub", [unwritten, decorated(unwritten), functools.partial(not_for, 0).func])
def test_the_stub_is_known_by_its_own_line(stub):
    with pytest.raises(CallFailed, match="not written yet") as failure:
        call(stub, 0)
    assert failure.value.kind == "unwritten"


def test_a_child_that_computes_is_no_waiting(short_limits, monkeypatch):
    monkeypatch.setattr(calling, "CALL_LIMIT", 30)
    busy = "import time\nwhile time.process_time() < 1.6: pass"
    assert call(lambda: subprocess.run([sys.executable, "-c", busy], check=True).returncode) == 0
    monkeypatch.setattr(calling, "CALL_LIMIT", 1)
    with pytest.raises(CallFailed, match="did not finish within 1 seconds"):
        call(lambda: subprocess.run([sys.executable, "-c", busy], check=True).returncode)


def test_networks_are_not_copied_and_arrays_are():
    model, numbers = keras.Sequential(), np.zeros(2)
    same = call(lambda one, other: [one is model, other is numbers], model, numbers)
    assert same == [True, False]


def test_checks_are_called_like_their_lessons():
    names = [path.stem for path in (ROOT / "kws_helpers" / "check").glob("[0-9]*.py")]
    lessons = [WARM_UP, *lesson_names()]
    assert {lesson for lesson in lessons for name in names if name.startswith(lesson)} == set(lessons)
    assert all(name.startswith(tuple(lessons)) for name in names)


@pytest.mark.parametrize("value, words", [
    (None, "None (is there a `return`?)"),
    (np.zeros((2, 3), np.float32), "an array of shape (2, 3) and type float32, "),
    (np.array(["a", "b"]), "an array of shape (2,) and type text, ['a', 'b']"), ([1], "[1]"),
    (np.float64(7), "float64 7.0"), ({"tea": np.int64(1)}, "{'tea': 1}"),
    (np.zeros((40, 3)), "an array of shape (40, 3) and type float64")])
def test_any_value_can_be_described(value, words):
    assert expect.describe(value).startswith(words)


@pytest.mark.parametrize("args, kwargs, text", [
    ((400, 400), {"hop": 100}, "f(400, 400, hop=100)"),
    ((np.array([2.0, -0.5]), ["tea"]), {}, "f(np.array([2., -0.5]), ['tea'])"),
    ((np.zeros((49, 40)), np.random.default_rng(0)), {}, "f(<array of shape (49, 40)>, np.random.default_rng(…))"),
    ((np.arange(12), np.full(16, 0.123456), np.full(16, 0.123456)), {},
     "f(<array of shape (12,)>, <array of shape (16,)>, <array of shape (16,)>)"), ((len,), {}, "f(len)"),
    ((keras.Sequential([keras.layers.ReLU(), keras.layers.ReLU()]),), {}, "f(<Sequential: ReLU, ReLU>)")])
def test_a_call_is_written_as_one_would_type_it(args, kwargs, text):
    assert call_text("f", args, kwargs) == text


def raised_by(code):
    with pytest.raises(Exception) as raised:
        exec(code, {"np": np, "math": math, "a": np.ones((2, 3)), "none": None, "keras": keras})
    return raised.value


@pytest.mark.parametrize("code, words", [
    ("a + a.T", "(2,3) and (3,2) do not fit together"), ("a @ a", "they are 3 and 2"), ("a.sum(axis=2)", "no axis 2"),
    ("math.sqrt(a)", "a single number is needed"), ("np.array([[1], [1, 2]])", "have different lengths"),
    ("{a: 1}", "cannot be the key of a dict"), ("none.shape", "forget its `return`"),
    ("none + 1", "forget its `return`"), ("2 * keras.Input((3,)).shape[0]", "shape[1:] leaves out"),
    ("keras.layers.ReLU().kernel", "type ReLU has no `kernel`"),
    ("[1] - 0.5", "np.array(…)"), ("(lambda x: x)()", "called without"), ("1 if a else 0", "single truth value"),
    ("np.exp(keras.Input((3,)))", "keras.ops"),
    ("keras.layers.Conv2D(1, 3)(keras.Input((3, 3)))", "needs an input with 4 axes"),
    ("max(a)", "Python's own max()"), ("np.argmax([])", "the array is empty"), ("(1, 2) + 3", "(*pair, 1)"),
    ("(3, 1) * (3, 1)", "list or tuple"), ("h, w = 3", "type int came where several"), ("h = 3; h[0]", "has no parts"),
    ("[].append(1, 2)", "append((a, b))"), ("(lambda x: x)(y=1)", "no argument `y`"), ("math.root", "`root` in math"),
    ("10.0**400", "too large for a float"), ("float(10**400)", "too large for a float"), ("np.zeros(-1)", "than 0"),
    ("a[1.5:]", "whole numbers"), ("np.random.default_rng().integers(0, 0)", "b must be larger"),
    ("a[0, 0, 0]", "3, and it has 2"),
    ("keras.layers.Conv2D((3, 3), 8)(a)", "in the right order"), ("np.stack([])", "the list is empty"),
    ("keras.layers.Conv2D(1, 3, stride=2)", "no argument `stride`"),
    ("keras.layers.Conv2D(1, 3, padding='all')", "Keras knows"),
    ("keras.layers.Dense(1, 'Relu')", "small letters"), ("keras.Sequential([keras.layers.ReLU])", "the brackets"),
    ("keras.layers.Dense(1).count_params()", "knows its input"), ("keras.layers.MaxPool()", "nothing called `MaxPool`"),
    ("keras.layers.MaxPooling1D(4)(keras.Input((3, 1)))", "larger than what is left"),
    ("keras.layers.Dense(1, kernel_regularizer=0.1)", "L2(strength)"),
    ("keras.layers.Add()(keras.Input((3,)), keras.Input((3,)))", "takes a list"),
    ("keras.layers.Add()([keras.Input((3,)), keras.Input((4,))])", "gets two of different shapes"),
    ("keras.layers.BatchNormalization(keras.Input((3,)))(keras.Input((3,)))", "made first and called then"),
    ("np.zeros(3, 2)", "their own brackets"), ("a[5]", "index 5 is too large"), ("np.min([])", "the array is empty")])
def test_the_usual_errors_are_told_in_a_sentence_with_the_original_in_brackets(code, words):
    error = raised_by(code)
    said = in_words(error)
    assert words in said and said.endswith(")") and f"({type(error).__name__}: " in said and "\x1b" not in said


def test_an_error_that_is_not_in_the_table_keeps_its_own_words():
    assert in_words(LookupError("x"), "line 3") == "LookupError: x (line 3)"


@pytest.mark.parametrize("wrong, right, words", [
    (216.0, 4.0, "expected 4, got 216."), (np.zeros(3), [0, 1, 0], "expected [0, 1, 0], got [0, 0, 0]."),
    (np.zeros((5, 6)), np.eye(5, 6),
     "expected 1 at [0, 0] of an array of shape (5, 6), got 0 there (5 of 30 values differ)."),
    (None, 4.0, "expected a number, got None (is there a `return`?)."), ("4", 4.0, "expected a number, got str '4'.")])
def test_values_are_told_whole_or_by_the_first_place_that_differs(wrong, right, words):
    with pytest.raises(expect.Missed) as missed:
        expect.close(wrong, right)
    assert str(missed.value) == words


def test_a_known_mistake_gets_its_own_words():
    with pytest.raises(expect.Missed, match="Twice too large"):
        expect.close(8, 4, "Something else.", known=[(2, "Half."), (8.0, "Twice too large.")])


def tried(body, times=1):
    """What a notebook shows, and the error, where frame_count has this body."""
    function, shown = in_a_cell(body), []
    error = None
    for _ in range(times):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(display, "show", shown.append)
            try:
                check(function)
            except CheckFailed as failure:
                error = failure
    return shown, error


def in_a_cell(body):
    source, name, scope = f"def frame_count(n_samples, window, hop):\n    {body}\n", f"<cell {body}>", {}
    linecache.cache[name] = len(source), None, source.splitlines(True), name
    exec(compile(source, name, "exec"), scope)
    return scope["frame_count"]


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(hints, "_failed", collections.defaultdict(set))
    monkeypatch.setattr(hints, "_texts", lambda: {"frame_count": ["Hint 1", "Hint 2", "worked"]})


def test_hints_come_one_by_one_after_three_tries_that_failed(fresh):
    said = [[repr(text) for text in tried(f"return {number}")[0][1:]] for number in range(2, 8)]
    assert said == [[], [], ["Hint 1"], ["Hint 2"], ["worked"], ["worked"]]
    assert [repr(text) for text in tried("return 2")[0][1:]] == ["worked"]  # and it goes on helping


def test_neither_an_unwritten_function_nor_the_same_one_again_is_a_try(fresh):
    for body in ("return 2", "raise NotImplementedError()", "return 3"):
        assert len(tried(body, times=4)[0]) == 4
    assert [repr(text) for text in tried("return 4", times=2)[0][1::2]] == ["Hint 1", "Hint 1"]


def test_a_notebook_says_it_once_and_validate_all_the_same(fresh, monkeypatch):
    (report,), error = tried("return n_samples // hop")
    told = "`frame_count(400, 400, 100)`: expected 1, got 4. That counts the hops"
    assert told in repr(report) and told in str(error)
    assert "<code>frame_count(400, 400, 100)</code>: expected 1, got 4" in report._repr_html_()
    assert error._render_traceback_() == ["\x1b[31mframe_count is not finished.\x1b[0m"]
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert told in error._render_traceback_()[0]
