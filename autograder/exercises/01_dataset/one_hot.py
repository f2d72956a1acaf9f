"""What the judge knows of `one_hot` (lesson 01_dataset)."""

import numpy as np

from autograder.judging.exercise import Case, Exercise

from .number_types import TypeCase, values_or_type

one_hot = Exercise("one_hot", tolerance=1e-9, observe=values_or_type)


@one_hot.cases
def one_hot_cases(rng):
    labels = np.append(rng.permutation(12), rng.integers(0, 12, size=20))  # every class occurs, for every seed
    yield Case("ordinary labels", labels, 12)
    yield Case("ordinary labels", np.array([2, 0, 1, 2]), 3)
    yield Case("the last classes do not occur", rng.integers(0, 5, size=8), 9)
    yield Case("only some classes occur", np.array([6, 3, 3]), 7)
    yield Case("a single clip", np.array([4]), 6)
    yield TypeCase("the type of the numbers is float32", "float32", labels, 12)


@one_hot.mistake("There is a column for each class that occurs, but none for the others. The number of columns is "
                 "n_classes, whatever the labels are.")
def a_column_for_each_class_seen(labels, n_classes):
    return (labels[:, None] == np.unique(labels)[None, :]).astype(np.float32)


@one_hot.mistake("The number of columns depends on the largest label. It is n_classes, whatever the labels are: "
                 "otherwise the network's output and the labels do not fit.")
def columns_up_to_the_largest_label(labels, n_classes):
    return np.eye(labels.max() + 1, dtype=np.float32)[labels]


@one_hot.mistake("Rows and columns are swapped. A row belongs to a clip, a column to a class.")
def transposed(labels, n_classes):
    return np.eye(n_classes, dtype=np.float32)[labels].T


@one_hot.mistake("Labels start at 0: the 1 of class k stands in column k, not in column k - 1.")
def labels_from_one(labels, n_classes):
    return np.eye(n_classes, dtype=np.float32)[labels - 1]


@one_hot.mistake("The values are right, but float64. Networks compute in float32: give `dtype=np.float32`, or convert "
                 "with `.astype(np.float32)`.")
def numbers_of_type_float64(labels, n_classes):
    return np.eye(n_classes)[labels]


@one_hot.mistake("The values are right, but whole numbers. Networks compute in float32: convert with "
                 "`.astype(np.float32)`.")
def numbers_of_type_int(labels, n_classes):
    return np.eye(n_classes, dtype=int)[labels]


@one_hot.mistake("The values are True and False. Networks compute in float32: convert with `.astype(np.float32)`.")
def truth_values(labels, n_classes):
    return labels[:, None] == np.arange(n_classes)


@one_hot.mistake("The label itself stands in its column. It should be a 1, for every class.")
def label_instead_of_one(labels, n_classes):
    return (np.eye(n_classes) * np.arange(n_classes)).astype(np.float32)[labels]


@one_hot.mistake("The rows are not labels of clips: that is the identity matrix, a row for each class. Pick the row "
                 "of each clip's class.")
def identity_matrix(labels, n_classes):
    return np.eye(n_classes, dtype=np.float32)


@one_hot.right_answer
def one_hot_in_a_loop(labels, n_classes):
    encoded = np.zeros((len(labels), n_classes), dtype="float32")
    for row, label in enumerate(labels):
        encoded[row, label] = 1
    return encoded


@one_hot.right_answer
def one_hot_by_comparing(labels, n_classes):
    return (labels.reshape(-1, 1) == np.arange(n_classes)).astype(np.float32)


@one_hot.right_answer
def one_hot_by_fancy_indexing(y, k):
    encoded = np.zeros((y.shape[0], k), np.float32)
    encoded[np.arange(len(y)), y] = 1.0
    return encoded


@one_hot.right_answer
def one_hot_from_lists(labels, n_classes):
    return np.array([[float(label == k) for k in range(n_classes)] for label in labels], dtype=np.float32)


@one_hot.right_answer
def one_hot_of_tensorflow(labels, n_classes):
    import tensorflow as tf

    return tf.one_hot(labels, n_classes)


@one_hot.right_answer
def one_hot_of_keras(labels, n_classes):
    import keras

    return keras.utils.to_categorical(labels, n_classes).astype("float32")


@one_hot.right_answer
def one_hot_of_pandas(labels, n_classes):
    import pandas as pd

    return pd.get_dummies(pd.Categorical(labels, categories=range(n_classes))).to_numpy(dtype=np.float32)


@one_hot.right_answer
def one_hot_of_scikit_learn(labels, n_classes):
    from sklearn.preprocessing import OneHotEncoder

    encoder = OneHotEncoder(categories=[np.arange(n_classes)], sparse_output=False, dtype=np.float32)
    return encoder.fit_transform(labels.reshape(-1, 1))
