"""What the judge knows of `standardise` (lesson 01_dataset)."""

import numpy as np

from autograder.judging.exercise import Case, Exercise

from .features import some_features

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


@standardise.right_answer
def standardise_in_a_loop(features, mean, std):
    result = np.empty_like(features, dtype=float)
    for f in range(features.shape[-1]):
        result[..., f] = (features[..., f] - mean[f]) / std[f]
    return result


@standardise.right_answer
def standardise_in_place_on_a_copy(x, mu, sigma):
    x = x.copy()
    x -= mu
    x /= sigma
    return x


@standardise.right_answer
def standardise_with_ufuncs(features, mean, std):
    return np.divide(np.subtract(features, mean.reshape(1, -1)), std.reshape(1, -1)).astype(np.float32)


@standardise.right_answer
def standardise_of_tensorflow(features, mean, std):
    import tensorflow as tf

    features, mean, std = (tf.cast(value, tf.float32) for value in (features, mean, std))
    return (features - mean) / std


@standardise.right_answer
def standardise_of_scikit_learn(features, mean, std):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler()
    scaler.mean_, scaler.scale_, scaler.var_ = mean, std, std**2
    return scaler.transform(features.reshape(-1, features.shape[-1])).reshape(features.shape)
