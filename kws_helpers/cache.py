"""Arrays kept on disk between sessions.

The folder is KWS_CACHE, or the user's cache folder of the operating system; it can be deleted at any time. An
entry is one file: NumPy's .npy format, one array after the other, then a CRC-32 of it all. It is written
under a temporary name and moved into place when it is whole, so that a crash, a full disk or a second process
never leaves half an entry; what a power cut leaves does not match its CRC, and is made anew.
"""

import functools
import hashlib
import mmap
import os
import time
import uuid
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np

from .notices import warn

_ALIGNMENT = 64  # bytes; an array that begins elsewhere is slow to compute with when it is mapped into memory
_BLOCK = 1 << 20
_CHECKSUM_BYTES = 4
_STALE_SECONDS = 24 * 3600

Arrays = dict[str, np.ndarray]


def folder() -> Path:
    """The folder of the cache; it need not exist yet."""
    if chosen := os.environ.get("KWS_CACHE"):
        return Path(chosen).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("kws_helpers"))


def scratch() -> Path | None:
    """A folder for large temporary files; None, the system's own, where the cache cannot be written.

    The system's own often lies in memory.
    """
    try:
        folder().mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder() if os.access(folder(), os.W_OK) else None


def cached_arrays(kind: str, key: object, make: Callable[[], Arrays]) -> Arrays:
    """The arrays that `make()` returns, made once and then read from disk.

    kind: a word that begins the file's name; key: everything that the arrays depend on, of a type whose
    `repr` tells different values apart (strings, numbers, tuples of them). Arrays from the cache are mapped
    into memory: they cost memory only where they are read, and what is written to them stays in this process.
    Where the cache cannot be written, one warning says so and the arrays of `make()` are returned as they
    are.
    """
    path = folder() / f"{kind}-{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}.arrays"
    try:
        return _read(path)
    except (OSError, ValueError, EOFError):  # not there yet, or damaged
        arrays = make()
    try:
        _write(path, arrays)
        return _mapped(path)
    except OSError as error:
        _warn_once(
            f"The cache folder {path.parent} cannot be written ({error.strerror or error}). The work goes on, but is "
            "done again every time. Free some space, or set the environment variable KWS_CACHE to another folder."
        )
        return arrays


@functools.cache
def _warn_once(message: str) -> None:
    warn(message)


def _write(path: Path, arrays: Arrays) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_stale_files(path.parent)
    temporary = path.with_suffix(f".{uuid.uuid4().hex}.partial")
    try:
        with temporary.open("xb") as opened:
            file = _Summed(opened)
            np.save(file, np.array(list(arrays)))
            for array in arrays.values():
                file.write(bytes(-file.tell() % _ALIGNMENT))
                _save(file, array)
            opened.write(_as_bytes(file.sum))
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


class _Summed:
    """A file to write to; `sum` is the CRC-32 of what was written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.sum = file, 0

    def write(self, content: bytes | np.ndarray) -> int:
        self.sum = zlib.crc32(content, self.sum)
        return self._file.write(content)

    def tell(self) -> int:
        return self._file.tell()


def _save(file: _Summed, array: np.ndarray) -> None:
    """As np.save does, but piece by piece, so that of a mapped array only a piece is in memory."""
    header = np.lib.format.header_data_from_array_1_0(array)
    np.lib.format.write_array_header_1_0(file, header)
    values = array.ravel(order="F" if header["fortran_order"] else "C")
    for start in range(0, len(values), _BLOCK):
        file.write(values[start : start + _BLOCK])
        release(array)


def release(array: np.ndarray) -> None:
    """Give back the memory that an array mapped from a file has come to take; what is read again is there again.

    What was written to the array is lost. Where the system cannot do that, and for other arrays, nothing
    happens.
    """
    if isinstance(array.base, np.memmap) and hasattr(mmap, "MADV_DONTNEED"):
        array.base.base.madvise(mmap.MADV_DONTNEED)


def _read(path: Path) -> Arrays:
    with path.open("rb") as file:
        length = path.stat().st_size - _CHECKSUM_BYTES
        if length <= 0 or _checksum(file, length) != file.read(_CHECKSUM_BYTES):
            raise ValueError(f"{path} is damaged")
    return _mapped(path)


def _mapped(path: Path) -> Arrays:
    with path.open("rb") as file:
        names = np.load(file, allow_pickle=False)
        return {str(name): _map_array(file) for name in names}


def _map_array(file: BinaryIO) -> np.ndarray:
    """The next array of an open file; the file's position moves behind it."""
    file.seek(-file.tell() % _ALIGNMENT, os.SEEK_CUR)
    np.lib.format.read_magic(file)
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
    start = file.tell()
    size = int(np.prod(shape)) * dtype.itemsize
    file.seek(start + size)
    if size == 0:  # nothing that could be mapped
        return np.empty(shape, dtype)
    mapped = np.memmap(file, dtype, mode="c", offset=start, shape=shape, order="F" if fortran else "C")
    file.seek(start + size)
    return np.asarray(mapped)


def _checksum(file: BinaryIO, length: int) -> bytes:
    """CRC-32 of the next `length` bytes."""
    value = 0
    while length > 0 and (block := file.read(min(length, _BLOCK))):
        value = zlib.crc32(block, value)
        length -= len(block)
    return _as_bytes(value)


def _as_bytes(checksum: int) -> bytes:
    return checksum.to_bytes(_CHECKSUM_BYTES, "little")


def _remove_stale_files(place: Path) -> None:
    """Remove what a killed process left behind."""
    for file in place.glob("*.partial"):
        try:
            if time.time() - file.stat().st_mtime > _STALE_SECONDS:
                file.unlink()
        except OSError:  # another process was faster, or still holds it
            continue
