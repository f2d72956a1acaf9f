"""Reads the files of a source, one after another: the samples of recordings, and the lines of split lists."""

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

import numpy as np

from kws_helpers.data import archive
from kws_helpers.data.decode import DecodeError, decode_clip, decode_noise
from kws_helpers.data.layout import SILENCE_FOLDER, is_clip, is_sound, list_split, place_of, plain, word_of
from kws_helpers.data.lists import lines_of
from kws_helpers.data.remarks import doubt
from kws_helpers.desk.messages import progress_line

_BATCH = 256  # recordings decoded at a time
_BATCH_BYTES = 64 << 20


class Sound(NamedTuple):
    """One decoded recording: samples[start : start + length] of the store."""

    name: str  # "folder/file", or "split/folder/file" where a folder is named after a split
    start: int
    length: int
    digest: str  # of its samples


@dataclass
class Found:
    """What was read, by path."""

    sounds: dict[PurePosixPath, Sound] = field(default_factory=dict)
    unusable: dict[PurePosixPath, str] = field(default_factory=dict)  # why
    lists: dict[PurePosixPath, list[str]] = field(default_factory=dict)  # the lines
    doubtful: dict[PurePosixPath, str] = field(default_factory=dict)  # what is odd about a clip
    elsewhere: set[PurePosixPath] = field(default_factory=set)  # sounds in no word's folder


def name_of(path: PurePosixPath) -> str:
    """Return what a recording is called; of other files, and of names that lead out of the archive, the whole path."""
    place = place_of(path)
    return plain("/".join(filter(None, place[1:])) if place else str(path))


def collect(source: Path, wanted: archive.Wanted, file: BinaryIO) -> Found:
    """Append the samples of all wanted recordings of a folder or archive to `file`."""
    found = Found()

    def to_read(path: PurePosixPath) -> bool:
        if is_sound(path) and not place_of(path):
            found.elsewhere.add(path)
            return False
        return wanted(path)

    total = sum(size for _, size, *_ in archive.fingerprint(source, to_read))
    with progress_line("Reading the recordings (once)", total) as update, ThreadPoolExecutor(os.cpu_count()) as pool:
        for batch in _batches(archive.members(source, to_read)):
            is_wav = all(member.path.suffix == ".wav" for member in batch)
            apply = map if is_wav else pool.map  # threads that hardly compute only get in each other's way
            for member, decoded in zip(batch, apply(_decode_member, batch), strict=True):
                match decoded:
                    case DecodeError():
                        found.unusable[member.path] = str(decoded)
                    case list():
                        found.lists[member.path] = decoded
                    case _:
                        digest = hashlib.sha256(decoded).hexdigest()
                        found.sounds[member.path] = Sound(name_of(member.path), file.tell() // 2, len(decoded), digest)
                        file.write(decoded)
                        if _is_spoken(member.path) and (odd := doubt(decoded)):
                            found.doubtful[member.path] = odd
            update(batch[-1].position)
    return found


def _is_spoken(path: PurePosixPath) -> bool:
    return is_clip(path) and word_of(path.parent.name) != SILENCE_FOLDER


def _batches(members: Iterator[archive.Member]) -> Iterator[list[archive.Member]]:
    """Members by the hundred, or fewer where they are large: that bounds what the bytes of an archive take."""
    batch, size = [], 0
    for member in members:
        batch.append(member)
        size += len(member.content) if isinstance(member.content, bytes) else 0
        if len(batch) == _BATCH or size > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _decode_member(member: archive.Member) -> np.ndarray | DecodeError | list[str]:
    """The samples of a recording, (n,) int16, why there are none, or the lines of a split list."""
    content = member.content
    if isinstance(content, DecodeError):
        return content
    try:
        if list_split(member.path):
            return lines_of(content.read_bytes() if isinstance(content, Path) else content)
        return decode_clip(content) if is_clip(member.path) else decode_noise(content)
    except DecodeError as error:
        return error
    except OSError as error:
        return DecodeError(error.strerror or str(error))
