"""Whose it is and what is kept, in whatever folders and archives a class comes back."""

import errno
import io
import json
import zipfile
from functools import partial
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from autograder.intake.collect import Placed, collect
from autograder.intake.download_names import folder_name, owner_of
from autograder.intake.submissions import find_submissions
from autograder.intake.unpack import LeftOut
from kws_helpers.desk.folder import is_machinery
from tests.test_collect import LESSON, OTHER, SHAPES, collected, content, encrypted, notebook, run, write, zipped

FILE, OTHERS = f"{LESSON}.ipynb", f"{OTHER}.ipynb"
MOODLE = "{}_{}_assignsubmission_file"


def students(placed):
    return sorted({name.split("/")[0] for name in placed})


def lost(left):
    return {path: one.reason for path, one in left.items() if not one.harmless}


@SHAPES
@pytest.mark.parametrize("tree, wanted", [
    (["w/ada/x.ipynb", "w/ben/x.ipynb"], ["ada", "ben"]),
    (["w/v/ada/x.ipynb", "w/v/ben/x.ipynb"], ["ada", "ben"]),
    (["w/ada.zip/x.ipynb", "w/ben.zip/x.ipynb"], ["ada", "ben"]),
    (["g/ada/x.ipynb", "g/ben/x.ipynb", "h/cleo/x.ipynb"], ["ada", "ben", "cleo"]),
    ([f"w/{MOODLE.format('Ada', 1)}/x.ipynb"], ["Ada_moodle_1"]),
    ([f"w/{MOODLE.format('Ada', 1)}_/x.ipynb", f"v/{MOODLE.format('Ben', 2)}_/x.ipynb"],
     ["Ada_moodle_1", "Ben_moodle_2"]),
    (["w/ada_7_8_x.ipynb", "w/ben_9_10_x.ipynb"], ["ada_canvas_7", "ben_canvas_9"]),
    (["w/ada/01_dataset/x.ipynb", "w/ben/01_dataset/x.ipynb"], ["ada", "ben"]),
    (["01_dataset/ada/x.ipynb", "01_dataset/ben/x.ipynb"], ["ada", "ben"]),
    (["w/01_dataset/ada/x.ipynb", "w/01_dataset/ben/x.ipynb"], ["ada", "ben"]),
    (["01_dataset/ada/x.ipynb"], ["ada"]),
    (["ada/my/x.ipynb", "ben/my/x.ipynb"], ["ada", "ben"])])
def test_folders_around_the_students_are_looked_through_and_named(tmp_path, shape, tree, wanted):
    files = {}
    for number, name in enumerate(tree):
        content = notebook(text=str(number))
        if ".zip/" in name:
            name, content = name.removesuffix("/x.ipynb"), zipped({"x.ipynb": content})
        files[name] = content
    placed, left = collected(tmp_path, files, shape)
    assert students(placed) == wanted and not lost(left)
    assert any("taken for" in one.reason for one in left.values())


@SHAPES
@pytest.mark.parametrize("tree", [
    {"w/ada/x.ipynb": notebook()}, {"w/a/x.ipynb": notebook(), "w/b/y.ipynb": notebook(OTHER)},
    {"w/ada.zip": zipped({"x.ipynb": notebook()})}])
def test_who_the_students_are_is_not_guessed(tmp_path, shape, tree):
    source = write(tmp_path / shape, tree)
    with pytest.raises(ValueError, match="not clear who the students are: w holds .* collect the folder w itself"):
        list(collect(source, tmp_path / "submitted"))
    assert not (tmp_path / "submitted").exists()


def test_a_full_disk_is_a_sentence_and_nothing_is_half_placed(tmp_path, monkeypatch):
    source = write(tmp_path / "source", {"ada/x.ipynb": notebook()})

    def full(path, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ValueError, match="submitted cannot be written: No space left on device. Nothing was placed."):
        list(collect(source, tmp_path / "submitted"))
    assert not (tmp_path / "submitted").exists()


