"""Speed, as ratios of two ways to do the same work, measured side by side in one run."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

REPEATS = 3
CLIPS = 1000
EPOCHS = 8


@dataclass(frozen=True)
class Ratio:
    """How many times as fast `work` is as `against`; both in seconds."""

    work: str
    against: str
    seconds: float
    others: float

    def __str__(self) -> str:
        return f"{self.work}: {self.times:.1f} x as fast as {self.against}"

    @property
    def times(self) -> float:
        return self.others / self.seconds


def wav_to_mfcc() -> Ratio:
    """From WAV files to MFCC: as a data set, with nothing in the cache, against librosa clip by clip."""
    import librosa
    import soundfile

    from kws_helpers import data, features

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        (source / "yes").mkdir(parents=True)
        for number, clip in enumerate(data.load("bundled").training.clips[:CLIPS]):
            soundfile.write(source / "yes" / f"{number:08x}_nohash_0.wav", clip, data.SAMPLE_RATE)

        def together() -> None:
            with mock.patch.dict(os.environ, KWS_CACHE=tempfile.mkdtemp(dir=folder)):
                features.mfcc(data.load(source).recordings.clips)

        def one_by_one() -> None:
            for path in sorted((source / "yes").iterdir()):
                clip, _ = librosa.load(path, sr=data.SAMPLE_RATE)
                librosa.feature.mfcc(y=clip, sr=data.SAMPLE_RATE, n_mfcc=40, n_fft=640, hop_length=320, center=False)

        return _row(f"from {CLIPS} WAV files to MFCC", "librosa, clip by clip", together, one_by_one)


def second_load() -> Ratio:
    """Loading the bundled data from the cache against decoding it."""
    from kws_helpers import data

    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, KWS_CACHE=folder):

        def first() -> None:
            shutil.rmtree(folder)
            data.load("bundled")

        first()
        return _row("load the bundled data again", "the first time", lambda: data.load("bundled"), first)


def warm_kernel() -> Ratio:
    """Executing and judging lesson 02 in a kernel that is forked against one that is started anew."""
    from autograder.judging.judged_run import execute_and_judge
    from autograder.running.sandbox import warm

    with tempfile.TemporaryDirectory() as folder:
        job = _solved("02_ffnn", folder)

        def cold() -> None:
            with mock.patch.object(warm, "zygote", lambda: None):
                execute_and_judge(job, seed=0)

        return _row("grade a notebook of lesson 02, its kernel forked", "its kernel started",
                    lambda: execute_and_judge(job, seed=0), cold)


def parallel_grading() -> Ratio:
    """Executing and judging lesson 01 to 07 twice each as `grade` does it, with two workers against one after another.

    What is done once for a class, such as the process that kernels are forked from, is there before. The longest lesson
    comes first, so that no worker is idle at the end while the other is at it: the end of a class counts less.
    """
    from concurrent.futures import ThreadPoolExecutor
    from itertools import count

    from autograder.building.lesson import lesson_names
    from autograder.judging.judged_run import execute_and_judge

    seeds = count()
    with tempfile.TemporaryDirectory() as folder:
        jobs = [_solved(name, folder) for name in reversed(lesson_names()[:6])] * 2

        def with_workers(number: int) -> None:
            with ThreadPoolExecutor(number) as pool:
                list(pool.map(execute_and_judge, jobs, seeds))  # no student's cases are those of another

        return _row(f"grade {len(jobs)} notebooks, 2 workers", "1 worker", lambda: with_workers(2),
                    lambda: with_workers(1))


def _solved(lesson: str, folder: str) -> Any:
    """Return the job for a lesson that is solved, as `grade` makes it."""
    import nbformat

    from autograder.building.notebooks import source_notebook
    from autograder.grading.grade import KERNEL_ENVIRONMENT
    from autograder.grading.skippable_cells import skippable
    from autograder.running.execute import Job
    from autograder.running.sandbox.protection import best_protection
    from autograder.running.sandbox.provisioner import prepare

    notebook, protection = source_notebook(lesson), best_protection()
    prepare(protection)
    return Job(nbformat.writes(notebook), folder, KERNEL_ENVIRONMENT, protection=protection,
               left_out=skippable(notebook, lesson))


def fresh_clips() -> Ratio:
    """An epoch of lesson 07's network on clips changed afresh against an epoch on the clips as they are."""
    from autograder.judging.reference import module_of
    from kws_helpers import data, features
    from kws_helpers.augment import AugmentedClips

    dataset = data.load("bundled")
    prepared = features.prepare(dataset)
    model = _compiled(module_of("07_tc_resnet").build_tc_resnet8())
    changed = AugmentedClips(dataset, prepared)
    return _row("an epoch of TC-ResNet8, clips changed afresh", "the clips as they are",
                lambda callbacks: _fit(model, callbacks, changed),
                lambda callbacks: _fit(model, callbacks, prepared.training.x, prepared.training.y),
                seconds=_of_an_epoch)


