"""The archive, in the layout of Speech Commands (Warden 2018, arXiv:1804.03209): same contents, same bytes."""

import io
import tarfile
from collections.abc import Iterable
from pathlib import Path

from tools.voices.cast import Clip

LISTS = {"validation_list.txt": "validation", "testing_list.txt": "testing"}


def split_lists(clips: Iterable[Clip]) -> dict[str, bytes]:
    """The files that name the clips of two splits; all other clips are for training."""
    clips = sorted(clips)
    return {
        file: "".join(f"{clip.name}\n" for clip in clips if clip.speaker.split == split).encode()
        for file, split in LISTS.items()
    }


def write_archive(output: Path, files: dict[str, bytes]) -> None:
    """Write a tar of the files, sorted by name, without times and owners."""
    with tarfile.open(output, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def read_archive(path: Path) -> dict[str, bytes]:
    """Return the files of an archive, by name."""
    with tarfile.open(path) as archive:
        return {entry.name: archive.extractfile(entry).read() for entry in archive if entry.isfile()}
