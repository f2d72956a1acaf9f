"""Wrong answers that people gave, and what a check tells them: every one fails, and hears what leads on."""

import hashlib

import keras
import numpy as np
import pytest

from kws_helpers.check import ladders

LADDERS = ladders()


def by_speaker(percent):
    def split(p):
        return "validation" if p < 10 else "testing" if p < 20 else "training"

    return lambda speakers, validation_percent=10, testing_percent=10: np.array(
        [split(percent(int(hashlib.sha1(one.encode()).hexdigest(), 16))) for one in speakers])


def highest_first(speakers, validation_percent=10, testing_percent=10):
    """A wrong `split_by_speaker`: the lowest numbers go to training."""
    def split(one):
        p = int(hashlib.sha1(one.encode()).hexdigest(), 16) % 2**27 * 100 / (2**27 - 1)
        return "training" if p < 80 else "validation" if p < 80 + validation_percent else "testing"

    return np.array([split(one) for one in speakers])


def of_first(function):
    """A wrong answer that stops after its first round."""
    return lambda labels, names: function(labels, names) | dict.fromkeys(names[1:], 0)


def ones_in_every_row(labels, n_classes):
    encoded = np.zeros((len(labels), n_classes), np.float32)
    encoded[:, labels] = 1
    return encoded


def softmax(z):
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def by_bin(confidence, is_right, n_bins=10):
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    return [abs(is_right[bins == k].mean() - confidence[bins == k].mean()) for k in np.unique(bins)]


def surprises(probabilities, one_hot):
    return -np.sum(one_hot * np.log(np.where(one_hot > 0, probabilities, 1)), axis=-1)


def precisions(is_keyword, score):
    falling = np.argsort(-score)
    hits = np.cumsum(np.asarray(is_keyword)[falling])
    recall = np.append(0, hits / hits[-1])
    return np.append(1, hits / np.arange(1, len(hits) + 1)), recall, np.append(np.inf, score[falling])


def means(first, end):
    """A wrong `smooth`: the mean of the frames t + first up to, not including, t + end (and to the width before)."""
    return lambda p, width: np.array([p[max(0, t - width + 1 + first):t + end].mean(axis=0) for t in range(len(p))])


def detections(last=-np.inf, above=np.greater_equal, starts_anew=False):
    """A wrong `detect`: a detection before the first, another comparison, or a pause that frames above start anew."""
    def detect(probabilities, threshold, refractory, last=last):
        found = []
        for t, row in enumerate(probabilities):
            is_above = above(row.max(), threshold)
            if is_above and t - last >= refractory:
                found.append((t, int(row.argmax())))
                last = t
            last = t if is_above and starts_anew else last
        return found

    return detect


def outside(detections, truth):
    return sum(not any(a <= t <= b and k == c for a, b, c in truth) for t, k in detections)


def pairs_renamed(speakers, relatives):
    family = {one: min(pair) for pair in relatives for one in pair}
    return np.array([family.get(one, one) for one in speakers])


def stopping(is_better=lambda loss, best: loss < best, ends=lambda waited, patience: waited >= patience,
             ends_at=lambda best, now: best):
    def early_stopping_epoch(validation_losses, patience):
        best = 0
        for now, loss in enumerate(validation_losses):
            best = now if is_better(loss, validation_losses[best]) else best
            if ends(now - best, patience):
                break
        return ends_at(best, now)

    return early_stopping_epoch


def dropping(keeps=np.greater_equal, size=np.shape):
    return lambda x, rate, training, rng: (
        x * keeps(rng.uniform(size=size(x)), rate) / (1 - rate) if training else x)


def mixing(ratio):
    return lambda audio, noise, snr_db: audio + noise * np.sqrt(np.mean(audio**2) / np.mean(noise**2) / ratio(snr_db))


def in_a_room(cut, scaled):
    """A wrong `in_a_room`: another part of the echoes, or another factor."""
    return lambda audio, response: cut(np.convolve(audio, response), len(audio)) * scaled(
        audio, cut(np.convolve(audio, response), len(audio)), np.convolve(audio, response))


