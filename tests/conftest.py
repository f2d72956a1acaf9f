"""Fixtures for all tests: nothing is read from or written to the user's own cache."""

import os
import shutil
from pathlib import Path

import nbformat
import pytest
from hypothesis import settings

from autograder.building.course_folder import build_course
from autograder.building.environment import programs_on_path
from autograder.grading import grade, one
from autograder.judging.judged_cells import exercise_tested
from autograder.judging.judged_run import Judged
from autograder.judging.verdict import Verdict
from autograder.running.execute import Executed
from autograder.running.sandbox import start

programs_on_path()
settings.register_profile("reproducible", derandomize=True, database=None, deadline=None)
settings.load_profile("reproducible")

NETWORKS = {"build_ffnn", "build_regularised_ffnn", "build_cnn", "residual_block", "build_tc_resnet8"}
"""Exercises whose answers build networks, which takes its time."""

LONG = ["lessons_in_browser", "exercises", "left_unwritten", "sandbox", "hostile", "grade", "challenge", "browser",
        "referee", "agreement", "skippable_cells", "binder", "export"]
"""The tests that take longest, in order: who works on them alone at the end keeps the other worker waiting."""

os.environ.pop("KWS_DATA", None)
os.environ.pop("NBGRADER_EXECUTION", None)


def pytest_collection_modifyitems(items):
    place = {f"test_{name}.py": number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory):
    """A cache that all kernels of this test process share: the bundled data are decoded once."""
    folder = tmp_path_factory.mktemp("cache")
    before = os.environ.get("KWS_CACHE")
    os.environ["KWS_CACHE"] = str(folder)
    yield folder
    if before is None:
        del os.environ["KWS_CACHE"]
    else:
        os.environ["KWS_CACHE"] = before


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """A cache of the test's own, and the bundled data where it names none."""
    monkeypatch.setenv("KWS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("KWS_DATA", raising=False)


@pytest.fixture
def pretended(monkeypatch):
    """No notebook is executed: every exercise gets half of its points. Gives the students whose turn it was, in order.

    For tests of what is around the execution.
    """
    students = []

    def execute_and_judge(job, seed):
        notebook = nbformat.reads(job.notebook, as_version=4)
        students.append(Path(job.folder).parent.name)
        tested = filter(None, map(exercise_tested, notebook.cells))
        verdicts = tuple(Verdict(name, 0.5, "partial", "Half of it.") for name in tested)
        return Judged(Executed(nbformat.writes(notebook), "", 0.0), verdicts)

    monkeypatch.setattr(grade, "execute_and_judge", execute_and_judge)
    monkeypatch.setattr(grade, "prepare", lambda protection: None)
    return students


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """nbgrader's course with lesson 01. Not to be changed."""
    return build_course(tmp_path_factory.mktemp("course"), ["01_dataset"])


@pytest.fixture
def instant(monkeypatch, course, pretended):
    """Nothing is executed, and the first lesson need not be built. Gives the students whose turn it was."""
    monkeypatch.setattr(grade, "build_course", lambda folder, lessons: shutil.copytree(
        course / "source", folder / "source", dirs_exist_ok=True))
    monkeypatch.setattr(one, "_new_gradebook", (course / "gradebook.db").read_bytes)
    return pretended


@pytest.fixture
def ready(tmp_path, course, instant):
    """A folder for results in which nbgrader's course is already, which saves time. No notebook is executed."""
    return Path(shutil.copytree(course, tmp_path / "out"))


@pytest.fixture(scope="session", autouse=True)
def librosa_is_ready():
    """librosa compiles when it is used first. On a slow machine that takes longer than a student's function may."""
    start.rehearse()
