"""Lesson 01, answered differently."""

import hashlib
import math
import statistics
from collections import Counter

import numpy as np
import pandas as pd

from autograder.answers import answer


@answer("class_counts")
def class_counts_in_a_loop(labels, class_names):
    counts = dict.fromkeys(class_names, 0)
    for label in labels:
        counts[class_names[label]] += 1
    return counts


@answer("class_counts")
def class_counts_with_a_counter(y, names):
    seen = Counter(y.tolist())
    return {name: seen[k] for k, name in enumerate(names)}


@answer("class_counts")
def class_counts_of_numpy_numbers(labels, class_names):
    return {name: (labels == k).sum() for k, name in enumerate(class_names)}


@answer("class_counts")
def class_counts_with_bincount(labels, class_names):
    return dict(zip(class_names, np.bincount(labels, minlength=len(class_names)), strict=True))


@answer("class_counts")
def class_counts_with_pandas(labels, class_names):
    counts = pd.Series(labels).value_counts().reindex(range(len(class_names)), fill_value=0)
    counts.index = list(class_names)
    return counts.to_dict()


@answer("class_counts")
def class_counts_as_a_counter_with_zeros(labels, class_names):
    counts = Counter(dict.fromkeys(class_names, 0))
    counts.update(class_names[label] for label in labels)
    return counts


@answer("class_counts")
def class_counts_with_masks_and_len(labels, class_names, verbose=False):
    return {str(class_names[k]): len(labels[labels == k]) for k in range(len(class_names))}


@answer("one_hot")
def one_hot_in_a_loop(labels, n_classes):
    encoded = np.zeros((len(labels), n_classes), dtype="float32")
    for row, label in enumerate(labels):
        encoded[row, label] = 1
    return encoded


@answer("one_hot")
def one_hot_by_comparing(labels, n_classes):
    return (labels.reshape(-1, 1) == np.arange(n_classes)).astype(np.float32)


@answer("one_hot")
def one_hot_by_fancy_indexing(y, k):
    encoded = np.zeros((y.shape[0], k), np.float32)
    encoded[np.arange(len(y)), y] = 1.0
    return encoded


@answer("one_hot")
def one_hot_from_lists(labels, n_classes):
    return np.array([[float(label == k) for k in range(n_classes)] for label in labels], dtype=np.float32)


@answer("one_hot")
def one_hot_of_tensorflow(labels, n_classes):
    import tensorflow as tf

    return tf.one_hot(labels, n_classes)


@answer("one_hot")
def one_hot_of_keras(labels, n_classes):
    import keras

    return keras.utils.to_categorical(labels, n_classes).astype("float32")


@answer("one_hot")
def one_hot_of_pandas(labels, n_classes):
    return pd.get_dummies(pd.Categorical(labels, categories=range(n_classes))).to_numpy(dtype=np.float32)


@answer("one_hot")
def one_hot_of_scikit_learn(labels, n_classes):
    from sklearn.preprocessing import OneHotEncoder

    encoder = OneHotEncoder(categories=[np.arange(n_classes)], sparse_output=False, dtype=np.float32)
    return encoder.fit_transform(labels.reshape(-1, 1))


@answer("frame_count")
def frame_count_by_walking(n_samples, window, hop):
    count, start = 0, 0
    while start + window <= n_samples:
        count, start = count + 1, start + hop
    return count


@answer("frame_count")
def frame_count_with_floor(n, w, h):
    return max(0, math.floor((n - w) / h) + 1)


@answer("frame_count")
def frame_count_of_starts(n_samples, window, hop):
    return len(range(0, n_samples - window + 1, hop))


@answer("frame_count")
def frame_count_as_a_numpy_int(n_samples, window, hop):
    return np.maximum(np.floor_divide(n_samples - window, hop) + 1, 0)


@answer("frame_count")
def frame_count_of_views(n_samples, window, hop):
    if n_samples < window:
        return 0
    return np.lib.stride_tricks.sliding_window_view(np.zeros(n_samples), window)[::hop].shape[0]


answer("frame_count")(lambda n, window, hop: int(np.floor((n - window) / hop)) + 1 if n >= window else 0)


@answer("split_by_speaker")
def split_by_speaker_as_in_the_original_code(speakers, validation_percent=10, testing_percent=10):
    max_num_wavs_per_class = 2**27 - 1
    result = []
    for speaker in speakers:
        hash_name_hashed = hashlib.sha1(bytes(str(speaker), "utf-8")).hexdigest()
        percentage_hash = (int(hash_name_hashed, 16) % (max_num_wavs_per_class + 1)) * (100.0 / max_num_wavs_per_class)
        if percentage_hash < validation_percent:
            result.append("validation")
        elif percentage_hash < (testing_percent + validation_percent):
            result.append("testing")
        else:
            result.append("training")
    return np.asarray(result)


