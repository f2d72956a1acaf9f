"""The main job from end to end: train two networks on the bundled voices, build the lessons, grade a sample class.

Every part prints what it found; `build/report/index.html` keeps it with the pictures.
"""

import base64
import math
import shutil
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console

from autograder.building.course_folder import build_course
from autograder.building.paths import BUILD
from autograder.building.repository import build_notebooks
from autograder.judging.reference import module_of
from autograder.reporting.report import render
from autograder.running.sandbox.protection import LIMITS
from autograder.sample_class import write_class
from autograder.terminal import grade_and_report, print_table, say
from kws_helpers import data, features, plotting, training
from kws_helpers.augment import AugmentedClips

EPOCHS = {"FFNN": 20, "TC-ResNet8": 40}
BATCH = 64
TIME_LIMIT = 150.0
"""Seconds per notebook: the sample class holds an endless loop, and the demo should not take all day."""


@dataclass(frozen=True)
class Trained:
    """What came of training one network. Accuracies are shares from 0 to 1; `picture` is a PNG of the curves.

    `description` says what is to be seen on the picture.
    """

    name: str
    parameters: int
    training_accuracy: float
    unheard_accuracy: float
    seconds: float
    picture: bytes
    description: str


def run(console: Console) -> None:
    """Run the demo and write the report."""
    start = time.monotonic()
    report = BUILD / "report"
    shutil.rmtree(report, ignore_errors=True)
    report.mkdir(parents=True)

    console.rule("1 of 3: two networks learn from the bundled synthetic voices", align="left")
    # In a process of its own: TensorFlow's memory is given back before the class is graded.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        summary, trained = pool.submit(train_networks).result()
    _print_networks(console, trained)

    console.rule("2 of 3: the lessons become notebooks", align="left")
    notebooks = _build(console)

    console.rule("3 of 3: a sample class is graded", align="left")
    _grade(console, report)

    _write_report(report, summary, trained, notebooks)
    console.print()
    say(console, f"Done in {time.monotonic() - start:.0f} seconds. Open {report / 'index.html'}")


def train_networks() -> tuple[str, list[Trained]]:
    """Train both networks; returns the data in words and the results."""
    dataset = data.load()
    print(dataset, flush=True)
    prepared = features.prepare(dataset)
    plain = {"x": prepared.training.x, "y": prepared.training.y, "batch_size": BATCH}
    changed = {"x": AugmentedClips(dataset, prepared, batch_size=BATCH)}
    jobs = {"FFNN": (module_of("02_ffnn").build_ffnn, plain),
            "TC-ResNet8": (module_of("07_tc_resnet").build_tc_resnet8, changed)}
    return str(dataset), [_train(name, build, clips, prepared) for name, (build, clips) in jobs.items()]


def _train(name: str, build: Any, clips: dict[str, Any], prepared: Any) -> Trained:
    import keras

    keras.utils.set_random_seed(0)
    model = build()
    steps = EPOCHS[name] * math.ceil(len(prepared.training.y) / BATCH)
    # Large steps first, ever smaller ones later: forty epochs then do what a constant rate would need hundreds for.
    rate = keras.optimizers.schedules.CosineDecay(5e-3 if name == "TC-ResNet8" else 1e-3, steps)
    model.compile(optimizer=keras.optimizers.AdamW(rate, weight_decay=1e-2), loss="sparse_categorical_crossentropy",
                  metrics=["accuracy"])
    print(f"\n{name}, {model.count_params():,} parameters", flush=True)
    start = time.monotonic()
    history = model.fit(**clips, validation_data=(prepared.validation.x, prepared.validation.y), epochs=EPOCHS[name],
                        verbose=0, callbacks=[training.Progress()])
    seconds = time.monotonic() - start
    _, on_training = model.evaluate(prepared.training.x, prepared.training.y, verbose=0)
    _, on_unheard = model.evaluate(prepared.testing.x, prepared.testing.y, verbose=0)
    figure, description = plotting.draw_learning_curves(history.history)
    return Trained(name, model.count_params(), on_training, on_unheard, seconds, plotting.to_png(figure), description)


def _print_networks(console: Console, trained: list[Trained]) -> None:
    console.print()
    columns = {"network": "left", "parameters": "right", "voices it learnt from": "right", "unheard voices": "right",
               "seconds": "right"}
    print_table(console, "Accuracy", columns, (
        (one.name, f"{one.parameters:,}", f"{one.training_accuracy:.1%}", f"{one.unheard_accuracy:.1%}",
         f"{one.seconds:.0f}") for one in trained))


def _build(console: Console) -> list[Path]:
    """Build the course folder and the students' notebooks under build/, leaving the committed ones alone."""
    course, folder = BUILD / "course", BUILD / "notebooks"
    build_course(course)
    build_notebooks(course, folder)
    built = sorted(folder.glob("*.ipynb"))
    for path in built:
        say(console, f"{path.relative_to(BUILD.parent)}  ({path.stat().st_size / 1000:.0f} kB)")
    return built


def _grade(console: Console, report: Path) -> None:
    submissions = BUILD / "sample_class"
    shutil.rmtree(submissions, ignore_errors=True)
    write_class(submissions)
    console.print("The sample class is our own code, so it runs without a sandbox; a real class gets one.")
    grade_and_report(console, submissions, report / "class", seconds=TIME_LIMIT, protection=LIMITS)


def _write_report(report: Path, summary: str, trained: list[Trained], notebooks: list[Path]) -> None:
    pictures = {one.name: base64.b64encode(one.picture).decode() for one in trained}
    render("demo.html", report / "index.html", summary=summary, trained=trained, pictures=pictures,
           notebooks=[path.name for path in notebooks])
