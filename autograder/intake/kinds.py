"""What a file is, by its first bytes, which no renaming changes, or else by its name."""

import re

_FIRST_BYTES = {
    b"PK": "a zip file", b"7z\xbc\xaf\x27\x1c": "a 7z archive", b"Rar!\x1a\x07": "a RAR archive",
    b"\x1f\x8b": "a gzip archive", b"\xfd7zXZ\0": "an xz archive", b"BZh": "a bzip2 archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive", b"RIFF": "a recording", b"fLaC": "a recording", b"OggS": "a recording",
    b"ID3": "a recording", b"%PDF": "a PDF file", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture",
    b"{": "a notebook or another JSON file", b"<": "a web page"}
_ARCHIVE = re.compile(r"\.(?:7z|rar|tar|t[gbx]z2?|tzst|tar\.\w+)$", re.IGNORECASE)


def kind_of(content: bytes) -> str:
    """Return what the bytes of a file are, as a noun; "" for anything unknown."""
    if content[257:262] == b"ustar":
        return "a tar archive"
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\f")
    return next((kind for first, kind in _FIRST_BYTES.items() if start.startswith(first)), "")


def archive_kind(name: str, content: bytes) -> str:
    """Return what kind of archive a file is, other than zip; "" for any other file."""
    kind = kind_of(content)
    if kind in ("a 7z archive", "a RAR archive", "a tar archive"):
        return kind
    return (kind if kind.endswith("archive") else "a damaged archive") if _ARCHIVE.search(name) else ""


def what_is_wrong(content: bytes) -> tuple[str, bool]:
    """Return why something called a zip file cannot be opened as one, and whether it is another archive."""
    kind = kind_of(content)
    if not content:
        return "is damaged: it is empty", False
    if kind == "a zip file":
        return "is damaged: its end is missing or changed, as if it had been transferred only in part", False
    return (f"is not a zip file but {kind}" if kind else "is damaged: it is no zip file"), kind.endswith("archive")
