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
from autograder.intake.submissions import Submission

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
        if self._force:
            return None
        try:
            mark = json.loads(self._path(submission).read_text(encoding="utf-8"))
            if mark["fingerprint"] != self._fingerprint(submission):
                return None
            notebook = nbformat.read(gradebook.notebook_path(submission), as_version=4)
        except (OSError, ValueError, KeyError, nbformat.ValidationError):
            return None
        return notebook, mark["notes"]

    def remember(self, submission: Submission) -> None:
        """Note that the submission has been recorded. To be called last: what is noted is taken for whole."""
        path = self._path(submission)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps({"fingerprint": self._fingerprint(submission), "notes": submission.notes}),
                              encoding="utf-8")
        unfinished.replace(path)

    def _path(self, submission: Submission) -> Path:
        return self._folder / submission.student / f"{submission.assignment}.json"

    def _fingerprint(self, submission: Submission) -> str:
        digest = hashlib.sha256(self._conditions.encode())
        for path in sorted(submission.folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as file:
                    content = hashlib.file_digest(file, "sha256").hexdigest()
                digest.update(json.dumps([str(path.relative_to(submission.folder)), content]).encode())
        return digest.hexdigest()


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
