"""Damaged notebooks and odd files: read, repaired where it is clear what was meant, and never anybody else's loss."""

import copy
import json
import os
import random
from functools import cache

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from nbgrader.api import Gradebook

from autograder.building.course_folder import build_course
from autograder.building.lesson import KERNEL
from autograder.building.notebooks import released_notebook
from autograder.building.paths import NOTEBOOKS
from autograder.grading.gradebook import ClassGradebook
from autograder.intake.notebook_file import MAX_BYTES, Unreadable, parse_notebook
from autograder.intake.repair import repair
from autograder.intake.submissions import find_submissions
from autograder.sample_class import filled, solutions
from kws_helpers.desk.notebook import MAX_CELLS

LESSON = "01_dataset"
RELEASED = {cell.metadata["nbgrader"]["grade_id"]: cell for cell in released_notebook(LESSON).cells
            if "nbgrader" in cell.metadata}
OURS = list(RELEASED)
SETTINGS = {name: cell.metadata["nbgrader"] for name, cell in RELEASED.items()}
GRADED = [name for name in OURS if SETTINGS[name]["grade"]]
ANSWER = "why-silence-is-not-zeros"


@cache
def _solved():
    notebook = filled(LESSON, solutions(LESSON), {ANSWER: "Because a microphone hisses."})
    return nbformat.writes(notebook)


def solved():
    """A solved notebook as the data in its file."""
    return json.loads(_solved())


