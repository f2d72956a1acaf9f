"""The fingerprints of an answer, each with the lines in which it stands.

Runs of tokens are chosen by winnowing (Schleimer, Wilkerson, Aiken 2003): of every `WINDOW` runs that follow one
another the one with the smallest hash. So two answers with a common run of `RUN + WINDOW - 1` tokens have a common
fingerprint. Every whole statement is one as well.
"""

import ast
import re
import warnings
from collections import defaultdict
from collections.abc import Iterator
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
    """The lines of each fingerprint, and whether code was read as Python."""

    lines: dict[Key, set[int]]
    is_python: bool = True


def of_code(source: str, window: int = WINDOW) -> Prints:
    """Return the fingerprints of code, its comments and its names."""
    lines = _lines(source)
    found: dict[Key, set[int]] = defaultdict(set)
    tree = _parsed(lines)
    try:
        code, names = (list(statements(tree)), bound_names(tree)) if tree else (None, ())
    except RecursionError:
        code, names = None, ()
    for statement in _plain(lines) if code is None else code:
        _add(found, "code", statement, window)
    for name, line in names:
        found["name", name].add(line)
    for number, line in enumerate(lines, start=1):
        comment = _COMMENT.search(line)
        words = re.findall(r"\w+", comment[1].lower()) if comment else ()
        if len(words) > 1:
            found["comment", " ".join(words)].add(number)
    return Prints(dict(found), code is not None)


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


def _parsed(lines: list[str]) -> ast.Module | None:
    """Return the code as a tree, without a few lines that are not Python; None where they are many."""
    lines = lines.copy()
    for _ in range(_REPAIRS):
        try:
            with warnings.catch_warnings(action="ignore"):
                return ast.parse("\n".join(lines))
        except SyntaxError as error:
            number = min(error.lineno or 1, len(lines)) - 1
            lines[number] = re.match(r"\s*", lines[number])[0] + ("if 1:" if lines[number].endswith(":") else "pass")
        except (ValueError, RecursionError, MemoryError):
            return None
    return None


def _plain(lines: list[str]) -> Iterator[list[Token]]:
    """Yield the tokens of each line of what is not Python."""
    for number, line in enumerate(lines, start=1):
        yield [Token("v" if one.isidentifier() else one, number)
               for one in re.findall(r"\w+|[^\w\s]", _COMMENT.sub("", line))]
