"""Where the data lies: published archives by their names, folders and archives."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import BufferedReader
from pathlib import Path

from . import download
from .archive import fingerprint
from .layout import DataError, is_wanted

BUNDLED = Path(__file__).parent / "bundled_speech.tar"


@dataclass(frozen=True)
class Source:
    """A folder, an archive, or a published archive that may still have to be downloaded."""

    name: str  # to show
    path: Path
    published: download.Archive | None = None

    def identity(self) -> tuple:
        """Changes when what is in the source changes."""
        if self.published:
            return (self.published.sha256,)
        return str(self.path.resolve()), self._fingerprint

    @contextmanager
    def opened(self, max_per_word: int | None) -> Iterator[Path | BufferedReader]:
        """The folder, or the archive to read from its first byte on."""
        if self.published:
            with download.opened(self.published, max_per_word) as file:
                yield file
        elif self.path.is_dir():
            yield self.path
        else:
            with self.path.open("rb") as file:
                yield file

    def task(self) -> str:
        """What takes so long, for a progress line."""
        if self.published and not self.published.is_here:
            return f"Downloading and reading {self.published.file} (once)"
        return "Reading the recordings (once)"

    def size(self) -> int:
        """How many bytes there are to read, or a little more."""
        if self.published:
            return self.published.size
        return sum(size for _, size, _ in self._fingerprint)

    @cached_property
    def _fingerprint(self) -> tuple:
        return fingerprint(self.path, is_wanted)


def find_source(source: str | os.PathLike | None) -> Source:
    """What `source` names; None is what KWS_DATA says, or the bundled data.

    Raises DataError where there is nothing.
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
