"""Bring files to their place: notebooks, and what a student handed in beside them, such as modules and data.

Everything goes with the notebook, which may need it. What of it comes to where pages are opened is grading's decision.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from autograder.intake.aside import NOBODYS
from autograder.intake.unpack import LeftOut
from kws_helpers.desk.beside import NETWORK
from kws_helpers.desk.folder import is_machinery
from kws_helpers.desk.text import readable

STAYS, HERE = "not placed: what was here is newer and stays", "was here already"
TIMESTAMP = "timestamp.txt"
"""nbgrader notes there when a lesson was handed in, and reads it."""

_LONGEST = 200  # bytes of a name; file systems take 255


@dataclass(frozen=True)
class Extra:
    """A file that waits in `kept`. Of two with the same place `inside` the one with the higher turn counts."""

    path: PurePosixPath
    kept: Path
    inside: PurePosixPath
    turn: tuple[float, int]


@dataclass(frozen=True)
class Beside:
    """A file that lies beside a lesson's notebook now, by its path from there."""

    lesson: str
    name: str


def place_beside(extras: list[Extra], homes: dict[PurePosixPath, list[str]],
                 folder: Path) -> Iterator[Beside | LeftOut]:
    """Place a student's files: beside the notebooks of the nearest folder above that has some, or else beside all.

    Args:
        homes: the lessons whose notebook was placed, by the folder in which the student had it.
        folder: the student's.
    """
    chosen = {extra.inside: extra for extra in sorted(extras, key=lambda extra: extra.turn)}
    taken: dict[tuple[str, PurePosixPath], PurePosixPath] = {}
    for one in sorted(extras, key=lambda extra: homes.keys().isdisjoint(extra.inside.parents)):
        counts = chosen[one.inside]
        home = next((parent for parent in one.inside.parents if parent in homes), None)
        lessons = homes[home] if home is not None else sorted({lesson for each in homes.values() for lesson in each})
        name = one.inside.relative_to(home) if home is not None else one.inside
        if is_machinery(name.name):  # a platform's name before it has hidden that so far
            yield LeftOut(one.path, f"{NOBODYS}.", harmless=True)
        elif not lessons:
            yield LeftOut(one.path, f"is neither a notebook, nor {NETWORK}, nor a zip file.")
        elif one is not counts:
            same = one.turn < counts.turn or one.kept.read_bytes() == counts.kept.read_bytes()
            yield LeftOut(one.path, f"is another {one.inside}; {counts.path} counts.", harmless=same)
        elif name.parts[0].lower() == NETWORK and len(name.parts) > 1:
            yield LeftOut(one.path, f"is in a folder called {NETWORK}; a network is one file, as model.save writes it.")
        elif any(part != readable(part) or len(part.encode()) > _LONGEST for part in name.parts):
            yield LeftOut(one.path, "has a name that no folder takes, so it was not placed with the notebook.")
        else:
            yield from _copied(one, name, lessons, folder, taken)


def _copied(one: Extra, name: PurePosixPath, lessons: list[str], folder: Path,
            taken: dict[tuple[str, PurePosixPath], PurePosixPath]) -> Iterator[Beside | LeftOut]:
    for lesson in lessons:
        first = taken.setdefault((lesson, name), one.path)
        try:
            remark = put(one.kept, folder / lesson / name, keep=True) if first == one.path else ""
        except OSError as error:
            yield LeftOut(one.path, f"could not be placed beside {lesson}.ipynb: {error.strerror}.")
            continue
        if remark in ("", STAYS):
            yield LeftOut(one.path, f"was not placed beside {lesson}.ipynb, where {first} lies." if not remark else
                          f"was {remark}.", harmless=bool(remark))
        else:
            yield Beside(lesson, str(name))


def put(kept: Path, target: Path, keep: bool = False) -> str:
    """Bring a file to its place, unless a newer one is there; return what happened, in words.

    Args:
        keep: the file goes to other places, too.
    """
    remark = "new"
    if target.exists():
        if target.read_bytes() == kept.read_bytes():
            return HERE
        if target.stat().st_mtime > kept.stat().st_mtime:
            return STAYS
        remark = "replaces an earlier one"
    target.parent.mkdir(parents=True, exist_ok=True)
    if keep:
        kept = Path(shutil.copy2(kept, f"{kept}-copy"))
    kept.replace(target)
    return remark


def note_time(folder: Path, seconds: float | None, remark: str) -> None:
    """Note beside a lesson when it was handed in, as nbgrader's collectors do; no time of an earlier one stays.

    Args:
        seconds: since 1970, nothing where it is not known.
        remark: what `put` returned for the notebook.
    """
    note = folder / TIMESTAMP
    if remark == STAYS or (remark == HERE and note.exists()):
        return
    if seconds:
        note.write_text(f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S.%f %Z}", encoding="utf-8")
    else:
        note.unlink(missing_ok=True)
