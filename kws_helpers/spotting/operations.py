"""What joins tensors or moves them, of Keras' layers and of its operations, as steps of a graph."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from kws_helpers.spotting.steps import Layer, Steps

_MERGES = {
    "Add": "add", "Subtract": "subtract", "Multiply": "multiply", "Divide": "divide", "TrueDivide": "divide",
    "Maximum": "maximum", "Minimum": "minimum", "Average": "average"}
_REDUCTIONS = {"Mean": "mean", "Max": "max", "Sum": "sum"}


def _merge(layer: Layer, steps: Steps, inputs: list) -> int:
    """Add, multiply and so on, of several tensors or of a tensor and a constant."""
    kind, constants = _MERGES[layer.class_name], [one for one in inputs if not isinstance(one, int)]
    if constants:
        return _with_constant(layer, steps, inputs)
    shape = np.broadcast_shapes(*(steps[one].shape for one in inputs))
    result = steps.add("add" if kind == "average" else kind, inputs, shape)
    if kind != "average":
        return result
    return steps.add("scale", [result], shape, scale=np.full(shape[-1:], 1 / len(inputs), np.float32),
                shift=np.zeros(shape[-1:], np.float32))


def _with_constant(layer: Layer, steps: Steps, inputs: list) -> int:
    kind, [first, second] = _MERGES[layer.class_name], inputs
    x, constant = (first, second) if isinstance(first, int) else (second, first)
    value = np.asarray(constant, np.float64)
    is_first = x is first
    scale, shift = {"add": (1, value), "multiply": (value, 0), "subtract": (1, -value) if is_first else (-1, value),
                    "divide": (1 / value, 0) if is_first and value.all() else (None, None)}.get(kind, (None, None))
    shape = steps[x].shape
    if scale is None or np.broadcast_shapes(value.shape, shape) != shape:
        raise layer.unknown("a constant")
    if np.all(scale == 1) and np.all(shift == 0):
        return x
    whole = shape[-1:] if value.size == 1 or value.shape == shape[-1:] else shape
    scale, shift = (np.broadcast_to(np.float32(one), whole).copy() for one in (scale, shift))
    return steps.add("scale", [x], shape, scale=scale, shift=shift)


def _concatenate(layer: Layer, steps: Steps, inputs: list) -> int:
    if not all(isinstance(one, int) for one in inputs):
        raise layer.unknown("a constant")
    shape = list(steps[inputs[0]].shape)
    axis = _axis(layer.config.get("axis", -1), len(shape))
    shape[axis] = sum(steps[one].shape[axis] for one in inputs)
    return steps.add("concatenate", inputs, shape, {"axis": axis})


def _slice(layer: Layer, steps: Steps, inputs: list) -> int:
    x, *slices = inputs
    if not all(isinstance(one, dict) and one["class_name"] == "__slice__" for one in slices):
        raise layer.unknown("an index that is no slice")
    shape, found = steps[x].shape, [slice(*(one["config"][key] for key in ("start", "stop", "step"))) for one in slices]
    if any(one != slice(None) for one in found[:1]) or any((one.step or 1) < 1 for one in found):
        raise layer.unknown("a slice that runs backwards or through the clips")
    ranges = [range(n)[one] for n, one in zip(shape, [*found[1:], *[slice(None)] * len(shape)])]
    return steps.add("slice", [x], [len(one) for one in ranges],
                {"start": tuple(one.start for one in ranges), "step": tuple(one.step for one in ranges)})


def _axis(axis: int, axes: int) -> int:
    """Return the number of an axis without that of the batch."""
    return axis % (axes + 1) - 1


def _reduce(layer: Layer, steps: Steps, x: int) -> int:
    shape, given = steps[x].shape, layer.config["axis"]
    axes = sorted(_axis(one, len(shape)) for one in (given if isinstance(given, list) else [given]))
    if axes[0] < 0 or axes[-1] - axes[0] != len(axes) - 1:
        raise layer.unknown(f"axis={given}")
    return over(steps, _REDUCTIONS[layer.class_name], x, axes, layer.config["keepdims"])


def over(steps: Steps, kind: str, x: int, axes: Sequence[int], keep: bool) -> int:
    shape = [1 if i in axes else n for i, n in enumerate(steps[x].shape) if keep or i not in axes]
    return steps.add(kind, [x], shape, {"axes": tuple(axes)})


def _reshape(layer: Layer, steps: Steps, x: int) -> int:
    """Layers and operations that change the shape alone: the same numbers in the same order."""
    config, shape = layer.config, list(steps[x].shape)
    if layer.class_name == "Flatten":
        shape = [math.prod(shape)]
    elif layer.class_name == "ExpandDims":
        shape.insert(_axis(config["axis"], len(shape) + 1), 1)
    elif layer.class_name == "Squeeze":
        axes = [i for i, n in enumerate(shape) if n == 1] if config["axis"] is None else np.ravel(config["axis"])
        gone = [_axis(int(one), len(shape)) if config["axis"] is not None else one for one in axes]
        shape = [n for i, n in enumerate(shape) if i not in gone]
    else:
        target = list(config["target_shape"] if "target_shape" in config else config["newshape"][1:])
        known = math.prod(n for n in target if n not in (-1, None))
        shape = [math.prod(shape) // known if n in (-1, None) else n for n in target]
    return steps.add("reshape", [x], shape)


def _transpose(layer: Layer, steps: Steps, x: int) -> int:
    shape = steps[x].shape
    given = layer.config["dims"] if "dims" in layer.config else layer.config["axes"][1:]
    order = tuple(one - 1 for one in given)
    return steps.add("transpose", [x], [shape[one] for one in order], {"order": order})


def _pad(layer: Layer, steps: Steps, x: int) -> int:
    is_less, shape = layer.class_name.startswith("Cropping"), steps[x].shape
    given = np.reshape(layer.config["cropping" if is_less else "padding"], (-1, 2))
    padding = [*((int(a), int(b)) for a, b in given), (0, 0)]
    if is_less:
        shape = [n - a - b for n, (a, b) in zip(shape, padding)]
        return steps.add("slice", [x], shape, {"start": tuple(a for a, _ in padding), "step": (1,) * len(shape)})
    if layer.config.get("value", 0):
        raise layer.unknown(f"value={layer.config['value']}")
    return steps.add("pad", [x], [n + a + b for n, (a, b) in zip(shape, padding)], {"padding": tuple(padding),
                                                                                       "value": 0.0})


def _roll(layer: Layer, steps: Steps, x: int) -> int:
    shift, axis = layer.config["shift"], layer.config["axis"]
    if not isinstance(shift, int) or not isinstance(axis, int) or _axis(axis, len(steps[x].shape)) < 0:
        raise layer.unknown(f"axis={axis}")
    axis = _axis(axis, len(steps[x].shape))
    shift %= steps[x].shape[axis]
    return steps.add("roll", [x], steps[x].shape, {"shift": shift, "axis": axis}) if shift else x


OF_SEVERAL: dict[str, Callable[[Layer, Steps, list], int]] = {
    **dict.fromkeys(_MERGES, _merge), "Concatenate": _concatenate, "GetItem": _slice}
OF_ONE: dict[str, Callable[[Layer, Steps, int], int]] = {
    "Roll": _roll, **dict.fromkeys(_REDUCTIONS, _reduce),
    **dict.fromkeys(["Flatten", "Reshape", "ExpandDims", "Squeeze"], _reshape),
    **dict.fromkeys(["Permute", "Transpose"], _transpose),
    **dict.fromkeys(["ZeroPadding1D", "ZeroPadding2D", "Cropping1D", "Cropping2D"], _pad)}
