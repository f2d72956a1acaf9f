"""A watched folder: what is put there is graded at once, and a page that tells the result is put beside it.

    SUBMITTED/ada/...           SUBMITTED/ada/feedback.html     a folder for each student
    SUBMITTED/ben.zip           SUBMITTED/ben.feedback.html     or a zip file or notebook with the student's name
    OUTPUT/collected/ada/...    the last hand-in of each lesson: what the results in OUTPUT are of

Students write into this folder while it is read: nothing is taken for whole that still changes, no link is followed.
"""

import contextlib
import filecmp
import itertools
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from autograder.building.lesson import lesson_names
from autograder.grading.grade import ClassResult, Grading, opened_class
from autograder.grading.one import NOTHING, take_in
from autograder.grading.patience import Busy
from autograder.grading.rows import Row, rows_of_ungraded
from autograder.intake.aside import lesson_named
from autograder.intake.beside import files_below
from autograder.intake.collect import alike
from autograder.intake.download_names import folder_name, owner_of
from autograder.intake.placing import TIMESTAMP
from autograder.intake.submissions import Submission, demand_apart, read_submission
from autograder.judging.judged_run import Judged
from autograder.reporting.report import feedback_page, write_results
from kws_helpers.desk.folder import FEEDBACK, WRITTEN, is_machinery
from kws_helpers.desk.text import one_line

PAUSE = 1.5
"""Seconds between two looks. What is the same in both is taken for whole."""
COLLECTED = "collected"
_MOST_FILES = 20_000  # of a student's that are looked at
_HANDED_IN = re.compile(r"\.ipynb|\.(zip|rar|7z|tar|t?[gx]z)$", re.IGNORECASE)
NOBODYS = "does not say whose it is. Put it into a folder that is called like you."

Key = tuple[str, str]


def watch(submitted: Path, output: Path, *, once: bool = False, workers: int | None = None,
          say: Callable[[str], None] = print, **options: Any) -> bool:
    """Grade what is put into the folder `submitted` until Ctrl-C.

    Args:
        submitted: the watched folder.
        output: as for `grade_class`.
        once: end as soon as everything that is there is graded.
        workers: notebooks executed at once; the machine's cores by default.
        say: called with a sentence for whoever started it.
        options: as `opened_class`.

    Returns:
        True when all of it could be graded.

    Raises:
        KeyboardInterrupt: somebody ended it. Notebooks may still be running.
        ValueError: the two folders are not apart, or as `opened_class`.
        OSError: the watched folder cannot be read at the start, or `output` not be written.
    """
    demand_apart(submitted, output)
    list(submitted.iterdir())
    pool = ThreadPoolExecutor(workers or os.cpu_count())
    with opened_class(output, say=say, **options) as grading:
        watcher = Watcher(submitted.resolve(), output.resolve(), grading, pool, say)
        say(f"Watching {submitted}. The results are in {output}. Ctrl-C ends it; the next start goes on.")
        try:
            while not (watcher.look() and once):
                time.sleep(PAUSE)
        except KeyboardInterrupt:
            say("Ended. What was still running is graded at the next start.")
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return watcher.result().complete


