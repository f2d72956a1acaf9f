"""The network in the box, `kws_helpers/spotting/pretrained.keras`, and its card: one command makes both.

    python -m tools.pretrained FOLDER

FOLDER holds recordings of people, anything that `kws_helpers.data.load` takes. Of the recipe's three networks (trained,
or found where `python -m autograder benchmark spotting --real FOLDER` left them) the one goes into the box that misses
the fewest words in the recordings of the validation split.
"""

import sys
from typing import Any

import numpy as np

from kws_helpers import data, spotting
from kws_helpers.features import Prepared, prepare
from tools.benchmark.recipe import RECIPE, SEEDS, train
from tools.benchmark.spotting import (
    LIMITS,
    REFRACTORY,
    SMOOTHING,
    THRESHOLDS,
    Spotted,
    curve,
    listener,
    measure,
    probabilities_of,
    recordings,
)

CARD = spotting.PRETRAINED.with_suffix(".md")
THRESHOLD_FOR = 20  # false alarms an hour, where every second word is none to be detected


def main(source: str) -> None:
    """Make the network and its card."""
    dataset = data.load(source)
    prepared = prepare(dataset)
    networks = {f"the recipe, seed {seed}": train(RECIPE, source, seed) for seed in SEEDS}
    practice = recordings(dataset, "validation")
    curves = {name: curve(probabilities_of(listener(network, prepared), practice["dense"]), practice["dense"])
              for name, network in networks.items()}
    missed = {name: np.mean([one.misses[one.threshold_for(limit)] for limit in LIMITS[:2]])
              for name, one in curves.items()}
    for name, share in missed.items():
        print(f"{name}: {share:.1%} missed in the validation recordings, the mean of two limits")
    best = min(missed, key=missed.get)
    threshold = float(THRESHOLDS[curves[best].threshold_for(THRESHOLD_FOR)])
    _save(networks[best], dataset, prepared, threshold)
    exam = recordings(dataset, "testing")
    measured = measure(best, [spotting.load().probabilities], dataset.testing, practice, exam)
    CARD.write_text(card(measured, dataset, threshold), encoding="utf-8")
    print(measured)


def _save(network: Any, dataset: data.Dataset, prepared: Prepared, threshold: float) -> None:
    spotting.save(spotting.PRETRAINED, network, class_names=dataset.class_names, mean=prepared.mean, std=prepared.std,
                  threshold=round(threshold, 3), smoothing=SMOOTHING, refractory=REFRACTORY)


def card(measured: Spotted, dataset: data.Dataset, threshold: float) -> str:
    """Return the model card, in Markdown."""
    spoken = dataset.training.words != "_silence_"
    misses = "\n".join(f"| {limit} | {one[0]:.0%} | {measured.alarms[limit][0]:.0f} | {measured.quiet[limit][0]:.0f} |"
                       for limit, one in measured.misses.items())
    keywords = "\n".join(f"| {word} | {share:.0%} |" for word, share in measured.by_keyword.items())
    return f"""# The network in the box

`pretrained.keras` is a spotter of ten words: {", ".join(data.KEYWORDS)}.
`tools/pretrained.py` makes it, and this page.

## What it has heard

{np.sum(spoken):,} clips of people, by {dataset.training.count_speakers():,} speakers, from a part of Speech Commands
v0.02 (Pete Warden, Google, 2018; CC BY 4.0, <https://creativecommons.org/licenses/by/4.0/>), all clips of other words
that these speakers said, and the course's bundled synthetic voices. The clips were changed anew in every epoch, and
background noise was mixed in. It is the network of {measured.name}: of three seeds, the one that
missed the fewest words in recordings of the validation split. The file contains no recording.

## How well it hears

Forty minutes made of recordings of people and noise that it has never heard: every three seconds a word, every second
one to be ignored, over noise that is 10 to 30 dB quieter than an average word. The threshold was chosen on other
recordings (validation) for the limit in the first column. The last column is from forty minutes without a keyword.

| limit: false alarms an hour | missed | false alarms an hour | without keywords |
| --- | --- | --- | --- |
{misses}

On single clips it gets {measured.clips[0]:.1%} right. Its own threshold, {threshold:.2f}, is that for {THRESHOLD_FOR}
an hour. Missed at {LIMITS[1]:g} an hour, by keyword:

| keyword | missed |
| --- | --- |
{keywords}

## What it cannot do

It knows ten English words, said one at a time. It was measured on speakers of the same collection, near a microphone;
expect worse from children, other accents, other rooms, music, several voices at once, and words inside sentences.
Words that sound alike wake it. Do not use it where a missed or a mistaken word does harm.
"""


if __name__ == "__main__":
    main(sys.argv[1])
