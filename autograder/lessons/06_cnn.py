# %% [markdown]
# # 6 · Kernels by hand, then learned ones
#
# **Goal:** find patterns with kernels that you make yourself, then let a network learn its own, and measure
# what that buys.
#
# After this lesson you will be able to
#
# - slide a kernel over a picture, and say what the resulting feature map means
# - work out the size of a feature map, its parameters and its receptive field on paper
# - explain what weight sharing, stride, padding and pooling are good for
# - build and train a convolutional network, and look inside it
# - test what an architecture is supposed to do: shift the clips, shuffle their frames
# - recognise a network that looks bad only because the statistics of its batch normalisation are out of date
#
# *About 150 minutes · 15 points · needs lessons 02, 04 and 05*

# %% nbgrader={"grade_id": "setup-06_cnn"}
from kws_helpers import data, features, mode, plotting, results, training, widgets  # before Keras
from kws_helpers.augment import AugmentedClips
from kws_helpers.check import check

import ipywidgets
import keras
import numpy as np
import scipy.signal

# %% tags=["shows"]
dataset = data.load()
prepared = features.prepare(dataset)
n_classes = len(dataset.class_names)
print(dataset)

# %% [markdown]
# ## A network that cannot move
#
# The network of lesson 02 flattens a clip into one long row and gives each of its 1,960 numbers weights of
# its own. Say "yes" a tenth of a second later, and all numbers meet other weights. To the network that is
# another input; nothing tells it that the two sound alike.
#
# **Guess first.** You shuffle the 49 frames, in the same way in every clip, and train the network of lesson 02
# again. How well does it do on new voices?
#
# <details><summary>Much worse: speech is a sequence</summary>
#
# Speech is, but this network does not know it. Each number has its own weights, wherever it stands in the row.
#
# </details>
# <details><summary>As well as before</summary>
#
# Right. The same numbers arrive in another order, so the same weights can be learned in another order. (The
# accuracy differs as much as it does between two seeds.)
#
# </details>
# <details><summary>Better: it cannot rely on the order any more</summary>
#
# It never relied on neighbours, so it has nothing to unlearn. The place of each number is as fixed as before.
#
# </details>
#
# We know more: a sound is the same sound wherever it occurs, and what belongs together lies close together. This
# lesson builds both into the network.
#
# ## A kernel: look for one thing, everywhere
#
# Start with a picture that we can read: a letter, drawn with NumPy. 1 is bright (the letter), 0 is dark (the
# background).

# %% tags=["shows"]
rows, columns = np.indices((24, 24))
letter = np.zeros((24, 24))
letter[3:21, 5:9] = 1  # the upright stroke of a K
arms = np.abs(np.abs(rows - 11.5) - (columns - 9)) < 2.2
letter[arms & (columns >= 9) & (rows >= 3) & (rows < 21)] = 1

# %% [markdown]
# A **kernel** is a small grid of numbers. Lay it on the picture, multiply each of its numbers by the value
# below it, and add up all products. The sum says how well this piece of the picture, the *window*, fits the
# kernel.
#
# The kernel below has -1 on the left and +1 on the right. Where the picture is even, the negative and positive
# products cancel out and the sum is 0. The sum is large where dark turns into bright from left to right: at a
# left edge of the letter.

# %% tags=["shows"]
left_edge = np.array([[-1.0, 0.0, 1.0],
                      [-1.0, 0.0, 1.0],
                      [-1.0, 0.0, 1.0]])
plotting.kernel_step(letter, left_edge, row=9, column=3)

# %% [markdown]
# Now slide the kernel over the picture, from left to right and from top to bottom, and write down each sum.
# These sums are a picture again, the **feature map**: a map of where the feature is.
#
# $$Y_{ij} = \sum_{u=0}^{h-1} \sum_{v=0}^{w-1} X_{i s + u,\; j s + v} \, K_{uv}$$
#
# $X$ is the picture, $K$ the kernel with $h$ rows and $w$ columns, and $Y$ the feature map. $i$ and $j$ count the
# rows and columns of the map, $u$ and $v$ those of the kernel. $s$ is the **stride**: how far the kernel moves
# from one sum to the next, down and to the right. Usually $s = 1$.
#
# At the border the kernel would stick out. There are two ways to deal with that. Stop before; then the map is a
# little smaller than the picture. Or first put $p$ rows and columns of zeros around the picture, on **all four
# sides**; then $X$ is the picture with its zeros. That is **padding**.
#
# ### Exercise: `convolve2d`
#
# *20 minutes · medium · 3 points*
#
# Write it with NumPy. Only positions count at which the whole kernel lies inside the (padded) picture. Picture and
# kernel need not be square, and the kernel is neither turned nor mirrored.
#
# <details><summary>Hint 1: the zeros</summary>
#
# `np.pad(image, 2)` returns the image with two rows and columns of zeros on every side. Do that first and forget
# about the padding from then on.
#
# </details>
# <details><summary>Hint 2: how many sums?</summary>
#
# Take a row of 7 and a kernel of 3. Count the positions on paper: with stride 1, with stride 2, with stride 3.
# The first position takes no step. How many steps fit into the rest?
#
# </details>
# <details><summary>Hint 3: the loops</summary>
#
# Two loops are enough, over the rows and the columns of the *result*. The window that belongs to `(i, j)`
# begins in row `i * stride` and ends before row `i * stride + h`. NumPy multiplies two equal grids with `*`.
#
# </details>
#
# This is what you will see when it works:
#
# ![A letter K, a kernel, and a feature map that is bright at its left edges](expected:left-edges)

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `distances` slides a short pattern along a row of numbers, in steps of `stride`,
# and writes down how far each window is from the pattern:
#
# ```python
# def distances(row, pattern, stride=1, padding=0):
#     row = np.pad(row, padding)
#     n = (len(row) - len(pattern)) // stride + 1
#     result = np.zeros(n)
#     for i in range(n):
#         start = i * stride
#         result[i] = np.sum(np.abs(row[start:start + len(pattern)] - pattern))
#     return result
# ```
#
# The row is padded first. `n` counts the steps that fit, and one for the first position. In `convolve2d` there are
# rows *and* columns: two such counts, two loops, a window with two slices, and a product in place of the distance.

# %% nbgrader={"grade_id": "convolve2d-solution", "solution": true}
def convolve2d(image, kernel, stride=1, padding=0):
    """Slide a kernel over an image (cross-correlation, as in Keras).

    Args:
        image: shape (height, width).
        kernel: shape (h, w), not turned or mirrored.
        stride: rows and columns that the kernel moves from one position to the next.
        padding: rows and columns of zeros that are put on each of the four sides first.

    Returns:
        The feature map: a sum of products for each position at which the whole kernel lies inside.
    """
    ### BEGIN SOLUTION
    image = np.pad(image, padding)
    h, w = kernel.shape
    n_rows = (image.shape[0] - h) // stride + 1
    n_columns = (image.shape[1] - w) // stride + 1
    result = np.zeros((n_rows, n_columns))
    for i in range(n_rows):
        for j in range(n_columns):
            top, left = i * stride, j * stride
            result[i, j] = np.sum(image[top:top + h, left:left + w] * kernel)
    return result
    ### END SOLUTION

# %% nbgrader={"grade_id": "convolve2d", "grade": true, "points": 3}
check(convolve2d)
### BEGIN HIDDEN TESTS
judge(convolve2d)
### END HIDDEN TESTS

# %% tags=["figure:left-edges", "shows"]
plotting.kernel_and_map(letter, left_edge, convolve2d(letter, left_edge))

# %% [markdown]
# **Guess first.** Turn the picture into its negative, `1 - letter`: a dark letter on a bright background. What
# happens to the feature map?
#
# <details><summary>Nothing</summary>
#
# Look at one left edge: there it now turns from bright to dark. The sum changes its sign.
#
# </details>
# <details><summary>Left and right edges change places</summary>
#
# Right. The numbers of this kernel sum to 0, so adding 1 everywhere changes nothing, and the minus turns every
# sign around.
#
# </details>
# <details><summary>It becomes brighter everywhere</summary>
#
# The background is brighter now, but the kernel's numbers sum to 0: where the picture is even, the sum stays 0.
#
# </details>
#
# A kernel whose numbers sum to 0 ignores how bright a picture is and sees only where it changes. In a picture of
# sound it ignores loudness: a louder recording has the same number of decibels more everywhere.

