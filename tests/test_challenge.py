"""The challenge: good networks are measured, bad files get a reason and hurt nobody else."""

import json
from pathlib import Path

import keras
import nbformat
import numpy as np
import pytest
from typer.testing import CliRunner

from autograder.__main__ import BAD_USAGE, app
from autograder.building.lesson import CHALLENGE
from autograder.grading import challenge
from autograder.running.execute import Executed
from autograder.running.sandbox import launcher
from autograder.running.sandbox.protection import SANDBOX, best_protection


def path_of(folder, student):
    path = folder / student / CHALLENGE / challenge.NETWORK
    path.parent.mkdir(parents=True)
    return path


def test_networks_are_measured_in_kernels_and_each_file_costs_its_own_row_only(tmp_path, shared_cache):
    flat = [keras.Input((49, 40)), keras.layers.Flatten()]
    network = keras.Sequential([*flat, keras.layers.Dense(8, "relu"), keras.layers.Dense(12, "softmax")])
    network.save(path_of(tmp_path, "ada"))
    keras.Sequential([*flat, keras.layers.Lambda(lambda x: x[:, :12])]).save(path_of(tmp_path, "dan"))
    path_of(tmp_path, "fay").symlink_to("/etc/hostname")
    ada, dan, fay = challenge.run_challenge(tmp_path, "bundled", best_protection())
    x, y = challenge.secret_clips("bundled")
    accuracy = np.mean(network.predict(x, verbose=0).argmax(axis=-1) == y)
    assert ada == challenge.Entry("ada", pytest.approx(accuracy), 1960 * 8 + 8 + 8 * 12 + 12)
    assert dan.accuracy is None and "challenge.keras cannot be used: ValueError" in dan.message
    assert fay == challenge.Entry("fay", None, None, "challenge.keras is a link. Links are not followed: hand in the "
                                                     "file itself.")


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
    path.write_bytes(b"a network")
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
