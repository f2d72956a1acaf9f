"""Bring what came back into nbgrader's layout, `<student>/<lesson>/<lesson>.ipynb`, which `grade` takes.

    unpack.py   every file, through zip files in zip files; aside.py, kinds.py   what is nobody's work
    level.py, download_names.py   whose it is
    here        which lesson it is, and which of several counts
    placing.py  where it goes, with what lies beside it
"""

import os
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from autograder.building.lesson import CHALLENGE, lesson_names
from autograder.intake.aside import lesson_named
from autograder.intake.download_names import Owner, owner_of
from autograder.intake.level import Work, level_of
from autograder.intake.placing import Extra, note_time, place_beside, put
from autograder.intake.submissions import demand_apart
from autograder.intake.unpack import NETWORK_FILE, NOTEBOOK, OTHER, Arrival, LeftOut, Unread, arrivals
from kws_helpers.desk.beside import NETWORK
from kws_helpers.desk.file_text import Unreadable
from kws_helpers.desk.handed_out import notebook_of
from kws_helpers.desk.notebook import read
from kws_helpers.desk.text import listed


@dataclass(frozen=True)
class Placed:
    """A file that is in its place now; `remark` says what happened there."""

    student: str
    file: str
    path: PurePosixPath
    remark: str


@dataclass(frozen=True)
class _Piece:
    """A file that came back. It waits in `kept`, so that a class need not fit into memory."""

    path: PurePosixPath
    kept: Path
    kind: str
    lesson: str = ""
    problem: str = ""
    owner: Owner | None = None

    @property
    def file(self) -> str:
        return NETWORK if self.kind == NETWORK_FILE else f"{self.lesson}.ipynb"


def collect(source: Path, submissions: Path, student: str = "", lesson: str = "") -> Iterator[Placed | LeftOut]:
    """Place every notebook with what lies beside it, and every network of the challenge; say what became of each file.

    Args:
        source: a folder or zip file with the work of a class, or what `student` handed in: that may be a notebook, too.
        submissions: where it goes.
        student: whose all of it is, as the name of a folder; "" where `source` says so.
        lesson: what a notebook is taken for that does not say it itself.

    Raises:
        ValueError: the source cannot be opened, it is not clear who its students are, or one of the two folders is in
            the other.
    """
    demand_apart(source, submissions)
    came, is_new = arrivals(source, bool(student)), not submissions.exists()
    submissions.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".collect-", dir=submissions) as waiting:
            pieces, others = [], []
            for number, one in enumerate(came):
                if isinstance(one, Arrival):
                    pieces.append(_keep(one, Path(waiting) / str(number), lesson))
                else:
                    others.append(one)
            yield from _Class(pieces, others, submissions, student).settle()
    except ValueError:
        if is_new:
            with suppress(OSError):
                submissions.rmdir()
        raise


def _keep(arrival: Arrival, kept: Path, lesson: str) -> _Piece:
    try:
        kept.write_bytes(arrival.content)
    except OSError as error:
        raise ValueError(f"{kept.parent.parent} cannot be written: {error.strerror}. Nothing was placed. Make room "
                         "there, and collect again.") from None
    os.utime(kept, (arrival.time, arrival.time))
    if arrival.kind == NOTEBOOK:
        recognised, problem = _recognised(arrival)
        return _Piece(arrival.path, kept, NOTEBOOK, recognised or lesson, problem)
    return _Piece(arrival.path, kept, arrival.kind, CHALLENGE if arrival.kind == NETWORK_FILE else "")


def _recognised(arrival: Arrival) -> tuple[str, str]:
    """Return the lesson, by the cells or else by the names of file and folders; and what is wrong with the notebook."""
    named = next(filter(None, map(lesson_named, [arrival.path.name, *reversed(arrival.path.parts[:-1])])), "")
    try:
        lesson = notebook_of(read(arrival.content).cells)
    except Unreadable as error:
        return named, str(error)
    return (lesson if lesson in lesson_names() else named), ""


