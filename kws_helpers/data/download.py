"""The published archives: fetched once, and continued where a download broke off, which pooch does not do.

They lie in the folder `archives` of the cache. What has arrived is kept in a file `.partial` beside, whatever ends the
program; only a file whose SHA-256 is right gets its proper name.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from kws_helpers.data import cache
from kws_helpers.data.layout import CLIP_SAMPLES, DataError
from kws_helpers.desk.messages import progress_line

_ADDRESS = "https://storage.googleapis.com/download.tensorflow.org/data"
_BLOCK = 1 << 16  # bytes asked of the network at a time
_TIMEOUT = 30  # seconds of silence after which a connection is given up
_PAUSES = (1, 2, 4, 8)  # seconds before the next try, as long as no try brings anything new
_TRY_LATER = (408, 429, 500, 502, 503, 504)  # HTTP answers that may be others in a moment


class Archive(NamedTuple):
    """A published archive."""

    name: str  # what `load` calls it
    file: str
    size: int  # bytes
    sha256: str
    words: int
    clips: int

    @property
    def path(self) -> Path:
        """Where it lies when it is whole."""
        return cache.folder() / "archives" / self.file

    @property
    def partial(self) -> Path:
        """Where it lies while it comes in."""
        return self.path.with_name(f"{self.file}.partial")

    @property
    def is_here(self) -> bool:
        """Whether all of it has arrived."""
        return _size(self.path) == self.size

    @property
    def bytes_here(self) -> int:
        """How many bytes have arrived."""
        return self.size if self.is_here else _size(self.partial)


ARCHIVES = {
    archive.name: archive
    for archive in (
        Archive("speech_commands", "speech_commands_v0.02.tar.gz", 2_428_923_189,
                "af14739ee7dc311471de98f5f9d2c9191b18aedfe957f4a6ff791c709868ff58", 35, 105_829),
        Archive("speech_commands_test", "speech_commands_test_set_v0.02.tar.gz", 112_563_277,
                "cc2a00c1147c2254e9be3fa0f779d8c17421dc349b86366567a8edfa9acd51df", 12, 4_890),
        Archive("mini_speech_commands", "mini_speech_commands.zip", 182_082_353,
                "49650f2341b26d886b46b3f4fb8fed59e30300b17550f1ee4a768b3106cf93a0", 8, 8_000),
    )
}  # fmt: skip


def address() -> str:
    """Return where archives are fetched from: the environment variable KWS_DATA_URL, or the place of publication."""
    return os.environ.get("KWS_DATA_URL", _ADDRESS).rstrip("/")


def fetch(archive: Archive, max_per_word: int | None) -> None:
    """Download an archive to its `path`, unless it is there.

    One process downloads; others wait until it has done so.

    Args:
        archive: a published archive.
        max_per_word: how many clips are going to be decoded, which takes room on the disk; None for all.

    Raises:
        DataError: the download fails. What has arrived is kept, and the next call continues from there.
    """
    if archive.is_here:
        return
    with _alone(archive):
        if archive.is_here:  # somebody has fetched it while we waited
            return
        _check_disk(archive, max_per_word)
        _complete(archive)
        with archive.partial.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != archive.sha256:
            raise _not_what_was_published(archive)
        archive.partial.replace(archive.path)


@contextmanager
def _alone(archive: Archive) -> Iterator[None]:
    """Hold the archive's lock, which the system takes back even from a killed process."""
    import filelock

    lock = filelock.FileLock(archive.path.with_name(f"{archive.file}.lock"))
    with progress_line(f"Another program is downloading {archive.file}, waiting for it", archive.size) as update:
        while not lock.is_locked:
            try:
                archive.path.parent.mkdir(parents=True, exist_ok=True)
                lock.acquire(timeout=1)
            except filelock.Timeout:
                update(archive.bytes_here)
            except OSError as error:
                raise _cannot_write(archive, error) from error
    try:
        yield
    finally:
        lock.release()


