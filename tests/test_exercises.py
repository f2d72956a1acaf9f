"""The tests of the tests: solutions and right answers get everything, stubs nothing, mistakes less and their hint."""

from functools import cache

import pytest

from autograder.building.lesson import WARM_UP, functions_module, lesson_names, lesson_of, nbgrader_cells
from autograder.building.paths import ROOT
from autograder.judging.exercise import exercises
from autograder.judging.reference import reference
from autograder.judging.verdict import assess, collect_outcomes, conclude, student_seed
from autograder.sample_class import source
from kws_helpers.check import CheckFailed, attempts, check, ladders
from tests.conftest import NETWORKS

EXERCISES = exercises()
LADDERS = ladders()
SEEDS = (0, 1)
RIGHT = [pytest.param(name, function, id=f"{name}-{function.__name__}")
         for name, exercise in EXERCISES.items() for function in [reference(name), *exercise.right_answers]]
WRONG = [pytest.param(name, mistake, id=f"{name}-{mistake.name}")
         for name, exercise in EXERCISES.items() for mistake in exercise.mistakes]


@cache
def outcomes_of(name, mistake, seed):
    got = collect_outcomes(EXERCISES[name], mistake.answer, seed)
    return got + [got[-1]] * (len(EXERCISES[name].secret_cases(seed)) - len(got))


@pytest.fixture(autouse=True)
def every_mistake_is_tried_once(monkeypatch):
    monkeypatch.setattr("autograder.judging.verdict._of_mistake", lambda exercise, mistake, seed, index: (
        outcomes_of(exercise.name, mistake, seed)[index]))


def exercises_at_choice():
    """The functions that students write and nobody grades, with their lessons."""
    return {name: lesson for lesson in (WARM_UP, *lesson_names()) for cell in nbgrader_cells(lesson)
            if cell["grade_id"].endswith("-solution")
            and (name := cell["grade_id"].removesuffix("-solution")) not in EXERCISES}


def unwritten(*args, **kwargs):
    raise NotImplementedError


def test_lessons_exercises_and_ladders_know_the_same_functions():
    modules = (ROOT / "autograder" / "exercises").glob("*/*.py")
    described = [path.stem for path in modules if f'{path.stem} = Exercise("{path.stem}"' in path.read_text()]
    assert sorted(EXERCISES) == sorted(described)
    assert sorted(LADDERS) == sorted({*EXERCISES, *exercises_at_choice()})


@pytest.mark.parametrize("name", EXERCISES)
def test_there_are_enough_answers_of_each_kind(name):
    assert len(EXERCISES[name].right_answers) >= 3
    assert len(EXERCISES[name].mistakes) >= 4


@pytest.mark.parametrize("name", EXERCISES)
def test_the_steps_of_a_ladder_are_those_that_logs_are_read_by(name):
    titles = [step.title for step in LADDERS[name].climb(reference(name)).steps]
    assert titles == attempts.steps()[name], "run `make lessons` and commit"


@pytest.mark.parametrize("name, lesson", exercises_at_choice().items())
def test_the_solution_of_an_exercise_at_choice_climbs_its_ladder(name, lesson):
    scope = {}
    exec(functions_module(lesson), scope)
    assert LADDERS[name].climb(scope[name]).passed
    assert not LADDERS[name].climb(unwritten).passed


@pytest.mark.parametrize("name", EXERCISES)
def test_a_stub_gets_nothing(name):
    verdict = assess(EXERCISES[name], unwritten, seed=0)
    assert (verdict.share, verdict.status) == (0.0, "untouched")
    assert not LADDERS[name].climb(unwritten).passed


def test_validate_stops_at_what_is_missing_and_a_check_asks_nothing_while_grading(monkeypatch):
    asked = []

    def softmax(scores):
        asked.append(scores)
        raise NotImplementedError

    check(softmax)
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(CheckFailed, match="it is not written yet"):
        check(softmax)
    assert asked
    asked.clear()
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    check(softmax)
    assert not asked


@pytest.mark.parametrize("name, function", RIGHT)
def test_a_right_answer_gets_everything_and_climbs_the_ladder(name, function):
    for seed in SEEDS:
        verdict = assess(EXERCISES[name], function, seed)
        assert (verdict.share, verdict.status) == (1.0, "passed"), verdict.message
    report = LADDERS[name].climb(function)
    assert report.passed, report.steps[-1]


def test_an_answer_that_calls_itself_can_be_put_into_a_notebook():
    recursive = next(one for one in EXERCISES["dense_parameters"].right_answers if "recursion" in one.__name__)
    scope = {}
    exec(source(recursive, "dense_parameters"), scope)
    assert scope["dense_parameters"]([2, 3, 4]) == 3 * 3 + 4 * 4


@pytest.mark.parametrize("name, mistake", WRONG)
def test_a_mistake_gets_its_own_hint_and_costs_every_student_the_same(name, mistake, monkeypatch):
    verdicts = [conclude(EXERCISES[name], seed, outcomes_of(name, mistake, seed)) for seed in SEEDS]
    for verdict in verdicts:
        assert verdict.share < 1.0
        assert verdict.mistake == mistake.name
        assert verdict.message.startswith(mistake.hint)
    monkeypatch.setattr(EXERCISES[name], "mistakes", [])  # to recognise it takes time, and the share is the same
    students = [student_seed(0, f"student {number}", lesson_of(name)) for number in range(0 if name in NETWORKS else 2)]
    verdicts += [conclude(EXERCISES[name], seed, outcomes_of(name, mistake, seed)) for seed in students]
    assert len({verdict.share for verdict in verdicts}) == 1


@pytest.mark.parametrize("name, mistake", WRONG)
def test_a_mistake_does_not_climb_the_ladder(name, mistake):
    report = LADDERS[name].climb(mistake.answer)
    print(name, mistake.name, report.steps[-1].title, report.steps[-1].advice, sep=" | ")  # pytest -rP shows the table
    assert not report.passed
