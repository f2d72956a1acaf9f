"""docs/results.md: what was measured, in words and tables."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from autograder.benchmark.lessons import LessonRun
from autograder.benchmark.speed import Ratio
from autograder.paths import NOTEBOOKS, SOLUTIONS
from kws_helpers.results import FOLDER


@dataclass(frozen=True)
class Measured:
    """The folder where the lessons left their results, and what running them cost, where that was measured.

    `grading` is what they cost in the mode in which they are graded.
    """

    folder: Path
    runs: list[LessonRun] = field(default_factory=list)
    grading: list[LessonRun] = field(default_factory=list)


def write_page(path: Path, ratios: list[Ratio], bundled: Measured, people: Measured | None = None,
               real: str = "") -> None:
    """Write the page from what was measured and from what the lessons left in their folders."""
    parts = ["# Results",
             f"Written by `make benchmark`; every number comes from that run, on {os.cpu_count()} cores without a GPU.",
             "## The networks", "Accuracy on the testing split, whose voices no network has heard: mean of so many "
             "seeds as are listed, by the solved lessons.", "### Bundled synthetic voices", _networks(bundled.folder)]
    if people:
        parts += ["### Recordings of people", "The same notebooks, unchanged, with `KWS_DATA` naming a part of Speech "
                  "Commands.", _networks(people.folder), "### From synthetic voices to people",
                  _new_domain(bundled.folder, real)]
    if bundled.runs:
        parts += ["## The lessons", "Solved, from top to bottom, and again in the mode in which they are graded.",
                  _lessons(bundled, people)]
    parts += [f"All of `notebooks/`: {_size(NOTEBOOKS):.2f} MB. `solutions/`: {_size(SOLUTIONS):.1f} MB.", "## Speed",
              "Each pair measured side by side in one run.",
              _table(["work", "seconds", "against", "seconds", "ratio"],
                     [[one.work, f"{one.seconds:.2f}", one.against, f"{one.others:.2f}", f"{one.times:.1f}"]
                      for one in ratios])]
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _networks(folder: Path) -> str:
    found = [json.loads(path.read_text(encoding="utf-8")) for path in (folder / FOLDER).glob("*.json")]
    rows = [[one["name"], f"{one['parameters']:,}", f"{100 * np.mean(one['accuracies']):.1f} %",
             ", ".join(f"{100 * value:.1f}" for value in one["accuracies"])]
            for one in sorted(found, key=lambda one: np.mean(one["accuracies"]))]
    return _table(["network", "parameters", "mean", "each seed"], rows)


def _new_domain(folder: Path, real: str) -> str:
    import keras

    from autograder.challenge import secret_clips

    x, y = secret_clips(real)
    model = keras.models.load_model(folder / "spotter.keras", compile=False)
    accuracy = np.mean(model.predict(x, verbose=0, batch_size=256).argmax(axis=-1) == y)
    return (f"The spotter of lesson 06, trained on the bundled synthetic voices alone, recognises {100 * accuracy:.1f} "
            f"% of {len(y):,} clips of people.")


def _lessons(bundled: Measured, people: Measured | None) -> str:
    columns = {"seconds": bundled.runs, "memory in MB": bundled.runs, "seconds while graded": bundled.grading}
    if people:
        columns["seconds with real recordings"] = people.runs
    rows = [[run.name] for run in bundled.runs] + [["all"]]
    for heading, runs in columns.items():
        values, total = (([run.megabytes for run in runs], max) if "memory" in heading
                         else ([run.seconds for run in runs], sum))
        for row, value in zip(rows, [*values, total(values)]):
            row.append(f"{value:.0f}")
    return _table(["lesson", *columns], rows)


def _size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.glob("*.ipynb")) / 1e6


def _table(headings: list[str], rows: Iterable[list[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
