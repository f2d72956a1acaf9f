"""The ladder: small steps from "it exists" to "its values are right", each with one line of advice when it fails.

A ladder is a generator function that takes the learner's function, already made safe to call. It yields the title of
a step and then tries it; an `expect.Missed` raised before the next title belongs to that step, and its message names
the last call that was made::

    @ladder("softmax(z)")
    def softmax(f):
        yield "keeps the shape"
        expect.shape(f(np.zeros((2, 3))), (2, 3))
"""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kws_helpers.check import expect
from kws_helpers.check.calling import CallFailed, call
from kws_helpers.check.missing import asked_before
from kws_helpers.check.raw_errors import in_words
from kws_helpers.check.shown import call_text
from kws_helpers.check.stub import needs, unwritten_in


@dataclass
class Step:
    """One line of a report. `mistake` is the likely cause alone, without what was called and what came."""

    title: str
    passed: bool
    advice: str = ""
    mistake: str = ""


@dataclass
class Report:
    """The steps of one exercise, in order.

    Attributes:
        unwritten: the last step failed because this exercise, or one that it calls, is not written yet.
    """

    name: str
    steps: list[Step] = field(default_factory=list)
    unwritten: bool = False

    @property
    def passed(self) -> bool:
        return all(step.passed for step in self.steps)


@dataclass(frozen=True)
class Ladder:
    """The steps for one exercise and the call that its signature allows."""

    signature: str
    steps: Callable[[Callable], Iterator[str]]

    @property
    def name(self) -> str:
        return self.signature.partition("(")[0]

    def climb(self, function: Any) -> Report:
        """Try every step on `function` until one fails."""
        report, calls = Report(self.name), _Calls(self.name, function)
        try:
            for title in self._all_steps(function, calls):
                report.steps.append(Step(title, passed=True))
        except (expect.Missed, CallFailed) as failure:
            other = unwritten_in(failure)
            report.unwritten = bool(other) or getattr(failure, "kind", "") == "unwritten"
            report.steps[-1].mistake = getattr(failure, "cause", "") or _TROUBLE.get(getattr(failure, "kind", ""), "")
            _fail(report.steps[-1], needs("It", [other]) if other not in ("", self.name) else str(failure),
                  "" if report.unwritten else calls.last)
        except Exception as error:  # a result so odd that a step could not even look at it
            _fail(report.steps[-1], f"the result could not be examined: {in_words(error)}.", calls.last)
        return report

    def _all_steps(self, function: Any, calls: "_Calls") -> Iterator[str]:
        yield "is a function"
        expect.that(callable(function), "a function", function, "Was its name used for a variable further up?")
        yield f"can be called as {self.signature}"
        self._bind(function)
        asking = asked_before(function)
        if asking:
            raise expect.Missed("a cell that runs where nobody sits at the notebook", f"{asking} above the function",
                                "When it is graded, the cell stops there and the function does not exist. Move that "
                                "line below the function, or into a cell of its own.")
        yield from self.steps(calls)

    def _bind(self, function: Callable) -> None:
        """Fail unless `function` takes the arguments of the signature (other names of positional ones are fine)."""
        try:
            actual = inspect.signature(function)
        except (TypeError, ValueError):  # some built-in functions do not tell
            return
        parameters = [part.strip() for part in re.split(r",\s*(?![^()]*\))", self.signature[len(self.name) + 1:-1])]
        positional = [part for part in parameters if "=" not in part]
        keywords = [part.partition("=")[0] for part in parameters if "=" in part]
        try:
            actual.bind(*positional, **dict.fromkeys(keywords))
            actual.bind(*positional)
        except TypeError as error:
            raise expect.Missed(f"the signature {self.signature}", f"{self.name}{actual}",
                                f"A call fails with: {error}.") from None


_TROUBLE = {"raised": "The function ends with an error.", "slow": "The function does not come to an end.",
            "changed": "The function changes its arguments."}
"""Mistakes by the kind of a call that failed."""


class _Calls:
    """The learner's function, made safe to call; it remembers the last call, for the message of a step that fails."""

    def __init__(self, name: str, function: Callable) -> None:
        self._name, self._function, self._last = name, function, None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._last = args, kwargs
        return call(self._function, *args, **kwargs)

    @property
    def last(self) -> str:
        return call_text(self._name, *self._last) if self._last else ""


def _fail(step: Step, advice: str, asked: str = "") -> None:
    step.passed, step.advice = False, f"`{asked}`: {advice}" if asked else advice


LADDERS: dict[str, Ladder] = {}


def ladder(signature: str) -> Callable[[Callable[[Callable], Iterator[str]]], Ladder]:
    """Register a generator of steps as the check of the exercise with this signature."""

    def register(steps: Callable[[Callable], Iterator[str]]) -> Ladder:
        made = Ladder(signature, steps)
        LADDERS[made.name] = made
        return made

    return register
