"""Where the data lies: names that are known, folders and archives."""

import os
from pathlib import Path

from .layout import DataError

BUNDLED = Path(__file__).parent / "bundled_speech.tar"


def find_source(source: str | os.PathLike | None) -> tuple[str, Path]:
    """The name to show and the folder or archive of `source`; None is what KWS_DATA says, or the bundled
    data.

    Raises DataError where there is nothing.
    """
    source = source or os.environ.get("KWS_DATA") or "bundled"
    if source == "bundled":
        return "bundled (synthetic voices)", BUNDLED
    path = Path(source).expanduser()
    if not path.exists():
        raise DataError(
            f'There is no data at "{source}". Use "bundled" (synthetic voices, no download), or the path of a folder '
            "or of a .tar, .tar.gz or .zip archive in the Speech Commands layout: as the argument of load(), or in the "
            "environment variable KWS_DATA."
        )
    return path.resolve().name, path
