"""Grade a class: read what was handed in, restore it, execute it, record it, report it.

Each step keeps every other submission going when one fails; whatever happens, each student has rows in the results.
"""

import contextlib
import logging
import os
import warnings
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat.warnings import DuplicateCellId
from sqlalchemy.exc import SAWarning

from autograder.building.course_folder import build_course, keep_settings
from autograder.building.lesson import lesson_names
from autograder.grading.gradebook import ClassGradebook, Grade, check_database
from autograder.grading.late import Late, lateness, set_deadlines
from autograder.grading.patience import Busy
from autograder.grading.rows import Row, Total, rows_of_graded, rows_of_ungraded, total_up
from autograder.grading.sanitize import drop_live_outputs
from autograder.grading.skippable_cells import skippable
from autograder.grading.unchanged import Earlier
from autograder.intake.beside import files_beside, remarks
from autograder.intake.repair import REPAIRS
from autograder.intake.submissions import Submission, demand_apart, find_submissions
from autograder.judging.judged_cells import write_verdicts
from autograder.judging.judged_run import Judged, execute_and_judge
from autograder.judging.verdict import SEED_VARIABLE, student_seed
from autograder.running.cluster import ClusterExecutor
from autograder.running.execute import NOTEBOOK_SECONDS, Job
from autograder.running.sandbox.limits import limits
from autograder.running.sandbox.protection import LIMITS, WARNING, best_protection
from autograder.running.sandbox.provisioner import prepare

KERNEL_ENVIRONMENT = {"NBGRADER_EXECUTION": "autograde", "KWS_DATA": "bundled"}


@dataclass(frozen=True)
class Conditions:
    """What grades depend on, besides what was handed in and software. `memory` is in bytes for each notebook."""

    seconds: float
    seed: int
    protection: str
    memory: int


@dataclass
class ClassResult:
    """The results of a class: one row per exercise and submission, and the notes for the feedback.

    `warning` says what the instructor should know of how it was graded, "" where there is nothing. `problems` says what
    of the results could not be written. `late` has every submission of a lesson with a deadline. `folders` are those of
    the notebooks; the logs of checks lie there, which are no part of a grade.
    """

    rows: list[Row] = field(default_factory=list)
    notes: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    warning: str = ""
    problems: list[str] = field(default_factory=list)
    late: dict[tuple[str, str], Late] = field(default_factory=dict)
    folders: dict[tuple[str, str], Path] = field(default_factory=dict)

    @property
    def totals(self) -> list[Total]:
        return total_up(self.rows, self.late)

    @property
    def complete(self) -> bool:
        """Tell whether every submission could be graded, and all results be written."""
        return not self.problems and not any(row.status == "unreadable" for row in self.rows)


def grade_class(submissions: Path, output: Path, **options: Any) -> ClassResult:
    """Grade every submission in the folder `submissions` into the folder `output`.

    Args:
        submissions: `<student>/<assignment>/<notebook>.ipynb`.
        output: becomes an nbgrader course folder with gradebook, beside the results.
        options: as `grade_submissions`.

    Raises:
        ValueError: the folder holds no submissions, it and `output` are not apart, or as `grade_submissions`.
        OSError: `output` cannot be written.
    """
    demand_apart(submissions, output)
    return grade_submissions(find_submissions(submissions), output, **options)


def grade_submissions(found: list[Submission], output: Path, *, workers: int | None = None,
                      seconds: float = NOTEBOOK_SECONDS, seed: int | None = None, force: bool = False,
                      protection: str | None = None, scheduler: str | None = None, database: str | None = None,
                      progress: Callable[[int, int, str], None] = lambda done, total, what: None,
                      say: Callable[[str], None] = lambda text: None) -> ClassResult:
    """Grade submissions that were read into the folder `output`.

    Args:
        found: the submissions; what they are read from must lie outside of the folders that nbgrader has in `output`.
        output: becomes an nbgrader course folder with gradebook, beside the results.
        workers: notebooks executed at once; the machine's cores by default.
        seconds: the time limit per notebook.
        seed: every student's secret cases follow from it; by default from KWS_JUDGE_SEED, or 0.
        force: grade again what has not changed since the results in `output`, too.
        protection: of `autograder.running.sandbox.protection`; by default the best that this machine gives.
        scheduler: the address of a Dask scheduler whose cluster executes the notebooks, instead of `workers` here.
        database: the gradebook's address; by default the one that `output` was graded into before, or a file there.
        progress: called with (done, total, what was done) after every submission.
        say: called with a sentence when there is something to wait for.

    Raises:
        ValueError: no scheduler answers, the gradebook cannot be opened or written to, the lessons cannot be built
            there, or KWS_MEMORY_GB is no number.
        OSError: `output` cannot be written.
    """
    lessons = {one.assignment for one in found} & set(lesson_names())
    with (opened_class(output, seconds=seconds, seed=seed, force=force, protection=protection, database=database,
                       say=say) as grading,
          ClusterExecutor(scheduler) if scheduler else ThreadPoolExecutor(workers or os.cpu_count()) as pool):
        grading.build(lessons)
        for done, (submission, rows) in enumerate(grading.graded(found, pool), start=1):
            grading.add(submission, rows)
            progress(done, len(found), f"{submission.student} {submission.assignment}")
        return grading.result()


