"""What the judge knows of `slide_window` (lesson 08_live_spotter)."""

from collections import deque

import numpy as np

from autograder.judging.exercise import Case, Exercise

slide_window = Exercise("slide_window")


@slide_window.cases
def slide_window_cases(rng):
    for n, m in [(20, 6), (16_000, 1_600), (9, 1)]:
        yield Case("a chunk shorter than the window", *_sound(rng, n, m))
    yield Case("a chunk as long as the window", *_sound(rng, 12, 12))
    yield Case("a chunk longer than the window", *_sound(rng, 8, 21))
    yield Case("a chunk longer than the window", *_sound(rng, 10, 11))
    yield Case("an empty chunk", *_sound(rng, 11, 0))
    yield Case("numbers of type float32", *(one.astype(np.float32) for one in _sound(rng, 30, 7)))


def _sound(rng, n, m):
    return rng.uniform(-1, 1, n), rng.uniform(-1, 1, m)


@slide_window.mistake("Of a chunk longer than the window, the beginning is kept. The newest samples are at its end.")
def start_of_a_long_chunk(window, chunk):
    return np.concatenate([window[len(chunk):], chunk])[:len(window)]


@slide_window.mistake("The chunk was put in front. Time runs from left to right: the oldest sample comes first, the "
                      "newest last.")
def chunk_in_front(window, chunk):
    return np.concatenate([chunk, window])[:len(window)]


@slide_window.mistake("Nothing is dropped, so the window grows with every chunk. The network needs exactly one second: "
                      "as many samples as the window had.")
def nothing_dropped(window, chunk):
    return np.concatenate([window, chunk])


@slide_window.mistake("The first samples of window and chunk together are kept, which are the oldest: the window never "
                      "moves. Keep the last ones.")
def oldest_kept(window, chunk):
    return np.concatenate([window, chunk])[:len(window)]


@slide_window.mistake("An empty chunk or one longer than the window does not fit into the last len(chunk) places. (And "
                      "window[-0:] is the whole window, not an empty end.) Can you do without filling places?")
def rolled_and_filled(window, chunk):
    result = np.roll(window, -len(chunk))
    result[-len(chunk):] = chunk
    return result


@slide_window.mistake("When the chunk is longer than the window, the result is as long as the chunk. Only the newest "
                      "samples have room, as many as the window had.")
def long_chunk_too_long(window, chunk):
    return np.concatenate([window[len(chunk):], chunk])


@slide_window.mistake("How many old samples stay is counted from the end with a minus sign, and -0 is not \"none\": "
                      "x[-0:] is all of x. It goes wrong as soon as the chunk is as long as the window.")
def minus_nothing(window, chunk):
    return np.concatenate([window[-(len(window) - len(chunk)):], chunk])


@slide_window.mistake("The newest samples of the window are dropped and the oldest stay. It is the oldest that must "
                      "make room: drop from the beginning.")
def newest_dropped(window, chunk):
    return np.concatenate([window[:len(window) - len(chunk)], chunk])[-len(window):]


@slide_window.mistake("The chunk is turned around. Its samples stay in their order.")
def chunk_reversed(window, chunk):
    return np.concatenate([window, chunk[::-1]])[-len(window):]


@slide_window.mistake("The window holds only the chunk, and zeros before it. The older samples should move to the left "
                      "and stay.")
def older_samples_forgotten(window, chunk):
    return np.concatenate([np.zeros_like(window), chunk])[-len(window):]


@slide_window.mistake("The chunk is added to the last samples. They are different moments: the old samples move to the "
                      "left, and the chunk takes the free places.")
def chunk_added(window, chunk):
    padded = np.concatenate([np.zeros_like(window), chunk])[-len(window):]
    return window + padded


@slide_window.right_answer
def slide_window_with_a_deque(window, chunk):
    newest = deque(window, maxlen=len(window))
    newest.extend(chunk)
    return np.array(newest)


@slide_window.right_answer
def slide_window_in_cases(window, chunk):
    n, m = len(window), len(chunk)
    if m >= n:
        return chunk[m - n:].copy()
    result = np.empty_like(window)
    result[:n - m] = window[m:]
    result[n - m:] = chunk
    return result


@slide_window.right_answer
def slide_window_counted_from_the_front(window, chunk):
    return np.concatenate((window, chunk))[len(chunk):]


@slide_window.right_answer
def slide_window_with_hstack(audio, new):
    return np.hstack([audio, new])[-audio.size:]


@slide_window.right_answer
def slide_window_sample_by_sample(window, chunk):
    result = np.array(window)
    for sample in chunk:
        result = np.append(result[1:], sample)
    return result


@slide_window.right_answer
def slide_window_of_all_that_was_heard(window, chunk):
    everything = [*window, *chunk]
    return np.array(everything[len(everything) - len(window):], dtype=np.float32)
