"""The index of the search: what stands under each heading of each page, in a script."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, NavigableString, Tag

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3}


@dataclass(frozen=True)
class Section:
    """A heading of a page, and the text up to the next one."""

    anchor: str
    title: str
    level: int
    text: str


def sections(html: str) -> Iterator[Section]:
    """Yield the sections of a page's HTML, without what its cells gave and without formulas that stand alone."""
    soup = BeautifulSoup(html, "html.parser")
    for part in soup.select(".outputs, .formula, .note"):
        part.decompose()
    heading, words = None, []
    for part in soup.descendants:
        if isinstance(part, Tag) and part.name in _HEADINGS:
            if heading:
                yield _section(heading, words)
            heading, words = part, []
        elif isinstance(part, NavigableString) and heading and heading not in part.parents:
            words.append(part)
    if heading:
        yield _section(heading, words)


def _section(heading: Tag, words: list[str]) -> Section:
    return Section(heading.get("id", ""), heading.get_text(), _HEADINGS[heading.name], " ".join("".join(words).split()))


def index(pages: Iterable[tuple[str, list[Section]]]) -> str:
    """Return the script from pages: their paths, and their sections."""
    rows = [[f"{page}#{one.anchor}", found[0].title, one.title, one.text] for page, found in pages for one in found]
    return f"window.SEARCH_INDEX = {json.dumps(rows, ensure_ascii=False, indent=0)};\n"
