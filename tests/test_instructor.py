"""The instructor's way, from a download to exported points, each step as docs/instructors.md has it."""

import csv
import re
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from autograder.__main__ import app
from autograder.building.notebooks import write_notebook
from autograder.running.sandbox.protection import LIMITS, best_protection
from autograder.sample_class import RIGHT, filled, mistake, model_answers, solutions, write_log
from kws_helpers.desk.hand_in import look_through, pack
from tests.desk import Desk, chromium, jupyterlab, needs_chromium

pytestmark = needs_chromium

LESSON, QUESTION = "01_dataset", "why-silence-is-not-zeros"
ADA, BEN = "Ada Lovelace_moodle_101", "Ben Çelik_moodle_102"
UNSAFE = ["--unsafe"] if best_protection() == LIMITS else []
COMMENT = "Say what a network would learn from zeros."


def autograder(*arguments):
    """Run a command as an instructor does; returns its exit code and what it said."""
    done = CliRunner().invoke(app, arguments)
    return done.exit_code, done.output


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def row(course, student, exercise):
    (found,) = [row for row in table(course.results / "grades.csv")
                if (row["student"], row["exercise"]) == (student, exercise)]
    return found


def moodle_download(folder):
    """What Moodle's *Download all submissions* gives: Ada packed her work, Ben mistook something."""
    right, (first, *_) = solutions(LESSON), solutions(LESSON)
    write_notebook(filled(LESSON, right, model_answers(LESSON)), folder / "ada" / f"{LESSON}.ipynb")
    write_notebook(filled(LESSON, right | {first: mistake(first)}, {QUESTION: "Because rooms are never silent."}),
                   folder / "ben" / "my lesson (1).ipynb")
    write_log(folder / "ada", {"frame_count": ["window_forgotten", "rounded_up", RIGHT]})
    packed = folder / "ada" / "hand-in.zip"
    pack(look_through(folder / "ada", packed), packed)
    with zipfile.ZipFile(folder / "download.zip", "w") as archive:
        for student, name in [("Ada Lovelace_101", "ada/hand-in.zip"), ("Ben Çelik_102", "ben/my lesson (1).ipynb")]:
            archive.write(folder / name, f"{student}_assignsubmission_file_/{Path(name).name}")


@pytest.fixture(scope="module")
def browser():
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def course(tmp_path_factory, shared_cache, browser):
    """A class that was collected, graded, marked by hand in formgrader, and graded again."""
    folder = tmp_path_factory.mktemp("instructor")
    submitted, results = str(folder / "submitted"), folder / "results"
    moodle_download(folder)
    collected = autograder("collect", str(folder / "download.zip"), submitted)
    graded = autograder("grade", submitted, "--output", str(results), *UNSAFE)
    waiting = table(results / "summary.csv")
    with jupyterlab(results, student=False) as address:
        complaints = mark_in_formgrader(Desk(browser, address))
    again = autograder("grade", submitted, "--output", str(results), *UNSAFE)
    return SimpleNamespace(results=results, collected=collected, graded=graded, waiting=waiting,
                           complaints=complaints, again=again)


def mark_in_formgrader(desk):
    """Give both students points for the question; returns the browser's complaints."""
    desk.page.goto(desk.address)
    desk.page.get_by_role("menuitem", name="Nbgrader").click()
    desk.page.get_by_role("menuitem", name="Formgrader").click()
    page = desk.page.frame_locator("iframe[src*=formgrader]")
    page.get_by_role("link", name="Manual Grading").click()
    desk.picture("formgrader-lessons")
    page.get_by_role("link", name=LESSON).click()
    page.get_by_role("link", name=LESSON).last.click()
    page.get_by_role("link", name=re.compile("Submission #1")).click()
    for number in (1, 2):
        page.get_by_text(f"Submission {number} / 2").wait_for()
        score = page.locator(f"input#{QUESTION}")
        score.wait_for()
        page.get_by_role("heading", name=f"Rubric of {QUESTION}: 1 point").scroll_into_view_if_needed()
        hers = not page.get_by_text("Because rooms are never silent.").count()
        if not hers:
            page.locator(f"#{QUESTION}-comment").fill(COMMENT)
        score.fill("1" if hers else "0.5")
        score.blur()
        page.locator(f".nbgrader_cell:has(#{QUESTION}) .score-saved").wait_for()
        desk.picture("formgrader")
        if number == 1:
            page.get_by_role("link", name=re.compile("Next")).click()
    return desk.complaints


def test_every_step_says_that_it_went_well(course):
    for code, said in (course.collected, course.graded, course.again):
        assert code == 0, said


def test_formgrader_shows_our_scores_and_takes_points(course):
    # formgrader takes MathJax from the network; without one, formulas stay as they were written
    assert not [one for one in course.complaints if "ERR_NAME_NOT_RESOLVED" not in one and "MathJax" not in one]
    assert {one["student"]: float(one["waiting"]) for one in course.waiting} == {ADA: 3, BEN: 1}
    assert (row(course, ADA, QUESTION)["score"], row(course, ADA, QUESTION)["status"]) == ("1", "marked")
    assert (row(course, BEN, QUESTION)["score"], row(course, BEN, QUESTION)["status"]) == ("0.5", "marked")


def test_points_given_by_hand_reach_exports_and_feedback(course):
    before = {one["student"]: float(one["score"]) for one in course.waiting}
    after = {one["student"]: float(one["score"]) for one in table(course.results / "summary.csv")}
    assert after == {ADA: before[ADA] + 1, BEN: before[BEN] + 0.5}
    exported = {one["Identifier"]: one for one in table(course.results / "exports" / "moodle.csv")}
    for student, score in after.items():
        assert f"{score:g}" in exported[student].values()
    assert COMMENT in (course.results / "feedback" / BEN / "index.html").read_text("utf-8")


def test_the_report_says_what_was_tried_at_the_desk(course):
    (tried,) = table(course.results / "attempts.csv")
    assert (tried["student"], tried["exercise"], tried["attempts"], tried["passed"]) == (ADA, "frame_count", "3", "yes")
    assert "Where students get stuck" in (course.results / "report.html").read_text("utf-8")


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("page", ["report.html", f"feedback/{BEN}/index.html"])
def test_pages_are_for_everybody(course, browser, page, colours):
    desk = Desk(browser, colours=colours)
    desk.page.goto((course.results / page).as_uri())
    desk.picture(f"{page.split('/')[0].removesuffix('.html')}-{colours}")
    assert not desk.hurdles()
    assert not desk.complaints
    width = desk.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, "the page is wider than the window"
