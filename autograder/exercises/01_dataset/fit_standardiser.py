"""What the judge knows of `fit_standardiser` (lesson 01_dataset)."""

import statistics

import numpy as np

from autograder.judging.exercise import Case, Exercise

from .features import some_features


class ConstantCase(Case):
    """Coefficients of which some never change: is their standard deviation exactly 0?"""


def statistics_and_zeros(function, case):
    result = function(*case.args)
    if isinstance(case, ConstantCase):  # no tolerance would tell 0 from 1e-8
        return [*result, np.asarray(result[1]) == 0]
    return result


fit_standardiser = Exercise("fit_standardiser", observe=statistics_and_zeros)


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


@fit_standardiser.right_answer
def fit_standardiser_in_loops(features):
    columns = [[float(value) for clip in features for value in clip[:, f]] for f in range(features.shape[2])]
    return np.array([statistics.fmean(c) for c in columns]), np.array([statistics.pstdev(c) for c in columns])


@fit_standardiser.right_answer
def fit_standardiser_flattened(x):
    rows = x.reshape(-1, x.shape[-1])
    mean = rows.sum(axis=0) / len(rows)
    return [mean, np.sqrt(((rows - mean) ** 2).mean(axis=0))]


@fit_standardiser.right_answer
def fit_standardiser_of_scikit_learn(features):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(features.reshape(-1, features.shape[-1]))
    return scaler.mean_, np.sqrt(scaler.var_)


@fit_standardiser.right_answer
def fit_standardiser_of_pandas(features):
    import pandas as pd

    table = pd.DataFrame(features.reshape(-1, features.shape[-1]))
    return table.mean().to_numpy(), table.std(ddof=0).to_numpy()


@fit_standardiser.right_answer
def fit_standardiser_of_tensorflow(features):
    import tensorflow as tf

    features = tf.cast(features, tf.float32)
    return tf.reduce_mean(features, axis=[0, 1]), tf.math.reduce_std(features, axis=[0, 1])


@fit_standardiser.right_answer
def fit_standardiser_in_float32(features):
    features = features.astype(np.float32)
    return np.array([np.mean(features, axis=(0, 1)), np.std(features, axis=(0, 1))])
