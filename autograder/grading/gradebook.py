"""nbgrader's pipeline in two halves around the execution: restore and record. Its database stays nbgrader's own.

`nbgrader autograde` restores, executes and records one submission after another. Here the executions run elsewhere,
several at once, and the two quick halves run here, in nbgrader's own converter classes.
"""

import io
import logging
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from nbgrader.utils import parse_utc
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from autograder.building.notebooks import write_notebook
from autograder.intake.submissions import Submission
from autograder.nbgrader_config import configure


@dataclass(frozen=True)
class Grade:
    """One graded cell in the gradebook.

    Attributes:
        score: None for an answer that somebody has to mark.
        marked: True where a person gave the points.
        comment: what a person wrote about the answer.
    """

    cell: str
    score: float | None
    max_score: float
    marked: bool = False
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
    """The gradebook and the folders of one class, in nbgrader's layout under `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = configure(Config(), folder)
        self.url = CourseDirectory(config=self.config).db_url

    def restore(self, submission: Submission) -> Path:
        """Put the submission into the course folder, restore its locked cells; return the notebook to execute."""
        name = f"{submission.assignment}.ipynb"
        target = self.folder / "submitted" / submission.student / submission.assignment
        shutil.rmtree(target, ignore_errors=True)
        _copy_other_files(submission.folder, target)
        write_notebook(submission.notebook, target / name)
        self._run(_Restore, submission)
        return self.notebook_path(submission)

    def notebook_path(self, submission: Submission) -> Path:
        """Return where nbgrader keeps the notebook that is graded."""
        folder = self.folder / "autograded" / submission.student / submission.assignment
        return folder / f"{submission.assignment}.ipynb"

    def record(self, submission: Submission, executed: NotebookNode) -> None:
        """Write the executed notebook to `autograded/` and its scores into the database."""
        path = self.notebook_path(submission)
        path.chmod(0o644)
        write_notebook(executed, path)
        self._run(_Record, submission)

    def record_nothing(self, submission: Submission) -> None:
        """Give a submission that cannot be graded zero points, and let it wait for a person."""
        with Gradebook(self.url) as gradebook:
            gradebook.update_or_create_student(submission.student)
            gradebook.update_or_create_submission(submission.assignment, submission.student)
            notebook = gradebook.find_submission_notebook(submission.assignment, submission.assignment,
                                                          submission.student)
            for grade in notebook.grades:
                grade.auto_score, grade.needs_manual_grade = 0.0, True
            gradebook.db.commit()

    def grades(self, submission: Submission) -> dict[str, Grade]:
        """Return what the gradebook holds for a submission, by grade_id: points and comments of people, too."""
        with Gradebook(self.url) as gradebook:
            notebook = gradebook.find_submission_notebook(submission.assignment, submission.assignment,
                                                          submission.student)
            comments = {comment.name.removesuffix("-solution"): comment.manual_comment or ""
                        for comment in notebook.comments}
            return {grade.name: Grade(grade.name, _score(grade), grade.max_score, grade.manual_score is not None,
                                      comments.get(grade.name, "")) for grade in notebook.grades}

    def _run(self, half: type[_Half], submission: Submission) -> None:
        course = CourseDirectory(config=self.config)
        course.student_id, course.assignment_id = submission.student, submission.assignment
        log = io.StringIO()
        converter = half(coursedir=course, config=self.config)
        converter.force = True
        converter.log = _logger_into(log)
        try:
            converter.start()
        except Exception as error:
            raise RuntimeError(f"{error}\n{log.getvalue()}") from error


def check_database(url: str) -> None:
    """Open a gradebook's database, and make what nbgrader needs in it.

    Raises:
        ValueError: it cannot be opened; the message says why.
    """
    try:
        with Gradebook(url):
            pass
    except (SQLAlchemyError, ImportError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"The gradebook {_without_password(url)} cannot be opened: {reason}") from None


def _without_password(url: str) -> str:
    return re.sub(r"(?<=:)[^:/@]*(?=@)", "…", url)


def _score(grade) -> float | None:
    if grade.manual_score is None and grade.auto_score is None:
        return None
    return grade.score


def _copy_other_files(source: Path, target: Path) -> None:
    """Copy what was handed in beside the notebook, but no links, and no timestamp that would crash nbgrader."""
    target.mkdir(parents=True)
    for path in sorted(source.iterdir()):
        if path.is_file() and not path.is_symlink() and path.suffix != ".ipynb" and _is_no_bad_timestamp(path):
            shutil.copyfile(path, target / path.name)


def _is_no_bad_timestamp(path: Path) -> bool:
    """Tell whether nbgrader can read the file: a student may hand in one of the name that its collectors use."""
    if path.name == "timestamp.txt":
        try:
            parse_utc(path.read_text(encoding="utf-8").strip())
        except (ValueError, OverflowError):
            return False
    return True


def _logger_into(stream: io.StringIO) -> logging.Logger:
    logger = logging.Logger("grading", level=logging.WARNING)
    logger.addHandler(logging.StreamHandler(stream))
    return logger
