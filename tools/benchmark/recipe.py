"""The best spotter under 100,000 parameters that ten minutes of training on two cores give, and why.

The recipe is trained on recordings of people, and on the bundled voices beside them, with three seeds, and measured as
a spotter (`spotting`) beside a network like that of lesson 07, which has heard the bundled voices only. docs/recipe.md
tells the same in words.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import keras
import numpy as np

from autograder.building.paths import BUILD
from autograder.judging.reference import module_of
from kws_helpers import data, features, training
from kws_helpers.augment import AugmentedClips, Changes
from tools.benchmark.spotting import Spotted, listener, measure, recordings

SEEDS = (0, 1, 2)
BATCH = 128
BUNDLED = "bundled"
CHANGES = Changes(noise=(5, 40))  # as loud as it is behind the words of a long recording
NETWORKS = BUILD / "spotting"


@dataclass(frozen=True)
class Candidate:
    """A network and how it is trained."""

    name: str
    build: Callable[[], Any]
    epochs: int
    peak: float = 0.01  # the highest learning rate
    even: bool = False  # rare keywords count as if they were as frequent as the others
    people: bool = True  # recordings of people are among the training clips, beside the bundled synthetic voices


def tc_resnet8() -> Any:
    """TC-ResNet8 (Choi and others, 2019), as lesson 07 builds it."""
    return module_of("07_tc_resnet").build_tc_resnet8(dropout=0.3)


def ds_resnet(channels: Sequence[int] = (108, 88, 88, 88, 112, 108)) -> Any:
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
        x = _relu(_excited(separable(x, width, kernel)) + shortcut)
    x = _relu(separable(x, wide, 17))
    x = _relu(_normalised(keras.layers.Conv1D(last, 1, use_bias=False)(x)))
    return keras.Model(clip, keras.layers.Dense(12, activation="softmax")(keras.layers.GlobalAveragePooling1D()(x)))


TC_RESNET8 = Candidate("TC-ResNet8, synthetic voices alone", tc_resnet8, 100, peak=0.012, people=False)
RECIPE = Candidate("the recipe", ds_resnet, 80, even=True)
CANDIDATES = (RECIPE, TC_RESNET8)


class Together(keras.utils.PyDataset):
    """Clips of several kinds in every batch, each kind with the share that it has of all clips."""

    def __init__(self, kinds: Sequence[AugmentedClips]) -> None:
        super().__init__()
        self._kinds = kinds
        self.y = np.concatenate([kind.y for kind in kinds])
        batches = math.ceil(len(self.y) / BATCH)
        for kind in kinds:
            kind.batch_size = math.ceil(len(kind.y) / batches)

    def __len__(self) -> int:
        return min(map(len, self._kinds))

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        x, y = zip(*(kind[number] for kind in self._kinds), strict=True)
        return np.concatenate(x), np.concatenate(y)

    def on_epoch_end(self) -> None:
        for kind in self._kinds:
            kind.on_epoch_end()


def sources_of(candidate: Candidate, source: str) -> list[str]:
    """Return where a candidate's clips come from; by the mean of the first source's all are standardised."""
    return [source, BUNDLED] if candidate.people else [BUNDLED]


def clips_of(candidate: Candidate, source: str, seed: int) -> Together:
    """Return the training clips of a candidate.

    "Unknown" are all other words, and not only as many as a tenth of the keywords: whatever is no keyword has many
    faces. The noise is that of all the training clips together.
    """
    sources = sources_of(candidate, source)
    datasets = [data.load(one, unknown_percent=None) for one in sources]
    noise = {"training": [recording for dataset in datasets for recording in dataset.noise["training"]]}
    prepared = features.prepare(data.load(sources[0]))
    return Together([AugmentedClips(replace(dataset, noise=noise), prepared, CHANGES, seed=seed)
                     for dataset in datasets])


def train(candidate: Candidate, source: str, seed: int) -> Any:
    """Return a trained network without its optimizer: from NETWORKS, where it is kept, if it lies there."""
    file = NETWORKS / f"{re.sub(r'[^a-z0-9]+', '-', candidate.name.lower()).strip('-')}_{seed}.keras"
    if not file.exists():
        NETWORKS.mkdir(parents=True, exist_ok=True)
        clips = clips_of(candidate, source, seed)
        [(network, _)] = training.train_seeds(partial(compiled, candidate, clips.y), clips, seeds=[seed],
                                              epochs=candidate.epochs)
        keras.Model(network.input, network.output).save(file)
    return keras.models.load_model(file)


def compare(source: str) -> Iterator[Spotted]:
    """Train every candidate, seed after seed, and measure it. Networks that lie in NETWORKS are not trained again.

    Args:
        source: recordings of people, anything that `kws_helpers.data.load` takes.
    """
    dataset = data.load(source)
    practice, exam = (recordings(dataset, split) for split in ("validation", "testing"))
    for candidate in CANDIDATES:
        networks = [train(candidate, source, seed) for seed in SEEDS]
        prepared = features.prepare(data.load(sources_of(candidate, source)[0]))
        measured = measure(candidate.name, [listener(network, prepared) for network in networks], dataset.testing,
                           practice, exam)
        yield replace(measured, parameters=networks[0].count_params())


def compiled(candidate: Candidate, labels: np.ndarray) -> Any:
    """A new network for training clips with these labels.

    AdamW; the learning rate rises for a tenth of the steps, then falls like a cosine.
    """
    steps = candidate.epochs * math.ceil(len(labels) / BATCH)
    rate = keras.optimizers.schedules.CosineDecay(candidate.peak / 20, steps - steps // 10, warmup_steps=steps // 10,
                                                  warmup_target=candidate.peak)
    network = candidate.build()
    network.compile(optimizer=keras.optimizers.AdamW(rate, weight_decay=0.03), steps_per_execution=8,
                    loss=_loss(_weights(labels) if candidate.even else np.ones(12)))
    return network


def _weights(labels: np.ndarray) -> np.ndarray:
    """Return a weight for each class: how frequent a keyword is among the keywords, and 1 for all that is none."""
    counts = np.bincount(labels, minlength=12).astype(float)
    keywords = len(data.KEYWORDS)
    return np.concatenate([counts[:keywords] / counts[:keywords].mean(), np.ones(12 - keywords)])


def _loss(weights: np.ndarray) -> Callable[[Any, Any], Any]:
    """Cross-entropy, for labels that are numbers, of probabilities (N, K) times the weights (K,) of the classes.

    Where these are how frequent the classes are, the network need not learn that itself, and without them takes all
    classes for equally frequent (Menon and others, 2021, "logit adjustment").
    """
    def loss(labels: Any, probabilities: Any) -> Any:
        expected = probabilities * keras.ops.cast(weights, probabilities.dtype)
        expected /= keras.ops.sum(expected, axis=-1, keepdims=True)
        return keras.losses.sparse_categorical_crossentropy(keras.ops.reshape(labels, (-1,)), expected)

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
