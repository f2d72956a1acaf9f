"""Lesson 01: what the judge knows."""

import hashlib
from collections import Counter

import numpy as np

from autograder.judging.exercise import Case, Exercise
from kws_helpers.check.calling import CallFailed

WORDS = ("yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go", "unknown", "silence")


class TypeCase(Case):
    """A call whose result is looked at for its type of number alone."""

    def __init__(self, aspect, expected, *args):
        super().__init__(aspect, *args)
        self.expected = expected


def values_or_type(function, case):
    """The result; for a `TypeCase` the type of its numbers. Raises CallFailed where that is not the expected one."""
    result = function(*case.args, **case.kwargs)
    if not isinstance(case, TypeCase):
        return result
    dtype = np.asarray(result).dtype
    found = "int" if dtype.kind in "iu" else dtype.name
    if found != case.expected:
        raise CallFailed("raised", f"expected {case.expected}, got {found}.", f"the type {found}")
    return found


# class_counts

class_counts = Exercise("class_counts", tolerance=1e-9)


@class_counts.cases
def class_counts_cases(rng):
    every = np.concatenate([np.arange(12), rng.integers(0, 12, size=150)])
    yield Case("every class has clips", rng.permutation(every), WORDS)
    yield Case("every class has clips", np.array([1, 0, 2, 1, 1, 2]), ["tea", "milk", "lemon"])
    some = rng.choice([0, 3, 4, 9, 11], size=60)
    yield Case("a class in the middle has no clips", np.append(some, [0, 3, 4, 9, 11]), WORDS)
    yield Case("the last classes have no clips", np.append(rng.integers(0, 8, size=40), np.arange(8)), WORDS)
    yield Case("there are no clips at all", np.array([], dtype=np.int64), WORDS)


@class_counts.mistake("Classes after the last one that occurs are missing. `np.bincount` needs `minlength`; every "
                      "class gets a key, with 0 where it has no clips.")
def counts_end_with_the_last_class_seen(labels, class_names):
    return dict(zip(class_names, np.bincount(labels), strict=False))


@class_counts.mistake("Classes without clips are missing from the dict. They belong in it, with 0: go through the "
                      "class names, not through the labels that occur.")
def only_classes_that_occur(labels, class_names):
    return dict(Counter(class_names[label] for label in labels))


@class_counts.mistake("The keys are the numbers of the classes. Use their names: class k is called "
                      "class_names[k].")
def keys_are_numbers(labels, class_names):
    return {k: int(np.sum(labels == k)) for k in range(len(class_names))}


@class_counts.mistake("The counts of the classes that occur are matched with the first names in the list, so as soon "
                      "as one class is missing all later counts belong to the wrong name.")
def counts_slip_to_the_wrong_name(labels, class_names):
    return dict(zip(class_names, np.unique(labels, return_counts=True)[1], strict=False))


@class_counts.mistake("Those are shares of all clips. Asked for is the number of clips in each class.")
def shares_instead_of_counts(labels, class_names):
    return {name: float(np.mean(labels == k)) for k, name in enumerate(class_names)}


@class_counts.mistake("Labels start at 0, not at 1: label 0 is the first class.")
def labels_counted_from_one(labels, class_names):
    return {name: int(np.sum(labels == k)) for k, name in enumerate(class_names, start=1)}


@class_counts.mistake("The numbers are right, but they have lost their names. Return a dict from name to number.")
def a_list_of_counts(labels, class_names):
    return [int(np.sum(labels == k)) for k in range(len(class_names))]


@class_counts.mistake("That counts how often each name stands in the list of class names. Count the labels.")
def counts_the_names(labels, class_names):
    return dict(Counter(class_names))


# one_hot

one_hot = Exercise("one_hot", tolerance=1e-9, observe=values_or_type)


@one_hot.cases
def one_hot_cases(rng):
    labels = np.append(rng.permutation(12), rng.integers(0, 12, size=20))  # every class occurs, for every seed
    yield Case("ordinary labels", labels, 12)
    yield Case("ordinary labels", np.array([2, 0, 1, 2]), 3)
    yield Case("the last classes do not occur", rng.integers(0, 5, size=8), 9)
    yield Case("only some classes occur", np.array([6, 3, 3]), 7)
    yield Case("a single clip", np.array([4]), 6)
    yield TypeCase("the type of the numbers is float32", "float32", labels, 12)


