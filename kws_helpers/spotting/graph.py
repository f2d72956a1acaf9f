"""A network that Keras saved, as a flat list of steps, read without Keras.

Nothing in the file runs.
"""

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from kws_helpers.spotting.layers import translate
from kws_helpers.spotting.steps import Layer, Step, Steps, folded, needed


def read(file: Path | str | IO[bytes]) -> tuple[Step, ...]:
    """Return the steps of the network in a `.keras` file. The first is its input, the last its result.

    Raises:
        ValueError: it is no file of the kind, or the network has a layer that is not known here.
        OSError: it cannot be read.
    """
    import h5py

    try:
        with zipfile.ZipFile(file) as archive:
            config = json.loads(archive.read("config.json"))
            with h5py.File(io.BytesIO(archive.read("model.weights.h5")), "r") as stored:
                network = _Network(config, stored, "")
                steps = Steps([Step("input", (), network.input_shape())])
                [result] = network.steps(steps, [0])
    except (zipfile.BadZipFile, KeyError, TypeError, IndexError, AttributeError, RecursionError, json.JSONDecodeError,
            UnicodeDecodeError) as error:
        name = getattr(file, "name", file)
        raise ValueError(f"{name} is no network that Keras 3 saved, or it is damaged. Save the whole network: "
                         'network.save("name.keras").') from error
    return folded(needed(steps, result))


class _Network:
    """A Sequential or functional network, or one inside another."""

    def __init__(self, description: dict, stored: Any, folder: str) -> None:
        if description["class_name"] not in ("Sequential", "Functional", "Model"):
            raise ValueError(f"A network of the class {description['class_name']!r} can be used in Keras only. Build a "
                             "Sequential or a functional network.")
        self._config, names = description["config"], Counter()
        self._is_chain = description["class_name"] == "Sequential"
        self._parts: dict[str, tuple[Layer | _Network, dict]] = {}
        for part in self._config["layers"]:
            snake = _snake_case(part["class_name"])  # by which Keras finds its weights
            number = f"_{names[snake]}" if names[snake] else ""
            names[snake] += 1
            name = part["name"] if "name" in part else part["config"]["name"]  # a chain names its layers within
            self._parts[name] = _part(part, stored, f"{folder}layers/{snake}{number}"), part

    def input_shape(self) -> tuple[int, ...]:
        if self._is_chain and isinstance(first := next(iter(self._parts.values()))[0], _Network):
            return first.input_shape()
        [name, *_], *others = _triples(self._config.get("input_layers") or [[*self._parts][0], 0, 0])
        if others:
            raise ValueError("The network has several inputs; a spotter hears one sound.")
        config = self._parts[name][1]["config"]
        shape = config.get("batch_shape") or config.get("batch_input_shape") or self._config["build_input_shape"]
        return tuple(shape[1:])

    def steps(self, steps: Steps, inputs: list[int]) -> list[int]:
        """Add the steps of this network to others; return the numbers of its results."""
        if self._is_chain:
            for part, _ in self._parts.values():
                inputs = _apply(part, steps, inputs)
            return inputs
        known = {(name, node): [step] for (name, node, _), step in
                 zip(_triples(self._config["input_layers"]), inputs, strict=True)}
        calls = [((name, number), part, call) for name, (part, description) in self._parts.items()
                 for number, call in enumerate(description["inbound_nodes"])]
        while calls:
            ready = [one for one in calls if all(key in known for key, _ in _sources(one[2]))]
            if not ready:
                raise KeyError("inbound_nodes")
            for key, part, call in ready:
                known[key] = _apply(part, steps, [_argument(one, known) for one in _arguments(call)])
            calls = [one for one in calls if one[0] not in known]
        return [known[name, node - self._counts_from(name)][place]
                for name, node, place in _triples(self._config["output_layers"])]

    def _counts_from(self, name: str) -> int:
        """Where a network's results are named, Keras counts the calls of a functional network inside it from 1."""
        return int(self._parts[name][1]["class_name"] == "Functional")


def _part(description: dict, stored: Any, folder: str) -> Layer | _Network:
    if description["class_name"] in ("Sequential", "Functional"):
        return _Network(description, stored, f"{folder}/")
    variables = stored.get(f"{folder}/vars", {})
    arrays = tuple(np.asarray(variables[str(number)]) for number in range(len(variables)))
    name = description["name"] if "name" in description else description["config"]["name"]
    layer = Layer(name, description["class_name"], description["config"], arrays)
    if any(one.dtype.kind not in "fiu" for one in arrays) or "quantized_dtype" in str(layer.config.get("dtype")):
        raise layer.unknown("weights that are no plain floats")
    return layer


def _apply(part: Layer | _Network, steps: Steps, inputs: list) -> list[int]:
    if isinstance(part, _Network):
        return part.steps(steps, inputs)
    return [translate(part, steps, inputs)]


def _snake_case(name: str) -> str:
    """Return the name as Keras writes it in the file of the weights."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _triples(places: list) -> list[list]:
    """Return [[name, node, place], …] of one such triple or a list of them."""
    return [places] if isinstance(places[0], str) else places


def _arguments(call: dict) -> Iterator[Any]:
    """Yield what a layer is called with, tensors and constants, one after another."""
    for one in call["args"]:
        yield from one if isinstance(one, list) else [one]
    yield from (one for one in call["kwargs"].values() if _history(one))


def _history(argument: Any) -> list | None:
    is_tensor = isinstance(argument, dict) and argument.get("class_name") == "__keras_tensor__"
    return argument["config"]["keras_history"] if is_tensor else None


def _sources(call: dict) -> Iterator[tuple[tuple[str, int], int]]:
    for name, node, place in filter(None, map(_history, _arguments(call))):
        yield (name, node), place


def _argument(argument: Any, known: dict) -> Any:
    """Return the number of a step for a tensor, an array for a constant."""
    if history := _history(argument):
        name, node, place = history
        return known[name, node][place]
    if isinstance(argument, dict) and "value" in (config := argument.get("config") or {}):
        return np.asarray(config["value"], np.float32)
    return np.asarray(argument) if isinstance(argument, (int, float)) else argument
