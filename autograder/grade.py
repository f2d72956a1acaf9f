"""Grade a class: read what was handed in, restore it, execute it, record it, report it.

Each step keeps every other submission going when one fails; whatever happens, each student has rows in the results.
"""

import contextlib
import json
import os
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from autograder.build import build_course
from autograder.execute import NOTEBOOK_SECONDS, Executed, Job, execute
from autograder.gradebook import ClassGradebook
from autograder.judge import SEED_VARIABLE, student_seed
from autograder.lesson import graded_cells, lesson_names
from autograder.preprocessors import REPAIRS
from autograder.records import write_records
from autograder.results import Row, rows_of_graded, rows_of_ungraded
from autograder.sandbox.protection import LIMITS, WARNING, best_protection
from autograder.sandbox.provisioner import prepare
from autograder.submissions import Submission, find_submissions

KERNEL_ENVIRONMENT = {"NBGRADER_EXECUTION": "autograde", "KWS_DATA": "bundled"}


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
                seed: int | None = None, protection: str | None = None,
                progress: Callable[[int, int, str], None] = lambda done, total, what: None) -> ClassResult:
    """Grade every submission in the folder `submissions` into the folder `output`.

    Args:
        submissions: `<student>/<assignment>/<notebook>.ipynb`.
        output: becomes an nbgrader course folder with gradebook, beside the results.
        workers: notebooks executed at once; the machine's cores by default.
        seconds: the time limit per notebook.
        seed: every student's secret cases follow from it; by default from KWS_JUDGE_SEED, or 0.
        protection: of `autograder.sandbox.protection`; by default the best that this machine gives.
        progress: called with (done, total, what was done) after every submission.

    Raises:
        ValueError: the folder holds no submissions.
    """
    found = find_submissions(submissions)
    output = output.resolve()  # nbgrader changes the working directory while it works
    output.mkdir(parents=True, exist_ok=True)
    seed = int(os.environ.get(SEED_VARIABLE, "0")) if seed is None else seed
    protection = protection or best_protection()
    prepare(protection)
    (output / "grading.json").write_text(json.dumps({"seed": seed}) + "\n")
    with _quiet():
        build_course(output, sorted({one.assignment for one in found} & set(lesson_names())))
        gradebook = ClassGradebook(output)
        result = ClassResult(warning=WARNING if protection == LIMITS else "")
        with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
            executions = _executed(found, gradebook, pool, seconds, seed, protection)
            for done, (submission, executed) in enumerate(executions, start=1):
                result.rows += _recorded(submission, executed, gradebook)
                result.notes[submission.student, submission.assignment] = submission.notes
                progress(done, len(found), f"{submission.student} {submission.assignment}")
    order = {name: place for place, name in enumerate(_cell_names(found))}
    result.rows.sort(key=lambda row: (row.student, row.assignment, order.get(row.exercise, -1)))
    return result


def _executed(found: list[Submission], gradebook: ClassGradebook, pool: Executor,
              seconds: float, seed: int, protection: str) -> Iterator[tuple[Submission, Executed | None]]:
    """Every submission with its executed notebook, as they finish; None where there was nothing to execute."""
    jobs: dict[Future[Executed], Submission] = {}
    for submission in found:
        if submission.notebook is None:
            yield submission, None
            continue
        try:
            path = gradebook.restore(submission)
        except Exception as error:
            submission.problem = f"The notebook could not be prepared for grading: {error}"
            yield submission, None
            continue
        job = Job(path.read_text(encoding="utf-8"), str(path.parent), KERNEL_ENVIRONMENT, seconds,
                  student_seed(seed, submission.student, submission.assignment), protection)
        jobs[pool.submit(execute, job)] = submission
    for future in as_completed(jobs):
        try:
            yield jobs[future], future.result()
        except Exception as error:
            jobs[future].problem = f"The notebook could not be executed: {error}"
            yield jobs[future], None


def _recorded(submission: Submission, executed: Executed | None, gradebook: ClassGradebook) -> list[Row]:
    """Record a submission in the gradebook and make its rows."""
    if executed is not None:
        notebook = nbformat.reads(executed.notebook, as_version=4)
        submission.notes += notebook.metadata.get(REPAIRS, [])
        write_records(notebook, executed.records)
        try:
            gradebook.record(submission, notebook)
            return rows_of_graded(submission, notebook, gradebook.grades(submission))
        except Exception as error:
            submission.problem = f"The grades could not be recorded: {error}"
    if submission.assignment in lesson_names() and not submission.missing:
        gradebook.record_nothing(submission)
    return rows_of_ungraded(submission)


def _cell_names(found: list[Submission]) -> list[str]:
    lessons = sorted({one.assignment for one in found} & set(lesson_names()))
    return [cell["grade_id"] for name in lessons for cell in graded_cells(name)]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """No warnings that nobody here can act on: of nbgrader's queries, and of wrong answers while they are tried."""
    from sqlalchemy.exc import SAWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        yield
