"""Read a notebook's bytes whatever state they are in: any encoding and format version, damaged, broken off, or with
the marks of git. Hand-in and the grader read with it, so that what the one packs the other takes.

Only what work stands in is taken over, each piece checked: the cells' kinds and sources, attachments, nbgrader's
settings and the kernel's name. Outputs are left behind. nbformat can read only what is whole, so it does not read here.
"""

import hashlib
import json
import math
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from kws_helpers.desk.conflicts import conflict_in, is_complete
from kws_helpers.desk.file_text import Unreadable, text_of
from kws_helpers.desk.text import clean

MAX_BYTES = 50 * 2**20
MAX_CELLS = 5000
MAX_BREAKS = 20
"""After so many damaged places in a file no more are skipped, each of which takes a look at all that follows."""

_KINDS = {"code": "code", "markdown": "markdown", "heading": "markdown", "html": "markdown", "text": "markdown"}
"""The kinds of cells in all format versions; every other is raw."""

# Python refuses to read an integer of more than 4300 digits; such a float is infinite.
_DECODER = json.JSONDecoder(parse_int=lambda digits: int(digits) if len(digits) < 20 else float(digits))
_AGAIN = "Open it in JupyterLab, save it, and hand it in again."
TOO_LARGE = (f"is larger than {MAX_BYTES // 2**20} MB. In JupyterLab choose Edit > Clear Outputs of All Cells, save, "
             "and hand it in again.")


