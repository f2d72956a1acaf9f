"""Does the sandbox hold on this machine? Found out by trying, in a real one."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.building.paths import ROOT, SOLUTIONS
from autograder.running.sandbox import launcher, provisions
from autograder.running.sandbox.limits import Limits
from autograder.running.sandbox.watcher import Inmates, Watcher
from autograder.running.scratch import scratch_folder

_SECRET = "KWS_DOCTOR_SECRET"
_SMALL = Limits(memory=2**29, processes=16, folder=8 * 2**20)
_SECONDS = 30

_TAKES_ALL_AT_ONCE = "bytearray(2**30)"
_TAKES_IT_TOGETHER = """
import os, time
for _ in range(8):
    if not os.fork():
        taken = b"x" * (100 * 2**20)
        time.sleep(60)
time.sleep(60)
"""
_STARTS_MANY = """
import subprocess, time
many = [subprocess.Popen(["sleep", "60"]) for _ in range(50)]
time.sleep(60)
"""


@dataclass(frozen=True)
class Check:
    """One thing that a sandbox has to do; `found` says what was seen."""

    what: str
    holds: bool
    found: str


def examine() -> Iterator[Check]:
    """Try everything."""
    trouble = launcher.trouble()
    yield Check("a sandbox can be started", not trouble, trouble or launcher.name())
    if trouble:
        return
    try:
        scratch_folder(), provisions.prepared()
    except ValueError as error:
        yield Check("there is room for what kernels need", False, str(error))
        return
    yield from _walls()
    yield from _limits()


def _walls() -> Iterator[Check]:
    with tempfile.TemporaryDirectory() as other, socket.create_server(("127.0.0.1", 0)) as server:
        canary = Path(other) / "01_dataset.ipynb"
        canary.write_text("another student's work")
        cache, home = provisions.prepared(), Path(os.path.expanduser("~"))  # noqa: PTH111  there may be none
        attempts = {
            "network": server.getsockname(),
            "environment": [_SECRET, *(os.environ.keys() - launcher.environment().keys() - {"PWD"})],
            "read": [str(canary), str(SOLUTIONS), str(ROOT / "autograder"), str(ROOT / ".git"), "/etc/passwd",
                     *map(str, home.glob(".*rc")), *map(str, home.glob(".ssh"))],
            "write": ["/", "/usr", "/dev", "/proc/sys/kernel/core_pattern", str(canary), sys.prefix, sys.base_prefix,
                      launcher.START, str(cache), str(launcher.HELPERS)],
            "fill": ["/tmp", "/dev/shm", launcher.HOME, launcher.SOCKETS],
        }
        program = [sys.executable, "-I", "-c", Path(__file__).with_name("inspection.py").read_text(),
                   json.dumps(attempts)]
        done = subprocess.run(launcher.command(program, _SMALL, readable=[cache]), env=os.environ | {_SECRET: "x"},
                              capture_output=True, text=True, check=False, timeout=_SECONDS)
    if done.returncode:
        yield Check("it can be looked at from inside", False, done.stderr.strip()[-300:])
        return
    possible = json.loads(done.stdout)
    for subject, what in {
        "network": "the network is out of reach", "environment": "environment variables are not passed on",
        "read": "home, repository, solutions and other students' work cannot be read",
        "write": "nothing outside can be written", "fill": "what can be written is limited",
    }.items():
        yield Check(what, not possible[subject], ", ".join(possible[subject]) or f"{len(attempts[subject])} tried")


def _limits() -> Iterator[Check]:
    failed = "MemoryError" in _watched(_TAKES_ALL_AT_ONCE)
    yield Check("one process gets only so much memory", failed, "MemoryError" if failed else "it got more")
    for what, code in {"many processes get only so much together": _TAKES_IT_TOGETHER,
                       "there can be only so many processes": _STARTS_MANY}.items():
        said = _watched(code)
        yield Check(what, said.startswith("ended"), said)


def _watched(code: str) -> str:
    """Run code in a sandbox with small limits; return why it was ended, or what it complained of."""
    program = [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, '/run')\nimport start; "
                                           f"start.limit({_SMALL.memory}, 0)\n{code}"]
    read, write = os.pipe()
    with subprocess.Popen(launcher.command(program, _SMALL, info=write), stderr=subprocess.PIPE, text=True,
                          pass_fds=[write]) as process:
        os.close(write)
        reasons: list[str] = []

        def end(reason: str) -> None:
            reasons.append(f"ended: {reason}")
            process.kill()

        watcher = Watcher(Inmates(launcher.first_process(read)), _SMALL, end)
        watcher.start()
        try:
            complaint = process.communicate(timeout=_SECONDS)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            complaint = f"still there after {_SECONDS} seconds"
        watcher.stop()
    return reasons[0] if reasons else complaint.strip()[-300:]
