# %% [markdown]
# # Warm-up: NumPy in a quarter of an hour
#
# *About 15 minutes · nothing is graded · needs Python*
#
# This page is for you if you know Python's lists and loops, and have seen little of **NumPy**, the library that
# computes with whole arrays of numbers at once. After it you will be able to
#
# - say what shape an array has, and which axis a sum or a mean takes away;
# - let NumPy stretch a small array over a large one (broadcasting);
# - count and pick values with masks;
# - read and write a matrix product, `@`.
#
# You know all that? Then start with [lesson 01](01_dataset.ipynb).
#
# Run the cells from top to bottom with `Shift+Enter`. Before you run one, guess what it prints.

# %%
import numpy as np

from kws_helpers.check import check

loudness = np.array([[1, 5, 2, 0],
                     [0, 3, 9, 4],
                     [2, 2, 2, 2]])  # three clips of four frames: how loud each frame is

# %% [markdown]
# ## Shapes and axes
#
# The array has the **shape** (3, 4): three rows, one for each clip, and four columns, one for each frame. Each
# direction is called an **axis**. Axis 0 runs through the clips and axis 1 through the frames. The last axis is
# also called axis -1. A colon stands for everything along an axis.

# %%
print("shape:", loudness.shape)
print("the first clip:", loudness[0])
print("the second frame of every clip:", loudness[:, 1])

# %% [markdown]
# A sum, a mean or a maximum takes an axis away: **the axis that you name is the one that goes**.

# %%
print("mean of all numbers:", loudness.mean())
print("axis 1 goes, one mean is left for each clip:", loudness.mean(axis=1))

# %% [markdown]
# **Guess first.** What is `loudness.max(axis=0)`?
#
# <details><summary>The largest value of each clip: three numbers</summary>
#
# No: for that the frames have to go, and they are axis 1.
#
# </details>
#
# <details><summary>The largest value of each frame: four numbers</summary>
#
# Yes: axis 0, the clips, is gone, and the four frames are left: `[2, 5, 9, 4]`.
#
# </details>
#
# <details><summary>A single number, 9</summary>
#
# No: that is `loudness.max()`, without an axis. Then all axes go.
#
# </details>
#
# ### Exercise 1: the loudest frame
#
# *2 minutes*
#
# Replace the line `raise NotImplementedError()` with one line of your own. Then run the cell, and the `check`
# below it.
#
# <details><summary>Hint 1</summary>
#
# `np.argmax` works like `max`, but gives the *place* of the largest value. Which axis has to go?
#
# </details>

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `softest_clip` gives for every frame the number of the clip that is softest there:
#
# ```python
# def softest_clip(loudness):
#     return np.argmin(loudness, axis=0)
# ```
#
# One number is left for each frame, so the clips go, and they are axis 0. In `loudest_frame` one number is left for
# each clip.

# %% nbgrader={"grade_id": "loudest_frame-solution", "solution": true}
def loudest_frame(loudness):
    """Return for each clip the number of its loudest frame, as an array of shape (clips,).

    Args:
        loudness: shape (clips, frames).
    """
    ### BEGIN SOLUTION
    return np.argmax(loudness, axis=1)
    ### END SOLUTION

# %%
check(loudest_frame)

# %% [markdown]
# ## Broadcasting
#
# NumPy computes with arrays of different shapes, if they fit. It writes the shapes below each other, *aligned at
# the right*. On each axis the lengths must be equal, or one of them must be 1 or missing: that one is
# **stretched**, as if it were repeated.
#
# | left | right | result |
# | --- | --- | --- |
# | (3, 4) | (4,) | (3, 4): the row of 4 is used for each of the 3 clips |
# | (3, 4) | (3, 1) | (3, 4): the column of 3 is used for each of the 4 frames |
# | (3, 4) | (3,) | an error: at the right, 4 meets 3 |

# %%
factors = np.array([1, 10, 100, 1000])  # one for each frame
loudness * factors

# %% [markdown]
# The mean of each clip has the shape (3,). To use it for every frame of its clip, it needs the shape (3, 1). There
# are two ways: `keepdims=True` keeps the axis that goes, with the length 1; `np.newaxis` puts a new axis of the
# length 1 where it stands.

# %%
means = loudness.mean(axis=1)
print(means.shape, means[:, np.newaxis].shape, loudness.mean(axis=1, keepdims=True).shape)

# %% [markdown]
# **Guess first.** Somebody writes `loudness - loudness.mean(axis=1)`. What happens?
#
# <details><summary>Each clip's own mean is subtracted from it</summary>
#
# No: that was the plan, but the mean has the shape (3,), and NumPy aligns at the right.
#
# </details>
#
# <details><summary>An error</summary>
#
# Yes: "operands could not be broadcast together with shapes (3,4) (3,)". With as many frames as clips there would be
# *no* error, and a wrong result. So think of the shapes, even where nothing fails.
#
# </details>
#
# ### Exercise 2: without the mean
#
# *2 minutes*
#
# <details><summary>Hint 1</summary>
#
# The mean of each clip has to keep its axis, so that it is a column.
#
# </details>

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `in_shares` divides each frame by the sum of its clip, so that every clip sums to 1:
#
# ```python
# def in_shares(loudness):
#     return loudness / loudness.sum(axis=1, keepdims=True)
# ```
#
# The sums have the shape (clips, 1), and NumPy stretches them over the frames.

