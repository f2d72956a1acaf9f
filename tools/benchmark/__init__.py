"""What the course costs and what it reaches, measured in parts; docs/results.md is written from all of them.

What each part measured is kept in docs/results.json, so that one can be measured again without the others.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from autograder.building.course_folder import build_course
from autograder.building.paths import BUILD, ROOT
from autograder.building.repository import build_functions, build_notebooks
from autograder.building.solution import SOLVED
from kws_helpers.results import FOLDER
from tools.benchmark import data
from tools.benchmark.binder import first_figure
from tools.benchmark.grading import against_stock, beside_busy_loops, costs
from tools.benchmark.lessons import additions, run_bundled, run_grading, run_real
from tools.benchmark.page import write_page
from tools.benchmark.speed import RATIOS
from tools.teaching.pages import write_pages

MEASURED = ROOT / "docs" / "results.json"
PAGE = ROOT / "docs" / "results.md"
REAL = BUILD / "benchmark-real"

Say = Callable[[str], None]


def run(console: Console, parts: Iterable[str] = (), real: str | None = None) -> None:
    """Measure, print, and write docs/results.md.

    Args:
        parts: of `PARTS`; all by default, those of `WITH_PEOPLE` only where `real` is given.
        real: recordings of people, anything that `kws_helpers.data.load` takes.

    Raises:
        ValueError: there is no such part, or it needs `real`.
    """
    parts = list(parts) or [part for part in PARTS if part not in WITH_PEOPLE or real]
    if unknown := set(parts) - set(PARTS):
        raise ValueError(f"There is no part {', '.join(sorted(unknown))}; the parts are {', '.join(PARTS)}.")
    if not real and set(parts) & WITH_PEOPLE:
        raise ValueError(f"{' and '.join(sorted(WITH_PEOPLE))} need recordings of people: --real FOLDER.")
    BUILD.mkdir(exist_ok=True)
    for part in parts:
        with console.status(part) as status:
            def say(text: str, part: str = part) -> None:
                status.update(f"{part}: {text}")
                console.print(f"{part}: {text}", highlight=False)

            measured = PARTS[part](say, real)
        results = json.loads(MEASURED.read_text("utf-8")) | {part: measured}
        MEASURED.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        write_page(PAGE, results)
    write_pages()  # which say what the lessons cost
    console.print(f"\nWritten to {PAGE.relative_to(ROOT)}")


def _speed(say: Say, real: str | None) -> list[dict]:
    return _told((measure() for measure in RATIOS), say)


def _lessons(say: Say, real: str | None) -> dict[str, list]:
    """Run the solved lessons, which makes `solutions/` and `notebooks/` anew."""
    build_functions()
    before = additions()
    working = _told(run_bundled(), say)
    build_course()
    build_notebooks()
    grading = _told(run_grading(), say)
    return {"working": working, "grading": grading, "additions": [before, additions()], "networks": _networks(SOLVED)}


def _grading(say: Say, real: str | None) -> dict[str, Any]:
    comparison = against_stock()
    say(f"{comparison.ratio.times:.1f} x as fast as {comparison.ratio.against}, "
        f"{comparison.different} of {comparison.exercises} scores differ")
    return asdict(comparison) | {"costs": _told(costs(), say)}


def _busy(say: Say, real: str | None) -> list[dict]:
    return _told(beside_busy_loops(), say)


def _data(say: Say, real: str | None) -> list[dict]:
    return _told(data.costs(), say)


def _binder(say: Say, real: str | None) -> float:
    seconds = first_figure()
    say(f"the first figure after {seconds:.1f} s")
    return seconds


def _real(say: Say, real: str) -> dict[str, list]:
    return {"working": _told(run_real(REAL, real), say), "networks": _networks(REAL)}


def _spotting(say: Say, real: str) -> list[dict]:
    from tools.benchmark.recipe import compare  # TensorFlow comes with it, which no other part needs so early

    return _told(compare(real), say)


PARTS = {"speed": _speed, "data": _data, "lessons": _lessons, "binder": _binder, "grading": _grading,
         "busy": _busy, "real": _real, "spotting": _spotting}
WITH_PEOPLE = {"real", "spotting"}


def _networks(folder: Path) -> list[dict]:
    """What the lessons remember of their networks in this folder."""
    found = [json.loads(path.read_text("utf-8")) for path in (folder / FOLDER).glob("*.json")]
    return sorted(({key: one[key] for key in ("name", "parameters", "accuracies")} for one in found),
                  key=lambda one: np.mean(one["accuracies"]))


def _told(measured: Iterable[Any], say: Say) -> list[dict]:
    """What was measured, as plain data; each is said as soon as it is there."""
    done = []
    for one in measured:
        say(str(one))
        done.append(asdict(one))
    return done
