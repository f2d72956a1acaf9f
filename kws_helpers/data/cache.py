"""Arrays kept on disk between sessions.

The folder is KWS_CACHE, or the user's cache folder of the operating system; it can be deleted at any time. An array is
one .npy file. It is written under a temporary name, forced onto the disk and moved into place, so that neither a crash,
a full disk, a power cut nor a second process leaves half of it under its own name.
"""

import contextlib
import functools
import hashlib
import mmap
import os
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from kws_helpers.data.layout import DataError
from kws_helpers.desk.messages import warn
from kws_helpers.whole_file import whole_file

_BLOCK = 1 << 20  # values written at a time
_STALE_SECONDS = 24 * 3600


def folder() -> Path:
    """Return the folder of the cache; it need not exist yet.

    Raises:
        DataError: this user has no home folder, and KWS_CACHE names none.
    """
    import platformdirs

    try:
        place = Path(os.environ.get("KWS_CACHE") or platformdirs.user_cache_dir("kws_helpers")).expanduser()
    except RuntimeError:
        place = Path("~")  # as older versions of platformdirs leave it
    if place.parts[:1] == ("~",):
        raise DataError("There is no home folder for the cache: set the environment variable KWS_CACHE to a folder.")
    return place


def scratch() -> Path | None:
    """Return a folder for large temporary files; None, the system's own, where the cache cannot be written.

    The system's own often lies in memory.
    """
    try:
        folder().mkdir(parents=True, exist_ok=True)
        return folder() if os.access(folder(), os.W_OK) else None
    except (OSError, DataError):
        return None


def cached_arrays(names: Sequence[str], key: object, make: Callable[[], Sequence[np.ndarray]]) -> list[np.ndarray]:
    """Return the arrays that `make()` returns, made once and then read from disk.

    Arrays from the cache are mapped into memory: they cost memory only where they are read, and what is written to
    them stays in this process. Where the cache cannot be written, one warning says so, and the arrays are those of
    `make()`.

    Args:
        names: what each array holds; its file's name begins with that.
        key: everything that the arrays depend on, of a type whose `repr` tells different values apart.
        make: returns one array for each name; equal keys must make equal arrays.
    """
    digest = hashlib.sha256(repr(key).encode()).hexdigest()[:32]
    try:
        paths = [folder() / f"{name}-{digest}.npy" for name in names]
        return [_mapped(path) for path in paths]
    except DataError as error:
        _warn_once(f"{error} The work goes on, but is done again every time.")
        return list(make())
    except (OSError, ValueError):  # not there yet, or shorter than its header says
        arrays = make()
    try:
        for path, array in zip(paths, arrays, strict=True):
            _write(path, array)
        return [_mapped(path) for path in paths]
    except OSError as error:
        _warn_once(
            f"The cache folder {folder()} cannot be written ({error.strerror or error}). The work goes on, but is "
            "done again every time. Free some space, or set the environment variable KWS_CACHE to another folder."
        )
        return list(arrays)


@functools.cache
def _warn_once(message: str) -> None:
    warn(message)


def _mapped(path: Path) -> np.ndarray:
    return np.asarray(np.lib.format.open_memmap(path, mode="c"))


def _write(path: Path, array: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_stale_files(path.parent)
    with whole_file(path, path.with_suffix(f".{uuid.uuid4().hex}.partial")) as file:
        _save(file, np.ascontiguousarray(array))


def _save(file, array: np.ndarray) -> None:
    """Do what np.save does, but piece by piece, so that only a piece of a mapped array is in memory."""
    np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(array))
    values = array.reshape(-1)
    for start in range(0, len(values), _BLOCK):
        file.write(values[start : start + _BLOCK])
        release(array)


def release(array: np.ndarray) -> None:
    """Give back the memory of an array that is mapped from a file; what is read again comes from the file again.

    What was written to the array is lost. Where the system cannot do that, and for other arrays, nothing happens.
    """
    if isinstance(array.base, np.memmap) and hasattr(mmap, "MADV_DONTNEED"):
        array.base.base.madvise(mmap.MADV_DONTNEED)


def _remove_stale_files(place: Path) -> None:
    """Remove what a killed process left behind."""
    for file in place.glob("*.partial"):
        with contextlib.suppress(OSError):  # another process was faster, or still holds it
            if time.time() - file.stat().st_mtime > _STALE_SECONDS:
                file.unlink()
