"""What a student's notebook can see, use and change, seen from inside a kernel in a real sandbox."""

import ast
import os
import queue
import shutil
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from typer.testing import CliRunner

from autograder.__main__ import BAD_USAGE, app
from autograder.building.paths import ROOT, SOLUTIONS
from autograder.judging.judged_run import execute_and_judge
from autograder.running import execute
from autograder.running.execute import Job
from autograder.running.sandbox import launcher, provisions, warm
from autograder.running.sandbox.limits import limits
from autograder.running.sandbox.protection import LIMITS, SANDBOX, best_protection
from autograder.running.sandbox.watcher import Watcher

SECRET = "KWS_TEST_SECRET"

needs_sandbox = pytest.mark.skipif(bool(launcher.trouble()) and os.environ.get("KWS_REQUIRE_SANDBOX") != "1",
                                   reason=launcher.trouble() or "there is a sandbox")
only_warm = pytest.mark.parametrize("walls", ["warm"], indirect=True)
not_warm = pytest.mark.parametrize("walls", ["bubblewrap", "own"], indirect=True)  # what is no kernel is never forked


@pytest.fixture(scope="module", params=["warm", "bubblewrap", "own"])
def walls(request, tmp_path_factory):
    """Walls of all kinds: around a forked kernel; by bubblewrap; the autograder's own, where bubblewrap is missing."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "warm":
            if not warm.zygote() and os.environ.get("KWS_REQUIRE_SANDBOX") != "1":
                pytest.skip(warm.trouble())
            assert warm.zygote(), warm.trouble()
            yield request.param
            return
        patch.setattr(warm, "zygote", lambda: None)
        if request.param == "own":
            patch.setenv("PATH", str(tmp_path_factory.mktemp("nothing")))
        elif not shutil.which("bwrap") and os.environ.get("KWS_REQUIRE_SANDBOX") != "1":
            pytest.skip("bubblewrap is not installed")
        assert (launcher.name() == "bubblewrap") == (request.param == "bubblewrap")
        yield request.param


def run(folder, *sources, protection=SANDBOX, **options):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    job = Job(nbformat.writes(nbformat.v4.new_notebook(cells=cells)), str(folder), protection=protection, **options)
    done = execute_and_judge(job, seed=0).executed
    return done, nbformat.reads(done.notebook, as_version=4).cells


def value(cell):
    """The value of a cell's last line."""
    shown = [output for output in cell.outputs if output.output_type == "execute_result"]
    assert shown, cell.outputs
    return ast.literal_eval(shown[0].data["text/plain"])


def errors(cell):
    return [output.ename for output in cell.outputs if output.output_type == "error"]


LOOK = """
import os
from pathlib import Path

def seen(path):
    try:
        return any(Path(path).iterdir()) if Path(path).is_dir() else bool(Path(path).read_bytes())
    except OSError:
        return False

def writes(path):
    try:
        (Path(path) / "written").write_bytes(b"x")
        return True
    except OSError:
        return False

def changes(path):
    try:
        Path(path).open("ab").close()
        return True
    except OSError:
        return False
"""


FILL = """
def fill(folder):
    taken = 0
    for number in range(20):
        try:
            with open(f'{folder}/{number}', 'wb', buffering=0) as file:
                while True:
                    taken += file.write(bytes(2**22))
        except OSError:
            pass
    return taken
"""
MASKS = ("numpy", "keras", "autograder", "librosa", "comm", "traitlets", "zmq", "sitecustomize")
"""Names of what kernels and the judge import, given to modules beside a notebook."""
LEFT = ["sleep", f"97{os.getpid()}"]


@pytest.fixture(scope="module")
def server():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()


