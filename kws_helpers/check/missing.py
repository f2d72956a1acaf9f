"""Why the function of an exercise does not exist, or will not when it is graded, although somebody has written it."""

import ast
import difflib
import linecache
import re
from collections.abc import Callable, Iterable

from kws_helpers.check.stub import DEFINITIONS


def why_missing(name: str, above: Iterable[str], below: Iterable[str] = ()) -> str:
    """Return in a sentence why there is no function `name`, by the code cells above its test and below."""
    names: set[str] = set()
    for source in above:
        command = re.match(r"\s*%%(\w+)", source)
        tree = _tree(source)
        names |= _at_the_top(tree)
        found = [node for node in ast.walk(tree) if isinstance(node, DEFINITIONS) and node.name == name]
        if found and command:
            return (f"{name} is not defined: its cell begins with %%{command[1]}, so what the cell defines does not "
                    "stay. Delete that line.")
        if found and name not in _at_the_top(tree):
            return (f"{name} is not defined: its `def` stands inside a class, an `if` or another function. Move it to "
                    "the left margin.")
    if said := why_too_late(name, below):
        return said
    if similar := difflib.get_close_matches(name, names, n=1, cutoff=0.75):
        return f"{name} is not defined, but {similar[0]} is. Is the name misspelt?"
    return f"{name} is not defined: the cell with the function is missing or was not run, or the name is another one."


def why_too_late(name: str, below: Iterable[str]) -> str:
    """Return in a sentence that a function is defined in a code cell below its test, "" where it is not."""
    if any(name in _at_the_top(_tree(source)) for source in below):
        return (f"{name} is defined below its test, and cells run from top to bottom. Move the function above "
                "the test, in place of the stub.")
    return ""


def _tree(source: str) -> ast.Module:
    """Return a cell as a tree without IPython's commands; an empty one where it is no code."""
    try:
        return ast.parse(re.sub(r"^\s*[%!].*", "", source, flags=re.MULTILINE))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _at_the_top(tree: ast.Module) -> set[str]:
    return {node.name for node in tree.body if isinstance(node, DEFINITIONS)}


def asked_before(function: Callable) -> str:
    """Return what needs somebody at the notebook in a function's cell, above it: there the cell stops when graded.

    "" where there is nothing.
    """
    code = getattr(function, "__code__", None)
    tree = _tree("".join(linecache.getlines(code.co_filename))) if code else ast.Module([], [])
    if not code or code.co_name not in _at_the_top(tree):
        return ""
    for statement in tree.body:
        if isinstance(statement, DEFINITIONS) and statement.name == code.co_name:
            return ""
        if not isinstance(statement, (*DEFINITIONS, ast.ClassDef)):
            asking = next(filter(None, map(_asking, ast.walk(statement))), "")
            if asking:
                return asking
    return ""


def _asking(node: ast.AST) -> str:
    """Return the call that a node makes, where it needs somebody at the notebook."""
    if not isinstance(node, ast.Call):
        return ""
    words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if isinstance(node.func, ast.Name) and node.func.id == "input":
        return "input()"
    if getattr(node.func, "attr", "") == "run_line_magic" and words[:1] == ["matplotlib"] and "inline" not in words:
        return f"%{' '.join(words)}"
    return ""
