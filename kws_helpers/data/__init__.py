"""Spoken keywords to learn from: `load()` gives clips, labels and speakers in three splits."""

import os

from ..notices import warn
from .dataset import Clips, Dataset, Recordings, Split
from .layout import CLASS_NAMES, CLIP_SAMPLES, KEYWORDS, SAMPLE_RATE, DataError
from .protocol import build_dataset
from .sources import find_source
from .store import open_store

__all__ = [
    "CLASS_NAMES",
    "CLIP_SAMPLES",
    "KEYWORDS",
    "SAMPLE_RATE",
    "Clips",
    "DataError",
    "Dataset",
    "Recordings",
    "Split",
    "load",
]

_NAMES_SHOWN = 5  # of the files that could not be used


def load(
    source: str | os.PathLike | None = None,
    *,
    unknown_percent: float | None = 10,
    silence_percent: float = 10,
    seed: int = 0,
    max_per_word: int | None = None,
) -> Dataset:
    """Load spoken keywords.

    source: "bundled" (synthetic voices, in the package); "speech_commands" (version 0.02, 2.4 GB),
    "speech_commands_test" (its official test set, 0.1 GB) or "mini_speech_commands" (eight words, 0.2 GB),
    which are downloaded once; or a folder or a .tar, .tar.gz or .zip archive in the Speech Commands layout.
    None takes the environment variable KWS_DATA, or "bundled". WAV, FLAC, Ogg and others are read, at any
    sample rate. unknown_percent, silence_percent: how many clips of other words and
    of background noise join the keywords of each split, in per cent of the number of keyword clips;
    `unknown_percent=None` keeps all other words. seed: which ones. max_per_word: at most so many clips of
    each word. The speakers queue in the order of the SHA-256 of their names, and a word takes all clips of
    one after the other, until those of the next would be too many; the clips are the same on every machine,
    and every split keeps its share. Background noise is always kept.

    The first time, the recordings are decoded, a download while it comes in; after that the samples come from
    the cache, in the folder KWS_CACHE or else the user's cache folder. Files that cannot be read are left out
    and named in one warning. Raises DataError where there is no data, a damaged archive, or a download that
    fails; what has arrived is kept, and the next try goes on from there.

    Source: Warden 2018, "Speech Commands: A Dataset for Limited-Vocabulary Speech Recognition",
    arXiv:1804.03209.
    """
    if min(unknown_percent or 0, silence_percent) < 0:
        raise ValueError("unknown_percent and silence_percent are at least 0")
    if max_per_word is not None and max_per_word < 1:
        raise ValueError("max_per_word is at least 1, or None for all clips")
    found = find_source(source)
    store = open_store(found, max_per_word)
    if store.unusable:
        shown = [f"{file} ({why})" for file, why in list(store.unusable.items())[:_NAMES_SHOWN]]
        more = ", ..." if len(store.unusable) > _NAMES_SHOWN else ""
        warn(
            f"{len(store.unusable):,} files of {found.name} were left out: {', '.join(shown)}{more}. "
            "Record or copy them again, or remove them. The list is dataset.left_out."
        )
    return build_dataset(store, found.name, unknown_percent, silence_percent, seed)
