"""What earlier runs graded: a submission that has not changed is not graded again, and a run that was ended goes on."""

import hashlib
import importlib.metadata
import json
import platform
import sys
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

import autograder
import kws_helpers
from autograder.grading.gradebook import ClassGradebook
from autograder.intake.beside import files_below
from autograder.intake.repair import BESIDE
from autograder.intake.submissions import Submission
from kws_helpers.whole_file import write_whole

FOLDER = "graded"


class Earlier:
    """Remembers what each submission was graded from, in a folder beside the results.

    A grade follows from the files that were handed in, from this software, and from `conditions`: where one of them is
    another, the submission counts as changed.

    Args:
        output: the folder of the results.
        conditions: the settings that a grade depends on, such as the seed.
        force: recall nothing.
    """

    def __init__(self, output: Path, conditions: object, force: bool = False) -> None:
        self._folder, self._force = output / FOLDER, force
        self._conditions = f"{software()} {conditions}"

    def recall(self, submission: Submission, gradebook: ClassGradebook) -> tuple[NotebookNode, list[str]] | None:
        """Return the notebook and the notes recorded for a submission; None where it has changed since."""
        mark = self._mark(submission)
        if self._force or not mark["fingerprint"] or mark["fingerprint"] != self._fingerprint(submission):
            return None
        try:
            notebook = nbformat.read(gradebook.notebook_path(submission), as_version=4)
        except (OSError, ValueError, KeyError, nbformat.ValidationError):
            return None
        return notebook, mark["notes"]

    def forget(self, submission: Submission) -> None:
        """Note that what is recorded is about to change. To be called first; the answers are still those before."""
        mark = self._mark(submission)
        if mark["fingerprint"]:
            self._write(submission, mark | {"fingerprint": ""})

    def unchanged(self, submission: Submission, executed: NotebookNode) -> set[str]:
        """Return the graded cells whose answers are those that were recorded the last time."""
        before = self._mark(submission)["answers"]
        return {name for name, answer in answers(executed).items() if before.get(name) == answer}

    def remember(self, submission: Submission, executed: NotebookNode) -> None:
        """Note that the submission has been recorded. To be called last: what is noted is taken for whole."""
        self._write(submission, {"fingerprint": self._fingerprint(submission), "notes": submission.notes,
                                 "answers": answers(executed)})

    def _mark(self, submission: Submission) -> dict:
        nothing = {"fingerprint": "", "notes": [], "answers": {}}
        try:
            return nothing | json.loads(self._path(submission).read_text(encoding="utf-8"))
        except (OSError, ValueError, TypeError):
            return nothing

    def _write(self, submission: Submission, mark: dict) -> None:
        write_whole(self._path(submission), json.dumps(mark))

    def _path(self, submission: Submission) -> Path:
        return self._folder / submission.student / f"{submission.assignment}.json"

    def _fingerprint(self, submission: Submission) -> str:
        digest = hashlib.sha256(self._conditions.encode())
        for path in files_below(submission.folder):
            digest.update(json.dumps([str(path.relative_to(submission.folder)), _content(path)]).encode())
        return digest.hexdigest()


def answers(notebook: NotebookNode) -> dict[str, str]:
    """Return a digest of every graded cell's answer, by grade_id: of what a person read who gave points for it.

    A text stands for itself. The results of code depend on all other cells, too.
    """
    everything = "\0".join(cell.source for cell in notebook.cells)
    found = {}
    for cell in notebook.cells:
        settings = cell.metadata.get("nbgrader", {})
        if settings.get("grade"):
            alone = cell.cell_type == "markdown" and BESIDE not in cell.source
            read = json.dumps([cell.source, cell.get("attachments", {})]) if alone else everything
            found[settings["grade_id"]] = hashlib.sha256(read.encode()).hexdigest()
    return found


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "cannot be read"


@cache
def software() -> str:
    """Return a fingerprint of all that decides what a cell computes: the course, its grader, Python, every package."""
    digest = hashlib.sha256(f"{sys.version} {platform.machine()}".encode())
    for package in (autograder, kws_helpers):
        folder = Path(package.__file__).parent
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    for name in sorted(f"{one.name} {one.version}" for one in importlib.metadata.distributions()):
        digest.update(name.encode())
    return digest.hexdigest()
