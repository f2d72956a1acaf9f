"""What lies in a student's folder, without what programs have put there."""

import stat
from dataclasses import dataclass, field
from pathlib import Path

from kws_helpers.results import FOLDER as RESULTS

FEEDBACK = "feedback.html"
"""The page that a student finds in a watched folder."""
WRITTEN = ("spotter.keras", "my_spotter.keras", "spotter.tflite", "excerpt.wav", FEEDBACK)
"""The lessons write these when they run, and `my_results`, and the grader the page; nothing in them is graded."""
_MACHINERY = frozenset(("__macosx", "__pycache__", "node_modules", "site-packages", "venv", "thumbs.db", "desktop.ini",
                        "timestamp.txt"))


@dataclass(frozen=True)
class File:
    """A file: its name below the student's folder, with "/" between folders; where it lies; its size in bytes."""

    name: str
    path: Path
    size: int

    @property
    def last_name(self) -> str:
        """The name without folders, in lower case."""
        return self.name.rpartition("/")[2].lower()


@dataclass
class Folder:
    """What was found in a folder, and in the folders in it.

    Attributes:
        problems: why something cannot be looked at, by its name.
        skipped: names of what programs have put there.
    """

    files: list[File] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Found:
    """What becomes of a file, or of a folder.

    Attributes:
        name: as the student knows it.
        files: what is packed of it, by the name in the zip file; nothing where it is left out.
        remark: what there is to say about it.
        whole: False where `remark` says what is wrong and what to do.
    """

    name: str
    files: dict[str, bytes] = field(default_factory=dict)
    remark: str = ""
    whole: bool = True


def is_machinery(name: str) -> bool:
    """Tell whether a file or folder of this name belongs to a system, an editor or a tool."""
    return (name.startswith(".") and name != "..") or name.lower() in _MACHINERY


def look_into(folder: Path, output: Path) -> Folder:
    """Return what lies in a folder, but for the file `output`. A link to a file counts as a file."""
    found, waiting = Folder(), [(folder, "")]
    while waiting:
        place, prefix = waiting.pop()
        try:
            entries = sorted(place.iterdir())
        except OSError as error:
            found.problems[prefix or str(folder)] = f"cannot be opened: {error.strerror}."
            continue
        if any(path.name == "pyvenv.cfg" for path in entries):
            found.skipped.add(place.name)
            continue
        for path in entries:
            if is_machinery(path.name) or path.name in (RESULTS, *WRITTEN):
                found.skipped.add(path.name)
            elif path.absolute() != output.absolute():
                waiting += _add(found, f"{prefix}{path.name}", path)
    found.files.sort(key=lambda file: file.name)
    return found


def size(n_bytes: int) -> str:
    """Return a number of bytes in words."""
    return f"{n_bytes / 2**20:,.1f} MB" if n_bytes > 2**19 else f"{-(-n_bytes // 2**10)} kB"


def _add(found: Folder, name: str, path: Path) -> list[tuple[Path, str]]:
    """Add a file, or why it cannot be looked at; returns the folder that is to be looked into instead, if it is one."""
    try:
        info = path.stat()
    except OSError as error:
        found.problems[name] = f"cannot be opened: {error.strerror}."
        return []
    if stat.S_ISREG(info.st_mode):
        found.files.append(File(name, path, info.st_size))
    elif not stat.S_ISDIR(info.st_mode):
        found.problems[name] = "is no ordinary file."
    elif path.is_symlink():
        found.problems[name] = "is a link to a folder. Copy the folder itself to here if it belongs to your work."
    else:
        return [(path, f"{name}/")]
    return []
