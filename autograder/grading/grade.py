"""Grade a class: read what was handed in, restore it, execute it, record it, report it.

Each step keeps every other submission going when one fails; whatever happens, each student has rows in the results.
"""

import contextlib
import os
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat.warnings import DuplicateCellId
from nbgrader.api import MissingEntry

from autograder.building.build import build_course
from autograder.building.course_folder import keep_settings
from autograder.building.lesson import graded_cells, lesson_names
from autograder.grading.gradebook import ClassGradebook, check_database
from autograder.grading.rows import Row, rows_of_graded, rows_of_ungraded
from autograder.grading.sanitize import drop_live_outputs
from autograder.grading.skippable_cells import skippable
from autograder.grading.unchanged import Earlier
from autograder.intake.repair import REPAIRS
from autograder.intake.submissions import Submission, find_submissions
from autograder.judging.judged_cells import write_verdicts
from autograder.judging.judged_run import Judged, execute_and_judge
from autograder.judging.verdict import SEED_VARIABLE, student_seed
from autograder.running.cluster import ClusterExecutor
from autograder.running.execute import NOTEBOOK_SECONDS, Job
from autograder.running.sandbox.protection import LIMITS, WARNING, best_protection
from autograder.running.sandbox.provisioner import prepare

KERNEL_ENVIRONMENT = {"NBGRADER_EXECUTION": "autograde", "KWS_DATA": "bundled"}


@dataclass(frozen=True)
class Conditions:
    """What grades depend on, besides what was handed in: the time limit, the seed, and the protection."""

    seconds: float
    seed: int
    protection: str


@dataclass
class ClassResult:
    """The results of a class: one row per exercise and submission, and the notes for the feedback.

    `warning` says what the instructor should know of how it was graded, "" where there is nothing.
    """

    rows: list[Row] = field(default_factory=list)
    notes: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    warning: str = ""

    @property
    def complete(self) -> bool:
        """True when every submission could be graded."""
        return not any(row.status == "unreadable" for row in self.rows)


def grade_class(submissions: Path, output: Path, *, workers: int | None = None, seconds: float = NOTEBOOK_SECONDS,
                seed: int | None = None, force: bool = False, protection: str | None = None,
                scheduler: str | None = None, database: str | None = None,
                progress: Callable[[int, int, str], None] = lambda done, total, what: None) -> ClassResult:
    """Grade every submission in the folder `submissions` into the folder `output`.

    Args:
        submissions: `<student>/<assignment>/<notebook>.ipynb`.
        output: becomes an nbgrader course folder with gradebook, beside the results.
        workers: notebooks executed at once; the machine's cores by default.
        seconds: the time limit per notebook.
        seed: every student's secret cases follow from it; by default from KWS_JUDGE_SEED, or 0.
        force: grade again what has not changed since the results in `output`, too.
        protection: of `autograder.running.sandbox.protection`; by default the best that this machine gives.
        scheduler: the address of a Dask scheduler whose cluster executes the notebooks, instead of `workers` here.
        database: the gradebook's address; by default the one that `output` was graded into before, or a file there.
        progress: called with (done, total, what was done) after every submission.

    Raises:
        ValueError: the folder holds no submissions, the results would overwrite them, no scheduler answers, or the
            gradebook cannot be opened.
    """
    output = output.resolve()  # nbgrader changes the working directory while it works
    if submissions.resolve().is_relative_to(output / "submitted"):
        raise ValueError(f"The results would overwrite {submissions}. Choose another folder for them.")
    found = find_submissions(submissions)
    output.mkdir(parents=True, exist_ok=True)
    seed = int(os.environ.get(SEED_VARIABLE, "0")) if seed is None else seed
    protection = protection or best_protection()
    prepare(protection)
    conditions = Conditions(seconds, seed, protection)
    check_database(database or ClassGradebook(output).url)
    keep_settings(output, seed=seed, gradebook=database)
    with _quiet():
        build_course(output, sorted({one.assignment for one in found} & set(lesson_names())))
        gradebook, earlier = ClassGradebook(output), Earlier(output, conditions, force)
        result = ClassResult(warning=WARNING if protection == LIMITS else "")
        with ClusterExecutor(scheduler) if scheduler else ThreadPoolExecutor(workers or os.cpu_count()) as pool:
            graded = _graded(found, gradebook, earlier, pool, conditions)
            for done, (submission, rows) in enumerate(graded, start=1):
                result.rows += rows
                result.notes[submission.student, submission.assignment] = submission.notes
                progress(done, len(found), f"{submission.student} {submission.assignment}")
    order = {name: place for place, name in enumerate(_cell_names(found))}
    result.rows.sort(key=lambda row: (row.student, row.assignment, order.get(row.exercise, -1)))
    return result


