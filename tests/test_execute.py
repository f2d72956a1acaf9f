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


def test_cells_run_in_order_and_go_on_after_an_error(tmp_path):
    done, cells = run(tmp_path, "a = 20", "1 / 0", "a + 1.5")
    assert done.problem == ""
    assert errors(cells[1]) == ["ZeroDivisionError"]
    assert cells[2].outputs[0].data["text/plain"] == "21.5"


def test_the_environment_and_a_copy_of_the_folder_reach_the_kernel(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    _, cells = run(tmp_path, "import os; (os.environ['COLOUR'], open('notes.txt').read(), open('new', 'w').write('x'))",
                   environment={"COLOUR": "blue"})
    assert ast.literal_eval(cells[0].outputs[0].data["text/plain"]) == ("blue", "mine", 1)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_an_endless_loop_is_interrupted_and_the_next_cell_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CELL_SECONDS", 2)
    done, cells = run(tmp_path, "while True: pass", "0.5")
    assert done.problem == ""
    assert errors(cells[0]) == ["TimeLimit"]
    assert cells[1].outputs[0].data["text/plain"] == "0.5"


def test_a_loop_that_cannot_be_interrupted_ends_the_notebook(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CELL_SECONDS", 2)
    stubborn = "import time\nwhile True:\n    try:\n        time.sleep(1)\n    except BaseException:\n        pass"
    done, cells = run(tmp_path, "1.5", stubborn, "0.5")
    assert "could not be interrupted" in done.problem
    assert cells[0].outputs[0].data["text/plain"] == "1.5"
    assert errors(cells[1]) == errors(cells[2]) == ["NotFinished"]


def test_the_notebook_as_a_whole_has_a_limit(tmp_path):
    done, cells = run(tmp_path, "1.5", "import time; time.sleep(60)", "0.5", seconds=4)
    assert "out of time" in done.problem
    assert cells[0].outputs[0].data["text/plain"] == "1.5"
    assert errors(cells[1]) and errors(cells[2]) == ["NotFinished"]


@pytest.mark.parametrize("end", ["import os; os._exit(0)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
def test_a_dead_kernel_leaves_errors_and_not_empty_cells(tmp_path, end):
    done, cells = run(tmp_path, "1.5", end, "0.5")
    assert "Python died" in done.problem
    assert cells[0].outputs[0].data["text/plain"] == "1.5"
    assert errors(cells[1]) == errors(cells[2]) == ["NotFinished"]


def test_one_process_that_asks_for_too_much_gets_an_error(tmp_path):
    _, cells = run(tmp_path, f"bytearray({limits().memory})", "0.5")
    assert errors(cells[0]) == ["MemoryError"]
    assert cells[1].outputs[0].data["text/plain"] == "0.5"


def test_asking_for_input_is_an_error(tmp_path):
    _, cells = run(tmp_path, "input()", "0.5")
    assert errors(cells[0]) == ["StdinNotImplementedError"]
    assert cells[1].outputs[0].data["text/plain"] == "0.5"


def test_endless_output_is_cut_off(tmp_path):
    done, cells = run(tmp_path, "for _ in range(3000): print('x' * 1000)", "0.5")
    assert len(done.notebook) < 2 * module.MAX_OUTPUT
    assert cells[1].outputs[0].data["text/plain"] == "0.5"


def test_nothing_that_a_notebook_started_stays_behind(tmp_path):
    mark = f"sleep 98{os.getpid()}"
    run(tmp_path, f"import subprocess; subprocess.Popen({mark.split()!r}); 0.5")
    deadline = time.monotonic() + 10
    while any(process.info["cmdline"] == mark.split() for process in psutil.process_iter(["cmdline"])):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_several_notebooks_run_at_once_without_disturbing_each_other(tmp_path):
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda value: run(tmp_path, f"x = {value}", "float(x)"), range(6)))
    assert [cells[1].outputs[0].data["text/plain"] for _, cells in results] == [f"{value}.0" for value in range(6)]
