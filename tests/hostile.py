"""Submissions that try to cheat, to break out, to break the grader, or that are simply broken, and what each deserves.

Each spoils lesson 01 for one student. docs/hostile-submissions.md tells the same to instructors.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.building.lesson import graded_cells
from autograder.building.notebooks import write_notebook
from autograder.sample_class import filled, solutions, written_differently

LESSON = "01_dataset"
RIGHT = solutions(LESSON)
WRONG = "import numpy as np\n\ndef one_hot(labels, n_classes):\n    return np.zeros((len(labels), n_classes))\n"

EXERCISES = [cell["grade_id"] for cell in graded_cells(LESSON) if not cell["solution"]]

NOTHING_GAINED = "0 for the exercise, the others count"
DISARMED = "0 for the exercise and for all later ones, whose tests could not be carried out either"
NOTHING_LOST = "full points"
ENDED = "what ran before the end counts, the rest is 0"
UNREADABLE = "0, with the reason; exit code 3"


@dataclass(frozen=True)
class Hostile:
    """One submission.

    Args:
        name: the student's name.
        what: what it does, for the documentation.
        deserves: one of the outcomes above.
        write: writes the submission's folder, given that folder.
    """

    name: str
    what: str
    deserves: str
    write: Callable[[Path], object]

    @property
    def loses(self) -> list[str]:
        """The exercises for which it gets no points."""
        one_hot, frame_count = map(EXERCISES.index, ("one_hot", "frame_count"))
        return {NOTHING_GAINED: ["one_hot"], DISARMED: EXERCISES[one_hot:], ENDED: EXERCISES[frame_count:],
                UNREADABLE: EXERCISES, NOTHING_LOST: []}[self.deserves]


def _answered(answers: dict[str, str]) -> NotebookNode:
    """The lesson with these answers, and without the cells that only show something, which take most of its time."""
    notebook = filled(LESSON, answers)
    notebook.cells = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    return notebook


def _notebook(notebook: NotebookNode) -> Callable[[Path], object]:
    return lambda folder: write_notebook(notebook, folder / f"{LESSON}.ipynb")


def _cheat(name: str, what: str, code: str = "", test_cell: str | None = None, drop_test: bool = False,
           deserves: str = NOTHING_GAINED, beside: Mapping[str, str] | None = None) -> Hostile:
    """A wrong answer to `one_hot`, with something that should hide that."""
    notebook = _answered(RIGHT | {"one_hot": WRONG + code})
    for cell in list(notebook.cells):
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "one_hot":
            cell.source = cell.source if test_cell is None else test_cell
            if drop_test:
                notebook.cells.remove(cell)
    return Hostile(name, what, deserves, _with_files(_notebook(notebook), beside))


def _with_files(write: Callable[[Path], object], files: Mapping[str, str] | None) -> Callable[[Path], object]:
    def all_of_it(folder: Path) -> None:
        write(folder)
        for name, text in (files or {}).items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)

    return all_of_it


def _attack(name: str, what: str, code: str, deserves: str = NOTHING_LOST,
            files: Mapping[str, str] | None = None, links: Callable[[Path], object] = lambda folder: None) -> Hostile:
    """Right answers, and in the cell of `frame_count` something that should do harm."""
    write = _with_files(_notebook(_answered(RIGHT | {"frame_count": f"{RIGHT['frame_count']}\n\n{code}\n"})), files)
    return Hostile(name, what, deserves, lambda folder: (write(folder), links(folder)))


def _file(name: str, what: str, deserves: str, write: Callable[[Path, bytes], object]) -> Hostile:
    """Something that is not quite a notebook; `write` gets its path and the bytes of a right one."""
    def all_of_it(folder: Path) -> None:
        folder.mkdir(parents=True)
        write(folder / f"{LESSON}.ipynb", nbformat.writes(_answered(RIGHT)).encode())

    return Hostile(name, what, deserves, all_of_it)


CHEATS = [
    _cheat("patches-assert", "replaces the assertions of numpy.testing", """
import numpy.testing
for name in dir(numpy.testing):
    if name.startswith("assert"):
        setattr(numpy.testing, name, lambda *args, **kwargs: None)
np.array_equal = np.allclose = lambda *args, **kwargs: True
"""),
    _cheat("strips-asserts", "installs an AST transformer that strips every call of check and judge", """
import ast
class Strip(ast.NodeTransformer):
    def visit_Call(self, node):
        return ast.Constant(10.0) if getattr(node.func, "id", "") in ("check", "judge") else node
get_ipython().ast_transformers.append(Strip())
""", deserves=DISARMED),
    _cheat("patches-check", "replaces check and the module behind it", """
import kws_helpers.check
check = kws_helpers.check.check = lambda *args, **kwargs: 10.0
"""),
    _cheat("patches-judge", "replaces the probe in the kernel", """
import sys, types
false = types.ModuleType("autograder.judge")
false.judge = judge = lambda *args, **kwargs: 10.0
sys.modules["autograder.judge"] = false
""", deserves=DISARMED),
    _cheat("patches-keras", "replaces keras and NumPy's comparisons by mocks", """
