// What is seen and pressed: the microphone or a file gives sound to the spotter, bars and a list show what it hears.
"use strict";

const NO_MICROPHONE = "This browser gives no microphone to a page that was opened from a file. Open the page in Chrome, " +
  "Edge or Firefox, or choose a sound file.";
const REFUSED = {
  NotAllowedError: "The browser may not use the microphone. Allow it beside the page's address, then start again; or " +
    "choose a sound file.",
  NotFoundError: "No microphone was found. Plug one in, or choose a sound file.",
  NotReadableError: "Another program holds the microphone. Close it, then start again.",
};
const MOST_DETECTIONS = 500;  // in the list
const LATE = 2;  // seconds behind the microphone, when sound is left out

// Runs in the browser's audio thread: collects a twentieth of a second at a time.
const COLLECTOR = `
  class Collector extends AudioWorkletProcessor {
    samples = new Float32Array(Math.round(sampleRate / 20));
    filled = 0;
    process([[channel]]) {
      for (const sample of channel ?? []) {
        this.samples[this.filled++] = sample;
        if (this.filled < this.samples.length) continue;
        this.port.postMessage({ samples: this.samples.slice(), time: currentTime });
        this.filled = 0;
      }
      return true;
    }
  }
  registerProcessor("collector", Collector);`;

const part = (name) => document.getElementById(name);
const spotter = new Spotter(JSON.parse(part("description").textContent), floatsOf(part("weights").textContent));
const words = spotter.keywords.map((k) => spotter.class_names[k]);
const thresholds = spotter.thresholds.slice();  // as they were saved
let source = null;  // what gives sound now: { stop }
let [spent, spentOn] = [0, 0];  // milliseconds, looks

function element(parent, tag, className = "", text = "") {
  const made = Object.assign(document.createElement(tag), { className, textContent: text });
  parent.append(made);
  return made;
}

// A row with a name, a bar and a number; `show` sets the latter two, `line` moves the line.
function bar(name, className = "") {
  const row = element(part("bars"), "div", `bar ${className}`);
  element(row, "span", "", name);
  const track = element(row, "div", "track"), fill = element(track, "div", "fill");
  const line = className ? null : element(track, "div", "line");
  const number = element(row, "span", "number");
  for (const [key, value] of Object.entries({ role: "meter", "aria-label": name, "aria-valuemin": 0, "aria-valuemax": 1 })) {
    track.setAttribute(key, value);
  }
  const show = (share, reached = false) => {
    fill.style.width = `${100 * Math.min(1, share)}%`;
    number.textContent = share.toFixed(2);
    track.setAttribute("aria-valuenow", Math.min(1, share).toFixed(2));
    row.classList.toggle("reached", reached);
  };
  show(0);
  return { show, line: (share) => { line.style.left = `${100 * share}%`; } };
}

function clock(seconds) {
  const tenths = Math.round(10 * seconds), pad = (number, width) => String(number).padStart(width, "0");
  return `${Math.floor(tenths / 600)}:${pad(Math.floor(tenths / 10) % 60, 2)}.${tenths % 10}`;
}

function addDetection({ time, word, probability }) {
  part("nothing").hidden = true;
  const row = document.createElement("li");
  element(row, "span", "", clock(time));
  element(row, "span", "", word);
  element(row, "span", "", probability.toFixed(2));
  part("heard").prepend(row);
  if (part("heard").children.length > MOST_DETECTIONS) part("heard").lastChild.remove();
}

function showLook() {
  spotter.keywords.forEach((k, i) => bars[i].show(spotter.smoothed[k], spotter.smoothed[k] >= spotter.thresholds[k]));
}

// Give samples at 16 kHz to the spotter, and show what it heard in a sound that ends after so many seconds.
function hear(samples, end = Infinity) {
  const before = performance.now(), looks = spotter.looks;
  const detections = spotter.hear(samples);
  spent += performance.now() - before;
  spentOn += spotter.looks - looks;
  for (const one of detections) addDetection({ ...one, time: Math.min(one.time, end) });
  if (spotter.looks > looks) {
    showLook();
    part("cost").textContent = `${(spent / spentOn).toFixed(1)} ms a look, of ${1000 * spotter.chunk / RATE} ms.`;
  }
  return detections.length;
}

