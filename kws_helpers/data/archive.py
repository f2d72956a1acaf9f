"""The files of a folder, a .tar, a .tar.gz or a .zip, one after the other; nothing is unpacked to disk."""

import gzip
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

from .layout import DataError

_DEEPEST = 3  # top folder / word / recording


class Member(NamedTuple):
    """One file of an archive."""

    path: PurePosixPath  # inside the archive
    content: bytes | Path  # the bytes themselves, or where they lie
    position: int  # bytes of the archive read so far, for a progress line


Wanted = Callable[[PurePosixPath], bool]


def fingerprint(source: Path, wanted: Wanted) -> tuple:
    """Changes when the archive, or any wanted file of the folder, changes: names, sizes, times of change."""
    if source.is_dir():
        files = [(path, info) for path, info in _walk(source) if wanted(path)]
        return tuple((str(path), info.st_size, info.st_mtime_ns) for path, info in files)
    info = source.stat()
    return info.st_size, info.st_mtime_ns


def total_bytes(source: Path) -> int:
    """The `position` of the last member, or a little more."""
    if source.is_dir():
        return sum(info.st_size for _, info in _walk(source))
    return source.stat().st_size


def members(source: Path, wanted: Wanted) -> Iterator[Member]:
    """The files of `source` for whose path `wanted` is true.

    Raises DataError where the archive is damaged, incomplete, or of another kind.
    """
    if source.is_dir():
        yield from _folder_members(source, wanted)
        return
    try:
        with source.open("rb") as file:
            magic = file.read(4)
            file.seek(0)
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


def _folder_members(source: Path, wanted: Wanted) -> Iterator[Member]:
    position = 0
    for path, info in _walk(source):
        position += info.st_size
        if wanted(path):
            yield Member(path, source / path, position)


def _zip_members(file: BinaryIO, wanted: Wanted) -> Iterator[Member]:
    position = 0
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            position += info.compress_size
            path = PurePosixPath(info.filename.replace("\\", "/"))  # as some Windows programs write it
            if not info.is_dir() and wanted(path):
                yield Member(path, archive.read(info), position)


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
            if info.isfile() and wanted(path):
                yield Member(path, archive.extractfile(info).read(), file.tell())
    if stream is file:
        _check_tar_end(file, archive.offset)


def _check_tar_end(file: BinaryIO, end: int) -> None:
    """tarfile takes a cut-off or damaged archive for a short one; a whole one ends with blocks of zeros."""
    file.seek(end)
    if file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise tarfile.ReadError("its end is missing")
