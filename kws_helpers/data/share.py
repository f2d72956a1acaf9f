"""A share of the recordings: the same on every machine, whatever the order in which the files come."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from kws_helpers.data.layout import word_and_speaker


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
        for speaker in sorted(speakers, key=_place):
            count += len(speakers[speaker])
            if count > max_per_word:
                break
            chosen |= speakers[speaker]
    return chosen


def _place(speaker: str) -> bytes:
    return hashlib.sha256(speaker.encode("utf-8", "surrogateescape")).digest()
