"""Lesson 04, answered differently."""

import math

import numpy as np

from autograder.answers import answer


@answer("fit_polynomial")
def by_least_squares(x, y, degree):
    return np.linalg.lstsq(np.vander(x, degree + 1), y, rcond=None)[0]


@answer("fit_polynomial")
def by_numpys_newer_polynomials(x, y, degree):
    coefficients = np.polynomial.Polynomial.fit(x, y, deg=degree).convert().coef
    return np.pad(coefficients, (0, degree + 1 - len(coefficients)))[::-1]


@answer("fit_polynomial")
def by_normal_equations(xs, ys, d):
    a = np.array([[value**power for power in range(d, -1, -1)] for value in xs])
    return np.linalg.solve(a.T @ a, a.T @ ys)


@answer("fit_polynomial")
def by_scikit_learn(x, y, degree):
    from sklearn.linear_model import LinearRegression
    from sklearn.preprocessing import PolynomialFeatures

    powers = PolynomialFeatures(degree).fit_transform(x[:, None])
    return LinearRegression(fit_intercept=False).fit(powers, y).coef_[::-1]


@answer("fit_polynomial")
def by_a_pseudoinverse(x, y, degree):
    return np.linalg.pinv(np.vander(x, degree + 1)) @ y


@answer("mean_squared_error")
def mse_in_a_loop(y, y_hat):
    total = 0.0
    for a, b in zip(y, y_hat):
        total += (a - b) ** 2
    return total / len(y)


@answer("mean_squared_error")
def mse_of_scikit_learn(y, y_hat):
    from sklearn.metrics import mean_squared_error

    return mean_squared_error(y, y_hat)


@answer("mean_squared_error")
def mse_as_a_product(measured, guessed):
    error = measured - guessed
    return error @ error / error.size


@answer("mean_squared_error")
def mse_of_keras(y, y_hat):
    import keras

    return keras.ops.mean(keras.ops.square(keras.ops.convert_to_tensor(y, "float32")
                                           - keras.ops.convert_to_tensor(y_hat, "float32")))


@answer("mean_squared_error")
def mse_of_the_norm(y, y_hat):
    return np.linalg.norm(y - y_hat) ** 2 / len(y)


@answer("radius")
def radius_as_hypotenuse(x, y):
    return np.hypot(x, y)


@answer("radius")
def radius_of_complex_numbers(x, y):
    return np.abs(x + 1j * y)


@answer("radius")
def radius_as_a_power(x, y):
    return (x * x + y * y) ** 0.5


@answer("radius")
def radius_as_a_norm(x, y):
    return np.linalg.norm(np.stack([x, y]), axis=0)


@answer("radius")
def radius_one_by_one(x, y):
    return np.vectorize(math.hypot)(x, y)


@answer("weight_penalty")
def penalty_in_a_loop(weights, strength, kind="l2"):
    if not isinstance(weights, list):
        weights = [weights]
    total = 0.0
    for array in weights:
        for w in array.ravel():
            total += w * w if kind == "l2" else abs(w)
    return strength * total


@answer("weight_penalty")
def penalty_of_keras(weights, strength, kind="l2"):
    import keras

    regulariser = keras.regularizers.L1(strength) if kind == "l1" else keras.regularizers.L2(strength)
    arrays = weights if isinstance(weights, (list, tuple)) else [weights]
    return sum(float(regulariser(np.asarray(w, dtype="float32"))) for w in arrays)


@answer("weight_penalty")
def penalty_of_one_long_row(weights, strength, kind="l2"):
    row = np.concatenate([np.ravel(w) for w in weights]) if isinstance(weights, list) else np.ravel(weights)
    return strength * np.linalg.norm(row, 1) if kind == "l1" else strength * (row @ row)


@answer("weight_penalty")
def penalty_by_recursion(w, lam, kind="l2"):
    if isinstance(w, list):
        return sum(penalty_by_recursion(one, lam, kind) for one in w)
    power = {"l1": 1, "l2": 2}[kind]
    return lam * (np.abs(w) ** power).sum()


