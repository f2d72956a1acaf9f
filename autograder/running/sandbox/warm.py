"""Kernels that start warm: a zygote imports once what notebooks import, and each kernel is forked from it.

The zygote lives within walls and builds further walls around every kernel (`autograder.running.sandbox.zygote`).
"""

import atexit
import contextlib
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from autograder.running.sandbox import launcher, provisions
from autograder.running.sandbox.limits import Limits, limits
from autograder.running.scratch import scratch_folder

MODULES = ("ipykernel.kernelapp", "ipykernel.debugger", "ipykernel.inprocess", "IPython.display",
           "matplotlib_inline.backend_inline", "matplotlib.pyplot", "ipywidgets", "sklearn.linear_model",
           "sklearn.metrics", "librosa", "soundfile", "kws_helpers.augment", "kws_helpers.check", "kws_helpers.data",
           "kws_helpers.features", "kws_helpers.plotting", "kws_helpers.recording", "kws_helpers.results",
           "kws_helpers.training", "kws_helpers.widgets", "tensorflow", "keras")
_HERE = Path(__file__).parent
_PATIENCE = 1800.0  # seconds for all imports on a slow and busy machine
_CREDENTIALS = struct.Struct("3i")


class Process(psutil.Process):
    """A process that is no child of this one, with what Jupyter wants of `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def poll(self) -> int | None:
        with contextlib.suppress(psutil.NoSuchProcess):
            if self.is_running() and self.status() != psutil.STATUS_ZOMBIE:
                return None
        return 0

    def send_signal(self, number: int) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            super().send_signal(number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    terminate = kill


class Zygote:
    """One process that has imported everything. `folder` is the place for what kernels have to see.

    Raises:
        RuntimeError: it could not be started.
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kws-kernels-", dir=scratch_folder()))
        self._cache = provisions.prepared()
        self._kept = [str(path) for path in (*launcher.shown_python(), self._cache) if path.is_relative_to("/tmp")]
        self._lock = threading.Lock()
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._orders.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._orders.settimeout(_PATIENCE)
        program = [sys.executable, "-P", str(Path(launcher.START).with_name("zygote.py")), *MODULES]
        command = launcher.nested(program, limits(), readable=[self._cache, self.folder],
                                  variables=_environment(self._cache),
                                  programs=[_HERE / "walls.py", _HERE / "zygote.py"])
        with theirs:
            self._process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.DEVNULL,
                                             stderr=subprocess.DEVNULL, env={"PATH": os.defpath})
        atexit.register(self.close)
        try:
            self._answer()
        except RuntimeError:
            self.close()
            raise

    def alive(self) -> bool:
        return self._process.poll() is None

    def useful(self) -> bool:
        """Whether it lives, and kernels can see through its walls what is prepared for them now."""
        return self.alive() and self._cache == provisions.prepared()

    def start(self, given: Path, packages: Path, files: Path, variables: Mapping[str, str], limit: Limits) -> Process:
        """Start a kernel; return the first process of its walls.

        Args:
            given: its connection file, in a folder in `folder` that it sees.
            packages: a folder in that folder, of packages that it can import before all others.
            files: what it takes along into the folder in which it works.
            variables: its environment, besides what every kernel needs.

        Raises:
            RuntimeError: there is no kernel; the message says why.
        """
        memories = dict.fromkeys(["/tmp", launcher.HOME, launcher.SHARED], limit.folder)
        order = {"given": str(given), "jobs": str(self.folder), "kept": self._kept,
                 "memories": memories | {launcher.SOCKETS: launcher.SMALL},
                 "variables": launcher.environment() | dict(variables), "packages": str(packages),
                 "memory": limit.memory, "threads": limit.threads, "user": launcher.USER}
        opened = os.open(files, os.O_PATH | os.O_DIRECTORY)
        try:
            with self._lock:
                socket.send_fds(self._orders, [json.dumps(order).encode()], [opened])
                return Process(self._answer())
        except (OSError, psutil.Error) as error:
            raise RuntimeError(f"A kernel could not be started: {error}") from error
        finally:
            os.close(opened)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._orders.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.close)

    def _answer(self) -> int:
        """Return the number of the process that answers, as it is called here: the system vouches for it."""
        try:
            text, ancillary, _, _ = self._orders.recvmsg(2**16, socket.CMSG_SPACE(_CREDENTIALS.size))
        except OSError as error:
            raise RuntimeError(f"The zygote does not answer: {error}") from error
        if not text:
            raise RuntimeError("The zygote has ended.")
        if problem := json.loads(text).get("problem"):
            raise RuntimeError(problem)
        return _CREDENTIALS.unpack(ancillary[0][2])[0]


def _environment(cache: Path) -> dict[str, str]:
    """Return what ipykernel sets before anything of a notebook is imported, and where the recordings are."""
    return {"KWS_CACHE": str(cache), "MPLBACKEND": "module://matplotlib_inline.backend_inline"}


class _OnDemand:
    """The zygote of this process, started when it is first wanted, and anew if it has ended or serves another cache."""

    def __init__(self) -> None:
        self._lock, self._zygote, self.trouble = threading.Lock(), None, ""

    def __call__(self) -> Zygote | None:
        with self._lock:
            if self._zygote and not self._zygote.useful():
                self._zygote.close()
                self._zygote = None
            if not self._zygote and not self.trouble:
                try:
                    self._zygote = Zygote()
                except RuntimeError as error:
                    self.trouble = str(error)
            return self._zygote


_on_demand = _OnDemand()


def zygote() -> Zygote | None:
    """Return the zygote of this process; None where there can be none."""
    return _on_demand()


@contextlib.contextmanager
def not_started() -> Iterator[None]:
    """Start no zygote meanwhile: for one notebook alone it takes longer than it saves."""
    before = _on_demand.trouble
    _on_demand.trouble = before or "none is wanted"
    try:
        yield
    finally:
        _on_demand.trouble = before


def trouble() -> str:
    """Return why there is no zygote here; "" where there can, or where none was wanted yet."""
    return _on_demand.trouble