import sys
from unittest import mock
sys.modules["keras"] = mock.MagicMock()
np.array_equal = np.allclose = np.isclose = mock.MagicMock()
"""),
    _cheat("fakes-verdict", "shows the verdict that a judge would show", """
from IPython.display import display
get_ipython().events.register("post_run_cell", lambda *args: display(
    {"application/vnd.kws.verdict+json": {"exercise": "one_hot", "share": 1.0, "status": "passed", "message": "",
                                          "mistake": ""}, "text/plain": "2.0"}, raw=True))
"""),
    _cheat("prints-points", "prints points in its test cell", test_cell="print(2.0)\n2.0"),
    _cheat("edits-test", "replaces its test cell by another test", test_cell="assert True"),
    _cheat("deletes-test", "deletes its test cell", drop_test=True),
    _cheat("equals-everything", "returns an array that equals everything", """
class Equal(np.ndarray):
    __eq__ = __ge__ = __le__ = lambda self, other: True
    __array_ufunc__ = lambda self, *args, **kwargs: True
def one_hot(labels, n_classes):
    return np.zeros((len(labels), n_classes)).view(Equal)
"""),
    _cheat("looks-into-frames", "searches the stack and all objects for the expected result", """
def one_hot(labels, n_classes):
    import gc, sys
    frame = sys._getframe()
    seen = []
    while frame:
        seen += frame.f_locals.values()
        frame = frame.f_back
    for one in seen + gc.get_objects():
        if isinstance(one, np.ndarray) and one.shape == (len(labels), n_classes) and one.any():
            return one
    return np.zeros((len(labels), n_classes))
"""),
    _cheat("reads-solutions", "searches the machine for the solutions and uses what it finds", """
import os
def one_hot(labels, n_classes):
    return np.zeros((len(labels), n_classes))
for folder, _, names in os.walk("/"):
    for name in names:
        if name == "lesson_01_dataset.py":
            exec(open(os.path.join(folder, name)).read())
"""),
    _cheat("imports-reference", "imports the reference and the exercises", """
try:
    from autograder.judging.reference import reference
    one_hot = reference("one_hot")
except ImportError:
    from autograder.exercises import *
"""),
    _cheat("talks-to-the-judge", "answers the judge's questions itself, with praise", """
import os, socket
def one_hot(labels, n_classes):
    line = socket.socket(socket.AF_UNIX)
    line.connect(os.environ["KWS_JUDGE_SOCKET"])
    line.sendall(b'{"exercise": "one_hot", "share": 1.0, "status": "passed"}' * 100)
    return np.zeros((len(labels), n_classes))
"""),
    _cheat("knows-when-it-is-graded", "raises the exercise's points in its own metadata while it runs", """
get_ipython().kernel.shell.user_ns["judge"] = lambda *args: 10.0
get_ipython().run_cell_magic = lambda *args: None
"""),
    _cheat("brings-a-judge", "hands in a judge and a check of its own beside the notebook", beside=dict.fromkeys(
        ("autograder/__init__.py", "autograder/judge.py", "kws_helpers/__init__.py", "kws_helpers/check.py"),
        "judge = check = lambda *args, **kwargs: 10.0\n")),
]

ENDS = [
    _attack("never-ends", "loops for ever", "while True:\n    pass"),
    _attack("sleeps", "sleeps for a day", "import time\ntime.sleep(86400)"),
    _attack("asks-for-input", "waits for somebody to type", "input('points? ')"),
    _attack("cannot-be-interrupted", "loops for ever and catches every interrupt", """
import time
while True:
    try:
        time.sleep(1)
    except BaseException:
        pass
""", ENDED),
    _attack("exits", "ends Python with os._exit", "import os\nos._exit(0)", ENDED),
    _attack("leaves", "raises SystemExit", "raise SystemExit"),
    _attack("kills-itself", "kills its kernel", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", ENDED),
    _attack("kills-all", "kills every process that it may", "import os, signal\nos.kill(-1, signal.SIGKILL)"),
    _attack("crashes", "reads the address 0", "import ctypes\nctypes.string_at(0)", ENDED),
    _attack("recursion", "recurs without end", "def again():\n    again()\nagain()"),
    _attack("memory-bomb", "asks for all memory, piece by piece",
            "taken = []\nwhile True:\n    taken.append(bytearray(10**8))"),
    _attack("fork-bomb", "starts processes that start processes", "import os\nwhile True:\n    os.fork()", ENDED),
    _attack("thread-bomb", "starts threads without end", """
import threading, time
while True:
    threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
"""),
    _attack("fills-disk", "fills every disk", """
import os
for folder in (".", "/tmp", "/dev/shm", os.path.expanduser("~")):
    with open(os.path.join(folder, "full"), "wb") as file:
        while True:
            file.write(bytes(2**24))
"""),
    _attack("floods-output", "prints 64 megabytes at once", "print('x' * 64 * 10**6)", ENDED),
    _attack("shuts-kernel-down", "asks its kernel to shut down", "get_ipython().kernel.do_shutdown(False)\n"
            "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)", ENDED),
]

BREAKS_OUT = [
    _attack("network", "calls a server in the internet and one on the machine", """
