"""Sound from the learner's own world: the microphone of the browser, and files of their own.

The browser sends what its microphone hears, a tenth of a second at a time, at the sample rate of the sound card. Python
resamples it to 16 kHz and gives it on in chunks of equal length. Where the browser allows no microphone, a sentence
says why; where no browser is (in a notebook that was executed without one) there is a picture.
"""

import base64
import functools
import html
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kws_helpers import mode
from kws_helpers.data import SAMPLE_RATE
from kws_helpers.data.decode import DecodeError, decode_noise
from kws_helpers.plotting import show, to_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CHUNK = 1_600  # samples: 0.1 s
_FULL_SCALE = np.float32(32_768)  # of 16-bit samples

Hear = Callable[[np.ndarray], tuple[np.ndarray, str | None]]


def listen(hear: Hear, names: Sequence[str], picture: tuple["Figure", str]) -> None:
    """Show a button that starts the microphone, the probabilities as bars that move, and the last words detected.

    Args:
        hear: is given each chunk of 0.1 s, (1600,) float32 at 16 kHz, and returns the probabilities of the names and
            the word that was detected in this chunk, or None.
        names: what the probabilities are called.
        picture: a figure and its description, for where nothing can be heard (a web page, paper).
    """
    if mode.grading():
        return
    _display(picture, _listening_class()(hear, names))


def upload(draw: Callable[[np.ndarray], tuple["Figure", str]], picture: tuple["Figure", str]) -> None:
    """Show a button that takes a sound file, and the figure of `draw(audio)` for it, with the sound to play.

    Args:
        draw: takes the file's sound, (n,) float32 at 16 kHz, and returns a figure and its description. Of long files
            it is given the first five minutes.
        picture: a figure and its description, for where nothing can be uploaded.
    """
    if mode.grading():
        return
    import ipywidgets

    button = ipywidgets.FileUpload(accept="audio/*", description="Choose a recording", layout={"width": "17em"})
    page = ipywidgets.HTML("WAV, FLAC, Ogg and MP3 files can be read.")

    def take(change: Any) -> None:
        if change["new"]:
            page.value = "Listening ..."
            file = change["new"][0]
            page.value = _answer(draw, bytes(file["content"]), file["type"])

    button.observe(take, names="value")
    _display(picture, ipywidgets.VBox([button, page]))


def _display(picture: tuple["Figure", str], widget: Any) -> None:
    live = widget._repr_mimebundle_()
    show(*picture, lambda _: live[0] if isinstance(live, tuple) else live)


def _answer(draw: Callable, content: bytes, kind: str) -> str:
    """What is shown for an uploaded file, as HTML; `kind` is its media type, such as "audio/flac"."""
    try:
        audio = decode_noise(content) / _FULL_SCALE
    except DecodeError as problem:
        return (f"<p>This file cannot be used: {html.escape(str(problem))}. WAV, FLAC, Ogg and MP3 files of at least "
                "one second can be read; a phone's own format may have to be converted first.</p>")
    try:
        figure, description = draw(audio)
    except Exception as error:
        return f"<p>This does not work: {html.escape(_in_words(error))}</p>"
    sound = base64.b64encode(content).decode()
    return f'{to_html(figure, description)}<br><audio controls src="data:{html.escape(kind)};base64,{sound}"></audio>'


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


class Chunks:
    """Cuts a stream of sound, at any sample rate and in pieces of any length, into chunks at 16 kHz."""

    def __init__(self, rate: float) -> None:
        import soxr

        self._resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32", quality="HQ")
        self._left = np.zeros(0, np.float32)

    def of(self, samples: np.ndarray) -> Iterator[np.ndarray]:
        """The chunks that are complete with these samples, (n,) float32."""
        self._left = np.concatenate([self._left, self._resampler.resample_chunk(samples)])
        while len(self._left) >= CHUNK:
            chunk, self._left = self._left[:CHUNK], self._left[CHUNK:]
            yield chunk


@functools.cache
def _listening_class() -> type:
    """The widget. anywidget is imported only here: nothing else needs it."""
    import anywidget
    import traitlets

    class Listening(anywidget.AnyWidget):
        _esm = _BROWSER
        _css = _STYLE
        names = traitlets.List(traitlets.Unicode()).tag(sync=True)

        def __init__(self, hear: Hear, names: Sequence[str]) -> None:
            super().__init__(names=list(names))
            self._hear, self._rate, self._chunks = hear, 0.0, None
            self.on_msg(self._take)

        def _take(self, widget: Any, content: dict, buffers: list) -> None:
            """Sound has come: 16-bit samples. Every message is answered, so that the browser knows that we keep up."""
            try:
                if self._chunks is None or content["first"]:
                    self._chunks = Chunks(content["rate"])
                heard = [self._hear(chunk) for chunk in self._chunks.of(np.frombuffer(buffers[0], "<i2") / _FULL_SCALE)]
                self.send({"bars": [float(one) for one in heard[-1][0]] if heard else None,
                           "words": [word for _, word in heard if word is not None]})
            except Exception as error:
                self.send({"problem": _in_words(error)})

    return Listening


