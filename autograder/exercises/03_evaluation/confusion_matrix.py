"""What the judge knows of `confusion_matrix` (lesson 03_evaluation)."""

from collections import Counter

import numpy as np

from autograder.judging.exercise import Case, Exercise
from kws_helpers.check.calling import CallFailed


class WholeNumbersCase(Case):
    """A call whose result is looked at for its type of number alone."""


def observe_matrix(function, case):
    """The matrix; for a `WholeNumbersCase` only whether it holds ints. Raises CallFailed where it does not."""
    result = function(*case.args, **case.kwargs)
    if isinstance(case, WholeNumbersCase):
        if np.asarray(result).dtype.kind not in "iu":
            raise CallFailed("raised", f"expected whole numbers, got the type {np.asarray(result).dtype.name}.",
                             "NotWhole")
        return "whole numbers"
    return result


confusion_matrix = Exercise("confusion_matrix", tolerance=1e-9, observe=observe_matrix)


@confusion_matrix.cases
def confusion_matrix_cases(rng):
    for n, n_classes in [(120, 4), (200, 3), (150, 12)]:
        yield Case("counts in the right cells", *_answers(rng, n, n_classes), n_classes)
    true, predicted = _answers(rng, 60, 5)
    yield Case("the last classes do not occur", true, predicted, 8)
    yield Case("a class in the middle does not occur", np.where(true == 2, 3, true),
               np.where(predicted == 2, 0, predicted), 5)
    yield WholeNumbersCase("the numbers are whole (int)", true, predicted, 5)
    yield Case("the numbers are whole (int)", *_answers(rng, 2000, 3), 3)  # more than 255 in a cell


def _answers(rng, n, n_classes):
    """True classes and answers that are right half of the time, and often one class too high otherwise."""
    true = np.append(rng.integers(n_classes, size=n - n_classes), np.arange(n_classes))
    slip = (true + rng.integers(1, 3, size=n)) % n_classes
    return true, np.where(rng.uniform(size=n) < 0.5, true, slip)


@confusion_matrix.mistake("Rows and columns are exchanged: the row is the true class, the column the answer.")
def rows_are_the_answers(true, predicted, n_classes):
    return _counted(predicted, true, n_classes)


@confusion_matrix.mistake("Every pair of classes is counted only once. `matrix[true, predicted] += 1` adds once to "
                          "each cell, however often it is named: use np.add.at, or a loop over the clips.")
def each_pair_only_once(true, predicted, n_classes):
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    matrix[true, predicted] += 1
    return matrix


@confusion_matrix.mistake("The size of the matrix depends on the labels that occur. It has n_classes rows and columns, "
                          "whatever the labels are.")
def size_from_the_largest_label(true, predicted, n_classes):
    size = int(max(true.max(), predicted.max())) + 1
    return _counted(true, predicted, size)


@confusion_matrix.mistake("Classes that do not occur are left out, and the later ones slip to wrong places. (With "
                          "scikit-learn, say labels=range(n_classes).)")
def only_classes_that_occur(true, predicted, n_classes):
    present = np.unique(np.concatenate([true, predicted]))
    return _counted(np.searchsorted(present, true), np.searchsorted(present, predicted), len(present))


@confusion_matrix.mistake("The counts are right, but they are of type float. np.zeros gives floats unless you say "
                          "dtype=int.")
def counts_as_floats(true, predicted, n_classes):
    return _counted(true, predicted, n_classes).astype(float)


@confusion_matrix.mistake("The counts are of a type with 8 bits, which starts again at 0 after 255. Use dtype=int.")
def counts_of_8_bits(true, predicted, n_classes):
    return _counted(true, predicted, n_classes).astype(np.uint8)


@confusion_matrix.mistake("Those are shares of a row. The matrix holds the numbers of clips; a figure may turn them "
                          "into shares later.")
def shares_of_each_row(true, predicted, n_classes):
    matrix = _counted(true, predicted, n_classes)
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)


@confusion_matrix.mistake("Those are shares of all clips. The matrix holds the numbers of clips.")
def shares_of_all_clips(true, predicted, n_classes):
    return _counted(true, predicted, n_classes) / len(true)


@confusion_matrix.mistake("Only the right answers are counted. The mistakes, beside the diagonal, are what the matrix "
                          "is made for.")
def only_the_diagonal(true, predicted, n_classes):
    return np.diag(np.diag(_counted(true, predicted, n_classes)))


@confusion_matrix.mistake("The right answers are missing. They belong on the diagonal.")
def no_diagonal(true, predicted, n_classes):
    matrix = _counted(true, predicted, n_classes)
    return matrix - np.diag(np.diag(matrix))


@confusion_matrix.mistake("Classes are counted from 0, so class k belongs in row k. With `true - 1` class 0 ends up in "
                          "the last row.")
def classes_from_one(true, predicted, n_classes):
    return _counted(true - 1, predicted - 1, n_classes)


@confusion_matrix.mistake("The matrix is the same on both sides of the diagonal: every mistake is entered twice. “yes” "
                          "taken for “no” is not the same as “no” taken for “yes”.")
def symmetric(true, predicted, n_classes):
    matrix = _counted(true, predicted, n_classes)
    return matrix + matrix.T - np.diag(np.diag(matrix))


@confusion_matrix.mistake("Each cell holds the clips of the row's class plus those of the column's answer. What counts "
                          "is that both are true of the same clip: combine the two conditions with &.")
def conditions_added(true, predicted, n_classes):
    rows, columns = np.bincount(true, minlength=n_classes), np.bincount(predicted, minlength=n_classes)
    return rows[:, None] + columns[None, :]


def _counted(true, predicted, n_classes):
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(matrix, (true, predicted), 1)
    return matrix


@confusion_matrix.right_answer
def confusion_matrix_in_a_loop(true, predicted, n_classes):
    matrix = np.zeros((n_classes, n_classes), dtype=np.int32)
    for row, column in zip(true, predicted):
        matrix[row, column] += 1
    return matrix


@confusion_matrix.right_answer
def confusion_matrix_with_bincount(y, y_hat, k):
    return np.bincount(k * y + y_hat, minlength=k * k).reshape(k, k)


@confusion_matrix.right_answer
def confusion_matrix_of_scikit_learn(true, predicted, n_classes):
    from sklearn.metrics import confusion_matrix

    return confusion_matrix(true, predicted, labels=range(n_classes))


@confusion_matrix.right_answer
def confusion_matrix_as_a_product(true, predicted, n_classes):
    eye = np.eye(n_classes, dtype=int)
    return eye[true].T @ eye[predicted]


@confusion_matrix.right_answer
def confusion_matrix_cell_by_cell(true, predicted, n_classes):
    return np.array([[np.sum((true == i) & (predicted == j)) for j in range(n_classes)] for i in range(n_classes)])


@confusion_matrix.right_answer
def confusion_matrix_with_a_counter(true, predicted, n_classes):
    counts = Counter(zip(true.tolist(), predicted.tolist()))
    matrix = np.zeros((n_classes, n_classes)).astype(np.uint16)
    for cell, count in counts.items():
        matrix[cell] = count
    return matrix


@confusion_matrix.right_answer
def confusion_matrix_of_a_histogram(true, predicted, n_classes):
    edges = np.arange(n_classes + 1) - 0.5
    return np.histogram2d(true, predicted, bins=[edges, edges])[0].astype(int)
