"""What is committed is what the lessons make."""

import re

import nbformat
import pytest

from autograder.building.course_folder import build_course
from autograder.building.lesson import WELCOME, graded_cells, lesson_names, read_lesson, solved
from autograder.building.paths import LESSONS as LESSON_FILES
from autograder.building.paths import NOTEBOOKS, SOLUTIONS
from autograder.building.repository import build_functions, build_graded_cells, build_notebooks
from autograder.building.solution import renew_texts
from kws_helpers.hand_in import GRADED_CELLS

LESSONS = lesson_names()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    build_course(folder / "course")
    build_notebooks(folder / "course", folder / "notebooks")
    build_functions(folder / "solutions")
    return folder


@pytest.mark.parametrize("name", [WELCOME, *LESSONS])
def test_the_committed_notebook_is_what_the_lesson_makes(built, name):
    made = (built / "notebooks" / f"{name}.ipynb").read_text()
    assert (NOTEBOOKS / f"{name}.ipynb").read_text() == made, "run `make lessons` and commit"


@pytest.mark.parametrize("name", LESSONS)
def test_the_committed_functions_are_what_the_lesson_makes(built, name):
    made = (built / "solutions" / f"lesson_{name}.py").read_text()
    assert (SOLUTIONS / f"lesson_{name}.py").read_text() == made, "run `make lessons` and commit"


def test_the_committed_graded_cells_are_what_the_lessons_make(tmp_path):
    build_graded_cells(tmp_path / "made.json")
    assert GRADED_CELLS.read_text() == (tmp_path / "made.json").read_text(), "run `make lessons` and commit"


@pytest.mark.parametrize("name", LESSONS)
def test_the_committed_solution_has_the_lessons_cells(name):
    committed = nbformat.read(SOLUTIONS / f"{name}.ipynb", as_version=4)
    ours = solved(read_lesson(name))
    assert [cell.id for cell in committed.cells] == [cell.id for cell in ours.cells]
    code = [cell.source for cell in ours.cells if cell.cell_type == "code"]
    assert [cell.source for cell in committed.cells if cell.cell_type == "code"] == code, "run `make lessons`"


@pytest.mark.parametrize("name", LESSONS)
def test_the_committed_solution_ran_through_without_a_word_on_stderr(name):
    for cell in nbformat.read(SOLUTIONS / f"{name}.ipynb", as_version=4).cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", output.text
        assert cell.cell_type != "code" or cell.execution_count, cell.source


def test_words_are_renewed_without_executing_anything(tmp_path, monkeypatch):
    assert not renew_texts(LESSONS[0], tmp_path), "nothing was executed yet"
    for name in LESSONS:
        (tmp_path / f"{name}.ipynb").write_bytes((SOLUTIONS / f"{name}.ipynb").read_bytes())
        assert renew_texts(name, tmp_path)
        assert (tmp_path / f"{name}.ipynb").read_bytes() == (SOLUTIONS / f"{name}.ipynb").read_bytes()
    lesson = (LESSON_FILES / f"{LESSONS[0]}.py").read_text()
    monkeypatch.setattr("autograder.building.lesson.LESSONS", tmp_path)
    (tmp_path / f"{LESSONS[0]}.py").write_text(lesson.replace("# ## How to work with", "# ## Working with"))
    assert renew_texts(LESSONS[0], tmp_path)
    assert "## Working with" in (tmp_path / f"{LESSONS[0]}.ipynb").read_text()
    (tmp_path / f"{LESSONS[0]}.py").write_text(lesson.replace("import hashlib", "import hashlib, math"))
    assert not renew_texts(LESSONS[0], tmp_path), "code has changed"


@pytest.mark.parametrize("name", LESSONS)
def test_every_figure_has_a_description(name):
    for cell in nbformat.read(SOLUTIONS / f"{name}.ipynb", as_version=4).cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                assert len(output.metadata.get("image/png", {}).get("alt", "")) > 40, cell.source


@pytest.mark.parametrize("name", LESSONS)
def test_students_see_neither_solutions_nor_hidden_tests(name):
    text = (NOTEBOOKS / f"{name}.ipynb").read_text()
    assert "judge(" not in text
    assert "BEGIN SOLUTION" not in text
    assert "autograder.judging.verdict" not in text and "HIDDEN TESTS" not in text
    stubs = [cell for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells
             if cell.metadata.get("nbgrader", {}).get("solution")]
    assert stubs
    assert all("raise NotImplementedError()" in cell.source or cell.source == "YOUR ANSWER HERE" for cell in stubs)


@pytest.mark.parametrize("name", LESSONS)
def test_every_expected_figure_is_there(name):
    assert "expected:" not in (NOTEBOOKS / f"{name}.ipynb").read_text()
    asked = sum(cell.source.count("](expected:") for cell in read_lesson(name).cells)
    shown = sum(len(cell.get("attachments", {}))
                for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells)
    assert shown == asked > 0


def test_headings_are_in_order():
    for name in LESSONS:
        text = "\n".join(cell.source for cell in read_lesson(name).cells if cell.cell_type == "markdown")
        prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
        levels = [len(mark) for mark in re.findall(r"^(#+) ", prose, re.MULTILINE)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after - before <= 1 for before, after in zip(levels, levels[1:])), name


def test_points():
    points = {name: sum(cell["points"] for cell in graded_cells(name)) for name in LESSONS}
    bonus = points.pop("07_live_spotter")
    assert sum(points.values()) == 100
    assert bonus == 10


def test_sizes():
    assert sum(path.stat().st_size for path in NOTEBOOKS.glob("*.ipynb")) < 1_000_000
    assert sum(path.stat().st_size for path in SOLUTIONS.glob("*.ipynb")) < 12_000_000
