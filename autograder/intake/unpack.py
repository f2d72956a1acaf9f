"""What came back, file by file: of a folder or a zip file, and of the zip files in it.

Students choose the names and the bytes. So nothing is unpacked under its own name, links are not followed, and what
lies under one name at the top, which is what one student handed in, can fill neither memory nor time.
"""

import stat
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath

from autograder.building.lesson import WELCOME
from autograder.intake.notebook_file import MAX_BYTES, Unreadable, read_file
from kws_helpers.data.archive import leads_out
from kws_helpers.desk.beside import NETWORK
from kws_helpers.results import FOLDER

MAX_UNPACKED = 500 * 2**20
MAX_FILES = 2000
MAX_DEPTH = 3  # a zip file of the class, what a student handed in, and a zip file in that

_ENCRYPTED, _UTF8 = 0x1, 0x800  # flags of a zip file's members
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the other kinds unpack without a limit


@dataclass(frozen=True)
class Arrival:
    """A notebook, or a network of the challenge.

    Attributes:
        path: where it is in the source; a zip file counts as a folder.
        time: when it was handed in, in seconds since 1970, as far as the source knows.
    """

    path: PurePosixPath
    content: bytes
    time: float


@dataclass(frozen=True)
class LeftOut:
    """A file that is not used, and why. `harmless` ones are nobody's work."""

    path: PurePosixPath
    reason: str
    harmless: bool = False


def arrivals(source: Path) -> Iterator[Arrival | LeftOut]:
    """Yield all notebooks and networks in a folder or zip file, and what is left out of it.

    Raises:
        ValueError: the source is neither a folder nor a zip file.
    """
    opened = _Opened()
    if source.is_dir():
        return opened.folder(source, PurePosixPath())
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, NotImplementedError):
        raise ValueError(f"{source} is neither a folder nor a zip file, or it is damaged.") from None
    return opened.members(archive, PurePosixPath(), None, depth=1)


class _Opened:
    """A source while it is read. Counts what each name at the top unpacks to."""

    def __init__(self) -> None:
        self._bytes, self._files = Counter(), Counter()

    def folder(self, folder: Path, path: PurePosixPath) -> Iterator[Arrival | LeftOut]:
        try:
            entries = sorted(folder.iterdir())
        except OSError as error:
            yield LeftOut(path, f"cannot be opened: {error.strerror}.")
            return
        for entry in entries:
            kind = entry.lstat()
            inside = path / entry.name
            if stat.S_ISDIR(kind.st_mode) and not _is_hidden(inside):
                yield from self.folder(entry, inside)
            elif not stat.S_ISDIR(kind.st_mode):
                yield from self._file(inside, entry, kind.st_mtime, depth=0)

    def members(self, archive: zipfile.ZipFile, path: PurePosixPath, handed_in: float | None,
                depth: int) -> Iterator[Arrival | LeftOut]:
        with archive:
            for member in archive.infolist():
                if not member.is_dir():
                    when = handed_in or time.mktime((*member.date_time, 0, 0, -1))
                    yield from self._file(path / _name(member), (archive, member), when, depth)

    def _file(self, path: PurePosixPath, place: Path | tuple, when: float, depth: int) -> Iterator[Arrival | LeftOut]:
        name, top = path.name.lower(), path.parts[0]
        self._files[top] += 1
        if self._files[top] > MAX_FILES:
            if self._files[top] == MAX_FILES + 1:
                yield LeftOut(PurePosixPath(top), f"holds more than {MAX_FILES:,} files; the rest was not looked at.")
            return
        try:
            if leads_out(path):
                raise Unreadable("has a name that leads out of its folder.")
            if _is_hidden(path) or path.name == "timestamp.txt":
                yield LeftOut(path, "is nobody's work: systems, editors and nbgrader add such files.", harmless=True)
            elif FOLDER in path.parts or path.name.endswith((f"{WELCOME}.ipynb", "spotter.tflite")):
                yield LeftOut(path, "belongs to the course; nothing in it is graded.", harmless=True)
            elif name.endswith(".zip"):
                yield from self._zip(path, self._read(path, place), when, depth + 1)
            elif ".ipynb" in name or name.endswith(".keras"):
                yield Arrival(path, self._read(path, place), when)
            else:
                raise Unreadable(f"is neither a notebook, nor {NETWORK}, nor a zip file.")
        except Unreadable as error:
            yield LeftOut(path, str(error))

    def _zip(self, path: PurePosixPath, content: bytes, when: float, depth: int) -> Iterator[Arrival | LeftOut]:
        if depth > MAX_DEPTH:
            raise Unreadable("is a zip file in too many others.")
        try:
            archive = zipfile.ZipFile(BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise Unreadable("is damaged: it cannot be read as a zip file.") from None
        yield from self.members(archive, path, when, depth)

    def _read(self, path: PurePosixPath, place: Path | tuple) -> bytes:
        left = min(MAX_BYTES, MAX_UNPACKED - self._bytes[path.parts[0]])
        try:
            content = read_file(place, left) if isinstance(place, Path) else _bytes_of_member(*place, left)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError):
            raise Unreadable("is damaged: it cannot be unpacked.") from None
        except OSError as error:
            raise Unreadable(f"cannot be opened: {error.strerror}.") from None
        self._bytes[path.parts[0]] += len(content)
        if len(content) > left:
            raise Unreadable(f"is larger than {MAX_BYTES // 2**20} MB, or unpacks to more than "
                            f"{MAX_UNPACKED // 2**20} MB together with what was handed in with it.")
        return content


def _bytes_of_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Unreadable("is a link; links are not followed.")
    if member.flag_bits & _ENCRYPTED:
        raise Unreadable("is encrypted.")
    if member.compress_type not in _READABLE:
        raise Unreadable("is packed in an unusual way; an ordinary zip file is needed.")
    with archive.open(member) as file:
        return file.read(left + 1)


def _name(member: zipfile.ZipInfo) -> PurePosixPath:
    """Return the member's name. Some programs write UTF-8 without saying so, some write Windows' separators."""
    name = member.filename
    if not member.flag_bits & _UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode()
    path = PurePosixPath(name.replace("\\", "/"))
    return path if path.parts else PurePosixPath("_")


def _is_hidden(path: PurePosixPath) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
