"""The loader: every kind of source gives the same dataset, and what is broken is named, not swallowed."""

import hashlib
import itertools
import re
import shutil
import subprocess
import sys
import tarfile
import warnings
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile

from autograder.building.lesson import LESSONS, WELCOME
from kws_helpers import data
from kws_helpers.data import archive, cache, decode, reading, splits, store
from tools.voices.noise import KINDS, RECORDINGS

from .audio_files import RATE, SPEAKERS, encode, make_source, noise, pack

SPLITS = ("training", "validation", "testing")


@pytest.fixture(autouse=True)
def nothing_known_from_before(own_cache):
    cache._warn_once.cache_clear()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A source that no test changes."""
    return make_source(tmp_path_factory.mktemp("shared") / "source")


@pytest.fixture
def source(shared, tmp_path):
    """A source of the test's own."""
    return Path(shutil.copytree(shared, tmp_path / "source"))


def load_with_cache(source, folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KWS_CACHE", str(folder))
        yield data.load(source)


@pytest.fixture(scope="module")
def expected(shared, tmp_path_factory):
    """What the shared source holds."""
    yield from load_with_cache(shared, tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def bundled(shared_cache):
    yield from load_with_cache("bundled", shared_cache)


def parts(dataset):
    return [getattr(dataset, name) for name in SPLITS]


def assert_same_dataset(one, other):
    for a, b in zip(parts(one), parts(other), strict=True):
        assert list(a.names) == list(b.names)
        assert a.key == b.key
        np.testing.assert_array_equal(np.asarray(a.clips), np.asarray(b.clips))
        np.testing.assert_array_equal(a.labels, b.labels)


def load_quietly(source):
    with warnings.catch_warnings(action="error"):
        return data.load(source)


# --- the bundled data ---------------------------------------------------------------------------------------------


def test_bundled_data_follows_the_protocol(bundled):
    assert bundled.class_names == data.CLASS_NAMES
    assert bundled.left_out == () and len(bundled.recordings) == 3630
    for name, split in zip(SPLITS, parts(bundled), strict=True):
        counts = np.bincount(split.labels, minlength=12)
        tenth = -(-counts[:10].sum() // 10)
        others = (bundled.recordings.splits == name) & ~np.isin(bundled.recordings.words, data.KEYWORDS)
        assert counts[10] == min(tenth, others.sum())
        assert counts[11] == tenth
        for label, word, name in zip(split.labels, split.words, split.names, strict=True):
            expected = word if word in data.KEYWORDS else "silence" if word == "_silence_" else "unknown"
            assert data.CLASS_NAMES[label] == expected
            assert expected == "silence" or name.startswith(word + "/")


def test_bundled_clips_are_what_soundfile_reads(bundled):
    path = Path(data.__file__).parent / "bundled_speech.tar"
    with tarfile.open(path) as packed:
        for i in (0, 1000, 2500):
            audio, rate = soundfile.read(packed.extractfile(str(bundled.recordings.names[i])), dtype="float32")
            assert rate == RATE
            audio = np.pad(audio, (0, max(0, RATE - len(audio))))[:RATE]
            np.testing.assert_allclose(bundled.recordings.clips[i], audio.clip(-1, 1), atol=1 / 32768)


def test_the_table_names_the_data_synthetic(bundled):
    for text in (str(bundled), bundled._repr_html_()):
        assert "synthetic" in text and "2,940" in text and "381" in text


def test_two_loads_are_equal_and_the_second_decodes_nothing(shared, expected, monkeypatch):
    assert_same_dataset(data.load(shared), expected)
    monkeypatch.setattr(decode, "_read", lambda *_: pytest.fail("decoded again"))
    monkeypatch.setenv("KWS_DATA", str(shared))
    again = data.load()
    assert again.name == "source"
    assert_same_dataset(again, expected)


def test_the_seed_chooses_unknown_and_silence(shared):
    one, same, other = data.load(shared, seed=1), data.load(shared, seed=1), data.load(shared, seed=2)
    assert_same_dataset(one, same)
    assert set(one.training.names) != set(other.training.names)
    assert one.training.key != other.training.key


# --- clips ---------------------------------------------------------------------------------------------------------


def test_clips_behave_like_an_array(expected):
    split = expected.training
    array = np.asarray(split.clips)
    assert array.dtype == split.clips.dtype == np.float32
    assert array.shape == split.clips.shape == (len(split), 16_000)
    assert np.abs(array).max() <= 1
    n = len(split)
    mask = np.arange(n) % 3 == 0
    for index in (0, -1, np.int64(5), slice(2, 9), slice(None, None, -7), [3, 1, 3], np.array([n - 1, 0]), mask,
                  np.zeros(0, int), (4, slice(100, 200)), (slice(2, 5), slice(10)), (slice(None), 7)):
        found = split.clips[index]
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, array[index])
    np.testing.assert_array_equal(np.stack(list(split.clips)), array)
    with pytest.raises(IndexError):
        split.clips[n]


def test_changed_and_released_clips_can_be_read_again(expected):
    clips = expected.training.clips
    before = np.asarray(clips)
    clips[0][:] = 0
    clips.release()
    np.testing.assert_array_equal(np.asarray(clips), before)


# --- sources -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, prefix", [("a.tar", ""), ("a.tar.gz", "./"), ("a.tgz", "mini_speech_commands/"),
                                          ("a.tar.xz", ""), ("a.tar.bz2", "x/"),
                                          ("a.zip", "mini_speech_commands/"), ("a.zip", "")])
