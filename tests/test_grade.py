"""A class is graded: everybody is accounted for, and nobody's mistake costs another student anything."""

import copy
import csv
import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder import sample_class
from autograder.answers import right_answers
from autograder.building.course_folder import nbgrader_api
from autograder.building.lesson import graded_cells, lesson_names
from autograder.building.notebooks import write_notebook
from autograder.building.paths import ROOT
from autograder.grading.grade import grade_class
from autograder.judging.exercise import exercises
from autograder.sample_class import ENDLESS, filled, mistake, solutions, source

LESSON = "01_dataset"
TESTED = [cell["grade_id"] for cell in graded_cells(LESSON) if not cell["solution"]]
POINTS = {cell["grade_id"]: cell["points"] for cell in graded_cells(LESSON)}
FULL = sum(POINTS[name] for name in TESTED)


def edit(notebook, change):
    notebook = copy.deepcopy(notebook)
    change(notebook)
    return notebook


def cell_of(notebook, grade_id):
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def drop(*grade_ids):
    def change(notebook):
        notebook.cells = [cell for cell in notebook.cells
                          if cell.metadata.get("nbgrader", {}).get("grade_id") not in grade_ids]
    return change


def duplicate(grade_id):
    return lambda notebook: notebook.cells.append(copy.deepcopy(cell_of(notebook, grade_id)))


def retype(grade_id):
    def change(notebook):
        cell = cell_of(notebook, grade_id)
        new = nbformat.v4.new_markdown_cell(cell.source)
        new.metadata = cell.metadata
        notebook.cells[notebook.cells.index(cell)] = new
    return change


def overwrite(grade_id, text):
    def change(notebook):
        cell_of(notebook, grade_id).source = text
    return change


def damage_metadata(notebook):
    cell_of(notebook, "one_hot").metadata["nbgrader"] = {"grade_id": "one_hot", "points": 1000}
    notebook.metadata["kernelspec"] = {"name": "julia", "display_name": "Julia"}


