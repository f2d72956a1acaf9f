"""What the ladders of several lessons ask of networks, and how they look inside: by setting weights."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from kws_helpers.check import expect
from kws_helpers.check.raw_errors import in_words


def run(model: Any, clips: np.ndarray, training: bool = False, cause: str = "") -> np.ndarray:
    """Return the outputs (N, ...) for clips (N, T, F), which a network of 2-D convolutions sees as (N, T, 1, F)."""
    shape = getattr(model, "input_shape", None)
    two = isinstance(shape, tuple) and len(shape) == 4 and shape[2] == 1
    try:
        outputs = np.asarray(model(clips[:, :, np.newaxis] if two else clips, training=training))
    except Exception as error:
        raise expect.Missed(f"a network that takes clips of shape {clips.shape[1:]}",
                            f"an error: {in_words(error)}",
                            cause or "Does the network use `input_shape`?") from None
    return outputs[:, :, 0] if two else outputs


def is_built(f: Callable, n_clips: int, advice: str, cause: str = "", but: str = "") -> Iterator[str]:
    """Steps: a model for clips comes back. Return it, and the random clips (n_clips, 49, 40) that it was tried on."""
    clips = np.random.default_rng(0).normal(size=(n_clips, 49, 40)).astype(np.float32)
    yield "returns a keras.Model"
    model = expect.model(f())
    yield f"takes clips of shape (49, 40){but} and gives 12 numbers for each"
    expect.shape(run(model, clips, cause=cause), (n_clips, 12), advice)
    return model, clips


def gives_probabilities(outputs: np.ndarray, tolerance: float = 1e-4,
                        of_loud: np.ndarray | None = None) -> Iterator[str]:
    """Step: the outputs (N, n_classes) are probabilities, and those of loud clips, `of_loud`, of one softmax."""
    yield "gives probabilities"
    expect.that(np.all((outputs >= 0) & (outputs <= 1)), "values from 0 to 1", outputs[0],
                "What turns scores into probabilities?")
    expect.close(outputs.sum(axis=-1), np.ones(len(outputs)), "The probabilities of a clip sum to 1 after a softmax.",
                 tolerance)
    if of_loud is not None:
        expect.that(np.max(of_loud) > 0.5, "a probability near 1 for features 1,000 times as large",
                    f"{np.max(of_loud):.2f} at most", "The softmax of a softmax is never sure. One is enough: in the "
                    "last Dense, or as a layer after it.")


def takes_other_sizes(f: Callable, shape: tuple[int, int], cause: str = "") -> Iterator[str]:
    """Step: clips of this shape and three classes will do as well."""
    yield "takes another input shape and another number of classes"
    other = expect.model(f(input_shape=shape, n_classes=3))
    outputs = run(other, np.zeros((2, *shape), np.float32), cause=cause)
    expect.shape(outputs, (2, 3), "Use `input_shape` and `n_classes`.")


def squeezed(shape: tuple) -> tuple:
    """Leave out axes of length 1: the kernel (9, 1, 16, 24) of a 2-D convolution is the (9, 16, 24) of a 1-D one."""
    return tuple(size for size in shape if size != 1)


def assign(model: Any, value: Callable[[str, tuple], Any]) -> None:
    """Set every weight to `value(name, shape)`, an array or one number for all places; see `squeezed` for the shape."""
    for weight in model.weights:
        shape = squeezed(weight.shape)
        array = np.broadcast_to(np.asarray(value(weight.name, shape), np.float32), shape)
        weight.assign(array.reshape(weight.shape))


def kernel_shapes(model: Any) -> Counter:
    """Count the kernels of each shape."""
    return Counter(squeezed(weight.shape) for weight in model.weights if len(weight.shape) > 1)


def has_kernels(model: Any, expected: list[tuple[int, ...]], known: expect.Known = ()) -> None:
    """Expect kernels of these shapes and no others, in any order. `known`: [(a shape that a mistake gives, words)]."""
    wanted = Counter(expected)
    got = kernel_shapes(model)
    missing, extra = wanted - got, got - wanted
    expect.that(not (missing or extra), f"kernels of the shapes {_listed(wanted)}" if missing else "no other kernels",
                (f"no {_listed(missing)}" if missing else "") + (" but " if missing and extra else "")
                + (f"{_listed(extra)} as well" if extra else ""),
                next((words for shape, words in known if shape in extra),
                     "The shapes are (frames, channels in, channels out), axes of length 1 left out."))


def _listed(shapes: Counter) -> str:
    return ", ".join(str(shape) for shape in shapes.elements())


def has_norms(model: Any, count: int, words: str, classes: int | None = None) -> None:
    """Expect so many batch normalisations, and no biases but those of the last layer, one for each of the `classes`."""
    parts = Counter(weight.name for weight in model.weights
                    if not (weight.name == "bias" and tuple(weight.shape) == (classes,)))
    expect.that(not parts["bias"], "no biases", f"{parts['bias']}", "use_bias=False: batch normalisation has its own.")
    for part in ("gamma", "beta", "moving_variance"):
        expect.that(parts[part] == count, f"{count} batch normalisations for {words}", f"{parts[part]}",
                    "One follows each convolution, with its factor and its summand.")


def dropout_rates(model: Any, input_shape: tuple[int, int], n_classes: int) -> tuple[float, float]:
    """Return the rates of the dropout behind the hidden layers of 64 and of 128 neurons, measured in training mode.

    The kernels are set so that every class but the first looks at one neuron of its own. Without dropout, that neuron
    always has the same value. Dropout behind it makes it 0, dropout in the layer before makes it smaller.
    """
    def value(name: str, shape: tuple) -> Any:
        if shape == (64, 128):
            return np.eye(64, 128)
        if shape == (128, n_classes):
            return np.eye(128, n_classes) * (np.arange(n_classes) > 0)
        return {"gamma": 1, "beta": 1 if shape == (64,) else 5, "moving_variance": 1}.get(name, 0)

    run(model, np.zeros((2, *input_shape), np.float32))  # some models have no weights before
    assign(model, value)
    with np.errstate(all="ignore"):
        scores = np.log(run(model, np.zeros((600, *input_shape), np.float32), training=True).astype(float))
    seen = scores[:, 1:] - scores[:, :1]
    hidden = seen < 0.01
    smaller = ~hidden & (seen < seen.max(axis=0) - 0.5)
    return float(np.mean(smaller) / max(np.mean(~hidden), 1e-9)), float(np.mean(hidden))


def why_it_cannot_be_added(error: str, stride: int) -> str:
    """What to say of two paths that Keras cannot add, or of a layer that gets another shape than before."""
    if "gets an input of shape" in error:
        return "Is one layer object used in two places? It holds weights: make a new layer for each place."
    shapes = re.findall(r"[\[(](?:None, )?(\d+), (?:1, )?(\d+)[\])]", error)
    frames, channels = ({one[axis] for one in shapes} for axis in (0, 1))
    halves = math.ceil(49 / stride)
    if len(frames) == 2 and stride == 1:
        return 'Frames are lost on one path: every convolution needs padding="same".'
    if len(frames) == 2 and str(math.ceil(halves / stride)) in frames - {str(halves)}:
        return ("One path has the stride twice. Either both convolutions of the main path have it, or the shortcut "
                "begins where the main path ends, because that was stored in `x`. Keep x: give the main path a name of "
                "its own, and the stride to its first convolution only.")
    if len(frames) == 2:
        return "One path has no stride: the main path's first convolution has it, and the shortcut's convolution, too."
    if len(channels) == 2:
        return "The two paths have different numbers of channels: every convolution gives `channels`."
    return ""
