// The steps of a network, as kws_helpers/spotting/program.py lays them out: each reads numbers from one place of a
// memory that they all share and writes its own to another. c/network.c is the same in C.
"use strict";

const OPERATIONS = {
  // A kernel over (rows, columns) that hears all channels of its group. Two places and four filters at a time take half
  // as long as one by one.
  convolve(s, memory) {
    const depth = s.channels / s.groups, taps = s.kernel_rows * s.kernel_columns * depth, filters = s.filters / s.groups;
    const places = s.out_rows * s.out_columns;
    for (let place = 0; place < places; place += 2) {
      const next = Math.min(place + 1, places - 1);
      for (let group = 0; group < s.groups; group++) {
        gather(s, memory, place, group * depth, depth, 0);
        gather(s, memory, next, group * depth, depth, taps);
        const end = (group + 1) * filters;
        for (let filter = group * filters; filter < end; filter += 4) {
          eightSums(s, taps, filter, end - 1, memory, s.to + place * s.filters, s.to + next * s.filters);
        }
      }
    }
  },

  // A kernel of its own for each channel, or several of them.
  depthwise(s, memory) {
    const { kernel, patch, channels } = s, taps = s.kernel_rows * s.kernel_columns, each = s.filters / channels;
    for (let to = s.to, place = 0; place < s.out_rows * s.out_columns; place++) {
      gather(s, memory, place, 0, channels, 0);
      for (let filter = 0; filter < s.filters; filter++) {
        let sum = s.bias[filter], from = Math.floor(filter / each);
        for (let i = filter * taps; i < (filter + 1) * taps; i++, from += channels) sum += patch[from] * kernel[i];
        memory[to++] = sum;
      }
    }
  },

  // The largest number under a kernel, or the mean; what lies outside takes no part.
  pool(s, memory) {
    for (let to = s.to, place = 0; place < s.out_rows * s.out_columns; place++) {
      for (let channel = 0; channel < s.channels; channel++) {
        let [largest, sum, count] = [-Infinity, 0, 0];
        for (let i = 0; i < s.kernel_rows; i++) {
          for (let j = 0; j < s.kernel_columns; j++) {
            const from = heard(s, place, i, j);
            if (from < 0) continue;
            largest = Math.max(largest, memory[from + channel]);
            sum += memory[from + channel];
            count++;
          }
        }
        memory[to++] = s.function === "max" ? largest : sum / count;
      }
    }
  },

  // x * scale + shift; as many of them as channels, or as numbers.
  scale(s, memory) {
    for (let i = 0; i < s.size; i++) {
      memory[s.to + i] = memory[s.from + i] * s.scale[i % s.scale.length] + s.shift[i % s.shift.length];
    }
  },

  // Mean, sum or maximum over the middle one of three axes.
  reduce(s, memory) {
    const [before, length, after] = s.shape;
    for (let i = 0; i < before; i++) {
      for (let j = 0; j < after; j++) {
        let [sum, largest] = [0, -Infinity];
        for (let k = 0; k < length; k++) {
          const x = memory[s.from + (i * length + k) * after + j];
          sum += x;
          largest = Math.max(largest, x);
        }
        memory[s.to + i * after + j] = { max: largest, sum, mean: sum / length }[s.function];
      }
    }
  },

  activate(s, memory) {
    const activation = ACTIVATIONS[s.function];
    for (let i = 0; i < s.size; i++) memory[s.to + i] = activation(memory[s.from + i], s);
  },

  softmax(s, memory) {
    for (let first = 0; first < s.size; first += s.channels) {
      const x = memory.subarray(s.from + first, s.from + first + s.channels), largest = Math.max(...x);
      const powers = Array.from(x, (one) => Math.exp(one - largest)), sum = powers.reduce((a, b) => a + b);
      memory.set(powers.map((power) => power / sum), s.to + first);
    }
  },

  // Two arrays with four axes number by number, or one of them copied to another order. A stride says how far apart in
  // the memory two neighbours along an axis lie: 0 where all are the same number.
  combine(s, memory) {
    const both = COMBINATIONS[s.function], [n0, n1, n2, n3] = s.shape;
    const start = (first, strides, i, j, k) => first + i * strides[0] + j * strides[1] + k * strides[2];
    const step = s.from_strides[3], otherStep = s.other_strides[3], toStep = s.to_strides[3];
    for (let i = 0; i < n0; i++) {
      for (let j = 0; j < n1; j++) {
        for (let k = 0; k < n2; k++) {
          let from = start(s.from, s.from_strides, i, j, k), to = start(s.to, s.to_strides, i, j, k);
          let other = start(s.other, s.other_strides, i, j, k);
          for (let l = 0; l < n3; l++, from += step, other += otherStep, to += toStep) {
            memory[to] = both(memory[from], memory[other]);
          }
        }
      }
    }
  },

  fill(s, memory) {
    memory.fill(s.value, s.to, s.to + s.size);
  },
};