@answer("split_by_speaker")
def split_by_speaker_with_where(ids, validation_percent=10, testing_percent=10):
    low_bits = [int.from_bytes(hashlib.sha1(s.encode("ascii")).digest(), "big") & (2**27 - 1) for s in ids]
    p = np.array(low_bits) / (2**27 - 1) * 100
    return np.where(p < validation_percent, "validation",
                    np.where(p < validation_percent + testing_percent, "testing", "training"))


@answer("split_by_speaker")
def split_by_speaker_with_select(speakers, validation_percent=10, testing_percent=10):
    unique, place = np.unique(speakers, return_inverse=True)
    p = np.array([int(hashlib.sha1(s.encode()).hexdigest(), 16) % 2**27 * 100 / (2**27 - 1) for s in unique])
    splits = np.select([p < validation_percent, p < validation_percent + testing_percent],
                       ["validation", "testing"], "training")
    return splits[place]


@answer("split_by_speaker")
def split_by_speaker_with_digitize(speakers, validation_percent=10, testing_percent=10):
    p = [int(hashlib.sha1(s.encode()).hexdigest()[-7:], 16) % 2**27 * 100 / (2**27 - 1) for s in speakers]
    borders = np.cumsum([validation_percent, testing_percent])
    return np.array(["validation", "testing", "training"])[np.digitize(p, borders)]


@answer("split_by_speaker")
def split_by_speaker_with_pandas(speakers, validation_percent=10, testing_percent=10):
    def split(speaker):
        p = (int(hashlib.sha1(speaker.encode()).hexdigest(), 16) % 2**27) * 100 / (2**27 - 1)
        return "validation" if p < validation_percent else ("testing" if p < validation_percent + testing_percent
                                                            else "training")

    return pd.Series(speakers).map(split)


@answer("split_by_speaker")
def split_by_speaker_of_objects(speakers, validation_percent=10, testing_percent=10):
    splits = np.empty(len(speakers), dtype=object)
    splits[:] = "training"
    for i, speaker in enumerate(speakers):
        p = (int(hashlib.sha1(speaker.encode()).hexdigest(), 16) % 2**27) * 100 / (2**27 - 1)
        if p < validation_percent + testing_percent:
            splits[i] = "testing"
        if p < validation_percent:
            splits[i] = "validation"
    return splits


@answer("fit_standardiser")
def fit_standardiser_in_loops(features):
    columns = [[float(value) for clip in features for value in clip[:, f]] for f in range(features.shape[2])]
    return np.array([statistics.fmean(c) for c in columns]), np.array([statistics.pstdev(c) for c in columns])


@answer("fit_standardiser")
def fit_standardiser_flattened(x):
    rows = x.reshape(-1, x.shape[-1])
    mean = rows.sum(axis=0) / len(rows)
    return [mean, np.sqrt(((rows - mean) ** 2).mean(axis=0))]


@answer("fit_standardiser")
def fit_standardiser_of_scikit_learn(features):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(features.reshape(-1, features.shape[-1]))
    return scaler.mean_, np.sqrt(scaler.var_)


@answer("fit_standardiser")
def fit_standardiser_of_pandas(features):
    table = pd.DataFrame(features.reshape(-1, features.shape[-1]))
    return table.mean().to_numpy(), table.std(ddof=0).to_numpy()


@answer("fit_standardiser")
def fit_standardiser_of_tensorflow(features):
    import tensorflow as tf

    features = tf.cast(features, tf.float32)
    return tf.reduce_mean(features, axis=[0, 1]), tf.math.reduce_std(features, axis=[0, 1])


@answer("fit_standardiser")
def fit_standardiser_in_float32(features):
    features = features.astype(np.float32)
    return np.array([np.mean(features, axis=(0, 1)), np.std(features, axis=(0, 1))])


@answer("standardise")
def standardise_in_a_loop(features, mean, std):
    result = np.empty_like(features, dtype=float)
    for f in range(features.shape[-1]):
        result[..., f] = (features[..., f] - mean[f]) / std[f]
    return result


@answer("standardise")
def standardise_in_place_on_a_copy(x, mu, sigma):
    x = x.copy()
    x -= mu
    x /= sigma
    return x


@answer("standardise")
def standardise_with_ufuncs(features, mean, std):
    return np.divide(np.subtract(features, mean.reshape(1, -1)), std.reshape(1, -1)).astype(np.float32)


@answer("standardise")
def standardise_of_tensorflow(features, mean, std):
    import tensorflow as tf

    features, mean, std = (tf.cast(value, tf.float32) for value in (features, mean, std))
    return (features - mean) / std


@answer("standardise")
def standardise_of_scikit_learn(features, mean, std):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler()
    scaler.mean_, scaler.scale_, scaler.var_ = mean, std, std**2
    return scaler.transform(features.reshape(-1, features.shape[-1])).reshape(features.shape)
