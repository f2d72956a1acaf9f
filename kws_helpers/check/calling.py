"""Call a learner's function safely: on copies of the arguments, with a time limit, and with errors put into words."""

import contextlib
import copy
import io
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from kws_helpers.check.clock import LOOK, Clock, own_work
from kws_helpers.check.kinds import refused
from kws_helpers.check.raw_errors import in_words
from kws_helpers.check.stub import code_of, frame_of_stub, in_notebook

CALL_LIMIT = 30
"""Seconds of computing, its child processes included, that one call may take.

An exercise needs milliseconds; this leaves room for a slow import.

Time that other programs take does not count, so that a busy machine cannot fail a correct answer.
"""

WAIT_LIMIT = 10
"""Seconds that one call may spend waiting: asleep, for input, for a lock or another thread."""

_SHORT = 0.05  # seconds after which most calls are over

_too_slow: WeakKeyDictionary[Callable, str] = WeakKeyDictionary()
"""What was said of functions that ran out of time: they are not called again."""


class CallFailed(Exception):
    """A learner's function did not give a result.

    Attributes:
        kind: "unwritten", "slow", "raised" or "changed" (it changed its own arguments).
        error: the name of the exception type that was raised, or "".
        result: what was returned all the same, where only the arguments were changed.
    """

    def __init__(self, kind: str, message: str, error: str = "", result: Any = None) -> None:
        super().__init__(message)
        self.kind, self.error, self.result = kind, error, result


class _TimeIsUp(BaseException):
    """Not an Exception, so that a learner's ``except Exception`` does not swallow it."""


class _Nowhere(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def time_limit() -> Iterator[None]:
    """Interrupt what runs inside once it has computed or waited too long. Not on Windows or outside the main thread.

    Raises:
        _TimeIsUp: in the code inside, again and again: a loop may catch the first one with a bare ``except:``.
    """
    if not hasattr(signal, "setitimer") or not _in_main_thread():
        yield
        return
    clock = None

    def look(signum: int, frame: FrameType | None) -> None:
        nonlocal clock
        clock = clock or Clock(own_work)  # not before: most calls are over by now, and to make a clock takes long
        clock.look()
        if round(clock.waited) >= WAIT_LIMIT:  # looks come once a second, give or take a little
            raise _TimeIsUp(f"it waited for {WAIT_LIMIT} seconds and did not finish. Does it sleep, or wait for input, "
                            "a lock or another thread?")
        if clock.computed >= CALL_LIMIT:
            raise _TimeIsUp(f"it did not finish within {CALL_LIMIT} seconds. Is there a loop that never ends?")

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _SHORT, LOOK)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def call(function: Callable, *args: Any, quiet: bool = False, **kwargs: Any) -> Any:
    """Return ``function(*args, **kwargs)``, called on copies. Networks and places in networks are not copied.

    Warnings are silenced, since a correct answer may well divide by zero on its way. With `quiet`, what the function
    prints is dropped too.

    Raises:
        CallFailed: the function raised, computed longer than `CALL_LIMIT`, waited longer than `WAIT_LIMIT`, gave a
            result of a kind that is not taken, or changed its arguments.
    """
    with contextlib.suppress(TypeError):  # some callables cannot be remembered
        if function in _too_slow:
            raise CallFailed("slow", _too_slow[function])
    given = _copied((args, kwargs))
    try:
        with _silence(quiet), np.errstate(all="ignore"), time_limit():
            result = function(*given[0], **given[1])
    except _TimeIsUp as limit:
        with contextlib.suppress(TypeError):
            _too_slow[function] = str(limit)
        raise CallFailed("slow", str(limit)) from None
    except (Exception, SystemExit) as error:
        if _is_of_the_stub(error, function):
            raise CallFailed("unwritten", "it is not written yet.", "NotImplementedError") from error
        raise CallFailed("raised", _describe(error), type(error).__name__) from error
    if reason := refused(result):
        raise CallFailed("raised", reason, "RefusedKind")
    if not unchanged((args, kwargs), given):
        raise CallFailed("changed", "it changed the arrays or lists that it was given. Work on a copy "
                                    "(`x = x.copy()`), since the caller still needs the original.", result=result)
    return result


def _copied(arguments: tuple[tuple, dict]) -> tuple[tuple, dict]:
    """Return a copy in which Keras' objects are the same: copying a network means saving and loading it."""
    kept = {id(one): one for one in (*arguments[0], *arguments[1].values())
            if any(kind.__module__.startswith("keras.") for kind in type(one).__mro__)}
    return copy.deepcopy(arguments, kept)


def unchanged(before: Any, after: Any) -> bool:
    """Return whether two nested structures of arrays and plain values hold the same. Other objects count as equal."""
    if isinstance(before, np.ndarray):
        return np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(unchanged, before, after))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(unchanged(before[key], after[key]) for key in before)
    return not isinstance(before, (str, bytes, int, float, complex, np.generic)) or bool(before == after)


@contextlib.contextmanager
def _silence(quiet: bool) -> Iterator[None]:
    """No warnings, and with `quiet` no output. Both are settings of the whole process: other threads keep theirs."""
    if not _in_main_thread():
        yield
        return
    output = contextlib.redirect_stdout(_Nowhere()) if quiet else contextlib.nullcontext()
    with warnings.catch_warnings(), output:
        warnings.simplefilter("ignore")
        yield


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _is_of_the_stub(error: BaseException, function: Callable) -> bool:
    frame = frame_of_stub(error)
    return frame is not None and frame.f_code is code_of(function)


def _describe(error: BaseException) -> str:
    """Name the error, and the line of the learner's own code that it came from."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if in_notebook(one.filename) and one.line]
    place = f"line {frames[-1].lineno} of its cell: `{frames[-1].line}`" if frames else ""
    if type(error).__name__ == "StdinNotImplementedError":  # IPython's, where nobody sits at the notebook
        return f"it waits for somebody to type (`input`), and there is nobody{f' ({place})' if place else ''}."
    return f"it raised an error: {in_words(error, place)}."


def name_of(function: Callable, names: set[str], depth: int = 2) -> str:
    """Return the name among `names` under which the caller `depth` frames up knows `function`.

    A function keeps its name when it is a lambda, wrapped, or defined under another name first.
    """
    bound = {name for name, value in sys._getframe(depth).f_globals.items() if value is function and name in names}
    own = getattr(function, "__name__", "")
    if own in names and (own in bound or not bound):
        return own
    return min(bound, default=own or type(function).__name__)
