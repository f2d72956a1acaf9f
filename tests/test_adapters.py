"""Results in the forms that Gradescope and Classroom 50 document, and what stands around them."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import pytest

from autograder.adapters import gradescope, result_json
from autograder.building.lesson import graded_cells
from autograder.building.notebooks import write_notebook
from autograder.running.sandbox import protection
from autograder.sample_class import filled, solutions

LESSON = "01_dataset"
POINTS = gradescope.points(LESSON)

FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
GRADESCOPE = {
    "type": "object", "required": ["score"], "additionalProperties": False, "properties": {
        "score": {"type": "number"}, "execution_time": {"type": "number"}, "output": {"type": "string"},
        "output_format": FORMAT, "visibility": VISIBILITY, "stdout_visibility": VISIBILITY,
        "tests": {"type": "array", "items": {"type": "object", "additionalProperties": False, "properties": {
            "score": {"type": "number"}, "max_score": {"type": "number"}, "status": {"enum": ["passed", "failed"]},
            "name": {"type": "string"}, "name_format": FORMAT, "output": {"type": "string"}, "output_format": FORMAT,
            "visibility": VISIBILITY}}}}}
"""What https://gradescope-autograders.readthedocs.io/en/latest/specs/ says of results.json, as far as we use it."""

WHOLE, TEXT = {"type": "integer", "minimum": 0}, {"type": "string", "minLength": 1}
TIME = {"pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"} | TEXT
CLASSROOM50 = {
    "type": "object", "additionalProperties": False, "properties": {
        "schema": {"const": "classroom50/result/v1"}, "classroom": TEXT, "assignment": TEXT,
        "assignment_type": {"enum": ["individual", "group"]}, "owner": TEXT,
        "submission": {"pattern": "^submit/"} | TEXT, "commit": TEXT, "release": TEXT, "review": TEXT,
        "datetime": TIME, "graded_at": TIME, "score": WHOLE, "max-score": WHOLE,
        "tests": {"type": "array", "items": {
            "type": "object", "required": ["test-name", "passed", "score", "max-score"], "properties": {
                "test-name": TEXT, "passed": {"type": "boolean"}, "score": WHOLE, "max-score": WHOLE}}}}}
CLASSROOM50["required"] = [name for name in CLASSROOM50["properties"] if name != "graded_at"]
"""What Classroom 50's wiki and its result-v1.schema.json say."""

METADATA = {"id": 1, "users": [{"email": "b@x.org", "id": 2, "name": "B"}, {"email": "a@x.org", "id": 1, "name": "A"}],
            "assignment": {"title": "Lesson 1"}, "previous_submissions": []}


@pytest.fixture
def place(tmp_path, monkeypatch, instant):
    """A folder like /autograder, with a submission; nothing is executed there."""
    monkeypatch.setattr(gradescope, "demanded_protection", lambda unsafe: protection.LIMITS)
    monkeypatch.setattr(result_json, "demanded_protection", lambda unsafe: protection.LIMITS)
    answers = {"why-silence-is-not-zeros": "Because."}
    write_notebook(filled(LESSON, solutions(LESSON), answers), tmp_path / "submission" / "mine.ipynb")
    (tmp_path / "submission_metadata.json").write_text(json.dumps(METADATA))
    return tmp_path


def results(folder, **options):
    """What Gradescope reads after a run."""
    gradescope.run(folder, **{"lesson": None, "seed": 3, "seconds": 60.0, "unsafe": True} | options)
    found = json.loads((folder / "results" / "results.json").read_text())
    jsonschema.validate(found, GRADESCOPE)
    assert found["stdout_visibility"] == "hidden"
    return found


def test_gradescope_gets_the_points_of_the_tests_and_the_messages(place, capsys):
    found = results(place)
    assert found["score"] == POINTS[0] / 2
    tests = {test["name"]: test for test in found["tests"]}
    assert list(tests) == [cell["grade_id"] for cell in graded_cells(LESSON)]
    assert tests["one_hot"]["max_score"] == 2 and tests["one_hot"]["output"] == "Partly right. Half of it."
    waits, empty = tests["why-silence-is-not-zeros"], tests["why-no-speaker-in-two-splits"]
    assert (waits["status"], empty["status"]) == ("passed", "failed") and "score" not in waits | empty
    assert "points are still to be marked by hand" in found["output"]
    assert protection.WARNING in capsys.readouterr().out


@pytest.mark.parametrize("metadata, student", [
    (json.dumps(METADATA), "a@x.org, b@x.org"), (json.dumps({"users": [{"name": "Ada/../x", "id": 1}]}), "Ada_.._x"),
    ('{"users": [{"id": 7, "email": null}]}', "7"), ("{", "student"), ('{"users": null}', "student"),
    ('{"users": []}', "student")])
def test_gradescopes_metadata_say_whose_it_is(tmp_path, metadata, student, capsys):
    (tmp_path / "m.json").write_text(metadata)
    assert re.sub("_[0-9a-f]{8}$", "", gradescope.student_of(tmp_path / "m.json")) == student
    assert ("does not say who" in capsys.readouterr().out) == (metadata in ("{", '{"users": null}'))


def test_in_gradescope_a_hand_in_without_a_notebook_gets_nothing_and_the_reason(place):
    (place / "submission" / "mine.ipynb").write_bytes(b"%PDF-1.4")
    found = results(place, lesson=LESSON)
    assert found["score"] == 0 and "PDF" in found["output"]
    assert sum(test.get("max_score", 0) for test in found["tests"]) == POINTS[0]