class _Class:
    """Everything that came back, and whose it is."""

    def __init__(self, pieces: list[_Piece], others: list[LeftOut | Unread], submissions: Path, student: str) -> None:
        works = [Work(one.path, one.lesson) for one in pieces if one.kind != OTHER]
        works += [Work(one.path, "") for one in others if isinstance(one, LeftOut) and not one.harmless]
        works = [one for one in works if one.path.parts and ".." not in one.path.parts]
        self._student, self._level = student, level_of([] if student else works)
        self._submissions, self._names, self._tops = submissions, {}, defaultdict(dict)
        for folder in sorted(submissions.iterdir()):
            self._names.setdefault(alike(folder.name), folder.name)
        self._others = others
        self._pieces = [replace(one, owner=self._owner(one.path)) for one in sorted(pieces, key=lambda one: one.path)]
        for one in self._pieces:
            if one.owner and one.owner.time:
                os.utime(one.kept, (one.owner.time, one.owner.time))

    def settle(self) -> Iterator[Placed | LeftOut]:
        """Place what can be placed; of every student and every file say what became of it."""
        yield from self._level.said
        found: list[Placed | LeftOut] = list(self._not_graded())
        groups = defaultdict(list)
        for one in self._pieces:
            if one.owner and not one.owner.typed and one.lesson and _is_graded(one):
                groups[one.owner.student, one.lesson, one.file].append(one)
        homes = defaultdict(dict)
        for (student, lesson, _), candidates in sorted(groups.items()):
            for result in _settle(candidates, self._submissions):
                found.append(result)
                if isinstance(result, Placed) and result.file != NETWORK:
                    chosen = next(one for one in candidates if one.path == result.path)
                    homes[student].setdefault(chosen.owner.inside.parent, []).append(lesson)
        found += self._hidden(groups)
        self._add_what_is_beside(found, homes, groups)
        yield from [*found, *self._merged(), *self._without(found)]

    def _not_graded(self) -> Iterator[LeftOut]:
        """Yield what is not used for itself: what has no owner, what nobody handed in, notebooks of no lesson."""
        for one in self._others:
            if isinstance(one, LeftOut):
                owner = self._owner(one.path)
                yield replace(one, student=owner.student if owner else "")
        for one in self._pieces:
            if one.owner is None:
                harmless = one.path.name.lower() == "index.html"  # Brightspace's list of what was handed in
                yield LeftOut(one.path, "does not say whose it is. Put it into a folder with the student's name."
                              if not harmless else "is a list that a platform made.", harmless)
            elif one.owner.typed:
                yield LeftOut(one.path, one.owner.typed, True, one.owner.student)
            elif one.kind == NOTEBOOK and not one.lesson:
                reason = one.problem or "is a notebook, but of no lesson: neither its cells nor its name say which."
                yield LeftOut(one.path, reason, student=one.owner.student)

    def _hidden(self, groups: dict) -> Iterator[LeftOut]:
        """Yield lessons of which a student has a notebook only where nobody looks for one."""
        said = set()
        for one in self._others:
            owner = self._owner(one.path) if isinstance(one, Unread) and one.lesson else None
            key = owner and (owner.student, one.lesson, f"{one.lesson}.ipynb")
            if key and key not in groups and key not in said:
                said.add(key)
                yield LeftOut(one.path, "is in a folder of tools or copies, where nothing counts, and is the only "
                                        f"{one.lesson}.ipynb of {owner.student}. If it is the student's work, put it "
                                        "into the student's folder and collect again.", student=owner.student)

    def _add_what_is_beside(self, found: list[Placed | LeftOut], homes: dict, groups: dict) -> None:
        extras, beside = defaultdict(list), defaultdict(list)
        for one in self._pieces:
            if one.owner and not one.owner.typed and (one.kind == OTHER or not _is_graded(one)):
                extras[one.owner.student].append(Extra(one.path, one.kept, one.owner.inside, one.owner.turn))
        for student, files in extras.items():
            for one in place_beside(files, homes[student], self._submissions / student):
                if isinstance(one, LeftOut):
                    found.append(replace(one, student=student))
                else:
                    beside[student, f"{one.lesson}.ipynb"].append(one.name)
            has_network = (student, CHALLENGE, NETWORK) in groups
            found += [LeftOut(one.path, f"is called like a network, but not {NETWORK}: it takes no part in the "
                                        "challenge.", has_network, student)
                      for one in files if _is_like_a_network(one.inside)]
        for place, one in enumerate(found):
            if isinstance(one, Placed) and (names := beside[one.student, one.file]):
                found[place] = replace(one, remark=f"{one.remark}; with {listed(sorted(names), most=3)}")

    def _merged(self) -> Iterator[LeftOut]:
        """Yield one line for each student whose work came under several names."""
        for student, tops in self._tops.items():
            first, *more = sorted(tops)
            if more:
                yield LeftOut(PurePosixPath(first), f"and {', '.join(more)} are taken for one student's, {student}.",
                              harmless=True, student=student)

    def _without(self, found: list[Placed | LeftOut]) -> Iterator[LeftOut]:
        """Yield one line for each student of whom nothing was placed and nothing else was said."""
        named = {one.student for one in found if isinstance(one, Placed) or not one.harmless}
        for one in [*self._others, *self._pieces]:
            is_folder = isinstance(one, Unread) and not one.lesson
            owner = self._owner(one.path / "_" if is_folder and one.path.parts else one.path)
            if owner and owner.student not in named:
                named.add(owner.student)
                place = one.path.parts[:self._level.depth_of(one.path) + 1]
                yield LeftOut(PurePosixPath(*place), "has no notebook of a lesson in it, so nothing was placed.",
                              student=owner.student)

    def _owner(self, path: PurePosixPath) -> Owner | None:
        """Return whose a file is. Names that differ only in case or in how accents are written are one student's."""
        if self._student:
            return Owner(self._student, path)
        below = self._level.below(path)
        owner = owner_of(below) if below else None
        if owner is None:
            return None
        if owner.student.startswith("anon_"):  # where case counts
            return owner
        student = self._names.setdefault(alike(owner.student), owner.student)
        if not owner.numbered:
            self._tops[student][below.parts[0]] = True
        return replace(owner, student=student)


