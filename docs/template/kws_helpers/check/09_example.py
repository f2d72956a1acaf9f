"""The checks of lesson 09."""

import numpy as np

from kws_helpers.check import expect
from kws_helpers.check.ladder import ladder


@ladder("zero_crossings(audio)")
def zero_crossings(f):
    yield "returns a whole number"
    expect.whole_number(f(np.array([1.0, -1.0])))
    yield "counts one step over zero"
    expect.close(f(np.array([0.5, 0.2, -0.3])), 1)
    yield "counts both directions"
    expect.close(f(np.array([0.5, -0.3, 0.5, -0.3])), 3, "Down, up, down.")
    yield "takes 0 for a sample above zero"
    expect.close(f(np.array([0.5, 0.0, 0.5])), 0, "Nothing crosses here.")
    expect.close(f(np.array([-0.5, 0.0])), 1)