def _check_disk(archive: Archive, max_per_word: int | None) -> None:
    clips = min(archive.clips, (max_per_word or archive.clips) * archive.words)
    samples = clips * CLIP_SAMPLES * 2  # bytes; they need their room twice, in a temporary file and in the cache
    needed = archive.size - archive.bytes_here + 2 * samples
    free = shutil.disk_usage(archive.path.parent).free
    if free < needed:
        raise DataError(
            f"{archive.file} and what is read from it take {needed / 1e9:.1f} GB more, but the disk of "
            f"{archive.path.parent} has only {free / 1e9:.1f} GB left: free some space, set the environment variable "
            "KWS_CACHE to a folder on a larger disk, or take a share with max_per_word."
        )


def _complete(archive: Archive) -> None:
    """Add to the partial file what is missing."""
    progress = progress_line(f"Downloading {archive.file} (once)", archive.size)
    try:
        with progress as update, archive.partial.open("ab") as file:
            for block in _blocks(archive, file.tell()):
                file.write(block)
                update(file.tell())
    except OSError as error:
        raise _cannot_write(archive, error) from error


def _blocks(archive: Archive, start: int) -> Iterator[bytes]:
    """The bytes from `start` on, over as many connections as it takes."""
    pauses = iter(_PAUSES)
    while start < archive.size:
        try:
            for block in _connection(archive, start):
                start += len(block)
                pauses = iter(_PAUSES)
                yield block
        except OSError as error:  # of the network, or of its certificates
            reason, may_pass = _reason(error)
            pause = next(pauses, None) if may_pass else None
            if pause is None:
                raise DataError(
                    f"{archive.file} could not be downloaded from {address()}: {reason}. "
                    f"{start:,} of {archive.size:,} bytes are here; load it again to go on from there."
                ) from error
            time.sleep(pause)


def _connection(archive: Archive, start: int) -> Iterator[bytes]:
    """What one connection brings of the bytes from `start` on."""
    import requests

    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    with requests.get(f"{address()}/{archive.file}", headers=headers, stream=True, timeout=_TIMEOUT) as response:
        if response.status_code == requests.codes.requested_range_not_satisfiable:
            raise _not_what_was_published(archive)
        response.raise_for_status()
        _check_announced_size(archive, response)
        known = 0 if response.status_code == requests.codes.partial_content else start  # a server that begins anew
        for block in response.iter_content(_BLOCK):
            fresh = block[known : known + archive.size - start]
            known = max(0, known - len(block))
            start += len(fresh)
            if fresh:
                yield fresh
        if start < archive.size:
            raise requests.ConnectionError("too few bytes")


def _check_announced_size(archive: Archive, response) -> None:
    """A network that asks for a password first likes to answer everything with its own page."""
    length = response.headers.get("Content-Length")
    size = response.headers.get("Content-Range", length or "").rpartition("/")[2]
    if size.isdigit() and int(size) != archive.size:
        raise DataError(
            f"{response.url} is not the {archive.file} that was published ({int(size):,} bytes instead of "
            f"{archive.size:,}): open a page in the browser, the network may want you to sign in first."
        )


def _reason(error: OSError) -> tuple[str, bool]:
    """Why there was nothing, and whether that may be otherwise in a moment."""
    import requests

    match error:
        case requests.HTTPError(response=answer):
            return f"the server answers {answer.status_code} ({answer.reason})", answer.status_code in _TRY_LATER
        case requests.Timeout():
            return "the server does not answer", True
        case requests.ConnectionError() | requests.exceptions.ChunkedEncodingError():
            return "there is no connection, or it breaks off", True
    return str(error), False


def _not_what_was_published(archive: Archive) -> DataError:
    """Delete what has come, and say so."""
    archive.partial.unlink()
    return DataError(
        f"What came from {address()} is not the {archive.file} that was published, so it was deleted: load it "
        "again, from another network or from a mirror (the environment variable KWS_DATA_URL) if this persists."
    )


def _cannot_write(archive: Archive, error: OSError) -> DataError:
    return DataError(
        f"{archive.file} cannot be kept in {archive.path.parent} ({error.strerror or error}): free some space, or "
        "set the environment variable KWS_CACHE to another folder."
    )


def _size(path: Path) -> int:
    """In bytes; 0 where there is nothing."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
