"""The files of a folder, a .tar, a .tar.gz or a .zip, one after another; nothing is unpacked to disk."""

import bz2
import contextlib
import gzip
import lzma
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

from kws_helpers.data.decode import DecodeError
from kws_helpers.data.layout import DEEPEST, DataError, is_sound
from kws_helpers.desk.file_text import kind_of_bytes, kind_of_text

_LARGEST = 64 << 20  # bytes of one file of an archive: five minutes in CD quality; what is larger is no recording
_OPENERS = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}  # by what a packed .tar begins with
_SOUND = "is a single recording: name the folder in which the words' folders lie"
_OPENED = ("zip file", "tar archive", "gzip archive", "bzip2 archive", "xz archive")
SPECIAL = "a link or a device"
ENCRYPTED, _UTF8 = 0x1, 0x800  # flags of a zip file's members
_IMPOSSIBLE = 1 << 32  # bytes of any file; tarfile skips what a header claims step by step, even where nothing is there


class Member(NamedTuple):
    """One file of an archive."""

    path: PurePosixPath  # inside the archive
    content: bytes | Path | DecodeError  # the bytes themselves, or where they lie, or why nobody should read them
    position: int  # bytes of the archive read so far, for a progress line


Wanted = Callable[[PurePosixPath], bool]


def fingerprint(source: Path, wanted: Wanted) -> tuple[tuple, ...]:
    """Return name, size in bytes, time of change and mode of the archive, or of every wanted file of the folder."""
    if not source.is_dir():
        files = [(source.name, source.stat())]
    else:
        files = [(path, info) for path, info, problem in _walk(source) if wanted(path) or problem]
    return tuple((str(path), info.st_size, info.st_mtime_ns, info.st_mode) if info else (str(path), 0)
                 for path, info in files)


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
    begin = b""
    try:
        with source.open("rb") as file:
            begin = file.peek(512)
            opener = next((_OPENERS[start] for start in _OPENERS if begin.startswith(start)), None)
            if begin.startswith(b"PK"):
                yield from _zip_members(file, wanted)
            elif opener:
                yield from _packed_tar_members(opener, file, wanted)
            else:
                yield from _tar_members(file, file, wanted)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError, struct.error, OSError,
            RuntimeError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        other = _SOUND if is_sound(PurePosixPath(source.name)) else _what_else(begin) or (
            f"cannot be read as a .tar, .tar.gz or .zip archive ({error}). It may be only partly downloaded: delete it "
            "and download or copy it again")
        raise DataError(f"{source} {other}.") from error


def _what_else(begin: bytes) -> str:
    """Return what a file is that is read nowhere, and what to do; "" for an archive of a kind that is."""
    kind = kind_of_bytes(begin) or kind_of_text(begin.decode("utf-8", "replace"))
    if not kind or kind.startswith("empty") or kind.endswith(_OPENED):
        return ""
    if kind == "a recording":
        return _SOUND
    return f"is {kind}: " + ("unpack it, and name the folder" if kind.endswith("archive") else
                             "download the archive itself")


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


def zip_path(member: zipfile.ZipInfo) -> PurePosixPath:
    """A member's name as it was meant: many programs write UTF-8 without saying so, and some backslashes."""
    name = member.filename
    if not member.flag_bits & _UTF8:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode()
    path = PurePosixPath(name.replace("\\", "/"))
    return path if path.parts else PurePosixPath("_")


def _walk(source: Path) -> Iterator[tuple[PurePosixPath, os.stat_result | None, str]]:
    """The files of a folder in the order of their names, no deeper than a recording can lie.

    What cannot be looked at comes without its facts, but with a reason.
    """
    pending = [(source, PurePosixPath())]
    while pending:
        place, inside = pending.pop()
        try:
            entries = sorted(os.scandir(place), key=lambda entry: entry.name)
        except OSError as error:
            yield inside, None, error.strerror
            continue
        for entry in entries:
            path = inside / entry.name
            try:
                info = entry.stat()
            except OSError as error:
                yield path, None, error.strerror
                continue
            if not stat.S_ISDIR(info.st_mode):
                yield path, info, "" if stat.S_ISREG(info.st_mode) else SPECIAL
            elif entry.name.startswith("."):
                continue
            elif entry.is_symlink() and Path(entry).resolve() in (place.resolve(), *place.resolve().parents):
                yield path, None, "a link to a folder above it"
            elif len(path.parts) <= DEEPEST:
                pending.append((Path(entry), path))


def _folder_members(folder: Path, wanted: Wanted) -> Iterator[Member]:
    position = 0
    for path, info, problem in _walk(folder):
        if wanted(path) or problem and not info:
            position += info.st_size if info else 0
            yield Member(path, DecodeError(problem) if problem else folder / path, position)


def _zip_members(file: BinaryIO, wanted: Wanted) -> Iterator[Member]:
    position = 0
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            position += info.compress_size
            path = zip_path(info)
            if not info.is_dir() and (leads_out(path) or wanted(path)):
                if info.flag_bits & ENCRYPTED:
                    raise DataError(f"{file.name} is encrypted: unpack it, and name the folder.")
                is_link = stat.S_ISLNK(info.external_attr >> 16)  # as zip on Unix notes it
                content = _content(path, not is_link, info.file_size, partial(archive.read, info))
                yield Member(path, content, position)


def _packed_tar_members(opener: Callable, file: BinaryIO, wanted: Wanted) -> Iterator[Member]:
    with opener(file) as stream:
        yield from _tar_members(stream, file, wanted)
        while stream.read(1 << 20):  # to the end, where the checksum is
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
        return DecodeError(SPECIAL)
    if size > _LARGEST:
        return DecodeError(f"claims {size:,} bytes, too many for a recording")
    return read()


def _check_tar_end(file: BinaryIO, end: int) -> None:
    """tarfile takes a cut-off or damaged archive for a short one; a whole one ends with blocks of zeros."""
    file.seek(end)
    if file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise tarfile.ReadError("its end is missing")
