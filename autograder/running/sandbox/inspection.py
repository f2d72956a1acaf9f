"""Runs inside a sandbox and tries what should not be possible. What was possible is printed as JSON, by subject.

    python inspection.py '{"network": [host, port], "environment": [name, …], "read": [path, …], "write": […], …}'
"""

import contextlib
import json
import os
import socket
import sys
from pathlib import Path

_BLOCK = bytes(2**20)


def network(address: list) -> list[str]:
    """Return the address, if it answers, and every interface but the loopback."""
    reached = [name for _, name in socket.if_nameindex() if name != "lo"]
    with contextlib.suppress(OSError):
        socket.create_connection(tuple(address), timeout=2).close()
        reached.append(f"{address[0]}:{address[1]}")
    return reached


def environment(names: list[str]) -> list[str]:
    return [name for name in names if name in os.environ]


def read(paths: list[str]) -> list[str]:
    """Return the paths that exist here and show anything."""
    return [path for path in paths if _readable(Path(path))]


def write(folders: list[str]) -> list[str]:
    """Return the folders, or files, that can be written to."""
    return [path for path in folders if _writable(Path(path))]


def fill(folders: list[str]) -> list[str]:
    """Return the folders that take more than a few megabytes."""
    return [folder for folder in folders if _takes(Path(folder), 64)]


def _readable(path: Path) -> bool:
    try:
        return any(path.iterdir()) if path.is_dir() else bool(path.read_bytes())
    except OSError:
        return False


def _writable(path: Path) -> bool:
    try:
        if path.is_dir():
            (path / "written-by-a-student").write_bytes(b"x")
        else:
            with path.open("ab"):
                pass
    except OSError:
        return False
    return True


def _takes(folder: Path, megabytes: int) -> bool:
    try:
        with (folder / "filled").open("wb") as file:
            for _ in range(megabytes):
                file.write(_BLOCK)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    attempts = {function.__name__: function for function in (network, environment, read, write, fill)}
    print(json.dumps({name: attempts[name](wanted) for name, wanted in json.loads(sys.argv[1]).items()}))