def test_every_archive_in_any_order_gives_the_same_as_the_folder(shared, expected, tmp_path, name, prefix):
    assert_same_dataset(expected, data.load(pack(shared, tmp_path / name, prefix, backwards=True)))
    assert list(expected.recordings.names) == sorted(expected.recordings.names)


def test_a_changed_file_is_read_again(source, expected):
    before = data.load(source).recordings
    (source / before.names[0]).write_bytes(encode(noise(1, seed=99)))
    after = data.load(source).recordings
    assert not np.allclose(after.clips[0], before.clips[0])
    np.testing.assert_array_equal(after.clips[1], before.clips[1])


@pytest.mark.parametrize("name", ["no/such/folder", "speech_comands"])
def test_a_source_that_is_not_there(name):
    with pytest.raises(data.DataError, match="bundled") as error:
        data.load(name)
    assert name in str(error.value) and "KWS_DATA" in str(error.value)


@pytest.mark.parametrize("files, message", [([], "source holds no recordings"),
                                            (["yes/a.wav"], r"yes/a\.wav \(not audio")])
def test_a_folder_in_which_nothing_can_be_read_says_why(tmp_path, files, message):
    (tmp_path / "source" / "yes").mkdir(parents=True)
    for name in files:
        (tmp_path / "source" / name).write_text("not audio")
    with pytest.raises(data.DataError, match=message):
        data.load(tmp_path / "source")


def cut(share):
    return lambda content, _: content[:int(share * len(content))]


def flip(where):
    def damage(content, packed):
        place = where(content, packed)
        return content[:place] + bytes([content[place] ^ 1]) + content[place + 1:]

    return damage


def member_50(content, packed):
    with tarfile.open(packed) as opened:
        return opened.getmembers()[50].offset


def middle(content, packed):
    return len(content) // 2


DAMAGE = [(name, damage) for name in ("a.tar", "a.tar.gz", "a.zip")
          for damage in (cut(0), cut(1e-5), cut(1e-4), cut(0.3), cut(0.9), lambda content, _: content[:-1500])]
DAMAGE[5] = "a.tar", lambda content, _: content[:content.rstrip(b"\0").rfind(b"RIFF") + 10_000]
DAMAGE += [("a.tar.gz", flip(middle)), ("a.zip", flip(middle)), ("a.tar", flip(member_50)),
           ("a.tar", lambda content, packed: content[:member_50(content, packed)])]  # between two files


@pytest.mark.parametrize("name, damage", DAMAGE)
def test_a_damaged_archive_is_one_clear_error(shared, tmp_path, name, damage):
    packed = pack(shared, tmp_path / name)
    packed.write_bytes(damage(packed.read_bytes(), packed))
    with pytest.raises(data.DataError, match="partly downloaded") as error:
        data.load(packed)
    assert str(packed) in str(error.value)


def test_an_archive_may_hold_a_file_twice_and_the_last_counts(shared, tmp_path):
    packed = pack(shared, tmp_path / "a.tar")
    name = f"yes/{SPEAKERS[0]}_nohash_0.wav"
    (tmp_path / "new.wav").write_bytes(encode(noise(1, seed=99)))
    with tarfile.open(packed, "a") as opened:
        opened.add(tmp_path / "new.wav", name)
    recordings = data.load(packed).recordings
    (row,) = np.flatnonzero(recordings.names == name)
    np.testing.assert_allclose(recordings.clips[row], noise(1, seed=99), atol=1 / 32768)


