"""What networks that have heard synthetic voices only make of people: TC-ResNet8, trained for a while, and longer."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from autograder.grading.challenge import secret_clips
from kws_helpers import data, features, training
from kws_helpers.augment import AugmentedClips
from kws_helpers.features import Inputs
from tools.benchmark.recipe import BATCH, SEEDS, TC_RESNET8, accuracy, compiled

EPOCHS = (39, 150)


@dataclass(frozen=True)
class Transfer:
    """Accuracies after so many epochs, one value for each seed: on synthetic voices and on people, all unheard."""

    epochs: int
    synthetic: list[float]
    people: list[float]
    clips: int

    def __str__(self) -> str:
        return (f"{self.epochs} epochs: {np.mean(self.synthetic):.1%} of synthetic voices, "
                f"{np.mean(self.people):.1%} of {self.clips:,} clips of people")


def transfers(source: str) -> Iterator[Transfer]:
    """Train on the bundled voices; `source` is recordings of people, anything that `kws_helpers.data.load` takes."""
    people = Inputs(*secret_clips(source))
    dataset = data.load("bundled")
    prepared = features.prepare(dataset)
    clips = AugmentedClips(dataset, prepared, batch_size=BATCH)
    for epochs in EPOCHS:
        build = partial(compiled, replace(TC_RESNET8, epochs=epochs), clips.y)
        trained = training.train_seeds(build, clips, seeds=SEEDS, epochs=epochs)
        synthetic, real = ([accuracy(network, some) for network, _ in trained] for some in (prepared.testing, people))
        yield Transfer(epochs, synthetic, real, len(people.y))
