"""What a lesson says of itself at its top."""

import re
from dataclasses import dataclass

from nbformat import NotebookNode


@dataclass(frozen=True)
class Opening:
    """What a lesson says of itself, in Markdown; "" where it does not say it."""

    title: str
    goal: str
    learned: str
    cost: str


def opening(notebook: NotebookNode) -> Opening:
    """Return what the first cell of a lesson says."""
    text = notebook.cells[0].source

    def first(pattern: str) -> str:
        found = re.search(pattern, text, re.MULTILINE | re.DOTALL)
        return found[1].strip() if found else ""

    learned = first(r"you will be able to\n\n(.+?)\n\n")
    return Opening(first(r"^# (.+?)$"), first(r"^\*\*Goal:\*\* (.+?)\n\n"), learned, first(r"^\*(About .+?)\*$"))
