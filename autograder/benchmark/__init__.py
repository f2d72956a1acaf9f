"""What the course costs and what it reaches, measured; docs/results.md is written from it."""

from collections.abc import Callable, Iterable

from rich.console import Console
from rich.table import Table

from autograder.benchmark.lessons import LessonRun, run_bundled, run_grading, run_real
from autograder.benchmark.page import Measured, write_page
from autograder.benchmark.speed import RATIOS, Ratio
from autograder.build import SOLVED, build_course, build_functions, build_notebooks
from autograder.paths import BUILD, ROOT


def run(console: Console, real: str | None = None, lessons: bool = True) -> None:
    """Measure, print, and write docs/results.md.

    Args:
        real: recordings of people, anything that `kws_helpers.data.load` takes; without it, the page says nothing
            about real recordings.
        lessons: run the lessons, too, which makes `solutions/` and `notebooks/` anew; without it the page tells what
            the last `make lessons` reached, and no times.
    """
    ratios = []
    for measure in RATIOS:
        with console.status(measure.__doc__):
            ratios.append(measure())
    _print_ratios(console, ratios)
    bundled, page = Measured(SOLVED), ROOT / "docs" / "results.md"
    if lessons:
        build_functions()
        bundled = Measured(SOLVED, _shown(console, run_bundled), _shown(console, run_grading))
        build_course()
        build_notebooks()
    write_page(page, ratios, bundled)
    if real:
        folder = BUILD / "benchmark-real"
        people = Measured(folder, _shown(console, lambda say: run_real(folder, real, say)))
        write_page(page, ratios, bundled, people, real)
    console.print("\nWritten to docs/results.md")


def _shown(console: Console, run_lessons: Callable[[Callable[[str], None]], Iterable[LessonRun]]) -> list[LessonRun]:
    runs = []
    with console.status("…") as status:
        for done in run_lessons(status.update):
            console.print(f"{done.name}: {done.seconds:.0f} s, {done.megabytes:.0f} MB", highlight=False)
            runs.append(done)
    return runs


def _print_ratios(console: Console, ratios: list[Ratio]) -> None:
    table = Table(title="Speed", title_justify="left")
    for heading, justify in (("work", "left"), ("this", "right"), ("against", "left"), ("", "right"),
                             ("ratio", "right")):
        table.add_column(heading, justify=justify)
    for one in ratios:
        table.add_row(one.work, f"{one.seconds:.2f} s", one.against, f"{one.others:.2f} s", f"{one.times:.1f} x")
    console.print(table)
