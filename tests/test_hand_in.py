"""`make hand-in`: what a student wrote is packed, what is left out is named, and what is not whole is said."""

import contextlib
import errno
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from autograder.building.lesson import lesson_names
from autograder.building.notebooks import write_notebook
from autograder.building.paths import NOTEBOOKS, ROOT
from autograder.grading import challenge
from autograder.intake.notebook_file import parse_notebook
from autograder.sample_class import filled, solutions
from kws_helpers.desk import beside
from kws_helpers.desk.hand_in import hand_in
from kws_helpers.desk.notebook import MAX_BYTES

LESSON, OTHER = "01_dataset", "02_ffnn"


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A student's folder: one lesson solved, one with a single answer, the others as they were handed out."""
    folder = tmp_path_factory.mktemp("begun")
    for lesson in lesson_names():
        write_notebook(filled(lesson, {}), folder / f"{lesson}.ipynb")
    write_notebook(filled(LESSON, solutions(LESSON)), folder / f"{LESSON}.ipynb")
    write_notebook(filled(OTHER, {}, {"explain_gap": "It knows its clips by heart."}), folder / f"{OTHER}.ipynb")
    return folder


@pytest.fixture
def folder(begun, tmp_path):
    return shutil.copytree(begun, tmp_path, dirs_exist_ok=True)


def packed(folder):
    with zipfile.ZipFile(folder / "hand-in.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def change(path, edit):
    data = json.loads(path.read_text())
    edit(data["cells"])
    path.write_text(json.dumps(data))


def place(cells, name):
    names = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in cells]
    return names.index(name)


def zipped(*names):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name in names:
            archive.writestr(name, name)
    return raw.getvalue()


NETWORK = zipped("metadata.json", "config.json", "model.weights.h5")


def handed_in(folder, capsys):
    """Hand in; returns whether all is whole, what is packed, and the line about each name."""
    whole = hand_in(folder, folder / "hand-in.zip")
    lines = capsys.readouterr().out.partition("\n\n")[0].splitlines()
    said = {line[2:].partition(": ")[0]: line for line in lines}
    return whole, packed(folder) if (folder / "hand-in.zip").exists() else {}, said


def test_what_was_begun_is_packed_as_it_is_and_the_rest_is_named(folder, capsys):
    whole, files, said = handed_in(folder, capsys)
    assert whole
    assert files == {f"{name}.ipynb": (folder / f"{name}.ipynb").read_bytes() for name in (LESSON, OTHER)}
    assert said[f"{LESSON}.ipynb"] == "✔ 01_dataset.ipynb"
    assert said["03_evaluation.ipynb"].startswith("– 03_evaluation.ipynb: left out, because it was not begun")


def text_above_the_placeholder(cells):
    cell = cells[place(cells, "why-silence-is-not-zeros")]
    cell["source"] = ["Because rooms hiss.\n", *cell["source"]]


def stub_below_the_answer(cells):
    cell = cells[place(cells, "frame_count-solution")]
    cell["source"] = "def frame_count(n_samples, window, hop):\n    return 3\n    raise NotImplementedError()"


def cell_of_ones_own(cells):
    cells.append({"cell_type": "code", "metadata": {}, "source": "def one_hot(): ...", "id": "a", "outputs": []})


def picture_in_a_text(cells):
    cells[place(cells, "why-silence-is-not-zeros")]["attachments"] = {"x.gif": {"image/gif": "R0lG"}}


def lost_text(cells):
    del cells[0]


def other_text(cells):
    cells[0]["source"] = "# Notes"


def empty_cell_at_the_end(cells):
    cells.append({"cell_type": "code", "metadata": {}, "source": [], "id": "a", "outputs": [], "execution_count": None})


