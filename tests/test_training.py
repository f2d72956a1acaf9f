"""Training: the line that tells how it goes, networks for several seeds, and short training for any arguments."""

import gc
import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from kws_helpers import training

LABELS = np.random.default_rng(0).integers(3, size=300)
CLIPS = np.random.default_rng(1).normal(size=(300, 5, 4)).astype("float32") + LABELS[:, np.newaxis, np.newaxis]
VALIDATION = (CLIPS[:70], LABELS[:70])
ACCURACY = {"metrics": ["accuracy"]}


class Batches(keras.utils.PyDataset):
    """The clips in batches of 150; `given` are the numbers of those that were asked for."""

    def __init__(self):
        super().__init__()
        self.given = []

    def __len__(self):
        return 2

    def __getitem__(self, number):
        self.given.append(number)
        return CLIPS[150 * number:150 * (number + 1)], LABELS[150 * number:150 * (number + 1)]


def network(**options):
    """A small network; to compile it takes longer than to train it."""
    layers = [keras.Input((5, 4)), keras.layers.Flatten(), keras.layers.Dense(8, "relu"), keras.layers.Dropout(0.5),
              keras.layers.Dense(3, "softmax")]
    model = keras.Sequential(layers)
    model.compile(**{"optimizer": "adam", "loss": "sparse_categorical_crossentropy", "run_eagerly": True} | options)
    return model


@pytest.mark.parametrize("options, arguments, line", [
    (ACCURACY, {"validation_data": VALIDATION}, "epoch 2 of 2: loss #, accuracy #% (validation #%)"),
    (ACCURACY, {}, "epoch 2 of 2: loss #, accuracy #%"),
    ({}, {"validation_data": VALIDATION}, "epoch 2 of 2: loss # (validation loss #)"),
    ({}, {}, "epoch 2 of 2: loss #")])
def test_one_line_tells_what_is_known(options, arguments, line, capsys):
    network(**options).fit(CLIPS, LABELS, epochs=2, verbose=0, callbacks=[training.Progress()], **arguments)
    assert re.sub(r"\d+\.\d+", "#", capsys.readouterr().out) == f"{line}\n"


def test_the_line_says_where_training_stopped_and_begins_anew(capsys):
    progress, stop = training.Progress(), keras.callbacks.EarlyStopping("loss", patience=0, min_delta=9.0)
    network().fit(CLIPS, LABELS, epochs=5, verbose=0, callbacks=[progress, stop])
    assert capsys.readouterr().out.startswith("epoch 2 of 5: loss")
    network().fit(CLIPS, LABELS, epochs=1, verbose=0, callbacks=[progress])
    assert capsys.readouterr().out.startswith("epoch 1 of 1: loss")


def test_training_that_is_interrupted_leaves_its_line_and_can_be_taken_up(capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    model, progress = network(), training.Progress()
    with pytest.raises(KeyboardInterrupt):
        model.fit(CLIPS, LABELS, verbose=0, callbacks=[progress, keras.callbacks.LambdaCallback(interrupt)])
    model.fit(CLIPS, LABELS, verbose=0, callbacks=[progress])
    assert "epoch 1 of 1" in capsys.readouterr().out


def test_every_seed_trains_the_network_that_it_would_train_alone(capsys):
    stop = keras.callbacks.EarlyStopping("val_loss", patience=1, min_delta=9.0)
    trained = training.train_seeds(lambda: network(**ACCURACY), CLIPS, LABELS, seeds=(3, 4), epochs=5, batch_size=50,
                                   validation_data=VALIDATION, callbacks=[stop])
    assert [line.partition(" of")[0] for line in capsys.readouterr().out.splitlines()] == [
        "seed 3: epoch 2", "seed 4: epoch 2"]
    for seed, (model, history) in zip((3, 4), trained, strict=True):
        keras.utils.set_random_seed(seed)
        alone = network(**ACCURACY)
        expected = alone.fit(CLIPS, LABELS, epochs=2, batch_size=50, verbose=0, validation_data=VALIDATION)
        assert history == expected.history
        assert all(map(np.array_equal, model.get_weights(), alone.get_weights()))
    assert trained[0][1] != trained[1][1]


def test_no_seeds_make_no_networks_and_a_progress_of_ones_own_stays_alone(capsys):
    assert training.train_seeds(network, CLIPS, LABELS, seeds=()) == []
    training.train_seeds(network, Batches(), seeds=[0], callbacks=training.Progress("mine: "))
    assert capsys.readouterr().out.startswith("mine: epoch 1 of 1: loss")


@pytest.mark.parametrize("variable, value, count", [("NBGRADER_EXECUTION", "autograde", 32),
                                                    ("KWS_TRAINING", "short", 128)])
@pytest.mark.parametrize("given", [
    {"x": CLIPS, "y": LABELS, "batch_size": 1, "validation_data": VALIDATION, "steps_per_epoch": 70},
    {"x": CLIPS, "y": LABELS, "initial_epoch": 7, "validation_split": 0.5, "sample_weight": np.ones(300)},
    {"x": Batches(), "validation_data": Batches(), "validation_steps": 2, "class_weight": {0: 2.0, 1: 1.0, 2: 1.0}},
    {"x": tf.data.Dataset.from_tensor_slices((CLIPS, LABELS)).batch(150).repeat(), "steps_per_epoch": 9,
     "validation_data": VALIDATION, "validation_freq": 5}], ids=["arrays", "split", "batches", "tf.data"])
def test_short_training_is_an_epoch_of_few_clips_whatever_is_asked_for(given, variable, value, count, monkeypatch):
    monkeypatch.setenv(variable, value)
    model, seen = network(run_eagerly=False, **ACCURACY), []
    model.train_step = lambda batch, step=model.train_step: seen.append(len(batch[0])) or step(batch)
    history = model.fit(**given, epochs=10, verbose=0).history
    assert seen == [count]
    assert {name: len(values) for name, values in history.items()} == dict.fromkeys(
        ("loss", "accuracy", "val_loss", "val_accuracy"), 1)
    assert model.run_eagerly and len(model.predict(CLIPS, verbose=0)) == len(CLIPS)
    expected = model.evaluate(CLIPS[:count], LABELS[:count], verbose=0)
    assert model.evaluate(CLIPS, LABELS, 7, 0) == pytest.approx(expected)


def test_training_is_as_it_was_asked_for_when_nobody_grades():
    clips = Batches()
    history = network(run_eagerly=False).fit(clips, epochs=3, verbose=0).history
    assert len(history["loss"]) == 3 and {0, 1} == set(clips.given)


def test_two_runs_with_a_seed_are_equal_and_one_without_is_no_error():
    def history(seed):
        if seed is not None:
            keras.utils.set_random_seed(seed)
        model = network(run_eagerly=False)
        assert not model.jit_compile  # XLA takes long, and is Keras' first choice
        return model.fit(CLIPS, LABELS, epochs=2, verbose=0).history["loss"]

    assert history(0) == history(0) != history(None)


def test_when_training_has_ended_its_graphs_are_given_back():
    def graphs():
        gc.collect()
        return sum(isinstance(one, tf.__internal__.FuncGraph) for one in gc.get_objects())

    before = graphs()
    trained = network(run_eagerly=False)
    trained.fit(CLIPS, LABELS, batch_size=300, verbose=0, callbacks=[training.Progress()])
    assert graphs() == before
    assert len(trained.fit(CLIPS, LABELS, batch_size=300, verbose=0).history["loss"]) == 1
