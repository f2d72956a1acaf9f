"""What takes long, done once for all kernels, which may read it and nothing more.

These are the bundled recordings, decoded, and those functions of librosa that are compiled at their first use.
"""

import functools
import importlib.util
import os
import platform
import subprocess
import sys
import threading
from pathlib import Path

from autograder.running.sandbox import start
from autograder.running.sandbox.launcher import HELPERS
from kws_helpers.data import cache
from kws_helpers.whole_file import write_whole

_lock = threading.Lock()


def prepared() -> Path:
    """Return the cache for sandboxed kernels, in a folder of its own beside what else its owner has decoded.

    Raises:
        ValueError: it could not be written; the message says what to do.
    """
    with _lock:
        try:
            return _prepared(cache.folder().resolve() / "grading")
        except (OSError, RuntimeError) as error:
            raise ValueError(f"There is no place for what kernels need: {error}. Set the environment variable "
                             "KWS_CACHE to a folder that you can write to, with 100 MB of room.") from error


@functools.cache
def _prepared(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise OSError(f"{folder} cannot be written to")
    environment = os.environ | {"KWS_CACHE": str(folder), "PYTHONPATH": str(HELPERS.parent),
                                "NUMBA_CACHE_DIR": str(folder / start.COMPILED)}
    compiled, origin = folder / start.COMPILED / "origin.txt", _origin()
    is_compiled = compiled.exists() and compiled.read_text() == origin
    rehearsal = [] if is_compiled else [[start.__file__, start.REHEARSE]]
    for program in (["-m", "kws_helpers", "data", "bundled"], *rehearsal):
        done = subprocess.run([sys.executable, *program], env=environment, cwd=folder, capture_output=True, text=True,
                              check=False)
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["it was ended"]
            raise OSError(f"{folder} could not be filled ({said[-1][-300:]})")
    write_whole(compiled, origin)
    return folder


def _origin() -> str:
    """Return what the compiled functions depend on: packages as they were installed here, and this processor."""
    files = [importlib.util.find_spec(name).origin for name in ("librosa", "numba", "numpy")]
    times = [(file, Path(file).stat().st_mtime) for file in files]
    return repr([sys.version, platform.node(), platform.machine(), *times])
