"""Lesson 05, answered differently."""

import math

import numpy as np
import scipy.ndimage
import scipy.signal

from autograder.answers import answer


@answer("convolve2d")
def convolve2d_in_four_loops(image, kernel, stride=1, padding=0):
    height, width = len(image), len(image[0])
    k_height, k_width = len(kernel), len(kernel[0])
    padded = np.zeros((height + 2 * padding, width + 2 * padding))
    padded[padding:padding + height, padding:padding + width] = image
    rows = (height + 2 * padding - k_height) // stride + 1
    columns = (width + 2 * padding - k_width) // stride + 1
    result = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            for u in range(k_height):
                for v in range(k_width):
                    result[i, j] += padded[i * stride + u, j * stride + v] * kernel[u, v]
    return result


@answer("convolve2d")
def convolve2d_of_scipy(image, kernel, stride=1, padding=0):
    return scipy.signal.correlate2d(np.pad(image, padding), kernel, mode="valid")[::stride, ::stride]


@answer("convolve2d")
def convolve2d_with_windows(x, k, stride=1, padding=0):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, padding), k.shape)[::stride, ::stride]
    return np.tensordot(windows, k, axes=2)


@answer("convolve2d")
def convolve2d_of_keras(image, kernel, stride=1, padding=0):
    import keras

    image = np.pad(image, padding).astype("float32")[np.newaxis, :, :, np.newaxis]
    kernel = np.asarray(kernel, "float32")[:, :, np.newaxis, np.newaxis]
    return keras.ops.conv(image, kernel, strides=stride, padding="valid")[0, :, :, 0]


@answer("convolve2d")
def convolve2d_shifting_the_image(image, kernel, stride=1, padding=0):
    image = np.pad(image, ((padding, padding), (padding, padding)))
    rows, columns = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    total = 0
    for (u, v), weight in np.ndenumerate(kernel):
        total = total + weight * image[u:u + rows, v:v + columns]
    return total[::stride, ::stride].astype(np.float32)


@answer("convolve2d")
def convolve2d_as_a_matrix_product(image, kernel, stride=1, padding=0):
    image = np.pad(image, padding)
    h, w = kernel.shape
    rows, columns = range(0, image.shape[0] - h + 1, stride), range(0, image.shape[1] - w + 1, stride)
    table = np.stack([image[i:i + h, j:j + w].ravel() for i in rows for j in columns])
    return (table @ kernel.ravel()).reshape(len(rows), len(columns))


@answer("convolve2d")
def convolve2d_by_a_flipped_kernel(image, kernel, stride=1, padding=0):
    full = scipy.signal.fftconvolve(np.pad(image, padding), kernel[::-1, ::-1], mode="valid")
    return full[::stride, ::stride]


@answer("feature_map_size")
def feature_map_size_by_counting(n, kernel, stride, padding):
    return len(range(0, n + 2 * padding - kernel + 1, stride))


@answer("feature_map_size")
def feature_map_size_of_floor(n, k, s, p):
    return math.floor((n + 2 * p - k) / s + 1)


@answer("feature_map_size")
def feature_map_size_of_numpy(n, kernel, stride, padding):
    return np.floor_divide(n + 2 * padding - kernel, stride) + 1


@answer("feature_map_size")
def feature_map_size_in_a_loop(n, kernel, stride=1, padding=0):
    count, start = 0, -padding
    while start + kernel <= n + padding:
        count += 1
        start += stride
    return count


@answer("feature_map_size")
def feature_map_size_by_sliding(n, kernel, stride, padding):
    return np.convolve(np.ones(n + 2 * padding), np.ones(kernel), mode="valid")[::stride].size


