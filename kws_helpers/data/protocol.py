"""From the recordings of a source to the 12-class task of Speech Commands (Warden 2018, arXiv:1804.03209,
section 6).

In each split, clips of other words ("unknown") and stretches of background noise at a random volume
("silence") join the keywords, each a tenth as many as there are keyword clips. Nothing depends on the order
of files.
"""

import hashlib
import math
from typing import NamedTuple

import numpy as np

from ..notices import warn
from .dataset import Clips, Dataset, Recordings, Split
from .layout import (
    CLASS_NAMES,
    CLIP_SAMPLES,
    KEYWORDS,
    NOISE_FOLDER,
    SILENCE,
    SILENCE_FOLDER,
    SPLITS,
    UNKNOWN,
    word_and_speaker,
)
from .splits import assign_splits, is_test_set
from .store import Sound, Store


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
        if self.word == SILENCE_FOLDER:
            return SILENCE
        return KEYWORDS.index(self.word) if self.word in KEYWORDS else UNKNOWN


class Noise(NamedTuple):
    """A background recording, or the part of one, that belongs to one split."""

    name: str
    start: int
    length: int
    digest: str


def build_dataset(store: Store, name: str, unknown_percent: float | None, silence_percent: float, seed: int) -> Dataset:
    """The 12-class task; `unknown_percent` None keeps all other words."""
    clips = _all_clips(store)
    if is_test_set([clip.name for clip in clips], store.lists):
        unknown_percent = None
    noise = _share_noise(store.noise)
    own_silence = any(clip.word == SILENCE_FOLDER for clip in clips)
    if not _keyword_count(clips):
        warn(f"{name} has no recordings of the keywords {', '.join(KEYWORDS)}.")
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
        splits[split] = _split(store.samples, chosen)
    if without_silence:
        warn(
            f"{name} has no background noise ({NOISE_FOLDER}/) for {', '.join(without_silence)}: "
            "there are no clips of the class silence. Add one long recording of a quiet room, or better three."
        )
    return Dataset(
        name=name,
        class_names=CLASS_NAMES,
        **splits,
        noise={split: [_audio(store.samples, part) for part in parts] for split, parts in noise.items()},
        recordings=_recordings(store.samples, clips),
        left_out=tuple(store.unusable),
    )


def _all_clips(store: Store) -> list[Clip]:
    names = [sound.name for sound in store.clips]
    words, speakers = zip(*map(word_and_speaker, names), strict=True)
    splits = assign_splits(names, speakers, store.lists)
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


def _share_noise(noise: list[Sound]) -> dict[str, list[Noise]]:
    """Each split's own background noise: recordings of its own, or parts of them where there are fewer than three."""
    if len(noise) >= 3:
        *training, validation, testing = [Noise(*sound) for sound in noise]
        return {"training": training, "validation": [validation], "testing": [testing]}
    shares = {split: [] for split in SPLITS}
    for sound in noise:
        part = max(sound.length // 10, CLIP_SAMPLES)  # of validation and of testing
        if sound.length < 3 * part:
            shares["training"].append(Noise(*sound))
            continue
        lengths = (sound.length - 2 * part, part, part)
        for split, length, start in zip(SPLITS, lengths, np.cumsum((0, *lengths)).tolist(), strict=False):
            shares[split].append(Noise(f"{sound.name} ({split})", sound.start + start, length, sound.digest))
    return shares


def _draw_silence(samples: np.ndarray, noise: list[Noise], split: str, count: int, seed: list[int]) -> list[Clip]:
    """`count` seconds of noise at volume U(0, 1], none of them digital zeros: no room is as quiet as that."""
    rng = np.random.default_rng(seed)
    noise = [part for part in noise if samples[part.start : part.start + part.length].any()]
    clips = []
    while noise and len(clips) < count:
        recording = noise[rng.integers(len(noise))]
        offset = int(rng.integers(recording.length - CLIP_SAMPLES + 1))
        start = recording.start + offset
        if samples[start : start + CLIP_SAMPLES].any():
            clip = Clip(f"{recording.name}@{offset}", SILENCE_FOLDER, recording.name, split, start, recording.digest)
            clips.append(clip._replace(volume=1 - rng.random()))
    return clips


def _audio(samples: np.ndarray, part: Noise) -> np.ndarray:
    return samples[part.start : part.start + part.length] / np.float32(32768)


def _split(samples: np.ndarray, clips: list[Clip]) -> Split:
    return Split(
        clips=_clips(samples, clips),
        labels=np.array([clip.label for clip in clips], np.int64),
        words=_strings(clip.word for clip in clips),
        speakers=_strings(clip.speaker for clip in clips),
        names=_strings(clip.name for clip in clips),
        key=_key(clips),
    )


def _recordings(samples: np.ndarray, clips: list[Clip]) -> Recordings:
    return Recordings(
        clips=_clips(samples, clips),
        words=_strings(clip.word for clip in clips),
        speakers=_strings(clip.speaker for clip in clips),
        names=_strings(clip.name for clip in clips),
        splits=_strings(clip.split for clip in clips),
    )


def _clips(samples: np.ndarray, clips: list[Clip]) -> Clips:
    return Clips(samples, [clip.start for clip in clips], [clip.volume for clip in clips])


def _strings(values) -> np.ndarray:
    return np.array(list(values), dtype=str)


def _key(clips: list[Clip]) -> str:
    """A digest of the clips; where the samples lie in the store does not matter."""
    content = [(clip.name, clip.label, clip.digest, clip.volume) for clip in clips]
    return hashlib.sha256(repr(content).encode("utf-8", "surrogateescape")).hexdigest()
