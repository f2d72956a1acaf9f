"""The fingerprints of an answer, each with the lines in which it stands.

Runs of tokens are chosen by winnowing (Schleimer, Wilkerson, Aiken 2003): of every `WINDOW` runs that follow one
another the one with the smallest hash. So two answers with a common run of `RUN + WINDOW - 1` tokens have a common
fingerprint. Every whole statement is one as well.
"""

import ast
import re
import warnings
from collections import defaultdict
from hashlib import blake2b
from typing import NamedTuple

from autograder.similarity.canonical import Token, bound_names, statements

RUN, WINDOW = 5, 3
"""In tokens, and in runs: a line of a short answer has 10 to 30 tokens."""
MOST_CHARACTERS = 20_000
"""What is read of a cell. The longest right answer has 2,500."""
_REPAIRS = 5
"""So many lines that are not Python are left out before the code is read word by word."""
_COMMENT = re.compile(r"(?:^|\s)#+(.*)$")

Key = tuple[str, object]
"""What makes a fingerprint: its kind (code, comment, name, text), and a hash or the words."""


class Prints(NamedTuple):
    """The lines of each fingerprint, and those that could be read only word by word."""

    lines: dict[Key, set[int]]
    not_python: list[int] = []


def of_code(source: str, window: int = WINDOW) -> Prints:
    """Return the fingerprints of code, its comments and its names."""
    lines = _lines(source)
    found: dict[Key, set[int]] = defaultdict(set)
    tree, not_python = _parsed(lines)
    try:
        code, names = list(statements(tree)), list(bound_names(tree))
    except RecursionError:
        code, names, not_python = [], [], list(range(1, len(lines) + 1))
    for statement in [*code, *(_plain(lines[number - 1], number) for number in not_python)]:
        _add(found, "code", statement, window)
    for name, line in names:
        found["name", name].add(line)
    for number, line in enumerate(lines, start=1):
        comment = _COMMENT.search(line)
        words = re.findall(r"\w+", comment[1].lower()) if comment else ()
        if len(words) > 1:
            found["comment", " ".join(words)].add(number)
    return Prints(dict(found), not_python)


def of_text(text: str, window: int = WINDOW) -> Prints:
    """Return the fingerprints of a text in words."""
    found: dict[Key, set[int]] = defaultdict(set)
    words = [Token(word, number) for number, line in enumerate(_lines(text), start=1)
             for word in re.findall(r"\w+", line.lower())]
    _add(found, "text", words, window)
    return Prints(dict(found))


def _lines(source: str) -> list[str]:
    return source[:MOST_CHARACTERS].split("\n")


def _add(found: dict[Key, set[int]], kind: str, tokens: list[Token], window: int) -> None:
    """Add the fingerprints of a statement or a text: runs of its tokens, and the whole of it."""
    runs = [tokens[start:start + RUN] for start in range(len(tokens) - RUN)]
    hashes = [_hash(run) for run in runs]
    places = {min(range(start, min(start + window, len(runs))), key=lambda place: (hashes[place], -place))
              for start in range(max(0, len(runs) - window) + 1) if runs}
    for run in [tokens, *(runs[place] for place in sorted(places))]:
        found[kind, _hash(run)].update(token.line for token in run)


def _hash(tokens: list[Token]) -> bytes:
    return blake2b("\0".join(token.text for token in tokens).encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _parsed(lines: list[str]) -> tuple[ast.Module, list[int]]:
    """Return the code as a tree, without the lines that are not Python, and their numbers: all, where many are not."""
    kept, left_out = lines.copy(), []
    for _ in range(_REPAIRS):
        try:
            with warnings.catch_warnings(action="ignore"):
                return ast.parse("\n".join(kept)), left_out
        except SyntaxError as error:
            number = min(error.lineno or 1, len(lines))
            left_out.append(number)
            indent = re.match(r"\s*", lines[number - 1])[0]
            kept[number - 1] = indent + ("if 1:" if lines[number - 1].endswith(":") else "pass")
        except (ValueError, RecursionError, MemoryError):
            break
    return ast.Module([], []), list(range(1, len(lines) + 1))


def _plain(line: str, number: int) -> list[Token]:
    """Return the tokens of a line that is not Python."""
    return [Token("v" if one.isidentifier() else one, number)
            for one in re.findall(r"\w+|[^\w\s]", _COMMENT.sub("", line))]
