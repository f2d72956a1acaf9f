"""The check of the exercise at choice in lesson 03."""

import numpy as np

from kws_helpers.check import expect
from kws_helpers.check.ladder import ladder


@ladder("calibration_error(confidence, is_right, n_bins=10)")
def calibration_error(f):
    sure = np.full(4, 0.75)
    yield "returns one number"
    expect.number(f(sure, np.array([True, True, True, False])))
    yield "is 0 where 3 of 4 answers with a confidence of 75 % are right"
    expect.close(f(sure, np.array([True, True, True, False])), 0.0, known=[
        (np.nan, "An empty bin has no mean. It adds nothing: leave it out."),
        (0.375, "The means are compared in each bin: the difference is not taken for each clip.")])
    yield "is 0.25 where 2 of them, or all of them, are right"
    expect.close(f(sure, np.array([True, True, False, False])), 0.25, known=[
        (1.0, "Divide by the number of clips, N.")])
    expect.close(f(sure, np.ones(4, bool)), 0.25, "A network may also be surer than it says: take the absolute difference.")
    yield "does not let a bin that is too sure make up for one that is not sure enough"
    two, right = np.array([0.25, 0.25, 0.75, 0.75]), np.array([True, True, False, False])
    expect.close(f(two, right), 0.75, "The difference is taken in each bin, and the mean over the bins comes last.",
                 known=[(0.0, "The two bins cancel each other here: take the absolute difference in each bin.")])
    yield "counts a bin as often as it has clips"
    expect.close(f(np.array([0.05, 0.95, 0.95, 0.95]), np.array([True, True, True, True])), 0.275, known=[
        (0.5, "Both bins count alike here. One has three clips of four: N_b / N."),
        (0.1, "That is the mean over all bins, empty ones included. Each counts N_b / N.")])
    yield "puts a confidence of exactly 1 into the last bin"
    expect.close(f(np.array([1.0, 0.95]), np.array([False, True])), 0.475,
                 "With ten bins, int(1.0 * 10) is 10, and there is no bin 10. np.minimum helps.")
    yield "puts a confidence between two limits into the bin of the lower one"
    expect.close(f(np.array([0.16, 0.24]), np.array([True, False])), 0.54, "0.16 lies in bin 1 and 0.24 in bin 2.", known=[
        (0.3, "Both clips came into one bin. Round down, not to the nearest whole number.")])
    yield "uses the number of bins that it is given"
    expect.close(f(two, right, n_bins=1), 0.0, "Here all clips are in one bin. Is n_bins used?")
