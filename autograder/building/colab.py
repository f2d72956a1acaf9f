"""The first cell of every notebook: in Colab it gets the course, anywhere else it does nothing."""

import nbformat
from nbformat import NotebookNode

ADDRESS = "https://github.com/hands-on-keyword-spotting/hands-on-keyword-spotting"
"""Where the course lies. A course that is handed out from another place has that place here."""

SOURCE = f"""\
# @title Colab only: run this cell first (half a minute). Anywhere else it does nothing.
import sys

if "google.colab" in sys.modules:
    # Only what Colab lacks: without --no-deps, pip would replace its own TensorFlow.
    %pip install --quiet --no-deps ai-edge-litert espeakng-loader {ADDRESS}/archive/HEAD.zip
    %load_ext kws_helpers.desk.colab"""


def colab_cell() -> NotebookNode:
    """Return the cell, folded in JupyterLab and in Colab."""
    folded = {"cellView": "form", "jupyter": {"source_hidden": True}}
    return nbformat.v4.new_code_cell(SOURCE, id="colab", metadata=folded)