def outputs_and_settings_of_the_page(cells):
    for cell in cells:
        cell["metadata"]["collapsed"] = True
        if cell["cell_type"] == "code":
            cell |= {"execution_count": 3, "outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}]}


@pytest.mark.parametrize("edit, begun", [
    (text_above_the_placeholder, True), (stub_below_the_answer, True), (cell_of_ones_own, True), (lost_text, True),
    (picture_in_a_text, True), (other_text, True), (empty_cell_at_the_end, False),
    (outputs_and_settings_of_the_page, False)])
def test_whatever_differs_from_what_was_handed_out_is_begun(tmp_path, edit, begun, capsys):
    shutil.copy(NOTEBOOKS / f"{LESSON}.ipynb", tmp_path)
    change(tmp_path / f"{LESSON}.ipynb", edit)
    _, files, said = handed_in(tmp_path, capsys)
    assert bool(files) is begun
    assert ("not begun" in said[f"{LESSON}.ipynb"]) is not begun


@pytest.mark.parametrize("name", ["01_dataset-Copy1.ipynb", "01_dataset (1).ipynb", "Kopie von 01_dataset.ipynb",
                                  "my work.ipynb", "01_DATASET.IPYNB", "01_dataset.ipynb.txt", "01_dataset.json",
                                  "old/01_dataset.ipynb", "02_ffnn (copy).ipynb"])
def test_a_copy_that_was_begun_is_packed_where_the_lesson_itself_was_not(tmp_path, begun, name, capsys):
    shutil.copytree(NOTEBOOKS, tmp_path, dirs_exist_ok=True)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    shutil.copy(begun / f"{LESSON}.ipynb", tmp_path / name)
    whole, files, said = handed_in(tmp_path, capsys)
    assert whole and list(files) == [f"{LESSON}.ipynb"]
    assert "packed as 01_dataset.ipynb" in said[name] and "not begun" in said[f"{LESSON}.ipynb"]


def test_a_copy_that_differs_from_the_lesson_is_named_and_one_that_does_not_as_well(folder, capsys):
    shutil.copy(folder / f"{LESSON}.ipynb", folder / "same.ipynb")
    shutil.copy(folder / f"{LESSON}.ipynb", folder / "other.ipynb")
    change(folder / "other.ipynb", other_text)
    whole, files, said = handed_in(folder, capsys)
    assert not whole and set(files) == {f"{LESSON}.ipynb", f"{OTHER}.ipynb"}
    assert said["other.ipynb"].startswith("✘") and "01_dataset.ipynb counts" in said["other.ipynb"]
    assert said["same.ipynb"] == "– same.ipynb: left out, because its cells are those of 01_dataset.ipynb."


def test_copies_that_differ_are_all_packed_and_the_choice_is_asked_for(folder, capsys):
    (folder / f"{LESSON}.ipynb").rename(folder / "a.ipynb")
    shutil.copy(folder / "a.ipynb", folder / "b.ipynb")
    change(folder / "b.ipynb", other_text)
    whole, files, said = handed_in(folder, capsys)
    assert not whole and {"a.ipynb", "b.ipynb"} < set(files)
    assert "There are 2 versions of 01_dataset" in said["a.ipynb"]


def test_notebooks_of_no_lesson_and_the_first_page_are_named(folder, capsys):
    notebook = {"cells": [{"cell_type": "code", "source": "1"}]}
    (folder / "scratch.ipynb").write_text(json.dumps(notebook))
    shutil.copy(NOTEBOOKS / "00_start.ipynb", folder)
    whole, files, said = handed_in(folder, capsys)
    assert whole and "scratch.ipynb" not in files and "00_start.ipynb" not in said
    assert "none of its cells is from a lesson" in said["scratch.ipynb"]
    change(folder / "00_start.ipynb", other_text)
    assert "nothing in 00_start is graded" in handed_in(folder, capsys)[2]["00_start.ipynb"]


def test_the_network_of_the_challenge_goes_along(folder):
    (folder / "challenge.keras").write_bytes(NETWORK)
    assert hand_in(folder, folder / "hand-in.zip")
    assert packed(folder)["challenge.keras"] == NETWORK
    assert beside.MAX_NETWORK == challenge.MAX_BYTES


@pytest.mark.parametrize("raw, words", [
    (b"", "is empty"), (b"\x89HDF\r\n\x1a\n...", "HDF5"), (zipped("variables"), "no network that Keras has saved"),
    (b"weights", "damaged"), (NETWORK[:40], "a zip file, and no network")],
    ids=["empty", "HDF5", "other zip", "damaged", "cut off"])  # the bytes hold the time: workers would disagree
def test_a_network_that_cannot_be_one_is_packed_and_named(folder, raw, words, capsys):
    (folder / "challenge.keras").write_bytes(raw)
    whole, files, said = handed_in(folder, capsys)
    assert not whole and files["challenge.keras"] == raw
    assert words in said["challenge.keras"] and 'model.save("challenge.keras")' in said["challenge.keras"]


@pytest.mark.parametrize("name", ["Challenge.keras", "challenge (1).keras", "models/challenge.keras"])
def test_a_network_under_another_name_is_packed_as_the_challenges_where_it_is_the_only_one(folder, name, capsys):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(NETWORK)
    whole, files, said = handed_in(folder, capsys)
    assert whole and files["challenge.keras"] == NETWORK and "packed as challenge.keras" in said[name]
    (folder / "challenge.keras").write_bytes(NETWORK)
    whole, files, said = handed_in(folder, capsys)
    assert not whole and "challenge.keras counts" in said[name]


@pytest.mark.parametrize("name, shown", [("challenge.keras/saved_model.pb", "challenge.keras/"),
                                         ("challenge/saved_model.pb", "challenge/"), ("best.keras", "best.keras"),
                                         ("challenge.h5", "challenge.h5"), ("challenge.weights.h5",) * 2,
                                         ("challenge.keras.zip",) * 2, ("data.zip",) * 2])
def test_other_networks_and_zip_files_are_left_out_with_their_names(folder, name, shown, capsys):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"...")
    whole, files, said = handed_in(folder, capsys)
    assert whole is (name == "best.keras")
    assert set(files) == {f"{LESSON}.ipynb", f"{OTHER}.ipynb"} and "left out" in said[shown]


