"""What teachers get: pages and slides made of the lessons, and rubrics in formgrader."""

import ast
import inspect
import re

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.building.lesson import WARM_UP, graded_cells, lesson_names
from autograder.building.notebooks import released_notebook
from autograder.building.paths import SOLUTIONS
from autograder.grading.rubric import ShowRubrics, rubrics
from autograder.judging.exercise import exercises
from tests.desk import Desk, chromium, needs_chromium
from tests.test_sanitize import page_of
from tools.teaching.lesson import Question, questions, whole_text
from tools.teaching.pages import PAGES, write_pages
from tools.teaching.slides import Figure, slides, write_slides

LESSONS = lesson_names()
BY_HAND = {name: [cell for cell in graded_cells(name) if cell["solution"]] for name in LESSONS}


def page(name):
    return (PAGES / f"{name}.md").read_text("utf-8")


def test_what_is_committed_is_what_the_lessons_make(tmp_path):
    write_pages(tmp_path)
    made, committed = ({path.name: path.read_text("utf-8") for path in one.iterdir()} for one in (tmp_path, PAGES))
    assert made.keys() == committed.keys()
    for name in made:
        assert made[name] == committed[name], f"{name}: run `make teaching` and commit"


@pytest.mark.parametrize("name", LESSONS)
def test_a_page_has_every_mistake_with_its_hint_and_code_that_stands_alone(name):
    text, codes = page(name), re.findall(r"^```python\n(.*?)^```$", page(name), re.DOTALL | re.MULTILINE)
    for cell in graded_cells(name):
        if not cell["solution"]:
            known = exercises()[cell["grade_id"]]
            (code,) = [one for one in codes if all(f"def {mistake.name}(" in one for mistake in known.mistakes)]
            ast.parse(code)
            assert all(mistake.hint in text for mistake in known.mistakes)


@pytest.mark.parametrize("name", LESSONS)
def test_no_secret_case_and_no_right_answer_is_on_a_page(name):
    lines = {line.strip() for line in page(name).splitlines()}
    for exercise in exercises().values():
        for secret in (exercise._make_cases, *exercise.right_answers):
            assert not {line.strip() for line in inspect.getsource(secret).splitlines() if "yield" in line} & lines
            assert f"def {secret.__name__}(" not in page(name)


@pytest.mark.parametrize("name", [WARM_UP, *LESSONS])
def test_every_question_of_a_lesson_is_asked_with_its_answers(name):
    asked = questions(whole_text(name))
    source = "\n".join(cell.source for cell in released_notebook(name).cells)
    for kind in ("Guess first", "To think about"):
        of_this_kind = [one for one in asked if one.kind == kind]
        assert len(of_this_kind) == source.count(f"**{kind}.**"), kind
        assert all(len(one.answers) > (kind == "Guess first") for one in of_this_kind)
    assert not [one for one in asked if not "".join(one.text).strip()]
    assert not [summary for one in asked for summary, _ in one.answers if summary.startswith(("Hint", "What a good"))]


@pytest.mark.parametrize("name", LESSONS)
def test_every_answer_marked_by_hand_has_a_rubric(name):
    known = rubrics(name)
    assert [*known] == [cell["grade_id"] for cell in BY_HAND[name]]
    for rubric in known.values():
        whole = [int(found[1]) * (2 if found[2] else 1)
                 for found in re.finditer(r"^- \*\*(\d) points?\*\*( for each)?", rubric.scheme, re.MULTILINE)]
        assert sum(whole) == rubric.points, "the whole points are all that there are"
        assert rubric.mentions.startswith("- ") or rubric.grade_id == "challenge"
        assert len(rubric.answer) > 100 and "Marking" not in rubric.answer


def formgraders_page(name, resources):
    notebook = new_notebook(cells=[*released_notebook(name).cells])
    return ShowRubrics(enabled=True)(notebook, {"assignment_id": name} | resources)[0].cells


@pytest.mark.parametrize("name", LESSONS)
def test_formgrader_shows_each_rubric_directly_above_its_answer(name):
    cells, asked = formgraders_page(name, {"submission_id": "s"}), {cell["grade_id"] for cell in BY_HAND[name]}
    for above, cell in zip(cells, cells[1:]):
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        assert above.source.startswith(f"#### Rubric of `{grade_id}`") == (grade_id in asked)
    assert formgraders_page(name, {}) == released_notebook(name).cells, "a page for students has none"


def test_the_settings_of_the_course_let_formgrader_show_rubrics():
    answer = next(cell for cell in released_notebook("02_ffnn").cells
                  if cell.metadata.get("nbgrader", {}).get("grade_id") == "explain_gap")
    shown = page_of([new_markdown_cell("before"), answer], "formgrade", assignment="02_ffnn")
    for part in ("Rubric of <code>explain_gap</code>: 2 points", "<strong>Half points</strong>", "answer</summary>"):
        assert part in shown


@pytest.mark.parametrize("name", [WARM_UP, *LESSONS])
def test_every_figure_and_question_has_a_slide(name):
    cells = nbformat.read(SOLUTIONS / f"{name}.ipynb", as_version=4).cells
    shown = slides(cells)
    pictures = [output.data["image/png"].strip() for cell in cells for output in cell.get("outputs", [])
                if "image/png" in output.get("data", {})]
    assert [one.picture for one in shown if isinstance(one, Figure)] == pictures
    assert [one for one in shown if isinstance(one, Question)] == questions(whole_text(name))
    prose = " ".join(" ".join(cell.source.split()) for cell in cells if cell.cell_type == "markdown")
    for figure in (one for one in shown if isinstance(one, Figure)):
        assert figure.section and len(figure.alt) > 40 and 1 <= len(figure.text) <= 2
        assert all(sentence in prose for sentence in figure.text), "the lesson's own words"


@pytest.fixture(scope="module")
def deck(tmp_path_factory):
    return write_slides(tmp_path_factory.mktemp("slides")) / "02_ffnn.html"


@needs_chromium
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_slides_are_for_everybody_and_need_no_network(deck, colours):
    with chromium() as browser:
        desk = Desk(browser, colours=colours)
        asked = []
        desk.page.on("request", lambda request: asked.append(request.url))
        desk.page.goto(deck.as_uri())
        for key, place in (("ArrowRight", 2), ("PageDown", 3), ("ArrowLeft", 2)):
            desk.page.keyboard.press(key)
            desk.page.wait_for_function("(place) => location.hash === `#${place}`", arg=place)
        desk.picture(f"slides-{colours}")
        desk.page.locator("details").evaluate_all("(all) => all.forEach((one) => { one.open = true; })")
        assert not desk.hurdles() and not desk.complaints
        assert {url.partition(":")[0] for url in asked} <= {"file", "data"}
        assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
