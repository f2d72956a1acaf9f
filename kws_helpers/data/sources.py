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
    if source == "bundled":
        return Source("bundled (synthetic voices)", BUNDLED)
    if archive := download.ARCHIVES.get(source):
        return Source(archive.name, archive.path, archive)
    path = Path(source).expanduser()
    if not path.exists():
        raise DataError(
            f'There is no data at "{source}". Use "bundled" (synthetic voices, no download), one of the published '
            f"archives ({', '.join(download.ARCHIVES)}), or the path of a folder or of a .tar, .tar.gz or .zip archive "
            "in the Speech Commands layout: as the argument of load(), or in the environment variable KWS_DATA."
        )
    return Source(path.resolve().name, path)
