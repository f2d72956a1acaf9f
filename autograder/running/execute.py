"""Execute one notebook in a kernel of its own, within limits. It always comes back, whatever the notebook does.

`execute` takes and returns plain data and knows nothing of students or grades, so that it can run in another thread,
process or machine. Whoever has to watch the notebook while it runs comes along as a `Companion`.
"""

import asyncio
import contextlib
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol

import nbformat
import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode

from autograder.building.environment import kernel_manager
from autograder.intake.beside import copy_beside, files_beside
from autograder.running.sandbox.protection import LIMITS
from autograder.running.sandbox.provisioner import LimitedProvisioner, prepare, protect
from autograder.running.scratch import scratch_folder
from kws_helpers.check.clock import LOOK, Clock

CELL_SECONDS = 60
"""A cell that computes longer, or waits twice as long, is interrupted. No cell of the course needs a quarter of it."""
NOTEBOOK_SECONDS = 300.0
INTERRUPT_SECONDS = 10  # that a cell may take to end, once it is interrupted
NEVER = 10**6
MAX_OUTPUT = 1_000_000  # characters of output kept per cell
MAX_WIDGETS = 20_000_000  # characters of widgets' states kept per notebook
MAX_MESSAGE = 32 * 2**20  # bytes; a kernel that sends more at once is hung up on
MAX_WAITING = 16  # messages that wait to be read
STARTUP_SECONDS = 1800  # by the wall: nothing of a notebook runs yet, and a busy machine may need long


@dataclass(frozen=True)
class Job:
    """A notebook to execute.

    Args:
        notebook: the notebook's JSON text.
        folder: what was handed in beside it. The kernel works on a copy.
        environment: environment variables for the kernel; without a sandbox, on top of this process' own.
        seconds: how long the whole notebook may compute and wait.
        protection: of `autograder.running.sandbox.protection`; what strangers wrote belongs into a sandbox.
        left_out: the places of cells that are not run.
    """

    notebook: str
    folder: str
    environment: dict[str, str] = field(default_factory=dict)
    seconds: float = NOTEBOOK_SECONDS
    protection: str = LIMITS
    left_out: tuple[int, ...] = ()


@dataclass(frozen=True)
class Executed:
    """The executed notebook as JSON text; `problem` says why it was not finished, "" where it was."""

    notebook: str
    problem: str
    seconds: float


class Companion(Protocol):
    """What accompanies a notebook while it runs.

    Attributes:
        environment: environment variables for the kernel.
        packages: a folder of packages that the kernel imports before all others.
    """

    environment: Mapping[str, str]
    packages: Path

    def during(self, cell: NotebookNode) -> AbstractContextManager[None]:
        """Surround the execution of a cell."""


@contextlib.contextmanager
def _nobody(folder: Path, notebook: NotebookNode) -> Iterator[Any]:
    yield SimpleNamespace(environment={}, packages=folder, during=lambda cell: contextlib.nullcontext())


Accompany = Callable[[Path, NotebookNode], AbstractContextManager[Companion]]


def execute(job: Job, accompany: Accompany = _nobody) -> Executed:
    """Execute the cells in order. After an error the next cell is tried; cells that were not reached say so.

    Args:
        accompany: called with a folder that the kernel can see and the notebook; gives the companion.

    Raises:
        Exception: no kernel could be started, which is not the notebook's fault.
    """
    notebook = nbformat.reads(job.notebook, as_version=4)
    place = prepare(job.protection) or scratch_folder()
    with (tempfile.TemporaryDirectory(prefix="kws-", dir=place, ignore_cleanup_errors=True) as scratch,
          accompany(Path(scratch), notebook) as companion):
        start = time.monotonic()
        files = Path(scratch, "files")
        copy_beside(files_beside(Path(job.folder))[0], Path(job.folder), files)
        manager = kernel_manager(Path(scratch), _Manager)
        client = _Client(notebook, km=manager, kernel_name="python3", allow_errors=True, timeout=None,
                         iopub_timeout=NEVER, startup_timeout=STARTUP_SECONDS, on_cell_executed=_record_error)
        provisioner = protect(manager, job.protection, files=files, packages=companion.packages,
                              environment=job.environment | companion.environment)
        try:
            with client.setup_kernel():
                problem = _execute_cells(client, notebook, companion, provisioner, job)
        finally:
            _stop(client, manager)
    notebook.metadata.pop("widgets", None)
    return Executed(nbformat.writes(notebook), problem, time.monotonic() - start)