# %% tags=["claim"]
claim("Left and right edges change places",
      np.allclose(convolve2d(1 - letter, left_edge), -convolve2d(letter, left_edge)), "the map of 1 - letter is minus the map")

# %% [markdown]
# ### The same on sound
#
# A clip is a picture, too. The mel bands from lesson 01 show it best: how much power each of 128 bands has in
# each frame. We turn the picture so that time runs to the right and high tones are at the top, and scale it
# from 0 (80 dB below the loudest point) to 1.

# %% tags=["shows"]
def upright(array):
    """(frames, bands) as a picture: time to the right, the highest band at the top."""
    return array.T[::-1]


chosen = np.flatnonzero(dataset.training.labels == dataset.class_names.index("stop"))[0]
decibel = features.mel_decibel(dataset.training.clips[chosen])
sound = upright(np.maximum(decibel - decibel.max() + 80, 0) / 80)
images = {"a letter": (letter, ""), "mel bands of a “stop”": (sound, "mel band"),
          "MFCC of the same clip": (upright(prepared.training.x[chosen]), "coefficient")}

# %% [markdown]
# What does the kernel for left edges find in a sound? A left edge is a place where it was quiet and becomes
# loud: the *beginning* of a sound. Before you go on, guess: which kernel finds where sounds *end*? Which one
# finds steady tones, which lie in the picture as horizontal lines?
#
# Change the numbers (click outside the box afterwards), or start from one of the kernels in the menu.

# %% tags=["shows"]
kernels = {
    "left edge": "-1  0  1\n-1  0  1\n-1  0  1",
    "upper edge": "-1 -1 -1\n 0  0  0\n 1  1  1",
    "horizontal line": "-1 -1 -1\n 2  2  2\n-1 -1 -1",
    "rising line": "-1 -1  2\n-1  2 -1\n 2 -1 -1",
    "outline": " 0 -1  0\n-1  4 -1\n 0 -1  0",
    "blur": "0.1 0.1 0.1\n0.1 0.2 0.1\n0.1 0.1 0.1",
    "do nothing": "0 0 0\n0 1 0\n0 0 0",
    "guess!": "0 0 0\n1 0 0\n0 0 0",
}
start_from = widgets.choice("start from", kernels, kernels["left edge"])
kernel_numbers = ipywidgets.Textarea(description="kernel", rows=4, continuous_update=False, layout={"width": "12em"})
ipywidgets.dlink((start_from, "value"), (kernel_numbers, "value"))


def draw(picture, start_from, numbers):
    kernel = np.array([line.split() for line in numbers.strip().splitlines()], dtype=float)
    image, ylabel = images[picture]
    return plotting.draw_kernel_and_map(image, kernel, convolve2d(image, kernel, padding=1), ylabel)


widgets.explore(draw, {"picture": widgets.choice("picture", list(images), "mel bands of a “stop”"),
                       "start_from": start_from, "numbers": kernel_numbers})

# %% [markdown]
# The bright columns at the frames 6, 14 and 34 are three beginnings in "stop": the hiss of the s, the vowel, and
# the p, which begins after a short silence.
#
# <details><summary>Your guesses</summary>
#
# Ends: the left-edge kernel with its signs turned round. Steady tones: "horizontal line". And "guess!" moves the
# picture one column to the right.
#
# </details>
#
# Now the same kernel on what our networks get, the MFCC:

# %% tags=["shows"]
mfcc = images["MFCC of the same clip"][0]
mfcc_map = convolve2d(mfcc, left_edge, padding=1)
plotting.kernel_and_map(mfcc, left_edge, mfcc_map, "coefficient")

# %% tags=["claim"]
mel_map = convolve2d(sound, left_edge, padding=1)
low = mel_map[-64:].sum(axis=0)
sums = mel_map.sum(axis=0)
claim("The bright columns at the frames 6, 14 and 34 are three beginnings",
      sums.argmax() == 6 and 10 + low[10:20].argmax() == 14 and 20 + sums[20:].argmax() == 34,
      f"{sums.argmax()}, {10 + low[10:20].argmax()}, {20 + sums[20:].argmax()}")
over_frames = np.abs(mfcc_map).mean(axis=0)
claim("While the vowel lasts, the map is closer to grey", over_frames[18:31].mean() < 0.75 * over_frames.mean(),
      over_frames[18:31].mean() / over_frames.mean())
strength = np.abs(mfcc_map[::-1]).mean(axis=1)
claim("the feature map is weakest in the three lowest coefficients", strength[:3].max() < strength[3:].min(),
      f"{strength[:3].max():.2f} at most, {strength[3:].min():.2f} at least above them")

# %% [markdown]
# Along time an edge is still a change. While the vowel lasts, the map is closer to grey: little changes. And the
# feature map is weakest in the three lowest coefficients, which change slowly from frame to frame.
#
# In the other direction it is harder to say what an edge means. Coefficient 7 is not "a little higher" than
# coefficient 6; it measures another thing. Keep that in mind: this lesson will come back to it twice.
#
# ### Is that a convolution?
#
# Strictly speaking, no. In mathematics, a **convolution** turns the kernel by 180° before it slides. Without
# the turn it is called **cross-correlation**. SciPy has both, so let us see which one ours is, and which one
# Keras computes in the layer that it calls `Conv2D`:

# %% tags=["shows"]
rng = np.random.default_rng(0)
picture, kernel = rng.normal(size=(8, 9)), rng.normal(size=(3, 3))
ours = convolve2d(picture, kernel)
of_keras = keras.ops.conv(picture[None, :, :, None], kernel[:, :, None, None], padding="valid")[0, :, :, 0]
print("ours is SciPy's correlate2d:    ", np.allclose(ours, scipy.signal.correlate2d(picture, kernel, mode="valid")))
print("ours is SciPy's convolve2d:     ", np.allclose(ours, scipy.signal.convolve2d(picture, kernel, mode="valid")))
print("... with the kernel turned:     ",
      np.allclose(ours, scipy.signal.convolve2d(picture, kernel[::-1, ::-1], mode="valid")))
print("ours is what Keras computes:    ", np.allclose(ours, of_keras))

# %% [markdown]
# A network would simply learn its kernels the other way round. So everybody says "convolution" and computes a
# cross-correlation. It matters when you carry kernels from one program to another.
#
# ## How large is the map?
#
# Stride and padding decide how many positions the kernel has. In one direction it looks like this, for a kernel
# of 3 on a row of 7. Each bar is one position of the kernel, and gives one number of the map:

# %% tags=["shows"]
plotting.window_positions(7, kernel=3, settings={
    "stride 1, padding 0": (0, [0, 1, 2, 3, 4]),
    "stride 2, padding 0": (0, [0, 2, 4]),
    "stride 1, padding 1": (1, [0, 1, 2, 3, 4, 5, 6]),
    "stride 3, padding 1": (1, [0, 3, 6]),
})

# %% [markdown]
# - **Padding** keeps the map from shrinking. With $p = 1$ and a kernel of 3, it stays as large as the picture.
#   Keras calls that `padding="same"`, and no padding `padding="valid"`. (With a stride $s$ above 1, "same" gives
#   $\lceil n / s \rceil$ values, and may put one zero more at the end than at the beginning.)
# - A **stride** of 2 makes the map half as long in each direction, so that all later layers have a quarter of
#   the work.
#
# You have met this before: the frames of lesson 01 are windows of 640 samples with a stride of 320.
#
# ### Exercise: `feature_map_size`
#
# *5 minutes · easy · 2 points*
#
# How many positions are there for a kernel of size $k$ on a row of $n$, with stride $s$ and padding $p$?
#
# $$m = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1$$
#
# $\lfloor \cdot \rfloor$ means: rounded down. Say in your own words why each part is there: the $2p$, the $-k$,
# the rounding, the $+1$. The kernel always fits at least once.
#
# <details><summary>Hint</summary>
#
# `//` divides and rounds down. Try the four settings of the figure.
#
# </details>
#
# When it works, the cell below the check prints sizes for a clip, (49, 40): a kernel of 5 with stride 2 and
# padding 2 gives (25, 20).

# %% [markdown] tags=["worked"]
# **A similar function, worked.** A bus leaves every `gap` minutes from `first` on, and none later than `last`:
#
# ```python
# def departures(first, last, gap):
#     return (last - first) // gap + 1
# ```
#
# Departures from minute 10 to minute 45, every 15 minutes: 35 // 15 = 2 gaps, and the first bus: 3. In
# `feature_map_size`, the first position is 0. Where does the last one begin?

