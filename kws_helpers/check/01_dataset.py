"""The checks of lesson 01."""

import numpy as np

from kws_helpers.check import expect
from kws_helpers.check.ladder import ladder


@ladder("class_counts(labels, class_names)")
def class_counts(f):
    drinks = ["tea", "milk", "water"]
    counts = f(np.array([2, 0, 2]), drinks)
    yield "returns a dict"
    expect.that(isinstance(counts, dict), "a dict such as {'tea': 1, ...}", counts, "Each count goes with its name.")
    yield "has the names of the classes as keys, and no others"
    expect.that(not counts.keys() - set(drinks), f"the keys {drinks}", list(counts), "The keys are the names: class k is called class_names[k]."
                if counts.keys() & {0, 1, 2} else "The names come from the argument, not from the notebook's variables.")
    yield "has a key for every class, also for those without clips"
    expect.that(counts.keys() == set(drinks), f"the keys {drinks}", list(counts),
                "Go through the class names, not through the labels that occur.")
    last = f(np.array([0, 0, 1]), drinks)
    expect.that(last.keys() == set(drinks), f"the keys {drinks}", list(last),
                "The last class has no clips here. np.bincount has an argument for that: minlength.")
    yield "holds one number for each class"
    counts = f(np.array([2, 0, 2]), drinks)
    for name in drinks:
        expect.number(counts[name], f"This is {name!r}.")
    yield "counts right: labels 2, 0, 2"
    right = {"tea": 1, "milk": 0, "water": 2}
    expect.that(counts == right, "{'tea': 1, 'milk': 0, 'water': 2}", counts, _told_of_counts(list(counts.values())))
    yield "copes with no clips at all"
    counts = f(np.array([], dtype=int), drinks)
    expect.that(counts == dict.fromkeys(drinks, 0), "0 for every class", counts)


def _told_of_counts(counts):
    return expect.told(counts, [
        ([0, 0, 4], "The labels themselves were added up. Count the clips that have each label."),
        ([1, 0, 1], "That says whether a class occurs. Count its clips."),
        ([1, 0, 0], "Only the first class was counted. Is the `return` inside the loop?"),
        ([0, 0, 2], "Only the last class was counted. Does the dict start anew in every round?"),
        ([1 / 3, 0, 2 / 3], "Those are shares of all clips. Return the numbers of clips."),
        ([0, 2, 0], "Labels start at 0, not at 1: label 0 is the first class."),
        ([0, 0, 0], "No clip was counted. A label is a number: compare it with a class's number, not with its name."),
        ([1, 1, 1], "That counts the names in class_names. Count the labels."),
        ([1, 2, 0], "The counts have slipped: 'milk' has no clips, and yet it got the count of 'water'.")],
        "There are only three clips. Is every label taken from the argument, and counted once?" if sum(counts) > 3
        else "Label 0 is the first class.")


@ladder("one_hot(labels, n_classes)")
def one_hot(f):
    yield "returns an array"
    expect.array(f(np.array([0, 2, 1]), 3))
    yield "has a row for each clip and a column for each class"
    expect.shape(f(np.array([1, 0, 1, 2, 2]), 3), (5, 3), "Rows are clips, columns are classes.",
                 [((3, 5), "Rows and columns are swapped. A row belongs to a clip, a column to a class."),
                  ((3, 3), "That is a row for each class. Pick the row of each clip's class.")])
    expect.shape(f(np.array([1, 0]), 4), (2, 4), "Classes that do not occur have a column too: n_classes columns.")
    encoded = np.asarray(f(np.array([2, 0, 3]), 4))
    yield "holds nothing but 0 and 1"
    expect.that(bool(np.isin(encoded, (0, 1)).all()), "only 0 and 1", encoded, expect.told(encoded, [
        ([[0, 0, 2, 0], [0, 0, 0, 0], [0, 0, 0, 3]], "The label itself stands in its column. Put a 1 there."),
        ([[2] * 4, [0] * 4, [3] * 4], "A whole row was filled with its label. Put a 1 into one place: row i, column labels[i].")],
        "Each row holds a 1 in the column of its class, and 0 elsewhere."))
    yield "has exactly one 1 in every row"
    same = "Every row got the ones of all clips. Row i belongs to clip i: choose a row together with its column."
    first = "Only the first clip has its 1. Is the `return` inside the loop?"
    expect.close(encoded.sum(axis=1), np.ones(3), "A clip belongs to one class: one 1 in its row.", known=[
        ([3, 3, 3], same if np.array_equal(encoded, [[1, 0, 1, 1]] * 3) else ""), ([1, 0, 0], first)])
    yield "has the 1 in the column of the label"
    expect.close(encoded, [[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]], "Label 0 belongs to the first column.",
                 known=[([[0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]], "Labels start at 0: the 1 of class k stands in "
                         "column k, not in column k - 1.")])
    yield "has the type float32"
    expect.that(encoded.dtype == np.float32, "numbers of type float32", f"type {encoded.dtype}",
                "The values are right. Networks compute in float32: .astype(np.float32) converts them.")


