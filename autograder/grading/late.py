"""Late submissions, as nbgrader counts them: by the course's deadlines, and the time that its collectors noted."""

import io
import math
from dataclasses import dataclass
from datetime import UTC, datetime

from nbformat.v4 import new_notebook
from nbgrader.preprocessors import AssignLatePenalties

from autograder.building.deadlines import read_deadlines
from autograder.grading.gradebook import ClassGradebook, logger_into
from autograder.intake.submissions import Submission

DAY = 24 * 3600


@dataclass(frozen=True)
class Late:
    """How a submission stands to its deadline: `days` begun since then, and `penalty`, the points that it costs.

    `handed_in` is None where nobody noted the time; then it counts as in time.
    """

    deadline: datetime
    handed_in: datetime | None
    days: int
    penalty: float


def set_deadlines(course: ClassGradebook) -> set[str]:
    """Let nbgrader know the deadlines that stand in the course folder; return the lessons that have any."""
    with course.opened() as gradebook:
        for name, deadline in read_deadlines(course.folder)[0].items():
            gradebook.update_or_create_assignment(name, duedate=deadline)
        return {assignment.name for assignment in gradebook.assignments if assignment.duedate}


def lateness(course: ClassGradebook, submission: Submission) -> Late:
    """Let nbgrader work out what a late submission costs by now: a person may have given points since it was graded."""
    names = {"notebook": submission.assignment, "assignment": submission.assignment, "student": submission.student,
             "db_url": course.url}
    with course.opened() as gradebook:
        AssignLatePenalties(config=course.config, log=logger_into(io.StringIO())).preprocess(
            new_notebook(), {"nbgrader": names})
        found = gradebook.find_submission(submission.assignment, submission.student)
        handed_in = found.timestamp and found.timestamp.replace(tzinfo=UTC)
        return Late(found.duedate.replace(tzinfo=UTC), handed_in, math.ceil(found.total_seconds_late / DAY),
                    found.late_submission_penalty)
