"""What a lesson claims, checked where it is solved.

A claim stands in a cell of the lesson's source that has the tag `claim`, beside the sentence that it checks::

    # %% tags=["claim"]
    claim("the validation loss is lowest in one of the first eight epochs", best_epoch <= 8, best_epoch)

The words are the text's own: `sentences` and tests/test_claims.py hold that they stand in the lesson.
"""

import ast
import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from nbformat import NotebookNode

from autograder.building.lesson import is_claim, read_with_claims


@dataclass(frozen=True)
class Claim:
    """A sentence of a lesson: whether it holds, and the value that says so."""

    sentence: str
    holds: bool
    value: str


def run(source: str, variables: dict[str, Any]) -> None:
    """Run a cell of claims beside a notebook's variables, which it cannot change, and print what it found as JSON.

    A claim that cannot be computed does not hold: its value is the error.
    """
    found: list[Claim] = []

    def claim(sentence: str, holds: Any, value: Any = "") -> None:
        text = f"{value:.4g}" if isinstance(value, float) else str(value)
        found.append(Claim(sentence, bool(holds), text))

    try:
        exec(compile(source, "<claim>", "exec"), {**variables, "claim": claim})
    except Exception as error:
        said = [sentence for sentence in sentences(source) if sentence not in {one.sentence for one in found}]
        found += [Claim(sentence, False, f"{type(error).__name__}: {error}") for sentence in said[:1]]
    print(json.dumps([asdict(one) for one in found]))


def to_run(cell: NotebookNode) -> None:
    """Make of a cell of claims the code that runs it in a notebook."""
    cell.source = f"__import__({__name__!r}, fromlist=['run']).run({cell.source!r}, globals())"


def taken_from(notebook: NotebookNode) -> list[Claim]:
    """Take the cells of claims out of an executed notebook, and return what they found."""
    found = [Claim(**one) for cell in notebook.cells if is_claim(cell) for one in json.loads(_printed(cell) or "[]")]
    notebook.cells = [cell for cell in notebook.cells if not is_claim(cell)]
    return found


def _printed(cell: NotebookNode) -> str:
    """Return what a cell printed; a busy kernel sends it in pieces."""
    return "".join(output.text for output in cell.outputs if output.get("name") == "stdout")


def sentences(source: str) -> list[str]:
    """Return the sentences that a cell of claims names."""
    return [node.args[0].value for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "claim"]


def plain_words(text: str) -> str:
    """Return a text without marks of emphasis, comments and line breaks, to find a sentence in it."""
    return " ".join(re.sub(r"[*`]|^\s*#+ ?", "", text, flags=re.MULTILINE).split())


def fingerprint(name: str) -> str:
    """Return what changes where a lesson's claims change."""
    source = "\n\n".join(cell.source for cell in read_with_claims(name).cells if is_claim(cell))
    return hashlib.sha256(source.encode()).hexdigest()[:16]
