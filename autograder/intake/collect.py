"""Bring what came back into nbgrader's layout, `<student>/<lesson>/<lesson>.ipynb`, which `grade` takes.

    unpack.py   every file, through zip files in zip files
    download_names.py   whose it is
    here        which lesson it is, which of several counts, and where it goes
"""

import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from autograder.building.lesson import CHALLENGE, lesson_names, nbgrader_cells
from autograder.intake.download_names import Owner, owner_of
from autograder.intake.notebook_file import Unreadable, parse_notebook
from autograder.intake.submissions import demand_apart
from autograder.intake.unpack import Arrival, LeftOut, arrivals
from kws_helpers.desk.beside import NETWORK


@dataclass(frozen=True)
class Placed:
    """A file that is in its place now; `remark` says what happened there."""

    student: str
    file: str
    path: PurePosixPath
    remark: str


@dataclass(frozen=True)
class _Candidate:
    """A file that may be what a student handed in. It waits in `kept`, so that a class need not fit into memory."""

    owner: Owner
    lesson: str
    file: str
    path: PurePosixPath
    kept: Path
    problem: str = ""


def collect(source: Path, submissions: Path) -> Iterator[Placed | LeftOut]:
    """Place every notebook, and every network of the challenge; say of each file what became of it.

    Raises:
        ValueError: the source is neither a folder nor a zip file, or one of the two folders is in the other.
    """
    demand_apart(source, submissions)
    everything, groups = enumerate(arrivals(source)), defaultdict(list)
    submissions.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".collect-", dir=submissions) as waiting:
        for number, arrival in everything:
            found = _candidate(arrival, Path(waiting) / str(number)) if isinstance(arrival, Arrival) else arrival
            if isinstance(found, LeftOut):
                yield found
            else:
                groups[found.owner.student, found.lesson, found.file].append(found)
        for _, candidates in sorted(groups.items()):
            yield from _settle(candidates, submissions)


def _candidate(arrival: Arrival, kept: Path) -> _Candidate | LeftOut:
    owner = owner_of(arrival.path)
    if owner is None:
        return LeftOut(arrival.path, "does not say whose it is. Put it into a folder with the student's name.")
    kept.write_bytes(arrival.content)
    when = arrival.time if owner.time is None else owner.time
    os.utime(kept, (when, when))
    if arrival.path.name.lower().endswith(".keras"):
        return _network(arrival, owner, kept)
    lesson, problem = _recognised(arrival, owner)
    if not lesson:
        return LeftOut(arrival.path, problem or "is a notebook, but of no lesson: neither its cells nor its name say "
                                                "which.")
    return _Candidate(owner, lesson, f"{lesson}.ipynb", arrival.path, kept, problem)


def _network(arrival: Arrival, owner: Owner, kept: Path) -> _Candidate | LeftOut:
    if not owner.original.lower().startswith("challenge"):
        return LeftOut(arrival.path, f"is a network, but not called {NETWORK}.",
                       harmless=owner.original.lower() == "spotter.keras")  # of lesson 06, for lesson 07
    return _Candidate(owner, CHALLENGE, NETWORK, arrival.path, kept)


def _recognised(arrival: Arrival, owner: Owner) -> tuple[str, str]:
    """Return the lesson, by the cells or else by the names of file and folders; and what is wrong with the notebook."""
    try:
        notebook, _ = parse_notebook(arrival.content)
    except Unreadable as error:
        return _named(arrival.path, owner), str(error)
    ids = {str(cell.metadata.get("nbgrader", {}).get("grade_id")) for cell in notebook.cells}
    shares = {lesson: len(ids & {cell["grade_id"] for cell in nbgrader_cells(lesson)}) for lesson in lesson_names()}
    best = max(shares, key=lambda lesson: shares[lesson])
    return (best, "") if shares[best] else (_named(arrival.path, owner), "")


def _named(path: PurePosixPath, owner: Owner) -> str:
    names = [owner.original, *reversed(path.parts[1:-1])]
    return next((lesson for name in names for lesson in lesson_names() if lesson in name.lower()), "")


def _settle(candidates: list[_Candidate], submissions: Path) -> Iterator[Placed | LeftOut]:
    """Place the one that counts: of several hand-ins the last; in one hand-in as `submissions` chooses in a folder."""
    last = max(one.owner.turn for one in candidates)
    for one in candidates:
        if one.owner.turn < last:
            yield LeftOut(one.path, f"is an earlier {one.file}; a later one counts.", harmless=True)
    latest = [one for one in candidates if one.owner.turn == last]
    chosen = _meant(latest)
    if len({one.kept.read_bytes() for one in chosen}) > 1:
        for one in chosen:
            yield LeftOut(one.path, f"is one of {len(chosen)} different {one.file} of {one.owner.student}; which is "
                                    "meant is not clear.")
        return
    for one in latest:
        if one not in chosen:
            yield LeftOut(one.path, f"is another {one.file}; {chosen[0].path.name} counts.", harmless=True)
    yield _place(chosen[0], submissions)


def _meant(candidates: list[_Candidate]) -> list[_Candidate]:
    """Return those with the file's own name, or else those whose name begins with the lesson's, or else all."""
    exact = [one for one in candidates if one.owner.original.lower() == one.file]
    return exact or [one for one in candidates if one.owner.original.lower().startswith(one.lesson)] or candidates


def _place(one: _Candidate, submissions: Path) -> Placed:
    target = submissions / one.owner.student / one.lesson / one.file
    remark = "new"
    if target.exists():
        if target.read_bytes() == one.kept.read_bytes():
            remark = "was here already"
        elif target.stat().st_mtime > one.kept.stat().st_mtime:
            remark = "not placed: what was here is newer and stays"
        else:
            remark = "replaces an earlier one"
    if remark.startswith(("new", "replaces")):
        target.parent.mkdir(parents=True, exist_ok=True)
        one.kept.replace(target)
    return Placed(one.owner.student, one.file, one.path, f"{remark}; it {one.problem}" if one.problem else remark)
