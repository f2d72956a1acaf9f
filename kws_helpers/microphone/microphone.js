// What listen.js and record.js share; it is put before each of them. The microphone's sound goes to Python as 16-bit
// samples, and Python answers each message.

const REFUSED = {
  NotAllowedError: "The browser may not use the microphone. Allow it with the symbol beside the page's address, " +
    "then start again.",
  NotFoundError: "No microphone was found. Plug one in, or read on.",
  NotReadableError: "Another program holds the microphone. Close it, then start again.",
};
const NO_MICROPHONE = "This page cannot use a microphone: browsers allow it only on https:// pages and on localhost. " +
  "Read on.";

// Runs in the browser's audio thread: collects a tenth of a second at a time, as 16-bit samples.
const COLLECTOR = `
  class Collector extends AudioWorkletProcessor {
    samples = new Int16Array(Math.round(sampleRate / 10));
    filled = 0;
    process([[channel]]) {
      for (const sample of channel ?? []) {
        this.samples[this.filled++] = Math.max(-32768, Math.min(32767, Math.round(32768 * sample)));
        if (this.filled === this.samples.length) { this.port.postMessage(this.samples.slice()); this.filled = 0; }
      }
      return true;
    }
  }
  registerProcessor("collector", Collector);`;

// Gives each piece of sound to `take`, with the sample rate; returns a function that closes the microphone.
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
    collector.port.onmessage = ({ data }) => take(data, context.sampleRate);
    context.createMediaStreamSource(stream).connect(collector).connect(context.destination);  // plays nothing
  } catch (error) {
    close();
    throw error;
  }
  return close;
}

function element(parent, tag, className = "", text = "") {
  const made = Object.assign(document.createElement(tag), { className, textContent: text });
  parent.append(made);
  return made;
}

// A row with a name, a bar and a number; returns a function that sets them to a share from 0 to 1.
function bar(parent, name, className = "") {
  const row = element(parent, "div", `bar ${className}`);
  element(row, "span", "", name);
  const track = element(row, "div", "track");
  const fill = element(track, "div", "fill");
  if (className !== "loudness") element(track, "div", "line");  // where the threshold is
  const number = element(row, "span");
  return (share) => {
    fill.style.width = `${100 * Math.min(1, share)}%`;
    number.textContent = share.toFixed(2);
  };
}

// A button that starts and stops the microphone, with what there is to say beside it. The sound goes to Python; `heard`
// is given how loud each piece is. Returns `answered`, to be called for each answer of Python, and `stop`.
function microphone(model, page, start, heard) {
  const button = element(page, "button", "jupyter-button", start);
  const status = element(page, "span", "status", "The sound goes to your own notebook server and is not kept.");
  status.setAttribute("role", "status");
  let close = null;  // ends the microphone, while it runs
  let waiting, unanswered, first;  // pieces that were not sent yet; messages without an answer; nothing was sent yet

  const stop = (text = "") => {
    close?.();
    close = null;
    button.textContent = start;
    status.textContent = text;
  };

  const say = (text) => { if (status.textContent !== text) status.textContent = text; };  // read aloud once

  const take = (piece, rate) => {
    if (!close) return;
    heard(piece.reduce((largest, sample) => Math.max(largest, Math.abs(sample)), 0) / 32768);
    waiting.push(piece);
    if (unanswered < 2) {
      model.send({ rate, first }, undefined, waiting.map(({ buffer }) => buffer));
      [waiting, first] = [[], false];
      unanswered += 1;
      say("Listening.");
    } else if (waiting.length > 20) {
      waiting.shift();  // better to miss something than to fall further and further behind
      say("Python does not keep up. Is another cell running, or the kernel stopped?");
    }
  };

  button.onclick = async () => {
    if (close) return stop("Stopped.");
    button.disabled = true;
    status.textContent = "Waiting for the microphone ...";
    [waiting, unanswered, first] = [[], 0, true];
    try {
      close = await openMicrophone(take);
      button.textContent = "Stop";
      status.textContent = "Listening.";
    } catch (error) {
      stop(REFUSED[error.name] ?? error.message);
    }
    button.disabled = false;
    button.focus();  // it was lost while the button could not be pressed
  };

  return { stop, answered: () => { unanswered = Math.max(0, unanswered - 1); } };
}
