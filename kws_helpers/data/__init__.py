"""Spoken keywords to learn from: `load()` gives clips, labels and speakers in three splits."""

import os

from kws_helpers.data.classes import build_dataset
from kws_helpers.data.dataset import Clips, Dataset, Recordings, Split
from kws_helpers.data.layout import CLASS_NAMES, CLIP_SAMPLES, KEYWORDS, SAMPLE_RATE, DataError
from kws_helpers.data.sources import find_source
from kws_helpers.data.store import open_store
from kws_helpers.desk.messages import warn

__all__ = ["CLASS_NAMES", "CLIP_SAMPLES", "KEYWORDS", "SAMPLE_RATE", "Clips", "DataError", "Dataset", "Recordings",
           "Split", "load"]

_NAMES_SHOWN = 5  # of the files that could not be used


def load(
    source: str | os.PathLike | None = None,
    *,
    unknown_percent: float | None = 10,
    silence_percent: float = 10,
    seed: int = 0,
    max_per_word: int | None = None,
) -> Dataset:
    """Load spoken keywords, in three splits that share no speaker.

    The first time, the recordings are downloaded where need be, and decoded; after that the samples come from the
    cache, in the folder KWS_CACHE or else the user's cache folder. One warning names files that cannot be read.

    Args:
        source: "bundled" (synthetic voices, in the package); "speech_commands" (version 0.02, 2.4 GB),
            "speech_commands_test" (its official test set, 0.1 GB) or "mini_speech_commands" (eight words, 0.2 GB); or a
            folder or a .tar, .tar.gz or .zip archive in the Speech Commands layout. None takes the environment
            variable KWS_DATA, or "bundled". WAV, FLAC, Ogg and others are read, at any sample rate.
        unknown_percent: how many clips of other words join each split, in per cent of its keyword clips; None: all.
        silence_percent: how many clips of background noise join each split, in per cent of its keyword clips.
        seed: which ones.
        max_per_word: at most so many clips of each word. The speakers queue in the order of the SHA-256 of their names,
            and a word takes all clips of one after another, until those of the next would be too many. The clips are
            the same on every machine, and every split keeps its share. Background noise is always kept.

    Raises:
        DataError: there is no data, or a damaged archive, or a download that fails; what has arrived is kept, and the
            next try continues from there.
        ValueError: a number is out of range.

    Source: Warden 2018, "Speech Commands: A Dataset for Limited-Vocabulary Speech Recognition", arXiv:1804.03209.

    Example:
        >>> dataset = load(max_per_word=10)
        >>> print(dataset)
        bundled (synthetic voices)
        split          clips   speakers
        training          90         24
        validation        18          5
        testing           16          4
        >>> dataset.training.clips[0].shape, dataset.class_names[dataset.training.labels[0]]
        ((16000,), 'unknown')
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
