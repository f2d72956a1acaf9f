"""Write the page of pairs of students whose answers are alike."""

from collections.abc import Iterator
from pathlib import Path

from autograder.reporting.report import render
from autograder.similarity.answers import Answer
from autograder.similarity.look_alikes import LookAlikes

MOST_PAIRS = 200
_AROUND, _MOST_LINES, _LONGEST = 2, 80, 300


def write_similar(found: LookAlikes, path: Path) -> None:
    """Write one page that needs nothing else. Of many pairs, it has the strongest."""
    render("similar.html", path, found=found, pairs=list(found.pairs.items())[:MOST_PAIRS], excerpt=excerpt)


def excerpt(answer: Answer, alike: set[int]) -> Iterator[tuple[str, bool]]:
    """Yield the lines that are alike and those around them, with whether each is alike; "…" where some are left out."""
    lines, last, shown = answer.source.split("\n"), 0, 0
    for number, line in enumerate(lines, start=1):
        if shown < _MOST_LINES and any(near in alike for near in range(number - _AROUND, number + _AROUND + 1)):
            if number > last + 1:
                yield "…", False
            yield line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…", number in alike
            last, shown = number, shown + 1
    if last < len(lines):
        yield "…", False