# %% nbgrader={"grade_id": "feature_map_size-solution", "solution": true}
def feature_map_size(n, kernel, stride, padding):
    """Number of positions of a kernel in one direction.

    Args:
        n: size of the image in this direction.
        kernel: size of the kernel in this direction, at most n + 2 * padding.
        stride: how far the kernel moves from one position to the next.
        padding: number of zeros at each of the two ends.

    Returns:
        The size of the feature map in this direction, an int.
    """
    ### BEGIN SOLUTION
    return (n + 2 * padding - kernel) // stride + 1
    ### END SOLUTION

# %% nbgrader={"grade_id": "feature_map_size", "grade": true, "points": 2}
check(feature_map_size)
### BEGIN HIDDEN TESTS
judge(feature_map_size)
### END HIDDEN TESTS

# %% tags=["shows"]
def print_sizes():
    for kernel, stride, padding in [(3, 1, 0), (3, 1, 1), (5, 2, 0), (5, 2, 2), (9, 4, 0)]:
        size = tuple(feature_map_size(n, kernel, stride, padding) for n in (49, 40))
        made = convolve2d(prepared.training.x[chosen], np.ones((kernel, kernel)), stride, padding).shape
        print(f"kernel {kernel}, stride {stride}, padding {padding}: {size}, and your convolve2d gives {made}")

print_sizes()

# %% [markdown]
# **To think about.** What happens if the stride is larger than the kernel? Draw it for $n = 7$, $k = 1$, $s = 3$.
#
# <details><summary>An answer</summary>
#
# The kernel visits the places 0, 3 and 6. What lies at 1, 2, 4 and 5 is never seen.
#
# </details>
#
# ## Shift the clip, and the map shifts
#
# The kernel asks the same question everywhere. So if a sound comes six frames later, the pattern in the map comes
# six frames later, and is otherwise the same. The bar at the left of the second map is where silence came in:

# %% tags=["shows"]
def later(picture, frames):
    """The picture, moved to the right by so many frames; zeros come in."""
    return np.pad(picture, ((0, 0), (frames, 0)))[:, :picture.shape[1]]


shift = 6
before, after = convolve2d(sound, left_edge), convolve2d(later(sound, shift), left_edge)
plotting.feature_map_pair({"map of the clip": before, f"map of the clip, {shift} frames later": after}, "mel band")
inside = slice(shift, before.shape[1] - shift)  # zeros came in at the left, and some frames left at the right
moved_back = np.roll(after, -shift, axis=1)
print(f"largest difference once it is moved back: {np.abs(moved_back - before)[:, inside].max():.2g}")

# %% tags=["claim"]
claim("the pattern in the map comes six frames later, and is otherwise the same",
      np.array_equal(moved_back[:, inside], before[:, inside]), "equal")

# %% [markdown]
# This is called **equivariance**: what happens to the input happens to the map as well. The layer keeps this
# promise for every sound and every kernel (away from the borders; with a stride of 2, only for shifts by an even
# number of frames). A dense layer would have to *learn* it, one position after another.
#
# At the end we need more. A network that answers "stop" should answer "stop" for the later clip, too:
# **invariance**. The map moved; the answer must not. That is a job for pooling.
#
# ## Pooling: a little tolerance
#
# **Max pooling** cuts the map into square tiles of size $q$ and keeps only the largest value of each: was the
# feature *somewhere* in here? Exactly where is forgotten.
#
# $$Z_{ij} = \max_{0 \le u < q,\; 0 \le v < q} \; Y_{iq + u,\; jq + v}$$
#
# $Y$ is the map and $Z$ what is left of it. The tiles do not overlap. Rows and columns at the end that do not
# fill a tile are dropped.
#
# ### Exercise: `max_pool2d`
#
# *10 minutes · easy · 2 points*
#
# <details><summary>Hint 1</summary>
#
# Two loops like those in `convolve2d` do it. What is the stride here, and what takes the place of the sum?
#
# </details>
# <details><summary>Hint 2: without loops</summary>
#
# Cut the remainder off first. A `reshape` to (rows, size, columns, size) then gives every tile two axes of its
# own, and `max` takes several axes at a time: `axis=(…, …)`.
#
# </details>
#
# This is what you will see when it works. The white squares are the remainder:
#
# ![A grid of 5 by 7 numbers and the 2 by 3 largest values of its tiles](expected:pooling)

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `weekly_mean` takes one number for each day and gives the mean of every whole week:
#
# ```python
# def weekly_mean(days):
#     weeks = len(days) // 7
#     return days[:weeks * 7].reshape(weeks, 7).mean(axis=1)
# ```
#
# What does not fill a week is cut off first; then each week has an axis of its own, over which the mean goes. A
# picture is cut off at the bottom and at the right, and each tile gets *two* axes: reshape to (rows, size, columns,
# size). The maximum goes over both of them.

# %% nbgrader={"grade_id": "max_pool2d-solution", "solution": true}
def max_pool2d(image, size):
    """Keep the largest value of each tile.

    Args:
        image: shape (height, width), values of any sign.
        size: rows and columns of a tile; tiles do not overlap.

    Returns:
        Shape (height // size, width // size); rows and columns that do not fill a tile are dropped.
    """
    ### BEGIN SOLUTION
    n_rows, n_columns = image.shape[0] // size, image.shape[1] // size
    whole = image[:n_rows * size, :n_columns * size]
    return whole.reshape(n_rows, size, n_columns, size).max(axis=(1, 3))
    ### END SOLUTION

# %% nbgrader={"grade_id": "max_pool2d", "grade": true, "points": 2}
check(max_pool2d)
### BEGIN HIDDEN TESTS
judge(max_pool2d)
### END HIDDEN TESTS

# %% tags=["figure:pooling", "shows"]
small = np.random.default_rng(4).integers(-9, 10, size=(5, 7))
plotting.pooling_tiles(small, max_pool2d(small, 2), 2)

# %% [markdown]
# How much tolerance does it bring? We take the map of the clip (only what is positive, as after a ReLU), shift
# the clip by one frame, two, three, and measure how much the map changes: the size of the difference,
# relative to the size of the map.

# %% tags=["shows"]
shifts = [1, 2, 3, 4]
edges = [np.maximum(convolve2d(later(sound, k), left_edge, padding=1), 0) for k in [0, *shifts]]
changes = {}

def measure_changes():
    for size in (1, 2, 4, 8):
        original, *moved = [max_pool2d(one, size) for one in edges]
        name = "no pooling" if size == 1 else f"tiles of {size} × {size}"
        changes[name] = [np.linalg.norm(one - original) / np.linalg.norm(original) for one in moved]

measure_changes()
plotting.change_by_shift(changes, shifts)

# %% tags=["claim"]
first_shift = [values[0] for values in changes.values()]
claim("The larger the tiles, the less a shift of one frame matters", first_shift == sorted(first_shift, reverse=True),
      ", ".join(f"{one:.0%}" for one in first_shift))

# %% [markdown]
# The larger the tiles, the less a shift of one frame matters. The tolerance is not perfect: a value near the border
# of a tile falls into the next one. And it has a price: with large tiles, "something begins" is still known, but no
# longer when. Networks pool a little, convolve again, and pool again, so that the tolerance grows from layer to
# layer.
#
# **To think about.** What would be left if the tile were as large as the map?
#
# <details><summary>An answer</summary>
#
# One number for each map: how strongly its feature occurs, wherever that is. This is called **global pooling**. A
# shift cannot change it, as long as the sound stays inside the clip. The order is lost, too: of the words "on" and
# "no", only a kernel that is wide enough to see both sounds together can tell which comes first.
#
# </details>
#
# ## Channels, and the price of a layer
#
# One kernel finds one thing. A layer has many, say 16, and gives 16 maps of the same clip: its **channels**.
# The next layer looks at all 16 at once. Its kernels are therefore blocks: $h$ rows, $w$ columns and one such
# grid for each channel that comes in. All products are added up, over the channels as well, and one bias is
# added at the end. So one block gives one map, and the layer needs one block for each map that goes out.
#
# ### Exercise: `conv_parameters`
#
# *10 minutes · easy · 2 points*
#
# Count the weights and biases of a convolutional layer, with $h \cdot w$ the kernel, $c_\text{in}$ channels that
# come in and $c_\text{out}$ that go out:
#
# $$P = \underbrace{h \cdot w \cdot c_\text{in} \cdot c_\text{out}}_{\text{weights}}
#   \; + \underbrace{c_\text{out}}_{\text{biases}}$$
#
# `kernel` may be one number (3 means 3 × 3) or a pair of rows and columns, such as `(9, 1)`. Some layers do
# without biases: `bias=False`.
#
# <details><summary>Hint</summary>
#
# `isinstance(kernel, int)` says whether it is one number. If it is, make a pair of it: then only one formula is
# left.
#
# </details>
#
# Before you run the check: does the size of the *picture* appear anywhere in the formula?

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `tiling_price` is the price of a floor of tiles, and of a strip of edging if there
# is one. `room` is one number for a square room, or a pair:
#
# ```python
# def tiling_price(room, tile_price, edging_price, edging=True):
#     length, width = (room, room) if isinstance(room, int) else room
#     price = length * width * tile_price
#     if edging:
#         price += 2 * (length + width) * edging_price
#     return price
# ```
#
# One number becomes a pair first; after that there is only one case.

