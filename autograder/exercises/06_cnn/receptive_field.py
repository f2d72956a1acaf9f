"""What the judge knows of `receptive_field` (lesson 06_cnn)."""

import math
from itertools import accumulate

import numpy as np

from autograder.judging.exercise import Case, Exercise

receptive_field = Exercise("receptive_field", tolerance=0)


@receptive_field.cases
def receptive_field_cases(rng):
    for length in (3, 4):
        yield Case("layers with strides", _numbers(rng, 3, 8, length), _numbers(rng, 2, 4, length))
    yield Case("layers that move by one", _numbers(rng, 2, 8, 4), [1, 1, 1, 1])
    yield Case("a single layer", _numbers(rng, 3, 10, 1), [1])
    yield Case("a single layer", _numbers(rng, 3, 10, 1), _numbers(rng, 2, 5, 1))
    yield Case("some layers with and some without a stride", [5, 2, 3, 2, 4], [2, 2, 1, 2, 1])
    yield Case("kernels of one number", [1, *_numbers(rng, 3, 6, 2), 1], [2, 1, 2, 1])


def _numbers(rng, low, high, length):
    return rng.integers(low, high, size=length).tolist()


def _jumps(strides):
    """How far a step of each layer's kernel reaches in the input: the product of the strides before it."""
    return list(accumulate([1, *strides[:-1]], lambda product, stride: product * stride))


@receptive_field.mistake("The strides are ignored. After a layer with stride 2, neighbours are two inputs apart, so "
                         "the next kernel reaches twice as far.")
def strides_ignored(kernels, strides):
    return 1 + sum(k - 1 for k in kernels)


@receptive_field.mistake("Each layer's own stride is multiplied in. What counts for a kernel are the strides of the "
                         "layers before it: its own only matters to the layers above.")
def own_stride_included(kernels, strides):
    return 1 + sum((k - 1) * jump * s for k, jump, s in zip(kernels, _jumps(strides), strides, strict=True))


@receptive_field.mistake("The 1 is missing: without any layer, a number sees itself.")
def one_missing(kernels, strides):
    return sum((k - 1) * jump for k, jump in zip(kernels, _jumps(strides), strict=True))


@receptive_field.mistake("Each kernel adds k - 1 steps, not k: its first input is already counted.")
def kernels_not_reduced(kernels, strides):
    return 1 + sum(k * jump for k, jump in zip(kernels, _jumps(strides), strict=True))


@receptive_field.mistake("Only the stride of the layer just before counts here. The strides of all layers before it "
                         "multiply.")
def only_the_stride_before(kernels, strides):
    return 1 + sum((k - 1) * s for k, s in zip(kernels, [1, *strides], strict=False))


@receptive_field.mistake("The strides are added. They multiply: two layers with stride 3 make neighbours 9 inputs "
                         "apart.")
def strides_added(kernels, strides):
    return 1 + sum((k - 1) * (sum(strides[:i]) or 1) for i, k in enumerate(kernels))


@receptive_field.mistake("The kernels are multiplied. A layer adds (k - 1) times the product of the strides before it.")
def kernels_multiplied(kernels, strides):
    return int(np.prod(kernels))


@receptive_field.mistake("All strides are multiplied for every layer, those of later layers included. Only the layers "
                         "before it count.")
def all_strides_for_all(kernels, strides):
    return 1 + sum(k - 1 for k in kernels) * int(np.prod(strides))


@receptive_field.mistake("The layers are taken from the end to the beginning. The first layer is the one next to the "
                         "input.")
def in_the_wrong_order(kernels, strides):
    return 1 + sum((k - 1) * jump for k, jump in zip(kernels[::-1], _jumps(strides[::-1]), strict=True))


@receptive_field.mistake("The kernels are added without taking one off each. Two kernels of 3 see 5 inputs, not 6: the "
                         "middle is shared.")
def kernels_added(kernels, strides):
    return sum(k * jump for k, jump in zip(kernels, _jumps(strides), strict=True))


@receptive_field.mistake("Only the last layer is returned. Is the field started again in every round of the loop?")
def last_layer_only(kernels, strides):
    return 1 + (kernels[-1] - 1) * _jumps(strides)[-1]


@receptive_field.right_answer
def receptive_field_from_the_top(kernels, strides):
    field = 1
    for kernel, stride in zip(reversed(kernels), reversed(strides), strict=True):
        field = (field - 1) * stride + kernel
    return field


@receptive_field.right_answer
def receptive_field_of_products(kernels, strides):
    jumps = np.cumprod([1, *strides[:-1]])
    return 1 + np.sum((np.array(kernels) - 1) * jumps)


@receptive_field.right_answer
def receptive_field_by_recursion(kernels, strides):
    if not kernels:
        return 1
    return kernels[0] + (receptive_field_by_recursion(kernels[1:], strides[1:]) - 1) * strides[0]


@receptive_field.right_answer
def receptive_field_of_sums(k, s):
    return 1 + sum((k[i] - 1) * math.prod(s[:i]) for i in range(len(k)))


@receptive_field.right_answer
def receptive_field_by_following_the_edges(kernels, strides):
    first = last = 0
    for kernel, stride in list(zip(kernels, strides, strict=True))[::-1]:
        first, last = first * stride, last * stride + kernel - 1
    return last - first + 1
