"""Points that a person gave: they stay, and another answer is looked at again. The same points stand everywhere."""

import copy
import csv
import shutil

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.building.lesson import graded_cells
from autograder.building.notebooks import write_notebook
from autograder.grading import grade
from autograder.grading.unchanged import FOLDER
from autograder.intake.repair import BESIDE, repair
from autograder.reporting.report import write_results
from autograder.running.sandbox.protection import LIMITS
from autograder.sample_class import filled

LESSON, QUESTION, OTHER = "01_dataset", "why-silence-is-not-zeros", "why-no-speaker-in-two-splits"
TEST = next(cell["grade_id"] for cell in graded_cells(LESSON) if not cell["solution"])


class Class:
    """Ada's hand-ins, graded again and again."""

    def __init__(self, folder):
        self.path = folder / "submitted" / "ada" / LESSON / f"{LESSON}.ipynb"
        self.out = folder / "out"

    def hand_in(self, *, code=None, **answers):
        answers = {QUESTION: answers.get("answer", "Rooms hum."), OTHER: answers.get("other", "Voices.")}
        write_notebook(filled(LESSON, code or {}, answers), self.path)

    def grade(self, **options):
        result = grade.grade_class(self.path.parents[2], self.out, workers=1, protection=LIMITS, **options)
        write_results(result, self.out)
        assert result.problems == []
        return {row.exercise: row for row in result.rows}

    def mark(self, name, points, comment="Think of rooms."):
        """As formgrader does it."""
        with Gradebook(f"sqlite:///{self.out / 'gradebook.db'}") as gradebook:
            mark = gradebook.find_grade(name, LESSON, LESSON, "ada")
            mark.manual_score, mark.needs_manual_grade = points, False
            if name == QUESTION:
                gradebook.find_comment(name, LESSON, LESSON, "ada").manual_comment = comment
            gradebook.db.commit()

    def waits(self, name):
        with Gradebook(f"sqlite:///{self.out / 'gradebook.db'}") as gradebook:
            return gradebook.find_grade(name, LESSON, LESSON, "ada").needs_manual_grade

    def totals(self):
        """The points of the whole lesson, in every file that has them."""
        def read(name):
            with (self.out / name).open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))

        page = (self.out / "feedback" / "ada" / "index.html").read_text("utf-8")
        (summary,), (nbgrader,), (moodle,) = map(read, ("summary.csv", "exports/nbgrader.csv", "exports/moodle.csv"))
        grades = sum(float(row["score"] or 0) for row in read("grades.csv"))
        (*_, canvas) = read("exports/canvas.csv")
        all_of_them = {grades, *map(float, (summary["score"], nbgrader["score"], moodle[LESSON], canvas[LESSON]))}
        assert len(all_of_them) == 1, all_of_them
        (points,) = all_of_them
        assert f"<strong>{points:g} of " in page
        return points, summary


@pytest.fixture
def ada(tmp_path, ready):
    one = Class(tmp_path)
    one.hand_in()
    one.grade()
    one.mark(QUESTION, 0.75)
    return one


@pytest.mark.parametrize("answer, said", [("Zeros are too easy.", "looks again."),
                                          ("YOUR ANSWER HERE", "There is no answer now.")])
def test_another_answer_is_looked_at_again(ada, answer, said):
    marked = ada.grade()[QUESTION]
    assert (marked.score, marked.status) == (0.75, "marked")
    before, _ = ada.totals()
    ada.hand_in(answer=answer)
    for options in ({}, {}, {"force": True}):
        row = ada.grade(**options)[QUESTION]
        assert (row.score, row.status, row.comment) == (0.75, "look again", "Think of rooms.")
        assert "Before: 0.75 of 1 points" in row.message and "count" in row.message and said in row.message
        assert "Comment: Think of rooms." in row.message
        points, summary = ada.totals()
        assert points == before and summary["status"] == "to mark"
        assert float(summary["waiting"]) == 1 + 2, "the other question waits, too"
        report = (ada.out / "report.html").read_text("utf-8")
        assert "Needs a human look" in report and "Before: 0.75 of 1 points" in report
    ada.mark(QUESTION, 0.5)
    assert (ada.grade()[QUESTION].score, ada.grade(force=True)[QUESTION].status) == (0.5, "marked")


def test_the_same_answer_stays_marked_whatever_else_has_changed(ada):
    ada.hand_in(code={TEST: f"def {TEST}(*args):\n    return 1"}, other="Other voices.")
    for options in ({}, {"force": True}, {"seed": 7}):
        row = ada.grade(**options)[QUESTION]
        assert (row.score, row.status) == (0.75, "marked")
        assert not ada.waits(QUESTION)


