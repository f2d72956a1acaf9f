"""What `check` shows to those who are stuck: a lesson's hints, and a worked text or the solution after the last one.

And the steps of every exercise, which the log of checks counts.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat

from autograder.building.lesson import UNGRADED, WORKED, all_cells, lesson_names, solution_of
from autograder.building.notebooks import write_rows
from autograder.building.paths import SOLUTIONS
from kws_helpers.check import attempts, hints

_HINT = re.compile(r"<details>\s*<summary>(Hint[^<]*)</summary>\s*(.*?)\s*</details>", re.DOTALL)


def build_hints(show_solutions: bool = False, path: Path = hints.FILE) -> None:
    """Write the texts of every exercise that has some, by function.

    Args:
        show_solutions: the last help is the exercise's own solution, not a worked text about a similar one.
        path: where they are written.
    """
    texts = {name: help_for for lesson in (*UNGRADED, *lesson_names())
             for name, help_for in _of(lesson, show_solutions) if help_for}
    path.write_text(json.dumps(texts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def build_steps(folder: Path = SOLUTIONS, path: Path = attempts.STEPS) -> None:
    """Write the titles of the steps of every exercise, as the checks in the solved lessons show them."""
    shown = (output.data["text/plain"] for notebook in sorted(folder.glob("*.ipynb"))
             for cell in nbformat.read(notebook, as_version=4).cells
             for output in cell.get("outputs", []) if "text/plain" in output.get("data", {}))
    found = {checked[1]: re.findall(r"^  ✔ (.+)$", text, re.MULTILINE) for text in shown
             if (checked := re.match(r"(\w+): all steps passed$", text, re.MULTILINE))}
    write_rows(found, path)


def _of(lesson: str, show_solutions: bool) -> Iterator[tuple[str, list[str]]]:
    """Yield each function that a lesson checks with the texts since the check before."""
    found: list[str] = []
    worked = ""
    for cell in all_cells(lesson):
        if cell.cell_type == "markdown" and WORKED in cell.metadata.get("tags", []):
            worked = cell.source
        elif cell.cell_type == "markdown":
            found += [f"**{title}**\n\n{text}" for title, text in _HINT.findall(cell.source)]
        elif checked := re.match(r"check\((\w+)\)", cell.source):
            last = _solution(lesson, checked[1]) if show_solutions else worked
            yield checked[1], found + list(filter(None, [last]))
            found, worked = [], ""


def _solution(lesson: str, function: str) -> str:
    return f"**The solution**\n\n```python\n{solution_of(lesson, function)}\n```"