def test_the_folders_of_one_student_are_put_together_and_named(tmp_path):
    placed, left = collected(tmp_path, {"ada/a/x.ipynb": notebook(), "ada/b/y.ipynb": notebook(OTHER),
                                        "ben/x.ipynb": notebook()})
    assert students(placed) == ["ada", "ben"] and not lost(left)
    assert "one student, whose work is in a and b" in left["ada"].reason


def test_a_download_in_a_download_counts_as_trouble(tmp_path):
    inner = zipped({f"{MOODLE.format('Ada', 1)}_/x.ipynb": notebook()})
    placed, left = collected(tmp_path, {"moodle.zip": inner})
    assert students(placed) == ["moodle"] and "collect that file by itself" in lost(left)["moodle.zip"]


@SHAPES
@pytest.mark.parametrize("names, wanted", [
    (["anon_Xy9Zk_501_x.ipynb", "LATE_anon_xY9zK_502_x.ipynb", "anon_12345_503_x.ipynb"],
     ["anon_12345", "anon_Xy9Zk", "anon_xY9zK"]),
    ([f"{MOODLE.format('Ada', 1)}/x.ipynb", f"{MOODLE.format('Ben', 2)}_/x.ipynb"], ["Ada_moodle_1", "Ben_moodle_2"]),
    (["HW_ada_attempt_2026-01-15-12-34-56_x.ipynb", "HW_ada_attempt_2026-01-15-12-34-56.txt"], ["ada"]),
    (["12-34 - Mary-Ann Smith - Sep 24, 2026 926 PM/x.ipynb", "12-34 - Ben - 24 September, 2026 9:26 PM/x.ipynb",
      "index.html"], ["Ben_brightspace_12", "Mary-Ann Smith_brightspace_12"])])
def test_names_of_other_platforms(tmp_path, shape, names, wanted):
    placed, left = collected(tmp_path, {name: notebook(text=name) for name in names}, shape)
    assert students(placed) == wanted and not lost(left)


@pytest.mark.parametrize("earlier, later", [
    ("12-34 - Ada - Jan 15, 2026 1234 PM/", "12-34 - Ada - Jan 15, 2026 117 PM/"),
    ("12-34 - Ada - Jan 9, 2026 900 AM/", "12-34 - Ada - Jan 10, 2026 1200 AM/"),
    ("HW_ada_attempt_2026-01-09-12-34-56_", "HW_ada_attempt_2026-01-10-00-00-00_")])
def test_the_later_of_two_attempts_counts_and_it_is_said(tmp_path, earlier, later):
    files = {f"{later}{FILE}": notebook(text="2"), f"{earlier}{FILE}": notebook(text="1"),
             f"{later}timestamp.txt": b"2020-01-01 10:00:00 UTC"}
    placed, left = collected(tmp_path, files)
    (time,) = (content for name, content in placed.items() if name.endswith("timestamp.txt"))
    assert time.startswith(b"2026-01-") and time.endswith(b".000000 UTC")
    assert notebook(text="2") in placed.values() and len(placed) == 2 and not lost(left)  # and the time
    assert "a later one counts" in left[f"{earlier}{FILE}"].reason


@pytest.mark.parametrize("name", ["ada_77_502_{}", f"{MOODLE.format('ada', 1)}_{{}}",
                                  "HW_ada_attempt_2026-01-10-00-00-00_{}", "ada/{}"])
def test_a_student_does_not_write_the_time_of_a_hand_in(tmp_path, name):
    files = {name.format(FILE): notebook(), name.format("Timestamp.txt"): b"2020-01-01 10:00:00 UTC"}
    placed, left = collected(tmp_path, files)
    assert not any(content.startswith(b"2020") for content in placed.values()) and not lost(left)
    assert name.format("Timestamp.txt") in left


