"""What stands around the ladders: names, calls that do not end, and what is said of odd answers."""

import functools
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

from autograder.building.lesson import lesson_names
from autograder.building.paths import ROOT
from kws_helpers.check import calling, expect
from kws_helpers.check.calling import CallFailed, call

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


def test_a_call_that_rests_for_less_than_the_limit_is_fine():
    assert call(lambda: time.sleep(1.5) or 7) == 7


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
    busy = "import time\nwhile time.process_time() < 3.6: pass"
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
    assert {lesson for lesson in lesson_names() for name in names if name.startswith(lesson)} == set(lesson_names())
    assert all(name.startswith(tuple(lesson_names())) for name in names)


@pytest.mark.parametrize("value, words", [
    (None, "None (is there a `return`?)"),
    (np.zeros((2, 3), np.float32), "an array of shape (2, 3) and type float32, "),
    (np.array(["a", "b"]), "an array of shape (2,) and type str32, ['a' 'b']"), ([1], "list [1]")])
def test_any_value_can_be_described(value, words):
    assert expect.describe(value).startswith(words)
