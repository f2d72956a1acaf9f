/* Hears 16-bit samples at 16 kHz, one channel, from standard input, and prints each detection: time,word,probability */
#include "spotter.h"

#include <stdio.h>

static void print(double seconds, int word, float probability, void *end) {
    if (end && seconds > *(double *)end) seconds = *(double *)end;
    printf("%.1f,%s,%.3f\n", seconds, spotter_words[word], probability);
    fflush(stdout);
}

int main(void) {
    static struct spotter spotter;
    static unsigned char bytes[2 * SPOTTER_HOP]; /* little endian, whatever this machine is */
    static int16_t samples[SPOTTER_HOP], quiet[SPOTTER_RATE / 2];
    double end = 0;
    size_t count;
    spotter_init(&spotter);
    printf("time,word,probability\n");
    while ((count = fread(bytes, 2, SPOTTER_HOP, stdin)) > 0) {
        for (size_t i = 0; i < count; i++) samples[i] = (int16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
        spotter_hear(&spotter, samples, count, print, NULL);
        end += (double)count / SPOTTER_RATE;
    }
    spotter_hear(&spotter, quiet, SPOTTER_RATE / 2, print, &end); /* so that the last word can be detected */
    return 0;
}
