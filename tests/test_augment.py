"""Clips that are changed afresh: nothing changed is the clip itself, equal seeds are equal clips, others differ."""

import keras
import numpy as np
import pytest
import scipy.fft

from kws_helpers import data, features
from kws_helpers.augment import AugmentedClips, Changes, _warped_in_time, _with_other_voices

NOTHING = {"shift": 0, "speed": 0, "voice": 0, "loudness": 0, "noise": None, "microphone": 0, "mask": 0}
SOME = np.arange(40)


@pytest.fixture(scope="module")
def prepared(shared_cache):
    dataset = data.load()
    return dataset, features.prepare(dataset)


def changed(prepared, rng=0, **changes):
    clips = AugmentedClips(*prepared, Changes(**NOTHING | changes))
    return clips.augmented(SOME, np.random.default_rng(rng))


def test_without_any_change_the_clips_are_the_prepared_ones(prepared):
    assert np.abs(changed(prepared) - prepared[1].training.x[SOME]).max() < 0.02  # kept in 16 bits


@pytest.mark.parametrize("name", NOTHING)
def test_every_change_changes_something_and_nothing_breaks(prepared, name):
    x = changed(prepared, **{name: getattr(Changes(), name)})
    assert x.shape == (40, 49, 40) and x.dtype == np.float32 and np.isfinite(x).all()
    assert np.abs(x - prepared[1].training.x[SOME]).max() > 0.1


def test_loudness_moves_the_first_coefficient_alone(prepared):
    difference = np.abs(changed(prepared, loudness=6.0) - prepared[1].training.x[SOME]).mean(axis=(0, 1))
    assert difference[0] > 10 * difference[1:].max()


def test_a_microphone_is_a_constant_for_the_whole_clip(prepared):
    difference = changed(prepared, microphone=0.5) - prepared[1].training.x[SOME]
    assert np.ptp(difference, axis=1).max() < 0.05
    assert np.abs(difference[:, :, 20:]).max() < 0.02
    assert 0.4 < difference[:, 0, 1:20].std() < 0.6


def test_noise_is_so_many_decibel_quieter_than_an_average_word(prepared):
    clips = AugmentedClips(*prepared, Changes(**NOTHING | {"noise": (20, 20)}))
    mel = np.exp(features.mel_levels_of(prepared[0].training)[prepared[0].training.words != "_silence_"][::5]
                 * features.LEVEL / features.NEPER_IN_DECIBEL).sum(axis=-1).mean()
    clips._levels = np.full_like(clips._levels, -100 / features.LEVEL)  # only the noise is left
    clips._standardised = lambda mfcc: mfcc
    x = clips.augmented(SOME, np.random.default_rng(0))
    noise = 10 ** (scipy.fft.idct(np.pad(x, ((0, 0), (0, 0), (0, 88))), norm="ortho") / 10)
    assert 10 * np.log10(noise.sum(axis=-1).mean() / mel) == pytest.approx(-20, abs=3)


def test_masks_set_whole_frames_to_the_mean(prepared):
    x = changed(prepared, mask=8)
    masked = (x == 0).all(axis=2).sum(axis=1)
    assert masked.mean() > 0 and masked.max() <= 16


def test_a_shift_moves_the_frames_and_silence_comes_in():
    levels = np.random.default_rng(0).integers(-9000, 3000, (2, 49, 128), np.int16)
    later, same, earlier = _warped_in_time(levels, np.array([1, 0, 1]), np.array([3.0, 0.2, -2.0]), np.ones(3))
    assert np.array_equal(later[3:], levels[1, :-3]) and np.array_equal(earlier[:-2], levels[1, 2:])
    assert np.array_equal(same, levels[0])
    assert np.all(later[:3] == -100 / features.LEVEL) and np.all(earlier[-2:] == -100 / features.LEVEL)


def test_another_speed_keeps_the_middle_and_moves_the_ends():
    frames = np.arange(49, dtype=np.int16)[None, :, None] + np.zeros((1, 1, 128), np.int16)
    faster, slower = _warped_in_time(frames, np.array([0, 0]), np.zeros(2), np.array([1.15, 0.85]))[..., 0]
    assert faster[24] == slower[24] == 24
    assert faster[34] == 24 + round(10 * 1.15) and slower[34] == 24 + round(10 * 0.85)
    assert faster[0] == -100 / features.LEVEL and slower[0] == 24 - round(24 * 0.85)


def test_another_voice_moves_the_peaks_along_the_mel_axis():
    levels = np.full((3, 49, 128), -1000, np.int16)
    levels[..., 66] = 1000
    lower, same, higher = _with_other_voices(levels, np.array([0.1, 0.0, -0.1])).argmax(axis=-1)
    assert np.all(lower == 60) and np.all(same == 66) and np.all(higher == round(66 / 0.9))


def test_silence_keeps_its_time_and_pitch(prepared):
    dataset, _ = prepared
    silent = np.flatnonzero(dataset.training.words == "_silence_")[:5]
    clips = AugmentedClips(*prepared, Changes(**NOTHING | {"shift": 0.1, "speed": 0.15, "voice": 0.1}))
    x = clips.augmented(silent, np.random.default_rng(0))
    assert np.abs(x - prepared[1].training.x[silent]).max() < 0.02


def epoch_of(clips):
    """All clips of an epoch and their labels, in the order in which they come; then the epoch ends."""
    x, y = (np.concatenate(some) for some in zip(*clips, strict=True))
    clips.on_epoch_end()
    return x, y


def test_an_epoch_holds_every_clip_once_in_an_order_of_its_own(prepared):
    clips = AugmentedClips(*prepared, Changes(**NOTHING), batch_size=100)
    (x, y), (second, _) = epoch_of(clips), epoch_of(clips)
    assert len(clips) == -(-len(prepared[1].training.y) // 100) and clips[0][0].shape == (100, 49, 40)
    assert np.array_equal(np.bincount(y), np.bincount(prepared[1].training.y)) and len(x) == len(y)
    assert not np.array_equal(x[0], second[0])
    assert np.allclose(*(np.sort(some.reshape(len(some), -1).sum(axis=1)) for some in (x, second)), atol=1e-2)


def test_there_is_no_batch_after_the_last(prepared):
    clips = AugmentedClips(*prepared, batch_size=100)
    with pytest.raises(IndexError, match=f"0 to {len(clips) - 1}"):
        clips[len(clips)]


def test_a_batch_follows_from_seed_epoch_and_number_alone(prepared):
    one, same, other = (AugmentedClips(*prepared, batch_size=32, seed=seed) for seed in (3, 3, 4))
    (last, _), (first, _) = same[5], same[0]  # whatever order a worker asks in
    assert np.array_equal(one[0][0], first) and np.array_equal(one[5][0], last)
    assert not np.array_equal(first, other[0][0])
    one.on_epoch_end()
    assert not np.array_equal(one[0][0], first)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_network_trains_on_them_the_same_way_twice(prepared, workers):
    def history():
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((49, 40)), keras.layers.Flatten(), keras.layers.Dense(12, "softmax")])
        model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        clips = AugmentedClips(*prepared)
        clips.workers = workers
        return model.fit(clips, epochs=2, verbose=0).history

    assert history() == history()
