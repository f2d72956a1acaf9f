"""Training: what one epoch is, what a history holds, and networks that share one compiled worker."""

import keras
import numpy as np
import pytest

from kws_helpers import training
from kws_helpers.features import Inputs
from kws_helpers.training import batches

LOSS = "sparse_categorical_crossentropy"


@pytest.fixture
def clips():
    rng = np.random.default_rng(0)
    y = rng.integers(3, size=150)
    return Inputs(rng.normal(size=(150, 5, 4)).astype("float32") + y[:, np.newaxis, np.newaxis], y)


def network(optimizer="adam", run_eagerly=True, **options):
    """A small network; to compile it takes longer than to train it."""
    layers = [keras.Input((5, 4)), keras.layers.Flatten(), keras.layers.Dense(8, "relu"),
              keras.layers.BatchNormalization(), keras.layers.Dropout(0.5), keras.layers.Dense(3, "softmax")]
    model = keras.Sequential(layers)
    model.compile(optimizer=optimizer, loss=LOSS, metrics=["accuracy"], run_eagerly=run_eagerly, **options)
    return model


def test_a_history_holds_the_means_over_all_clips(clips):
    model = keras.Sequential([keras.Input((5, 4)), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")])
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss=LOSS, metrics=["accuracy"])
    expected = model.evaluate(clips.x, clips.y, verbose=0)
    others = Inputs(clips.x[:70], clips.y[:70])
    history = training.fit(model, clips, others, epochs=2, batch_size=50)
    assert np.allclose([history.loss, history.accuracy], np.array(expected)[:, np.newaxis], atol=1e-6)
    expected = model.evaluate(others.x, others.y, verbose=0)
    assert np.allclose([history.validation_loss, history.validation_accuracy], np.array(expected)[:, np.newaxis],
                       atol=1e-6)


@pytest.mark.parametrize("size, count", [(1, 10), (2, 10), (75, 150)])
def test_a_batch_in_two_halves_teaches_what_keras_teaches_with_the_whole(clips, size, count):
    def deep():
        training.set_seed(1)
        penalty = keras.regularizers.L2(0.1)
        model = keras.Sequential([keras.Input((5, 4)), keras.layers.Conv1D(6, 3, kernel_regularizer=penalty),
                                  keras.layers.Flatten(), keras.layers.Dense(3, "softmax")])
        model.compile(keras.optimizers.SGD(0.1), LOSS, metrics=["accuracy"])
        return model

    ours, theirs, clips = deep(), deep(), Inputs(clips.x[:count], clips.y[:count])
    steps = batches.batches_of(clips, size, seed=0, epoch=0)
    history = training.fit(ours, clips, clips, epochs=1, batch_size=size)
    logs = [theirs.train_step(batch) for x, y in steps for batch in zip(x, y, strict=True)][-1]
    assert history.loss[0] == pytest.approx(float(logs["loss"]), rel=1e-4)
    assert history.accuracy[0] == pytest.approx(float(logs["accuracy"]))
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        assert np.allclose(one, other, atol=1e-5)


def test_an_epoch_has_every_clip_in_its_own_order_and_full_batches(clips, monkeypatch):
    monkeypatch.setattr(batches, "CLIPS_AT_ONCE", 128)
    first, again, second, other = (list(batches.batches_of(clips, 64, seed, epoch))
                                   for seed, epoch in [(0, 0), (0, 0), (0, 1), (1, 0)])
    assert [x.shape[:2] for x, _ in first] == [y.shape for _, y in first] == [(2, 64), (1, 64)]
    seen = np.concatenate([x.reshape(-1, 20) for x, _ in first])
    assert len(np.unique(seen[:150], axis=0)) == len(clips.y) == 150
    assert np.array_equal(seen[150:], seen[:42])  # the last batch is filled up with those that came first
    assert np.array_equal(seen, np.concatenate([x.reshape(-1, 20) for x, _ in again]))
    assert not any(np.array_equal(seen, np.concatenate([x.reshape(-1, 20) for x, _ in one])) for one in (second, other))


@pytest.mark.parametrize("clip_count", [1, 64, 65])
def test_any_number_of_clips_can_be_learned_from(clips, clip_count):
    few = Inputs(clips.x[:clip_count], clips.y[:clip_count])
    assert len(training.fit(network(), few, clips, epochs=2).loss) == 2


def test_networks_that_learn_together_are_what_they_would_be_alone_with_the_same_clips(clips):
    def compiled():
        return network(run_eagerly=False)

    together = training.fit_each(compiled, clips, clips, seeds=(3, 4), epochs=3, batch_size=32)
    for seed, (model, history) in zip((3, 4), together):
        training.set_seed(seed)
        alone = compiled()
        expected = training.fit(alone, clips, clips, epochs=3, batch_size=32, seed=3)
        assert history.loss.tolist() == expected.loss.tolist()
        for one, other in zip(model.variables + model.optimizer.variables,
                              alone.variables + alone.optimizer.variables, strict=True):
            assert np.array_equal(one, other)
    assert not np.array_equal(together[0][0].get_weights()[0], together[1][0].get_weights()[0])


def test_no_seeds_make_no_networks(clips):
    assert training.fit_each(network, clips, clips, seeds=(), epochs=3) == []


def test_clips_are_changed_once_for_all_networks_that_learn_together(clips):
    class Counted(Inputs):
        made = 0

        def augmented(self, chosen, rng):
            Counted.made += len(chosen)
            return self.x[chosen]

    training.fit_each(network, Counted(clips.x, clips.y), clips, seeds=(0, 1, 2), epochs=2, batch_size=32)
    assert Counted.made == 2 * -(-len(clips.y) // 32) * 32


def test_early_stopping_goes_back_to_the_best_epoch_of_each_network(clips):
    shuffled = Inputs(clips.x, np.random.default_rng(1).permutation(clips.y))
    stop = keras.callbacks.EarlyStopping(patience=1, restore_best_weights=True)
    for model, history in training.fit_each(lambda: network(keras.optimizers.Adam(0.1)), clips, shuffled,
                                            seeds=(0, 1), epochs=20, callbacks=[stop]):
        assert len(history.loss) < 20
        loss, _ = model.evaluate(shuffled.x, shuffled.y, verbose=0)
        assert loss == pytest.approx(history.validation_loss.min(), rel=1e-5)


def test_weights_that_are_averaged_are_used_in_the_end(clips):
    training.set_seed(0)
    model = network(keras.optimizers.Adam(use_ema=True, ema_momentum=0.99))
    training.fit(model, clips, clips, epochs=2)
    averages = [v for v in model.optimizer.variables if "average" in v.path]
    assert averages and np.array_equal(averages[0], model.trainable_variables[0])


def test_several_steps_in_one_execution_do_no_harm(clips):
    assert len(training.fit(network(steps_per_execution=8, run_eagerly=False), clips, clips, epochs=1).loss) == 1


def test_a_model_without_accuracy_is_told_what_is_missing(clips):
    model = keras.Sequential([keras.Input((5, 4)), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")])
    model.compile(loss=LOSS)
    with pytest.raises(ValueError, match='metrics=\\["accuracy"\\]'):
        training.fit(model, clips, clips, epochs=1)


def test_accuracy_counts_every_clip_once(clips, monkeypatch):
    model = network()
    _, expected = model.evaluate(clips.x, clips.y, verbose=0)
    assert training.accuracy(model, clips) == pytest.approx(expected)
    monkeypatch.setenv("KWS_TRAINING", "short")
    few = slice(training.SHORT_CLIPS)
    assert training.accuracy(model, clips) == pytest.approx(model.evaluate(clips.x[few], clips.y[few], verbose=0)[1])


def test_while_grading_nothing_is_trained_and_the_history_tells_of_the_network_as_it_is(clips, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    model = network()
    before = [np.copy(weight) for weight in model.get_weights()]
    history = training.fit(model, clips, clips, epochs=7)
    assert all(map(np.array_equal, before, model.get_weights()))
    loss, accuracy = model.evaluate(clips.x[:32], clips.y[:32], verbose=0)
    assert history.loss == history.validation_loss == pytest.approx([loss])
    assert history.accuracy == history.validation_accuracy == pytest.approx([accuracy])
    together = training.fit_each(network, clips, clips, seeds=(1, 2), epochs=7)
    assert [len(one.loss) for _, one in together] == [1, 1] and together[0][0] is not together[1][0]
