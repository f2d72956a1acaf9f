"""Find what students handed in: `<student>/<assignment>/<notebook>.ipynb`, nbgrader's `submitted/` layout."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.lesson import lesson_names

MAX_BYTES = 100 * 2**20


class Unreadable(Exception):
    """A notebook that cannot be read; the message says what is wrong with it, for the student."""


@dataclass
class Submission:
    """One assignment of one student.

    Attributes:
        folder: where it lies, or None where the student handed in nothing for this assignment.
        notebook: the notebook, or None where `problem` says why there is none.
        missing: nothing was handed in (as opposed to something that cannot be read).
        notes: what was put right while reading, for the feedback.
    """

    student: str
    assignment: str
    folder: Path | None = None
    notebook: NotebookNode | None = None
    problem: str = ""
    missing: bool = False
    notes: list[str] = field(default_factory=list)


def find_submissions(folder: Path) -> list[Submission]:
    """Every student's submission of every assignment that somebody handed in, read and sorted.

    Raises:
        ValueError: the folder is not in the layout, with a message that says what was expected.
    """
    students = _folders(folder)
    lessons = lesson_names()
    found = {student: {path.name: path for path in _folders(student)} for student in students}
    assignments = {name for folders in found.values() for name in folders}
    if not assignments & set(lessons):
        raise ValueError(
            f"{folder} holds no submissions. Expected <student>/<assignment>/<notebook>.ipynb with assignments named "
            f"like the lessons ({', '.join(lessons)}), as nbgrader collects them into its `submitted` folder.")
    return [_read(student.name, assignment, found[student].get(assignment))
            for student in students for assignment in sorted(assignments)
            if assignment in lessons or assignment in found[student]]


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith((".", "__")))


def _read(student: str, assignment: str, folder: Path | None) -> Submission:
    submission = Submission(student, assignment, folder)
    if assignment not in lesson_names():
        submission.problem = f"There is no lesson called {assignment}."
        return submission
    path = _notebook_path(submission)
    if path is None:
        submission.problem = submission.problem or "No notebook was handed in."
        submission.missing = True
        return submission
    if not path.resolve().is_relative_to(folder.parent.resolve()):
        submission.problem = f"{path.name} is a link that leads out of what was handed in."
        return submission
    try:
        submission.notebook = read_notebook(path)
    except Unreadable as error:
        submission.problem = f"{path.name} {error}"
    return submission


def _notebook_path(submission: Submission) -> Path | None:
    """The notebook of the lesson's name; failing that, the only notebook there is."""
    if submission.folder is None:
        return None
    path = submission.folder / f"{submission.assignment}.ipynb"
    if path.is_file():
        return path
    others = sorted(one for one in submission.folder.rglob("*.ipynb")
                    if one.is_file() and ".ipynb_checkpoints" not in one.parts)
    if len(others) == 1:
        submission.notes.append(f"The notebook was called {others[0].name}; it is graded as {path.name}.")
        return others[0]
    if others:
        submission.problem = (f"There is no {path.name}, and it is not clear which of {len(others)} other notebooks is "
                              "meant.")
    return None


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook of any format version as version 4.

    Raises:
        Unreadable: it is no notebook.
    """
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable(f"is larger than {MAX_BYTES // 2**20} MB. Clear its outputs and hand it in again.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
        json.loads(text)  # says where the JSON is wrong, which nbformat does not
        notebook = nbformat.reads(text, as_version=4)
        cells = [_whole(cell) for cell in notebook.cells]
    except UnicodeDecodeError:
        raise Unreadable("is not saved as UTF-8 text, so it is no notebook.") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"is damaged: its JSON breaks off or is wrong in line {error.lineno}. Open it in JupyterLab, "
                         "save it, and hand it in again.") from None
    except RecursionError:
        raise Unreadable("is damaged: its JSON is nested far too deeply.") from None
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise Unreadable(f"is not a Jupyter notebook ({reason}).") from None
    if not cells:
        raise Unreadable("is a notebook without any cell.")
    return nbformat.v4.new_notebook(cells=cells, metadata=notebook.get("metadata", {}))


def _whole(cell: NotebookNode) -> NotebookNode:
    """A cell with all the parts that the format asks for, without outputs."""
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    source = cell.get("source", "")
    source = "".join(source) if isinstance(source, list) else str(source)
    metadata = cell.get("metadata", {})
    new = make.get(cell.get("cell_type"), nbformat.v4.new_raw_cell)(source)
    new.metadata = NotebookNode(metadata if isinstance(metadata, dict) else {})
    return new
