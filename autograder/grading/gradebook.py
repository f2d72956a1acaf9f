"""nbgrader's pipeline in two halves around the execution: restore and record. Its database stays nbgrader's own.

`nbgrader autograde` restores, executes and records one submission after another. Here the executions run elsewhere,
several at once, and the two quick halves run here, in nbgrader's own converter classes.
"""

import io
import logging
import re
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import nbgrader.api
from nbformat import NotebookNode
from nbgrader.api import Gradebook, InvalidEntry, MissingEntry, SubmittedNotebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from nbgrader.utils import parse_utc
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from autograder.building.course_folder import reason
from autograder.building.notebooks import write_notebook
from autograder.grading.patience import Busy, Patience, is_locked
from autograder.intake.beside import copy_beside, files_beside, is_kept
from autograder.intake.placing import TIMESTAMP
from autograder.intake.submissions import Submission
from autograder.nbgrader_config import configure


@dataclass(frozen=True)
class Grade:
    """One graded cell in the gradebook.

    Attributes:
        score: None for an answer that somebody has to mark.
        auto: what nbgrader gave; None for an answer, 0 where there is none.
        marked: True where a person gave the points.
        look_again: True where nbgrader wants a person to look at such points again: they were given for another answer.
            They count until somebody changes them.
        comment: what a person wrote about the answer.
    """

    cell: str
    score: float | None
    max_score: float
    auto: float | None = None
    marked: bool = False
    look_again: bool = False
    comment: str = ""


class _Half(Autograde):
    """One notebook of one student, whose name is a name here and no pattern, whatever characters it holds."""

    def init_notebooks(self) -> None:
        folder = self._format_source(self.coursedir.assignment_id, self.coursedir.student_id)
        self.assignments = {folder: [str(Path(folder) / f"{self.coursedir.assignment_id}.ipynb")]}


class _Restore(_Half):
    """The first half: cells overwritten with the instructor's, written to `autograded/`."""

    def convert_single_notebook(self, notebook_filename: str) -> None:
        self._init_preprocessors()
        BaseConverter.convert_single_notebook(self, notebook_filename)


class _Record(_Half):
    """The second half: the executed notebook in `autograded/` gets its scores, which go into the database."""

    _sanitizing = False

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        return True  # the destination is the source: the first half made it

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        pass

    def convert_single_notebook(self, notebook_filename: str) -> None:
        self.autograde_preprocessors = [step for step in self.autograde_preprocessors if step is not Execute]
        self._init_preprocessors()
        BaseConverter.convert_single_notebook(self, notebook_filename)


