"""What the judge knows of `cross_entropy` (lesson 02_ffnn)."""

import math

import numpy as np

from autograder.judging.exercise import Case, Exercise

cross_entropy = Exercise("cross_entropy")


@cross_entropy.cases
def cross_entropy_cases(rng):
    for n, n_classes in [(7, 12), (4, 4), (9, 3)]:
        yield Case("the mean surprise over the clips", *_guesses(rng, n, n_classes))
    yield Case("a single clip", *_guesses(rng, 1, 5))
    probabilities, targets = _guesses(rng, 6, 4)
    probabilities[:4] = targets[:4]  # sure, and right
    yield Case("classes with probability 0", probabilities, targets)
    yield Case("classes with probability 0", targets, targets)
    probabilities, targets = _guesses(rng, 5, 12)
    yield Case("numbers of type float32", probabilities.astype(np.float32), targets.astype(np.float32))


def _guesses(rng, n, n_classes):
    """Probabilities (n, n_classes), none below about 1e-3, and one-hot targets."""
    probabilities = rng.dirichlet(np.ones(n_classes), size=n) * 0.98 + 0.02 / n_classes
    return probabilities, np.eye(n_classes)[rng.integers(n_classes, size=n)]


@cross_entropy.mistake("0 · ln 0 is not a number for the computer: 0 times minus infinity. Look only at the "
                       "probability of the right class, or make sure that a target of 0 adds 0.")
def zero_times_infinity(probabilities, one_hot):
    return -np.mean(np.sum(one_hot * np.log(probabilities), axis=-1))


@cross_entropy.mistake("That is the sum over the clips. The mean does not grow with the number of clips, so that "
                       "losses can be compared.")
def sum_over_clips(probabilities, one_hot):
    return -np.sum(np.log(probabilities[one_hot > 0]))


@cross_entropy.mistake("The mean runs over all clips and all classes, so the loss is too small by the number of "
                       "classes. Sum over the classes, and take the mean over the clips only.")
def mean_over_classes_too(probabilities, one_hot):
    return -np.sum(np.log(probabilities[one_hot > 0])) / one_hot.size


@cross_entropy.mistake("The minus sign is missing: logarithms of probabilities are negative, a surprise is positive.")
def minus_forgotten(probabilities, one_hot):
    return np.mean(np.log(probabilities[one_hot > 0]))


@cross_entropy.mistake("The logarithm has base 2. That measures the surprise in bits; here, as in Keras, it is the "
                       "natural logarithm (np.log).")
def surprise_in_bits(probabilities, one_hot):
    return -np.mean(np.log2(probabilities[one_hot > 0]))


@cross_entropy.mistake("The logarithm has base 10 (np.log10). The natural logarithm is np.log.")
def logarithm_of_base_ten(probabilities, one_hot):
    return -np.mean(np.log10(probabilities[one_hot > 0]))


@cross_entropy.mistake("The mean is taken first and the logarithm afterwards. Every clip's surprise comes first: one "
                       "terrible guess must not hide behind many good ones.")
def logarithm_of_the_mean(probabilities, one_hot):
    return -np.log(np.mean(probabilities[one_hot > 0]))


@cross_entropy.mistake("There is no logarithm: that is the mean of 1 - p, which a sure but wrong guess hardly pays "
                       "for.")
def no_logarithm(probabilities, one_hot):
    return np.mean(1 - probabilities[one_hot > 0])


@cross_entropy.mistake("That is the surprise about the most probable class. The surprise that counts is the one about "
                       "the right class, whatever the network thought.")
def surprise_about_the_favourite(probabilities, one_hot):
    return -np.mean(np.log(probabilities.max(axis=-1)))


@cross_entropy.mistake("That is the entropy of the probabilities: the targets are not used.")
def entropy_of_the_guess(probabilities, one_hot):
    logarithms = np.log(probabilities, where=probabilities > 0, out=np.zeros_like(probabilities))
    return -np.mean(np.sum(probabilities * logarithms, axis=-1))


@cross_entropy.mistake("That is the binary cross-entropy, which asks about each class by itself and adds "
                       "-(1 - y) ln(1 - p). With one right class out of several, only -y ln p counts.")
def binary_cross_entropy(probabilities, one_hot):
    right = np.where(one_hot > 0, probabilities, 1 - probabilities)
    return -np.mean(np.sum(np.log(right), axis=-1))


@cross_entropy.mistake("That is the mean over the classes of a sum over the clips. It is the other way round: the sum "
                       "runs over the classes (axis=-1), the mean over the clips.")
def axes_exchanged(probabilities, one_hot):
    return -np.sum(np.log(probabilities[one_hot > 0])) / one_hot.shape[-1]


@cross_entropy.mistake("One number per clip is returned. The loss is their mean.")
def no_mean(probabilities, one_hot):
    return -np.log(probabilities[one_hot > 0])


@cross_entropy.right_answer
def cross_entropy_of_the_chosen(probabilities, one_hot):
    return -np.log(probabilities[np.arange(len(one_hot)), one_hot.argmax(axis=1)]).mean()


@cross_entropy.right_answer
def cross_entropy_in_loops(predicted, target):
    total = 0.0
    for p_row, y_row in zip(predicted, target, strict=True):
        for p, y in zip(p_row, y_row, strict=True):
            if y > 0:
                total -= y * math.log(p)
    return total / len(target)


@cross_entropy.right_answer
def cross_entropy_clipped(probabilities, one_hot):
    return float(-(one_hot * np.log(np.clip(probabilities, 1e-7, 1.0))).sum(axis=1).mean())


@cross_entropy.right_answer
def cross_entropy_with_a_small_number(probabilities, one_hot):
    return -np.sum(one_hot * np.log(probabilities + 1e-9)) / one_hot.shape[0]


@cross_entropy.right_answer
def cross_entropy_of_scikit_learn(probabilities, one_hot):
    from sklearn.metrics import log_loss

    return log_loss(one_hot.argmax(axis=1), probabilities, labels=range(one_hot.shape[1]))


@cross_entropy.right_answer
def cross_entropy_of_scipy(probabilities, one_hot):
    import scipy.special

    return -scipy.special.xlogy(one_hot, probabilities).sum(-1).mean()


@cross_entropy.right_answer
def cross_entropy_of_keras(probabilities, one_hot):
    import keras

    return keras.ops.mean(keras.losses.categorical_crossentropy(one_hot, probabilities))


@cross_entropy.right_answer
def cross_entropy_without_nan(probabilities, one_hot):
    return -np.nansum(one_hot * np.log(probabilities)) / len(probabilities)


@cross_entropy.right_answer
def cross_entropy_of_a_product(probabilities, one_hot):
    return np.mean(-np.log((probabilities * one_hot).sum(axis=1)))