const COMBINATIONS = {
  copy: (x) => x,
  add: (x, y) => x + y,
  subtract: (x, y) => x - y,
  multiply: (x, y) => x * y,
  divide: (x, y) => x / y,
  maximum: Math.max,
  minimum: Math.min,
};

const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const hardSigmoid = (x) => Math.max(0, Math.min(1, x / 6 + 0.5));

const ACTIVATIONS = {
  relu: (x, s) => x >= s.most ? s.most : x >= s.threshold ? x : s.slope * (x - s.threshold),
  elu: (x, s) => x > 0 ? x : s.alpha * Math.expm1(x),
  selu: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  gelu: (x) => x / 2 * (1 + errorFunction(x / Math.SQRT2)),
  gelu_tanh: (x) => x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  sigmoid,
  softplus,
  tanh: Math.tanh,
  silu: (x) => x * sigmoid(x),
  mish: (x) => x * Math.tanh(softplus(x)),
  softsign: (x) => x / (1 + Math.abs(x)),
  exponential: Math.exp,
  hard_sigmoid: hardSigmoid,
  hard_silu: (x) => x * hardSigmoid(x),
};

// erf(x), within 2e-7 (Abramowitz & Stegun 1964, 7.1.26).
function errorFunction(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const sum = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - sum * Math.exp(-x * x));
}

// Where the number at (i, j) of a kernel at one of its places lies in the memory, for the first channel; -1 outside.
function heard(s, place, i, j) {
  const y = Math.floor(place / s.out_columns) * s.row_step + i * s.row_dilation - s.top;
  const x = place % s.out_columns * s.column_step + j * s.column_dilation - s.left;
  return y < 0 || y >= s.rows || x < 0 || x >= s.columns ? -1 : s.from + (y * s.columns + x) * s.channels;
}

// Copy what a kernel hears at one of its places, `depth` channels from `first` on, to s.patch; zeros outside.
function gather(s, memory, place, first, depth, to) {
  for (let i = 0; i < s.kernel_rows; i++) {
    for (let j = 0; j < s.kernel_columns; j++) {
      const from = heard(s, place, i, j);
      for (let k = 0; k < depth; k++) s.patch[to++] = from < 0 ? 0 : memory[from + first + k];
    }
  }
}

// What four filters, or those up to the last, give for the two places that were gathered.
function eightSums({ kernel, bias, patch }, taps, first, last, memory, to, toNext) {
  const second = Math.min(first + 1, last), third = Math.min(first + 2, last), fourth = Math.min(first + 3, last);
  let i = first * taps, j = second * taps, k = third * taps, l = fourth * taps;
  let a = bias[first], b = bias[second], c = bias[third], d = bias[fourth], e = a, f = b, g = c, h = d;
  for (let from = 0; from < taps; from++) {
    const x = patch[from], y = patch[from + taps], p = kernel[i++], q = kernel[j++], r = kernel[k++], s = kernel[l++];
    a += x * p;
    b += x * q;
    c += x * r;
    d += x * s;
    e += y * p;
    f += y * q;
    g += y * r;
    h += y * s;
  }
  memory[to + first] = a;
  memory[to + second] = b;
  memory[to + third] = c;
  memory[to + fourth] = d;
  memory[toNext + first] = e;
  memory[toNext + second] = f;
  memory[toNext + third] = g;
  memory[toNext + fourth] = h;
}

// A network: `memory` numbers long, its input from one place to another, and its answer; the weights of a step are named
// by their places in `weights`, a Float32Array.
class Network {
  constructor({ memory, input, output, steps }, weights) {
    this.memory = new Float32Array(memory);
    this.input = this.memory.subarray(...input);
    this.output = this.memory.subarray(...output);
    const patch = new Float32Array(2 * Math.max(0, ...steps.map((step) => step.patch ?? 0)));
    this.steps = steps.map((step) => {
      const arrays = Object.entries(step.weights).map(([name, [from, to]]) => [name, weights.subarray(from, to)]);
      return { ...step, ...Object.fromEntries(arrays), patch };
    });
  }

  run() {
    for (const step of this.steps) OPERATIONS[step.operation](step, this.memory);
  }
}

// The weights in a text in base64: floats without their last byte, which is worth less than a hundred-thousandth.
function floatsOf(base64) {
  const bytes = atob(base64), whole = new Uint8Array(bytes.length / 3 * 4);
  for (let i = 0; i < bytes.length; i++) whole[Math.floor(i / 3) * 4 + 1 + i % 3] = bytes.charCodeAt(i);
  return new Float32Array(whole.buffer);
}
