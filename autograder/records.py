"""What the referee recorded becomes what nbgrader reads: the outputs of the test cells."""

from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.exercise import exercises
from autograder.judge import Verdict, display_data
from autograder.lesson import points_of


def tested(cell: NotebookNode) -> str:
    """The exercise that a cell tests, or ""."""
    metadata = cell.metadata.get("nbgrader", {})
    name = metadata.get("grade_id", "")
    return name if metadata.get("grade") and not metadata.get("solution") and name in exercises() else ""


def write_records(notebook: NotebookNode, records: tuple[dict[str, Any], ...]) -> None:
    """Replace what the test cells printed by what the referee recorded, which is what counts.

    A cell without a verdict keeps its error, or gets one: nbgrader takes an empty test cell for a passed one.
    """
    verdicts = {record["exercise"]: Verdict(**record) for record in records}
    for cell in notebook.cells:
        name = tested(cell)
        if name:
            cell.outputs = _outputs(verdicts.get(name), [one for one in cell.outputs if one.output_type == "error"])


def _outputs(verdict: Verdict | None, errors: list[NotebookNode]) -> list[NotebookNode]:
    if verdict is None or (verdict.status == "error" and errors):
        text = "The test was not carried out."
        return errors[:1] or [nbformat.v4.new_output("error", ename="NotJudged", evalue=text, traceback=[text])]
    points = {"text/plain": repr(round(verdict.share * points_of(verdict.exercise), 2))}
    return [nbformat.v4.new_output("display_data", display_data(verdict)),
            nbformat.v4.new_output("execute_result", points)]
