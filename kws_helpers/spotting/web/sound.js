// From samples to MFCC, the numbers that the network sees: the same as kws_helpers/features.py, one window at a time.
"use strict";

const RATE = 16000;  // samples per second
const WINDOW = 640;  // samples: 40 ms
const HOP = 320;  // samples: 20 ms
const FRAMES = 49;  // in a second
const BINS = WINDOW / 2 + 1;
const MELS = 128;
const COEFFICIENTS = 40;
const SMALLEST_POWER = 1e-10;  // -100 dB
const TOP_DECIBEL = 80;  // what is quieter than this below the loudest point of a second is raised to it

const COSINE = Float64Array.from({ length: WINDOW }, (_, i) => Math.cos(2 * Math.PI * i / WINDOW));
const SINE = Float64Array.from({ length: WINDOW }, (_, i) => Math.sin(2 * Math.PI * i / WINDOW));
const HANN = COSINE.map((cosine) => 0.5 - 0.5 * cosine);
const MEL_FILTERS = melFilters();
const DCT = dctMatrix();

// The spectrum of x[start], x[start + step], ... (n samples, n = 640 / step) into real and imaginary from `at` on:
// that of the even samples, that of the odd ones, and then both together. Five samples go by the definition.
function fourier(x, start, step, real, imaginary, at) {
  const n = WINDOW / step;
  if (n === 5) {
    for (let k = 0; k < 5; k++) {
      let [re, im] = [0, 0];
      for (let i = 0; i < 5; i++) {
        re += x[start + i * step] * COSINE[i * k % 5 * step];
        im -= x[start + i * step] * SINE[i * k % 5 * step];
      }
      real[at + k] = re;
      imaginary[at + k] = im;
    }
    return;
  }
  fourier(x, start, 2 * step, real, imaginary, at);
  fourier(x, start + step, 2 * step, real, imaginary, at + n / 2);
  for (let even = at, k = 0; k < n / 2; even++, k++) {
    const odd = even + n / 2, cos = COSINE[k * step], sin = SINE[k * step];
    const re = real[odd] * cos + imaginary[odd] * sin, im = imaginary[odd] * cos - real[odd] * sin;
    real[odd] = real[even] - re;
    imaginary[odd] = imaginary[even] - im;
    real[even] += re;
    imaginary[even] += im;
  }
}

// The 128 triangles over the frequencies, each as its first frequency and its weights (Slaney 1998: linear up to
// 1 kHz = 15 mel, then 27 mel for a factor of 6.4).
function melFilters() {
  const step = Math.log(6.4) / 27, highest = 15 + Math.log(RATE / 2 / 1000) / step;
  const corner = (i) => {
    const mel = i * highest / (MELS + 1);
    return mel < 15 ? mel * 1000 / 15 : 1000 * Math.exp(step * (mel - 15));
  };
  return Array.from({ length: MELS }, (_, mel) => {
    const [low, peak, high] = [corner(mel), corner(mel + 1), corner(mel + 2)];
    const width = RATE / WINDOW, first = Math.max(0, Math.floor(low / width)), weights = [];
    for (let bin = first; bin < Math.min(BINS, high / width); bin++) {
      const rising = (bin * width - low) / (peak - low), falling = (high - bin * width) / (high - peak);
      weights.push(Math.max(0, Math.min(rising, falling)) * 2 / (high - low));
    }
    return { first, weights: Float64Array.from(weights) };
  });
}

function dctMatrix() {
  const matrix = new Float64Array(COEFFICIENTS * MELS);
  for (let k = 0; k < COEFFICIENTS; k++) {
    for (let i = 0; i < MELS; i++) {
      matrix[k * MELS + i] = Math.cos(Math.PI * k * (i + 0.5) / MELS) * Math.sqrt((k ? 2 : 1) / MELS);
    }
  }
  return matrix;
}

const windowed = new Float64Array(WINDOW), real = new Float64Array(WINDOW), imaginary = new Float64Array(WINDOW);
const power = new Float64Array(BINS);

