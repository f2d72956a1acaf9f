"""Your progress: which exercises passed their check, on this computer only."""

from dataclasses import dataclass
from html import escape

from kws_helpers.check import passed
from kws_helpers.desk.handed_out import graded_cells

_DONE, _OPEN = "✔", "○"
_BLUE = "#0072B2"


@dataclass(frozen=True)
class Lesson:
    """The exercises of a lesson that have a check: name, and whether it was passed."""

    name: str
    exercises: dict[str, bool]

    @property
    def done(self) -> int:
        """How many passed."""
        return sum(self.exercises.values())


def lessons() -> list[Lesson]:
    """Return all lessons in order, with what is finished. What has a check is a test cell with a solution cell."""
    return [Lesson(name, {cell: passed.is_noted(cell) for cell in cells if f"{cell}-solution" in cells})
            for name, cells in graded_cells().items()]


class Overview:
    """A page that shows the course map and your progress: in a notebook with links to the lessons, elsewhere as text.

    Example:
        >>> Overview().word()
        'First: class_counts in 01_dataset.'
    """

    def __init__(self) -> None:
        self.lessons = lessons()

    def __repr__(self) -> str:
        rows = [f"{one.name:<18}{one.done} of {len(one.exercises)}  {_signs(one)}" for one in self.lessons]
        return "\n".join([self.word(), *rows])

    def _repr_html_(self) -> str:
        rows = "".join(_row(lesson) for lesson in self.lessons)
        return (f"<p>{escape(self.word())}</p><table><thead><tr><th style='text-align:left'>lesson</th>"
                "<th style='text-align:left'>exercises</th><th style='text-align:left'>done</th></tr></thead>"
                f"<tbody>{rows}</tbody></table>")

    def word(self) -> str:
        """Return one sentence: what is done, and what comes next."""
        done, total = (sum(numbers) for numbers in zip(*((one.done, len(one.exercises)) for one in self.lessons)))
        following = next(((exercise, lesson.name) for lesson in self.lessons
                          for exercise, passed in lesson.exercises.items() if not passed), None)
        if not following:
            return f"All {total} exercises pass their checks. The course is yours."
        begun = f"{done} of {total} exercises pass their checks. " if done else ""
        return f"{begun}{'Next' if done else 'First'}: {following[0]} in {following[1]}."


def _signs(lesson: Lesson) -> str:
    return "".join(_DONE if passed else _OPEN for passed in lesson.exercises.values())


def _row(lesson: Lesson) -> str:
    signs = " ".join(
        f"<span style='white-space:nowrap{f';color:{_BLUE};font-weight:bold' if passed else ''}'>"
        f"{_DONE if passed else _OPEN} <code>{escape(exercise)}</code></span>"
        for exercise, passed in lesson.exercises.items())
    name, count = escape(lesson.name), f"{lesson.done} of {len(lesson.exercises)}"
    return (f"<tr><td style='text-align:left'><a href='{name}.ipynb'>{name}</a></td>"
            f"<td style='text-align:left'>{signs}</td><td style='white-space:nowrap'>{count}</td></tr>")
