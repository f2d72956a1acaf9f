"""Every readable recording of a source, decoded once and kept in the cache as one long row of 16-bit samples."""

import hashlib
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from kws_helpers.data import archive, cache, download, lists, remarks
from kws_helpers.data.layout import (
    KEYWORDS,
    NOISE_FOLDER,
    SILENCE_FOLDER,
    DataError,
    is_clip,
    is_wanted,
    place_of,
    word_and_speaker,
    word_of,
)
from kws_helpers.data.reading import Found, Sound, collect, name_of
from kws_helpers.data.sources import BUNDLED, Source
from kws_helpers.desk.text import counted

_FORMAT = 4  # to be raised when decoding or this file's format changes: old cache entries are then not used
_MEMORY_LIMIT = 128 << 20  # bytes of samples held in memory while decoding; more go through a temporary file
_SHOWN = 5


@dataclass(frozen=True)
class Store:
    """The decoded recordings of a source, in the order of their names."""

    samples: np.ndarray  # (n,) int16
    clips: list[Sound]
    noise: list[Sound]
    noise_is_borrowed: bool  # from the bundled recordings
    unusable: dict[str, str]  # name: why
    lists: dict[str, set[str]]  # split: the recordings that its list names
    lists_are_whole: bool  # all names in them are those of recordings
    remarks: list[str]  # sentences on what may not be what somebody thinks


def open_store(source: Source, max_per_word: int | None) -> Store:
    """Decode a source, or at most so many clips of each word, or read them from the cache.

    Raises:
        DataError: there is nothing to be had.
    """
    key = (_FORMAT, source.identity(), BUNDLED.stat().st_size, max_per_word)  # whose noise may stand in
    samples, index = cache.cached_arrays(("samples", "index"), key, lambda: _decode_all(source, max_per_word))
    facts = json.loads(index.tobytes())
    sounds = {kind: [Sound(*sound) for sound in facts.pop(kind)] for kind in ("clips", "noise")}
    listed = {split: set(names) for split, names in facts.pop("lists").items()}
    return Store(samples=samples, lists=listed, **sounds, **facts)


def _decode_all(source: Source, max_per_word: int | None) -> tuple[np.ndarray, np.ndarray]:
    """The samples and the index, by way of a temporary file in the cache, or else where the system has its own."""
    if source.published:
        download.fetch(source.published, max_per_word)
    for folder in dict.fromkeys((cache.scratch(), None)):
        try:
            with tempfile.SpooledTemporaryFile(_MEMORY_LIMIT, dir=folder) as file:
                index = _decode(source, max_per_word, file)
                return _samples(file), np.frombuffer(json.dumps(index).encode(), np.uint8)
        except OSError as error:
            problem = error
    raise DataError(
        f"There is no room to read {source.name} ({problem.strerror or problem}). Free some space, set the environment "
        "variable KWS_CACHE to a folder on a larger disk, or take a share with max_per_word."
    ) from problem


def _decode(source: Source, max_per_word: int | None, file: tempfile.SpooledTemporaryFile) -> dict:
    names = None if max_per_word is None else archive.names(source.path, is_clip)
    share = None if names is None else share_of(names, max_per_word)
    found = collect(source.path, lambda path: path in share if share is not None and is_clip(path) else is_wanted(path),
                    file)
    root = _root([*found.sounds, *found.unusable])
    here = {path: sound for path, sound in found.sounds.items() if _in(root, path)}
    if not any(map(is_clip, here)):
        raise DataError(_nothing_to_read(source, found, max_per_word))
    borrows = not any(word_of(path.parent.name) in (NOISE_FOLDER, SILENCE_FOLDER) for path in here)
    borrowed = collect(BUNDLED, lambda path: bool(place_of(path)) and not is_clip(path), file).sounds if borrows else {}
    above = {parent for path in here for parent in path.parents}
    listed, odd = lists.match(
        {path: lines for path, lines in found.lists.items() if path.parent in above},
        [name_of(path) for path in names or {**here, **found.unusable} if is_clip(path) and _in(root, path)],
    )
    recordings = filter(place_of, (*found.sounds, *found.unusable))
    elsewhere = found.elsewhere | {path for path in recordings if not _in(root, path)}
    sounds = sorted([*here.values(), *borrowed.values()])
    said = [] if source.published else [
        *remarks.on_places(root, [place_of(path) for path in here], elsewhere, bool(listed)),
        *odd,
        *remarks.on_sounds({path: why for path, why in found.doubtful.items() if path in here},
                           sum(map(is_clip, here))),
    ]  # fmt: skip
    return {
        "clips": [sound for sound in sounds if not _is_noise(sound.name)],
        "noise": [sound for sound in sounds if _is_noise(sound.name)],
        "noise_is_borrowed": borrows,
        "unusable": {name_of(p): why for p, why in sorted(found.unusable.items()) if p not in elsewhere},
        "lists": listed,
        "lists_are_whole": not odd,
        "remarks": said,
    }


def share_of(paths: Iterable[PurePosixPath], max_per_word: int) -> set[PurePosixPath]:
    """Choose at most `max_per_word` recordings of each word, of every speaker all or none.

    The speakers queue in the order of the SHA-256 of their names. A word takes the recordings of one after another,
    until those of the next one would be too many.
    """
    words = defaultdict(lambda: defaultdict(set))
    for path in paths:
        word, speaker = word_and_speaker(name_of(path))
        words[place_of(path).root, word][speaker].add(path)
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


def _samples(file: tempfile.SpooledTemporaryFile) -> np.ndarray:
    """What was written, as int16: in memory, or mapped from the temporary file, which lasts as long as the array."""
    size = file.tell()
    file.seek(0)
    if size > _MEMORY_LIMIT:
        return np.asarray(np.memmap(file, np.int16, mode="r"))
    return np.frombuffer(file.read(), np.int16)


def _root(paths: list[PurePosixPath]) -> tuple[str, ...]:
    """The folders above the words' folders: where most recordings of keywords lie, or else most recordings."""
    counts = defaultdict(Counter)
    for place in filter(None, map(place_of, paths)):
        counts[place.root][word_of(place.folder) in KEYWORDS] += 1
    return max(counts, key=lambda root: (counts[root][True], counts[root].total(), -len(root), root), default=())


def _in(root: tuple[str, ...], path: PurePosixPath) -> bool:
    """Whether a recording lies there; background noise may lie above."""
    place = place_of(path)
    return place is not None and (place.root == root or not is_clip(path) and place.root == root[: len(place.root)])


def _is_noise(name: str) -> bool:
    return word_of(name.split("/")[-2]) == NOISE_FOLDER


def _nothing_to_read(source: Source, found: Found, max_per_word: int | None) -> str:
    text = f"{source.path} holds no recordings in the Speech Commands layout (word/<speaker>_nohash_<number>.wav)"
    if max_per_word:
        text += f", or more than max_per_word={max_per_word} by each speaker"
    if found.unusable:
        path, why = min(found.unusable.items())
        text += f". {counted(len(found.unusable), 'file', 'files')} could not be used, such as {path} ({why})"
    if found.elsewhere:
        text += (f". {counted(len(found.elsewhere), 'sound file lies', 'sound files lie')} in no word's folder, such "
                 f"as {min(found.elsewhere)}")
    if source.path.is_dir() and not found.unusable and not found.elsewhere:
        inside = sorted(path.name for path in source.path.iterdir())
        text += f". It holds {', '.join(inside[:_SHOWN]) or 'nothing'}{', ...' if len(inside) > _SHOWN else ''}"
    return text + "."
