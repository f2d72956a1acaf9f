"""What an instructor and a student get to see: tables, exports, pages. Students' text stays text everywhere."""

import csv
import random
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins.export import CsvExportPlugin

from autograder.building.lesson import graded_cells
from autograder.building.paths import ROOT
from autograder.grading.grade import ClassResult
from autograder.grading.rows import Row, total_up
from autograder.reporting.analysis import FEWEST, correlation, distributions, items
from autograder.reporting.csv_file import harmless, write_csv
from autograder.reporting.exports import exports, write_canvas, write_comments, write_moodle, write_nbgrader
from autograder.reporting.report import write_results

LESSON = "01_dataset"
CELLS = graded_cells(LESSON)
TESTED = [cell["grade_id"] for cell in CELLS if not cell["solution"]]
POINTS = {cell["grade_id"]: cell["points"] for cell in CELLS}
FORMULAS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1"]
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
HINT = "A hint with <b>tags</b> and `code`."


def row(student, exercise, share=1.0, status=None, message="", mistake=""):
    status = status or ("passed" if share == 1 else "failed" if share == 0 else "partial")
    return Row(student, LESSON, exercise, share * POINTS[exercise], POINTS[exercise], status, message, mistake)


def whole_class(students=20):
    """Students of rising ability: the first exercise is passed by the able, the second at random, the third by all."""
    dice, rows = random.Random(0), []
    for number in range(students):
        for place, exercise in enumerate(TESTED):
            able = number >= students / 2
            share = [float(able), dice.choice([0.0, 1.0]), 1.0][place] if place < 3 else float(able)
            rows.append(row(f"student-{number:02}", exercise, share))
    return rows


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The results of a class with hostile names and messages."""
    rows = whole_class()
    for name in (SCRIPT, "=cmd|' /C calc'!A0", "a,\"b\""):
        rows += [row(name, exercise, 0.0, "failed", f"{HINT} ({SCRIPT})", "some_mistake") for exercise in TESTED[:-1]]
        rows.append(row(name, TESTED[-1], 0.0, "error", "This cell did not finish within 60 seconds."))
    rows += [Row("lost", LESSON, cell["grade_id"], 0.0, cell["points"], "unreadable", SCRIPT) for cell in CELLS]
    rows.append(Row("lost", SCRIPT.replace("/", ""), "", 0.0, 0.0, "unreadable", "There is no such lesson."))
    rows.append(Row("lost", "x" * 255, "", 0.0, 0.0, "unreadable", "There is no such lesson."))
    rows = [Row(one.student.replace("/", ""), *list(vars(one).values())[1:-1], comment=f"={one.score}") for one in rows]
    folder = tmp_path_factory.mktemp("results")
    result = ClassResult(rows, {(SCRIPT.replace("/", ""), LESSON): [f"Renamed from {SCRIPT}."]})
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        gradebook.add_assignment(LESSON)
        for student in {one.student for one in rows}:
            gradebook.add_student(student)
    write_results(result, folder)
    return folder, rows


class Tags(HTMLParser):
    """Collects the tags of a page, and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def test_students_text_is_only_text_on_every_page(written):
    folder, _ = written
    pages = [Tags(path.read_text(encoding="utf-8")) for path in folder.rglob("*.html")]
    assert len(pages) == 1 + 24
    for page in pages:
        assert not {"script", "img", "b"} & set(page.tags)
        assert not any(name.startswith("on") for name, _ in page.attributes)
    text = Tags((folder / "report.html").read_text(encoding="utf-8")).text
    assert SCRIPT.replace("/", "") in text and "A hint with <b>tags</b>" in text


def test_the_feedback_says_what_was_lost_why_and_what_was_repaired(written):
    folder, _ = written
    page = (folder / "feedback" / SCRIPT.replace("/", "") / "index.html").read_text(encoding="utf-8")
    text = Tags(page).text
    assert all(name in text for name in TESTED)
    assert HINT.replace("`", "") in text and "<code>code</code>" in page and "a well-known mistake" in text
    assert "did not finish within 60 seconds" in text
    assert "Renamed from" in text


