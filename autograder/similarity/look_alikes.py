"""A class's submissions to pairs of students, each with the lessons in which their answers are alike."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from autograder.intake.submissions import Submission, each_submission
from autograder.similarity.answers import Answer, answers_of
from autograder.similarity.pairs import Alike, alike


@dataclass
class LookAlikes:
    """What was found.

    Attributes:
        pairs: the lessons by the two students, the strongest pair first.
        unread: students and lessons with the reason why they could not be compared.
        noticed: students and lessons (and exercises) with what is to be known about the reading.
    """

    pairs: dict[tuple[str, str], list[Alike]]
    students: int = 0
    unread: list[tuple[str, str, str]] = field(default_factory=list)
    noticed: list[tuple[str, str, str]] = field(default_factory=list)


def look_alikes(folder: Path) -> LookAlikes:
    """Compare the answers of a class. Nothing in them is run.

    Raises:
        ValueError: the folder is not in the layout of `find_submissions`.
    """
    result, answers, students = LookAlikes({}), defaultdict(list), set()
    for submission in each_submission(folder):
        students.add(submission.student)
        answers[submission.assignment] += _answers(submission, result)
    result.students = len(students)
    pairs = defaultdict(list)
    for one in answers.values():
        for found in alike(one):
            pairs[found.students].append(found)
    result.pairs = dict(sorted(pairs.items(), key=lambda item: -sum(one.evidence for one in item[1])))
    return result


def _answers(submission: Submission, result: LookAlikes) -> list[Answer]:
    student, lesson, found = submission.student, submission.assignment, []
    if submission.notebook is not None:
        try:
            found = list(answers_of(submission))
        except Exception as error:  # whatever somebody wrote, nobody else is affected
            submission.problem = f"The notebook could not be compared ({type(error).__name__})."
    if submission.problem and not submission.missing:
        result.unread.append((student, lesson, submission.problem))
    notes = [(lesson, note) for note in submission.notes] + [(f"{lesson}, {one.exercise}", one.said) for one in found
                                                             if one.said]
    result.noticed += [(student, *note) for note in notes]
    return found
