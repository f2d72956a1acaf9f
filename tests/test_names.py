"""Cells of the course leave students' names alone: what a student imports at the top of a lesson stays what it is."""

import ast
import builtins
import collections
import itertools
import math
import sys

import jupytext
import keras
import numpy as np
import pytest

from autograder.building.lesson import UNGRADED, imported_names, lesson_names, points_by_exercise
from autograder.building.paths import LESSONS

LIBRARIES = (np, math, itertools, collections, builtins, keras, keras.layers)
CUSTOMARY = {"K", "L", "F", "tf", "plt", "np", "pd", "nn", "sns", "sk", "sp", "data", "model", "models", "layers"}
"""Short names of libraries, and what people call their own things, beside what libraries call theirs."""
PEOPLES = CUSTOMARY.union(sys.stdlib_module_names, points_by_exercise(),
                          *({name for name in dir(library) if not name.startswith("_")} for library in LIBRARIES))


def course_cells(lesson):
    cells = jupytext.read(LESSONS / f"{lesson}.py", fmt="py:percent").cells
    return [cell.source for cell in cells
            if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("solution")]


class Bound(ast.NodeVisitor):
    """The names that a cell binds, its imports apart, and its loops. Functions keep theirs to themselves."""

    def __init__(self, source):
        self.names, self.loops = set(), []
        self.visit(ast.parse(source))

    def visit_Name(self, node):
        self.names |= {node.id} if isinstance(node.ctx, ast.Store) else set()

    def visit_FunctionDef(self, node):
        self.names.add(node.name)

    def visit_For(self, node):
        self.loops.append(ast.unparse(node.target))
        self.generic_visit(node)

    def visit_ListComp(self, node):
        pass

    visit_ClassDef = visit_AsyncFunctionDef = visit_FunctionDef
    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_Lambda = visit_ListComp


@pytest.mark.parametrize("lesson", [*UNGRADED, *lesson_names()])
def test_no_cell_binds_a_name_that_people_use(lesson):
    imported = set().union(*(imported_names(node) for source in course_cells(lesson)
                             for node in ast.walk(ast.parse(source))))
    for source in course_cells(lesson):
        bound = Bound(source)
        assert not bound.loops, f"put into a function: for {bound.loops} in\n{source}"
        taken = {name for name in bound.names if name in PEOPLES | imported or len(name) == 1 and name != "_"}
        assert not taken, f"{taken} in\n{source}"
