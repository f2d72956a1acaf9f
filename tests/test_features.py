"""MFCC equal librosa's, and standardisation learns from the training split alone."""

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from kws_helpers import data, features

from .audio_files import make_source
from .test_data import load_with_cache

TIME = np.arange(16_000) / 16_000


def sine(frequency, amplitude=1.0):
    return amplitude * np.sin(2 * np.pi * frequency * TIME)


def signals():
    rng = np.random.default_rng(0)
    return {
        "zeros": np.zeros(16_000),
        "constant": np.ones(16_000),
        "impulse": np.eye(1, 16_000, 8_000)[0],
        "sine": sine(440),
        "sine at 1 kHz, where the mel scale bends": sine(1000, 0.1),
        "very quiet sine": sine(440, 1e-4),
        "clipped": np.clip(sine(300, 5), -1, 1),
        "noise": 0.1 * rng.standard_normal(16_000),
        "noise of 1e-4": 1e-4 * rng.standard_normal(16_000),
        "noise of 1e-6": 1e-6 * rng.standard_normal(16_000),
        "noise after zeros": np.r_[np.zeros(9_000), 0.3 * rng.standard_normal(7_000)],
        "short": 0.1 * rng.standard_normal(640),
        "long": 0.1 * rng.standard_normal(40_123),
    }


@pytest.fixture(scope="module")
def bundled(shared_cache):
    yield from load_with_cache("bundled", shared_cache)


@pytest.fixture
def small(tmp_path, monkeypatch):
    monkeypatch.setenv("KWS_CACHE", str(tmp_path / "cache"))
    return data.load(make_source(tmp_path / "source"))


def librosa_mfcc(audio):
    import librosa

    return librosa.feature.mfcc(
        y=audio.astype(np.float32), sr=16_000, n_mfcc=40, n_fft=640, hop_length=320, center=False
    ).T


def test_clips_that_are_read_as_they_are_needed_have_the_mfcc_of_an_array(small):
    clips = small.recordings.clips
    assert np.array_equal(features.mfcc(clips), features.mfcc(np.asarray(clips)))


@pytest.mark.parametrize("name", signals())
def test_equal_to_librosa(name):
    audio = signals()[name]
    np.testing.assert_allclose(features.mfcc(audio), librosa_mfcc(audio), atol=1e-3, rtol=0)


def test_equal_to_librosa_on_speech_in_one_batch_of_loud_and_quiet_clips(bundled):
    """top_db counts from the loudest point of each clip, not of the batch."""
    clips = bundled.recordings.clips[np.random.default_rng(0).choice(len(bundled.recordings), 40, replace=False)]
    clips[::2] *= 1e-3
    found = features.mfcc(clips)
    assert found.shape == (40, 49, 40) and found.dtype == np.float32
    for clip, coefficients in zip(clips, found, strict=True):
        np.testing.assert_allclose(coefficients, librosa_mfcc(clip), atol=1e-3, rtol=0)


def test_a_clip_has_the_same_features_alone_and_in_any_batch(bundled):
    clips = bundled.training.clips[:150]  # more than one internal batch
    together = features.mfcc(clips)
    for i in (0, 63, 64, 149):
        np.testing.assert_allclose(features.mfcc(clips[i]), together[i], atol=1e-3, rtol=0)
    np.testing.assert_allclose(features.mfcc(clips.reshape(3, 50, -1)).reshape(150, 49, 40), together, atol=1e-3)
    assert features.mfcc(clips[:0]).shape == (0, 49, 40)


def test_the_argument_is_not_changed():
    clip = np.full(16_000, 0.25, np.float32)
    features.mfcc(clip)
    assert (clip == 0.25).all()


@pytest.mark.parametrize(
    ("audio", "message"),
    [
        (np.zeros(639, np.float32), "639"),
        (np.zeros(16_000, np.int16), "int16"),
        (np.r_[np.zeros(999), np.nan], "finite"),
        (np.r_[np.zeros(999), np.inf], "finite"),
        (np.float32(1), "shorter"),
    ],
)
def test_what_is_not_audio_is_named(audio, message):
    with pytest.raises(ValueError, match=message):
        features.mfcc(audio)


def test_mfcc_of_is_computed_once(small, monkeypatch):
    first = features.mfcc_of(small.training)
    np.testing.assert_allclose(first, features.mfcc(small.training.clips), atol=1e-3)
    monkeypatch.setattr(features, "mfcc", lambda audio: pytest.fail("computed again"))
    np.testing.assert_array_equal(features.mfcc_of(small.training), first)


def test_other_clips_have_other_cached_features(small, tmp_path):
    before = features.mfcc_of(small.training)
    clip = tmp_path / "source" / small.training.names[0]
    clip.write_bytes((tmp_path / "source" / small.training.names[1]).read_bytes())
    after = features.mfcc_of(data.load(tmp_path / "source").training)
    assert not np.allclose(after[0], before[0])
    np.testing.assert_array_equal(after[0], after[1])


@pytest.mark.filterwarnings("ignore:.*no training clips of")
def test_prepare_standardises_with_the_training_split_alone(small):
    prepared = features.prepare(small)
    scaler = StandardScaler().fit(features.mfcc_of(small.training).reshape(-1, 40).astype(np.float64))
    np.testing.assert_allclose(prepared.mean, scaler.mean_, rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(prepared.std, scaler.scale_, rtol=1e-5)
    for name in ("training", "validation", "testing"):
        split, inputs = getattr(small, name), getattr(prepared, name)
        expected = (features.mfcc_of(split) - prepared.mean) / prepared.std
        np.testing.assert_allclose(inputs.x, expected, atol=1e-4)
        np.testing.assert_array_equal(inputs.y, split.labels)
        assert inputs.x.dtype == np.float32 and inputs.x.shape == (len(split), 49, 40)
    np.testing.assert_allclose(prepared.training.x.mean(axis=(0, 1)), 0, atol=1e-4)
    np.testing.assert_allclose(prepared.training.x.std(axis=(0, 1)), 1, atol=1e-4)
    assert np.abs(prepared.testing.x.mean(axis=(0, 1))).max() > 1e-3  # its own statistics would make this 0


def test_prepare_without_training_clips_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("KWS_CACHE", str(tmp_path / "cache"))
    source = make_source(tmp_path / "source", words=("yes", "_silence_", "_unknown_"))
    with pytest.warns(UserWarning), pytest.raises(ValueError, match="no training clips"):
        features.prepare(data.load(source))


def test_prepare_names_keywords_that_are_not_there(tmp_path, monkeypatch):
    monkeypatch.setenv("KWS_CACHE", str(tmp_path / "cache"))
    dataset = data.load(make_source(tmp_path / "source", words=(*data.KEYWORDS[2:], "bed")))
    with pytest.warns(UserWarning, match="source has no training clips of yes and no[.]"):
        features.prepare(dataset)


@pytest.mark.filterwarnings("ignore:.*no training clips of")
def test_many_clips_are_standardised_in_parts(small, monkeypatch):
    at_once = features.prepare(small)
    monkeypatch.setattr(features, "_SCALER_BATCH", 7)
    in_parts = features.prepare(small)
    np.testing.assert_allclose(in_parts.mean, at_once.mean, rtol=1e-5)
    np.testing.assert_allclose(in_parts.std, at_once.std, rtol=1e-5)
