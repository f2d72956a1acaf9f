"""A share of the recordings: the same on every machine, whatever the order in which the files come."""

import hashlib
import heapq
import math
from collections import defaultdict
from pathlib import PurePosixPath

from .layout import word_and_speaker


class Share:
    """At most `max_per_word` recordings of each word, of every speaker all or none; None keeps everything.

    The speakers queue in the order of their names' SHA-256. A word takes the recordings of one after the
    other, until those of the next one would be too many. So nothing has to be counted beforehand: who is last
    in the queue goes when there are too many, and whoever comes later and stands behind does not get in.
    """

    def __init__(self, max_per_word: int | None):
        self._is_all = max_per_word is None
        self._words = defaultdict(lambda: _Word(max_per_word))
        self._dropped = []

    def takes(self, path: PurePosixPath) -> bool:
        """Count a recording in, for whose sake others may be dropped; False where it is not in the share itself."""
        if self._is_all:
            return True
        dropped = self._words[path.parent].add(_rank(path), path)
        self._dropped += dropped
        return path not in dropped

    def holds(self, path: PurePosixPath) -> bool:
        """Whether a recording that was once taken is still in the share."""
        return self._is_all or self._words[path.parent].has_room_for(_rank(path))

    def dropped(self) -> list[PurePosixPath]:
        """What has been dropped since the last call."""
        dropped, self._dropped = self._dropped, []
        return dropped


class _Word:
    """The recordings of one word by the speakers before `_end` in the queue; all ranks here are negative."""

    def __init__(self, most: float):
        self._most = most
        self._count = 0
        self._speakers = defaultdict(set)
        self._queue = []  # a heap, whose first is the last of the speakers
        self._end = -math.inf

    def has_room_for(self, rank: int) -> bool:
        return rank > self._end

    def add(self, rank: int, path: PurePosixPath) -> set[PurePosixPath]:
        """Returns what is no longer in."""
        if not self.has_room_for(rank):
            return {path}
        if rank not in self._speakers:
            heapq.heappush(self._queue, rank)
        self._count += path not in self._speakers[rank]
        self._speakers[rank].add(path)
        if self._count <= self._most:
            return set()
        self._end = heapq.heappop(self._queue)
        dropped = self._speakers.pop(self._end)
        self._count -= len(dropped)
        return dropped


def _rank(path: PurePosixPath) -> int:
    _, speaker = word_and_speaker("/".join(path.parts[-2:]))
    return -int.from_bytes(hashlib.sha256(speaker.encode("utf-8", "surrogateescape")).digest()[:8])
