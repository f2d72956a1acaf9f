"""Which cells of a notebook need not run for a grade: those that only show something, as their author says.

In a lesson such a cell has the tag "shows". It is skipped where it is unchanged, unless something that the student
wrote reads a name that a tagged cell binds, or could do so in a way that cannot be seen: then all cells run.
"""

import ast
import symtable
import warnings
from collections.abc import Iterator
from functools import cache

from nbformat import NotebookNode

from autograder.building.lesson import cells_that_show
from autograder.building.notebooks import source_notebook

BY_OTHER_WAYS = frozenset(["__builtins__", "__import__", "__main__", "builtins", "compile", "dir", "eval", "exec", "gc",
                           "get_ipython", "getattr", "globals", "importlib", "inspect", "locals", "sys", "vars"])
"""Code that uses one of these may reach a name without writing it down; so may IPython's own commands."""
MAGIC = frozenset("%!?")
LONGEST = 200_000
"""Characters of code. A student writes a few thousand; to read more is not worth the time."""


def skippable(notebook: NotebookNode, lesson: str) -> tuple[int, ...]:
    """Return the places of the code cells that need not run for a grade; none where that cannot be told."""
    code = {place: cell.source for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    written = set(code.values()) - _course_cells(lesson)
    if sum(map(len, written)) > LONGEST:
        return ()
    try:
        read = set().union(*map(names_read, written))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    tagged = cells_that_show(lesson)
    if read & BY_OTHER_WAYS.union(*map(names_bound, tagged)):
        return ()
    return tuple(place for place, source in code.items() if source in tagged)


def names_read(source: str) -> set[str]:
    """Return the names that a cell may read from other cells; none where it is no code that can run.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: that cannot be told.
    """
    read, own = set(), set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a student's "\d"
        try:
            for statement in ast.parse(source).body:
                at_once, later = _reads(statement)
                read |= at_once - own | later
                own |= _surely_bound(statement)
        except (SyntaxError, ValueError):
            if MAGIC.intersection(source):
                raise
    return read


@cache
def names_bound(source: str) -> frozenset[str]:
    """Return the names that a cell of the course binds, in branches and loops, too."""
    symbols = symtable.symtable(source, "cell", "exec").get_symbols()
    return frozenset(one.get_name() for one in symbols if one.is_assigned() or one.is_imported())


def _reads(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """Return the names that a statement reads or changes at once, and those that the functions in it read."""
    table = symtable.symtable(ast.unparse(statement), "statement", "exec")
    at_once = {one.get_name() for one in table.get_symbols() if one.is_referenced()}
    if isinstance(statement, ast.For):  # the body finds its loop's variables bound
        in_iter = {one.id for one in ast.walk(statement.iter) if isinstance(one, ast.Name)}
        at_once = at_once - _stored(statement.target) | in_iter
    changed = [_stored(getattr(one, "target", one)) for one in ast.walk(statement)
               if isinstance(one, (ast.AugAssign, ast.Delete))]
    return at_once.union(*changed), {name for inner in table.get_children() for name in _global_in(inner)}


def _global_in(table: symtable.SymbolTable) -> Iterator[str]:
    yield from (one.get_name() for one in table.get_symbols() if one.is_global() and one.is_referenced())
    for inner in table.get_children():
        yield from _global_in(inner)


def _surely_bound(statement: ast.stmt) -> set[str]:
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return {statement.name}
    return set().union(*map(_stored, statement.targets)) if isinstance(statement, ast.Assign) else set()


def _stored(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)}


@cache
def _course_cells(lesson: str) -> frozenset[str]:
    """Return the sources of the course's own code cells, those that hold no solution."""
    return frozenset(cell.source for cell in source_notebook(lesson).cells
                     if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("solution"))
