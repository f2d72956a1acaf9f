"""The solutions of lesson 01_dataset, made from `autograder/lessons/01_dataset.py` by `make lessons`."""

import hashlib
import numpy as np


def class_counts(labels, class_names):
    """Count the clips of every class.

    Args:
        labels: the class of each clip as an integer, 0 for the first class; shape (N,); N may be 0.
        class_names: the names of the classes, in the order of their numbers.

    Returns:
        A dict from the name of each class to the number of its clips. Every class has a key; where
        there are no clips the number is 0.
    """
    counts = np.bincount(labels, minlength=len(class_names))
    return {name: int(count) for name, count in zip(class_names, counts, strict=True)}


def one_hot(labels, n_classes):
    """Write labels as rows with a single 1.

    Args:
        labels: the class of each clip as an integer from 0 to n_classes - 1, shape (N,).
        n_classes: the number of classes, whether they occur in `labels` or not.

    Returns:
        An array of shape (N, n_classes) and type float32: in each row 1 in the column of the clip's
        label, 0 elsewhere.
    """
    return np.eye(n_classes, dtype=np.float32)[labels]


def frame_count(n_samples, window, hop):
    """Count the frames of a clip that is not padded.

    Args:
        n_samples: length of the clip in samples, 0 or more.
        window: length of a frame in samples, 1 or more.
        hop: samples from the start of one frame to the start of the next, 1 or more; it may be
            longer than the window.

    Returns:
        How many frames fit wholly into the clip, as an int; 0 where the clip is shorter than the
        window.
    """
    if n_samples < window:
        return 0
    return (n_samples - window) // hop + 1


def split_by_speaker(speakers, validation_percent=10, testing_percent=10):
    """Assign clips to splits by the hash of their speaker, as Speech Commands does (Warden 2018).

    With p = (SHA1(speaker) mod 2**27) * 100 / (2**27 - 1), a speaker is in "validation" if
    p < validation_percent, in "testing" if validation_percent <= p < validation_percent +
    testing_percent, and otherwise in "training".

    Args:
        speakers: the id of each clip's speaker, text such as "0d9457e1", shape (N,). Ids repeat.
        validation_percent: share of the speakers for validation, 0 to 100.
        testing_percent: share of the speakers for testing, 0 to 100.

    Returns:
        An array of text, shape (N,): "training", "validation" or "testing" for each clip.
    """
    splits = []
    for speaker in speakers:
        number = int(hashlib.sha1(speaker.encode()).hexdigest(), 16)
        p = (number % 2**27) * 100 / (2**27 - 1)
        if p < validation_percent:
            splits.append("validation")
        elif p < validation_percent + testing_percent:
            splits.append("testing")
        else:
            splits.append("training")
    return np.array(splits)


def fit_standardiser(features):
    """Learn the mean and the standard deviation of every coefficient.

    Args:
        features: training clips, shape (N, T, F): N clips, T frames, F coefficients.

    Returns:
        mean: of each coefficient over all clips and frames, shape (F,).
        std: its population standard deviation (divided by N * T) with nothing added, shape (F,).
            Where a coefficient never changes it is 0.
    """
    return np.mean(features, axis=(0, 1)), np.std(features, axis=(0, 1))


def standardise(features, mean, std):
    """Shift and scale every coefficient with a given mean and standard deviation.

    Args:
        features: clips of any split, shape (N, T, F), or a single clip, shape (T, F).
        mean: what to subtract from each coefficient, shape (F,).
        std: what to divide each coefficient by afterwards, shape (F,); nowhere 0.

    Returns:
        A new array of the shape of `features`.
    """
    return (features - mean) / std


def families(speakers, relatives):
    """Name the family of each clip's speaker.

    Args:
        speakers: the id of each clip's speaker, text, shape (N,). Ids repeat.
        relatives: pairs of ids that belong to one family, a list of tuples. Some may have no clips.

    Returns:
        An array of text, shape (N,): for each clip the smallest id (in the order of text) of its speaker's
        family. Without relatives that is the speaker.
    """
    family = {speaker: speaker for speaker in [*speakers, *(one for pair in relatives for one in pair)]}
    for pair in relatives:
        smaller, larger = sorted(family[one] for one in pair)
        family |= {speaker: smaller for speaker, name in family.items() if name == larger}
    return np.array([family[speaker] for speaker in speakers])
