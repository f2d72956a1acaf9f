"""Spoken keywords to learn from: `load()` gives clips, labels and speakers in three splits."""

import os
from numbers import Integral, Real

from kws_helpers.data.classes import build_dataset
from kws_helpers.data.dataset import Clips, Dataset, Recordings, Split
from kws_helpers.data.layout import CLASS_NAMES, CLIP_SAMPLES, KEYWORDS, SAMPLE_RATE, DataError
from kws_helpers.data.sources import find_source
from kws_helpers.data.store import open_store
from kws_helpers.desk.messages import warn
from kws_helpers.desk.text import counted

__all__ = ["CLASS_NAMES", "CLIP_SAMPLES", "KEYWORDS", "SAMPLE_RATE", "Clips", "DataError", "Dataset", "Recordings",
           "Split", "load"]

_MOST_PERCENT = 1000
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
    cache, in the folder KWS_CACHE or else the user's cache folder. Warnings name files that cannot be read, and say
    what is read otherwise than somebody may think.

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
        ValueError: a number is out of range, or none.

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
    _check_numbers(unknown_percent, silence_percent, seed, max_per_word)
    found = find_source(source)
    store = open_store(found, max_per_word)
    if store.unusable:
        shown = [f"{file} ({why})" for file, why in list(store.unusable.items())[:_NAMES_SHOWN]]
        more = ", ..." if len(store.unusable) > _NAMES_SHOWN else ""
        warn(
            f"{counted(len(store.unusable), f'file of {found.name} was', f'files of {found.name} were')} left out: "
            f"{', '.join(shown)}{more}. Record or copy what you need again, and remove the rest. The list is "
            "dataset.left_out."
        )
    for remark in store.remarks:
        warn(f"{found.name}: {remark}")
    return build_dataset(store, found.name, unknown_percent, silence_percent, seed)


def _check_numbers(unknown_percent: float | None, silence_percent: float, seed: int, max_per_word: int | None) -> None:
    for name, percent in {"unknown_percent": unknown_percent, "silence_percent": silence_percent}.items():
        if percent is None and name == "unknown_percent":
            continue
        if not isinstance(percent, Real) or not 0 <= percent <= _MOST_PERCENT:
            raise ValueError(f"{name} is a number of at least 0 and at most {_MOST_PERCENT:,}, and not {percent!r}")
    if not isinstance(seed, Integral) or seed < 0:
        raise ValueError(f"seed is a whole number of at least 0, and not {seed!r}")
    if max_per_word is not None and (not isinstance(max_per_word, Integral) or max_per_word < 1):
        raise ValueError(f"max_per_word is a whole number of at least 1, or None for all, and not {max_per_word!r}")