class ClassGradebook:
    """The gradebook and the folders of one class, in nbgrader's layout under `folder`.

    Every method raises `Busy` where another program holds the gradebook for too long, and a `RuntimeError` with a
    sentence where something else is wrong. `say` gets a sentence when one has to wait.
    """

    def __init__(self, folder: Path, say: Callable[[str], None] = lambda text: None) -> None:
        self.folder = folder
        self.config = configure(Config(), folder)
        self.url = CourseDirectory(config=self.config).db_url
        self._patience = Patience(self.url, say)

    def be_patient(self) -> None:
        """Wait as long as at first when the gradebook is locked the next time."""
        self._patience.renew()

    def restore(self, submission: Submission) -> Path:
        """Put the submission into the course folder, restore its locked cells; return the notebook to execute."""
        name = f"{submission.assignment}.ipynb"
        target = self.folder / "submitted" / submission.student / submission.assignment
        shutil.rmtree(target, ignore_errors=True)
        files, _ = files_beside(submission.beside)
        copy_beside([path for path in files if is_kept(path) and path.name != TIMESTAMP], submission.beside, target)
        write_notebook(submission.notebook, target / name)
        self._run(_Restore, submission)
        return self.notebook_path(submission)

    def notebook_path(self, submission: Submission) -> Path:
        """Return where nbgrader keeps the notebook that is graded."""
        folder = self.folder / "autograded" / submission.student / submission.assignment
        return folder / f"{submission.assignment}.ipynb"

    def record(self, submission: Submission, executed: NotebookNode, unchanged: Collection[str] = ()) -> None:
        """Write the executed notebook to `autograded/` and its scores into the database.

        Args:
            unchanged: the cells whose answers are those that were recorded before. nbgrader wants a person to look
                again at all points that a person gave; at those, nobody has to.
        """
        settled = {name for name, grade in self.grades(submission).items()
                   if name in unchanged and grade.marked and not grade.look_again}
        write_notebook(executed, self.notebook_path(submission))
        self._run(_Record, submission)
        with self.opened() as gradebook:
            for grade in self._notebook(gradebook, submission).grades:
                if grade.name in settled:
                    grade.needs_manual_grade = False
            gradebook.find_submission(submission.assignment, submission.student).timestamp = _timestamp(submission)
            gradebook.db.commit()

    def record_nothing(self, submission: Submission) -> None:
        """Give a submission that cannot be graded zero points, and let it wait for a person."""
        with self.opened() as gradebook:
            gradebook.update_or_create_student(submission.student)
            gradebook.update_or_create_submission(submission.assignment, submission.student,
                                                  timestamp=_timestamp(submission))
            for grade in self._notebook(gradebook, submission).grades:
                grade.auto_score, grade.needs_manual_grade = 0.0, True
            gradebook.db.commit()

    def grades(self, submission: Submission) -> dict[str, Grade]:
        """Return what the gradebook holds for a submission, by grade_id: points and comments of people, too.

        Nothing where it holds none.
        """
        with self.opened() as gradebook:
            try:
                notebook = self._notebook(gradebook, submission)
            except MissingEntry:
                return {}
            comments = {comment.name.removesuffix("-solution"): comment.manual_comment or ""
                        for comment in notebook.comments}
            return {grade.name: _grade(grade, comments.get(grade.name, "")) for grade in notebook.grades}

    @contextmanager
    def opened(self) -> Iterator[Gradebook]:
        """Open nbgrader's own gradebook."""
        self._patience.wait()
        try:
            with Gradebook(self.url) as gradebook:
                yield gradebook
        except (SQLAlchemyError, InvalidEntry) as error:
            raise _trouble(str(error)) from error

    @staticmethod
    def _notebook(gradebook: Gradebook, submission: Submission) -> SubmittedNotebook:
        return gradebook.find_submission_notebook(submission.assignment, submission.assignment, submission.student)

    def _run(self, half: type[_Half], submission: Submission) -> None:
        self._patience.wait()
        course = CourseDirectory(config=self.config)
        course.student_id, course.assignment_id = submission.student, submission.assignment
        log = io.StringIO()
        converter = half(coursedir=course, config=self.config)
        converter.force = True
        converter.log = logger_into(log)
        try:
            converter.start()
        except Exception as error:
            raise _trouble(f"{error}\n{log.getvalue()}") from error


def check_database(url: str, say: Callable[[str], None] = lambda text: None) -> None:
    """Open a gradebook's database, and make what nbgrader needs in it.

    Raises:
        ValueError: it cannot be opened or written to; the message says why.
    """
    try:
        Patience(url, say).wait()
        with Gradebook(url):
            pass
    except (SQLAlchemyError, ImportError, OSError, Busy) as error:
        raise ValueError(f"The gradebook {_without_password(url)} cannot be opened: {reason(str(error))}") from None


def _trouble(complaint: str) -> Exception:
    """Return the exception for what nbgrader logged or the database said, with the reason as its message."""
    if is_locked(complaint):
        return Busy()
    return RuntimeError(reason(complaint))


def _without_password(url: str) -> str:
    return re.sub(r"(?<=:)[^:/@]*(?=@)", "…", url)


def _grade(grade: nbgrader.api.Grade, comment: str) -> Grade:
    marked = grade.manual_score is not None
    return Grade(grade.name, None if not marked and grade.auto_score is None else grade.score, grade.max_score,
                 grade.auto_score, marked, marked and grade.needs_manual_grade, comment)


def _timestamp(submission: Submission) -> datetime | None:
    """Return when it was handed in, as nbgrader's collectors note it; None where they did not."""
    if submission.folder is None:
        return None
    try:
        return parse_utc((submission.folder / TIMESTAMP).read_text(encoding="utf-8").strip())
    except (OSError, ValueError, OverflowError):
        return None


def logger_into(stream: io.StringIO) -> logging.Logger:
    logger = logging.Logger("grading", level=logging.WARNING)
    logger.addHandler(logging.StreamHandler(stream))
    return logger