def test_points_given_for_a_test_are_looked_at_again_where_any_code_has_changed(ada):
    ada.mark(TEST, 1.0)
    assert ada.grade()[TEST].score == 1.0
    ada.hand_in(code={"one_hot": "def one_hot(*args):\n    return 1"})
    row = ada.grade()[TEST]
    assert (row.status, row.score) == ("look again", 1.0) and "The tests give 0.5 now." in row.message


def test_a_run_that_was_ended_does_not_make_another_answer_the_marked_one(ada, monkeypatch):
    ada.hand_in(answer="Zeros are too easy.")
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        def ended(*args):
            raise KeyboardInterrupt

        patched.setattr(grade.ClassGradebook, "record", ended)
        ada.grade()
    assert ada.grade()[QUESTION].status == "look again"


def test_without_a_memory_of_the_answer_nbgraders_own_word_counts(ada):
    shutil.rmtree(ada.out / FOLDER)
    row = ada.grade()[QUESTION]
    assert (row.status, row.score) == ("look again", 0.75)


@pytest.mark.parametrize("write, status", [(lambda path: path.write_text("{"), "unreadable"),
                                           (lambda path: path.unlink(), "missing")])
def test_a_broken_file_after_marking_leaves_one_truth(ada, write, status):
    ben = ada.path.parents[2] / "ben"
    shutil.copytree(ada.path.parents[1], ben)
    write(ada.path)
    result = grade.grade_class(ada.path.parents[2], ada.out, workers=1, protection=LIMITS)
    row = next(row for row in result.rows if (row.student, row.exercise) == ("ada", QUESTION))
    assert (row.status, row.score) == (status, 0.75) and "Before: 0.75 of 1 points" in row.message
    with Gradebook(f"sqlite:///{ada.out / 'gradebook.db'}") as gradebook:
        gradebook.remove_student("ben")
    write_results(grade.ClassResult([row for row in result.rows if row.student == "ada"]), ada.out)
    points, _ = ada.totals()
    assert points == (0.75 if status == "unreadable" else points)


def test_the_hand_in_before_a_broken_one_is_graded_again(ada):
    right = ada.path.read_bytes()
    first = ada.grade()
    ada.path.write_text("{")
    ada.grade()
    ada.path.write_bytes(right)
    again = ada.grade()
    assert again[TEST].score == first[TEST].score > 0
    assert again[QUESTION].status == "look again", "a person was asked to look, and has not yet"


def beside(*own, at=1, name=QUESTION, **changes):
    """The notebook with cells of the student's own at a place relative to an answer that was left as it was."""
    notebook = copy.deepcopy(filled(LESSON, {}, {OTHER: "Voices."}))
    place = next(number for number, cell in enumerate(notebook.cells)
                 if cell.metadata.get("nbgrader", {}).get("grade_id") == name)
    notebook.cells[place].update(changes)
    notebook.cells[place + at:place + at] = own
    return notebook, notebook.cells[place + (at < 1) * len(own)]


TEXT = "Because rooms hum."


@pytest.mark.parametrize("notebook, answer", [
    beside(nbformat.v4.new_markdown_cell(TEXT)), beside(nbformat.v4.new_markdown_cell(TEXT), at=0),
    beside(nbformat.v4.new_code_cell(TEXT)), beside(nbformat.v4.new_raw_cell(TEXT)),
    beside(nbformat.v4.new_code_cell(""), nbformat.v4.new_markdown_cell(TEXT)),
    beside(attachments={"a.png": {"image/png": "aGVsbG8="}})])
def test_an_answer_beside_its_place_is_for_a_person_to_look_at(notebook, answer):
    notes = repair(notebook, LESSON)
    assert answer.source.endswith(BESIDE) and answer.source.startswith("YOUR ANSWER HERE")
    assert any(QUESTION in note and "person" in note for note in notes)


@pytest.mark.parametrize("notebook, answer", [beside(), beside(nbformat.v4.new_code_cell(" \n")),
                                              beside(nbformat.v4.new_markdown_cell(TEXT), at=2)])
def test_no_answer_is_no_answer(notebook, answer):
    repair(notebook, LESSON)
    assert answer.source == "YOUR ANSWER HERE"


def test_an_answer_beside_its_place_waits_for_marking(ada):
    write_notebook(beside(nbformat.v4.new_markdown_cell(TEXT))[0], ada.path.parents[2] / "ben" / LESSON / ada.path.name)
    result = grade.grade_class(ada.path.parents[2], ada.out, workers=1, protection=LIMITS)
    rows = {row.exercise: row for row in result.rows if row.student == "ben"}
    assert (rows[QUESTION].status, rows[QUESTION].score) == ("to mark", None)
