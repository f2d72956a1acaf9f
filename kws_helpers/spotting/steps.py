"""What a network is made of: steps so few and so plain that NumPy (`compute`), JavaScript and C can carry them out."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Step:
    """One operation on the results of earlier steps.

    A shape has no batch axis, and channels come last. A network has one axis of time, (T, C), or two axes, (T, F, C);
    where a kernel slides, (T, C) counts as (T, 1, C), which is the same in memory. All weights are float32. Steps of a
    layer that is used twice share their arrays.

    kind             attributes                              weights, result
    input                                                    the network's input
    convolution      strides (2), dilation (2), groups,      kernel (h, w, channels in / groups, channels out), bias
                     padding ((before, after) twice)
    depthwise        the same, without groups                kernel (h, w, channels, m), bias (channels * m)
    dense                                                    kernel (channels in, channels out), bias; on the last axis
    scale                                                    scale and shift, (C,) or of whole shape: x * scale + shift
    max_pool, average_pool
                     size (2), strides (2), padding          padding takes no part: it is no maximum, no mean counts it
    mean, max, sum   axes (neighbours, rising)               over these axes, which go away or get the length 1
    activation       function, and its numbers               see `compute`
    softmax                                                  over the last axis
    add, subtract, multiply, divide, maximum, minimum        of all inputs; shapes are broadcast as NumPy does
    concatenate      axis
    reshape                                                  the same numbers in the same order
    transpose        order
    pad              padding (a pair for each axis), value
    slice            start (a number for each axis), step    as many as the shape says
    roll             shift, axis                             as np.roll
    """

    kind: str
    inputs: tuple[int, ...]  # numbers of earlier steps
    shape: tuple[int, ...]
    attributes: dict[str, Any] = field(default_factory=dict)
    weights: dict[str, np.ndarray] = field(default_factory=dict)


class Steps(list[Step]):
    """Steps that are being written down."""

    def add(self, kind: str, inputs: Sequence[int], shape: Sequence[int], attributes: dict[str, Any] | None = None,
            **weights: np.ndarray) -> int:
        """Return the number of the new step."""
        self.append(Step(kind, tuple(inputs), tuple(map(int, shape)), attributes or {}, weights))
        return len(self) - 1


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer or an operation as Keras describes it, with what it has learned."""

    name: str
    class_name: str
    config: dict[str, Any]
    arrays: tuple[np.ndarray, ...] = ()
    prepared: dict[str, np.ndarray] = field(default_factory=dict)  # weights as steps have them

    def unknown(self, what: str = "") -> ValueError:
        return ValueError(
            f"The layer {self.name!r} ({self.class_name}{what and ' with ' + what}) can be used in Keras only. Build "
            "the network without it: dense layers, convolutions, pooling, batch normalisation and activations work "
            "everywhere.")

    def once(self, name: str, make: Callable[[], np.ndarray]) -> np.ndarray:
        """Return an array of the layer as steps have it; the same one whenever the layer is used again."""
        if name not in self.prepared:
            self.prepared[name] = np.ascontiguousarray(make(), dtype=np.float32)
        return self.prepared[name]


def needed(steps: Sequence[Step], result: int) -> list[Step]:
    """Return the steps that the result follows from, numbered anew."""
    needed = {result}
    for number in range(result, -1, -1):
        if number in needed:
            needed.update(steps[number].inputs)
    numbers = {old: new for new, old in enumerate(sorted(needed | {0}))}
    return [replace(steps[old], inputs=tuple(numbers[one] for one in steps[old].inputs)) for old in numbers]


def folded(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the steps with each scale that follows a layer of weights made part of these weights."""
    steps, done = list(steps), {}
    uses = Counter(one for step in steps for one in step.inputs)
    for number, step in enumerate(steps):
        if step.kind != "scale":
            continue
        [source] = step.inputs
        before = steps[source]
        per_channel = step.weights["scale"].shape == step.shape[-1:]
        if before.kind in ("convolution", "depthwise", "dense") and uses[source] == 1 and per_channel:
            key = id(before.weights["kernel"]), id(step.weights["scale"])
            done.setdefault(key, _scaled(before, step.weights))
            steps[number] = replace(before, weights=done[key])
    return tuple(needed(steps, len(steps) - 1))


def _scaled(step: Step, by: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    kernel, scale = step.weights["kernel"], by["scale"]
    factor = scale.reshape(kernel.shape[-2:]) if step.kind == "depthwise" else scale
    return {"kernel": kernel * factor, "bias": step.weights["bias"] * scale + by["shift"]}