@one_hot.mistake("There is a column for each class that occurs, but none for the others. The number of columns is "
                 "n_classes, whatever the labels are.")
def a_column_for_each_class_seen(labels, n_classes):
    return (labels[:, None] == np.unique(labels)[None, :]).astype(np.float32)


@one_hot.mistake("The number of columns depends on the largest label. It is n_classes, whatever the labels are: "
                 "otherwise the network's output and the labels do not fit.")
def columns_up_to_the_largest_label(labels, n_classes):
    return np.eye(labels.max() + 1, dtype=np.float32)[labels]


@one_hot.mistake("Rows and columns are swapped. A row belongs to a clip, a column to a class.")
def transposed(labels, n_classes):
    return np.eye(n_classes, dtype=np.float32)[labels].T


@one_hot.mistake("Labels start at 0: the 1 of class k stands in column k, not in column k - 1.")
def labels_from_one(labels, n_classes):
    return np.eye(n_classes, dtype=np.float32)[labels - 1]


@one_hot.mistake("The values are right, but float64. Networks compute in float32: give `dtype=np.float32`, or convert "
                 "with `.astype(np.float32)`.")
def numbers_of_type_float64(labels, n_classes):
    return np.eye(n_classes)[labels]


@one_hot.mistake("The values are right, but whole numbers. Networks compute in float32: convert with "
                 "`.astype(np.float32)`.")
def numbers_of_type_int(labels, n_classes):
    return np.eye(n_classes, dtype=int)[labels]


@one_hot.mistake("The values are True and False. Networks compute in float32: convert with `.astype(np.float32)`.")
def truth_values(labels, n_classes):
    return labels[:, None] == np.arange(n_classes)


@one_hot.mistake("The label itself stands in its column. It should be a 1, for every class.")
def label_instead_of_one(labels, n_classes):
    return (np.eye(n_classes) * np.arange(n_classes)).astype(np.float32)[labels]


@one_hot.mistake("The rows are not labels of clips: that is the identity matrix, a row for each class. Pick the row "
                 "of each clip's class.")
def identity_matrix(labels, n_classes):
    return np.eye(n_classes, dtype=np.float32)


# frame_count

frame_count = Exercise("frame_count", tolerance=1e-9, observe=values_or_type)


@frame_count.cases
def frame_count_cases(rng):
    for window, hop in [(640, 160), (400, 160), (512, 384), (100, 10)]:
        exact = window + int(rng.integers(3, 40)) * hop
        yield Case("an ordinary clip", int(rng.integers(5 * window, 20_000)), window, hop)
        yield Case("the last window ends with the clip", exact, window, hop)
        yield Case("one sample is missing for the last window", exact - 1, window, hop)
    yield Case("an ordinary clip", 16_000, 640, 320)
    yield Case("a clip as long as the window", 640, 640, 320)
    yield Case("a clip shorter than the window", 639, 640, 320)
    yield Case("a clip shorter than the window", 100, 640, 160)
    yield Case("a clip shorter than the window", 0, 640, 320)
    yield Case("a hop longer than the window", int(rng.integers(5_000, 9_000)), 200, 300)
    yield TypeCase("the result is a whole number (int)", "int", 16_000, 640, 320)
    yield TypeCase("the result is a whole number (int)", "int", 16_100, 640, 320)


@frame_count.mistake("The first frame is missing. (n - window) // hop says how often the window can move on; before "
                     "the first move there is a frame as well.")
def first_frame_forgotten(n_samples, window, hop):
    return (n_samples - window) // hop if n_samples >= window else 0


@frame_count.mistake("That counts the hops in the clip. The last window must end inside the clip too: subtract it "
                     "first.")
def window_forgotten(n_samples, window, hop):
    return n_samples // hop if n_samples >= window else 0


@frame_count.mistake("That is the count for a clip padded with half a window at both ends (librosa's `center=True`). "
                     "Here nothing is padded.")
def padded_at_both_ends(n_samples, window, hop):
    return n_samples // hop + 1 if n_samples >= window else 0


