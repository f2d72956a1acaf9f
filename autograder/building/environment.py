"""The environment of this Python: its programs, and kernels that run in it."""

import os
import sys
from pathlib import Path

from jupyter_client.manager import AsyncKernelManager


def programs_on_path() -> None:
    """Put this environment's programs on PATH: nbgrader calls `alembic` by name, activated environment or not."""
    programs = str(Path(sys.executable).parent)
    if programs not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = programs + os.pathsep + os.environ.get("PATH", "")


def demand_home() -> None:
    """Give this process a home folder where its user has none: Jupyter asks for one.

    Raises:
        ValueError: there is no folder for that either.
    """
    try:
        Path.home()
    except RuntimeError:
        if not os.environ.get("KWS_CACHE"):
            raise ValueError("This user has no home folder. Set the environment variable HOME, or KWS_CACHE, to a "
                             "folder that you can write to.") from None
        os.environ["HOME"] = os.environ["KWS_CACHE"]


def kernel_manager(scratch: Path, kind: type[AsyncKernelManager] = AsyncKernelManager) -> AsyncKernelManager:
    """Return a manager whose kernel's sockets are files in `scratch`, where the system has such sockets.

    Many kernels at once cannot take each other's ports then.
    """
    if os.name == "nt":
        return kind(kernel_name="python3")
    return kind(kernel_name="python3", transport="ipc", connection_file=str(scratch / "kernel.json"))