def grade_id(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def place(data, name):
    return next(place for place, cell in enumerate(data["cells"]) if grade_id(cell) == name)


def cell_of(data, name):
    return data["cells"][place(data, name)]


def repaired(data):
    """Read and repair; returns our cells by grade_id, the notebook, and all notes in one text."""
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    notebook, notes = parse_notebook(raw)
    notes += repair(notebook, LESSON)
    nbformat.validate(notebook)
    return {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}, notebook, " ".join(notes)


def text_of(cell):
    return "".join(cell["source"])


def assert_whole(notebook):
    """Every graded cell once, all of ours in order, each with its settings and its kind."""
    names = [grade_id(cell) for cell in notebook.cells if grade_id(cell)]
    assert [name for name in names if name in GRADED] == GRADED
    assert names == [name for name in OURS if name in names]
    for cell in notebook.cells:
        if grade_id(cell):
            assert cell.metadata["nbgrader"] == SETTINGS[grade_id(cell)]
            assert cell.cell_type == SETTINGS[grade_id(cell)]["cell_type"]
    assert notebook.metadata["kernelspec"] == KERNEL["kernelspec"]


def sources(cells):
    return {name: cell.source for name, cell in cells.items()}


RIGHT = sources(repaired(solved())[0])


def test_a_whole_notebook_is_left_alone():
    cells, notebook, notes = repaired(solved())
    assert notes == ""
    assert [cell.source for cell in notebook.cells] == [text_of(cell) for cell in solved()["cells"]]
    assert list(cells) == OURS


def test_a_notebook_as_it_was_handed_out_is_named():
    _, notes = parse_notebook((NOTEBOOKS / f"{LESSON}.ipynb").read_bytes())
    assert "Nothing in the notebook differs from what was handed out" in " ".join(notes)


def lose_settings(data, name):
    del cell_of(data, name)["metadata"]["nbgrader"]


def rename(data, name):
    cell_of(data, name)["metadata"]["nbgrader"]["grade_id"] = "cell-1234"


def settings_as_list(data, name):
    cell_of(data, name)["metadata"]["nbgrader"] = ["grade", name]


def metadata_as_list(data, name):
    cell_of(data, name)["metadata"] = [1, 2]


def reweigh(data, name):
    cell_of(data, name)["metadata"]["nbgrader"] |= {"points": 1000, "grade": "yes", "locked": False}


def retype(kind):
    def change(data, name):
        cell = cell_of(data, name)
        cell["cell_type"] = kind
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
    change.__name__ = f"retype_{kind}"
    return change


def retype_and_lose(data, name):
    retype("raw")(data, name)
    lose_settings(data, name)


@pytest.mark.parametrize("name", ["setup-01_dataset", "one_hot-solution", "one_hot", ANSWER])
@pytest.mark.parametrize("damage", [lose_settings, rename, settings_as_list, metadata_as_list, reweigh, retype("raw"),
                                    retype("markdown"), retype("code"), retype("unheard-of"), retype_and_lose],
                         ids=lambda damage: damage.__name__)
def test_a_damaged_cell_is_recognised_and_mended(damage, name):
    data = solved()
    damage(data, name)
    cells, notebook, notes = repaired(data)
    assert_whole(notebook)
    assert sources(cells) == RIGHT
    assert len(notebook.cells) == len(data["cells"])
    changed = damage.__name__ != f"retype_{SETTINGS[name]['cell_type']}"
    assert (name in notes) == changed


@pytest.mark.parametrize("name", [name for name in OURS if not name.endswith("-solution")])
def test_a_missing_test_question_or_setup_is_put_back(name):
    data = solved()
    del data["cells"][place(data, name)]
    cells, notebook, notes = repaired(data)
    assert_whole(notebook)
    assert f"{name} was missing" in notes
    assert list(cells) == OURS
    cells[name].source = "changed by a later step"
    assert repaired(data)[0][name].source == RELEASED[name].source != cells[name].source


def test_a_missing_solution_stays_missing_so_that_the_feedback_can_say_so():
    data = solved()
    del data["cells"][place(data, "one_hot-solution")]
    cells, notebook, _ = repaired(data)
    assert_whole(notebook)
    assert "one_hot-solution" not in cells


def test_of_copies_the_last_changed_one_counts_and_no_other_can_undo_it():
    data = solved()
    first, stub = copy.deepcopy(cell_of(data, "one_hot-solution")), copy.deepcopy(cell_of(data, "one_hot-solution"))
    first["source"] = "def one_hot(labels, n_classes):\n    return first_try(labels)"
    stub["source"] = RELEASED["one_hot-solution"].source
    where = place(data, "one_hot-solution")
    data["cells"][where:where + 1] = [first, data["cells"][where], stub]
    cells, notebook, notes = repaired(data)
    assert_whole(notebook)
    assert sources(cells) == RIGHT
    assert "one_hot-solution was there 3 times" in notes
    after = notebook.cells[notebook.cells.index(cells["one_hot-solution"]) + 1:]
    assert not any("def one_hot" in cell.source for cell in after)


@pytest.mark.parametrize("where", [0, 10_000])
def test_a_copied_test_changes_nothing_else(where):
    data = solved()
    data["cells"].insert(where, copy.deepcopy(cell_of(data, "one_hot")))
    cells, notebook, notes = repaired(data)
    assert_whole(notebook)
    assert sources(cells) == RIGHT
    assert "one_hot was there 2 times" in notes and "lesson's order" not in notes


def test_a_copy_that_holds_only_helpers_does_not_count_and_still_runs_first():
    data = solved()
    helpers = copy.deepcopy(cell_of(data, "one_hot-solution"))
    helpers["source"] = "def eye(n):\n    return np.eye(n)"
    data["cells"].append(helpers)
    cells, notebook, _ = repaired(data)
    assert sources(cells) == RIGHT
    texts = [cell.source for cell in notebook.cells]
    assert texts.index(helpers["source"]) == texts.index(RIGHT["one_hot-solution"]) - 1


def test_a_copy_used_for_another_exercise_is_recognised_as_that():
    data = solved()
    cell_of(data, "one_hot-solution")["metadata"] = copy.deepcopy(cell_of(data, "class_counts-solution")["metadata"])
    assert sources(repaired(data)[0]) == RIGHT


def test_a_test_before_its_solution_comes_behind_it_and_helpers_go_along():
    data = solved()
    solution = data["cells"].pop(place(data, "one_hot-solution"))
    helper = {"cell_type": "code", "metadata": {}, "source": "def eye(n):\n    return np.eye(n)"}
    data["cells"] += [helper, solution]
    cells, notebook, notes = repaired(data)
    assert_whole(notebook)
    assert sources(cells) == RIGHT
    assert "lesson's order" in notes
    texts = [cell.source for cell in notebook.cells]
    assert texts.index(helper["source"]) < texts.index(RIGHT["one_hot"])


def test_solution_and_test_merged_into_one_cell_are_told_apart():
    data = solved()
    test = data["cells"].pop(place(data, "one_hot"))
    merged = cell_of(data, "one_hot-solution")
    merged["source"] = text_of(merged) + "\n\n" + text_of(test)
    cells, notebook, _ = repaired(data)
    assert_whole(notebook)
    assert cells["one_hot"].source == RIGHT["one_hot"]


def test_a_stranger_with_settings_becomes_an_ordinary_cell():
    data = solved()
    data["cells"].append({"cell_type": "code", "source": "1", "metadata": {
        "nbgrader": {"grade_id": "mine", "grade": True, "points": 99, "solution": False, "locked": True}}})
    _, notebook, notes = repaired(data)
    assert_whole(notebook)
    assert "do not belong" in notes
    assert "nbgrader" not in notebook.cells[-1].metadata


@pytest.mark.parametrize("kernel, words", [
    ({"kernelspec": {"name": "julia-1.10", "display_name": "Julia"}}, "julia-1.10"), ({}, "did not say which kernel"),
    ([], "did not say which kernel"), ({"kernelspec": 3}, "did not say which kernel")])
def test_the_kernel_is_the_courses(kernel, words):
    _, notebook, notes = repaired(solved() | {"metadata": kernel})
    assert_whole(notebook)
    assert words in notes


def old(version):
    """The solved notebook in an old format."""
    cells = []
    for cell in solved()["cells"]:
        old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"], "source": text_of(cell)}
        if cell["cell_type"] == "code":
            old |= {"input": old.pop("source"), "language": "python", "outputs": [], "collapsed": False}
        if version == 1:
            old = ({"cell_type": "code", "code": old["input"], "prompt_number": 1} if "input" in old else
                   {"cell_type": "text", "text": old["source"]})
        cells.append(old)
    metadata = {"metadata": {"kernelspec": KERNEL["kernelspec"]}}
    if version == 1:
        return {"cells": cells}
    return metadata | {"nbformat": version, "worksheets": [{"cells": cells}], "nbformat_minor": 0}


def without_ids(minor):
    data = solved() | {"nbformat_minor": minor}
    for cell in data["cells"]:
        del cell["id"]
    return data


@pytest.mark.parametrize("data", [old(1), old(2), old(3), without_ids(4), without_ids(99)])
def test_old_formats_and_formats_to_come_are_read(data):
    cells, notebook, _ = repaired(data)
    assert_whole(notebook)
    assert sources(cells) == RIGHT


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_other_encodings_are_read(encoding):
    cells, _, notes = repaired(_solved().encode(encoding))
    assert sources(cells) == RIGHT
    assert ("was saved as UTF-" in notes) == (encoding != "utf-8-sig")


def test_western_text_is_read_as_windows_1252_and_one_damaged_byte_costs_one_character():
    data = solved()
    cell_of(data, ANSWER)["source"] = "Geräusche überall"
    cells, _, notes = repaired(json.dumps(data, ensure_ascii=False).encode("cp1252", "ignore"))
    assert cells[ANSWER].source == "Geräusche überall" and "Windows-1252" in notes
    raw = _solved().encode().replace(b"Because a microphone", b"Because a mic\xffophone")
    cells, _, notes = repaired(raw)
    assert cells[ANSWER].source == "Because a mic\N{REPLACEMENT CHARACTER}ophone hisses."
    assert "1 damaged characters" in notes


def test_what_stands_before_a_break_is_graded():
    text = _solved()
    cut = text.index("def standardise(")
    cells, notebook, notes = repaired(text[:cut].encode())
    assert_whole(notebook)
    assert "standardise-solution" not in cells
    for name in ("one_hot-solution", "fit_standardiser-solution"):
        assert cells[name].source == RIGHT[name]
    assert "breaks off" in notes and "standardise was missing" in notes


def test_a_break_in_the_middle_costs_one_cell():
    text = _solved()
    cut = text.index("def one_hot(")
    cells, notebook, notes = repaired((text[:cut] + '"<<<<<<< mine' + text[cut:]).encode())
    assert_whole(notebook)
    assert set(cells) == set(OURS) - {"one_hot-solution"}
    assert cells["standardise-solution"].source == RIGHT["standardise-solution"]
    assert "damaged in line" in notes


def lines_between_marks(text, old, upper, lower, style="merge"):
    """The text of a file after git could not bring two versions of a line together."""
    assert old in text
    base = f"||||||| 1a2b3c\n<<<<<<<<< Temporary\n{old}\n>>>>>>>>> Temporary\n" if style == "diff3" else ""
    return text.replace(old, f"\n<<<<<<< HEAD\n{upper}\n{base}=======\n{lower}\n>>>>>>> theirs (my part)\n")


def indented():
    return json.dumps(solved(), indent=1)


@pytest.mark.parametrize("old, upper, lower", [
    ('"execution_count": null,', '"execution_count": 1,', '"execution_count": 8,'),
    ('"outputs": []', '"outputs": [{"output_type": "stream", "text": "1"}]', '"outputs": [\n]'),
    ('"nbformat_minor": 5', '"nbformat_minor": 5', '"nbformat_minor": 4'),
    ('"name": "python3"', '"name": "python3"', '"name": "my-env"')])
@pytest.mark.parametrize("style", ["merge", "diff3"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_gits_marks_around_what_is_not_written_by_hand_cost_nothing(old, upper, lower, style, newline):
    text = lines_between_marks(indented(), old, upper, lower, style).replace("\n", newline)
    cells, notebook, notes = repaired(text.encode())
    assert sources(cells) == RIGHT and len(notebook.cells) == len(solved()["cells"])
    assert "Git has left" in notes and "hold the same cells" in notes


ANSWERED = '"Because a microphone hisses."'


@pytest.mark.parametrize("style", ["merge", "diff3"])
def test_of_two_versions_of_an_answer_both_are_kept_and_named(style):
    text = lines_between_marks(indented(), ANSWERED, '"Because of mine."', '"Because of theirs."', style)
    cells, notebook, notes = repaired(text.encode())
    assert_whole(notebook)
    assert cells[ANSWER].source == "Because of mine."
    assert "Because of theirs." in [cell.source for cell in notebook.cells]
    assert f"differ in {ANSWER}. Both were kept" in notes and "was there 2 times" in notes


def test_whole_cells_of_both_versions_are_kept():
    mine, theirs = (f'{{"cell_type": "code", "source": "{name}"}},' for name in ("mine", "theirs"))
    text = lines_between_marks(indented(), '"cells": [', f'"cells": [\n{mine}', f'"cells": [\n{theirs}')
    cells, notebook, notes = repaired(text.encode())
    assert [cell.source for cell in notebook.cells[:2]] == ["theirs", "mine"]
    assert sources(cells) == RIGHT and "differ in a cell of your own." in notes


def test_marks_in_the_code_of_a_cell_make_it_two():
    data = solved()
    cell = cell_of(data, "one_hot-solution")
    cell["source"] = f"<<<<<<< local\n{text_of(cell)}\n=======\ndef one_hot(): ...\n>>>>>>> remote"
    cells, notebook, notes = repaired(data)
    assert_whole(notebook)
    assert cells["one_hot-solution"].source.strip() == RIGHT["one_hot-solution"].strip()
    assert "Git's conflict markers stand in one_hot-solution" in notes


def test_marks_in_an_answer_are_named_and_both_versions_stay_in_it():
    data = solved()
    cell_of(data, ANSWER)["source"] = "<<<<<<< local\nMine.\n=======\nTheirs.\n>>>>>>> remote"
    cells, _, notes = repaired(data)
    assert "Mine." in cells[ANSWER].source and "Theirs." in cells[ANSWER].source
    assert f"Git's conflict markers stand in {ANSWER}" in notes


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", "=======", ">>>>>>> theirs"])
def test_a_mark_that_was_overlooked_costs_nothing(mark):
    text = lines_between_marks(indented(), '"execution_count": null,', '"execution_count": 1,', '"execution_count": 8,')
    left = next(line for line in text.splitlines() if line.startswith(mark))
    cells, _, notes = repaired(text.replace(f"{left}\n", "", 1).encode())
    assert sources(cells) == RIGHT and "Git has left" in notes


@pytest.mark.parametrize("raw, words", [
    (b"", "is empty"), (b"\0" * 9, "nothing but zeros"), (b"PK\3\4...", "is a zip file"), (b"%PDF-1.7", "a PDF file"),
    (b"<html><body>", "is a web page"), ("<html>".encode("utf-16"), "is a web page"),
    (b"import numpy as np\n", "is a Python program"), (b"# %%\nx = 1\n", "is a Python program"), (b"{}", "no cells"),
    (b"\xff\xfe\x00", "is damaged"), (_solved()[:500].encode(), "JSON breaks off"), (b"[1, 2]", "has no cells"),
    (b'{"cells": []}', "without any cell"), (b'{"cells": "many"}', "without any cell"),
    (b'{"cells": ["a", 1, null]}', "without any cell"), (b'{"a": ' * 100_000, "nested far too deeply"),
    (b'{"cells": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}", "nested far too deeply"),
    (b'{"cells": [' + b'{"cell_type":' * 100_000, "nested far too deeply"),
    (json.dumps({"cells": [{}] * (MAX_CELLS + 1)}).encode(), "cells"),
    (bytes(range(128, 256)), "JSON breaks off")])
def test_what_is_no_notebook_says_why(raw, words):
    with pytest.raises(Unreadable, match=words):
        parse_notebook(raw)


@pytest.mark.parametrize("source, expected", [
    (17, ""), (None, ""), ({"a": 1}, ""), (["a\n", 1, "b"], "a\nb"), ("a\0b", "ab"),
    ("\ud800x", "\N{REPLACEMENT CHARACTER}x"), ("\U0001f600", "\U0001f600")])
def test_odd_sources(source, expected):
    data = solved()
    cell_of(data, ANSWER)["source"] = source
    cells, notebook, notes = repaired(data)
    assert_whole(notebook)
    assert cells[ANSWER].source == expected
    nbformat.writes(notebook).encode()
    assert ("cannot stand" in notes) == (source in ("a\0b", "\ud800x"))


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "9" * 5000])
def test_odd_numbers(number):
    raw = _solved().replace('"points": 2', f'"points": {number}').replace('"nbformat_minor": 5',
                                                                          f'"nbformat_minor": {number}')
    assert number in raw
    cells, notebook, _ = repaired(raw.encode())
    assert_whole(notebook)
    assert sources(cells) == RIGHT


def test_pictures_in_answers_are_kept_and_nothing_else():
    data = solved()
    cell_of(data, ANSWER)["attachments"] = {
        "a.png": {"image/png": "aGVsbG8="}, "b.svg": {"image/svg+xml": "<svg onload='x'>"}, "c": 3,
        "d.png": {"image/png": '"><script>'}}
    cells, _, _ = repaired(data)
    assert {name: dict(kinds) for name, kinds in cells[ANSWER].attachments.items() if kinds} == {
        "a.png": {"image/png": "aGVsbG8="}}


def hand_in(folder, student="ada", name=f"{LESSON}.ipynb", raw=None):
    path = folder / student / LESSON / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_solved().encode() if raw is None else raw)
    return path


def only(folder, student="ada"):
    return next(one for one in find_submissions(folder) if (one.student, one.assignment) == (student, LESSON))


@pytest.mark.parametrize("name", [
    "01_dataset (1).ipynb", "01_dataset.ipynb.txt", "01_DATASET.IPYNB", "x\ny.ipynb", "a/b/c.ipynb", "<b>\"'.ipynb",
    "01_dataset.ipynb/01_dataset.ipynb", "x" * 240 + ".ipynb"])
def test_a_renamed_notebook_is_found(tmp_path, name):
    hand_in(tmp_path, name=name)
    hand_in(tmp_path, name=".ipynb_checkpoints/01_dataset-checkpoint.ipynb")
    hand_in(tmp_path, name="._01_dataset.ipynb", raw=b"of a Macintosh")
    found = only(tmp_path)
    assert found.notebook is not None, found.problem
    assert found.notes[0].startswith("The notebook was called") and "\n" not in found.notes[0]


def test_the_notebook_that_begins_with_the_lessons_name_is_meant_and_of_two_none_is_guessed(tmp_path):
    hand_in(tmp_path, name="scratch.ipynb", raw=b"{}")
    hand_in(tmp_path, name="01_dataset-1.ipynb")
    assert only(tmp_path).notebook is not None
    hand_in(tmp_path, name="01_dataset-2.ipynb")
    found = only(tmp_path)
    assert "not clear which of 2" in found.problem and not found.missing


@pytest.mark.parametrize("name", [f"{LESSON}.ipynb", "mine.ipynb"])
@pytest.mark.parametrize("target", ["outside", "inside", "nowhere", "itself"])
def test_a_link_is_not_followed(tmp_path, target, name):
    outside = tmp_path / "secret.ipynb"
    outside.write_text(_solved())
    path = hand_in(tmp_path / "class", name="other.txt").with_name(name)
    path.symlink_to({"outside": outside, "inside": "other.txt", "nowhere": "/nowhere/at/all", "itself": path}[target])
    found = only(tmp_path / "class")
    assert found.notebook is None and "is a link" in found.problem


def test_folders_that_are_links_pipes_and_huge_files_are_not_read(tmp_path):
    os.truncate(hand_in(tmp_path, "huge"), MAX_BYTES + 1)
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / LESSON).symlink_to(tmp_path / "huge" / LESSON)
    pipe = hand_in(tmp_path, "pipe")
    pipe.unlink()
    os.mkfifo(pipe)
    for student, problem in {"huge": "larger than", "link": "is a link", "pipe": "no ordinary file"}.items():
        assert problem in only(tmp_path, student).problem


