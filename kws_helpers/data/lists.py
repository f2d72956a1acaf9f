"""Split lists, such as `testing_list.txt`: which recordings they name, however they write the names."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain
from pathlib import PurePosixPath

from kws_helpers.data.layout import SPLITS, list_split, plain, stem_of, word_of
from kws_helpers.desk.text import counted


def lines_of(content: bytes) -> list[str]:
    """Return the lines of a text in UTF-8, UTF-16 or Latin-1 that are neither empty nor comments."""
    zeros = content[:1000].count(0), content[1:1000:2].count(0)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    elif zeros[0]:  # every second byte of UTF-16 is 0 where the text is English
        text = content.decode("utf-16-le" if zeros[1] else "utf-16-be", errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("latin-1")
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def match(lists: dict[PurePosixPath, list[str]], names: Iterable[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Find the recordings that lists name: by word and file, whatever stands before and however the file ends.

    Args:
        lists: the lines of each list, by its path.
        names: of all recordings, "word/file".

    Returns:
        The names of the recordings of each split that has a list, and a sentence on whatever is odd in a list. A list
        that names no recording does not count.
    """
    index = defaultdict(set)
    for name in names:
        folder, file = name.split("/")[-2:]
        index[word_of(folder), stem_of(file)].add(name)
        index["", stem_of(file)].add(name)
    splits, remarks = defaultdict(set), []
    for path, lines in sorted(lists.items()):
        found = [_find(line, index) for line in lines]
        if found and not found[0] and not re.search(r"[/\\.]", lines[0]):  # the heading of a table
            lines, found = lines[1:], found[1:]
        missing = [line for line, names in zip(lines, found) if not names]
        if missing or not lines:
            remarks.append(_remark(path, missing, len(lines)))
        if any(found):
            splits[list_split(path)].update(*found)
    counts = Counter(chain(*splits.values()))
    if twice := sorted(name for name, count in counts.items() if count > 1):
        remarks.append(f"{counted(len(twice), 'recording is', 'recordings are')} in several split lists, such "
                       f"as {twice[0]}; testing goes before validation, and validation before training.")
    if len(splits) == len(SPLITS) and (nowhere := sorted(set(names) - set(counts))):
        remarks.append(f"{counted(len(nowhere), 'recording is', 'recordings are')} in no split list, such as "
                       f"{nowhere[0]}: training gets what no list names.")
    return {split: sorted(found) for split, found in splits.items()}, remarks


def _find(line: str, index: dict[tuple[str, str], set[str]]) -> set[str]:
    """The recordings that a line names, as a whole or in one of its columns."""
    for column in (line, *re.split(r"[,;|\t#]", line), *line.split()):
        parts = [part for part in re.split(r"[/\\]", column.strip("\"' ")) if part not in ("", ".")]
        if parts and (found := index.get((word_of(parts[-2]) if parts[1:] else "", stem_of(parts[-1])))):
            return found
    return set()


def _remark(path: PurePosixPath, missing: list[str], total: int) -> str:
    if not total:
        return f"{path} is empty, so it does not count."
    example = f", such as “{plain(missing[0][:100])}”"
    if len(missing) == total:
        names = "The only name" if total == 1 else f"None of the {total:,} names"
        verb = "matches no" if total == 1 else "matches a"
        return f"{names} in {path} {verb} recording{example}, so this list does not count."
    verb = "matches" if len(missing) == 1 else "match"
    return f"{len(missing):,} of the {total:,} names in {path} {verb} no recording{example}."
