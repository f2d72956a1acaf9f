"""The challenge: good networks are measured, bad files get a reason and hurt nobody else."""

import json
import os
from pathlib import Path

import keras
import nbformat
import numpy as np
import pytest
from typer.testing import CliRunner

from autograder.__main__ import BAD_USAGE, app
from autograder.building.lesson import CHALLENGE
from autograder.building.paths import ROOT
from autograder.grading import challenge
from autograder.running.execute import Executed
from autograder.running.sandbox import launcher
from autograder.running.sandbox.protection import SANDBOX
from tests import networks
from tests.test_sandbox import needs_sandbox


def path_of(folder, student):
    path = folder / student / CHALLENGE / challenge.NETWORK
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


@pytest.fixture(scope="module")
def measured(tmp_path_factory, shared_cache):
    """A class with every file of `tests.networks` and a good network: (entries by student, the good network)."""
    good = networks.network(keras.layers.Dense(8, "relu"))
    entries = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(challenge, "SECONDS", 8)
        patch.setattr(os, "cpu_count", lambda: 4)  # those that wait for a limit wait together
        for unsafe, files in {False: networks.FILES, True: networks.RUNS}.items():
            folder = tmp_path_factory.mktemp("challenge")
            good.save(path_of(folder, "ada"))
            for one in files:
                one.write(path_of(folder, one.student))
            if unsafe:
                patch.setattr(challenge, "_CELLS", [cell.replace("safe_mode=True", "safe_mode=False")
                                                    for cell in challenge._CELLS])
            entries |= {entry.student: entry for entry in challenge.run_challenge(folder, "bundled", SANDBOX)}
    return entries, good


@needs_sandbox
def test_a_good_network_is_measured_among_all_others(measured):
    entries, good = measured
    x, y = challenge.secret_clips("bundled")
    accuracy = np.mean(good.predict(x, verbose=0).argmax(axis=-1) == y)
    assert entries["ada"] == challenge.Entry("ada", pytest.approx(accuracy), good.count_params())


@needs_sandbox
@pytest.mark.parametrize("one", networks.FILES + networks.RUNS, ids=lambda one: one.student)
def test_every_file_gets_its_row_and_its_reason(measured, one):
    entry = measured[0][one.student]
    assert (entry.accuracy is not None) == (one.words == networks.MEASURED), entry
    assert one.words == networks.MEASURED or one.words in entry.message, entry
    assert "not found" not in entry.message.lower() and entry.message.isprintable()


@needs_sandbox
def test_nothing_is_left_outside(measured):
    places = map(Path, ("/", "/etc", "/tmp", "/var/tmp", "..", "."))
    assert not [path for path in places if (path / "kws-was-here").exists()]


def test_there_are_enough_files_and_all_are_documented():
    text = (ROOT / "docs" / "hostile-submissions.md").read_text(encoding="utf-8")
    assert len(networks.FILES + networks.RUNS) >= 30
    assert not [one.student for one in networks.FILES + networks.RUNS if f"| {one.what} |" not in text]


@pytest.fixture
def kernel(monkeypatch, tmp_path):
    """Replaces the kernel: `kernel(*outputs)` gives the entry of a network whose cells have these outputs."""
    def entry(*outputs):
        def execute(job):
            assert job.protection == SANDBOX
            assert {one.name for one in Path(job.folder).iterdir()} == {challenge.NETWORK, "clips.npy"}
            notebook = nbformat.reads(job.notebook, as_version=4)
            for cell, output in zip(notebook.cells, outputs):
                cell.outputs = [output if isinstance(output, dict) else
                                nbformat.v4.new_output("stream", name="stdout", text=output)]
            return Executed(nbformat.writes(notebook), "", 0.0)

        monkeypatch.setattr(challenge, "execute", execute)
        return challenge.measure(path, np.zeros((2, 49, 40), np.float32), np.array([3, 4]), SANDBOX)

    path = path_of(tmp_path, "ada")
    networks.network().save(path)
    return entry


def test_the_kernel_says_classes_and_the_labels_stay_outside(kernel):
    assert kernel("5", "noise\n" + json.dumps([[2, 12], True, [3, 0]])) == challenge.Entry("ada", 0.5, 5)


@pytest.mark.parametrize("loaded, tried, words", [
    ("", "", "without any result"), ("[" * 10**5, "", "without any result"), ('"5"', "", "no number"),
    ("true", "", "no number"), ("5", '{"a": 1}', "12 finite"), ("5", "[[2, 12], false, [3, 4]]", "12 finite"),
    ("5", "[[2, 12], true, [3]]", "12 finite"), ("5", "[[2, 12], true, [3, 4.0]]", "12 finite"),
    ("5", "[[2, 12], 1, [[3], [4]]]", "12 finite"), ("5", '["\\u001b[2J", true, [3, 4]]', "12 finite"),
    ("100000", "[[2, 12], true, [3, 4]]", "100,000 parameters"),
    (nbformat.v4.new_output("error", ename="Error", evalue="a\x1b[2J\nb", traceback=[]), "", "Error: a"),
    (nbformat.v4.new_output("error", ename="NotFinished", evalue="Python died", traceback=[]), "", "was not measured")])
def test_whatever_a_kernel_answers_costs_its_own_row_only(kernel, loaded, tried, words):
    found = kernel(loaded, tried)
    assert found.accuracy is None and words in found.message and found.message.isprintable()


def test_the_command_needs_a_sandbox_or_a_word(tmp_path, monkeypatch):
    monkeypatch.setattr(launcher, "trouble", lambda: "it is not there")
    refused, allowed = (CliRunner().invoke(app, ["challenge", str(tmp_path), *word], env={"COLUMNS": "300"})
                        for word in ([], ["--unsafe"]))
    assert refused.exit_code == BAD_USAGE and "it is not there" in refused.output
    assert allowed.exit_code == BAD_USAGE and "holds no networks" in allowed.output


def test_the_ranking_puts_the_best_and_then_the_smallest_first():
    entries = [challenge.Entry("c", None, None, "x"), challenge.Entry("b", 0.5, 20), challenge.Entry("a", 0.5, 10),
               challenge.Entry("d", 0.9, 99)]
    assert [entry.student for entry in challenge.ranked(entries)] == ["d", "a", "b", "c"]
