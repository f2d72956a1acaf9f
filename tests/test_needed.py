"""Which cells need not run for a grade, and that no grade depends on them."""

import ast
from pathlib import Path

import nbformat
import pytest

from autograder.building.lesson import graded_cells, lesson_names
from autograder.building.notebooks import source_notebook
from autograder.grading.grade import KERNEL_ENVIRONMENT
from autograder.grading.needed import Names, names_in, superfluous
from autograder.judging.judged_run import execute_and_judge
from autograder.running.execute import Job
from autograder.running.sandbox.protection import best_protection
from autograder.running.sandbox.provisioner import prepare
from autograder.sample_class import filled, solutions

LESSON = "01_dataset"


@pytest.mark.parametrize("source, taken, defined", [
    ("a = b", "b", "a"), ("a = a + 1", "a", "a"), ("a = 1\nb = a", "", "a b"), ("a += 1", "a", "a"),
    ("a: int = b", "int b", "a"), ("a, *c = b", "b", "a c"), ("if (a := b): print(a)", "b print", "a"),
    ("for a in b: c = a\nd = c", "b c", "a c d"), ("if a: b = 1\nprint(b)", "a b print", "b"),
    ("try: import a\nexcept E: a = None\nprint(a)", "E a print", "a"), ("with a as b: b.c()", "a", "b"),
    ("a = [b for b in c if d(b)]\ne = b", "c d b", "a e"), ("a = {b: c for b, c in d}", "d", "a"),
    ("def a(b, c=d, *e, f=g, **h):\n    i = j(b, c, e, f, h)\n    return i", "d g j", "a"),
    ("def a():\n    return later()\ndef later():\n    return a", "later", "a later"),
    ("def a():\n    b = [c for c in d]\n    return c", "d c", "a"), ("def a():\n    global b\n    b = 1", "", "a b"),
    ("def a():\n    def b():\n        return c\n    c = 1\n    return b", "", "a"),
    ("a = lambda b, c=d: b + c + e", "d e", "a"),
    ("@a\nclass B(c):\n    d = e\n    def f(self): return g", "a c e g", "B"), ("import a.b, c as d", "", "a d"),
    ("from a import b as c", "", "c"), ("a[0] = b", "a b", "a"), ("a.b.c = 1", "a", "a"), ("a.append(b)", "a b", "a"),
    ("del a[b]", "a b", "a"), ("del a", "a", ""), ("f'{a:{b}}'", "a b", ""), ("def broken(", "", "")])
def test_names(source, taken, defined):
    assert names_in(source) == Names(frozenset(taken.split()), frozenset(defined.split()))


@pytest.mark.parametrize("file", sorted(Path(ast.__file__).parent.glob("[a-d]*.py")), ids=lambda file: file.stem)
def test_whatever_python_can_read_is_read(file):
    source = file.read_text("utf-8", "replace")
    names = names_in(source)
    stored = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    assert names.taken <= stored


def sources(notebook, places):
    return [notebook.cells[place].source for place in places]


def test_cells_that_only_show_something_are_left_out():
    notebook = filled(LESSON, solutions(LESSON))
    left_out = superfluous(notebook, LESSON)
    assert any("plotting.waveforms(" in source for source in sources(notebook, left_out))
    names = {notebook.cells[place].metadata.nbgrader.grade_id for place in left_out
             if "nbgrader" in notebook.cells[place].metadata}
    assert not names & {cell["grade_id"] for cell in graded_cells(LESSON)}


@pytest.mark.parametrize("code, reached", [
    ("def helper():\n    return is_clear(clips)", "def is_clear("), ("print(number)", "for number in np.linspace("),
    ("print(len(our_clips))", "our_clips ="),
    ("x = eval('is_clear')", ""), ("%timeit 1", ""), ("x = !ls", ""), ("globals()['is_clear']", ""),
    ("is_clear = 1 is_clear", None), (f"text = '{'a' * 300_000}'", "")])
def test_what_a_student_uses_runs(code, reached):
    """`reached` is the beginning of the cell that has to run; "" where all have to, None where none has to."""
    notebook = filled(LESSON, solutions(LESSON))
    before = sources(notebook, superfluous(notebook, LESSON))
    notebook.cells.append(nbformat.v4.new_code_cell(code))
    after = sources(notebook, superfluous(notebook, LESSON))
    if reached is None:
        assert after == before
    elif reached == "":
        assert after == []
    else:
        assert any(reached in source for source in before) and not any(reached in source for source in after)


def test_a_changed_cell_is_the_students_own():
    notebook = filled(LESSON, solutions(LESSON))
    place = superfluous(notebook, LESSON)[-1]
    notebook.cells[place].source += "\n"
    assert place not in superfluous(notebook, LESSON)


@pytest.mark.parametrize("lesson", lesson_names())
def test_what_is_needed_runs_without_the_rest(lesson, tmp_path, shared_cache):
    notebook = source_notebook(lesson)
    left_out, protection = superfluous(notebook, lesson), best_protection()
    prepare(protection)
    judged = execute_and_judge(Job(nbformat.writes(notebook), str(tmp_path), KERNEL_ENVIRONMENT, protection=protection,
                                   left_out=left_out), seed=0)
    cells = nbformat.reads(judged.executed.notebook, as_version=4).cells
    assert not [output.evalue for cell in cells for output in cell.get("outputs", []) if output.output_type == "error"]
    assert not [cells[place].outputs for place in left_out if cells[place].outputs]
    assert {one.exercise for one in judged.verdicts} == {cell["grade_id"] for cell in graded_cells(lesson)
                                                         if not cell["solution"]}
    assert {one.status for one in judged.verdicts} == {"passed"}
