"""docs/results.md: what was measured, in words and tables."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from autograder.building.paths import NOTEBOOKS, SOLUTIONS
from kws_helpers.data import KEYWORDS
from kws_helpers.plotting.figure import to_png
from tools.benchmark.picture import curves
from tools.benchmark.spotting import CAUSES, LIMITS, LOUDNESS


def write_page(path: Path, measured: dict[str, Any]) -> None:
    """Write the page from what the parts measured, by their names, and its picture beside it."""
    parts = ["# Results", f"Written by `make benchmark`, part by part; every number comes from such a run, on "
             f"{os.cpu_count()} cores without a GPU. A part keeps its numbers until it is measured again."]
    parts += _accuracies(measured)
    if "spotting" in measured:
        parts += _spotting(measured["spotting"], path.with_name("spotting.png"))
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
    if "real" in measured:
        parts += ["### Recordings of people", "The same notebooks, unchanged, with `KWS_DATA` naming a part of Speech "
                  "Commands.", _networks(measured["real"]["networks"])]
    return parts


def _spotting(candidates: list[dict], picture: Path) -> list[str]:
    recipe, *_ = candidates
    picture.write_bytes(to_png(curves([one for one in candidates if not one["name"].startswith("…")])))
    limits = [f"{limit:g}" for limit in LIMITS]
    rows = [[one["name"], f"{one['parameters']:,}", _mean_and_each(one["clips"]),
             *(_mean_and_each(one["misses"][limit]) for limit in limits)] for one in candidates]
    middle = limits[1]
    parts = {"keyword": ("by_keyword", KEYWORDS), "loudness over the noise": ("by_loudness", LOUDNESS),
             "cause": ("by_cause", CAUSES)}
    return ["## Spotters", "Networks under 100,000 parameters as spotters of people: forty minutes of voices, words "
            "and noise that no network has heard, every three seconds a word, every second one no keyword, over noise "
            "that is 10 to 30 dB quieter than an average word. Missed are so many of the keywords where the threshold "
            f"was chosen for {', '.join(limits)} false alarms an hour on other such recordings; mean, and each seed. "
            "“Clips” is the accuracy on the testing clips. The [recipe](recipe.md) has heard people, the other "
            "network has not.",
            "![Misses against false alarms an hour, a curve for each network, the mean of its seeds]"
            f"({picture.name})",
            _table(["network", "parameters", "clips", *(f"missed at {limit}" for limit in limits)], rows),
            "What the thresholds of the recipe gave elsewhere, mean of the seeds: false alarms in these recordings, in "
            "others in which nobody says a keyword, and misses in sparse ones (a word every fifteen seconds).",
            _table(["chosen for", "false alarms an hour", "where nobody says a keyword", "missed where words are rare"],
                   [[limit, *(f"{np.mean(recipe[what][limit]):.1f}" for what in ("alarms", "quiet")),
                     f"{np.mean(recipe['sparse'][limit]):.0%}"] for limit in limits]),
            f"Missed by the recipe's networks at {middle} false alarms an hour; the causes add up to all misses."] \
        + [_table([title, "missed"], [[name, f"{recipe[key][name]:.0%}"] for name in names])
           for title, (key, names) in parts.items()]


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
