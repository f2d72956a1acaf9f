"""The log of checks: what it holds at the desk, how it is handed in and read, and what the class report says of it."""

import collections
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from autograder.building.notebooks import write_notebook
from autograder.grading.grade import ClassResult
from autograder.grading.rows import Row
from autograder.grading.unchanged import Earlier
from autograder.intake.attempts import attempt, lines_beside
from autograder.intake.beside import files_beside
from autograder.intake.collect import collect
from autograder.intake.submissions import Submission
from autograder.reporting.attempts import read_logs
from autograder.reporting.report import write_results
from autograder.sample_class import CHECKED, filled, solutions, write_log
from kws_helpers.check import CheckFailed, attempts, check, hints
from kws_helpers.desk.hand_in import LOG, hand_in
from tests.test_hand_in import packed, run

LESSON, OTHER = "01_dataset", "02_ffnn"
NOW = datetime(2026, 5, 2, 12, tzinfo=UTC)
HOPS = "That counts the hops in the clip. The last window must end inside the clip, too: subtract it first."
STEP = "gives one frame where the clip is as long as the window"


@pytest.fixture(autouse=True)
def beside_the_notebooks(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(hints, "_failed", collections.defaultdict(set))


def checked(code):
    """Check the function that a cell defines, as a notebook does."""
    scope = {}
    exec(code, scope)
    try:
        check(scope["frame_count"])
    except CheckFailed:
        return False
    return True


def frame_count(body, arguments="n_samples, window, hop"):
    return f"def frame_count({arguments}):\n    {body}\n"


def log():
    return [json.loads(line) for line in attempts.FILE.read_text().splitlines()]


def test_each_call_adds_a_line_that_says_how_far_it_got_and_what_was_shown():
    begin = datetime.now(UTC) - timedelta(seconds=1)
    bodies = ["raise NotImplementedError()", *(f"return n_samples // hop + 0 * {n}" for n in range(3)),
              "return 1 + (n_samples - window) // hop if n_samples >= window else 0"]
    for body in bodies:
        checked(frame_count(body))
    lines = log()
    assert [one["state"] for one in lines] == ["unwritten", "failed", "failed", "failed", "passed"]
    assert [one["hint"] for one in lines] == [0, 0, 0, 1, 0]
    assert all(begin < datetime.fromisoformat(one.pop("time")) < begin + timedelta(minutes=5) for one in lines)
    assert lines[1] == {"exercise": "frame_count", "state": "failed", "steps": 3, "of": lines[-1]["steps"],
                        "step": STEP, "mistake": HOPS, "hint": 0, "again": False}
    assert lines[-1] | {"steps": 0} == {"exercise": "frame_count", "state": "passed", "steps": 0,
                                        "of": lines[-1]["steps"], "step": "", "mistake": "", "hint": 0, "again": False}


def test_the_same_function_again_is_said_to_be_no_new_attempt():
    function = {}
    exec(frame_count("return 7"), function)
    for _ in range(3):
        with pytest.raises(CheckFailed):
            check(function["frame_count"])
    assert [one["again"] for one in log()] == [False, True, True]


@pytest.mark.parametrize("code", [
    frame_count("return 'mine'"), frame_count("return 7", "mine"), frame_count("return mine"),
    frame_count("raise ValueError('mine')"), frame_count("return mine", "n_samples, window, hop, mine=1, *, mine2"),
    "class Mine(Exception): pass\n" + frame_count("raise Mine()"), "frame_count = 'mine'",
    "class Mine:\n    __name__ = 'frame_count'\n    def __call__(self, mine): return mine\nframe_count = Mine()",
    frame_count("raise NotImplementedError('mine')"), frame_count("n_samples.mine = 1")])
def test_nothing_of_a_students_is_in_it(code):
    checked(code) if "frame_count = 'mine'" not in code else pytest.raises(LookupError, checked, code)
    assert not attempts.FILE.exists() or "mine" not in attempts.FILE.read_text().lower()


def a_file_in_its_place(folder):
    (folder / "my_results").write_text("")


def a_folder_in_its_place(folder):
    (folder / LOG).mkdir(parents=True)


def a_folder_that_is_closed(folder):
    (folder / "my_results").mkdir(mode=0o500)


def a_folder_that_is_gone(folder):
    (folder / "gone").mkdir()
    os.chdir(folder / "gone")
    (folder / "gone").rmdir()


@pytest.mark.parametrize("trouble", [a_file_in_its_place, a_folder_in_its_place, a_folder_that_is_closed,
                                     a_folder_that_is_gone])
def test_where_it_cannot_be_written_a_check_says_what_it_always_says(trouble, tmp_path):
    trouble(tmp_path)
    assert not checked(frame_count("return 7"))


def test_a_loop_does_not_fill_the_disk(monkeypatch):
    monkeypatch.setattr(attempts, "MAX_BYTES", 2000)
    for number in range(50):
        checked(frame_count(f"return {number}"))
    assert 1000 < attempts.FILE.stat().st_size <= 2000 and len(log()) < 10


def test_two_kernels_at_once_mix_no_lines(tmp_path):
    code = ("from kws_helpers.check import attempts, ladders\n"
            "report = ladders()['frame_count'].climb(lambda n_samples, window, hop: 7)\n"
            "for _ in range(300): attempts.note(report, 0, False)")
    kernels = [subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path) for _ in range(2)]
    assert [one.wait() for one in kernels] == [0, 0]
    assert len(log()) == 600


