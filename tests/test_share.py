"""A share is the same clips whatever the order, the machine and the kind of source, and whole speakers."""

import hashlib
import tarfile
from collections import Counter, defaultdict
from pathlib import PurePosixPath

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kws_helpers import data
from kws_helpers.data import sources, store
from kws_helpers.data.share import Share
from kws_helpers.data.splits import split_by_hash

from .audio_files import SPEAKERS, encode, make_source, noise, pack
from .test_data import SPLITS, assert_same_dataset, fresh

MOST = 7


pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture
def source(tmp_path):
    """Two words by all speakers, of whom every third said them twice or three times."""
    source = make_source(tmp_path / "source", words=("yes", "bed"))
    for number, speaker in enumerate(SPEAKERS[::3]):
        for again in range(1, 2 + number % 2):
            path = source / "yes" / f"{speaker}_nohash_{again}.wav"
            path.write_bytes(encode(noise(1, seed=100 * number + again)))
    return source


def rule(names, most):
    """What is in the share: the rule as it is written for students, with everything known beforehand."""
    kept = set()
    for word in {name.split("/")[0] for name in names}:
        clips = defaultdict(list)
        for name in names:
            if name.startswith(word + "/"):
                clips[name.split("/")[1].split("_nohash_")[0]].append(name)
        count = 0
        for speaker in sorted(clips, key=lambda speaker: hashlib.sha256(speaker.encode()).digest()):
            count += len(clips[speaker])
            if count > most:
                break
            kept |= set(clips[speaker])
    return kept


def names_of(dataset):
    return set(dataset.recordings.names)


@given(
    st.lists(st.tuples(st.sampled_from(["yes", "bed"]), st.integers(0, 12), st.integers(0, 3)), unique=True),
    st.integers(1, 9),
    st.randoms(use_true_random=False),
)
def test_whatever_the_order(clips, most, random):
    names = [f"{word}/{speaker}_nohash_{number}.wav" for word, speaker, number in clips]
    random.shuffle(names)
    share, held = Share(most), set()
    for path in map(PurePosixPath, names):
        if share.takes(path):
            held.add(path)
        held -= set(share.dropped())
    assert {str(path) for path in held} == rule(names, most)
    assert {name for name in names if share.holds(PurePosixPath(name))} == rule(names, most)


@pytest.mark.parametrize("most", [3, MOST, 30])
def test_a_share_follows_the_rule(source, most):
    every = data.load(source)
    share = data.load(source, max_per_word=most)
    assert names_of(share) == rule(every.recordings.names, most)
    rows = [list(every.recordings.names).index(name) for name in share.recordings.names]
    np.testing.assert_array_equal(np.asarray(share.recordings.clips), every.recordings.clips[rows])
    for split in SPLITS:
        for one, other in zip(share.noise[split], every.noise[split], strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.zip"])
@pytest.mark.parametrize("backwards", [False, True])
def test_the_same_share_of_every_kind_of_source(source, tmp_path, monkeypatch, name, backwards):
    monkeypatch.setattr(store, "_BATCH", 5)
    expected = data.load(source, max_per_word=MOST)
    packed = pack(source, tmp_path / name, "./", backwards)
    monkeypatch.setenv("KWS_CACHE", str(tmp_path / "other cache"))
    assert_same_dataset(expected, data.load(packed, max_per_word=MOST))


def test_a_share_is_not_taken_for_the_whole(source):
    assert_same_dataset(data.load(source, max_per_word=10_000), data.load(source))
    assert len(data.load(source, max_per_word=MOST).recordings) < len(data.load(source).recordings)


@pytest.mark.parametrize("backwards", [False, True])
def test_the_rest_is_neither_decoded_nor_kept(source, tmp_path, monkeypatch, backwards):
    packed = pack(source, tmp_path / "a.tar.gz", backwards=backwards)
    decoded = Counter()

    def decode(content, original=store.decode_clip):
        decoded["clips"] += 1
        return original(content)

    monkeypatch.setattr(store, "decode_clip", decode)
    monkeypatch.setattr(store, "_BATCH", 1)
    share = data.load(packed, max_per_word=3)
    assert len(share.recordings) <= 6
    assert decoded["clips"] < 40  # of 100
    (file,) = (tmp_path / "cache").glob("*.arrays")
    noises = 2 * 3 * 4 * 16_000
    assert file.stat().st_size < noises + (len(share.recordings) + 4) * 32_000 + 10_000


def test_every_split_keeps_its_share():
    """Of the bundled recordings, whose names alone are needed."""
    with tarfile.open(sources.BUNDLED) as packed:
        paths = [path for path in map(PurePosixPath, packed.getnames()) if path.parent.name in data.KEYWORDS]
    share = Share(100)
    held = [path for path in paths if share.takes(path)]
    held = [path for path in held if share.holds(path)]
    counts = Counter(path.parent.name for path in held)
    assert set(counts) == set(data.KEYWORDS) and 97 <= min(counts.values()) <= max(counts.values()) <= 100

    def shares(some):
        splits = [split_by_hash(path.name.split("_nohash_")[0]) for path in some]
        return [splits.count(split) / len(splits) for split in SPLITS]

    np.testing.assert_allclose(shares(held), shares(paths), atol=0.04)


def test_a_share_stays_when_other_speakers_come(source, tmp_path, monkeypatch):
    """A newcomer pushes out no more than stood behind."""
    before = names_of(data.load(source, max_per_word=MOST))
    (source / "yes" / "newcomer_nohash_0.wav").write_bytes(encode(noise(1)))
    after = names_of(fresh(monkeypatch, tmp_path, source) and data.load(source, max_per_word=MOST))
    assert after == rule(data.load(source).recordings.names, MOST)
    assert len(before - after) <= 3


def test_a_file_that_cannot_be_read_counts_and_is_named_only_in_its_share(source):
    names = sorted(data.load(source).recordings.names)
    inside = rule(names, MOST)
    (broken, other) = min(inside), min(set(names) - inside)
    for name in (broken, other):
        (source / name).write_bytes(b"not audio")
    with pytest.warns(UserWarning, match="1 files"):
        share = data.load(source, max_per_word=MOST)
    assert share.left_out == (broken,) and names_of(share) == inside - {broken}


@pytest.mark.parametrize("most", [0, -5])
def test_a_share_of_nothing_is_an_error(source, most):
    with pytest.raises(ValueError, match="max_per_word"):
        data.load(source, max_per_word=most)


def test_a_share_in_which_no_speaker_fits_says_so(tmp_path):
    source = make_source(tmp_path / "source", words=("yes",), speakers=SPEAKERS[:1])
    (source / "yes" / f"{SPEAKERS[0]}_nohash_1.wav").write_bytes(encode(noise(1)))
    with pytest.raises(data.DataError, match="max_per_word"):
        data.load(source, max_per_word=1)
