"""Write CSV files that spreadsheets can open without running what is in them."""

import csv
from collections.abc import Iterable
from pathlib import Path


def write_csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a table as UTF-8 CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([harmless(value) for value in row] for row in [header, *rows])


def harmless(value: object) -> object:
    """Return text that a spreadsheet would take for a formula, with an apostrophe before it.

    The characters are those of OWASP's page on CSV injection, https://owasp.org/www-community/attacks/CSV_Injection.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
