"""Where grading puts what it needs: temporary files, caches, a home. What is missing is said in one sentence."""

import os
import tempfile
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from autograder.__main__ import BAD_USAGE, app
from autograder.building.environment import demand_home
from autograder.judging.judged_run import execute_and_judge
from autograder.running import scratch
from autograder.running.execute import Job
from autograder.running.sandbox import doctor, launcher, provisions
from autograder.running.scratch import scratch_folder


@pytest.fixture
def long_folder(tmp_path, monkeypatch):
    """A folder for temporary files whose name is as long as some clusters have them."""
    folder = tmp_path / ("x" * 40) / ("y" * 40)
    folder.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_sockets_get_a_place_with_a_shorter_name(long_folder):
    assert scratch_folder() == Path("/tmp").resolve()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("0.5")])
    done = execute_and_judge(Job(nbformat.writes(notebook), str(long_folder)), seed=0).executed
    assert done.problem == "" and "0.5" in done.notebook
    assert list(long_folder.iterdir()) == []


def test_no_short_place_is_one_sentence(long_folder, monkeypatch):
    monkeypatch.setattr(scratch, "_OTHERS", ())
    with pytest.raises(ValueError, match="too long a name. Set TMPDIR"):
        scratch_folder()


def test_an_ordinary_place_is_taken_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/var/tmp")
    assert scratch_folder() == Path("/var/tmp").resolve()


@pytest.fixture(params=["file", "read only"])
def no_cache(request, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KWS_CACHE", str(tmp_path / request.param / "cache"))
    if request.param == "read only":
        access = os.access
        monkeypatch.setattr(os, "access", lambda path, mode: "read only" not in str(path) and access(path, mode))


def test_a_cache_that_cannot_be_written_is_one_sentence(no_cache):
    with pytest.raises(ValueError, match="no place for what kernels need: .*Set the environment variable KWS_CACHE"):
        provisions.prepared()


def test_the_doctor_says_that_there_is_no_place(no_cache, monkeypatch):
    monkeypatch.setattr(launcher, "trouble", lambda: "")
    first, second = doctor.examine()
    assert first.holds and not second.holds and "KWS_CACHE" in second.found


@pytest.fixture
def homeless(monkeypatch):
    def home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", home)
    monkeypatch.delenv("KWS_CACHE", raising=False)
    monkeypatch.setenv("HOME", "before")


def test_a_user_without_a_home_needs_a_cache(homeless, monkeypatch, tmp_path):
    done = CliRunner().invoke(app, ["doctor"], env={"COLUMNS": "300"})
    assert done.exit_code == BAD_USAGE and done.output.count("\n") == 1 and "KWS_CACHE" in done.output
    monkeypatch.setenv("KWS_CACHE", str(tmp_path))
    demand_home()
    assert os.environ["HOME"] == str(tmp_path)