class _Client(NotebookClient):
    """A client that ends what takes too long, by the work that is done, not by the wall; that keeps no endless output.

    Where the notebook `could_not_be_interrupted`, its kernel was ended.
    """

    could_not_be_interrupted = False
    kept = 0
    widgets = 0

    def execute_within(self, cell: NotebookNode, index: int, kernel: LimitedProvisioner, seconds: float) -> float:
        """Execute a cell of a notebook that has so many seconds left; return how many it took.

        Raises:
            DeadKernelError: the kernel has ended.
        """
        return run_sync(self._within)(cell, index, kernel, seconds)

    async def _within(self, cell: NotebookNode, index: int, kernel: LimitedProvisioner, seconds: float) -> float:
        clock, problem, interrupted_at = Clock(kernel.work), "", 0.0
        done = asyncio.ensure_future(self.async_execute_cell(cell, index))
        while not (await asyncio.wait([done], timeout=LOOK))[0]:
            clock.look()
            if problem and clock.spent > interrupted_at + INTERRUPT_SECONDS:
                self.could_not_be_interrupted = True
                kernel.end(problem)
            elif not problem and (problem := _too_long(clock, seconds)):
                interrupted_at = clock.spent
                await self.km.interrupt_kernel()
        await done
        clock.look()
        if problem:
            _replace_error(cell, "TimeLimit", problem, [])
        return clock.spent

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        if msg["msg_type"] in ("stream", "display_data", "update_display_data", "execute_result", "error"):
            self.kept += len(str(msg["content"]))
            if self.kept > MAX_OUTPUT:
                return None
        elif msg["msg_type"].startswith("comm_"):
            self.widgets += len(str(msg["content"])) + sum(map(len, msg["buffers"]))
            if self.widgets > MAX_WIDGETS:
                return None
        return super().process_message(msg, cell, cell_index)


class _Manager(AsyncKernelManager):
    """A manager whose clients take in only so much at a time."""

    def client(self, **kwargs: Any) -> AsyncKernelClient:
        client = super().client(**kwargs)
        client.context.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE)
        client.context.setsockopt(zmq.RCVHWM, MAX_WAITING)
        return client


def _too_long(clock: Clock, seconds: float) -> str:
    """Return why a cell of a notebook that has so many seconds left is ended, "" where it is not."""
    if clock.computed >= CELL_SECONDS:
        return f"This cell did not finish within {CELL_SECONDS} seconds of computing. Is there a loop that never ends?"
    if clock.waited >= 2 * CELL_SECONDS:
        return (f"This cell waited for {2 * CELL_SECONDS} seconds and did not finish. Does it sleep, or wait for a "
                "lock or another program?")
    return "The notebook ran out of time in this cell." if clock.spent >= seconds else ""


def _execute_cells(client: _Client, notebook: NotebookNode, companion: Companion, provisioner: LimitedProvisioner,
                   job: Job) -> str:
    seconds = job.seconds
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or index in job.left_out:
            continue
        problem = ""
        client.kept = 0
        if seconds <= 0:
            problem = "The notebook ran out of time before this cell."
        else:
            try:
                with companion.during(cell):
                    seconds -= client.execute_within(cell, index, provisioner, seconds)
            except DeadKernelError:
                reason = provisioner.reason or "it was ended, crashed or ran out of memory"
                problem = f"Python died in this cell: {reason}."
                if client.could_not_be_interrupted:
                    problem = f"The notebook could not be interrupted in this cell and was ended. {reason}"
        if problem:
            _mark_unfinished(notebook.cells[index:], problem)
            return problem
    return ""


def _mark_unfinished(cells: list[NotebookNode], problem: str) -> None:
    """nbgrader takes a test cell without output for a passed one: a cell that did not run must show an error."""
    for cell in cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("error", ename="NotFinished", evalue=problem, traceback=[problem])]


def _record_error(cell: NotebookNode, cell_index: int, execute_reply: dict) -> None:
    """Give the cell an error output where the kernel replied with an error that it did not show."""
    reply = execute_reply["content"]
    if reply["status"] == "error" and not any(output.output_type == "error" for output in cell.outputs):
        _replace_error(cell, reply["ename"], reply["evalue"], reply["traceback"])


def _replace_error(cell: NotebookNode, name: str, message: str, traceback: list[str]) -> None:
    cell.outputs = [output for output in cell.outputs if output.output_type != "error"]
    cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=message, traceback=traceback or [message]))


def _stop(client: _Client, manager: AsyncKernelManager) -> None:
    """End the kernel and everything that it started."""
    group = getattr(manager.provisioner, "pgid", None)
    if group:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    with contextlib.suppress(Exception):
        client._cleanup_kernel()