@contextlib.contextmanager
def opened_class(output: Path, *, seconds: float = NOTEBOOK_SECONDS, seed: int | None = None, force: bool = False,
                 protection: str | None = None, database: str | None = None,
                 say: Callable[[str], None] = lambda text: None) -> Iterator["Grading"]:
    """Open the folder `output` to grade a class into it, one submission after another.

    The arguments are those of `grade_submissions`, and so is what may be raised.
    """
    output = output.resolve()  # nbgrader changes the working directory while it works
    seed = int(os.environ.get(SEED_VARIABLE, "0")) if seed is None else seed
    protection = protection or best_protection()
    conditions = Conditions(seconds, seed, protection, limits().memory)
    with ThreadPoolExecutor(1) as beside:
        prepared = beside.submit(prepare, protection)
        output.mkdir(parents=True, exist_ok=True)
        check_database(database or ClassGradebook(output).url, say)
        keep_settings(output, seed=seed, gradebook=database)
        prepared.result()
    with _quiet():
        yield Grading(ClassGradebook(output, say), Earlier(output, conditions, force), conditions)


class Grading:
    """A class that is being graded: the steps that each submission takes, with what they share."""

    def __init__(self, gradebook: ClassGradebook, earlier: Earlier, conditions: Conditions) -> None:
        self.gradebook, self._earlier, self._conditions = gradebook, earlier, conditions
        self._judged: dict[int, Judged] = {}
        self._dated: set[str] = set()
        self._rows: dict[tuple[str, str], list[Row]] = {}
        self._notes: dict[tuple[str, str], list[str]] = {}
        self._late: dict[tuple[str, str], Late] = {}
        self._folders: dict[tuple[str, str], Path] = {}
        self._problems: list[str] = []

    def build(self, lessons: Collection[str]) -> None:
        """Put lessons into the course folder, before a submission of them is graded.

        Raises:
            ValueError: they cannot be built, or the deadlines not be read.
        """
        if lessons:
            build_course(self.gradebook.folder, sorted(lessons))
        try:
            self._dated = set_deadlines(self.gradebook)
        except (Busy, RuntimeError) as error:
            raise ValueError(f"The deadlines could not be put into the gradebook: {error}.") from None

    def add(self, submission: Submission, rows: list[Row]) -> None:
        """Take the rows of a submission into the result, in place of earlier ones."""
        key = submission.student, submission.assignment
        self._rows[key], self._notes[key] = rows, submission.notes
        if submission.beside:
            self._folders[key] = submission.beside
        if submission.assignment in self._dated and not submission.missing:
            try:
                self._late[key] = lateness(self.gradebook, submission)
            except Exception as error:
                self._problems.append(f"The late days of {', '.join(key)}, could not be counted: {error}.")

    def result(self) -> ClassResult:
        """Return the result of all submissions that were taken in until now."""
        rows = [row for key in sorted(self._rows) for row in self._rows[key]]
        return ClassResult(rows, dict(self._notes), WARNING if self._conditions.protection == LIMITS else "",
                           list(self._problems), dict(self._late), dict(self._folders))

    def graded(self, found: list[Submission], pool: Executor) -> Iterator[tuple[Submission, list[Row]]]:
        """Yield every submission with its rows, as they finish.

        Those for which the gradebook was locked come last: it may be free by then.
        """
        locked: list[Submission] = []
        for todo, is_last in ((found, False), (locked, True)):
            self.gradebook.be_patient()
            jobs: dict[Future[Judged], Submission] = {}
            for submission in todo:
                try:
                    begun = self.begin(submission, pool)
                except Busy as error:
                    yield from self._postponed(submission, error, None if is_last else locked)
                    continue
                if isinstance(begun, Future):
                    jobs[begun] = submission
                else:
                    yield submission, begun
            for future in as_completed(jobs):
                submission = jobs.pop(future)
                try:
                    yield submission, self.end(submission, future)
                except Busy as error:
                    yield from self._postponed(submission, error, None if is_last else locked)

    def _postponed(self, submission: Submission, error: Busy,
                   locked: list[Submission] | None) -> Iterator[tuple[Submission, list[Row]]]:
        if locked is None:
            yield submission, self._not_graded(submission, f"could not be recorded in the gradebook: {error}")
        else:
            locked.append(submission)

    def begin(self, submission: Submission, pool: Executor) -> list[Row] | Future[Judged]:
        """Return the rows of a submission where nothing has to be executed for them, or else its execution.

        Raises:
            Busy: the gradebook is locked.
        """
        if submission.notebook is None:
            return self._not_graded(submission)
        try:
            return self._recalled(submission) or self._executed(submission, pool)
        except Busy:
            raise
        except Exception as error:
            return self._not_graded(submission, f"could not be prepared for grading: {_why(error)}")

    def end(self, submission: Submission, future: Future[Judged]) -> list[Row]:
        """Return the rows of a submission that was executed.

        Raises:
            Busy: the gradebook is locked. To begin again executes nothing again.
        """
        try:
            judged = future.result()
        except Exception as error:
            return self._not_graded(submission, f"could not be executed: {_why(error)}")
        try:
            return self._recorded(submission, judged)
        except Exception as error:
            self._judged[id(submission)] = judged
            if isinstance(error, Busy):
                raise
            return self._not_graded(submission, f"could not be recorded in the gradebook: {_why(error)}")

    def _executed(self, submission: Submission, pool: Executor) -> Future[Judged]:
        """Put the submission into the course folder, and let it be executed unless it has been."""
        self._earlier.forget(submission)
        job = self._job(submission)
        if judged := self._judged.get(id(submission)):
            future: Future[Judged] = Future()
            future.set_result(judged)
            return future
        seed = student_seed(self._conditions.seed, submission.student, submission.assignment)
        return pool.submit(execute_and_judge, job, seed)

    def _recalled(self, submission: Submission) -> list[Row]:
        """Return the rows of a submission that has not changed, with points given by hand since; [] for any other."""
        recorded = self._earlier.recall(submission, self.gradebook)
        if recorded is None:
            return []
        notebook, notes = recorded
        try:
            rows = rows_of_graded(submission, notebook, self.gradebook.grades(submission))
        except (KeyError, Busy, RuntimeError, OSError):  # another gradebook, or none that can be read now
            return []
        submission.notes = notes
        return rows

    def _job(self, submission: Submission) -> Job:
        """Restore the notebook and return what there is to execute."""
        submission.notes += remarks(*files_beside(submission.beside), submission.beside)
        notebook = nbformat.read(self.gradebook.restore(submission), as_version=4)
        return Job(nbformat.writes(notebook), str(submission.beside), KERNEL_ENVIRONMENT, self._conditions.seconds,
                   self._conditions.protection, skippable(notebook, submission.assignment))

    def _recorded(self, submission: Submission, judged: Judged) -> list[Row]:
        """Record an executed submission in the gradebook and make its rows."""
        notebook = nbformat.reads(judged.executed.notebook, as_version=4)
        submission.notes += notebook.metadata.get(REPAIRS, []) + drop_live_outputs(notebook)
        write_verdicts(notebook, judged.verdicts)
        submission.notes = list(dict.fromkeys(submission.notes))
        self.gradebook.record(submission, notebook, self._earlier.unchanged(submission, notebook))
        rows = rows_of_graded(submission, notebook, self.gradebook.grades(submission))
        self._earlier.remember(submission, notebook)
        return rows

    def _not_graded(self, submission: Submission, problem: str = "") -> list[Row]:
        """Return the rows of a submission that cannot be graded, with the points that the gradebook holds."""
        if problem:
            submission.problem = f"The notebook {problem.rstrip('.')}."
        held: dict[str, Grade] = {}
        if submission.assignment in lesson_names():
            try:
                if not submission.missing:
                    self._earlier.forget(submission)
                    self.gradebook.record_nothing(submission)
                held = self.gradebook.grades(submission)
            except Exception as error:
                if str(error) not in submission.problem:
                    submission.problem += f" The gradebook could not take that down: {error}."
        return rows_of_ungraded(submission, held)


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Ignore warnings that nobody can act on: of nbgrader's queries, repaired cells, wrong answers when tried.

    What goes wrong in the gradebook is said in the rows; nbgrader would print its traceback, too.
    """
    nbgraders = logging.getLogger("tornado.application")
    before, nbgraders.disabled = nbgraders.disabled, True
    try:
        with warnings.catch_warnings():
            for kind in (SAWarning, DuplicateCellId, RuntimeWarning):
                warnings.simplefilter("ignore", kind)
            yield
    finally:
        nbgraders.disabled = before
