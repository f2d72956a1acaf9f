"""Find what students handed in: `<student>/<assignment>/<notebook>.ipynb`, nbgrader's `submitted/` layout.

Names of folders and files are the students' choice, and on some systems any bytes. `readable` makes of them text that
every table, database and page can hold.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from autograder.building.lesson import lesson_names
from autograder.intake.notebook_file import Unreadable, read_notebook
from kws_helpers.desk.folder import is_machinery
from kws_helpers.desk.text import readable


@dataclass
class Submission:
    """One assignment of one student.

    Attributes:
        folder: where it lies, or None where the student handed in nothing for this assignment.
        beside: the folder of the notebook itself, which may lie deeper.
        notebook: the notebook, or None where `problem` says why there is none.
        missing: nothing was handed in (as opposed to something that cannot be read).
        notes: what was put right while reading, for the feedback.
    """

    student: str
    assignment: str
    folder: Path | None = None
    beside: Path | None = None
    notebook: NotebookNode | None = None
    problem: str = ""
    missing: bool = False
    notes: list[str] = field(default_factory=list)


def find_submissions(folder: Path) -> list[Submission]:
    """Return what `each_submission` yields."""
    return list(each_submission(folder))


def each_submission(folder: Path) -> Iterator[Submission]:
    """Yield every student's submission of every assignment that somebody handed in, sorted; each is read on its turn.

    Raises:
        ValueError: the folder is not in the layout, with a message that says what was expected.
    """
    lessons = lesson_names()
    students = _named(_folders(folder))
    closed: dict[str, str] = {}
    found = {name: _named(_open(name, path, closed)) for name, path in students.items()}
    assignments = {name for folders in found.values() for name in folders}
    if not assignments & set(lessons):
        raise ValueError(
            f"{folder} holds no submissions. Expected <student>/<assignment>/<notebook>.ipynb with assignments named "
            f"like the lessons ({', '.join(lessons)}), as nbgrader collects them into its `submitted` folder.")
    for student, folders in found.items():
        for assignment in sorted(assignments):
            if assignment in lessons or assignment in folders:
                yield read_submission(student, assignment, folders.get(assignment), closed.get(student, ""))


def demand_apart(source: Path, target: Path) -> None:
    """Refuse to read from one folder and write into the other where that would mix what is in them.

    Raises:
        ValueError: they are the same, or one is in the other, directly or through links.
    """
    here, there = source.resolve(), target.resolve()
    if here.is_relative_to(there) or there.is_relative_to(here):
        raise ValueError(f"{source} and {target} are the same folder, or one is in the other: {target} would overwrite "
                         f"what was handed in, or be taken for it. Choose a folder outside of {source}.")


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith((".", "__")))


def _open(student: str, folder: Path, closed: dict[str, str]) -> list[Path]:
    """Return the folders in a student's; the reason goes into `closed` where it cannot be read."""
    try:
        return _folders(folder)
    except OSError as error:
        closed[student] = f"The student's folder cannot be read: {error.strerror}."
        return []


def _named(paths: Iterable[Path]) -> dict[str, Path]:
    """Return the paths by readable names, of which no two are the same."""
    named: dict[str, Path] = {}
    for path in sorted(paths, key=lambda path: readable(path.name) != path.name):  # readable names stay as they are
        name = readable(path.name)
        while name in named:
            name += "_"
        named[name] = path
    return dict(sorted(named.items()))


def read_submission(student: str, assignment: str, folder: Path | None, problem: str = "") -> Submission:
    """Return what a student handed in for one assignment, read as far as it can be."""
    submission = Submission(student, assignment, folder, problem=problem)
    if assignment not in lesson_names():
        submission.problem = f"There is no lesson called {assignment}."
        return submission
    try:
        path = _notebook_path(submission)
        if path is not None:
            submission.beside = path.parent
            submission.notebook, notes = read_notebook(path)
            submission.notes += notes
    except Unreadable as error:
        submission.problem = f"{readable(path.name)} {error}"
    except (OSError, RecursionError) as error:
        submission.problem = f"What was handed in cannot be opened: {getattr(error, 'strerror', error)}."
    if submission.notebook is None and not submission.problem:
        submission.problem, submission.missing = "No notebook was handed in.", True
    return submission


def _notebook_path(submission: Submission) -> Path | None:
    """Return the notebook of the lesson's name, or else the only one whose name begins so, or else the only one.

    "01_dataset (1).ipynb" and "01_dataset.ipynb.txt" are what browsers make of a notebook's name.
    """
    folder, name = submission.folder, f"{submission.assignment}.ipynb"
    if folder is None:
        return None
    if folder.is_symlink():
        submission.problem = "The folder is a link. Links are not followed: hand in the folder itself."
        return None
    list(folder.iterdir())  # of a folder that cannot be read, nothing could be said below
    others = [one for one in sorted(folder.rglob("*")) if ".ipynb" in one.name.lower() and not _is_folder(one)
              and not any(map(is_machinery, one.relative_to(folder).parts))]
    named = [one for one in others if one.name.lower().startswith(submission.assignment)] or others
    if folder / name in others:
        rivals = [readable(str(one.relative_to(folder))) for one in named if one != folder / name]
        if rivals:
            submission.notes.append(f"{', '.join(rivals)} is there, too, and was not graded: {name} was.")
        return folder / name
    if len(named) == 1:
        submission.notes.append(f"The notebook was called {readable(str(named[0].relative_to(folder)))}; it is graded "
                                f"as {name}.")
        return named[0]
    if named:
        submission.problem = f"There is no {name}, and it is not clear which of {len(named)} other notebooks is meant."
    return None


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
