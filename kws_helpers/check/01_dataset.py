"""The checks of lesson 01."""

import numpy as np

from kws_helpers.check import expect
from kws_helpers.check.ladder import ladder


@ladder("class_counts(labels, class_names)")
def class_counts(f):
    drinks = ["tea", "milk", "water"]
    counts = f(np.array([2, 0, 2]), drinks)
    yield "returns a dict"
    expect.that(isinstance(counts, dict), "a dict such as {'tea': 1, ...}", counts)
    yield "has the names of the classes as keys, and no others"
    expect.that(not counts.keys() - set(drinks), f"the keys {drinks}", f"{list(counts)}",
                "Label k belongs to the name class_names[k].")
    yield "has a key for every class, also for those without clips"
    expect.that(counts.keys() == set(drinks), f"the keys {drinks}", f"{list(counts)}",
                "Go through the class names, not through the labels that occur.")
    counts = f(np.array([0, 0, 1]), drinks)
    expect.that(counts.keys() == set(drinks), f"the keys {drinks}", f"{list(counts)}",
                "The last class has no clips here. np.bincount has an argument for that: minlength.")
    yield "holds one number for each class"
    for name in drinks:
        expect.number(counts[name], f"This is {name!r}.")
    yield "counts every clip once"
    counts = f(np.array([2, 0, 2]), drinks)
    expect.that(sum(counts.values()) == 3, "counts that sum to 3 for three clips", f"{counts}")
    yield "counts right: labels 2, 0, 2"
    expect.that(counts == {"tea": 1, "milk": 0, "water": 2}, "{'tea': 1, 'milk': 0, 'water': 2}", f"{counts}",
                "Label 0 is the first class.")
    yield "copes with no clips at all"
    counts = f(np.array([], dtype=int), drinks)
    expect.that(counts == dict.fromkeys(drinks, 0), "0 for every class", f"{counts}")


@ladder("one_hot(labels, n_classes)")
def one_hot(f):
    yield "returns an array"
    expect.array(f(np.array([0, 2, 1]), 3))
    yield "has a row for each clip and a column for each class"
    expect.shape(f(np.array([1, 0, 1, 2, 2]), 3), (5, 3), "Rows are clips, columns are classes.")
    expect.shape(f(np.array([1, 0]), 4), (2, 4), "Classes that do not occur have a column too: n_classes columns.")
    encoded = np.asarray(f(np.array([2, 0, 3]), 4))
    yield "holds nothing but 0 and 1"
    expect.that(bool(np.isin(encoded, (0, 1)).all()), "only 0 and 1", encoded)
    yield "has exactly one 1 in every row"
    expect.close(encoded.sum(axis=1), np.ones(3))
    yield "has the 1 in the column of the label"
    expect.close(encoded, [[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]], "Label 0 belongs to the first column.")
    yield "has the type float32"
    expect.that(encoded.dtype == np.float32, "numbers of type float32", f"type {encoded.dtype}",
                "Networks compute in float32. Arrays have a method for this: .astype(np.float32).")


@ladder("frame_count(n_samples, window, hop)")
def frame_count(f):
    yield "returns a number"
    expect.number(f(1000, 400, 100))
    yield "gives one frame where the clip is as long as the window"
    expect.close(f(400, 400, 100), 1, "Before the window moves at all there is one frame.")
    yield "gives one more frame for every hop"
    expect.close(f(500, 400, 100), 2)
    expect.close(f(1000, 400, 100), 7, "The hop is the distance from one window's start to the next one's.")
    yield "leaves out a last window that would reach beyond the end"
    expect.close(f(1099, 400, 100), 7, "Round down: a window that does not fit does not count.")
    yield "gives 0 where the clip is shorter than the window"
    expect.close(f(399, 400, 100), 0)
    expect.close(f(10, 400, 100), 0, "There is no such thing as a negative number of frames.")
    yield "works for a hop longer than the window"
    expect.close(f(1000, 100, 300), 4)
    yield "returns a whole number (int)"
    count = f(1050, 400, 100)
    expect.that(np.asarray(count).dtype.kind in "iu", "a whole number (int)", count,
                "An array cannot have 7.0 rows. `//` divides ints and gives an int.")


