"""What a student handed in beside a notebook: modules, data, pictures, and whatever else.

All of it is there while the notebook runs, as it was at the desk. Where an instructor opens pages only those kinds of
files come that neither a browser nor JupyterLab runs.
"""

import math
import os
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path

from kws_helpers.check.attempts import FILE as LOG
from kws_helpers.desk.folder import is_machinery
from kws_helpers.desk.text import listed, readable

MAX_FILES = 1000
MAX_BYTES = 200 * 2**20
"""Of all files together; the folder in which a kernel works has room for a little more."""
MAX_DEPTH = 20

_KEPT = frozenset([".py", ".npy", ".npz", ".csv", ".tsv", ".txt", ".json", ".yaml", ".yml", ".toml", ".wav", ".flac",
                   ".ogg", ".mp3", ".keras", ".h5", ".tflite", ".png", ".jpg", ".jpeg", ".gif"])
"""The endings of files that are kept where pages are opened."""
OPENED = (".html", ".htm", ".xhtml", ".xml", ".svg", ".svgz", ".mht", ".mhtml", ".js", ".mjs", ".pdf")
"""Endings of what a browser opens or runs, for stock nbgrader, which copies all but what it is told to leave out."""
_DRAWN = (".vg.json", ".vl.json")  # JupyterLab draws what they describe


def files_below(folder: Path) -> Iterator[Path]:
    """Yield ordinary files in a folder and below it, those at the top first: no links, nothing in hidden folders.

    The log of checks is none of them: no grade depends on it. A folder that cannot be read has no files here.
    """
    folders = [(folder, 0)]
    for place, depth in folders:  # which grows meanwhile
        try:
            entries = sorted(os.scandir(place), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if entry.is_symlink():
                continue
            if entry.is_file():
                if Path(entry.path).parts[-2:] != LOG.parts:
                    yield Path(entry.path)
            elif entry.is_dir() and depth < MAX_DEPTH and not is_machinery(entry.name):
                folders.append((Path(entry.path), depth + 1))


def files_beside(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the files that a notebook in `folder` finds beside it, and those that are too many, large or closed."""
    taken, left_out, room = [], [], MAX_BYTES
    for path in files_below(folder):
        if path.name.lower().endswith(".ipynb"):
            continue
        size = _size(path)
        fits = len(taken) < MAX_FILES and size <= room
        (taken if fits else left_out).append(path)
        room -= size if fits else 0
    return taken, left_out


def copy_beside(files: list[Path], source: Path, target: Path) -> None:
    """Copy files from one folder into another, each to the same place in it."""
    target.mkdir(parents=True, exist_ok=True)
    for path in files:
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def is_kept(path: Path) -> bool:
    """Tell whether a file is of a kind that comes to where an instructor opens pages."""
    return path.suffix.lower() in _KEPT and not path.name.lower().endswith(_DRAWN)


def remarks(taken: list[Path], left_out: list[Path], folder: Path) -> list[str]:
    """Return what a student should know of the files beside the notebook, in words."""
    said = []
    if left_out:
        said.append(f"What cannot be read, or is more than {MAX_FILES} files or {MAX_BYTES // 2**20} MB, was not there "
                    f"while the notebook ran: {_listed(left_out, folder)}.")
    if others := [path for path in taken if not is_kept(path)]:
        said.append(f"Of kinds that are not kept beside the graded notebook, but were there while it ran: "
                    f"{_listed(others, folder)}.")
    modules = {path.relative_to(folder).parts[0].removesuffix(".py") for path in taken if path.suffix == ".py"}
    if masks := sorted(filter(_is_installed, modules)):
        said.append(f"Modules beside the notebook have names of installed ones: {', '.join(masks)}. While grading, "
                    "`import` finds the installed ones. Give yours other names.")
    return said


def _is_installed(name: str) -> bool:
    installed = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    return (name in sys.stdlib_module_names or name in ("autograder", "kws_helpers")
            or PathFinder.find_spec(name, installed) is not None)


def _size(path: Path) -> float:
    """Return the number of bytes; more than there is room for where the file cannot be read."""
    try:
        return path.stat().st_size if os.access(path, os.R_OK) else math.inf
    except OSError:
        return math.inf


def _listed(files: list[Path], folder: Path) -> str:
    return listed(readable(str(path.relative_to(folder))) for path in files)