def one_dimension() -> Ratio:
    """Lesson 07's network against the same network with 2-D convolutions."""
    from autograder.judging.reference import module_of
    from kws_helpers import data, features

    clips = features.prepare(data.load("bundled")).training
    flat, wide = _compiled(module_of("07_tc_resnet").build_tc_resnet8()), _compiled(_tc_resnet8_in_2d())
    assert flat.count_params() == wide.count_params()
    return _row("an epoch of TC-ResNet8, 1-D", "2-D convolutions",
                lambda callbacks: _fit(flat, callbacks, clips.x, clips.y),
                lambda callbacks: _fit(wide, callbacks, clips.x[:, :, None], clips.y), seconds=_of_an_epoch)


def listening() -> Ratio:
    """Listening to a recording without TensorFlow, on one core, against the time that the recording takes."""
    from threadpoolctl import threadpool_limits

    from autograder.judging.reference import module_of
    from kws_helpers import data, features, recording, spotting
    from kws_helpers.spotting.stream import CHUNK, Stream

    dataset = data.load("bundled")
    prepared, sound = features.prepare(dataset), recording.long_recording(dataset, "testing")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spotter.keras"
        spotting.save(path, module_of("07_tc_resnet").build_tc_resnet8(), class_names=dataset.class_names,
                      mean=prepared.mean, std=prepared.std)
        spotter = spotting.load(path)
    chunks = sound.audio[: len(sound.audio) // CHUNK * CHUNK].reshape(-1, CHUNK)
    with threadpool_limits(1):
        times = [_seconds(lambda: list(Stream(spotter).hear(chunks))) for _ in range(1 + REPEATS)]
    return Ratio(f"listen to {sound.seconds / 60:.0f} minutes with TC-ResNet8, one core", "they take to play",
                 float(np.median(times[1:])), sound.seconds)


RATIOS = (wav_to_mfcc, second_load, fresh_clips, one_dimension, listening, warm_kernel, parallel_grading)


def _tc_resnet8_in_2d() -> Any:
    """TC-ResNet8 as it is usually written (Choi and others, 2019): pictures one pixel wide, kernels of 9 x 1."""
    import keras

    def convolution(x: Any, channels: int, kernel: int, stride: int = 1) -> Any:
        layer = keras.layers.Conv2D(channels, (kernel, 1), strides=(stride, 1), padding="same", use_bias=False)
        return keras.layers.BatchNormalization(momentum=0.95)(layer(x))

    relu = keras.ops.relu
    clip = keras.Input((49, 1, 40))
    x = relu(convolution(clip, 16, 3))
    for channels in (24, 32, 48):
        main = convolution(relu(convolution(x, channels, 9, 2)), channels, 9)
        x = relu(main + relu(convolution(x, channels, 1, 2)))
    x = keras.layers.Dropout(0.5)(keras.layers.GlobalAveragePooling2D()(x))
    return keras.Model(clip, keras.layers.Dense(12, activation="softmax", use_bias=False)(x))


def _compiled(model: Any) -> Any:
    import keras

    model.compile(optimizer=keras.optimizers.AdamW(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _fit(model: Any, callbacks: list, x: Any, y: Any = None) -> None:
    model.fit(x, y, batch_size=None if y is None else 64, epochs=EPOCHS, verbose=0, callbacks=callbacks)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _of_an_epoch(train: Callable[[list], object]) -> float:
    """Seconds of one of the epochs behind the first, in which TensorFlow compiles the network."""
    import keras

    ends = []
    train([keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: ends.append(time.perf_counter()))])
    return float(np.median(np.diff(ends)))


def _row(work: str, against: str, this: Callable, other: Callable,
         seconds: Callable[[Callable], float] = _seconds) -> Ratio:
    """Measure in turn, so that a busy machine slows both; compare the medians."""
    times = np.array([[seconds(this), seconds(other)] for _ in range(1 + REPEATS)])
    ours, theirs = np.median(times[1:], axis=0)  # the first round only warms up
    return Ratio(work, against, float(ours), float(theirs))
