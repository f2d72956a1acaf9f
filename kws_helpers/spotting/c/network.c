/* The operations of a network. The page's network.js is the same in JavaScript. */
#include "parts.h"

#include <float.h>
#include <math.h>
#include <string.h>

typedef const struct spotter_step step;

/* Where the number at (i, j) of a kernel at one of its places lies in the memory, for the first channel; -1 outside. */
static int heard(step *s, int place, int i, int j) {
    int y = place / s->out_columns * s->row_step + i * s->row_dilation - s->top;
    int x = place % s->out_columns * s->column_step + j * s->column_dilation - s->left;
    return y < 0 || y >= s->rows || x < 0 || x >= s->columns ? -1 : s->from + (y * s->columns + x) * s->channels;
}

/* What a kernel hears at one of its places, `depth` channels from `first` on; zeros outside. A kernel of one place
 * hears what lies in the memory; for others it is copied together. */
static const float *gather(step *s, struct spotter *spotter, int place, int first, int depth) {
    float *to = spotter->patch;
    if (s->kernel_rows * s->kernel_columns == 1 && heard(s, place, 0, 0) >= 0) {
        return spotter->memory + heard(s, place, 0, 0) + first;
    }
    for (int i = 0; i < s->kernel_rows; i++) {
        for (int j = 0; j < s->kernel_columns; j++, to += depth) {
            int from = heard(s, place, i, j);
            if (from < 0) memset(to, 0, depth * sizeof *to);
            else memcpy(to, spotter->memory + from + first, depth * sizeof *to);
        }
    }
    return spotter->patch;
}

static void convolve(step *s, struct spotter *spotter) {
    int depth = s->channels / s->groups, taps = s->kernel_rows * s->kernel_columns * depth;
    float *to = spotter->memory + s->to;
    for (int place = 0; place < s->out_rows * s->out_columns; place++) {
        const int8_t *weight = s->kernel;
        for (int group = 0, filter = 0; group < s->groups; group++) {
            const float *x = gather(s, spotter, place, group * depth, depth);
            for (; filter < (group + 1) * s->filters / s->groups; filter++) {
                float sum = 0;
                for (int i = 0; i < taps; i++) sum += x[i] * *weight++;
                *to++ = sum * s->scales[filter] + s->bias[filter];
            }
        }
    }
}

static void depthwise(step *s, struct spotter *spotter) {
    int taps = s->kernel_rows * s->kernel_columns, each = s->filters / s->channels;
    float *to = spotter->memory + s->to;
    for (int place = 0; place < s->out_rows * s->out_columns; place++) {
        const float *x = gather(s, spotter, place, 0, s->channels);
        const int8_t *weight = s->kernel;
        for (int filter = 0; filter < s->filters; filter++) {
            float sum = 0;
            for (int i = 0; i < taps; i++) sum += x[i * s->channels + filter / each] * *weight++;
            *to++ = sum * s->scales[filter] + s->bias[filter];
        }
    }
}

static void pool(step *s, float *memory) {
    float *to = memory + s->to;
    for (int place = 0; place < s->out_rows * s->out_columns; place++) {
        for (int channel = 0; channel < s->channels; channel++) {
            float largest = -FLT_MAX, sum = 0;
            int count = 0;
            for (int i = 0; i < s->kernel_rows; i++) {
                for (int j = 0; j < s->kernel_columns; j++) {
                    int from = heard(s, place, i, j);
                    if (from < 0) continue;
                    largest = fmaxf(largest, memory[from + channel]);
                    sum += memory[from + channel];
                    count++;
                }
            }
            *to++ = s->function == MAX ? largest : sum / count;
        }
    }
}

static void scale(step *s, float *memory) {
    for (int i = 0; i < s->size; i++) {
        int k = i % s->scale_length;
        memory[s->to + i] = memory[s->from + i] * s->scale[k] + s->shift[k];
    }
}

/* Mean, sum or maximum over the middle one of three axes. */
static void reduce(step *s, float *memory) {
    int length = s->shape[1], after = s->shape[2];
    for (int i = 0; i < s->shape[0]; i++) {
        for (int j = 0; j < after; j++) {
            float sum = 0, largest = -FLT_MAX;
            for (int k = 0; k < length; k++) {
                float x = memory[s->from + (i * length + k) * after + j];
                sum += x;
                largest = fmaxf(largest, x);
            }
            memory[s->to + i * after + j] = s->function == MAX ? largest : s->function == SUM ? sum : sum / length;
        }
    }
}