@frame_count.mistake("A last window that reaches beyond the end of the clip does not count: round down, not up.")
def rounded_up(n_samples, window, hop):
    return -(-(n_samples - window) // hop) + 1 if n_samples >= window else 0


@frame_count.mistake("The hop is taken for the overlap of two windows. It is the distance from the start of one window "
                     "to the start of the next. (With a hop of half a window the two are the same number, and the "
                     "mistake stays unseen.)")
def hop_taken_for_the_overlap(n_samples, window, hop):
    step = max(window - hop, 1)
    return (n_samples - window) // step + 1 if n_samples >= window else 0


@frame_count.mistake("That many windows fit one after the other. They start every `hop` samples and may overlap.")
def windows_without_overlap(n_samples, window, hop):
    return n_samples // window


@frame_count.mistake("For a clip that is shorter than the window the count is wrong: there is no frame, and no "
                     "negative number of frames either.")
def negative_for_short_clips(n_samples, window, hop):
    return (n_samples - window) // hop + 1


@frame_count.mistake("int() cuts off towards zero, so for a clip that is a little shorter than the window "
                     "int(-0.1) + 1 gives one frame. There is none.")
def cut_off_towards_zero(n_samples, window, hop):
    return max(int((n_samples - window) / hop) + 1, 0)


@frame_count.mistake("The value is right, but it is a float, and an array cannot have 49.0 rows. Return an int: "
                     "use //, math.floor or int().")
def a_float(n_samples, window, hop):
    return max(np.floor((n_samples - window) / hop) + 1, 0.0)


@frame_count.mistake("The result is not rounded: half a frame does not count.")
def not_rounded(n_samples, window, hop):
    return (n_samples - window) / hop + 1 if n_samples >= window else 0


# split_by_speaker

split_by_speaker = Exercise("split_by_speaker")


def speaker_ids(rng, count):
    return np.array([f"{number:08x}" for number in rng.integers(0, 2**32, size=count)])


@split_by_speaker.cases
def split_by_speaker_cases(rng):
    yield Case("the official rule with its usual percentages", speaker_ids(rng, 400))
    yield Case("the official rule with its usual percentages", rng.choice(speaker_ids(rng, 60), size=300))
    yield Case("other percentages", speaker_ids(rng, 200), validation_percent=15, testing_percent=40)
    yield Case("other percentages", speaker_ids(rng, 200), validation_percent=30, testing_percent=5)
    yield Case("other percentages", speaker_ids(rng, 300), validation_percent=2.5, testing_percent=12.5)
    yield Case("a split that gets nothing", speaker_ids(rng, 100), validation_percent=0, testing_percent=20)
    yield Case("a split that gets nothing", speaker_ids(rng, 100), validation_percent=20, testing_percent=0)
    yield Case("a single clip", speaker_ids(rng, 1))


def _percent(speaker, algorithm=hashlib.sha1):
    return int(algorithm(speaker.encode()).hexdigest(), 16) % 2**27 * 100 / (2**27 - 1)


def _split(percent, validation_percent, testing_percent):
    if percent < validation_percent:
        return "validation"
    return "testing" if percent < validation_percent + testing_percent else "training"


def _split_with(percent_of, speakers, validation_percent, testing_percent):
    return np.array([_split(percent_of(speaker), validation_percent, testing_percent) for speaker in speakers])


@split_by_speaker.mistake("Testing is too small. After validation has taken its share, the border of testing lies at "
                          "validation_percent + testing_percent.")
def testing_border_not_added(speakers, validation_percent=10, testing_percent=10):
    return np.array(["validation" if p < validation_percent else "testing" if p < testing_percent else "training"
                     for p in map(_percent, speakers)])


@split_by_speaker.mistake("Validation and testing are swapped. The official rule gives the lowest numbers to "
                          "validation, the next ones to testing.")
def validation_and_testing_swapped(speakers, validation_percent=10, testing_percent=10):
    return np.array(["testing" if p < testing_percent else
                     "validation" if p < testing_percent + validation_percent else "training"
                     for p in map(_percent, speakers)])


@split_by_speaker.mistake("The percentages are fixed at 10. Use the arguments validation_percent and testing_percent.")
def percentages_ignored(speakers, validation_percent=10, testing_percent=10):
    return _split_with(_percent, speakers, 10, 10)


@split_by_speaker.mistake("The id itself is used as the number. The official rule takes the SHA-1 hash of the id, "
                          "written as text: hashlib.sha1(speaker.encode()).hexdigest().")
def id_without_hash(speakers, validation_percent=10, testing_percent=10):
    return _split_with(lambda speaker: int(speaker, 16) % 2**27 * 100 / (2**27 - 1),
                       speakers, validation_percent, testing_percent)


@split_by_speaker.mistake("The hash is taken modulo 100. That is a fair rule too, but not the official one, so your "
                          "splits would differ from everybody else's: modulo 2**27, then times 100 / (2**27 - 1).")
def modulo_hundred(speakers, validation_percent=10, testing_percent=10):
    return _split_with(lambda speaker: int(hashlib.sha1(speaker.encode()).hexdigest(), 16) % 100,
                       speakers, validation_percent, testing_percent)


@split_by_speaker.mistake("That is another hash (MD5). The official rule uses SHA-1: hashlib.sha1.")
def another_hash_md5(speakers, validation_percent=10, testing_percent=10):
    return _split_with(lambda speaker: _percent(speaker, hashlib.md5), speakers, validation_percent, testing_percent)


@split_by_speaker.mistake("That is another hash (SHA-256). The official rule uses SHA-1: hashlib.sha1.")
def another_hash_sha256(speakers, validation_percent=10, testing_percent=10):
    return _split_with(lambda speaker: _percent(speaker, hashlib.sha256), speakers, validation_percent, testing_percent)


@split_by_speaker.mistake("The factor 100 is missing: p must run from 0 to 100, as the percentages do. From 0 to 1, "
                          "everybody is below 10.")
def share_instead_of_percent(speakers, validation_percent=10, testing_percent=10):
    return _split_with(lambda speaker: _percent(speaker) / 100, speakers, validation_percent, testing_percent)


@split_by_speaker.mistake("The speakers are sorted and cut at 10 % and 20 %. No speaker is in two splits, but when "
                          "somebody new joins, others move to another split. With the hash nobody ever moves.")
def sorted_and_cut(speakers, validation_percent=10, testing_percent=10):
    order = {speaker: 100 * place / len(set(speakers)) for place, speaker in enumerate(sorted(set(speakers)))}
    return _split_with(order.get, speakers, validation_percent, testing_percent)


@split_by_speaker.mistake("The clips are drawn at random one by one, so a speaker lands in several splits. The hash of "
                          "the speaker must decide.")
def drawn_clip_by_clip(speakers, validation_percent=10, testing_percent=10):
    draw = np.random.default_rng(0).uniform(0, 100, size=len(speakers))
    return np.array([_split(p, validation_percent, testing_percent) for p in draw])


@split_by_speaker.mistake("The splits are called otherwise: their names are \"training\", \"validation\" and "
                          "\"testing\", written out.")
def short_names(speakers, validation_percent=10, testing_percent=10):
    short = {"training": "train", "validation": "val", "testing": "test"}
    return np.array([short[_split(_percent(speaker), validation_percent, testing_percent)] for speaker in speakers])


# fit_standardiser

class ConstantCase(Case):
    """Coefficients of which some never change: is their standard deviation exactly 0?"""


def statistics_and_zeros(function, case):
    result = function(*case.args)
    if isinstance(case, ConstantCase):  # no tolerance would tell 0 from 1e-8
        return [*result, np.asarray(result[1]) == 0]
    return result


fit_standardiser = Exercise("fit_standardiser", observe=statistics_and_zeros)


def some_features(rng, *shape):
    spread = rng.uniform(0.5, 3.0, size=shape[-1])
    of_clip = rng.normal(size=(shape[0], 1, 1))
    of_frame = rng.normal(size=(1, shape[1], 1)) * 0.7
    return (rng.normal(size=shape) + of_clip + of_frame) * spread + rng.normal(size=shape[-1]) * 4


@fit_standardiser.cases
def fit_standardiser_cases(rng):
    yield Case("ordinary features", some_features(rng, 5, 4, 3))
    yield Case("ordinary features", some_features(rng, 20, 49, 40))
    yield Case("a single clip", some_features(rng, 1, 6, 4))
    yield Case("clips of a single frame", some_features(rng, 4, 1, 5))
    constant = some_features(rng, 3, 4, 3)
    constant[..., 1] = 2.0
    yield ConstantCase("nothing is added to the standard deviation", constant)


@fit_standardiser.mistake("There is one number for everything. Every coefficient needs its own mean and standard "
                          "deviation: shape (F,).")
def one_number_for_everything(features):
    return features.mean(), features.std()


@fit_standardiser.mistake("Every frame has statistics of its own, shape (T, F). A word may come early or late: average "
                          "over clips and frames, axis=(0, 1).")
def over_clips_only(features):
    return features.mean(axis=0), features.std(axis=0)


@fit_standardiser.mistake("Every clip has statistics of its own, shape (N, F). Average over clips and frames, "
                          "axis=(0, 1).")
def over_frames_only(features):
    return features.mean(axis=1), features.std(axis=1)


@fit_standardiser.mistake("That is the sample standard deviation, divided by n - 1 (ddof=1). Asked for is the "
                          "population standard deviation, divided by n: NumPy's default.")
def sample_standard_deviation(features):
    return features.mean(axis=(0, 1)), features.std(axis=(0, 1), ddof=1)


@fit_standardiser.mistake("That is the variance. The standard deviation is its square root.")
def variance(features):
    return features.mean(axis=(0, 1)), features.var(axis=(0, 1))


@fit_standardiser.mistake("The mean comes first, then the standard deviation.")
def order_swapped(features):
    return features.std(axis=(0, 1)), features.mean(axis=(0, 1))


@fit_standardiser.mistake("The standard deviations of the clips are averaged. That leaves out how much the clips "
                          "differ from each other: take it over clips and frames together.")
def average_of_standard_deviations(features):
    return features.mean(axis=(0, 1)), features.std(axis=1).mean(axis=0)


@fit_standardiser.mistake("Something small is added to the standard deviation. Here it is not: a coefficient that "
                          "never changes has a standard deviation of exactly 0, and you want to know that.")
def something_small_added(features):
    return features.mean(axis=(0, 1)), features.std(axis=(0, 1)) + 1e-8


@fit_standardiser.mistake("A standard deviation of 0 is replaced by 1, as scikit-learn's `scale_` does. Return it as "
                          "it is: the square root of `var_`.")
def zero_replaced_by_one(features):
    std = features.std(axis=(0, 1))
    return features.mean(axis=(0, 1)), np.where(std == 0, 1.0, std)


@fit_standardiser.mistake("The axes of the result are kept, shape (1, 1, F). Return one number a coefficient: (F,).")
def axes_kept(features):
    return features.mean(axis=(0, 1), keepdims=True), features.std(axis=(0, 1), keepdims=True)


# standardise

standardise = Exercise("standardise")


@standardise.cases
def standardise_cases(rng):
    def statistics(n):
        return rng.normal(size=n) * 3, rng.uniform(0.5, 4.0, size=n)

    yield Case("many clips", some_features(rng, 6, 5, 4), *statistics(4))
    yield Case("many clips", some_features(rng, 4, 4, 4), *statistics(4))
    yield Case("a single clip", some_features(rng, 1, 7, 5)[0], *statistics(5))
    yield Case("features of type float32", some_features(rng, 3, 49, 40).astype(np.float32), *statistics(40))


@standardise.mistake("The statistics are computed anew from these features. Use the `mean` and `std` that are given: "
                     "they come from the training clips, and validation and testing must not bring their own.")
def own_statistics(features, mean, std):
    axes = tuple(range(features.ndim - 1))
    return (features - features.mean(axis=axes)) / features.std(axis=axes)


@standardise.mistake("That divides by the variance. Divide by the standard deviation itself.")
def divided_by_the_variance(features, mean, std):
    return (features - mean) / std**2


@standardise.mistake("The standard deviation multiplies. It must divide, so that all coefficients get the same spread.")
def multiplied(features, mean, std):
    return (features - mean) * std


@standardise.mistake("The mean is not subtracted.")
def mean_not_subtracted(features, mean, std):
    return features / std


@standardise.mistake("The features are not divided by the standard deviation.")
def not_divided(features, mean, std):
    return features - mean


@standardise.mistake("Brackets are missing: the division comes before the subtraction, so only the mean is divided. "
                     "Write (features - mean) / std.")
def brackets_missing(features, mean, std):
    return features - mean / std


@standardise.mistake("Mean and standard deviation have changed places.")
def mean_and_std_swapped(features, mean, std):
    return (features - std) / mean


@standardise.mistake("That squeezes the values into the range from 0 to 1. Subtract the mean and divide by the "
                     "standard deviation.")
def squeezed_to_unit_range(features, mean, std):
    return (features - features.min()) / (features.max() - features.min())


@standardise.mistake("One mean and one standard deviation are used for all coefficients. Each has its own: let NumPy "
                     "broadcast (F,) against the last axis.")
def same_for_all_coefficients(features, mean, std):
    return (features - mean.mean()) / std.mean()
