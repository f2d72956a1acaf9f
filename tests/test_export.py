"""A spotter as a page and as C: the same features, probabilities and detections as in Python."""

import dataclasses
import math
import shutil
import subprocess

import numpy as np
import pytest
import soundfile
import soxr

from kws_helpers import data, features, spotting
from kws_helpers.data import SAMPLE_RATE
from kws_helpers.recording import long_recording
from kws_helpers.spotting import origin
from kws_helpers.spotting.c_code import write_c
from kws_helpers.spotting.listen import in_file
from kws_helpers.spotting.page import write_page
from kws_helpers.spotting.quantise import quantised
from tests.desk import CHROMIUM, FAKE_MICROPHONE, Desk, chromium, needs_chromium
from tests.test_spotting import NETWORKS, saved, trained

import keras  # isort: skip  # after the helpers, so that TensorFlow is quiet

GCC = shutil.which("gcc")
needs_gcc = pytest.mark.skipif(GCC is None, reason="no gcc here: on Debian and Ubuntu, apt install gcc")
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O2"]
WITHIN_600_KB = 130_000  # weights
CLIPS_IN_C = """
#include "spotter.h"
#include <stdio.h>
int main(void) {
    static struct spotter spotter;
    static int16_t clip[16000];
    while (fread(clip, 2, 16000, stdin) == 16000) {
        spotter_init(&spotter);
        spotter_hear(&spotter, clip, 16000, NULL, NULL);
        fwrite(spotter.mfcc, sizeof spotter.mfcc, 1, stdout);
        fwrite(spotter.probabilities, sizeof spotter.probabilities, 1, stdout);
    }
    return 0;
}
"""


@pytest.fixture(scope="module")
def clips(shared_cache):
    """Speech, and sound that is difficult: zeros, nearly zeros, clipped, tones, a click. As 16-bit numbers."""
    rng, t = np.random.default_rng(0), np.arange(SAMPLE_RATE) / SAMPLE_RATE
    speech = data.load(max_per_word=4).testing.clips[:8]
    sounds = [0 * t, 1e-4 * rng.normal(size=len(t)), 5 * rng.normal(size=len(t)), np.sin(2 * np.pi * 1013 * t),
              np.sign(np.sin(2 * np.pi * 440 * t)), t == 0.5, 1 + 0 * t, 20 * speech[0]]
    return np.rint(32767 * np.clip(np.concatenate([speech, sounds]), -1, 1)).astype("<i2")


def spotter_of(name, folder, **more):
    return spotting.load(saved(folder / "spotter.keras", trained(NETWORKS[name]()), **more))


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


def opened(browser, path, colours="light"):
    desk = Desk(browser, colours=colours)
    desk.page.goto(path.as_uri())
    return desk


def in_page(page, clips):
    """Return the features and probabilities of whole seconds, as the page's own functions compute them."""
    found = page.evaluate("""(clips) => clips.map((clip) => {
        spotter.reset();
        spotter.hear(Float32Array.from(clip, (sample) => sample / 32768));
        return [...spotter.mfcc, ...spotter.probabilities];
    })""", clips.tolist())
    return np.split(np.array(found), [49 * 40], axis=1)


@needs_chromium
@pytest.mark.parametrize("name", NETWORKS)
def test_a_page_computes_what_python_computes(name, browser, clips, tmp_path):
    spotter = spotter_of(name, tmp_path)
    write_page(spotter, tmp_path / "page.html")
    desk = opened(browser, tmp_path / "page.html")
    mfcc, probabilities = in_page(desk.page, clips)
    desk.page.close()
    expected = features.mfcc(clips / np.float32(32768))
    np.testing.assert_allclose(mfcc.reshape(expected.shape), expected, atol=1e-3)
    np.testing.assert_allclose(probabilities, spotter.probabilities(expected), atol=1e-3)
    weights = {id(one): one.size for step in spotter.graph for one in step.weights.values()}
    assert (tmp_path / "page.html").stat().st_size < 600_000 or sum(weights.values()) > WITHIN_600_KB
    assert not desk.complaints


def in_8_bits(step):
    """Return a step with the weights that the C code has."""
    if "kernel" not in step.weights:
        return step
    kernel, bias = step.weights["kernel"], step.weights["bias"]
    depth = 1 if step.kind == "depthwise" else kernel.shape[-2]
    whole, scales = quantised(kernel.reshape(-1, depth, len(bias)).transpose(2, 0, 1))
    nearly = (whole * scales[:, np.newaxis, np.newaxis]).transpose(1, 2, 0).reshape(kernel.shape)
    assert np.abs(nearly - kernel).max() <= scales.max() * 1.001
    return dataclasses.replace(step, weights={"kernel": nearly, "bias": bias})


def compiled(spotter, folder, main=None):
    write_c(spotter, folder)
    if main:
        (folder / "main.c").write_text(main)
    subprocess.run([GCC, *STRICT, *map(str, folder.glob("*.c")), "-o", str(folder / "spotter"), "-lm"], check=True)
    return lambda samples: subprocess.run([folder / "spotter"], input=samples.astype("<i2").tobytes(),
                                          capture_output=True, check=True).stdout