@pytest.fixture
def folder(tmp_path):
    """A student's folder with a lesson that was begun, and a log."""
    write_notebook(filled(LESSON, solutions(LESSON)), tmp_path / f"{LESSON}.ipynb")
    checked(frame_count("return 7"))
    (tmp_path / "my_results" / "FFNN.json").write_text("{}")
    return tmp_path


def test_it_is_handed_in_and_the_student_is_told_what_it_is_and_how_to_say_no(folder, capsys):
    assert hand_in(folder, folder / "hand-in.zip")
    assert set(packed(folder)) == {f"{LESSON}.ipynb", LOG}
    assert packed(folder)[LOG] == (folder / LOG).read_bytes()
    said = capsys.readouterr().out
    assert all(words in said for words in ("no code", "No grade", "--without-attempts", "ATTEMPTS=no"))


def test_who_says_no_hands_in_the_rest(folder):
    done = run(folder, "--without-attempts")
    assert (done.returncode, set(packed(folder))) == (0, {f"{LESSON}.ipynb"})
    assert f"– {LOG}: left out." in done.stdout and "no code" not in done.stdout


@pytest.mark.parametrize("spoil", [lambda log: os.truncate(log, attempts.MAX_BYTES + 1), lambda log: log.chmod(0),
                                   lambda log: (log.unlink(), os.mkfifo(log)), lambda log: (log.unlink(), log.mkdir())],
                         ids=["too large", "closed", "a pipe", "a folder"])
def test_a_log_that_cannot_go_along_keeps_nothing_else_back(folder, spoil):
    spoil(folder / LOG)
    assert hand_in(folder, folder / "hand-in.zip")
    assert f"{LESSON}.ipynb" in packed(folder)


def test_a_log_alone_is_no_hand_in(folder, capsys):
    write_notebook(filled(LESSON, {}), folder / f"{LESSON}.ipynb")
    assert not hand_in(folder, folder / "hand-in.zip")
    assert not (folder / "hand-in.zip").exists() and "no code" not in capsys.readouterr().out


def test_it_comes_to_its_place_beside_the_notebook_and_the_notebook_does_not_see_it(folder, tmp_path_factory):
    source, submitted = tmp_path_factory.mktemp("came") / "ada.zip", folder / "submitted"
    hand_in(folder, source)
    list(collect(source.parent, submitted))
    beside = submitted / "ada" / LESSON
    assert (beside / LOG).read_bytes() == (folder / LOG).read_bytes()
    assert files_beside(beside) == ([], [])


def test_another_log_is_no_other_submission(folder):
    earlier, one = Earlier(folder / "results", None), Submission("ada", LESSON, folder / "ada", folder / "ada")
    write_log(one.folder, {"frame_count": [""]})
    before = earlier._fingerprint(one)
    write_log(one.folder, {"frame_count": [""]})
    assert earlier._fingerprint(one) == before


def line(**facts):
    return json.dumps({"time": NOW.isoformat(), "exercise": "frame_count", "state": "failed", "steps": 3, "of": 9,
                       "step": STEP, "mistake": HOPS, "hint": 0, "again": False} | facts).encode()


def test_a_line_is_read_and_unknown_texts_are_dropped():
    one = attempt(line(), NOW)
    assert (one.step, one.mistake, one.steps, one.time) == (STEP, HOPS, 3, NOW)
    odd = attempt(line(step="<script>alert(1)</script>", mistake="Call 0190!", more="x"), NOW)
    assert (odd.step, odd.mistake) == ("", "")


@pytest.mark.parametrize("bad", [
    line(time="2026-05-09T12:00:00+00:00"), line(time="yesterday"), line(time=7), line(exercise="no_such"),
    line(exercise=["frame_count"]), line(state="cheated"), line(steps=-1), line(steps=99), line(steps=1.5),
    line(steps=True), line(hint=10**9), line(hint=None), line(again="no"), line(mistake={}),
    line(more="x" * 3000), line()[:-5], b"{}", b"[]", b"7", b"\xff\xfe", b"[" * 1900, b"1" * 1900, b"\0",
    line(time="0001-01-01T00:00:00+23:59"), b'{"time": NaN}'])
def test_what_no_check_has_written_is_skipped_and_counted(tmp_path, bad):
    write(tmp_path / "ada", bad, line())
    logs = read_logs({("ada", LESSON): tmp_path / "ada"}, NOW)
    assert (logs.skipped, len(logs.efforts)) == (1, 1)


