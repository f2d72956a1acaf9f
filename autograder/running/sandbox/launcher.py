"""The walls: a command line under which a program sees little and can write nowhere but in memory.

It is one for bubblewrap. Where there is no bubblewrap, `autograder.running.sandbox.walls` understands it just as well.

Everything that can be written is a file system in memory of a fixed size. Nothing from outside can be written, so a
kernel leaves nothing behind.
"""

import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import kws_helpers
from autograder.running.sandbox.limits import ONE_THREAD, Limits

HOME = "/student"
SOCKETS = "/run/kernel"
SHARED = "/dev/shm"
FILES = "/run/files"
START = "/run/start.py"
USER = 1000  # and its group

HELPERS = Path(kws_helpers.__file__).resolve().parent

_BUBBLEWRAP = ("bwrap",)
_WALLS = (sys.executable, "-I", "-S", str(Path(__file__).with_name("walls.py")))
_NAMES = {_BUBBLEWRAP: "bubblewrap", _WALLS: "the autograder's own walls, for there is no bubblewrap"}

_ISOLATED = ("--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--clearenv", "--as-pid-1",
             "--uid", str(USER), "--gid", str(USER), "--hostname", "sandbox")
_LAST = ("--disable-userns",)
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts",
           "/etc/localtime")
_PACKAGE = Path(__file__).resolve().parents[2]
_SECRET = (_PACKAGE, *(_PACKAGE.with_name(name) for name in ("solutions", "tests")
                       if _PACKAGE.with_name("pyproject.toml").exists()))
"""The autograder, wherever it is installed, and what lies beside it in the repository."""
_CLOSED = ("--remount-ro", "/", "--chdir", HOME)
SMALL = 2**20  # bytes, of a file system that holds sockets or nothing
_FIRST = ("/bin/sh", "-c", '"$@"; exit $?', "sh")
"""The first process of a sandbox, which starts the program and takes in orphans. Of the launcher, which has files from
outside open and the instructor's environment in its memory, nothing stays inside."""


def command(program: Iterable[str], limits: Limits, *, readable: Iterable[Path] = (), files: Path | None = None,
            variables: Mapping[str, str] | None = None, info: int | None = None) -> list[str]:
    """Return the command that runs `program` in a sandbox.

    Args:
        readable: what it sees, under the same names as outside, besides Python and `kws_helpers`.
        files: the folder that it sees as `FILES`.
        variables: its environment variables, on top of those that every program needs.
        info: a file descriptor to which the number of the sandbox's first process is written.
    """
    return [*_works(), *_options(limits, readable, files, variables, info), "--", *_FIRST, *program]


def nested(program: Iterable[str], limits: Limits, *, readable: Iterable[Path], programs: Iterable[Path],
           variables: Mapping[str, str]) -> list[str]:
    """Return the command for a sandbox in which `program` can build others, one for each of several strangers.

    Only our own walls leave room for that: /proc can be mounted once more only where nothing of it is covered.

    Args:
        readable, variables: as for `command`.
        programs: files that are shown in the folder of `START`.
    """
    options = _places(limits, readable)
    for path in programs:
        options += ["--ro-bind", str(path), str(Path(START).with_name(path.name))]
    return [*_WALLS, *_ISOLATED, *options, *_variables(variables), *_CLOSED, "--", *_FIRST, *program]


def _options(limits: Limits, readable: Iterable[Path] = (), files: Path | None = None,
             variables: Mapping[str, str] | None = None, info: int | None = None) -> list[str]:
    options = [*_ISOLATED, *_LAST, *_places(limits, readable), "--remount-ro", "/proc"]
    if files:
        options += ["--ro-bind", str(files), FILES]
    options += _variables(dict(variables or {}))
    if info is not None:
        options += ["--info-fd", str(info)]
    return [*options, *_CLOSED]


