/* From samples to MFCC, the numbers that the network sees. */
#include "parts.h"

#include <math.h>

#define BINS (SPOTTER_WINDOW / 2 + 1)
#define SMALLEST_POWER 1e-10f /* -100 dB */
#define TOP_DECIBEL 80.0f     /* what is quieter than this below the loudest point of a second is raised to it */

static float cosine(int turns) { /* in 640ths */
    return spotter_cosine[turns % SPOTTER_WINDOW];
}

static float sine(int turns) {
    return cosine(turns + SPOTTER_WINDOW - SPOTTER_WINDOW / 4);
}

/* The spectrum of x[0], x[step], ... (n samples, n = 640 / step): that of the even samples, that of the odd ones, and
 * then both together. Five samples go by the definition. */
static void fourier(const float *x, int step, float *real, float *imaginary) {
    int n = SPOTTER_WINDOW / step;
    if (n == 5) {
        for (int k = 0; k < 5; k++) {
            real[k] = imaginary[k] = 0;
            for (int i = 0; i < 5; i++) {
                real[k] += x[i * step] * cosine(i * k * step);
                imaginary[k] -= x[i * step] * sine(i * k * step);
            }
        }
        return;
    }
    fourier(x, 2 * step, real, imaginary);
    fourier(x + step, 2 * step, real + n / 2, imaginary + n / 2);
    for (int even = 0, odd = n / 2; odd < n; even++, odd++) {
        float c = cosine(even * step), s = sine(even * step);
        float re = real[odd] * c + imaginary[odd] * s, im = imaginary[odd] * c - real[odd] * s;
        real[odd] = real[even] - re;
        imaginary[odd] = imaginary[even] - im;
        real[even] += re;
        imaginary[even] += im;
    }
}

void spotter_mel_decibel(struct spotter *spotter, float mel[SPOTTER_MELS]) {
    float *windowed = spotter->memory; /* which nobody needs between two looks */
    float *power = spotter->real;
    const float *weight = spotter_mel_weights;
    for (int i = 0; i < SPOTTER_WINDOW; i++) windowed[i] = spotter->samples[i] * (0.5f - 0.5f * cosine(i));
    fourier(windowed, 1, spotter->real, spotter->imaginary);
    for (int bin = 0; bin < BINS; bin++) {
        power[bin] = spotter->real[bin] * spotter->real[bin] + spotter->imaginary[bin] * spotter->imaginary[bin];
    }
    for (int band = 0; band < SPOTTER_MELS; band++) {
        float sum = 0;
        for (int i = 0; i < spotter_mel_bins[band][1]; i++) sum += *weight++ * power[spotter_mel_bins[band][0] + i];
        mel[band] = 10 * log10f(sum > SMALLEST_POWER ? sum : SMALLEST_POWER);
    }
}

void spotter_cepstrum(struct spotter *spotter) {
    float floor = spotter->mel[0][0];
    for (int frame = 0; frame < SPOTTER_FRAMES; frame++) {
        for (int i = 0; i < SPOTTER_MELS; i++) floor = fmaxf(floor, spotter->mel[frame][i]);
    }
    floor -= TOP_DECIBEL;
    for (int frame = 0; frame < SPOTTER_FRAMES; frame++) {
        const float *mel = spotter->mel[(spotter->hops + frame) % SPOTTER_FRAMES];
        for (int k = 0; k < SPOTTER_COEFFICIENTS; k++) {
            float sum = 0; /* of what is above the floor, for it loses less to rounding; the floor itself is in k = 0 alone */
            for (int i = 0; i < SPOTTER_MELS; i++) {
                sum += fmaxf(mel[i] - floor, 0) * spotter_dct[(2 * i + 1) * k % (4 * SPOTTER_MELS)];
            }
            sum *= sqrtf((k ? 2.0f : 1.0f) / SPOTTER_MELS);
            spotter->mfcc[frame][k] = k ? sum : sum + floor * sqrtf(SPOTTER_MELS);
        }
    }
}