@ladder("split_by_speaker(speakers, validation_percent=10, testing_percent=10)")
def split_by_speaker(f):
    def splits(speakers, **percentages):
        return np.asarray(f(np.array(speakers), **percentages)).astype(object).astype(str).tolist()

    rng = np.random.default_rng(1)
    many = [f"{number:08x}" for number in rng.integers(0, 2**32, size=300)]
    yield "returns an array with one entry for each clip"
    expect.shape(f(np.array(["0d9457e1", "dbb40d24", "0d9457e1"])), (3,))
    yield "knows the three splits and no others"
    names = {"training", "validation", "testing"}
    others = set(splits(many)) - names
    expect.that(not others, "only training, validation and testing", f"{sorted(others)}")
    yield "puts all clips of a speaker into the same split"
    twice = splits(many + many)
    expect.that(twice[:300] == twice[300:], "the same split for the same speaker", "different ones",
                "Nothing but the speaker's id may decide: not the position, not chance.")
    yield "does not depend on who else is there"
    alone = [splits([speaker])[0] for speaker in many[:20]]
    expect.that(alone == twice[:20], "the same split for a speaker alone as in company", "different ones",
                "Decide from each id by itself, without looking at the others.")
    yield "sends some speakers to every split, and most to training"
    shares = {name: twice[:300].count(name) / 300 for name in sorted(names)}
    expect.that(0.7 < shares["training"] < 0.9 and min(shares.values()) > 0.03,
                "about 80 % training, 10 % validation, 10 % testing",
                ", ".join(f"{share:.0%} {name}" for name, share in shares.items()),
                "Is p a percentage, from 0 to 100? Where does testing begin and end?")
    yield "follows the official rule"
    for speaker, p, expected in [("deadbeef", 45.90, "training"), ("dbb40d24", 7.95, "validation"),
                                 ("5d6c4a39", 1.20, "validation"), ("f9643d42", 18.76, "testing")]:
        got = splits([speaker])[0]
        expect.that(got == expected, f"{expected} for speaker {speaker}, whose p is {p:.2f}", got,
                    "Is it the SHA-1 hash of the id? Modulo 2**27? Print your p and compare.")
    yield "obeys other percentages"
    got = splits(["deadbeef", "f9643d42", "dbb40d24"], validation_percent=5, testing_percent=41)
    expect.that(got == ["testing", "testing", "testing"],
                "three times testing, where p is 45.90, 18.76 and 7.95 and testing lies between 5 and 46", f"{got}")
    got = splits(["dbb40d24"], validation_percent=0, testing_percent=0)
    expect.that(got == ["training"], "training for everybody where the other splits get 0 %", f"{got}")


@ladder("fit_standardiser(features)")
def fit_standardiser(f):
    yield "returns two things: mean and standard deviation"
    result = f(np.ones((2, 3, 4)))
    if not hasattr(result, "__len__") or len(result) != 2:
        raise expect.Missed("mean, std", expect.describe(result), "Return both: `return mean, std`.")
    yield "gives one number for each coefficient, in both"
    for statistic in result:
        expect.shape(statistic, (4,), "Average over clips and frames, the first two axes.")
    # Two clips of two frames with two coefficients. The second one never changes.
    features = np.array([[[1.0, 7.0], [3.0, 7.0]], [[5.0, 7.0], [15.0, 7.0]]])
    mean, std = f(features)
    yield "the mean is right"
    expect.close(mean, [6, 7], "The mean of 1, 3, 5 and 15 is 6.")
    yield "the standard deviation is right"
    expect.close(std, [np.sqrt(29), 0], "1, 3, 5 and 15 differ from 6 by -5, -3, -1 and 9. The mean of the squares is "
                 "29, and its root is asked for. A coefficient that never changes has 0.")
    yield "nothing is added to the standard deviation"
    second = float(np.asarray(std)[1])
    expect.that(second == 0, "exactly 0 for a coefficient that never changes", f"{second}")


@ladder("standardise(features, mean, std)")
def standardise(f):
    mean, std = np.array([10.0, -2.0]), np.array([4.0, 0.5])
    yield "keeps the shape, for many clips and for one"
    for shape in [(3, 5, 2), (5, 2)]:
        expect.shape(f(np.zeros(shape), mean, std), shape)
    yield "turns the mean into 0"
    expect.close(f(np.array([[[10.0, -2.0]]]), mean, std), [[[0, 0]]],
                 "Subtract the mean first, then divide: brackets.")
    yield "turns mean plus one standard deviation into 1"
    expect.close(f(np.array([[[14.0, -1.5]]]), mean, std), [[[1, 1]]])
    yield "uses the mean and the standard deviation that it is given"
    expect.close(f(np.array([[[2.0, 0.0], [12.0, -3.0]]]), mean, std), [[[-2, 4], [0.5, -2]]],
                 "They come from the training clips and are used as they are, for every split.")
