"""The checks of lesson 08."""

import numpy as np

from kws_helpers.check.ladder import expect_close, expect_whole_number, ladder


@ladder("zero_crossings(audio)")
def zero_crossings(f):
    yield "returns a whole number"
    expect_whole_number(f(np.array([1.0, -1.0])))
    yield "counts one step over zero"
    expect_close(f(np.array([0.5, 0.2, -0.3])), 1)
    yield "counts both directions"
    expect_close(f(np.array([0.5, -0.3, 0.5, -0.3])), 3, "Down, up, down.")
    yield "takes 0 for a sample above zero"
    expect_close(f(np.array([0.5, 0.0, 0.5])), 0, "Nothing crosses here.")
    expect_close(f(np.array([-0.5, 0.0])), 1)
