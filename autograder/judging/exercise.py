"""What the judge knows of one exercise: secret cases, tolerance, well-known mistakes with their hints, right answers.

The exercise `softmax` of lesson 02 is described in `autograder/exercises/02_ffnn/softmax.py`::

    softmax = Exercise("softmax")

    @softmax.cases
    def softmax_cases(rng):
        yield Case("ordinary scores", rng.normal(size=(6, 12)))
        yield Case("very large scores", rng.normal(size=(3, 5)) * 1e4)

    @softmax.mistake("The sum runs over the whole array. ...")
    def sum_over_everything(z):
        ...

    @softmax.right_answer
    def softmax_of_a_library(z):
        ...

The first aspect is the heart of the exercise and counts for half of its points; the others share the other half. An
answer that fails the first aspect has missed the point and scores nothing.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from autograder.building.lesson import lesson_of, points_by_exercise
from autograder.judging.compare import difference, plain
from autograder.judging.proxy import FunctionProxy, local
from kws_helpers.check.calling import CallFailed


class Case:
    """One secret call, and the aspect of the exercise that it tries."""

    def __init__(self, aspect: str, *args: Any, **kwargs: Any) -> None:
        self.aspect, self.args, self.kwargs = aspect, args, kwargs


@dataclass(frozen=True)
class Outcome:
    """What a call gave: a plain value, or the kind of failure."""

    value: Any = None
    failure: str = ""  # a kind of CallFailed, "" where there is a value
    error: str = ""  # the exception's type
    message: str = ""
    changed: str = ""  # a complaint, where the arguments were changed


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that many people give, and the hint for them."""

    answer: Callable
    hint: str

    @property
    def name(self) -> str:
        return self.answer.__name__


def call_plainly(function: FunctionProxy, case: Case) -> Any:
    """The usual way to look at a function: call it and keep what it returns."""
    return function(*case.args, **case.kwargs)


@dataclass(eq=False)
class Exercise:
    """One function that students write.

    Args:
        name: the function's name, which is the exercise's name everywhere.
        tolerance: numbers may differ by this much, relative to the largest.
        observe: turns (function, case) into plain data. The function is a `FunctionProxy`: the student's own may be in
            another process, where only the calls that `observe` makes are carried out. By default it is called with
            the case's arguments. Models have a way of their own (`autograder.judging.models`).

    Attributes:
        mistakes: in the order in which they are tried on a wrong answer.
        right_answers: right answers that are written unlike the reference; only tests and the demo use them.
    """

    name: str
    tolerance: float = 1e-4
    observe: Callable[[FunctionProxy, Case], Any] = call_plainly
    mistakes: list[Mistake] = field(default_factory=list)
    right_answers: list[Callable] = field(default_factory=list)
    _make_cases: Callable[[np.random.Generator], Iterable[Case]] | None = None

    def cases(self, make: Callable[[np.random.Generator], Iterable[Case]]) -> Callable:
        """Decorator: a generator of cases from a random generator."""
        self._make_cases = make
        return make

    def mistake(self, hint: str) -> Callable[[Callable], Callable]:
        """Decorator: a wrong answer with the hint for those who gave it."""

        def register(answer: Callable) -> Callable:
            self.mistakes.append(Mistake(answer, hint))
            return answer

        return register

    def right_answer(self, answer: Callable) -> Callable:
        """Decorator: a right answer written differently, with a loop or another library."""
        self.right_answers.append(answer)
        return answer

    def secret_cases(self, seed: int) -> list[Case]:
        """The cases for one seed; every exercise draws its own."""
        return list(self._make_cases(np.random.default_rng([seed, zlib.crc32(self.name.encode())])))

    def outcomes(self, function: Callable | FunctionProxy, cases: Iterable[Case]) -> Iterator[Outcome]:
        """Try `function` on each case. Stops early where going on is pointless (unwritten) or costly (too slow).

        Raises:
            Misbehaved: the process of the student's function did.
        """
        function = function if isinstance(function, FunctionProxy) else local(function)
        for case in cases:
            outcome = self._outcome(function, case)
            yield outcome
            if outcome.failure in ("unwritten", "slow"):
                return

    def _outcome(self, function: FunctionProxy, case: Case) -> Outcome:
        function.complaint = ""
        try:
            return Outcome(plain(self.observe(function, case)), changed=function.complaint)
        except CallFailed as failure:
            return Outcome(failure=failure.kind, error=failure.error, message=str(failure), changed=function.complaint)
        except Exception as error:  # the result is of no kind that could be compared
            return Outcome(failure="raised", error=type(error).__name__, message=f"{str(error)[:300]}.")

    def difference(self, expected: Outcome, got: Outcome) -> str | None:
        """How an outcome differs from the expected one, or None."""
        if got.failure or expected.failure:
            return None if (got.failure, got.error) == (expected.failure, expected.error) else got.message or "no error"
        return difference(expected.value, got.value, self.tolerance)


@cache
def exercises() -> dict[str, Exercise]:
    """Return all exercises by name, in the order of the lessons."""
    return {name: getattr(import_module(f"autograder.exercises.{lesson_of(name)}.{name}"), name)
            for name in points_by_exercise()}
