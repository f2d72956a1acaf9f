"""The lessons as students get them: which lesson a notebook is, and whether anything in it is the student's."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kws_helpers.desk.notebook import Cell

FILE = Path(__file__).with_name("handed_out.json")
"""The cells of every notebook that students get; made by `make lessons`."""


class HandedOut(NamedTuple):
    """A cell as students get it. `grade_id` is "" where nothing is filled in or graded."""

    id: str
    fingerprint: str
    grade_id: str


@cache
def notebooks() -> dict[str, list[HandedOut]]:
    """Return the cells of every notebook that students get, by its name."""
    return {name: [HandedOut(*cell) for cell in cells]
            for name, cells in json.loads(FILE.read_text(encoding="utf-8")).items()}


def graded_cells() -> dict[str, list[str]]:
    """Return the names of the cells of each lesson that a student fills in or that give points."""
    named = {name: [cell.grade_id for cell in cells if cell.grade_id] for name, cells in notebooks().items()}
    return {name: cells for name, cells in named.items() if cells}


def notebook_of(cells: Sequence[Cell]) -> str:
    """Return the name of the notebook that most of the cells are from, "" where none of them is from any."""
    ids, texts, names = ({getattr(cell, part) for cell in cells} - {""} for part in HandedOut._fields)
    shares = {name: sum(cell.id in ids or cell.fingerprint in texts or cell.grade_id in names for cell in ours)
              for name, ours in notebooks().items()}
    best = max(shares, key=lambda name: shares[name], default="")
    return best if best and shares[best] else ""


def is_begun(name: str, cells: Sequence[Cell]) -> bool:
    """Tell whether a notebook differs from what students get: in a text, an attachment, the number of its cells.

    Cells without anything in them do not count: JupyterLab adds one below the last that is run.
    """
    return written(cells) != [cell.fingerprint for cell in notebooks()[name]]


def written(cells: Sequence[Cell]) -> list[str]:
    """Return the fingerprints of the cells in which something stands."""
    return [cell.fingerprint for cell in cells if cell.source.strip() or cell.attachments]