function moveThreshold() {
  const by = part("threshold").value - atStart;
  spotter.thresholds = thresholds.map((own) => Math.max(0.01, Math.min(1, own + by)));
  part("threshold-value").textContent = Number(part("threshold").value).toFixed(2);
  spotter.keywords.forEach((k, i) => bars[i].line(spotter.thresholds[k]));
}

// Begin anew, with another source of sound; `stop` ends it.
function begin(stop) {
  source?.stop();
  source = { stop };
  spotter.reset();
  part("heard").replaceChildren();
  part("nothing").hidden = false;
  part("listen").textContent = "Stop";
  return source;
}

function end(text) {
  source?.stop();
  source = null;
  loudness.show(0);
  part("listen").textContent = "Start listening";
  part("status").textContent = text;
}

async function openMicrophone() {
  if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) throw new Error(NO_MICROPHONE);
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  const context = new AudioContext();  // at the microphone's own rate: Firefox takes no other
  const stop = () => { stream.getTracks().forEach((track) => track.stop()); context.close(); };
  try {
    await context.audioWorklet.addModule(`data:text/javascript,${encodeURIComponent(COLLECTOR)}`)  // Chrome: for file://
      .catch(() => context.audioWorklet.addModule(URL.createObjectURL(new Blob([COLLECTOR], { type: "text/javascript" }))));
    await context.resume();
  } catch (error) {
    stop();
    throw error;
  }
  const own = begin(stop), resampler = new Resampler(context.sampleRate);
  const collector = new AudioWorkletNode(context, "collector");
  collector.port.onmessage = ({ data: { samples, time } }) => {
    if (source !== own) return;
    const isLate = context.currentTime - time > LATE;
    part("status").textContent = isLate ? "This device is too slow: some of the sound is left out." : "Listening.";
    loudness.show(samples.reduce((largest, sample) => Math.max(largest, Math.abs(sample)), 0));
    if (!isLate) hear(resampler.next(samples));
  };
  stream.getAudioTracks()[0].onended = () => { if (source === own) end("The microphone is gone. Plug it in and start again."); };
  context.createMediaStreamSource(stream).connect(collector).connect(context.destination);  // plays nothing
}

async function listenToFile(file) {
  part("status").textContent = `Reading ${file.name} ...`;
  let sound;
  try {
    sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await file.arrayBuffer());
  } catch {
    return end(`${file.name} is no sound that this browser can read. Try a .wav or .mp3 file.`);
  }
  const own = begin(() => {}), samples = mono(sound);
  let [count, shown] = [0, performance.now()];
  for (let first = 0; first < samples.length; first += spotter.chunk) {
    count += hear(samples.subarray(first, first + spotter.chunk));
    if (performance.now() - shown < 50) continue;
    part("status").textContent = `${file.name}: ${clock(first / RATE)} of ${clock(sound.duration)}`;
    await new Promise((resolve) => setTimeout(resolve));  // lets the browser show it
    if (source !== own) return;
    shown = performance.now();
  }
  count += hear(new Float32Array(RATE / 2), sound.duration);  // quiet, so that the last word can be detected
  end(`${file.name}: ${count} ${count === 1 ? "word" : "words"} detected in ${clock(sound.duration)}.`);
}

function mono(sound) {
  const channels = Array.from({ length: sound.numberOfChannels }, (_, i) => sound.getChannelData(i));
  if (channels.length === 1) return channels[0];
  return channels[0].map((_, i) => mean(channels.map((channel) => channel[i])));
}

part("listen").onclick = async () => {
  if (source) return end("Stopped.");
  part("listen").disabled = true;
  part("status").textContent = "Waiting for the microphone ...";
  try {
    await openMicrophone();
  } catch (error) {
    end(REFUSED[error.name] ?? error.message);
  }
  part("listen").disabled = false;
};

part("file").onchange = () => {
  const [file] = part("file").files;
  if (file) listenToFile(file);
};
part("file").onclick = () => { part("file").value = ""; };  // so that the same file can be chosen again

part("words").textContent = words.join(", ");
const loudness = bar("loudness", "loudness");
const bars = words.map((word) => bar(word));
part("threshold").value = mean(spotter.keywords.map((k) => thresholds[k]));
const atStart = Number(part("threshold").value);
part("threshold").oninput = moveThreshold;
moveThreshold();
