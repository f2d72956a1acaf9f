"""Whose file it is, by the name at the top of its path: that one was given by Moodle, Canvas, nbgrader or the
instructor. Everything below it is the student's choice and says nothing.
"""

import hashlib
import os
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from kws_helpers.desk.text import readable

_MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+_(?P<original>.*)", re.DOTALL)
_CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<number>\d+)_(?P<upload>\d+)_(?P<original>.+)", re.DOTALL)
_INBOUND = re.compile(r"(?P<name>.+?)\+[^+]+\+(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)[^+]*(?:\+.*)?",
                      re.DOTALL)
_LONGEST = 150  # bytes; file systems take 255, and the number comes after it


@dataclass(frozen=True)
class Owner:
    """Whose a file is.

    Attributes:
        student: the name of the student's folder.
        original: what the student called the file.
        turn: of two hand-ins of the same lesson the one with the higher turn counts.
        time: when it was handed in, in seconds since 1970, where the name says it.
    """

    student: str
    original: str
    turn: tuple[float, int] = (0, 0)
    time: float | None = None


def owner_of(path: PurePosixPath) -> Owner | None:
    """Return whose the file at this place of the source is; None where nothing says so."""
    top, alone = path.parts[0], len(path.parts) == 1
    is_file = alone or top.lower().endswith(".zip")
    if is_file and (found := _CANVAS.fullmatch(top)):
        version = re.search(r"-(\d{1,9})\.[^.]+$", top)
        return Owner(folder_name(found["name"], f"canvas_{found['number']}"), found["original"] if alone else path.name,
                     (float(found["upload"]), int(version[1]) if version else 0))
    if found := _MOODLE.fullmatch(top):
        return Owner(folder_name(found["name"], f"moodle_{found['number']}"), found["original"] if alone else path.name)
    if not alone and (found := _INBOUND.fullmatch(top)):
        seconds = _seconds(found["time"])
        return Owner(folder_name(found["name"]), path.name, (seconds, 0), seconds)
    return None if alone else Owner(folder_name(re.sub(r"\.zip$", "", top, flags=re.IGNORECASE)), path.name)


def folder_name(name: str, number: str = "") -> str:
    """Return a name that every system takes for one folder, and that two students never share.

    The number tells two of the same name apart. Without one, a name that had to be changed ends in a digest of what it
    was.
    """
    safe = re.sub(r'[/\\:*?"<>|]', "_", readable(unicodedata.normalize("NFC", name)))
    safe = safe.encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore").lstrip("._ ").rstrip(". ") or "student"
    if number:
        return f"{safe}_{number}"
    return safe if safe == name else f"{safe}_{hashlib.sha256(os.fsencode(name)).hexdigest()[:8]}"


def canvas_id(student: str) -> str:
    """Return the number by which Canvas knows the student of a folder that was named here; "" for any other folder."""
    found = re.search(r"_canvas_(\d+)$", student)
    return found[1] if found else ""


def _seconds(text: str) -> float:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0