def test_zip_with_backslashes(shared, expected, tmp_path):
    packed = tmp_path / "a.zip"
    with zipfile.ZipFile(packed, "w") as opened:
        for path in shared.rglob("*.wav"):
            info = zipfile.ZipInfo("x")
            info.filename = str(path.relative_to(shared)).replace("/", "\\")
            opened.writestr(info, path.read_bytes())
    assert_same_dataset(expected, data.load(packed))


# --- files ---------------------------------------------------------------------------------------------------------


def decoded(tmp_path, content, name="x.wav"):
    """The clip that a file becomes, read as bytes and by its path."""
    path = tmp_path / name
    path.write_bytes(content)
    clip = decode.decode_clip(content)
    np.testing.assert_array_equal(decode.decode_clip(path), clip)
    assert clip.shape == (16_000,) and clip.dtype == np.int16
    return clip / 32768


TONE = 0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)


@pytest.mark.parametrize("options, error", [({}, 1 / 32768), ({"subtype": "FLOAT"}, 1 / 32768),
                                            ({"format": "FLAC"}, 1 / 32768), ({"subtype": "PCM_24"}, 1 / 32768),
                                            ({"subtype": "PCM_U8"}, 1 / 128)])
def test_formats_without_loss(tmp_path, options, error):
    np.testing.assert_allclose(decoded(tmp_path, encode(TONE, **options)), TONE, atol=error)


def test_16_bit_samples_are_kept_exactly(tmp_path):
    samples = np.r_[-32768, 32767, -1, 0, 1, np.arange(-7997, 7998)].astype(np.int16)
    np.testing.assert_array_equal(decoded(tmp_path, encode(samples)) * 32768, samples)


def test_a_wav_file_without_libsndfile_is_what_it_is_with_it(monkeypatch):
    """Whatever a byte of the header says, and however long the file is."""
    whole = np.frombuffer(encode(TONE), np.uint8)
    contents = [whole[:end] for end in (43, 44, 45, 46, 1044, len(whole) - 1)]
    contents += [np.r_[whole, whole[:extra]] for extra in (1, 2, 1000)]
    contents += [encode(TONE[:length]) for length in (1, 2, 8000, 15_999)] + [encode(np.r_[TONE, TONE[:1000]])]
    for place in range(44):
        for change in (1, 2, 16, 128):
            content = whole.copy()
            content[place] ^= change
            contents.append(content)

    def outcome(content):
        try:
            return decode.decode_clip(bytes(content)).tolist()
        except decode.DecodeError:
            return None

    quick = [outcome(content) for content in contents]
    assert decode._plain(whole.tobytes()) is not None
    monkeypatch.setattr(decode, "_plain", lambda content: None)
    for content, found in zip(contents, quick, strict=True):
        assert outcome(content) == found, bytes(content[:44])


@pytest.mark.parametrize("options", [{"format": "OGG"}, {"format": "OGG", "subtype": "OPUS"}, {"format": "MP3"}])
def test_lossy_formats_under_a_wrong_name(tmp_path, options):
    clip = decoded(tmp_path, encode(TONE, **options), "called.wav")
    assert np.corrcoef(np.abs(np.fft.rfft(clip)), np.abs(np.fft.rfft(TONE)))[0, 1] > 0.9


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000])
def test_other_sample_rates_are_converted(tmp_path, rate):
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
    clip = decoded(tmp_path, encode(tone, rate))
    np.testing.assert_allclose(clip[1000:-1000], TONE[1000:-1000], atol=2e-3)


@pytest.mark.parametrize("audio, options, clip", [
    (np.stack([TONE, 0.2 * TONE], axis=1), {}, 0.6 * TONE),
    (4 * TONE, {"subtype": "FLOAT"}, (4 * TONE).clip(-1, 1)),
    (TONE[:10_000], {}, np.r_[TONE[:10_000], np.zeros(6_000)]),
    (noise(3.5), {}, noise(3.5)[20_000:36_000]),
], ids=["the mean of channels", "louder than full scale", "short: ends in zeros", "long: the middle"])
def test_what_is_no_second_at_full_scale_becomes_one(tmp_path, audio, options, clip):
    np.testing.assert_allclose(decoded(tmp_path, encode(audio, **options)), clip, atol=2 / 32768)


