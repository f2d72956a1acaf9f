"""A class is graded: everybody is accounted for, and nobody's mistake costs another student anything."""

import copy
import csv
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from distributed import LocalCluster
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder import sample_class
from autograder.__main__ import BAD_USAGE, NOT_ALL, app
from autograder.building.course_folder import build_course, nbgrader_api
from autograder.building.lesson import graded_cells
from autograder.building.notebooks import write_notebook
from autograder.building.paths import ROOT
from autograder.grading.grade import grade_class
from autograder.judging.exercise import exercises
from autograder.reporting.report import write_results
from autograder.running.cluster import ClusterExecutor
from autograder.running.execute import Executed, Job
from autograder.running.sandbox.protection import LIMITS, best_protection
from autograder.sample_class import ENDLESS, filled, mistake, solutions, source

LESSON = "01_dataset"
TESTED = [cell["grade_id"] for cell in graded_cells(LESSON) if not cell["solution"]]
POINTS = {cell["grade_id"]: cell["points"] for cell in graded_cells(LESSON)}
FULL = sum(POINTS[name] for name in TESTED)
SHORTER = "from kws_helpers.check import calling\n\ncalling.CALL_LIMIT = 3  # seconds, ten times less than usual\n\n"
UNSAFE = ["--unsafe"] if best_protection() == LIMITS else []


def cell_of(notebook, grade_id):
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def without(notebook, grade_id):
    notebook = copy.deepcopy(notebook)
    notebook.cells.remove(cell_of(notebook, grade_id))
    return notebook


