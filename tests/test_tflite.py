"""TensorFlow Lite: what the converter makes runs, and neither it nor the interpreter prints anything."""

import subprocess
import sys

from autograder.building.paths import ROOT

CODE = """
from kws_helpers import tflite

import keras
import numpy as np
import tensorflow as tf

model = keras.Sequential([keras.Input((49, 40)), keras.layers.Flatten(), keras.layers.Dense(12, activation="softmax")])
clips = np.random.default_rng(0).normal(size=(20, 49, 40)).astype(np.float32)
with tflite.silence():
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    exact = converter.convert()
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([clip[np.newaxis]] for clip in clips)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    small = converter.convert()
for file, tolerance in [(exact, 1e-5), (small, 0.2)]:
    run = tflite.load(file)
    np.testing.assert_allclose([run(clip) for clip in clips], model(clips), atol=tolerance)
"""


def test_a_converted_network_answers_like_the_original_and_nothing_is_printed():
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert (done.returncode, done.stdout) == (0, "")