# %% nbgrader={"grade_id": "conv_parameters-solution", "solution": true}
def conv_parameters(kernel, channels_in, channels_out, bias=True):
    """Number of weights and biases in a two-dimensional convolutional layer.

    Args:
        kernel: rows and columns of the kernels: one int for squares, or a pair of ints.
        channels_in: number of maps that come in.
        channels_out: number of maps that go out.
        bias: whether there is a bias for each map that goes out.

    Returns:
        The number of parameters, an int.
    """
    ### BEGIN SOLUTION
    height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
    weights = height * width * channels_in * channels_out
    return weights + channels_out if bias else weights
    ### END SOLUTION

# %% nbgrader={"grade_id": "conv_parameters", "grade": true, "points": 2}
check(conv_parameters)
### BEGIN HIDDEN TESTS
judge(conv_parameters)
### END HIDDEN TESTS

# %% [markdown]
# It does not: the same few numbers are used at every position in the picture. This is **weight sharing**. See what
# it saves when a dense layer has to do the same job, to make 16 maps of 49 × 40 out of a clip:

# %% tags=["shows"]
shared = conv_parameters(3, 1, 16)
dense = (49 * 40) * (49 * 40 * 16) + 49 * 40 * 16
print(f"16 maps by a convolution with 3 × 3 kernels: {shared:>11,} parameters")
print(f"16 maps by a dense layer:                    {dense:>11,} parameters")
print(f"the whole network of lesson 02:              {64 * 1961 + 128 * 65 + 12 * 129:>11,} parameters")

# %% [markdown]
# A convolution *is* a dense layer, only one in which nearly all weights are 0 (what is far away does not
# count) and the others repeat at every position (the same question everywhere). It can express less, and that
# is the point: we believe that most of what it cannot express is useless for sound.
#
# **Guess first.** A layer gets twice as many channels, coming in *and* going out. How many weights does it have now?
#
# <details><summary>As many: the kernel has the same size</summary>
#
# Its rows and columns are the same, but it has one grid for each channel that comes in, and there is one kernel
# for each channel that goes out.
#
# </details>
# <details><summary>Twice as many</summary>
#
# That is true of the biases. Weights connect every channel that comes in with every one that goes out.
#
# </details>
# <details><summary>Four times as many</summary>
#
# Right: $2 c_\text{in} \cdot 2 c_\text{out}$. That is why the number of channels decides the size of a network.
#
# </details>
#
# ## How far does it see?
#
# A kernel of 3 sees three frames, which is 80 milliseconds, and a word is longer. But the second layer looks
# at the *map* of the first: three neighbours, each of which has seen three frames. What one number depends on
# is its **receptive field**. Here it is in one direction, for two layers with kernels of 3:

# %% tags=["shows"]
plotting.receptive_sketch()

# %% [markdown]
# After a stride, neighbours on the map are further apart in the input, so that the next kernel reaches
# further. Pooling is the same in this respect: its kernel and its stride are both the size of the tile.
#
# ### Exercise: `receptive_field`
#
# *10 minutes · medium · 2 points*
#
# Layer $l$ has a kernel of $k_l$ and a stride of $s_l$. A single input sees itself, 1. Each layer adds $k_l - 1$
# steps, and one such step is as long as the strides of all layers *before* it, multiplied:
#
# $$r = 1 + \sum_{l=1}^{L} (k_l - 1) \prod_{m=1}^{l-1} s_m$$
#
# $r$ is the receptive field of one number after the last of $L$ layers; $m$ runs over the layers before $l$. For
# the first layer, the product has no factors and counts as 1.
#
# <details><summary>Hint 1</summary>
#
# Walk through the layers with two numbers in hand: the field so far, and how far two neighbours are apart in
# the input. Both start at 1.
#
# </details>
# <details><summary>Hint 2</summary>
#
# For each layer, first let the field grow, then let the distance grow. What goes wrong in the other order?
#
# </details>
#
# For the two networks in the sketch, the results are 5 and 7.

# %% [markdown] tags=["worked"]
# **A similar function, worked.** Money grows from year to year: at the end of each year something is paid in, and
# what a payment buys shrinks by that year's inflation. `worth` adds up the payments in today's money:
#
# ```python
# def worth(payments, price_factors):
#     total, price_level = 0, 1
#     for payment, factor in zip(payments, price_factors):
#         total += payment / price_level
#         price_level *= factor
#     return total
# ```
#
# Two numbers walk along. The payment is counted with the level of the years *before* it, and only then does the level
# change. In `receptive_field`, a layer adds its steps with the distance so far, and then the distance grows.

# %% nbgrader={"grade_id": "receptive_field-solution", "solution": true}
def receptive_field(kernels, strides):
    """How many inputs, in one direction, one number after the last layer depends on.

    Args:
        kernels: the size of each layer's kernel, first layer first; a list of ints.
        strides: the stride of each layer, a list of as many ints.

    Returns:
        The receptive field, an int.
    """
    ### BEGIN SOLUTION
    field, distance = 1, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        field += (kernel - 1) * distance
        distance *= stride
    return field
    ### END SOLUTION

# %% nbgrader={"grade_id": "receptive_field", "grade": true, "points": 2}
check(receptive_field)
### BEGIN HIDDEN TESTS
judge(receptive_field)
### END HIDDEN TESTS

# %% [markdown]
# Here is a network on paper: a convolution of 5 × 5 with stride 2, pooling by 2, another convolution of 5 × 5,
# pooling by 2. How much of a clip does one number see, after each of its layers?

# %% tags=["shows"]
names = ["convolution 1", "pooling 1", "convolution 2", "pooling 2"]
kernel_sizes, strides = [5, 2, 5, 2], [2, 2, 1, 2]
fields = {name: receptive_field(kernel_sizes[:n], strides[:n]) for n, name in enumerate(names, start=1)}
plotting.receptive_frames(prepared.training.x[chosen], fields)
frames = fields["pooling 2"]
print(f"{frames} frames: {40 + 20 * (frames - 1)} milliseconds")

# %% [markdown]
# **To think about.** How many layers with kernels of 5 would you need to see as much, if all strides were 1 and
# nothing were pooled?
#
# <details><summary>An answer</summary>
#
# Each layer adds 4, so $1 + 4 L \ge 27$: seven layers.
#
# </details>
#
# ## Build it
#
# All parts are there. A convolutional network (CNN) alternates convolutions with ReLU and something that makes
# the maps smaller; then it flattens what is left, or pools it globally, and ends with the softmax that you
# know. In Keras, for small colour photos and two classes:
#
# ```python
# keras.Sequential([
#     keras.Input(shape=(32, 32, 3)),
#     keras.layers.Conv2D(8, 3, strides=1, padding="same", activation="relu"),  # 8 maps, kernels of 3 × 3
#     keras.layers.MaxPooling2D(4),
#     keras.layers.GlobalAveragePooling2D(),  # the mean of each map
#     keras.layers.Dense(2, activation="softmax"),
# ])
# ```
#
# ### Exercise: `build_cnn`
#
# *20 minutes · medium · 2 points*
#
# Build a CNN of your own. You are free in everything but this:
#
# - it has at least one convolution, and fewer than 200,000 parameters
# - it takes clips as they are, (49, 40), and gives `n_classes` probabilities; other input shapes of about
#   that size and other numbers of classes work as well
#
# Leave dropout and the other remedies out for now, so that the comparison below is about the architecture alone.
# `Sequential` or the functional way are best, since later cells look inside the network. Do the counting on paper,
# or with your functions, *before* Keras does it: most parameters are usually not where one expects them.
#
# <details><summary>Hint 1: the channel axis</summary>
#
# `Conv2D` wants pictures with channels, (49, 40, 1). Clips have no such axis;
# `keras.layers.Reshape((*input_shape, 1))` as the first layer adds it.
#
# </details>
# <details><summary>Hint 2: a plan that works</summary>
#
# The network on paper above is a good one: 16 kernels in its first convolution, 32 in its second, both with ReLU and
# padding "same", then the softmax layer. Fill in what is left of a clip after each layer, with `feature_map_size`:
#
# | layer | gives, for one clip |
# | --- | --- |
# | reshape | (49, 40, 1) |
# | convolution 1 | … |
# | pooling 1 | … |
# | convolution 2 | … |
# | pooling 2 | … |
# | flatten | … numbers |
# | dense, softmax | 12 probabilities |
#
# </details>
# <details><summary>Hint 3: too many parameters?</summary>
#
# `build_cnn().summary()` lists them. A dense layer right after `Flatten` has as many weights as there are numbers
# in all maps together, times its neurons. Make the maps smaller first.
#
# </details>

