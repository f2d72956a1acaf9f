"""What students hand in beside a notebook is there while it runs, and comes nowhere where an instructor opens pages."""

import os
import shutil

import nbformat
import numpy as np
import pytest
from nbgrader.utils import find_all_files
from traitlets.config import Config

from autograder.building.notebooks import write_notebook
from autograder.grading import grade
from autograder.intake import beside
from autograder.intake.beside import files_beside, is_kept, remarks
from autograder.judging.judged_run import execute_and_judge
from autograder.nbgrader_config import configure
from autograder.running.execute import Job
from autograder.running.sandbox.protection import LIMITS
from autograder.sample_class import filled

LESSON = "01_dataset"


def write(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"name = {path.name!r}")


def test_all_files_are_there_but_links_notebooks_and_hidden_folders(tmp_path):
    write(tmp_path / "elsewhere", "secret.txt")
    folder = tmp_path / "work"
    write(folder, "helpers.py", "sub/one.npy", "a/b/c.txt", ".hidden", "page.html", "01_dataset.ipynb", "old.IPYNB",
          ".venv/lib/x.py", "__pycache__/helpers.pyc", "__MACOSX/x")
    (folder / "link.txt").symlink_to(tmp_path / "elsewhere" / "secret.txt")
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(folder / "pipe")
    taken, left_out = files_beside(folder)
    assert [str(path.relative_to(folder)) for path in taken] == [".hidden", "helpers.py", "page.html", "sub/one.npy",
                                                                 "a/b/c.txt"]
    assert left_out == []


def test_too_much_is_left_out_and_named(tmp_path, monkeypatch):
    write(tmp_path, "a.txt", "big.npy", "c.txt", "d/e.txt")
    os.truncate(tmp_path / "big.npy", 2**20)
    monkeypatch.setattr(beside, "MAX_BYTES", 2**20 - 1)
    monkeypatch.setattr(beside, "MAX_FILES", 2)
    taken, left_out = files_beside(tmp_path)
    assert [path.name for path in taken] == ["a.txt", "c.txt"]
    (said,) = remarks(taken, left_out, tmp_path)
    assert said.endswith("was not there while the notebook ran: big.npy and d/e.txt.")


def test_a_thousand_folders_in_one_another_are_no_trouble(tmp_path):
    deep = tmp_path.joinpath(*["a"] * 1000)
    folders = list(deep.parents)[:999]
    for folder in [*reversed(folders), deep]:
        folder.mkdir()
    found = files_beside(tmp_path)
    for folder in [deep, *folders]:  # pytest's own cleaning does not reach so far down
        folder.rmdir()
    assert found == ([], [])


@pytest.mark.parametrize("name", [
    "index.html", "INDEX.HTM", "x.svg", "x.svgz", "x.xhtml", "x.xml", "x.mht", "x.js", "x.mjs", "x.pdf", "x.md",
    "x.swf", "x.wasm", "x.vl.json", "page", "x.txt.html", "x.css", "x.pkl", "x.zip", "x.bmp", "x.webp", "x.geojson"])
def test_what_a_browser_may_run_is_not_kept(tmp_path, name):
    assert not is_kept(tmp_path / name)


def test_stock_nbgrader_leaves_pages_out_too(tmp_path):
    write(tmp_path / "work", "helpers.py", "sub/x.SVG", "index.html", "a.pdf", "one.npy")
    ignored = configure(Config(), tmp_path).CourseDirectory.ignore
    found = find_all_files(str(tmp_path / "work"), ignored)
    assert {name.rpartition("/")[2] for name in found} == {"helpers.py", "one.npy"} and "*.pyc" in ignored


def test_names_of_what_is_installed_are_said(tmp_path):
    write(tmp_path, "helpers.py", "numpy.py", "kws_helpers/__init__.py", "random.py", "data/keras.py", "autograder.py")
    said = remarks(*files_beside(tmp_path), tmp_path)
    assert len(said) == 1 and ": autograder, kws_helpers, numpy, random. While" in said[0]


def test_modules_and_data_are_there_as_at_the_desk(tmp_path):
    """And what is called like something installed does not stand in for it."""
    write(tmp_path, "helpers.py", "tools/__init__.py", "tools/inner.py", "numpy.py", "keras.py", "sitecustomize.py",
          "matplotlib_inline.py", "kws_helpers/__init__.py", "kws_helpers/data.py", "autograder/__init__.py", "comm.py")
    (tmp_path / "sub").mkdir()
    np.save(tmp_path / "sub" / "one.npy", np.ones(3))
    before = sorted(tmp_path.rglob("*"))
    cells = ["import helpers, tools.inner; helpers.name + tools.inner.name",
             "import numpy as np; float(np.load('sub/one.npy').sum())",
             "%%writefile written.py\nname = 'written'", "import written; written.name",
             "open('helpers.py', 'a').write('changed') > 0",
             "import kws_helpers.data, importlib.util, os\n[name for name in ('numpy', 'keras', 'matplotlib_inline', "
             "'kws_helpers', 'kws_helpers.data', 'autograder', 'comm')\n"
             " if (importlib.util.find_spec(name).origin or '').startswith(os.getcwd())]"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    done = execute_and_judge(Job(nbformat.writes(notebook), str(tmp_path)), seed=0).executed
    shown = [[output.get("data", output).get("text/plain", output) for output in cell.outputs if
              output.output_type != "stream"] for cell in nbformat.reads(done.notebook, as_version=4).cells]
    assert shown == [["'helpers.pyinner.py'"], ["3.0"], [], ["'written'"], ["True"], ["[]"]]
    assert sorted(tmp_path.rglob("*")) == before and "changed" not in (tmp_path / "helpers.py").read_text()


def test_only_harmless_kinds_come_to_where_pages_are_opened(tmp_path, ready, pretended):
    folder = tmp_path / "submitted" / "ada" / LESSON / "deeper"
    write_notebook(filled(LESSON, {}), folder / f"{LESSON}.ipynb")
    write(folder, "helpers.py", "sub/one.npy", "index.html", "sub/x.svg", "x.js", "numpy.py", "y.pdf")
    result = grade.grade_class(tmp_path / "submitted", ready, workers=1, protection=LIMITS)
    assert result.complete and pretended == [LESSON], "the notebook works in the folder in which it lay"
    files = [*(ready / "submitted").rglob("*"), *(ready / "autograded").rglob("*")]
    names = {path.name for path in files if path.is_file()}
    assert names == {f"{LESSON}.ipynb", "helpers.py", "one.npy", "numpy.py"}
    assert (ready / "autograded" / "ada" / LESSON / "sub" / "one.npy").exists()
    notes = " ".join(result.notes["ada", LESSON])
    assert "index.html, x.js, y.pdf and sub/x.svg" in notes and "installed ones: numpy." in notes
    shutil.rmtree(ready / "graded")
    assert grade.grade_class(tmp_path / "submitted", ready, workers=1, protection=LIMITS).complete
