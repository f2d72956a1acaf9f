"""The verdict on one exercise: a student's function compared with the reference solution on secret cases."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache

from autograder.judging.exercise import Case, Exercise, Mistake, Outcome
from autograder.judging.proxy import FunctionProxy
from autograder.judging.reference import reference

VERDICT_TYPE = "application/vnd.kws.verdict+json"
SEED_VARIABLE = "KWS_JUDGE_SEED"
"""The environment variable with the seed, where no other is given; 0 where it is not set."""

STATUSES = ("passed", "partial", "failed", "untouched", "error")


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
    return conclude(exercise, seed, collect_outcomes(exercise, function, seed))


def collect_outcomes(exercise: Exercise, function: Callable | FunctionProxy, seed: int) -> list[Outcome]:
    """Return what `function` gives for the secret cases of `seed`."""
    return list(exercise.outcomes(function, _cases(exercise, seed)))


def conclude(exercise: Exercise, seed: int, got: list[Outcome]) -> Verdict:
    """Judge what was collected."""
    if got[0].failure == "unwritten":
        return Verdict(exercise.name, 0.0, "untouched", "Not written yet: the stub is still there.")
    cases, expected = _cases(exercise, seed), _expected(exercise, seed)
    got = got + [got[-1]] * (len(cases) - len(got))
    missed = [exercise.difference(one, other) for one, other in zip(expected, got)]
    aspects = _aspects(cases, missed)
    aspects["its arguments stay as they are"] = next((one.changed for one in got if one.changed), None)
    if not any(aspects.values()):
        return Verdict(exercise.name, 1.0, "passed", "")
    share = _share(aspects)
    mistake = _recognise(exercise, seed, expected, got, missed)
    return Verdict(exercise.name, share, "partial" if share else "failed", _message(aspects, mistake),
                   mistake.name if mistake else "")


def student_seed(seed: int, student: str, assignment: str) -> int:
    """Return the seed of a student's secret cases: another for everyone, the same on every run and every machine."""
    digest = hashlib.sha256(f"{seed}\n{student}\n{assignment}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big")


@lru_cache(maxsize=256)
def _cases(exercise: Exercise, seed: int) -> list[Case]:
    return exercise.secret_cases(seed)


@lru_cache(maxsize=256)
def _expected(exercise: Exercise, seed: int) -> list[Outcome]:
    """Return the reference's outcomes on all secret cases."""
    return collect_outcomes(exercise, reference(exercise.name), seed)


@lru_cache(maxsize=1024)
def _of_mistake(exercise: Exercise, mistake: Mistake, seed: int, index: int) -> Outcome:
    """Return the outcome of a well-known mistake on one secret case."""
    return next(exercise.outcomes(mistake.answer, [_cases(exercise, seed)[index]]))


def _aspects(cases: list, missed: list[str | None]) -> dict[str, str | None]:
    """Return for each aspect, in order, the first difference or None."""
    aspects: dict[str, str | None] = {}
    for case, difference in zip(cases, missed):
        aspects[case.aspect] = aspects.get(case.aspect) or difference
    return aspects


def _share(aspects: dict[str, str | None]) -> float:
    """Return half for the first aspect, the rest in equal parts for the others; nothing without the first."""
    heart, *others = aspects.values()
    if heart:
        return 0.0
    return 0.5 + 0.5 * sum(not difference for difference in others) / len(others)


def _recognise(exercise: Exercise, seed: int, expected: list[Outcome], got: list[Outcome],
               missed: list[str | None]) -> Mistake | None:
    """Return the first mistake that gives the student's result wherever the student is wrong, and is wrong there too.

    Where all results are right, what is wrong is that arguments were changed.
    """
    wrong = [index for index, difference in enumerate(missed) if difference]
    wrong = wrong or [index for index, one in enumerate(got) if one.changed]
    for mistake in exercise.mistakes if wrong else ():
        if all(_same_error(exercise, expected[i], _of_mistake(exercise, mistake, seed, i), got[i]) for i in wrong):
            return mistake
    return None


def _same_error(exercise: Exercise, expected: Outcome, known: Outcome, got: Outcome) -> bool:
    wrong = known.changed or exercise.difference(expected, known) is not None
    return wrong and exercise.difference(known, got) is None


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


def display_data(verdict: Verdict) -> dict:
    """Return the verdict as the data of a display, by MIME type."""
    text = f"{verdict.exercise}: {verdict.status}. {verdict.message}".strip()
    return {VERDICT_TYPE: asdict(verdict), "text/plain": text}
