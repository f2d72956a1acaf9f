"""What students wrote and named, as text that files, tables, pages and terminals can hold."""

import re
import unicodedata
from collections.abc import Iterable


def clean(text: str) -> str:
    """Return text that can be saved and run: no NUL characters, no halves of characters."""
    return re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text.replace("\0", ""))


def one_line(text: str, instead: str = " ") -> str:
    """Return text that does nothing to a terminal: `instead` of control characters and of what cannot be encoded."""
    return "".join(instead if unicodedata.category(one) in ("Cc", "Cs") else one for one in text)


def readable(name: str) -> str:
    """Return the name of a file or folder, which may be any bytes, as a name that every table and database takes."""
    return one_line(name, "_").strip() or "_"


def counted(number: int, one: str, several: str) -> str:
    """Return a number with the words for it.

    Example:
        >>> counted(1, "file was", "files were"), counted(2000, "file was", "files were")
        ('1 file was', '2,000 files were')
    """
    return f"{number:,} {one if number == 1 else several}"


def listed(names: Iterable[str], most: int = 5) -> str:
    """Return names, each once, as a sentence takes them; of many the first ones and how many more there are.

    Example:
        >>> listed("a"), listed("ab"), listed("abc"), listed("abcde", most=3)
        ('a', 'a and b', 'a, b and c', 'a, b, c and 2 more')
    """
    names = list(dict.fromkeys(names))
    if len(names) > most:
        names[most:] = [f"{len(names) - most} more"]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
