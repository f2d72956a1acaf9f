"""Pack what a student wrote into one file for the teacher, after a look at whether it is whole.

    folder.py     what lies there
    lessons.py    the notebooks: which lesson, begun or not, which of several
    beside.py     the challenge's network, modules and data
    here          the log of checks, the zip file, and what is said
"""

import errno
import os
import zipfile
from io import BytesIO
from pathlib import Path

from kws_helpers.check import attempts
from kws_helpers.desk.beside import look_beside
from kws_helpers.desk.folder import Found, look_into, size
from kws_helpers.desk.lessons import look_at_notebooks, may_be_notebook
from kws_helpers.desk.text import one_line
from kws_helpers.results import FOLDER as RESULTS
from kws_helpers.whole_file import whole_file

FILE = "hand-in.zip"
LOG = attempts.FILE.as_posix()
ABOUT_LOG = f"""
{LOG} goes along. It says when you ran which check, how many steps passed, which step failed,
which known mistake that looks like, and which hint was shown. It holds no code, no values and no names.
Your teacher sees from it where the class gets stuck. No grade depends on it.
To leave it out: make hand-in ATTEMPTS=no, or python -m kws_helpers hand-in --without-attempts."""


def look_through(folder: Path, output: Path, with_attempts: bool = True) -> list[Found]:
    """Look at all that lies in the folder, but for `output`.

    A lesson that is as it was handed out is left out, and so is a file that cannot be read. A notebook that lost cells
    is packed as it is: much of it can still be graded.

    Args:
        folder: the student's.
        output: the zip file.
        with_attempts: let the log of checks go along with the work, if there is some.

    Raises:
        ValueError: the lessons lie in folders inside.
    """
    there = look_into(folder, output)
    places = sorted({file.name.rpartition("/")[0] for file in there.files if ".ipynb" in file.last_name})
    if places and places[0]:
        raise ValueError(f"There are no notebooks in {folder} itself, but in {', '.join(places)} below it. Name the "
                         "folder in which your lessons are.")
    notebooks, others = look_at_notebooks([file for file in there.files if may_be_notebook(file)])
    others += [file for file in there.files if not may_be_notebook(file)]
    problems = [Found(name, remark=problem, whole=False) for name, problem in sorted(there.problems.items())]
    found = notebooks + look_beside(others) + problems
    log = _log(folder, with_attempts and any(one.files for one in found))
    names = sorted(f"{RESULTS} (the rest)" if log and name == RESULTS else name for name in there.skipped)
    skipped = [Found(", ".join(names), remark="left out, because programs make it.")]
    return found + log + (skipped if names else [])


def pack(found: list[Found], output: Path) -> None:
    """Write what is to be packed into a zip file; the same work gives the same bytes.

    Raises:
        OSError: it could not be written. A file that was there before is as it was.
    """
    packed, output = BytesIO(), Path(os.path.realpath(output))
    if output.exists() and not output.is_file():
        raise OSError("it is there, and is no ordinary file")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _members(found).items():
            member = zipfile.ZipInfo(name)  # dated 1980, whenever it is packed
            member.external_attr = 0o644 << 16
            archive.writestr(member, content, zipfile.ZIP_DEFLATED)
    with whole_file(output) as file:
        file.write(packed.getvalue())


def hand_in(folder: Path, output: Path, with_attempts: bool = True) -> bool:
    """Pack what a student wrote in a folder, and print what was packed and what was not; see `look_through`.

    Returns:
        True when there was something to pack and all of it is whole.

    Raises:
        ValueError: the lessons lie in folders inside.
        OSError: the zip file could not be written; the message says why.
    """
    found, problem = look_through(folder, output, with_attempts), None
    if any(one.files for one in found):
        try:
            pack(found, output)
        except OSError as error:
            problem = error
    for one in found:
        mark = "✘" if not one.whole else "✔" if one.files else "–"
        print(f"{mark} {one_line(one.name, '_')}{': ' if one.remark else ''}{one_line(one.remark)}")
    print()
    earlier = " The one that is there is an earlier one." if output.is_file() else ""
    if problem:
        room = "Make room there, or name" if problem.errno == errno.ENOSPC else "Name"
        raise OSError(f"{output} could not be written: {problem.strerror or problem}.{earlier} {room} another place: "
                      "--output FILE.zip")
    if not any(one.files for one in found):
        print(f"There is nothing to hand in: {folder} holds no lesson that was begun and can be read. "
              f"{output.name} was not written.{earlier}")
        return False
    print(f"{output.absolute()} ({size(output.stat().st_size)}) is what you hand in. It holds what was saved, so save "
          "first.")
    with_lesson = any(name.endswith(".ipynb") for one in found for name in one.files)
    if not with_lesson:
        print("No lesson is in it: none was begun, or none can be read.")
    if any(LOG in one.files for one in found):
        print(ABOUT_LOG)
    whole = all(one.whole for one in found)
    if not whole:
        print("Not everything is whole (✘): put it right, and pack again.")
    return whole and with_lesson


def _log(folder: Path, is_wanted: bool) -> list[Found]:
    """Return what becomes of the log of checks: nothing where there is none."""
    path = folder / attempts.FILE
    try:
        if not path.is_file():
            return []
        if is_wanted and path.stat().st_size <= attempts.MAX_BYTES:
            return [Found(LOG, {LOG: path.read_bytes()}, "the log of your checks")]
    except OSError:
        pass  # nobody has to hand it in
    return [Found(LOG, remark="left out.")]


def _members(found: list[Found]) -> dict[str, bytes]:
    """Return what is packed, under names that every system takes; no two are the same."""
    members: dict[str, bytes] = {}
    for name, content in (item for one in found for item in one.files.items()):
        name = one_line(name, "_").replace("\\", "_")
        while name in members:
            name += "_"
        members[name] = content
    return members
