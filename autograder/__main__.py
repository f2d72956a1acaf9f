"""The instructor's commands: `python -m autograder lessons | grade | demo | benchmark`."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from autograder.environment import programs_on_path

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)
console = Console()

GRADED_ALL, BAD_USAGE, SOME_NOT_GRADED = 0, 2, 3


@app.command()
def lessons(
    solutions: Annotated[bool, typer.Option(help="Execute the solved notebooks, too (minutes).")] = True,
) -> None:
    """Build notebooks/, solutions/ and nbgrader's course/ from autograder/lessons/."""
    from autograder import build

    with console.status("…") as status:
        for step in build.build_all(with_solutions=solutions):
            status.update(step)
            console.print(step)


@app.command()
def grade(
    submissions: Annotated[Path, typer.Argument(help="<student>/<assignment>/<notebook>.ipynb, as nbgrader collects it.",
                                                exists=True, file_okay=False)],
    output: Annotated[Path, typer.Option(help="The folder for grades.csv, summary.csv, feedback/, report.html and "
                                              "gradebook.db.", file_okay=False)],
    workers: Annotated[int | None, typer.Option(min=1, help="Notebooks executed at once; default: the cores.")] = None,
    time_limit: Annotated[float, typer.Option(min=1, help="Seconds that one notebook may take.")] = 300.0,
) -> None:
    """Grade a class. Exit code 0: every submission was graded; 3: some could not be; 2: bad usage."""
    from autograder.grade import grade_class
    from autograder.report import total_up, write_results
    from autograder.tables import print_gradebook

    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                  console=console) as bar:
        task = bar.add_task("Grading", total=None)
        try:
            result = grade_class(submissions, output, workers=workers, seconds=time_limit,
                                 progress=lambda done, total, what: bar.update(task, completed=done, total=total,
                                                                               description=f"Graded {what}"))
        except ValueError as error:
            bar.stop()
            console.print(str(error), style="red", highlight=False)
            raise typer.Exit(BAD_USAGE) from None
    write_results(result, output)
    print_gradebook(console, total_up(result.rows), result.rows)
    console.print(f"Results: {output / 'report.html'}, grades.csv, summary.csv, feedback/", highlight=False)
    raise typer.Exit(GRADED_ALL if result.complete else SOME_NOT_GRADED)


@app.command()
def demo() -> None:
    """Train two networks on the bundled data, build the lessons, grade a sample class, write build/report."""
    from autograder.demo import run

    run(console)


@app.command()
def benchmark() -> None:
    """Measure speed, as ratios within one run."""
    from autograder.benchmark import run

    run(console)


if __name__ == "__main__":
    programs_on_path()
    sys.exit(app())
