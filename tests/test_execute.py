"""A notebook is executed within its limits, whatever it does."""

import ast
import os
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
import psutil
import pytest

from autograder.running import execute as module
from autograder.running.execute import Job, execute
from autograder.running.sandbox.limits import limits


def run(folder, *sources, **options):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    done = execute(Job(nbformat.writes(nbformat.v4.new_notebook(cells=cells)), str(folder), **options))
    return done, nbformat.reads(done.notebook, as_version=4).cells


def errors(cell):
    return [output.ename for output in cell.outputs if output.output_type == "error"]


def shown(cell):
    return ast.literal_eval(cell.outputs[0].data["text/plain"])


LEFT = f"sleep 98{os.getpid()}".split()
CELLS = {
    "a": "a = 20",
    "error": "1 / 0",
    "order": "a + 1.5",
    "place": "import os; (os.environ['COLOUR'], open('notes.txt').read(), open('new', 'w').write('x'))",
    "memory": f"bytearray({limits().memory})",
    "input": "input()",
    "endless": "for _ in range(3000): print('x' * 1000)",
    "left": f"import subprocess; subprocess.Popen({LEFT!r}); 0.5",
}


@pytest.fixture(scope="module")
def gone_wrong(tmp_path_factory):
    """A notebook in which much goes wrong and every cell is carried out: its cells by name, and its folder."""
    folder = tmp_path_factory.mktemp("executed")
    (folder / "notes.txt").write_text("mine")
    done, cells = run(folder, *CELLS.values(), environment={"COLOUR": "blue"})
    assert done.problem == "" and len(done.notebook) < 2 * module.MAX_OUTPUT
    return dict(zip(CELLS, cells)), folder


@pytest.mark.parametrize("name, error", [("error", "ZeroDivisionError"), ("memory", "MemoryError"),
                                         ("input", "StdinNotImplementedError")])
def test_an_error_is_shown_and_the_next_cells_run(gone_wrong, name, error):
    cells, _ = gone_wrong
    assert errors(cells[name]) == [error]
    assert [shown(cells[name]) for name in ("order", "left")] == [21.5, 0.5]


def test_the_environment_and_a_copy_of_the_folder_reach_the_kernel(gone_wrong):
    cells, folder = gone_wrong
    assert shown(cells["place"]) == ("blue", "mine", 1)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


def test_endless_output_is_cut_off(gone_wrong):
    assert sum(len(output.text) for output in gone_wrong[0]["endless"].outputs) <= module.MAX_OUTPUT


def test_nothing_that_a_notebook_started_stays_behind(gone_wrong):
    deadline = time.monotonic() + 10
    while any(process.info["cmdline"] == LEFT for process in psutil.process_iter(["cmdline"])):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_an_endless_loop_is_interrupted_and_the_next_cell_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CELL_SECONDS", 1)
    done, cells = run(tmp_path, "while True: pass", "0.5")
    assert done.problem == ""
    assert errors(cells[0]) == ["TimeLimit"]
    assert shown(cells[1]) == 0.5


def test_a_loop_that_cannot_be_interrupted_ends_the_notebook(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CELL_SECONDS", 1)
    monkeypatch.setattr(module, "INTERRUPT_SECONDS", 2)
    stubborn = "import time\nwhile True:\n    try:\n        time.sleep(1)\n    except BaseException:\n        pass"
    done, cells = run(tmp_path, "1.5", stubborn, "0.5")
    assert "could not be interrupted" in done.problem
    assert shown(cells[0]) == 1.5
    assert errors(cells[1]) == errors(cells[2]) == ["NotFinished"]


def test_the_notebook_as_a_whole_has_a_limit(tmp_path):
    done, cells = run(tmp_path, "1.5", "import time; time.sleep(60)", "0.5", seconds=2)
    assert "out of time" in done.problem
    assert shown(cells[0]) == 1.5
    assert errors(cells[1]) and errors(cells[2]) == ["NotFinished"]


@pytest.mark.parametrize("end", ["import os; os._exit(0)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
def test_a_dead_kernel_leaves_errors_and_not_empty_cells(tmp_path, end):
    done, cells = run(tmp_path, "1.5", end, "0.5")
    assert "Python died" in done.problem
    assert shown(cells[0]) == 1.5
    assert errors(cells[1]) == errors(cells[2]) == ["NotFinished"]


def test_several_notebooks_run_at_once_without_disturbing_each_other(tmp_path):
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda value: run(tmp_path, f"x = {value}", "float(x)"), range(6)))
    assert [shown(cells[1]) for _, cells in results] == list(range(6))