class Watcher:
    """What is known of the watched folder, and of what is being graded."""

    def __init__(self, submitted: Path, output: Path, grading: Grading, pool: Executor,
                 say: Callable[[str], None]) -> None:
        self._submitted, self._output, self._grading, self._pool, self._say = submitted, output, grading, pool, say
        self._collected = output / COLLECTED
        self._collected.mkdir(parents=True, exist_ok=True)
        self._before: dict[str, object] = {}  # what was seen in the last look, by the entry's name
        self._taken: dict[str, object] = {}  # what was graded
        self._owners: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._problems: dict[str, Submission] = {}  # of entries with nothing that could be placed
        self._lost: dict[str, list[str]] = {}
        self._waiting: dict[Key, Submission] = {}
        self._running: dict[Key, tuple[Submission, Future[Judged]]] = {}
        self._built: set[str] = set()
        self._unwritten: set[str] = set()  # students whose page is not the newest
        self._is_written = False
        for folder in sorted(self._collected.iterdir()):
            self._names.setdefault(alike(folder.name), folder.name)
            self._waiting |= {(folder.name, path.name): read_submission(folder.name, path.name, path)
                              for path in sorted(folder.iterdir()) if path.name in lesson_names()}

    def look(self) -> bool:
        """Take in what is whole, write down what is graded; tell whether there is nothing left to do."""
        try:
            seen = {entry.name: _state(entry) for entry in os.scandir(self._submitted) if _is_hand_in(entry)}
        except OSError as error:  # a network disk that is away for a while
            self._say(f"{self._submitted} cannot be read now: {error.strerror}.")
            seen = self._before
        for name in self._problems.keys() - seen.keys():
            del self._problems[name], self._taken[name]
            self._is_written = False
        for name, state in seen.items():
            if state == self._before.get(name) and (name not in self._taken or self._taken[name] != state):
                self._taken[name] = state
                self._take(name)
        is_whole = seen == self._before == {name: self._taken.get(name) for name in seen}
        self._before = seen
        for key in list(self._waiting):
            self._start(key)
        for key, (submission, future) in list(self._running.items()):
            if future.done():
                self._end(key, submission, future)
        self._write()
        return is_whole and not self._running and not self._waiting

    def _take(self, name: str) -> None:
        """Bring an entry's lessons to where they are graded from."""
        entry = self._submitted / name
        student = self._owners[name] = self._owner(entry)
        lost = [f"{one_line(name)} {NOBODYS}"]
        if student:
            with tempfile.TemporaryDirectory(prefix=".new-", dir=self._collected) as fresh:
                try:
                    lost = [line for line in take_in(entry, Path(fresh), student) if not line.startswith(FEEDBACK)]
                except Exception as error:  # whatever it is, the others go on
                    lost = [f"{one_line(name)} could not be read: {getattr(error, 'strerror', None) or error}."]
                    self._say(" ".join(lost))
                lessons = [path for path in sorted(Path(fresh, student).glob("*")) if path.name in lesson_names()]
                for path in lessons:
                    self._place(student, path)
            is_empty = not lost and not lessons and entry.is_dir()
            self._lost[student] = lost if lessons else []
        if student and (lessons or is_empty):
            self._problems.pop(name, None)
        else:
            problem = " ".join(lost) or NOTHING
            self._problems[name] = Submission(student or one_line(name), one_line(name), problem=problem)
        self._unwritten.add(student or one_line(name))
        self._is_written = False

    def _place(self, student: str, fresh: Path) -> None:
        home = self._collected / student / fresh.name
        if not _same(fresh, home):
            # The hand-in's time is that of this machine, whatever the student's says.
            (fresh / TIMESTAMP).write_text(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f %Z}", encoding="utf-8")
            shutil.rmtree(home, ignore_errors=True)
            home.parent.mkdir(exist_ok=True)
            fresh.rename(home)
            self._waiting[student, home.name] = read_submission(student, home.name, home)

    def _owner(self, entry: Path) -> str:
        """Return the name of the student whose an entry is; "" where it does not say so."""
        is_folder = entry.is_dir() and not entry.is_symlink()
        owner = owner_of(PurePosixPath(entry.name, "_") if is_folder else PurePosixPath(entry.name))
        student = owner.student if owner else ""
        if not student and not is_folder and not lesson_named(entry.name):
            student = folder_name(re.split(_HANDED_IN, entry.name)[0])
        return self._names.setdefault(alike(student), student)

    def _start(self, key: Key) -> None:
        """Begin to grade a submission that waits; a newer one takes the place of one that is running."""
        submission = self._waiting[key]
        try:
            if key[1] not in self._built:
                self._grading.build({key[1]})
                self._built.add(key[1])
            begun = self._grading.begin(submission, self._pool)
        except Busy:
            return
        except ValueError as error:
            self._say(f"{key[1]} cannot be graded now: {error}")
            return
        del self._waiting[key]
        self._running.pop(key, None)
        if isinstance(begun, Future):
            self._running[key] = submission, begun
        else:
            self._add(key, submission, begun)

    def _end(self, key: Key, submission: Submission, future: Future[Judged]) -> None:
        with contextlib.suppress(Busy):  # then it is tried again at the next look
            rows = self._grading.end(submission, future)
            del self._running[key]
            self._add(key, submission, rows)

    def _add(self, key: Key, submission: Submission, rows: list[Row]) -> None:
        self._grading.add(submission, rows)
        self._unwritten.add(key[0])
        self._is_written = False
        points = f"{sum(row.score or 0 for row in rows):g} of {sum(row.max_score for row in rows):g} points"
        self._say(f"{datetime.now():%H:%M:%S} {one_line(' '.join(key))}: {submission.problem or points}")

    def result(self) -> ClassResult:
        """Return the result of the class, as it is now."""
        result = self._grading.result()
        keys, busy = {(row.student, row.assignment) for row in result.rows}, self._running.keys() | self._waiting.keys()
        students = {student for student in self._owners.values() if student} | {student for student, _ in keys}
        for student, lesson in itertools.product(students, {lesson for _, lesson in keys}):
            if (student, lesson) not in keys | busy:
                result.rows += rows_of_ungraded(Submission(student, lesson, problem="No notebook was handed in.",
                                                           missing=True))
        for student, lost in self._lost.items():
            for lesson in sorted(lesson for of, lesson in keys if of == student)[:1]:
                result.notes[student, lesson] = list(dict.fromkeys([*result.notes[student, lesson], *lost]))
        for submission in self._problems.values():
            result.rows += rows_of_ungraded(submission)
        result.rows.sort(key=lambda row: (row.student, row.assignment))
        return result

    def _write(self) -> None:
        """Write the page of every student of whom nothing is running, and the results when little is left to do."""
        busy = {student for student, _ in [*self._running, *self._waiting]}
        ready = self._unwritten - busy
        if not ready and (busy or self._is_written):
            return
        result = self.result()
        for name in self._owners:
            student = self._owners[name] or one_line(name)
            if student in ready:
                self._put_page(name, feedback_page(student, result))
        self._unwritten -= ready
        if not self._is_written:
            write_results(result, self._output)
            for problem in result.problems:
                self._say(problem)
            self._is_written = True

    def _put_page(self, name: str, page: str) -> None:
        entry = self._submitted / name
        try:
            if entry.is_dir() and not entry.is_symlink():
                put_page(entry, FEEDBACK, page)
            elif os.path.lexists(entry):
                put_page(self._submitted, f"{entry.stem}.{FEEDBACK}", page)
        except OSError as error:
            self._say(f"The page beside {one_line(name)} could not be written: {error.strerror}. It is in "
                      f"{self._output / 'feedback'}.")


