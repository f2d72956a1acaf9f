"""Slides of a lesson: each figure with its heading and a sentence or two, and the questions to ask; a file of its own.

nbconvert's own slides take reveal.js, jQuery, RequireJS, Mermaid and MathJax from the network, and no package that the
course needs anyway has them. These need one page of HTML: the browser does the turning over.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from autograder.building.lesson import WARM_UP, lesson_names
from autograder.building.paths import BUILD, SOLUTIONS
from tools.mathml import mathml
from tools.teaching.lesson import Block, Question, Reader, blocks

SLIDES = BUILD / "slides"
SENTENCES = 2
_NO_SENTENCE = re.compile(r"[-|!$`]|\d+\. |\*[^*]+\*$|\*\*(?:Guess first|To think about)\.")
_EXPECTED = re.compile(r"\*((?!About |Marking|\d+ minutes)[^*]+)\*")  # stands in for an exercise's figure
_ASIDE = re.compile(r"\s*\([A-Z][^()]*[.!?]\)")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"*`(])")


@dataclass
class Figure:
    """A figure as a PNG in base64, with what is said of it."""

    section: str
    picture: str
    alt: str
    text: list[str]


class _Renderer(IPythonRenderer):
    """nbconvert's Markdown, with formulas as MathML, which browsers show without a script."""

    def block_math(self, body: str) -> str:
        return mathml(body, "block")

    def inline_math(self, body: str) -> str:
        return mathml(body, "inline")


def write_slides(folder: Path = SLIDES) -> Path:
    """Write the slides of every lesson that is solved."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True)
    pages.filters |= {"html": _html, "inline": lambda text: _html(text)[3:-4]}  # without <p> and </p>
    for name in (WARM_UP, *lesson_names()):
        cells = nbformat.read(SOLUTIONS / f"{name}.ipynb", as_version=4).cells
        title = next(blocks(cells[0].source)).heading
        page = pages.get_template("slides.html").render(title=title, slides=slides(cells))
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return folder


def _html(text: str) -> Markup:
    return Markup(MarkdownWithMath(renderer=_Renderer(escape=False)).render(text).strip())


def slides(cells: list[NotebookNode]) -> list[Figure | Question]:
    """Return the figures of a solved lesson, and the questions that it answers, in order.

    What is said of a figure: the last sentences above it, else what an exercise says of the figure that is expected,
    else the first sentences below, else the last ones of the section.
    """
    reader, found = Reader(), []
    above, expected, latest, waiting = [], [], [], []
    for cell in cells:
        found += [part for part in reader.read(cell) if isinstance(part, Question)]
        for number, block in enumerate(blocks(cell.source) if cell.cell_type == "markdown" else ()):
            above = _sentences(block)
            whole = [one for one in above if not one.endswith(":")]  # which leads to something else
            for figure in () if number else waiting:
                figure.text = whole[:SENTENCES] or latest
            if block.heading:
                expected, latest = [], []
            elif seen := _EXPECTED.fullmatch(block.text):
                expected = [" ".join(seen[1].split())]
            latest, waiting = whole[-SENTENCES:] or latest, []
        for output in cell.get("outputs", []):
            if picture := output.get("data", {}).get("image/png"):
                alt = output.metadata.get("image/png", {}).get("alt", "")
                found.append(Figure(reader.section, picture.strip(), alt, above[-SENTENCES:] or expected))
                waiting += [] if found[-1].text else [found[-1]]
    return [one for one in found if isinstance(one, Figure) or one.answers]


def _sentences(block: Block) -> list[str]:
    """Return the sentences of a paragraph but for asides; none of a list, a table, a formula or a folded text."""
    text = _ASIDE.sub("", " ".join(block.text.split()))
    return [] if block.summary or not text or _NO_SENTENCE.match(text) else _SENTENCE_ENDS.split(text.strip())