@dataclass(frozen=True)
class Cell:
    """A cell as it was found. `kind` is code, markdown or raw; `settings` is what nbgrader keeps in its metadata."""

    kind: str
    source: str
    id: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def grade_id(self) -> str:
        """The name by which nbgrader knows the cell, "" where it has none."""
        return str(self.settings.get("grade_id", ""))

    @property
    def fingerprint(self) -> str:
        """A digest of all that a student can write into the cell."""
        written = json.dumps([self.kind, self.source, self.attachments], sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()[:12]


@dataclass
class Contents:
    """What a notebook's file holds.

    Attributes:
        notes: what was read otherwise than it stands there, in words; nothing is lost by it.
        faults: what was lost, or is not clear, in words.
    """

    cells: list[Cell]
    kernel: str
    notes: list[str]
    faults: list[str]


def read(raw: bytes) -> Contents:
    """Return what is in the bytes of a notebook file.

    Raises:
        Unreadable: it is no notebook.
    """
    if len(raw) > MAX_BYTES:
        raise Unreadable(TOO_LARGE)
    contents = Contents([], "", [], [])
    text = text_of(raw, contents.notes, contents.faults)
    versions = _versions(text, contents)
    found = [list(_raw_cells(data)) for data in versions]
    if any(len(cells) > MAX_CELLS for cells in found):
        raise Unreadable(f"has more than {MAX_CELLS:,} cells.")
    upper, *lower = ([_cell(one) for one in cells if isinstance(one, dict)] for cells in found)
    contents.cells = list(_both_versions(_merged(upper, lower[0], contents) if lower else upper, contents))
    contents.kernel = _kernel(versions[0])
    if not contents.cells:
        raise Unreadable("is a notebook without any cell.")
    contents.faults += _losses(found[0])
    return contents


def _versions(text: str, contents: Contents) -> list[dict[str, Any]]:
    """Return what the file holds as data: once, or twice where git has left two versions in it."""
    conflict = conflict_in(text)
    if not conflict:
        return [_load(text, contents)]
    versions, problem = [], None
    for version in (conflict.upper, conflict.lower):
        try:
            versions.append(_load(version, contents))
        except Unreadable as error:
            problem = error
    said = f"Git has left its conflict markers in the file, the first in line {conflict.line}."
    if not versions:
        raise Unreadable(f"{problem} {said}")
    if problem:
        contents.faults.append(f"{said} Only one of the two versions between them could be read.")
    else:
        contents.notes.append(said)
    return versions


def _load(text: str, contents: Contents) -> dict[str, Any]:
    try:
        data = _DECODER.decode(text)
    except RecursionError:
        raise Unreadable("is damaged: its JSON is nested far too deeply.") from None
    except json.JSONDecodeError as error:
        cells = list(_undamaged_cells(text))
        if not any(_settings(cell).get("solution") for cell in cells if isinstance(cell, dict)):
            raise Unreadable(f"is damaged: its JSON breaks off or is wrong in line {error.lineno}. {_AGAIN}") from None
        contents.faults.append(f"The file is damaged in line {error.lineno}: it breaks off or is not JSON. "
                               f"{len(cells)} cells could be read; what else was in it counts as not handed in.")
        return {"cells": cells}
    if not isinstance(data, dict) or not ("cells" in data or "worksheets" in data):
        raise Unreadable("is not a Jupyter notebook (it has no cells).")
    return data


def _undamaged_cells(text: str) -> Iterator[Any]:
    """Yield the cells that can be read in a damaged file. Where one is damaged, go on with the next."""
    next_cell = re.compile(r'\{\s*"(?:attachments|cell_type|execution_count|id|metadata)"\s*:')
    start, breaks = re.search(r'"cells"\s*:\s*\[', text), 0
    found = start and next_cell.search(text, start.end())
    while found and breaks < MAX_BREAKS:
        try:
            cell, position = _DECODER.raw_decode(text, found.start())
            yield cell
        except (ValueError, RecursionError):
            position, breaks = found.end(), breaks + 1
        found = next_cell.search(text, position)


def _raw_cells(data: dict[str, Any]) -> Iterator[Any]:
    """Yield the cells of a notebook of any version: before version 4 they stand in worksheets."""
    for place in [data, *_list(data.get("worksheets"))]:
        yield from _list(place.get("cells")) if isinstance(place, dict) else []


def _merged(upper: list[Cell], lower: list[Cell], contents: Contents) -> list[Cell]:
    """Return the cells of the upper version, and in their places those that are in the lower one only."""
    places, before, place = defaultdict(list), defaultdict(list), 0
    for number, cell in enumerate(upper):
        places[cell.fingerprint].append(number)
    for cell in lower:
        alike = places.get(cell.fingerprint)
        if not alike:
            before[place].append(cell)
        elif alike[-1] >= place:
            place = alike[bisect_left(alike, place)] + 1
    known = {cell.fingerprint for cell in lower}
    _tell_versions([one for cells in before.values() for one in cells] +
                   [cell for cell in upper if cell.fingerprint not in known], contents)
    return [one for place, cell in enumerate(upper) for one in (*before[place], cell)] + before[len(upper)]


def _both_versions(cells: list[Cell], contents: Contents) -> Iterator[Cell]:
    """Yield the cells; one of code in which git's markers stand becomes two, the upper version last."""
    for cell in cells:
        conflict = conflict_in(cell.source) if is_complete(cell.source) else None
        if conflict:
            contents.faults.append(f"Git's conflict markers stand in {_name(cell)}. Keep one of the two versions.")
        if conflict and cell.kind == "code":
            yield from (replace(cell, source=version) for version in (conflict.lower, conflict.upper))
        else:
            yield cell


def _tell_versions(different: list[Cell], contents: Contents) -> None:
    if different:
        names = ", ".join(dict.fromkeys(map(_name, different)))
        contents.faults.append(f"Its two versions differ in {names}. Both were kept, the upper after the lower one. "
                               "To take one of them whole: `git checkout --ours` or `--theirs`, and the file's name.")
    else:
        contents.notes.append("Its two versions hold the same cells.")


def _name(cell: Cell) -> str:
    return cell.grade_id or "a cell of your own"


def _cell(found: dict[str, Any]) -> Cell:
    """Return a cell of any version with what it should have."""
    kind, number = found.get("cell_type"), found.get("id")
    kind = _KINDS.get(kind, "raw") if isinstance(kind, str) else "raw"
    return Cell(kind, clean(_source(found)), number if isinstance(number, str) else "", _settings(found),
                _attachments(found))


def _attachments(cell: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {clean(name): {clean(kind): data for kind, data in _dict(bundle).items() if isinstance(data, str)}
            for name, bundle in _dict(cell.get("attachments")).items()}


def _source(cell: dict[str, Any]) -> str:
    """Return the source, which earlier versions called otherwise; a list of lines or one text."""
    source = next((cell[key] for key in ("source", "input", "code", "text") if key in cell), "")
    text = "".join(line for line in ([source] if isinstance(source, str) else _list(source)) if isinstance(line, str))
    return f"# {text}" if cell.get("cell_type") == "heading" else text


def _settings(cell: dict[str, Any]) -> dict[str, Any]:
    """Return what nbgrader keeps in a cell's metadata, as far as it is of a possible type."""
    settings = _dict(_dict(cell.get("metadata")).get("nbgrader"))
    return {clean(key): clean(value) if isinstance(value, str) else value for key, value in settings.items()
            if isinstance(value, str) or (isinstance(value, (int, float)) and math.isfinite(value))}


def _kernel(data: dict[str, Any]) -> str:
    name = _dict(_dict(data.get("metadata")).get("kernelspec")).get("name")
    return clean(name) if isinstance(name, str) else ""


def _losses(found: list[Any]) -> list[str]:
    """Return what of the cells was left behind or changed, in words."""
    kinds = Counter("lost" if not isinstance(cell, dict) else "changed" for cell in found
                    if not isinstance(cell, dict) or clean(_source(cell)) != _source(cell))
    faults = []
    if kinds["lost"]:
        faults.append(f"{kinds['lost']} cells were damaged and left out.")
    if kinds["changed"]:
        faults.append(f"{kinds['changed']} cells held characters that cannot stand in a notebook; they were taken out.")
    return faults


def _list(value: Any) -> list:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict:
    return value if isinstance(value, dict) else {}
