"""The same executions on many machines: a Dask cluster behind the interface of the standard library's executors.

Every machine needs this software in the same version, and its own sandbox. Nothing else has to be shared: what was
handed in travels with the job. A job whose machine is lost is given to another one.
"""

import tempfile
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.intake.beside import files_beside
from autograder.running.execute import Job

CONNECT_SECONDS = 30
TRIES = 3


class ClusterExecutor(Executor):
    """Executes jobs on the cluster of a scheduler.

    Args:
        address: where `dask scheduler` listens, such as "tcp://10.0.0.5:8786".

    Raises:
        ValueError: there is no such scheduler, or no package that could talk to it.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise ValueError('--scheduler needs Dask: pip install "distributed>=2026.1"') from None
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise ValueError(f"No Dask scheduler answers at {address}: {error}") from None
        self._executor = self._client.get_executor(pure=False, retries=TRIES)

    def submit(self, work: Callable[..., Any], job: Job, *args: Any) -> Future:
        """Do `work(job, *args)` on a copy of the job and of its folder's files, somewhere in the cluster."""
        beside, _ = files_beside(Path(job.folder))
        files = {str(path.relative_to(job.folder)): path.read_bytes() for path in beside}
        return self._executor.submit(_elsewhere, work, job, files, *args)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._executor.shutdown(wait=wait)
        self._client.close()


def _elsewhere(work: Callable[..., Any], job: Job, files: dict[str, bytes], *args: Any) -> Any:
    with tempfile.TemporaryDirectory(prefix="kws-", ignore_cleanup_errors=True) as folder:
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return work(replace(job, folder=folder), *args)
