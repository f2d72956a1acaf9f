"""A share is the same clips whatever the order, the machine and the kind of source, and whole speakers."""

import tarfile
from collections import Counter
from pathlib import PurePosixPath

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kws_helpers import data
from kws_helpers.data import reading, sources
from kws_helpers.data.layout import is_clip
from kws_helpers.data.splits import split_by_hash
from kws_helpers.data.store import share_of

from .audio_files import SPEAKERS, encode, make_source, noise, pack
from .test_data import SPLITS, assert_same_dataset

MOST = 7


pytestmark = [pytest.mark.usefixtures("own_cache"), pytest.mark.filterwarnings("ignore:By the hash rule there are no")]


@pytest.fixture
def source(tmp_path):
    """Two words by all speakers, of whom every third said them twice or three times."""
    source = make_source(tmp_path / "source", words=("yes", "bed"))
    for number, speaker in enumerate(SPEAKERS[::3]):
        for again in range(1, 2 + number % 2):
            path = source / "yes" / f"{speaker}_nohash_{again}.wav"
            path.write_bytes(encode(noise(1, seed=100 * number + again)))
    return source


def share_of_names(names, most):
    return {str(path) for path in share_of(map(PurePosixPath, names), most)}


def test_speakers_queue_by_their_sha256_and_the_first_who_does_not_fit_ends_the_queue():
    queue = ["c", "b", "a"]  # the first bytes of their SHA-256: 2e, 3e, ca
    clips = [f"yes/{speaker}_nohash_{n}.wav" for speaker, said in zip(queue, (2, 3, 1)) for n in range(said)]
    assert share_of_names(clips, 6) == set(clips)
    assert share_of_names(clips, 5) == set(clips[:5])
    assert share_of_names(clips, 4) == share_of_names(clips, 3) == set(clips[:2])
    assert share_of_names(clips, 1) == set()


@given(st.lists(st.tuples(st.sampled_from(["yes", "bed"]), st.integers(0, 12), st.integers(0, 3)), unique=True),
       st.integers(1, 9), st.integers(0, 20), st.randoms(use_true_random=False))
def test_neither_the_order_nor_other_words_nor_a_newcomer_changes_more_than_they_must(clips, most, newcomer, random):
    names = [f"{word}/{speaker}_nohash_{number}.wav" for word, speaker, number in clips]
    chosen = share_of_names(names, most)
    assert share_of_names(random.sample(names, len(names)), most) == chosen
    assert share_of_names([name for name in names if name.startswith("yes")], most) == \
        {name for name in chosen if name.startswith("yes")}
    assert all(count <= most for count in Counter(name.split("/")[0] for name in chosen).values())
    joined = share_of_names([*names, f"yes/{newcomer}_nohash_9.wav"], most)
    assert {name for name in joined if f"/{newcomer}_" not in name} <= chosen


@pytest.mark.parametrize("name, backwards", [("a.tar", False), ("a.tar.gz", True), ("a.zip", False)])
def test_the_same_share_of_every_kind_of_source_and_the_rest_is_not_decoded(source, tmp_path, monkeypatch, name,
                                                                             backwards):
    every = data.load(source).recordings
    expected = data.load(source, max_per_word=MOST)
    assert set(expected.recordings.names) == share_of_names(every.names, MOST)
    rows = np.flatnonzero(np.isin(every.names, expected.recordings.names))
    np.testing.assert_array_equal(np.asarray(expected.recordings.clips), every.clips[rows])
    assert {split: len(noises) for split, noises in expected.noise.items()} == dict.fromkeys(SPLITS, 1)

    decoded = []
    monkeypatch.setattr(reading, "decode_clip", lambda content, original=reading.decode_clip: (
        decoded.append(1), original(content))[1])
    packed = pack(source, tmp_path / name, "./", backwards)
    assert_same_dataset(expected, data.load(packed, max_per_word=MOST))
    assert len(decoded) == len(rows) < len(every)


def test_every_split_keeps_its_share():
    """Of the bundled recordings, whose names alone are needed."""
    with tarfile.open(sources.BUNDLED) as packed:
        paths = [path for path in map(PurePosixPath, packed.getnames()) if path.parent.name in data.KEYWORDS]
    assert all(map(is_clip, paths))
    chosen = share_of(paths, 100)
    counts = Counter(path.parent.name for path in chosen)
    assert set(counts) == set(data.KEYWORDS) and 97 <= min(counts.values()) <= max(counts.values()) <= 100

    def shares(some):
        splits = [split_by_hash(path.name.split("_nohash_")[0]) for path in some]
        return [splits.count(split) / len(splits) for split in SPLITS]

    np.testing.assert_allclose(shares(chosen), shares(paths), atol=0.04)


def test_a_file_that_cannot_be_read_counts_and_is_named_only_in_its_share(source):
    names = set(data.load(source).recordings.names)
    inside = share_of_names(names, MOST)
    broken, other = min(inside), min(names - inside)
    for name in (broken, other):
        (source / name).write_bytes(b"not audio")
    with pytest.warns(UserWarning, match="1 file of"):
        share = data.load(source, max_per_word=MOST)
    assert share.left_out == (broken,) and set(share.recordings.names) == inside - {broken}


@pytest.mark.parametrize("most", [0, -5])
def test_a_share_of_nothing_is_an_error(source, most):
    with pytest.raises(ValueError, match="max_per_word"):
        data.load(source, max_per_word=most)


def test_a_share_in_which_no_speaker_fits_says_so(tmp_path):
    source = make_source(tmp_path / "source", words=("yes",), speakers=SPEAKERS[:1])
    (source / "yes" / f"{SPEAKERS[0]}_nohash_1.wav").write_bytes(encode(noise(1)))
    with pytest.raises(data.DataError, match="max_per_word"):
        data.load(source, max_per_word=1)