def _graded(found: list[Submission], gradebook: ClassGradebook, earlier: Earlier, pool: Executor,
            conditions: Conditions) -> Iterator[tuple[Submission, list[Row]]]:
    """Every submission with its rows, as they finish."""
    jobs: dict[Future[Judged], Submission] = {}
    for submission in found:
        if submission.notebook is None:
            yield submission, _not_graded(submission, gradebook)
        elif rows := _rows_from_earlier(submission, gradebook, earlier):
            yield submission, rows
        else:
            try:
                job = _job(submission, gradebook.restore(submission), conditions)
            except Exception as error:
                submission.problem = f"The notebook could not be prepared for grading: {error}"
                yield submission, _not_graded(submission, gradebook)
                continue
            seed = student_seed(conditions.seed, submission.student, submission.assignment)
            jobs[pool.submit(execute_and_judge, job, seed)] = submission
    for future in as_completed(jobs):
        submission = jobs.pop(future)
        try:
            judged = future.result()
        except Exception as error:
            submission.problem = f"The notebook could not be executed: {error}"
            yield submission, _not_graded(submission, gradebook)
        else:
            yield submission, _recorded(submission, judged, gradebook, earlier)


def _job(submission: Submission, path: Path, conditions: Conditions) -> Job:
    """What there is to execute, once the notebook at `path` has been restored."""
    notebook = nbformat.read(path, as_version=4)
    return Job(nbformat.writes(notebook), str(path.parent), KERNEL_ENVIRONMENT, conditions.seconds,
               conditions.protection, skippable(notebook, submission.assignment))


def _rows_from_earlier(submission: Submission, gradebook: ClassGradebook, earlier: Earlier) -> list[Row]:
    """The rows of a submission that has not changed, with points given by hand since; none if there are no such."""
    recorded = earlier.recall(submission, gradebook)
    if recorded is None:
        return []
    notebook, notes = recorded
    try:
        rows = rows_of_graded(submission, notebook, gradebook.grades(submission))
    except (MissingEntry, KeyError):  # another gradebook
        return []
    submission.notes = notes
    return rows


def _recorded(submission: Submission, judged: Judged, gradebook: ClassGradebook, earlier: Earlier) -> list[Row]:
    """Record an executed submission in the gradebook and make its rows."""
    notebook = nbformat.reads(judged.executed.notebook, as_version=4)
    submission.notes += notebook.metadata.get(REPAIRS, []) + drop_live_outputs(notebook)
    write_verdicts(notebook, judged.verdicts)
    try:
        gradebook.record(submission, notebook)
        rows = rows_of_graded(submission, notebook, gradebook.grades(submission))
    except Exception as error:
        submission.problem = f"The grades could not be recorded: {error}"
        return _not_graded(submission, gradebook)
    earlier.remember(submission)
    return rows


def _not_graded(submission: Submission, gradebook: ClassGradebook) -> list[Row]:
    if submission.assignment in lesson_names() and not submission.missing:
        gradebook.record_nothing(submission)
    return rows_of_ungraded(submission)


def _cell_names(found: list[Submission]) -> list[str]:
    lessons = sorted({one.assignment for one in found} & set(lesson_names()))
    return [cell["grade_id"] for name in lessons for cell in graded_cells(name)]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """No warnings that nobody can act on: of nbgrader's queries, repaired cells, wrong answers while they are tried."""
    from sqlalchemy.exc import SAWarning

    with warnings.catch_warnings():
        for kind in (SAWarning, DuplicateCellId, RuntimeWarning):
            warnings.simplefilter("ignore", kind)
        yield