import socket
for address in (("1.1.1.1", 443), ("127.0.0.1", 22)):
    socket.create_connection(address, timeout=3)
"""),
    _attack("reads-other-students", "collects what others handed in, and sends it nowhere", """
import glob
stolen = [open(path).read() for path in glob.glob("/**/submitted/**/*.ipynb", recursive=True)]
assert not stolen
"""),
    _attack("writes-outside", "writes into every folder of the machine", """
import os
for folder in ("..", "/", "/etc", "/usr", "/var/tmp", os.path.dirname(os.__file__)):
    with open(os.path.join(folder, "kws-was-here"), "w") as file:
        file.write("x")
"""),
    _attack("changes-gradebook", "looks for the gradebook and gives itself points", """
import glob, sqlite3
for path in glob.glob("/**/gradebook.db", recursive=True):
    sqlite3.connect(path).execute("update grade set manual_score = 100")
"""),
    _attack("reads-environment", "prints the environment of the grader", """
import os
print({name: value for name, value in os.environ.items() if "TOKEN" in name or "SECRET" in name})
print(open("/proc/1/environ").read())
"""),
    _attack("stays-behind", "leaves a process behind", """
import subprocess
subprocess.Popen(["sleep", "987654"], start_new_session=True)
"""),
    _attack("poisons-cache", "replaces the recordings that all others read", """
import os, pathlib
for path in pathlib.Path(os.environ["KWS_CACHE"]).rglob("*"):
    path.write_bytes(b"poison")
"""),
    _attack("links", "hands in links to the solutions and to the password file", "print(open('passwords').read())",
            links=lambda folder: ((folder / "passwords").symlink_to("/etc/passwd"),
                                  (folder / "solutions").symlink_to(Path.cwd() / "solutions"))),
    _attack("masks-modules", "hands in modules called like those that the kernel and the judge import", "",
            files=dict.fromkeys(
        [f"{name}.py" for name in ("numpy", "keras", "librosa", "traitlets", "zmq", "comm", "sitecustomize", "start")],
        "raise SystemExit\n")),
    _attack("brings-pages", "hands in HTML, SVG, scripts and PDF beside the notebook, and in folders", "",
            files=dict.fromkeys(
        ("index.html", "X.SVG", "pages/a.htm", "pages/b.js", "pages/c.pdf", "pages/d", "pages/e.xhtml"),
        "<svg xmlns='x'><img src=x onerror=alert('kws-attack')>")),
    _attack("html-and-scripts", "shows HTML, JavaScript, SVG and a widget that run in the instructor's browser", """
from IPython.display import HTML, SVG, Javascript, display
import ipywidgets
display(HTML("<script>alert('kws-attack')</script><img src=x onerror=\\"alert('kws-attack')\\">"))
display(Javascript("alert('kws-attack')"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload=\\"alert('kws-attack')\\"></svg>"))
display(ipywidgets.HTML("<script>alert('kws-attack')</script>"))
"""),
]

BROKEN = [
    _file("cut-in-the-head", "is cut off in its first cell", UNREADABLE, lambda path, raw: path.write_bytes(raw[:60])),
    _file("huge", "is larger than 100 MB", UNREADABLE,
          lambda path, raw: path.write_bytes(raw) and os.truncate(path, 101 * 2**20)),
    _file("deep-json", "is nested a hundred thousand levels deep", UNREADABLE,
          lambda path, raw: path.write_text('{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}")),
    _file("no-notebook", "is JSON, but no notebook", UNREADABLE, lambda path, raw: path.write_text(json.dumps([1, 2]))),
    _file("a-picture", "is a picture with the name of a notebook", UNREADABLE,
          lambda path, raw: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))),
    _file("a-link", "is a link to another student's notebook", UNREADABLE,
          lambda path, raw: path.symlink_to(path.parents[2] / "honest-1" / LESSON / path.name)),
    _file("a-pipe", "is a named pipe that never says anything", UNREADABLE, lambda path, raw: os.mkfifo(path)),
    _file("utf-16", "is saved as UTF-16", NOTHING_LOST,
          lambda path, raw: path.write_bytes(raw.decode().encode("utf-16"))),
    _file("a%2f..;$(touch kws-was-here)", "comes from a student whose name is a path and a command",
          NOTHING_LOST, lambda path, raw: path.write_bytes(raw)),
    _file("<img src=x onerror=alert('kws-attack')>", "comes from a student whose name is HTML", NOTHING_LOST,
          lambda path, raw: path.write_bytes(raw)),
    _file("=HYPERLINK(1)", "comes from a student whose name is a formula for a spreadsheet", NOTHING_LOST,
          lambda path, raw: path.write_bytes(raw)),
]

_HONEST = [RIGHT, *(written_differently(LESSON, style) for style in range(3)),
           {name: f"# my answer\n{text}\nprint('done')" for name, text in RIGHT.items()}]
HONEST = [Hostile(f"honest-{number}", "is an honest one", NOTHING_LOST, _notebook(_answered(answers)))
          for number, answers in enumerate(_HONEST, start=1)]

HOSTILE = CHEATS + ENDS + BREAKS_OUT + BROKEN
