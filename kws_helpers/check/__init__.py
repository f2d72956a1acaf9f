"""Checks that a learner sees: `check(softmax)` climbs a ladder of small steps and says what to do next.

The steps of a lesson are in the modules beside this one whose names begin with the lesson's; they hold examples and
properties, no solutions.
"""

import importlib
import pkgutil
from typing import Any

from kws_helpers import mode
from kws_helpers.check import attempts, display, hints, passed
from kws_helpers.check.calling import name_of
from kws_helpers.check.ladder import LADDERS, Ladder, Report


class CheckFailed(AssertionError):
    """Raised when a check fails: "Run All" stops there, and nbgrader's "Validate" names the cell."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows below the report. Validate shows nothing else, so there it is the whole sentence."""
        told = str(self) if mode.validating() else str(self).partition(": ")[0] + "."
        return [f"\x1b[31m{told}\x1b[0m"]


def ladders() -> dict[str, Ladder]:
    """Return the ladder of every exercise, by the function's name."""
    for module in pkgutil.iter_modules(__path__):
        if module.name[0].isdigit():
            importlib.import_module(f"{__name__}.{module.name}")
    return LADDERS


def check(function: Any) -> None:
    """Check one exercise and show how far it gets. While a notebook is being graded, do nothing: the judge asks more.

    An exercise that is not written yet is said to be so, and stops nothing except in nbgrader's "Validate".

    Args:
        function: the function of the exercise, as defined in the notebook.

    Raises:
        CheckFailed: a step failed, and the function is written; while validating, also where it is not.
        LookupError: there is no exercise of that name.

    Example:
        >>> def frame_count(n_samples, window, hop):
        ...     return n_samples // hop
        >>> check(frame_count)
        Traceback (most recent call last):
        ...
        kws_helpers.check.CheckFailed: frame_count is not finished: gives one frame where the clip is as long as the
        window: `frame_count(400, 400, 100)`: expected 1, got 4. That counts the hops in the clip. The last window must
        end inside the clip, too: subtract it first.
    """
    if mode.grading():
        return
    known = ladders()
    name = name_of(function, set(known))
    if name not in known:
        raise LookupError(f"There is no check for {name!r}. Give the function of an exercise, such as "
                          f"check({next(iter(known))}).")
    report = known[name].climb(function)
    display.show(display.Shown(report))
    passed.note(name, report.passed)
    is_wrong, again = not report.passed and not report.unwritten, hints.has_failed(name, function)
    text = hints.after_a_failure(name, function) if is_wrong else None
    attempts.note(report, text.number if text else 0, again)
    if text:
        display.show(text)
    if not report.passed and (mode.validating() or not report.unwritten):
        raise CheckFailed(f"{name} is not finished: {report.steps[-1].title}: {report.steps[-1].advice}")


__all__ = ["CheckFailed", "Report", "check", "ladders"]