@pytest.mark.parametrize("name", ["Ada [1] {x} *?", "<script>alert(1)<script>", "a'b\"c", "=1+2", "Jörg", "ada ",
                                  "x" * 255])
def test_names_are_kept_as_they_are(tmp_path, name):
    hand_in(tmp_path, name)
    assert only(tmp_path, name.strip()).notebook is not None


def test_names_that_cannot_be_written_become_writable_and_stay_apart(tmp_path):
    raw = [b"ada\n", b"ada", b"Ada", b"bo\xff", b"bo\xfe", b"bo_", b"\x01"]
    for name in raw:
        hand_in(tmp_path, os.fsdecode(name))
    names = [one.student for one in find_submissions(tmp_path)]
    assert len(names) == len(set(names)) == len(raw)
    assert {"ada", "Ada", "bo_"} <= set(names)
    assert all(name.isprintable() and name.encode() for name in names)


def test_nbgrader_takes_odd_names_as_names_and_survives_odd_files(tmp_path):
    names = ["*", "Ada [1] {x}", "(?P<x>.*)", "--student", "<b>,\"'"]
    for name in names:
        path = hand_in(tmp_path / "class", name)
        path.with_name("timestamp.txt").write_text("hello")
        path.with_name("notes.txt").write_text(name)
        path.with_name("link.txt").symlink_to("/etc/hostname")
        os.mkfifo(path.with_name("pipe"))
    gradebook = ClassGradebook(build_course(tmp_path / "out", [LESSON]))
    for submission in find_submissions(tmp_path / "class"):
        path = gradebook.restore(submission)
        assert {one.name for one in path.parent.iterdir()} == {path.name, "notes.txt"}
        assert path.with_name("notes.txt").read_text() == submission.student
        gradebook.record(submission, nbformat.read(path, as_version=4))
    with Gradebook(gradebook.url) as book:
        assert sorted(student.id for student in book.students) == sorted(names)


