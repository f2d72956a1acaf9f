"""What students wrote and named, as text that files, tables, pages and terminals can hold."""

import re
import unicodedata


def clean(text: str) -> str:
    """Return text that can be saved and run: no NUL characters, no halves of characters."""
    return re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text.replace("\0", ""))


def one_line(text: str, instead: str = " ") -> str:
    """Return text that does nothing to a terminal: `instead` of control characters and of what cannot be encoded."""
    return "".join(instead if unicodedata.category(one) in ("Cc", "Cs") else one for one in text)


def readable(name: str) -> str:
    """Return the name of a file or folder, which may be any bytes, as a name that every table and database takes."""
    return one_line(name, "_").strip() or "_"
