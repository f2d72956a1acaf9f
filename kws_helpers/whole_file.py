"""Write files that are whole, or not there: never half of one under its own name."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path, unfinished: Path | None = None) -> Iterator[BinaryIO]:
    """Open a file beside its place to be written; at the end force it onto the disk, and rename it.

    What was there before stays until then.

    Args:
        unfinished: where it is written, if several processes may write the same file at once. By default always under
            the same name: what a killed process left of it is written over.

    Raises:
        OSError: it could not be written; the earlier file is still there.
    """
    unfinished = unfinished or path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file whose content is at hand, as `whole_file`, and make the folder that it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)
