"""Open the file of a notebook that a student handed in, and make of what is in it a notebook of nbformat's."""

import re
import stat
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from kws_helpers.desk.file_text import Unreadable
from kws_helpers.desk.handed_out import is_begun, notebook_of
from kws_helpers.desk.notebook import MAX_BYTES, Cell, read

_MAKE = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell, "raw": nbformat.v4.new_raw_cell}


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
    return parse_notebook(read_file(path, MAX_BYTES))


def parse_notebook(raw: bytes) -> tuple[NotebookNode, list[str]]:
    """Return the notebook in the bytes of a file, and what was noticed and put right, in words.

    Raises:
        Unreadable: there is none.
    """
    contents = read(raw)
    notes, lesson = contents.notes + contents.faults, notebook_of(contents.cells)
    if lesson and not is_begun(lesson, contents.cells):
        notes.append("Nothing in the notebook differs from what was handed out. If answers were written, they are in "
                     "another file.")
    name = contents.kernel
    kernel = {"kernelspec": {"name": name, "display_name": name}} if name else {}
    cells = [_whole(cell) for cell in contents.cells]
    return nbformat.v4.new_notebook(cells=cells, metadata=kernel), notes


def _whole(cell: Cell) -> NotebookNode:
    """Return a cell with all that the format asks for, without outputs."""
    new = _MAKE[cell.kind](cell.source)
    if cell.settings:
        new.metadata["nbgrader"] = NotebookNode(cell.settings)
    if cell.kind == "markdown" and cell.attachments:
        new["attachments"] = NotebookNode({name: _pictures(bundle) for name, bundle in cell.attachments.items()})
    return new


def _pictures(bundle: dict[str, str]) -> NotebookNode:
    """Return the pictures of an attachment."""
    return NotebookNode({kind: data for kind, data in bundle.items() if kind in ("image/png", "image/jpeg")
                         and re.fullmatch(r"[\w+/=\s]*", data, re.ASCII)})
