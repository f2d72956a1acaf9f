"""Lesson 07: what its checks say to wrong answers, and what its cell says of a file for the challenge."""

import math

import keras
import numpy as np
import pytest
from keras import layers

from autograder.building.lesson import all_cells
from kws_helpers.check import ladders

LADDERS = ladders()


def conv(x, channels, kernel, stride, **options):
    x = layers.Conv1D(channels, kernel, strides=stride, padding=options.pop("padding", "same"), use_bias=False)(x)
    return layers.BatchNormalization(**{"momentum": 0.95} | options)(x)


def block(x, channels, stride, second=1, side=None, **options):
    y = conv(layers.ReLU()(conv(x, channels, 9, stride, **options)), channels, 9, second or stride)
    if stride != 1 or x.shape[-1] != channels:
        x = layers.ReLU()(conv(x, channels, 1, side or stride))
    return layers.ReLU()(layers.Add()([x, y]))


def x_overwritten(x, channels, stride):
    changes = stride != 1 or x.shape[-1] != channels
    x = conv(layers.ReLU()(conv(x, channels, 9, stride)), channels, 9, 1)
    return layers.ReLU()(x + (layers.ReLU()(conv(x, channels, 1, stride)) if changes else x))


def one_layer_twice(x, channels, stride):
    twice = layers.Conv1D(channels, 9, padding="same", use_bias=False)
    return layers.BatchNormalization()(twice(layers.ReLU()(layers.BatchNormalization()(twice(x)))))


def widths(change):
    def build(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
        first, *others = [change(size, width) for size in (16, 24, 32, 48)]
        clip = keras.Input(shape=input_shape)
        x = layers.ReLU()(conv(clip, first, 3, 1))
        for channels in others:
            x = block(x, channels, 2)
        x = layers.Dropout(dropout)(layers.GlobalAveragePooling1D()(x))
        return keras.Model(clip, layers.Dense(n_classes, activation="softmax", use_bias=False)(x))

    return build


def folded(kernel, gamma, beta, mean, variance, epsilon, root=np.sqrt):
    factor = gamma / root(variance + epsilon)
    return kernel * factor, beta - mean * (factor if root is np.sqrt else 1)


WRONG = [
    ("as_time_series", lambda a: a.transpose(0, 2, 1)[:, :, None], "Frames and coefficients are exchanged"),
    ("as_time_series", lambda a: a.transpose(0, 2, 1).reshape(len(a), a.shape[1], 1, -1), "into the right shape"),
    ("as_time_series", lambda a: a[..., None], "The new axis is the last"),
    ("residual_block", x_overwritten, "because that was stored in `x`"),
    ("residual_block", lambda x, channels, stride: block(x, channels, stride, second=None), "both convolutions"),
    ("residual_block", lambda x, channels, stride: block(x, channels, stride, side=1), "One path has no stride"),
    ("residual_block", lambda x, channels, stride: block(x, channels, stride, padding="valid"), 'padding="same"'),
    ("residual_block", lambda x, channels, stride: block(x, channels, stride, momentum=0.99), "momentum=0.95, got"),
    ("residual_block", one_layer_twice, "make a new layer for each place"),
    ("residual_block", lambda x, channels, stride: layers.ReLU(conv(x, channels, 9, stride)), "is made first and"),
    ("build_tc_resnet8", widths(lambda size, width: round(size * width)), "rounded to the nearest: round down"),
    ("build_tc_resnet8", widths(lambda size, width: math.ceil(size * width)), "rounded up: round down"),
    ("build_tc_resnet8", widths(lambda size, width: size if size == 48 else int(size * width)), "Each of the four"),
    ("build_tc_resnet8", widths(lambda size, width: size * width), "must be a whole number, and 16.0 came"),
    ("fold_batch_norm", lambda *args: folded(*args, root=np.abs), "The variance needs a root"),
]


@pytest.mark.parametrize("name, answer, words", WRONG)
def test_a_wrong_answer_hears_what_leads_on(name, answer, words):
    report = LADDERS[name].climb(answer)
    assert not report.passed and words in report.steps[-1].advice, report.steps[-1]


def test_the_call_that_a_block_fails_at_is_named_as_the_student_wrote_it():
    advice = LADDERS["residual_block"].climb(x_overwritten).steps[-1].advice
    assert "of shape (None, 49, 16)>, 24, 2)" in advice and "raised" not in advice, advice


def test_folding_at_choice_can_be_passed():
    assert LADDERS["fold_batch_norm"].climb(folded).passed


def network(shape=(49, 40), units=12, activation="softmax"):
    return keras.Sequential([keras.Input(shape), layers.Flatten(), layers.Dense(units, activation=activation)])


@pytest.mark.parametrize("made, said", [
    (network, "The file keeps the rules. Validation: "), (lambda: None, "There is no challenge.keras here yet"),
    (lambda: network((49, 40, 1)), "✗ an input of shape (49, 40): (49, 40, 1)"),
    (lambda: network(units=11), "✗ 12 numbers for each clip: (11,)"),
    (lambda: network(activation=None), "✗ that are probabilities"),
    (lambda: keras.Sequential([keras.Input((49, 40)), layers.Lambda(lambda x: x)]), "challenge.keras cannot be used")])
def test_the_lesson_says_whether_a_file_keeps_the_rules(made, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    if made():
        made().save("challenge.keras")
    (source,) = [cell.source for cell in all_cells("07_tc_resnet") if "def try_challenge" in cell.source]
    split = type("Split", (), {"x": np.random.default_rng(0).normal(size=(5, 49, 40)), "y": np.zeros(5)})
    exec("from pathlib import Path\n" + source, {
        "keras": keras, "np": np, "dataset": type("Bundled", (), {"name": "bundled"}),
        "prepared": type("Prepared", (), {"validation": split})})
    assert said in capsys.readouterr().out
