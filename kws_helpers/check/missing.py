"""Why the function of an exercise does not exist, although somebody may have written it."""

import ast
import difflib
import re
from collections.abc import Iterable

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def why_missing(name: str, above: Iterable[str], below: Iterable[str] = ()) -> str:
    """Return in a sentence why there is no function `name`, by the code cells above its test and below."""
    names: set[str] = set()
    for source in above:
        command = re.match(r"\s*%%(\w+)", source)
        tree = _tree(source)
        names |= _at_the_top(tree)
        found = [node for node in ast.walk(tree) if isinstance(node, _DEFINITIONS) and node.name == name]
        if found and command:
            return (f"{name} is not defined: its cell begins with %%{command[1]}, so what the cell defines does not "
                    "stay. Delete that line.")
        if found and name not in _at_the_top(tree):
            return (f"{name} is not defined: its `def` stands inside a class, an `if` or another function. Move it to "
                    "the left margin.")
    if any(name in _at_the_top(_tree(source)) for source in below):
        return (f"{name} is not defined yet: its cell stands below the test, and cells run from top to bottom. Move the "
                "function above the test.")
    if similar := difflib.get_close_matches(name, names, n=1, cutoff=0.75):
        return f"{name} is not defined, but {similar[0]} is. Is the name misspelt?"
    return f"{name} is not defined: the cell with the function is missing or was not run, or the name is another one."


def _tree(source: str) -> ast.Module:
    """Return a cell as a tree without IPython's commands; an empty one where it is no code."""
    try:
        return ast.parse(re.sub(r"^\s*[%!].*", "", source, flags=re.MULTILINE))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _at_the_top(tree: ast.Module) -> set[str]:
    return {node.name for node in tree.body if isinstance(node, _DEFINITIONS)}
