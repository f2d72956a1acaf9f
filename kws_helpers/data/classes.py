"""From the recordings of a source to the 12 classes of Speech Commands (Warden 2018, arXiv:1804.03209, section 6).

In each split, clips of other words ("unknown") and stretches of background noise at a random volume ("silence") join
the keywords, each a tenth as many as there are keyword clips. Nothing depends on the order of files.
"""

import hashlib
import math
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import numpy as np

from kws_helpers.data.dataset import FULL_SCALE, Clips, Dataset, Recordings, Split
from kws_helpers.data.layout import (
    CLASS_NAMES,
    CLIP_SAMPLES,
    KEYWORDS,
    NOISE_FOLDER,
    SILENCE,
    SILENCE_FOLDER,
    SPLITS,
    UNKNOWN,
    place_of,
    split_of,
    word_and_speaker,
)
from kws_helpers.data.splits import assign_splits, is_test_set
from kws_helpers.data.store import Sound, Store
from kws_helpers.desk.messages import warn

_LEAST = 0.01  # of the samples of background noise that are not 0; else drawing takes for ever


class Clip(NamedTuple):
    """One second of the store's samples, and what it is."""

    name: str
    word: str
    speaker: str
    split: str
    start: int
    digest: str
    volume: float = 1.0

    @property
    def label(self) -> int:
        """The index of its class in CLASS_NAMES."""
        if self.word == SILENCE_FOLDER:
            return SILENCE
        return KEYWORDS.index(self.word) if self.word in KEYWORDS else UNKNOWN


def build_dataset(store: Store, name: str, unknown_percent: float | None, silence_percent: float, seed: int) -> Dataset:
    """Build the 12 classes; `unknown_percent` None keeps all other words."""
    clips = _all_clips(store)
    ready = is_test_set([clip.name for clip in clips], store.lists)
    unknown_percent = None if ready else unknown_percent
    noise = _share_noise(store.noise)
    own_silence = any(clip.word == SILENCE_FOLDER for clip in clips)
    splits, without_silence = {}, []
    for number, split in enumerate(SPLITS):
        here = [clip for clip in clips if clip.split == split]
        chosen = _choose(here, unknown_percent, seed)
        if not own_silence:
            count = math.ceil(_keyword_count(here) * silence_percent / 100)
            silence = _draw_silence(store.samples, noise[split], split, count, [seed, number])
            if len(silence) < count:
                without_silence.append(split)
            chosen += silence
        labels = np.array([clip.label for clip in chosen], np.int64)
        splits[split] = Split(**_columns(store.samples, chosen), labels=labels, key=_key(chosen))
    for sentence in _missing(clips, splits, without_silence, store.noise_is_borrowed and silence_percent > 0, ready,
                             unknown_percent != 0):
        warn(f"{name} has no {sentence}")
    return Dataset(
        name=name,
        class_names=CLASS_NAMES,
        **splits,
        noise={split: [_samples(store.samples, part) / FULL_SCALE for part in parts] for split, parts in noise.items()},
        recordings=Recordings(**_columns(store.samples, clips), splits=np.array([clip.split for clip in clips], str)),
        left_out=tuple(store.unusable),
    )


def _missing(clips: list[Clip], splits: dict[str, Split], without_silence: list[str], borrowed: bool, ready: bool,
             wants_unknown: bool) -> Iterator[str]:
    """What a dataset has none of, and what to do about it."""
    if not _keyword_count(clips):
        yield f"recordings of the keywords {', '.join(KEYWORDS)}."
        return
    if wants_unknown and not ready and all(clip.label != UNKNOWN for clip in clips):
        yield "recordings of other words, so the class unknown is empty. Add folders of words that are no keywords."
    if borrowed:
        yield (f"background noise ({NOISE_FOLDER}/), so that of the bundled recordings stands in. Add one long "
               "recording of a quiet room, or better three.")
    if without_silence:
        yield (f"background noise ({NOISE_FOLDER}/) for {', '.join(without_silence)}: there are no clips of the class "
               "silence. Add one long recording of a quiet room, or better three.")
    empty = [split for split in SPLITS if not len(splits[split])]
    if empty and not ready:
        yield (f"{' or '.join(empty)} clips. Add recordings for that split, or correct the lists and folders "
               "that say what is in it.")


