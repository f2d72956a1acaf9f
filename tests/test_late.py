"""Deadlines and late days, as nbgrader counts them."""

import csv
import shutil
from datetime import datetime

import pytest
from nbgrader.api import Gradebook

from autograder.building import deadlines
from autograder.building.notebooks import write_notebook
from autograder.grading.grade import grade_class
from autograder.intake.collect import collect
from autograder.reporting.report import write_results
from autograder.running.sandbox.protection import LIMITS
from autograder.sample_class import filled

LESSON, QUESTION = "01_dataset", "why-silence-is-not-zeros"
HANDED_IN = {"ada": "2026-05-01 10:00:00.000000 UTC", "ben": "2026-05-03 19:00:00 CEST", "cleo": None,
             "dan": "nonsense"}


@pytest.fixture
def out(tmp_path, ready):
    for student, time in HANDED_IN.items():
        folder = tmp_path / "submitted" / student / LESSON
        write_notebook(filled(LESSON, {}, {QUESTION: "Rooms hum."}), folder / f"{LESSON}.ipynb")
        if time:
            (folder / "timestamp.txt").write_text(time)
    return ready


def graded(out):
    result = grade_class(out.parent / "submitted", out, workers=1, protection=LIMITS)
    write_results(result, out)
    return result


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return {(row.get("student") or row["student_id"]): row for row in csv.DictReader(file)}


def test_without_deadlines_nobody_is_late(out):
    assert graded(out).late == {}
    assert not (out / "late.csv").exists()


def test_late_days_are_counted_and_cost_nothing_by_themselves(out):
    (out / deadlines.FILE).write_text(f"{LESSON} = 2026-05-02T12:00:00Z\n")
    result = graded(out)
    late = read(out / "late.csv")
    assert {student for student, row in late.items() if row["days_late"] == "0"} == {"ada", "cleo", "dan"}
    assert late["ben"]["days_late"] == "2"
    assert [student for student, row in late.items() if not row["handed_in"]] == ["cleo", "dan"]
    assert {row["penalty"] for row in late.values()} == {"0"}
    assert len({total.score for total in result.totals}) == 1
    report = (out / "report.html").read_text("utf-8")
    assert "2 of 4 submissions came without a time and count as in time" in report and "2 days begun" in report
    (out / deadlines.FILE).write_text(f"{LESSON} = 2026-05-04\n")
    graded(out)
    assert {row["days_late"] for row in read(out / "late.csv").values()} == {"0"}, "it is an instructor's to change"


def test_nbgraders_penalty_is_taken_off_everywhere(out):
    (out / deadlines.FILE).write_text(f'penalty = "zero"\n{LESSON} = 2026-05-02\n')
    graded(out)
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook:
        mark = gradebook.find_grade(QUESTION, LESSON, LESSON, "ben")  # what is given later is late, too
        mark.manual_score, mark.needs_manual_grade = 1.0, False
        gradebook.db.commit()
    totals = {total.student: total.score for total in graded(out).totals}
    assert totals["ben"] == 0 < totals["ada"]
    for name in ("summary.csv", "exports/nbgrader.csv"):
        assert {student: float(row["score"]) for student, row in read(out / name).items()} == totals
    assert "which costs" in (out / "feedback" / "ben" / "index.html").read_text("utf-8")


@pytest.mark.parametrize("text, said", [
    ("01_dataset = ", "cannot be read"), ("09_more = 2026-05-02", "09_more"), ("01_dataset = \"May\"", "'May'"),
    ("penalty = \"half\"", "none, zero")])
def test_deadlines_that_cannot_be_read_are_named(tmp_path, text, said):
    (tmp_path / deadlines.FILE).write_text(text)
    with pytest.raises(ValueError, match=f"deadlines.toml.*{said}"):
        deadlines.read_deadlines(tmp_path)


def test_a_day_ends_at_its_end_by_the_clock_here(tmp_path):
    (tmp_path / deadlines.FILE).write_text("01_dataset = 2026-05-02")
    (moment,) = deadlines.read_deadlines(tmp_path)[0].values()
    assert moment.astimezone().isoformat()[:19] == "2026-05-02T23:59:59"


def test_a_time_is_that_of_the_last_hand_in_as_far_as_a_download_says_it(out):
    (out / deadlines.FILE).write_text(f"{LESSON} = 2026-05-02T12:00:00Z\n")
    graded(out)
    folder = out.parent / "submitted" / "ben" / LESSON
    shutil.move(folder / "timestamp.txt", folder.parent)
    for name in (f"fay+{LESSON}+2026-05-03 10:00:00.000000 UTC", "1-2 - eve - May 5, 2026 1030 PM"):
        write_notebook(filled(LESSON, {}), out.parent / "download" / name / f"{LESSON}.ipynb")
    list(collect(out.parent / "download", out.parent / "submitted"))
    graded(out)
    late = read(out / "late.csv")
    assert late["ben"]["handed_in"] == "" and late["fay"]["days_late"] == "1"
    by_the_clock_here = datetime.fromisoformat(late["eve_brightspace_1"]["handed_in"]).astimezone()
    assert (by_the_clock_here.day, by_the_clock_here.hour) == (5, 22)
