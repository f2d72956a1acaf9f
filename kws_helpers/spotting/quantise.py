"""Weights as whole numbers of a few bits, with a scale for each filter."""

import numpy as np


def quantised(kernel: np.ndarray, bits: int) -> tuple[np.ndarray, np.ndarray]:
    """Return whole numbers (filters, taps) and scales (filters,), so that numbers * scale is the kernel, nearly.

    The largest weight of a filter, in size, becomes the largest number that `bits` can hold.
    """
    most = 2 ** (bits - 1) - 1
    scales = np.abs(kernel).max(axis=1) / most
    numbers = np.rint(kernel / np.where(scales > 0, scales, 1)[:, np.newaxis])
    return numbers.astype(f"int{bits}"), scales.astype(np.float32)
