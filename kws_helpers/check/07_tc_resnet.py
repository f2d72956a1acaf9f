"""The checks of lesson 07 that look at networks."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kws_helpers.check import expect, networks
from kws_helpers.check.calling import CallFailed
from kws_helpers.check.ladder import ladder


@ladder("residual_block(x, channels, stride)")
def residual_block(f):
    yield "returns a place in a network (a KerasTensor)"
    _block(f, 16, 16, 1)
    yield "builds a block that changes the shape: stride 2, and 24 channels from 16"
    _block(f, 16, 24, 2)
    yield "gives the channels that it is asked for, and half the frames with stride 2"
    for inputs, channels, stride, frames in [(16, 24, 2, 25), (16, 16, 1, 49), (16, 16, 2, 25), (16, 20, 1, 49)]:
        got = networks.squeezed(_block(f, inputs, channels, stride).output_shape)
        expect.that(got == (None, frames, channels), f"shape (None, {frames}, {channels}) for an x of {inputs} "
                    f"channels, channels={channels} and stride={stride}", str(got),
                    'padding="same" keeps the frames; the stride divides them. Both ways end with the same shape and are added.')
    yield "has the kernels of the table, where the shape changes"
    networks.has_kernels(_block(f, 16, 24, 2), [(9, 16, 24), (9, 24, 24), (16, 24)])
    yield "leaves x alone on the shortcut, where the shape stays the same"
    networks.has_kernels(_block(f, 24, 24, 1), [(9, 24, 24), (9, 24, 24)])
    yield "has a convolution on the shortcut, if only the stride or only the channels change the shape"
    networks.has_kernels(_block(f, 24, 24, 2), [(9, 24, 24), (9, 24, 24), (24, 24)])
    networks.has_kernels(_block(f, 16, 24, 1), [(9, 16, 24), (9, 24, 24), (16, 24)])
    yield "has a batch normalisation for every convolution, and no biases"
    for channels, stride, count, words in [(24, 2, 3, "three convolutions"), (16, 1, 2, "two convolutions")]:
        networks.has_norms(_block(f, 16, channels, stride), count, f"{words}, each a layer of its own")
    x = np.random.default_rng(0).uniform(0.5, 2, size=(2, 49, 3)).astype(np.float32)
    yield "lets x through unchanged, where the main path says nothing"
    keeps = _block(f, 3, 3, 1)
    _set(keeps)
    expect.close(networks.run(keeps, x), x, "All numbers of the main path were 0 here, and x was positive: x + 0 = x.",
                 2e-3, known=[(np.zeros_like(x), "Nothing of x arrives at the end. Either nothing is added, or the main "
                               "path was stored in `x`, so that it was added to itself. Give it a name of its own."),
                              (x / 2, "The mean of both ways is taken (Average). Add them.")])
    yield "adds before the last ReLU: the main path can take away from x"
    _set(keeps, beta=-1)
    expect.close(networks.run(keeps, x), np.maximum(x - 1, 0), "The main path was -1 everywhere, and x from 0.5 to 2. The "
                 "result is x - 1, and 0 where that is negative.", 2e-3)
    yield "has batch normalisation and then ReLU between the two convolutions"
    grows = _block(f, 2, 3, 1)
    _set(grows, beta=1, kernel=lambda shape: np.zeros(shape) if len(shape) == 2 else
         _looking_at(4, -1.0 if shape[-2] == 2 else 1.0, shape))
    expect.close(networks.run(grows, np.full_like(x, 2)[..., :2])[..., :2], np.full((2, 49, 2), 2.0), "The first convolution "
                 "gave -2 here, batch normalisation made -1 of it, and ReLU 0. Then the second convolution gives 0, batch "
                 "normalisation 1, and the shortcut is 1.", 4e-3, known=[
        (np.full((2, 49, 2), 3.0), "The order is convolution, batch normalisation, ReLU. Here ReLU came before batch "
                                   "normalisation."), (np.ones((2, 49, 2)), "There is no ReLU between the convolutions.")])
    yield "has batch normalisation and ReLU on the shortcut's convolution"
    changes = _block(f, 3, 3, 2)
    _set(changes, beta=1, kernel=lambda shape: _looking_at(0, -3.0, shape) if len(shape) == 2 else np.zeros(shape))
    expect.close(networks.run(changes, np.ones_like(x)), np.ones((2, 25, 3)), "The shortcut's convolution gave -3 here, batch "
                 "normalisation made -2 of it, and ReLU 0. The main path was 1.", 2e-3)
    yield "has the stride in the first convolution of the main path"
    _set(changes, kernel=lambda shape: np.zeros(shape) if len(shape) == 2 else _looking_at(5, 1.0, shape))
    ramp = np.tile(np.arange(49, dtype=np.float32)[:, np.newaxis], (1, 1, 3))
    expect.close(networks.run(changes, ramp)[0, :5, 0], [3, 5, 7, 9, 11], "Both kernels looked one frame ahead here. With the "
                 "stride in the first, the first result comes from frame 3; with the stride in the second, from "
                 "frame 2.", 2e-3)
    yield "remembers with momentum=0.95 in every batch normalisation"
    for channels, stride in [(3, 1), (24, 2)]:
        _expect_momentum(_block(f, 3, channels, stride), 0.95)


@ladder("build_tc_resnet8(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5)")
def build_tc_resnet8(f):
    model, clips = yield from networks.is_built(f, 4, "What makes one row of numbers of all frames?")
    yield "has the kernels of the table"
    networks.has_kernels(model, _table(16, 24, 32, 48, 12), known=[
        ((336, 12), "All frames are flattened before the last layer. Take their mean: GlobalAveragePooling1D."),
        ((16, 12), "No block is on the way to the last layer. Keep what each returns: x = residual_block(x, …)."),
        ((9, 40, 48), "Each block gets the clip. It gets what comes out of the part before it."),
        ((9, 40, 16), "The first convolution has a kernel of 3 frames. Those of 9 are in the blocks.")])
    yield "has a batch normalisation for every convolution, and no biases but the last layer's"
    networks.has_norms(model, 10, "ten convolutions", classes=12)
    yield from networks.gives_probabilities(networks.run(model, 3 * clips), of_loud=networks.run(model, 1000 * clips))
    yield "halves the frames in each block: with kernels that look at one frame, every eighth frame is seen"
    _set(model, kernel=_looking_at_the_middle)
    silence = np.zeros((1, 49, 40), np.float32)
    expect.that(_score(model, _with_peaks(8)) > 1e-4, "another answer when frame 8 changes", "the same",
                'padding="same" keeps every frame in its place.')
    for frame in (1, 2, 4, 6, 12):
        expect.close(_score(model, _with_peaks(frame)), _score(model, silence), f"Frame {frame} changes the answer here "
                     "although no kernel sees its neighbours. Has each of the three blocks stride 2?")
    yield "takes the mean over the frames"
    one, two = _score(model, _with_peaks(8)), _score(model, _with_peaks(8, 24))
    expect.close(two / one, 2, "Two peaks should count twice as much as one. The largest "
                 "value of all (GlobalMaxPooling) counts only one of them.", tolerance=1e-2)
    yield "has ReLU behind the first convolution: a negative number does not get through"
    _set(model, kernel=lambda shape: _first_and_second_turn_the_sign(shape))
    expect.close(_score(model, _with_peaks(8)), 0, "The first convolution gave a negative number here, and the next "
                 "would have made a positive one of it.")
    yield "drops nothing in use, everything with its share in training"
    for rate in (0.5, 0.0, 0.8):
        _expect_dropout(expect.model(f(dropout=rate)), rate)
    yield from networks.takes_other_sizes(f, (30, 13))
    yield "multiplies all numbers of channels by the width, and rounds down"
    for width, channels in [(0.5, (8, 12, 16, 24)), (1.2, (19, 28, 38, 57))]:
        model = expect.model(f(width=width))
        networks.run(model, clips)
        _expect_channels(model, width, channels)


# What the steps above are made of.

def _block(f: Callable, inputs: int, channels: int, stride: int) -> Any:
    """A network of one block for 49 frames, with an x of shape (N, T, C) or else (N, T, 1, C)."""
    import keras

    for axes in ((49, inputs), (49, 1, inputs), (49, inputs)):  # the first once more, so that the message names it
        x = keras.Input(axes)
        try:
            y = f(x, channels, stride)
        except CallFailed as failure:
            reason = failure
            continue
        expect.that(isinstance(y, keras.KerasTensor), "a KerasTensor, the place where the last layer ends", y,
                    "Return that place, without a network around it." if isinstance(y, keras.Model) else "")
        return keras.Model(x, y)
    if cause := networks.why_it_cannot_be_added(str(reason), stride):
        raise expect.Missed("a block that can be built", str(reason).removeprefix("it raised "), cause) from None
    raise reason


def _table(*channels: int) -> list[tuple[int, ...]]:
    """The kernels of a TC-ResNet8 with these numbers of channels, the last of them the classes."""
    first, *blocks, classes = channels
    kernels = [(3, 40, first)]
    for before, after in zip([first, *blocks], blocks):
        kernels += [(9, before, after), (9, after, after), (before, after)]
    return [*kernels, (blocks[-1], classes)]


def _expect_channels(model: Any, width: float, channels: Sequence[int]) -> None:
    """Expect a TC-ResNet8 with these numbers of channels, and say what mistake gives others."""
    exact = [width * size for size in (16, 24, 32, 48)]
    mistakes = [([round(one) for one in exact], "They are rounded to the nearest: round down, with int."),
                ([math.ceil(one) for one in exact], "They are rounded up: round down, with int."),
                ([16, *channels[1:]], "The first convolution's 16 channels are multiplied, too."),
                ([16, 24, 32, 48], "`width` is not used.")]
    advice = "Each of the four numbers is multiplied, then rounded down: int(16 * width), and so on."
    shapes = networks.kernel_shapes(model)
    words = next((words for wrong, words in mistakes if shapes == Counter(_table(*wrong, 12))), advice)
    expect.that(shapes == Counter(_table(*channels, 12)),
                f"{', '.join(map(str, channels[:-1]))} and {channels[-1]} channels for width={width}",
                f"a first convolution of {_first_channels(shapes)} channels, and blocks of {_block_channels(shapes)}",
                words)


def _first_channels(shapes: Counter) -> str:
    return " or ".join(str(shape[-1]) for shape in shapes if len(shape) == 3 and shape[1] == 40) or "other"


def _block_channels(shapes: Counter) -> str:
    return ", ".join(str(shape[-1]) for shape in shapes if len(shape) == 3 and shape[1] == shape[2]) or "other"


def _expect_momentum(model: Any, momentum: float) -> None:
    """After one training step the running mean, 0 before, has to be the share 1 - momentum of the mean that was seen."""
    _set(model, beta=1, kernel=lambda shape: _looking_at(shape[0] // 2, 1.0, shape))
    networks.run(model, np.ones((4, 49, 3), np.float32), training=True)
    steps = [1 - float(np.max(weight.numpy())) for weight in model.weights if weight.name == "moving_mean"]
    for got in steps:
        expect.that(abs(got - momentum) < 5e-3, f"momentum={momentum}", f"{got:.3g}",
                    "BatchNormalization(momentum=0.95): without it, Keras takes 0.99.")


def _set(model: Any, kernel: Callable = np.zeros, gamma: float = 1, beta: float = 0) -> None:
    """Set all weights. Batch normalisation becomes gamma times x plus beta."""
    others = {"gamma": gamma, "beta": beta, "moving_variance": 1}
    networks.assign(model, lambda name, shape: kernel(shape) if len(shape) > 1 else others.get(name, 0))


def _looking_at(place: int, factor: float, shape: tuple[int, ...]) -> np.ndarray:
    """A kernel that hands each channel on from one of its places, times a factor."""
    kernel = np.zeros(shape)
    diagonal = factor * np.eye(*shape[-2:])
    if len(shape) == 2:
        return diagonal
    kernel[place] = diagonal
    return kernel


def _looking_at_the_middle(shape: tuple[int, ...]) -> np.ndarray:
    if shape[-1] == 12:
        return _for_class_0(shape)
    return _looking_at(shape[0] // 2, 1.0, shape)


def _first_and_second_turn_the_sign(shape: tuple[int, ...]) -> np.ndarray:
    """The first convolution, of 3 places, and the first shortcut turn the sign; the main paths say nothing."""
    if shape[-1] == 12:
        return _for_class_0(shape)
    if len(shape) == 3 and shape[0] == 9:
        return np.zeros(shape)
    return _looking_at(shape[0] // 2, -1.0 if shape[-1] in (16, 24) else 1.0, shape)


def _for_class_0(shape: tuple[int, ...]) -> np.ndarray:
    """The last layer: every number counts for class 0, and for no other class."""
    weights = np.zeros(shape)
    weights[..., 0] = 0.05
    return weights


def _with_peaks(*frames: int) -> np.ndarray:
    clip = np.zeros((1, 49, 40), np.float32)
    clip[:, list(frames)] = 1
    return clip


def _score(model: Any, x: np.ndarray, training: bool = False) -> float:
    """How much more the network believes in class 0 than in class 1, for one clip."""
    p = networks.run(model, x, training)[0]
    return float(np.log(p[0]) - np.log(p[1]))


def _expect_dropout(model: Any, rate: float) -> None:
    """With all numbers before the last layer equal, the scores tell in training what share of them was kept."""
    networks.run(model, np.zeros((1, 49, 40), np.float32))
    _set(model, kernel=lambda shape: _for_class_0(shape) if shape[-1] == 12 else np.zeros(shape), gamma=0, beta=1)
    clips = np.zeros((200, 49, 40), np.float32)
    in_use = _score(model, clips)
    p = networks.run(model, clips, training=True)
    steps = np.diff(np.unique(np.round(np.log(p[:, 0]) - np.log(p[:, 1]), 3)))
    expected = in_use / 48 / (1 - rate) if rate else 0.0
    got = float(min(steps[steps > 5e-3], default=0.0))
    share = 1 - in_use / 48 / got if got else 0.0
    expect.that(abs(got - expected) < 0.02 * max(expected, 0.1),
                f"that a share of {rate} of 48 numbers is dropped before the last layer in training",
                "another share, or dropout in another place" if got else "no dropout",
                "The rate is fixed at 0.5. Use `dropout`." if abs(share - 0.5) < 0.02 and rate != 0.5 else
                "`dropout` is the share that is dropped, not the share that is kept." if abs(share - 1 + rate) < 0.02 else
                "Dropout(dropout) belongs between the mean over the frames and the last layer.")
