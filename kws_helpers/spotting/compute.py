"""The steps of a graph carried out with NumPy, for many inputs at a time."""

import itertools
import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from kws_helpers.spotting.steps import Step

_KEPT: WeakKeyDictionary[Step, np.ndarray] = WeakKeyDictionary()


def run(steps: Sequence[Step], x: np.ndarray) -> np.ndarray:
    """Return what a network gives for inputs (N, …) float32 of the shape of its first step."""
    uses = Counter(one for step in steps for one in step.inputs)
    results: dict[int, np.ndarray] = {0: x.reshape(len(x), *steps[0].shape)}
    for number, step in enumerate(steps[1:], 1):
        results[number] = _KINDS[step.kind](step, *(results[one] for one in step.inputs))
        for one in step.inputs:
            uses[one] -= 1
            if not uses[one]:
                results.pop(one, None)  # its memory is used again while it is still in the cache
    return results[len(steps) - 1]


def _slid(step: Step, x: np.ndarray, size: tuple[int, int], fill: float = 0.0) -> Callable[[int, int], np.ndarray]:
    """Return a function that gives what one place of a sliding kernel sees: (N, height, width, C)."""
    x = x if x.ndim == 4 else x[:, :, np.newaxis]
    padding = step.attributes["padding"]
    if any(map(any, padding)):
        n, height, width, channels = x.shape
        (top, bottom), (left, right) = padding
        padded = np.full((n, top + height + bottom, left + width + right, channels), fill, np.float32)
        padded[:, top : top + height, left : left + width] = x
        x = padded
    strides, dilation = step.attributes["strides"], step.attributes.get("dilation", (1, 1))
    lengths = [(n - (k - 1) * d - 1) // s + 1 for n, k, s, d in zip(x.shape[1:3], size, strides, dilation)]

    def at(i: int, j: int) -> np.ndarray:
        rows, columns = (slice(place * d, place * d + (n - 1) * s + 1, s)
                         for place, n, s, d in zip((i, j), lengths, strides, dilation))
        return x[:, rows, columns]

    return at


def _places(size: tuple[int, int]) -> list[tuple[int, int]]:
    return [(i, j) for i in range(size[0]) for j in range(size[1])]


def _shaped(step: Step, result: np.ndarray) -> np.ndarray:
    return result.reshape(len(result), *step.shape)


def _convolution(step: Step, x: np.ndarray) -> np.ndarray:
    """One matrix product: what the kernel sees, side by side, times the kernel."""
    kernel, groups = step.weights["kernel"], step.attributes["groups"]
    size, depth, width = kernel.shape[:2], kernel.shape[2], kernel.shape[3] // groups
    at = _slid(step, x, size)
    seen = [at(i, j) for i, j in _places(size)]
    results = []
    for group in range(groups):
        columns = [one[..., group * depth : (group + 1) * depth] for one in seen]
        matrix = kernel[..., group * width : (group + 1) * width].reshape(-1, width)
        results.append((np.concatenate(columns, axis=-1) if len(columns) > 1 else columns[0]) @ matrix)
    result = results[0] if groups == 1 else np.concatenate(results, axis=-1)
    result += step.weights["bias"]
    return _shaped(step, result)


def _depthwise(step: Step, x: np.ndarray) -> np.ndarray:
    """A matrix product for each channel and column of the kernel, ten times as fast as to multiply and to add."""
    kernel, ((_, _), (left, right)) = step.weights["kernel"], step.attributes["padding"]
    x = np.repeat(x if x.ndim == 4 else x[:, :, np.newaxis], kernel.shape[3], axis=-1)
    n, height, width, channels = x.shape
    if left or right:
        x = np.pad(x, ((0, 0), (0, 0), (left, right), (0, 0)))
    by, apart = step.attributes["strides"][1], step.attributes["dilation"][1]
    columns = (left + width + right - (kernel.shape[1] - 1) * apart - 1) // by + 1
    result = 0
    for j, bands in enumerate(_bands(step, height)):
        seen = x[:, :, j * apart : j * apart + (columns - 1) * by + 1 : by].transpose(3, 0, 2, 1)
        result = result + np.ascontiguousarray(seen).reshape(channels, -1, height) @ bands
    result = result.reshape(channels, n, columns, -1).transpose(1, 3, 2, 0) + step.weights["bias"]
    return _shaped(step, np.ascontiguousarray(result))


def _bands(step: Step, height: int) -> np.ndarray:
    """Return a depthwise kernel as matrices from the rows of its input to those of its result, (w, C, height, rows)."""
    if step not in _KEPT:
        kernel, [(top, _), _] = step.weights["kernel"], step.attributes["padding"]
        by, apart = step.attributes["strides"][0], step.attributes["dilation"][0]
        bands = np.zeros((kernel.shape[1], step.shape[-1], height, step.shape[0]), np.float32)
        for i, row in itertools.product(range(len(kernel)), range(step.shape[0])):
            if 0 <= (place := row * by - top + i * apart) < height:
                bands[:, :, place, row] = kernel[i].reshape(kernel.shape[1], -1)
        _KEPT[step] = bands
    return _KEPT[step]


def _dense(step: Step, x: np.ndarray) -> np.ndarray:
    result = x.reshape(-1, x.shape[-1]) @ step.weights["kernel"]
    result += step.weights["bias"]
    return _shaped(step, result.reshape(len(x), -1))


def _max_pool(step: Step, x: np.ndarray) -> np.ndarray:
    at = _slid(step, x, step.attributes["size"], -np.inf)
    return _shaped(step, reduce(np.maximum, (at(i, j) for i, j in _places(step.attributes["size"]))))


def _average_pool(step: Step, x: np.ndarray) -> np.ndarray:
    places = _places(step.attributes["size"])
    values, counted = (_slid(step, one, step.attributes["size"]) for one in (x, np.ones((1, *x.shape[1:]), np.float32)))
    return _shaped(step, sum(values(i, j) for i, j in places) / sum(counted(i, j) for i, j in places))


def _over(function: Callable) -> Callable[[Step, np.ndarray], np.ndarray]:
    return lambda step, x: _shaped(step, function(x, axis=tuple(one + 1 for one in step.attributes["axes"])))


def _activation(step: Step, x: np.ndarray) -> np.ndarray:
    numbers = {name: value for name, value in step.attributes.items() if name != "function"}
    with np.errstate(over="ignore"):
        return _FUNCTIONS[step.attributes["function"]](x, **numbers)


def _relu(x: np.ndarray, max_value: float | None, negative_slope: float, threshold: float) -> np.ndarray:
    if not negative_slope and not threshold:
        return np.maximum(x, np.float32(0)) if max_value is None else np.clip(x, np.float32(0), np.float32(max_value))
    result = np.where(x >= threshold, x, np.float32(negative_slope) * (x - np.float32(threshold)))
    return result if max_value is None else np.minimum(result, np.float32(max_value))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _hard_sigmoid(x: np.ndarray) -> np.ndarray:
    return np.clip(x / 6 + np.float32(0.5), 0, 1)


def _elu(x: np.ndarray, alpha: float) -> np.ndarray:
    return np.where(x > 0, x, np.float32(alpha) * np.expm1(np.minimum(x, 0)))


def _gelu(x: np.ndarray, approximate: bool) -> np.ndarray:
    if approximate:
        return x / 2 * (1 + np.tanh(np.float32(math.sqrt(2 / math.pi)) * (x + np.float32(0.044715) * x**3)))
    from scipy.special import erf

    return x / 2 * (1 + erf(x * np.float32(math.sqrt(0.5))))


def _softplus(x: np.ndarray) -> np.ndarray:
    return np.logaddexp(x, np.float32(0))


_FUNCTIONS: dict[str, Callable[..., np.ndarray]] = {
    "relu": _relu, "sigmoid": _sigmoid, "hard_sigmoid": _hard_sigmoid, "elu": _elu, "gelu": _gelu,
    "softplus": _softplus, "tanh": np.tanh, "exponential": np.exp,
    "silu": lambda x: x * _sigmoid(x),
    "hard_silu": lambda x: x * _hard_sigmoid(x),
    "selu": lambda x: np.float32(1.0507009873554805) * _elu(x, 1.6732632423543772),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "mish": lambda x: x * np.tanh(_softplus(x))}


def _softmax(step: Step, x: np.ndarray) -> np.ndarray:
    shares = np.exp(x - x.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    return shares


def _of_all(function: Callable) -> Callable[..., np.ndarray]:
    """Return the step that joins its inputs by a function of two; the batch axis stays the first of them."""
    def join(step: Step, *inputs: np.ndarray) -> np.ndarray:
        axes = len(step.shape)
        return reduce(function, (one.reshape(len(one), *(1,) * (axes + 1 - one.ndim), *one.shape[1:])
                                 for one in inputs))

    return join


def _slice(step: Step, x: np.ndarray) -> np.ndarray:
    places = (slice(first, first + (n - 1) * by + 1, by)
              for first, by, n in zip(step.attributes["start"], step.attributes["step"], step.shape))
    return x[(slice(None), *places)]


_KINDS: dict[str, Callable[..., Any]] = {
    "convolution": _convolution, "depthwise": _depthwise, "dense": _dense,
    "scale": lambda step, x: x * step.weights["scale"] + step.weights["shift"],
    "max_pool": _max_pool, "average_pool": _average_pool,
    "mean": _over(np.mean), "max": _over(np.max), "sum": _over(np.sum),
    "activation": _activation, "softmax": _softmax,
    "add": _of_all(np.add), "subtract": _of_all(np.subtract), "multiply": _of_all(np.multiply),
    "divide": _of_all(np.divide), "maximum": _of_all(np.maximum), "minimum": _of_all(np.minimum),
    "concatenate": lambda step, *inputs: np.concatenate(inputs, axis=step.attributes["axis"] + 1),
    "reshape": _shaped,
    "transpose": lambda step, x: x.transpose(0, *(one + 1 for one in step.attributes["order"])),
    "pad": lambda step, x: np.pad(x, ((0, 0), *step.attributes["padding"]),
                                  constant_values=np.float32(step.attributes["value"])),
    "slice": _slice,
    "roll": lambda step, x: np.roll(x, step.attributes["shift"], axis=step.attributes["axis"] + 1)}