@answer("weight_penalty")
def penalty_that_asks_for_arrays(weights, strength, kind="l2"):
    arrays = [weights] if hasattr(weights, "shape") else list(weights)
    if kind == "l1":
        return np.float32(strength * np.sum([np.abs(a).sum() for a in arrays]))
    return np.float32(strength * np.sum([np.square(a).sum() for a in arrays]))


@answer("dropout")
def dropout_with_random(x, rate, training, rng):
    if training:
        return np.where(rng.random(x.shape) < rate, 0.0, x / (1 - rate))
    return x


@answer("dropout")
def dropout_with_choice(x, rate, training, rng):
    if not training or rate == 0:
        return x.copy()
    mask = rng.choice([0.0, 1 / (1 - rate)], size=x.shape, p=[rate, 1 - rate])
    return mask * x


@answer("dropout")
def dropout_with_a_binomial(values, p, in_training, generator):
    kept = generator.binomial(1, 1 - p, values.shape) if in_training else 1 - p
    return values * kept / (1 - p)


@answer("dropout")
def dropout_in_a_loop(x, rate, training, rng):
    result = x.astype(np.float32)
    if training:
        flat = result.reshape(-1)
        for i in range(flat.size):
            flat[i] = 0 if rng.random() < rate else flat[i] / (1 - rate)
    return result


@answer("dropout")
def dropout_of_tensorflow(x, rate, training, rng):
    import tensorflow as tf

    if not training:
        return tf.identity(x)
    return tf.nn.experimental.stateless_dropout(x, rate, seed=rng.integers(2**31, size=2))


@answer("dropout")
def dropout_of_keras(x, rate, training, rng):
    import keras

    return keras.layers.Dropout(rate, seed=int(rng.integers(2**31)))(x, training=training)


@answer("batch_norm")
def batch_norm_of_rows(x, gamma, beta, epsilon=1e-3):
    rows = x.reshape(-1, x.shape[-1])
    rows = (rows - rows.mean(0)) * gamma / (rows.var(0) + epsilon) ** 0.5 + beta
    return rows.reshape(x.shape)


@answer("batch_norm")
def batch_norm_neuron_by_neuron(x, gamma, beta, epsilon=1e-3):
    result = np.empty(x.shape)
    for c in range(x.shape[-1]):
        values = x[..., c]
        mean = sum(values.ravel()) / values.size
        variance = sum((values.ravel() - mean) ** 2) / values.size
        result[..., c] = gamma[c] * (values - mean) / math.sqrt(variance + epsilon) + beta[c]
    return result


@answer("batch_norm")
def batch_norm_of_keras(x, gamma, beta, epsilon=1e-3):
    import keras

    layer = keras.layers.BatchNormalization(epsilon=epsilon)
    layer.build(x.shape)
    layer.gamma.assign(gamma)
    layer.beta.assign(beta)
    return layer(x, training=True)


@answer("batch_norm")
def batch_norm_of_tensorflow(x, gamma, beta, epsilon=1e-3):
    import tensorflow as tf

    x, gamma, beta = (tf.cast(value, tf.float32) for value in (x, gamma, beta))
    mean, variance = tf.nn.moments(x, axes=list(range(len(x.shape) - 1)))
    return tf.nn.batch_normalization(x, mean, variance, beta, gamma, epsilon)


@answer("batch_norm")
def batch_norm_folded_into_one_factor(x, gamma, beta, epsilon=1e-3):
    axes = tuple(i for i in range(np.ndim(x)) if i != np.ndim(x) - 1)
    mean = x.mean(axis=axes, keepdims=True)
    mean_square = (x**2).mean(axis=axes, keepdims=True)
    factor = gamma / np.sqrt(mean_square - mean**2 + epsilon)
    return x * factor + (beta - mean * factor)