def noisy(answer):
    """A right answer that prints and warns while it works."""
    return answer + """

quiet = one_hot

def one_hot(labels, n_classes):
    import sys, warnings
    print("hello")
    print("oh", file=sys.stderr)
    warnings.warn("careful")
    return quiet(labels, n_classes)
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory, shared_cache):
    """The class, graded once by the command; returns (exit code, rows by student, output folder)."""
    folder = tmp_path_factory.mktemp("class")
    right = solutions(LESSON)
    good = filled(LESSON, right)
    one_by_one = {name: right[name] for name in TESTED[:2]}
    students = {
        "all right": good,
        "Jörg Müller (17)": filled(LESSON, sample_class.written_differently(LESSON, 1)),
        "different-2": filled(LESSON, sample_class.written_differently(LESSON, 2)),
        "half": filled(LESSON, one_by_one),
        "untouched": filled(LESSON, {}),
        "wrong": filled(LESSON, {name: mistake(name) for name in TESTED}),
        "lambda": filled(LESSON, right | {"frame_count": "frame_count = lambda n, w, h: 0 if n < w else 1 + (n-w)//h"}),
        "noisy": filled(LESSON, right | {"one_hot": noisy(right["one_hot"])}),
        "syntax-error": filled(LESSON, right | {"one_hot": "def one_hot(labels, n_classes)\n    return 1"}),
        "other-name": filled(LESSON, right | {"one_hot": "def onehot(labels, n_classes):\n    return 1"}),
        "endless": filled(LESSON, right | {"frame_count": ENDLESS}),
        "exits": filled(LESSON, right | {"standardise": "def standardise(*a):\n    import os\n    os._exit(0)"}),
        "duplicate": edit(good, duplicate("class_counts")),
        "duplicate-solution": edit(good, duplicate("class_counts-solution")),
        "no-test-cell": edit(good, drop("one_hot")),
        "no-pair": edit(good, drop("one_hot", "one_hot-solution")),
        "no-setup": edit(good, drop("setup-01_dataset")),
        "retyped": edit(good, retype("one_hot")),
        "edited-test": edit(filled(LESSON, {}), overwrite("one_hot", "2.0")),
        "damaged-metadata": edit(good, damage_metadata),
    }
    for student, notebook in students.items():
        write = write_notebook if student != "damaged-metadata" else lambda nb, path: (
            path.parent.mkdir(parents=True), path.write_text(json.dumps(nb)))
        write(notebook, folder / "submitted" / student / LESSON / f"{LESSON}.ipynb")
    place = folder / "submitted"
    raw = (place / "all right" / LESSON / f"{LESSON}.ipynb").read_bytes()
    for student, name, content in [("cut-off", f"{LESSON}.ipynb", raw[:3000]), ("empty-file", f"{LESSON}.ipynb", b""),
                                   ("not-text", f"{LESSON}.ipynb", bytes(range(128, 256))),
                                   ("a-list", f"{LESSON}.ipynb", b"[1, 2]"), ("byte-order-mark", f"{LESSON}.ipynb",
                                                                              b"\xef\xbb\xbf" + raw),
                                   ("renamed", "01_dataset (3).ipynb", raw), ("text-only", "answers.txt", b"hello")]:
        (place / student / LESSON).mkdir(parents=True)
        (place / student / LESSON / name).write_bytes(content)
    (place / "nothing").mkdir()
    (place / "lost" / "lesson-one").mkdir(parents=True)
    done = subprocess.run([sys.executable, "-m", "autograder", "grade", str(place), "--output", str(folder / "out"),
                           "--workers", "2", "--unsafe"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3), done.stdout + done.stderr
    with (folder / "out" / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_student = {student: {row["exercise"]: row for row in rows if row["student"] == student}
                  for student in {row["student"] for row in rows}}
    return done.returncode, by_student, folder


def points(rows):
    return sum(float(rows[name]["score"] or 0) for name in TESTED)


def test_every_student_is_accounted_for(graded):
    _, rows, folder = graded
    assert set(rows) == {path.name for path in (folder / "submitted").iterdir()}
    for student in rows:
        assert (folder / "out" / "feedback" / student / "index.html").stat().st_size > 500


def test_the_exit_code_says_that_some_could_not_be_graded(graded):
    code, rows, _ = graded
    unreadable = {student for student, exercises in rows.items()
                  if any(row["status"] == "unreadable" for row in exercises.values())}
    assert unreadable == {"cut-off", "empty-file", "not-text", "a-list", "lost"}
    assert code == 3


@pytest.mark.parametrize("student", ["all right", "Jörg Müller (17)", "different-2", "lambda", "noisy", "duplicate",
                                     "duplicate-solution", "no-test-cell", "no-setup", "retyped", "damaged-metadata",
                                     "byte-order-mark", "renamed"])
def test_right_answers_get_full_points(graded, student):
    _, rows, _ = graded
    lost = {name: rows[student][name]["message"] for name in TESTED if rows[student][name]["status"] != "passed"}
    assert not lost
    assert points(rows[student]) == FULL


def test_half_done_gets_its_half(graded):
    _, rows, _ = graded
    assert points(rows["half"]) == sum(POINTS[name] for name in TESTED[:2])
    assert {rows["half"][name]["status"] for name in TESTED[2:]} == {"untouched"}


def test_untouched_gets_nothing(graded):
    _, rows, _ = graded
    assert points(rows["untouched"]) == 0
    assert {row["status"] for row in rows["untouched"].values()} == {"untouched"}


def test_mistakes_get_their_hints(graded):
    _, rows, _ = graded
    for name in TESTED:
        row = rows["wrong"][name]
        assert float(row["score"]) < float(row["max_score"])
        assert row["message"].startswith(exercises()[name].mistakes[0].hint)


@pytest.mark.parametrize("student, exercise, words", [
    ("syntax-error", "one_hot", "SyntaxError"), ("other-name", "one_hot", "one_hot is not defined"),
    ("endless", "frame_count", "did not finish"), ("exits", "standardise", "Python died"),
    ("no-pair", "one_hot", "one_hot is not defined"), ("edited-test", "one_hot", "Not written yet")])
def test_one_bad_exercise_costs_only_itself_and_says_why(graded, student, exercise, words):
    _, rows, _ = graded
    assert float(rows[student][exercise]["score"]) == 0
    assert words in rows[student][exercise]["message"]
    if student != "edited-test":
        others = [name for name in TESTED if name != exercise]
        assert {rows[student][name]["status"] for name in others} == {"passed"}


@pytest.mark.parametrize("student, words", [
    ("cut-off", "JSON breaks off"), ("empty-file", "JSON breaks off"), ("not-text", "JSON breaks off"),
    ("a-list", "is not a Jupyter notebook"), ("text-only", "No notebook"), ("nothing", "No notebook")])
def test_what_cannot_be_read_says_why(graded, student, words):
    _, rows, _ = graded
    assert all(words in row["message"] and float(row["score"]) == 0 for row in rows[student].values())


def test_feedback_names_repairs_and_no_hidden_test(graded):
    _, _, folder = graded
    feedback = folder / "out" / "feedback"
    assert "was called 01_dataset (3).ipynb" in (feedback / "renamed" / "index.html").read_text()
    assert "one_hot was missing" in (feedback / "no-test-cell" / "index.html").read_text()
    assert "judge" not in "".join(path.read_text() for path in feedback.rglob("*.html"))


def test_the_gradebook_is_nbgraders_and_holds_the_same_scores(graded):
    _, rows, folder = graded
    with Gradebook(f"sqlite:///{folder / 'out' / 'gradebook.db'}") as gradebook:
        for student in ("all right", "half", "wrong", "endless", "cut-off"):
            found = gradebook.find_submission_notebook(LESSON, LESSON, student)
            assert found.score == pytest.approx(points(rows[student])), student


def test_the_report_shows_the_class(graded):
    _, _, folder = graded
    report = (folder / "out" / "report.html").read_text()
    assert "Jörg Müller (17)" in report and "Needs a human look" in report
    with (folder / "out" / "summary.csv").open(encoding="utf-8", newline="") as file:
        totals = {row["student"]: row for row in csv.DictReader(file)}
    assert float(totals["all right"]["score"]) == FULL
    assert float(totals["all right"]["max_score"]) == sum(POINTS.values())


def test_stock_nbgrader_gives_the_same_scores_and_feedback_without_hidden_tests(graded, tmp_path_factory):
    _, rows, folder = graded
    from autograder.building.course_folder import build_course

    course = build_course(tmp_path_factory.mktemp("stock"), [LESSON])
    students = ["all right", "wrong", "half", "noisy", "duplicate", "no-test-cell"]
    environment = os.environ | {"KWS_CACHE": os.environ["KWS_CACHE"]}
    for student in students:
        target = course / "submitted" / student / LESSON
        target.mkdir(parents=True)
        (target / f"{LESSON}.ipynb").write_bytes(
            (folder / "submitted" / student / LESSON / f"{LESSON}.ipynb").read_bytes())
    done = subprocess.run([sys.executable, "-m", "nbgrader", "autograde", LESSON], cwd=course, env=environment,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for student in students:
            found = gradebook.find_submission_notebook(LESSON, LESSON, student)
            assert {grade.name: grade.auto_score for grade in found.grades if grade.name in TESTED} == pytest.approx(
                {name: float(rows[student][name]["score"]) for name in TESTED}), student
    done = subprocess.run([sys.executable, "-m", "nbgrader", "generate_feedback", LESSON, "--student=wrong"],
                          cwd=course, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    page = (course / "feedback" / "wrong" / LESSON / f"{LESSON}.html").read_text()
    assert "autograder.judging.verdict" not in page


@pytest.mark.parametrize("workers", [1, 4])
def test_neither_workers_nor_walls_change_a_score(graded, tmp_path, workers):
    """The class was graded by two workers without a sandbox."""
    _, rows, folder = graded
    students = ["all right", "wrong", "half", "noisy", "different-2"]
    for student in students:
        shutil.copytree(folder / "submitted" / student, tmp_path / "submitted" / student)
    result = grade_class(tmp_path / "submitted", tmp_path / "out", workers=workers)
    assert {(row.student, row.exercise): row.score for row in result.rows if row.exercise in TESTED} == pytest.approx(
        {(student, name): float(rows[student][name]["score"]) for student in students for name in TESTED})


@pytest.mark.parametrize("given", [0.5, 0.0])
def test_points_and_comments_given_by_hand_survive_the_next_run(graded, tmp_path, given):
    _, _, folder = graded
    out, name = folder / "out", "why-silence-is-not-zeros"
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade(name, LESSON, LESSON, "half")
        grade.manual_score, grade.needs_manual_grade = given, False
        gradebook.find_comment(name, LESSON, LESSON, "half").manual_comment = "Think of rooms."
        gradebook.find_comment(f"{TESTED[0]}-solution", LESSON, LESSON, "half").manual_comment = "Nicely short."
        gradebook.db.commit()
    only = tmp_path / "submitted" / "half" / LESSON
    only.mkdir(parents=True)
    (only / f"{LESSON}.ipynb").write_bytes((folder / "submitted/half" / LESSON / f"{LESSON}.ipynb").read_bytes())
    rows = {row.exercise: row for row in grade_class(tmp_path / "submitted", out).rows}
    assert (rows[name].score, rows[name].status, rows[name].message) == (given, "marked", "Comment: Think of rooms.")
    assert (rows[TESTED[0]].status, rows[TESTED[0]].message) == ("passed", "Comment: Nicely short.")


def test_a_notebook_that_cannot_be_prepared_stops_nobody_else(tmp_path, shared_cache, monkeypatch):
    def fails_for_ben(notebook, lesson):
        if "of Ben" in notebook.cells[-1].source:
            raise RuntimeError("odd")
        return ()

    monkeypatch.setattr("autograder.grading.grade.superfluous", fails_for_ben)
    for student in ("Ada", "Ben"):
        notebook = filled(LESSON, solutions(LESSON))
        notebook.cells.append(nbformat.v4.new_markdown_cell(f"The notebook of {student}"))
        write_notebook(notebook, tmp_path / "submitted" / student / LESSON / f"{LESSON}.ipynb")
    rows = {(row.student, row.exercise): row for row in grade_class(tmp_path / "submitted", tmp_path / "out").rows}
    assert rows["Ada", TESTED[0]].status == "passed"
    assert (rows["Ben", TESTED[0]].status, rows["Ben", TESTED[0]].score) == ("unreadable", 0)
    assert "could not be prepared for grading: odd" in rows["Ben", TESTED[0]].message


@pytest.mark.parametrize("argument", ["nowhere", "empty"])
def test_bad_usage_is_exit_code_2_with_a_sentence(tmp_path, argument):
    (tmp_path / "empty").mkdir()
    done = subprocess.run([sys.executable, "-m", "autograder", "grade", str(tmp_path / argument), "--output",
                           str(tmp_path / "out")], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout + done.stderr


def test_lesson_with_models(tmp_path, shared_cache):
    """Lesson 02 through the whole pipeline: right, written differently, and a mistake."""
    lesson = "02_ffnn"
    assert lesson in lesson_names()
    second = solutions(lesson)
    students = {"right": second, "different": sample_class.written_differently(lesson),
                "wrong": second | {"build_ffnn": mistake("build_ffnn")}}
    for student, answers in students.items():
        write_notebook(filled(lesson, answers), tmp_path / "submitted" / student / lesson / f"{lesson}.ipynb")
    result = grade_class(tmp_path / "submitted", tmp_path / "out", workers=2)
    scores = {(row.student, row.exercise): row for row in result.rows}
    for exercise in second:
        assert scores["right", exercise].status == scores["different", exercise].status == "passed", exercise
    assert scores["wrong", "build_ffnn"].mistake == exercises()["build_ffnn"].mistakes[0].name


def test_the_api_of_nbgrader_sees_the_course(graded):
    _, _, folder = graded
    assert nbgrader_api(folder / "out").get_source_assignments() == {LESSON}


def test_answers_keep_their_source_when_they_are_put_into_a_notebook():
    for name, functions in right_answers().items():
        for function in functions:
            if function.__name__ == "<lambda>":
                continue  # a lambda is no cell of its own
            scope = {}
            exec(source(function, name), scope)
            assert callable(scope[name])
