"""The template of docs/authors.md, put into a copy of the project, is a lesson that the tests accept."""

import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest

from autograder.building.paths import ROOT

LESSON = "08_example"
BUILD = f"""
from autograder.building.course_folder import build_course
from autograder.building.environment import programs_on_path
from autograder.building.repository import build_functions, build_graded_cells, build_notebooks
from autograder.building.solution import build_solution

programs_on_path()
build_functions()
build_graded_cells()
build_solution("{LESSON}")
build_course()
build_notebooks()
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project with one lesson more, built as `make lessons` does."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("autograder", "kws_helpers", "notebooks", "solutions", "tests", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "Makefile"):
        shutil.copyfile(ROOT / name, folder / name)
    shutil.copytree(folder / "docs" / "template", folder, dirs_exist_ok=True)
    python(folder, "-c", BUILD)
    return folder


def python(folder, *arguments):
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)},
                          text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


def test_it_becomes_a_lesson(project):
    notebook = nbformat.read(project / "notebooks" / f"{LESSON}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "raise NotImplementedError" in text and "above[1:]" not in text
    assert json.loads((project / "kws_helpers" / "graded_cells.json").read_text())[LESSON] == [
        "zero_crossings-solution", "zero_crossings", "why_a_hiss"]
    solved = nbformat.read(project / "solutions" / f"{LESSON}.ipynb", as_version=4)
    assert any("image/png" in output.get("data", {}) for cell in solved.cells for output in cell.get("outputs", []))


def test_the_tests_accept_it(project):
    said = python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_exercises.py",
                  "tests/test_build.py", "-k", f"zero_crossings or same_functions or {LESSON}")
    assert "failed" not in said and " passed" in said
