/* The stream: samples in, detected words out. */
#include "parts.h"

#include <string.h>

#define SILENCE -100.0f /* decibel */

void spotter_init(struct spotter *spotter) {
    memset(spotter, 0, sizeof *spotter);
    memcpy(spotter->thresholds, spotter_thresholds, sizeof spotter->thresholds);
    spotter->filled = SPOTTER_WINDOW - SPOTTER_HOP;
    for (int frame = 0; frame < SPOTTER_FRAMES; frame++) {
        for (int i = 0; i < SPOTTER_MELS; i++) spotter->mel[frame][i] = SILENCE;
    }
}

static void add_frame(struct spotter *spotter) {
    spotter_mel_decibel(spotter, spotter->mel[spotter->hops % SPOTTER_FRAMES]);
    memmove(spotter->samples, spotter->samples + SPOTTER_HOP, (SPOTTER_WINDOW - SPOTTER_HOP) * sizeof(float));
    spotter->filled = SPOTTER_WINDOW - SPOTTER_HOP;
    spotter->hops++;
}

static void guess(struct spotter *spotter) {
    float *input = spotter->memory + spotter_input;
    spotter_cepstrum(spotter);
    for (int frame = 0; frame < SPOTTER_FRAMES; frame++) {
        for (int k = 0; k < SPOTTER_COEFFICIENTS; k++) {
            *input++ = (spotter->mfcc[frame][k] - spotter_mean[k]) / spotter_std[k];
        }
    }
    spotter_run(spotter);
    memcpy(spotter->probabilities, spotter->memory + spotter_output, sizeof spotter->probabilities);
}

static void smooth(struct spotter *spotter) {
    memcpy(spotter->recent[spotter->looks % SPOTTER_SMOOTHING], spotter->probabilities, sizeof spotter->probabilities);
    spotter->looks++;
    uint32_t count = spotter->looks < SPOTTER_SMOOTHING ? spotter->looks : SPOTTER_SMOOTHING;
    for (int k = 0; k < SPOTTER_CLASSES; k++) {
        float sum = 0;
        for (uint32_t i = 0; i < count; i++) sum += spotter->recent[i][k];
        spotter->smoothed[k] = sum / count;
    }
}

/* The most probable word among those that reach their thresholds, unless another was detected a moment ago; or -1. */
static int detect(struct spotter *spotter) {
    int best = -1;
    for (int k = 0; k < SPOTTER_CLASSES; k++) {
        int reached = spotter->smoothed[k] >= spotter->thresholds[k];
        if (reached && (best < 0 || spotter->smoothed[k] > spotter->smoothed[best])) best = k;
    }
    if (spotter->last_detection && spotter->looks - spotter->last_detection < SPOTTER_REFRACTORY) return -1;
    if (best >= 0) spotter->last_detection = spotter->looks;
    return best;
}

void spotter_hear(struct spotter *spotter, const int16_t *samples, size_t count, spotter_detection *detected,
                  void *context) {
    for (size_t i = 0; i < count; i++) {
        spotter->samples[spotter->filled++] = samples[i] / 32768.0f;
        if (spotter->filled < SPOTTER_WINDOW) continue;
        add_frame(spotter);
        if (spotter->hops % (SPOTTER_CHUNK / SPOTTER_HOP)) continue;
        guess(spotter);
        smooth(spotter);
        int word = detect(spotter);
        double seconds = (double)spotter->looks * SPOTTER_CHUNK / SPOTTER_RATE;
        if (word >= 0 && detected) detected(seconds, word, spotter->smoothed[word], context);
    }
}
