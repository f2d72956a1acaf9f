"""docs/results.md: what was measured, in words and tables."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from autograder.building.paths import NOTEBOOKS, SOLUTIONS
from kws_helpers.plotting.figure import to_png
from tools.benchmark.picture import recipe_picture


def write_page(path: Path, measured: dict[str, Any]) -> None:
    """Write the page from what the parts measured, by their names, and its picture beside it."""
    parts = ["# Results", f"Written by `make benchmark`, part by part; every number comes from such a run, on "
             f"{os.cpu_count()} cores without a GPU. A part keeps its numbers until it is measured again."]
    parts += _accuracies(measured)
    if "recipe" in measured:
        parts += _recipe(measured["recipe"], path.with_name("recipe.png"))
    if "lessons" in measured:
        before, after = measured["lessons"]["additions"]
        parts += ["## The lessons", "Solved, from top to bottom, and again while they are graded. How fast the machine "
                  f"was meanwhile: ten million additions in a plain Python loop took {before:.2f} s before, and "
                  f"{after:.2f} s after.", _lessons(measured)]
    parts.append(f"All of `notebooks/`: {_size(NOTEBOOKS):.2f} MB. `solutions/`: {_size(SOLUTIONS):.1f} MB.")
    if "binder" in measured:
        parts.append("On one core, as a visitor of Binder has it, lesson 01 shows its first figure "
                     f"{measured['binder']:.1f} s after its first cell was started.")
    if "grading" in measured:
        parts += _grading(measured["grading"])
    if "busy" in measured:
        rows = [[str(one["loops"]), str(one["students"]), str(one["scores"]), str(one["different"]),
                 f"{one['seconds_each']:.1f}"] for one in measured["busy"]]
        parts += ["### On a busy machine", "Lessons 01 and 07, graded in peace and again beside endless loops.",
                  _table(["loops", "students", "scores", "that differ", "seconds for each notebook"], rows)]
    if "data" in measured:
        parts += _data(measured["data"])
    if "speed" in measured:
        parts += ["## Speed", "Each pair measured side by side in one run.", _ratios(measured["speed"])]
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _accuracies(measured: dict[str, Any]) -> list[str]:
    parts = ["## The networks", "Accuracy on the testing split, whose voices no network has heard: mean of so many "
             "seeds as are listed, by the solved lessons."]
    if "lessons" in measured:
        parts += ["### Bundled synthetic voices", _networks(measured["lessons"]["networks"])]
    if "domain" in measured:
        parts += ["### From synthetic voices to people", "TC-ResNet8, trained on the bundled synthetic voices alone, "
                  "with clips that are changed in every epoch. On voices that it has not heard: mean, and each seed.",
                  _domain(measured["domain"])]
    if "real" in measured:
        parts += ["### Recordings of people", "The same notebooks, unchanged, with `KWS_DATA` naming a part of Speech "
                  "Commands.", _networks(measured["real"]["networks"])]
    return parts


def _recipe(candidates: list[dict], picture: Path) -> list[str]:
    recipe = candidates[0]
    picture.write_bytes(to_png(recipe_picture(candidates)))
    rows = [[one["name"], f"{one['parameters']:,}", str(one["epochs"]), _mean_and_each(one["validation"]),
             _mean_and_each(one["testing"])] for one in candidates]
    return ["## A recipe for recordings of people", "Networks under 100,000 parameters, trained on a part of Speech "
            f"Commands by [the recipe](recipe.md), which took {max(recipe['seconds']):.0f} seconds at most for one "
            "network; then for a third of its epochs, with one of its choices undone at a time. The validation split "
            "chose, as far as it could tell; the testing split is reported. Mean, and each seed.",
            f"![The accuracies of the table below: a mark for each seed, a line for their mean]({picture.name})",
            _table(["network", "parameters", "epochs", "validation", "testing"], rows)]


def _domain(transfers: list[dict]) -> str:
    rows = [[str(one["epochs"]), _mean_and_each(one["synthetic"]), f"{_mean_and_each(one['people'])} of "
             f"{one['clips']:,} clips"] for one in transfers]
    return _table(["epochs", "synthetic voices", "people"], rows)


def _mean_and_each(accuracies: list[float]) -> str:
    return f"{np.mean(accuracies):.1%} ({', '.join(f'{100 * one:.1f}' for one in accuracies)})"


def _grading(measured: dict[str, Any]) -> list[str]:
    costs = [[str(one["submissions"]), f"{one['seconds_each']:.1f}", f"{one['seconds_each_again']:.2f}"]
             for one in measured["costs"]]
    return ["## Grading", "A class graded in the sandbox, and some of it by stock nbgrader, too, in one run; seconds "
            f"for each notebook. Of {measured['exercises']} scores, {measured['different']} differ.",
            _ratios([measured["ratio"]]),
            "Lesson 01 in classes of several sizes; “again” is a second run after nothing has changed.",
            _table(["submissions", "seconds for each", "again"], costs)]


def _data(costs: list[dict]) -> list[str]:
    rows = [[f"{one['clips']:,}", f"{one['seconds']:.0f}", f"{1000 * one['seconds'] / one['clips']:.1f}",
             f"{one['megabytes']:.0f}", f"{one['seconds_again']:.0f}", f"{one['megabytes_again']:.0f}"]
            for one in costs]
    return ["## The data", "Archives in the layout of Speech Commands, the larger one with as many clips, loaded, and "
            "their features prepared; “again” is from the cache.",
            _table(["clips", "seconds", "ms a clip", "memory in MB", "seconds again", "memory in MB again"], rows)]


def _ratios(ratios: list[dict]) -> str:
    return _table(["work", "seconds", "against", "seconds", "ratio"],
                  [[one["work"], f"{one['seconds']:.2f}", one["against"], f"{one['others']:.2f}",
                    f"{one['others'] / one['seconds']:.1f}"] for one in ratios])


def _networks(networks: list[dict]) -> str:
    rows = [[one["name"], f"{one['parameters']:,}", f"{100 * np.mean(one['accuracies']):.1f} %",
             ", ".join(f"{100 * value:.1f}" for value in one["accuracies"])] for one in networks]
    return _table(["network", "parameters", "mean", "each seed"], rows)


def _lessons(measured: dict[str, Any]) -> str:
    working, grading = measured["lessons"]["working"], measured["lessons"]["grading"]
    columns = {"seconds": (working, "seconds", sum), "memory in MB": (working, "megabytes", max),
               "seconds while graded": (grading, "seconds", sum)}
    if "real" in measured:
        columns["seconds with real recordings"] = measured["real"]["working"], "seconds", sum
    rows = [[run["name"]] for run in working] + [["all"]]
    for runs, key, total in columns.values():
        values = [run[key] for run in runs]
        for row, value in zip(rows, [*values, total(values)]):
            row.append(f"{value:.0f}")
    return _table(["lesson", *columns], rows)


def _size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.glob("*.ipynb")) / 1e6


def _table(headings: list[str], rows: Iterable[list[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
