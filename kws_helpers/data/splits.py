"""Which recordings are for training, validation and testing: no speaker is in two splits."""

import hashlib
import math
from collections import defaultdict
from itertools import compress
from pathlib import PurePosixPath

from kws_helpers.data.layout import KEYWORDS, SILENCE_FOLDER, SPLITS, UNKNOWN_FOLDER, place_of, split_of, word_of
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
    place = _place(speaker)
    if place < _VALIDATION_BELOW:
        return "validation"
    return "testing" if place < _TESTING_BELOW else "training"


def _place(speaker: str) -> int:
    digest = hashlib.sha1(speaker.encode("utf-8", "surrogateescape"), usedforsecurity=False).digest()
    return int.from_bytes(digest[-4:], "big") & (2**27 - 1)


def is_test_set(names: list[str], lists: dict[str, set[str]]) -> bool:
    """Whether a source is a ready test set: folders `_unknown_` and `_silence_`, and no lists."""
    return not lists and {SILENCE_FOLDER, UNKNOWN_FOLDER} <= {word_of(name.split("/")[-2]) for name in names}


def assign_splits(names: list[str], speakers: list[str], lists: dict[str, set[str]], whole: bool) -> list[str]:
    """Return the split of every recording: "testing" in a ready test set, else its list's, its folder's or the hash's.

    A list or a folder names all clips of its split, except that one folder alone says nothing. A speaker who gets into
    several splits is named in a warning.

    Args:
        names: of the recordings.
        speakers: who speaks in them.
        lists: the recordings that the list of a split names.
        whole: each line of the lists names a recording; otherwise that is what has to be put right.
    """
    if is_test_set(names, lists):
        return ["testing"] * len(names)
    folders = [split_of(place_of(PurePosixPath(name)).split_folder) for name in names]
    if len(set(folders) - {None}) < 2:
        folders = [None] * len(names)
    given = {*lists, *folders}
    splits = []
    for name, speaker, folder in zip(names, speakers, folders, strict=True):
        split = next((split for split in reversed(SPLITS) if name in lists.get(split, ())), None)
        if split is None:
            by_hash = split_by_hash(speaker)
            split = folder if folder not in (None, "training") else "training" if by_hash in given else by_hash
        splits.append(split)
    _warn_of_shared_speakers(names, speakers, splits, whole)
    _fill_empty_splits(names, speakers, splits, given - {None})
    return splits


def _fill_empty_splits(names: list[str], speakers: list[str], splits: list[str], given: set[str]) -> None:
    """Where the hash rule leaves a split without keywords, give it a tenth of training's speakers of keywords.

    Those with the lowest hash go. Of one or two speakers, recordings go, a tenth of each word.
    """
    few = len(set(speakers)) < len(SPLITS)
    units = names if few else speakers
    is_keyword = [word_of(name.split("/")[-2]) in KEYWORDS for name in names]
    if not any(is_keyword):
        return
    if not given and "training" not in compress(splits, is_keyword):
        splits[:] = ["training"] * len(splits)
    filled = []
    for split in SPLITS[1:]:
        keywords = set(compress(zip(splits, units), is_keyword))
        if split in given or split in {one for one, _ in keywords}:
            continue
        groups = defaultdict(list)
        for one, unit in keywords:
            if one == "training":
                groups[unit.rpartition("/")[0] if few else ""].append((_place(unit), unit))
        chosen = {unit for group in groups.values() if len(group) > 1
                  for _, unit in sorted(group)[: math.ceil(len(group) / 10)]}
        if chosen:
            splits[:] = [split if unit in chosen else one for unit, one in zip(units, splits)]
            filled.append(split)
    if filled:
        warn(
            f"By the hash rule there are no keywords for {' and '.join(filled)}, so a tenth of those for training goes "
            + ("there: the same voices are in all splits, and accuracies will look better than with strangers. Record "
               "more people." if few else "there, by whole speakers. Record more people to measure well.")
        )


def _warn_of_shared_speakers(names: list[str], speakers: list[str], splits: list[str], whole: bool) -> None:
    """Only a name with "_nohash_" tells who speaks."""
    where = defaultdict(set)
    for name, speaker, split in zip(names, speakers, splits, strict=True):
        if "_nohash_" in name:
            where[speaker].add(split)
    shared = sorted(speaker for speaker, found in where.items() if len(found) > 1)
    if shared:
        reason, remedy = ("", "Put all recordings of a speaker into the same list or folder") if whole else (
            "Since the split lists name recordings that are not here, ", "Correct the lists")
        warn(
            f"{reason}{len(shared):,} of {len(where):,} speakers {'is' if len(shared) == 1 else 'are'} in more than "
            f"one split ({', '.join(shared[:5])}{', ...' if len(shared) > 5 else ''}): accuracies will look better "
            f"than they are. {remedy}, or remove the split lists and folders so that the official hash rule decides."
        )
