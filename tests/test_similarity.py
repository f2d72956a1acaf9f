"""Look-alikes: copies are found, what the course makes alike is not; hostile notebooks cost only themselves."""

import re
from functools import cache

import pytest
from typer.testing import CliRunner

from autograder.__main__ import app
from autograder.building.lesson import lesson_names, solution_of
from autograder.building.notebooks import write_notebook
from autograder.judging.exercise import exercises
from autograder.sample_class import filled, model_answers, solutions, source
from autograder.similarity.answers import Answer
from autograder.similarity.pairs import alike
from autograder.similarity.prints import of_code, of_text
from tests.desk import Desk, chromium, needs_chromium
from tests.disguises import disguised

LESSON, QUESTION = "03_evaluation", "choose_threshold"
SCRIPT = "<script>alert(1)</script>"


def answer(student, exercise, text):
    prints = of_text(text) if exercise == QUESTION else of_code(text)
    return Answer(student, LESSON, exercise, text, prints)


@cache
def bank(lesson):
    """Students of whom no two have the same answers: each has one of the known right ones to every exercise."""
    right = {name: [one for one in exercises()[name].right_answers if one.__name__ != "<lambda>"]
             for name in solutions(lesson) if name in exercises()}
    return [[answer(f"student {place}", name, source(ways[place], name)) for name, ways in right.items()
             if place < len(ways)] for place in range(max(map(len, right.values())))]


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


@pytest.mark.parametrize("lesson", lesson_names())
def test_no_two_known_answers_right_or_wrong_are_a_pair(lesson):
    known = {name: [*exercises()[name].right_answers, *(one.answer for one in exercises()[name].mistakes)]
             for name in solutions(lesson) if name in exercises()}
    assert not alike(answer(f"{name} {place}", name, source(one, name)) for name, ways in known.items()
                     for place, one in enumerate(ways) if one.__name__ != "<lambda>")


def test_what_the_course_shows_makes_no_pair():
    shown = {name: solution_of(LESSON, name) for name in solutions(LESSON)}
    hints = "thresholds = np.unique(score)[::-1]\nreturn np.mean(is_keyword)"
    for texts in (shown, solutions(LESSON), dict.fromkeys(shown, hints)):
        both = [answer(student, name, text) for student in "ab" for name, text in texts.items()]
        assert not alike(both)


ODD = '''
def frame_count(n_samples, window, hop):
    # thier is always wan frame
    quux = [n_samples % 7, window * 3 - hop]
    while quux[0] > window // 5:
        quux[0] -= hop ** 2 + 1
    return sum(quux) - 4 * len(quux)
'''


def test_three_students_with_the_same_unusual_mistake_are_three_pairs():
    copies = [answer(student, "frame_count", disguised(ODD, "frame_count", seed)) for seed, student in enumerate("abc")]
    others = [one for answers in bank("01_dataset") for one in answers]
    assert students_of(alike(copies + others)) == {("a", "b"), ("a", "c"), ("b", "c")}


def test_what_many_have_is_the_course():
    many = [answer(f"student {seed}", "frame_count", disguised(ODD, "frame_count", seed)) for seed in range(12)]
    assert not alike(many)


def test_helpers_in_cells_of_their_own_words_and_broken_code_are_compared():
    helper = "def quux(rows):\n    return [row[::-2] for row in rows if sum(row) > 3 * len(rows)]\n"
    answers = [answer("a", "roc_curve", helper + "def roc_curve(x, y):\n    return quux(x)"),
               answer("b", "own cells", helper), answer("b", "roc_curve", solution_of(LESSON, "roc_curve"))]
    (pair,) = alike(answers)
    assert pair.exercises == ["roc_curve"] and pair.shared[0].lines == ({1, 2}, {1, 2}) and not alike(answers[1:])
    broken = ODD.replace("while quux[0]", "while (quux[0]")
    (pair,) = alike([answer(student, "frame_count", broken) for student in "ab"])
    assert {"quux", "thier is always wan frame"} <= set(pair.shared[0].words)


def test_texts_are_compared_by_rare_words():
    text = ("Nine of ten alarms would be false, and nobody switches a lamp on again after it has lied so often. "
            "I would rather miss every third word than wake the whole house at night.")
    other = "A miss costs less than an alarm at night, so the threshold should be as high as the user can bear."
    model = model_answers(LESSON)[QUESTION]
    texts = {"a": text, "b": f"Well. {text.lower()}", "c": other, "d": model, "e": model}
    assert students_of(alike(answer(student, QUESTION, one) for student, one in texts.items())) == {("a", "b")}


HOSTILE = {
    "huge": "x = 1\n" * 2_000_000, "deep": "(" * 9000 + ")" * 9000, "minus": "-" * 19_000 + "1", "NUL": "a\0b = 1",
    "not Python": "% this is LaTeX \\begin{equation}\n" * 50, "long number": "x = 0x" + "f" * 9000,
    "chain": "x" + ".y" * 8000, "sum": "1" + "+1" * 9000, "words": "word " * 100_000, "empty": "",
    "magic": "%%time\n!rm -rf /\nx = 1", "old lines": "x = 1\r\ry = (2\r\n)", "half a letter": "\\d\\w 'öß \ud800",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_fingerprints_of_anything(source):
    for prints in (of_code(source), of_text(source)):
        assert len(prints.lines) < 20_000


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """A class: two copied, one is alone, one is hostile, one broke off, one has another name."""
    folder = tmp_path_factory.mktemp("look-alikes")
    right, different = ({one.exercise: one.source for one in bank(LESSON)[place]} for place in (1, 2))
    written = {"ada <b>": right, "ben": {name: f"{disguised(one, name, 3)}\n# {SCRIPT}" for name, one in right.items()},
               "cleo": different, "dan": {"roc_curve": SCRIPT * 9, "binary_rates": "(" * 9000}, "eve": right}
    for student, answers in written.items():
        write_notebook(filled(LESSON, answers), folder / "submitted" / student / LESSON / f"{LESSON}.ipynb")
    cleo, eve = (folder / "submitted" / student / LESSON / f"{LESSON}.ipynb" for student in ("cleo", "eve"))
    cleo.rename(cleo.with_name(f"{LESSON} (1).ipynb"))
    eve.write_bytes(eve.read_bytes()[:500])
    page = folder / "page.html"
    return page, CliRunner().invoke(app, ["similar", str(folder / "submitted"), "--output", str(page)])


def test_the_command_names_the_pair_and_what_it_could_not_read(handed_in):
    path, done = handed_in
    assert done.exit_code == 3
    (line,) = [line for line in done.output.splitlines() if line.startswith("ada <b> and ben: ")]
    assert "03_evaluation 100%" in line and "roc_curve" in line
    assert re.search("✘ eve, 03_evaluation: .*damaged", done.output) and str(path) in done.output
    assert "Pairs to look at: 1." in done.output
    page = path.read_text("utf-8")
    for text in ("must never become a grade", "ada &lt;b&gt;", "compared word by word", "(1).ipynb", 'class="alike"'):
        assert text in page
    assert "<script" not in page and "http" not in page
    assert CliRunner().invoke(app, ["similar", str(path.parent)]).exit_code == 2


@needs_chromium
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_page_is_for_everybody(handed_in, colours):
    with chromium() as browser:
        desk = Desk(browser, colours=colours)
        desk.page.goto(handed_in[0].as_uri())
        desk.picture(f"similar-{colours}")
        assert not desk.hurdles() and not desk.complaints
        assert desk.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
