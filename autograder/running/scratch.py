"""Where temporary files go that hold sockets: the system allows a socket's name about a hundred characters."""

import os
import tempfile
from pathlib import Path

LONGEST = 103
"""Bytes; Linux allows 107, macOS 103."""
_BELOW = len("/kws-kernels-12345678/kws-12345678/kernel-ipc-5")
_OTHERS = ("/tmp", "/var/tmp")


def scratch_folder() -> Path:
    """Return the folder for temporary files, or a shorter one where sockets in it would have too long a name.

    Raises:
        ValueError: there is none.
    """
    first = tempfile.gettempdir()
    for place in (first, *_OTHERS):
        path = Path(place).resolve()
        if os.name == "nt" or (len(os.fsencode(path)) + _BELOW <= LONGEST and os.access(path, os.W_OK | os.X_OK)):
            return path
    raise ValueError(f"The folder for temporary files, {first}, has too long a name. Set TMPDIR to a shorter one.")