@answer("early_stopping_epoch")
def stopping_with_a_counter(validation_losses, patience):
    best, best_epoch, waiting = float("inf"), 0, 0
    for epoch, loss in enumerate(validation_losses):
        if loss < best:
            best, best_epoch, waiting = loss, epoch, 0
        else:
            waiting += 1
            if waiting == patience:
                return best_epoch
    return best_epoch


@answer("early_stopping_epoch")
def stopping_by_keras(validation_losses, patience):
    import keras

    callback = keras.callbacks.EarlyStopping(monitor="val_loss", mode="min", patience=patience)
    callback.set_model(keras.Sequential())
    callback.on_train_begin()
    for epoch, loss in enumerate(validation_losses):
        callback.on_epoch_end(epoch, {"val_loss": loss})
        if callback.stopped_epoch:
            break
    return callback.best_epoch


@answer("early_stopping_epoch")
def stopping_by_looking_ahead(losses, patience):
    for epoch in range(len(losses)):
        ahead = losses[epoch + 1 : epoch + 1 + patience]
        if losses[epoch] == min(losses[: epoch + 1]) and all(later >= losses[epoch] for later in ahead):
            return epoch
    raise ValueError("no losses")


@answer("early_stopping_epoch")
def stopping_by_jumps(validation_losses, patience):
    losses = np.asarray(validation_losses)
    best = 0
    while True:
        ahead = np.flatnonzero(losses[best + 1 : best + 1 + patience] < losses[best])
        if not len(ahead):
            return np.int64(best)
        best += 1 + ahead[0]


@answer("early_stopping_epoch")
def stopping_at_the_smallest_before_the_end(validation_losses, patience):
    end = len(validation_losses)
    for epoch in range(end):
        if epoch - int(np.argmin(validation_losses[: epoch + 1])) >= patience:
            end = epoch + 1
            break
    return int(np.argmin(validation_losses[:end]))


@answer("time_shift")
def shift_by_rolling(audio, samples):
    n = len(audio)
    if abs(samples) >= n:
        return np.zeros(n)
    shifted = np.roll(audio, samples)
    if samples > 0:
        shifted[:samples] = 0
    elif samples < 0:
        shifted[samples:] = 0
    return shifted


@answer("time_shift")
def shift_in_a_loop(audio, samples):
    result = np.zeros(len(audio))
    for i in range(len(audio)):
        if 0 <= i - samples < len(audio):
            result[i] = audio[i - samples]
    return result


@answer("time_shift")
def shift_out_of_padding(audio, samples):
    n = len(audio)
    padded = np.pad(audio, n)
    start = min(max(n - samples, 0), 2 * n)
    return padded[start : start + n]


@answer("time_shift")
def shift_by_concatenation(audio, samples):
    n = len(audio)
    samples = max(-n, min(n, samples))
    if samples >= 0:
        return np.concatenate([np.zeros(samples, audio.dtype), audio[: n - samples]])
    return np.concatenate([audio[-samples:], np.zeros(-samples, audio.dtype)])


@answer("time_shift")
def shift_of_scipy(audio, samples):
    import scipy.ndimage

    return scipy.ndimage.shift(np.asarray(audio, float), samples, order=0, mode="constant", cval=0.0)


@answer("mix_noise")
def mix_by_loudness(audio, noise, snr_db):
    rms_audio, rms_noise = np.sqrt(np.mean(audio**2)), np.sqrt(np.mean(noise**2))
    return audio + noise / rms_noise * rms_audio * 10 ** (-snr_db / 20)


@answer("mix_noise")
def mix_by_energies(audio, noise, snr_db):
    ratio = np.dot(audio, audio) / np.dot(noise, noise)
    return audio + math.sqrt(ratio / 10 ** (0.1 * snr_db)) * noise


@answer("mix_noise")
def mix_by_decibels(audio, noise, snr_db):
    now = 10 * np.log10(np.mean(np.square(audio)) / np.mean(np.square(noise)))
    return audio + noise * 10 ** ((now - snr_db) / 20)


