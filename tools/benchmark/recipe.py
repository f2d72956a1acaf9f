"""The most accurate network under 100,000 parameters after six minutes of training on two cores, and why.

The recipe is trained on recordings of people with three seeds. Then it is trained for a third of that time, as it is,
and with one of its choices undone at a time. The validation split chose, as far as it could tell.
docs/recipe.md tells the same in words.
"""

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import keras
import numpy as np

from autograder.judging.reference import module_of
from kws_helpers import data, features, training
from kws_helpers.augment import AugmentedClips, Changes

SEEDS = (0, 1, 2)
BATCH = 128


@dataclass(frozen=True)
class Candidate:
    """A network and how it is trained; `changes` None leaves the clips as they are."""

    name: str
    build: Callable[[], Any]
    epochs: int
    peak: float = 0.01  # the highest learning rate
    weight_decay: float = 0.03
    smoothing: float = 0.0  # of the labels: a right answer is worth this much less, all others share it
    even: bool = False  # rare classes count as if they were as frequent as the others
    all_words: bool = False  # every other word is an example of "unknown", not only a tenth of the clips
    changes: Changes | None = field(default_factory=Changes)
    shifts: tuple[int, ...] = (0,)  # frames; when it is tested, a clip is heard once with each of them


@dataclass(frozen=True)
class Outcome:
    """What a candidate reached, one value for each seed; `seconds` for one network."""

    name: str
    parameters: int
    epochs: int
    seconds: list[float]
    validation: list[float]
    testing: list[float]

    def __str__(self) -> str:
        return (f"{self.name}: {np.mean(self.seconds):.0f} s, validation {np.mean(self.validation):.1%}, "
                f"testing {np.mean(self.testing):.1%}")


def tc_resnet8(width: float, dropout: float) -> Any:
    """TC-ResNet8 (Choi and others, 2019), as lesson 07 builds it."""
    return module_of("07_tc_resnet").build_tc_resnet8(width=width, dropout=dropout)


def ds_resnet(channels: Sequence[int] = (108, 88, 88, 88, 112, 108), excited: bool = True) -> Any:
    """Residual blocks of depthwise separable convolutions over time, after MatchboxNet (Majumdar & Ginsburg, 2020).

    The kernels grow from 9 to 17 frames: a depthwise kernel has one weight for each frame and channel, so wide ones
    cost next to nothing.
    """
    def separable(x: Any, width: int, kernel: int) -> Any:
        return _normalised(keras.layers.SeparableConv1D(width, kernel, padding="same", use_bias=False)(x))

    first, *blocks, wide, last = channels
    clip = keras.Input((49, 40))
    x = keras.layers.Conv1D(first, 3, strides=2, padding="same", use_bias=False)(clip)
    x = _relu(separable(x, first, 9))
    for width, kernel in zip(blocks, (11, 13, 15), strict=True):
        shortcut = x if x.shape[-1] == width else _normalised(keras.layers.Conv1D(width, 1, use_bias=False)(x))
        x = separable(x, width, kernel)
        x = _relu((_excited(x) if excited else x) + shortcut)
    x = _relu(separable(x, wide, 17))
    x = _relu(_normalised(keras.layers.Conv1D(last, 1, use_bias=False)(x)))
    return keras.Model(clip, keras.layers.Dense(12, activation="softmax")(keras.layers.GlobalAveragePooling1D()(x)))


def averaged(network: Any, shifts: Sequence[int]) -> Any:
    """The network's mean answer to a clip moved by so many frames; what leaves at one end enters at the other.

    It can be saved and loaded by anybody: how the network was trained, with a loss of our own, is not in it.
    """
    clip, network = keras.Input(network.input_shape[1:]), keras.Model(network.input, network.output)
    answers = [network(keras.ops.roll(clip, shift, axis=1)) for shift in shifts]
    return keras.Model(clip, sum(answers) / len(answers))


