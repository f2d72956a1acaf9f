"""Every readable recording of a source, decoded once and kept in the cache as one long row of 16-bit samples."""

import hashlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from .. import cache
from ..progress import progress_line
from . import archive
from .decode import DecodeError, decode_clip, decode_noise
from .layout import LISTS, NOISE_FOLDER, DataError, is_list, is_wanted

_FORMAT = 1  # to be raised when decoding or this file's format changes: old cache entries are then not used
_MEMORY_LIMIT = 128 << 20  # bytes of samples held in memory while decoding; more go through a temporary file
_BATCH = 256  # recordings handed to the threads at a time, which bounds what an archive's bytes take


class Sound(NamedTuple):
    """One decoded recording: samples[start : start + length] of the store."""

    name: str  # "folder/file"
    start: int
    length: int
    digest: str  # of its samples


@dataclass(frozen=True)
class Store:
    """The decoded recordings of a source, in the order of their names."""

    samples: np.ndarray  # (n,) int16
    clips: list[Sound]
    noise: list[Sound]
    unusable: dict[str, str]  # name: why
    lists: dict[str, set[str]]  # split: names, for each list that the source has


def open_store(source: Path) -> Store:
    """Decode a folder or an archive, or read it from the cache. Raises DataError where there is nothing to be had."""
    key = (_FORMAT, str(source.resolve()), archive.fingerprint(source, is_wanted))
    arrays = cache.cached_arrays("recordings", key, lambda: _decode_all(source))
    index = json.loads(arrays["index"].tobytes())
    return Store(
        samples=arrays["samples"],
        clips=[Sound(*sound) for sound in index["clips"]],
        noise=[Sound(*sound) for sound in index["noise"]],
        unusable=index["unusable"],
        lists={split: set(names) for split, names in index["lists"].items()},
    )


def _decode_all(source: Path) -> cache.Arrays:
    sounds: dict[PurePosixPath, Sound] = {}
    unusable: dict[PurePosixPath, str] = {}
    lists: dict[PurePosixPath, list[str]] = {}
    with tempfile.SpooledTemporaryFile(_MEMORY_LIMIT) as file:
        for path, decoded in _decoded_members(source):
            match decoded:
                case list():
                    lists[path] = decoded
                case DecodeError():
                    unusable[path] = str(decoded)
                case _:
                    digest = hashlib.blake2b(decoded, digest_size=16).hexdigest()
                    sounds[path] = Sound("/".join(path.parts[-2:]), file.tell() // 2, len(decoded), digest)
                    file.write(decoded)
        samples = _samples(file)
    root = _root([*sounds, *unusable])
    if root is None or not any(_in(root, path) for path in sounds if path.parent.name != NOISE_FOLDER):
        raise DataError(_nothing_to_read(source, unusable))
    here = sorted(sound for path, sound in sounds.items() if _in(root, path))
    index = {
        "clips": [sound for sound in here if not _is_noise(sound.name)],
        "noise": [sound for sound in here if _is_noise(sound.name)],
        "unusable": {"/".join(p.parts[-2:]): why for p, why in sorted(unusable.items()) if _in(root, p)},
        "lists": {LISTS[path.name]: names for path, names in lists.items() if path.parent == root},
    }
    return {"samples": samples, "index": np.frombuffer(json.dumps(index).encode(), np.uint8)}


def _samples(file: tempfile.SpooledTemporaryFile) -> np.ndarray:
    """What was written, as int16: in memory, or mapped from the temporary file, which lasts as long as the array."""
    size = file.tell()
    file.seek(0)
    if size > _MEMORY_LIMIT:
        return np.asarray(np.memmap(file, np.int16, mode="r"))
    return np.frombuffer(file.read(), np.int16)


def _decoded_members(source: Path) -> Iterator[tuple[PurePosixPath, np.ndarray | DecodeError | list[str]]]:
    with (
        progress_line("Reading the recordings (once)", archive.total_bytes(source)) as update,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        for batch in _batches(archive.members(source, is_wanted), _BATCH):
            for member, decoded in zip(batch, pool.map(_decode_member, batch), strict=True):
                update(member.position)
                yield member.path, decoded


def _decode_member(member: archive.Member) -> np.ndarray | DecodeError | list[str]:
    if is_list(member.path):
        return _list_names(member.content)
    try:
        return (decode_noise if member.path.parent.name == NOISE_FOLDER else decode_clip)(member.content)
    except DecodeError as error:
        return error


def _list_names(content: bytes | Path) -> list[str]:
    text = (content.read_bytes() if isinstance(content, Path) else content).decode("utf-8-sig", errors="replace")
    return [str(PurePosixPath(line.strip().replace("\\", "/"))) for line in text.splitlines() if line.strip()]


def _batches(items: Iterable, size: int) -> Iterator[list]:
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch


def _root(paths: list[PurePosixPath]) -> PurePosixPath | None:
    """The folder of the word folders: where most recordings lie, at the top of the archive or one below."""
    counts = Counter(path.parent.parent for path in paths)
    return max(counts, key=lambda root: (counts[root], -len(root.parts), str(root)), default=None)


def _in(root: PurePosixPath, path: PurePosixPath) -> bool:
    return path.parent.parent == root


def _is_noise(name: str) -> bool:
    return name.startswith(NOISE_FOLDER + "/")


def _nothing_to_read(source: Path, unusable: dict[PurePosixPath, str]) -> str:
    text = f"{source} holds no recordings in the Speech Commands layout (word/<speaker>_nohash_<number>.wav)."
    if unusable:
        path, why = min(unusable.items())
        text += f" {len(unusable):,} files could not be used, such as {path} ({why})."
    return text
