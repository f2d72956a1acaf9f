"""Look-alikes: disguised copies are found, what the course makes alike is not, and hostile notebooks cost only themselves."""

import re
from functools import cache

import pytest
from typer.testing import CliRunner

from autograder.__main__ import app
from autograder.building.lesson import lesson_names, lesson_of, solution_of
from autograder.building.notebooks import write_notebook
from autograder.judging.exercise import exercises
from autograder.sample_class import filled, model_answers, solutions, source
from autograder.similarity.answers import Answer
from autograder.similarity.look_alikes import look_alikes
from autograder.similarity.pairs import alike
from autograder.similarity.prints import of_code, of_text
from tests.desk import Desk, chromium, needs_chromium
from tests.disguises import disguised

LESSON = "03_evaluation"
SCRIPT = "<script>alert(1)</script>"


def answer(student, exercise, text):
    prints = of_text(text) if exercise not in exercises() else of_code(text)
    return Answer(student, LESSON if exercise not in exercises() else lesson_of(exercise), exercise, text, prints)


@cache
def bank(lesson):
    """Students of whom no two have the same answers: each has one of the known right ones to every exercise."""
    right = {name: [one for one in exercises()[name].right_answers if one.__name__ != "<lambda>"]
             for name in solutions(lesson) if name in exercises()}
    return [[answer(f"student {place}", name, source(ways[place], name)) for name, ways in right.items() if place < len(ways)]
            for place in range(max(map(len, right.values())))]


def copied(answers, student="copy", seed=0):
    return [answer(student, one.exercise, disguised(one.source, one.exercise, seed)) for one in answers]


def students_of(pairs):
    return {one.students for one in pairs}


@pytest.mark.parametrize("lesson", lesson_names())
def test_disguised_copies_are_found_and_no_pair_among_independent_answers(lesson):
    everyone = [one for answers in bank(lesson) for one in answers]
    assert not alike(everyone)
    for place, answers in enumerate(bank(lesson)):
        if len(answers) > 2:
            found = students_of(alike([*everyone, *copied(answers, seed=place)]))
            assert found == {("copy", answers[0].student)}, (place, found)
