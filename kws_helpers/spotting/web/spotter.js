// Sound in, detected words out, as kws_helpers/spotting/stream.py does it.
"use strict";

class Spotter {
  // `description` is what kws_helpers/spotting/page.py writes, `weights` a Float32Array.
  constructor(description, weights) {
    Object.assign(this, description);  // class_names, keywords, thresholds, mean, std, smoothing, refractory, chunk
    this.network = new Network(description.network, weights);
    this.reset();
  }

  // As if nothing had been heard: silence.
  reset() {
    this.samples = new Float32Array(WINDOW);  // the last frame's second half, then what has come since
    this.filled = WINDOW - HOP;
    this.mel = new Float32Array(FRAMES * MELS).fill(10 * Math.log10(SMALLEST_POWER));
    this.mfcc = new Float32Array(FRAMES * COEFFICIENTS);
    this.recent = [];  // the probabilities of the last looks
    this.hops = 0;
    this.looks = 0;
    this.lastDetection = -Infinity;
  }

  // Take samples at 16 kHz, as many as have come; return what was detected: [{ time, word, probability }, ...].
  // `onLook` is called after every look.
  hear(samples, onLook = () => {}) {
    const detections = [];
    for (let taken = 0; taken < samples.length;) {
      const some = samples.subarray(taken, taken + WINDOW - this.filled);
      this.samples.set(some, this.filled);
      this.filled += some.length;
      taken += some.length;
      if (this.filled === WINDOW && this.addFrame()) {
        detections.push(...this.look());
        onLook(this);
      }
    }
    return detections;
  }

  // Compute the powers of a frame once; return whether a chunk is complete.
  addFrame() {
    this.mel.copyWithin(0, MELS);
    melDecibel(this.samples, 0, this.mel, (FRAMES - 1) * MELS);
    this.samples.copyWithin(0, HOP);
    this.filled = WINDOW - HOP;
    this.hops += 1;
    return this.hops * HOP % this.chunk === 0;
  }

  // Look at the last second; return what is detected, as a list.
  look() {
    cepstrum(this.mel, this.mfcc);
    this.probabilities = this.guess(this.mfcc);
    this.recent = [...this.recent, this.probabilities].slice(-this.smoothing);
    this.smoothed = this.probabilities.map((_, k) => mean(this.recent.map((look) => look[k])));
    this.looks += 1;
    return this.detect();
  }

  // The probabilities of all classes for MFCC (49 x 40).
  guess(mfcc) {
    mfcc.forEach((value, i) => {
      const k = i % COEFFICIENTS;
      this.network.input[i] = (value - this.mean[k]) / this.std[k];
    });
    this.network.run();
    return this.network.output.slice();
  }

  // The most probable word among those that reach their thresholds, unless another was detected a moment ago.
  detect() {
    let best = -1;
    for (const k of this.keywords) {
      if (this.smoothed[k] >= this.thresholds[k] && (best < 0 || this.smoothed[k] > this.smoothed[best])) best = k;
    }
    if (best < 0 || this.looks - this.lastDetection < this.refractory) return [];
    this.lastDetection = this.looks;
    return [{ time: this.looks * this.chunk / RATE, word: this.class_names[best], probability: this.smoothed[best] }];
  }
}

function mean(values) {
  return values.reduce((a, b) => a + b) / values.length;
}

if (typeof module === "object") module.exports = { Spotter, Network, Resampler, melDecibel, cepstrum, floatsOf };  // Node
