"""What the judge knows of `fit_polynomial` (lesson 04_overfitting)."""

import numpy as np

from autograder.judging.exercise import Case, Exercise

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


@fit_polynomial.mistake("The constant is missing: the last coefficient belongs to x to the power of 0 and need not be "
                        "0.")
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


@fit_polynomial.right_answer
def by_least_squares(x, y, degree):
    return np.linalg.lstsq(np.vander(x, degree + 1), y, rcond=None)[0]


@fit_polynomial.right_answer
def by_numpys_newer_polynomials(x, y, degree):
    coefficients = np.polynomial.Polynomial.fit(x, y, deg=degree).convert().coef
    return np.pad(coefficients, (0, degree + 1 - len(coefficients)))[::-1]


@fit_polynomial.right_answer
def by_normal_equations(xs, ys, d):
    a = np.array([[value**power for power in range(d, -1, -1)] for value in xs])
    return np.linalg.solve(a.T @ a, a.T @ ys)


@fit_polynomial.right_answer
def by_scikit_learn(x, y, degree):
    from sklearn.linear_model import LinearRegression
    from sklearn.preprocessing import PolynomialFeatures

    powers = PolynomialFeatures(degree).fit_transform(x[:, None])
    return LinearRegression(fit_intercept=False).fit(powers, y).coef_[::-1]


@fit_polynomial.right_answer
def by_a_pseudoinverse(x, y, degree):
    return np.linalg.pinv(np.vander(x, degree + 1)) @ y
