"""From what came back, in any shape and under any name, to the layout that is graded."""

import io
import json
import os
import stat
import zipfile
from functools import cache

import nbformat
import pytest
from typer.testing import CliRunner

from autograder.__main__ import app
from autograder.grading.rows import Total
from autograder.intake import unpack as arrivals
from autograder.intake.collect import collect
from autograder.intake.download_names import folder_name
from autograder.intake.submissions import find_submissions
from autograder.intake.unpack import LeftOut
from autograder.reporting.exports import write_canvas
from autograder.sample_class import filled
from kws_helpers.desk.hand_in import hand_in

LESSON, OTHER = "01_dataset", "02_ffnn"
MOODLE = "{}_{}_assignsubmission_file_"


@cache
def notebook(lesson=LESSON, text="an answer"):
    """A begun notebook as bytes; the text tells one from another."""
    question = {LESSON: "why-silence-is-not-zeros", OTHER: "explain_gap"}[lesson]
    return nbformat.writes(filled(lesson, {}, {question: text})).encode()


def zipped(files):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return raw.getvalue()


def write(place, files):
    """The files as a folder, or as a zip file where the place is called so."""
    if place.suffix == ".zip":
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(zipped(files))
        return place
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place


def collected(folder, files, shape="source.zip"):
    """What is in the layout afterwards, and what was left out, by the end of its path."""
    said = list(collect(write(folder / shape, files), folder / "submitted"))
    return content(folder / "submitted"), {str(one.path): one for one in said if isinstance(one, LeftOut)}


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


SHAPES = pytest.mark.parametrize("shape", ["source.zip", "folder"])


@SHAPES
@pytest.mark.parametrize("name", [f"{LESSON}.ipynb", "01_dataset (2) final.ipynb", "Übung – fertig!.ipynb",
                                  "02_ffnn.ipynb", "01_dataset.ipynb.txt", "hand-in.zip"])
def test_moodle_with_folders(tmp_path, shape, name):
    inner = zipped({f"{LESSON}.ipynb": notebook()}) if name == "hand-in.zip" else notebook()
    placed, left = collected(tmp_path, {f"{MOODLE.format('Jörg von Öttingen', 1234567)}/{name}": inner}, shape)
    assert placed == {f"Jörg von Öttingen_moodle_1234567/{LESSON}/{LESSON}.ipynb": notebook()}
    assert not left


@SHAPES
def test_moodle_without_folders(tmp_path, shape):
    placed, left = collected(tmp_path, {MOODLE.format("Ada Lovelace", 12) + "my work.ipynb": notebook(),
                                        MOODLE.format("Ben", 13) + "x.zip": zipped({"a/b.ipynb": notebook(OTHER)})},
                             shape)
    assert placed == {f"Ada Lovelace_moodle_12/{LESSON}/{LESSON}.ipynb": notebook(),
                      f"Ben_moodle_13/{OTHER}/{OTHER}.ipynb": notebook(OTHER)}
    assert not left


@SHAPES
def test_canvas_and_the_last_of_several_hand_ins_counts(tmp_path, shape):
    placed, left = collected(tmp_path, {
        "lovelaceada_77_501_01_dataset.ipynb": notebook(text="first"),
        "lovelaceada_LATE_77_503_01_dataset-2.ipynb": notebook(text="third"),
        "lovelaceada_77_502_01_dataset-1.ipynb": notebook(text="second"),
        "bool_78_600_hand-in-10.zip": zipped({f"{LESSON}.ipynb": notebook(text="eleventh")}),
        "bool_78_600_hand-in-9.zip": zipped({f"{LESSON}.ipynb": notebook(text="tenth")})}, shape)
    assert placed == {f"lovelaceada_canvas_77/{LESSON}/{LESSON}.ipynb": notebook(text="third"),
                      f"bool_canvas_78/{LESSON}/{LESSON}.ipynb": notebook(text="eleventh")}
    assert len(left) == 3 and all(one.harmless and "later" in one.reason for one in left.values())