@answer("mix_noise")
def mix_in_float32(clip, background, snr):
    clip, background = np.asarray(clip, np.float32), np.asarray(background, np.float32)
    factor = np.linalg.norm(clip) / np.linalg.norm(background) * np.power(10.0, -snr / 20)
    return (clip + np.float32(factor) * background).astype(np.float32)


@answer("change_gain")
def gain_with_a_root(audio, decibel):
    return audio * np.sqrt(10 ** (decibel / 10))


@answer("change_gain")
def gain_with_e(audio, decibel):
    return np.exp(decibel * math.log(10) / 20) * audio


@answer("change_gain")
def gain_of_librosa(audio, decibel):
    import librosa

    return audio * librosa.db_to_amplitude(decibel)


@answer("change_gain")
def gain_in_a_list(audio, decibel):
    factor = 10.0 ** (decibel * 0.05)
    return np.array([factor * sample for sample in audio], dtype=np.float32)


@answer("change_speed")
def speed_with_an_import_of_its_own(audio, rate):
    from librosa.effects import time_stretch

    return time_stretch(y=audio, rate=rate)


@answer("change_speed")
def speed_by_hand(audio, rate):
    import librosa

    spectrum = librosa.stft(audio)
    stretched = librosa.phase_vocoder(spectrum, rate=rate, hop_length=512)
    return librosa.istft(stretched, length=round(len(audio) / rate))


@answer("change_speed")
def speed_in_double_precision(audio, rate):
    import librosa.effects

    return librosa.effects.time_stretch(np.asarray(audio, dtype=np.float64), rate=float(rate))


@answer("change_pitch")
def pitch_with_an_import_of_its_own(audio, semitones):
    from librosa.effects import pitch_shift

    return pitch_shift(y=audio, sr=16000, n_steps=semitones, bins_per_octave=12)


@answer("change_pitch")
def pitch_by_stretching_and_resampling(audio, semitones):
    import librosa

    factor = 2.0 ** (-semitones / 12)
    stretched = librosa.effects.time_stretch(audio, rate=factor)
    played = librosa.resample(stretched, orig_sr=16000 / factor, target_sr=16000)
    return librosa.util.fix_length(played, size=len(audio))


@answer("change_pitch")
def pitch_in_cents(audio, semitones):
    import librosa

    return librosa.effects.pitch_shift(audio.astype(float), sr=16000, n_steps=100 * semitones, bins_per_octave=1200)


@answer("mask_spectrogram")
def mask_with_a_loop_over_the_axes(features, time_width, frequency_width, rng):
    result = np.array(features)
    for picture, width in ((result, time_width), (result.T, frequency_width)):
        w = rng.integers(width, endpoint=True)
        first = rng.integers(len(picture) - w, endpoint=True)
        picture[first : first + w] = 0
    return result


@answer("mask_spectrogram")
def mask_as_a_product(features, time_width, frequency_width, rng):
    def band(n, widest):
        width = int(rng.integers(0, widest + 1))
        start = int(rng.integers(0, n - width + 1))
        place = np.arange(n)
        return ~((place >= start) & (place < start + width))

    return features * np.outer(band(features.shape[0], time_width), band(features.shape[1], frequency_width))


@answer("mask_spectrogram")
def mask_as_in_the_paper(features, time_width, frequency_width, rng):
    masked = features.astype(np.float32).copy()
    t = rng.choice(time_width + 1)
    t0 = rng.integers(0, features.shape[0] - t)  # the last place is left out, as the paper has it
    f = rng.choice(frequency_width + 1)
    f0 = rng.integers(0, features.shape[1] - f)
    masked[t0 : t0 + t, :] = 0
    masked[:, f0 : f0 + f] = 0
    return masked


