"""What the judge knows of `convolve2d` (lesson 06_cnn)."""

import numpy as np

from autograder.judging.exercise import Case, Exercise

convolve2d = Exercise("convolve2d")


@convolve2d.cases
def convolve2d_cases(rng):
    yield Case("the kernel slides over the image", rng.normal(size=(7, 7)), rng.normal(size=(3, 3)))
    yield Case("the kernel slides over the image", rng.normal(size=(9, 9)), rng.normal(size=(2, 2)))
    yield Case("images and kernels that are not square", rng.normal(size=(6, 10)), rng.normal(size=(2, 3)))
    yield Case("images and kernels that are not square", rng.normal(size=(11, 5)), rng.normal(size=(5, 1)))
    yield Case("a kernel as large as the image", rng.normal(size=(5, 5)), rng.normal(size=(5, 5)))
    yield Case("a stride", rng.normal(size=(9, 9)), rng.normal(size=(3, 3)), stride=2)
    yield Case("a stride that leaves a remainder", rng.normal(size=(10, 12)), rng.normal(size=(3, 3)), stride=3)
    yield Case("zeros around the image", rng.normal(size=(6, 6)) + 3, rng.normal(size=(3, 3)), padding=1)
    yield Case("zeros around the image", rng.normal(size=(5, 7)) + 3, rng.normal(size=(3, 3)), padding=2)
    yield Case("stride and padding together", rng.normal(size=(8, 9)) + 3, rng.normal(size=(3, 4)), stride=2, padding=2)
    yield Case("whole numbers in the image", rng.integers(-5, 6, size=(6, 6)), rng.normal(size=(3, 3)))


def _correlate(image, kernel, stride=1, padding=0, pad_mode="constant", steps=None):
    """The right result, or one that is wrong in one place. `steps`: one stride for each axis."""
    padded = np.pad(image, padding, mode=pad_mode)
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)
    down, right = steps or (stride, stride)
    return np.einsum("ijuv,uv->ij", windows[::down, ::right], kernel)


@convolve2d.mistake("The kernel is turned by 180 degrees. That is convolution as mathematicians define it; what Keras "
                    "and this exercise do is cross-correlation: the kernel stays as it is.")
def kernel_flipped(image, kernel, stride=1, padding=0):
    return _correlate(image, kernel[::-1, ::-1], stride, padding)


@convolve2d.mistake("The kernel is transposed: its rows and columns are exchanged. Row u of the kernel belongs to row "
                    "i + u of the image.")
def kernel_transposed(image, kernel, stride=1, padding=0):
    return _correlate(image, kernel.T, stride, padding)


@convolve2d.mistake("The products are averaged. Every value of the result is their sum.")
def mean_instead_of_sum(image, kernel, stride=1, padding=0):
    return _correlate(image, kernel, stride, padding) / kernel.size


@convolve2d.mistake("`@` is a product of matrices. Each number of the window is multiplied by the kernel's number "
                    "at the same place: `*`.")
def product_of_matrices(image, kernel, stride=1, padding=0):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, padding), kernel.shape)[::stride, ::stride]
    return (windows @ kernel).sum(axis=(-2, -1))


@convolve2d.mistake("The `stride` is ignored: the kernel always moves by one.")
def stride_ignored(image, kernel, stride=1, padding=0):
    return _correlate(image, kernel, 1, padding)


@convolve2d.mistake("The stride is used down the rows only. The kernel takes steps of `stride` to the right as well.")
def stride_of_rows_only(image, kernel, stride=1, padding=0):
    return _correlate(image, kernel, padding=padding, steps=(stride, 1))


@convolve2d.mistake("The result has the size of a stride, but the windows still lie next to each other: the value (i, "
                    "j) belongs to the window that begins at row i · stride and column j · stride.")
def windows_not_moved_by_the_stride(image, kernel, stride=1, padding=0):
    rows, columns = _correlate(image, kernel, stride, padding).shape
    return _correlate(image, kernel, 1, padding)[:rows, :columns]


@convolve2d.mistake("The `padding` is ignored.")
def padding_ignored(image, kernel, stride=1, padding=0):
    return _correlate(image, kernel, stride)


@convolve2d.mistake("The zeros are put below and to the right only. `padding` rows and columns of zeros belong on all "
                    "four sides.")
def padding_at_the_end_only(image, kernel, stride=1, padding=0):
    return _correlate(np.pad(image, (0, padding)), kernel, stride)


@convolve2d.mistake("The zeros are put to the left and right only. They belong above and below as well.")
def padding_of_columns_only(image, kernel, stride=1, padding=0):
    return _correlate(np.pad(image, ((0, 0), (padding, padding))), kernel, stride)