def test_in_gradescope_nothing_runs_unprotected_unless_the_instructor_says_so(place, monkeypatch, capsys, pretended):
    monkeypatch.setattr(gradescope, "demanded_protection", protection.demanded_protection)
    monkeypatch.setattr(protection.launcher, "trouble", lambda: "this system has no namespaces")
    found = results(place, unsafe=False)
    assert found == {"score": 0, "output": gradescope.LOST} | {key: found[key] for key in
                                                               ("execution_time", "stdout_visibility")}
    said = capsys.readouterr().out
    assert "no namespaces" in said and "--unsafe" in said and not pretended


def test_in_gradescope_there_are_results_whatever_happens(place, monkeypatch, capsys):
    monkeypatch.setattr(gradescope, "grade_one", lambda *args, **options: 1 / 0)
    assert results(place)["output"] == gradescope.LOST
    assert "ZeroDivisionError" in capsys.readouterr().out


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """The zip file for Gradescope, unpacked as Gradescope does it."""
    folder = tmp_path_factory.mktemp("gradescope")
    gradescope.write_zip(folder / "autograder.zip", LESSON, 7, 60.0, True)
    with zipfile.ZipFile(folder / "autograder.zip") as archive:
        archive.extractall(folder / "source")
        for member in archive.infolist():
            (folder / "source" / member.filename).chmod(member.external_attr >> 16)
    shutil.copy(folder / "source" / "run_autograder", folder)
    return folder / "source"


def test_the_zip_file_for_gradescope_has_two_scripts_and_a_package_that_pip_takes(source):
    for name in ("setup.sh", "run_autograder"):
        assert stat.S_IMODE((source / name).stat().st_mode) == 0o755
        assert subprocess.run(["bash", "-n", source / name], check=False).returncode == 0
    assert {path.name for path in source.iterdir()} == {"setup.sh", "run_autograder", "course"}
    for name in ("pyproject.toml", "autograder/lessons/01_dataset.py", "autograder/reporting/templates/feedback.html",
                 "kws_helpers/data/bundled_speech.tar", "LICENSE-texts.md"):
        assert (source / "course" / name).exists()
    assert not list(source.rglob("__pycache__"))
    assert f"--lesson {LESSON}" in (source / "run_autograder").read_text()


def test_the_script_for_gradescope_runs_in_any_folder(source, tmp_path):
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission" / "json.py").write_text("raise SystemExit")
    environment = os.environ | {"AUTOGRADER_PYTHON": sys.executable, "AUTOGRADER_FOLDER": str(tmp_path)}
    subprocess.run([source.parent / "run_autograder"], env=environment, cwd=tmp_path / "submission", check=True,
                   stdout=subprocess.DEVNULL)
    found = json.loads((tmp_path / "results" / "results.json").read_text())
    jsonschema.validate(found, GRADESCOPE)
    assert "is neither a notebook" in found["output"]


def test_the_script_for_gradescope_leaves_results_where_python_does_not_start(source, tmp_path):
    subprocess.run([source.parent / "run_autograder"], check=True,
                   env=os.environ | {"AUTOGRADER_PYTHON": "false", "AUTOGRADER_FOLDER": str(tmp_path)})
    found = json.loads((tmp_path / "results" / "results.json").read_text())
    jsonschema.validate(found, GRADESCOPE)
    assert found["output"] == gradescope.LOST


VARIABLES = {"CLASSROOM": "kws", "ASSIGNMENT": "01-dataset", "OWNER": "ada", "SUBMISSION_TAG": "submit/2026-a1b2c3d",
             "COMMIT_URL": "https://x.org/c", "RELEASE_URL": "https://x.org/r"}


def test_classroom_50_gets_whole_numbers_and_the_student_the_points(place):
    checkout, output = place / "submission", place / "output"
    result_json.run(checkout, VARIABLES | {"GITHUB_OUTPUT": str(output)}, None, 3, True)
    found = json.loads((checkout / "result.json").read_text())
    jsonschema.validate(found, CLASSROOM50)
    assert (found["score"], found["max-score"]) == (round(50 * POINTS[0]), round(100 * POINTS[0]))
    assert all(test["score"] <= test["max-score"] for test in found["tests"])
    assert output.read_text() == f"status=failure\nsummary={POINTS[0] / 2:g} of {POINTS[0]:g} points\n"
    assert "| one_hot | 1 of 2 | partly right. Half of it. |" in (checkout / "release-body.md").read_text()


def test_classroom_50s_autograder_imports_nothing_of_the_students(tmp_path):
    result_json.write_autograder(tmp_path / "bundle" / "autograder.py", "git+https://x.org/course", LESSON, 7, False)
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    for name in ("json.py", "pip.py", "autograder.py"):
        (checkout / name).write_text("raise SystemExit('mine')")
    done = subprocess.run([sys.executable, tmp_path / "bundle" / "autograder.py"], cwd=checkout, capture_output=True,
                          text=True, env=os.environ | {"AUTOGRADER_PYTHON": sys.executable}, check=False)
    assert done.returncode == 1 and "::error::The environment variable 'USERNAME' is not set" in done.stderr


def test_every_adapter_is_where_its_script_looks_for_it():
    for script in (gradescope.RUN, result_json.AUTOGRADER):
        assert find_spec(re.search(r"autograder\.adapters\.\w+", script)[0])
    assert Path(gradescope.__file__).parent.name == "adapters"