@needs_gcc
@pytest.mark.parametrize("name", ["lesson 06", "lesson 08", "recipe, averaged", "pooled", "operators"])
def test_c_computes_what_python_computes_with_weights_of_8_bits(name, clips, tmp_path):
    spotter = spotter_of(name, tmp_path)
    found = np.frombuffer(compiled(spotter, tmp_path / "c", CLIPS_IN_C)(clips), np.float32).reshape(len(clips), -1)
    expected = features.mfcc(clips / np.float32(32768))
    np.testing.assert_allclose(found[:, : 49 * 40].reshape(expected.shape), expected, atol=1e-3)
    same = dataclasses.replace(spotter, graph=tuple(map(in_8_bits, spotter.graph)))
    np.testing.assert_allclose(found[:, 49 * 40 :], same.probabilities(expected), atol=1e-3)


@pytest.fixture(scope="module")
def stream(shared_cache, tmp_path_factory):
    """A minute, a spotter that detects something in it, and the detections: (time, word)."""
    audio = long_recording(data.load(max_per_word=20), "testing", minutes=1, seed=8).audio
    folder = tmp_path_factory.mktemp("stream")
    soundfile.write(folder / "minute.wav", audio, SAMPLE_RATE)
    samples, _ = soundfile.read(folder / "minute.wav", dtype="int16")
    spotter = spotter_of("lesson 07", folder, threshold={"yes": 0.2, "no": 0.6, "up": 0.4})
    spotter = dataclasses.replace(spotter, graph=tuple(map(in_8_bits, spotter.graph)))
    found = [(round(time, 1), word) for time, word, _ in in_file(spotter, folder / "minute.wav")]
    assert len(found) > 3
    return samples, spotter, found


@needs_chromium
def test_a_page_detects_what_spot_detects(stream, browser, tmp_path):
    samples, spotter, expected = stream
    write_page(spotter, tmp_path / "page.html")
    soundfile.write(tmp_path / "minute.wav", samples, SAMPLE_RATE)
    desk = opened(browser, tmp_path / "page.html")
    desk.page.locator("#file").set_input_files(tmp_path / "minute.wav")
    desk.page.get_by_text("detected in 1:00.0.").wait_for()
    rows = [row.split("\n")[:2] for row in reversed(desk.page.locator("#heard li").all_inner_texts())]
    assert [(60 * int(clock[0]) + float(clock[2:]), word) for clock, word in rows] == expected
    assert not desk.complaints


@needs_gcc
def test_c_detects_what_spot_detects(stream, tmp_path):
    samples, spotter, expected = stream
    header, *rows = compiled(spotter, tmp_path / "c")(samples).decode().splitlines()
    assert header == "time,word,probability"
    assert [(float(row.split(",")[0]), row.split(",")[1]) for row in rows] == expected


