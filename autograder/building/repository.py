"""Build what the repository keeps of the lessons.

    autograder/lessons/*.py -> course/source -> (nbgrader) course/release -> notebooks/
                            -> solutions/lesson_*.py, and solutions/*.ipynb, executed
    notebooks/ -> kws_helpers/desk/handed_out.json
    autograder/lessons/*.py -> kws_helpers/check/hints.json
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from autograder.building.course_folder import build_course
from autograder.building.hints import build_hints
from autograder.building.lesson import WELCOME, functions_module, lesson_names, read_lesson
from autograder.building.notebooks import write_notebook
from autograder.building.paths import COURSE, NOTEBOOKS, SOLUTIONS, demand_repository
from autograder.building.solution import build_solution, renew_texts
from kws_helpers.desk import handed_out
from kws_helpers.desk.notebook import read


def build_all(with_solutions: bool = True, show_solutions: bool = False) -> Iterator[str]:
    """Build everything, saying what comes next. Solutions come first: the notebooks show their figures.

    Args:
        with_solutions: execute the solved notebooks.
        show_solutions: let `check` show the solution after the last hint.

    Raises:
        ValueError: this is an installed package, not the repository.
        BuildError: a lesson could not be built.
    """
    demand_repository()
    yield "solutions/lesson_*.py"
    build_functions()
    for name in lesson_names():
        if with_solutions:
            yield f"solutions/{name}.ipynb (executed)"
            build_solution(name)
        else:
            renew_texts(name)
    build_hints(show_solutions)
    yield "course/ (nbgrader), notebooks/, kws_helpers/desk/handed_out.json and kws_helpers/check/hints.json"
    build_course()
    build_notebooks()
    build_handed_out()


def build_notebooks(course: Path = COURSE, folder: Path = NOTEBOOKS) -> None:
    """Fill the folder that students open: a page to begin with, and what nbgrader released."""
    folder.mkdir(exist_ok=True)
    write_notebook(read_lesson(WELCOME), folder / f"{WELCOME}.ipynb")
    for name in lesson_names():
        shutil.copyfile(course / "release" / name / f"{name}.ipynb", folder / f"{name}.ipynb")


def build_functions(folder: Path = SOLUTIONS) -> None:
    """Write the solutions of every lesson as an importable module."""
    folder.mkdir(exist_ok=True)
    for name in lesson_names():
        (folder / f"lesson_{name}.py").write_text(functions_module(name))


def build_handed_out(folder: Path = NOTEBOOKS, path: Path = handed_out.FILE) -> None:
    """Write what a student's desk has to know of the notebooks: their cells, as they were handed out."""
    rows = [f" {json.dumps(name)}: {json.dumps(_cells(folder / f'{name}.ipynb'))}"
            for name in (WELCOME, *lesson_names())]
    path.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


def _cells(notebook: Path) -> list[handed_out.HandedOut]:
    return [handed_out.HandedOut(cell.id, cell.fingerprint, cell.grade_id if needed else "")
            for cell in read(notebook.read_bytes()).cells
            for needed in [cell.settings.get("grade") or cell.settings.get("solution")]]
