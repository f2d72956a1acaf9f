"""Sentences about recordings that may not be what somebody thinks: where they lie, and how they sound."""

from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

import numpy as np

from kws_helpers.data.layout import (
    KEYWORDS,
    NOISE_FOLDER,
    SILENCE_FOLDER,
    SPLITS,
    UNKNOWN_FOLDER,
    Place,
    meant_by,
    plain,
    split_of,
    word_of,
)
from kws_helpers.desk.text import counted, listed

_SILENT = 33  # of 32768: -60 dB
_AT_FULL_SCALE = 0.3  # of the samples that are not 0; the loudest clips of Speech Commands have half as many
_OFFSET = 1638  # of 32768: a twentieth


def doubt(samples: np.ndarray) -> str | None:
    """Return what is odd about the samples of a clip, (n,) int16, or None."""
    low, high = int(samples.min()), int(samples.max())
    if max(high, -low) < _SILENT:
        return "zeros or nearly so, as if scaled twice"
    if high == 32767 or low == -32768:
        loudest = np.count_nonzero((samples == 32767) | (samples == -32768))
        if loudest > _AT_FULL_SCALE * np.count_nonzero(samples):
            return "mostly at full scale, as if never scaled to -1 … 1"
    if not ((samples[:100] & 0xFF).any() or (samples & 0xFF).any()):
        return "only 8 bits a sample"
    return "a mean far from 0" if abs(samples.mean()) > _OFFSET else None


def on_sounds(doubtful: dict[PurePosixPath, str], total: int) -> list[str]:
    """Return a sentence on clips that sound odd, with a count and an example of each kind."""
    counts, examples = Counter(doubtful.values()), {why: path for path, why in sorted(doubtful.items(), reverse=True)}
    kinds = [f"{why} ({count:,}, such as {plain(str(examples[why]))})" for why, count in counts.most_common()]
    was_read = "was read, but listen to it" if len(doubtful) == 1 else "were read, but listen to them"
    return [f"{len(doubtful):,} of {total:,} clips {was_read}: {'; '.join(kinds)}."] if kinds else []


def on_places(root: tuple[str, ...], places: Collection[Place], elsewhere: Collection[PurePosixPath],
              has_lists: bool) -> list[str]:
    """Return sentences on folders that were read in a way that may surprise, and on recordings that were not read.

    Args:
        root: the folders above the folders of words.
        places: of the recordings that were read.
        elsewhere: sounds that were not read, because they lie in other folders.
        has_lists: split lists name some of the recordings.
    """
    said = [f"the recordings were found in {'/'.join(root)}/."] if len(root) > 1 else []
    if elsewhere:
        said.append(f"{counted(len(elsewhere), 'sound file does', 'sound files do')} not lie in "
                    f"{'/'.join((*root, 'WORD'))}/, such as {plain(str(min(elsewhere)))}. What lies elsewhere is not "
                    "read.")
    folders = sorted({place.folder for place in places})
    words = {word_of(folder) for folder in folders}
    special = (*KEYWORDS, NOISE_FOLDER, SILENCE_FOLDER, UNKNOWN_FOLDER)
    if other := [folder for folder in folders if folder != word_of(folder) in special]:
        said.append(f"{_folders(other, 'is', 'are')} read as {_all(map(word_of, other))}.")
    if meant := {folder: meant_by(folder) for folder in folders if meant_by(folder)}:
        said.append(f"{_folders(meant, 'counts', 'count')} as other words (unknown). To have "
                    f"{'it' if len(meant) == 1 else 'them'} read as {_all(meant.values())}, rename "
                    f"{'it' if len(meant) == 1 else 'them'}.")
    of_words = (place for place in places if word_of(place.folder) != NOISE_FOLDER)
    said += _on_splits({place.split_folder for place in of_words} - {""}, has_lists)
    if words & {SILENCE_FOLDER, UNKNOWN_FOLDER} and not has_lists:
        said.append(
            f"there are {SILENCE_FOLDER}/ and {UNKNOWN_FOLDER}/, as in the official test set, and no split lists: all "
            "recordings are for testing." if {SILENCE_FOLDER, UNKNOWN_FOLDER} <= words else
            f"{UNKNOWN_FOLDER}/ is read as other words." if UNKNOWN_FOLDER in words else
            f"{SILENCE_FOLDER}/ is read as the clips of silence; none are drawn from background noise.")
    return said


def _on_splits(folders: set[str], has_lists: bool) -> list[str]:
    splits = {split_of(folder) for folder in folders}
    if not splits:
        return []
    if len(splits) == 1:
        return [f"{_all(folders)} is the only folder named after a split, so it does not decide on the splits."]
    drawn = "".join(f"; some speakers of training are taken for {split}" for split in SPLITS[1:] if split not in splits)
    where = ", where no list does" if has_lists else ""
    return [f"The folders {_all(sorted(folders))} decide on the splits{where}{drawn}."]


def _folders(names: Iterable[str], one: str, several: str) -> str:
    names = dict.fromkeys(map(plain, names))
    return f"The folder {_all(names)} {one}" if len(names) == 1 else f"The folders {_all(names)} {several}"


def _all(names: Iterable[str]) -> str:
    return listed(repr(name) if name != name.strip() else name for name in map(plain, names))
