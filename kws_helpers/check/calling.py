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
from weakref import WeakSet

import numpy as np

CALL_LIMIT = 30.0
"""Seconds of computing that one call may take. An exercise needs milliseconds; this leaves room for a slow import.

Time that other programs take does not count, so that a busy machine makes no right answer wrong.
"""

_too_slow: WeakSet = WeakSet()  # functions that ran out of time are not waited for again


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
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt what runs inside after `seconds` of computing. Not on Windows, nor outside the main thread."""
    if not hasattr(signal, "setitimer") or not _in_main_thread():
        yield
        return

    def interrupt(signum: int, frame: FrameType | None) -> None:
        raise _TimeIsUp

    before = signal.signal(signal.SIGPROF, interrupt)
    # The timer fires again and again: a loop may catch the first interruption with a bare `except:`.
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def call(function: Callable, *args: Any, quiet: bool = False, **kwargs: Any) -> Any:
    """Return ``function(*args, **kwargs)``, called on copies.

    Warnings are silenced, since a correct answer may well divide by zero on its way. With `quiet`, what the function
    prints is dropped too.

    Raises:
        CallFailed: the function raised, took longer than `CALL_LIMIT`, or changed its arguments.
    """
    if _is_too_slow(function):
        raise CallFailed("slow", "it did not finish in time. Is there a loop that never ends?")
    given = copy.deepcopy((args, kwargs))
    try:
        with _silence(quiet), np.errstate(all="ignore"), time_limit(CALL_LIMIT):
            result = function(*given[0], **given[1])
    except _TimeIsUp:
        with contextlib.suppress(TypeError):  # some callables cannot be remembered
            _too_slow.add(function)
        raise CallFailed("slow", f"it did not finish within {CALL_LIMIT:.0f} seconds. Is there a loop that "
                                 "never ends?") from None
    except NotImplementedError as error:
        raise CallFailed("unwritten", "it is not written yet.", "NotImplementedError") from error
    except (Exception, SystemExit) as error:
        raise CallFailed("raised", _describe(error), type(error).__name__) from error
    if not unchanged((args, kwargs), given):
        raise CallFailed("changed", "it changed the arrays that it was given. Work on a copy (`x = x.copy()`), since "
                                    "the caller still needs the original.", result=result)
    return result


def unchanged(before: Any, after: Any) -> bool:
    """True when two nested structures of arrays and plain values hold the same. Other objects are not looked into."""
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


def _is_too_slow(function: Callable) -> bool:
    try:
        return function in _too_slow
    except TypeError:
        return False


def _describe(error: BaseException) -> str:
    """Name the error, and the line of the learner's own code that it came from."""
    text = f"it raised {type(error).__name__}" + (f": {str(error)[:300]}" if str(error) else "")
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_notebook(frame.filename)]
    if frames:
        return f"{text} (line {frames[-1].lineno} of its cell: `{frames[-1].line}`)"
    return text + "."


def _is_notebook(filename: str) -> bool:
    return "ipykernel_" in filename or filename.startswith("<ipython-input")


def name_of(function: Callable, names: set[str], depth: int = 2) -> str:
    """The name among `names` under which the caller `depth` frames up knows `function`.

    A function keeps its name when it is a lambda, wrapped, or defined under another name first.
    """
    bound = {name for name, value in sys._getframe(depth).f_globals.items() if value is function and name in names}
    own = getattr(function, "__name__", "")
    if own in names and (own in bound or not bound):
        return own
    return min(bound, default=own or type(function).__name__)
