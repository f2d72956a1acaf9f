"""Gradescope: the zip file that makes an autograder there, and what runs in it for every submission.

The formats are those of https://gradescope-autograders.readthedocs.io (Autograder Specifications, Submission Metadata).
"""

import argparse
import json
import sys
import time
import traceback
import zipfile
from collections.abc import Iterator
from pathlib import Path

from autograder.building.environment import demand_home, programs_on_path
from autograder.building.lesson import graded_cells
from autograder.building.paths import IN_REPOSITORY, ROOT
from autograder.grading.grade import ClassResult
from autograder.grading.one import STUDENT, demand_lesson, grade_one, is_by_hand
from autograder.grading.rows import STATUS_TEXTS, Row
from autograder.intake.download_names import folder_name
from autograder.running.sandbox import warm
from autograder.running.sandbox.protection import WARNING, Unprotected, demanded_protection
from kws_helpers.whole_file import whole_file, write_whole

SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once, when it builds the container: Python 3.11 to 3.13, and the course with its packages.
set -e
source="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
fits() { "$1" -c 'import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2> /dev/null; }
python="$PYTHON"
for one in python3 python3.13 python3.12 python3.11; do
    [ -n "$python" ] || ! fits "$one" || python="$one"
done
if [ -z "$python" ]; then
    apt-get update
    for one in python3.12 python3.11; do
        [ -n "$python" ] || ! apt-get install -y "$one" "$one-venv" || python="$one"
    done
fi
[ -n "$python" ] || { echo "Python 3.11, 3.12 or 3.13 is needed: choose a newer base image."; exit 1; }
[ "$(id -u)" != 0 ] || apt-get install -y bubblewrap || echo "bubblewrap could not be installed."
"$python" -m venv "$source/venv"
cd "$source/course"
python="$source/venv/bin/python"
"$python" -m pip install --quiet uv || true
UV_SYSTEM_CERTS=1 "$python" -m uv pip install --quiet --compile-bytecode --python "$python" \\
    --constraint requirements.txt . || "$python" -m pip install --quiet .
# What takes long at first is in the container then, for every submission.
"$python" -I -m kws_helpers data bundled
"$python" -I -c "from autograder.running.sandbox import provisions, start; start.rehearse(); provisions.prepared()"
"""

RUN = """\
#!/usr/bin/env bash
# Gradescope runs this for every submission. All folders lie in AUTOGRADER_FOLDER: there, /autograder.
folder="${AUTOGRADER_FOLDER:-$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)}"
python="${AUTOGRADER_PYTHON:-$folder/source/venv/bin/python}"
results="$folder/results/results.json"
mkdir -p "$folder/results" && rm -f "$results"
"$python" -I -m autograder.adapters.gradescope "$folder" OPTIONS
[ -s "$results" ] || echo '{"score": 0, "stdout_visibility": "hidden", "output": "LOST"}' > "$results"
"""

LOST = "Your work could not be graded, which is no fault of yours. Tell your instructor, who sees the reason."
_OF_THE_COURSE = ("pyproject.toml", "requirements.txt", "README.md", "LICENSE", "LICENSE-texts.md")


def write_zip(output: Path, lesson: str | None, seed: int, seconds: float, unsafe: bool) -> None:
    """Write the zip file that Gradescope makes an autograder of.

    Args:
        output: the file.
        lesson: the only lesson that counts; None for whatever is handed in.
        seed: the secret tests follow from it and from the student's email address.
        seconds: that a notebook may take.
        unsafe: grade even where there is no sandbox.

    Raises:
        ValueError: the course's files are not here, or there is no such lesson.
        OSError: the file could not be written.
    """
    if not IN_REPOSITORY:
        raise ValueError("The zip file carries the whole course. Run this command in the course's repository, with the "
                         "package installed by `pip install -e .`.")
    demand_lesson(lesson)
    options = f"--seed {seed} --seconds {seconds:g}" + f" --lesson {lesson}" * bool(lesson) + " --unsafe" * unsafe
    output.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(output) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "setup.sh", SETUP.encode(), 0o755)
        _add(archive, "run_autograder", RUN.replace("OPTIONS", options).replace("LOST", LOST).encode(), 0o755)
        for path in _course():
            _add(archive, f"course/{path.relative_to(ROOT).as_posix()}", path.read_bytes(), 0o644)


def points(lesson: str) -> tuple[float, float]:
    """Return how many points of a lesson the tests give, and how many a person has to give."""
    by_hand = sum(cell["points"] for cell in graded_cells(lesson) if cell["solution"])
    return sum(cell["points"] for cell in graded_cells(lesson)) - by_hand, by_hand


def run(folder: Path, lesson: str | None, seed: int, seconds: float, unsafe: bool) -> None:
    """Grade what is in `folder`/submission, and write `folder`/results/results.json, whatever happens.

    What is printed only the instructor sees.
    """
    start = time.monotonic()
    try:
        student = student_of(folder / "submission_metadata.json")
        protection = demanded_protection(unsafe)
        with warm.not_started():
            result = grade_one(folder / "submission", student=student, lesson=lesson, seed=seed, seconds=seconds,
                               protection=protection)
        if result.warning:
            print(f"{WARNING} In Gradescope these are the rights in a container that only this submission uses. This "
                  "autograder was built with --unsafe, which allows that.")
        results = results_of(result)
    except Unprotected as problem:
        print(f"{problem}\nSo nothing was run. You decide: here each submission has a container of its own, in which "
              "its code could change its own result. To allow that, build the autograder again with --unsafe.")
        results = {"score": 0, "output": LOST}
    except Exception:
        traceback.print_exc(file=sys.stdout)
        results = {"score": 0, "output": LOST}
    write_whole(folder / "results" / "results.json", json.dumps(
        results | {"execution_time": round(time.monotonic() - start), "stdout_visibility": "hidden"}))


def student_of(metadata: Path) -> str:
    """Return a name for who handed in, the same each time: the email addresses of all of a group."""
    try:
        users = json.loads(metadata.read_text(encoding="utf-8"))["users"]
        return folder_name(", ".join(sorted(str(user.get("email") or user.get("name") or user["id"]) for user in users)
                                     or [STUDENT]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"{metadata} does not say who handed in ({error!r}); the secret tests are those of {STUDENT!r}.")
        return STUDENT


def results_of(result: ClassResult) -> dict:
    """Return what results.json says. Points that a person has to give count there, not here."""
    several = len({row.assignment for row in result.rows}) > 1
    tests = [_test(row, f"{row.assignment}: {row.exercise}" if several else row.exercise or row.assignment)
             for row in result.rows]
    score = sum(test.get("score", 0) for test in tests)
    return {"score": round(score, 2), "tests": tests, "output": "\n".join(_said(result)), "output_format": "text"}


def _test(row: Row, name: str) -> dict:
    text = " ".join(filter(None, [f"{STATUS_TEXTS[row.status].capitalize()}.", row.message]))
    test = {"name": name, "output": text, "output_format": "text", "name_format": "text", "visibility": "visible"}
    if is_by_hand(row) or not row.exercise:
        return test | {"status": "passed" if row.status in ("to mark", "marked") else "failed"}
    return test | {"score": row.score or 0.0, "max_score": row.max_score}


def _said(result: ClassResult) -> Iterator[str]:
    for total in result.totals:
        if total.waiting:
            yield f"Answers worth {total.waiting:g} points are still to be marked by hand."
    yield from dict.fromkeys(row.message for row in result.rows if row.status == "unreadable")
    yield from (note for notes in result.notes.values() for note in notes)


def _course() -> Iterator[Path]:
    yield from (ROOT / name for name in _OF_THE_COURSE)
    for package in ("autograder", "kws_helpers"):
        yield from (path for path in sorted((ROOT / package).rglob("*"))
                    if path.is_file() and "__pycache__" not in path.parts)


def _add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int) -> None:
    member = zipfile.ZipInfo(name)  # dated 1980: the same course gives the same bytes
    member.external_attr = (0o100000 | mode) << 16
    archive.writestr(member, content, zipfile.ZIP_DEFLATED)


def main() -> None:
    """Run the autograder in its container."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lesson")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--unsafe", action="store_true")
    demand_home()
    programs_on_path()
    run(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
