"""`spot` and `listen`: a spotter that hears sound as a stream, block by block."""

import subprocess
import sys
import types

import numpy as np
import pytest
import soundfile

from autograder.building.paths import ROOT
from autograder.judging.reference import module_of
from kws_helpers import __main__ as command_line
from kws_helpers import data, recording, spotting
from kws_helpers.features import mfcc
from kws_helpers.spotting.listen import in_file
from kws_helpers.spotting.stream import CHUNK, Stream
from tests.spotters import saved, small_network

import keras  # isort: skip  # after the helpers, so that TensorFlow is quiet


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """A spotter that has learned nothing, and hears words all the time."""
    keras.utils.set_random_seed(0)
    layers = keras.layers.Rescaling(0.05), keras.layers.Conv1D(16, 9, strides=4, activation="relu")
    return saved(tmp_path_factory.mktemp("network") / "spotter.keras", small_network(*layers), threshold=0.3)


@pytest.fixture(scope="module")
def sound(shared_cache):
    return recording.long_recording(data.load("bundled"), "validation", minutes=0.75, seed=1).audio


def run(monkeypatch, capsys, *arguments):
    """Run a command; return its exit code, what it printed, and what it said of errors."""
    monkeypatch.setattr(sys, "argv", ["kws_helpers", *map(str, arguments)])
    try:
        command_line.main()
        code = 0
    except SystemExit as end:
        code = end.code or 0
    return code, *capsys.readouterr()


def as_in_lesson_08(spotter, audio, threshold):
    """What the functions of lesson 08 detect: (look, word) pairs, and the smoothed probabilities."""
    lesson, window, looks = module_of("08_live_spotter"), np.zeros(16_000, np.float32), []
    for start in range(0, len(audio) - CHUNK + 1, CHUNK):
        window = lesson.slide_window(window, audio[start : start + CHUNK])
        looks.append(window)
    heard = np.concatenate([spotter.probabilities(mfcc(np.array(looks[i : i + 64]))) for i in range(0, len(looks), 64)])
    smoothed = lesson.smooth(heard[:, :10], spotter.smoothing)
    found = lesson.detect(smoothed, threshold, spotter.refractory)
    return [(look, spotter.class_names[k]) for look, k in found], smoothed


