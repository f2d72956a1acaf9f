"""Every readable recording of a source, decoded once and kept in the cache as one long row of 16-bit samples."""

import hashlib
import json
import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

import numpy as np

from kws_helpers.data import archive, cache, download
from kws_helpers.data.decode import DecodeError, decode_clip, decode_noise
from kws_helpers.data.layout import (
    LISTS,
    NOISE_FOLDER,
    DataError,
    is_clip,
    is_list,
    is_recording,
    is_wanted,
    word_and_speaker,
)
from kws_helpers.data.sources import Source
from kws_helpers.desk.messages import progress_line

_FORMAT = 3  # to be raised when decoding or this file's format changes: old cache entries are then not used
_MEMORY_LIMIT = 128 << 20  # bytes of samples held in memory while decoding; more go through a temporary file
_BATCH = 256  # recordings decoded at a time
_BATCH_BYTES = 64 << 20


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


def open_store(source: Source, max_per_word: int | None) -> Store:
    """Decode a source, or at most so many clips of each word, or read them from the cache.

    Raises:
        DataError: there is nothing to be had.
    """
    key = (_FORMAT, source.identity(), max_per_word)
    samples, index = cache.cached_arrays(("samples", "index"), key, lambda: _decode_all(source, max_per_word))
    facts = json.loads(index.tobytes())
    return Store(
        samples=samples,
        clips=[Sound(*sound) for sound in facts["clips"]],
        noise=[Sound(*sound) for sound in facts["noise"]],
        unusable=facts["unusable"],
        lists={split: set(names) for split, names in facts["lists"].items()},
    )


def _decode_all(source: Source, max_per_word: int | None) -> tuple[np.ndarray, np.ndarray]:
    if source.published:
        download.fetch(source.published, max_per_word)
    wanted = _wanted(source.path, max_per_word)
    with tempfile.SpooledTemporaryFile(_MEMORY_LIMIT, dir=cache.scratch()) as file:
        sounds, unusable, lists = _collect(source.path, wanted, file)
        samples = _samples(file)
    root = _root([*sounds, *filter(is_recording, unusable)])
    if root is None or not any(_in(root, path) for path in sounds if is_clip(path)):
        raise DataError(_nothing_to_read(source, unusable, max_per_word))
    here = sorted(sound for path, sound in sounds.items() if _in(root, path))
    index = {
        "clips": [sound for sound in here if not _is_noise(sound.name)],
        "noise": [sound for sound in here if _is_noise(sound.name)],
        "unusable": {_name(p): why for p, why in sorted(unusable.items()) if _in(root, p) or not is_recording(p)},
        "lists": {LISTS[path.name]: names for path, names in lists.items() if path.parent == root},
    }
    return samples, np.frombuffer(json.dumps(index).encode(), np.uint8)


def _wanted(place: Path, max_per_word: int | None) -> archive.Wanted:
    if max_per_word is None:
        return is_wanted
    share = share_of(archive.names(place, is_clip), max_per_word)
    return lambda path: path in share if is_clip(path) else is_wanted(path)


def share_of(paths: Iterable[PurePosixPath], max_per_word: int) -> set[PurePosixPath]:
    """Choose at most `max_per_word` recordings of each word, of every speaker all or none.

    The speakers queue in the order of the SHA-256 of their names. A word takes the recordings of one after another,
    until those of the next one would be too many.
    """
    words = defaultdict(lambda: defaultdict(set))
    for path in paths:
        words[path.parent][word_and_speaker(f"{path.parent.name}/{path.name}")[1]].add(path)
    chosen = set()
    for speakers in words.values():
        count = 0
        for speaker in sorted(speakers, key=_place_in_queue):
            count += len(speakers[speaker])
            if count > max_per_word:
                break
            chosen |= speakers[speaker]
    return chosen


def _place_in_queue(speaker: str) -> bytes:
    return hashlib.sha256(speaker.encode("utf-8", "surrogateescape")).digest()


def _collect(place: Path, wanted: archive.Wanted, file: BinaryIO) -> tuple[dict, dict, dict]:
    """Write all samples to `file`; return the sounds, what cannot be used and why, and the split lists, by path."""
    sounds, unusable, lists = {}, {}, {}
    total = sum(size for _, size, _ in archive.fingerprint(place, wanted))
    with progress_line("Reading the recordings (once)", total) as update, ThreadPoolExecutor(os.cpu_count()) as pool:
        for batch in _batches(archive.members(place, wanted)):
            is_wav = all(member.path.suffix == ".wav" for member in batch)
            apply = map if is_wav else pool.map  # threads that hardly compute only get in each other's way
            for member, decoded in zip(batch, apply(_decode_member, batch), strict=True):
                match decoded:
                    case DecodeError():
                        unusable[member.path] = str(decoded)
                    case list():
                        lists[member.path] = decoded
                    case _:
                        digest = hashlib.sha256(decoded).hexdigest()
                        sounds[member.path] = Sound(_name(member.path), file.tell() // 2, len(decoded), digest)
                        file.write(decoded)
            update(batch[-1].position)
    return sounds, unusable, lists


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
    """The samples of a recording, (n,) int16, why there are none, or the names in a split list."""
    if isinstance(member.content, DecodeError):
        return member.content
    if is_list(member.path):
        return _list_names(member.content)
    try:
        return decode_clip(member.content) if is_clip(member.path) else decode_noise(member.content)
    except DecodeError as error:
        return error


def _list_names(content: bytes | Path) -> list[str]:
    text = (content.read_bytes() if isinstance(content, Path) else content).decode("utf-8-sig", errors="replace")
    return [str(PurePosixPath(line.strip().replace("\\", "/"))) for line in text.splitlines() if line.strip()]


def _samples(file: tempfile.SpooledTemporaryFile) -> np.ndarray:
    """What was written, as int16: in memory, or mapped from the temporary file, which lasts as long as the array."""
    size = file.tell()
    file.seek(0)
    if size > _MEMORY_LIMIT:
        return np.asarray(np.memmap(file, np.int16, mode="r"))
    return np.frombuffer(file.read(), np.int16)


def _root(paths: list[PurePosixPath]) -> PurePosixPath | None:
    """The folder of the word folders: where most recordings lie, at the top of the archive or one below."""
    counts = Counter(path.parent.parent for path in paths)
    return max(counts, key=lambda root: (counts[root], -len(root.parts), str(root)), default=None)


def _in(root: PurePosixPath, path: PurePosixPath) -> bool:
    return path.parts[:-2] == root.parts


def _name(path: PurePosixPath) -> str:
    """Word and file; all of a name that leads out of the archive."""
    return "/".join(path.parts[-2:]) if is_recording(path) else str(path)


def _is_noise(name: str) -> bool:
    return name.startswith(NOISE_FOLDER + "/")


def _nothing_to_read(source: Source, unusable: dict[PurePosixPath, str], max_per_word: int | None) -> str:
    text = f"{source.path} holds no recordings in the Speech Commands layout (word/<speaker>_nohash_<number>.wav)"
    if max_per_word:
        text += f", or more than max_per_word={max_per_word} by each speaker"
    if unusable:
        path, why = min(unusable.items())
        text += f". {len(unusable):,} files could not be used, such as {path} ({why})"
    return text + "."
