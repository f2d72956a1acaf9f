"""The files of a folder, a .tar, a .tar.gz or a .zip, one after another; nothing is unpacked to disk."""

import gzip
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

from kws_helpers.data.decode import DecodeError
from kws_helpers.data.layout import DataError

_DEEPEST = 3  # top folder / word / recording
_LARGEST = 64 << 20  # bytes of one file of an archive: five minutes in CD quality; what is larger is no recording
_IMPOSSIBLE = 1 << 32  # bytes of any file; tarfile skips what a header claims step by step, even where nothing is there


class Member(NamedTuple):
    """One file of an archive."""

    path: PurePosixPath  # inside the archive
    content: bytes | Path | DecodeError  # the bytes themselves, or where they lie, or why nobody should read them
    position: int  # bytes of the archive read so far, for a progress line


Wanted = Callable[[PurePosixPath], bool]


def fingerprint(source: Path, wanted: Wanted) -> tuple[tuple[str, int, int], ...]:
    """Return name, size in bytes and time of change of the archive, or of every wanted file of the folder."""
    if source.is_dir():
        files = [(path, info) for path, info in _walk(source) if wanted(path)]
        return tuple((str(path), info.st_size, info.st_mtime_ns) for path, info in files)
    info = source.stat()
    return ((source.name, info.st_size, info.st_mtime_ns),)


def members(source: Path, wanted: Wanted) -> Iterator[Member]:
    """Read the files of a folder or of an archive for whose path `wanted` is true.

    Nothing is written anywhere, so no name can do harm; still, links, devices, what has a name that leads out of the
    archive and what is far larger than a recording are not read: their `content` says why.

    Raises:
        DataError: the archive is damaged, incomplete, or of another kind.
    """
    if source.is_dir():
        yield from _folder_members(source, wanted)
        return
    try:
        with source.open("rb") as file:
            magic = file.peek(4)
            if magic.startswith(b"PK"):
                yield from _zip_members(file, wanted)
            elif magic.startswith(b"\x1f\x8b"):
                yield from _tar_gz_members(file, wanted)
            else:
                yield from _tar_members(file, file, wanted)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, OSError, RuntimeError) as error:
        raise DataError(
            f"{source} cannot be read as a .tar, .tar.gz or .zip archive ({error}). "
            "It may be only partly downloaded: delete it and download or copy it again."
        ) from error


def names(source: Path, wanted: Wanted) -> set[PurePosixPath]:
    """Return the wanted paths in a folder or an archive.

    Raises:
        DataError: as in `members`.
    """
    found = set()

    def note(path: PurePosixPath) -> bool:
        if wanted(path):
            found.add(path)
        return False

    for _ in members(source, note):
        pass
    return found


def leads_out(path: PurePosixPath) -> bool:
    """Whether a file of this name, were it unpacked, could come to lie outside of the archive's folder."""
    return path.is_absolute() or ".." in path.parts


def _walk(source: Path) -> Iterator[tuple[PurePosixPath, os.stat_result]]:
    """The files of a folder in the order of their names, no deeper than a recording can lie."""
    pending = [(source, PurePosixPath())]
    while pending:
        place, inside = pending.pop()
        with os.scandir(place) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        for entry in entries:
            path = inside / entry.name
            if entry.is_file():
                yield path, entry.stat()
            elif entry.is_dir() and len(path.parts) < _DEEPEST and not entry.name.startswith("."):
                pending.append((Path(entry.path), path))


def _folder_members(folder: Path, wanted: Wanted) -> Iterator[Member]:
    position = 0
    for path, info in _walk(folder):
        if wanted(path):
            position += info.st_size
            yield Member(path, folder / path, position)


def _zip_members(file: BinaryIO, wanted: Wanted) -> Iterator[Member]:
    position = 0
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            position += info.compress_size
            path = PurePosixPath(info.filename.replace("\\", "/"))  # as some Windows programs write it
            if not info.is_dir() and (leads_out(path) or wanted(path)):
                is_link = stat.S_ISLNK(info.external_attr >> 16)  # as zip on Unix notes it
                content = _content(path, not is_link, info.file_size, partial(archive.read, info))
                yield Member(path, content, position)


def _tar_gz_members(file: BinaryIO, wanted: Wanted) -> Iterator[Member]:
    with gzip.open(file) as stream:
        yield from _tar_members(stream, file, wanted)
        while stream.read(1 << 20):  # to the end, where gzip's own checksum is
            pass


def _tar_members(stream: BinaryIO, file: BinaryIO, wanted: Wanted) -> Iterator[Member]:
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        while (info := archive.next()) is not None:
            archive.members.clear()  # tarfile would keep every header: 100 MB for the whole of Speech Commands
            path = PurePosixPath(info.name)
            if info.size > _IMPOSSIBLE:
                raise tarfile.ReadError(f"{path} claims {info.size:,} bytes")
            if not info.isdir() and (leads_out(path) or wanted(path)):
                content = _content(path, info.isfile(), info.size, lambda info=info: archive.extractfile(info).read())
                yield Member(path, content, file.tell())
    if stream is file:
        _check_tar_end(file, archive.offset)


def _content(path: PurePosixPath, is_file: bool, size: int, read: Callable[[], bytes]) -> bytes | DecodeError:
    """What `read` returns, if nothing speaks against reading it."""
    if leads_out(path):
        return DecodeError("its name leads out of the archive")
    if not is_file:
        return DecodeError("a link or a device")
    if size > _LARGEST:
        return DecodeError(f"claims {size:,} bytes, too many for a recording")
    return read()


def _check_tar_end(file: BinaryIO, end: int) -> None:
    """tarfile takes a cut-off or damaged archive for a short one; a whole one ends with blocks of zeros."""
    file.seek(end)
    if file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise tarfile.ReadError("its end is missing")
