"""What the judge knows of `area_under_curve` (lesson 03_evaluation)."""

import numpy as np

from autograder.judging.exercise import Case, Exercise

area_under_curve = Exercise("area_under_curve")


@area_under_curve.cases
def area_under_curve_cases(rng):
    for n in (9, 14):
        yield Case("strips of different widths", *_chain(rng, n))
    yield Case("two points", *_chain(rng, 2))
    x, y = _chain(rng, 8)
    x[3] = x[2]
    x[6] = x[5]
    yield Case("points above each other", x, y)
    yield Case("points above each other", np.array([0, 0, 0.25, 0.25, 1.0]), np.append(0, np.sort(rng.uniform(size=4))))
    x, y = _chain(rng, 7)
    yield Case("a curve that neither starts at 0 nor ends at 1", 3 * x + 2, 5 * y + 1)


def _chain(rng, n):
    """Points from x = 0 to x = 1 in strips of clearly different widths."""
    widths = rng.permutation(np.arange(1, n) ** 2.0) * rng.uniform(0.8, 1.2, size=n - 1)
    return np.append(0, np.cumsum(widths)) / widths.sum(), rng.uniform(0.2, 1, size=n)


@area_under_curve.mistake("Every strip counts as equally wide. Its width is the difference between its two x.")
def mean_of_the_strips(x, y):
    return np.mean((y[1:] + y[:-1]) / 2) * (x[-1] - x[0])


@area_under_curve.mistake("That is the mean height of the points. A wide strip must count more than a narrow one: "
                          "width times mean height.")
def mean_height(x, y):
    return np.mean(y)


@area_under_curve.mistake("The x are not used: every strip has the width 1. (np.trapezoid takes y first and then x.)")
def strips_of_width_one(x, y):
    return np.sum((y[1:] + y[:-1]) / 2)


@area_under_curve.mistake("The top of each strip is flat at the height of its left point. Take the mean of both "
                          "heights.")
def flat_at_the_left_height(x, y):
    return np.sum(np.diff(x) * y[:-1])


@area_under_curve.mistake("The top of each strip is flat at the height of its right point. Take the mean of both "
                          "heights.")
def flat_at_the_right_height(x, y):
    return np.sum(np.diff(x) * y[1:])


@area_under_curve.mistake("x and y are exchanged: widths come from x, heights from y. (np.trapezoid takes y first.)")
def x_and_y_exchanged(x, y):
    return np.trapezoid(x, y)


@area_under_curve.mistake("The area is twice too large: the height of a strip is the *mean* of its two heights, not "
                          "their sum.")
def sum_of_heights(x, y):
    return np.sum(np.diff(x) * (y[1:] + y[:-1]))


@area_under_curve.mistake("Half of the *difference* of the two heights is taken. The mean height is half of their sum.")
def difference_of_heights(x, y):
    return np.sum(np.diff(x) * (y[1:] - y[:-1]) / 2)


@area_under_curve.mistake("The last strip is missing: n points have n - 1 strips.")
def last_strip_missing(x, y):
    return np.trapezoid(y[:-1], x[:-1])


@area_under_curve.mistake("The first strip is missing: n points have n - 1 strips, and the first lies between the "
                          "points 0 and 1.")
def first_strip_missing(x, y):
    return np.trapezoid(y[1:], x[1:])


@area_under_curve.mistake("The corners (0, 0) and (1, 1) are added to the curve. Take only the points that are given.")
def corners_added(x, y):
    return np.trapezoid(np.concatenate([[0], y, [1]]), np.concatenate([[0], x, [1]]))


@area_under_curve.mistake("The area is divided by the width of the whole curve, which gives a mean height.")
def divided_by_the_width(x, y):
    return np.trapezoid(y, x) / (x[-1] - x[0])


@area_under_curve.mistake("The area below the lowest point, or of the part above the diagonal, is left out. The area "
                          "goes down to the x axis.")
def above_the_lowest_point(x, y):
    return np.trapezoid(y - y.min(), x)


@area_under_curve.mistake("One area for each strip is returned. The area of the curve is their sum.")
def strips_not_added(x, y):
    return np.diff(x) * (y[1:] + y[:-1]) / 2


@area_under_curve.mistake("The sum is still to come where it returns: only the first strip counts. Is the `return` "
                          "inside the loop?")
def first_strip_only(x, y):
    return (x[1] - x[0]) * (y[0] + y[1]) / 2


@area_under_curve.right_answer
def area_in_a_loop(x, y):
    area = 0
    for i in range(len(x) - 1):
        area += (x[i + 1] - x[i]) * (y[i] + y[i + 1]) / 2
    return area


@area_under_curve.right_answer
def area_of_numpy(x, y):
    return np.trapezoid(y, x)


@area_under_curve.right_answer
def area_of_scikit_learn(fpr, tpr):
    from sklearn.metrics import auc

    return auc(fpr, tpr)


@area_under_curve.right_answer
def area_of_scipy(x, y):
    from scipy.integrate import trapezoid

    return np.float32(trapezoid(y, x=x))


@area_under_curve.right_answer
def area_as_a_product(x, y):
    return np.diff(x) @ (y[1:] + y[:-1]) / 2


@area_under_curve.right_answer
def area_of_rectangles_and_triangles(x, y):
    total = 0.0
    for (x0, y0), (x1, y1) in zip(zip(x, y), zip(x[1:], y[1:])):
        total += (x1 - x0) * min(y0, y1) + (x1 - x0) * abs(y1 - y0) / 2
    return total


@area_under_curve.right_answer
def area_by_surveyors(x, y):
    xs, ys = np.concatenate([x, [x[-1], x[0]]]), np.concatenate([y, [0, 0]])  # closed along the x axis
    return abs(np.sum(xs * np.roll(ys, -1) - ys * np.roll(xs, -1))) / 2
