"""What is committed is what the lessons make."""

import json
import re

import nbformat
import pytest

from autograder.building.course_folder import build_course
from autograder.building.hints import build_hints, build_steps
from autograder.building.lesson import (
    UNGRADED,
    WARM_UP,
    WELCOME,
    WORKED,
    all_cells,
    graded_cells,
    lesson_names,
    lesson_of,
    points_by_exercise,
    read_lesson,
    solution_of,
    solved,
)
from autograder.building.paths import LESSONS as LESSON_FILES
from autograder.building.paths import NOTEBOOKS, SOLUTIONS
from autograder.building.repository import build_functions, build_handed_out, build_notebooks
from autograder.building.solution import renew_texts
from kws_helpers.check import attempts, hints
from kws_helpers.desk.handed_out import FILE

LESSONS = lesson_names()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    build_course(folder / "course")
    build_notebooks(folder / "course", folder / "notebooks")
    build_functions(folder / "solutions")
    build_handed_out(folder / "notebooks", folder / "handed_out.json")
    build_hints(path=folder / "hints.json")
    build_steps(path=folder / "steps.json")
    return folder


@pytest.mark.parametrize("committed, made", [
    *((NOTEBOOKS / f"{name}.ipynb", f"notebooks/{name}.ipynb") for name in [*UNGRADED, *LESSONS]),
    *((SOLUTIONS / f"lesson_{name}.py", f"solutions/lesson_{name}.py") for name in LESSONS),
    (FILE, "handed_out.json"), (hints.FILE, "hints.json"), (attempts.STEPS, "steps.json")],
    ids=lambda path: str(path).rpartition("/")[2])
def test_what_is_committed_is_what_the_lessons_make(built, committed, made):
    assert committed.read_text() == (built / made).read_text(), "run `make lessons` and commit"


def test_what_is_at_choice_is_not_among_what_is_handed_in(built):
    needed = {name: {cell[2].removesuffix("-solution") for cell in cells if cell[2]}
              for name, cells in json.loads((built / "handed_out.json").read_text()).items()}
    assert needed == dict.fromkeys(UNGRADED, set()) | {
        name: {cell["grade_id"] for cell in graded_cells(name)} for name in LESSONS}


@pytest.mark.parametrize("name", [*UNGRADED, *LESSONS])
def test_the_committed_solution_is_the_executed_lesson(name):
    committed, ours = nbformat.read(SOLUTIONS / f"{name}.ipynb", as_version=4), solved(read_lesson(name))
    assert [cell.id for cell in committed.cells] == [cell.id for cell in ours.cells]
    for cell, other in zip(committed.cells, ours.cells):
        if cell.cell_type == "code":
            assert cell.source == other.source, "run `make lessons`"
            assert cell.execution_count, cell.source
            for output in cell.outputs:
                assert output.output_type != "error" and output.get("name") != "stderr", cell.source
                if "image/png" in output.get("data", {}):
                    assert len(output.metadata.get("image/png", {}).get("alt", "")) > 40, "a figure's description"


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
def test_students_see_expected_figures_but_neither_solutions_nor_hidden_tests(name):
    text, cells = (NOTEBOOKS / f"{name}.ipynb").read_text(), nbformat.read(NOTEBOOKS / f"{name}.ipynb", 4).cells
    assert not [secret for secret in ("judge(", "BEGIN SOLUTION", "autograder.judging", "HIDDEN TESTS", "expected:")
                if secret in text]
    stubs = [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("solution")]
    assert stubs
    assert all("raise NotImplementedError()" in cell.source or cell.source == "YOUR ANSWER HERE" for cell in stubs)
    asked = sum(cell.source.count("](expected:") for cell in read_lesson(name).cells)
    assert sum(len(cell.get("attachments", {})) for cell in cells) == asked > 0


def test_headings_are_in_order():
    for name in LESSONS:
        text = "\n".join(cell.source for cell in read_lesson(name).cells if cell.cell_type == "markdown")
        prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
        levels = [len(mark) for mark in re.findall(r"^(#+) ", prose, re.MULTILINE)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after - before <= 1 for before, after in zip(levels, levels[1:])), name


def test_the_page_to_begin_with_says_how_long_each_lesson_takes():
    page = "\n".join(cell.source for cell in read_lesson(WELCOME).cells)
    table = re.findall(r"\]\((\w+)\.ipynb\) \|.*\| (\d+) \|", page)
    said = {name: re.search(r"\*About (\d+) minutes ·", read_lesson(name).cells[0].source)[1]
            for name in (WARM_UP, *LESSONS)}
    assert dict(table) == said


def test_points_and_sizes():
    points = {name: sum(cell["points"] for cell in graded_cells(name)) for name in LESSONS}
    assert points.pop("08_live_spotter") == 10  # a bonus
    assert sum(points.values()) == 100
    assert sum(path.stat().st_size for path in NOTEBOOKS.glob("*.ipynb")) < 1_000_000
    assert sum(path.stat().st_size for path in SOLUTIONS.glob("*.ipynb")) < 12_000_000


def test_hints_hold_no_solution_unless_the_course_is_built_so(tmp_path):
    solutions = {name: solution_of(lesson, name).partition('"""')[2].partition('"""')[2].strip()
                 for lesson in LESSONS for name in points_by_exercise() if lesson_of(name) == lesson}
    build_hints(show_solutions=True, path=tmp_path / "shown.json")
    shown, texts = json.loads((tmp_path / "shown.json").read_text()), json.loads(hints.FILE.read_text())
    for name, solution in solutions.items():
        lines = [line.strip() for line in solution.splitlines() if len(line.strip()) > 25]
        given = [line for line in lines if line in "".join(texts.get(name, []))]
        assert len(given) < max(1, len(lines) / 2), name  # some lines are the same in many functions
        assert solution in shown[name][-1] and shown[name][:-1] == texts[name][:-1], "the same hints"


def test_worked_texts_are_in_no_notebook():
    worked = [cell.source for name in LESSONS for cell in all_cells(name) if WORKED in cell.metadata.get("tags", [])]
    cells = {cell.source for name in LESSONS for cell in read_lesson(name).cells}
    texts = [text for one in json.loads(hints.FILE.read_text()).values() for text in one]
    assert worked and not cells & {*worked} and {*worked} <= {*texts}