def _places(limits: Limits, readable: Iterable[Path]) -> list[str]:
    options = [*_system(), "--proc", "/proc", "--dev", "/dev", *_memory(SHARED, limits.folder), "--remount-ro", "/dev",
               *_memory("/tmp", limits.folder), *_memory(HOME, limits.folder), *_memory(SOCKETS, SMALL),
               "--ro-bind", str(Path(__file__).with_name("start.py")), START]
    return options + [word for path in [*shown_python(), *readable] for word in _shown(path)] + _hidden()


def _variables(more: Mapping[str, str]) -> list[str]:
    return [word for name, value in (environment() | more).items() for word in ("--setenv", name, value)]


def name() -> str:
    """Return what makes the walls here; "" where nothing can."""
    return _NAMES.get(_works(), "")


def trouble() -> str:
    """Return why there can be no sandbox here, as the end of a sentence; "" where there can. It is tried."""
    if sys.platform != "linux":
        return "a sandbox is for Linux only"
    return "" if _works() else f"{_problem(_BUBBLEWRAP)}, and {_problem(_WALLS)}"


def _works() -> tuple[str, ...]:
    """Return the launcher to use: bubblewrap, or else our own; nothing where neither works."""
    return next((one for one in _NAMES if not _problem(one)), ()) if sys.platform == "linux" else ()


def _problem(launcher: tuple[str, ...]) -> str:
    if not shutil.which(launcher[0]):
        return "bubblewrap is not installed (`apt install bubblewrap`, `dnf install bubblewrap`)"
    complaint = _complaint(launcher)
    if complaint and launcher == _BUBBLEWRAP:
        return f"bubblewrap 0.8 or newer is needed, and the one here fails: {complaint}"
    return complaint and f"the system does not let the autograder build walls of its own: {complaint}"


@functools.cache
def _complaint(launcher: tuple[str, ...]) -> str:
    """Return what a launcher says when it does not work; it is tried."""
    tried = subprocess.run([*launcher, *_options(Limits(2**30)), "--", *_FIRST, sys.executable, "-S", "-c", ""],
                           capture_output=True, text=True, check=False)
    return (tried.stderr.strip()[:200] or "it ended at once") if tried.returncode else ""


def first_process(info: int) -> int:
    """Return the number, outside, of a sandbox's first process, from the other end of `info`, which is closed then.

    Raises:
        RuntimeError: there is no sandbox.
    """
    with os.fdopen(info) as said:
        text = said.read()
    if not text:
        raise RuntimeError("The sandbox could not be set up.")
    return json.loads(text)["child-pid"]


def _memory(path: str, size: int) -> list[str]:
    return ["--size", str(size), "--tmpfs", path]


def _system() -> list[str]:
    """Show the system's programs and libraries; its links stay links."""
    options = []
    for path in map(Path, _SYSTEM):
        if path.is_symlink() and path.parent == Path("/"):
            options += ["--symlink", str(path.readlink()), str(path)]
        else:
            options += ["--ro-bind-try", str(path), str(path)]
    return options


def shown_python() -> list[Path]:
    """Return Python with its packages, and `kws_helpers`, which are shown under their own names."""
    interpreter = Path(sys.executable).resolve().parent.parent
    shown = dict.fromkeys([interpreter, Path(sys.base_prefix), Path(sys.prefix), HELPERS])
    return [path for path in shown if path != Path("/usr")]


def _shown(path: Path) -> list[str]:
    return ["--ro-bind", str(path), str(path)]


def _hidden() -> list[str]:
    """Cover every part of the autograder, wherever Python's packages are."""
    shown = [*shown_python(), Path("/usr")]
    hidden = [str(path) for path in _SECRET if path.exists() and any(path.is_relative_to(one) for one in shown)]
    return [word for path in hidden for word in (*_memory(path, SMALL), "--remount-ro", path)]


def environment() -> dict[str, str]:
    """Return the environment variables that every program in a sandbox needs."""
    return {"PATH": f"{sys.prefix}/bin:/usr/bin:/bin", "HOME": HOME, "USER": "student", "LOGNAME": "student",
            "LANG": "C.UTF-8", "NUMBA_CACHE_DIR": f"{HOME}/.cache/numba",
            "PYTHONPATH": str(HELPERS.parent)} | ONE_THREAD
