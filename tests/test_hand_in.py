"""`make hand-in`: whole notebooks are packed, and what is not whole is said in a sentence."""

import json
import shutil
import subprocess
import sys
import zipfile

import pytest

from autograder.building.lesson import lesson_names
from autograder.building.notebooks import write_notebook
from autograder.building.paths import NOTEBOOKS, ROOT
from autograder.sample_class import filled, solutions
from kws_helpers.desk.hand_in import hand_in

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


def test_what_was_begun_is_packed_as_it_is_and_the_rest_is_named(folder, capsys):
    assert hand_in(folder, folder / "hand-in.zip")
    assert packed(folder) == {f"{name}.ipynb": (folder / f"{name}.ipynb").read_bytes() for name in (LESSON, OTHER)}
    said = capsys.readouterr().out
    assert "✔ 01_dataset.ipynb\n" in said and "– 03_evaluation.ipynb: left out, because it was not begun." in said


def test_the_network_of_the_challenge_goes_along(folder):
    (folder / "challenge.keras").write_bytes(b"weights")
    assert hand_in(folder, folder / "hand-in.zip")
    assert packed(folder)["challenge.keras"] == b"weights"


def test_the_same_work_makes_the_same_file(folder):
    hand_in(folder, folder / "hand-in.zip")
    before = (folder / "hand-in.zip").read_bytes()
    (folder / f"{LESSON}.ipynb").touch()
    hand_in(folder, folder / "again.zip")
    assert (folder / "again.zip").read_bytes() == before


@pytest.mark.parametrize("raw", [b"", b'{"cells": [', b"\xff\xfe\x00", b"[]", b"{}", b'{"cells": [1]}',
                                 b'{"cells": [{"source": 1}]}', b"[" * 100_000])
def test_what_is_no_notebook_is_left_out_and_costs_no_other(folder, raw, capsys):
    (folder / f"{LESSON}.ipynb").write_bytes(raw)
    assert not hand_in(folder, folder / "hand-in.zip")
    assert list(packed(folder)) == [f"{OTHER}.ipynb"]
    assert "✘ 01_dataset.ipynb: left out, because it is damaged" in capsys.readouterr().out


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


def run(*arguments):
    return subprocess.run([sys.executable, "-m", "kws_helpers", "hand-in", *map(str, arguments)], cwd=ROOT,
                          capture_output=True, text=True, check=False)


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