def quotient(audio, heard, _):
    return np.sqrt(np.mean(audio**2) / np.mean(heard**2))


def masked(width, start):
    """A wrong `mask_spectrogram`: another draw of the band's width or of its start."""
    def mask_spectrogram(features, time_width, frequency_width, rng):
        features = features.copy()
        for picture, widest in ((features, time_width), (features.T, frequency_width)):
            size = width(rng, widest)
            first = start(rng, len(picture) - size)
            picture[first : first + size] = 0
        return features

    return mask_spectrogram


def sticking_out(features, time_width, frequency_width, rng):
    masked = features.copy()
    for picture, widest in ((masked, time_width), (masked.T, frequency_width)):
        start, width = rng.integers(0, len(picture)), rng.integers(0, widest + 1)
        picture[start : start + width] = 0
    return masked


def slid(value_of, image, kernel, stride=1, padding=0):
    image, (h, w) = np.pad(image, padding), kernel.shape
    rows, columns = ((size - k) // stride + 1 for size, k in zip(image.shape, kernel.shape))
    result = np.zeros((rows, columns))
    for i, j in np.ndindex(rows, columns):
        result[i, j] = value_of(image[i * stride:i * stride + h, j * stride:j * stride + w], kernel)
    return result


def tiled(image, size, axes):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    return image[:rows * size, :columns * size].reshape(rows, size, columns, size).max(axis=axes)


def one_further(image, size):
    return np.array([[image[i:i + size, j:j + size].max() for j in range(image.shape[1] // size)]
                     for i in range(image.shape[0] // size)])


WRONG = [
    ("class_counts", lambda labels, names: {name: int(np.sum(labels == k)) for k, name in enumerate(names, 1)},
     "Labels start at 0"),
    ("class_counts", lambda labels, names: {name: sum(str(one) == name for one in labels) for name in names},
     "compare it with a class's number"),
    ("class_counts", lambda labels, names: {"yes": 1, "no": 2}, "not from the notebook's variables"),
    ("class_counts", lambda labels, names: dict.fromkeys(names, 250), "Is every label taken from the argument"),
    ("class_counts", lambda labels, names: {name: int(labels[labels == k].sum()) for k, name in enumerate(names)},
     "labels themselves were added up"),
    ("class_counts", lambda labels, names: {name: int(k in labels) for k, name in enumerate(names)}, "whether a class"),
    ("class_counts", of_first(lambda labels, names: {names[0]: int(np.sum(labels == 0))}), "Only the first class"),
    ("class_counts", lambda labels, names: {name: labels.count(k) for k, name in enumerate(names)}, "other methods"),
    ("class_counts", lambda labels, names: [{}[names[one]] for one in labels], "the dict has no key"),
    ("one_hot", lambda labels, n_classes: np.eye(n_classes, dtype=np.float32)[labels].tolist(), "Make an array of it"),
    ("one_hot", lambda labels, n_classes: np.repeat(labels[:, None], n_classes, axis=1), "whole row was filled"),
    ("one_hot", lambda labels, n_classes: np.zeros(len(labels), n_classes), "with their own brackets"),
    ("one_hot", lambda labels, n_classes: np.eye(n_classes)[labels] * (np.arange(len(labels)) == 0)[:, None],
     "Only the first clip has its 1"),
    ("frame_count", lambda n_samples, window, hop: n_samples - window // hop + 1, "Division comes before subtraction"),
    ("frame_count", lambda n_samples, window, hop: max(0, (n_samples - window) // hop) + 1, "such as int(), max()"),
    ("split_by_speaker", highest_first, "The lowest p belong to validation here"),
    ("split_by_speaker", lambda speakers, **kw: np.array([hashlib.sha1(one) for one in speakers]), "text.encode()"),
    ("split_by_speaker", lambda speakers, **kw: np.array([hash(one) % 100 for one in speakers]), "Append the name"),
    ("split_by_speaker", lambda speakers, **kw: int(hashlib.sha1(speakers[0].encode()).hexdigest()), "int(text, 16)"),
    ("split_by_speaker", lambda speakers, **kw: int(hashlib.sha1(speakers[0].encode()).digest(), 16), "hexdigest() gi"),
    ("split_by_speaker", lambda speakers, **kw: int(hashlib.sha1(speakers[0].encode()), 16), "is its hexdigest()"),
    ("split_by_speaker", lambda speakers, **kw: hashlib.sha1(speakers[0].encode()).hexdigest() % 2**27, "has a text"),
    ("split_by_speaker", lambda speakers, **kw: np.int64(2**100), "too large for NumPy"),
    ("split_by_speaker", lambda speakers, **kw: np.array(["training"]), "does each round of the loop append one?"),
    ("fit_standardiser", lambda x: (x.mean((0, 1)), x.mean(axis=0).std(axis=0)), "one axis after the other"),
    ("fit_standardiser", lambda x: {"mean": x.mean((0, 1)), "std": x.std((0, 1))}, "`return mean, std`"),
    ("fit_standardiser", lambda x: (np.mean(x, 0, 1), np.std(x, 0, 1)), "np.mean(x, axis=(0, 1))"),
    ("standardise", lambda x, mean, std: (x + mean) / std, "The mean is added"),
    ("standardise", lambda x, mean, std: (x - mean[0]) / std[0], "mean and std of the first"),
    ("standardise", lambda x, mean, std: np.clip((x - mean) / std, -3, 3), "do nothing else"),
    ("standardise", lambda x, mean, std: (x[0] - mean) / std, "no loop over clips is needed"),
    ("one_hot", ones_in_every_row, "choose a row together with its column"),
    ("frame_count", lambda n_samples, window, hop: n_samples // hop, "counts the hops in the clip"),
    ("split_by_speaker", by_speaker(lambda number: number % 2**27 * 100 / 2**27 - 1), "Mind the brackets"),
    ("split_by_speaker", by_speaker(lambda number: number % 2**27 * 100 / (2**27 - 1)), "percentages are fixed at 10"),
    ("fit_standardiser", lambda x: (x - x.mean((0, 1))) / x.std((0, 1)), "Those are the features, standardised"),
    ("standardise", lambda x, mean, std: (x - x.mean((0, 1))) / x.std((0, 1)), "computed anew from these features"),
    ("families", pairs_renamed, "are one family"),
    ("families", lambda speakers, relatives: np.array([min(one, *(min(pair) for pair in relatives if one in pair), one)
                                                       for one in speakers]), "are one family"),
    ("loudest_frame", lambda loudness: loudness.max(axis=1), "the place is asked for"),
    ("loudest_frame", lambda loudness: np.argmax(loudness, axis=0), "the axis that has to go"),
    ("loudest_frame", lambda loudness: np.argmax(loudness, axis=1) + 1, "Frames are counted from 0"),
    ("loudest_frame", lambda loudness: np.argmin(loudness, axis=1), "the softest frames"),
    ("loudest_frame", lambda loudness: np.argmax(loudness, axis=1, keepdims=True), "Leave keepdims=True out"),
    ("without_mean", lambda loudness: loudness - loudness.mean(axis=0), "The frames have to go"),
    ("without_mean", lambda loudness: loudness - loudness.mean(), "One mean of all values"),
    ("without_mean", lambda loudness: loudness - np.median(loudness, axis=1, keepdims=True), "Those are medians"),
    ("without_mean", lambda loudness: (loudness - loudness.mean(axis=1, keepdims=True)).astype(loudness.dtype),
     "can hold nothing but whole numbers"),
    ("without_mean", lambda loudness: loudness - loudness.mean(axis=1), "do not fit together"),
    ("count_loud", lambda peaks, labels, label, limit: sum(labels == label and peaks > limit), "Use &, | and ~"),
    ("count_loud", lambda peaks, labels, label, limit: np.sum(labels == label & peaks > limit), "brackets around each"),
    ("count_loud", lambda peaks, labels, label, limit: np.sum((labels == label) | (peaks > limit)), "only where both"),
    ("count_loud", lambda peaks, labels, label, limit: np.sum(peaks > limit), "Only one of the two conditions"),
    ("count_loud", lambda peaks, labels, label, limit: peaks[(labels == label) & (peaks > limit)].sum(), "mask itself"),
    ("count_loud", lambda peaks, labels, label, limit: peaks[(labels == label) & (peaks > limit)],
     "sum counts its True"),
    ("scores_of", lambda inputs, weights, bias: inputs @ weights + bias, "the last axis of a must be"),
    ("scores_of", lambda inputs, weights, bias: inputs @ weights.T, "bias"),
    ("scores_of", lambda inputs, weights, bias: inputs @ weights.T * bias, "added, not multiplied"),
    ("scores_of", lambda inputs, weights, bias: inputs @ weights.reshape(weights.T.shape) + bias, "A reshape keeps"),
    ("softmax", lambda z: np.exp(z) / np.exp(z).sum(axis=-1), "do not fit together"),
    ("softmax", lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), "no axis 1"),
    ("softmax", lambda z: softmax(-z), "Is there a minus?"),
    ("softmax", lambda z: np.exp(z) / np.exp(z - z.max(axis=-1, keepdims=True)).sum(axis=-1, keepdims=True),
     "the sum of the same powers"),
    ("softmax", lambda z: np.exp(z - z.max(axis=-1, keepdims=True)) / np.exp(z).sum(axis=-1, keepdims=True),
     "above and below the line"),
    ("softmax", lambda z: np.array([softmax(row) for row in z]), "A single clip has no rows"),
    ("softmax", lambda z: np.round(softmax(z), 3), "round nothing"),
    ("softmax", lambda z: np.exp(z - z.mean(axis=-1, keepdims=True)) / np.exp(z - z.mean(axis=-1, keepdims=True)).sum(
        axis=-1, keepdims=True), "afterwards its largest score must be 0"),
    ("softmax", lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(axis=-1, keepdims=True), "own largest"),
    ("softmax", lambda z: np.exp(np.clip(z, -11_000, 11_000), dtype=np.longdouble) / np.exp(
        np.clip(z, -11_000, 11_000), dtype=np.longdouble).sum(axis=-1, keepdims=True), "Cut nothing off"),
    ("cross_entropy", lambda p, y: -np.mean(np.log(p @ y.T)), "paired with every label"),
    ("cross_entropy", lambda p, y: -np.mean(np.log(np.sum(p * y, axis=0))), "The logarithm of 0"),
    ("cross_entropy", lambda p, y: np.mean(surprises(softmax(p), y)), "A softmax was taken once more"),
    ("cross_entropy", lambda p, y: surprises(p, y)[0] / len(p), "Add up the surprises of both clips"),
    ("cross_entropy", lambda p, y: np.mean(surprises(1 - p, y)), "logarithm of 1 - p"),
    ("dense_parameters", lambda sizes: sum(a * b + b for a, b in zip(sizes[:-2], sizes[1:])), "No layer was counted"),
    ("dense_parameters", lambda sizes: [a * b + b for a, b in zip(sizes, sizes[1:])], "add up the layers"),
    ("score_gradient", lambda z, y: np.mean(softmax(z) - y, axis=0), "Each clip keeps its row"),
    ("cross_entropy", lambda p, y: np.mean(surprises(p, y)) / p.shape[1], "the mean runs over the 4 classes"),
    ("dense_parameters", lambda sizes: sum(a * b for a, b in zip(sizes, sizes[1:])), "biases are missing"),
    ("dense_parameters", lambda sizes: sum(a * b + 1 for a, b in zip(sizes, sizes[1:])), "One bias is too few"),
    ("dense_parameters", lambda sizes: sizes[0] * sizes[1] + sizes[1], "Only the first layer"),
    ("cross_entropy", lambda p, y: -np.mean(np.log(p[y.argmax(axis=-1)])), "picks whole rows"),
    ("score_gradient", lambda z, y: softmax(z) - y, "Divide by their number"),
    ("score_gradient", lambda z, y: (softmax(z) - y) / y.size, "over the classes, too"),
    ("score_gradient", lambda z, y: (y - softmax(z)) / len(z), "The sign is wrong"),
    ("score_gradient", lambda z, y: y * (softmax(z) - y) / len(z), "takes probability away"),
    ("calibration_error", lambda sure, right, n_bins=10: abs(sure.mean() - right.mean()), "cancel each other"),
    ("calibration_error", lambda sure, right, n_bins=10: np.mean(abs(sure - right)), "not taken for each clip"),
    ("confusion_matrix", lambda true, predicted, n: np.array([[np.sum(true == i) * np.sum(predicted == j)
                                                               for j in range(n)] for i in range(n)]),
     "zip(true, pred"),
    ("confusion_matrix", lambda true, predicted, n: np.bincount(true * n + predicted, minlength=n * n), ".reshape("),
    ("area_under_curve", lambda x, y: np.sum((x[:-1] - x[1:]) * (y[1:] + y[:-1]) / 2), "widths are negative"),
    ("area_under_curve", lambda x, y: int(np.trapezoid(y, x)), "Nothing is rounded"),
    ("threshold_for_false_alarms", lambda is_keyword, score, max_fpr: 0.25, "That is a rate"),
    ("threshold_for_false_alarms", lambda is_keyword, score, max_fpr: np.array([])[-1], "the array is empty"),
    ("calibration_error", lambda sure, right, n_bins=10: np.mean(by_bin(sure, right)), "Both bins count alike"),
    ("convolve2d", lambda *args, **kw: slid(lambda a, b: np.sum(a @ b), *args, **kw), "`@` is a product of matrices"),
    ("convolve2d", lambda *args, **kw: slid(lambda a, b: a * b, *args, **kw), "Is a np.sum missing?"),
    ("convolve2d", lambda image, kernel, stride=1, padding=0: slid(lambda a, b: np.sum(a * b), image, kernel, stride),
     "keep what it returns"),
    ("feature_map_size", lambda n, k, s, p: (n + 2 * p - k) / s + 1, "// rounds down"),
    ("max_pool2d", lambda image, size: tiled(image, size, (0, 2)), "a tile has the axes 1 and 3"),
    ("max_pool2d", one_further, "The second window begins in column 1"),
    ("max_pool2d", lambda image, n: image.reshape(image.shape[0] // n, n, -1, n).max(axis=(1, 3)), "do not fill"),
    ("conv_parameters", lambda k, i, o, bias=True: k ** 2 * i * o + bias * o, "Make an array of it first"),
    ("receptive_field", lambda kernels, strides: 1 + sum((k - 1) * s for k, s in zip(kernels, strides)), "own stride"),
    ("dense_weights", lambda kernel, shape: np.eye(*shape), "3 x 4 numbers go in"),
    ("area_under_curve", lambda x, y: np.sum(y) / len(y), "mean of the heights"),
    ("area_under_curve", lambda x, y: np.sum(np.diff(x) * y[1:]), "right point"),
    ("area_under_curve", lambda x, y: np.trapezoid(x, y), "exchanged"),
    ("roc_curve", precisions, "That is a precision"),
    ("roc_curve", lambda k, s: (precisions(k, s)[1], *precisions(k, s)[::2]), "That is a precision"),
    ("slide_window", lambda window, chunk: np.append(window[len(chunk) - len(window):], chunk), "x[-0:] is the whole"),
    ("slide_window", lambda window, chunk: np.append(chunk, window)[:len(window)], "put in front"),
    ("smooth", means(0, 0), "The end of a slice is not part of it"),
    ("slide_window", lambda window, chunk: np.concatenate(window, chunk)[-len(window):], "take all arrays in one list"),
    ("smooth", lambda p, width: np.array([p[t - width + 1:t + 1].mean(axis=0) for t in range(len(p))]), "max(0, …)"),
    ("smooth", means(-1, 1), "One frame too many"),
    ("smooth", lambda p, width: np.cumsum(p, axis=0) / np.arange(1, len(p) + 1)[:, None], "not all since the start"),
    ("smooth", lambda p, width: means(0, 1)(p.T, width).T, "Each class is smoothed over time"),
    ("detect", detections(last=0), "`last = 0` would be a detection in frame 0"),
    ("detect", detections(above=np.greater), ">=, not >"),
    ("detect", detections(starts_anew=True), "Only a detection starts the pause"),
    ("false_alarms_per_hour", lambda d, truth, seconds: outside(d, truth) / seconds, "false alarms per second"),
    ("false_alarms_per_hour", lambda d, truth, seconds: sum(outside([one], [now]) for one in d for now in truth)
     * 3600 / seconds, "once for every interval"),
    ("at_most_per_hour", lambda alarms, seconds, certainty=0.95: (3 + alarms) * 3600 / seconds, "the rule, rounded"),
    ("mean_squared_error", lambda y, y_hat: np.sum((y - y_hat) ** 2), "That is the sum of the squares"),
    ("mean_squared_error", lambda y, y_hat: np.mean(y - y_hat) ** 2, "before the square"),
    ("mean_squared_error", lambda y, y_hat: np.mean((y - y_hat) ^ 2), "`^` is no power"),
    ("mean_squared_error", lambda y, y_hat: np.mean(y - y_hat**2), "brackets around the difference"),
    ("radius", lambda x, y: (x**2 + y**2)**1/2, "halves"),
    ("radius", lambda x, y: np.linalg.norm([x, y]), "not one for all"),
    ("radius", lambda x, y: x**2 + y**2, "The root is missing"),
    ("early_stopping_epoch", stopping(ends_at=lambda best, now: now), "at which training stops"),
    ("early_stopping_epoch", stopping(ends=lambda waited, patience: waited > patience), ">=, not >"),
    ("early_stopping_epoch", stopping(is_better=lambda loss, best: loss <= best), "<, not <="),
    ("weight_penalty", lambda weights, strength, kind="l2": strength * np.mean(np.square(weights)), "or a mean"),
    ("weight_penalty", lambda weights, strength, kind="l2": np.sum((strength * weights)**2), "strength was squared"),
    ("dropout", lambda x, rate, training, rng: x * (rng.normal(size=x.shape) > rate) if training else x, "uniform"),
    ("dropout", lambda x, rate, training, rng: x[rng.uniform(size=x.shape) >= rate], "stay in their places"),
    ("batch_norm", lambda x, gamma, beta, epsilon=1e-3: beta * (x - x.mean(axis=0)) / x.std(axis=0) + gamma, "exch"),
    ("batch_norm", lambda x, gamma, beta, epsilon=1e-3: gamma * (x - x.mean()) / np.sqrt(x.var() + epsilon) + beta,
     "own mean"),
    ("dropout", dropping(keeps=np.less), "comparison of draw and rate the right way round"),
    ("dropout", dropping(size=lambda x: x.shape[-1]), "One random number was drawn for many values"),
    ("dropout", dropping(size=lambda x: None), "Was one number drawn for all values"),
    ("mix_noise", mixing(lambda snr: 10 ** (-snr / 10)), "The ratio is upside down"),
    ("mix_noise", mixing(lambda snr: np.exp(snr / 10)), "np.exp undoes the natural logarithm"),
    ("mix_noise", mixing(lambda snr: snr or 1), "Decibels are no factor"),
    ("change_gain", lambda audio, decibel: audio * 10 ** (decibel / 10), "samples get its root"),
    ("change_gain", lambda audio, decibel: audio * np.exp(decibel / 20), "np.exp undoes the natural logarithm"),
    ("change_gain", lambda audio, decibel: audio * decibel, "undo the logarithm"),
    ("mask_spectrogram", sticking_out, "Bands stick out at the edge"),
    ("mask_spectrogram", masked(lambda rng, most: rng.integers(min(1, most), most + 1), lambda rng, last: rng.integers(
        0, last + 1)), "0 is a width, too"),
    ("mask_spectrogram", masked(lambda rng, most: most, lambda rng, last: rng.integers(0, last + 1)), "Draw it with"),
    ("mask_spectrogram", masked(lambda rng, most: rng.integers(0, most + 1), lambda rng, last: rng.integers(
        0, last + 2)), "begins behind the last frame"),
    ("mask_spectrogram", lambda features, t, f, rng: features * 0 + 1, "come back as they were"),
    ("time_shift", lambda audio, samples: np.roll(audio, samples), "comes in again at the other"),
    ("time_shift", lambda audio, samples: np.append(audio[samples:], np.zeros(samples)), "The direction is wrong"),
    ("time_shift", lambda audio, samples: np.append(np.zeros(max(samples, 0)), audio)[:len(audio)], "Zeros come in at"),
    ("change_gain", lambda audio, decibel: 10 ** (decibel / 20), "Multiply the clip by the factor"),
    ("change_gain", lambda audio, decibel: audio * 10 ** (decibel // 20), "// does not"),
    ("change_gain", lambda audio, decibel: audio * 10 ** (decibel / 40), "a root too many"),
    ("change_gain", lambda audio, decibel: audio + 10 ** (decibel / 20), "Loudness is a factor"),
    ("mix_noise", mixing(lambda snr: 10 ** (snr // 10)), "// does not"),
    ("mix_noise", lambda audio, noise, snr: audio + noise * np.sqrt(np.mean(noise**2) / np.mean(audio**2) / 10 ** (
        snr / 10)), "powers is upside down"),
    ("mix_noise", lambda audio, noise, snr: audio + noise * np.mean(abs(audio)) / np.mean(abs(noise)) * 10 ** (
        -snr / 20), "means of absolute values"),
    ("in_a_room", in_a_room(lambda all_, n: all_[-n:], quotient), "keep the first samples"),
    ("in_a_room", in_a_room(lambda all_, n: all_[:n], lambda audio, heard, all_: np.sqrt(
        np.sum(audio**2) / np.sum(all_**2))), "Cut first"),
    ("in_a_room", lambda audio, response: np.convolve(audio, response, mode="same") * quotient(
        audio, np.convolve(audio, response, mode="same"), None), 'mode="same"'),
    ("in_a_room", in_a_room(lambda all_, n: all_[:n], lambda *sounds: 1), "not brought back"),
    ("convolve2d", lambda *args, **kw: slid(lambda a, b: max(0, np.sum(a * b)), *args, **kw), "That is a ReLU"),
    ("convolve2d", lambda *args, **kw: slid(lambda a, b: np.sum(a * b), *args, **kw).ravel(), "in one row"),
    ("feature_map_size", lambda n, k, s, p: (49 + 2 * p - k) // s + 1, "49 is fixed"),
    ("feature_map_size", lambda n, k, s, p: (n - k) // s + 1 + 2 * p, "added after the division"),
    ("feature_map_size", lambda n, k, s, p: np.array([(n + 2 * p - k) // s + 1]), "x.item()"),
    ("max_pool2d", lambda image, size: tiled(image, size, 1), "Take its columns with them"),
    ("max_pool2d", lambda image, size: tiled(image, 2, (1, 3)), "not always 2"),
    ("conv_parameters", lambda k, i, o, bias=True: np.prod(np.int16([k, k] if isinstance(k, int) else k), dtype="int16")
     * np.int16(i) * np.int16(o) + np.int16(o * bias), "16 bits"),
    ("dense_weights", lambda kernel, shape: np.stack([slid(lambda a, b: np.sum(a * b), one, kernel).ravel() for one in
     np.eye(shape[0] * shape[1]).reshape(-1, *shape)]).astype(int), "all its digits count"),
    ("smooth", lambda p, width: means(0, 1)(p, width).T, "a row for each frame"),
    ("smooth", lambda p, width: means(0, 1)(p, width).mean(axis=1), "frames alone: axis=0"),
    ("detect", lambda p, threshold, refractory: [(t, int(p.argmax())) for t in range(len(p)) if max(p[t]) >= threshold],
     "the frame's own row"),
    ("detect", lambda p, threshold, refractory: [].append((4, 1)), "leave out the `=`"),
    ("false_alarms_per_hour", lambda d, truth, seconds: sum(k not in [c for *_, c in truth] for _, k in d) * 3600
     / seconds, "Only the classes are compared"),
    ("at_most_per_hour", lambda alarms, seconds, certainty=0.95: -np.log(0.025) * 3600 / seconds, "Nothing is halved"),
    ("residual_block", lambda x, channels, stride: keras.Model(x, keras.layers.ReLU()(x)), "without a network around"),
    ("build_cnn", lambda input_shape=(49, 40), n_classes=12: keras.layers.Dense(n_classes)(keras.Input(input_shape)),
     "return keras.Model("),
    ("build_cnn", lambda input_shape=(49, 40), n_classes=12: [keras.layers.Flatten()], "makes a network of a list"),
    ("multiply_adds", lambda model: model.count_params(), "The biases are counted"),
    ("multiply_adds", lambda model: 0, "The layer was not found"),
    ("fold_batch_norm", lambda kernel, gamma, beta, mean, variance, epsilon: (
        kernel * gamma / np.sqrt(variance + 1e-3), beta), "epsilon is fixed"),
    ("fold_batch_norm", lambda kernel, gamma, beta, mean, variance, epsilon: (
        kernel * gamma / np.sqrt(variance + epsilon), (beta - mean) * gamma / np.sqrt(variance + epsilon)),
     "at the end"),
]


@pytest.mark.parametrize("name, answer, words", WRONG)
def test_a_wrong_answer_hears_what_leads_on(name, answer, words):
    report = LADDERS[name].climb(answer)
    assert not report.passed and words in report.steps[-1].advice, report.steps[-1]


def regularised(last=(), penalties=("kernel",), rate=lambda dropout: dropout, strength=lambda l2: l2):
    def build_regularised_ffnn(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
        layers = keras.layers
        options = {f"{one}_regularizer": keras.regularizers.L2(strength(l2)) for one in penalties}
        groups = [[layers.Dense(size, **options), layers.BatchNormalization(), layers.ReLU(),
                   layers.Dropout(rate(dropout))] for size in (64, 128)]
        return keras.Sequential([keras.Input(input_shape), layers.Flatten(), *groups[0], *groups[1],
                                 layers.Dense(n_classes, "softmax", **options), *last])

    return build_regularised_ffnn


def relu_first(x, channels, stride):
    """A wrong `residual_block`: on the main path, ReLU comes before batch normalisation."""
    from keras import layers

    def step(x, kernel, stride, activation=None):
        return layers.BatchNormalization(momentum=0.95)(layers.Conv1D(
            channels, kernel, strides=stride, padding="same", use_bias=False, activation=activation)(x))

    y = step(step(x, 9, stride, "relu"), 9, 1)
    same = stride == 1 and x.shape[-1] == channels
    return layers.ReLU()(layers.Add()([y, x if same else layers.ReLU()(step(x, 1, stride))]))


@pytest.mark.parametrize("name, answer, words", [
    ("build_regularised_ffnn", regularised(last=[keras.layers.Softmax()]), "One is enough"),
    ("build_regularised_ffnn", regularised(penalties=("kernel", "bias")), "The biases have a penalty, too"),
    ("build_regularised_ffnn", regularised(rate=lambda dropout: 1 - dropout), "not the share that is kept"),
    ("build_regularised_ffnn", regularised(strength=lambda l2: 0.01), "as a text has the strength 0.01"),
    ("residual_block", relu_first, "The order is convolution, batch normalisation, ReLU")])
def test_a_wrong_network_hears_what_leads_on(name, answer, words):
    test_a_wrong_answer_hears_what_leads_on(name, answer, words)


FLAWS = {"8 bits": lambda value: value.astype("uint8"), "rounded": lambda value: np.round(value, 3),
         "rounded more": lambda value: np.round(value, 2), "whole": lambda value: np.nan_to_num(value).astype(int)}


@pytest.mark.parametrize("flaw, names", [
    ("8 bits", ["frame_count", "confusion_matrix"]),
    ("rounded", ["area_under_curve", "convolve2d", "max_pool2d", "radius", "slide_window", "standardise", "time_shift",
                 "threshold_for_false_alarms"]),
    ("rounded more", ["weight_penalty"]),
    ("whole", ["max_pool2d", "slide_window", "threshold_for_false_alarms", "time_shift"])])
def test_numbers_that_lost_something_do_not_pass(flaw, names):
    from autograder.judging.reference import reference

    def flawed(right):
        return lambda *args, **kwargs: FLAWS[flaw](np.asarray(right(*args, **kwargs)))

    assert not [name for name in names if LADDERS[name].climb(flawed(reference(name))).passed]
