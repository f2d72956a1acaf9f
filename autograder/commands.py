"""What the commands do on the terminal, around the functions that do the work."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from autograder.arrivals import LeftOut
from autograder.challenge import ranked, run_challenge, write_table
from autograder.collect import collect
from autograder.grade import grade_class
from autograder.report import total_up, write_results
from autograder.sandbox.doctor import examine
from autograder.tables import print_challenge, print_checks, print_collected, print_gradebook


def collect_and_print(console: Console, source: Path, submissions: Path) -> bool:
    """Bring what came back into nbgrader's layout, and print what was found and what could not be used.

    Returns:
        True when everything that is somebody's work could be used.

    Raises:
        ValueError: there is nothing to collect from, or no good place to collect into.
        OSError: a file could not be written.
    """
    placed, left_out = [], []
    with console.status("Collecting …"):
        for one in collect(source, submissions):
            (left_out if isinstance(one, LeftOut) else placed).append(one)
    print_collected(console, placed, left_out)
    return all(one.harmless for one in left_out)


def grade_and_report(console: Console, submissions: Path, output: Path, *, workers: int | None = None,
                     seconds: float, protection: str, seed: int | None = None, force: bool = False,
                     scheduler: str | None = None, database: str | None = None) -> bool:
    """Grade a class with a progress bar, write the results, print the gradebook.

    Returns:
        True when every submission could be graded.

    Raises:
        ValueError: as `grade_class`.
    """
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("Grading", total=None)

        def progress(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=f"Graded {what}")

        result = grade_class(submissions, output, workers=workers, seconds=seconds, seed=seed, force=force,
                             protection=protection, scheduler=scheduler, database=database, progress=progress)
    write_results(result, output)
    print_gradebook(console, total_up(result.rows), result.rows)
    console.print(f"\nResults in {output}: report.html, grades.csv, summary.csv, feedback/, exports/",
                  highlight=False, soft_wrap=True)
    return result.complete


def measure_challenge(console: Console, submissions: Path, clips: str | None, output: Path) -> None:
    """Measure the networks of the challenge, print the ranking and write it to `output`.

    Raises:
        ValueError: there are no networks, or no clips.
    """
    entries = []
    with console.status("Measuring …") as status:
        for entry in run_challenge(submissions, clips):
            entries.append(entry)
            status.update(f"Measured {entry.student}")
    write_table(entries, output)
    print_challenge(console, ranked(entries))
    console.print(f"\nWritten to {output}", highlight=False, soft_wrap=True)


def examine_sandbox(console: Console) -> bool:
    """Try whether this machine can wall in what students wrote, and print what was found.

    Returns:
        True when the sandbox holds.
    """
    with console.status("Trying …"):
        checks = list(examine())
    print_checks(console, checks)
    return all(check.holds for check in checks)
