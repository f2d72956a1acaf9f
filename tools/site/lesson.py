"""A lesson as a page: nbconvert makes it from the notebook, with a template of our own."""

import base64
import re
from pathlib import Path

import nbformat
from jinja2 import pass_context
from nbconvert import HTMLExporter
from nbconvert.preprocessors import ExtractOutputPreprocessor
from nbformat import NotebookNode

from autograder.building.paths import ROOT
from tools.site.markdown import Renderer

TEMPLATES = Path(__file__).with_name("templates")
_SOUND = re.compile(r'<audio[^>]*>\s*<source src="data:audio/wav;base64,([^"]+)".*?</audio>', re.DOTALL)
_LINK = re.compile(r"""href=(['"])([^'":]+\.ipynb)\1""")


def read(source: str) -> NotebookNode:
    """Return the notebook of a page."""
    return nbformat.read(ROOT / source, as_version=4)


class LessonExporter(HTMLExporter):
    """nbconvert's way from a notebook to HTML, with the site's Markdown; figures and sounds become files.

    Args:
        renderer: of the page's Markdown.
        files: the folder of the figures and sounds, as the page has to name it.
    """

    def __init__(self, renderer: Renderer, files: str) -> None:
        super().__init__(template_name="lesson", extra_template_basedirs=[str(TEMPLATES)],
                         preprocessors=[ExtractOutputPreprocessor(), _Sounds()])
        self._renderer, self._files = renderer, files
        self.register_filter("controls", controls)

    @pass_context
    def markdown2html(self, context: object, source: str) -> str:
        return self._renderer.html(source)

    def page(self, notebook: NotebookNode) -> tuple[str, dict[str, bytes]]:
        """Return the HTML of a notebook, and the figures and sounds by their paths from the page."""
        html, resources = self.from_notebook_node(notebook, {"output_files_dir": self._files, "unique_key": "figure"})
        return _LINK.sub(self._link, html), resources["outputs"]

    def _link(self, found: re.Match) -> str:
        """Return a link of a cell's output, to another notebook, as one to its page."""
        return f'href="{self._renderer.places.link(found[2], self._renderer.source, self._renderer.page)}"'


class _Sounds(ExtractOutputPreprocessor):
    """Takes the sounds out of players, as nbconvert does with figures, so that they are loaded when they are played."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        for index, output in enumerate(cell.get("outputs", [])):
            html = output.get("data", {}).get("text/html", "")
            if sound := _SOUND.search(html):
                name = f"{resources['output_files_dir']}/sound_{cell_index}_{index}.wav"
                resources["outputs"][name] = base64.b64decode(sound[1])
                player = f'<audio controls preload="none" src="{name}"></audio>'
                output.data["text/html"] = html.replace(sound[0], player)
        return cell, resources


def controls(source: str) -> str:
    """Return what kind of controls a cell has while its kernel runs: "figure", "microphone" or ""."""
    kinds = {"figure": r"\bwidgets\.explore\(", "microphone": r"\bmicrophone\.(listen|record|upload|try_spotter)\("}
    return next((kind for kind, call in kinds.items() if re.search(call, source)), "")