_STYLE = """
.kws-microphone { font-family: var(--jp-ui-font-family, sans-serif); max-width: 40em; }
.kws-microphone button { padding: 0.3em 1.2em; margin: 0.3em 0.8em 0.3em 0; }
.kws-microphone .bar { display: grid; grid-template-columns: 5em 1fr 3em; align-items: center; gap: 0.6em; }
.kws-microphone .track { height: 0.9em; background: var(--jp-layout-color2, #eee); }
.kws-microphone .fill { height: 100%; width: 0; background: #0072B2; }
.kws-microphone .loudness .fill { background: #E69F00; }
.kws-microphone .words { font-size: 1.3em; min-height: 1.6em; margin: 0.4em 0; }
"""

_BROWSER = """
const REFUSED = {
  NotAllowedError: "The browser may not use the microphone. Allow it with the symbol beside the page's address, " +
    "then start again.",
  NotFoundError: "No microphone was found. Plug one in, or use a file below.",
  NotReadableError: "Another program holds the microphone. Close it, then start again.",
};
const NO_MICROPHONE = "This page cannot use a microphone: browsers allow it only on https:// pages and on localhost. " +
  "Use a file below.";

// Runs in the browser's audio thread: collects a tenth of a second at a time.
const COLLECTOR = `
  class Collector extends AudioWorkletProcessor {
    constructor() { super(); this.samples = new Float32Array(Math.round(sampleRate / 10)); this.filled = 0; }
    process(inputs) {
      for (const sample of inputs[0][0] ?? []) {
        this.samples[this.filled++] = sample;
        if (this.filled === this.samples.length) { this.port.postMessage(this.samples.slice()); this.filled = 0; }
      }
      return true;
    }
  }
  registerProcessor("collector", Collector);`;

async function openMicrophone(take) {
  if (!navigator.mediaDevices?.getUserMedia) throw new Error(NO_MICROPHONE);
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  const context = new AudioContext();
  const close = () => { stream.getTracks().forEach((track) => track.stop()); context.close(); };
  try {
    const module = URL.createObjectURL(new Blob([COLLECTOR], { type: "text/javascript" }));
    await context.audioWorklet.addModule(module);
    URL.revokeObjectURL(module);
    await context.resume();
    const collector = new AudioWorkletNode(context, "collector");
    collector.port.onmessage = (event) => take(event.data, context.sampleRate);
    context.createMediaStreamSource(stream).connect(collector).connect(context.destination);  // plays nothing
  } catch (error) {
    close();
    throw error;
  }
  return close;
}

function to16Bit(pieces) {
  const samples = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let place = 0;
  for (const piece of pieces) {
    for (const sample of piece) samples[place++] = Math.max(-32768, Math.min(32767, Math.round(32768 * sample)));
  }
  return samples;
}

function element(parent, tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  parent.append(made);
  return made;
}

function bar(parent, name, className = "") {
  const row = element(parent, "div", `bar ${className}`);
  element(row, "span", "", name);
  const fill = element(element(row, "div", "track"), "div", "fill");
  const number = element(row, "span", "");
  return (share, text) => { fill.style.width = `${100 * Math.min(1, share)}%`; number.textContent = text; };
}

function render({ model, el }) {
  const page = element(el, "div", "kws-microphone");
  const button = element(page, "button", "jupyter-button", "Start listening");
  const status = element(page, "span", "status", "The sound goes to your own notebook server and is not kept.");
  const words = element(page, "div", "words", "No keyword yet.");
  words.setAttribute("aria-live", "polite");
  const loudness = bar(page, "loudness", "loudness");
  const bars = model.get("names").map((name) => bar(page, name));

  let close = null;      // ends the microphone, while it runs
  let waiting = [];      // pieces that were not sent yet
  let unanswered = 0;    // messages that Python has not answered yet
  let first = true;
  let said = [];

  const stop = (text) => {
    close?.();
    close = null;
    button.textContent = "Start listening";
    if (text) status.textContent = text;
  };

  const take = (piece, rate) => {
    if (!close) return;
    const peak = piece.reduce((largest, sample) => Math.max(largest, Math.abs(sample)), 0);
    loudness(peak, peak.toFixed(2));
    waiting.push(piece);
    if (unanswered < 2) {
      const samples = to16Bit(waiting);
      model.send({ rate, first }, undefined, [samples.buffer]);
      waiting = [];
      first = false;
      unanswered += 1;
      status.textContent = "Listening.";
    } else if (waiting.length > 20) {
      waiting.shift();  // better to miss something than to fall further and further behind
      status.textContent = "Python does not keep up. Is another cell running, or the kernel stopped?";
    }
  };

  const onAnswer = (answer) => {
    unanswered = Math.max(0, unanswered - 1);
    if (answer.problem) return stop(`Your functions stopped with an error. ${answer.problem}`);
    answer.bars?.forEach((share, number) => bars[number](share, share.toFixed(2)));
    if (answer.words?.length) {
      said = [...answer.words.reverse(), ...said].slice(0, 8);
      words.textContent = said.join(" · ");
    }
  };

  button.onclick = async () => {
    if (close) return stop("Stopped.");
    button.disabled = true;
    status.textContent = "Waiting for the microphone ...";
    try {
      waiting = [];
      unanswered = 0;
      first = true;
      close = await openMicrophone(take);
      button.textContent = "Stop";
      status.textContent = "Listening.";
    } catch (error) {
      stop(REFUSED[error.name] ?? error.message);
    }
    button.disabled = false;
  };

  model.on("msg:custom", onAnswer);
  return () => { stop(); model.off("msg:custom", onAnswer); };
}

export default { render };
"""