@SHAPES
@pytest.mark.parametrize("text", [f"Ada_1_assignsubmission_onlinetext{end}onlinetext.html" for end in ("/", "_", "_/")])
def test_an_online_text_is_named_once_and_costs_nothing(tmp_path, shape, text):
    placed, left = collected(tmp_path, {f"{MOODLE.format('Ada', 1)}_/{FILE}": notebook(), text: b"<p>Hello</p>"}, shape)
    assert students(placed) == ["Ada_moodle_1"] and not lost(left) and "typed into Moodle" in left[text].reason
    _, left = collected(tmp_path / "alone", {text: b"<p>Hello</p>"}, shape)
    assert "nothing was placed" in lost(left)[text.split("/")[0]]  # the student is not forgotten


@pytest.mark.parametrize("one, other", [("Ada", "ada"), ("Jose\u0301", "Jos\u00e9"), ("ada ", "ada"), ("ada.", "ada")])
def test_a_student_written_in_two_ways_stays_one(tmp_path, one, other):
    both = {f"{one}/{FILE}": notebook(), f"{other}/{OTHERS}": notebook(OTHER)}
    placed, left = collected(tmp_path / "at once", both)
    assert len(students(placed)) == 1 and len(placed) == 2 and not lost(left)
    assert any("taken for one student's" in line.reason for line in left.values())
    for number, (name, inside) in enumerate(both.items()):
        list(collect(write(tmp_path / f"{number}.zip", {name: inside}), tmp_path / "later"))
    assert len(list((tmp_path / "later").iterdir())) == 1


def test_a_folder_and_a_zip_of_one_student(tmp_path):
    packed = zipped({FILE: notebook(), OTHERS: notebook(OTHER)})
    placed, left = collected(tmp_path, {f"ada/{FILE}": notebook(), "ada.zip": packed})
    assert set(placed) == {f"ada/{LESSON}/{FILE}", f"ada/{OTHER}/{OTHERS}"} and not lost(left)


CLONE = {f"notebooks/{FILE}": notebook(), f"solutions/{FILE}": notebook(text="solved"), "autograder/judge.py": b"",
         "README.md": b"", f"build/demo/ben/{FILE}": notebook(text="b"), ".git/HEAD": b"",
         "notebooks/helpers.py": b"x = 1"}


@SHAPES
@pytest.mark.parametrize("place", ["ada/", "ada/keyword-spotting-main/", "ada.zip"])
def test_of_a_copy_of_the_course_its_notebooks_count(tmp_path, shape, place):
    files = {place: zipped(CLONE)} if place == "ada.zip" else {place + name: content for name, content in CLONE.items()}
    placed, left = collected(tmp_path, files | {f"ben/{FILE}": notebook(text="b")}, shape)
    assert placed == {f"ada/{LESSON}/{FILE}": notebook(), f"ada/{LESSON}/helpers.py": b"x = 1",
                      f"ben/{LESSON}/{FILE}": notebook(text="b")}
    assert not lost(left) and any("copy of the course" in one.reason for one in left.values())


MACHINERY = [".venv", "venv", "env", ".git", "__MACOSX", ".ipynb_checkpoints", "node_modules", "__pycache__", ".idea",
             "lib/site-packages"]


@SHAPES
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("name", MACHINERY)
def test_machinery_counts_for_nothing(tmp_path, shape, first, name, monkeypatch):
    monkeypatch.setattr("autograder.intake.unpack.MAX_FILES", 20)
    rest = {f"{name}/{file}": b"" for file in ("pyvenv.cfg", *range(50))} | {f"{name}/{FILE}": notebook()}
    work = {"z/work.ipynb" if first else FILE: notebook(text="mine")}
    files = {"ada.zip": zipped(rest | work if first else work | rest), "ben/x.ipynb": notebook()}
    placed, left = collected(tmp_path, files, shape)
    assert placed[f"ada/{LESSON}/{FILE}"] == notebook(text="mine") and len(placed) == 2 and not lost(left)
    assert "(52 files)" in left[f"ada.zip/{name}"].reason


@SHAPES
@pytest.mark.parametrize("hidden", [f".ipynb_checkpoints/{LESSON}-checkpoint.ipynb", f"venv/{FILE}",
                                    f"solutions/{FILE}"])
