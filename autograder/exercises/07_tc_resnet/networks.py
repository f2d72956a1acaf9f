"""Compare networks by their weights and outputs, and build residual blocks that are wrong in one place.

Every weight is set by its shape and its part in a layer alone, so equal networks give equal outputs in whatever order
they list their weights. Axes of length 1 do not count: a kernel (9, 1, 16, 24) of a 2-D convolution is the kernel
(9, 16, 24) of a 1-D convolution.
"""

import numpy as np

from autograder.judging.proxy import ModelProxy


def _squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)


def weight_shapes(model: ModelProxy, left_out: tuple[int, ...] | None = None) -> np.ndarray:
    """Return the shapes of all weights as sorted text, without biases of the shape `left_out`."""
    return np.array(sorted(str(_squeezed(weight.shape)) for weight in model.weights
                           if not (weight.name == "bias" and weight.shape == left_out)), dtype=str)


def set_random_weights(model: ModelProxy, seed: int) -> None:
    """Set weights that depend on the seed, their part and their shape alone."""
    model.set_weights([_weight(seed, weight.name, _squeezed(weight.shape)).reshape(weight.shape)
                       for weight in model.weights])


def _weight(seed: int, part: str, shape: tuple[int, ...]) -> np.ndarray:
    """Random numbers. The variances are so large that the epsilon of batch normalisation does not matter."""
    rng = np.random.default_rng([seed, *part.encode(), *shape])
    if len(shape) > 1:
        return (rng.normal(size=shape) / np.sqrt(np.prod(shape[:-1]))).astype(np.float32)
    ranges = {"gamma": (5, 20), "moving_variance": (100, 400), "bias": (0, 0)}
    return rng.uniform(*ranges.get(part, (-1, 1)), size=shape).astype(np.float32)


def flawed_block(x, channels, stride, kernel=9, strides=None, bias=False, norms=("main", "last", "shortcut"),
                 relus=("main", "shortcut", "end"), relu_first=False, shortcut="where needed", shortcut_stride=None,
                 join="add", first_channels=None):
    """Build a residual block that is wrong in one place."""
    from keras import layers

    first_stride, second_stride = strides or (stride, 1)

    def step(x, place, kernel, channels, stride):
        x = layers.Conv1D(channels, kernel, strides=stride, padding="same", use_bias=bias)(x)
        parts = [layers.BatchNormalization() if place in norms else None, layers.ReLU() if place in relus else None]
        for layer in reversed(parts) if relu_first else parts:
            x = layer(x) if layer else x
        return x

    y = step(step(x, "main", kernel, first_channels or channels, first_stride), "last", kernel, channels, second_stride)
    changes = {"where needed": stride != 1 or x.shape[-1] != channels, "new channels": x.shape[-1] != channels,
               "stride": stride != 1, "always": True, "never": False}
    if changes.get(shortcut):
        x = step(x, "shortcut", 1, channels, stride if shortcut_stride is None else shortcut_stride)
    if shortcut != "none":
        y = layers.Add()([x, y]) if join == "add" else layers.Concatenate()([x, y])
    return layers.ReLU()(y) if "end" in relus else y
