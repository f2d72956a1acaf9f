"""What came back, file by file: of a folder or a zip file, and of the zip files in it.

Students choose the names and the bytes. So nothing is unpacked under its own name, links are not followed, and what
an archive unpacks to can fill neither memory nor time.
"""

import stat
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath

from autograder.intake.aside import Aside, lesson_named
from autograder.intake.download_names import is_platforms
from autograder.intake.kinds import archive_kind, what_is_wrong
from autograder.intake.notebook_file import MAX_BYTES, Unreadable, read_file
from kws_helpers.data.archive import ENCRYPTED, leads_out, zip_path

MAX_UNPACKED = 500 * 2**20
MAX_FILES = 2000
MAX_DEPTH = 3  # what a student handed in, a zip file in it, and one in that

NOTEBOOK, NETWORK_FILE, OTHER = "notebook", "network", "other"

_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the other kinds unpack without a limit
_NOT_A_ZIP = (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, zlib.error)
_UNPACK = "Unpack it into the student's folder and collect again, or ask for a zip file."
_OF_KERAS = frozenset(("config.json", "metadata.json"))


@dataclass(frozen=True)
class Arrival:
    """A file that came back.

    Attributes:
        path: where it is in the source; a zip file counts as a folder.
        time: when it was handed in, in seconds since 1970, as far as the source knows.
        kind: `NOTEBOOK`, `NETWORK_FILE` or `OTHER`.
    """

    path: PurePosixPath
    content: bytes
    time: float
    kind: str


@dataclass(frozen=True)
class LeftOut:
    """A file that is not used, and why, or a guess that was made. `harmless` ones cost nobody any work."""

    path: PurePosixPath
    reason: str
    harmless: bool = False
    student: str = ""


@dataclass(frozen=True)
class Unread:
    """A folder of which nothing is read, or a lesson's notebook among files that are nobody's work."""

    path: PurePosixPath
    lesson: str = ""


@dataclass(frozen=True)
class _Entry:
    path: PurePosixPath
    time: float
    read: Callable[[int], bytes]  # gets how many bytes at most; returns one more where there are more


def arrivals(source: Path, is_one_hand_in: bool = False) -> Iterator[Arrival | LeftOut | Unread]:
    """Yield all files in a folder or zip file, and what is left out of it.

    Args:
        source: a folder or zip file.
        is_one_hand_in: one student handed it in. It may be any file then.

    Raises:
        ValueError: the source is neither a folder nor a zip file that can be opened.
    """
    if source.is_dir():
        return _Opened(is_one_hand_in).contents(_in_folder(source), None, depth=0)
    if is_one_hand_in:
        entry = _Entry(PurePosixPath(source.name), source.lstat().st_mtime, partial(read_file, source))
        return _Opened().contents([entry], None, depth=0)
    try:
        archive = zipfile.ZipFile(source)
        demand_readable(archive)
    except Unreadable as error:
        raise ValueError(f"{source} {error}") from None
    except _NOT_A_ZIP:
        with source.open("rb") as file:
            wrong, is_archive = what_is_wrong(file.read(1024))
        raise ValueError(f"{source} {wrong}. " + (
            "Unpack it yourself and give the folder." if is_archive else
            "Download it again, or give the folder or zip file with what students handed in.")) from None
    return _Opened().contents(_in_zip(archive, PurePosixPath(), None), None, depth=0)


def demand_readable(archive: zipfile.ZipFile) -> None:
    """Refuse an archive in which everything is encrypted.

    Raises:
        Unreadable: it is one.
    """
    members = [member for member in archive.infolist() if not member.is_dir()]
    if members and all(member.flag_bits & ENCRYPTED for member in members):
        raise Unreadable("is encrypted: it needs a password. Unpack it yourself and collect the folder, or ask for one "
                         "without a password.")