@pytest.fixture(scope="module")
def inside(tmp_path_factory, shared_cache, server, walls):
    """One notebook that looks around; returns what it found, by name, and the folder of its files."""
    place = tmp_path_factory.mktemp("class")
    folder, other = place / "ada", place / "ben"
    (folder / "data").mkdir(parents=True)
    other.mkdir()
    (folder / "notes.txt").write_text("mine")
    (folder / "01_dataset.ipynb").write_text("{}")
    for name in ("mine.py", "tools/inner.py", *(f"{one}.py" for one in MASKS), "kws_helpers/__init__.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("mask = True")
    (folder / "data" / "clip.txt").write_text("mine too")
    (folder / "link").symlink_to(other / "notes.txt")
    (folder / "link-to-folder").symlink_to(ROOT / "solutions")
    (folder / "link-to-system").symlink_to("/etc/passwd")
    (other / "notes.txt").write_text("another student's")
    (place / "gradebook.db").write_text("everybody's points")
    hidden = [other / "notes.txt", place / "gradebook.db", folder / "notes.txt", SOLUTIONS, ROOT / "autograder",
              ROOT / "tests", ROOT / "pyproject.toml", Path("/etc/passwd"), *Path.home().glob(".*rc")]
    looks = {
        "address": f"import socket\ntry:\n    socket.create_connection({server!r}, timeout=2); answer = 'reached'\n"
                   "except OSError:\n    answer = ''\nanswer",
        "interfaces": "import socket; [name for _, name in socket.if_nameindex()]",
        "environment": "dict(os.environ)",
        "hidden": f"[path for path in {[str(path) for path in hidden]} if seen(path)]",
        "home": f"[str(path) for path in Path({str(Path.home())!r}).glob('*')], os.getcwd(), os.path.expanduser('~')",
        "files": "sorted(path for path in os.listdir('.') if path[0] != '.'), Path('notes.txt').read_text()",
        "modules": "import mine, tools.inner, numpy, keras, kws_helpers.check, autograder, librosa, comm\n"
                   "[one.__name__ for one in (mine, tools.inner, numpy, keras, kws_helpers, autograder, librosa, comm) "
                   "if hasattr(one, 'mask')]",
        "links": "[name for name in ('link', 'link-to-folder', 'link-to-system') if seen(name)]",
        "writable": "import sys, kws_helpers; [path for path in (sys.prefix, sys.base_prefix, '/', '/usr', '/etc', "
                    "'/dev', '/run', '/run/files', os.environ['KWS_CACHE'], os.path.dirname(kws_helpers.__file__)) "
                    "if writes(path)]",
        "changeable": "import kws_helpers, os; [path for path in ('/proc/sys/kernel/core_pattern', sys.executable, "
                      "kws_helpers.__file__, os.__file__, *map(str, Path(os.environ['KWS_CACHE']).iterdir())) "
                      "if changes(path)]",
        "own": "[path for path in ('.', '/tmp', '/dev/shm') if writes(path)]",
        "mounts": "[line.split()[1] for line in open('/proc/self/mounts') if line.split()[3].startswith('rw')]",
        "identity": "os.getuid(), socket.gethostname(), [name for name in os.listdir('/proc') if name.isdigit()]",
        "first": "os.readlink('/proc/1/exe'), Path('/proc/1/environ').read_text()",
        "read only": "[bool(os.statvfs(f'/proc/{number}/exe').f_flag & os.ST_RDONLY) for number in (1, 'self')]",
        "powers": "[line.split()[1] for line in open('/proc/self/status')"
                  " if line.startswith(('CapEff', 'CapPrm', 'NoNewPrivs'))]",
        "namespaces": "import subprocess; subprocess.run(['unshare', '--user', 'true'], stderr=-3).returncode != 0",
        "package": "import autograder; autograder.__file__, sorted(os.listdir(os.path.dirname(autograder.__file__)))",
        "recordings": "from kws_helpers import data, features; features.prepare(data.load()).training.x.shape",
        "memory": f"bytearray({limits().memory})",
        "filled": f"{FILL}\nfill('.'), fill('/tmp'), fill('/dev/shm'), fill('/run/kernel')",
        "left": f"import subprocess; subprocess.Popen({LEFT!r}, start_new_session=True); 0.5",
    }
    os.environ[SECRET] = "the instructor's"
    try:
        done, cells = run(folder, LOOK, *looks.values())
    finally:
        del os.environ[SECRET]
    assert done.problem == "" and not errors(cells[0])
    return dict(zip(looks, cells[1:])), folder


@needs_sandbox
@pytest.mark.parametrize("look, found", [
    ("address", ""), ("interfaces", ["lo"]), ("hidden", []), ("links", []), ("modules", ["mine", "tools.inner"]),
    ("writable", []), ("changeable", []), ("own", [".", "/tmp", "/dev/shm"]), ("powers", ["0" * 16, "0" * 16, "1"]),
    ("namespaces", True), ("read only", [True, True])])
def test_a_notebook_sees_and_changes_only_what_is_its_own(inside, look, found):
    """Modules beside it are found but replace nothing; nothing outside can be reached, seen or written."""
    assert value(inside[0][look]) == found


@needs_sandbox
def test_the_instructors_environment_stays_outside(inside):
    found, _ = inside
    environment = value(found["environment"])
    assert SECRET not in environment
    assert "the instructor's" not in environment.values()
    assert environment["HOME"] == "/student"


@needs_sandbox
def test_a_student_has_their_own_files_and_nothing_else_at_home(inside):
    found, _ = inside
    at_home, *own = value(found["home"])
    assert own == ["/student", "/student"]
    assert all(any(path.is_relative_to(one) for path in launcher.shown_python()) for one in at_home)
    names, text = value(found["files"])
    assert set(names) >= {"notes.txt", "data"} and not any(name.endswith(".ipynb") for name in names)
    assert text == "mine"


@needs_sandbox
def test_whatever_can_be_written_is_memory_of_a_fixed_size(inside):
    found, folder = inside
    devices = {f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom", "tty", "pts", "console")}
    assert set(value(found["mounts"])) - devices == {"/tmp", "/dev/shm", "/student", "/run/kernel"}
    assert max(value(found["filled"])) <= limits().folder
    assert sorted(path.name for path in folder.iterdir()) == sorted([
        "01_dataset.ipynb", "data", "kws_helpers", "link", "link-to-folder", "link-to-system", "mine.py", "notes.txt",
        "tools", *(f"{name}.py" for name in MASKS)])


@needs_sandbox
def test_a_student_is_nobody_and_alone(inside):
    """Not even the first process brings anything in from outside: its program and environment are the sandbox's."""
    found, _ = inside
    user, host, processes = value(found["identity"])
    assert (user, host) == (1000, "sandbox")
    assert len(processes) <= 3
    program, environment = value(found["first"])
    assert Path(program).is_relative_to("/usr/bin") or Path(program) == Path(sys.executable).resolve()
    assert "HOME=/student" in environment and SECRET not in environment


@needs_sandbox
def test_the_probe_is_all_there_is_of_the_autograder(inside):
    found, _ = inside
    _, names = value(found["package"])
    assert {name for name in names if name != "__pycache__"} == {
        "__init__.py", "judge.py", "operations.py", "plain_data.py", "protocol.py"}


@needs_sandbox
def test_the_recordings_are_there_and_need_not_be_decoded(inside):
    found, _ = inside
    assert value(found["recordings"])[1:] == (49, 40)
    assert not [output for output in found["recordings"].outputs if output.output_type == "stream"]


@needs_sandbox
def test_too_much_memory_is_an_error_and_nothing_that_was_started_stays_behind(inside):
    found, _ = inside
    assert errors(found["memory"]) == ["MemoryError"]
    assert value(found["left"]) == 0.5
    assert not [process for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"] == LEFT]


@needs_sandbox
@not_warm
def test_the_autograder_is_hidden_where_it_lies_among_packages_that_are_shown(walls, monkeypatch):
    shown = [ROOT, *launcher.shown_python()]
    monkeypatch.setattr(launcher, "shown_python", lambda: shown)
    folders = [str(ROOT / name) for name in ("autograder", "solutions", "tests", "docs")]
    look = f"import os; print([bool(os.listdir(folder)) for folder in {folders}])"
    done = subprocess.run(launcher.command([sys.executable, "-c", look], limits()), capture_output=True, text=True,
                          check=True)
    assert ast.literal_eval(done.stdout) == [False, False, False, True]


PROCESSES = """
import os, time
for _ in range(9):  # 2 to the power of 9, if nobody stops it
    os.fork()
time.sleep(99)
"""
MEMORY = """
import os, time
for _ in range(12):
    if not os.fork():
        os.setsid()
        taken = b"x" * (3 * 10**8)
        time.sleep(99)
time.sleep(99)
"""


@needs_sandbox
@pytest.mark.parametrize("bomb, ends", [(PROCESSES, "more than 128 processes"), (MEMORY, "GB of memory")])
def test_what_many_processes_take_ends_the_kernel_and_nothing_else(tmp_path, shared_cache, walls, monkeypatch, bomb,
                                                                   ends):
    monkeypatch.setenv("KWS_MEMORY_GB", "2")
    done, cells = run(tmp_path, "1.5", bomb, "0.5")
    assert ends in done.problem
    assert value(cells[0]) == 1.5
    assert errors(cells[1]) == errors(cells[2]) == ["NotFinished"]
    if walls == "warm":  # all kernels are forked from one process
        assert value(run(tmp_path, "2.5")[1][0]) == 2.5


@needs_sandbox
def test_gigabytes_of_output_do_not_fill_the_graders_memory(tmp_path, shared_cache, monkeypatch):
    monkeypatch.setattr(execute, "CELL_SECONDS", 3)  # a kernel that was hung up on waits for twice as long
    monkeypatch.setattr(execute, "INTERRUPT_SECONDS", 2)
    before = psutil.Process().memory_info().rss
    flood = ("from IPython.display import display\nfor _ in range(30):\n"
             "    display({'text/plain': 'x' * 5 * 10**7}, raw=True)")
    done, _ = run(tmp_path, flood, "0.5")
    assert len(done.notebook) < 3_000_000
    assert psutil.Process().memory_info().rss - before < 2**29


@needs_sandbox
def test_an_endless_loop_is_interrupted_and_the_next_cell_runs(tmp_path, shared_cache, walls, monkeypatch):
    monkeypatch.setattr(execute, "CELL_SECONDS", 1)
    done, cells = run(tmp_path, "while True: pass", "0.5")
    assert done.problem == ""
    assert errors(cells[0])
    assert value(cells[1]) == 0.5


def test_processes_are_counted_while_their_memory_cannot_be_told():
    asked, told, reasons = threading.Event(), threading.Event(), queue.SimpleQueue()

    def memory(enough):
        asked.set()
        told.wait(60)
        return 0

    usage = SimpleNamespace(processes=lambda: 1000 if asked.is_set() else 1, memory=memory)
    watcher = Watcher(usage, limits(), reasons.put)
    watcher.start()
    assert "processes" in reasons.get(timeout=30)
    told.set()


GRADER = """
import os, subprocess, sys, time
from autograder.running.sandbox import launcher
from autograder.running.sandbox.limits import limits
from autograder.running.sandbox.watcher import Inmates
read, write = os.pipe()
subprocess.Popen(launcher.command(sys.argv[1:], limits(), info=write), pass_fds=[write])
os.close(write)
first = launcher.first_process(read)
while not Inmates(first).processes():
    time.sleep(0.1)
print(first, flush=True)
input()
"""


@needs_sandbox
@not_warm
def test_a_sandbox_ends_with_the_grader_however_that_ends(walls):
    with subprocess.Popen([sys.executable, "-c", GRADER, "/usr/bin/sleep", "99"], cwd=ROOT, text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as grader:
        first = psutil.Process(int(grader.stdout.readline()))
        assert first.is_running()
        grader.kill()
    first.wait(timeout=30)


TRACES = """
import os, random
from pathlib import Path
import numpy as np

def found():
    places = Path("/tmp"), Path.home(), Path("/dev/shm"), Path("/run/kernel")
    return sorted(str(path) for place in places for path in place.glob("left-by-a-kernel"))

before = found()
for place in ("/tmp", Path.home(), "/dev/shm"):
    Path(place, "left-by-a-kernel").touch()
numbers = [random.random(), np.random.random(), np.random.default_rng().random()]
before, len(found()), numbers, [path.name for path in Path(os.environ["KWS_SCRATCH"]).parent.iterdir()]
"""


@needs_sandbox
@only_warm
def test_kernels_of_one_zygote_know_nothing_of_each_other(tmp_path, shared_cache, walls):
    kernels = [warm.zygote().folder / name for name in ("one", "other")]
    with ThreadPoolExecutor(2) as pool:
        (_, [one]), (_, [other]) = pool.map(
            lambda kernel: run(tmp_path, TRACES, environment={"KWS_SCRATCH": str(kernel)}), kernels)
    for before, after, _, folders in (value(one), value(other)):
        assert before == [] and after == 3
        assert len(folders) == 1
    assert not set(value(one)[2]) & set(value(other)[2])


@needs_sandbox
@only_warm
def test_a_zygote_that_has_ended_is_replaced(tmp_path, shared_cache, walls):
    first = warm.zygote()
    first._process.kill()
    first._process.wait()
    done, [cell] = run(tmp_path, "6 * 7")
    assert done.problem == "" and value(cell) == 42
    assert warm.zygote().alive() and warm.zygote() is not first and not first.folder.exists()


@needs_sandbox
@only_warm
def test_a_zygote_serves_the_cache_of_the_moment(tmp_path, shared_cache, walls, monkeypatch):
    other = tmp_path / "other"
    shutil.copytree(provisions.prepared(), other / "grading", copy_function=os.link)
    look = "import os; os.environ['KWS_CACHE'], bool(os.listdir(os.environ['KWS_CACHE']))"
    before = provisions.prepared()
    assert value(run(tmp_path, look)[1][0]) == (str(before), True)
    with monkeypatch.context() as patch:
        patch.setenv("KWS_CACHE", str(other))
        assert value(run(tmp_path, look)[1][0]) == (str(other / "grading"), True)
    assert value(run(tmp_path, look)[1][0]) == (str(before), True)


@needs_sandbox
@only_warm
def test_a_kernel_that_cannot_be_started_is_told_of_and_the_next_one_starts(tmp_path, shared_cache, walls, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(launcher, "HOME", "/proc/nowhere")
        with pytest.raises(RuntimeError, match="nowhere"):
            run(tmp_path, "1")
    assert value(run(tmp_path, "6 * 7")[1][0]) == 42


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces are Linux's")
@pytest.mark.parametrize("options, complaint", [(["--share-net"], "--share-net is not known"),
                                                (["--ro-bind", "/nowhere", "/nowhere"], "mount(/.old/nowhere")])
def test_walls_that_cannot_be_built_as_told_are_not_built(options, complaint):
    words = ["--hostname", "sandbox", "--uid", "1000", "--gid", "1000", "--chdir", "/", *options, "--", "/bin/true"]
    done = subprocess.run([sys.executable, "-I", "-S", Path(launcher.__file__).with_name("walls.py"), *words],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert complaint in done.stderr and done.stderr.count("\n") == 1


NO_NAMESPACES = ["/usr/bin/unshare", "--user", "--map-root-user", "/bin/sh", "-c",
                 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"', "sh"]


def command(*arguments, under=(), **environment):
    return subprocess.run([*under, sys.executable, "-m", "autograder", *arguments], cwd=ROOT,
                          env=os.environ | {"COLUMNS": "200"} | environment,
                          capture_output=True, text=True, check=False)


@needs_sandbox
@not_warm
def test_the_doctor_says_that_the_sandbox_holds(walls):
    done = command("doctor")
    assert launcher.name() in done.stdout
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✘" not in done.stdout


@needs_sandbox
def test_without_bubblewrap_and_namespaces_the_doctor_says_so(tmp_path):
    done = command("doctor", under=NO_NAMESPACES, PATH=str(tmp_path))
    assert done.returncode == 3
    assert "apt install bubblewrap" in done.stdout and "unshare()" in done.stdout


def test_without_a_sandbox_a_class_is_not_graded_unless_that_is_allowed(tmp_path, monkeypatch):
    monkeypatch.setattr(launcher, "trouble", lambda: "it is not there")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))  # with alembic, whatever `walls` did
    (tmp_path / "submitted" / "ada" / "01_dataset").mkdir(parents=True)
    arguments = ["grade", str(tmp_path / "submitted"), "--output", str(tmp_path / "out")]
    done = CliRunner().invoke(app, arguments, env={"COLUMNS": "300"})
    assert done.exit_code == BAD_USAGE
    assert "it is not there" in done.output and "--unsafe" in done.output
    assert not (tmp_path / "out").exists()
    done = CliRunner().invoke(app, [*arguments, "--unsafe"])
    assert done.exit_code == 0, done.output
    assert "without a sandbox" in done.stderr
    assert "without a sandbox" in (tmp_path / "out" / "report.html").read_text()


def test_the_best_protection_is_the_sandbox_where_there_is_one():
    assert best_protection() == (LIMITS if launcher.trouble() else SANDBOX)
