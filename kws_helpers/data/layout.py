"""The Speech Commands layout: which file is what (Warden 2018, arXiv:1804.03209).

A recording is `word/<speaker>_nohash_<number>.wav`, and may lie some folders deeper; one of these may be named after a
split, such as `train/` or `test/`. Background noise lies in `_background_noise_/`, which may lie in a split's folder,
too; `validation_list.txt` and `testing_list.txt` name the recordings of two splits. The official 12-class test set has
`_silence_/` and `_unknown_/<word>_<speaker>_nohash_<number>.wav.wav` instead. Upper and lower case are alike.
"""

import functools
import re
import unicodedata
from pathlib import PurePosixPath
from typing import NamedTuple

SAMPLE_RATE = 16_000  # samples per second
CLIP_SAMPLES = 16_000  # one second

KEYWORDS = ("yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go")
CLASS_NAMES = (*KEYWORDS, "unknown", "silence")
UNKNOWN = CLASS_NAMES.index("unknown")
SILENCE = CLASS_NAMES.index("silence")

SPLITS = ("training", "validation", "testing")
NOISE_FOLDER = "_background_noise_"
SILENCE_FOLDER = "_silence_"
UNKNOWN_FOLDER = "_unknown_"
DEEPEST = 5  # folders above a recording

_SPECIAL = (NOISE_FOLDER, SILENCE_FOLDER, UNKNOWN_FOLDER)
_SUFFIXES = (
    "wav", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "au", "caf", "w64",
    "m4a", "aac", "wma", "webm",  # libsndfile cannot read these: a student is told so by name
)  # fmt: skip
_SOUND = re.compile(rf"[^.].*?(\.({'|'.join(_SUFFIXES)}))+", re.IGNORECASE)
_SPLIT = re.compile(
    r"(?:(?P<training>train|training)|(?P<validation>val|valid|validation|dev|devel)|"
    r"(?P<testing>test|testing|eval|evaluation))(?:[_ -]?(?:set|split|data|list|files))?"
)
_LIST = re.compile(r"(.+)\.(txt|csv|tsv|lst)")
_MEANT = dict.fromkeys(("noise", "background", "backgroundnoise", "bgnoise"), NOISE_FOLDER)
_MEANT |= {"silence": SILENCE_FOLDER, "silent": SILENCE_FOLDER, "unknown": UNKNOWN_FOLDER}


class DataError(ValueError):
    """The data cannot be loaded; the message says what to do."""


class Place(NamedTuple):
    """Where a recording lies."""

    root: tuple[str, ...]  # the folders above, but for one that is named after a split
    split_folder: str  # that one, or ""
    folder: str
    file: str


def place_of(path: PurePosixPath) -> Place | None:
    """Return where a recording lies; None for a file that is none, by its place and name."""
    if not 2 <= len(path.parts) <= DEEPEST + 1 or path.is_absolute() or not is_sound(path):
        return None
    *above, folder, file = path.parts
    if folder.startswith("_") and word_of(folder) not in _SPECIAL:
        return None
    named = next((number for number in reversed(range(len(above))) if split_of(above[number])), None)
    split_folder = "" if named is None else above.pop(named)
    return Place(tuple(above), split_folder, folder, file)


def is_wanted(path: PurePosixPath) -> bool:
    """Whether a file of an archive is one that the loader looks at."""
    return is_sound(path) or list_split(path) is not None


def is_sound(path: PurePosixPath) -> bool:
    """Whether a file by its name is a sound, and not a hidden one."""
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return not hidden and _SOUND.fullmatch(path.name) is not None


def is_clip(path: PurePosixPath) -> bool:
    """Whether a file is a recording of a word, and not of background noise."""
    place = place_of(path)
    return place is not None and word_of(place.folder) != NOISE_FOLDER


@functools.cache
def split_of(name: str) -> str | None:
    """Return the split that a folder is named after: "training" for `train`, `Training_Set` and others."""
    match = _SPLIT.fullmatch(name.strip().casefold())
    return match and match.lastgroup


def list_split(path: PurePosixPath) -> str | None:
    """Return the split that a list such as `testing_list.txt` is of; None for a file that is none."""
    match = _LIST.fullmatch(path.name.casefold())
    return match and split_of(match[1])


def stem_of(file: str) -> str:
    """Return what tells a recording from others, in whatever format and case it is written.

    Example:
        >>> stem_of("0a7c2a8d_nohash_0.WAV")
        '0a7c2a8d_nohash_0'
    """
    match = _SOUND.fullmatch(file)
    return plain(file[: match.start(1)] if match else file).casefold()


def plain(name: str) -> str:
    """Return a name in one of the two ways in which Unicode can write it; macOS likes the other."""
    return unicodedata.normalize("NFC", name)


@functools.cache
def word_of(folder: str) -> str:
    """Return the word that a folder is named after: "yes" for `Yes`."""
    return plain(folder).strip().casefold()


def meant_by(folder: str) -> str | None:
    """Return the folder that somebody may have meant: "yes" for `yes_`; None where there is no doubt.

    Example:
        >>> meant_by("yes_"), meant_by("Noise"), meant_by("yes"), meant_by("bed")
        ('yes', '_background_noise_', None, None)
    """
    word = word_of(folder)
    if word in (*KEYWORDS, *_SPECIAL):
        return None
    letters = re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", word))
    if split_of(word):
        return f"{folder}/WORD"
    return letters[0] if letters and letters[0] in KEYWORDS else _MEANT.get("".join(letters))


def word_and_speaker(name: str) -> tuple[str, str]:
    """Return what is spoken in the recording `folder/file`, and by whom.

    A file without "_nohash_" in its name is a speaker of its own, as in the official rule.

    Example:
        >>> word_and_speaker("yes/0a7c2a8d_nohash_0.wav")
        ('yes', '0a7c2a8d')
    """
    folder, file = name.split("/")[-2:]
    speaker = re.sub(r"_nohash_.*$", "", file)
    if word_of(folder) == UNKNOWN_FOLDER and "_" in speaker:
        word, _, speaker = speaker.rpartition("_")
        return word_of(word), speaker
    return word_of(folder), speaker
