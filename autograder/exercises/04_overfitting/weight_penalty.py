"""What the judge knows of `weight_penalty` (lesson 04_overfitting)."""

import numpy as np

from autograder.judging.exercise import Case, Exercise

weight_penalty = Exercise("weight_penalty")


@weight_penalty.cases
def weight_penalty_cases(rng):
    def strength():
        return float(rng.uniform(0.2, 0.8))

    yield Case("L2 of one array", rng.normal(size=(7, 5)), strength())
    yield Case("L2 of one array", 3 * rng.normal(size=(3, 2, 4)), strength(), kind="l2")
    yield Case("L1 of one array", rng.normal(size=(6, 4)), strength(), kind="l1")
    yield Case("L1 of one array", 2 * rng.normal(size=9), strength(), "l1")
    layers = [rng.normal(size=(4, 3)), rng.normal(size=(3, 6)), rng.normal(size=5)]
    yield Case("a list of arrays", layers, strength())
    yield Case("a list of arrays", layers, strength(), kind="l1")
    yield Case("a list of one array", [rng.normal(size=(4, 3))], strength())
    yield Case("strength 0", rng.normal(size=(4, 3)), 0.0)


def _penalty(weights, strength, price):
    arrays = weights if isinstance(weights, list) else [weights]
    return strength * sum(price(array) for array in arrays)


@weight_penalty.mistake("There is a factor 1/2 in the L2 penalty. Many papers have it; Keras and this exercise do not.")
def half_a_square(weights, strength, kind="l2"):
    return _penalty(weights, strength, lambda w: np.sum(w**2) / 2 if kind == "l2" else np.sum(np.abs(w)))


@weight_penalty.mistake("That is the mean over the weights. The penalty is their sum: each weight has to pay its own "
                        "price.")
def mean_instead_of_sum(weights, strength, kind="l2"):
    return _penalty(weights, strength, lambda w: np.mean(w**2 if kind == "l2" else np.abs(w)))


@weight_penalty.mistake("The root of the sum of squares is taken (the norm). The L2 penalty is the sum of the squares "
                        "itself.")
def norm_instead_of_squares(weights, strength, kind="l2"):
    return _penalty(weights, strength, lambda w: np.sqrt(np.sum(w**2)) if kind == "l2" else np.sum(np.abs(w)))


@weight_penalty.mistake("In the L1 penalty the absolute values are missing: negative weights would be paid for.")
def signs_kept(weights, strength, kind="l2"):
    return _penalty(weights, strength, lambda w: np.sum(w**2 if kind == "l2" else w))


@weight_penalty.mistake("`kind` is not looked at: the penalty is always L2.")
def always_squares(weights, strength, kind="l2"):
    return _penalty(weights, strength, lambda w: np.sum(w**2))


@weight_penalty.mistake("The penalty is always L1. L2 is the sum of the squares.")
def always_absolute_values(weights, strength, kind="l2"):
    return _penalty(weights, strength, lambda w: np.sum(np.abs(w)))


@weight_penalty.mistake("L1 and L2 are exchanged: L1 has the absolute values, L2 the squares.")
def kinds_exchanged(weights, strength, kind="l2"):
    return _penalty(weights, strength, lambda w: np.sum(w**2 if kind == "l1" else np.abs(w)))


@weight_penalty.mistake("The strength is missing, or not used as a factor.")
def strength_forgotten(weights, strength, kind="l2"):
    return _penalty(weights, 1.0, lambda w: np.sum(w**2 if kind == "l2" else np.abs(w)))


@weight_penalty.mistake("The strength is squared together with the weights. Square first, multiply afterwards.")
def strength_squared(weights, strength, kind="l2"):
    return _penalty(weights, 1.0, lambda w: np.sum((strength * w) ** 2 if kind == "l2" else np.abs(strength * w)))


@weight_penalty.mistake("Only the first array of a list pays. Is the `return` inside the loop?")
def first_array_only(weights, strength, kind="l2"):
    first = weights[0] if isinstance(weights, list) else weights
    return _penalty(first, strength, lambda w: np.sum(w**2 if kind == "l2" else np.abs(w)))


@weight_penalty.mistake("In a list, the last array alone pays. The sum starts again in every round of the loop.")
def last_array_only(weights, strength, kind="l2"):
    last = weights[-1] if isinstance(weights, list) else weights
    return _penalty(last, strength, lambda w: np.sum(w**2 if kind == "l2" else np.abs(w)))


@weight_penalty.mistake("One penalty for each array of the list is returned. Add them up.")
def a_list_of_penalties(weights, strength, kind="l2"):
    if isinstance(weights, list):
        return [a_list_of_penalties(w, strength, kind) for w in weights]
    return strength * np.sum(weights**2 if kind == "l2" else np.abs(weights))


@weight_penalty.right_answer
def penalty_in_a_loop(weights, strength, kind="l2"):
    if not isinstance(weights, list):
        weights = [weights]
    total = 0.0
    for array in weights:
        for w in array.ravel():
            total += w * w if kind == "l2" else abs(w)
    return strength * total


@weight_penalty.right_answer
def penalty_of_keras(weights, strength, kind="l2"):
    import keras

    regulariser = keras.regularizers.L1(strength) if kind == "l1" else keras.regularizers.L2(strength)
    arrays = weights if isinstance(weights, (list, tuple)) else [weights]
    return sum(float(regulariser(np.asarray(w, dtype="float32"))) for w in arrays)


@weight_penalty.right_answer
def penalty_of_one_long_row(weights, strength, kind="l2"):
    row = np.concatenate([np.ravel(w) for w in weights]) if isinstance(weights, list) else np.ravel(weights)
    return strength * np.linalg.norm(row, 1) if kind == "l1" else strength * (row @ row)


@weight_penalty.right_answer
def penalty_by_recursion(w, lam, kind="l2"):
    if isinstance(w, list):
        return sum(penalty_by_recursion(one, lam, kind) for one in w)
    power = {"l1": 1, "l2": 2}[kind]
    return lam * (np.abs(w) ** power).sum()


@weight_penalty.right_answer
def penalty_that_asks_for_arrays(weights, strength, kind="l2"):
    arrays = [weights] if hasattr(weights, "shape") else list(weights)
    if kind == "l1":
        return np.float32(strength * np.sum([np.abs(a).sum() for a in arrays]))
    return np.float32(strength * np.sum([np.square(a).sum() for a in arrays]))
