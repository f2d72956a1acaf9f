"""Pack the lessons into one file for the teacher, after a look at whether they are whole."""

import json
import zipfile
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

FILE = "hand-in.zip"
NETWORK = "challenge.keras"
GRADED_CELLS = Path(__file__).with_name("graded_cells.json")
"""The cells of each lesson that a student fills in or that give points, by grade_id; made by `make lessons`."""

_UNTOUCHED = ("YOUR ANSWER HERE", "raise NotImplementedError()")
_FRESH = "Rename yours, get a fresh copy of this lesson, and copy into it what you wrote."


@dataclass(frozen=True)
class Found:
    """A file of the folder.

    Attributes:
        content: what is packed; None where the file is left out.
        remark: what there is to say about it.
        whole: False where `remark` says what is wrong and what to do.
    """

    name: str
    content: bytes | None
    remark: str = ""
    whole: bool = True


def graded_cells() -> dict[str, list[str]]:
    """Return the names of the cells of each lesson that a student fills in or that give points."""
    return json.loads(GRADED_CELLS.read_text(encoding="utf-8"))


def look_through(folder: Path) -> list[Found]:
    """Look at every lesson in the folder, and at the challenge's network.

    A lesson that was not begun is left out, and so is a file that is no notebook. A notebook that lost cells is packed
    as it is: much of it can still be graded.
    """
    found = [_look_at(path, cells) for lesson, cells in graded_cells().items()
             if (path := folder / f"{lesson}.ipynb").is_file()]
    network = folder / NETWORK
    return found + ([Found(NETWORK, network.read_bytes())] if network.is_file() else [])


def pack(found: list[Found], output: Path) -> None:
    """Write what is to be packed into a zip file; the same work gives the same bytes."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in found:
            if one.content is not None:
                member = zipfile.ZipInfo(one.name)  # dated 1980, whenever it is packed
                member.external_attr = 0o644 << 16
                archive.writestr(member, one.content, zipfile.ZIP_DEFLATED)
    output.write_bytes(packed.getvalue())


def hand_in(folder: Path, output: Path) -> bool:
    """Pack the lessons of a folder, and print what was packed and what was not.

    Returns:
        True when there was something to pack and all of it is whole.
    """
    found = look_through(folder)
    for one in found:
        mark = "✘" if not one.whole else "–" if one.content is None else "✔"
        print(f"{mark} {one.name}{': ' if one.remark else ''}{one.remark}")
    if not any(one.content is not None and one.name != NETWORK for one in found):
        print(f"\nThere is nothing to hand in: {folder} holds no lesson that was begun and can be read. "
              f"{output.name} was not written.")
        return False
    pack(found, output)
    print(f"\n{output.resolve()} is what you hand in. It holds what was saved, so save first.")
    whole = all(one.whole for one in found)
    if not whole:
        print("Not everything is whole (✘): put it right, and pack again.")
    return whole


def _look_at(path: Path, graded: list[str]) -> Found:
    content = path.read_bytes()
    try:
        cells = _cells(content)
    except (ValueError, RecursionError):
        return Found(path.name, None, "left out, because it is damaged and is no notebook. Open it in JupyterLab and "
                                      f"save it. If it does not open: {_FRESH}", whole=False)
    counts = Counter(str(_settings(cell).get("grade_id")) for cell in cells)
    if lost := [name for name in graded if not counts[name]]:
        return Found(path.name, content, f"packed, but without the {_names(lost)}. {_FRESH}", whole=False)
    if doubled := [name for name in graded if counts[name] > 1]:
        return Found(path.name, content, f"packed, but with more than one {_names(doubled)}. Keep the one that counts, "
                                         "delete its copies, and save.", whole=False)
    if all(_untouched(cell) for cell in cells if _settings(cell).get("solution")):
        return Found(path.name, None, "left out, because it was not begun.")
    return Found(path.name, content)


def _cells(content: bytes) -> list[dict[str, Any]]:
    """The cells of a notebook; raises ValueError where it is none."""
    match json.loads(content):
        case {"cells": [*cells]} if all(isinstance(cell, dict) and isinstance(cell.get("source"), (str, list))
                                        for cell in cells):
            return cells
    raise ValueError("no notebook")


def _settings(cell: dict[str, Any]) -> dict[str, Any]:
    """nbgrader's metadata of a cell; empty where there is none."""
    match cell:
        case {"metadata": {"nbgrader": dict(settings)}}:
            return settings
    return {}


def _untouched(cell: dict[str, Any]) -> bool:
    return "".join(map(str, cell["source"])).strip().endswith(_UNTOUCHED)


def _names(grade_ids: list[str]) -> str:
    return f"cell{'s' if len(grade_ids) > 1 else ''} {', '.join(grade_ids)}"
