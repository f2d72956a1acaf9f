"""Build what the repository keeps of the lessons.

    autograder/lessons/*.py -> course/source -> (nbgrader) course/release -> notebooks/
                            -> solutions/lesson_*.py, and solutions/*.ipynb, executed
    notebooks/ -> kws_helpers/desk/handed_out.json
    autograder/lessons/*.py -> kws_helpers/check/hints.json
    solutions/*.ipynb -> kws_helpers/check/steps.json
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from autograder.building.course_folder import build_course
from autograder.building.hints import build_hints, build_steps
from autograder.building.lesson import UNGRADED, functions_module, lesson_names
from autograder.building.notebooks import BuildError, released_notebook, write_notebook, write_rows
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
        BuildError: solved lessons write to stderr or claim what does not hold; all others are built before.
    """
    demand_repository()
    yield "solutions/lesson_*.py"
    build_functions()
    wrong = []
    for name in (*UNGRADED, *lesson_names()):
        if not with_solutions:
            renew_texts(name)
            continue
        yield f"solutions/{name}.ipynb (executed)"
        try:
            build_solution(name)
        except BuildError as error:
            wrong.append(str(error))
    yield "course/ (nbgrader), notebooks/, kws_helpers/desk/handed_out.json, kws_helpers/check/*.json"
    build_hints(show_solutions)
    build_steps()
    build_course()
    build_notebooks()
    build_handed_out()
    if wrong:
        raise BuildError("\n\n".join(wrong))


def build_notebooks(course: Path = COURSE, folder: Path = NOTEBOOKS) -> None:
    """Fill the folder that students open: two pages to begin with, and what nbgrader released."""
    folder.mkdir(exist_ok=True)
    for name in UNGRADED:
        write_notebook(released_notebook(name), folder / f"{name}.ipynb")
    for name in lesson_names():
        shutil.copyfile(course / "release" / name / f"{name}.ipynb", folder / f"{name}.ipynb")


def build_functions(folder: Path = SOLUTIONS) -> None:
    """Write the solutions of every lesson as an importable module."""
    folder.mkdir(exist_ok=True)
    for name in lesson_names():
        (folder / f"lesson_{name}.py").write_text(functions_module(name))


def build_handed_out(folder: Path = NOTEBOOKS, path: Path = handed_out.FILE) -> None:
    """Write what a student's desk has to know of the notebooks: their cells, as they were handed out."""
    write_rows({name: _cells(folder / f"{name}.ipynb") for name in (*UNGRADED, *lesson_names())}, path)


def _cells(notebook: Path) -> list[handed_out.HandedOut]:
    cells = read(notebook.read_bytes()).cells
    tests = {cell.grade_id for cell in cells if cell.settings.get("grade")}
    return [handed_out.HandedOut(cell.id, cell.fingerprint, cell.grade_id if needed else "")
            for cell in cells for needed in [cell.grade_id.removesuffix("-solution") in tests]]