def _all_clips(store: Store) -> list[Clip]:
    names = [sound.name for sound in store.clips]
    words, speakers = zip(*map(word_and_speaker, names), strict=True)
    splits = assign_splits(names, speakers, store.lists, store.lists_are_whole)
    return [
        Clip(sound.name, word, speaker, split, sound.start, sound.digest)
        for sound, word, speaker, split in zip(store.clips, words, speakers, splits, strict=True)
    ]


def _keyword_count(clips: list[Clip]) -> int:
    return sum(clip.word in KEYWORDS for clip in clips)


def _choose(clips: list[Clip], unknown_percent: float | None, seed: int) -> list[Clip]:
    """All clips of one split but for the surplus of unknown words, still in order."""
    unknown = [clip for clip in clips if clip.label == UNKNOWN]
    if unknown_percent is not None:
        count = math.ceil(_keyword_count(clips) * unknown_percent / 100)
        unknown = sorted(unknown, key=lambda clip: _lot(clip.name, seed))[:count]
    kept = set(unknown)
    return [clip for clip in clips if clip.label != UNKNOWN or clip in kept]


def _lot(name: str, seed: int) -> bytes:
    """A random number that depends on the name alone: other files do not change who is drawn before whom."""
    return hashlib.sha256(f"{seed}:{name}".encode("utf-8", "surrogateescape")).digest()


def _share_noise(noise: list[Sound]) -> dict[str, list[Sound]]:
    """Each split's own background noise: what lies in its folder, where each split has some.

    Else the last recording is for testing and the one before for validation; fewer than three are cut in time.
    """
    folders = [split_of(place_of(PurePosixPath(sound.name)).split_folder) for sound in noise]
    if set(SPLITS) <= set(folders):
        return {split: [sound for sound, folder in zip(noise, folders) if folder == split] for split in SPLITS}
    if len(noise) >= 3:
        return {"training": noise[:-2], "validation": [noise[-2]], "testing": [noise[-1]]}
    shares = {split: [] for split in SPLITS}
    for sound in noise:
        part = max(sound.length // 10, CLIP_SAMPLES)  # of validation and of testing
        if sound.length < 3 * part:
            shares["training"].append(sound)
            continue
        start = sound.start
        for split, length in zip(SPLITS, (sound.length - 2 * part, part, part), strict=True):
            shares[split].append(Sound(f"{sound.name} ({split})", start, length, sound.digest))
            start += length
    return shares


def _draw_silence(samples: np.ndarray, noise: list[Sound], split: str, count: int, seed: list[int]) -> list[Clip]:
    """`count` seconds of noise at volume U(0, 1], none of them digital zeros: no room is as quiet as that.

    The recordings take turns, so that each kind of noise is heard about equally often.
    """
    rng = np.random.default_rng(seed)
    noise = [part for part in noise if np.count_nonzero(_samples(samples, part)) > part.length * _LEAST]
    turns, clips = rng.permutation(len(noise)), []
    while noise and len(clips) < count:
        recording = noise[turns[len(clips) % len(noise)]]
        offset = int(rng.integers(recording.length - CLIP_SAMPLES + 1))
        start = recording.start + offset
        if samples[start : start + CLIP_SAMPLES].any():
            clip = Clip(f"{recording.name}@{offset}", SILENCE_FOLDER, recording.name, split, start, recording.digest)
            clips.append(clip._replace(volume=1 - rng.random()))
    return clips


def _samples(samples: np.ndarray, sound: Sound) -> np.ndarray:
    return samples[sound.start : sound.start + sound.length]


def _columns(samples: np.ndarray, clips: list[Clip]) -> dict[str, Any]:
    """What a split and all recordings have in common."""
    return {
        "clips": Clips(samples, [clip.start for clip in clips], [clip.volume for clip in clips]),
        "words": np.array([clip.word for clip in clips], str),
        "speakers": np.array([clip.speaker for clip in clips], str),
        "names": np.array([clip.name for clip in clips], str),
    }


def _key(clips: list[Clip]) -> str:
    """A digest of the clips; where the samples lie in the store does not matter."""
    content = [(clip.name, clip.label, clip.digest, clip.volume) for clip in clips]
    return hashlib.sha256(repr(content).encode("utf-8", "surrogateescape")).hexdigest()
