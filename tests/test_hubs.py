"""The course on shared hubs: a lesson opened alone in Colab, and the link by which a JupyterHub hands the course out.

`make test-colab` makes an environment with these versions (.ci/colab.txt) and names its Python in KWS_COLAB.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest

from autograder.building.colab import ADDRESS, colab_cell
from autograder.building.lesson import UNGRADED, lesson_names
from autograder.building.notebooks import released_notebook, write_notebook
from autograder.building.paths import ROOT
from autograder.sample_class import filled, model_answers, solutions

COLAB = os.environ.get("KWS_COLAB", "")
in_colab = pytest.mark.skipif(not COLAB, reason="`make test-colab` makes Colab's environment")
IMPORTED = "import google.colab"
LESSONS = os.environ.get("KWS_COLAB_LESSONS", "00_start 01_dataset 07_tc_resnet 08_live_spotter").split()


@pytest.mark.parametrize("name", [*UNGRADED, *lesson_names()])
def test_first_cell_is_the_same_everywhere_and_does_nothing_here(name):
    first, *others = released_notebook(name).cells
    assert first == colab_cell() and "google.colab" not in "".join(cell.source for cell in others)


def test_first_cell_does_nothing_outside_colab(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[colab_cell()])
    done = run(sys.executable, notebook, tmp_path)
    assert done.cells[0].outputs == []


@pytest.fixture(scope="module")
def visitor(tmp_path_factory):
    """The folder of a visitor: what makes a kernel look like Colab's, and the course as a wheel."""
    folder = tmp_path_factory.mktemp("colab")
    git(folder, "clone", "--quiet", str(ROOT), "clone")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "./clone"],
                   cwd=folder, check=True)
    google = folder / "google" / "colab"
    google.mkdir(parents=True)
    (google / "__init__.py").write_text("")
    (google / "output.py").write_text("def enable_custom_widget_manager(): print('widgets are on')")
    settings = folder / "ipython" / "profile_default" / "ipython_kernel_config.py"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"c.InteractiveShellApp.exec_lines = [{IMPORTED!r}]")
    return folder


@in_colab
@pytest.mark.parametrize("name", LESSONS)
def test_lesson_alone_in_colab(visitor, tmp_path, name):
    notebook = filled(name, solutions(name), model_answers(name)) if name in lesson_names() else filled(name, {})
    before = versions()
    done = run_in_colab(notebook, visitor, tmp_path)
    assert "widgets are on" in str(done.cells[0].outputs)
    changed = dict(set(versions().items()) - set(before.items()))
    assert changed.keys() <= {"ai-edge-litert", "espeakng-loader", "hands-on-keyword-spotting"}


@in_colab
def test_unwritten_exercise_stops_nothing_in_colab(visitor, tmp_path):
    done = run_in_colab(filled("01_dataset", {}), visitor, tmp_path)
    assert "This cell needs `class_counts`" in str(done.cells)


def run_in_colab(notebook: nbformat.NotebookNode, visitor: Path, folder: Path) -> nbformat.NotebookNode:
    (wheel,) = visitor.glob("*.whl")
    assert ADDRESS in notebook.cells[0].source
    notebook.cells[0].source = notebook.cells[0].source.replace(f"{ADDRESS}/archive/HEAD.zip", str(wheel))
    return run(COLAB, notebook, folder, PYTHONPATH=str(visitor), IPYTHONDIR=str(visitor / "ipython"),
               KWS_TRAINING="short", KWS_CACHE=str(visitor / "cache"))


def versions() -> dict[str, str]:
    listed = subprocess.run([COLAB, "-m", "pip", "list", "--format", "freeze", "--disable-pip-version-check"],
                            check=True, capture_output=True, text=True).stdout
    return dict(line.split("==") for line in listed.split())


def run(python: str, notebook: nbformat.NotebookNode, folder: Path, **variables: str) -> nbformat.NotebookNode:
    """Run a notebook that lies alone in a folder, with another Python."""
    path = folder / "lesson.ipynb"
    write_notebook(notebook, path)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("KWS", "JUPYTER", "PYTHON"))}
    done = subprocess.run([python, "-c", "from nbclient.cli import main; main()", "--inplace", path.name], cwd=folder,
                          env=inherited | variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return nbformat.read(path, as_version=4)


def git(folder: Path, *command: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "safe.directory=*"]
    return subprocess.run(["git", *who, *command], cwd=folder, check=True, capture_output=True, text=True).stdout


def test_link_of_the_hub_opens_what_it_says(tmp_path):
    """As nbgitpuller does it: clone; later commit what the student wrote, and merge with the student's lines first."""
    (link,) = re.findall(r"https://HUB\S+", (ROOT / "docs" / "hubs.md").read_text())
    asked = {name: value for name, (value,) in parse_qs(urlsplit(link).query).items()}
    assert asked["repo"] == ADDRESS
    folder = ADDRESS.rpartition("/")[2]
    opened = asked["urlpath"].removeprefix(f"lab/tree/{folder}/")
    ours = tmp_path / "ours"
    git(tmp_path, "clone", "--quiet", str(ROOT), str(ours))
    git(ours, "checkout", "--quiet", "-B", asked["branch"])
    git(tmp_path, "clone", "--quiet", "--branch", asked["branch"], str(ours), folder)
    home = tmp_path / folder
    assert (home / opened).is_file()
    lesson = Path("notebooks", "01_dataset.ipynb")
    written = (home / lesson).read_text().replace("raise NotImplementedError()", "return 'mine'", 1)
    (home / lesson).write_text(written)
    (home / "notebooks" / "notes.txt").write_text("mine")
    (ours / lesson).write_text((ours / lesson).read_text().replace("raise NotImplementedError()", "pass", 1))
    (ours / "README.md").write_text("new")
    git(ours, "commit", "--quiet", "--all", "--message", "Newer lessons")
    git(home, "fetch", "--quiet")
    git(home, "commit", "--quiet", "--all", "--message", "Before the newer lessons")
    git(home, "merge", "--quiet", "-Xours", f"origin/{asked['branch']}")
    assert ((home / lesson).read_text(), (home / "README.md").read_text()) == (written, "new")
    assert (home / "notebooks" / "notes.txt").exists()
