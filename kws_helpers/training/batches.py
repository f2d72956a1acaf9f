"""The clips of an epoch in batches, each made while the network learns from the one before."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from kws_helpers import mode

SHORT_CLIPS = 128
"""Short training sees this many clips for one epoch, and validates on as many."""

CLIPS_AT_ONCE = 256
"""So many are changed in one go, where that gives whole batches: NumPy works best on a few hundred."""

Batches = tuple[np.ndarray, np.ndarray]
"""Some batches of the same size: x (k, B, …) and y (k, B, …)."""

_maker = ThreadPoolExecutor(1, "clips to come")  # one for all: every thread keeps the memory that it once had


def batches_of(clips: Any, size: int, seed: int, epoch: int) -> Iterator[Batches]:
    """Return the clips of one epoch in an order of its own, some batches at a time.

    All batches are full: the last one is filled up with the clips that came first.
    """
    rng = np.random.default_rng([seed, epoch])
    order = rng.permutation(len(clips.y))
    if mode.short_training():
        order = order[:SHORT_CLIPS]
    size = min(size, len(order))
    order = np.resize(order, (-(-len(order) // size), size))
    at_once = max(1, CLIPS_AT_ONCE // size)
    return _one_ahead(_made(clips, chosen, rng) for chosen in np.split(order, range(at_once, len(order), at_once)))


def _made(clips: Any, chosen: np.ndarray, rng: np.random.Generator) -> Batches:
    if not hasattr(clips, "augmented"):
        return clips.x[chosen], clips.y[chosen]
    x = clips.augmented(chosen.ravel(), rng)
    return x.reshape(*chosen.shape, *x.shape[1:]), clips.y[chosen]


def _one_ahead(parts: Iterator[Batches]) -> Iterator[Batches]:
    """The same parts, each made while the one before it is used."""
    coming = _maker.submit(next, parts, None)
    while (part := coming.result()) is not None:
        coming = _maker.submit(next, parts, None)
        yield part