JSON = some.recursive(some.none() | some.booleans() | some.floats() | some.integers() | some.text(max_size=5)
                      | some.sampled_from(OURS), lambda inner: some.lists(inner, max_size=3)
                      | some.dictionaries(some.text(max_size=3) | some.sampled_from(["nbgrader", "grade_id", "grade"]),
                                          inner, max_size=3), max_leaves=5)


@some.composite
def damaged(draw):
    """The bytes of a solved notebook after a few damages of random kinds."""
    data, dice = solved(), random.Random(draw(some.integers(0, 2**32)))
    cells = data["cells"]
    for kind in draw(some.lists(some.sampled_from(["delete", "copy", "shuffle", "retype", "settings", "metadata", "key",
                                                   "cell"]), max_size=6)):
        if not cells:
            break
        place = dice.randrange(len(cells))
        cell = cells[place]
        if kind == "delete":
            del cells[place]
        elif kind == "copy":
            cells.insert(dice.randrange(len(cells)), copy.deepcopy(cell))
        elif kind == "shuffle":
            dice.shuffle(cells)
        elif kind == "cell" or not isinstance(cell, dict):
            cells[place] = draw(JSON)
        elif kind == "retype":
            cell["cell_type"] = draw(some.sampled_from(["code", "markdown", "raw", "heading"]) | JSON)
        elif kind == "settings" and isinstance(cell.get("metadata"), dict):
            cell["metadata"]["nbgrader"] = draw(JSON)
        elif kind == "metadata":
            dice.choice([cell, data])["metadata"] = draw(JSON)
        else:
            thing = dice.choice([cell, data])
            thing[dice.choice(list(thing) or ["source"])] = draw(JSON)
            cells = data["cells"] if isinstance(data.get("cells"), list) else []
    raw = bytearray(json.dumps(data).encode())
    for _ in range(draw(some.integers(0, 2))):
        raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    return bytes(raw[:dice.randrange(len(raw))] if draw(some.integers(0, 4)) == 0 else raw)


@settings(max_examples=100,
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(damaged())
def test_whatever_comes_ends_whole_or_unreadable(raw):
    try:
        _, notebook, _ = repaired(raw)
    except Unreadable as reason:
        assert str(reason)
    else:
        assert_whole(notebook)
        nbformat.writes(notebook).encode()
