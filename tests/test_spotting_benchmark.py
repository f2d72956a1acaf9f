"""The measure of spotters counts as the lesson's own functions do."""

import numpy as np
import pytest

from autograder.judging.reference import module_of
from kws_helpers import data, features
from kws_helpers.recording import long_recording
from tools.benchmark import spotting
from tools.benchmark.spotting import REFRACTORY, SMOOTHING, THRESHOLDS, Heard, curve, detect, smooth


@pytest.fixture(scope="module")
def recording():
    return long_recording(data.load(), "testing", minutes=1, seed=1)


@pytest.fixture(scope="module")
def probabilities(recording):
    """Looks of a minute in which some class is likely for a moment, now and then, and every second keyword is heard."""
    rng = np.random.default_rng(0)
    logits = np.repeat(rng.normal(0, 4, (150, 12)), 4, axis=0)
    for first, last, label in recording.truth(spotting.CHUNK)[::2]:
        logits[first + 5 : last, label] += 10
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def test_smoothing_detection_and_counting_are_those_of_lesson_08(recording, probabilities):
    lesson, one = module_of("08_live_spotter"), Heard(recording)
    smoothed = lesson.smooth(probabilities[:, :10], SMOOTHING)
    assert np.allclose(smooth(probabilities[:, :10]), smoothed)
    measured = curve(probabilities, one)
    for number in range(0, len(THRESHOLDS), 9):
        found = lesson.detect(smoothed, THRESHOLDS[number], REFRACTORY)
        assert detect(smoothed, THRESHOLDS[number]) == found
        assert measured.alarms[number] == pytest.approx(
            lesson.false_alarms_per_hour(found, one.truth, recording.seconds))
        hit = [any(a <= t <= b and k == label for t, k in found) for a, b, label in one.truth]
        assert measured.misses[number] == pytest.approx(1 - np.mean(hit))
    assert measured.alarms[0] > 0 and 0.2 < measured.misses[20] < 0.8


def test_a_look_is_the_mfcc_of_the_last_second(recording):
    looks = np.concatenate(list(Heard(recording).looks()))
    audio = np.concatenate([np.zeros(16_000, np.float32), recording.audio])
    for number in (0, 3, 255, 256, 599):
        end = 16_000 + (number + 1) * 1600
        assert np.allclose(looks[number], features.mfcc(audio[end - 16_000 : end]), atol=1e-3)
    assert len(looks) == 600


def test_every_missed_keyword_has_a_cause(recording):
    one = Heard(recording)
    exam = {"dense": one, "sparse": one, "no keyword": one}

    def never_right(x):
        return np.tile(np.eye(12)[11], (len(x), 1))

    run = spotting._Run(never_right, exam, exam)
    assert list(run.causes(7.5)) == ["never right"] * len(one.truth)
    assert run.missed("dense", 7.5).all() and len(one.truth) == len(one.keywords)
