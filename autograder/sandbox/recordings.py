"""The bundled recordings, decoded once for all kernels, which may read them and nothing more."""

import functools
import os
import subprocess
import sys
import threading
from pathlib import Path

from autograder.sandbox.launcher import HELPERS
from kws_helpers import cache

_lock = threading.Lock()


def prepared() -> Path:
    """The cache for sandboxed kernels, in a folder of its own beside what else its owner has decoded.

    Raises:
        RuntimeError: it could not be written.
    """
    with _lock:
        return _prepared(cache.folder().resolve() / "grading")


@functools.cache
def _prepared(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"KWS_CACHE": str(folder), "PYTHONPATH": str(HELPERS.parent)}
    done = subprocess.run([sys.executable, "-m", "kws_helpers", "data", "bundled"], env=environment, cwd=folder,
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"The bundled recordings could not be decoded into {folder}: {done.stderr.strip()[-500:]}")
    return folder
