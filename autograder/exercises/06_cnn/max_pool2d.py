"""What the judge knows of `max_pool2d` (lesson 06_cnn)."""

import numpy as np

from autograder.judging.exercise import Case, Exercise

max_pool2d = Exercise("max_pool2d")


@max_pool2d.cases
def max_pool2d_cases(rng):
    yield Case("the largest value of every tile", rng.uniform(1, 5, size=(6, 6)), 2)
    yield Case("the largest value of every tile", rng.uniform(1, 5, size=(8, 4)), 2)
    yield Case("larger tiles", rng.uniform(1, 5, size=(9, 6)), 3)
    yield Case("larger tiles", rng.uniform(1, 5, size=(5, 10)), 5)
    yield Case("negative values", rng.uniform(-5, -1, size=(6, 4)), 2)
    yield Case("a remainder", rng.uniform(1, 5, size=(7, 6)), 2)
    yield Case("a remainder", rng.uniform(1, 5, size=(8, 11)), 3)
    yield Case("tiles of a single value", rng.normal(size=(3, 4)), 1)


def _tiles(image, size):
    """(rows, columns, size * size): the values of every whole tile."""
    rows, columns = image.shape[0] // size, image.shape[1] // size
    tiles = image[:rows * size, :columns * size].reshape(rows, size, columns, size)
    return tiles.transpose(0, 2, 1, 3).reshape(rows, columns, -1)


@max_pool2d.mistake("That is the mean of every tile (average pooling). Here the largest value counts.")
def mean_of_the_tile(image, size):
    return _tiles(image, size).mean(axis=-1)


@max_pool2d.mistake("That is the smallest value of every tile. Here the largest counts.")
def smallest_of_the_tile(image, size):
    return _tiles(image, size).min(axis=-1)


@max_pool2d.mistake("That is the sum of every tile. Only its largest value counts.")
def sum_of_the_tile(image, size):
    return _tiles(image, size).sum(axis=-1)


@max_pool2d.mistake("That is the first value of every tile, whatever the others are. The largest is wanted.")
def first_of_the_tile(image, size):
    return _tiles(image, size)[..., 0]


@max_pool2d.mistake("The largest value so far starts at 0, so that a tile of negative values gives 0.")
def starting_at_zero(image, size):
    return np.maximum(_tiles(image, size).max(axis=-1), 0)


@max_pool2d.mistake("That is the largest size regardless of the sign. -3 is less than 1.")
def largest_without_sign(image, size):
    return np.abs(_tiles(image, size)).max(axis=-1)


@max_pool2d.mistake("The tiles overlap: each begins one further than the one before. Here a tile begins where the last "
                    "one ended, `size` further.")
def tiles_overlap(image, size):
    return np.lib.stride_tricks.sliding_window_view(image, (size, size)).max(axis=(2, 3))


@max_pool2d.mistake("The result has the right shape, but its windows lie one apart: tile (i, j) begins in row "
                    "i · size and column j · size.")
def windows_one_apart(image, size):
    return np.array([[image[i:i + size, j:j + size].max() for j in range(image.shape[1] // size)]
                     for i in range(image.shape[0] // size)])


@max_pool2d.mistake("Rows and columns that do not fill a tile get a smaller tile of their own. They are dropped: round "
                    "the number of tiles down.")
def remainder_kept(image, size):
    return np.array([[image[i:i + size, j:j + size].max() for j in range(0, image.shape[1], size)]
                     for i in range(0, image.shape[0], size)])


@max_pool2d.mistake("The remainder is dropped at the beginning. Tiles begin at the first row and column; what is left "
                    "over at the end is dropped.")
def remainder_dropped_at_the_beginning(image, size):
    return _tiles(image[image.shape[0] % size:, image.shape[1] % size:], size).max(axis=-1)


@max_pool2d.mistake("A remainder is not thought of: reshape needs whole tiles. Cut the image to rows // size * size "
                    "rows first, and the columns likewise.")
def only_whole_tiles(image, size):
    rows, columns = image.shape
    return image.reshape(rows // size, size, columns // size, size).max(axis=(1, 3))


@max_pool2d.mistake("The tiles are cut across the wrong axes: after reshape(rows, size, columns, size), the values of "
                    "a tile are in axes 1 and 3.")
def axes_of_the_tiles_mixed_up(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    return image[:rows * size, :columns * size].reshape(rows, columns, size, size).max(axis=(2, 3))


@max_pool2d.mistake("The tiles have only one row: the largest value is taken along the columns. A tile has `size` rows "
                    "and `size` columns.")
def tiles_of_one_row(image, size):
    columns = image.shape[1] // size
    return image[:, :columns * size].reshape(image.shape[0], columns, size).max(axis=-1)


@max_pool2d.mistake("The result is transposed: its rows and columns are exchanged.")
def result_transposed(image, size):
    return _tiles(image, size).max(axis=-1).T


@max_pool2d.mistake("There is one number for the whole image. Every tile has its own largest value.")
def largest_of_all(image, size):
    return image.max()


@max_pool2d.right_answer
def max_pool2d_in_loops(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    result = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            result[i, j] = np.max(image[i * size:(i + 1) * size, j * size:(j + 1) * size])
    return result


@max_pool2d.right_answer
def max_pool2d_of_windows(image, size):
    windows = np.lib.stride_tricks.sliding_window_view(image, (size, size))
    return windows[::size, ::size].max(axis=(-2, -1))


@max_pool2d.right_answer
def max_pool2d_of_keras(image, size):
    import keras

    picture = keras.ops.convert_to_tensor(image, "float32")[None, :, :, None]
    return keras.ops.max_pool(picture, size, strides=size, padding="valid")[0, :, :, 0]


@max_pool2d.right_answer
def max_pool2d_in_two_steps(x, n):
    rows, columns = x.shape[0] // n, x.shape[1] // n
    tall = np.stack([x[i:rows * n:n] for i in range(n)]).max(axis=0)
    return np.stack([tall[:, j:columns * n:n] for j in range(n)]).max(axis=0)


@max_pool2d.right_answer
def max_pool2d_as_lists(image, size):
    rows, columns = len(image) // size * size, len(image[0]) // size * size
    return np.array([[max(image[i + u][j + v] for u in range(size) for v in range(size))
                      for j in range(0, columns, size)] for i in range(0, rows, size)])


@max_pool2d.right_answer
def max_pool2d_reduced_at_places(image, size):
    height, width = (n - n % size for n in image.shape)
    image = np.maximum.reduceat(image[:height, :width], range(0, height, size), axis=0)
    return np.maximum.reduceat(image, range(0, width, size), axis=1)
