"""Classroom 50, a successor of GitHub Classroom: the `autograder.py` that it runs, and the `result.json` that it wants.

The contract is https://github.com/foundation50/classroom50/wiki/Advanced-Autograding and `result-v1.schema.json` there.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from autograder.building.environment import demand_home, programs_on_path
from autograder.building.lesson import lesson_names
from autograder.grading.grade import ClassResult
from autograder.grading.one import demand_lesson, grade_one, is_by_hand
from autograder.grading.rows import STATUS_TEXTS, Row
from autograder.intake.download_names import folder_name
from autograder.running.sandbox import warm
from autograder.running.sandbox.protection import demanded_protection
from kws_helpers.whole_file import write_whole

POINT = 100
"""The contract knows whole numbers only, so points are counted in hundredths."""

AUTOGRADER = '''\
"""Grade a submission of the course. Classroom 50 runs this in the student's checkout; nothing there is imported."""

import os
import subprocess
import sys
from pathlib import Path

COURSE = {course!r}
OPTIONS = {options!r}

here, checkout = Path(__file__).resolve().parent, Path.cwd()
python = os.environ.get("AUTOGRADER_PYTHON")
if not python:
    if not (3, 11) <= sys.version_info < (3, 14):
        sys.exit("::error::The course needs Python 3.11, 3.12 or 3.13: name it in the assignment's `runtime` block.")
    python = here / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-I", "-m", "venv", here / "venv"], cwd=here, check=True)
    subprocess.run([python, "-I", "-m", "pip", "install", "--quiet", COURSE], cwd=here, check=True)
command = [python, "-I", "-m", "autograder.adapters.result_json", checkout, *OPTIONS]
sys.exit(subprocess.run(command, cwd=here, check=False).returncode)
'''


def write_autograder(output: Path, course: str, lesson: str | None, seed: int, unsafe: bool) -> None:
    """Write the `autograder.py` of an assignment or a classroom.

    Args:
        output: the file.
        course: what pip installs the course from, such as "git+https://github.com/me/course".
        lesson: the only lesson that counts. By default the one that the assignment is named after, or all.
        seed: the secret tests follow from it and from the owner's name.
        unsafe: grade even where there is no sandbox.

    Raises:
        ValueError: there is no such lesson.
        OSError: the file could not be written.
    """
    demand_lesson(lesson)
    options = ["--seed", str(seed), *(["--lesson", lesson] if lesson else []), *(["--unsafe"] if unsafe else [])]
    write_whole(output, AUTOGRADER.format(course=course, options=options))


def run(checkout: Path, variables: Mapping[str, str], lesson: str | None, seed: int, unsafe: bool) -> None:
    """Grade a student's checkout, and write result.json and release-body.md into it.

    Args:
        checkout: where the runner started.
        variables: the environment that the runner gives.
        lesson: the only lesson that counts. By default the one that the assignment is named after, or all.
        seed: the secret tests follow from it and from the owner's name.
        unsafe: grade even where there is no sandbox.

    Raises:
        KeyError: the runner has not said whose work it is.
        ValueError: there is no sandbox, or as `grade_one`.
    """
    owner = variables.get("OWNER") or variables["USERNAME"]
    named = variables["ASSIGNMENT"].replace("-", "_").lower()
    lesson = lesson or next((name for name in lesson_names() if name == named), None)
    with warm.not_started():
        result = grade_one(checkout, student=folder_name(owner), lesson=lesson, seed=seed,
                           protection=demanded_protection(unsafe))
    tests = [_test(row) for row in result.rows]
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    score, most = (sum(test[key] for test in tests) for key in ("score", "max-score"))
    write_whole(checkout / "result.json", json.dumps({
        "schema": "classroom50/result/v1", "classroom": variables["CLASSROOM"], "assignment": variables["ASSIGNMENT"],
        "assignment_type": variables.get("ASSIGNMENT_TYPE") or "individual", "owner": owner,
        "submission": variables["SUBMISSION_TAG"], "commit": variables["COMMIT_URL"],
        "release": variables["RELEASE_URL"], "review": variables.get("REVIEW_URL") or variables["COMMIT_URL"],
        "datetime": now, "graded_at": now, "score": score, "max-score": most, "tests": tests}, indent=2))
    summary = f"{score / POINT:g} of {most / POINT:g} points"
    write_whole(checkout / "release-body.md", _body(result, summary))
    if "GITHUB_OUTPUT" in variables:
        status = "success" if all(test["passed"] for test in tests) else "failure"
        with Path(variables["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
            file.write(f"status={status}\nsummary={summary}\n")


def _test(row: Row) -> dict:
    """Return an exercise as a test. A question that a person marks has no points here."""
    score, most = (0.0, 0.0) if is_by_hand(row) else (row.score or 0.0, row.max_score)
    return {"test-name": row.exercise or row.assignment, "passed": row.status in ("passed", "to mark", "marked"),
            "score": round(POINT * score), "max-score": round(POINT * most), "message": row.message}


def _body(result: ClassResult, summary: str) -> str:
    """Return what the student reads, in Markdown."""
    lines = [f"### {summary}", "", "| exercise | points | |", "|---|---|---|"]
    for row in result.rows:
        got = "by hand" if is_by_hand(row) else f"{row.score or 0:g} of {row.max_score:g}"
        said = " ".join(filter(None, [f"{STATUS_TEXTS[row.status]}.", row.message]))
        lines.append(f"| {_cell(row.exercise or row.assignment)} | {got} | {_cell(said)} |")
    notes = [f"- {_cell(note)}" for notes in result.notes.values() for note in notes]
    return "\n".join([*lines, "", *notes, ""])


def _cell(text: str) -> str:
    return escape(text).replace("|", "\\|").replace("\n", " ")


def main() -> None:
    """Run the autograder in a student's checkout."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--lesson")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--unsafe", action="store_true")
    demand_home()
    programs_on_path()
    try:
        run(variables=os.environ, **vars(parser.parse_args()))
    except KeyError as error:
        sys.exit(f"::error::The environment variable {error} is not set: Classroom 50's runner sets it.")
    except ValueError as error:
        sys.exit(f"::error::{error}")


if __name__ == "__main__":
    main()