def test_the_report_has_a_histogram_with_its_text_for_each_lesson(written):
    folder, rows = written
    page = (folder / "report.html").read_text(encoding="utf-8")
    start, end = page.index("<svg"), page.index("</svg>") + len("</svg>")
    picture = ElementTree.fromstring(page[start:end])
    bars = [float(rect.get("height")) for rect in picture.iter("rect")]
    (one,) = distributions(total_up(rows))
    assert [bar > 0 for bar in bars] == [count > 0 for count in one.counts]
    assert max(bars) == bars[one.counts.index(max(one.counts))]
    assert picture.get("aria-label") == one.description
    assert page.count("<svg") == 1
    assert "corrected item-total correlation" in page


def test_the_distribution_counts_everybody_who_could_be_graded():
    rows = [row("a", TESTED[0], 1.0), row("b", TESTED[0], 0.0), row("c", TESTED[0], 0.0, "unreadable"),
            row("d", TESTED[0], 0.5)]
    (one,) = distributions(total_up(rows))
    assert one.counts == [1, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    assert (one.students, one.mean, one.median) == (3, 0.5, 0.5)
    assert one.description == "Points of 3 students: 1 from 0 to 0.1, 1 from 0.5 to 0.6, 1 from 0.9 to 1."


def test_discrimination_is_the_corrected_item_total_correlation():
    rows = whole_class()
    found = {item.exercise: item for item in items(rows)}
    scores = np.array([[one.score for one in rows if one.exercise == name] for name in TESTED])
    for place, name in enumerate(TESTED):
        if place == 2:
            assert found[name].discrimination is None  # everybody passed
        else:
            expected = np.corrcoef(scores[place], scores.sum(axis=0) - scores[place])[0, 1]
            assert found[name].discrimination == pytest.approx(expected)
    assert found[TESTED[0]].discrimination > 0.8 > 0.5 > abs(found[TESTED[1]].discrimination)


def test_few_students_give_no_discrimination():
    assert all(item.discrimination is None for item in items(whole_class(FEWEST - 1)))
    assert any(item.discrimination is not None for item in items(whole_class(FEWEST)))
    assert correlation([0.1 + 0.2] * 20, list(map(float, range(20)))) is None


def test_items_count_those_who_could_be_graded():
    name = TESTED[0]
    rows = [row("a", name), row("b", name, 0.5), row("c", name, 0.0, "untouched"), row("d", name, 0.0, "missing"),
            row("e", name, 0.0, "error", "The notebook ran out of time before this cell."),
            row("f", name, 0.0, "failed", f"{HINT} (x)", "m"), row("g", name, 0.0, "failed", f"{HINT} (y)", "m")]
    (item,) = items(rows)
    assert (item.students, item.passed, item.tried, item.untouched, item.time_outs) == (6, 1, 5, 1, 1)
    assert item.pass_rate == 1 / 6
    assert item.mistakes == [(HINT, 2)]
    assert items([row("d", name, 0.0, "missing")])[0].pass_rate is None


@pytest.mark.parametrize("path, words", [
    ("autograder/running/execute.py", "did not finish"), ("autograder/running/execute.py", "ran out of time"),
    ("kws_helpers/check/calling.py", "did not finish"),
    ("autograder/judging/probe/protocol.py", "no answer came in time")])
def test_time_outs_are_recognised_by_the_words_they_are_told_in(path, words):
    assert words in (ROOT / path).read_text(encoding="utf-8")
    assert items([row("a", TESTED[0], 0.0, "error", f"It {words} there.")])[0].time_outs == 1


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_made_harmless(tmp_path, text):
    assert harmless(text) == f"'{text}"
    assert harmless(-1.0) == -1.0 and harmless("a=1") == "a=1"
    write_csv(tmp_path / "a.csv", ["x"], [[text]])
    assert read(tmp_path / "a.csv") == [["x"], [f"'{text}"]]


def test_no_table_holds_a_formula(written):
    folder, rows = written
    tables = list(folder.rglob("*.csv"))
    assert {path.name for path in tables} == {"grades.csv", "summary.csv", "nbgrader.csv", "canvas.csv", "moodle.csv",
                                                 "comments.csv"}
    for path in tables:
        lines = read(path)
        assert len({len(line) for line in lines}) == 1, path
        assert not any(field.startswith(("=", "+", "-", "@", "\t", "\r")) for line in lines for field in line)
        assert sum("'=cmd|' /C calc'!A0".replace("/", "") in line for line in lines) >= 1, path
    assert len(read(folder / "grades.csv")) == 1 + len(rows)


def test_canvas(tmp_path):
    rows = [row("ada", name) for name in TESTED] + [
        Row("ada", "02_ffnn", "softmax", 1.5, 3.0, "partial"), *(row("ben, b", name, 0.0) for name in TESTED)]
    write_canvas(total_up(rows), tmp_path / "canvas.csv")
    full = f"{sum(POINTS[name] for name in TESTED):g}"
    assert read(tmp_path / "canvas.csv") == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", LESSON, "02_ffnn"],
        ["    Points Possible", "", "", "", "", full, "3"],
        ["ada", "", "", "ada", "", full, "1.5"], ["ben, b", "", "", "ben, b", "", "0", ""]]