def test_a_long_recording_is_not_decoded_whole(tmp_path, monkeypatch):
    path = tmp_path / "long.flac"
    soundfile.write(path, np.repeat(np.arange(60) / 100, RATE), RATE)
    monkeypatch.setattr(
        soundfile.SoundFile,
        "read",
        lambda self, frames, read=soundfile.SoundFile.read, **options: (
            read(self, frames, **options) if 0 < frames <= RATE else pytest.fail(f"read {frames} samples")
        ),
    )
    clip = decode.decode_clip(path)
    np.testing.assert_allclose(clip[[0, -1]] / 32768, [0.29, 0.30], atol=1 / 32768)


def test_noise_is_read_up_to_a_limit(monkeypatch):
    monkeypatch.setattr(decode, "NOISE_SECONDS", 2)
    np.testing.assert_allclose(decode.decode_noise(encode(noise(5))) / 32768, noise(5)[:32_000], atol=1 / 32768)


def test_half_a_wav_is_a_shorter_recording(tmp_path):
    content = encode(TONE)
    clip = decoded(tmp_path, content[: len(content) // 2])
    np.testing.assert_allclose(clip[:7_900], TONE[:7_900], atol=1 / 32768)
    assert not clip[8_100:].any()


BROKEN = {
    "nothing": b"",
    "text": b"This is not audio. " * 100,
    "header alone": encode(TONE[:0]),
    "half a header": encode(TONE)[:20],
    "not a number": encode(np.r_[TONE[1:], np.nan], subtype="FLOAT"),
    "infinity": encode(np.r_[np.inf, TONE[1:]], subtype="FLOAT"),
    "flac cut in its header": encode(TONE, format="FLAC")[:50],
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_is_an_error_of_its_own(content, tmp_path):
    (tmp_path / "x.wav").write_bytes(content)
    for given in (content, tmp_path / "x.wav", tmp_path / "not there.wav"):
        with pytest.raises(decode.DecodeError):
            decode.decode_clip(given)


@pytest.mark.parametrize("options", [{}, {"format": "FLAC"}, {"format": "OGG", "subtype": "OPUS"}])
def test_random_damage_never_raises_anything_else(options):
    rng = np.random.default_rng(0)
    whole = np.frombuffer(encode(TONE, **options), np.uint8)
    for _ in range(100):
        content = whole.copy()
        where = rng.integers(len(content), size=rng.integers(1, 30)) % rng.choice([60, len(content)])
        content[where] = rng.integers(256, size=len(where))
        try:
            clip = decode.decode_clip(content[: rng.integers(1, 2 * len(content))].tobytes())
            assert clip.shape == (16_000,)
        except decode.DecodeError:
            continue


def test_one_warning_names_what_was_left_out(source):
    for name, content in zip("abcdefg", BROKEN.values(), strict=True):
        (source / "yes" / f"{name}_nohash_0.wav").write_bytes(content)
    (source / "_background_noise_" / "short.wav").write_bytes(encode(noise(0.5)))
    (source / "_background_noise_" / "zeros.wav").write_bytes(encode(np.zeros(40_000)))
    for _ in range(2):  # the second time from the cache
        with pytest.warns(UserWarning, match="9 files of source were left out") as caught:
            dataset = data.load(source)
        (warning,) = caught
        text = str(warning.message)
        assert "_background_noise_/short.wav (shorter than one second)" in text and "yes/a_nohash_0.wav" in text
        assert "yes/g_nohash_0.wav" not in text and text.count(".wav") == 5
        assert warning.filename == __file__
    assert len(dataset.left_out) == 9 and "yes/g_nohash_0.wav" in dataset.left_out
    assert len(dataset.recordings) == len(SPEAKERS) * 4


def test_what_is_no_recording_is_ignored_without_a_word(source, expected, tmp_path):
    for name, content in {
        "README.md": b"text", "LICENSE": b"text", "yes/.DS_Store": b"x", "yes/notes.txt": b"x",
        "yes/._a_nohash_0.wav": b"x", ".hidden/a_nohash_0.wav": encode(TONE), "__MACOSX/yes/._b.wav": b"x",
        "_background_noise_/README.md": b"text",
    }.items():  # fmt: skip
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(content)
    assert_same_dataset(expected, load_quietly(source))
    assert_same_dataset(expected, load_quietly(pack(source, tmp_path / "a.zip")))


# --- splits --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("speaker, split", [  # from the split lists of Speech Commands v0.02
    ("bb05582b", "testing"), ("97f4c236", "testing"), ("a69b9b3e", "validation"), ("439c84f4", "validation")])
def test_official_examples(speaker, split):
    assert splits.split_by_hash(speaker) == split


def test_the_bounds_are_the_official_ones():
    """The official formula in floating point, on 100,000 speakers and at the bounds themselves."""
    largest = 2**27 - 1

    def official(place):
        percent = place * (100.0 / largest)
        return "validation" if percent < 10 else "testing" if percent < 20 else "training"

    for below, around in [(splits._VALIDATION_BELOW, ("validation", "testing")),
                          (splits._TESTING_BELOW, ("testing", "training"))]:
        assert (official(below - 1), official(below)) == around
    for number in range(100_000):
        place = int(hashlib.sha1(f"{number:08x}".encode()).hexdigest(), 16) % (largest + 1)
        assert splits.split_by_hash(f"{number:08x}") == official(place)


def test_without_lists_the_hash_rule_decides(expected):
    recordings = expected.recordings
    assert list(recordings.splits) == [splits.split_by_hash(speaker) for speaker in recordings.speakers]
    assert set(recordings.splits) == set(SPLITS)


def test_lists_decide_against_the_hash_rule(source):
    by_hash = {split: [s for s in SPEAKERS if splits.split_by_hash(s) == split] for split in SPLITS}
    lists = {"validation": by_hash["training"][:3], "testing": by_hash["validation"][:2]}
    for split, speakers in lists.items():
        names = [f"./{word}/{s}_nohash_0.wav" for s in speakers for word in ("yes", "no", "bed", "cat")]
        (source / f"{split}_list.txt").write_text("\r\n".join(["", *names, "yes/not_there_nohash_0.wav"]))
    with pytest.warns(UserWarning, match="1 of the .* names in .* matches no recording, such as “yes/not_there"):
        recordings = data.load(source).recordings
    for speaker, split in zip(recordings.speakers, recordings.splits, strict=True):
        expected = next((name for name, speakers in lists.items() if speaker in speakers), "training")
        assert split == expected


def test_a_speaker_in_two_splits_is_named(source):
    (source / "testing_list.txt").write_text(f"yes/{SPEAKERS[0]}_nohash_0.wav\nno/{SPEAKERS[1]}_nohash_0.wav")
    with pytest.warns(UserWarning, match=f"2 of {len(SPEAKERS)} speakers") as caught:
        data.load(source)
    assert SPEAKERS[0] in str(caught[0].message)


def test_no_speaker_and_no_noise_is_in_two_splits(bundled):
    for one, other in itertools.combinations(parts(bundled), 2):
        assert not set(one.speakers) & set(other.speakers)
    recordings = [samples.tobytes() for split in SPLITS for samples in bundled.noise[split]]
    assert len(set(recordings)) == len(recordings)


def test_every_kind_of_noise_is_silence_in_every_split(bundled):
    """About equally often, soft and loud, from other recordings in each split."""
    for name, split in zip(SPLITS, parts(bundled), strict=True):
        silence = split.labels == data.CLASS_NAMES.index("silence")
        counts = Counter(recording.split("/")[-1].split("_")[0] for recording in split.speakers[silence])
        assert sorted(counts) == list(KINDS)
        assert len(bundled.noise[name]) == len(KINDS) * RECORDINGS[name] == len(set(split.speakers[silence]))
        assert max(counts.values()) - min(counts.values()) <= RECORDINGS[name]
        loudness = 20 * np.log10([clip.std() for clip in split.clips[silence]])
        assert loudness.min() < -55 and -45 < np.median(loudness) < -35 and loudness.max() > -25


def test_the_first_sound_of_the_course_is_a_clear_voice(bundled):
    """Loud, with silence before it, and the same wave again and again where it is loudest: no whisper."""
    speaker = re.search(r'speakers == "(\w+)"', (LESSONS / f"{WELCOME}.py").read_text())[1]
    said = (bundled.training.words == "yes") & (bundled.training.speakers == speaker)
    (clip,) = bundled.training.clips[said]
    assert np.abs(clip).max() > 0.5 and np.abs(clip[:1600]).max() < 0.01
    middle = np.convolve(clip**2, np.ones(800), "same").argmax()
    wave = clip[middle - 512:middle + 512]
    assert max(np.corrcoef(wave[lag:], wave[:-lag])[0, 1] for lag in range(40, 200)) > 0.9


def test_misnamed_files_are_speakers_of_their_own(source):
    (source / "yes" / "my recording.wav").write_bytes(encode(TONE))
    recordings = data.load(source).recordings
    (row,) = np.flatnonzero(recordings.names == "yes/my recording.wav")
    assert recordings.speakers[row] == "my recording.wav"


# --- unknown and silence -------------------------------------------------------------------------------------------


def test_unknown_percent(shared):
    for percent, expected in [(0, 0), (7, 7), (None, None)]:
        for split in parts(data.load(shared, unknown_percent=percent)):
            keywords = (split.labels < 10).sum()
            wanted = keywords if expected is None else -(-keywords * expected // 100)  # as many other words as keywords
            assert (split.labels == 10).sum() == wanted
            assert set(split.words[split.labels == 10]) <= {"bed", "cat"}
    with pytest.raises(ValueError, match="at least 0"):
        data.load(shared, unknown_percent=-1)


def test_unknown_clips_stay_chosen_when_other_files_come(source, expected):
    before = set(expected.testing.names[expected.testing.labels == 10])
    (source / "zebra").mkdir()
    newcomer = next(s for s in SPEAKERS if splits.split_by_hash(s) == "testing")
    (source / "zebra" / f"{newcomer}_nohash_0.wav").write_bytes(encode(TONE))
    assert len(before - set(data.load(source).testing.names)) <= 1


def test_silence_is_noise_of_the_same_split_and_never_zeros(bundled):
    for name, split in zip(SPLITS, parts(bundled), strict=True):
        silence = np.flatnonzero(split.labels == 11)
        assert len(set(split.names[silence])) == len(silence)
        volumes = []
        for row in silence:
            clip = split.clips[row]
            assert clip.any()
            start = int(split.names[row].rpartition("@")[2])
            stretches = [samples[start : start + 16_000] for samples in bundled.noise[name]]
            fits = [np.dot(clip, s) / np.dot(s, s) for s in stretches if len(s) == 16_000]
            errors = [np.abs(clip - v * s).max() for v, s in zip(fits, stretches, strict=True)]
            assert min(errors) < 1e-6
            volumes.append(fits[int(np.argmin(errors))])
        assert 0 < min(volumes) < 0.2 and 0.8 < max(volumes) <= 1 and 0.35 < np.mean(volumes) < 0.65


def test_silence_in_a_recording_with_long_zeros(source):
    mostly_zeros = np.r_[np.zeros(300_000), noise(1.1)]
    (source / "_background_noise_" / "zz.wav").write_bytes(encode(mostly_zeros))
    testing = data.load(source, silence_percent=200).testing
    silence = testing.clips[testing.labels == 11]
    assert len(silence) == 2 * (testing.labels < 10).sum() > 5
    assert all(clip.any() for clip in silence)


@pytest.mark.parametrize("count", [1, 2])
def test_few_noise_recordings_are_cut_in_time(tmp_path, count):
    dataset = data.load(make_source(tmp_path / "source", speakers=SPEAKERS[:20], noises=count, noise_seconds=20))
    assert all((split.labels == 11).any() for split in parts(dataset))
    for number in range(count):
        pieces = [dataset.noise[split][number] for split in SPLITS]
        assert [len(piece) / RATE for piece in pieces] == [16, 2, 2]
        np.testing.assert_allclose(np.concatenate(pieces), noise(20, seed=number), atol=1 / 32768)
    for one, other in itertools.combinations(parts(dataset), 2):
        assert not set(one.speakers) & set(other.speakers)


def test_a_noise_recording_too_short_to_share_is_for_training(tmp_path):
    source = make_source(tmp_path / "source", noises=1, noise_seconds=2)
    with pytest.warns(UserWarning, match="for validation, testing"):
        dataset = data.load(source)
    assert [len(dataset.noise[split]) for split in SPLITS] == [1, 0, 0]
    assert [(split.labels == 11).any() for split in parts(dataset)] == [True, False, False]


def test_without_noise_the_bundled_noise_stands_in(tmp_path):
    source = make_source(tmp_path / "source", noises=0)
    with pytest.warns(UserWarning, match="no background noise .* bundled") as caught:
        dataset = data.load(source)
    assert len(caught) == 1
    assert all((split.labels == 11).any() for split in parts(dataset))
    assert [len(dataset.noise[split]) for split in SPLITS] == [33, 11, 22]
    with warnings.catch_warnings(action="error"):
        data.load(source, silence_percent=0)


@pytest.mark.filterwarnings("ignore:.*no background noise")
def test_new_bundled_noise_is_noticed_where_it_stands_in(tmp_path, monkeypatch):
    source = make_source(tmp_path / "source", noises=0)
    data.load(source)
    other = pack(make_source(tmp_path / "other", words=("yes",), speakers=SPEAKERS[:1]), tmp_path / "bundled.tar")
    monkeypatch.setattr(store, "BUNDLED", other)
    assert [len(data.load(source).noise[split]) for split in SPLITS] == [1, 1, 1]


def test_missing_keywords_are_no_error_but_no_keyword_at_all_is_a_warning(tmp_path):
    assert data.load(make_source(tmp_path / "one", words=("yes", "bed"))).class_names == data.CLASS_NAMES
    with pytest.warns(UserWarning, match="no recordings of the keywords"):
        assert len(data.load(make_source(tmp_path / "two", words=("bed",))).recordings) == len(SPEAKERS)


def test_the_official_test_set(tmp_path):
    source = make_source(tmp_path / "source", words=("yes", "_silence_"), noises=0)
    (source / "_unknown_").mkdir()
    for number, word in enumerate(("bed", "cat", "wow") * 10):
        name = f"{word}_{SPEAKERS[number]}_nohash_0.wav.wav"
        (source / "_unknown_" / name).write_bytes(encode(noise(1, seed=number)))
    with pytest.warns(UserWarning, match="all recordings are for testing") as caught:
        dataset = data.load(source)
    assert len(caught) == 1
    assert [len(split) for split in parts(dataset)] == [0, 0, 2 * len(SPEAKERS) + 30]
    assert list(np.bincount(dataset.testing.labels, minlength=12)) == [len(SPEAKERS), *[0] * 9, 30, len(SPEAKERS)]
    unknown = dataset.testing.labels == 10
    assert set(dataset.testing.words[unknown]) == {"bed", "cat", "wow"}
    assert set(dataset.testing.speakers[unknown]) == set(SPEAKERS[:30])


# --- memory, imports -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [0, 1 << 30])
def test_without_a_cache_the_data_is_the_same(shared, expected, tmp_path, monkeypatch, limit):
    """From memory, and from a temporary file where there is too much for the memory."""
    monkeypatch.setattr(store, "_MEMORY_LIMIT", limit)
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("KWS_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.warns(UserWarning, match="cannot be written"):
        assert_same_dataset(expected, data.load(shared))


@pytest.mark.parametrize("name, value, most", [("_BATCH", 8, 8 * 32_044), ("_BATCH_BYTES", 200_000, 330_000)])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_however_large_an_archive_is_only_a_batch_of_its_files_is_in_memory(tmp_path, monkeypatch, name, value, most):
    monkeypatch.setattr(reading, name, value)
    read, decoded = [0], [0]

    def members(*arguments, original=archive.members):
        for member in original(*arguments):
            read[0] += len(member.content)
            yield member

    def decode_member(member, original=reading._decode_member):
        assert 0 < read[0] - decoded[0] <= most
        decoded[0] += len(member.content)
        return original(member)

    monkeypatch.setattr(archive, "members", members)
    monkeypatch.setattr(reading, "_decode_member", decode_member)
    source = make_source(tmp_path / "source", words=("yes", "_silence_"), noises=0)
    data.load(pack(source, tmp_path / "a.tar.gz"))
    assert read == decoded and read[0] > 1e6


def test_importing_is_light_and_features_never_need_what_is_slow(shared):
    code = f"""
import sys
from kws_helpers import data, features
slow = {{"tensorflow", "keras", "librosa", "numba", "matplotlib"}}
print(*sorted((slow | {{"sklearn", "pandas", "scipy", "soundfile"}}) & set(sys.modules)))
features.prepare(data.load({str(shared)!r}))
print(*sorted(slow & set(sys.modules)))
"""
    quiet = [sys.executable, "-W", "ignore::UserWarning", "-c", code]  # the recordings lack most keywords
    run = subprocess.run(quiet, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "" and run.stderr == ""
