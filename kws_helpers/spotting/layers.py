"""What each layer of Keras does at inference, as steps of a graph."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from kws_helpers.spotting.operations import OF_ONE, OF_SEVERAL, over
from kws_helpers.spotting.steps import Layer, Steps

_NOTHING = {
    "InputLayer", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "AlphaDropout",
    "ActivityRegularization", "Identity"}
_ACTIVATIONS: dict[str, tuple[str, dict[str, Any]]] = {  # as Keras writes them: the function, and its numbers' defaults
    "relu": ("relu", {"max_value": None, "negative_slope": 0.0, "threshold": 0.0}),
    "relu6": ("relu", {"max_value": 6.0, "negative_slope": 0.0, "threshold": 0.0}),
    "leakyrelu": ("relu", {"max_value": None, "negative_slope": 0.2, "threshold": 0.0}),
    "elu": ("elu", {"alpha": 1.0}),
    "gelu": ("gelu", {"approximate": False}),
    "swish": ("silu", {}), "hardswish": ("hard_silu", {}), "hardsilu": ("hard_silu", {}),
    "hardsigmoid": ("hard_sigmoid", {}),
    **{name: (name, {}) for name in ("sigmoid", "tanh", "silu", "selu", "softplus", "softsign", "exponential", "mish")}}


def translate(layer: Layer, steps: Steps, inputs: list) -> int:
    """Add what a layer does with these inputs, numbers of steps or constants; return the number of its result.

    Raises:
        ValueError: the layer is not known; the message names it.
    """
    name, tensors = layer.class_name, [one for one in inputs if isinstance(one, int)]
    if not tensors or layer.config.get("data_format") == "channels_first":
        raise layer.unknown("channels first" if tensors else "")
    if name in _NOTHING:
        return tensors[0]
    if name in OF_SEVERAL:
        return OF_SEVERAL[name](layer, steps, inputs)
    return (_LAYERS | OF_ONE).get(name, _activate)(layer, steps, tensors[0])


def _weights(layer: Layer, kernel: int, shape: tuple[int, ...], channels: int, biased: bool = True) -> dict:
    """Return the kernel as steps have it, and the bias, which is the last of the arrays."""
    is_biased = biased and layer.config["use_bias"]
    return {"kernel": layer.once(f"kernel {kernel}", lambda: layer.arrays[kernel].reshape(shape)),
            "bias": layer.once(f"bias {kernel}", lambda: layer.arrays[-1] if is_biased else np.zeros(channels))}


def _dense(layer: Layer, steps: Steps, x: int) -> int:
    kernel = layer.arrays[0].shape
    result = steps.add("dense", [x], (*steps[x].shape[:-1], kernel[1]), **_weights(layer, 0, kernel, kernel[1]))
    return _activation_of(layer, steps, result)


def _convolution(layer: Layer, steps: Steps, x: int) -> int:
    """A convolution over one or two axes, plain, depthwise, or depthwise and then over the channels."""
    config, is_depthwise = layer.config, not layer.class_name.startswith("Conv")
    kernel = layer.arrays[0].shape
    four = (kernel[0], 1, *kernel[1:]) if len(kernel) == 3 else kernel
    channels = four[2] * four[3] if is_depthwise else four[3]
    attributes, shape = _slide(config, steps[x].shape, four[:2])
    if not is_depthwise:
        attributes["groups"] = config.get("groups", 1)
    is_last = not layer.class_name.startswith("Separable")
    result = steps.add("depthwise" if is_depthwise else "convolution", [x], (*shape, channels), attributes,
                  **_weights(layer, 0, four, channels, is_last))
    if not is_last:
        width = layer.arrays[1].shape[-1]
        result = steps.add("dense", [result], (*shape, width), **_weights(layer, 1, (channels, width), width))
    return _activation_of(layer, steps, result)


def _pool(layer: Layer, steps: Steps, x: int) -> int:
    size = layer.config["pool_size"]
    size = (*size, 1)[:2] if isinstance(size, (list, tuple)) else (size, 1)
    attributes, shape = _slide(layer.config, steps[x].shape, size)
    del attributes["dilation"]
    kind = "max_pool" if layer.class_name.startswith("Max") else "average_pool"
    return steps.add(kind, [x], (*shape, steps[x].shape[-1]), {"size": tuple(size), **attributes})


def _slide(config: dict, shape: tuple[int, ...], size: tuple[int, int]) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Return how a kernel slides over an input of this shape, and the axes of the result without the channels."""
    axes = len(shape) - 1
    strides, dilation = (_pair(config.get(name) or 1, axes) for name in ("strides", "dilation_rate"))
    lengths, padding = [], []
    for length, width, stride, spread in zip((*shape[:-1], 1)[:2], size, strides, dilation):
        reach = (width - 1) * spread + 1
        if config["padding"] == "same":
            total = max((math.ceil(length / stride) - 1) * stride + reach - length, 0)
            before, after = total // 2, total - total // 2
        else:
            before, after = (reach - 1 if config["padding"] == "causal" else 0), 0
        lengths.append((length + before + after - reach) // stride + 1)
        padding.append((before, after))
    return {"strides": strides, "dilation": dilation, "padding": tuple(padding)}, tuple(lengths[:axes])


def _pair(value: Any, axes: int) -> tuple[int, int]:
    """Return the two numbers for two axes; for a network with one axis the second is 1."""
    values = list(value) if isinstance(value, (list, tuple)) else [value] * axes
    return (*values, 1)[:2]


def _normalise(layer: Layer, steps: Steps, x: int) -> int:
    """Batch normalisation, or Keras' layers that scale inputs: scale and shift, once training is over."""
    config, shape = layer.config, steps[x].shape

    def whole(values: Any) -> np.ndarray:
        """Scale or shift as steps have it: for the last axis, or for the whole shape."""
        axis = config.get("axis", -1)
        axes = axis if isinstance(axis, list) else [-1 if axis is None else axis]
        axes = [one % (len(shape) + 1) - 1 for one in axes]
        if np.ndim(values) == 0 or axes == [len(shape) - 1]:
            return np.broadcast_to(values, shape[-1:])
        return np.broadcast_to(np.reshape(values, [shape[i] if i in axes else 1 for i in range(len(shape))]), shape)

    def both() -> tuple[np.ndarray, np.ndarray]:
        if layer.class_name == "Rescaling":
            return np.asarray(config["scale"]), np.asarray(config["offset"])
        arrays = [one.astype(np.float64) for one in layer.arrays]
        if layer.class_name == "Normalization":
            mean, variance = arrays[:2] if arrays else (np.asarray(config[name]) for name in ("mean", "variance"))
            scale = 1 / np.maximum(np.sqrt(variance), 1e-7)
            return scale, -mean * scale
        mean, variance = arrays[-2:]
        gamma = arrays[0] if config["scale"] else 1.0
        scale = gamma / np.sqrt(variance + config["epsilon"])
        return scale, (arrays[-3] if config["center"] else 0.0) - mean * scale

    return steps.add("scale", [x], shape, scale=layer.once("scale", lambda: whole(both()[0])),
                shift=layer.once("shift", lambda: whole(both()[1])))


def _global_pool(layer: Layer, steps: Steps, x: int) -> int:
    kind = "max" if "Max" in layer.class_name else "mean"
    return over(steps, kind, x, range(len(steps[x].shape) - 1), layer.config["keepdims"])


def _activation_of(layer: Layer, steps: Steps, x: int) -> int:
    """Add the activation that belongs to a layer."""
    given = layer.config.get("activation") or "linear"
    if isinstance(given, dict):
        inner = given["config"]
        name, config = (inner, {}) if isinstance(inner, str) else (given["class_name"], inner or {})
        return _activate(Layer(layer.name, name, config), steps, x)
    return _activate(Layer(layer.name, given, {}), steps, x)


def _activate(layer: Layer, steps: Steps, x: int) -> int:
    name, shape = layer.class_name.replace("_", "").lower(), steps[x].shape
    if name == "linear":
        return x
    if name == "softmax":
        if layer.config.get("axis", -1) not in (-1, len(shape)):
            raise layer.unknown(f"axis={layer.config['axis']}")
        return steps.add("softmax", [x], shape)
    if name not in _ACTIVATIONS:
        raise layer.unknown()
    function, numbers = _ACTIVATIONS[name]
    given = {key: value for key, value in layer.config.items() if key in numbers}
    return steps.add("activation", [x], shape, {"function": function, **numbers, **given})


_LAYERS: dict[str, Callable[[Layer, Steps, int], int]] = {
    "Dense": _dense, "Activation": _activation_of,
    **dict.fromkeys(["BatchNormalization", "Normalization", "Rescaling"], _normalise),
    **{f"{kind}{axes}D": function for axes in (1, 2) for kind, function in {
        "Conv": _convolution, "SeparableConv": _convolution, "DepthwiseConv": _convolution,
        "MaxPooling": _pool, "AveragePooling": _pool,
        "GlobalMaxPooling": _global_pool, "GlobalAveragePooling": _global_pool}.items()}}