# %% [markdown] tags=["worked"]
# **A similar function, worked.** A network for heart beats: each clip is a row of 300 values from one sensor, and
# there are five kinds of beats. It slides along time only:
#
# ```python
# def build_beat_network(n_values=300, n_kinds=5):
#     return keras.Sequential([
#         keras.Input(shape=(n_values,)),
#         keras.layers.Reshape((n_values, 1)),
#         keras.layers.Conv1D(8, 7, strides=2, padding="same", activation="relu"),
#         keras.layers.MaxPooling1D(2),
#         keras.layers.Conv1D(16, 5, padding="same", activation="relu"),
#         keras.layers.MaxPooling1D(5),
#         keras.layers.Flatten(),
#         keras.layers.Dense(n_kinds, activation="softmax"),
#     ])
# ```
#
# Left of a clip: 300 × 1, then 150 × 8, 75 × 8, 75 × 16, 15 × 16, and 240 numbers in a row. Sizes come from the
# arguments. For pictures the layers end in 2D, and `Reshape` adds the channel axis after both others.

# %% nbgrader={"grade_id": "build_cnn-solution", "solution": true}
def build_cnn(input_shape=(49, 40), n_classes=12):
    """A convolutional network with fewer than 200,000 parameters.

    Args:
        input_shape: shape of one clip's features, (frames, coefficients), without a channel axis.
        n_classes: number of classes.

    Returns:
        A keras.Model that turns clips (N, *input_shape) into probabilities (N, n_classes).
    """
    ### BEGIN SOLUTION
    return keras.Sequential([
        keras.Input(shape=input_shape),
        keras.layers.Reshape((*input_shape, 1)),
        keras.layers.Conv2D(16, 5, strides=2, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Conv2D(32, 5, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Flatten(),
        keras.layers.Dense(n_classes, activation="softmax"),
    ])
    ### END SOLUTION

# %% nbgrader={"grade_id": "build_cnn", "grade": true, "points": 2}
check(build_cnn)
### BEGIN HIDDEN TESTS
judge(build_cnn)
### END HIDDEN TESTS

# %% tags=["shows"]
def print_layers():
    for layer in build_cnn().layers:
        shape = tuple(layer.output.shape[1:])
        print(f"{type(layer).__name__:<16}{str(shape):<16}{layer.count_params():>9,} parameters")

print_layers()
print(f"in all: {build_cnn().count_params():,}, and the network of lesson 02 has 135,372")

# %% [markdown]
# **To think about.** How many weights would the dense layer have if you left out the last thing that makes the maps
# smaller?
#
# <details><summary>An answer, for the network on paper</summary>
#
# 12 · 10 · 32 = 3,840 numbers would go into it in place of 960: four times the weights, which is more than all the
# convolutions have.
#
# </details>
#
# ## Train it
#
# Lesson 04's rule holds here, too: whoever designs a network looks at the **validation** split only. The testing
# split stays closed until everything is chosen.
#
# The dense network of lesson 02 (the FFNN) is trained here once more. Everything but the architecture is the same:
# *unchanged* clips, no remedies, 12 epochs, the same optimizer, two seeds.

# %% tags=["shows"]
EPOCHS = 12
SEEDS = (0,) if mode.short_training() else (0, 1)
validation = (prepared.validation.x, prepared.validation.y)


def compiled(network):
    network.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


keras.utils.set_random_seed(0)
cnn = compiled(build_cnn())
history = cnn.fit(prepared.training.x, prepared.training.y, validation_data=validation, epochs=EPOCHS, batch_size=32,
                  verbose=0, callbacks=[training.Progress()])
plotting.learning_curves(history.history)

# %% [markdown]
# Compare the curves with those of lesson 02. Now the second seed, and the FFNN:

# %% tags=["shows"]
def train(build, x=prepared.training.x, validation=validation, seeds=SEEDS):
    """Train a new network for each seed: [(network, history), …]."""
    return training.train_seeds(lambda: compiled(build()), x, prepared.training.y, seeds=seeds, epochs=EPOCHS,
                                batch_size=32, validation_data=validation)


def build_lesson_02():
    """The network of lesson 02."""
    return keras.Sequential([
        keras.Input(shape=(49, 40)), keras.layers.Flatten(), keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(128, activation="relu"), keras.layers.Dense(n_classes, activation="softmax")])


ffnn_runs = train(build_lesson_02)
cnn_runs = [(cnn, history.history), *train(build_cnn, seeds=SEEDS[1:])]

# %% tags=["shows"]
measured = {}


def measure(name, runs):
    """Remember and print a network's accuracy on the validation split, for each seed."""
    measured[name] = [history["val_accuracy"][-1] for _, history in runs]
    each = ", ".join(f"{one:.1%}" for one in measured[name])
    print(f"{name:<22}{runs[0][0].count_params():>8,} parameters, validation: {each}")


measure("FFNN", ffnn_runs)
measure("CNN", cnn_runs)

# %% tags=["claim"]
claim("With every seed it does better on voices that it has not heard", min(measured["CNN"]) > max(measured["FFNN"]),
      f"{min(measured['CNN']):.1%} at least, {max(measured['FFNN']):.1%} at most")
claim("Our CNN has fewer than a fifth of the FFNN's parameters", 5 * cnn.count_params() < ffnn_runs[0][0].count_params(),
      cnn.count_params() / ffnn_runs[0][0].count_params())
claim("the CNN knows its training clips far better than new ones",
      all(one["accuracy"][-1] > one["val_accuracy"][-1] + 0.15 for _, one in cnn_runs),
      ", ".join(f"{one['accuracy'][-1]:.0%} and {one['val_accuracy'][-1]:.0%}" for _, one in cnn_runs))

# %% [markdown]
# Our CNN has fewer than a fifth of the FFNN's parameters. With every seed it does better on voices that it has not
# heard. Overfitting has not gone, though: the CNN knows its training clips far better than new ones.
#
# ### One more change: global pooling
#
# Replace the last pooling and `Flatten` by `GlobalMaxPooling2D`. Of each map only its largest value is left, wherever
# it was: 32 numbers for a clip.

# %% tags=["shows"]
def build_pooled():
    """The network on paper, with global pooling at its end."""
    return keras.Sequential([
        keras.Input(shape=(49, 40)),
        keras.layers.Reshape((49, 40, 1)),
        keras.layers.Conv2D(16, 5, strides=2, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Conv2D(32, 5, padding="same", activation="relu"),
        keras.layers.GlobalMaxPooling2D(),
        keras.layers.Dense(n_classes, activation="softmax")])


pooled_runs = train(build_pooled)
measure("CNN, global pooling", pooled_runs)

# %% tags=["claim"]
claim("Fewer parameters again, and a higher mean", np.mean(measured["CNN, global pooling"]) > np.mean(measured["CNN"]),
      f"{np.mean(measured['CNN, global pooling']):.1%} against {np.mean(measured['CNN']):.1%}")

# %% [markdown]
# Fewer parameters again, and a higher mean. (If your own CNN pools globally already, compare with ours: 24,780
# parameters, flattened.)
#
# ### Does it ignore shifts?
#
# No network was trained with shifted clips. We move the validation clips, 100 milliseconds at a time, up to half a
# second. The first or last frame is repeated to fill the gap.
#
# **Guess first.** Which of the three networks loses least when a clip comes 0.2 seconds (10 frames) later?
#
# <details><summary>Both CNNs: convolution is equivariant</summary>
#
# Their maps move with the clip. But where does the moved map go? Look at what comes after it in each of the two.
#
# </details>
# <details><summary>Only the CNN with global pooling</summary>
#
# Right. After `Flatten`, each place of the map has weights of its own again, as in the FFNN: the map moves, and its
# numbers meet other weights.
#
# </details>
# <details><summary>None: all lose as much</summary>
#
# That would be so if all of them ended in weights for each place. One does not.
#
# </details>

# %% tags=["shows"]
def accuracy(network, x, y=prepared.validation.y):
    return network.evaluate(x, y, batch_size=256, verbose=0, return_dict=True)["accuracy"]


def shifted(x, frames):
    """Clips (N, T, F), later by so many frames, or earlier if it is negative."""
    places = np.clip(np.arange(x.shape[1]) - frames, 0, x.shape[1] - 1)
    return x[:, places]


steps = range(-25, 26, 5)
curves = {name: [np.mean([accuracy(network, shifted(prepared.validation.x, k)) for network, _ in runs]) for k in steps]
          for name, runs in [("CNN, global pooling", pooled_runs), ("CNN", cnn_runs), ("FFNN", ffnn_runs)]}
plotting.accuracy_over_shift(curves, list(steps), chance=1 / n_classes)

# %% [markdown]
# The first CNN shows no tolerance that the FFNN lacks: 0.2 seconds later, both have lost at least 10 points.
# The convolutions are equivariant, but `Flatten` ties the result to places again. With global pooling, the same
# shift costs less than 5 points, and nobody had to train it with shifted clips.
#
# Why does even that network lose so much when clips come *earlier*? A shift to the left pushes the first frames out
# of the clip. Let us take the same frames away and move nothing:

# %% tags=["shows"]
def beginning_lost(x, frames):
    """Clips (N, T, F) that hold their frame number `frames` from the beginning on: nothing moves."""
    return x[:, np.maximum(np.arange(x.shape[1]), frames)]


def print_lost():
    for name, x in [("as they are", prepared.validation.x), ("10 frames earlier", shifted(prepared.validation.x, -10)),
                    ("first 10 frames lost, not moved", beginning_lost(prepared.validation.x, 10))]:
        print(f"CNN, global pooling, {name:<32}{np.mean([accuracy(network, x) for network, _ in pooled_runs]):.1%}")

print_lost()

# %% tags=["claim"]
at = dict(zip(steps, zip(*curves.values(), strict=True), strict=True))
loss = [100 * (still - moved) for still, moved in zip(at[0], at[10], strict=True)]
claim("0.2 seconds later, both have lost at least 10 points", min(loss[1:]) >= 10, f"CNN {loss[1]:.1f}, FFNN {loss[2]:.1f}")
claim("shift costs less than 5 points", loss[0] < 5, f"{loss[0]:.1f}")
lost = np.mean([accuracy(network, beginning_lost(prepared.validation.x, 10)) for network, _ in pooled_runs])
claim("It is not the shift that hurts it, but what the shift cuts off", abs(lost - at[-10][0]) < 0.04 and
      at[0][0] - lost > 0.06, f"{lost:.1%} without the frames, {at[-10][0]:.1%} earlier, {at[0][0]:.1%} as they are")

# %% [markdown]
# It is not the shift that hurts it, but what the shift cuts off: no architecture can hear what is gone. And half a
# second later, a good part of the word has left the clip at the other end.
#
# ### Does it need the neighbourhood?
#
# A test of the other promise. We shuffle the frames of all clips, in the same way in training and validation. No
# information is lost, and the FFNN would not notice. Then, in place of the frames, we shuffle the coefficients.
#
# **Guess first.** What hurts the CNN?
#
# <details><summary>Neither: no information is lost</summary>
#
# A kernel sees a small window. What belonged together now lies outside it.
#
# </details>
# <details><summary>Only the shuffled frames: coefficients have no order</summary>
#
# A coefficient's neighbours measure other things, but patterns may still run across them. Look at the bright
# diagonal in the MFCC picture above.
#
# </details>
# <details><summary>Both</summary>
#
# Right. A kernel looks for patterns that lie close together, along both axes. Which one hurts more?
#
# </details>

# %% tags=["shows"]
def train_reordered(axis):
    """Train the CNN, with one seed, on clips whose frames (axis 1) or coefficients (axis 2) are in another order."""
    order = np.random.default_rng(0).permutation(prepared.training.x.shape[axis])
    x, validation_x = (one.x.take(order, axis=axis) for one in (prepared.training, prepared.validation))
    return train(build_cnn, x, (validation_x, prepared.validation.y), seeds=(0,))


measure("frames shuffled", train_reordered(axis=1))
measure("coefficients shuffled", train_reordered(axis=2))
print(f"as they are:  {measured['CNN'][0]:.1%}, and the FFNN {measured['FFNN'][0]:.1%}")

# %% tags=["claim"]
frames_shuffled, coefficients_shuffled = measured["frames shuffled"][0], measured["coefficients shuffled"][0]
claim("Either costs the CNN at least 4 points", max(frames_shuffled, coefficients_shuffled) < measured["CNN"][0] - 0.04,
      f"{frames_shuffled:.1%} and {coefficients_shuffled:.1%}, {measured['CNN'][0]:.1%} in order")
claim("the CNN is not better than the FFNN any more", frames_shuffled < measured["FFNN"][0] + 0.02,
      f"{frames_shuffled:.1%}, {measured['FFNN'][0]:.1%}")

# %% [markdown]
# Either costs the CNN at least 4 points. With shuffled frames, the CNN is not better than the FFNN any more.
#
# ### Architecture, or more data?
#
# Lesson 05 found a strong remedy: copies of the clips that are fresh in every epoch. What would
# they have brought to the FFNN, and what do they add to the best CNN? The same 12 epochs, one seed:

# %% tags=["shows"]
def train_on_fresh_copies(build):
    """Return the validation accuracy after each epoch."""
    [(_, history)] = training.train_seeds(lambda: compiled(build()), AugmentedClips(dataset, prepared, batch_size=32),
                                          seeds=(0,), epochs=EPOCHS, validation_data=validation)
    return history["val_accuracy"]


fresh_curves = {"FFNN": train_on_fresh_copies(build_lesson_02),
                "CNN, global pooling": train_on_fresh_copies(build_pooled)}
fresh = {name: curve[-1] for name, curve in fresh_curves.items()}


def print_table():
    print(f"{'validation, seed 0':<22}unchanged clips   fresh copies")
    for name, value in fresh.items():
        print(f"{name:<22}{measured[name][0]:>15.1%}{value:>15.1%}")

print_table()

# %% tags=["claim"]
claim("Fresh copies bring the FFNN about as far as the first CNN comes without them",
      abs(fresh["FFNN"] - measured["CNN"][0]) < 0.06, f"{fresh['FFNN']:.1%} against {measured['CNN'][0]:.1%}")
claim("On average, the two networks gain more than 3 points",
      np.mean([fresh[name] - measured[name][0] for name in fresh]) > 0.03,
      ", ".join(f"{100 * (fresh[name] - measured[name][0]):+.1f}" for name in fresh))
claim("both networks were still getting better when the training ended",
      all(np.mean(one[-3:]) > np.mean(one[-6:-3]) for one in fresh_curves.values()),
      ", ".join(f"{100 * (np.mean(one[-3:]) - np.mean(one[-6:-3])):+.1f}" for one in fresh_curves.values()))
claim("the CNN leads in both columns", fresh["CNN, global pooling"] > fresh["FFNN"]
      and measured["CNN, global pooling"][0] > measured["FFNN"][0], fresh["CNN, global pooling"] - fresh["FFNN"])

# %% [markdown]
# Fresh copies bring the FFNN about as far as the first CNN comes without them: copies and architecture both tell the
# network what does not matter, the one by examples, the other by construction. They are no rivals. On average, the
# two networks gain more than 3 points by fresh copies, and the CNN leads in both columns. Twelve epochs are few for
# fresh copies: both networks were still getting better when the training ended.
#
# ## What has it learned?
#
# Nobody drew kernels this time. They started as random numbers and were changed, step by step, wherever that
# made the loss smaller. These are the kernels of the first convolution, turned like the pictures of clips: time
# runs to the right, coefficients upwards.

# %% tags=["shows"]
first = next(layer for layer in cnn.layers if "conv" in type(layer).__name__.lower())
plotting.kernel_pictures(first.get_weights()[0])

# %% [markdown]
# Look for old friends: a kernel that is dark on one side and bright on the other is an edge detector. A bright row
# looks for a coefficient that stays high for a while. Many kernels fit no name that we have. And these are the feature
# maps of the "stop" from above, after ReLU:

# %% tags=["shows"]
first_layer = keras.Model(cnn.inputs, first.output)
maps = np.maximum(first_layer.predict(prepared.training.x[chosen:chosen + 1], verbose=0)[0], 0)
plotting.feature_map_pictures(maps)

# %% tags=["claim"]
over_time = maps.mean(axis=1)  # (frames of the map, channels)
vowel = (np.arange(len(over_time)) >= 7) & (np.arange(len(over_time)) < 16)
louder = over_time[vowel].mean(axis=0) > over_time[~vowel].mean(axis=0)
claim("Most of ours are strongest while the vowel lasts", louder.mean() > 0.5, f"{louder.sum()} of {len(louder)}")

# %% [markdown]
# Most of ours are strongest while the vowel lasts, each in rows of its own. Is there one that does the opposite:
# bright before and after, dark during the vowel?
#
# ### Question: why does it do better?
#
# *15 minutes · medium · 2 points · marked by hand*
#
# In about 120 words:
#
# 1. A CNN like ours has fewer parameters than the network of lesson 02, and does better on unheard voices. How can
#    less be more? Name **two** properties of a convolutional network that the dense one lacks, and for each a number
#    or figure of this notebook that shows it.
# 2. A kernel slides along both axes of the MFCC picture. For which axis do you find that convincing, and for
#    which less? What would you change?

# %% [markdown] nbgrader={"grade_id": "why_convolution", "grade": true, "solution": true, "points": 2}
# **Model answer.** (1) A convolution can express less than a dense layer, but what it gives up is mostly useless for
# sound. First, weight sharing: the same few kernels are used at every position (160 parameters instead of millions
# for 16 maps), so every clip teaches them at all positions at once. Second, it looks at neighbourhoods: with shuffled
# frames, which hold the same information, the accuracy falls to about that of the FFNN. Third, a shift of the input
# shifts the map (the two maps are equal once moved back), and with global pooling a clip that comes 0.2 seconds later
# costs less than 5 points, while the FFNN loses at least 10.
#
# (2) Along time it is convincing: a sound may come a little earlier or later, and neighbouring frames belong
# together. Along the coefficients it is less so: each coefficient measures something else, so the same kernel
# means other things at other places. Neighbours do help there, too (shuffled coefficients cost accuracy), but looking
# at neighbours is one thing and sliding another. One could slide along time only, with kernels over all coefficients
# (the coefficients as channels), or use mel bands, where a shift along the axis has a meaning (a higher voice).
#
# **Marking.** 1 point for part 1: two of weight sharing, locality, equivariance and tolerance to shifts, each
# with evidence from the notebook; half a point if only one is supported or the evidence is missing. 1 point for
# part 2: time yes and coefficients less (with the reason that a coefficient's position carries its meaning), and
# one sensible change; half a point without reason or without change. A student who argues from the run with shuffled
# coefficients that neighbourhood along that axis helps, too, gets full points for it.

# %% [markdown]
# <details><summary>What a good answer mentions</summary>
#
# - two of these: weight sharing, neighbourhood, equivariance, tolerance to shifts through pooling
# - for each a number or figure: parameters, shuffled frames, the two equal maps, the curves over shifts
# - time: a sound is the same sound a little later
# - coefficients: the place of a coefficient is its meaning, so the same kernel means other things elsewhere
# - shuffled coefficients cost accuracy, too: neighbourhood along that axis does help
# - one change: kernels that slide along time only, or mel bands in place of MFCC
#
# </details>
#
# ## A network off the shelf
#
# Why build small networks at all? Keras ships with large ones, designed by experts. **MobileNetV2** was designed for
# phones and photos. It has more than fifty convolutional layers, batch normalisation after nearly every one of
# them, and more than two million parameters. To it, our clip is a small grey photo, (49, 40, 1); Keras adds a missing
# channel axis of length 1. `weights=None` means that it starts from random numbers, as ours did.

# %% tags=["shows"]
keras.utils.set_random_seed(0)
if mode.short_training():
    mobilenet = compiled(build_pooled())  # while grading, a stand-in that is built faster
else:
    mobilenet = compiled(keras.applications.MobileNetV2(input_shape=(49, 40, 1), weights=None, classes=n_classes))
print(f"{mobilenet.count_params():,} parameters, {mobilenet.count_params() / len(prepared.training):,.0f} for each "
      "training clip")

# %% [markdown]
# An epoch takes many times as long as one of our CNN, so we can afford three, with one seed, on unchanged clips. That
# is not a fair race.

# %% tags=["shows"]
MOBILENET_EPOCHS = 3
mobilenet_history = mobilenet.fit(prepared.training.x, prepared.training.y, validation_data=validation,
                                  epochs=MOBILENET_EPOCHS, batch_size=32, verbose=0, callbacks=[training.Progress()])
plotting.learning_curves(mobilenet_history.history)

# %% [markdown]
# ## What went wrong here?
#
# The training accuracy climbs from epoch to epoch. The validation accuracy stays at guessing, and the validation
# loss never falls below $\ln 12$. Overfitting? That was the diagnosis in lesson 02. Before you open the answer, look at
# a test that costs little: ask the network about clips **that it has been trained with**.

# %% tags=["shows"]
some = np.random.default_rng(0).choice(len(prepared.training), size=min(256, len(prepared.training)), replace=False)
heard, labels = prepared.training.x[some], prepared.training.y[some]


def accuracy_in_batches(network, x, y, as_in_training):
    """Accuracy with the network as it works in training, or as it works at inference."""
    right = [np.asarray(network(x[i:i + 32], training=as_in_training)).argmax(axis=-1) == y[i:i + 32]
             for i in range(0, len(x), 32)]
    return np.mean(np.concatenate(right))


at_inference = accuracy_in_batches(mobilenet, heard, labels, False)
as_trained = accuracy_in_batches(mobilenet, heard, labels, True)
print(f"256 training clips, at inference:       {at_inference:.1%}")
print(f"256 training clips, as it was trained:  {as_trained:.1%}")

# %% tags=["claim"]
said = mobilenet_history.history
claim("The training accuracy climbs from epoch to epoch", said["accuracy"] == sorted(said["accuracy"]),
      ", ".join(f"{one:.0%}" for one in said["accuracy"]))
claim("The validation accuracy stays at guessing", max(said["val_accuracy"]) < 0.15,
      ", ".join(f"{one:.1%}" for one in said["val_accuracy"]))
claim("the validation loss never falls below $\\ln 12$", min(said["val_loss"]) > np.log(12) - 0.02,
      ", ".join(f"{one:.2f}" for one in said["val_loss"]))
claim("two very different answers", as_trained > at_inference + 0.15, f"{at_inference:.1%} and {as_trained:.1%}")

# %% [markdown]
# The same network, the same weights, the same clips, two very different answers. (Asking in training mode moves the
# network's statistics by eight tiny steps. It does not matter here.) Which of its layers work in one way in training
# and in another at inference? You built one of them yourself in lesson 04.
#
# <details><summary>What happened</summary>
#
# It is the batch normalisation. In **training** it takes mean and variance from the batch at hand. At **inference**
# there may be only a single clip, so it takes a *moving mean* instead, which is updated in every training step:
#
# $$\mu \leftarrow m \, \mu + (1 - m) \, \mu_\text{batch}$$
#
# $\mu$ is the moving mean (the variance goes the same way), $\mu_\text{batch}$ the mean of the batch, and $m$ the
# *momentum*. $\mu$ starts at 0 and the variance at 1: made-up values. After $t$ steps, a share of $m^t$ of them
# is still there.
#
# MobileNetV2 has $m = 0.999$. That is fine for the hundreds of thousands of steps for which it was designed. Three
# short epochs are over before the moving statistics have arrived anywhere near the true ones, and as the layers are
# stacked, the errors multiply. The weights have learned something. The statistics are wrong.
#
# Overfitting would look different: good on training clips at inference, bad on others. Whenever a network with batch
# normalisation is bad even on its own training clips, look at the statistics first.
#
# </details>
#
# Here is how slowly such a mean forgets, over the steps that the network has been trained for. Compare with
# $m = 0.99$, Keras' default, and with $m = 0.9$:

# %% tags=["shows"]
n_steps = MOBILENET_EPOCHS * int(np.ceil(len(prepared.training) / 32))
plotting.fading_memory([0.999, 0.99, 0.9], n_steps)

# %% [markdown]
# There are two ways to fix it. One is a lower momentum from the start. The other needs no training at all: show
# the finished network some training clips, and let it take the plain mean over their batches. With $m = 0$ in the
# first step, $\frac12$ in the second, $\frac23$ in the third, the moving mean *is* the mean of all batches so far.

# %% tags=["shows"]
def settle_statistics(network, x):
    """Set all moving statistics to their means over batches of the clips x; no weight is changed."""
    norms = [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]
    for step, start in enumerate(range(0, len(x), 32)):
        for layer in norms:
            layer.momentum = step / (step + 1)
        network(x[start:start + 32], training=True)


before_settling = accuracy(mobilenet, prepared.validation.x)
many = np.random.default_rng(1).choice(len(prepared.training), size=min(1024, len(prepared.training)), replace=False)
settle_statistics(mobilenet, prepared.training.x[many])
settled = accuracy(mobilenet, prepared.validation.x)
print(f"256 training clips, at inference: {accuracy_in_batches(mobilenet, heard, labels, False):.1%}")
print(f"validation: {before_settling:.1%} before, {settled:.1%} after")

# %% tags=["claim"]
claim("The same weights are now right more than twice as often as guessing", settled > 2 * max(before_settling, 1 / n_classes),
      f"{before_settling:.1%}, then {settled:.1%}")

# %% [markdown]
# The same weights are now right more than twice as often as guessing. (Only *training* clips were used for it.
# Settling the statistics on validation or testing clips would be a leak: the network would have adapted to the exam.)
#
# ## The exam: what do two million parameters buy?
#
# Everything is chosen, so the testing split is opened, once.

# %% tags=["shows"]
def examined(runs):
    return [accuracy(network, prepared.testing.x, prepared.testing.y) for network, *_ in runs]


exam = {name: (runs[0][0].count_params(), examined(runs))
        for name, runs in [("CNN", cnn_runs), ("CNN, global pooling", pooled_runs), ("FFNN", ffnn_runs),
                           ("MobileNetV2", [(mobilenet,)])]}
plotting.accuracy_by_size(exam, chance=1 / n_classes)
results.remember("CNN", cnn, exam["CNN"][1], dataset)
results.remember("MobileNetV2", mobilenet, exam["MobileNetV2"][1], dataset)

# %% tags=["claim"]
tested = {name: np.mean(values) for name, (_, values) in exam.items()}
claim("the order is the one that the validation split promised",
      tested["CNN, global pooling"] > tested["CNN"] > tested["FFNN"] > tested["MobileNetV2"],
      ", ".join(f"{name} {value:.1%}" for name, value in tested.items()))
claim("Among these four networks the one with the fewest parameters is best, and the one with the most is last",
      min(exam, key=lambda name: exam[name][0]) == max(tested, key=tested.get)
      and max(exam, key=lambda name: exam[name][0]) == min(tested, key=tested.get), "by mean accuracy")

# %% [markdown]
# For our own networks the order is the one that the validation split promised. Among these four networks the one with
# the fewest parameters is best, and the one with the most is last. Be careful with what that proves. MobileNetV2 had
# three epochs and one seed, its training accuracy was still rising, and with more time it would get better. The figure
# shows what a given amount of time and data buys, and there size alone is no advantage. The network was made for a
# million photos of 224 × 224 points. It halves the maps five times: of our 49 frames, two are left in the end.
#
# What counts is where the parameters are, and what the network knows before it has heard a single clip.
#
# ### At choice: `dense_weights`
#
# *20 minutes · hard · not graded*
#
# "A convolution is a dense layer in which nearly all weights are 0." Build that layer: for a kernel and the shape of a
# picture, the matrix $W$ for which `image.ravel() @ W` equals `convolve2d(image, kernel).ravel()` for every picture
# of this shape. Stride 1, no padding. It has a row for each number of the picture and a column for each number of the
# map. Which share of it is not 0, for a kernel of 3 × 3 on a clip?
#
# <details><summary>Hint 1</summary>
#
# A column holds the kernel's numbers, at the places of one window. Make each column as a *picture* of zeros with the
# kernel laid on it, and `ravel` it then.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Or let `convolve2d` do it: the map of a picture that is 1 at one place and 0 elsewhere is one *row* of $W$.
#
# </details>

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `mean_weights` builds the dense layer that takes the mean of each two neighbours in a
# row of n numbers:
#
# ```python
# def mean_weights(n):
#     weights = np.zeros((n, n - 1))
#     for i in range(n - 1):
#         weights[i:i + 2, i] = 0.5
#     return weights
# ```
#
# Column i holds 0.5 at the two places of window i and 0 elsewhere. For pictures, a window is a block of rows and
# columns; lay it on zeros of the picture's shape, and make a row of that.

# %% nbgrader={"grade_id": "dense_weights-solution", "solution": true}
def dense_weights(kernel, image_shape):
    """The weights of a dense layer that does what a convolution does.

    Args:
        kernel: shape (h, w).
        image_shape: rows and columns of the image.

    Returns:
        The matrix W, one row for each number of the image, one column for each number of the feature map: for every
        image, image.ravel() @ W is convolve2d(image, kernel).ravel().
    """
    ### BEGIN SOLUTION
    n_rows, n_columns = image_shape
    ones = np.eye(n_rows * n_columns).reshape(-1, n_rows, n_columns)
    return np.stack([convolve2d(one, kernel).ravel() for one in ones])
    ### END SOLUTION

# %%
check(dense_weights)

# %% [markdown]
# ## Summary
#
# - A kernel asks the same question at every position. Its answers are a feature map, of size
#   $\lfloor (n + 2p - k) / s \rfloor + 1$ in each direction.
# - What Keras calls a convolution is a cross-correlation: the kernel is not turned.
# - Weights are shared, so the size of the picture does not matter: a layer has
#   $h \cdot w \cdot c_\text{in} \cdot c_\text{out} + c_\text{out}$ parameters.
# - Shift the input and the map shifts (equivariance). If the network flattens its maps, a shift still hurts it; global
#   pooling makes it tolerant.
# - Strides and pooling let the receptive field grow quickly.
# - Knowledge built into the architecture can be worth more than parameters, and fresh copies of the clips add to it.
# - Batch normalisation works differently in training and at inference. After a short training with a long memory its
#   statistics are wrong, and the network looks worse than it is.
#
# Next: on the axis of the coefficients, sliding makes less sense than along time. Lesson 07 slides along time
# only, becomes faster by it, and goes much deeper with a trick that keeps the gradient alive.
#
# ## Further reading
#
# - Yann LeCun, Léon Bottou, Yoshua Bengio, Patrick Haffner: "Gradient-based learning applied to document
#   recognition". Proceedings of the IEEE 86 (11), 1998. Convolution, pooling and weight sharing, on cheques.
# - Tara Sainath, Carolina Parada: "Convolutional neural networks for small-footprint keyword spotting".
#   Interspeech 2015. CNNs against dense networks on this very task.
# - Vincent Dumoulin, Francesco Visin: "A guide to convolution arithmetic for deep learning". 2016. Stride and
#   padding in pictures. [arXiv:1603.07285](https://arxiv.org/abs/1603.07285)
# - Mark Sandler, Andrew Howard, Menglong Zhu, Andrey Zhmoginov, Liang-Chieh Chen: "MobileNetV2: inverted
#   residuals and linear bottlenecks". 2018. [arXiv:1801.04381](https://arxiv.org/abs/1801.04381)
# - Sergey Ioffe, Christian Szegedy: "Batch normalization: accelerating deep network training by reducing internal
#   covariate shift". 2015. [arXiv:1502.03167](https://arxiv.org/abs/1502.03167)
# - Ian Goodfellow, Yoshua Bengio, Aaron Courville: *Deep Learning*, chapter 9, "Convolutional networks". MIT
#   Press, 2016. <https://www.deeplearningbook.org>
