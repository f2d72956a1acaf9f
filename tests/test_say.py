"""A word by synthetic voices: as long as a clip, the same every time, and one folder of the Speech Commands layout."""

import sys

import numpy as np
import pytest
import soundfile

from kws_helpers import say
from kws_helpers.data.layout import word_and_speaker


@pytest.fixture(autouse=True)
def buffered_output(monkeypatch):
    """Where Python does not buffer, as some machines have it, a pipe is written to in another way."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)


def test_each_voice_is_another_and_speaks_the_same_way_twice():
    clips = say.say("hello", 40)
    assert clips.shape == (40, 16000) and clips.dtype == np.float32
    assert len(np.unique(clips, axis=0)) == 40
    assert np.array_equal(clips, say.say("hello", 40))
    assert np.abs(clips).max(axis=1) == pytest.approx(0.5)


def test_the_word_is_in_the_middle():
    for clip in np.abs(say.say("hello", 10)):
        heard = np.flatnonzero(clip > 0.01)
        assert 2000 < np.ptp(heard) < 16000
        assert abs(heard[0] + heard[-1] - 16000) < 1000


def test_there_are_so_many_voices_and_no_more():
    most = len(say.ACCENTS) * len(say.VARIANTS) * len(say.PITCHES) * len(say.RATES)
    assert len(set(say.voices(most))) == most
    speakers = most // len(say.RATES)
    assert len({voice.speaker for voice in say.voices(speakers)}) == speakers == \
        len({voice.speaker for voice in say.voices(most)})
    for count in (0, most + 1):
        with pytest.raises(ValueError, match=str(most)):
            say.voices(count)


def test_clips_lie_in_the_layout_of_speech_commands(tmp_path):
    files = say.write_clips(" Ada ", tmp_path, count=300)
    assert len(set(files)) == 300 and all(file.parent == tmp_path / "ada" for file in files)
    speakers = {word_and_speaker(f"ada/{file.name}")[1] for file in files}
    assert len(speakers) == len({voice.speaker for voice in say.voices(300)}) < 300
    audio, rate = soundfile.read(files[0])
    assert rate == 16000 and np.abs(audio - say.say("ada", 1)[0]).max() < 1e-4


@pytest.mark.parametrize("word, reason", [("supercalifragilisticexpialidocious", "seconds"), ("", "not one word"),
                                          ("../up", "not one word"), ("two words", "not one word")])
def test_what_cannot_be_said_is_told_and_leaves_no_folder(word, reason, tmp_path):
    with pytest.raises(say.CannotSay, match=reason):
        say.write_clips(word, tmp_path, 3)
    assert not list(tmp_path.iterdir())


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    with pytest.raises(SystemExit, match="pip install"):
        say._main("hello", "1")
