"""Build everything from the lessons: nbgrader's course folder, `notebooks/` for students, `solutions/` for teachers.

    autograder/lessons/*.py -> course/source -> (nbgrader) course/release -> notebooks/
                            -> solutions/lesson_*.py, and solutions/*.ipynb, executed
"""

import base64
import io
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.apps import NbGraderAPI
from nbgrader.preprocessors import ClearHiddenTests, ClearOutput, ClearSolutions, ComputeChecksums, LockCells
from traitlets.config import Config

from autograder.building.course_folder import COURSE_FILE, locate_course
from autograder.building.environment import kernel_manager
from autograder.building.lesson import WELCOME, functions_module, lesson_names, nbgrader_cells, read_lesson, solved
from autograder.building.paths import BUILD, COURSE, NOTEBOOKS, SOLUTIONS
from kws_helpers.desk.hand_in import GRADED_CELLS

JUDGE_IMPORT = "from autograder.judge import judge"
SOLVED = BUILD / "solved"
"""Where solved lessons are executed: they find here what earlier ones have kept."""
PICTURE_WIDTH = 640  # pixels; expected figures are smaller than the student's own


class BuildError(Exception):
    """A lesson could not be built; the message says which and why."""


def build_all(with_solutions: bool = True) -> Iterator[str]:
    """Build everything, saying what comes next. Solutions come first: the notebooks show their figures."""
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


def build_course(folder: Path = COURSE, names: Iterable[str] | None = None) -> Path:
    """Make an nbgrader course folder: source and release of every lesson, and a gradebook that knows them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nbgrader_config.py").write_text(COURSE_FILE)
    api = nbgrader_api(folder)
    for name in names or lesson_names():
        write_notebook(source_notebook(name), folder / "source" / name / f"{name}.ipynb")
        result = api.generate_assignment(name, force=True, create=True)
        if not result["success"]:
            raise BuildError(f"nbgrader could not make {name}:\n{result.get('error') or result.get('log')}")
        (folder / "release" / name / f"{name}.ipynb").chmod(0o644)
    return folder


def nbgrader_api(folder: Path) -> NbGraderAPI:
    """nbgrader's own interface, for a course folder of ours."""
    config = locate_course(Config(), folder)
    config.NbGrader.logfile = ""
    config.Application.log_level = 30
    return NbGraderAPI(config=config)


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


def build_solution(name: str, folder: Path = SOLUTIONS) -> None:
    """Execute the solved lesson and write it with its figures. Fails where a cell fails or writes to stderr."""
    SOLVED.mkdir(parents=True, exist_ok=True)
    notebook = execute_solved(name, SOLVED, {"KWS_DATA": "bundled"})
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                raise BuildError(f"{name}: a cell writes to stderr:\n{cell.source}\n\n{output.text}")
    _forget_times(notebook)
    _join_streams(notebook)
    _still(notebook)
    write_notebook(notebook, folder / f"{name}.ipynb")


def renew_texts(name: str, folder: Path = SOLUTIONS) -> bool:
    """Bring the solution up to a lesson whose words have changed, without executing it.

    Returns:
        False where code has changed too, or nothing was executed yet: then the solution stays as it is.
    """
    path = folder / f"{name}.ipynb"
    if not path.exists():
        return False
    notebook, executed = solved(read_lesson(name)), nbformat.read(path, as_version=4)
    _replace_expected(notebook, pictures={})
    code, before = ([cell for cell in one.cells if cell.cell_type == "code"] for one in (notebook, executed))
    if [cell.source for cell in code] != [cell.source for cell in before]:
        return False
    for cell, with_outputs in zip(code, before):
        cell.outputs, cell.execution_count = with_outputs.outputs, with_outputs.execution_count
    notebook.metadata = executed.metadata
    write_notebook(notebook, path)
    return True


