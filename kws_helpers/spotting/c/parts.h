/* What the files of the spotter know of each other. */
#ifndef SPOTTER_PARTS_H
#define SPOTTER_PARTS_H

#include "spotter.h"

/* tables.c */
extern const float spotter_cosine[SPOTTER_WINDOW]; /* cos(2 pi i / 640) */
extern const float spotter_dct[4 * SPOTTER_MELS];  /* cos(2 pi i / 512) */
extern const int16_t spotter_mel_bins[SPOTTER_MELS][2]; /* first frequency of a band, and how many */
extern const float spotter_mel_weights[];               /* one band after another */
extern const float spotter_mean[SPOTTER_COEFFICIENTS], spotter_std[SPOTTER_COEFFICIENTS];

/* sound.c: the powers in mel bands of spotter->samples, in decibel; and the MFCC of all that are kept. */
void spotter_mel_decibel(struct spotter *spotter, float mel[SPOTTER_MELS]);
void spotter_cepstrum(struct spotter *spotter);

/* network.c, the operations of weights.c: each reads from one place of the memory and writes to another. */
enum spotter_operation { CONVOLVE, DEPTHWISE, POOL, SCALE, REDUCE, ACTIVATE, SOFTMAX, COMBINE, FILL };
enum spotter_function {
    COPY, ADD, SUBTRACT, MULTIPLY, DIVIDE, MAXIMUM, MINIMUM, MAX, MEAN, SUM,
    RELU, ELU, SELU, GELU, GELU_TANH, SIGMOID, SOFTPLUS, TANH, SILU, MISH, SOFTSIGN, EXPONENTIAL, HARD_SIGMOID, HARD_SILU
};

struct spotter_step {
    enum spotter_operation operation;
    enum spotter_function function;
    int from, other, to, size, channels; /* places in the memory; numbers; numbers beside each other */
    int rows, columns, out_rows, out_columns, filters, groups;
    int kernel_rows, kernel_columns, row_step, column_step, row_dilation, column_dilation, top, left, patch;
    int shape[4], from_strides[4], other_strides[4], to_strides[4];
    float value, most, slope, threshold, alpha;
    const int8_t *kernel;             /* filters, one after another: whole numbers ... */
    const float *scales, *bias;       /* ... times the scale of the filter */
    const float *scale, *shift;       /* scale_length of each */
    int scale_length;
};

extern const struct spotter_step spotter_steps[];
extern const int spotter_step_count, spotter_input, spotter_output;

void spotter_run(struct spotter *spotter);

#endif
