"""The instructor's commands."""

import atexit
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.building.environment import demand_home, programs_on_path
from kws_helpers.desk.messages import print_what_can_be_printed

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)
console = Console()

BAD_USAGE, NOT_ALL = 2, 3
"""Exit codes, apart from 0."""


@contextmanager
def _bad_usage() -> Iterator[None]:
    """Print what was wrong in red, and end with `BAD_USAGE`."""
    try:
        yield
    except (ValueError, OSError) as error:
        from autograder.terminal import say

        say(console, error, style="red")
        raise typer.Exit(BAD_USAGE) from None


@app.callback()
def _before_every_command() -> None:
    """The instructor's commands."""
    try:
        demand_home()
    except ValueError as error:  # with nothing loaded that would ask for one
        console.print(str(error), style="red", soft_wrap=True)
        raise typer.Exit(BAD_USAGE) from None


@app.command()
def lessons(
    solutions: Annotated[bool, typer.Option(help="Execute the solved notebooks, too (minutes).")] = True,
    show_solutions: Annotated[bool, typer.Option("--show-solutions", help="Let `check` show an exercise's solution "
                                                 "after its last hint. Not for courses that are graded.")] = False,
) -> None:
    """Build notebooks/, solutions/ and nbgrader's course/ from autograder/lessons/."""
    from autograder.building.repository import build_all

    with _bad_usage(), console.status("…") as status:
        for step in build_all(solutions, show_solutions):
            status.update(step)
            console.print(step)


@app.command()
def claims(
    names: Annotated[list[str] | None, typer.Argument(metavar="[LESSON]...", help="Default: all.")] = None,
    solve: Annotated[bool, typer.Option(help="Solve the lessons anew (minutes), with the data of KWS_DATA.")] = False,
) -> None:
    """List what the lessons claim of their figures and numbers, with the values. Exit code 1: not all of it holds."""
    from autograder.terminal import list_claims

    with _bad_usage():
        raise typer.Exit(0 if list_claims(console, names or (), solve) else 1)


@app.command()
def collect(
    source: Annotated[Path, typer.Argument(help="A folder or zip file: from Moodle, Canvas or nbgrader's exchange, or "
                                                "with a folder or zip file for each student.",
                                           exists=True)],
    submissions: Annotated[Path, typer.Argument(help="Where it goes: <student>/<lesson>/<lesson>.ipynb.",
                                                file_okay=False)],
) -> None:
    """Bring what came back into the layout that is graded. Exit code 0: all of it; 3: not all; 2: bad usage."""
    from autograder.terminal import collect_and_print

    with _bad_usage():
        complete = collect_and_print(console, source, submissions)
    raise typer.Exit(0 if complete else NOT_ALL)


@app.command()
def grade(
    submissions: Annotated[Path, typer.Argument(help="<student>/<assignment>/<notebook>.ipynb, nbgrader's layout.",
                                                exists=True, file_okay=False)],
    output: Annotated[Path, typer.Option(help="The folder for grades.csv, summary.csv, feedback/, report.html and "
                                              "gradebook.db.", file_okay=False)],
    workers: Annotated[int | None, typer.Option(min=1, help="Notebooks executed at once; default: the cores.")] = None,
    time_limit: Annotated[float, typer.Option(min=1, help="Seconds that one notebook may take.")] = 300.0,
    seed: Annotated[int | None, typer.Option(min=0, envvar="KWS_JUDGE_SEED", help="The secret tests follow from this "
                                             "number; choose one that students do not know.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Grade again what has not changed since the last time, "
                                                        "too.")] = False,
    scheduler: Annotated[str | None, typer.Option(help="The address of a Dask scheduler: its cluster executes the "
                                                       "notebooks.")] = None,
    gradebook: Annotated[str | None, typer.Option(help="The address of a database for nbgrader's gradebook, such as "
                                                       "postgresql+psycopg://me@host/class. Default: the one that the "
                                                       "output was graded into before, or gradebook.db there.")] = None,
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Grade even where there is no sandbox: students' code then "
                                                          "runs with your rights.")] = False,
) -> None:
    """Grade a class. Exit code 0: every submission was graded; 3: some could not be; 2: bad usage."""
    from autograder.running.sandbox.protection import LIMITS, WARNING, demanded_protection
    from autograder.terminal import grade_and_report, say

    with _bad_usage():
        protection = demanded_protection(unsafe)
        complete = grade_and_report(console, submissions, output, workers=workers, seconds=time_limit, seed=seed,
                                    force=force, protection=protection, scheduler=scheduler, database=gradebook)
    if protection == LIMITS:
        say(Console(stderr=True), WARNING, style="red")
    raise typer.Exit(0 if complete else NOT_ALL)


