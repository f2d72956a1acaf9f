"""A finished spotter in one file: a network as Keras saves it, and what else it takes to listen with it."""

import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kws_helpers.features import FRAMES, HOP, N_MFCC
from kws_helpers.spotting import compute, graph
from kws_helpers.spotting.steps import Step

PRETRAINED = Path(__file__).with_name("pretrained.keras")
MEMBER = "spotter.json"
CHUNK = 1_600  # samples: 0.1 s
_THRESHOLD = 0.5
_NEVER_WAKE = ("unknown", "silence")
_NEWER = {"input_axes": "input_axes", "output_axes": "output_axes", "quantization_config": "quantization_config",
          "renorm": "renorm", "renorm_clipping": "renorm", "renorm_momentum": "renorm"}
"""Settings of layers that came with later versions of Keras 3, and which of them tells whether one is used."""
BATCH = 32  # looks at a time: what a layer makes of them fits into the cache of a core


@dataclass(frozen=True, eq=False)
class Spotter:
    """A network and how to listen with it. `smoothing` and `refractory` are in looks, `chunk` in samples."""

    class_names: tuple[str, ...]
    mean: np.ndarray  # (40,) float32
    std: np.ndarray  # (40,) float32
    thresholds: np.ndarray  # (K,); those of names that never wake mean nothing
    smoothing: int
    refractory: int
    chunk: int
    graph: tuple[Step, ...]

    @property
    def keywords(self) -> tuple[str, ...]:
        """The names that wake: all but "unknown", "silence" and those that begin with "_"."""
        return tuple(name for name in self.class_names if name not in _NEVER_WAKE and not name.startswith("_"))

    def probabilities(self, mfcc: np.ndarray) -> np.ndarray:
        """Return (N, K) for MFCC (N, 49, 40) that are not standardised."""
        x = ((mfcc - self.mean) / self.std).astype(np.float32)
        parts = [compute.run(self.graph, x[start : start + BATCH]) for start in range(0, len(x), BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.class_names)), np.float32)


def save(path: Path | str, network: Any, *, class_names: Sequence[str], mean: np.ndarray, std: np.ndarray,
         threshold: float | Mapping[str, float] = _THRESHOLD, smoothing: int = 5, refractory: int = 10) -> None:
    """Save a Keras network with all that listening takes. `keras.models.load_model` still finds the plain network.

    Args:
        path: where to; the name ends in ".keras".
        network: from standardised MFCC (49, 40) to a probability for each class.
        class_names: what the probabilities are called, in order.
        mean: of the MFCC that the network has learned from, (40,).
        std: their standard deviation, (40,).
        threshold: the probability from which a keyword is detected, or one for each keyword by its name (others: 0.5).
        smoothing: over how many looks the mean of the probabilities is taken.
        refractory: how many looks after a detection the next one may come.

    Raises:
        ValueError: something does not fit; the message says what.
    """
    path, names = Path(path), [str(name) for name in class_names]
    if path.suffix != ".keras":
        raise ValueError(f"the name of a spotter's file ends in .keras, which {path.name!r} does not")
    by_name = dict(threshold) if isinstance(threshold, Mapping) else dict.fromkeys(names, threshold)
    if strange := by_name.keys() - set(names):
        raise ValueError(f"threshold names {min(strange)!r}, which is none of the classes")
    description = {"class_names": names, "mean": _numbers(mean), "std": _numbers(std),
                   "thresholds": [float(by_name.get(name, _THRESHOLD)) for name in names],
                   "smoothing": int(smoothing), "refractory": int(refractory), "chunk": CHUNK}
    _demand(description, tuple(network.input_shape[1:]), tuple(network.output_shape[1:]))
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:  # so that no half of a file bears the name
        whole = Path(folder, path.name)
        network.save(whole)
        _pack(whole, description)
        whole.replace(path)


def load(path: Path | str | None = None) -> Spotter:
    """Return the spotter in a file that `save` wrote; without a path the one in the box.

    Raises:
        ValueError: it is no file of the kind, or its network can be used in Keras only; the message says what to do.
        OSError: it cannot be read.
    """
    path = PRETRAINED if path is None else Path(path)
    steps = graph.read(path)
    with zipfile.ZipFile(path) as archive:
        if MEMBER not in archive.namelist():
            raise ValueError(f"{path} holds a network, but not what it takes to listen with it: the names of its "
                             "classes, mean and std. Save it with kws_helpers.spotting.save.")
        try:
            description = json.loads(archive.read(MEMBER))
            _demand(description, steps[0].shape, steps[-1].shape)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} cannot be used: {error}.") from error
    return Spotter(
        tuple(description["class_names"]), *(np.asarray(description[name], np.float32) for name in ("mean", "std")),
        np.asarray(description["thresholds"], np.float64), description["smoothing"], description["refractory"],
        description["chunk"], steps)


def _pack(path: Path, description: dict) -> None:
    """Write a file of Keras anew: compressed, with the description, for older versions of Keras, too, without dates."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["config.json"] = json.dumps(_plain(json.loads(members["config.json"]))).encode()
    written_by = json.loads(members["metadata.json"])["keras_version"]
    members["metadata.json"] = json.dumps({"keras_version": written_by}).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (members | {MEMBER: json.dumps(description)}).items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def _plain(node: Any) -> Any:
    """Return a network's configuration without the settings that Keras 3.6 does not know yet, where nobody set them."""
    if isinstance(node, list):
        return [_plain(one) for one in node]
    if not isinstance(node, dict):
        return node
    unset = {name for name, decides in _NEWER.items() if not node.get(decides)}
    return {name: _plain(value) for name, value in node.items() if name not in unset}


def _numbers(values: np.ndarray) -> list[float]:
    return [float(one) for one in np.ravel(values)]


def _demand(description: dict, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> None:
    """Raise a ValueError, of which a sentence can be made, where something does not fit."""
    names, thresholds = description["class_names"], description["thresholds"]
    if [n for n in inputs if n != 1] != [FRAMES, N_MFCC]:
        raise ValueError(f"its network hears {inputs}, but a spotter's hears MFCC of the shape ({FRAMES}, {N_MFCC})")
    if outputs != (len(names),) or len(set(names)) != len(names):
        raise ValueError(f"its network gives {outputs}, but there are {len(set(names))} names of classes")
    for name in ("mean", "std"):
        values = np.asarray(description[name], np.float64)
        if values.shape != (N_MFCC,) or not np.isfinite(values).all() or (name == "std" and (values <= 0).any()):
            raise ValueError(f"{name} must be {N_MFCC} finite numbers{' above 0' if name == 'std' else ''}")
    if len(thresholds) != len(names) or not all(0 <= one <= 1 for one in thresholds):
        raise ValueError("a threshold must lie between 0 and 1, one for each class")
    for name, step in (("smoothing", 1), ("refractory", 1), ("chunk", HOP)):
        if not isinstance(description[name], int) or description[name] < 1 or description[name] % step:
            raise ValueError(f"{name} must be a whole number from 1" + (f", a multiple of {HOP}" if step > 1 else ""))
