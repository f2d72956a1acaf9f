"""A class of invented students, for the demo and for tests: notebooks filled in as students fill them in."""

import ast
import contextlib
import copy
import inspect
import re
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType

from nbformat import NotebookNode

from autograder.building.lesson import (
    functions_module,
    graded_cells,
    imported_names,
    nbgrader_cells,
    read_lesson,
    solution_of,
    solved,
)
from autograder.building.notebooks import released_notebook, write_notebook
from autograder.judging.exercise import exercises
from autograder.judging.reference import reference
from kws_helpers.check import attempts, hints, ladders

RIGHT = ""
CHECKED = {
    "ada-all-right": {"class_counts": [RIGHT], "one_hot": [RIGHT], "frame_count": ["first_frame_forgotten", RIGHT],
                      "fit_standardiser": ["over_frames_only", RIGHT], "softmax": ["no_maximum_subtracted", RIGHT]},
    "ben-written-differently": {"class_counts": ["only_classes_that_occur", RIGHT], "frame_count": [
        "window_forgotten", "first_frame_forgotten", "rounded_up", "negative_for_short_clips", RIGHT]},
    "cleo-half-done": {"class_counts": ["counts_end_with_the_last_class_seen", "only_classes_that_occur", RIGHT],
                       "frame_count": ["window_forgotten", "first_frame_forgotten", "negative_for_short_clips"],
                       "fit_standardiser": ["one_number_for_everything", "over_frames_only", "over_clips_only",
                                            "order_swapped", "variance"]},
    "eve-one-mistake": {"frame_count": ["first_frame_forgotten", "negative_for_short_clips", RIGHT],
                        "fit_standardiser": ["over_frames_only", "sample_standard_deviation"],
                        "softmax": ["no_maximum_subtracted"]},
    "abe-endless-loop": {"class_counts": ["only_classes_that_occur", RIGHT],
                         "frame_count": ["window_forgotten", "rounded_up", "negative_for_short_clips"]},
}
"""What some of the demo's students checked at their desks: by exercise the mistakes one after another, or `RIGHT`."""

ENDLESS = '''def frame_count(n_samples, window, hop):
    start = 0
    while start <= n_samples:
        count = (start - window) // hop + 1
    return count
'''


def filled(lesson: str, answers: Mapping[str, str], questions: Mapping[str, str] | None = None) -> NotebookNode:
    """Return the notebook that students get, with the cells of some exercises replaced.

    Args:
        lesson: the lesson's name.
        answers: source code by the exercise's name.
        questions: text by grade_id, for questions that are marked by hand.
    """
    notebook = copy.deepcopy(released_notebook(lesson))
    texts = {f"{name}-solution": source for name, source in answers.items()} | dict(questions or {})
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in texts:
            cell.source = texts.pop(grade_id)
    if texts:
        raise LookupError(f"{lesson} has no cells {sorted(texts)}")
    return notebook


def solutions(lesson: str) -> dict[str, str]:
    """Return the reference solutions as a student would have typed them, those of exercises at choice last."""
    graded = _exercise_names(lesson)
    written = [cell["grade_id"].removesuffix("-solution") for cell in nbgrader_cells(lesson)
               if cell["grade_id"].endswith("-solution")]
    return ({name: _source_of(functions_module(lesson), name, name) for name in graded}
            | {name: solution_of(lesson, name) for name in written if name not in graded})


def written_differently(lesson: str, style: int = 0) -> dict[str, str]:
    """For every exercise one of the right answers that look unlike the reference."""
    named = {name: [one for one in exercises()[name].right_answers if one.__name__ != "<lambda>"]
             for name in _exercise_names(lesson)}
    return {name: source(functions[style % len(functions)], name) for name, functions in named.items()}


def model_answers(lesson: str) -> dict[str, str]:
    """Return the lesson's own answers to the questions that are marked by hand."""
    cells = solved(read_lesson(lesson)).cells
    by_hand = {cell["grade_id"] for cell in graded_cells(lesson) if cell["solution"]}
    return {cell.metadata["nbgrader"]["grade_id"]: cell.source for cell in cells
            if cell.metadata.get("nbgrader", {}).get("grade_id") in by_hand}