@app.command()
def challenge(
    submissions: Annotated[Path, typer.Argument(help="<student>/07_tc_resnet/challenge.keras, beside the notebooks.",
                                                exists=True, file_okay=False)],
    clips: Annotated[str | None, typer.Option(help="A folder or archive in the layout of Speech Commands; its testing "
                                                   "split counts. Default: the bundled data.")] = None,
    output: Annotated[Path, typer.Option(help="Where the table goes.", dir_okay=False)] = Path("challenge.csv"),
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Measure even where there is no sandbox: what is in the "
                                                          "files then runs with your rights.")] = False,
) -> None:
    """Measure the networks of lesson 07's challenge on clips that no student has. Exit code 2: bad usage."""
    from autograder.running.sandbox.protection import demanded_protection
    from autograder.terminal import measure_challenge

    with _bad_usage():
        measure_challenge(console, submissions, clips, output, demanded_protection(unsafe))


@app.command()
def doctor() -> None:
    """Try whether this machine can wall in what students wrote. Exit code 0: the sandbox holds; 3: it does not."""
    from autograder.terminal import examine_sandbox

    raise typer.Exit(0 if examine_sandbox(console) else NOT_ALL)


@app.command()
def demo() -> None:
    """Train two networks on the bundled data, build the lessons, grade a sample class, write build/report."""
    from autograder.demo import run

    run(console)


@app.command()
def similar(
    submissions: Annotated[Path, typer.Argument(help="<student>/<assignment>/<notebook>.ipynb, nbgrader's layout.",
                                                exists=True, file_okay=False)],
    output: Annotated[Path, typer.Option(help="Where the page goes.", dir_okay=False)] = Path("similar.html"),
) -> None:
    """Find pairs of students whose answers are alike, for a human to judge. Exit code 3: some could not be read."""
    from autograder.terminal import find_look_alikes

    with _bad_usage():
        complete = find_look_alikes(console, submissions, output)
    raise typer.Exit(0 if complete else NOT_ALL)


@app.command()
def grade_one(
    handed_in: Annotated[Path, typer.Argument(metavar="NOTEBOOK", help="What a student handed in: a notebook under any "
                                              "name, or a zip file or folder with notebooks and files beside them.",
                                              exists=True)],
    student: Annotated[str, typer.Option(help="The student's name: the secret tests follow from it, too.")] = "student",
    lesson: Annotated[str | None, typer.Option(help="The only lesson that counts. Default: all that are "
                                                    "found.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, envvar="KWS_JUDGE_SEED", help="As for grade: the same number gives "
                                             "the same secret tests.")] = None,
    time_limit: Annotated[float, typer.Option(min=1, help="Seconds that one notebook may take.")] = 300.0,
    feedback: Annotated[Path | None, typer.Option(help="Write the student's page into this file.",
                                                  dir_okay=False)] = None,
    in_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table; docs/instant-grades.md "
                                                         "names its keys.")] = False,
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Grade even where there is no sandbox: the student's code "
                                                          "then runs with your rights.")] = False,
) -> None:
    """Grade what one student handed in. Exit code 0: it was graded; 3: it could not be; 2: bad usage."""
    from autograder.running.sandbox.protection import LIMITS, WARNING, demanded_protection
    from autograder.terminal import grade_and_print_one, say

    with _bad_usage():
        protection = demanded_protection(unsafe)
        complete = grade_and_print_one(console, handed_in, student=student, lesson=lesson, seed=seed,
                                       seconds=time_limit, protection=protection, in_json=in_json, feedback=feedback)
    if protection == LIMITS:
        say(Console(stderr=True), WARNING, style="red")
    raise typer.Exit(0 if complete else NOT_ALL)