def test_moodle(tmp_path):
    rows = [row("ada", TESTED[0]), row("ada", TESTED[1], 0.5, message="Nearly <right>."),
            Row("ben", "02_ffnn", "softmax", 0.0, 3.0, "untouched")]
    write_moodle(rows, total_up(rows), tmp_path / "moodle.csv")
    assert read(tmp_path / "moodle.csv") == [
        ["Identifier", LESSON, f"{LESSON} (feedback)", "02_ffnn", "02_ffnn (feedback)"],
        ["ada", "2", f"{TESTED[1]}: partly right. Nearly &lt;right&gt;.", "", ""],
        ["ben", "", "", "0", "softmax: not written."]]


def test_comments_stand_in_a_table_of_their_own(tmp_path):
    rows = [replace(row("ada", TESTED[0], 0.5), comment="Nearly, \"so\"."), row("ada", TESTED[1]),
            replace(row("ben", TESTED[1], 0.0), score=None, comment="?")]
    write_comments(rows, tmp_path / "comments.csv")
    assert read(tmp_path / "comments.csv") == [
        ["student", "lesson", "exercise", "points", "max", "comment"],
        ["ada", LESSON, TESTED[0], "0.5", f"{POINTS[TESTED[0]]:g}", "Nearly, \"so\"."],
        ["ben", LESSON, TESTED[1], "", f"{POINTS[TESTED[1]]:g}", "?"]]


def test_nbgraders_export_is_nbgraders_with_names_quoted(tmp_path):
    url, theirs, ours = f"sqlite:///{tmp_path / 'gradebook.db'}", tmp_path / "theirs.csv", tmp_path / "ours.csv"
    with Gradebook(url) as gradebook:
        gradebook.add_assignment(LESSON, duedate="2026-05-02 10:00:00 UTC")
        gradebook.add_student("ada", first_name="Ada", email="ada@c.org")
        gradebook.add_student("ben")
        gradebook.add_submission(LESSON, "ada", timestamp="2026-05-01 10:00:00 UTC")
        exporter = CsvExportPlugin()
        exporter.to = str(theirs)
        exporter.export(gradebook)
        write_nbgrader(url, ours)
        assert read(ours) == read(theirs)
        gradebook.add_student("c,\"d\"\ne", last_name="=1+1")
        write_nbgrader(url, ours)
    assert {line[3]: line[4] for line in read(ours)[1:]} == {"ada": "", "ben": "", "c,\"d\"\ne": "'=1+1"}


def test_what_is_no_lesson_is_left_out_of_the_exports(tmp_path):
    rows = [row("ada", TESTED[0]), Row("ada", "lesson-one", "", 0.0, 0.0, "unreadable", "No such lesson.")]
    for name in ("canvas.csv", "moodle.csv"):
        exports(rows, total_up(rows), "sqlite://")[name](tmp_path / name)
    assert "lesson-one" not in (tmp_path / "canvas.csv").read_text() + (tmp_path / "moodle.csv").read_text()