@convolve2d.mistake("The border of the image is repeated outside it. Here everything outside the image is 0.")
def border_repeated(image, kernel, stride=1, padding=0):
    return _correlate(image, kernel, stride, padding, pad_mode="edge")


@convolve2d.mistake("The zeros are put around the result. They belong around the image, before the kernel slides.")
def padding_of_the_result(image, kernel, stride=1, padding=0):
    return np.pad(_correlate(image, kernel, stride), padding)


@convolve2d.mistake("The last position of the kernel is missing in both directions: there are n - k + 1 of them, not "
                    "n - k.")
def last_position_missing(image, kernel, stride=1, padding=0):
    image = np.pad(image, padding)
    return _correlate(image[:-1, :-1], kernel, stride)


@convolve2d.mistake("The kernel reaches beyond the (padded) image at the end. Only positions at which all of it lies "
                    "inside count.")
def half_windows_at_the_end(image, kernel, stride=1, padding=0):
    missing = [-(n + 2 * padding - k) % stride for n, k in zip(image.shape, kernel.shape, strict=True)]
    return _correlate(np.pad(image, [(padding, padding + more) for more in missing]), kernel, stride)


@convolve2d.mistake("The result always has as many rows and columns as the image. Without padding it is smaller, since "
                    "the whole kernel must lie inside.")
def always_as_large_as_the_image(image, kernel, stride=1, padding=0):
    import scipy.signal

    return scipy.signal.correlate2d(image, kernel, mode="same")


@convolve2d.mistake("The kernel is taken for square: its number of rows is used for its columns too.")
def kernel_taken_for_square(image, kernel, stride=1, padding=0):
    k, image = kernel.shape[0], np.pad(image, padding)
    rows, columns = ((n - k) // stride + 1 for n in image.shape)
    return np.array([[np.sum(image[i * stride:i * stride + k, j * stride:j * stride + k] * kernel)
                      for j in range(columns)] for i in range(rows)])


@convolve2d.mistake("The image is taken for square: its number of rows is used for its columns too.")
def image_taken_for_square(image, kernel, stride=1, padding=0):
    (h, w), image = kernel.shape, np.pad(image, padding)
    rows, columns = ((image.shape[0] - k) // stride + 1 for k in (h, w))
    return np.array([[np.sum(image[i * stride:i * stride + h, j * stride:j * stride + w] * kernel)
                      for j in range(columns)] for i in range(rows)])


@convolve2d.mistake("The result has the type of the image, so that whole numbers in the image cut the sums off. Make "
                    "room with np.zeros(shape), which holds floats, not with np.zeros_like(image) or "
                    "dtype=image.dtype.")
def result_of_whole_numbers(image, kernel, stride=1, padding=0):
    return _correlate(image, kernel, stride, padding).astype(image.dtype)


@convolve2d.right_answer
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


@convolve2d.right_answer
def convolve2d_of_scipy(image, kernel, stride=1, padding=0):
    import scipy.signal

    return scipy.signal.correlate2d(np.pad(image, padding), kernel, mode="valid")[::stride, ::stride]


@convolve2d.right_answer
def convolve2d_with_windows(x, k, stride=1, padding=0):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, padding), k.shape)[::stride, ::stride]
    return np.tensordot(windows, k, axes=2)


@convolve2d.right_answer
def convolve2d_of_keras(image, kernel, stride=1, padding=0):
    import keras

    image = np.pad(image, padding).astype("float32")[np.newaxis, :, :, np.newaxis]
    kernel = np.asarray(kernel, "float32")[:, :, np.newaxis, np.newaxis]
    return keras.ops.conv(image, kernel, strides=stride, padding="valid")[0, :, :, 0]


@convolve2d.right_answer
def convolve2d_shifting_the_image(image, kernel, stride=1, padding=0):
    image = np.pad(image, ((padding, padding), (padding, padding)))
    rows, columns = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    total = 0
    for (u, v), weight in np.ndenumerate(kernel):
        total = total + weight * image[u:u + rows, v:v + columns]
    return total[::stride, ::stride].astype(np.float32)


@convolve2d.right_answer
def convolve2d_as_a_matrix_product(image, kernel, stride=1, padding=0):
    image = np.pad(image, padding)
    h, w = kernel.shape
    rows, columns = range(0, image.shape[0] - h + 1, stride), range(0, image.shape[1] - w + 1, stride)
    table = np.stack([image[i:i + h, j:j + w].ravel() for i in rows for j in columns])
    return (table @ kernel.ravel()).reshape(len(rows), len(columns))


@convolve2d.right_answer
def convolve2d_by_a_flipped_kernel(image, kernel, stride=1, padding=0):
    import scipy.signal

    full = scipy.signal.fftconvolve(np.pad(image, padding), kernel[::-1, ::-1], mode="valid")
    return full[::stride, ::stride]