def battered(notebook):
    """A right notebook with a cell twice, one of another kind, one of another weight, one missing, another kernel."""
    notebook = without(notebook, "setup-01_dataset")
    notebook.cells.append(nbformat.from_dict(cell_of(notebook, "class_counts-solution") | {"id": "again"}))
    cell_of(notebook, "one_hot").metadata["nbgrader"] |= {"points": 1000}
    test = cell_of(notebook, "frame_count")
    notebook.cells[notebook.cells.index(test)] = nbformat.v4.new_markdown_cell(test.source, metadata=test.metadata)
    notebook.metadata["kernelspec"] = {"name": "julia", "display_name": "Julia"}
    return notebook


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


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def graded(tmp_path_factory, shared_cache):
    """The class, graded once by the command: its exit code, rows by student and exercise, and its folders."""
    folder = tmp_path_factory.mktemp("class")
    right = solutions(LESSON)
    good = filled(LESSON, right)
    students = {
        "all right": good,
        "Jörg Müller (17)": filled(LESSON, sample_class.written_differently(LESSON, 1)),
        "cleo-half-done": filled(LESSON, {name: right[name] for name in TESTED[:len(TESTED) // 2]}),
        "untouched": filled(LESSON, {}),
        "wrong": filled(LESSON, {name: mistake(name) for name in TESTED}),
        "two-errors": filled(LESSON, right | {"one_hot": "def one_hot(labels, n_classes)\n    return 1",
                                              "standardise": "def standardize(*a):\n    return 1"}),
        "endless-then-exits": filled(LESSON, right | {
            "frame_count": SHORTER + ENDLESS, "standardise": "def standardise(*a):\n    import os\n    os._exit(0)"}),
        "battered": battered(filled(LESSON, right | {
            "frame_count": "frame_count = lambda n, w, h: 0 if n < w else 1 + (n-w)//h",
            "one_hot": noisy(right["one_hot"])})),
        "no-test-cell": without(good, "one_hot"),
        "renamed": good, "cut-off": good, "text-only": good,
    }
    submitted = folder / "submitted"
    for student, notebook in students.items():
        write_notebook(notebook, submitted / student / LESSON / f"{LESSON}.ipynb")
    for student, name in [("renamed", "01_dataset (3).ipynb"), ("text-only", "answers.txt")]:
        (submitted / student / LESSON / f"{LESSON}.ipynb").rename(submitted / student / LESSON / name)
    os.truncate(submitted / "cut-off" / LESSON / f"{LESSON}.ipynb", 3000)
    (submitted / "nothing").mkdir()
    (submitted / "lost" / "lesson-one").mkdir(parents=True)
    out = folder / "out"
    done = CliRunner().invoke(app, ["grade", str(submitted), "--output", str(out), "--workers", "2", *UNSAFE])
    rows = {student.name: {} for student in submitted.iterdir()}
    for row in read(out / "grades.csv"):
        rows[row["student"]][row["exercise"]] = row
    return SimpleNamespace(code=done.exit_code, rows=rows, submitted=submitted, out=out)


def points(rows):
    return sum(float(rows[name]["score"] or 0) for name in TESTED)


def test_every_student_is_accounted_for(graded):
    for student, rows in graded.rows.items():
        assert rows, student
        assert (graded.out / "feedback" / student / "index.html").stat().st_size > 500


def test_the_exit_code_says_that_some_could_not_be_graded(graded):
    unreadable = {student for student, rows in graded.rows.items()
                  if any(row["status"] == "unreadable" for row in rows.values())}
    assert unreadable == {"cut-off", "lost"}
    assert graded.code == NOT_ALL


@pytest.mark.parametrize("student", ["all right", "Jörg Müller (17)", "battered", "no-test-cell", "renamed"])
def test_right_answers_get_full_points(graded, student):
    rows = graded.rows[student]
    assert not {name: rows[name]["message"] for name in TESTED if rows[name]["status"] != "passed"}
    assert points(rows) == FULL


def test_half_done_gets_its_half_and_untouched_nothing(graded):
    rows, half = graded.rows["cleo-half-done"], len(TESTED) // 2
    assert points(rows) == sum(POINTS[name] for name in TESTED[:half])
    assert {rows[name]["status"] for name in TESTED[half:]} == {"untouched"}
    assert points(graded.rows["untouched"]) == 0
    assert {row["status"] for row in graded.rows["untouched"].values()} == {"untouched"}


def test_mistakes_get_their_hints(graded):
    for name in TESTED:
        row = graded.rows["wrong"][name]
        assert float(row["score"]) < float(row["max_score"])
        assert row["message"].startswith(exercises()[name].mistakes[0].hint)


@pytest.mark.parametrize("student, reasons", [
    ("two-errors", {"one_hot": "SyntaxError", "standardise": "standardise is not defined"}),
    ("endless-then-exits", {"frame_count": "did not finish", "standardise": "Python died"})])
def test_a_bad_exercise_costs_only_itself_and_says_why(graded, student, reasons):
    for name in TESTED:
        row = graded.rows[student][name]
        assert (row["status"] == "passed") == (name not in reasons), row
        assert reasons.get(name, "") in row["message"]


@pytest.mark.parametrize("student, words", [("cut-off", "JSON breaks off"), ("text-only", "No notebook"),
                                            ("nothing", "No notebook"), ("lost", "no lesson called lesson-one")])
def test_what_cannot_be_read_says_why(graded, student, words):
    rows = graded.rows[student].values()
    assert any(words in row["message"] for row in rows) and not any(float(row["score"]) for row in rows)


def test_feedback_names_repairs_and_no_hidden_test(graded):
    feedback = graded.out / "feedback"
    assert "was called 01_dataset (3).ipynb" in (feedback / "renamed" / "index.html").read_text()
    assert "one_hot was missing" in (feedback / "no-test-cell" / "index.html").read_text()
    assert "judge" not in "".join(path.read_text() for path in feedback.rglob("*.html"))


def test_the_gradebook_is_nbgraders_and_holds_the_same_scores(graded):
    assert nbgrader_api(graded.out).get_source_assignments() == {LESSON}
    with Gradebook(f"sqlite:///{graded.out / 'gradebook.db'}") as gradebook:
        for student in ("all right", "cleo-half-done", "wrong", "endless-then-exits", "cut-off"):
            found = gradebook.find_submission_notebook(LESSON, LESSON, student)
            assert found.score == pytest.approx(points(graded.rows[student])), student


def test_the_report_shows_the_class(graded):
    report = (graded.out / "report.html").read_text()
    assert "Jörg Müller (17)" in report and "Needs a human look" in report
    totals = {row["student"]: row for row in read(graded.out / "summary.csv")}
    assert float(totals["all right"]["score"]) == FULL
    assert float(totals["all right"]["max_score"]) == sum(POINTS.values())


def test_stock_nbgrader_gives_the_same_scores_and_feedback_without_hidden_tests(graded, tmp_path):
    course, students = build_course(tmp_path / "stock", [LESSON]), ["wrong", "battered"]
    for student in students:
        shutil.copytree(graded.submitted / student, course / "submitted" / student)
    for command in (["autograde", LESSON], ["generate_feedback", LESSON, "--student=wrong"]):
        done = subprocess.run([sys.executable, "-m", "nbgrader", *command], cwd=course, capture_output=True, text=True,
                              check=False)
        assert done.returncode == 0, done.stderr[-3000:]
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for student in students:
            found = gradebook.find_submission_notebook(LESSON, LESSON, student)
            assert {grade.name: grade.auto_score for grade in found.grades if grade.name in TESTED} == pytest.approx(
                {name: float(graded.rows[student][name]["score"]) for name in TESTED}), student
    page = (course / "feedback" / "wrong" / LESSON / f"{LESSON}.html").read_text()
    assert "autograder.judging.verdict" not in page
    assert "Rubric of" not in page and "Model answer" not in page


def test_neither_workers_nor_walls_change_a_score(graded, tmp_path):
    """The class was graded by two workers in a sandbox, where there is one."""
    students = ["wrong", "battered"]
    for student in students:
        shutil.copytree(graded.submitted / student, tmp_path / "submitted" / student)
    result = grade_class(tmp_path / "submitted", tmp_path / "out", workers=1, protection=LIMITS)
    assert {(row.student, row.exercise): row.score for row in result.rows if row.exercise in TESTED} == pytest.approx(
        {(student, name): float(graded.rows[student][name]["score"]) for student in students for name in TESTED})


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        yield cluster


def test_a_cluster_changes_no_row(graded, cluster, tmp_path):
    students = ["all right", "wrong"]
    for student in students:
        shutil.copytree(graded.submitted / student, tmp_path / "submitted" / student)
    result = grade_class(tmp_path / "submitted", tmp_path / "out", scheduler=cluster.scheduler_address)
    write_results(result, tmp_path / "out")
    assert {(row["student"], row["exercise"]): row for row in read(tmp_path / "out" / "grades.csv")} == {
        (student, name): row for student in students for name, row in graded.rows[student].items()}


def lose_the_first_machine(job, number):
    """Ends its worker where the job's folder says so, the first time; otherwise tells what it was given."""
    mark = Path(job.environment["MARK"])
    if number == 2 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    names = sorted(path.name for path in Path(job.folder).iterdir())
    return Executed(job.notebook, " ".join(names), float(number))


def test_what_was_handed_in_travels_along_and_a_lost_machine_costs_nothing_but_time(cluster, tmp_path):
    (tmp_path / "clip.wav").write_bytes(b"sound")
    job = Job("a notebook", str(tmp_path), {"MARK": str(tmp_path.parent / f"{tmp_path.name}-lost")})
    with ClusterExecutor(cluster.scheduler_address) as pool:
        futures = [pool.submit(lose_the_first_machine, job, number) for number in range(6)]
        results = [future.result(timeout=60) for future in futures]
    assert results == [Executed(job.notebook, "clip.wav", float(number)) for number in range(6)]


def test_no_scheduler_is_a_sentence(monkeypatch):
    monkeypatch.setattr("autograder.running.cluster.CONNECT_SECONDS", 1)
    with pytest.raises(ValueError, match="No Dask scheduler answers at tcp://127.0.0.1:9"):
        ClusterExecutor("tcp://127.0.0.1:9")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with the two packages as `pip install .` installs them: none of the repository beside them."""
    folder = tmp_path_factory.mktemp("installed")
    for name in ("autograder", "kws_helpers"):
        shutil.copytree(ROOT / name, folder / "source" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-texts.md"):
        shutil.copyfile(ROOT / name, folder / "source" / name)
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation",
                    "--no-index", "--target", folder / "packages", folder / "source"], check=True, capture_output=True)
    return folder / "packages"


def test_an_installed_package_grades_as_the_repository_does(graded, installed, tmp_path):
    def run(*command):
        return subprocess.run([sys.executable, *command], cwd=tmp_path, text=True, capture_output=True, check=False,
                              env=os.environ | {"PYTHONPATH": str(installed)})

    written = run("-c", "import autograder, pathlib; print(autograder.__file__)\n"
                        "from autograder.sample_class import write_class; write_class(pathlib.Path('everybody'))")
    assert written.stdout.strip() == str(installed / "autograder" / "__init__.py"), written.stderr
    shutil.copytree(tmp_path / "everybody" / "cleo-half-done", tmp_path / "submitted" / "cleo-half-done")
    done = run("-m", "autograder", "grade", "submitted", "--output", "out", *UNSAFE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {row["exercise"]: row for row in read(tmp_path / "out" / "grades.csv")} == graded.rows["cleo-half-done"]
    refused = run("-m", "autograder", "lessons")
    assert refused.returncode == BAD_USAGE and "course's repository" in refused.stdout


@pytest.mark.parametrize("given", [0.5, 0.0])
def test_points_and_comments_given_by_hand_survive_the_next_run(graded, tmp_path, given):
    name, student = "why-silence-is-not-zeros", "cleo-half-done"
    with Gradebook(f"sqlite:///{graded.out / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade(name, LESSON, LESSON, student)
        grade.manual_score, grade.needs_manual_grade = given, False
        gradebook.find_comment(name, LESSON, LESSON, student).manual_comment = "Think of rooms."
        gradebook.find_comment(f"{TESTED[0]}-solution", LESSON, LESSON, student).manual_comment = "Nicely short."
        gradebook.db.commit()
    shutil.copytree(graded.submitted / student, tmp_path / "submitted" / student)
    rows = {row.exercise: row for row in grade_class(tmp_path / "submitted", graded.out).rows}
    assert (rows[name].score, rows[name].status, rows[name].message) == (given, "marked", "Comment: Think of rooms.")
    assert (rows[TESTED[0]].status, rows[TESTED[0]].message) == ("passed", "Comment: Nicely short.")


def test_a_notebook_that_cannot_be_prepared_stops_nobody_else(tmp_path, pretended, monkeypatch):
    def fails_for_ben(notebook, lesson):
        if "of Ben" in notebook.cells[-1].source:
            raise RuntimeError("odd")
        return ()

    monkeypatch.setattr("autograder.grading.grade.skippable", fails_for_ben)
    for student in ("Ada", "Ben"):
        notebook = filled(LESSON, solutions(LESSON))
        notebook.cells.append(nbformat.v4.new_markdown_cell(f"The notebook of {student}"))
        write_notebook(notebook, tmp_path / "submitted" / student / LESSON / f"{LESSON}.ipynb")
    rows = {(row.student, row.exercise): row for row in grade_class(tmp_path / "submitted", tmp_path / "out").rows}
    assert rows["Ada", TESTED[0]].status == "partial"
    assert (rows["Ben", TESTED[0]].status, rows["Ben", TESTED[0]].score) == ("unreadable", 0)
    assert "could not be prepared for grading: odd" in rows["Ben", TESTED[0]].message


@pytest.mark.parametrize("submissions, output", [("nowhere", "out"), ("empty [b]", "out"), ("a", "a"), ("a", "a/out"),
                                                 ("a", "."), ("a", "link/out")])
def test_bad_usage_is_exit_code_2_with_a_sentence(tmp_path, monkeypatch, submissions, output):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty [b]").mkdir()
    write_notebook(filled(LESSON, {}), tmp_path / "a" / "ada" / LESSON / f"{LESSON}.ipynb")
    (tmp_path / "link").symlink_to("a")
    done = CliRunner().invoke(app, ["grade", submissions, "--output", output, "--unsafe"], env={"COLUMNS": "300"})
    assert done.exit_code == BAD_USAGE and submissions in done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "empty [b]", "link"]
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["ada"]


def test_lesson_with_models(tmp_path, shared_cache):
    """Lesson 02 through the whole pipeline: written differently, and a mistake."""
    lesson = "02_ffnn"
    students = {"different": sample_class.written_differently(lesson),
                "wrong": solutions(lesson) | {"build_ffnn": mistake("build_ffnn")}}
    for student, answers in students.items():
        write_notebook(filled(lesson, answers), tmp_path / "submitted" / student / lesson / f"{lesson}.ipynb")
    result = grade_class(tmp_path / "submitted", tmp_path / "out", workers=2)
    scores = {(row.student, row.exercise): row for row in result.rows}
    assert {scores["different", exercise].status for exercise in students["different"]} == {"passed"}
    assert scores["wrong", "build_ffnn"].mistake == exercises()["build_ffnn"].mistakes[0].name


def test_answers_keep_their_source_when_they_are_put_into_a_notebook():
    for name, exercise in exercises().items():
        for function in exercise.right_answers:
            if function.__name__ == "<lambda>":
                continue  # a lambda is no cell of its own
            scope = {}
            exec(source(function, name), scope)
            assert callable(scope[name])