static float sigmoid(float x) {
    return 1 / (1 + expf(-x));
}

static float softplus(float x) {
    return fmaxf(x, 0) + log1pf(expf(-fabsf(x)));
}

static float hard_sigmoid(float x) {
    return fmaxf(0, fminf(1, x / 6 + 0.5f));
}

static float activation(step *s, float x) {
    switch (s->function) {
    case RELU: return x >= s->most ? s->most : x >= s->threshold ? x : s->slope * (x - s->threshold);
    case ELU: return x > 0 ? x : s->alpha * expm1f(x);
    case SELU: return 1.0507010f * (x > 0 ? x : 1.6732632f * expm1f(x));
    case GELU: return x / 2 * (1 + erff(x * 0.70710678f));
    case GELU_TANH: return x / 2 * (1 + tanhf(0.79788456f * (x + 0.044715f * x * x * x)));
    case SIGMOID: return sigmoid(x);
    case SOFTPLUS: return softplus(x);
    case TANH: return tanhf(x);
    case SILU: return x * sigmoid(x);
    case MISH: return x * tanhf(softplus(x));
    case SOFTSIGN: return x / (1 + fabsf(x));
    case EXPONENTIAL: return expf(x);
    case HARD_SIGMOID: return hard_sigmoid(x);
    case HARD_SILU: return x * hard_sigmoid(x);
    default: return x;
    }
}

static void activate(step *s, float *memory) {
    for (int i = 0; i < s->size; i++) memory[s->to + i] = activation(s, memory[s->from + i]);
}

static void softmax(step *s, float *memory) {
    for (int first = 0; first < s->size; first += s->channels) {
        const float *x = memory + s->from + first;
        float *to = memory + s->to + first, largest = x[0], sum = 0;
        for (int k = 0; k < s->channels; k++) largest = fmaxf(largest, x[k]);
        for (int k = 0; k < s->channels; k++) sum += to[k] = expf(x[k] - largest);
        for (int k = 0; k < s->channels; k++) to[k] /= sum;
    }
}

static float combination(enum spotter_function function, float x, float y) {
    switch (function) {
    case ADD: return x + y;
    case SUBTRACT: return x - y;
    case MULTIPLY: return x * y;
    case DIVIDE: return x / y;
    case MAXIMUM: return fmaxf(x, y);
    case MINIMUM: return fminf(x, y);
    default: return x;
    }
}

static int at(int first, const int strides[4], const int i[4]) {
    return first + i[0] * strides[0] + i[1] * strides[1] + i[2] * strides[2] + i[3] * strides[3];
}

/* Two arrays with four axes number by number, or one of them copied to another order. A stride says how far apart in
 * the memory two neighbours along an axis lie: 0 where all are the same number. */
static void combine(step *s, float *memory) {
    int i[4];
    for (i[0] = 0; i[0] < s->shape[0]; i[0]++) {
        for (i[1] = 0; i[1] < s->shape[1]; i[1]++) {
            for (i[2] = 0; i[2] < s->shape[2]; i[2]++) {
                for (i[3] = 0; i[3] < s->shape[3]; i[3]++) {
                    float x = memory[at(s->from, s->from_strides, i)], y = memory[at(s->other, s->other_strides, i)];
                    memory[at(s->to, s->to_strides, i)] = combination(s->function, x, y);
                }
            }
        }
    }
}

void spotter_run(struct spotter *spotter) {
    float *memory = spotter->memory;
    for (step *s = spotter_steps; s < spotter_steps + spotter_step_count; s++) {
        switch (s->operation) {
        case CONVOLVE: convolve(s, spotter); break;
        case DEPTHWISE: depthwise(s, spotter); break;
        case POOL: pool(s, memory); break;
        case SCALE: scale(s, memory); break;
        case REDUCE: reduce(s, memory); break;
        case ACTIVATE: activate(s, memory); break;
        case SOFTMAX: softmax(s, memory); break;
        case COMBINE: combine(s, memory); break;
        case FILL: for (int i = 0; i < s->size; i++) memory[s->to + i] = s->value; break;
        }
    }
}
