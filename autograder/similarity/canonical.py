"""Python code as lists of tokens, one list for each statement, that disguises do not change.

The author's own names, strings, comments and layout are folded; operands that can be exchanged and keywords are sorted;
a value that gets a name and is used once stands where it is used; statements without effect are left out.
"""

import ast
import builtins
from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

_EXCHANGEABLE = {"Add", "Mult", "BitAnd", "BitOr", "And", "Or", "Eq", "NotEq"}
_TURNED = {"Gt": "Lt", "GtE": "LtE"}
_LEFT_OUT = {"ctx", "annotation", "returns", "type_params", "decorator_list", "op", "ops"}
_BUILTINS = frozenset(dir(builtins))
_ROUNDS = 4
"""What is read only where nothing reads the result is found round by round."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Token(NamedTuple):
    """A token, and the line in which it stands."""

    text: str
    line: int


def statements(tree: ast.Module) -> Iterator[list[Token]]:
    """Yield the tokens of every statement.

    Raises:
        RecursionError: the code is nested too deeply.
    """
    return _Scope(tree).statements(tree)


def bound_names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield the names that the code makes, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            yield node.name, node.lineno


class _Scope:
    """A function with those in it, or what stands outside of functions."""

    def __init__(self, root: ast.AST, imported: Mapping[str, str] = MappingProxyType({})) -> None:
        self._is_function = isinstance(root, _FUNCTIONS)
        self._bound = Counter(name for name, _ in bound_names(root))
        self._imported, self._unread, values = dict(imported), set(), {}
        for node in ast.walk(root):
            if isinstance(node, ast.ImportFrom):
                self._imported |= {one.asname or one.name: one.name for one in node.names}
            values |= {target.id: value for target, value in _assigned(node)
                       if isinstance(target, ast.Name) and self._bound[target.id] == 1}
        for _ in range(_ROUNDS):
            loads = Counter(node.id for node in self._walk(root)
                            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
            self._unread = {name for name in values if self._is_function and not loads[name]}
        self._moved = {name: value for name, value in values.items() if loads[name] == 1}

    def statements(self, parent: ast.AST) -> Iterator[list[Token]]:
        for node in self._effective(parent):
            if isinstance(node, ast.stmt):
                assigned = _assigned(node)
                for target, value in assigned:
                    if not (isinstance(target, ast.Name) and target.id in self._moved.keys() | self._unread):
                        yield [Token("=", node.lineno), *self._tokens(target), *self._tokens(value)]
                if not assigned:
                    yield self._tokens(node)
                scope = _Scope(node, self._imported) if isinstance(node, _FUNCTIONS) and not self._is_function else self
                yield from scope.statements(node)
            elif isinstance(node, (ast.ExceptHandler, ast.match_case)):
                yield from self.statements(node)

    def _effective(self, parent: ast.AST) -> Iterator[ast.AST]:
        """Yield what a node is made of, without statements that change nothing."""
        for node in ast.iter_child_nodes(parent):
            named = [target.id for target, _ in _assigned(node) if isinstance(target, ast.Name)]
            if not _has_no_effect(node) and not (named and self._unread.issuperset(named)):
                yield node

    def _walk(self, parent: ast.AST) -> Iterator[ast.AST]:
        for node in self._effective(parent):
            yield node
            yield from self._walk(node)

    def _tokens(self, node: ast.AST, line: int = 0) -> list[Token]:
        line = getattr(node, "lineno", line)
        if isinstance(node, ast.Name):
            return self._name(node, line)
        if isinstance(node, ast.Constant):
            return [Token(_constant(node.value), line)]
        if isinstance(node, ast.arg):
            return [Token("v", line)]
        head = _head(node)
        children = list(_operands(node, head) if head in _EXCHANGEABLE else _children(node))
        if head in _TURNED and len(children) == 2:
            head, children = _TURNED[head], children[::-1]
        parts = [self._tokens(child, line) for child in children]
        if head in _EXCHANGEABLE:
            parts.sort(key=lambda part: [token.text for token in part])
        return [Token(head, line), *(token for part in parts for token in part)]

    def _name(self, node: ast.Name, line: int) -> list[Token]:
        if node.id in self._moved and isinstance(node.ctx, ast.Load):
            value = self._moved.pop(node.id)  # while it is read, since it may name itself
            tokens = self._tokens(value)
            self._moved[node.id] = value
            return tokens
        if node.id in self._imported:
            return [Token(f".{self._imported[node.id]}", line), Token("v", line)]
        return [Token(node.id if node.id in _BUILTINS and not self._bound[node.id] else "v", line)]


def _assigned(node: ast.AST) -> list[tuple[ast.expr, ast.expr]]:
    """Return the targets of an assignment with their values, those of several in one line apart."""
    if isinstance(node, ast.AugAssign):
        return [(node.target, ast.BinOp(node.target, node.op, node.value, lineno=node.lineno))]
    if isinstance(node, ast.AnnAssign) and node.value:
        return [(node.target, node.value)]
    if not isinstance(node, ast.Assign):
        return []
    pairs = []
    for target in node.targets:
        sides = (target, node.value)
        if all(isinstance(side, (ast.Tuple, ast.List)) for side in sides) and len(target.elts) == len(node.value.elts):
            pairs += zip(target.elts, node.value.elts)
        else:
            pairs.append(sides)
    return pairs


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a node is made of, without the statements in it; keywords sorted."""
    for name, value in ast.iter_fields(node):
        if name not in _LEFT_OUT:
            found = [one for one in (value if isinstance(value, list) else [value])
                     if isinstance(one, ast.AST) and not isinstance(one, (ast.stmt, ast.ExceptHandler, ast.match_case))]
            yield from sorted(found, key=lambda one: one.arg or "") if name == "keywords" else found


def _head(node: ast.AST) -> str:
    """Return the first token of a node: its operator, attribute or keyword, or else its type."""
    if isinstance(node, ast.Attribute):
        return f".{node.attr}"
    if isinstance(node, ast.keyword):
        return f"{node.arg}="
    operators = getattr(node, "ops", [getattr(node, "op", node)])
    return type(operators[0]).__name__


def _operands(node: ast.AST, operator: str) -> Iterator[ast.AST]:
    """Yield the operands of a chain such as a + b + c."""
    for child in _children(node):
        if isinstance(child, ast.BinOp) and _head(child) == operator:
            yield from _operands(child, operator)
        else:
            yield child


def _constant(value: object) -> str:
    if isinstance(value, (str, bytes)):
        return "text"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(float(value)) if abs(value) < 1e15 else "large"
    return repr(value)


def _has_no_effect(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        call = node.value
        return isinstance(call, ast.Constant) or (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
                                                  and call.func.id == "print")
    return isinstance(node, (ast.Pass, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal))