@needs_chromium
@pytest.mark.parametrize("rate", [8000, 44100, 48000])
def test_a_page_resamples_as_soxr_does(rate, browser, tmp_path):
    sound = np.random.default_rng(0).normal(size=rate // 2).astype(np.float32)
    write_page(spotter_of("operators", tmp_path), tmp_path / "page.html")
    desk = opened(browser, tmp_path / "page.html")
    found = np.array(desk.page.evaluate("""([rate, sound]) => {
        const resampler = new Resampler(rate), made = [];
        const samples = Float32Array.from(sound);
        for (let i = 0; i < samples.length; i += 777) made.push(...resampler.next(samples.subarray(i, i + 777)));
        return made;
    }""", [rate, sound.tolist()]))
    expected = soxr.resample(sound, rate, SAMPLE_RATE)[: len(found)]
    audible = int(len(found) * min(7000, 0.42 * rate) / SAMPLE_RATE)
    inside = np.hanning(len(found))  # the ends are cut in other ways
    error, whole = (np.abs(np.fft.rfft(inside * one)[:audible]) for one in (found - expected, expected))
    assert np.sum(error**2) < 1e-6 * np.sum(whole**2)


def tone_spotter(folder):
    """A spotter of loud sound, which it calls "yes"; all else is "silence"."""
    clip = keras.Input((49, 40))
    loudness = keras.layers.GlobalMaxPooling1D()(clip)
    network = keras.Model(clip, keras.layers.Dense(2, activation="softmax")(loudness))
    kernel = np.zeros((40, 2), np.float32)
    kernel[0] = [0.05, -0.05]
    network.set_weights([kernel, np.float32([20, -20])])  # c0 of silence is -1131, that of the tones about -100
    path = saved(folder / "tones.keras", network, class_names=["yes", "silence"], mean=np.zeros(40), std=np.ones(40))
    return spotting.load(path)


@needs_chromium
@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_a_page_from_a_file_hears_the_microphone_and_asks_nobody(rate, browser, tmp_path):
    spotter = tone_spotter(tmp_path)
    sound = np.zeros(3 * SAMPLE_RATE, np.float32)
    sound[12_000:16_000] = 0.5 * np.random.default_rng(0).uniform(-1, 1, 4000)
    soundfile.write(tmp_path / "microphone.wav", soxr.resample(sound, SAMPLE_RATE, rate), rate)
    expected = next(in_file(spotter, tmp_path / "microphone.wav")).time
    write_page(spotter, tmp_path / "page.html")
    capture = f"--use-file-for-fake-audio-capture={tmp_path / 'microphone.wav'}%noloop"
    arguments = ["--no-sandbox", *FAKE_MICROPHONE, capture]
    with browser.browser_type.launch(executable_path=CHROMIUM, args=arguments) as with_microphone:
        desk, asked = Desk(with_microphone), []
        desk.page.on("request", lambda request: asked.append(request.url))
        desk.page.goto((tmp_path / "page.html").as_uri())
        desk.page.get_by_role("button", name="Start listening").click()
        row = desk.page.locator("#heard li").last.inner_text().split("\n")
        assert row[1] == "yes"
        assert abs(float(row[0][2:]) - expected) < 0.35
        desk.page.get_by_text("ms a look").wait_for()
        desk.picture("page-listening")
        desk.page.get_by_role("button", name="Stop").click()
        desk.page.get_by_text("Stopped.").wait_for()
    assert (asked, desk.complaints) == ([(tmp_path / "page.html").as_uri()], [])


@needs_chromium
@pytest.mark.parametrize("colours, width", [("light", 1200), ("dark", 390)])
def test_a_page_can_be_used_by_everybody(colours, width, stream, browser, tmp_path):
    samples, spotter, expected = stream
    write_page(spotter, tmp_path / "page.html")
    soundfile.write(tmp_path / "some.wav", samples, SAMPLE_RATE)
    desk = opened(browser, tmp_path / "page.html", colours)
    page = desk.page
    page.set_viewport_size({"width": width, "height": 844})
    page.get_by_role("button", name="Start listening").press("Enter")
    page.get_by_text("No microphone was found.").wait_for()
    page.get_by_label("sound file").set_input_files({"name": "a.wav", "mimeType": "audio/wav", "buffer": b"x"})
    page.get_by_text("a.wav is no sound that this browser can read.").wait_for()
    page.get_by_label("sound file").set_input_files(tmp_path / "some.wav")
    page.get_by_text("detected in 1:00.0.").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert desk.hurdles() == []
    desk.picture(f"page-{colours}")
    page.get_by_role("slider").press("End")
    page.locator("output", has_text="1.00").wait_for()
    assert page.evaluate("spotter.keywords.every((k) => spotter.thresholds[k] > 0.5)")
    assert not desk.complaints


@needs_chromium
def test_names_are_text_and_no_markup(browser, tmp_path):
    names = ["</script><b>", '"?\\', "日本", "silence"]
    network = keras.Sequential([keras.Input((49, 40)), keras.layers.Flatten(), keras.layers.Dense(4, "softmax")])
    spotter = spotting.load(saved(tmp_path / "a.keras", network, class_names=names))
    write_page(spotter, tmp_path / "page.html")
    desk = opened(browser, tmp_path / "page.html")
    assert desk.page.locator("#words").inner_text() == ", ".join(names[:3])
    assert not desk.complaints
    if GCC:
        main = '#include "spotter.h"\n#include <stdio.h>\nint main(void) { return puts(spotter_words[{}]) < 0; }'
        found = [compiled(spotter, tmp_path / f"c{k}", main.replace("{}", str(k)))(np.zeros(0)) for k in range(3)]
        assert [one.decode().strip() for one in found] == names[:3]


@pytest.mark.parametrize("is_in_the_box", [True, False])
def test_what_was_trained_on_recordings_of_people_names_them(is_in_the_box, tmp_path, monkeypatch):
    spotter = spotter_of("lesson 08", tmp_path)
    box = "spotter.keras" if is_in_the_box else "nothing.keras"
    monkeypatch.setattr(origin.file, "PRETRAINED", tmp_path / box)
    monkeypatch.setattr(origin.file, "load", lambda load=spotting.load: load(tmp_path / box))
    write_page(spotter, tmp_path / "page.html")
    write_c(spotter, tmp_path / "c")
    for file in ("page.html", "c/README.md"):
        assert ("Pete Warden" in (tmp_path / file).read_text()) == is_in_the_box


@needs_gcc
def test_the_memory_that_the_header_promises_is_what_it_takes(tmp_path):
    main = ('#include "spotter.h"\n#include <stdio.h>\n'
            'int main(void) { return printf("%zu", sizeof(struct spotter)) < 0; }')
    size = int(compiled(spotter_of("lesson 07", tmp_path), tmp_path / "c", main)(np.zeros(0)))
    promised = (tmp_path / "c/spotter.h").read_text().split("struct spotter takes ")[1].split(" bytes")[0]
    assert math.isclose(size, int(promised.replace(",", "")), abs_tol=8)