TC_RESNET8 = Candidate("TC-ResNet8", lambda: tc_resnet8(1, dropout=0.3), 39, peak=0.012)
RECIPE = Candidate("the recipe", ds_resnet, 110, smoothing=0.1, even=True, all_words=True, shifts=(-3, 0, 3))
SHORT = replace(RECIPE, name="the recipe, a third as long", epochs=RECIPE.epochs // 3)
SHIFT_AND_NOISE = Changes(speed=0, voice=0, loudness=0, microphone=0, mask=0)  # what the papers change
CANDIDATES = (
    RECIPE,
    SHORT,
    replace(SHORT, name="… with every clip heard once", shifts=(0,)),
    replace(SHORT, name="… without squeeze and excitation",
            build=partial(ds_resnet, (112, 92, 92, 92, 116, 112), excited=False)),
    replace(SHORT, name="… with TC-ResNet8, wider", build=lambda: tc_resnet8(1.22, dropout=0.2)),
    replace(SHORT, name="… without label smoothing", smoothing=0.0),
    replace(SHORT, name="… with rare classes left rare", even=False),
    replace(SHORT, name="… with a tenth of other words", all_words=False),
    replace(SHORT, name="… only shifted, and with noise", changes=SHIFT_AND_NOISE),
    replace(SHORT, name="… with the clips as they are", changes=None),
)


def compare(source: str, kept: Path) -> Iterator[Outcome]:
    """Train every candidate, seed after seed. What `kept` already holds is not trained again.

    Args:
        source: recordings of people, anything that `kws_helpers.data.load` takes.
        kept: a file; it is written after every candidate, for this takes an hour. The recipe's networks lie beside it.
    """
    done = [Outcome(**one) for one in json.loads(kept.read_text("utf-8"))] if kept.exists() else []
    yield from done
    for candidate in CANDIDATES:
        if candidate.name not in {one.name for one in done}:
            done.append(_outcome(candidate, source, kept))
            kept.write_text(json.dumps([asdict(one) for one in done], indent=1), encoding="utf-8")
            yield done[-1]


def _outcome(candidate: Candidate, source: str, kept: Path) -> Outcome:
    prepared = _prepared(source)
    networks, seconds = _trained(replace(candidate, name="", shifts=()), source)
    listeners = [averaged(network, candidate.shifts) for network in networks]
    if candidate is RECIPE:
        for seed, listener in zip(SEEDS, listeners, strict=True):
            listener.save(kept.with_name(f"recipe_{seed}.keras"))
    validation, testing = ([accuracy(listener, split) for listener in listeners]
                           for split in (prepared.validation, prepared.testing))
    return Outcome(candidate.name, listeners[0].count_params(), candidate.epochs, seconds, validation, testing)


def accuracy(network: Any, clips: Any) -> float:
    """Return the share of clips whose largest output is that of their class; `clips` has `.x` and `.y`."""
    return float(np.mean(network.predict(clips.x, verbose=0).argmax(axis=-1) == clips.y))


@lru_cache(maxsize=1)
def _trained(candidate: Candidate, source: str) -> tuple[list[Any], list[float]]:
    """A network for each seed, and its seconds; kept for a next candidate that is only tested in another way."""
    clips, labels = _data(candidate, source)
    networks, seconds = [], []
    for seed in SEEDS:
        start = time.perf_counter()
        [(network, _)] = training.train_seeds(partial(compiled, candidate, labels), **clips, seeds=[seed],
                                              epochs=candidate.epochs)
        seconds.append(time.perf_counter() - start)
        networks.append(network)
    return networks, seconds


def _data(candidate: Candidate, source: str) -> tuple[dict[str, Any], np.ndarray]:
    """The clips that the candidate learns from, as arguments of `fit`, and their labels."""
    learned, prepared = data.load(source, unknown_percent=None if candidate.all_words else 10), _prepared(source)
    inputs = features.Inputs(prepared.standardised(features.mfcc_of(learned.training)), learned.training.labels)
    if candidate.changes is None:
        return {"x": inputs.x, "y": inputs.y, "batch_size": BATCH}, inputs.y
    return {"x": AugmentedClips(learned, replace(prepared, training=inputs), candidate.changes, BATCH)}, inputs.y


def _prepared(source: str) -> features.Prepared:
    """The features of the splits as every lesson has them."""
    return features.prepare(data.load(source))


def compiled(candidate: Candidate, labels: np.ndarray) -> Any:
    """A new network for training clips with these labels.

    AdamW; the learning rate rises for a tenth of the steps, then falls like a cosine.
    """
    steps = candidate.epochs * math.ceil(len(labels) / BATCH)
    rate = keras.optimizers.schedules.CosineDecay(candidate.peak / 20, steps - steps // 10, warmup_steps=steps // 10,
                                                  warmup_target=candidate.peak)
    network = candidate.build()
    frequencies = np.bincount(labels, minlength=network.output_shape[-1]) / len(labels)
    network.compile(optimizer=keras.optimizers.AdamW(rate, weight_decay=candidate.weight_decay), metrics=["accuracy"],
                    loss=_loss(candidate.smoothing, frequencies if candidate.even else np.ones_like(frequencies)))
    return network


def _loss(smoothing: float, weights: np.ndarray) -> Callable[[Any, Any], Any]:
    """Cross-entropy for labels that are numbers.

    With label smoothing (Szegedy and others, 2016), and of probabilities (N, K) times the weights (K,) of the classes.
    Where these are how frequent the classes are, the network need not learn that itself, and without them takes all
    classes for equally frequent (Menon and others, 2021, "logit adjustment").
    """
    def loss(labels: Any, probabilities: Any) -> Any:
        expected = probabilities * keras.ops.cast(weights, probabilities.dtype)
        expected /= keras.ops.sum(expected, axis=-1, keepdims=True)
        wanted = keras.ops.one_hot(keras.ops.cast(keras.ops.reshape(labels, (-1,)), "int32"), len(weights))
        return keras.losses.categorical_crossentropy(wanted, expected, label_smoothing=smoothing)

    return loss


def _excited(x: Any) -> Any:
    """Channels that matter in this clip get louder, the others softer (squeeze and excitation; Hu and others, 2018)."""
    width = x.shape[-1]
    heard = keras.layers.Dense(width // 8, activation="relu")(keras.layers.GlobalAveragePooling1D(keepdims=True)(x))
    return x * keras.layers.Dense(width, activation="sigmoid")(heard)


def _normalised(x: Any) -> Any:
    return keras.layers.BatchNormalization(momentum=0.95)(x)


def _relu(x: Any) -> Any:
    return keras.layers.ReLU()(x)
