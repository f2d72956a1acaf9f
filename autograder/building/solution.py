"""The solved notebook of a lesson: executed, with its figures."""

import os
import tempfile
from dataclasses import asdict
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.building import claims
from autograder.building.environment import kernel_manager
from autograder.building.figures import attach_expected
from autograder.building.lesson import WELCOME, is_claim, read_lesson, read_with_claims, solved
from autograder.building.notebooks import BuildError, write_notebook
from autograder.building.paths import BUILD, SOLUTIONS

SOLVED = BUILD / "solved"
"""Where solved lessons are executed: they find here what earlier ones have kept."""

CLAIMS = "kws_claims"
"""What a solved notebook's metadata call the claims that were checked when it was executed."""


def build_solution(name: str, folder: Path = SOLUTIONS) -> None:
    """Execute the solved lesson and write it with its figures.

    Raises:
        BuildError: a cell writes to stderr, or the lesson claims what does not hold; then it is written all the same.
        nbclient.exceptions.CellExecutionError: a cell failed.
    """
    notebook, found = solve_with_claims(name, {"KWS_DATA": "bundled"})
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times
        if "outputs" in cell:
            cell.outputs = _lasting(cell.outputs)
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise BuildError(f"{name}: a cell writes to stderr:\n{cell.source}\n\n{output.text}")
    notebook.metadata[CLAIMS] = {"fingerprint": claims.fingerprint(name), "found": [asdict(one) for one in found]}
    write_notebook(notebook, folder / f"{name}.ipynb")
    if wrong := [f"“{one.sentence}” (value: {one.value})" for one in found if not one.holds]:
        raise BuildError(f"{name} claims what does not hold here:\n" + "\n".join(wrong))


def committed_claims(name: str, folder: Path = SOLUTIONS) -> list[claims.Claim]:
    """Return what the lesson claims, with the values of the run that is kept."""
    kept = nbformat.read(folder / f"{name}.ipynb", as_version=4).metadata.get(CLAIMS, {"found": []})
    return [claims.Claim(**one) for one in kept["found"]]


def solve_with_claims(name: str, environment: dict[str, str]) -> tuple[NotebookNode, list[claims.Claim]]:
    """Execute the solved lesson; return it, and what its claims found.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell failed.
    """
    SOLVED.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kws-") as empty:  # the first page is that of somebody who begins
        notebook = _executed(_solved(read_with_claims(name)), Path(empty) if name == WELCOME else SOLVED, environment)
    found = claims.taken_from(notebook)
    return notebook, found


def renew_texts(name: str, folder: Path = SOLUTIONS) -> bool:
    """Bring the solution up to a lesson whose words have changed, without executing it.

    Returns:
        False where code has changed too, or nothing was executed yet: then the solution stays as it is.
    """
    path = folder / f"{name}.ipynb"
    if not path.exists():
        return False
    notebook, executed = _solved(read_lesson(name)), nbformat.read(path, as_version=4)
    if executed.metadata.get(CLAIMS, {}).get("fingerprint") != claims.fingerprint(name):
        return False
    code, before = ([cell for cell in one.cells if cell.cell_type == "code"] for one in (notebook, executed))
    if [cell.source for cell in code] != [cell.source for cell in before]:
        return False
    for cell, with_outputs in zip(code, before):
        cell.outputs, cell.execution_count = with_outputs.outputs, with_outputs.execution_count
    notebook.metadata = executed.metadata
    write_notebook(notebook, path)
    return True


def execute_solved(name: str, folder: Path, environment: dict[str, str] | None = None) -> NotebookNode:
    """Execute the solved lesson in `folder`, with more environment variables.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell failed.
    """
    return _executed(_solved(read_lesson(name)), folder, environment or {})


def _executed(notebook: NotebookNode, folder: Path, environment: dict[str, str]) -> NotebookNode:
    with tempfile.TemporaryDirectory(prefix="kws-", ignore_cleanup_errors=True) as scratch:
        client = NotebookClient(notebook, km=kernel_manager(Path(scratch)), timeout=1800, store_widget_state=False,
                                resources={"metadata": {"path": str(folder)}})
        client.execute(cleanup_kc=True, env=os.environ | environment)
    return notebook


def _solved(notebook: NotebookNode) -> NotebookNode:
    for cell in filter(is_claim, solved(notebook).cells):
        claims.to_run(cell)
    attach_expected(notebook, pictures={})
    return notebook


def _lasting(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return outputs that do not depend on the machine's speed and do not need a kernel.

    Prints that follow one another become one. A figure keeps its PNG; its widget and its HTML go.
    """
    kept: list[NotebookNode] = []
    for output in outputs:
        if kept and output.output_type == kept[-1].output_type == "stream" and output.name == kept[-1].name:
            kept[-1].text += output.text
            continue
        data = output.get("data", {})
        data.pop("application/vnd.jupyter.widget-view+json", None)
        if data == {"text/plain": ""}:
            continue  # a line of progress that is shown on slow machines only
        if "image/png" in data:
            data.pop("text/html", None)
        kept.append(output)
    return kept