def execute_solved(name: str, folder: Path, environment: dict[str, str] | None = None) -> NotebookNode:
    """Execute the solved lesson in `folder`, with more environment variables.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell failed.
    """
    import tempfile

    from nbclient import NotebookClient

    notebook = solved(read_lesson(name))
    _replace_expected(notebook, pictures={})
    with tempfile.TemporaryDirectory(prefix="kws-", ignore_cleanup_errors=True) as scratch:
        client = NotebookClient(notebook, km=kernel_manager(Path(scratch)), timeout=1800, store_widget_state=False,
                                resources={"metadata": {"path": str(folder)}})
        client.execute(cleanup_kc=True, env=os.environ | (environment or {}))
    return notebook


def source_notebook(name: str) -> NotebookNode:
    """The lesson as nbgrader's source: the judge imported where it is called, expected figures put in."""
    notebook = read_lesson(name)
    for cell in notebook.cells:
        cell.source = cell.source.replace("### BEGIN HIDDEN TESTS", f"### BEGIN HIDDEN TESTS\n{JUDGE_IMPORT}")
    small = {figure: _smaller(picture) for figure, picture in figures(SOLUTIONS / f"{name}.ipynb").items()}
    _replace_expected(notebook, small)
    return notebook


@cache
def released_notebook(name: str) -> NotebookNode:
    """The lesson as students get it: nbgrader's own steps on its source. Not to be changed; take a copy."""
    notebook, resources = source_notebook(name), {"nbgrader": {}}
    for step in (LockCells, ClearSolutions, ClearOutput, ComputeChecksums, ClearHiddenTests, ComputeChecksums):
        notebook, resources = step().preprocess(notebook, resources)
    return notebook


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook with a fixed form, so that equal notebooks are equal files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.validate(notebook)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def figures(solution: Path) -> dict[str, bytes]:
    """The figures of a solved notebook, as PNG, by the name in the cell's tag "figure:name"."""
    if not solution.exists():
        return {}
    found = {}
    for cell in nbformat.read(solution, as_version=4).cells:
        for tag in cell.metadata.get("tags", []):
            if tag.startswith("figure:"):
                picture = next(output.data["image/png"] for output in cell.outputs
                               if "image/png" in output.get("data", {}))
                found[tag.removeprefix("figure:")] = base64.b64decode(picture)
    return found


def _smaller(picture: bytes) -> bytes:
    from PIL import Image

    image = Image.open(io.BytesIO(picture)).convert("RGB")
    height = round(image.height * PICTURE_WIDTH / image.width)
    image = image.resize((PICTURE_WIDTH, height), Image.Resampling.LANCZOS).quantize(48, dither=Image.Dither.NONE)
    small = io.BytesIO()
    image.save(small, format="png", optimize=True)
    return small.getvalue()


def _replace_expected(notebook: NotebookNode, pictures: dict[str, bytes]) -> None:
    """Turn `![words](expected:name)` into a picture attached to its cell, or into its words where there is none."""
    pattern = re.compile(r"!\[([^\]]*)\]\(expected:([\w-]+)\)")
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        attachments = {f"{name}.png": {"image/png": base64.b64encode(pictures[name]).decode()}
                       for _, name in pattern.findall(cell.source) if name in pictures}
        if attachments:
            cell["attachments"] = attachments
        cell.source = pattern.sub(
            lambda found: f"![{found[1]}](attachment:{found[2]}.png)" if found[2] in pictures else f"*{found[1]}*",
            cell.source)


def _join_streams(notebook: NotebookNode) -> None:
    """Put prints that follow one another together; how they come apart depends on the speed of the machine."""
    for cell in notebook.cells:
        joined: list[NotebookNode] = []
        for output in cell.get("outputs", []):
            if joined and output.output_type == joined[-1].output_type == "stream" and output.name == joined[-1].name:
                joined[-1].text += output.text
            else:
                joined.append(output)
        if "outputs" in cell:
            cell.outputs = joined


def _forget_times(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)


def _still(notebook: NotebookNode) -> None:
    """Leave of a figure its picture: not the widget, which is dead without its kernel, nor the picture as HTML."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            data.pop("application/vnd.jupyter.widget-view+json", None)
            if "image/png" in data:
                data.pop("text/html", None)