def test_a_lesson_that_is_only_where_nothing_counts_is_named(tmp_path, shape, hidden):
    rest = {f"ada/notebooks/{OTHERS}": notebook(OTHER), f"ada/{hidden}": notebook(), f"ben/{FILE}": notebook(),
            f"ben/.ipynb_checkpoints/{FILE}": notebook(), f"ben/__MACOSX/._{OTHERS}": b""}
    placed, left = collected(tmp_path, rest, shape)
    assert set(placed) == {f"ada/{OTHER}/{OTHERS}", f"ben/{LESSON}/{FILE}"}
    assert list(lost(left)) == [f"ada/{hidden}"]


def stripped(content, ids=True):
    """A notebook whose cells have lost nbgrader's settings, and their texts or their ids."""
    cells = json.loads(content)["cells"]
    for cell in cells:
        cell["metadata"] = {}
        if ids:
            cell["source"] = "mine"
        else:
            cell.pop("id")
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5 if ids else 4}).encode()


@pytest.mark.parametrize("ids", [True, False])
def test_a_notebook_without_its_name_and_settings_is_known_by_its_cells(tmp_path, ids):
    placed, left = collected(tmp_path, {"ada/homework.ipynb": stripped(notebook(OTHER), ids)})
    assert set(placed) == {f"ada/{OTHER}/{OTHERS}"} and not left


@SHAPES
def test_what_lies_beside_a_notebook_stays_beside_it(tmp_path, shape):
    placed, left = collected(tmp_path, {
        "ada.zip": zipped({FILE: notebook(), OTHERS: notebook(OTHER), "helpers.py": b"x = 1", "sub/one.npy": b"1"}),
        f"ben/a/{FILE}": notebook(), f"ben/b/{OTHERS}": notebook(OTHER), "ben/a/own.py": b"", "ben/report.pdf": b"%PDF",
        "ben/a/data.zip": zipped({"words.csv": b""}),
        f"{MOODLE.format('Cleo', 3)}_{FILE}": notebook(), f"{MOODLE.format('Cleo', 3)}_helpers.py": b"y"}, shape)
    assert not lost(left)
    assert {name for name in placed if not name.endswith("ipynb")} == {
        *(f"ada/{lesson}/{name}" for lesson in (LESSON, OTHER) for name in ("helpers.py", "sub/one.npy")),
        f"ben/{LESSON}/own.py", f"ben/{LESSON}/data.zip", f"ben/{LESSON}/report.pdf", f"ben/{OTHER}/report.pdf",
        f"Cleo_moodle_3/{LESSON}/helpers.py"}


@pytest.mark.parametrize("name", ["index.html", f"{FILE}.html", "x.svg", "report.pdf"])
def test_pages_and_pictures_are_named_and_alone_are_no_notebook(tmp_path, name):
    write(tmp_path / "s.zip", {f"ada/{FILE}": notebook(), f"ada/{name}": b"<", f"ben/{name}": b"<"})
    placed, left = list(collect(tmp_path / "s.zip", tmp_path / "submitted"))
    assert placed.remark == f"new; with {name}" and (left.student, left.harmless) == ("ben", False)


@pytest.mark.parametrize("name, is_placed", [
    ("Challenge.keras", True), ("challenge (1).keras", True), ("CHALLENGE_final.KERAS", True), ("best.keras", False),
    ("challenge.h5", False), ("challenge.keras/config.json", False), ("challenge.keras.zip", True)])
def test_the_challenges_network_is_placed_or_named(tmp_path, name, is_placed):
    network = zipped({"config.json": b"", "metadata.json": b""}) if is_placed else b"\x89HDF"
    placed, left = collected(tmp_path, {f"ada/{FILE}": notebook(), f"ada/{name}": network})
    assert ("ada/07_tc_resnet/challenge.keras" in placed) == is_placed == (f"ada/{name}" not in lost(left))


