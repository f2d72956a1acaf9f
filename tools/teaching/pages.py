"""docs/teaching/: a page for each lesson, and one that lists them."""

import ast
import inspect
import json
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

from autograder.building.lesson import WARM_UP, graded_cells, lesson_names, points_of, read_lesson
from autograder.building.paths import ROOT
from autograder.grading.rubric import in_points, rubrics
from autograder.judging.exercise import Exercise, exercises
from tools.opening import Opening, opening
from tools.teaching.lesson import Block, Question, asked_by_hand, links_from, questions, whole_text

PAGES = ROOT / "docs" / "teaching"
MEASURED = ROOT / "docs" / "results.json"

FOR_WHOM = ("*For teachers, and made by `make teaching`: do not change it here. It shows mistakes, answers and marking "
            "schemes; no secret test is in it. Whoever has the repository can read it, as they can read `solutions/`: "
            "where that matters, hand out `notebooks/` alone.*")
WRONG = ("These are the wrong answers that the autograder knows, by the names that it has for them, and what it tells "
         "the student. The code is below each list, folded. There a mistake's name stands where students write the "
         "exercise's, and what several mistakes share is in a function above them.")


def write_pages(folder: Path = PAGES) -> Path:
    """Write all pages anew."""
    folder.mkdir(parents=True, exist_ok=True)
    costs = {one["name"]: one for one in json.loads(MEASURED.read_text("utf-8"))["lessons"]["working"]}
    rows = []
    for name in (WARM_UP, *lesson_names()):
        parts = whole_text(name)
        one = opening(read_lesson(name))
        page = "\n\n".join([*_head(name, one, costs.get(name)), *_contents(parts), *_mistakes(name),
                            *_questions(questions(parts)), *_by_hand(name)])
        (folder / f"{name}.md").write_text(links_from(PAGES, page) + "\n", encoding="utf-8")
        time, points, _ = _cost(one).split(" · ", 2)
        rows.append(f"| [{one.title}]({name}.md) | {time.removeprefix('About ')} | {points} | "
                    f"{len(questions(parts))} | {len(rubrics(name))} |")
    (folder / "README.md").write_text(_index(rows), encoding="utf-8")
    return folder


def _index(rows: list[str]) -> str:
    return "\n\n".join([
        "# For teachers: lesson by lesson", FOR_WHOM,
        "Each page says how long a lesson takes and what it needs, what is in it, what goes wrong and what the "
        "autograder says to that, which questions to ask the class, and how to mark what no test can judge.",
        "\n".join(["| lesson | time | points | questions to ask | marked by hand |", "| --- | --- | --- | --- | --- |",
                   *rows]),
        "```\nmake slides\n```",
        "makes slides of every lesson's figures and questions: one file per lesson in `build/slides/`, which needs no "
        "network. The arrow keys turn over, `f` fills the screen, and printing gives a slide a page. The "
        "answers are folded.",
        "In formgrader the rubrics stand above the answers: [instructors.md](../instructors.md#mark-by-hand)."]) + "\n"


def _cost(one: Opening) -> str:
    """Return time, points and needs in a line."""
    return " ".join(one.cost.split())


def _head(name: str, one: Opening, cost: dict | None) -> Iterator[str]:
    yield from (f"# {one.title}", FOR_WHOM, f"{_cost(one)}.")
    if cost:
        yield (f"Solved, the notebook runs in {cost['seconds']:.0f} s and needs {cost['megabytes'] / 1000:.2f} GB of "
               "memory, measured on 2 cores without a GPU ([results.md](../docs/results.md)). The recordings are those "
               "of the course: nothing has to be downloaded.")
    yield (f"[What students get]({name}.ipynb) · [Solved, with figures](../solutions/{name}.ipynb)")
    if one.goal:
        yield f"**Goal:** {one.goal}"
    if one.learned:
        yield from ("Afterwards students can:", one.learned)


def _contents(parts: list[Block | Question]) -> Iterator[str]:
    """Yield the headings as a list, with what stands below an exercise's: minutes, difficulty, points."""
    lines: list[str] = []
    for part in parts:
        if isinstance(part, Block) and part.level > 1:
            lines.append("  " * (part.level - 2) + f"- {part.heading}")
        elif isinstance(part, Block) and re.match(r"\*\d+ minutes\b", part.text):
            lines[-1] += f" ({' '.join(part.text.strip('*').split())})"
    yield from ("## What is in it", "\n".join(lines))


def _mistakes(lesson: str) -> Iterator[str]:
    found = [exercises()[cell["grade_id"]] for cell in graded_cells(lesson) if not cell["solution"]]
    if found:
        yield from ("## What goes wrong", WRONG)
    for exercise in found:
        yield f"### `{exercise.name}` ({in_points(points_of(exercise.name))})"
        yield "\n".join(f"- **{one.name.replace('_', ' ')}**: {one.hint}" for one in exercise.mistakes)
        yield _folded("The code of these mistakes", f"```python\n{_code(exercise)}\n```")


def _code(exercise: Exercise) -> str:
    """Return the mistakes as they are written, after the functions that they call."""
    wanted = [one.name for one in exercise.mistakes]
    defined = _definitions(sys.modules[exercise.mistakes[0].answer.__module__])
    for name in wanted:  # which grows
        used = {node.id for node in ast.walk(ast.parse(defined[name])) if isinstance(node, ast.Name)}
        wanted += sorted(used & set(defined) - set(wanted))
    wanted.sort(key=[*defined].index)
    return "\n\n\n".join(defined[name] for name in wanted)


def _definitions(module: ModuleType) -> dict[str, str]:
    """Return the source of a module's own functions and of those beside it, without decorators, by name."""
    source, found = inspect.getsource(module), {}
    for beside in re.findall(r"^from (\.\w+) import", source, re.MULTILINE):
        found |= _definitions(import_module(beside, module.__package__))
    return found | {node.name: ast.get_source_segment(source, node) for node in ast.parse(source).body
                    if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def _questions(asked: list[Question]) -> Iterator[str]:
    if asked:
        yield "## Questions to ask the class"
    for question in asked:
        yield "### " + (f"{question.kind}, at “{question.section}”" if question.kind not in question.section
                        else question.section)
        yield from question.text
        for summary, answer in question.answers:
            yield _folded(summary, answer)


def _by_hand(lesson: str) -> Iterator[str]:
    asked = asked_by_hand(lesson)
    if asked:
        yield "## Marked by hand"
    for rubric in rubrics(lesson).values():
        yield from (f"### `{rubric.grade_id}` ({rubric.worth})", asked[rubric.grade_id])
        yield from ("How it is marked:", rubric.scheme)
        yield from ("A good answer mentions:", rubric.mentions) if rubric.mentions else ()
        yield _folded("Model answer", rubric.answer)


def _folded(summary: str, text: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"
