"""Write CSV files that spreadsheets can open without running what is in them."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from kws_helpers.whole_file import write_whole


def write_csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a table as UTF-8 CSV."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([harmless(value) for value in row] for row in [header, *rows])
    write_whole(path, text.getvalue())


def harmless(value: object) -> object:
    """Return text that a spreadsheet would take for a formula, with an apostrophe before it.

    The characters are those of OWASP's page on CSV injection, https://owasp.org/www-community/attacks/CSV_Injection.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
