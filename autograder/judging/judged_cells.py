"""Put the verdicts where nbgrader reads them: into the outputs of the test cells."""

from collections.abc import Iterable

import nbformat
from nbformat import NotebookNode

from autograder.building.lesson import points_of
from autograder.judging.exercise import exercises
from autograder.judging.verdict import Verdict, display_data


def exercise_tested(cell: NotebookNode) -> str:
    """Return the exercise that a cell tests, or ""."""
    metadata = cell.metadata.get("nbgrader", {})
    name = metadata.get("grade_id", "")
    return name if metadata.get("grade") and not metadata.get("solution") and name in exercises() else ""


def write_verdicts(notebook: NotebookNode, verdicts: Iterable[Verdict]) -> None:
    """Replace what the test cells printed by the verdicts, which are what counts.

    A cell without a verdict keeps its error, or gets one: nbgrader takes an empty test cell for a passed one.
    """
    by_exercise = {verdict.exercise: verdict for verdict in verdicts}
    for cell in notebook.cells:
        name = exercise_tested(cell)
        if name:
            cell.outputs = _outputs(by_exercise.get(name), [one for one in cell.outputs if one.output_type == "error"])


def _outputs(verdict: Verdict | None, errors: list[NotebookNode]) -> list[NotebookNode]:
    if verdict is None or (verdict.status == "error" and errors):
        text = "The test was not carried out."
        return errors[:1] or [nbformat.v4.new_output("error", ename="NotJudged", evalue=text, traceback=[text])]
    points = {"text/plain": repr(round(verdict.share * points_of(verdict.exercise), 2))}
    return [nbformat.v4.new_output("display_data", display_data(verdict)),
            nbformat.v4.new_output("execute_result", points)]