def test_modules_and_data_beside_the_lessons_go_along_and_what_is_large_is_named(folder, capsys):
    for name, size in {"helpers.py": 9, "sub/one.npy": 9, "sub/deep/two.npy": 9, "big.npy": beside.MAX_BESIDE + 1,
                       "__pycache__/x.pyc": 9, ".hidden/x": 9, "my_results/a.json": 9, "env/pyvenv.cfg": 1}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
        os.truncate(folder / name, size)
    (folder / "data").mkdir()
    for number in range(beside.MAX_FILES + 1):
        (folder / "data" / str(number)).touch()
    whole, files, said = handed_in(folder, capsys)
    assert not whole
    assert set(files) - {f"{LESSON}.ipynb", f"{OTHER}.ipynb"} == {"helpers.py", "sub/one.npy", "sub/deep/two.npy"}
    assert said["sub/"] == "✔ sub/: 2 files, 1 kB"
    assert "20.0 MB" in said["big.npy"] and "501 files" in said["data/"]
    assert said[".hidden, __pycache__, env, my_results"].startswith("– ")


def test_a_notebook_that_the_grader_does_not_read_for_its_size_is_named(folder, capsys):
    os.truncate(folder / f"{LESSON}.ipynb", MAX_BYTES + 1)
    whole, files, said = handed_in(folder, capsys)
    assert not whole and set(files) == {f"{OTHER}.ipynb"}
    assert "(50.0 MB)" in said[f"{LESSON}.ipynb"] and "Clear Outputs" in said[f"{LESSON}.ipynb"]


def test_lessons_in_folders_inside_are_not_guessed(begun, tmp_path):
    shutil.copytree(begun, tmp_path / "mine")
    with pytest.raises(ValueError, match="but in mine below it"):
        hand_in(tmp_path, tmp_path / "hand-in.zip")


def git_merged(text):
    return text.replace('"execution_count": null', '\n<<<<<<< HEAD\n"execution_count": 1\n=======\n'
                                                   '"execution_count": 2\n>>>>>>> theirs\n').encode()


