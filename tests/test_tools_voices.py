"""The generator of the bundled recordings, as far as it goes without the programs that speak."""

import io
import tarfile
from collections import Counter, defaultdict

import numpy as np
import pytest
import soundfile

from kws_helpers import data
from tools.voices import __main__ as main
from tools.voices import cast, ogg, words
from tools.voices.archive import read_archive, split_lists, write_archive
from tools.voices.kokoro import _TOKENS
from tools.voices.noise import KINDS, recording
from tools.voices.pseudo import change_of
from tools.voices.room import SAMPLES, filtered, placed, recorded
from tools.voices.studio import RATE, Studio, trimmed

SPEAKERS = cast.speakers()
CLIPS = cast.clips(SPEAKERS)
WORD = np.sin(np.arange(RATE // 2) / 5).astype(np.float32)


def test_a_base_voice_is_in_one_split():
    splits = defaultdict(set)
    for speaker in SPEAKERS:
        for base in speaker.voice.bases:
            splits[base].add(speaker.split)
    assert all(len(found) == 1 for found in splits.values())
    assert {base for engine in cast.BASES.values() for bases in engine.values() for base in bases} == set(splits)


def test_speakers_have_names_of_their_own():
    assert len({speaker.name for speaker in SPEAKERS}) == len(SPEAKERS) == 514
    assert Counter(speaker.split for speaker in SPEAKERS) == {"training": 381, "validation": 50, "testing": 83}


def test_every_word_is_said_by_different_speakers():
    assert len({clip.name for clip in CLIPS}) == len(CLIPS) == 3630
    said = Counter(clip.word for clip in CLIPS)
    assert {said[word] for word in words.KEYWORDS} == {cast.CLIPS_OF_A_WORD}
    others = [said[word] for word in words.OTHERS]
    assert sum(others) == cast.CLIPS_OF_A_WORD and max(others) - min(others) <= 3
    for word in said:
        assert {clip.speaker.split for clip in CLIPS if clip.word == word} == set(cast.SPEAKERS)


def test_the_words_are_those_of_speech_commands():
    assert words.KEYWORDS == data.KEYWORDS
    assert len(words.OTHERS) == 25
    assert set("".join("".join(both) for both in words.PRONUNCIATIONS.values())) <= set(_TOKENS)


def test_the_same_cast_every_time():
    assert cast.clips(cast.speakers()) == CLIPS
    small = cast.speakers(0.02)
    assert {speaker.split for speaker in small} == set(cast.SPEAKERS) and len(small) < 30
    assert {clip.word for clip in cast.clips(small, share=0.05)} >= set(words.KEYWORDS)


def test_speakers_of_one_voice_differ():
    by_voice = defaultdict(list)
    for speaker in SPEAKERS:
        by_voice[speaker.voice].append(change_of(speaker))
    for voice, changes in by_voice.items():
        assert len(set(changes)) == len(changes)
        assert (None in changes) == (voice.engine == "kokoro")


def test_changes_are_within_what_people_differ_by():
    changes = [change for change in map(change_of, SPEAKERS) if change]
    assert all(1 / 1.2 <= change.formants <= 1.2 and abs(change.pitch) < 16 for change in changes)


def test_trimmed():
    sound = np.concatenate([np.zeros(100), np.full(50, 0.01), np.ones(30), np.zeros(200)])
    assert len(trimmed(sound)) == 30
    with pytest.raises(ValueError, match="nothing can be heard"):
        trimmed(np.zeros(10))


@pytest.mark.parametrize("length", [10, 8000, 15_999, 16_000, 24_000])
def test_a_word_is_placed_in_a_second(length):
    for seed in range(20):
        second = placed(np.ones(length + 500), length, np.random.default_rng(seed))
        assert second.shape == (SAMPLES,)
        assert second.sum() >= min(length, SAMPLES) * (1 if length < SAMPLES else 0.5)


def test_a_recording_is_the_same_every_time_and_has_a_level():
    peaks = []
    for clip in CLIPS[::200]:
        second = recorded(WORD, clip)
        assert second.shape == (SAMPLES,) and second.dtype == np.float32
        assert np.array_equal(second, recorded(WORD, clip))
        peaks.append(np.abs(second).max())
    assert 0.04 < min(peaks) < 0.3 and 0.6 < max(peaks) < 0.96


def test_a_filter_that_changes_nothing():
    assert np.allclose(filtered(WORD, np.zeros(SAMPLES + 1)), WORD, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_recordings_of_a_kind_differ_and_neither_clip_nor_repeat(kind):
    one, other = recording(kind, 1), recording(kind, 2)
    assert np.array_equal(one, recording(kind, 1))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.1
    for noise in (one, other):
        assert noise.shape == (12 * RATE,) and noise.dtype == np.float32
        seconds = np.sqrt(np.mean(noise.reshape(12, RATE) ** 2, axis=1))
        assert seconds.min() > 1e-4 and seconds.max() < 0.4 and np.mean(np.abs(noise) == 1) < 0.001


def test_noise_alone_is_made_anew(tmp_path, monkeypatch):
    """What is made around the words of an archive is that archive."""
    monkeypatch.setattr(main, "backgrounds", lambda: iter([("testing/_background_noise_/fan_5.ogg", WORD)]))
    words = {CLIPS[0].name: b"spoken", **split_lists(CLIPS[:40])}
    main.make(tmp_path / "all.tar", words)
    old = read_archive(tmp_path / "all.tar") | {"_background_noise_/babble.ogg": b"old", "NOTICE.md": b"old"}
    write_archive(tmp_path / "old.tar", old)
    assert main.words_of(tmp_path / "old.tar") == words
    monkeypatch.setattr("sys.argv", ["", f"{tmp_path}/new.tar", "--words-of", f"{tmp_path}/old.tar"])
    main.main()
    assert (tmp_path / "new.tar").read_bytes() == (tmp_path / "all.tar").read_bytes()


def test_ogg_has_the_same_bytes_every_time():
    file = ogg.encoded(0.5 * WORD)
    assert file == ogg.encoded(0.5 * WORD)
    sound, rate = soundfile.read(io.BytesIO(file), dtype="float32")  # which checks the checksums
    assert (len(sound), rate) == (len(WORD), RATE)
    assert np.corrcoef(sound, WORD)[0, 1] > 0.9


def test_archive(tmp_path):
    said = [clip for clip in CLIPS if clip.word in ("yes", "bed")][::25]
    files = split_lists(said) | {clip.name: ogg.encoded(recorded(WORD, clip)) for clip in said}
    for name in ("one", "two"):
        write_archive(tmp_path / f"{name}.tar", files)
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()
    with tarfile.open(tmp_path / "one.tar") as archive:
        assert archive.getnames() == sorted(files)
        assert not any(member.mtime for member in archive)


def test_what_was_spoken_is_not_spoken_again(tmp_path):
    voice = cast.Voice("espeak", ("m1",), 3)
    studio, calls = Studio(tmp_path, tmp_path / "nothing.tgz"), []

    def speak(voice, word):
        calls.append(word)
        return np.pad(0.5 * WORD, 1000), RATE

    studio._engines["espeak"] = speak
    first, second = studio.spoken(voice, "yes"), studio.spoken(voice, "yes")
    assert calls == ["yes"] and np.array_equal(first, second)
    assert abs(len(first) - len(WORD)) < 20
