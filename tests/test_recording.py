"""A long recording is made of whatever a split has, and ends."""

import numpy as np
import pytest

from kws_helpers import data, recording

from .audio_files import SPEAKERS, make_source

pytestmark = [pytest.mark.usefixtures("own_cache"), pytest.mark.filterwarnings("ignore:.* has no")]


def heard(source, split="testing", **options):
    made = recording.long_recording(data.load(source), split, minutes=0.5, **options)
    assert len(made.audio) == 30 * data.SAMPLE_RATE and np.isfinite(made.audio).all() and made.audio.any()
    return {word.text for word in made.words}


@pytest.mark.parametrize("words", [("yes", "bed"), ("yes",), ("bed",)])
def test_other_words_or_keywords_may_be_missing(tmp_path, words):
    assert heard(make_source(tmp_path / "source", words=words)) == set(words)


def test_without_noise_for_a_split_it_is_quiet_between_the_words(tmp_path):
    source = make_source(tmp_path / "source", words=("yes", "bed"), noises=1, noise_seconds=2)
    assert heard(source) == {"yes", "bed"}


@pytest.mark.parametrize("split", ["validation", "testing"])
def test_nobody_in_a_split_is_one_sentence(tmp_path, split):
    source = make_source(tmp_path / "source", words=("yes",), speakers=SPEAKERS[:1])
    with pytest.raises(ValueError, match=f"^source has no {split} clips in which a word is said"):
        heard(source, split)
