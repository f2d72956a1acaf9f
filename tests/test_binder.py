"""What Binder does with the project, as far as it can be done without Docker.

repo2docker makes a conda environment of environment.yml in a clone, in which all that matters is installed by pip, and
runs postBuild there. A visitor then has 2 GB of memory, and often one core.
"""

import contextlib
import os
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import psutil
import pytest
import yaml

from autograder.building.notebooks import write_notebook
from autograder.building.paths import ROOT
from autograder.running.sandbox.watcher import Family
from autograder.sample_class import filled, model_answers, solutions

pytestmark = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="Binder is Linux")

MEMORY = 2e9
SERVER = 0.2e9
"""Bytes that JupyterLab itself takes, with room."""


@pytest.fixture(scope="module")
def binder(tmp_path_factory):
    """The clone, its Python, and the environment variables of its visitors.

    The packages of requirements.txt are those of the Python that runs the tests: `make` installed them from it.
    """
    folder = tmp_path_factory.mktemp("binder")
    clone, environment = folder / "clone", folder / "environment"
    subprocess.run(["git", "-c", "safe.directory=*", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    python = environment / "bin" / "python"
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(environment)}))
    (packages / "requirements.pth").write_text(sysconfig.get_path("purelib"))
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "-e", "."],
                   cwd=clone, check=True)
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("KWS", "JUPYTER", "PYTHON"))}
    variables |= {"HOME": str(folder), "PATH": f"{environment / 'bin'}:{os.environ['PATH']}"}
    subprocess.run(["./postBuild"], cwd=clone, env=variables, check=True)
    return clone, python, variables


def test_pip_installs_what_matters():
    (through_pip,) = [part["pip"] for part in yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
                      if isinstance(part, dict)]
    assert through_pip == ["-r requirements.txt", "-e ."]


def test_what_is_made_when_the_image_is_built_lies_outside_the_clone(binder):
    clone, python, variables = binder
    assert not subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True,
                              check=True).stdout
    page = python.parent.parent / "etc" / "jupyter" / "labconfig"
    assert {path.name for path in page.iterdir()} == {path.name for path in (ROOT / ".jupyter/labconfig").iterdir()}


def test_a_lesson_that_trains_fits_into_two_gigabytes_on_one_core(binder):
    (clone, python, variables), lesson = binder, "02_ffnn"
    write_notebook(filled(lesson, solutions(lesson), model_answers(lesson)), clone / "notebooks" / f"{lesson}.ipynb")
    with subprocess.Popen([python, "-c", "from nbclient.cli import main; main()", f"{lesson}.ipynb"],
                          cwd=clone / "notebooks", env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, preexec_fn=lambda: os.sched_setaffinity(0, {0})) as process:
        family, largest = Family(process.pid), 0
        while process.poll() is None:
            with contextlib.suppress(psutil.NoSuchProcess):  # it may have ended while we looked
                largest = max(largest, family.memory(0))
            time.sleep(0.2)
        said = process.stdout.read()
    assert process.returncode == 0, said[-3000:]
    assert 0.1e9 < largest < MEMORY - SERVER
