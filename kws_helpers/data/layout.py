"""The Speech Commands layout: which file is what (Warden 2018, arXiv:1804.03209).

A recording is `word/<speaker>_nohash_<number>.wav`. Background noise lies in `_background_noise_/`;
`validation_list.txt` and `testing_list.txt` name the recordings of two splits. The official 12-class test set
has `_silence_/` and `_unknown_/<word>_<speaker>_nohash_<number>.wav.wav` instead.
"""

import re
from pathlib import PurePosixPath

SAMPLE_RATE = 16_000  # samples per second
CLIP_SAMPLES = 16_000  # one second

KEYWORDS = ("yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go")
CLASS_NAMES = (*KEYWORDS, "unknown", "silence")
UNKNOWN = CLASS_NAMES.index("unknown")
SILENCE = CLASS_NAMES.index("silence")

SPLITS = ("training", "validation", "testing")
LISTS = {"validation_list.txt": "validation", "testing_list.txt": "testing"}
NOISE_FOLDER = "_background_noise_"
SILENCE_FOLDER = "_silence_"
UNKNOWN_FOLDER = "_unknown_"

_SUFFIXES = (
    "wav", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "au", "caf", "w64",
    "m4a", "aac", "wma", "webm",  # libsndfile cannot read these: a student is told so by name
)  # fmt: skip
_RECORDING = re.compile(
    rf"([^/.][^/]*/)?(?:{NOISE_FOLDER}|{SILENCE_FOLDER}|{UNKNOWN_FOLDER}|[^/._][^/]*)/[^/.][^/]*\.(?i:{'|'.join(_SUFFIXES)})"
)


class DataError(ValueError):
    """The data cannot be loaded; the message says what to do."""


def is_wanted(path: PurePosixPath) -> bool:
    """Whether a file of an archive is one that the loader reads."""
    return is_list(path) or is_recording(path)


def is_list(path: PurePosixPath) -> bool:
    """Whether a file is a split list, at the top or in a single top folder."""
    return path.name in LISTS and len(path.parts) <= 2


def is_recording(path: PurePosixPath) -> bool:
    """Whether a file by its place and name is a recording: `word/name.wav`, with or without a top folder."""
    return _RECORDING.fullmatch(str(path)) is not None


def is_clip(path: PurePosixPath) -> bool:
    """Whether a file is a recording of a word, and not of background noise."""
    return is_recording(path) and path.parts[-2] != NOISE_FOLDER


def word_and_speaker(name: str) -> tuple[str, str]:
    """Return what is spoken in the recording `folder/file`, and by whom.

    A file without "_nohash_" in its name is a speaker of its own, as in the official rule.

    Example:
        >>> word_and_speaker("yes/0a7c2a8d_nohash_0.wav")
        ('yes', '0a7c2a8d')
    """
    folder, file = name.split("/")
    speaker = re.sub(r"_nohash_.*$", "", file)
    if folder == UNKNOWN_FOLDER and "_" in speaker:
        word, _, speaker = speaker.rpartition("_")
        return word, speaker
    return folder, speaker
