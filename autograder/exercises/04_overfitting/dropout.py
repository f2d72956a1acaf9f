"""What the judge knows of `dropout` (lesson 04_overfitting)."""

import numpy as np

from autograder.exercises.facts import LookCase, as_array, observe_fact, snap
from autograder.judging.exercise import Exercise

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
    return as_array(f(x, rate, training, np.random.default_rng(seed)), shape), x


def _share_of_zeros(f, rate, seed):
    """In so many draws that it is near the rate for every seed, also where whole rows or columns are drawn."""
    draws = [_dropped(f, rate, [seed, number], shape=(100, 100))[0] for number in range(160)]
    return snap(np.mean(np.equal(draws, 0)), rate, 0.02)


def _growth_of_the_kept(f, rate, seed, shape=(200, 200)):
    out, x = _dropped(f, rate, seed, shape)
    return float(np.median((out / x)[out != 0])) * (1 - rate) if np.any(out == 0) else np.nan


def _spread_of_growth(f, rate, seed):
    out, x = _dropped(f, rate, seed)
    growth = (out / x)[out != 0]
    return snap(np.ptp(growth) / np.mean(growth), 0.0, 1e-3)


def _unchanged_share(f, rate, training, seed):
    out, x = _dropped(f, rate, seed, training=training)
    return snap(np.mean(np.isclose(out, x, rtol=1e-4)), 1.0, 1e-3)


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


@dropout.mistake("The function makes a generator of its own, always with the same seed, so it drops the same values "
                 "every time. Use the `rng` that it is given.")
def own_generator(x, rate, training, rng):
    return x * (np.random.default_rng(0).uniform(size=x.shape) >= rate) / (1 - rate) if training else x


@dropout.mistake("Values are dropped when the network is used, and kept in training. It is the other way round.")
def dropping_at_the_wrong_time(x, rate, training, rng):
    return x if training else x * (rng.uniform(size=x.shape) >= rate) / (1 - rate)


@dropout.mistake("That is the first form of dropout: nothing is divided in training, and everything is made smaller "
                 "later. Here all is done in training: divide by 1 - rate there, and change nothing later.")
def smaller_when_used(x, rate, training, rng):
    return x * (rng.uniform(size=x.shape) >= rate) if training else x * (1 - rate)


@dropout.mistake("Whole clips are dropped: there is one draw for each row. Each value needs its own: size=x.shape.")
def whole_rows(x, rate, training, rng):
    kept = rng.uniform(size=(len(x),) + (1,) * (x.ndim - 1)) >= rate
    return x * kept / (1 - rate) if training else x


@dropout.mistake("The same neurons are dropped for all clips: there is one draw for each column. Each value needs its "
                 "own: size=x.shape.")
def whole_columns(x, rate, training, rng):
    return x * (rng.uniform(size=x.shape[-1]) >= rate) / (1 - rate) if training else x


@dropout.mistake("The random numbers come from NumPy's global generator. Draw them with `rng.…`, so that the result "
                 "can be repeated.")
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


@dropout.right_answer
def dropout_with_random(x, rate, training, rng):
    if training:
        return np.where(rng.random(x.shape) < rate, 0.0, x / (1 - rate))
    return x


@dropout.right_answer
def dropout_with_choice(x, rate, training, rng):
    if not training or rate == 0:
        return x.copy()
    mask = rng.choice([0.0, 1 / (1 - rate)], size=x.shape, p=[rate, 1 - rate])
    return mask * x


@dropout.right_answer
def dropout_with_a_binomial(values, p, in_training, generator):
    kept = generator.binomial(1, 1 - p, values.shape) if in_training else 1 - p
    return values * kept / (1 - p)


@dropout.right_answer
def dropout_in_a_loop(x, rate, training, rng):
    result = x.astype(np.float32)
    if training:
        flat = result.reshape(-1)
        for i in range(flat.size):
            flat[i] = 0 if rng.random() < rate else flat[i] / (1 - rate)
    return result


@dropout.right_answer
def dropout_of_tensorflow(x, rate, training, rng):
    import tensorflow as tf

    if not training:
        return tf.identity(x)
    return tf.nn.experimental.stateless_dropout(x, rate, seed=rng.integers(2**31, size=2))


@dropout.right_answer
def dropout_of_keras(x, rate, training, rng):
    import keras

    return keras.layers.Dropout(rate, seed=int(rng.integers(2**31)))(x, training=training)