@ladder("frame_count(n_samples, window, hop)")
def frame_count(f):
    yield "returns a number"
    expect.number(f(1000, 400, 100))
    yield "gives one frame where the clip is as long as the window"
    expect.close(f(400, 400, 100), 1, "Before the window moves at all there is one frame.", known=[
        (0, "(n_samples - window) // hop says how often the window moves on. Before its first move there is a frame, too."),
        (4, "That counts the hops in the clip. The last window must end inside the clip, too: subtract it first."),
        (397, "Division comes before subtraction: put brackets around n_samples - window."),
        (5, "That counts the hops in the clip, as if it were padded at both ends. Nothing is padded here.")])
    yield "gives one more frame for every hop"
    expect.close(f(1000, 400, 100), 7, "The hop is the distance from one window's start to the next one's.", known=[
        (2, "That many windows fit one after another. They start every `hop` samples and may overlap."),
        (3, "The hop was taken for the overlap. It is the distance from one window's start to the next one's.")])
    yield "leaves out a last window that would reach beyond the end"
    expect.close(f(1099, 400, 100), 7, "Round down: a window that does not fit does not count.")
    yield "gives 0 where the clip is shorter than the window"
    expect.close(f(399, 400, 100), 0, "No window fits.", known=[
        (1, "The difference n_samples - window is negative here. What cuts it to 0 or turns its sign before the + 1, such as "
         "int(), max() or abs(), leaves one frame too many.")])
    expect.close(f(10, 400, 100), 0, "There is no such thing as a negative number of frames.")
    yield "works for a hop longer than the window, and for long clips"
    expect.close(f(1000, 100, 300), 4)
    expect.close(f(50_000, 400, 100), 497, "Numbers of 8 bits go no further than 255. Use int.")
    yield "returns a whole number (int)"
    count = f(1050, 400, 100)
    expect.that(np.asarray(count).dtype.kind in "iu", "a whole number (int)", count,
                "An array cannot have 7.0 rows. `//` divides ints and gives an int.")


