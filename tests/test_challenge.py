"""The challenge: good networks are measured, bad files get a reason and hurt nobody else."""

import keras
import pytest

from autograder.grading import challenge
from kws_helpers import training


def network(parameters_in_hidden=8, classes=12, **options):
    return keras.Sequential([keras.Input((49, 40)), keras.layers.Flatten(),
                             keras.layers.Dense(parameters_in_hidden, "relu", **options),
                             keras.layers.Dense(classes, "softmax")])


@pytest.fixture(scope="module")
def entries(tmp_path_factory, shared_cache):
    folder = tmp_path_factory.mktemp("challenge")

    def path(student):
        file = folder / student / challenge.LESSON / challenge.FILE
        file.parent.mkdir(parents=True)
        return file

    training.set_seed(0)
    network().save(path("ada"))
    network(100).save(path("ben-too-large"))
    network(classes=3).save(path("cleo-three-classes"))
    keras.Sequential([keras.Input((49, 40)), keras.layers.Flatten(), keras.layers.Lambda(lambda x: x[:, :12])]).save(
        path("dan-lambda"))
    path("eve-garbage").write_bytes(b"no model")
    path("fay-link").symlink_to("/etc/hostname")
    network(4).save(path("guy"))
    return {entry.student: entry for entry in challenge.run_challenge(folder, "bundled")}


def test_networks_within_the_rules_are_measured(entries):
    assert {name for name, entry in entries.items() if entry.accuracy is not None} == {"ada", "guy"}
    assert entries["ada"].parameters == 1960 * 8 + 8 + 8 * 12 + 12
    assert 0 <= entries["ada"].accuracy < 0.5  # untrained


@pytest.mark.parametrize("student, words", [
    ("ben-too-large", "parameters; the challenge is for fewer"), ("cleo-three-classes", "12 finite numbers"),
    ("dan-lambda", "cannot be used"), ("eve-garbage", "cannot be used"), ("fay-link", "is a link")])
def test_what_breaks_the_rules_gets_a_reason(entries, student, words):
    assert entries[student].accuracy is None
    assert words in entries[student].message


def test_a_process_that_dies_is_replaced(tmp_path, monkeypatch, shared_cache):
    worker = challenge._Worker(*challenge.secret_clips("bundled"))
    file = tmp_path / challenge.FILE
    network().save(file)
    monkeypatch.setattr(challenge, "SECONDS", 0.0)
    assert "was not measured within" in worker.measure("slow", file).message
    monkeypatch.setattr(challenge, "SECONDS", 120.0)
    assert worker.measure("fine", file).accuracy is not None
    worker.stop()


def test_the_ranking_puts_the_best_and_then_the_smallest_first():
    entries = [challenge.Entry("c", None, None, "x"), challenge.Entry("b", 0.5, 20), challenge.Entry("a", 0.5, 10),
               challenge.Entry("d", 0.9, 99)]
    assert [entry.student for entry in challenge.ranked(entries)] == ["d", "a", "b", "c"]
