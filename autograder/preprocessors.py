"""A step in nbgrader's pipeline: notebooks come back with cells missing, copied, or with damaged metadata."""

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.lesson import lesson_names
from autograder.repair import repair

REPAIRS = "kws_repairs"
"""The notebook's metadata lists under this key what was repaired, in words."""


class RestoreCells(NbGraderPreprocessor):
    """Repair the notebook before any of nbgrader's steps has to rely on its cells' metadata.

    `OverwriteCells` gives locked cells their text back afterwards.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        lesson = resources["nbgrader"]["notebook"]
        if lesson in lesson_names():
            nb.metadata[REPAIRS] = repair(nb, lesson)
        return nb, resources