// The power in the mel bands, in decibel, of the 640 samples from `start` on, into mel from `at` on.
function melDecibel(samples, start, mel, at) {
  for (let i = 0; i < WINDOW; i++) windowed[i] = samples[start + i] * HANN[i];
  fourier(windowed, 0, 1, real, imaginary, 0);
  for (let bin = 0; bin < BINS; bin++) power[bin] = real[bin] ** 2 + imaginary[bin] ** 2;
  MEL_FILTERS.forEach(({ first, weights }, band) => {
    let sum = 0;
    for (let i = 0; i < weights.length; i++) sum += weights[i] * power[first + i];
    mel[at + band] = 10 * Math.log10(Math.max(sum, SMALLEST_POWER));
  });
}

// The MFCC (49 x 40) of a second, from its powers in mel bands (49 x 128) in decibel.
function cepstrum(mel, mfcc) {
  let loudest = -Infinity;
  for (const decibel of mel) loudest = Math.max(loudest, decibel);
  const floor = loudest - TOP_DECIBEL, raised = mel.map((decibel) => Math.max(decibel, floor));
  for (let frame = 0; frame < FRAMES; frame++) {
    for (let k = 0; k < COEFFICIENTS; k++) {
      let sum = 0;
      for (let i = 0; i < MELS; i++) sum += DCT[k * MELS + i] * raised[frame * MELS + i];
      mfcc[frame * COEFFICIENTS + k] = sum;
    }
  }
}

// Sound of any rate at 16 kHz, piece after piece: each new sample is a mean of the old ones around its place, weighted
// with a low-pass (a sinc in a Kaiser window), so that nothing above 8 kHz folds down into what is heard.
class Resampler {
  constructor(rate) {
    const cutoff = 0.95 * Math.min(1, RATE / rate);  // as a share of the highest frequency in the old samples
    this.step = rate / RATE;
    this.reach = Math.ceil(48 / cutoff);  // old samples to either side
    this.phases = RATE / greatestCommonDivisor(RATE, rate);  // places between two old samples
    this.weights = Array.from({ length: this.phases }, (_, phase) => lowPass(phase / this.phases, cutoff, this.reach));
    this.samples = new Float32Array(this.reach);  // kept from earlier pieces; silence to begin with
    this.made = 0;  // new samples since the beginning of this.samples, which begins on an old sample
  }

  next(piece) {
    const samples = new Float32Array(this.samples.length + piece.length);
    samples.set(this.samples);
    samples.set(piece, this.samples.length);
    const result = [];
    for (;; this.made++) {
      const place = this.made * this.step + this.reach, whole = Math.floor(place + 1e-9);
      if (whole + this.reach >= samples.length) break;
      const weights = this.weights[Math.round((place - whole) * this.phases) % this.phases];
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * samples[whole - this.reach + 1 + i];
      result.push(sum);
    }
    const blocks = Math.floor(this.made / this.phases);  // after so many new samples both begin together again
    this.made -= blocks * this.phases;
    this.samples = samples.slice(Math.round(blocks * this.phases * this.step));
    return Float32Array.from(result);
  }
}

function greatestCommonDivisor(a, b) {
  return b ? greatestCommonDivisor(b, a % b) : a;
}

// Weights of the old samples around a place that lies `fraction` after one of them.
function lowPass(fraction, cutoff, reach) {
  const weights = Float64Array.from({ length: 2 * reach }, (_, i) => {
    const distance = i + 1 - reach - fraction, x = Math.PI * cutoff * distance;
    return (Math.abs(x) < 1e-9 ? 1 : Math.sin(x) / x) * kaiser(distance / reach);
  });
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

function kaiser(x, beta = 8) {
  const bessel = (z) => {
    let [term, sum] = [1, 1];
    for (let k = 1; k < 40; k++) sum += term *= (z / 2 / k) ** 2;
    return sum;
  };
  return Math.abs(x) >= 1 ? 0 : bessel(beta * Math.sqrt(1 - x * x)) / bessel(beta);
}
