"""What the judge knows of `radius` (lesson 04_overfitting)."""

import math

import numpy as np

from autograder.judging.exercise import Case, Exercise

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


@radius.right_answer
def radius_as_hypotenuse(x, y):
    return np.hypot(x, y)


@radius.right_answer
def radius_of_complex_numbers(x, y):
    return np.abs(x + 1j * y)


@radius.right_answer
def radius_as_a_power(x, y):
    return (x * x + y * y) ** 0.5


@radius.right_answer
def radius_as_a_norm(x, y):
    return np.linalg.norm(np.stack([x, y]), axis=0)


@radius.right_answer
def radius_one_by_one(x, y):
    return np.vectorize(math.hypot)(x, y)