@answer("mask_spectrogram")
def mask_with_slices(x, T, F, rng):
    x = x.copy()
    w, v = rng.integers([T + 1, F + 1])
    a, b = int(rng.random() * (x.shape[0] - w + 1)), int(rng.random() * (x.shape[1] - v + 1))
    x[slice(a, a + w)] = 0
    x[:, slice(b, b + v)] = 0
    return x


@answer("mask_spectrogram")
def mask_of_tensorflow(features, time_width, frequency_width, rng):
    import tensorflow as tf

    x = tf.convert_to_tensor(features)
    w, v = int(rng.integers(0, time_width + 1)), int(rng.integers(0, frequency_width + 1))
    a, b = int(rng.integers(0, x.shape[0] - w + 1)), int(rng.integers(0, x.shape[1] - v + 1))
    frames, coefficients = tf.range(x.shape[0])[:, None], tf.range(x.shape[1])[None, :]
    hidden = ((frames >= a) & (frames < a + w)) | ((coefficients >= b) & (coefficients < b + v))
    return tf.where(hidden, tf.zeros_like(x), x)


@answer("build_regularised_ffnn")
def regularised_functional_without_biases(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    from keras import Input, Model, layers, regularizers

    inputs = Input(input_shape)
    x = layers.Flatten()(inputs)
    for size in (64, 128):
        x = layers.Dense(size, use_bias=False, kernel_regularizer=regularizers.l2(l2))(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.Activation("relu")(x)
        x = layers.Dropout(dropout)(x)
    outputs = layers.Dense(n_classes, "softmax", kernel_regularizer=regularizers.l2(l2), name="probabilities")(x)
    return Model(inputs, outputs)


@answer("build_regularised_ffnn")
def regularised_and_compiled(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    import keras

    def penalty():
        return keras.regularizers.L1L2(l2=l2) if l2 > 0 else None

    model = keras.Sequential(name="student")
    model.add(keras.layers.Input(input_shape))
    model.add(keras.layers.Reshape((-1,)))
    model.add(keras.layers.Dense(64, kernel_regularizer=penalty(), kernel_initializer="he_normal"))
    model.add(keras.layers.BatchNormalization())
    model.add(keras.layers.ReLU())
    model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(128, kernel_regularizer=penalty(), kernel_initializer="he_normal"))
    model.add(keras.layers.BatchNormalization())
    model.add(keras.layers.ReLU())
    model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(n_classes, kernel_regularizer=penalty()))
    model.add(keras.layers.Softmax())
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@answer("build_regularised_ffnn")
def regularised_that_is_not_built_yet(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    from keras import Sequential, layers, ops, regularizers

    groups = [[layers.Dense(size, kernel_regularizer=regularizers.L2(l2)), layers.BatchNormalization(),
               layers.Dropout(dropout), layers.Activation(ops.relu)] for size in (64, 128)]
    return Sequential([layers.Flatten(), *groups[0], *groups[1],
                       layers.Dense(n_classes, activation="softmax", kernel_regularizer=regularizers.L2(l2))])


@answer("build_regularised_ffnn")
def regularised_subclass(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    import keras

    class Group(keras.layers.Layer):
        def __init__(self, size):
            super().__init__()
            self.dense = keras.layers.Dense(size, kernel_regularizer=keras.regularizers.L2(l2))
            self.norm, self.drop = keras.layers.BatchNormalization(), keras.layers.Dropout(dropout)

        def call(self, x, training=None):
            return self.drop(keras.ops.relu(self.norm(self.dense(x), training=training)), training=training)

    class Network(keras.Model):
        def __init__(self):
            super().__init__()
            self.last = keras.layers.Dense(n_classes, "softmax", kernel_regularizer=keras.regularizers.L2(l2))
            self.flatten, self.groups = keras.layers.Flatten(), [Group(64), Group(128)]

        def call(self, x, training=None):
            x = self.flatten(x)
            for group in self.groups:
                x = group(x, training=training)
            return self.last(x)

    return Network()
