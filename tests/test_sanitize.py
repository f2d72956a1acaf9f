"""What students wrote is shown, but never run, in the pages that nbgrader makes."""

import base64
import itertools
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import nbgrader.server_extensions.formgrader as formgrader
import pytest
from nbconvert.exporters import HTMLExporter
from traitlets.config import Config

from autograder.building.paths import NOTEBOOKS
from autograder.grading.sanitize import clean_page, drop_live_outputs
from autograder.nbgrader_config import configure

FOLDER = Path(formgrader.__file__).with_name("templates")
TEMPLATES = pytest.mark.parametrize("template", ["feedback", "formgrade"])
PICTURE = base64.b64encode(b"no picture, but it could be one").decode()
ATTACKS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)><a/></svg>",
    "<iframe src='javascript:alert(1)'></iframe>", "[click](javascript:alert(1))",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>", "<a href=' d\tata:text/html,<script>alert(1)</script>'>x</a>",
    "<details open ontoggle=alert(1)>x</details>", "<form action=/formgrader><button>x</button></form>",
    "<style>body {display: none}</style>", "<p style='position:fixed'>x</p>", "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>", "<math><mtext><script>alert(1)</script></mtext></math>",
    "<div><!--<img title='--><img src=x onerror=alert(1)>'>", "`</code><script>alert(1)</script>`",
    "$</script><script>alert(1)</script>$", "<textarea></textarea><script>alert(1)</script>"]


ELEMENTS = {"script", "iframe", "svg", "object", "embed", "form", "base", "meta", "style", "link", "button", "math"}