TAR = bytes(257) + b"ustar" + bytes(250)
ARCHIVES = [("x.rar", b"Rar!\x1a\x07\1", "RAR"), ("x.7z", b"7z\xbc\xaf\x27\x1c", "7z"), ("x.tar", TAR, "tar"),
            ("x.tar.xz", b"\xfd7zXZ\0", "xz"), ("x.tgz", b"\x1f\x8b\x08", "gzip"), ("x.tbz2", b"BZh9", "bzip2"),
            ("x.tzst", b"\x28\xb5\x2f\xfd", "Zstandard"), ("x.zip", b"Rar!\x1a\x07\1", "RAR"),
            ("x.zip", zipped({FILE: notebook()})[:-30], "in part"), ("x.zip", b"", "empty")]


@pytest.mark.parametrize("name, content, said", ARCHIVES)
def test_archives_that_are_not_opened_are_called_by_their_kind(tmp_path, name, content, said):
    placed, left = collected(tmp_path / "class", {f"ada/{name}": content, f"ben/{FILE}": notebook()})
    assert students(placed) == ["ben"] and said in lost(left)[f"ada/{name}"]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=f"{said}.*(give the folder|Download it again)"):
        list(collect(tmp_path / name, tmp_path / "submitted"))


@pytest.mark.parametrize("content, said", [
    (b"RIFF\0\0\0\0WAVE", "a recording"), (b"%PDF-1.7", "a PDF"), (b"\n<!DOCTYPE html>", "a web page"),
    (b'{"cells": []}', "a notebook or")])
def test_what_is_given_for_a_download_is_called_what_it_is(tmp_path, content, said):
    (tmp_path / "download.zip").write_bytes(content)
    done = run(tmp_path / "download.zip", tmp_path / "submitted")
    assert done.exit_code == 2 and said in done.output and "Traceback" not in done.output


def test_an_encrypted_download_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "download.zip").write_bytes(encrypted())
    with pytest.raises(ValueError, match="encrypted: it needs a password"):
        list(collect(tmp_path / "download.zip", tmp_path / "submitted"))


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, 9])
@pytest.mark.parametrize("damaged", [True, False])
def test_a_member_packed_otherwise_is_named_and_costs_no_other(tmp_path, method, damaged):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr(f"ada/{FILE}", notebook(), compress_type=8 if method == 9 else method)
        archive.writestr(f"ben/{FILE}", notebook(), compress_type=8)
    content = bytearray(raw.getvalue())
    if method == 9:
        content[8] = content[content.index(b"PK\1\2") + 10] = 9
    if damaged:
        content[100:120] = bytes(20)
    (tmp_path / "s.zip").write_bytes(content)
    said = list(collect(tmp_path / "s.zip", tmp_path / "submitted"))
    assert [one.student for one in said if isinstance(one, Placed)] == ["ben"]
    assert any("packed in an unusual way" in one.reason and one.path.parts[0] == "ada" for one in said
               if isinstance(one, LeftOut))


def test_the_command_counts_students_so_that_a_missing_class_is_seen(tmp_path):
    done = run(write(tmp_path / "a.zip", {f"ada/{FILE}": notebook(), f"ada/{OTHERS}": notebook(OTHER),
                                          f"ben/{FILE}": notebook(), "cleo.zip": b"", "dan/": b""}), tmp_path / "out")
    assert done.exit_code == 3 and "Students: 2. Notebooks: 3. Networks: 0." in done.output
    assert "Students of whom nothing could be placed: 2: cleo, dan." in done.output


def test_a_folder_that_cannot_be_read_is_named_and_so_is_its_student(tmp_path, monkeypatch):
    source = write(tmp_path / "folder", {f"ada/{FILE}": notebook(), f"ben/{FILE}": notebook()})
    iterdir = type(tmp_path).iterdir

    def refuse(path):
        if path.name == "ada":
            raise PermissionError(13, "Permission denied")
        return iterdir(path)

    monkeypatch.setattr(type(tmp_path), "iterdir", refuse)
    said = list(collect(source, tmp_path / "submitted"))
    assert {one.student for one in said if isinstance(one, LeftOut) and not one.harmless} >= {"ada"}
    assert [one.student for one in said if isinstance(one, Placed)] == ["ben"]