@SHAPES
def test_nbgraders_exchange_and_its_latest_submission(tmp_path, shape):
    def inbound(when, mark):
        return f"ada+{LESSON}+2026-01-{when} 10:00:00.123456 UTC+Zm{mark}"

    placed, left = collected(tmp_path, {
        f"{inbound('09', 'a')}/{LESSON}.ipynb": notebook(text="later"),
        f"{inbound('09', 'a')}/timestamp.txt": b"2026-01-09",
        f"{inbound('08', 'b')}/{LESSON}.ipynb": notebook(text="earlier")}, shape)
    assert placed == {f"ada/{LESSON}/{LESSON}.ipynb": notebook(text="later"),
                      f"ada/{LESSON}/timestamp.txt": b"2026-01-09 10:00:00.123456 UTC"}
    assert all(one.harmless for one in left.values())
    placed, _ = collected(tmp_path, {f"ada/{LESSON}.ipynb": notebook(text="last")}, f"last {shape}")
    assert placed == {f"ada/{LESSON}/{LESSON}.ipynb": notebook(text="last")}, "no time of an earlier one stays"


@SHAPES
def test_the_layout_itself_and_one_folder_or_zip_for_each_student(tmp_path, shape):
    placed, left = collected(tmp_path, {
        f"ada/{LESSON}/{LESSON}.ipynb": notebook(), "ada/07_tc_resnet/challenge.keras": b"weights",
        "ben/whatever.ipynb": notebook(OTHER),
        "cleo.zip": zipped({f"{LESSON}.ipynb": notebook(), f"deep/{OTHER}.ipynb": notebook(OTHER)})}, shape)
    assert placed == {f"ada/{LESSON}/{LESSON}.ipynb": notebook(), "ada/07_tc_resnet/challenge.keras": b"weights",
                      f"ben/{OTHER}/{OTHER}.ipynb": notebook(OTHER),
                      f"cleo/{LESSON}/{LESSON}.ipynb": notebook(), f"cleo/{OTHER}/{OTHER}.ipynb": notebook(OTHER)}
    assert not left


def test_from_hand_in_through_moodle_to_what_is_graded(tmp_path):
    write(tmp_path / "notebooks", {f"{LESSON}.ipynb": notebook(), f"{OTHER}.ipynb": notebook(OTHER),
                                   "challenge.keras": zipped({"config.json": b"{}"})})
    assert hand_in(tmp_path / "notebooks", tmp_path / "hand-in.zip")
    packed = (tmp_path / "hand-in.zip").read_bytes()
    placed, left = collected(tmp_path, {f"{MOODLE.format('Ada', 7)}/hand-in.zip": packed}, "moodle.zip")
    assert not left and "Ada_moodle_7/07_tc_resnet/challenge.keras" in placed
    found = {one.assignment: one for one in find_submissions(tmp_path / "submitted")}
    assert {name for name, one in found.items() if one.notebook} == {LESSON, OTHER}
    assert found[LESSON].student == "Ada_moodle_7" and not found[LESSON].notes


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "a\\b", "a\nb", "x" * 300, "ü" * 200, ".hidden", "__x", "a:b",
                                  " a", "bo\udcff"])
@pytest.mark.parametrize("number", ["", "moodle_5"])
def test_a_folders_name_is_safe_and_stays_its_own(tmp_path, name, number):
    made = folder_name(name, number)
    (tmp_path / made).mkdir()
    assert [path.name for path in tmp_path.iterdir()] == [made] and made.isprintable()
    assert not made.startswith((".", "__", " ")) and not set(made) & set('/\\:')
    assert number or folder_name(f"{name}?") != made != folder_name(made + "_")


@pytest.mark.parametrize("names, students", [
    ([f"{MOODLE.format('Ada Lovelace', number)}/x.ipynb" for number in (1, 2)], ["Ada Lovelace_moodle_1",
                                                                                 "Ada Lovelace_moodle_2"]),
    (["Eve_1_assignsubmission_file_Ben_2_assignsubmission_file_x.ipynb",
      "eve_5_6_Ben_2_assignsubmission_file_x.ipynb"], ["Eve_moodle_1", "eve_canvas_5"]),
    *(([f"{name}/x.ipynb"], [name]) for name in ("ada", "Jörg Ödön", "a.b@c.org", "x_1", "adams_2026_01_ann"))])
def test_the_name_at_the_top_says_whose_it_is(tmp_path, names, students):
    placed, _ = collected(tmp_path, dict.fromkeys(names, notebook()))
    assert sorted(name.split("/")[0] for name in placed) == students


@pytest.mark.parametrize("inside", ["Ben_2_assignsubmission_file_/x.ipynb", "ben/01_dataset/01_dataset.ipynb",
                                    "../Ben_moodle_2/x.ipynb", "/etc/x.ipynb", "bool_5_6_x.ipynb"])