class Page(HTMLParser):
    """The text of a page, and what on it could do something."""

    def __init__(self, page):
        super().__init__()
        self.dangers, self.images, self.text = [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag in ELEMENTS:
            self.dangers.append(tag)
        self.images += [value for name, value in attrs if (tag, name) == ("img", "src")]
        for name, value in attrs:
            address = "".join((value or "").split()).lower() if name in ("href", "src") else ""
            if name.startswith("on") or address.startswith(("javascript:", "data:text")) or "fixed" in (value or ""):
                self.dangers.append((tag, name, value))

    def handle_data(self, data):
        self.text += data


def page_of(cells, template, clean=True, assignment="a"):
    """The page that nbgrader makes of a notebook, with the settings of the course."""
    config = configure(Config(), Path()) if clean else Config()
    config.HTMLExporter.template_name = template
    config.HTMLExporter.extra_template_basedirs = [str(FOLDER)]
    config.HTMLExporter.extra_template_paths = [str(FOLDER.parent / "static/node_modules/bootstrap/dist/css")]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
    nbgrader = {"notebook": "n", "score": 0, "max_score": 0, "late_penalty": 0}
    resources = {"nbgrader": nbgrader, "notebook_id": "n", "assignment_id": assignment, "submission_id": "s",
                 "base_url": "", "index": 0, "total": 1, "student": "ada", "notebook_path": "", "last_name": None,
                 "first_name": None}
    return HTMLExporter(config=config).from_notebook_node(notebook, resources=resources)[0]


def dangers(cells, template, clean=True):
    """What is dangerous on the page and does not belong to nbgrader's own frame around harmless cells."""
    empty = [nbformat.from_dict(cell | {"source": ""} | ({"outputs": []} if "outputs" in cell else {}))
             for cell in cells]
    found = Page(page_of(cells, template, clean)).dangers
    for one in Page(page_of(empty, template, clean)).dangers:
        found.remove(one)
    return found


def text_cell(source, by_hand=True):
    settings = {"grade": True, "solution": True, "grade_id": "why", "locked": False, "points": 2, "task": False,
                "score": 1}
    return nbformat.v4.new_markdown_cell(source, metadata={"nbgrader": settings} if by_hand else {})


LIVE = [nbformat.v4.new_output("display_data", {"text/html": ATTACKS[0], "text/plain": "<b>plain</b>"}),
        nbformat.v4.new_output("display_data", {"application/javascript": "alert(1)"}),
        nbformat.v4.new_output("display_data", {"image/svg+xml": ATTACKS[2]}),
        nbformat.v4.new_output("display_data", {"text/markdown": ATTACKS[0]}),
        nbformat.v4.new_output("display_data", {"text/latex": ATTACKS[0]}),
        nbformat.v4.new_output("display_data", {"application/vnd.jupyter.widget-view+json": {"model_id": ATTACKS[0]}}),
        nbformat.v4.new_output("display_data", {"image/png": f'{PICTURE}" onerror="alert(1)'}),
        nbformat.v4.new_output("execute_result", {"image/png": PICTURE}, metadata={
            "image/png": {"width": "1 onerror=alert(1)", "alt": '"><script>alert(1)</script>'}}),
        nbformat.v4.new_output("stream", name="stdout", text=ATTACKS[0]),
        nbformat.v4.new_output("error", ename=ATTACKS[0], evalue=ATTACKS[1], traceback=[ATTACKS[0], ATTACKS[1]])]


def code_cell(outputs, solution=True):
    settings = {"grade": False, "solution": solution, "grade_id": "f-solution", "locked": False, "task": False}
    return nbformat.v4.new_code_cell("f()", outputs=outputs, metadata={"nbgrader": settings})


@TEMPLATES
def test_text_cells_are_shown_and_nothing_in_them_runs(template):
    cells = [text_cell(f"Before {place}.\n\n{attack}\n\nAfter {place}.", by_hand)
             for place, (attack, by_hand) in enumerate(itertools.product(ATTACKS, (True, False)))]
    text = Page(page_of(cells, template)).text
    assert dangers(cells, template) == []
    assert all(f"{word} {place}." in text for place in range(len(cells)) for word in ("Before", "After"))


@pytest.mark.filterwarnings("ignore:Your element with mimetype")
@TEMPLATES
def test_without_the_settings_they_would_run(template):
    assert dangers([text_cell(ATTACKS[0])], template, clean=False)
    assert dangers([code_cell(LIVE)], template, clean=False)


@TEMPLATES
def test_outputs_are_shown_and_nothing_in_them_runs(template):
    notebook = nbformat.v4.new_notebook(cells=[code_cell(LIVE)])
    drop_live_outputs(notebook)
    page = Page(page_of(notebook.cells, template))
    assert dangers(notebook.cells, template) == []
    assert page.images == [f"data:image/png;base64,{PICTURE}"]
    assert "<b>plain</b>" in page.text and ATTACKS[0] in page.text


def test_the_lessons_own_text_looks_as_before():
    cells = [cell for cell in nbformat.read(NOTEBOOKS / "01_dataset.ipynb", 4).cells
             if cell.cell_type == "markdown" and "nbgrader" not in cell.metadata]
    before, after = (Page(page_of(cells, "feedback", clean)) for clean in (False, True))
    assert after.images == before.images and len(after.images) > 3
    assert after.text.split() == before.text.split()


@pytest.mark.parametrize("html, shown", [
    ('<td style="text-align:right;position:fixed">1</td>', '<td style="text-align:right">1</td>'),
    ('<td align="right" onclick="x">1</td>', '<td align="right">1</td>'),
    ("<mark>kept</mark><script>gone</script>", "kept"), ("<p>x</p><style>gone</style>", "<p>x</p>"),
    ('<img src="data:image/png;base64,aGk=" alt="x">', '<img src="data:image/png;base64,aGk=" alt="x">'),
    ('<a href="data:image/png;base64,aGk=">x</a>', '<a rel="noopener noreferrer">x</a>'),
    ('<a href="#x" class="anchor-link">x</a>', '<a href="#x" class="anchor-link" rel="noopener noreferrer">x</a>')])
def test_harmless_html_stays_and_other_tags_are_left_out(html, shown):
    start, end = ("<table><tbody><tr>", "</tr></tbody></table>") if html.startswith("<td") else ("", "")
    assert clean_page(f"{start}{html}{end}") == f"{start}{shown}{end}"


def test_what_is_kept_of_outputs():
    notebook = nbformat.v4.new_notebook(
        cells=[code_cell(LIVE), code_cell([LIVE[-2]]), code_cell([LIVE[0]], False)])
    notes = drop_live_outputs(notebook)
    nbformat.validate(notebook)
    first, second, third = (cell.outputs for cell in notebook.cells)
    assert [one.output_type for one in first] == ["display_data", "display_data", "stream", "error"]
    assert first[0].data == {"text/plain": "<b>plain</b>"}
    assert (first[1].data, first[1].metadata) == ({"image/png": PICTURE}, {})
    assert first[3].traceback == ATTACKS[:2]
    assert second[0].text == ATTACKS[0] and third[0].data == {"text/plain": "<b>plain</b>"}
    assert notes == ["What the cell f-solution showed apart from text and pictures was left out."]


@pytest.mark.parametrize("odd", [
    {"output_type": "display_data", "data": {"image/png": 5, "text/plain": ["a", 1]}}, {"output_type": "stream"},
    {"output_type": "error", "traceback": "x"}, {"output_type": "update"}, {},
    {"output_type": "stream", "text": "\ud800\0"}])
def test_odd_outputs_become_valid(odd):
    notebook = nbformat.v4.new_notebook(cells=[code_cell([])])
    cell = notebook.cells[0]
    cell.update(outputs=[nbformat.from_dict(odd)], execution_count="<script>")
    drop_live_outputs(notebook)
    nbformat.validate(notebook)
    nbformat.writes(notebook).encode()
    assert cell.execution_count is None