class _Opened:
    """A source while it is read. Counts what each archive in it unpacks to."""

    def __init__(self, is_one_hand_in: bool = False) -> None:
        self._is_one_hand_in = is_one_hand_in
        self._bytes, self._files = Counter(), Counter()

    def contents(self, entries: Iterable[_Entry | LeftOut | Unread], archive: PurePosixPath | None,
                 depth: int) -> Iterator[Arrival | LeftOut | Unread]:
        """Yield what is in one folder or archive: first what may be a notebook, so that no limit is spent on others.

        Args:
            archive: the archive that was handed in, which this is or is in.
        """
        entries = sorted(entries, key=lambda entry: entry.path)
        aside = Aside((entry.path for entry in entries), self._is_one_hand_in and archive is None)
        kept, places, lessons = [], Counter(), {}
        for entry in entries:
            found = aside.reason(entry.path, len(archive.parts) if archive else is_platforms(entry.path))
            if found is None:
                kept.append(entry)
                continue
            places[found] += not isinstance(entry, Unread)
            if lesson := _lesson_of(entry.path):
                lessons.setdefault((entry.path.parent, lesson), entry.path)
        for (_, lesson), path in lessons.items():  # it may be the only one of its student
            yield Unread(path, lesson)
        for (place, why), files in sorted(places.items()):
            yield LeftOut(place, f"{why}{f' ({files:,} files)' if files > 1 else ''}.", harmless=True)
        for entry in sorted(kept, key=lambda entry: not _is_work(entry.path)):
            if isinstance(entry, _Entry):
                yield from self._file(entry, archive, depth)
            else:
                yield entry

    def _file(self, entry: _Entry, archive: PurePosixPath | None, depth: int) -> Iterator[Arrival | LeftOut | Unread]:
        path, name = entry.path, entry.path.name.lower()
        key = archive or (path if _is_work(path) else path.parent)  # nothing grows in a folder that is not packed
        self._files[key] += 1
        if self._files[key] > MAX_FILES:
            if self._files[key] == MAX_FILES + 1:
                yield LeftOut(key, f"holds more than {MAX_FILES:,} files; the rest was not looked at.")
            return
        try:
            content = self._read(entry, key)
            if name.endswith(".zip") or (content[:2] == b"PK" and not name.endswith(".keras")):
                yield from self._zip(entry, content, archive or path, depth + 1)
            elif name.endswith(".keras"):
                yield Arrival(path, content, entry.time, NETWORK_FILE)
            elif ".ipynb" in name and not name.endswith((".html", ".htm")):  # a notebook saved as a page
                yield Arrival(path, content, entry.time, NOTEBOOK)
            elif kind := archive_kind(name, content):
                raise Unreadable(f"is {kind}; only zip files are opened. {_UNPACK}")
            else:
                yield Arrival(path, content, entry.time, OTHER)
        except Unreadable as error:
            yield LeftOut(path, str(error))

    def _zip(self, entry: _Entry, content: bytes, archive: PurePosixPath,
             depth: int) -> Iterator[Arrival | LeftOut | Unread]:
        """Yield what is in a zip file. One that is a network, or the data of a notebook, stays whole."""
        name = entry.path.name.lower()
        is_called_so, kind = name.endswith(".zip"), NOTEBOOK if ".ipynb" in name else OTHER
        try:
            opened = zipfile.ZipFile(BytesIO(content))
        except _NOT_A_ZIP:
            if is_called_so:
                wrong, is_archive = what_is_wrong(content)
                raise Unreadable(f"{wrong}. {_UNPACK if is_archive else 'Ask for it again.'}") from None
            yield Arrival(entry.path, content, entry.time, kind)
            return
        names = {member.filename for member in opened.infolist()}
        has_work = any(_is_work(PurePosixPath(name)) for name in names)
        if names >= _OF_KERAS:
            yield Arrival(entry.path, content, entry.time, NETWORK_FILE)
        elif not has_work and (not is_called_so or len(entry.path.parts) > 1):
            yield Arrival(entry.path, content, entry.time, kind)
        elif depth > MAX_DEPTH:
            raise Unreadable("is a zip file in too many others.")
        else:
            demand_readable(opened)
            yield from self.contents(_in_zip(opened, entry.path, entry.time), archive, depth)

    def _read(self, entry: _Entry, key: PurePosixPath) -> bytes:
        left = min(MAX_BYTES, MAX_UNPACKED - self._bytes[key])
        try:
            content = entry.read(left)
        except OSError as error:
            raise Unreadable(f"cannot be opened: {error.strerror or error}.") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError):
            raise Unreadable("is damaged: it cannot be unpacked. Ask for it again.") from None
        self._bytes[key] += len(content)
        if len(content) > left:
            raise Unreadable(f"is larger than {MAX_BYTES // 2**20} MB, or unpacks to more than "
                             f"{MAX_UNPACKED // 2**20} MB together with what was handed in with it.")
        return content


def _in_folder(folder: Path) -> Iterator[_Entry | LeftOut | Unread]:
    pending = [(folder, PurePosixPath())]
    while pending:
        place, path = pending.pop()
        try:
            entries = [(entry, entry.lstat()) for entry in place.iterdir()]
        except OSError as error:
            yield LeftOut(path, f"cannot be opened: {error.strerror}.")
            yield Unread(path)
            continue
        if not entries and path.parts:
            yield Unread(path)
        for entry, info in entries:
            if stat.S_ISDIR(info.st_mode):
                pending.append((entry, path / entry.name))
            else:
                yield _Entry(path / entry.name, info.st_mtime, partial(read_file, entry))


def _in_zip(archive: zipfile.ZipFile, path: PurePosixPath,
            handed_in: float | None) -> Iterator[_Entry | LeftOut | Unread]:
    """Yield the members of a zip file.

    Args:
        handed_in: when the archive was handed in; None where its members' own times count.
    """
    names = [(zip_path(member), member) for member in archive.infolist()]
    filled = {folder for name, _ in names for folder in name.parents}
    for name, member in names:
        inside = path.joinpath(*name.parts[name.is_absolute():])
        if leads_out(name):
            yield LeftOut(inside, "has a name that leads out of its folder.")
        elif not member.filename.endswith(("/", "\\")):
            yield _Entry(inside, handed_in or _time(member), partial(_bytes_of_member, archive, member))
        elif name not in filled:
            yield Unread(inside)


def _bytes_of_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Unreadable("is a link; links are not followed.")
    if member.flag_bits & ENCRYPTED:
        raise Unreadable("is encrypted: it needs a password. Ask for it without one.")
    if member.compress_type not in _READABLE:
        method = zipfile.compressor_names.get(member.compress_type, f"method {member.compress_type}")
        raise Unreadable(f"is packed in an unusual way ({method}); an ordinary zip file is needed. Unpack it yourself "
                         "and collect the folder, or ask for an ordinary zip file.")
    with archive.open(member) as file:
        return file.read(most + 1)


def _is_work(path: PurePosixPath) -> bool:
    """Tell whether a file may be, or hold, what is graded."""
    return ".ipynb" in path.name.lower() or path.name.lower().endswith((".keras", ".zip"))


def _lesson_of(path: PurePosixPath) -> str:
    """Return the lesson of a file that is called like its notebook; macOS' shadows of files are none."""
    is_notebook = ".ipynb" in path.name.lower() and not path.name.startswith("._")
    return lesson_named(path.name) if is_notebook else ""


def _time(member: zipfile.ZipInfo) -> float:
    with suppress(ValueError, OverflowError):
        return time.mktime((*member.date_time, 0, 0, -1))
    return 0.0
