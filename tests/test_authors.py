"""The template of docs/authors.md, put into a copy of the project, is a lesson that the tests accept."""

import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest

from autograder.building.lesson import lesson_names
from autograder.building.paths import ROOT

LESSON = "09_example"


@pytest.fixture(scope="module")
def project(tmp_path_factory, shared_cache):
    """A copy of the project in which the template is the only lesson, built with the authors' command."""
    folder = tmp_path_factory.mktemp("project")
    ignored = shutil.ignore_patterns("__pycache__", *(f"{lesson}*" for lesson in lesson_names()))
    for name in ("autograder", "kws_helpers", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    shutil.copytree(ROOT / "docs" / "template", folder, dirs_exist_ok=True)
    python(folder, "-m", "autograder", "lessons")
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
    cells = json.loads((project / "kws_helpers" / "desk" / "handed_out.json").read_text())[LESSON]
    assert [name for *_, name in cells if name] == ["zero_crossings-solution", "zero_crossings", "why_a_hiss"]
    solved = nbformat.read(project / "solutions" / f"{LESSON}.ipynb", as_version=4)
    assert any("image/png" in output.get("data", {}) for cell in solved.cells for output in cell.get("outputs", []))


def test_the_tests_accept_it(project):
    said = python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--noconftest", "tests/test_exercises.py",
                  "tests/test_build.py", "-k", f"zero_crossings or same_functions or {LESSON}")
    assert "failed" not in said and " passed" in said
