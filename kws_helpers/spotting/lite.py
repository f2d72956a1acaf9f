"""A spotter as a TensorFlow Lite file in 8 bits. This module alone needs TensorFlow."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from kws_helpers import data, tflite
from kws_helpers.features import mfcc_of
from kws_helpers.spotting.file import PRETRAINED, Spotter
from kws_helpers.whole_file import write_whole

_EVERY = 10  # of the bundled training clips: they show which numbers the network meets


def write_tflite(spotter: Spotter, network: Path | None, output: Path) -> None:
    """Convert the network in a spotter's file as lesson 08 does; what is written hears standardised MFCC (1, 49, 40).

    Raises:
        ValueError: TensorFlow Lite has no such network.
    """
    import keras
    import tensorflow as tf

    clips = (mfcc_of(data.load("bundled").training)[::_EVERY] - spotter.mean) / spotter.std

    def examples() -> Iterator[list[np.ndarray]]:
        for clip in clips.astype(np.float32):
            yield [clip.reshape(1, *spotter.graph[0].shape)]

    model = keras.models.load_model(network or PRETRAINED, compile=False, safe_mode=True)
    if any(step.kind == "roll" for step in spotter.graph):
        model = keras.models.clone_model(model, clone_function=lambda layer: layer, call_function=_without_roll)
    with tflite.silence():
        converter = tf.lite.TFLiteConverter.from_keras_model(model)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = examples
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        try:
            content = converter.convert()
        except Exception as error:  # of a class that TensorFlow does not show
            reason = str(error).partition("\n")[0][:200]
            raise ValueError(f"TensorFlow Lite cannot hold this network: {reason}") from None
    write_whole(output, content)


def _without_roll(layer: Any, *inputs: Any, **more: Any) -> Any:
    """Call a layer; TensorFlow Lite has no `ops.roll` over time, but two slices side by side."""
    import keras

    if type(layer).__name__ != "Roll" or layer.axis != 1:
        return layer(*inputs, **more)
    [x] = inputs
    first = -layer.shift % x.shape[1]
    return keras.ops.concatenate([x[:, first:], x[:, :first]], axis=1) if first else x
