"""The notebooks of a student's folder: which lesson each is, whether it was begun, and which of several counts."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from kws_helpers.desk.file_text import Unreadable
from kws_helpers.desk.folder import File, Found, size
from kws_helpers.desk.handed_out import graded_cells, is_begun, notebook_of, notebooks, written
from kws_helpers.desk.notebook import MAX_BYTES, TOO_LARGE, Contents, read

_FRESH = "Rename yours, get a fresh copy of this lesson, and copy into it what you wrote."


@dataclass(frozen=True)
class _Version:
    """A notebook of a lesson. `begun`: it differs from what was handed out."""

    file: File
    raw: bytes
    contents: Contents
    lesson: str

    @property
    def begun(self) -> bool:
        return is_begun(self.lesson, self.contents.cells)


def may_be_notebook(file: File) -> bool:
    """Tell whether a name is that of a notebook, or begins with that of a lesson."""
    return ".ipynb" in file.last_name or file.last_name.startswith(tuple(notebooks()))


def look_at_notebooks(files: list[File]) -> tuple[list[Found], list[File]]:
    """Return what becomes of the notebooks, and the files that are none, though their names begin so."""
    versions: dict[str, list[_Version]] = defaultdict(list)
    found, others = [], []
    for file in files:
        try:
            version = _version(file)
        except OSError as error:
            found.append(Found(file.name, remark=f"cannot be opened: {error.strerror}.", whole=False))
        except Unreadable as problem:
            if ".ipynb" in file.last_name:
                large = f" ({size(file.size)})" if file.size > MAX_BYTES else ""
                found.append(Found(file.name, remark=f"left out{large}, because it {problem}", whole=False))
            else:
                others.append(file)
        else:
            versions[version.lesson].append(version)
    found += [Found(one.file.name, remark="left out, because none of its cells is from a lesson.")
              for one in versions.pop("", [])]
    found += [one for lesson, several in sorted(versions.items()) for one in _settle(lesson, several)]
    return sorted(found, key=lambda one: one.name), others


def _version(file: File) -> _Version:
    if file.size > MAX_BYTES:
        raise Unreadable(TOO_LARGE)
    raw = file.path.read_bytes()
    contents = read(raw)
    named = (name for name in notebooks() if name in file.last_name)
    return _Version(file, raw, contents, notebook_of(contents.cells) or next(named, ""))


def _settle(lesson: str, versions: list[_Version]) -> Iterator[Found]:
    """Choose the version with the lesson's own name if it was begun, or else the only one that was."""
    begun = [one for one in versions if one.begun]
    graded = lesson in graded_cells()
    for one in versions:
        if one not in begun and graded:
            yield Found(one.file.name, remark="left out, because it was not begun: it is as it was handed out.")
        elif not graded and one in begun:
            yield Found(one.file.name, remark=f"left out, because nothing in {lesson} is graded.")
    if not graded or not begun:
        return
    own = [one for one in begun if one.file.name.lower() == f"{lesson}.ipynb"]
    chosen = list({tuple(written(one.contents.cells)): one for one in reversed(own[:1] or begun)}.values())[::-1]
    for one in chosen:
        yield _packed(one, len(chosen))
    for one in begun:
        if one not in chosen:
            yield _another(one, chosen)


def _packed(one: _Version, versions: int) -> Found:
    """Return a version that is packed: under the lesson's name if no other is."""
    own_name, name = f"{one.lesson}.ipynb", one.file.name
    remarks, faults = list(one.contents.notes), [*one.contents.faults, *_lost_cells(one)]
    if versions > 1:
        faults.append(f"There are {versions} versions of {one.lesson}, and which one counts is not clear: call it "
                      f"{own_name}, move the others out of this folder, and pack again.")
    elif name != own_name:
        remarks.insert(0, f"It is packed as {own_name}, because no other version of that lesson was begun.")
    return Found(name, {name if versions > 1 else own_name: one.raw}, " ".join(remarks + faults), not faults)


def _another(one: _Version, chosen: list[_Version]) -> Found:
    same = [other.file.name for other in chosen if written(other.contents.cells) == written(one.contents.cells)]
    if same:
        return Found(one.file.name, remark=f"left out, because its cells are those of {same[0]}.")
    return Found(one.file.name, remark=f"left out, because {chosen[0].file.name} counts, and the two differ. If this "
                                       f"one is meant, call it {one.lesson}.ipynb; if not, move it out of this "
                                       "folder.", whole=False)


def _lost_cells(one: _Version) -> Iterator[str]:
    counts, graded = Counter(cell.grade_id for cell in one.contents.cells), graded_cells()[one.lesson]
    if lost := [name for name in graded if not counts[name]]:
        yield f"It is packed, but without the {_names(lost)}. {_FRESH}"
    if doubled := [name for name in graded if counts[name] > 1]:
        yield (f"It is packed, but with more than one {_names(doubled)}. Keep the one that counts, delete its copies, "
               "and save.")


def _names(grade_ids: list[str]) -> str:
    return f"cell{'s' if len(grade_ids) > 1 else ''} {', '.join(grade_ids)}"