@pytest.mark.parametrize("outside", ["Eve_1_assignsubmission_file_/hand-in.zip", "eve.zip", "eve_5_6_x.zip"])
def test_nobody_hands_in_for_somebody_else(tmp_path, inside, outside):
    placed, _ = collected(tmp_path, {outside: zipped({inside: notebook()})})
    assert all(name.lower().startswith("eve") for name in placed)
    assert {path.name for path in tmp_path.iterdir()} == {"source.zip", "submitted"}


def encrypted():
    raw = bytearray(zipped({f"{LESSON}.ipynb": notebook()}))
    raw[6] |= 1
    raw[raw.index(b"PK\1\2") + 8] |= 1
    return bytes(raw)


def linked():
    link = zipfile.ZipInfo(f"{LESSON}.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped({link: b"/etc/hostname"})


def damaged():
    raw = bytearray(zipped({f"{LESSON}.ipynb": notebook()}))
    raw[200:300] = bytes(100)
    return bytes(raw)


def nested(times):
    raw = zipped({f"{LESSON}.ipynb": notebook()})
    for _ in range(times):
        raw = zipped({"again.zip": raw})
    return raw


@pytest.mark.parametrize("hostile, reason", [
    (encrypted(), "encrypted"), (linked(), "link"), (damaged(), "damaged"), (nested(4), "too many"),
    (zipped({"../x.ipynb": notebook()}), "leads out"), (zipped({"/x.ipynb": notebook()}), "leads out"),
    (zipped({"..\\x.ipynb": notebook()}), "leads out"), (zipped({"essay.pdf": b"text"}), "neither"),
    (zipped({"x.ipynb": b"{}"}), "not a Jupyter notebook"), (zipped({"x.ipynb": b'{"cells": [{"cell_type": "raw"}]}'}),
                                                            "of no lesson")])
@SHAPES
def test_what_cannot_be_used_gets_one_line_and_costs_nobody_else(tmp_path, shape, hostile, reason):
    files = {"ada/x.ipynb": notebook(), "eve.zip": hostile, "fay/x.ipynb": notebook()}
    placed, left = collected(tmp_path, files, shape)
    assert set(placed) == {f"{name}/{LESSON}/{LESSON}.ipynb" for name in ("ada", "fay")}
    (line,) = left.values()
    assert reason in line.reason and not line.harmless


@SHAPES
def test_the_rest_of_a_students_folder_does_no_harm(tmp_path, shape):
    rest = {"00_start.ipynb": b"{}", "my_results/FFNN.json": b"{}", "my_results/checked/softmax": b"",
            "spotter.keras": b"a network", "spotter.tflite": b"a small one"}
    files = {"ada.zip": zipped({f"{LESSON}.ipynb": notebook()} | rest)}
    placed, left = collected(tmp_path, files, shape)
    assert set(placed) == {f"ada/{LESSON}/{LESSON}.ipynb"}
    assert len(left) == 4 and all(line.harmless for line in left.values())
    assert "(2 files)" in left["ada.zip/my_results"].reason


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(arrivals, "MAX_BYTES", 2**20)
    monkeypatch.setattr(arrivals, "MAX_UNPACKED", 3 * 2**20)
    zeros = bytes(2**20)
    placed, left = collected(tmp_path, {
        "eve.zip": zipped({"x.ipynb": zeros + b"0"}), "ada/x.ipynb": notebook(),
        "gus.zip": zipped({f"{number}.ipynb": zeros for number in range(5)})})
    assert set(placed) == {f"ada/{LESSON}/{LESSON}.ipynb"}
    assert "is larger than 1 MB" in left["eve.zip/x.ipynb"].reason
    assert ["larger" in left[f"gus.zip/{number}.ipynb"].reason for number in range(5)] == [False] * 2 + [True] * 3


def test_no_more_than_so_many_files_of_one_student_are_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(arrivals, "MAX_FILES", 10)
    files = {f"{number}.txt": b"" for number in range(30)}
    placed, left = collected(tmp_path, {"eve.zip": zipped(files), "fay/x.ipynb": notebook()})
    assert len(placed) == 1 and len(left) == 10 and "more than 10 files" in left["eve.zip"].reason


def test_links_and_pipes_in_a_folder_are_not_opened(tmp_path):
    (tmp_path / "secret.ipynb").write_bytes(notebook())
    source = write(tmp_path / "folder", {"ada/x.ipynb": notebook()})
    (source / "eve").symlink_to(tmp_path)
    (source / "ada" / "y.ipynb").symlink_to(tmp_path / "secret.ipynb")
    os.mkfifo(source / "ada" / "z.ipynb")
    placed, left = collected(tmp_path, {}, "folder")
    assert len(placed) == 1
    assert set(left) == {"eve", "ada/y.ipynb", "ada/z.ipynb"} and not any(one.harmless for one in left.values())


def test_which_of_two_is_meant_is_not_guessed(tmp_path):
    placed, left = collected(tmp_path, {"ada/a.ipynb": notebook(text="a"), "ada/b.ipynb": notebook(text="b"),
                                        "ben/a.ipynb": notebook(), "ben/b.ipynb": notebook(),
                                        f"cleo/{LESSON}.ipynb": notebook(text="c"), "cleo/copy.ipynb": notebook()})
    assert placed == {f"ben/{LESSON}/{LESSON}.ipynb": notebook(), f"cleo/{LESSON}/{LESSON}.ipynb": notebook(text="c")}
    assert {name for name, one in left.items() if not one.harmless} == {"ada/a.ipynb", "ada/b.ipynb", "cleo/copy.ipynb"}
    assert "differs" in left["cleo/copy.ipynb"].reason and "the same as" in left["ben/b.ipynb"].reason


def test_a_damaged_notebook_is_placed_by_its_name_so_that_its_student_hears_of_it(tmp_path):
    (one,) = collect(write(tmp_path / "s.zip", {f"ada/{LESSON} (1).ipynb": b'{"cells": ['}), tmp_path / "submitted")
    assert "it is damaged" in one.remark and one.student == "ada"
    assert content(tmp_path / "submitted") == {f"ada/{LESSON}/{LESSON}.ipynb": b'{"cells": ['}


def test_a_newer_one_replaces_an_older_one_and_never_the_other_way_round(tmp_path):
    target = tmp_path / "submitted" / "ada" / LESSON / f"{LESSON}.ipynb"

    def remark(text, seconds):
        path = write(tmp_path / "folder", {"ada/x.ipynb": notebook(text=text)}) / "ada" / "x.ipynb"
        os.utime(path, (seconds, seconds))
        (one,) = collect(tmp_path / "folder", tmp_path / "submitted")
        return one.remark, target.read_bytes()

    assert remark("one", 1000) == ("new", notebook(text="one"))
    assert remark("one", 1000) == ("was here already", notebook(text="one"))
    assert remark("two", 2000) == ("replaces an earlier one", notebook(text="two"))
    assert remark("one", 1000) == ("not placed: what was here is newer and stays", notebook(text="two"))


def run(*arguments):
    return CliRunner().invoke(app, ["collect", *map(str, arguments)], env={"COLUMNS": "200"})


def test_the_command_tells_what_it_found_and_how_it_went(tmp_path):
    whole = write(tmp_path / "a.zip", {"ada/x.ipynb": notebook(), "ada/.DS_Store": b""})
    done = run(whole, tmp_path / "submitted")
    assert done.exit_code == 0 and "ada/x.ipynb" in done.output and f"{LESSON}.ipynb" in done.output
    some = write(tmp_path / "b.zip", {"ada/[bold]x.ipynb": notebook(), "essay.pdf": b""})
    done = run(some, tmp_path / "other")
    assert done.exit_code == 3 and "✘ essay.pdf does not say whose" in done.output and "[bold]x.ipynb" in done.output


def test_the_command_called_wrongly_ends_with_2(tmp_path):
    (tmp_path / "text.zip").write_text(json.dumps({}))
    assert run(tmp_path / "nowhere", tmp_path / "submitted").exit_code == 2
    assert run(tmp_path / "text.zip", tmp_path / "submitted").exit_code == 2
    assert run(tmp_path, tmp_path / "submitted").exit_code == 2
    assert not (tmp_path / "submitted").exists()


def test_canvas_finds_its_students_again(tmp_path):
    write_canvas([Total("lovelaceada_canvas_77", LESSON, 1.0, 15.0, 0.0, "graded"),
                  Total("ada_77", LESSON, 1.0, 15.0, 0.0, "graded")], tmp_path / "canvas.csv")
    rows = [line.split(",")[:2] for line in (tmp_path / "canvas.csv").read_text().splitlines()[2:]]
    assert rows == [["lovelaceada_canvas_77", "77"], ["ada_77", ""]]
