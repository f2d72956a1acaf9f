"""What the judge knows of `mean_squared_error` (lesson 04_overfitting)."""

import numpy as np

from autograder.judging.exercise import Case, Exercise

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


@mean_squared_error.mistake("That is the variance of the errors. It does not notice when all guesses are too high by "
                            "the same amount.")
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


@mean_squared_error.right_answer
def mse_in_a_loop(y, y_hat):
    total = 0.0
    for a, b in zip(y, y_hat):
        total += (a - b) ** 2
    return total / len(y)


@mean_squared_error.right_answer
def mse_of_scikit_learn(y, y_hat):
    from sklearn.metrics import mean_squared_error

    return mean_squared_error(y, y_hat)


@mean_squared_error.right_answer
def mse_as_a_product(measured, guessed):
    error = measured - guessed
    return error @ error / error.size


@mean_squared_error.right_answer
def mse_of_keras(y, y_hat):
    import keras

    return keras.ops.mean(keras.ops.square(keras.ops.convert_to_tensor(y, "float32")
                                           - keras.ops.convert_to_tensor(y_hat, "float32")))


@mean_squared_error.right_answer
def mse_of_the_norm(y, y_hat):
    return np.linalg.norm(y - y_hat) ** 2 / len(y)
