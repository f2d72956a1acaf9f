"""Which cells of a notebook a grade depends on. The others only show something, and need not run while it is graded.

What a student wrote always runs, and so do the cells that give points. A cell of the course runs where one of them may
use a name that it defines, directly or through other cells. Where a student's code could reach names in a way that
cannot be seen from outside, all cells run.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from nbformat import NotebookNode

from autograder.building.lesson import graded_cells, imported_names
from autograder.building.notebooks import source_notebook

BY_OTHER_WAYS = frozenset(["__builtins__", "__import__", "__main__", "builtins", "compile", "dir", "eval", "exec", "gc",
                           "get_ipython", "getattr", "globals", "importlib", "inspect", "locals", "sys", "vars"])
"""Who uses one of these may get at a name without writing it down."""
MAGIC = frozenset("%!?")
"""IPython's own commands have these, and are no Python."""
LONGEST = 200_000
"""Characters of code. A student writes some thousands; to read more is not worth the time."""


@dataclass(frozen=True)
class Names:
    """The names that a cell takes from other cells, and those that it defines or whose values it changes."""

    taken: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()


def superfluous(notebook: NotebookNode, lesson: str) -> tuple[int, ...]:
    """The places of the code cells that need not run for a grade; none where that cannot be told."""
    own = _own_cells(lesson)
    graded = {cell["grade_id"] for cell in graded_cells(lesson)}
    code = {place: cell for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    needed, wanted = set(), set()
    try:
        if sum(len(cell.source) for cell in code.values()) > LONGEST:
            raise _Unclear
        for place, cell in code.items():
            if cell.source not in own or cell.metadata.get("nbgrader", {}).get("grade_id") in graded:
                needed.add(place)
                wanted |= names_in(cell.source).taken
    except _Unclear:
        return ()
    if wanted & BY_OTHER_WAYS:
        return ()
    while more := {place for place in code.keys() - needed if own[code[place].source].defined & wanted}:
        needed |= more
        wanted.update(*(own[code[place].source].taken for place in more))
    return tuple(sorted(code.keys() - needed))


@cache
def _own_cells(lesson: str) -> dict[str, Names]:
    """The course's own code cells, those that hold no solution."""
    sources = [cell.source for cell in source_notebook(lesson).cells
               if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("solution")]
    imported = frozenset().union(*(_imported(source) for source in sources))
    found = {source: names_in(source) for source in sources}  # nobody changes a module by calling its functions
    return {source: Names(names.taken, names.defined - imported | _imported(source)) for source, names in found.items()}


class _Unclear(Exception):
    """It cannot be told which names a cell uses."""


def names_in(source: str) -> Names:
    """The names of a cell; none where it cannot run.

    Raises:
        _Unclear: it may do what cannot be read from it.
    """
    try:
        tree = ast.parse(source)
        reader = _Reader()
        reader.visit(tree)
    except (SyntaxError, ValueError):
        if MAGIC.intersection(source):
            raise _Unclear from None
        return Names()
    except (RecursionError, MemoryError):
        raise _Unclear from None
    defined = {*reader.known, *_stored(_in_this_scope(tree.body)), *_changed(tree)}  # in loops and branches, too
    return Names(frozenset(reader.taken), frozenset(defined))


def _imported(source: str) -> frozenset[str]:
    return frozenset().union(*map(imported_names, ast.walk(ast.parse(source))))


class _Reader(ast.NodeVisitor):
    """Goes through code as it runs. `taken`: names that are read before they got a value there."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.taken: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.known.add(node.id)
        elif node.id not in self.known:
            self.taken.add(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._in_order(node.value, *node.targets)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._in_order(node.annotation, node.value, node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.visit_Name(ast.Name(node.target.id, ast.Load()))
        self._in_order(node.value, node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._in_order(node.value, node.target)

    def visit_For(self, node: ast.For) -> None:
        self._in_order(node.iter)
        self._within(set(), node.target, *node.body, *node.orelse)  # perhaps it goes round not once

    def visit_If(self, node: ast.If | ast.While) -> None:
        self._in_order(node.test)
        self._within(set(), *node.body)
        self._within(set(), *node.orelse)

    visit_While = visit_If

    def visit_Try(self, node: ast.Try) -> None:
        self._within(set(), *node.body, *node.orelse)
        self._within(set(), *node.handlers)
        self._in_order(*node.finalbody)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.known |= imported_names(node)

    visit_ImportFrom = visit_Import

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.known.add(node.name)
        self._in_order(*node.decorator_list, *node.args.defaults, *node.args.kw_defaults)
        inside = list(_in_this_scope(node.body))
        declared = {name for one in inside if isinstance(one, ast.Global) for name in one.names}
        self._within(_arguments(node.args) | set(_stored(inside)) - declared, *node.body)
        self.known |= declared

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._in_order(*node.args.defaults, *node.args.kw_defaults)
        self._within(_arguments(node.args), node.body)

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        self._within(set(), *node.generators, node.elt)

    visit_SetComp = visit_GeneratorExp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._within(set(), *node.generators, node.key, node.value)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._in_order(node.iter, node.target, *node.ifs)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._in_order(*node.decorator_list, *node.bases, *node.keywords)
        self._within(set(), *node.body)
        self.known.add(node.name)

    def _in_order(self, *nodes: ast.AST | None) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def _within(self, names: set[str], *nodes: ast.AST) -> None:
        """Go through what has names of its own."""
        outside, self.known = self.known, self.known | names
        self._in_order(*nodes)
        self.known = outside


def _arguments(args: ast.arguments) -> set[str]:
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
    return {one.arg for one in every if one}


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp,
           ast.GeneratorExp)


def _in_this_scope(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes of the body of a function or module, but not what is inside the functions that it holds."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting += ast.iter_child_nodes(node)


def _stored(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The names that get a value."""
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)) and node.name:
            yield node.name
        else:
            yield from imported_names(node)


def _changed(tree: ast.AST) -> Iterator[str]:
    """Names whose values are changed in place: `a[0] = 1`, `a.b = 1`, `a.append(1)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            target = node.value.func
        elif isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            target = node
        else:
            continue
        while isinstance(target, (ast.Attribute, ast.Subscript)):
            target = target.value
            if isinstance(target, ast.Name):
                yield target.id