def write(folder, *lines):
    (folder / "my_results").mkdir(parents=True, exist_ok=True)
    (folder / LOG).write_bytes(b"\n".join(lines) + b"\n")
    return folder


def test_of_a_huge_log_the_beginning_is_read(tmp_path):
    write(tmp_path, line())
    with (tmp_path / LOG).open("ab") as file:
        file.truncate(10**10)  # of zeros
    lines = lines_beside(tmp_path)
    assert len(lines) == 2 and sum(map(len, lines)) <= attempts.MAX_BYTES + 1


def test_links_and_pipes_are_no_logs(tmp_path):
    real = write(tmp_path / "real", line())
    for name in ("link", "pipe", "inner"):
        (tmp_path / name).mkdir()
    (tmp_path / "link" / "my_results").symlink_to(real / "my_results")
    for name in ("pipe", "inner"):
        (tmp_path / name / "my_results").mkdir()
    os.mkfifo(tmp_path / "pipe" / LOG)
    (tmp_path / "inner" / LOG).symlink_to(real / LOG)
    assert [lines_beside(tmp_path / name) for name in ("link", "pipe", "inner", "real")] == [[], [], [], [line()]]


def at(minute, **facts):
    return line(time=(NOW + timedelta(minutes=minute)).isoformat(), **facts)


def test_the_class_is_counted_student_by_student(tmp_path):
    further = {"steps": 4, "step": attempts.steps()["frame_count"][4], "mistake": ""}
    logs = {
        "ada": [at(0, state="unwritten", steps=2), at(1), at(2, **further, hint=1), at(3, **further, again=True),
                at(4)],
        "ben": [at(5), at(6, state="passed", steps=9, step=""), at(7), at(8, hint=3)],
        "eve": [at(1), at(9, exercise="softmax", steps=3, step="", mistake="")],  # the first is ada's
        "dan": [at(10, state="unwritten", steps=2)]}
    folders = {(name, LESSON): write(tmp_path / name, *lines) for name, lines in logs.items()}
    folders["ada", "03_evaluation"] = folders["ada", LESSON]  # the same log lies beside each lesson
    read = read_logs(folders, NOW)
    assert (read.skipped, read.shared) == (0, 1)
    (one,) = read.exercises  # lesson 02 was not handed in
    assert (one.exercise, one.tried, one.passed, one.median, one.most, one.hints) == ("frame_count", 2, 1, 2.5, 3, [1])
    assert one.stops == [(further["step"], 1)] and one.mistakes == [(HOPS, 2)]
    ada, ben = read.efforts
    assert (ada.attempts, ada.passed, ada.steps, ben.attempts, ben.passed) == (3, "no", 4, 2, "yes")


def report(folders, output, monkeypatch):
    monkeypatch.setattr("autograder.reporting.report.exports", lambda *_: {})  # which want a gradebook
    rows = [Row(name, LESSON, "frame_count", 1.0, 3.0, "partial") for name, _ in folders]
    write_results(ClassResult(rows, folders=folders), output)
    return (output / "report.html").read_text()


def test_the_report_shows_it_and_a_table_has_each_student(tmp_path, monkeypatch):
    folders = {("=ada", LESSON): write(tmp_path / "a", at(0), at(1, step="<b>x</b>", steps=4)),
               ("ben", LESSON): write(tmp_path / "b", b"junk")}
    page = report(folders, tmp_path / "out", monkeypatch)
    assert "Where students get stuck" in page and "1 × step 5" in page and "0 of 1" in page and "<b>" not in page
    assert "1 line of the logs cannot be used" in page
    (head, row) = (tmp_path / "out" / "attempts.csv").read_text().splitlines()
    assert head.startswith("student,lesson,exercise,attempts") and row.startswith(f"'=ada,{LESSON},frame_count,2,no,4,")


def test_without_a_log_the_report_is_as_ever(tmp_path, monkeypatch):
    assert "get stuck" not in report({("ada", LESSON): tmp_path}, tmp_path / "out", monkeypatch)
    assert not (tmp_path / "out" / "attempts.csv").exists()


def test_the_demos_logs_are_what_checks_write(tmp_path):
    folders = {(name, lesson): tmp_path / name for name in CHECKED for lesson in (LESSON, OTHER)}
    for name, tries in CHECKED.items():
        write_log(tmp_path / name, tries)
    logs = read_logs(folders)
    assert (logs.skipped, logs.shared) == (0, 0)
    assert {one.exercise for one in logs.exercises} == {name for tries in CHECKED.values() for name in tries}
    assert all(one.passed == "yes" or one.stopped_at for one in logs.efforts)
    assert {(one.student, one.exercise): one.passed == "yes" for one in logs.efforts} == {
        (name, exercise): not tries[-1] for name, checked in CHECKED.items() for exercise, tries in checked.items()}