@pytest.mark.parametrize("at_a_time", [1, 7, 50])
def test_the_stream_hears_what_the_functions_of_lesson_08_hear(at_a_time, network, sound):
    spotter = spotting.load(network)
    expected, smoothed = as_in_lesson_08(spotter, sound, 0.3)
    stream, chunks = Stream(spotter), sound[: len(sound) // CHUNK * CHUNK].reshape(-1, CHUNK)
    looks = [look for i in range(0, len(chunks), at_a_time) for look in stream.hear(chunks[i : i + at_a_time])]
    assert len(expected) > 10
    np.testing.assert_allclose([look.probabilities[:10] for look in looks], smoothed, atol=1e-4)
    assert [(t, spotter.class_names[k]) for t, (_, _, k) in enumerate(looks) if k is not None] == expected
    assert looks[12].time == pytest.approx(1.3)


def test_each_word_has_its_threshold_and_other_classes_never_wake(network, sound, tmp_path):
    path = saved(tmp_path / "one.keras", keras.models.load_model(network), refractory=1,
                 threshold=dict.fromkeys(spotting.load(network).class_names, 0) | dict.fromkeys(data.KEYWORDS[1:], 1))
    stream = Stream(spotting.load(path))
    assert {look.detected for look in stream.hear(sound[: 20 * CHUNK].reshape(-1, CHUNK))} == {0}


@pytest.mark.parametrize("rate, channels, kind", [
    (16_000, 1, "PCM_16"), (8_000, 1, "PCM_U8"), (44_100, 2, "PCM_24"), (48_000, 1, "FLOAT"), (16_000, 3, "DOUBLE")])
def test_a_file_of_any_kind_is_heard_and_its_words_come_at_their_time(rate, channels, kind, network, sound, tmp_path):
    import soxr

    audio = sound[: 20 * 16_000]
    resampled = soxr.resample(audio, 16_000, rate)
    soundfile.write(tmp_path / "sound.wav", np.stack([resampled] * channels, axis=1), rate, kind)
    found = list(in_file(spotting.load(network), tmp_path / "sound.wav"))
    expected, _ = as_in_lesson_08(spotting.load(network), audio, 0.3)
    same = {(round(one.time, 3), one.word) for one in found} & {((look + 1) / 10, word) for look, word in expected}
    assert len(same) > (0.9 if rate >= 16_000 else 0.4) * len(expected)  # at 8 kHz half of the bands are mute


@pytest.mark.parametrize("seconds", [1 / 16_000, 0.03, 0.4, 1.234])
def test_a_short_file_is_heard_to_its_end_and_no_time_lies_after_it(seconds, network, sound, tmp_path):
    soundfile.write(tmp_path / "short.wav", sound[16_000 : 16_000 + round(seconds * 16_000)], 16_000)
    times = [one.time for one in in_file(spotting.load(network), tmp_path / "short.wav", threshold=0)]
    assert times
    assert max(times) <= seconds


def test_lines_and_csv_say_the_same(network, sound, tmp_path, monkeypatch, capsys):
    soundfile.write(tmp_path / "sound.wav", sound, 16_000, "FLOAT")
    command = "spot", tmp_path / "sound.wav", "--network", network, "--threshold", 0.4
    code, lines, _ = run(monkeypatch, capsys, *command)
    code_of_csv, table, _ = run(monkeypatch, capsys, *command, "--csv")
    header, *rows = [line.split(",") for line in table.splitlines()]
    assert (code, code_of_csv, header) == (0, 0, ["time", "word", "probability"])
    expected, smoothed = as_in_lesson_08(spotting.load(network), sound, 0.4)
    assert [row[:2] for row in rows][: len(expected)] == [[f"{(t + 1) / 10:.3f}", word] for t, word in expected]
    assert float(rows[0][2]) == pytest.approx(smoothed[expected[0][0]].max(), abs=1e-3)
    assert [(float(time), word) for time, _, word, _ in map(str.split, lines.splitlines())] == [
        (round(float(time), 1), word) for time, word, _ in rows]


def test_nothing_detected_leaves_the_output_empty_and_says_so_beside_it(network, sound, tmp_path, monkeypatch, capsys):
    soundfile.write(tmp_path / "sound.wav", sound[:16_000], 16_000)
    command = "spot", tmp_path / "sound.wav", "--network", network, "--threshold", 1
    assert run(monkeypatch, capsys, *command) == (0, "", "No keyword was detected.\n")
    assert run(monkeypatch, capsys, *command, "--csv") == (0, "time,word,probability\n", "")


def not_finite(path):
    soundfile.write(path, np.array([0.1, np.nan] * 9000, np.float32), 16_000, "FLOAT")


BAD_SOUNDS = {
    "text": (lambda path: path.write_text("hello " * 100), 1, "sound.wav cannot be read as sound"),
    "empty": (lambda path: path.touch(), 1, "sound.wav cannot be read as sound"),
    "no samples": (lambda path: soundfile.write(path, np.zeros(0), 16_000), 1, "sound.wav holds no sound"),
    "cut header": (lambda path: path.write_bytes(b"RIFF\x00\x00\x00\x00WAVE"), 1, "cannot be read as sound"),
    "not finite": (not_finite, 1, "no finite numbers"),
    "missing": (lambda path: None, 2, "There is no file"),
    "folder": (lambda path: path.mkdir(), 2, "is a folder")}


@pytest.mark.parametrize("write, code, words", BAD_SOUNDS.values(), ids=BAD_SOUNDS)
def test_what_is_no_sound_gets_a_sentence(write, code, words, network, tmp_path, monkeypatch, capsys):
    write(tmp_path / "sound.wav")
    exit_code, _, said = run(monkeypatch, capsys, "spot", tmp_path / "sound.wav", "--network", network)
    assert (exit_code, "Traceback" in said) == (code, False)
    assert words in said


BAD_NETWORKS = {
    "missing": (lambda path: None, 2, "There is no file"),
    "plain": (lambda path: small_network().save(path), 1, "Save it with kws_helpers.spotting.save"),
    "other input": (lambda path: small_network(inputs=(20, 13)).save(path), 1, "Save it with"),
    "text": (lambda path: path.write_text("network"), 1, "is no network that Keras 3 saved")}


@pytest.mark.parametrize("write, code, words", BAD_NETWORKS.values(), ids=BAD_NETWORKS)
def test_what_is_no_spotter_gets_a_sentence(write, code, words, sound, tmp_path, monkeypatch, capsys):
    soundfile.write(tmp_path / "sound.wav", sound[:16_000], 16_000)
    write(tmp_path / "odd.keras")
    exit_code, printed, said = run(monkeypatch, capsys, "spot", tmp_path / "sound.wav", "--network",
                                   tmp_path / "odd.keras", "--csv")
    assert (exit_code, words in said) == (code, True)
    assert not printed


@pytest.mark.parametrize("threshold", ["1.1", "-0.1", "nan", "high"])
def test_a_threshold_that_is_no_probability_is_wrong_usage(threshold, network, monkeypatch, capsys):
    code, _, said = run(monkeypatch, capsys, "spot", network, f"--threshold={threshold}")
    assert (code, "must be a number from 0 to 1" in said) == (2, True)


def test_listening_needs_nothing_heavy(network, sound, tmp_path):
    soundfile.write(tmp_path / "sound.wav", sound[: 5 * 16_000], 16_000)
    code = ("import sys; from kws_helpers.__main__ import main\n"
            f"sys.argv = ['', 'spot', {str(tmp_path / 'sound.wav')!r}, '--network', {str(network)!r}]; main()\n"
            "print([name for name in ('tensorflow', 'keras', 'numba', 'librosa', 'matplotlib', 'sklearn', 'pandas', "
            "'IPython') if name in sys.modules])")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


class Microphone:
    """Stands for sounddevice: one that hears a sound, and then Ctrl-C."""

    class PortAudioError(Exception):
        pass

    def __init__(self, sound, samplerate=16_000):
        self.sound, self.samplerate = sound, samplerate

    def InputStream(self, channels, dtype):
        assert (channels, dtype) == (1, "float32")
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.is_closed = True

    def read(self, size):
        if not len(self.sound):
            raise KeyboardInterrupt
        heard, self.sound = self.sound[:size], self.sound[size:]
        return heard[:, np.newaxis], False


def test_listen_hears_the_microphone_until_it_is_interrupted(network, sound, monkeypatch, capsys):
    microphone = Microphone(sound[: 10 * 16_000])
    monkeypatch.setitem(sys.modules, "sounddevice", microphone)
    code, printed, said = run(monkeypatch, capsys, "listen", "--network", network)
    expected, _ = as_in_lesson_08(spotting.load(network), sound[: 10 * 16_000], 0.3)
    first, *lines = printed.splitlines()
    assert (code, said, microphone.is_closed) == (0, "", True)
    assert first == "Listening for yes, no, up, down, left, right, on, off, stop and go. Ctrl-C ends it."
    assert [tuple(line.split()[::2]) for line in lines] == [(f"{(t + 1) / 10:.1f}", word) for t, word in expected]


def without_a_microphone(**more):
    def fail(**_):
        raise Microphone.PortAudioError("Error querying device -1")

    return types.SimpleNamespace(PortAudioError=Microphone.PortAudioError, InputStream=fail)


@pytest.mark.parametrize("module, words", [
    (None, "pip install sounddevice"),
    (without_a_microphone(), "No microphone can be heard: Error querying device -1")])
def test_listen_says_what_is_missing(module, words, network, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    code, _, said = run(monkeypatch, capsys, "listen", "--network", network)
    assert (code, words in said) == (1, True)


def test_listen_says_that_portaudio_is_missing(network, tmp_path, monkeypatch, capsys):
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    code, _, said = run(monkeypatch, capsys, "listen", "--network", network)
    assert (code, "apt install libportaudio2" in said) == (1, True)
