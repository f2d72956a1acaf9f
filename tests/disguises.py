"""Copies of an answer as people make them who do not want them to be seen: other names, order, comments and layout."""

import ast
import random
import re

_WORDS = ["take", "value", "part", "step", "whole", "number", "thing", "count", "first", "last", "kept", "block",
          "item", "share", "piece", "row", "look", "here", "now", "begin", "over", "each", "slowly", "given"]


def disguised(source: str, function: str, seed: int) -> str:
    """Return a copy of a function with names, order, comments and layout changed, and lines without use added."""
    dice = random.Random(seed)
    tree = ast.parse(source)
    _rename(tree, function, dice)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.For, ast.If, ast.While, ast.With)):
            node.body = _reordered(node.body, dice)
        if isinstance(node, ast.FunctionDef):
            docstring = isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
            node.body[:docstring] = ast.parse(f'"""{_phrase(dice)}."""\n{_name(dice)} = {dice.randrange(99)}').body
    return _laid_out(ast.unparse(tree), dice)


def _rename(tree: ast.Module, function: str, dice: random.Random) -> None:
    own = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    own |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)} - {function}
    named = {name: f"{_name(dice)}_{number}" for number, name in enumerate(sorted(own))}
    for node in ast.walk(tree):
        for part in ("id", "arg", "name"):
            if getattr(node, part, None) in named and not isinstance(node, (ast.keyword, ast.alias)):
                setattr(node, part, named[getattr(node, part)])


def _reordered(body: list[ast.stmt], dice: random.Random) -> list[ast.stmt]:
    """Return the statements with neighbours exchanged that do not need each other."""
    body = body.copy()
    for _ in range(3):
        for place in range(len(body) - 1):
            one, other = body[place:place + 2]
            if dice.random() < 0.7 and _independent(one, other):
                body[place:place + 2] = [other, one]
    return body


def _independent(one: ast.stmt, other: ast.stmt) -> bool:
    if isinstance(one, ast.FunctionDef) and isinstance(other, ast.FunctionDef):
        return True
    if not all(isinstance(node, ast.Assign) for node in (one, other)):
        return False
    return not (_names(one, ast.Store) & _names(other) or _names(other, ast.Store) & _names(one))


def _names(node: ast.stmt, kind: type = ast.expr_context) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, kind)}


def _laid_out(code: str, dice: random.Random) -> str:
    """Return the code with comments, empty lines and other spaces."""
    lines = []
    for line in code.split("\n"):
        indent = re.match(r" *", line)[0]
        if dice.random() < 0.4 and line.strip() and not line.strip().startswith(("else", "elif", "except", "finally")):
            lines += [""] * dice.randrange(2) + [f"{indent}# {_phrase(dice)}"]
        line = indent + re.sub(r", ", dice.choice([",", ", ", " , "]), line[len(indent):])
        lines.append(line + (f"  # {_phrase(dice)}" if dice.random() < 0.2 and line.strip() else ""))
    return "\n".join(lines)


def _name(dice: random.Random) -> str:
    return "_".join(dice.sample(_WORDS, 2))


def _phrase(dice: random.Random) -> str:
    return " ".join(dice.sample(_WORDS, 5))
