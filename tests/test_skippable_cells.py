"""Which cells need not run for a grade, and that no grade depends on them."""

import nbformat
import pytest

from autograder.building.lesson import cells_that_show, graded_cells, lesson_names, read_lesson
from autograder.building.notebooks import source_notebook
from autograder.grading.grade import KERNEL_ENVIRONMENT
from autograder.grading.skippable_cells import LONGEST, names_bound, names_read, skippable
from autograder.judging.judged_run import execute_and_judge
from autograder.running.execute import Job
from autograder.running.sandbox.protection import best_protection
from autograder.running.sandbox.provisioner import prepare
from autograder.sample_class import filled, solutions

LESSON = "01_dataset"


@pytest.mark.parametrize("source, read", [
    ("a = b", "b"), ("a = a + 1", "a"), ("a = 1\nb = a", ""), ("a += 1", "a"), ("a = 1\na += 1", ""), ("del a", "a"),
    ("a[0] = b", "a b"), ("a.append(b)", "a b"), ("a: int = b", "int b"), ("f'{a:{b}}'", "a b"),
    ("for a in b: c(a)", "b c"), ("for a in f(a): b", "a b f"), ("for a in b: c = a\nd = c", "b c"),
    ("if a: b = 1\nprint(b)", "a b print"), ("try: import a\nexcept E: pass\na", "E a"),
    ("a = [b for b in c if d(b)]", "c d"), ("def a(b, c=d):\n    e = f(b, c)\n    return e", "d f"),
    ("a = 1\ndef b():\n    return a", "a"), ("def a():\n    global b\n    b += 1", "b"),
    ("@a\nclass B(c):\n    d = e\n    def f(self): return g", "a c e g"), ("def broken(", ""), ("a = '\\d'", "")])
def test_names_that_a_cell_reads(source, read):
    assert names_read(source) == set(read.split())


@pytest.mark.parametrize("lesson", lesson_names())
def test_every_tag_is_justified(lesson):
    """No other cell of the lesson, and no solution, reads what a tagged cell binds."""
    tagged = cells_that_show(lesson)
    code = [cell for cell in read_lesson(lesson).cells if cell.cell_type == "code"]
    assert tagged and not [cell.source for cell in code if cell.source in tagged and "nbgrader" in cell.metadata]
    bound = frozenset().union(*map(names_bound, tagged))
    assert not [(cell.source, names) for cell in code
                if cell.source not in tagged and (names := names_read(cell.source) & bound)]


def skipped(notebook):
    return [notebook.cells[place].source for place in skippable(notebook, LESSON)]


@pytest.mark.parametrize("code", [
    "def helper():\n    return is_clear(clips)", "print(one_clip)", "print(len(our_clips))", "x = eval('is_clear')",
    "%timeit 1", "x = !ls", "globals()['is_clear']", f"text = '{'a' * LONGEST}'", f"{'(' * 5000}1{')' * 5000} % 2"])
def test_where_a_student_may_use_what_a_tagged_cell_binds_all_cells_run(code):
    notebook = filled(LESSON, solutions(LESSON))
    assert set(skipped(notebook)) == cells_that_show(LESSON)
    notebook.cells.append(nbformat.v4.new_code_cell(code))
    assert skipped(notebook) == []


@pytest.mark.parametrize("code", ["is_clear = 1 is_clear", "one_clip = 1\nprint(one_clip)", "print('mine')"])
def test_a_students_own_cells_cost_no_time_otherwise(code):
    notebook = filled(LESSON, solutions(LESSON))
    notebook.cells.append(nbformat.v4.new_code_cell(code))
    assert set(skipped(notebook)) == cells_that_show(LESSON)


def test_a_changed_cell_is_the_students_own():
    notebook = filled(LESSON, solutions(LESSON))
    place = next(place for place in skippable(notebook, LESSON) if "Audio(silence" in notebook.cells[place].source)
    notebook.cells[place].source = "Audio(silence)"
    assert skipped(notebook) == []


@pytest.mark.parametrize("lesson", lesson_names())
def test_graded_cells_pass_without_the_tagged_ones_which_run_while_grading_all_the_same(lesson, tmp_path, shared_cache):
    """The tagged cells come once more at the end: where a student has changed something, they are not left out."""
    notebook = source_notebook(lesson)
    left_out, protection = skippable(notebook, lesson), best_protection()
    notebook.cells += [nbformat.v4.new_code_cell(notebook.cells[place].source) for place in left_out]
    prepare(protection)
    judged = execute_and_judge(Job(nbformat.writes(notebook), str(tmp_path), KERNEL_ENVIRONMENT, protection=protection,
                                   left_out=left_out), seed=0)
    cells = nbformat.reads(judged.executed.notebook, as_version=4).cells
    assert not [output for cell in cells for output in cell.get("outputs", [])
                if output.output_type == "error" or output.get("name") == "stderr"]
    assert left_out and not [cells[place].outputs for place in left_out if cells[place].outputs]
    assert all(cell.execution_count for cell in cells[-len(left_out):]) and judged.executed.problem == ""
    assert {one.exercise for one in judged.verdicts} == {cell["grade_id"] for cell in graded_cells(lesson)
                                                         if not cell["solution"]}
    assert {one.status for one in judged.verdicts} == {"passed"}
