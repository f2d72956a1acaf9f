"""Where the data lies: published archives by their names, folders and archives."""

import os
from dataclasses import dataclass
from pathlib import Path

from kws_helpers.data import download
from kws_helpers.data.archive import fingerprint
from kws_helpers.data.layout import DataError, is_wanted

BUNDLED = Path(__file__).parent / "bundled_speech.tar"


@dataclass(frozen=True)
class Source:
    """A folder, an archive, or a published archive that may still have to be downloaded."""

    name: str  # to show
    path: Path
    published: download.Archive | None = None

    def identity(self) -> tuple:
        """Return what changes when the content of the source changes."""
        if self.published:
            return (self.published.sha256,)
        return str(self.path.resolve()), fingerprint(self.path, is_wanted)


def find_source(source: str | os.PathLike | None) -> Source:
    """Return what `source` names; None is what KWS_DATA says, or the bundled data.

    Raises:
        DataError: there is nothing of that name.
    """
    source = source or os.environ.get("KWS_DATA") or "bundled"
    if not isinstance(source, str | os.PathLike):
        raise DataError(f"source is a name or a path, and not {source!r}.")
    if source == "bundled":
        return Source("bundled (synthetic voices)", BUNDLED)
    if archive := download.ARCHIVES.get(source):
        return Source(archive.name, archive.path, archive)
    path = Path(os.path.expanduser(source))  # noqa: PTH111 (Path's own needs a home)
    try:
        if path.is_dir() or path.is_file():
            return Source(path.resolve().name, path)
        there = _elsewhere(path)
    except (OSError, ValueError) as error:  # a folder above that is closed, a name that no file can have
        raise DataError(f"{path.absolute()} cannot be looked at ({error}).") from error
    raise DataError(
        f'There is no data at "{source}"'
        + (f" (looked for at {path.absolute()})" if not path.is_absolute() else "")
        + (f", but at {' and at '.join(map(str, there))}: give that" if there else "")
        + '. Use "bundled" (synthetic voices, no download), one of the published '
        f"archives ({', '.join(download.ARCHIVES)}), or the path of a folder or of a .tar, .tar.gz or .zip archive "
        "in the Speech Commands layout: as the argument of load(), or in the environment variable KWS_DATA."
    )


def _elsewhere(path: Path) -> list[Path]:
    """Where else a relative path may have been meant: from a folder above, such as that of the course, or from home."""
    if path.is_absolute():
        return []
    above = [*Path.cwd().parents, Path(os.path.expanduser("~"))]  # noqa: PTH111
    return [place / path for place in dict.fromkeys(above) if os.path.exists(place / path)]  # noqa: PTH110 (in a closed folder, too)