def put_page(folder: Path, name: str, page: str) -> None:
    """Write a page into a folder in which others write, too: no link there leads anywhere else.

    Raises:
        OSError: it could not be written; an earlier one is as it was.
    """
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        unfinished = f".{secrets.token_hex(8)}.{FEEDBACK}"
        number = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644, dir_fd=place)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(page)
        try:
            os.rename(unfinished, name, src_dir_fd=place, dst_dir_fd=place)
        except OSError:
            os.unlink(unfinished, dir_fd=place)
            raise
    finally:
        os.close(place)


def _is_hand_in(entry: os.DirEntry) -> bool:
    if is_machinery(entry.name) or entry.name.endswith(FEEDBACK):
        return False
    return entry.is_dir(follow_symlinks=False) or bool(_HANDED_IN.search(entry.name))


def _state(entry: os.DirEntry) -> object:
    """Return what is another when something in the entry is another."""
    if not entry.is_dir(follow_symlinks=False):
        return _file_state(Path(entry.path))
    files = (path for path in files_below(Path(entry.path)) if not is_machinery(path.name) and path.name not in WRITTEN)
    return [_file_state(path) for path in itertools.islice(files, _MOST_FILES)]


def _file_state(path: Path) -> tuple:
    try:
        info = path.lstat()
    except OSError:
        return path.name, 0, 0
    return str(path), info.st_size, info.st_mtime_ns, info.st_ino


def _same(fresh: Path, home: Path) -> bool:
    """Tell whether a lesson is the one that is there already."""
    names = [{path.relative_to(folder) for path in files_below(folder) if path.name != TIMESTAMP}
             for folder in (fresh, home)]
    return names[0] == names[1] and all(filecmp.cmp(fresh / name, home / name, shallow=False) for name in names[0])