_LESSON = Annotated[str | None, typer.Option(help="The only lesson that counts. Default: whatever is handed in.")]
_SEED = Annotated[int, typer.Option(min=0, envvar="KWS_JUDGE_SEED", help="The secret tests follow from this number.")]
_UNSAFE = Annotated[bool, typer.Option("--unsafe", help="Let it grade even where there is no sandbox.")]


@app.command()
def gradescope(
    output: Annotated[Path, typer.Argument(metavar="OUTPUT.zip", help="The file to upload.", dir_okay=False)],
    lesson: _LESSON = None,
    seed: _SEED = 0,
    time_limit: Annotated[float, typer.Option(min=1, help="Seconds that one notebook may take.")] = 300.0,
    unsafe: _UNSAFE = False,
) -> None:
    """Write the zip file that makes an autograder in Gradescope."""
    from autograder.adapters.gradescope import points, write_zip
    from autograder.building.lesson import lesson_names

    with _bad_usage():
        write_zip(output, lesson, seed, time_limit, unsafe)
    for name in [lesson] if lesson else lesson_names():
        tested, by_hand = points(name)
        console.print(f"{name}: {tested:g} points by tests, {by_hand:g} by hand.")


@app.command()
def classroom50(
    output: Annotated[Path, typer.Argument(metavar="OUTPUT/autograder.py", help="The file to commit.", dir_okay=False)],
    course: Annotated[str, typer.Option(help="What pip installs the course from, such as "
                                             "git+https://github.com/me/course.")],
    lesson: Annotated[str | None, typer.Option(help="The only lesson that counts. Default: the one that the assignment "
                                                    "is called like, or whatever is handed in.")] = None,
    seed: _SEED = 0,
    unsafe: _UNSAFE = False,
) -> None:
    """Write the autograder.py of an assignment in Classroom 50, a successor of GitHub Classroom."""
    from autograder.adapters.result_json import write_autograder

    with _bad_usage():
        write_autograder(output, course, lesson, seed, unsafe)


@app.command()
def watch(
    submitted: Annotated[Path, typer.Argument(help="The folder that is watched: with a folder, a zip file or a "
                                                   "notebook for each student.", exists=True, file_okay=False)],
    output: Annotated[Path, typer.Option(help="The folder for the results of the class, as for grade.",
                                         file_okay=False)],
    once: Annotated[bool, typer.Option("--once", help="End when everything that is there is graded.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Notebooks executed at once; default: the cores.")] = None,
    time_limit: Annotated[float, typer.Option(min=1, help="Seconds that one notebook may take.")] = 300.0,
    seed: Annotated[int | None, typer.Option(min=0, envvar="KWS_JUDGE_SEED", help="As for grade.")] = None,
    unsafe: _UNSAFE = False,
) -> None:
    """Grade what is put into a folder, and put the student's page beside it. Exit codes: as for grade."""
    from autograder.adapters.watch import watch as watch_folder
    from autograder.running.sandbox.protection import demanded_protection
    from autograder.terminal import say

    for number in (signal.SIGINT, signal.SIGTERM):  # both end it, wherever it was started
        signal.signal(number, signal.default_int_handler)
    with _bad_usage():
        try:
            complete = watch_folder(submitted, output, once=once, workers=workers, seconds=time_limit, seed=seed,
                                    protection=demanded_protection(unsafe), say=lambda text: say(console, text))
        except KeyboardInterrupt:  # notebooks that are still running end with their sandbox: nobody waits for them
            sys.stdout.flush()
            atexit._run_exitfuncs()
            os._exit(0)
    raise typer.Exit(0 if complete else NOT_ALL)


@app.command()
def benchmark(
    parts: Annotated[list[str] | None, typer.Argument(help="speed, data, lessons (runs all of them), grading, "
                                                           "busy, real, spotting; default: all.")] = None,
    real: Annotated[str | None, typer.Option(help="Recordings of people: a folder or archive in the layout of Speech "
                                                  "Commands. The lessons run with them, too.")] = None,
) -> None:
    """Measure speed, time, memory and accuracy, and write docs/results.md."""
    from autograder.building.paths import demand_repository

    with _bad_usage():
        demand_repository()
        from tools.benchmark import run

        run(console, parts or (), real)


if __name__ == "__main__":
    programs_on_path()
    print_what_can_be_printed()
    sys.exit(app())
