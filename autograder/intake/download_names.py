"""Whose it is, by the name at the top of its path: that one was given by Moodle, Canvas, Brightspace, Blackboard,
nbgrader or the instructor. Everything below it is the student's choice and says nothing.
"""

import hashlib
import os
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from nbgrader.utils import parse_utc

from autograder.building.lesson import lesson_names
from autograder.intake.aside import NOTEBOOKS
from kws_helpers.desk.text import readable

_FOLDERS = {
    "moodle": r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?P<what>[a-z]+)(?:_(?P<original>.*))?",
    "brightspace": r"(?P<number>\d+)-\d+ ?- ?(?P<name>.+?) ?- ?(?P<time>[^-]*\d{4}[^-]*?)(?: ?- ?(?P<original>.+))?",
    "inbound": r"(?P<name>.+?)\+[^+]+\+(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: [A-Z]+)?)[^+]*(?:\+.*)?"}
_CANVAS = r"(?:(?P<upload>\d+)_(?P<original>.+)|(?P<what>text|link)\.html)"
_FILES = _FOLDERS | {
    "canvas": r"(?!anon_|LATE_anon_)(?P<name>[^_]+)_(?:LATE_)?(?P<number>\d+)_" + _CANVAS,
    "anonymous": r"(?:LATE_)?(?P<name>anon_[0-9A-Za-z]+)_" + _CANVAS,
    "blackboard": r".+_(?P<name>[^_]+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<original>.+)|(?P<what>\.txt))"}
_TYPED = {"onlinetext": "is a text typed into Moodle; nothing in it is graded, read it there.",
          "text": "is a text typed into Canvas; nothing in it is graded, read it there.",
          "link": "is a link typed into Canvas; nothing behind it is graded, open it there.",
          ".txt": "is what Blackboard says of a hand-in; nothing in it is graded."}
_TIMES = ("%Y-%m-%d-%H-%M-%S",
          *(f"{day} %Y {time}" for day in ("%b %d", "%B %d", "%d %b", "%d %B") for time in ("%I%M %p", "%H%M")))
_LONGEST = 150  # bytes; file systems take 255, and the number comes after it


@dataclass(frozen=True)
class Owner:
    """Whose a file is.

    Attributes:
        student: the name of the student's folder.
        inside: where the file is in what was handed in, under the name that the student gave it.
        turn: of two hand-ins of the same lesson the one with the higher turn counts.
        time: when it was handed in, in seconds since 1970, where the name says it.
        typed: why it is no file of the student's, where the platform made it; else "".
        numbered: a platform's name, which only this student has.
    """

    student: str
    inside: PurePosixPath
    turn: tuple[float, int] = (0, 0)
    time: float | None = None
    typed: str = ""
    numbered: bool = True


def owner_of(path: PurePosixPath) -> Owner | None:
    """Return whose the file at this place of the source is; None where nothing says so."""
    top, alone = path.parts[0], len(path.parts) == 1
    name = re.sub(r"\.zip$", "", top, flags=re.IGNORECASE)
    inside = PurePosixPath(*path.parts[1:])
    found = _platform(path)
    if found is None:
        nobodys = (alone and name == top) or name.lower() in (*lesson_names(), NOTEBOOKS, "..")
        return None if nobodys else Owner(folder_name(name), path if alone else inside, numbered=False)
    platform, parts = found
    number = parts.get("number")
    seconds = _seconds(parts["time"]) if parts.get("time") else None
    version = re.search(r"-(\d{1,9})\.[^.]+$", top)
    turn = float(parts["upload"]) if parts.get("upload") else seconds or 0.0
    what = parts.get("what") or ""
    typed = _TYPED.get(what, "") if what != "onlinetext" or path.suffix.lower() == ".html" else ""
    return Owner(folder_name(parts["name"], f"{platform}_{number}" if number else ""),
                 PurePosixPath(parts.get("original") or top) if alone else inside,
                 (turn, int(version[1]) if version and parts.get("upload") else 0), seconds, typed)


def is_platforms(path: PurePosixPath) -> bool:
    """Tell whether a platform has named what is at the top of the path."""
    return bool(path.parts) and _platform(path) is not None


def _platform(path: PurePosixPath) -> tuple[str, dict[str, str]] | None:
    """Return the platform and the parts of its name. Of two patterns the one with the shorter student's name is right:
    the rest is the student's choice.
    """
    top = path.parts[0]
    is_file = len(path.parts) == 1 or top.lower().endswith(".zip")
    found = [(platform, match.groupdict()) for platform, pattern in (_FILES if is_file else _FOLDERS).items()
             if (match := re.fullmatch(pattern, top, re.DOTALL))]
    return min(found, key=lambda one: len(one[1]["name"]), default=None)


def folder_name(name: str, number: str = "") -> str:
    """Return a name that every system takes for one folder, and that two students never share.

    The number tells two of the same name apart. Without one, a name that had to be changed ends in a digest of what it
    was. Spaces around a name, dots behind it and the way in which accents are written come and go between systems.
    """
    plain = unicodedata.normalize("NFC", name).strip().rstrip(". ") or name
    safe = re.sub(r'[/\\:*?"<>|]', "_", readable(plain))
    safe = safe.encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore").lstrip("._ ").rstrip(". ") or "student"
    if number:
        return f"{safe}_{number}"
    return safe if safe == plain else f"{safe}_{hashlib.sha256(os.fsencode(plain)).hexdigest()[:8]}"


def canvas_id(student: str) -> str:
    """Return the number by which Canvas knows the student of a folder that was named here; "" for any other folder."""
    found = re.search(r"_canvas_(\d+)$", student)
    return found[1] if found else ""


def _seconds(text: str) -> float:
    """Return the time in a platform's name; 0.0 where it cannot be read. Brightspace writes 1:17 as 117.

    nbgrader writes the time of the world, or names another; the platforms write that of the clock on the wall.
    """
    with suppress(ValueError, OverflowError):
        if re.match(r"\d{4}-\d\d-\d\d \d", text):
            return parse_utc(text).replace(tzinfo=UTC).timestamp()
    text = re.sub(r"[,.]? +", " ", text.replace(",", " ").strip())
    text = re.sub(r"(?<= )(\d{1,2}):?(\d\d)(?= [AP]M$|$)", lambda hour: hour[1].zfill(2) + hour[2], text,
                  flags=re.IGNORECASE) if "-" not in text else text
    for pattern in _TIMES:
        with suppress(ValueError):
            return datetime.strptime(text, pattern).timestamp()
    return 0.0
