"""Lesson 04: what the judge knows."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, call_plainly
from autograder.standin import Model, StandIn
from kws_helpers.check.calling import CallFailed
from kws_helpers.check.networks import dropout_rates


class LookCase(Case):
    """A case of a function whose results are random or free in form: `look(function, **kwargs)` says one fact of it.

    The fact is the same for every right answer.
    """

    def __init__(self, aspect: str, look: Callable[..., Any], **kwargs: Any) -> None:
        super().__init__(aspect, **kwargs)
        self.look = look


def observe_fact(function: StandIn, case: LookCase) -> Any:
    """Call the function as often as the look needs."""
    return case.look(function, **case.kwargs)


def _as_array(value: Any, shape: tuple[int, ...]) -> np.ndarray:
    """The value as an array of floats; raises CallFailed where it is none of that shape."""
    array = np.asarray(value) if value is not None else None
    if array is None or array.shape != shape or array.dtype.kind not in "biuf":
        got = "None (is there a `return`?)" if value is None else f"shape {getattr(array, 'shape', 'unknown')}"
        raise CallFailed("raised", f"expected an array of shape {shape}, got {got}.", "WrongShape")
    return array.astype(float)


def _snap(value: float, target: float, tolerance: float) -> float:
    """The target where `value` is near it: random results of right answers differ a little."""
    return target if abs(value - target) <= tolerance else round(float(value), 1)


# Fits ---------------------------------------------------------------------------------------------------------------

fit_polynomial = Exercise("fit_polynomial")


@fit_polynomial.cases
def fit_polynomial_cases(rng):
    for n, degree in [(12, 3), (25, 2), (15, 5)]:
        yield Case("the coefficients of the best polynomial", *_points(rng, n), degree)
    yield Case("a straight line", *_points(rng, 9), 1)
    yield Case("a constant", *_points(rng, 7), 0)
    yield Case("as many coefficients as points", *_points(rng, 5), 4)
    x, y = _points(rng, 20)
    yield Case("points that are not around 0", x + 3, 10 * y - 7, 2)


def _points(rng, n):
    """Points well apart from each other, in any order."""
    x = np.linspace(-1.5, 1.2, n) + rng.uniform(-0.3, 0.3, n) / n
    order = rng.permutation(n)
    return x[order], rng.normal(size=n)[order] + rng.normal()


@fit_polynomial.mistake("The coefficients come lowest power first. The exercise wants the highest power first.")
def lowest_power_first(x, y, degree):
    return np.polyfit(x, y, degree)[::-1]


@fit_polynomial.mistake("The degree is one too high: degree 2 is a parabola, with three coefficients.")
def one_degree_too_many(x, y, degree):
    return np.polyfit(x, y, degree + 1)


@fit_polynomial.mistake("The degree is one too low. A polynomial of degree d has d + 1 coefficients.")
def one_degree_too_few(x, y, degree):
    return np.polyfit(x, y, degree - 1)


@fit_polynomial.mistake("x and y are exchanged: y is to be guessed from x.")
def x_and_y_exchanged(x, y, degree):
    return np.polyfit(y, x, degree)


@fit_polynomial.mistake("Those are the values of the polynomial at the points. Return its coefficients.")
def values_instead_of_coefficients(x, y, degree):
    return np.polyval(np.polyfit(x, y, degree), x)


@fit_polynomial.mistake("The constant is missing: the last coefficient belongs to x to the power of 0 and need not be 0.")
def no_constant(x, y, degree):
    powers = np.vander(x, degree + 1)
    return np.append(np.linalg.lstsq(powers[:, :-1], y)[0], 0.0)


@fit_polynomial.mistake("These coefficients belong to an x that was shifted and stretched: Polynomial.fit does that. "
                        "Call .convert() before you read the coefficients.")
def coefficients_of_a_stretched_x(x, y, degree):
    return np.polynomial.Polynomial.fit(x, y, degree).coef[::-1]


@fit_polynomial.mistake("These coefficients belong to an x that was shifted and stretched (Polynomial.fit does that; "
                        ".convert() undoes it), and they come lowest power first.")
def coefficients_as_numpy_keeps_them(x, y, degree):
    return np.polynomial.Polynomial.fit(x, y, degree).coef


@fit_polynomial.mistake("Only the first points are used, as many as there are coefficients. All points count.")
def through_the_first_points(x, y, degree):
    return np.polyfit(x[: degree + 1], y[: degree + 1], degree)


mean_squared_error = Exercise("mean_squared_error")


@mean_squared_error.cases
def mean_squared_error_cases(rng):
    for n in (12, 40, 5):
        y = rng.normal(size=n) * 2
        yield Case("the mean of the squares", y, y + rng.normal(size=n) + 0.5)
    yield Case("a single point", rng.normal(size=1), rng.normal(size=1) + 2)
    y = rng.normal(size=6)
    yield Case("all guesses right", y, y.copy())
    yield Case("all guesses too high by the same amount", y, y + rng.uniform(1, 2))
    yield Case("whole numbers", rng.integers(-9, 10, size=8), rng.integers(-9, 10, size=8))


@mean_squared_error.mistake("That is the root of the mean squared error (RMSE). Leave the root out.")
def root_of_it(y, y_hat):
    return np.sqrt(np.mean((y - y_hat) ** 2))


@mean_squared_error.mistake("That is the mean absolute error. Here the differences are squared.")
def absolute_instead_of_squared(y, y_hat):
    return np.mean(np.abs(y - y_hat))


@mean_squared_error.mistake("That is the sum. Divide by the number of points, so that many points do not cost more.")
def sum_of_squares(y, y_hat):
    return np.sum((y - y_hat) ** 2)


@mean_squared_error.mistake("There is a factor 1/2. Some books write it; the mean squared error here has none.")
def half_of_it(y, y_hat):
    return np.mean((y - y_hat) ** 2) / 2


@mean_squared_error.mistake("The mean is taken before the square, so that errors above and below cancel. Square first.")
def square_of_the_mean(y, y_hat):
    return np.mean(y - y_hat) ** 2


@mean_squared_error.mistake("That is the mean of the differences: there is no square.")
def mean_difference(y, y_hat):
    return np.mean(y - y_hat)


@mean_squared_error.mistake("That is the variance of the errors. It does not notice when all guesses are too high by the "
                            "same amount.")
def variance_of_the_errors(y, y_hat):
    return np.var(y - y_hat)


@mean_squared_error.mistake("The sum is divided by n - 1. The mean divides by n.")
def divided_by_one_less(y, y_hat):
    return np.sum((y - y_hat) ** 2) / (len(y) - 1)


@mean_squared_error.mistake("One number for each point is returned. The result is their mean.")
def a_number_for_each_point(y, y_hat):
    return (y - y_hat) ** 2


@mean_squared_error.mistake("The squares are subtracted. Subtract first, then square the difference.")
def difference_of_the_squares(y, y_hat):
    return np.mean(y**2 - y_hat**2)


# A feature ----------------------------------------------------------------------------------------------------------

radius = Exercise("radius")


@radius.cases
def radius_cases(rng):
    for n in (9, 30):
        yield Case("the distance of points", rng.normal(size=n), rng.normal(size=n))
    yield Case("a single point", float(rng.normal()), float(rng.normal()))
    yield Case("arrays with two axes", rng.normal(size=(3, 4)), rng.normal(size=(3, 4)))
    yield Case("points far away", 100 * rng.normal(size=6), 100 * rng.normal(size=6))


@radius.mistake("The root is missing: that is the squared distance.")
def squared_distance(x, y):
    return x**2 + y**2


@radius.mistake("The absolute values are added. That is the way along the streets of a grid, not the straight one.")
def along_the_streets(x, y):
    return np.abs(x) + np.abs(y)


@radius.mistake("That is the larger of the two coordinates. Points at the corners are further away than that.")
def larger_coordinate(x, y):
    return np.maximum(np.abs(x), np.abs(y))


@radius.mistake("The coordinates are not squared before they are added: negative ones cancel positive ones.")
def root_of_the_sum(x, y):
    return np.sqrt(x + y)


@radius.mistake("The sum is squared instead of each coordinate: (x + y)² is not x² + y².")
def square_of_the_sum(x, y):
    return np.sqrt((x + y) ** 2)


@radius.mistake("The mean of the squares is taken. The distance has their sum under the root.")
def mean_of_the_squares(x, y):
    return np.sqrt((x**2 + y**2) / 2)


@radius.mistake("One distance for all points together is returned. Each point has its own.")
def one_for_all_points(x, y):
    return np.sqrt(np.sum(np.square(x)) + np.sum(np.square(y)))


@radius.mistake("The squares are subtracted instead of added.")
def squares_subtracted(x, y):
    return np.sqrt(np.abs(x**2 - y**2))


# Remedies in the network --------------------------------------------------------------------------------------------

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


@weight_penalty.mistake("That is the mean over the weights. The penalty is their sum: each weight has to pay its own price.")
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


dropout = Exercise("dropout", observe=observe_fact)


@dropout.cases
def dropout_cases(rng):
    low, high = 0.2, float(rng.choice([0.3, 0.4]))
    seed = int(rng.integers(1000))
    heart = "the share of values that become 0, and how much the others grow"
    for rate in (low, high):
        yield LookCase(heart, _share_of_zeros, rate=rate, seed=seed)
    for rate in (low, high):
        yield LookCase(heart, _growth_of_the_kept, rate=rate, seed=seed)
    yield LookCase(heart, _growth_of_the_kept, rate=low, seed=seed, shape=(100, 8, 12))
    yield LookCase(heart, _spread_of_growth, rate=high, seed=seed)
    yield LookCase("nothing is changed outside training", _unchanged_share, rate=high, training=False, seed=seed)
    yield LookCase("nothing is changed with rate 0", _unchanged_share, rate=0.0, training=True, seed=seed)
    yield LookCase("every value has a draw of its own", _whole_rows_and_columns, rate=high, seed=seed)
    for same_seed in (True, False):
        yield LookCase("the random numbers come from rng", _share_of_equal_draws, rate=high, same_seed=same_seed)


def _values(shape):
    return np.random.default_rng(11).uniform(0.5, 2, size=shape)


def _dropped(f, rate, seed, shape=(200, 200), training=True):
    x = _values(shape)
    return _as_array(f(x, rate, training, np.random.default_rng(seed)), shape), x


def _share_of_zeros(f, rate, seed):
    """In so many draws that it is near the rate for every seed, also where whole rows or columns are drawn."""
    draws = [_dropped(f, rate, [seed, number], shape=(100, 100))[0] for number in range(160)]
    return _snap(np.mean(np.equal(draws, 0)), rate, 0.02)


def _growth_of_the_kept(f, rate, seed, shape=(200, 200)):
    out, x = _dropped(f, rate, seed, shape)
    return float(np.median((out / x)[out != 0])) * (1 - rate) if np.any(out == 0) else np.nan


def _spread_of_growth(f, rate, seed):
    out, x = _dropped(f, rate, seed)
    growth = (out / x)[out != 0]
    return _snap(np.ptp(growth) / np.mean(growth), 0.0, 1e-3)


def _unchanged_share(f, rate, training, seed):
    out, x = _dropped(f, rate, seed, training=training)
    return _snap(np.mean(np.isclose(out, x, rtol=1e-4)), 1.0, 1e-3)


def _whole_rows_and_columns(f, rate, seed):
    out, _ = _dropped(f, rate, seed)
    return np.array([np.any(np.all(out == 0, axis=axis)) for axis in (0, 1)])


def _share_of_equal_draws(f, rate, same_seed):
    one, _ = _dropped(f, rate, 1)
    other, _ = _dropped(f, rate, 1 if same_seed else 2)
    return float(np.array_equal(one == 0, other == 0))


@dropout.mistake("The values that are kept are not divided by 1 - rate. The next layer then receives less in training "
                 "than later.")
def not_divided(x, rate, training, rng):
    return x * (rng.uniform(size=x.shape) >= rate) if training else x


@dropout.mistake("The kept values are divided by the rate. A share of 1 - rate survives, so divide by 1 - rate.")
def divided_by_the_rate(x, rate, training, rng):
    return x * (rng.uniform(size=x.shape) >= rate) / (rate or 1) if training else x


@dropout.mistake("The kept values are multiplied by 1 - rate, which makes them smaller still. They must grow: divide.")
def multiplied_instead(x, rate, training, rng):
    return x * (rng.uniform(size=x.shape) >= rate) * (1 - rate) if training else x


@dropout.mistake("The rate is the probability of being kept here. It is the probability with which a value becomes 0.")
def rate_means_kept(x, rate, training, rng):
    return x * (rng.uniform(size=x.shape) < rate) / (1 - rate) if training else x


@dropout.mistake("The rate is the probability of being kept here (and the kept values are divided by it). It is the "
                 "probability with which a value becomes 0.")
def rate_means_kept_throughout(x, rate, training, rng):
    return x * (rng.uniform(size=x.shape) < rate) / (rate or 1) if training else x


@dropout.mistake("`training` is not looked at: values are dropped when the network is used, too.")
def always_dropping(x, rate, training, rng):
    return x * (rng.uniform(size=x.shape) >= rate) / (1 - rate)


@dropout.mistake("The function makes a generator of its own, always with the same seed, so it drops the same values every "
                 "time. Use the `rng` that it is given.")
def own_generator(x, rate, training, rng):
    return x * (np.random.default_rng(0).uniform(size=x.shape) >= rate) / (1 - rate) if training else x


@dropout.mistake("Values are dropped when the network is used, and kept in training. It is the other way round.")
def dropping_at_the_wrong_time(x, rate, training, rng):
    return x if training else x * (rng.uniform(size=x.shape) >= rate) / (1 - rate)


@dropout.mistake("That is the first form of dropout: nothing is divided in training, and everything is made smaller later. "
                 "Here all is done in training: divide by 1 - rate there, and change nothing later.")
def smaller_when_used(x, rate, training, rng):
    return x * (rng.uniform(size=x.shape) >= rate) if training else x * (1 - rate)


@dropout.mistake("Whole clips are dropped: there is one draw for each row. Each value needs its own: size=x.shape.")
def whole_rows(x, rate, training, rng):
    kept = rng.uniform(size=(len(x),) + (1,) * (x.ndim - 1)) >= rate
    return x * kept / (1 - rate) if training else x


@dropout.mistake("The same neurons are dropped for all clips: there is one draw for each column. Each value needs its own: "
                 "size=x.shape.")
def whole_columns(x, rate, training, rng):
    return x * (rng.uniform(size=x.shape[-1]) >= rate) / (1 - rate) if training else x


@dropout.mistake("The random numbers come from NumPy's global generator. Draw them with `rng.…`, so that the result can be "
                 "repeated.")
def global_generator(x, rate, training, rng):
    return x * (np.random.random_sample(x.shape) >= rate) / (1 - rate) if training else x


@dropout.mistake("Every value is multiplied by a random number. Dropout knows only two possibilities: 0, or divided by "
                 "1 - rate.")
def random_factors(x, rate, training, rng):
    return x * rng.uniform(size=x.shape) if training else x


@dropout.mistake("The array that the function was given is changed. Work on a copy, or multiply by a mask.")
def dropped_in_place(x, rate, training, rng):
    if training:
        x[rng.uniform(size=x.shape) < rate] = 0
        return x / (1 - rate)
    return x


batch_norm = Exercise("batch_norm")


@batch_norm.cases
def batch_norm_cases(rng):
    def neurons(n):
        return rng.uniform(0.5, 2, n), rng.normal(size=n)

    def values(*shape):
        return rng.normal(size=shape) * rng.uniform(0.5, 3, shape[-1]) + rng.normal(size=shape[-1])

    for n, c in [(9, 5), (32, 4)]:
        yield Case("every neuron is standardised over the clips", values(n, c), *neurons(c))
    yield Case("clips and frames", values(6, 9, 4), *neurons(4))
    yield Case("four axes", values(3, 4, 5, 2), *neurons(2))
    yield Case("epsilon", values(8, 3) * 0.03, *neurons(3))
    yield Case("epsilon", values(8, 3), *neurons(3), epsilon=0.7)
    constant = values(7, 3)
    constant[:, 1] = rng.normal()
    yield Case("a neuron that always says the same", constant, *neurons(3))


def _normalised(x, gamma, beta, epsilon, axes=None, ddof=0):
    axes = tuple(range(x.ndim - 1)) if axes is None else axes
    mean, variance = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True, ddof=ddof)
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta


@batch_norm.mistake("Mean and variance run over the neurons of each clip (that is called layer normalisation). Each neuron "
                    "needs its own mean over the clips.")
def over_the_last_axis(x, gamma, beta, epsilon=1e-3):
    return _normalised(x, gamma, beta, epsilon, axes=-1)


@batch_norm.mistake("There is one mean and one variance for the whole array. Each neuron needs its own.")
def one_mean_for_everything(x, gamma, beta, epsilon=1e-3):
    return _normalised(x, gamma, beta, epsilon, axes=tuple(range(x.ndim)))


@batch_norm.mistake("With three or more axes, mean and variance run over the clips only. They run over all axes but the "
                    "last.")
def over_the_clips_only(x, gamma, beta, epsilon=1e-3):
    return _normalised(x, gamma, beta, epsilon, axes=0)


@batch_norm.mistake("Epsilon is missing.")
def epsilon_forgotten(x, gamma, beta, epsilon=1e-3):
    return _normalised(x, gamma, beta, 0)


@batch_norm.mistake("Epsilon is fixed at 0.001. Use the argument.")
def epsilon_fixed(x, gamma, beta, epsilon=1e-3):
    return _normalised(x, gamma, beta, 1e-3)


@batch_norm.mistake("Epsilon is added to the standard deviation, outside the root. It belongs to the variance, inside.")
def epsilon_outside_the_root(x, gamma, beta, epsilon=1e-3):
    axes = tuple(range(x.ndim - 1))
    return gamma * (x - x.mean(axis=axes)) / (x.std(axis=axes) + epsilon) + beta


@batch_norm.mistake("The variance is divided by n - 1. Here, as in np.var and in Keras, it is divided by n.")
def variance_divided_by_one_less(x, gamma, beta, epsilon=1e-3):
    return _normalised(x, gamma, beta, epsilon, ddof=1)


@batch_norm.mistake("The values are divided by the variance. Divide by its root.")
def root_forgotten(x, gamma, beta, epsilon=1e-3):
    axes = tuple(range(x.ndim - 1))
    return gamma * (x - x.mean(axis=axes)) / (x.var(axis=axes) + epsilon) + beta


@batch_norm.mistake("The mean is not subtracted.")
def mean_not_subtracted(x, gamma, beta, epsilon=1e-3):
    return gamma * x / np.sqrt(x.var(axis=tuple(range(x.ndim - 1))) + epsilon) + beta


@batch_norm.mistake("gamma and beta are exchanged: gamma is the factor, beta is added.")
def gamma_and_beta_exchanged(x, gamma, beta, epsilon=1e-3):
    return _normalised(x, beta, gamma, epsilon)


@batch_norm.mistake("gamma and beta are not used: standardising is only the first half.")
def gamma_and_beta_forgotten(x, gamma, beta, epsilon=1e-3):
    return _normalised(x, 1, 0, epsilon)


@batch_norm.mistake("beta is added before gamma multiplies. Scale first, then shift.")
def shifted_before_scaled(x, gamma, beta, epsilon=1e-3):
    return gamma * _normalised(x, 1, beta, epsilon)


early_stopping_epoch = Exercise("early_stopping_epoch", tolerance=0)


@early_stopping_epoch.cases
def early_stopping_epoch_cases(rng):
    for patience in (2, 3, 5):
        yield Case("stops after `patience` epochs without a new best", _stopping_losses(rng, patience), patience)
    yield Case("stops after `patience` epochs without a new best", _stopping_losses(rng, 4).tolist(), 4)
    yield Case("runs to the end where nothing stops it", np.sort(rng.uniform(1, 3, 9))[::-1].copy(), 2)
    falling = np.sort(rng.uniform(1, 3, 9))[::-1].copy()
    falling[-2:] += 5
    yield Case("runs to the end where nothing stops it", falling, 3)
    yield Case("patience 1", np.array([3.0, 2.0, 2.5, 1.0, 0.5]) + rng.uniform(0, 0.1), 1)
    start = float(rng.uniform(1, 2))
    yield Case("an equal loss is no new best", [start + 1, *[start] * 5, start - 0.5, *[start] * 4, 0.2], 3)
    yield Case("the first epoch is the best", start + np.array([0.0, 0.4, 0.3, 0.2, -0.5, -0.6]), 3)
    zigzag = start + np.array([9.0, 9.5, 8.0, 8.5, 7.0, 7.5, 6.0, 6.5, 5.0, 5.5, 5.6, 1.0])
    yield Case("only epochs in a row count", zigzag, 3)
    yield Case("only epochs in a row count", zigzag, 2)


def _stopping_losses(rng, patience):
    """A hump that is just short enough, a best, a hump that is just long enough, a better one, a long hump, the lowest."""
    def hump(length):
        return rng.uniform(3, 5, length)

    start, best, better, lowest = 3.0, *(limit - rng.uniform(0.1, 0.4) for limit in (2.9, 2.4, 1.9))
    return np.concatenate([[start + 1, start], hump(patience - 1), [best], hump(patience), [better], hump(patience + 3),
                           [lowest, lowest + 1]])


def _stopping(losses, patience, counts=lambda loss, best, before: loss < best):
    """(best epoch, last epoch) when `counts` says what a new best is."""
    best = last = 0
    for epoch, loss in enumerate(losses):
        if epoch and counts(loss, losses[best], losses[epoch - 1]):
            best = epoch
        last = epoch
        if epoch - best >= patience:
            break
    return best, last


@early_stopping_epoch.mistake("That is the best epoch of all, also of those after the stop. Training never gets there: leave "
                              "the loop when patience runs out.")
def best_of_all(validation_losses, patience):
    return int(np.argmin(validation_losses))


@early_stopping_epoch.mistake("That is the epoch at which training stops. The weights that are kept are those of the best "
                              "epoch before.")
def epoch_of_the_stop(validation_losses, patience):
    return _stopping(validation_losses, patience)[1]


@early_stopping_epoch.mistake("Training stops one epoch too late: after `patience` epochs without a new best, not after one "
                              "more (>= instead of >).")
def one_epoch_too_late(validation_losses, patience):
    return _stopping(validation_losses, patience + 1)[0]


@early_stopping_epoch.mistake("Training stops one epoch too early: patience counts the epochs without a new best, and the best "
                              "epoch is not one of them.")
def one_epoch_too_early(validation_losses, patience):
    return _stopping(validation_losses, patience - 1)[0] if patience > 1 else 0


@early_stopping_epoch.mistake("Each loss is compared with the epoch before. A new best is smaller than all before it.")
def compared_with_the_epoch_before(validation_losses, patience):
    waiting = 0
    for epoch in range(1, len(validation_losses)):
        waiting = 0 if validation_losses[epoch] < validation_losses[epoch - 1] else waiting + 1
        if waiting >= patience:
            return epoch - patience
    return len(validation_losses) - 1 - waiting


@early_stopping_epoch.mistake("An equal loss counts as a new best. Only a smaller one does (< instead of <=).")
def equal_is_better(validation_losses, patience):
    return _stopping(validation_losses, patience, lambda loss, best, before: loss <= best)[0]


@early_stopping_epoch.mistake("Epochs are counted from 1. Here, as in Keras, the first epoch is 0.")
def counted_from_one(validation_losses, patience):
    return _stopping(validation_losses, patience)[0] + 1


@early_stopping_epoch.mistake("All epochs without a new best are counted together. They must be in a row: start again at 0 "
                              "after every new best.")
def not_in_a_row(validation_losses, patience):
    best = waiting = 0
    for epoch, loss in enumerate(validation_losses):
        if loss < validation_losses[best]:
            best = epoch
        elif epoch:
            waiting += 1
        if waiting >= patience:
            break
    return best


@early_stopping_epoch.mistake("The smallest loss is returned. Return the number of its epoch.")
def the_loss_itself(validation_losses, patience):
    return float(validation_losses[_stopping(validation_losses, patience)[0]])


@early_stopping_epoch.mistake("The answer is always `patience` epochs before the last one. Where nothing stops the training, "
                              "the best epoch can be later.")
def always_patience_before_the_end(validation_losses, patience):
    return max(0, _stopping(validation_losses, patience)[1] - patience)


@early_stopping_epoch.mistake("A larger loss is taken for better. A loss is to become small.")
def larger_is_better(validation_losses, patience):
    return _stopping(validation_losses, patience, lambda loss, best, before: loss > best)[0]


# Changes of the audio -----------------------------------------------------------------------------------------------

def observe_samples(function: StandIn, case: Case) -> Any:
    """Call the function as usual, and say so where nothing comes back."""
    result = call_plainly(function, case)
    if isinstance(result, np.ndarray) and not result.size:
        raise CallFailed("raised", "the result is empty.", "Empty")
    return result


time_shift = Exercise("time_shift", observe=observe_samples)


@time_shift.cases
def time_shift_cases(rng):
    def audio(n):
        return rng.uniform(0.1, 0.9, n).astype(np.float32)

    yield Case("later", audio(50), int(rng.integers(3, 20)))
    yield Case("later", audio(1600), int(rng.integers(300, 700)))
    yield Case("earlier", audio(50), -int(rng.integers(3, 20)))
    yield Case("earlier", audio(1600), -int(rng.integers(300, 700)))
    yield Case("by 0 samples", audio(30), 0)
    for samples in (20, 33, -20, -41):
        yield Case("by its length or further", audio(20), samples)


@time_shift.mistake("What is pushed out at one end comes in again at the other (np.roll). Zeros must come in.")
def rolled_around(audio, samples):
    return np.roll(audio, samples)


@time_shift.mistake("The sign of the number is ignored. A negative one makes the clip come earlier.")
def sign_ignored(audio, samples):
    return _shifted(audio, abs(samples))


@time_shift.mistake("The direction is wrong: a positive number makes the clip come later, so zeros come in at the "
                    "beginning.")
def wrong_direction(audio, samples):
    return _shifted(audio, -samples)


@time_shift.mistake("The clip gets longer: zeros are put on one end, but nothing is cut off at the other.")
def longer(audio, samples):
    zeros = np.zeros(abs(samples), audio.dtype)
    return np.concatenate([zeros, audio] if samples > 0 else [audio, zeros])


@time_shift.mistake("The clip gets shorter: something is cut off at one end, but no zeros are put on the other.")
def shorter(audio, samples):
    return audio[: len(audio) - samples] if samples >= 0 else audio[-samples:]


@time_shift.mistake("A shift by 0 does not give the clip back. `audio[:-0]` is empty.")
def nothing_left_at_zero(audio, samples):
    return _shifted(audio, samples) if samples else audio[:-samples]


@time_shift.mistake("A shift by more than the clip's length gives another length. Only zeros should be left, as many as the "
                    "clip has samples.")
def too_long_when_far(audio, samples):
    zeros = np.zeros(abs(samples), audio.dtype)
    if samples > 0:
        return np.concatenate([zeros, audio[:-samples]])
    return np.concatenate([audio[-samples:], zeros])


@time_shift.mistake("The first or last sample is repeated. Zeros must come in: silence.")
def edge_repeated(audio, samples):
    return audio[np.clip(np.arange(len(audio)) - samples, 0, len(audio) - 1)]


@time_shift.mistake("A negative number does not move the clip. It makes it come earlier.")
def later_only(audio, samples):
    return _shifted(audio, max(0, samples))


def _shifted(audio, samples):
    places = np.arange(len(audio)) - samples
    inside = (places >= 0) & (places < len(audio))
    return np.where(inside, audio[np.clip(places, 0, len(audio) - 1)], 0).astype(audio.dtype)


mix_noise = Exercise("mix_noise")


@mix_noise.cases
def mix_noise_cases(rng):
    def sounds(n=400, loudness=0.3, noise_loudness=0.2, offset=0.0):
        audio, noise = rng.normal(size=n), rng.standard_t(4, size=n)
        return loudness * (audio - audio.mean()), offset + noise_loudness * (noise - noise.mean())

    for snr in (5.0, 12.0):
        yield Case("the noise has the wanted power", *sounds(), snr + rng.uniform(-1, 1))
    yield Case("more noise than speech", *sounds(loudness=0.8), -8.0 + rng.uniform(-1, 1))
    yield Case("a soft clip and a loud noise", *sounds(loudness=0.5, noise_loudness=3), 3)
    yield Case("a loud clip and a soft noise", *sounds(loudness=1.5, noise_loudness=0.01), 0.0)
    yield Case("noise with an offset", *sounds(offset=0.5), 4.0)
    audio, noise = sounds()
    yield Case("numbers of type float32", audio.astype(np.float32), noise.astype(np.float32), 6)


def _power(x):
    return np.mean(x**2)


@mix_noise.mistake("The noise is added as loud as it is. It has to be multiplied by a factor first.")
def noise_as_it_is(audio, noise, snr_db):
    return audio + noise


@mix_noise.mistake("The factor for the noise is a ratio of powers. Samples need its root.")
def root_of_the_ratio_forgotten(audio, noise, snr_db):
    return audio + noise * _power(audio) / _power(noise) / 10 ** (snr_db / 10)


@mix_noise.mistake("The decibels are turned into a factor with 10^(dB/10), although the ratio is one of samples (after the "
                   "root). It is 10^(dB/20) there.")
def decibel_of_powers_for_samples(audio, noise, snr_db):
    return audio + noise * np.sqrt(_power(audio) / _power(noise)) / 10 ** (snr_db / 10)


@mix_noise.mistake("The decibels are turned into a ratio of powers with 10^(dB/20). For powers it is 10^(dB/10).")
def decibel_of_samples_for_powers(audio, noise, snr_db):
    return audio + noise * np.sqrt(_power(audio) / _power(noise) / 10 ** (snr_db / 20))


@mix_noise.mistake("The sign of the decibels is wrong: a high signal-to-noise ratio means little noise.")
def more_decibel_more_noise(audio, noise, snr_db):
    return audio + noise * np.sqrt(_power(audio) / _power(noise) * 10 ** (snr_db / 10))


@mix_noise.mistake("The power of the clip is not looked at, so that soft clips drown in noise.")
def power_of_the_clip_ignored(audio, noise, snr_db):
    return audio + noise / np.sqrt(_power(noise)) / 10 ** (snr_db / 20)


@mix_noise.mistake("The power of the noise is not looked at: how much is added depends on how loud it was recorded.")
def power_of_the_noise_ignored(audio, noise, snr_db):
    return audio + noise * np.sqrt(_power(audio)) / 10 ** (snr_db / 20)


@mix_noise.mistake("Neither power is measured: the noise is only multiplied by 10^(-dB/20).")
def no_power_measured(audio, noise, snr_db):
    return audio + noise * 10 ** (-snr_db / 20)


@mix_noise.mistake("Standard deviation or variance stands in for the power. They ignore a constant in the noise, but the power "
                   "is the mean of the squares, with nothing subtracted.")
def standard_deviation_for_the_power(audio, noise, snr_db):
    return audio + noise * np.std(audio) / np.std(noise) / 10 ** (snr_db / 20)


@mix_noise.mistake("The loudest samples are compared. The power is the mean of all squared samples.")
def loudest_samples_compared(audio, noise, snr_db):
    return audio + noise * np.abs(audio).max() / np.abs(noise).max() / 10 ** (snr_db / 20)


@mix_noise.mistake("The clip is made louder or softer instead of the noise. The ratio is right, but the clip should keep its "
                   "loudness.")
def clip_scaled_instead(audio, noise, snr_db):
    return audio * np.sqrt(_power(noise) / _power(audio) * 10 ** (snr_db / 10)) + noise


@mix_noise.mistake("The result is cut off at -1 and 1. Leave that to the player: it changes the ratio.")
def cut_off(audio, noise, snr_db):
    return np.clip(audio + noise * np.sqrt(_power(audio) / _power(noise) / 10 ** (snr_db / 10)), -1, 1)


@mix_noise.mistake("The mean of clip and noise is returned. Add them.")
def mean_of_both(audio, noise, snr_db):
    return (audio + noise * np.sqrt(_power(audio) / _power(noise) / 10 ** (snr_db / 10))) / 2


@mix_noise.mistake("Only the scaled noise is returned. Add it to the clip.")
def noise_alone(audio, noise, snr_db):
    return noise * np.sqrt(_power(audio) / _power(noise) / 10 ** (snr_db / 10))


change_gain = Exercise("change_gain")


@change_gain.cases
def change_gain_cases(rng):
    def audio(n=60, loudness=0.3):
        return loudness * rng.normal(size=n)

    for decibel in (4.0, 11.0):
        yield Case("louder", audio(), decibel + rng.uniform(-1, 1))
    yield Case("softer", audio(loudness=2), -7.0 + rng.uniform(-1, 1))
    yield Case("by 0 decibel", audio(), 0.0)
    yield Case("much louder", audio(), 30.0 + rng.uniform(-1, 1))
    yield Case("numbers of type float32", audio(200).astype(np.float32), int(rng.integers(2, 8)))


@change_gain.mistake("That is the factor for powers, 10^(dB/10). Samples get its root, 10^(dB/20).")
def factor_of_powers(audio, decibel):
    return audio * 10 ** (decibel / 10)


@change_gain.mistake("The sign is wrong: a positive number of decibels makes the clip louder.")
def louder_and_softer_exchanged(audio, decibel):
    return audio * 10 ** (-decibel / 20)


@change_gain.mistake("The samples are multiplied by the decibels themselves. Decibels are a logarithm: undo it first.")
def decibel_as_a_factor(audio, decibel):
    return audio * decibel


@change_gain.mistake("Something is added to the samples. Loudness is a factor; adding only moves the zero line.")
def factor_added(audio, decibel):
    return audio + 10 ** (decibel / 20)


@change_gain.mistake("The decibels are added to the samples. Loudness is a factor.")
def decibel_added(audio, decibel):
    return audio + decibel


@change_gain.mistake("The result is cut off at -1 and 1. Leave that to the player.")
def cut_off_at_one(audio, decibel):
    return np.clip(audio * 10 ** (decibel / 20), -1, 1)


@change_gain.mistake("The base is e (np.exp). Decibels belong to the logarithm with base 10.")
def base_e(audio, decibel):
    return audio * np.exp(decibel / 20)


@change_gain.mistake("The clip is brought to a fixed loudness first, so that it does not matter how loud it was. Only multiply.")
def brought_to_a_fixed_loudness(audio, decibel):
    return audio / np.abs(audio).max() * 10 ** (decibel / 20)


@change_gain.mistake("The division is one of whole numbers (//), so that decibels below 20 count as nothing.")
def whole_division(audio, decibel):
    return audio * 10.0 ** (decibel // 20)


change_speed = Exercise("change_speed", tolerance=0.005)  # phases of weak tones depend on the precision


@change_speed.cases
def change_speed_cases(rng):
    for rate in (1.3, 1.7):
        yield Case("faster", _voice(rng), rate + rng.uniform(-0.05, 0.05))
    yield Case("slower", _voice(rng), 0.75 + rng.uniform(-0.05, 0.05))
    yield Case("another length", _voice(rng, 9000), 1.25)
    yield Case("as fast as it was", _voice(rng), 1.0)


def _voice(rng, n=6000):
    """Some tones with a melody, and a little noise, float32."""
    time = np.arange(n) / 16_000
    melody = 200 + 60 * np.sin(2 * np.pi * 3 * time + rng.uniform(0, 6))
    phase = 2 * np.pi * np.cumsum(melody) / 16_000
    voice = sum(rng.uniform(0.2, 0.6) * np.sin(k * phase) for k in (1, 2, 3, 5))
    return (voice + 0.02 * rng.normal(size=n)).astype(np.float32)


def _played(audio, rate):
    """The samples themselves, played faster: speed and pitch change."""
    n = round(len(audio) / rate)
    return np.interp(np.arange(n) * rate, np.arange(len(audio)), audio).astype(np.float32)


def _librosa():
    import librosa.effects

    return librosa.effects


@change_speed.mistake("The rate is the wrong way round: 2 means twice as fast, so the clip becomes half as long.")
def rate_the_wrong_way_round(audio, rate):
    return _librosa().time_stretch(audio, rate=1 / rate)


@change_speed.mistake("The samples are only played faster (by interpolation), so the pitch changes, too. "
                      "librosa.effects.time_stretch keeps it.")
def like_a_record(audio, rate):
    return _played(audio, rate)


@change_speed.mistake("The samples are only played faster (resampled), so the pitch changes, too. "
                      "librosa.effects.time_stretch keeps it.")
def resampled(audio, rate):
    import librosa

    return librosa.resample(audio, orig_sr=16_000, target_sr=16_000 / rate)


@change_speed.mistake("The result is cut or filled up to the old length. Return it as long as it comes out.")
def brought_to_the_old_length(audio, rate):
    import librosa

    return librosa.util.fix_length(_librosa().time_stretch(audio, rate=rate), size=len(audio))


@change_speed.mistake("The rate counts what is added: 0.3 for 1.3. It is the factor itself.")
def rate_above_one(audio, rate):
    return _librosa().time_stretch(audio, rate=1 + rate)


@change_speed.mistake("The clip is returned as it was.")
def speed_unchanged(audio, rate):
    return audio


@change_speed.mistake("The pitch is changed instead of the speed.")
def pitch_instead_of_speed(audio, rate):
    return _librosa().pitch_shift(audio, sr=16_000, n_steps=rate)


change_pitch = Exercise("change_pitch", tolerance=0.005)


@change_pitch.cases
def change_pitch_cases(rng):
    for semitones in (4, 7):
        yield Case("higher", _voice(rng), semitones)
    yield Case("lower", _voice(rng), -3)
    yield Case("half a semitone", _voice(rng), 0.5)
    yield Case("another length", _voice(rng, 9001), 2)
    yield Case("by 0 semitones", _voice(rng), 0)


@change_pitch.mistake("The direction is wrong: a positive number makes the voice higher.")
def higher_and_lower_exchanged(audio, semitones):
    return _librosa().pitch_shift(audio, sr=16_000, n_steps=-semitones)


@change_pitch.mistake("Each step is an octave here. A semitone is a twelfth of it; librosa counts in semitones already.")
def octaves_instead_of_semitones(audio, semitones):
    return _librosa().pitch_shift(audio, sr=16_000, n_steps=12 * semitones)


@change_pitch.mistake("The octave is divided into 24 steps here. It has 12 semitones, which is librosa's setting anyway.")
def quarter_tones(audio, semitones):
    return _librosa().pitch_shift(audio, sr=16_000, n_steps=semitones, bins_per_octave=24)


@change_pitch.mistake("The samples are only played faster or slower, so the length changes. librosa.effects.pitch_shift keeps "
                      "it.")
def speed_changed_too(audio, semitones):
    return _played(audio, 2 ** (semitones / 12))


@change_pitch.mistake("The samples are played faster or slower, and cut or filled up to the old length. So the speed changes, "
                      "too. librosa.effects.pitch_shift keeps it.")
def speed_changed_length_kept(audio, semitones):
    import librosa

    return librosa.util.fix_length(_played(audio, 2 ** (semitones / 12)), size=len(audio))


@change_pitch.mistake("The speed is changed instead of the pitch.")
def speed_instead_of_pitch(audio, semitones):
    return _librosa().time_stretch(audio, rate=2 ** (semitones / 12))


@change_pitch.mistake("The clip is returned as it was.")
def pitch_unchanged(audio, semitones):
    return audio


@change_pitch.mistake("The number is taken as a percentage of the frequency. Semitones are steps on a piano: 12 double it.")
def per_cent_of_the_frequency(audio, semitones):
    return _librosa().pitch_shift(audio, sr=16_000, n_steps=12 * np.log2(1 + semitones / 100))


# Masks --------------------------------------------------------------------------------------------------------------

mask_spectrogram = Exercise("mask_spectrogram", observe=observe_fact)


@mask_spectrogram.cases
def mask_spectrogram_cases(rng):
    widths = {"time_width": int(rng.integers(6, 9)), "frequency_width": int(rng.integers(3, 6))}
    picture = {"shape": (int(rng.integers(28, 34)), int(rng.integers(20, 24))), "seed": int(rng.integers(1000))}
    options = widths | picture
    heart = "whole frames and whole coefficients, side by side, become 0"
    yield LookCase(heart, _bands, **options)
    yield LookCase(heart, _largest_hidden, **options)
    for axis in (0, 1):
        for what in ("min", "max"):
            yield LookCase("the widths of the bands", _band_width, axis=axis, what=what, **options)
    for axis in (0, 1):
        yield LookCase("the bands lie anywhere", _many_beginnings, axis=axis, **options)
    for same_seed in (True, False):
        yield LookCase("the random numbers come from rng", _share_of_equal_masks, same_seed=same_seed, **options)
    yield LookCase("the widths of the bands", _hidden_share, **picture)


_DRAWS = 200


def _picture(shape):
    """Values away from 0 whose mean is not 0."""
    rng = np.random.default_rng(12)
    return rng.uniform(1, 2, size=shape) * np.where(rng.uniform(size=shape) < 0.7, 1, -1)


def _masked(f, shape, seed, time_width, frequency_width):
    picture = _picture(shape)
    return _as_array(f(picture, time_width, frequency_width, np.random.default_rng(seed)), shape), picture


@lru_cache(maxsize=16)  # several cases look at the same draws
def _draws(f, shape, seed, time_width, frequency_width):
    """Many draws, (draws, T, F) numbers, and which of them are hidden, truth values."""
    draws = np.stack([_masked(f, shape, [seed, number], time_width, frequency_width)[0] for number in range(_DRAWS)])
    return draws, ~np.isclose(draws, _picture(shape), rtol=1e-5)


def _bands(f, **options):
    """3 where every draw hides whole neighbouring frames and coefficients; less where something else is hidden."""
    _, hidden = _draws(f, **options)
    frames, coefficients = hidden.all(axis=2), hidden.all(axis=1)
    whole = np.array_equal(hidden, frames[:, :, np.newaxis] | coefficients[:, np.newaxis, :])
    if not whole:
        return 1 if hidden.any(axis=2).all() or not _contiguous(hidden.any(axis=2)) else 0
    return 3 if _contiguous(frames) and _contiguous(coefficients) else 2


def _contiguous(hidden):
    """Is what is hidden one band in every draw? (draws, n)"""
    ends = np.sum(np.diff(hidden.astype(int), axis=1, prepend=0) == 1, axis=1)
    return bool(np.all(ends <= 1))


def _largest_hidden(f, **options):
    draws, hidden = _draws(f, **options)
    return _snap(np.max(np.abs(draws[hidden]), initial=0.0), 0.0, 1e-6)


def _band_width(f, axis, what, **options):
    hidden = _draws(f, **options)[1].all(axis=2 - axis)
    return float(getattr(hidden.sum(axis=1), what)())


def _many_beginnings(f, axis, **options):
    hidden = _draws(f, **options)[1].all(axis=2 - axis)
    beginnings = set(hidden.argmax(axis=1)[hidden.any(axis=1)].tolist())
    return float(len(beginnings) > hidden.shape[1] / 2)


def _share_of_equal_masks(f, same_seed, seed, **options):
    """Of twenty pairs of draws."""
    equal = [np.array_equal(_masked(f, seed=seed + i, **options)[0],
                            _masked(f, seed=seed + i + (0 if same_seed else 100), **options)[0]) for i in range(20)]
    return float(np.mean(equal) if same_seed else np.mean(equal) > 0.5)


def _hidden_share(f, shape, seed):
    out, picture = _masked(f, shape, seed, 0, 0)
    return float(np.mean(~np.isclose(out, picture, rtol=1e-5)))


def _masking(features, widths, rng, starts=None, value=0.0):
    """Hide a band of frames and one of coefficients; `widths` are drawn already."""
    masked = features.copy()
    for axis, width in enumerate(widths):
        start = rng.integers(0, features.shape[axis] - width + 1) if starts is None else starts
        (masked if axis == 0 else masked.T)[start : start + width] = value
    return masked


@mask_spectrogram.mistake("The full width is never drawn: rng.integers(0, width) stops at width - 1.")
def full_width_never(features, time_width, frequency_width, rng):
    return _masking(features, [rng.integers(0, max(1, w)) for w in (time_width, frequency_width)], rng)


@mask_spectrogram.mistake("A band is always as wide as it may be. Draw its width, from 0 to the given one.")
def full_width_always(features, time_width, frequency_width, rng):
    return _masking(features, [time_width, frequency_width], rng)


@mask_spectrogram.mistake("A width of 0 is never drawn. It must be possible that nothing is hidden.")
def at_least_one(features, time_width, frequency_width, rng):
    return _masking(features, [rng.integers(min(1, w), w + 1) for w in (time_width, frequency_width)], rng)


@mask_spectrogram.mistake("Only frames are hidden. The coefficients need a band, too.")
def frames_only(features, time_width, frequency_width, rng):
    return _masking(features, [rng.integers(0, time_width + 1), 0], rng)


@mask_spectrogram.mistake("Only coefficients are hidden. The frames need a band, too.")
def coefficients_only(features, time_width, frequency_width, rng):
    return _masking(features, [0, rng.integers(0, frequency_width + 1)], rng)


@mask_spectrogram.mistake("The axes are exchanged: the first axis has the frames, the second the coefficients.")
def axes_exchanged(features, time_width, frequency_width, rng):
    return _masking(features, [rng.integers(0, w + 1) for w in (frequency_width, time_width)], rng)


@mask_spectrogram.mistake("The bands are filled with the mean of this clip. Standardised features have the mean 0 over all "
                          "clips, so 0 is the value to use.")
def filled_with_the_mean(features, time_width, frequency_width, rng):
    widths = [rng.integers(0, w + 1) for w in (time_width, frequency_width)]
    return _masking(features, widths, rng, value=features.mean())


@mask_spectrogram.mistake("The bands are filled with the smallest value. Use 0, which is the mean once features are "
                          "standardised.")
def filled_with_the_minimum(features, time_width, frequency_width, rng):
    widths = [rng.integers(0, w + 1) for w in (time_width, frequency_width)]
    return _masking(features, widths, rng, value=features.min())


@mask_spectrogram.mistake("The bands always begin at the edge. Draw where they begin.")
def always_at_the_edge(features, time_width, frequency_width, rng):
    return _masking(features, [rng.integers(0, w + 1) for w in (time_width, frequency_width)], rng, starts=0)


@mask_spectrogram.mistake("Only the rectangle where both bands meet is hidden. A band of frames hides all their "
                          "coefficients, and a band of coefficients hides them in all frames.")
def rectangle_only(features, time_width, frequency_width, rng):
    masked = features.copy()
    a, b = rng.integers(0, time_width + 1), rng.integers(0, frequency_width + 1)
    s, t = rng.integers(0, len(masked) - a + 1), rng.integers(0, masked.shape[1] - b + 1)
    masked[s : s + a, t : t + b] = 0
    return masked


@mask_spectrogram.mistake("Single frames and coefficients are hidden here and there. A band hides neighbours.")
def scattered(features, time_width, frequency_width, rng):
    masked = features.copy()
    masked[rng.choice(len(masked), rng.integers(0, time_width + 1), replace=False)] = 0
    masked[:, rng.choice(masked.shape[1], rng.integers(0, frequency_width + 1), replace=False)] = 0
    return masked


@mask_spectrogram.mistake("The random numbers come from NumPy's global generator. Draw them with `rng.…`, so that the result "
                          "can be repeated.")
def masks_of_the_global_generator(features, time_width, frequency_width, rng):
    own = np.random.default_rng(np.random.randint(2**31))
    return _masking(features, [own.integers(0, w + 1) for w in (time_width, frequency_width)], own)


@mask_spectrogram.mistake("The array that the function was given is changed. Work on a copy: the caller still needs the clip.")
def masked_in_place(features, time_width, frequency_width, rng):
    features[:] = _masking(features, [rng.integers(0, w + 1) for w in (time_width, frequency_width)], rng)
    return features


# All together -------------------------------------------------------------------------------------------------------

build_regularised_ffnn = Exercise("build_regularised_ffnn", observe=observe_fact)


@build_regularised_ffnn.cases
def build_regularised_ffnn_cases(rng):
    other = {"input_shape": (int(rng.integers(10, 30)), int(rng.integers(5, 12))), "n_classes": int(rng.integers(4, 9))}
    seed = int(rng.integers(2**31))
    other_strengths = {"dropout": float(rng.choice([0.2, 0.3])), "l2": float(rng.uniform(0.01, 0.1))}
    yield LookCase("the layers and their order", _kernels)
    yield LookCase("the layers and their order", _outputs, seed=seed)
    yield LookCase("batch normalisation", _normalisers)
    yield LookCase("dropout after both hidden layers", _rates)
    yield LookCase("the penalty on the kernels", _relative_penalty)
    yield LookCase("the penalty on the kernels", _relative_penalty, **other_strengths)
    yield LookCase("dropout after both hidden layers", _rates, **other_strengths)
    yield LookCase("the penalty on the kernels", _relative_penalty, l2=0.0)
    yield LookCase("another input shape and another number of classes", _kernels, **other)
    yield LookCase("another input shape and another number of classes", _outputs, seed=seed, **other)


def _built(build: StandIn, **options) -> Model:
    """The model, with its weights."""
    model = build.build(**options)
    model.show(np.zeros((2, *options.get("input_shape", (49, 40))), np.float32))
    return model


def _kernels(build, **options):
    return np.array(sorted(str(weight.shape) for weight in _built(build, **options).weights
                           if len(weight.shape) > 1))


def _normalisers(build):
    """How many different vectors of batch normalisation there are for the 64 and for the 128 neurons."""
    names = {(weight.name, weight.shape) for weight in _built(build).weights}
    wanted = ("gamma", "beta", "moving_mean", "moving_variance")
    return np.array([sum((name, (size,)) in names for name in wanted) for size in (64, 128)])


def _outputs(build, seed, **options):
    """For random weights; biases are 0, so that it does not matter whether there are any."""
    model = _built(build, **options)
    model.set_weights([_weight(seed, weight.name, weight.shape) for weight in model.weights])
    shape = options.get("input_shape", (49, 40))
    return model(2 * np.random.default_rng(seed).normal(size=(6, *shape)).astype(np.float32))


def _weight(seed, name, shape):
    rng = np.random.default_rng([seed, *shape, *name.encode()])
    if name == "kernel":
        return rng.normal(size=shape) / np.sqrt(np.prod(shape[:-1]))
    if name == "bias":
        return np.zeros(shape)
    return rng.uniform(0.3, 1.0, shape) * (rng.choice([-1, 1], shape) if name == "beta" else 1)


def _rates(build, **options):
    model = _built(build, **options)
    _as_array(model(np.zeros((2, 49, 40), np.float32)), (2, 12))  # of other outputs, the rates would be a matter of luck
    expected = options.get("dropout", 0.5)
    return np.array([_snap(rate, expected, 0.04) for rate in dropout_rates(model, (49, 40), 12)])


def _relative_penalty(build, **options):
    """The penalty in units of l2 times the sum of squares: 1 where it is right. With l2=0, the penalty itself."""
    model = _built(build, **options)
    rng = np.random.default_rng(3)
    for weight in model.weights:
        if weight.name in ("kernel", "gamma", "beta", "bias"):
            weight.assign(rng.normal(size=weight.shape))
    squares = sum(float(np.sum(np.square(weight))) for weight in model.weights if weight.name == "kernel")
    penalty = sum(float(np.sum(one)) for one in model.losses)
    return penalty / (options.get("l2", 1e-4) or 1.0) / squares


def _regularised(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4, sizes=(64, 128), order="bar", rates=None,
                 penalty=None, last_penalty=True, last="softmax", flatten=True):
    """A network that is wrong in one place. `order`: b for batch norm, a for the activation, r for dropout."""
    from keras import Input, Sequential, layers, regularizers

    penalty = regularizers.L2(l2) if penalty is None else penalty
    stack = [Input(shape=input_shape)] + ([layers.Flatten()] if flatten else [])
    for size, rate in zip(sizes, rates or (dropout, dropout)):
        kinds = {"b": layers.BatchNormalization, "a": layers.ReLU, "r": lambda rate=rate: layers.Dropout(rate)}
        stack += [layers.Dense(size, kernel_regularizer=penalty or None), *(kinds[letter]() for letter in order)]
    return Sequential([*stack, layers.Dense(n_classes, activation=last,
                                            kernel_regularizer=penalty if last_penalty and penalty else None)])


@build_regularised_ffnn.mistake("The ReLU comes before the batch normalisation. The order is dense, batch norm, ReLU: leave the "
                                "activation out of Dense and add keras.layers.ReLU().")
def relu_before_batch_norm(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, order="abr")


@build_regularised_ffnn.mistake("There is no ReLU after the batch normalisation.")
def no_relu(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, order="br")


@build_regularised_ffnn.mistake("There is no batch normalisation.")
def no_batch_norm(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, order="ar")


@build_regularised_ffnn.mistake("There is no dropout.")
def no_dropout(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, order="ba")


@build_regularised_ffnn.mistake("Dropout comes only after the first hidden layer. The second needs it, too.")
def dropout_after_the_first_only(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, rates=(dropout, 0))


@build_regularised_ffnn.mistake("Dropout comes only after the second hidden layer. The first needs it, too.")
def dropout_after_the_second_only(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, rates=(0, dropout))


@build_regularised_ffnn.mistake("The dropout's rate is fixed at 0.5. Use `dropout`.")
def dropout_fixed(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, 0.5, l2)


@build_regularised_ffnn.mistake("The dropout's rate is 1 - dropout. In Keras, too, the rate is the share that is silenced.")
def dropout_as_the_share_kept(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, 1 - dropout, l2)


@build_regularised_ffnn.mistake("There is no weight penalty. Dense takes it as kernel_regularizer.")
def no_penalty(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, penalty=False)


@build_regularised_ffnn.mistake("The last dense layer has no penalty. All three have it.")
def no_penalty_at_the_end(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, last_penalty=False)


@build_regularised_ffnn.mistake("The penalty's strength is fixed. Use `l2`.")
def penalty_fixed(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, 1e-4)


@build_regularised_ffnn.mistake("The penalty has the strength 0.01: that is what Keras takes for \"l2\" as a text. Use "
                                "keras.regularizers.L2(l2).")
def penalty_as_a_text(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, 0.01)


@build_regularised_ffnn.mistake("The penalty is halved. Keras' L2 has no factor 1/2, and nor has the exercise.")
def penalty_halved(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2 / 2)


@build_regularised_ffnn.mistake("That is an L1 penalty. The exercise asks for L2.")
def l1_penalty(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    from keras import regularizers

    return _regularised(input_shape, n_classes, dropout, l2, penalty=regularizers.L1(l2))


@build_regularised_ffnn.mistake("The hidden layers are exchanged: 64 neurons come first, then 128.")
def layers_exchanged(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, sizes=(128, 64))


@build_regularised_ffnn.mistake("The last layer has no softmax, so the outputs are scores and not probabilities.")
def scores_instead_of_probabilities(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, last=None)


@build_regularised_ffnn.mistake("Flatten is missing, so every frame is judged by itself.")
def flatten_forgotten(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, n_classes, dropout, l2, flatten=False)


@build_regularised_ffnn.mistake("The number of classes is fixed at 12. Use `n_classes`.")
def twelve_classes_always(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    return _regularised(input_shape, 12, dropout, l2)
