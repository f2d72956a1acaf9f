"""The judge: compares a student's function with the reference solution on secret cases.

In a test cell, `judge(f)` is the last line of the hidden tests and returns the points as a plain Python float, the form
in which nbgrader takes partial credit. The verdict goes along as a display of its own type, which the class report
reads.
"""

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache

from autograder.exercise import Exercise, Mistake, Outcome, exercises
from autograder.lesson import points_of
from autograder.reference import reference
from kws_helpers.check.calling import name_of

VERDICT_TYPE = "application/vnd.kws.verdict+json"
SEED_VARIABLE = "KWS_JUDGE_SEED"

STATUSES = ("passed", "partial", "failed", "untouched")


@dataclass(frozen=True)
class Verdict:
    """The judgement of one exercise.

    Attributes:
        share: the share of the points, 0 to 1.
        status: one of `STATUSES`.
        message: one or two sentences for the student; no secret case is quoted.
        mistake: the name of the well-known mistake that was recognised, or "".
    """

    exercise: str
    share: float
    status: str
    message: str
    mistake: str = ""


def assess(exercise: Exercise, function: Callable, seed: int) -> Verdict:
    """Judge `function` on the secret cases of `seed`."""
    cases = exercise.secret_cases(seed)
    expected = _expected(exercise.name, seed)
    got = list(exercise.outcomes(function, cases))
    if got[0].failure == "unwritten":
        return Verdict(exercise.name, 0.0, "untouched", "Not written yet: the stub is still there.")
    got += [got[-1]] * (len(cases) - len(got))
    missed = [exercise.difference(one, other) for one, other in zip(expected, got)]
    aspects = _aspects(cases, missed)
    aspects["its arguments stay as they are"] = next((one.message for one in got if one.changed), None)
    if not any(aspects.values()):
        return Verdict(exercise.name, 1.0, "passed", "")
    share = _share(aspects)
    mistake = _recognise(exercise, seed, expected, got, missed)
    return Verdict(exercise.name, share, "partial" if share else "failed", _message(aspects, mistake),
                   mistake.name if mistake else "")


def judge(function: Callable) -> float:
    """Judge the function of an exercise, display the verdict, and return its points."""
    known = exercises()
    name = name_of(function, set(known))
    verdict = assess(known[name], function, int(os.environ.get(SEED_VARIABLE, "0")))
    _display(verdict)
    return round(verdict.share * points_of(name), 2)


def _aspects(cases: list, missed: list[str | None]) -> dict[str, str | None]:
    """For each aspect, in order, the first difference or None."""
    aspects: dict[str, str | None] = {}
    for case, difference in zip(cases, missed):
        aspects[case.aspect] = aspects.get(case.aspect) or difference
    return aspects


def _share(aspects: dict[str, str | None]) -> float:
    """Half for the first aspect, the rest in equal parts for the others; nothing without the first."""
    heart, *others = aspects.values()
    if heart:
        return 0.0
    return 0.5 + 0.5 * sum(not difference for difference in others) / len(others)


def _recognise(exercise: Exercise, seed: int, expected: list[Outcome], got: list[Outcome],
               missed: list[str | None]) -> Mistake | None:
    """The first mistake that gives the student's result wherever the student is wrong, and is wrong there too."""
    wrong = [index for index, difference in enumerate(missed) if difference]
    for number, mistake in enumerate(exercise.mistakes if wrong else ()):
        if all(_same_error(exercise, expected[i], _of_mistake(exercise.name, number, seed, i), got[i]) for i in wrong):
            return mistake
    return None


def _same_error(exercise: Exercise, expected: Outcome, known: Outcome, got: Outcome) -> bool:
    return exercise.difference(expected, known) is not None and exercise.difference(known, got) is None


@cache
def _expected(name: str, seed: int) -> list[Outcome]:
    """The reference's outcomes on all secret cases."""
    exercise = exercises()[name]
    return list(exercise.outcomes(reference(name), exercise.secret_cases(seed)))


@cache
def _of_mistake(name: str, number: int, seed: int, index: int) -> Outcome:
    """The outcome of a well-known mistake on one secret case."""
    exercise = exercises()[name]
    return next(iter(exercise.outcomes(exercise.mistakes[number].answer, [exercise.secret_cases(seed)[index]])))


def _message(aspects: dict[str, str | None], mistake: Mistake | None) -> str:
    aspect, difference = next((name, text) for name, text in aspects.items() if text)
    others = sum(bool(text) for text in aspects.values()) - 1
    if others and len({text for text in aspects.values() if text}) == 1:  # the same everywhere
        return f"{mistake.hint} ({_sentence(difference)})" if mistake else _sentence(difference)
    text = _sentence(f"{aspect}: {difference}")
    if others:
        text += f" {others} other aspect{'s' if others > 1 else ''} failed too."
    return f"{mistake.hint} ({text})" if mistake else text


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:].rstrip('.')}" + ("" if text.endswith("?") else ".")


def _display(verdict: Verdict) -> None:
    from IPython.display import display

    text = f"{verdict.exercise}: {verdict.status}. {verdict.message}".strip()
    display({VERDICT_TYPE: asdict(verdict), "text/plain": text}, raw=True)