def alike(name: str) -> str:
    """Return what is the same for all names that are taken for one student's."""
    return unicodedata.normalize("NFC", name).casefold()


def _is_graded(one: _Piece) -> bool:
    """Tell whether a piece is a notebook, or a network that is called as the challenge's."""
    return one.kind == NOTEBOOK or (one.kind == NETWORK_FILE and one.owner.inside.name.lower().startswith("challenge"))


def _is_like_a_network(inside: PurePosixPath) -> bool:
    return inside.name.lower().endswith(".keras") or any(
        part.lower().startswith("challenge") and part.lower().endswith((".keras", ".h5", ".hdf5", ".tflite"))
        for part in inside.parts)


def _settle(candidates: list[_Piece], submissions: Path) -> Iterator[Placed | LeftOut]:
    """Place the one that counts: of several hand-ins the last; in one hand-in as `submissions` chooses in a folder."""
    last = max(one.owner.turn for one in candidates)
    latest = [one for one in candidates if one.owner.turn == last]
    chosen = _meant(latest)
    student, file, first = chosen[0].owner.student, chosen[0].file, chosen[0]
    for one in candidates:
        if one.owner.turn < last:
            yield LeftOut(one.path, f"is an earlier {file}; a later one counts: {first.path}.", True, student)
    contents = {one.path: one.kept.read_bytes() for one in latest}
    if len({contents[one.path] for one in chosen}) > 1:
        for one in latest:
            yield LeftOut(one.path, f"is one of {len(latest)} different {file} of {student}. Which is meant is not "
                                    f"clear, so none was placed: call the one that counts {file}, and collect again.",
                          student=student)
        return
    for one in latest:
        if one is not first and contents[one.path] == contents[first.path]:
            yield LeftOut(one.path, f"is the same as {first.path}.", True, student)
        elif one is not first:
            yield LeftOut(one.path, f"is another {file}, and differs; {first.path} counts, since its name is nearer to "
                                    "the lesson's.", student=student)
    yield _place(first, submissions)


def _meant(candidates: list[_Piece]) -> list[_Piece]:
    """Return those with the file's own name, or else those whose name begins with the lesson's, or else all."""
    names = {id(one): one.owner.inside.name.lower() for one in candidates}
    exact = [one for one in candidates if names[id(one)] == one.file]
    return exact or [one for one in candidates if names[id(one)].startswith(one.lesson)] or candidates


def _place(one: _Piece, submissions: Path) -> Placed | LeftOut:
    student = one.owner.student
    try:
        remark = put(one.kept, submissions / student / one.lesson / one.file)
        if one.kind == NOTEBOOK:
            note_time(submissions / student / one.lesson, one.owner.time, remark)
    except OSError as error:
        return LeftOut(one.path, f"could not be placed: {error.strerror}.", student=student)
    return Placed(student, one.file, one.path, f"{remark}; it {one.problem}" if one.problem else remark)