@pytest.mark.parametrize("save, words", [
    (lambda text: text.encode("utf-16"), "UTF-16"), (git_merged, "Git has left")])
def test_what_the_grader_reads_is_packed(folder, save, words, capsys):
    text = (folder / f"{OTHER}.ipynb").read_text()
    (folder / f"{OTHER}.ipynb").write_bytes(save(text))
    whole, files, said = handed_in(folder, capsys)
    assert whole and words in said[f"{OTHER}.ipynb"]
    assert parse_notebook(files[f"{OTHER}.ipynb"])


def test_the_same_work_makes_the_same_file(folder):
    hand_in(folder, folder / "hand-in.zip")
    before = (folder / "hand-in.zip").read_bytes()
    (folder / f"{LESSON}.ipynb").touch()
    hand_in(folder, folder / "hand-in.zip")
    assert (folder / "hand-in.zip").read_bytes() == before


@pytest.mark.parametrize("raw, words", [
    (b"", "empty"), (b'{"cells": [', "damaged"), (b"<!DOCTYPE html><html>", "a web page")])
def test_what_is_no_notebook_is_left_out_with_what_it_is_and_costs_no_other(folder, raw, words, capsys):
    (folder / f"{LESSON}.ipynb").write_bytes(raw)
    whole, files, said = handed_in(folder, capsys)
    assert not whole and list(files) == [f"{OTHER}.ipynb"]
    assert said[f"{LESSON}.ipynb"].startswith("✘ 01_dataset.ipynb: left out, because it ")
    assert words in said[f"{LESSON}.ipynb"]


@pytest.mark.parametrize("name", ["one_hot", "one_hot-solution", "why-silence-is-not-zeros"])
def test_a_lost_cell_is_named_and_the_rest_is_packed(folder, name, capsys):
    change(folder / f"{LESSON}.ipynb", lambda cells: cells.pop(place(cells, name)))
    assert not hand_in(folder, folder / "hand-in.zip")
    assert f"{LESSON}.ipynb" in packed(folder)
    assert f"without the cell {name}. " in capsys.readouterr().out


def test_a_cell_that_is_there_twice_is_named(folder, capsys):
    change(folder / f"{LESSON}.ipynb", lambda cells: cells.append(cells[place(cells, "one_hot")]))
    assert not hand_in(folder, folder / "hand-in.zip")
    assert "more than one cell one_hot." in capsys.readouterr().out


@pytest.mark.parametrize("metadata", [None, [], {"nbgrader": None}, {"nbgrader": ["one_hot"]},
                                      {"nbgrader": {"grade_id": ["one_hot"]}}])
def test_odd_settings_count_as_lost(folder, metadata, capsys):
    change(folder / f"{LESSON}.ipynb", lambda cells: cells[place(cells, "one_hot")].update(metadata=metadata))
    assert not hand_in(folder, folder / "hand-in.zip")
    assert "without the cell one_hot." in capsys.readouterr().out


def run(*arguments, encoding="utf-8"):
    return subprocess.run([sys.executable, "-m", "kws_helpers", "hand-in", *map(str, arguments)], cwd=ROOT,
                          env=os.environ | {"PYTHONIOENCODING": encoding}, capture_output=True, encoding="utf-8",
                          check=False)


