"""The steps of a network as a program for machines that have nothing: nine operations on one piece of memory.

The page and the C code carry out the same program. Each operation reads from and writes to places in the memory;
places are used again once nobody needs what was there.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kws_helpers.spotting.steps import Step

_AXES = 4
_NO_LIMIT = 3e38  # the largest value of a ReLU without one; the largest float is 3.4e38


@dataclass(eq=False)
class Buffer:
    """Numbers in the memory that are needed from one operation to another, both included."""

    size: int
    first: int
    last: int
    place: int = -1


@dataclass(eq=False)
class Operation:
    """One operation: its name, its numbers (a buffer, or one and a number, stands for a place), and its weights."""

    name: str
    numbers: dict[str, Any]
    weights: dict[str, Any] = field(default_factory=dict)  # in a program: their numbers in its list of arrays


@dataclass(frozen=True, eq=False)
class Program:
    """Operations in their order, their weights, and the size of the memory, in numbers."""

    operations: tuple[Operation, ...]
    arrays: tuple[np.ndarray, ...]  # kernels (filters, places, channels), all others (n,)
    memory: int
    input: Buffer
    output: Buffer


def program_of(graph: Sequence[Step]) -> Program:
    """Translate a graph.

    Raises:
        ValueError: it has an array with more than four axes.
    """
    written: list[Buffer] = []  # by each step
    buffers: list[Buffer] = []
    operations: list[Operation] = []
    for step in graph:
        inputs = [written[number] for number in step.inputs]
        if step.kind == "reshape":
            written.append(inputs[0])
            continue
        first = len(operations)
        target = Buffer(math.prod(step.shape), first, first)
        new = list(_operations(step, [graph[number] for number in step.inputs], inputs, target))
        operations += new
        for buffer in (*inputs, target):
            buffer.last = max(buffer.last, len(operations) - 1)
        buffers.append(target)
        written.append(target)
    written[-1].last = len(operations)
    return Program(tuple(operations), tuple(_collected(operations)), _place(buffers), written[0], written[-1])


def _collected(operations: Iterable[Operation]) -> list[np.ndarray]:
    """Replace the weights of operations by their numbers in a list, in which arrays that steps share are once."""
    arrays: list[np.ndarray] = []
    numbers: dict[int, int] = {}
    for one in operations:
        for name, array in one.weights.items():
            if id(array) not in numbers:
                numbers[id(array)] = len(arrays)
                arrays.append(_by_filter(array, one) if name == "kernel" else array.ravel())
            one.weights[name] = numbers[id(array)]
    return arrays


def _by_filter(kernel: np.ndarray, operation: Operation) -> np.ndarray:
    """Return a kernel as (filters, places, channels)."""
    depth = kernel.shape[-2] if operation.name == "convolve" else 1
    return kernel.reshape(-1, depth, operation.numbers["filters"]).transpose(2, 0, 1)


def _place(buffers: list[Buffer]) -> int:
    """Give each buffer a place, the largest first; return how much memory they need."""
    placed: list[Buffer] = []
    for buffer in sorted(buffers, key=lambda one: -one.size):
        place = 0
        for other in sorted(placed, key=lambda one: one.place):
            together = other.first <= buffer.last and buffer.first <= other.last
            if together and other.place < place + buffer.size:
                place = max(place, other.place + other.size)
        buffer.place = place
        placed.append(buffer)
    return max(one.place + one.size for one in buffers)


def place_of(value: Any) -> Any:
    """Return the place in the memory that a buffer stands for, or a buffer and a number; other values as they are."""
    if isinstance(value, tuple):
        buffer, start = value
        return buffer.place + start
    return value.place if isinstance(value, Buffer) else value


def _operations(step: Step, sources: Sequence[Step], inputs: Sequence[Buffer], target: Buffer) -> Iterator[Operation]:
    """Yield what carries out one step: reads `inputs` (the results of the steps `sources`) and writes `target`."""
    both = {"from": inputs[0], "to": target} if inputs else {}
    attributes, shape = step.attributes, step.shape
    if step.kind in ("convolution", "depthwise", "dense"):
        yield _with_kernel(step, sources[0].shape, both)
    elif step.kind in ("max_pool", "average_pool"):
        yield Operation("pool", both | {"function": "max" if step.kind == "max_pool" else "mean"} | _sliding(
            sources[0].shape, shape, attributes["size"], attributes))
    elif step.kind == "scale":
        yield Operation("scale", both | {"size": target.size}, dict(step.weights))
    elif step.kind in ("mean", "max", "sum"):
        axes = attributes["axes"]
        three = [math.prod(part) for part in (sources[0].shape[:axes[0]], sources[0].shape[axes[0]:axes[-1] + 1],
                                              sources[0].shape[axes[-1] + 1:])]
        yield Operation("reduce", both | {"function": step.kind, "shape": three})
    elif step.kind == "activation":
        yield Operation("activate", both | {"size": target.size} | _activation(attributes))
    elif step.kind == "softmax":
        yield Operation("softmax", both | {"size": target.size, "channels": shape[-1]})
    elif step.kind in ("add", "subtract", "multiply", "divide", "maximum", "minimum"):
        yield from _combined(step.kind, [one.shape for one in sources], inputs, shape, target)
    elif step.kind != "input":
        yield from _moved(step, sources, inputs, target)


def _with_kernel(step: Step, source: tuple[int, ...], both: dict) -> Operation:
    kernel, bias = step.weights["kernel"], step.weights["bias"]
    if step.kind == "dense":
        numbers = _sliding((math.prod(source[:-1]), source[-1]), (math.prod(step.shape[:-1]), step.shape[-1]), (1, 1))
        numbers["groups"] = 1
    else:
        numbers = _sliding(source, step.shape, kernel.shape[:2], step.attributes)
        numbers |= {"groups": step.attributes["groups"]} if step.kind == "convolution" else {}
    is_depthwise = step.kind == "depthwise"
    patch = kernel.size // len(bias) * (source[-1] if is_depthwise else 1)
    numbers |= both | {"filters": len(bias), "patch": patch}
    return Operation("depthwise" if is_depthwise else "convolve", numbers, {"kernel": kernel, "bias": bias})


def _sliding(source: tuple[int, ...], target: tuple[int, ...], size: tuple[int, int], attributes: dict | None = None
             ) -> dict[str, Any]:
    """Return how a kernel slides over (T, C) or (T, F, C)."""
    attributes = attributes or {}
    strides, dilation = (attributes.get(name, (1, 1)) for name in ("strides", "dilation"))
    (top, _), (left, _) = attributes.get("padding", ((0, 0), (0, 0)))
    (rows, columns), (out_rows, out_columns) = ((*shape[:-1], 1)[:2] for shape in (source, target))
    return {"rows": rows, "columns": columns, "channels": source[-1], "out_rows": out_rows, "out_columns": out_columns,
            "kernel_rows": size[0], "kernel_columns": size[1], "row_step": strides[0], "column_step": strides[1],
            "row_dilation": dilation[0], "column_dilation": dilation[1], "top": top, "left": left}


def _activation(attributes: dict[str, Any]) -> dict[str, Any]:
    function = attributes["function"]
    if function == "relu":
        most = attributes["max_value"]
        return {"function": function, "most": _NO_LIMIT if most is None else most,
                "slope": attributes["negative_slope"], "threshold": attributes["threshold"]}
    if function == "gelu":
        return {"function": "gelu_tanh" if attributes["approximate"] else "gelu"}
    return {"function": function} | ({"alpha": attributes["alpha"]} if function == "elu" else {})


def _strides(shape: Sequence[int]) -> np.ndarray:
    """Return how far apart two neighbours along each axis lie in the memory."""
    return np.cumprod([1, *shape[:0:-1]])[::-1]


def _combined(kind: str, shapes: Sequence[tuple[int, ...]], inputs: Sequence[Buffer], shape: tuple[int, ...],
              target: Buffer) -> Iterator[Operation]:
    """Yield the operations that combine two or more arrays, which are broadcast to one shape."""
    def spread(source: tuple[int, ...]) -> list[int]:
        missing = len(shape) - len(source)
        return [0] * missing + [0 if n == 1 else int(stride) for n, stride in zip(source, _strides(source))]

    first, strides = inputs[0], spread(shapes[0])
    for source, other in zip(shapes[1:], inputs[1:]):
        yield _looped(kind, shape, (first, 0, strides), (other, 0, spread(source)), (target, 0, _strides(shape)))
        first, strides = target, _strides(shape)


def _moved(step: Step, sources: Sequence[Step], inputs: Sequence[Buffer], target: Buffer) -> Iterator[Operation]:
    """Yield the copies that carry out a step which computes nothing."""
    attributes, shape, strides = step.attributes, sources[0].shape, _strides(sources[0].shape)
    new = _strides(step.shape)

    def copied(shape: Sequence[int], start: int, along: Iterable[int], to: int, source: Buffer = inputs[0]
               ) -> Operation:
        return _looped("copy", shape, (source, start, along), (source, start, along), (target, to, new))

    if step.kind == "transpose":
        yield copied(step.shape, 0, strides[list(attributes["order"])], 0)
    elif step.kind == "slice":
        yield copied(step.shape, int(strides @ attributes["start"]), strides * attributes["step"], 0)
    elif step.kind == "pad":
        yield Operation("fill", {"to": target, "size": target.size, "value": attributes["value"]})
        yield copied(shape, 0, strides, int(new @ [before for before, _ in attributes["padding"]]))
    elif step.kind == "roll":
        shift, axis = attributes["shift"], attributes["axis"]
        for start, end, to in ((0, shape[axis] - shift, shift), (shape[axis] - shift, shape[axis], 0)):
            part = [*shape[:axis], end - start, *shape[axis + 1:]]
            yield copied(part, int(start * strides[axis]), strides, int(to * new[axis]))
    elif step.kind == "concatenate":
        axis, start = attributes["axis"], 0
        for source, buffer in zip(sources, inputs):
            yield copied(source.shape, 0, _strides(source.shape), int(start * new[axis]), buffer)
            start += source.shape[axis]
    else:
        raise ValueError(f"A step of the kind {step.kind!r} cannot be exported.")


def _looped(function: str, shape: Sequence[int], *places: tuple[Buffer, int, Iterable[int]]) -> Operation:
    """Return `combine` for two arrays that are read and one that is written, each as buffer, start, strides."""
    if len(shape) > _AXES:
        raise ValueError(f"The network has an array with {len(shape)} axes; what is exported can have {_AXES} at most.")
    missing = _AXES - len(shape)
    numbers: dict[str, Any] = {"function": function, "shape": [1] * missing + list(shape)}
    for name, (buffer, start, strides) in zip(("from", "other", "to"), places):
        numbers |= {name: (buffer, start), f"{name}_strides": [0] * missing + [int(one) for one in strides]}
    return Operation("combine", numbers)