def mistake(exercise: str, name: str = "") -> str:
    """Return a well-known mistake as source code; the first one when no name is given."""
    known = exercises()[exercise].mistakes
    found = next(one for one in known if name in ("", one.name))
    return source(found.answer, exercise)


def source(function: Callable, name: str) -> str:
    """Return the source of a function under another name, with what it needs from its module."""
    return _source_of(_whole_source(sys.modules[function.__module__]), function.__name__, name)


def write_class(folder: Path) -> None:
    """Write the demo's class: nbgrader's `submitted/` layout."""
    first, second = solutions("01_dataset"), solutions("02_ffnn")
    half = dict(list(first.items())[: len(first) // 2])
    handed_in = {
        "ada-all-right": [filled("01_dataset", first, model_answers("01_dataset")),
                          filled("02_ffnn", second, model_answers("02_ffnn"))],
        "ben-written-differently": [filled("01_dataset", written_differently("01_dataset")),
                                    filled("02_ffnn", written_differently("02_ffnn"))],
        "cleo-half-done": [filled("01_dataset", half)],
        "dan-untouched": [filled("01_dataset", {})],
        "eve-one-mistake": [filled("01_dataset", first | {"fit_standardiser": mistake("fit_standardiser")}),
                            filled("02_ffnn", second | {"softmax": mistake("softmax", "no_maximum_subtracted")})],
        "abe-endless-loop": [filled("01_dataset", first | {"frame_count": ENDLESS})],
    }
    for student, notebooks in handed_in.items():
        for lesson, notebook in zip(("01_dataset", "02_ffnn"), notebooks, strict=False):
            write_notebook(notebook, folder / student / lesson / f"{lesson}.ipynb")
    for student, checked in CHECKED.items():
        write_log(folder / student / "01_dataset", checked)
    broken = folder / "fay-broken-file" / "01_dataset" / "01_dataset.ipynb"
    write_notebook(filled("01_dataset", first), broken)
    broken.write_bytes(broken.read_bytes()[: broken.stat().st_size // 2])


def write_log(folder: Path, checked: Mapping[str, list[str]]) -> None:
    """Write the log of checks that a student has made who began with mistakes; see `CHECKED`."""
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.chdir(folder):  # where a notebook would run
        for exercise, tries in checked.items():
            answers = {one.name: one.answer for one in exercises()[exercise].mistakes} | {RIGHT: reference(exercise)}
            for number, name in enumerate(tries, start=1):
                report = ladders()[exercise].climb(answers[name])
                attempts.note(report, 0 if report.passed else max(0, number - hints.TRIES + 1), again=False)


def _exercise_names(lesson: str) -> list[str]:
    return [cell["grade_id"] for cell in graded_cells(lesson) if not cell["solution"]]


def _whole_source(module: ModuleType) -> str:
    """Return the source of a module, in which the modules beside it stand in place of their imports."""
    def text_of(found: re.Match) -> str:
        return inspect.getsource(import_module(found[1], module.__package__))

    return re.sub(r"^from (\.\w+) import .+", text_of, inspect.getsource(module), flags=re.MULTILINE)


def _source_of(module: str, function: str, name: str) -> str:
    """Cut a function out of a module's source, with its imports and the module's own names that it uses."""
    tree = ast.parse(module)
    definitions = {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    for node in definitions.values():
        node.decorator_list = []
    wanted, needed = [function], []
    while wanted:
        node = definitions.get(wanted.pop())
        if node is not None and node not in needed:
            needed.insert(0, node)
            wanted += [one.id for one in ast.walk(node) if isinstance(one, ast.Name) and one.id in definitions]
    used = {one.id for node in needed for one in ast.walk(node) if isinstance(one, ast.Name)}
    kept = [node for node in tree.body if _binds(node) & used - {name}] + needed  # but not the `Exercise` itself
    definitions[function].name = name
    for one in ast.walk(definitions[function]):
        if isinstance(one, ast.Name) and one.id == function:  # it calls itself
            one.id = name
    return "\n\n\n".join(dict.fromkeys(map(ast.unparse, kept)))


def _binds(node: ast.stmt) -> set[str]:
    """Return the names that an import or an assignment at the top level of a module makes."""
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    return imported_names(node)