# %% nbgrader={"grade_id": "without_mean-solution", "solution": true}
def without_mean(loudness):
    """Return a new array of the same shape: from every frame, the mean of its own clip is subtracted.

    Args:
        loudness: shape (clips, frames).
    """
    ### BEGIN SOLUTION
    return loudness - loudness.mean(axis=1, keepdims=True)
    ### END SOLUTION

# %%
check(without_mean)

# %% [markdown]
# ## Masks
#
# A comparison works on every value at once. The result, an array of `True` and `False`, is called a **mask**. A
# mask picks values, and its sum counts them, since `True` counts as 1.

# %%
is_loud = loudness > 2
print(is_loud)
print("how many:", is_loud.sum(), " which:", loudness[is_loud])

# %% [markdown]
# Two masks are combined value by value: `&` is *and*, `|` is *or*, `~` is *not*. Each comparison needs brackets,
# because `&` binds more tightly than `>`. Python's own `and` cannot do this: it asks whether the *whole* array is
# true, and NumPy refuses to answer ("The truth value of an array with more than one element is ambiguous").

# %%
between = (loudness > 2) & (loudness < 5)
print(between.sum(), "values lie between 2 and 5:", loudness[between])

# %% [markdown]
# **Guess first.** `labels = np.array([7, 0, 7])` holds the class of each clip. What is `loudness[labels == 7]`?
#
# <details><summary>Row 7 of loudness</summary>
#
# No: `labels == 7` is not a number but a mask, `[True, False, True]`.
#
# </details>
#
# <details><summary>The first and the third clip, shape (2, 4)</summary>
#
# Yes: a mask over axis 0 picks whole rows. You will often pick the clips of a class in this way.
#
# </details>
#
# ### Exercise 3: count the loud clips of a class
#
# *2 minutes*
#
# <details><summary>Hint 1</summary>
#
# Make two masks of shape (clips,), combine them, and take the sum.
#
# </details>

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `count_others` counts the clips that are *not* of a class and at most as loud as the
# limit:
#
# ```python
# def count_others(peaks, labels, label, limit):
#     return np.sum((labels != label) & (peaks <= limit))
# ```
#
# Both comparisons are masks of shape (clips,). `&` is True where both are, and the sum counts these places.

# %% nbgrader={"grade_id": "count_loud-solution", "solution": true}
def count_loud(peaks, labels, label, limit):
    """Count the clips that are of class `label` and louder than `limit`.

    Args:
        peaks: the largest value of each clip, shape (clips,).
        labels: the class of each clip, shape (clips,).
        label: a class.
        limit: a loudness.
    """
    ### BEGIN SOLUTION
    return np.sum((labels == label) & (peaks > limit))
    ### END SOLUTION

# %%
check(count_loud)

# %% [markdown]
# ## The matrix product
#
# `A @ B` takes each row of `A` and each column of `B`, multiplies them value by value and adds up. So the last
# axis of `A` and the first of `B` must have the same length, and that axis goes: (3, 4) @ (4, 2) gives (3, 2).
# `.T` turns rows into columns, (2, 4) into (4, 2).

# %%
halves = np.array([[1, 1, 0, 0],
                   [0, 0, 1, 1]])  # each row picks two of the four frames
loudness @ halves.T  # for each clip: the sum of its first two frames, and of its last two

# %% [markdown]
# **Guess first.** A clip has 49 frames with 321 frequencies each, and there are 128 filters with a weight for
# every frequency, an array of shape (128, 321). How do you get the sum of each frame under each filter?
#
# <details><summary><code>frames @ filters</code></summary>
#
# No: (49, 321) and (128, 321). The last axis of the left is 321 long, the first of the right 128. They do not fit.
#
# </details>
#
# <details><summary><code>frames @ filters.T</code></summary>
#
# Yes: (49, 321) @ (321, 128) is (49, 128), one number for each frame and filter. Lesson 01 does exactly this.
#
# </details>
#
# <details><summary><code>frames * filters</code></summary>
#
# No: `*` multiplies value by value and adds nothing up. These shapes do not even fit: 49 meets 128.
#
# </details>
#
# ### Exercise 4: scores
#
# *2 minutes*
#
# A layer of a neural network is little more than this line.
#
# <details><summary>Hint 1</summary>
#
# Write down the shapes: (clips, numbers) and (classes, numbers) must become (clips, classes). What has to be
# turned? The shape (classes,) fits the result at the right without any help.
#
# </details>

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `totals` gives what each customer pays, with a fee for each shop on top:
#
# ```python
# def totals(baskets, prices, fees):  # (customers, goods), (shops, goods), (shops,)
#     return baskets @ prices.T + fees  # (customers, shops)
# ```
#
# The goods go, since a total adds them up. `prices.T` has the shape (goods, shops).

# %% nbgrader={"grade_id": "scores_of-solution", "solution": true}
def scores_of(inputs, weights, bias):
    """Return a score for each clip and class, shape (clips, classes).

    The score is the sum of the clip's numbers, each times the weight that the class gives it, plus the bias of the class.

    Args:
        inputs: shape (clips, numbers).
        weights: shape (classes, numbers).
        bias: shape (classes,).
    """
    ### BEGIN SOLUTION
    return inputs @ weights.T + bias
    ### END SOLUTION

# %%
check(scores_of)

# %% [markdown]
# That is all the NumPy that you need for now. On to [lesson 01](01_dataset.ipynb).
