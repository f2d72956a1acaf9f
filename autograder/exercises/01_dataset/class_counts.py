"""What the judge knows of `class_counts` (lesson 01_dataset)."""

from collections import Counter

import numpy as np

from autograder.judging.exercise import Case, Exercise

WORDS = ("yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go", "unknown", "silence")


class_counts = Exercise("class_counts", tolerance=1e-9)


@class_counts.cases
def class_counts_cases(rng):
    every = np.concatenate([np.arange(12), rng.integers(0, 12, size=150)])
    yield Case("every class has clips", rng.permutation(every), WORDS)
    yield Case("every class has clips", np.array([1, 0, 2, 1, 1, 2]), ["tea", "milk", "lemon"])
    some = rng.choice([0, 3, 4, 9, 11], size=60)
    yield Case("a class in the middle has no clips", np.append(some, [0, 3, 4, 9, 11]), WORDS)
    yield Case("the last classes have no clips", np.append(rng.integers(0, 8, size=40), np.arange(8)), WORDS)
    yield Case("there are no clips at all", np.array([], dtype=np.int64), WORDS)


@class_counts.mistake("Classes after the last one that occurs are missing. `np.bincount` needs `minlength`; every "
                      "class gets a key, with 0 where it has no clips.")
def counts_end_with_the_last_class_seen(labels, class_names):
    return dict(zip(class_names, np.bincount(labels), strict=False))


@class_counts.mistake("Classes without clips are missing from the dict. They belong in it, with 0: go through the "
                      "class names, not through the labels that occur.")
def only_classes_that_occur(labels, class_names):
    return dict(Counter(class_names[label] for label in labels))


@class_counts.mistake("The keys are the numbers of the classes. Use their names: class k is called "
                      "class_names[k].")
def keys_are_numbers(labels, class_names):
    return {k: int(np.sum(labels == k)) for k in range(len(class_names))}


@class_counts.mistake("The counts of the classes that occur are matched with the first names in the list, so as soon "
                      "as one class is missing all later counts belong to the wrong name.")
def counts_slip_to_the_wrong_name(labels, class_names):
    return dict(zip(class_names, np.unique(labels, return_counts=True)[1], strict=False))


@class_counts.mistake("Those are shares of all clips. Asked for is the number of clips in each class.")
def shares_instead_of_counts(labels, class_names):
    return {name: float(np.mean(labels == k)) for k, name in enumerate(class_names)}


@class_counts.mistake("Labels start at 0, not at 1: label 0 is the first class.")
def labels_counted_from_one(labels, class_names):
    return {name: int(np.sum(labels == k)) for k, name in enumerate(class_names, start=1)}


@class_counts.mistake("The numbers are right, but they have lost their names. Return a dict from name to number.")
def a_list_of_counts(labels, class_names):
    return [int(np.sum(labels == k)) for k in range(len(class_names))]


@class_counts.mistake("That counts how often each name stands in the list of class names. Count the labels.")
def counts_the_names(labels, class_names):
    return dict(Counter(class_names))


@class_counts.right_answer
def class_counts_in_a_loop(labels, class_names):
    counts = dict.fromkeys(class_names, 0)
    for label in labels:
        counts[class_names[label]] += 1
    return counts


@class_counts.right_answer
def class_counts_with_a_counter(y, names):
    seen = Counter(y.tolist())
    return {name: seen[k] for k, name in enumerate(names)}


@class_counts.right_answer
def class_counts_of_numpy_numbers(labels, class_names):
    return {name: (labels == k).sum() for k, name in enumerate(class_names)}


@class_counts.right_answer
def class_counts_with_bincount(labels, class_names):
    return dict(zip(class_names, np.bincount(labels, minlength=len(class_names)), strict=True))


@class_counts.right_answer
def class_counts_with_pandas(labels, class_names):
    import pandas as pd

    counts = pd.Series(labels).value_counts().reindex(range(len(class_names)), fill_value=0)
    counts.index = list(class_names)
    return counts.to_dict()


@class_counts.right_answer
def class_counts_as_a_counter_with_zeros(labels, class_names):
    counts = Counter(dict.fromkeys(class_names, 0))
    counts.update(class_names[label] for label in labels)
    return counts


@class_counts.right_answer
def class_counts_with_masks_and_len(labels, class_names, verbose=False):
    return {str(class_names[k]): len(labels[labels == k]) for k in range(len(class_names))}
