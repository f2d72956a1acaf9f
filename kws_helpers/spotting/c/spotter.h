/* A keyword spotter for any processor with floating-point numbers: C99, no library but libm, no heap.
 *
 *     static struct spotter spotter;
 *     spotter_init(&spotter);
 *     spotter_hear(&spotter, samples, count, on_detection, NULL);    whenever the microphone has given some
 *
 * Memory: struct spotter takes {{ram}} bytes (static, once), the constant tables and weights {{flash}} bytes.
 * Once in {{chunk}} samples spotter_hear looks at the last second, which costs {{multiplications}} multiplications.
 */
#ifndef SPOTTER_H
#define SPOTTER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SPOTTER_RATE 16000 /* samples per second */
#define SPOTTER_WINDOW 640 /* samples of a frame */
#define SPOTTER_HOP 320    /* samples from one frame to the next */
#define SPOTTER_FRAMES 49  /* in a second */
#define SPOTTER_MELS 128
#define SPOTTER_COEFFICIENTS 40
#define SPOTTER_CHUNK {{chunk}} /* samples from one look to the next */
#define SPOTTER_CLASSES {{classes}}
#define SPOTTER_SMOOTHING {{smoothing}}   /* looks */
#define SPOTTER_REFRACTORY {{refractory}} /* looks */
#define SPOTTER_MEMORY {{memory}} /* numbers that the network computes with */
#define SPOTTER_PATCH {{patch}}   /* numbers that a kernel hears */

extern const char *const spotter_words[SPOTTER_CLASSES];
extern const float spotter_thresholds[SPOTTER_CLASSES]; /* above 1 for what is never detected */

struct spotter {
    float thresholds[SPOTTER_CLASSES]; /* spotter_thresholds to begin with; may be changed at any time */
    float probabilities[SPOTTER_CLASSES]; /* of the last look */
    float smoothed[SPOTTER_CLASSES];      /* mean of the last looks */
    uint32_t looks;

    /* The rest is the spotter's own. */
    uint32_t last_detection; /* the look; 0: none yet */
    uint32_t hops;
    size_t filled;                 /* how much of samples is there */
    float samples[SPOTTER_WINDOW]; /* of the frame that comes next */
    float mel[SPOTTER_FRAMES][SPOTTER_MELS]; /* a ring: powers in decibel, the frame hops % SPOTTER_FRAMES is the oldest */
    float recent[SPOTTER_SMOOTHING][SPOTTER_CLASSES]; /* a ring of the last looks */
    float mfcc[SPOTTER_FRAMES][SPOTTER_COEFFICIENTS];
    float real[SPOTTER_WINDOW], imaginary[SPOTTER_WINDOW]; /* the spectrum of a frame */
    float memory[SPOTTER_MEMORY];
    float patch[SPOTTER_PATCH];
};

/* Called for each detection: the seconds since spotter_init when it could be known, the number of the word, and its
 * smoothed probability. */
typedef void spotter_detection(double seconds, int word, float probability, void *context);

/* Begin: as if there had been silence until now. */
void spotter_init(struct spotter *spotter);

/* Hear samples at 16 kHz, as many as there are. */
void spotter_hear(struct spotter *spotter, const int16_t *samples, size_t count, spotter_detection *detected,
                  void *context);

#ifdef __cplusplus
}
#endif

#endif