@pytest.mark.parametrize("name", ["Jose\u0301", " José ", "José.", "José"])
def test_spaces_dots_and_the_way_of_writing_accents_are_no_part_of_a_name(name):
    assert folder_name(name) == "José" and folder_name(name, "moodle_1") == "José_moodle_1"


@pytest.mark.parametrize("top", [LESSON, "notebooks", "02_FFNN"])
def test_folders_of_the_course_are_no_students(top):
    assert owner_of(PurePosixPath(top, FILE)) is None


def test_in_the_layout_itself_a_second_notebook_is_named_and_machinery_is_not_looked_at(tmp_path):
    write(tmp_path / "submitted", {f"{name}": notebook() for name in (
        f"ada/{LESSON}/{FILE}", f"ada/{LESSON}/{LESSON}-Copy1.ipynb", f"ben/{LESSON}/x.ipynb",
        f"ben/{LESSON}/venv/{FILE}")})
    ada, ben = find_submissions(tmp_path / "submitted")
    assert any(f"{LESSON}-Copy1.ipynb" in note for note in ada.notes) and ada.notebook
    assert ben.notebook and not ben.problem


def cells(text, grade_id="one_hot"):
    """A small notebook as bytes."""
    cell = {"cell_type": "code", "source": text, "metadata": {"nbgrader": {"grade_id": grade_id}}, "outputs": []}
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]}).encode()


NAMES = ["ada", "Ada", "ben.zip", "Zoe\u0308", "x.ipynb", FILE, OTHERS, LESSON, "notebooks", "solutions", ".git",
         "venv", "w", "Eve_1_assignsubmission_file_", "Eve_1_assignsubmission_onlinetext", "gus_7_8_x.ipynb",
         "challenge.keras", "1-2 - Hal - Jan 1, 2026 117 PM", "helpers.py", "index.html", "x.rar", "hand-in.zip",
         "__MACOSX", "a\nb", "ü" * 90]
FOLDERS = partial(some.dictionaries, some.sampled_from(NAMES), max_size=4)
TREES = some.recursive(some.integers(0, 4), FOLDERS, max_leaves=9)


def flattened(tree, path=()):
    """The files of a tree by path, each with bytes that no other has; of empty folders the path with a "/"."""
    for name, inner in tree.items():
        here = (*path, name)
        if isinstance(inner, dict):
            yield from flattened(inner, here) if inner else [("/".join(here) + "/", b"")]
        else:
            mark = f"{'/'.join(here)} {inner}"
            packed = zipped({FILE: cells(mark), "data.csv": b"1", "Eve_2_assignsubmission_file_/x.ipynb": cells(mark)})
            yield "/".join(here), [cells(mark), cells(mark, "softmax"), packed, packed[:-9], mark.encode()][inner]


@settings(max_examples=60)
@given(tree=FOLDERS(TREES))
def test_whatever_comes_nothing_is_left_out_without_its_name(tmp_path_factory, tree):
    folder, files = tmp_path_factory.mktemp("class"), dict(flattened(tree))
    (folder / "folder").mkdir()
    for name in files:
        if name.endswith("/"):
            (folder / "folder" / name).mkdir(parents=True)
    write(folder / "folder", {name: content for name, content in files.items() if not name.endswith("/")})
    write(folder / "source.zip", files)
    results = [outcome(folder / shape, folder / f"from {shape}", files) for shape in ("folder", "source.zip")]
    assert results[0] == results[1]


def outcome(source, target, files):
    """What was said and placed; checks that every file is in its place or named, and so is every student."""
    try:
        said = list(collect(source, target))
    except ValueError as error:
        return str(error)
    placed, named = set(content(target).values()), {one.path for one in said}
    students = {one.student.casefold() for one in said}
    for name, inside in files.items():
        path = PurePosixPath(name)
        if name.endswith("/"):  # an empty folder may be all that there is of a student
            owner = None if path.parts[1:] or is_machinery(path.name) else owner_of(path / "_")
            assert owner is None or owner.student.casefold() in students, name
        else:
            assert inside in placed or named & {path, *path.parents} or any(path in one.parents for one in named), name
    return sorted(map(str, said)), content(target)
