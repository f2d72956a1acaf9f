"""The outputs that nbgrader reads and shows: what the referee recorded, and what students saw themselves."""

from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.exercise import exercises
from autograder.judge import Verdict, display_data
from autograder.lesson import points_of

_MOST_SHOWN = 1_000_000  # characters of what was handed in as one cell's output


def tested(cell: NotebookNode) -> str:
    """The exercise that a cell tests, or ""."""
    settings = _settings(cell)
    name = settings.get("grade_id", "")
    return name if settings.get("grade") and not settings.get("solution") and name in exercises() else ""


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


def show_as_handed_in(notebook: NotebookNode, handed_in: NotebookNode) -> None:
    """Add what students saw to the code cells that people mark: grading neither trains nor draws."""
    seen = {_settings(cell).get("grade_id"): cell.outputs for cell in handed_in.cells if cell.cell_type == "code"}
    for cell in notebook.cells:
        settings = _settings(cell)
        if cell.cell_type == "code" and settings.get("grade") and settings.get("solution"):
            outputs = seen.get(settings.get("grade_id"))
            if outputs and len(str(outputs)) <= _MOST_SHOWN:
                cell.outputs += [nbformat.v4.new_output("stream", text="\nAs it was handed in:\n"), *outputs]


def _settings(cell: NotebookNode) -> dict[str, Any]:
    return cell.metadata.get("nbgrader", {})
