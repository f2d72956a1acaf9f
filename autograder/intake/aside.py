"""What lies in a hand-in and is nobody's work: what systems, editors and tools keep, and the rest of the course."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from autograder.building.lesson import UNGRADED, lesson_names
from kws_helpers.check.attempts import FILE as LOG
from kws_helpers.desk.folder import WRITTEN, is_machinery
from kws_helpers.results import FOLDER as RESULTS

NOTEBOOKS = "notebooks"
"""The folder of the course in which students work."""

NOBODYS = "is nobody's work: systems, editors, tools and nbgrader make such files"
_MARK = "pyvenv.cfg"  # in every virtual environment, whatever it is called
_ONLY_IN_THE_COURSE = frozenset(("autograder", "kws_helpers", "solutions"))
_COURSE = _ONLY_IN_THE_COURSE | frozenset((
    "docs", "tests", "tools", "build", "course", "CHANGELOG.md", "CITATION.cff", "LICENSE", "LICENSE-texts.md",
    "Makefile", "README.md", "environment.yml", "postBuild", "pyproject.toml", "requirements.txt"))


def lesson_named(name: str) -> str:
    """Return the lesson whose name stands in the name of a file or folder; "" for none."""
    return next((lesson for lesson in lesson_names() if lesson in name.lower()), "")


class Aside:
    """Knows all paths of a folder or archive, and so what belongs to what.

    Args:
        paths: all of them.
        is_one_hand_in: they are one student's, and may be a copy of the course themselves.
    """

    def __init__(self, paths: Iterable[PurePosixPath], is_one_hand_in: bool = False) -> None:
        paths = list(paths)
        self._environments = {path.parent for path in paths if path.name == _MARK}
        parts = [path.parts for path in paths]
        self._copies = _above(parts, {NOTEBOOKS}) & _above(parts, _ONLY_IN_THE_COURSE)
        if not is_one_hand_in:
            self._copies.discard(())

    def reason(self, path: PurePosixPath, skip: int) -> tuple[PurePosixPath, str] | None:
        """Return the place under which a path is nobody's work, and why; None for what is somebody's.

        Args:
            skip: so many names at the beginning are the platform's or the instructor's.
        """
        for depth, name in enumerate(path.parts):
            place = PurePosixPath(*path.parts[:depth + 1])
            is_course = name in _COURSE or name.endswith(".egg-info") or is_machinery(name)
            if is_course and path.parts[:depth] in self._copies:
                return PurePosixPath(*path.parts[:depth]), f"is a copy of the course: only {NOTEBOOKS}/ counts"
            if depth >= skip and (is_machinery(name) or place in self._environments):
                return place, NOBODYS
            if name == RESULTS and path.parts[depth:] != LOG.parts:
                return place, "belongs to the course; nothing in it is graded"
        if path.name.endswith((*(f"{name}.ipynb" for name in UNGRADED), *WRITTEN)):
            return path, "belongs to the course; nothing in it is graded"
        return None


def _above(paths: list[tuple[str, ...]], names: Iterable[str]) -> set[tuple[str, ...]]:
    """Return the folders in which one of these names is a folder."""
    return {parts[:depth] for parts in paths for depth, name in enumerate(parts[:-1]) if name in names}