@ladder("fit_standardiser(features)")
def fit_standardiser(f):
    yield "returns two things: mean and standard deviation"
    result = f(np.ones((5, 3, 4)))
    expect.that(np.shape(result) != (5, 3, 4), "mean, std", result, "Those are the features, standardised. "
                "Return what they are standardised with, so that it can be used on other clips: `return mean, std`.")
    expect.that(isinstance(result, (tuple, list, np.ndarray)) and len(result) == 2, "mean, std", result, "Return both: `return mean, std`.")
    yield "gives one number for each coefficient, in both"
    for statistic in result:
        expect.shape(statistic, (4,), "Average over clips and frames, the first two axes.", [
            ((), "That is one number for everything. Each coefficient needs its own: average over axes 0 and 1 only."),
            ((3, 4), "Each frame has its own numbers here. A word may come early or late: average over axis 1, too."),
            ((5, 4), "Each clip has its own numbers here. Average over the clips, axis 0, too."),
            ((1, 1, 4), "The averaged axes are still there, with length 1. Leave keepdims=True out.")])
    # Two clips of two frames with two coefficients. The second one never changes.
    features = np.array([[[1.0, 7.0], [3.0, 7.0]], [[5.0, 7.0], [15.0, 7.0]]])
    root = np.sqrt(29)
    mean, std = f(features)
    yield "the mean is right"
    expect.close(mean, [6, 7], "The mean of 1, 3, 5 and 15 is 6.", known=[([root, 0], "The mean comes first, then std.")])
    yield "the standard deviation is right"
    expect.close(std, [root, 0], "1, 3, 5 and 15 differ from 6 by -5, -3, -1 and 9. The mean of the squares is "
                 "29, and its root is asked for. A coefficient that never changes has 0.", known=[
                     ([29, 0], "That is the variance. The standard deviation is its root."),
                     ([np.sqrt(116 / 3), 0], "That is divided by n - 1 (ddof=1). Divide by n, as NumPy does by itself."),
                     *[([one_by_one, 0], "That takes one axis after the other. Take the standard deviation over clips and "
                        "frames together: axis=(0, 1).") for one_by_one in (3, 4)],
                     ([4.5, 0], "That is the mean distance from the mean. Take the root of the mean of the *squares*."),
                     ([2 * root, 0], "The squares were added up. Take their mean, then the root."),
                     ([root, 1], "A 0 was replaced by 1. Return it as it is.")])
    yield "nothing is added to the standard deviation, and nothing is rounded"
    second = float(np.asarray(std)[1])
    expect.that(second == 0, "exactly 0 for a coefficient that never changes", f"{second}")
    expect.close(f(features / 7)[1], [root / 7, 0])


@ladder("standardise(features, mean, std)")
def standardise(f):
    mean, std = np.array([10.0, -2.0]), np.array([4.0, 0.5])
    yield "keeps the shape, for many clips and for one"
    for shape in [(3, 5, 2), (5, 2)]:
        expect.shape(f(np.zeros(shape), mean, std), shape, "One line does it for all clips at once: shapes are aligned at the "
                     "right, so no loop over clips is needed.")
    yield "subtracts the mean and divides by the standard deviation that it is given"
    wrong = [([-1, 1, 1, -1], "Mean and standard deviation were computed anew from these features. Use the two that are "
              "given: they come from the training clips, for every split."),
             ([1, -1, 1, -1], "Mean and standard deviation were computed anew. Use the two that are given."),
             ([3, -4, 5.5, -10], "The mean is added. Subtract it."),
             ([-2, -2.5, 0.5, -3.25], "All coefficients got the mean and std of the first. Each has its own."),
             ([-8, 2, 2, -1], "The features are not divided by std."),
             ([0.5, 0, 3, -6], "The mean is not subtracted."),
             ([-0.5, 4, 9.5, 1], "Only the mean is divided: brackets are missing around the difference."),
             ([-0.5, 8, 0.125, -4], "That divides by the square of std."),
             ([-32, 1, 8, -0.5], "std multiplies here. It must divide, so that all coefficients get the same spread."),
             ([-0.2, 0.25, 0.8, 1.75], "Mean and std have changed places."),
             ([1 / 3, 0.2, 1, 0], "That squeezes the values into 0 to 1. Use the mean and std that are given."),
             ([-8 / 9, -16 / 9, 32 / 9, -28 / 9], "One mean and one std were used for all coefficients. Each has its own.")]
    expect.close(f(np.array([[[2.0, 0.0]], [[12.0, -3.0]]]), mean, std), [[[-2, 4]], [[0.5, -2]]],
                 "Subtract the given mean, divide by the given std, and do nothing else to the values.",
                 known=[(np.reshape(values, (2, 1, 2)), words) for values, words in wrong])
    yield "turns the mean into 0, and one standard deviation more into 1"
    expect.close(f(np.array([[[10.0, -2.0], [14.0, -1.5]]]), mean, std), [[[0, 0], [1, 1]]])
    yield "rounds nothing"
    expect.close(f(np.array([[11.0, -2.1]]), mean, 7 * std), [[1 / 28, -0.1 / 3.5]])
