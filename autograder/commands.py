"""What the commands do on the terminal, around the functions that do the work."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from autograder.grade import grade_class
from autograder.report import total_up, write_results
from autograder.tables import print_gradebook


def grade_and_report(console: Console, submissions: Path, output: Path, *, workers: int | None = None,
                     seconds: float) -> bool:
    """Grade a class with a progress bar, write the results, print the gradebook.

    Returns:
        True when every submission could be graded.

    Raises:
        ValueError: the folder holds no submissions.
    """
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("Grading", total=None)

        def progress(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=f"Graded {what}")

        result = grade_class(submissions, output, workers=workers, seconds=seconds, progress=progress)
    write_results(result, output)
    print_gradebook(console, total_up(result.rows), result.rows)
    console.print(f"\nResults in {output}: report.html, grades.csv, summary.csv, feedback/, gradebook.db",
                  highlight=False, soft_wrap=True)
    return result.complete
