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
) -> Dataset:
    """Load spoken keywords.

    source: "bundled" (synthetic voices, in the package), or a folder or a .tar, .tar.gz or .zip archive in
    the Speech Commands layout; None takes the environment variable KWS_DATA, or "bundled". WAV, FLAC, Ogg and
    others are read, at any sample rate. unknown_percent, silence_percent: how many clips of other words and
    of background noise join the keywords of each split, in per cent of the number of keyword clips;
    `unknown_percent=None` keeps all other words. seed: which ones.

    The first time, every recording is decoded; after that the samples come from the cache. Files that cannot
    be read are left out and named in one warning. Raises DataError where there is no data, or a damaged
    archive.

    Source: Warden 2018, "Speech Commands: A Dataset for Limited-Vocabulary Speech Recognition",
    arXiv:1804.03209.
    """
    if min(unknown_percent or 0, silence_percent) < 0:
        raise ValueError("unknown_percent and silence_percent are at least 0")
    name, path = find_source(source)
    store = open_store(path)
    if store.unusable:
        shown = [f"{file} ({why})" for file, why in list(store.unusable.items())[:_NAMES_SHOWN]]
        more = ", ..." if len(store.unusable) > _NAMES_SHOWN else ""
        warn(
            f"{len(store.unusable):,} files of {name} were left out: {', '.join(shown)}{more}. "
            "Record or copy them again, or remove them. The list is dataset.left_out."
        )
    return build_dataset(store, name, unknown_percent, silence_percent, seed)
