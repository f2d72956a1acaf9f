"""Read a notebook file whatever state it is in: any encoding and format version, damaged or broken off.

Only what grading needs is taken over, each piece checked: the cells' kinds and sources, attached pictures, nbgrader's
settings and the kernel's name. Outputs are left behind. nbformat can read only what is whole, so it does not read here.
"""

import json
import math
import re
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.intake.text import clean

MAX_BYTES = 50 * 2**20
MAX_CELLS = 5000
MAX_BREAKS = 20
"""After so many damaged places in a file no more are skipped, each of which takes a look at all that follows."""

KINDS = {"code": "code", "markdown": "markdown", "heading": "markdown", "html": "markdown", "text": "markdown"}
"""The kinds of cells in all format versions; every other is raw."""

_MAKE = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell, "raw": nbformat.v4.new_raw_cell}
# Python refuses to read an integer of more than 4300 digits; such a float is infinite.
_DECODER = json.JSONDecoder(parse_int=lambda digits: int(digits) if len(digits) < 20 else float(digits))
_AGAIN = "Open it in JupyterLab, save it, and hand it in again."


class Unreadable(Exception):
    """A file that cannot be used; the message says what is wrong with it, for the student."""


def read_file(path: Path, most: int) -> bytes:
    """Return the first `most` + 1 bytes of a file that a student handed in.

    Raises:
        Unreadable: it is a link, or a pipe or the like.
        OSError: it cannot be opened.
    """
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        raise Unreadable("is a link. Links are not followed: hand in the file itself.")
    if not stat.S_ISREG(mode):
        raise Unreadable("is no ordinary file.")
    with path.open("rb") as file:
        return file.read(most + 1)


def read_notebook(path: Path) -> tuple[NotebookNode, list[str]]:
    """Read a notebook file; return the notebook and what was put right, in words.

    Raises:
        Unreadable: it is no notebook.
        OSError: it cannot be opened.
    """
    raw = read_file(path, MAX_BYTES)
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"is larger than {MAX_BYTES // 2**20} MB. Clear its outputs and hand it in again.")
    return parse_notebook(raw)


def parse_notebook(raw: bytes) -> tuple[NotebookNode, list[str]]:
    """Return the notebook in the bytes of a file, and what was put right, in words.

    Raises:
        Unreadable: there is none.
    """
    text, notes = _decode(raw)
    data = _load(text, notes)
    found = list(_cells(data))
    if len(found) > MAX_CELLS:
        raise Unreadable(f"has more than {MAX_CELLS:,} cells.")
    cells = [_whole(cell) for cell in found if isinstance(cell, dict)]
    if not cells:
        raise Unreadable("is a notebook without any cell.")
    notes += _losses(found)
    return nbformat.v4.new_notebook(cells=cells, metadata=_kernel(data)), notes


def _decode(raw: bytes) -> tuple[str, list[str]]:
    """Return the text of a file. Notebooks are UTF-8; some editors save them otherwise, transfers damage bytes."""
    encoding = json.detect_encoding(raw)
    if encoding not in ("utf-8", "utf-8-sig"):
        return raw.decode(encoding, "replace"), [f"The file was saved as {encoding.upper()}; it was read as such."]
    try:
        return raw.decode(encoding), []
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "replace")
    damaged = text.count("\N{REPLACEMENT CHARACTER}")
    if sum(not character.isascii() for character in text) > 2 * damaged:  # most of it is UTF-8
        return text, [f"{damaged} damaged characters were replaced."]
    return raw.decode("cp1252", "replace"), ["The file was not saved as UTF-8; it was read as Windows-1252."]


def _load(text: str, notes: list[str]) -> dict[str, Any]:
    try:
        data = _DECODER.decode(text)
    except RecursionError:
        raise Unreadable("is damaged: its JSON is nested far too deeply.") from None
    except json.JSONDecodeError as error:
        cells = list(_undamaged_cells(text))
        if not any(_settings(cell).get("solution") for cell in cells if isinstance(cell, dict)):
            raise Unreadable(f"is damaged: its JSON breaks off or is wrong in line {error.lineno}. {_AGAIN}") from None
        notes.append(f"The file is damaged in line {error.lineno}: it breaks off or is not JSON. {len(cells)} cells "
                     f"could be read; what else was in it counts as not handed in.")
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


def _cells(data: dict[str, Any]) -> Iterator[Any]:
    """Yield the cells of a notebook of any version: before version 4 they stand in worksheets."""
    for place in [data, *_list(data.get("worksheets"))]:
        yield from _list(place.get("cells")) if isinstance(place, dict) else []


def _whole(cell: dict[str, Any]) -> NotebookNode:
    """Return a cell of version 4 with all that the format asks for, without outputs."""
    kind = cell.get("cell_type")
    new = _MAKE[KINDS.get(kind, "raw") if isinstance(kind, str) else "raw"](clean(_source(cell)))
    settings = _settings(cell)
    if settings:
        new.metadata["nbgrader"] = NotebookNode(settings)
    if new.cell_type == "markdown" and isinstance(cell.get("attachments"), dict):
        new["attachments"] = NotebookNode(_pictures(cell["attachments"]))
    return new


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


def _pictures(attachments: dict[str, Any]) -> dict[str, NotebookNode]:
    """Return pictures that were pasted into a cell."""
    return {clean(name): NotebookNode({kind: data for kind, data in _dict(bundle).items()
                                       if kind in ("image/png", "image/jpeg") and isinstance(data, str)
                                       and re.fullmatch(r"[\w+/=\s]*", data, re.ASCII)})
            for name, bundle in attachments.items()}


def _kernel(data: dict[str, Any]) -> dict[str, Any]:
    name = _dict(_dict(data.get("metadata")).get("kernelspec")).get("name")
    return {"kernelspec": {"name": clean(name), "display_name": clean(name)}} if isinstance(name, str) else {}


def _losses(found: list[Any]) -> list[str]:
    """Return what of the cells was left behind or changed, in words."""
    kinds = Counter("lost" if not isinstance(cell, dict) else "changed" for cell in found
                    if not isinstance(cell, dict) or clean(_source(cell)) != _source(cell))
    notes = []
    if kinds["lost"]:
        notes.append(f"{kinds['lost']} cells were damaged and left out.")
    if kinds["changed"]:
        notes.append(f"{kinds['changed']} cells held characters that cannot stand in a notebook; they were taken out.")
    return notes


def _list(value: Any) -> list:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict:
    return value if isinstance(value, dict) else {}
