"""Which names a cell makes, and which it needs: read from its code, without running it."""

import ast
import dis
from collections.abc import Iterator, Mapping, Sequence
from types import CodeType
from typing import Any

from kws_helpers.check.stub import in_notebook


def bound_by(statements: Sequence[ast.stmt]) -> set[str]:
    """Return the names that statements of a cell bind, in branches and loops, too."""
    return {one.argval for one in dis.get_instructions(_compiled(statements)) if one.opname == "STORE_NAME"}


def needed_first(statements: Sequence[ast.stmt]) -> set[str]:
    """Return the names that a cell needs from elsewhere, whether it binds them later or not."""
    bound, needed = set(), set()
    for one in dis.get_instructions(_compiled(statements)):
        if one.opname == "STORE_NAME":
            bound.add(one.argval)
        elif one.opname == "LOAD_NAME" and one.argval not in bound:
            needed.add(one.argval)
    return needed


def read_by(statements: Sequence[ast.stmt], names: Mapping[str, Any]) -> list[str]:
    """Return all names that a cell reads, in their order; among `names`, also what a cell's functions read."""
    read: dict[str, None] = {}

    def follow(code: CodeType) -> None:
        for name in _loaded(code):
            if name not in read:
                read[name] = None
                inner = getattr(names.get(name), "__code__", None)
                if inner and in_notebook(inner.co_filename):
                    follow(inner)

    follow(_compiled(statements))
    return list(read)


def _loaded(code: CodeType) -> Iterator[str]:
    yield from (one.argval for one in dis.get_instructions(code) if one.opname in ("LOAD_NAME", "LOAD_GLOBAL"))
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _loaded(inner)


def _compiled(statements: Sequence[ast.stmt]) -> CodeType:
    return compile(ast.Module(list(statements), []), "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
