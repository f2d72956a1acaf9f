"""Build what the repository keeps of the lessons.

    autograder/lessons/*.py -> course/source -> (nbgrader) course/release -> notebooks/
                            -> solutions/lesson_*.py, and solutions/*.ipynb, executed
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from autograder.building.course_folder import build_course
from autograder.building.lesson import WELCOME, functions_module, lesson_names, nbgrader_cells, read_lesson
from autograder.building.notebooks import write_notebook
from autograder.building.paths import COURSE, NOTEBOOKS, SOLUTIONS, demand_repository
from autograder.building.solution import build_solution, renew_texts
from kws_helpers.desk.hand_in import GRADED_CELLS


def build_all(with_solutions: bool = True) -> Iterator[str]:
    """Build everything, saying what comes next. Solutions come first: the notebooks show their figures.

    Raises:
        ValueError: this is an installed package, not the repository.
        BuildError: a lesson could not be built.
    """
    demand_repository()
    yield "solutions/lesson_*.py and kws_helpers/desk/graded_cells.json"
    build_functions()
    build_graded_cells()
    for name in lesson_names():
        if with_solutions:
            yield f"solutions/{name}.ipynb (executed)"
            build_solution(name)
        else:
            renew_texts(name)
    yield "course/ (nbgrader) and notebooks/"
    build_course()
    build_notebooks()


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


def build_graded_cells(path: Path = GRADED_CELLS) -> None:
    """Write which cells a student must not lose: those that are filled in or give points, by lesson."""
    found = {name: [settings["grade_id"] for settings in nbgrader_cells(name)
                    if settings["grade"] or settings["solution"]] for name in lesson_names()}
    rows = ",\n".join(f" {json.dumps(name)}: {json.dumps(cells)}" for name, cells in found.items())
    path.write_text(f"{{\n{rows}\n}}\n")
