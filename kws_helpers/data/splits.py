"""Which recordings are for training, validation and testing: no speaker is in two splits."""

import hashlib
from collections import defaultdict

from kws_helpers.data.layout import SILENCE_FOLDER, UNKNOWN_FOLDER
from kws_helpers.desk.messages import warn

# The official rule counts a speaker's SHA-1 modulo 2**27 in per cent of 2**27 - 1: its bounds of 10 % and 20 %.
_VALIDATION_BELOW = 13_421_773
_TESTING_BELOW = 26_843_546


def split_by_hash(speaker: str) -> str:
    """Return a speaker's split by the official rule: the hash of the name decides, whoever else is there.

    Source: Warden 2018, arXiv:1804.03209, and `which_set` of its code.

    Example:
        >>> split_by_hash("bb05582b")
        'testing'
    """
    digest = hashlib.sha1(speaker.encode("utf-8", "surrogateescape"), usedforsecurity=False).digest()
    place = int.from_bytes(digest[-4:], "big") & (2**27 - 1)
    if place < _VALIDATION_BELOW:
        return "validation"
    return "testing" if place < _TESTING_BELOW else "training"


def is_test_set(names: list[str], lists: dict[str, set[str]]) -> bool:
    """Whether a source is a ready test set: folders `_unknown_` or `_silence_`, and no lists."""
    return not lists and any(name.startswith((UNKNOWN_FOLDER + "/", SILENCE_FOLDER + "/")) for name in names)


def assign_splits(names: list[str], speakers: list[str], lists: dict[str, set[str]]) -> list[str]:
    """Return the split of every recording: all "testing" in a ready test set, else the lists', else the hash rule's.

    A speaker whom the lists put into several splits is named in a warning.
    """
    if is_test_set(names, lists):
        return ["testing"] * len(names)
    splits = [_split(name, speaker, lists) for name, speaker in zip(names, speakers, strict=True)]
    _warn_of_shared_speakers(speakers, splits)
    return splits


def _split(name: str, speaker: str, lists: dict[str, set[str]]) -> str:
    for split in ("testing", "validation"):
        if name in lists.get(split, ()):
            return split
    by_hash = split_by_hash(speaker)
    return "training" if by_hash in lists else by_hash  # a list names all clips of its split


def _warn_of_shared_speakers(speakers: list[str], splits: list[str]) -> None:
    where = defaultdict(set)
    for speaker, split in zip(speakers, splits, strict=True):
        where[speaker].add(split)
    shared = sorted(speaker for speaker, found in where.items() if len(found) > 1)
    if shared:
        warn(
            f"The split lists put {len(shared):,} of {len(where):,} speakers into more than one split "
            f"({', '.join(shared[:5])}{', ...' if len(shared) > 5 else ''}): accuracies will look better than they "
            "are. Correct the lists, or remove them so that the official hash rule decides."
        )
