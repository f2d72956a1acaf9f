"""Hints that come by themselves: after a few tries that failed, one more with each further try, then a worked text."""

import inspect
import json
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("hints.json")
"""Made from the lessons by `make lessons`: the texts by function, the last help last."""

TRIES = 3
"""Failed tries before the first hint."""

_failed: defaultdict[str, set[str]] = defaultdict(set)
"""The versions of each function that failed in this kernel."""


class Text:
    """Markdown that a notebook shows as such, and which of the texts of its exercise it is, from 1."""

    def __init__(self, markdown: str, number: int) -> None:
        self._markdown, self.number = markdown, number

    def __repr__(self) -> str:
        return self._markdown

    def _repr_markdown_(self) -> str:
        return self._markdown


def after_a_failure(name: str, function: Callable) -> Text | None:
    """Return the text that helps on after this failed try of an exercise. The same function again is no new try."""
    _failed[name].add(_version(function))
    texts = _texts().get(name, [])
    number = min(len(_failed[name]) - TRIES + 1, len(texts))
    return Text(texts[number - 1], number) if number > 0 else None


def has_failed(name: str, function: Callable) -> bool:
    """Return whether this version of a function has failed before, in this kernel."""
    return _version(function) in _failed[name]


@cache
def _texts() -> dict[str, list[str]]:
    return json.loads(FILE.read_text(encoding="utf-8"))


def _version(function: Callable) -> str:
    """Return what changes when somebody changes the function."""
    try:
        return inspect.getsource(function)
    except (OSError, TypeError, SyntaxError):  # not from a cell or a file
        return repr(function)
