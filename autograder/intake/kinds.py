"""What a file is that is not opened, or is called a zip file and is none."""

import re

from kws_helpers.desk.file_text import kind_of_bytes, kind_of_text

_ARCHIVE = re.compile(r"\.(?:7z|rar|tar|t[gbx]z2?|tzst|tar\.\w+)$", re.IGNORECASE)


def archive_kind(name: str, content: bytes) -> str:
    """Return what kind of archive a file is, other than zip; "" for any other file."""
    kind = kind_of_bytes(content)
    if kind in ("a 7z archive", "a RAR archive", "a tar archive"):
        return kind
    return (kind if kind.endswith("archive") else "a damaged archive") if _ARCHIVE.search(name) else ""


def what_is_wrong(content: bytes) -> tuple[str, bool]:
    """Return why something called a zip file cannot be opened as one, and whether it is another archive."""
    kind = kind_of_bytes(content) or kind_of_text(content.decode("utf-8", "replace"))
    if kind.startswith("empty"):
        return f"is damaged: it is {kind}", False
    if kind.endswith("zip file") or content.startswith(b"PK"):
        return "is damaged: its end is missing or changed, as if it had been transferred only in part", False
    if not kind and content.lstrip().startswith(b"{"):
        kind = "a notebook or another JSON file"
    return (f"is not a zip file but {kind}" if kind else "is damaged: it is no zip file"), kind.endswith("archive")
