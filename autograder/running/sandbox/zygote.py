"""Run as a program, within walls: import once what kernels need, and fork a kernel for every notebook.

    python -P zygote.py MODULE ...

Each kernel gets walls of its own before it sees a line of what somebody handed in: its own processes, memory, network
and places to write to, as in a sandbox that is built for it alone. What it shares with the others can only be read.

Orders come through standard input, a socket: each is a JSON object (see `KernelOrder`), with the folder of files that
were handed in as an open file. The first process of the new walls answers.
"""

import contextlib
import gc
import importlib
import json
import os
import random
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).parent))
import start
import walls

sys.path.pop(0)

_CONTROL = 0
_DUMPABLE = 4  # PR_SET_DUMPABLE: the grader, outside, may look at the kernel's sockets


@dataclass(frozen=True)
class KernelOrder:
    """A kernel to start.

    Args:
        given: its connection file, in a folder that it sees.
        jobs: the folder of all such folders, of which it must see its own only.
        kept: what is shown in the places that are new for each kernel, and has to be shown again.
        memories: the size of each place that it can write to, in bytes.
        variables: its environment.
        packages: what it can import before all others.
        memory, threads: as for `start.limit`.
        user: its number inside.
    """

    given: str
    jobs: str
    kept: list[str]
    memories: dict[str, int]
    variables: dict[str, str]
    packages: str
    memory: int
    threads: int
    user: int


def main() -> None:
    start.take_compiled()
    for module in sys.argv[1:]:
        importlib.import_module(module)
    start.rehearse()
    gc.freeze()  # a kernel's garbage collector would touch all that is here, and each page that it touches is copied
    orders = socket.socket(fileno=_CONTROL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    orders.send(b"{}")
    while True:
        text, files, _, _ = socket.recv_fds(orders, 2**20, 1)
        if not text:
            return
        if not os.fork():
            enter(KernelOrder(**json.loads(text)), files[0], orders)
        os.close(files[0])


def enter(order: KernelOrder, files: int, orders: socket.socket) -> NoReturn:
    """Be the process that waits outside of the new walls."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        proc = walls.new_namespaces()
        walls.die_with_parent()
        first = os.fork()
        if not first:
            live_in(order, files, orders, proc)
        os.waitpid(first, 0)
    except BaseException as error:
        complain(error, orders)
    os._exit(0)


def live_in(order: KernelOrder, files: int, orders: socket.socket, proc: int) -> NoReturn:
    """Be the first process within: build the walls, start the kernel, and take in orphans until it ends."""
    try:
        os.setsid()
        build(order)
        walls.become(proc, (order.user, order.user), last=True)
        walls.drop_rights()
        walls.die_with_parent()
        walls.call("prctl", _DUMPABLE, 1, 0, 0, 0)
        kernel = os.fork()
        if not kernel:
            become_kernel(order, files, orders)
        orders.send(b"{}")
        os.closerange(0, os.sysconf("SC_OPEN_MAX"))
        with contextlib.suppress(ChildProcessError):
            while os.wait()[0] != kernel:
                pass
    except BaseException as error:
        complain(error, orders)
    os._exit(0)


def build(order: KernelOrder) -> None:
    """New places to write to, and nothing of other kernels. What is shown below such a place is shown again."""
    walls.mount("none", "/", None, walls.PRIVATE | walls.RECURSIVE)
    own = {path: os.open(path, os.O_PATH) for path in [*order.kept, str(Path(order.given).parent)]}
    os.chdir("/")
    for place, size in order.memories.items():
        walls.memory(str(size), place)
    walls.terminals("/dev/pts")
    walls.memory(str(2**20), order.jobs)
    for path, opened in own.items():
        walls.folder(path)
        walls.mount(f"/proc/self/fd/{opened}", path, None, walls.BIND | walls.RECURSIVE)
        os.close(opened)
    walls.read_only(order.jobs)
    walls.read_only("/proc")  # the old one, which stays below the new one
    walls.processes("/proc")
    walls.read_only("/proc")


def become_kernel(order: KernelOrder, files: int, orders: socket.socket) -> NoReturn:
    """Let go of all that belongs to the zygote, and be a Python kernel like any other."""
    os.environ.clear()
    os.environ.update(order.variables)
    start.limit(order.memory, order.threads)
    os.chdir(os.environ["HOME"])
    start.take_along(f"/proc/self/fd/{files}")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    orders.detach()
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    for name in ("start", "walls"):
        del sys.modules[name]
    sys.path.insert(0, order.packages)
    draw_anew()
    start.become_kernel(order.given)
    os._exit(0)


def draw_anew() -> None:
    """Random numbers that no other kernel draws."""
    import numpy as np

    random.seed()
    np.random.seed()


def complain(error: BaseException, orders: socket.socket) -> None:
    with contextlib.suppress(OSError):
        orders.send(json.dumps({"problem": f"{type(error).__name__}: {error}"}).encode())


if __name__ == "__main__":
    main()