def test_the_command_packs_beside_the_lessons(folder):
    done = run(folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert str(folder / "hand-in.zip") in done.stdout and len(packed(folder)) == 2


def test_the_command_ends_with_1_where_something_is_not_whole_and_2_where_there_is_no_folder(folder):
    (folder / f"{LESSON}.ipynb").write_text("{")
    assert run(folder, "--output", folder / "hand-in.zip").returncode == 1
    assert list(packed(folder)) == [f"{OTHER}.ipynb"]
    missing = run(folder / "nowhere")
    assert missing.returncode == 2 and "is no folder" in missing.stderr


def test_nothing_begun_is_nothing_handed_in(tmp_path):
    done = run(NOTEBOOKS, "--output", tmp_path / "hand-in.zip")
    assert done.returncode == 1 and "nothing to hand in" in done.stdout
    assert not (tmp_path / "hand-in.zip").exists()


def test_nothing_begun_but_a_module_is_packed_and_said(tmp_path):
    (tmp_path / "helpers.py").write_text("x = 1")
    assert not hand_in(tmp_path, tmp_path / "hand-in.zip")
    assert list(packed(tmp_path)) == ["helpers.py"]


def full(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("place, method", [(os, "fsync"), (Path, "replace")])
def test_an_earlier_hand_in_stays_whole_where_there_is_no_room(folder, monkeypatch, place, method):
    (folder / "hand-in.zip").write_bytes(b"earlier")
    monkeypatch.setattr(place, method, full)
    with pytest.raises(OSError, match="No space left on device. The one that is there is an earlier one. Make"):
        hand_in(folder, folder / "hand-in.zip")
    assert (folder / "hand-in.zip").read_bytes() == b"earlier"
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize("output", ["nowhere/hand-in.zip", "folder", "pipe"])
def test_a_place_that_cannot_be_written_is_said(folder, output):
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe")
    with pytest.raises(OSError, match="could not be written: .*Name another place"):
        hand_in(folder, folder / output)


def test_a_terminal_without_these_characters_gets_others(folder):
    (folder / f"{LESSON}.ipynb").write_text("{")
    done = run(folder, encoding="ascii")
    assert done.returncode == 1 and done.stderr == ""
    assert "x 01_dataset.ipynb" in done.stdout and "+ 02_ffnn.ipynb" in done.stdout
    assert list(packed(folder)) == [f"{OTHER}.ipynb"]


RIGHT = (NOTEBOOKS / f"{LESSON}.ipynb").read_bytes()
CONTENTS = {"untouched": RIGHT, "begun": RIGHT.replace(b"audio", b"sound"), "cut off": RIGHT[:9000], "empty": b"",
            "UTF-16": RIGHT.decode().encode("utf-16"), "network": NETWORK, "JSON": b'{"cells": [{}]}'}
NAMES = some.sampled_from([
    LESSON, OTHER, f"{LESSON}-Copy1", "challenge", "helpers", "a", "\udcff", "x\n", "a\\..\\b", "-"])
FILES = some.builds(lambda name, ending: name + ending, NAMES, some.sampled_from(
    [".ipynb", ".IPYNB", ".ipynb.txt", ".keras", ".h5", ".py", ".zip", ".json", ""]))
KINDS = some.sampled_from([*CONTENTS, "pipe", "loop", "nowhere", "link"])
TREES = some.dictionaries(FILES, KINDS | some.dictionaries(FILES, KINDS, max_size=3), max_size=5)


def plant(folder, tree):
    folder.mkdir()
    for name, kind in tree.items():
        path = folder / name
        if isinstance(kind, dict):
            plant(path, kind)
        elif kind in CONTENTS:
            path.write_bytes(CONTENTS[kind])
        elif kind == "pipe":
            os.mkfifo(path)
        else:
            path.symlink_to({"loop": path, "nowhere": "/nowhere/at/all", "link": folder}[kind])


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_whatever_lies_in_the_folder_is_packed_or_named(tree):
    said = io.StringIO()
    with tempfile.TemporaryDirectory() as place, contextlib.redirect_stdout(said):
        folder = Path(place) / "work"
        plant(folder, tree)
        with contextlib.suppress(ValueError):  # the lessons are in a folder inside
            hand_in(folder, Path(place) / "out.zip")
            for name, inside in tree.items():
                assert inside == {} or name.translate({0xdcff: "_", 10: "_"}) in said.getvalue()
        if (Path(place) / "out.zip").exists():
            with zipfile.ZipFile(Path(place) / "out.zip") as archive:
                assert archive.testzip() is None and len(set(archive.namelist())) == len(archive.namelist())