@answer("max_pool2d")
def max_pool2d_in_loops(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    result = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            result[i, j] = np.max(image[i * size:(i + 1) * size, j * size:(j + 1) * size])
    return result


@answer("max_pool2d")
def max_pool2d_of_windows(image, size):
    windows = np.lib.stride_tricks.sliding_window_view(image, (size, size))
    return windows[::size, ::size].max(axis=(-2, -1))


@answer("max_pool2d")
def max_pool2d_of_keras(image, size):
    import keras

    picture = keras.ops.convert_to_tensor(image, "float32")[None, :, :, None]
    return keras.ops.max_pool(picture, size, strides=size, padding="valid")[0, :, :, 0]


@answer("max_pool2d")
def max_pool2d_in_two_steps(x, n):
    rows, columns = x.shape[0] // n, x.shape[1] // n
    tall = np.stack([x[i:rows * n:n] for i in range(n)]).max(axis=0)
    return np.stack([tall[:, j:columns * n:n] for j in range(n)]).max(axis=0)


@answer("max_pool2d")
def max_pool2d_as_lists(image, size):
    rows, columns = len(image) // size * size, len(image[0]) // size * size
    return np.array([[max(image[i + u][j + v] for u in range(size) for v in range(size))
                      for j in range(0, columns, size)] for i in range(0, rows, size)])


@answer("max_pool2d")
def max_pool2d_reduced_at_places(image, size):
    height, width = (n - n % size for n in image.shape)
    image = np.maximum.reduceat(image[:height, :width], range(0, height, size), axis=0)
    return np.maximum.reduceat(image, range(0, width, size), axis=1)


@answer("conv_parameters")
def conv_parameters_of_isinstance(kernel, channels_in, channels_out, bias=True):
    if isinstance(kernel, int):
        kernel = (kernel, kernel)
    weights = kernel[0] * kernel[1] * channels_in * channels_out
    return weights + channels_out if bias else weights


@answer("conv_parameters")
def conv_parameters_of_one_channel(kernel, channels_in, channels_out, bias=True):
    per_channel = int(np.prod(np.broadcast_to(kernel, 2))) * channels_in + (1 if bias else 0)
    return per_channel * channels_out


@answer("conv_parameters")
def conv_parameters_trying_the_pair(k, c_in, c_out, bias=True):
    try:
        height, width = k
    except TypeError:
        height = width = k
    return height * width * c_in * c_out + int(bias) * c_out


@answer("conv_parameters")
def conv_parameters_of_keras(kernel, channels_in, channels_out, bias=True):
    import keras

    layer = keras.layers.Conv2D(channels_out, kernel, use_bias=bias)
    layer.build((None, 32, 32, channels_in))
    return layer.count_params()


@answer("conv_parameters")
def conv_parameters_of_numpy(kernel, channels_in, channels_out, bias=True):
    area = kernel**2 if np.isscalar(kernel) else np.prod(kernel)
    return np.int64(area * channels_in * channels_out + (channels_out if bias else 0))


@answer("receptive_field")
def receptive_field_from_the_top(kernels, strides):
    field = 1
    for kernel, stride in zip(reversed(kernels), reversed(strides), strict=True):
        field = (field - 1) * stride + kernel
    return field


@answer("receptive_field")
def receptive_field_of_products(kernels, strides):
    jumps = np.cumprod([1, *strides[:-1]])
    return 1 + np.sum((np.array(kernels) - 1) * jumps)


@answer("receptive_field")
def receptive_field_by_recursion(kernels, strides):
    if not kernels:
        return 1
    return kernels[0] + (receptive_field_by_recursion(kernels[1:], strides[1:]) - 1) * strides[0]


@answer("receptive_field")
def receptive_field_of_sums(k, s):
    return 1 + sum((k[i] - 1) * math.prod(s[:i]) for i in range(len(k)))


@answer("receptive_field")
def receptive_field_by_following_the_edges(kernels, strides):
    first = last = 0
    for kernel, stride in list(zip(kernels, strides, strict=True))[::-1]:
        first, last = first * stride, last * stride + kernel - 1
    return last - first + 1


@answer("build_cnn")
def sequential_with_a_reshape(input_shape=(49, 40), n_classes=12):
    from keras import Input, Sequential, layers

    model = Sequential([
        Input(shape=input_shape), layers.Reshape((*input_shape, 1)),
        layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Flatten(), layers.Dense(n_classes, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@answer("build_cnn")
def input_with_a_channel_axis(input_shape=(49, 40), n_classes=12):
    from keras import Input, Model, layers

    inputs = Input((*input_shape, 1))  # Keras adds the axis to clips that have none
    x = layers.Conv2D(8, (5, 3), strides=2, padding="same")(inputs)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.GlobalMaxPooling2D()(x)
    return Model(inputs, layers.Softmax()(layers.Dense(n_classes)(layers.Dropout(0.3)(x))))


@answer("build_cnn")
def convolution_over_time(input_shape=(49, 40), n_classes=12):
    from keras import Input, Sequential, layers

    return Sequential([
        Input(shape=input_shape), layers.Conv1D(48, 9, activation="relu"), layers.MaxPooling1D(2),
        layers.SeparableConv1D(48, 5, activation="relu"), layers.GlobalAveragePooling1D(),
        layers.Dense(n_classes, activation="softmax")])


@answer("build_cnn")
def network_within_a_network(input_shape=(49, 40), n_classes=12):
    from keras import Input, Sequential, layers

    ears = Sequential([layers.Conv2D(8, 3, strides=2, activation="relu"), layers.DepthwiseConv2D(3),
                       layers.GlobalAveragePooling2D()])
    return Sequential([Input(shape=input_shape), layers.Reshape((*input_shape, 1)), ears,
                       layers.Dense(n_classes, activation="softmax")])


@answer("build_cnn")
def subclassed_cnn(input_shape=(49, 40), n_classes=12):
    import keras

    class Network(keras.Model):
        def __init__(self):
            super().__init__()
            self.convolutions = [keras.layers.Conv2D(12, 3, activation="relu") for _ in range(2)]
            self.pool = keras.layers.MaxPooling2D(3)
            self.out = keras.layers.Dense(n_classes, activation="softmax")

        def call(self, x):
            x = keras.ops.expand_dims(x, -1)
            for convolution in self.convolutions:
                x = self.pool(convolution(x))
            return self.out(keras.ops.mean(x, axis=(1, 2)))

    return Network()


@answer("build_cnn")
def network_that_is_not_built_yet(input_shape=(49, 40), n_classes=12):
    import keras

    return keras.Sequential([
        keras.layers.Lambda(lambda x: x[..., None]), keras.layers.Conv2D(16, 5, strides=3, activation="relu"),
        keras.layers.Flatten(), keras.layers.Dense(n_classes, activation="softmax")])
