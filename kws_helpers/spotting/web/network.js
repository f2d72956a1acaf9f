// The steps of a network, as kws_helpers/spotting/program.py lays them out: each reads numbers from one place of a
// memory that they all share and writes its own to another. kws_helpers/spotting/c/network.c is the same in C.
"use strict";

const OPERATIONS = {
  // A kernel over (rows, columns) that hears all channels of its group.
  convolve(s, memory) {
    const depth = s.channels / s.groups, taps = s.kernel_rows * s.kernel_columns * depth, filters = s.filters / s.groups;
    for (let to = s.to, row = 0; row < s.out_rows; row++) {
      for (let column = 0; column < s.out_columns; column++, to += s.filters) {
        for (let group = 0; group < s.groups; group++) {
          gather(s, memory, row, column, group * depth, depth);
          const end = (group + 1) * filters;
          for (let filter = group * filters; filter < end; filter += 4) filterFour(s, memory, filter, end - 1, taps, to);
        }
      }
    }
  },

  // A kernel of its own for each channel, or several of them.
  depthwise(s, memory) {
    const taps = s.kernel_rows * s.kernel_columns, each = s.filters / s.channels;
    let to = s.to;
    for (let row = 0; row < s.out_rows; row++) {
      for (let column = 0; column < s.out_columns; column++) {
        gather(s, memory, row, column, 0, s.channels);
        for (let filter = 0; filter < s.filters; filter++) {
          let sum = s.bias[filter], from = s.patch + Math.floor(filter / each);
          for (let i = 0; i < taps; i++, from += s.channels) sum += memory[from] * s.kernel[filter * taps + i];
          memory[to++] = sum;
        }
      }
    }
  },

  // The largest number under a kernel, or the mean; what lies outside takes no part.
  pool(s, memory) {
    for (let to = s.to, row = 0; row < s.out_rows; row++) {
      for (let column = 0; column < s.out_columns; column++) {
        for (let channel = 0; channel < s.channels; channel++) {
          let [largest, sum, count] = [-Infinity, 0, 0];
          for (let i = 0; i < s.kernel_rows; i++) {
            for (let j = 0; j < s.kernel_columns; j++) {
              const from = place(s, row, column, i, j);
              if (from < 0) continue;
              largest = Math.max(largest, memory[from + channel]);
              sum += memory[from + channel];
              count++;
            }
          }
          memory[to++] = s.function === "max" ? largest : sum / count;
        }
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
    const at = (first, [s0, s1, s2, s3], i, j, k, l) => first + i * s0 + j * s1 + k * s2 + l * s3;
    for (let i = 0; i < n0; i++) {
      for (let j = 0; j < n1; j++) {
        for (let k = 0; k < n2; k++) {
          for (let l = 0; l < n3; l++) {
            memory[at(s.to, s.to_strides, i, j, k, l)] = both(memory[at(s.from, s.from_strides, i, j, k, l)],
                                                              memory[at(s.and, s.and_strides, i, j, k, l)]);
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

// What four filters, or those up to the last, give for what was gathered. Together they take half as long as alone.
function filterFour(s, memory, first, last, taps, to) {
  const { kernel, bias, patch } = s, number = (i) => Math.min(first + i, last);
  let [a, b, c, d] = [0, 0, 0, 0], [i, j, k, l] = [0, 1, 2, 3].map((one) => number(one) * taps);
  for (let from = patch; from < patch + taps; from++) {
    const x = memory[from];
    a += x * kernel[i++];
    b += x * kernel[j++];
    c += x * kernel[k++];
    d += x * kernel[l++];
  }
  [a, b, c, d].forEach((sum, one) => { memory[to + number(one)] = sum + bias[number(one)]; });
}

// Where the number at (i, j) of a kernel lies in the memory, for the first channel; -1 outside.
function place(s, row, column, i, j) {
  const y = row * s.row_step + i * s.row_dilation - s.top, x = column * s.column_step + j * s.column_dilation - s.left;
  return y < 0 || y >= s.rows || x < 0 || x >= s.columns ? -1 : s.from + (y * s.columns + x) * s.channels;
}

// What a kernel hears at one of its places, `depth` channels from `first` on: copied to s.patch, zeros outside.
function gather(s, memory, row, column, first, depth) {
  let to = s.patch;
  for (let i = 0; i < s.kernel_rows; i++) {
    for (let j = 0; j < s.kernel_columns; j++, to += depth) {
      const from = place(s, row, column, i, j);
      if (from < 0) memory.fill(0, to, to + depth);
      else memory.copyWithin(to, from + first, from + first + depth);
    }
  }
}

// A network: `memory` numbers long, its input from one place to another, and its answer; the weights of a step are named
// by their places in `weights`, a Float32Array.
class Network {
  constructor({ memory, input, output, steps }, weights) {
    this.memory = new Float32Array(memory);
    this.input = this.memory.subarray(...input);
    this.output = this.memory.subarray(...output);
    this.steps = steps.map((step) => {
      const arrays = Object.entries(step.weights).map(([name, [from, to]]) => [name, weights.subarray(from, to)]);
      return { ...step, ...Object.fromEntries(arrays) };
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
