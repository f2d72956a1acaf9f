"""What the judge knows of `feature_map_size` (lesson 06_cnn)."""

import math

import numpy as np

from autograder.judging.exercise import Case, Exercise

feature_map_size = Exercise("feature_map_size", tolerance=0)


@feature_map_size.cases
def feature_map_size_cases(rng):
    kernels = [int(k) for k in rng.choice(np.arange(2, 9), size=3, replace=False)]
    yield Case("the positions of a kernel", int(rng.integers(20, 90)), kernels[0], 1, 0)
    yield Case("the positions of a kernel", int(rng.integers(20, 90)), kernels[1], 1, 0)
    yield Case("padding", int(rng.integers(20, 90)), kernels[2], 1, int(rng.integers(2, 6)))
    steps, stride, kernel = (int(rng.integers(*limits)) for limits in [(5, 30), (2, 6), (3, 8)])
    yield Case("a stride that fits", steps * stride + kernel, kernel, stride, 0)
    yield Case("a stride that leaves a remainder", steps * stride + kernel + stride - 1, kernel, stride, 0)
    yield Case("a stride that leaves a remainder", steps * 5 + kernel + 4, kernel, 5, 0)
    yield Case("a stride that leaves a remainder", steps * 7 + kernel + 1, kernel, 7, 0)
    yield Case("padding and stride together", steps * 4 + kernel + 1, kernel, 4, 3)
    yield Case("a kernel that just fits", kernel, kernel, stride, 0)


@feature_map_size.mistake("The 1 is added before the division. Count the steps first, (n + 2p - k) // s, and add the "
                          "first position afterwards.")
def one_added_too_early(n, kernel, stride, padding):
    return (n + 2 * padding - kernel + 1) // stride


@feature_map_size.mistake("The `+ 1` is missing: the kernel's first position counts before it has taken any step.")
def first_position_forgotten(n, kernel, stride, padding):
    return (n + 2 * padding - kernel) // stride


@feature_map_size.mistake("The padding is counted once. It is there on both sides.")
def padding_on_one_side(n, kernel, stride, padding):
    return (n + padding - kernel) // stride + 1


@feature_map_size.mistake("The padding is ignored.")
def no_padding(n, kernel, stride, padding):
    return (n - kernel) // stride + 1


@feature_map_size.mistake("The stride is ignored.")
def no_stride(n, kernel, stride, padding):
    return n + 2 * padding - kernel + 1


@feature_map_size.mistake("The number of steps is rounded to the nearest whole number. It is rounded down: a step "
                          "beyond the end is not taken.")
def rounded_to_the_nearest(n, kernel, stride, padding):
    return int((n + 2 * padding - kernel) / stride + 0.5) + 1


@feature_map_size.mistake("The number of steps is rounded up, so that the last window reaches beyond the end. A window "
                          "that does not fit is left out: round down.")
def rounded_up(n, kernel, stride, padding):
    return -(-(n + 2 * padding - kernel) // stride) + 1


@feature_map_size.mistake("The result is not rounded. There are no parts of positions: use // or int().")
def not_rounded(n, kernel, stride, padding):
    return (n + 2 * padding - kernel) / stride + 1


@feature_map_size.mistake("Only the kernel is divided by the stride. Brackets are missing: (n + 2 * padding - kernel) "
                          "// stride.")
def brackets_missing(n, kernel, stride, padding):
    return n + 2 * padding - kernel // stride + 1


@feature_map_size.mistake('The kernel is ignored: that is the size with Keras\' padding "same". Without enough padding '
                          "the whole kernel must lie inside.")
def kernel_ignored(n, kernel, stride, padding):
    return -(-n // stride)


@feature_map_size.mistake("The padding is taken away. Zeros around the image make it larger: + 2 * padding.")
def padding_subtracted(n, kernel, stride, padding):
    return (n - 2 * padding - kernel) // stride + 1


@feature_map_size.mistake("The windows lie side by side, as if the stride were the kernel's size. They overlap: each "
                          "begins `stride` after the one before.")
def stride_taken_for_the_kernel(n, kernel, stride, padding):
    return (n + 2 * padding) // kernel


@feature_map_size.right_answer
def feature_map_size_by_counting(n, kernel, stride, padding):
    return len(range(0, n + 2 * padding - kernel + 1, stride))


@feature_map_size.right_answer
def feature_map_size_of_floor(n, k, s, p):
    return math.floor((n + 2 * p - k) / s + 1)


@feature_map_size.right_answer
def feature_map_size_of_numpy(n, kernel, stride, padding):
    return np.floor_divide(n + 2 * padding - kernel, stride) + 1


@feature_map_size.right_answer
def feature_map_size_in_a_loop(n, kernel, stride=1, padding=0):
    count, start = 0, -padding
    while start + kernel <= n + padding:
        count += 1
        start += stride
    return count


@feature_map_size.right_answer
def feature_map_size_by_sliding(n, kernel, stride, padding):
    return np.convolve(np.ones(n + 2 * padding), np.ones(kernel), mode="valid")[::stride].size
