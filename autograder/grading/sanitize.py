"""Nothing that a student wrote runs in the browser of who looks at it: in formgrader, or in nbgrader's feedback.

Of outputs only text and pictures are kept. Text cells stay as they are in the notebook, and are cleaned when nbgrader
makes a page of them: its templates do not do so, but they put all of it through the filter `strip_files_prefix`, for
which `nbgrader_config` names `clean_page`.
"""

import re
from typing import Any

import nbformat
import nh3
from nbconvert.filters import strip_files_prefix
from nbformat import NotebookNode

from kws_helpers.desk.text import clean

TAGS = {"a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h1", "h2", "h3",
        "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "ol", "p", "pre", "s", "span", "strong", "sub", "summary",
        "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul"}
ATTRIBUTES = {"a": {"class", "href", "title"}, "img": {"alt", "height", "src", "title", "width"}, "div": {"class"},
              "span": {"class"}, "td": {"align", "style"}, "th": {"align", "style"},
              **{f"h{level}": {"id"} for level in range(1, 7)}}


def drop_live_outputs(notebook: NotebookNode) -> list[str]:
    """Leave only text, pictures and errors of all outputs; says in which of the student's cells something is gone."""
    notes = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        before = cell.outputs
        cell.outputs = [new for new in map(_harmless, before) if new is not None]
        if not isinstance(cell.execution_count, int):
            cell.execution_count = None
        settings = cell.metadata.get("nbgrader", {})
        if settings.get("solution") and any(_is_live(output) for output in before):
            notes.append(f"What the cell {settings['grade_id']} showed apart from text and pictures was left out.")
    return notes


def clean_page(html: str) -> str:
    """Return the HTML that was made of a text cell, without anything that runs and without tags of other kinds."""
    return nh3.clean(strip_files_prefix(html), tags=TAGS, attributes=ATTRIBUTES, attribute_filter=_without_data_links,
                     url_schemes={"http", "https", "mailto", "data"}, filter_style_properties={"text-align"})


def _without_data_links(tag: str, attribute: str, value: str) -> str | None:
    """Drop links to pages that stand in the address itself ("data:"). Pictures may."""
    is_data = "data:" in re.sub(r"[\x00-\x20]", "", value).lower()
    return None if (tag, attribute) == ("a", "href") and is_data else value


def _harmless(output: NotebookNode) -> NotebookNode | None:
    """Return the output made anew from what is kept of it, or None."""
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return nbformat.v4.new_output("stream", name=name, text=_text(output.get("text")))
    if kind == "error":
        lines = output.get("traceback")
        return nbformat.v4.new_output("error", ename=_text(output.get("ename")), evalue=_text(output.get("evalue")),
                                      traceback=[_text(line) for line in (lines if isinstance(lines, list) else [])])
    data = {name: _text(value) for name, value in output.get("data", {}).items() if _is_kept(name, value)}
    return nbformat.v4.new_output("display_data", data) if data else None


def _is_kept(name: str, value: Any) -> bool:
    if name in ("image/png", "image/jpeg"):
        return bool(re.fullmatch(r"[A-Za-z0-9+/=\s]*", _text(value)))
    return name == "text/plain"


def _is_live(output: NotebookNode) -> bool:
    return not all(_is_kept(name, value) for name, value in output.get("data", {}).items())


def _text(value: Any) -> str:
    return clean("".join(map(str, value)) if isinstance(value, list) else str(value))
