"""From a file's bytes to its text, whatever the encoding; or what the file is whose name says something else."""

import json
import re

_SIGNATURES = {b"PK\x03\x04": "a zip file", b"PK\x05\x06": "an empty zip file", b"\x89HDF\r\n\x1a\n": "an HDF5 file",
               b"%PDF-": "a PDF file", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"GIF8": "a picture",
               b"RIFF": "a recording", b"OggS": "a recording", b"fLaC": "a recording", b"ID3": "a recording",
               b"7z\xbc\xaf": "a 7z archive", b"Rar!": "a RAR archive", b"\x1f\x8b": "a gzip archive",
               b"\xfd7zXZ": "an xz archive", b"BZh": "a bzip2 archive", b"\x28\xb5\x2f\xfd": "a Zstandard archive",
               b"\x1f\x9d": "a .Z archive",
               b"version https://git-lfs": "a pointer of Git LFS, which stands in place of the file"}
_WEB_PAGE = re.compile(r"<(!doctype|html|head|body|\?xml|svg|!--)", re.IGNORECASE)
_PYTHON = re.compile(r"^(import \w|from \S+ import |def \w+\(|class \w|# %%)", re.MULTILINE)
_LOOKED_AT = 100_000  # characters
_ITSELF = "Hand in the notebook itself: in JupyterLab's file browser, right-click it and choose Download."


def kind_of_bytes(raw: bytes) -> str:
    """Return what a file begins like, "" where that says nothing."""
    if not raw.strip(b"\0\t\r\n "):
        return "empty" if not raw.strip() else "empty: it holds nothing but zeros"
    if raw[257:262] == b"ustar":
        return "a tar archive"
    return next((kind for signature, kind in _SIGNATURES.items() if raw.startswith(signature)), "")


def kind_of_text(text: str) -> str:
    """Return what a text is that should be JSON, "" where it may well be JSON."""
    begin = text[:_LOOKED_AT].lstrip("\ufeff \t\r\n")
    if _WEB_PAGE.match(begin):
        return "a web page"
    if begin.startswith(("{", "<<<<<<<", '"')) or re.search(r'"cells"\s*:', begin):
        return ""
    return "a Python program" if _PYTHON.search(begin) else ""


class Unreadable(Exception):
    """A file that cannot be used; the message says what is wrong with it, for the student."""


def text_of(raw: bytes, notes: list[str], faults: list[str]) -> str:
    """Return the text of a notebook's file. Notebooks are UTF-8; some editors save otherwise, transfers damage bytes.

    Args:
        notes: gets a sentence where the text was read as another encoding.
        faults: gets a sentence where bytes were lost.

    Raises:
        Unreadable: it is something else than text that may be JSON.
    """
    if kind := kind_of_bytes(raw):
        raise Unreadable(f"is {kind}. {_ITSELF}")
    text = _decoded(raw, notes, faults)
    if kind := kind_of_text(text):
        raise Unreadable(f"is {kind}, not a notebook. {_ITSELF}")
    return text


def _decoded(raw: bytes, notes: list[str], faults: list[str]) -> str:
    encoding = json.detect_encoding(raw)
    if encoding not in ("utf-8", "utf-8-sig"):
        notes.append(f"The file was saved as {encoding.upper()}; it was read as such.")
        return raw.decode(encoding, "replace")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "replace")
    damaged = text.count("\N{REPLACEMENT CHARACTER}")
    if sum(not character.isascii() for character in text) > 2 * damaged:  # most of it is UTF-8
        faults.append(f"{damaged} damaged characters were replaced.")
        return text
    notes.append("The file was not saved as UTF-8; it was read as Windows-1252.")
    return raw.decode("cp1252", "replace")
