"""What is not written yet: a stub's own `raise NotImplementedError()`, and errors that come from it."""

import ast
import inspect
import linecache
import traceback
from collections.abc import Iterable, Iterator
from itertools import takewhile
from types import CodeType, FrameType
from typing import Any

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def frame_of_stub(error: BaseException) -> FrameType | None:
    """Return the frame that ended at its stub's own `raise NotImplementedError()`, None for any other error.

    Others come from a library, from within an `if`, or say why.
    """
    if type(error) is not NotImplementedError or error.args or not error.__traceback__:
        return None
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    block = _block(frame.f_code)
    is_own = block is None or any(isinstance(one, ast.Raise) and one.lineno == line for one in block)
    return frame if is_own else None


def code_of(function: Any) -> CodeType | None:
    """Return the code below a function's decorators; None for a class or a network, perhaps."""
    try:
        return inspect.unwrap(function).__code__
    except (AttributeError, ValueError):
        return None


def is_unwritten(function: Any) -> bool:
    """Return whether a function that a notebook defines is still a stub. It is not called."""
    code = code_of(function)
    return bool(code and in_notebook(code.co_filename) and raises_by_itself(_block(code) or []))


def raises_by_itself(statements: Iterable[ast.stmt]) -> bool:
    """Return whether one of these statements is a stub's `raise NotImplementedError()`, and no `return` before it."""
    return any(isinstance(one, ast.Raise) and one.exc is not None
               and ast.unparse(one.exc) in ("NotImplementedError", "NotImplementedError()")
               for one in takewhile(lambda one: not isinstance(one, ast.Return), statements))


TIMED = "<timed exec>"
"""The name that IPython gives to what %time and %%time run."""


def in_notebook(filename: str) -> bool:
    """Return whether this is the name that IPython gives to a cell."""
    return "ipykernel_" in filename or filename.startswith("<ipython-input") or filename == TIMED


def is_cell(code: CodeType) -> bool:
    """Return whether code is a cell itself, and no function in one. IPython names it by its line, %%timeit "inner"."""
    is_timeit = (code.co_filename, code.co_name) == ("<magic-timeit>", "inner")
    return is_timeit or (in_notebook(code.co_filename) and code.co_name.startswith(("<module>", "<cell line")))


def with_causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that led to it. Keras hides them, but keeps them."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        yield error
        seen.add(id(error))
        error = error.__cause__ or error.__context__


def unwritten_in(error: BaseException) -> str:
    """Return the name of the unwritten exercise that an error comes from, "" where it comes from elsewhere."""
    from kws_helpers.check import ladders

    frames = filter(None, map(frame_of_stub, with_causes(error)))
    return next((name for frame in frames if in_notebook(frame.f_code.co_filename)
                 for name in (frame.f_code.co_name, type(frame.f_locals.get("self")).__name__)  # a method's class
                 if name in ladders()), "")


def needs(what: str, exercises: Iterable[str]) -> str:
    """Return in a line which exercises to write first. `what` needs them; a name is put between backticks."""
    named = list(dict.fromkeys(f"`{one}`" if one.isidentifier() else one for one in exercises))
    listed = " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
    several = len(named) > 1
    return (f"{what} needs {listed}, which {'are' if several else 'is'} not written yet. Write "
            f"{'those exercises' if several else 'that exercise'} first.")


def _block(code: CodeType) -> list[ast.stmt] | None:
    """Return the statements of a function or a cell, None where its source cannot be seen."""
    source = "".join(linecache.getlines(code.co_filename))
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    if is_cell(code) or not source:
        return tree.body or None
    return next((list(_with_loops(node.body)) for node in ast.walk(tree)
                 if isinstance(node, DEFINITIONS) and node.name == code.co_name
                 and min(one.lineno for one in [node, *node.decorator_list]) == code.co_firstlineno), [])


def _with_loops(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements, and what their loops repeat: a stub may be handed out within a loop."""
    for one in statements:
        yield one
        if isinstance(one, ast.For):
            yield from _with_loops(one.body)
