# %% [markdown]
# # 5 · Kernels by hand, then learned ones
#
# **Goal:** find patterns with kernels that you make yourself, then let a network learn its own, and measure
# what that buys.
#
# After this lesson you will be able to
#
# - slide a kernel over a picture, and say what its answer means
# - work out the size of a feature map, its parameters and its receptive field, on paper
# - explain what weight sharing, stride, padding and pooling are good for
# - build and train a convolutional network, and look inside it
# - weigh a network of two million parameters against one of some ten thousand
# - recognise a network that has learned well and looks bad only because its statistics are out of date
#
# *About 130 minutes · 15 points · needs lessons 02 and 04*

# %% nbgrader={"grade_id": "setup-06_cnn"}
from kws_helpers import data, features, mode, plotting, results, training, widgets  # before Keras
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
# its own. Say "yes" a tenth of a second later, and all numbers land on other weights: to the network, that is
# another input, and nothing tells it that the two are alike. It also does not know that two numbers are neighbours. You could shuffle all frames, the same
# way in every clip, and it would learn neither better nor worse.
#
# We know more than that. A sound is the same sound wherever it occurs, and what belongs together lies close
# together. This lesson builds both into the network.
#
# ## A kernel: look for one thing, everywhere
#
# Start with a picture that we can read: a letter, drawn with NumPy. 1 is bright (the letter), 0 is dark (the ground).

# %% tags=["shows"]
rows, columns = np.indices((24, 24))
letter = np.zeros((24, 24))
letter[3:21, 5:9] = 1  # the upright stroke of a K
arms = np.abs(np.abs(rows - 11.5) - (columns - 9)) < 2.2
letter[arms & (columns >= 9) & (rows >= 3) & (rows < 21)] = 1

# %% [markdown]
# A **kernel** is a small grid of numbers. Lay it on the picture, multiply each of its numbers with the value
# below, and add up all products. The sum says how well this piece of the picture, the *window*, fits the
# kernel.
#
# The kernel below has -1 on the left and +1 on the right. Where the picture is even, pluses and minuses cancel
# out and the sum is 0. It is large where dark turns into bright from left to right: at a left edge of the
# letter.

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
# rows and columns of the map, $u$ and $v$ those of the kernel. $s$ is the **stride**: how far the kernel moves from one sum to the next, down and to the right. Most often $s = 1$.
#
# At the border the kernel would stick out. There are two ways: stop before (then the map is a little smaller
# than the picture), or first put $p$ rows and columns of zeros around the picture, on **all four sides**; then $X$
# is the picture with its zeros. That is **padding**.
#
# ### Exercise: `convolve2d`
#
# *20 minutes · medium · 3 points*
#
# Write it with NumPy. Only positions at which the kernel fits whole into the (padded) picture count. Picture and
# kernel need not be square, and the kernel is neither turned nor mirrored.
#
# <details><summary>Hint 1: the zeros</summary>
#
# `np.pad(image, 2)` puts two rows and columns of zeros on every side. Do that first and forget about the
# padding from then on.
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
# ![A letter K, a kernel, and a map that is bright at its left edges](expected:left-edges)

# %% nbgrader={"grade_id": "convolve2d-solution", "solution": true}
def convolve2d(image, kernel, stride=1, padding=0):
    """Slide a kernel over an image (cross-correlation, as in Keras).

    Args:
        image: shape (height, width).
        kernel: shape (h, w), not turned or mirrored.
        stride: rows and columns that the kernel moves from one position to the next.
        padding: rows and columns of zeros that are put on each of the four sides first.

    Returns:
        The feature map: a sum of products for each position at which the kernel fits whole.
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
plotting.kernel_response(letter, left_edge, convolve2d(letter, left_edge))

# %% [markdown]
# **What would happen if** the picture were turned into its negative, a dark letter on a bright ground? Think of
# `1 - letter`, and of what the sum of the kernel's numbers has to do with it.
#
# <details><summary>Answer</summary>
#
# The numbers of this kernel sum to 0. Adding 1 everywhere therefore changes nothing, and the minus turns all
# signs around: left edges become right edges. A kernel whose numbers sum to 0 does not care how bright a
# picture is, only where it changes. In a picture of sound this means: it does not care how loud, since a louder
# recording has the same number of decibels more everywhere.
#
# </details>
#
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
images = {"a letter": letter, "mel bands of a “stop”": sound,
          "MFCC of the same clip": upright(prepared.training.x[chosen])}

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
    return plotting.draw_kernel_response(images[picture], kernel, convolve2d(images[picture], kernel, padding=1))


widgets.explore(draw, {"picture": widgets.choice("picture", list(images), "mel bands of a “stop”"),
                       "start_from": start_from, "numbers": kernel_numbers})

# %% [markdown]
# <details><summary>Your guesses</summary>
#
# Ends: the left-edge kernel with its signs turned round. Steady tones: "horizontal line". And "guess!" moves the
# picture one column to the right.
#
# </details>
#
# Now the same kernel on what our networks get, the MFCC:

# %% tags=["shows"]
mfcc = images["MFCC of the same clip"]
plotting.kernel_response(mfcc, left_edge, convolve2d(mfcc, left_edge, padding=1))

# %% [markdown]
# Along time an edge is still a change: the kernel answers where a coefficient rises, most clearly in the lowest ones
# when the vowel begins. In the other direction it is harder to say what an edge means. Coefficient 7 is not "a little higher" than
# coefficient 6; it measures another thing. Keep that in mind: the question at the end of this lesson comes back to it.
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
# For a network the difference does not matter: it learns its kernels, and would simply learn them the other
# way round. So everybody says "convolution" and computes a cross-correlation. It matters when you carry
# kernels from one program to another.
#
# ## How large is the map?
#
# Stride and padding change how often the kernel fits. In one direction it looks like this, for a kernel of 3
# on a row of 7. Each bar is one place of the kernel, and gives one number of the map:

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
#   the work. What lies between two places is still seen, as long as the kernel is at least as wide
#   as the stride.
#
# You have met this before: the frames of lesson 01 are windows of 640 samples with a stride of 320.
#
# ### Exercise: `feature_map_size`
#
# *5 minutes · easy · 2 points*
#
# How many places are there for a kernel of size $k$ on a row of $n$, with stride $s$ and padding $p$?
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
# **What would happen if** the stride were larger than the kernel? Draw it for $n = 7$, $k = 1$, $s = 3$.
#
# <details><summary>Answer</summary>
#
# The kernel would visit the places 0, 3 and 6. What lies at 1, 2, 4 and 5 would never be seen.
#
# </details>
#
# ## Shift the clip, and the map shifts
#
# The kernel asks the same question everywhere. So if a sound comes six frames later, its answer comes six
# frames later, and is otherwise the same. Watch it (time runs to the right; the bar at the left of the second map is
# where the zeros came in):

# %% tags=["shows"]
shift = 6
later = np.zeros_like(sound)
later[:, shift:] = sound[:, :-shift]
before, after = convolve2d(sound, left_edge), convolve2d(later, left_edge)
plotting.image_grid({"map of the clip": before, f"map of the clip, {shift} frames later": after}, columns=2, signed=True)
inside = slice(shift, before.shape[1] - shift)  # zeros came in at the left, and some frames left at the right
moved_back = np.roll(after, -shift, axis=1)
print(f"largest difference once it is moved back: {np.abs(moved_back - before)[:, inside].max():.2g}")

# %% [markdown]
# This is called **equivariance**: what happens to the input happens to the map as well. It is a promise that
# the layer keeps for every sound and every kernel (away from the borders; with a stride of 2, only for shifts by an
# even number of frames), without a single training clip. A dense layer would have to *learn* it, one position after the other.
#
# Equivariance is not yet what we need at the end, though. A network that answers "stop" should answer "stop"
# for the later clip, too: *invariance*. The map moved; the answer must not. That is a job for pooling.
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
# How much tolerance does it bring? We take the map of the clip (what is positive of it, as after a ReLU), shift
# the clip by one frame, two, three, and measure how much the map changes: the size of the difference,
# relative to the size of the map.

# %% tags=["shows"]
def later(picture, frames):
    """The picture, moved to the right by so many frames."""
    return np.pad(picture, ((0, 0), (frames, 0)))[:, :picture.shape[1]]


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

# %% [markdown]
# (Two maps that have nothing in common differ by about 140 %.) The larger the tiles, the less a small shift
# matters. The tolerance is not perfect: a value near the border of a tile falls into the next one. And it has a
# price: with large tiles, "something begins" is still known, but no longer when. Networks pool a little, convolve
# again, and pool again, so that the tolerance grows from layer to layer.
#
# **What would happen if** the tile were as large as the map?
#
# <details><summary>Answer</summary>
#
# One number would be left of each map: whether its feature is there at all. That is called *global* pooling.
# Hardly any shift matters any more, as long as the sound stays inside the clip. The order is lost, too: of the words
# "on" and "no", only a kernel that is wide enough to see both sounds together can tell which comes first.
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
# It does not: the same few numbers are used at every place of the picture. This is **weight sharing**. What it
# saves becomes clear when a dense layer has to do the same job, to make 16 maps of 49 × 40 out of a clip:

# %% tags=["shows"]
shared = conv_parameters(3, 1, 16)
dense = (49 * 40) * (49 * 40 * 16) + 49 * 40 * 16
print(f"16 maps by a convolution with 3 × 3 kernels: {shared:>11,} parameters")
print(f"16 maps by a dense layer:                    {dense:>11,} parameters")
print(f"the whole network of lesson 02:              {64 * 1961 + 128 * 65 + 12 * 129:>11,} parameters")

# %% [markdown]
# A convolution *is* a dense layer, only one in which nearly all weights are 0 (what is far away does not
# count) and the others are equal at all places (the same question everywhere). It can express less, and that
# is the point. What it cannot express is, we believe, mostly useless, so it need not waste training clips on
# finding that out.
#
# **What would happen if** a layer had twice as many channels, coming in and going out?
#
# <details><summary>Answer</summary>
#
# Four times the weights and twice the biases. That is why the number of channels decides about the size of a network.
#
# </details>
#
# ## How far does it see?
#
# A kernel of 3 sees three frames, which is 80 milliseconds. No word is that short. But the second layer looks
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
# $r$ is the receptive field of one number after the last of $L$ layers; $m$ runs over the layers before $l$. For the first layer, the product has
# no factors and counts as 1.
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
# **What would happen if** all strides were 1 (and nothing were pooled)? How many layers with kernels of 5 would
# you need to see as much?
#
# <details><summary>Answer</summary>
#
# Each layer adds 4, so $1 + 4 L \ge 27$: seven layers.
#
# </details>
#
# ## Build it
#
# All parts are there. A convolutional network (CNN) alternates convolutions with ReLU and something that makes
# the maps smaller; then it flattens what is left, or pools it globally, and ends with the softmax that you
# know. In Keras, for small photos in three colours and two classes:
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
# You may use the remedies of lesson 04. `Sequential` or the functional way are best, since later cells look inside
# the network. Do the counting on paper, or with your functions, *before* Keras does it: most parameters are
# usually not where one expects them.
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
# padding "same", then a dropout of 0.5 and the softmax layer. Fill in what is left of a clip after each layer, with
# `feature_map_size`:
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
        keras.layers.Dropout(0.5),
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
# **What would happen if** you left out the last thing that makes the maps smaller before the dense layer? How many
# weights would the dense layer have?
#
# <details><summary>Answer, for the network on paper</summary>
#
# 12 · 10 · 32 = 3,840 numbers would go into it in place of 960: four times the weights, which is more than all the
# convolutions have.
#
# </details>
#
# ## Train it
#
# To be fair to the network of lesson 02, it is trained here once more, and everything but the architecture is the
# same for both: the same clips, *unchanged* (no augmentation), the same number of epochs, the same optimizer. If you
# followed the plan, your CNN has a dropout of 0.5 before its last layer, so the dense network (FFNN) gets that as
# well. Three seeds each, judged on unheard voices.

# %% tags=["shows"]
def build_lesson_02():
    """The network of lesson 02, with dropout before its last layer."""
    return keras.Sequential([
        keras.Input(shape=(49, 40)), keras.layers.Flatten(), keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(128, activation="relu"), keras.layers.Dropout(0.5),
        keras.layers.Dense(n_classes, activation="softmax")])


SEEDS = (0,) if mode.short_training() else (0, 1, 2)


def train(build, seeds=SEEDS, inputs=prepared.training, validation=prepared.validation):
    """Build a network for each seed and train it for 12 epochs: [(network, history), …]."""
    def compiled():
        network = build()
        network.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        return network

    return training.fit_each(compiled, inputs, validation, seeds=seeds, epochs=12, batch_size=64)


def accuracy(network, x=prepared.testing.x):
    """Accuracy on the testing split, whose voices no network has heard; x (N, 49, 40) are its clips."""
    return training.accuracy(network, features.Inputs(x, prepared.testing.y))


cnn_runs = train(build_cnn)
cnn, history = cnn_runs[0]

# %% tags=["shows"]
plotting.learning_curves(history)

# %% [markdown]
# Compare the curves with those of lesson 02: how wide is the gap, and does the validation loss rise?

# %% tags=["shows"]
cnn_accuracies = [accuracy(network) for network, _ in cnn_runs]
results.remember("CNN", cnn, cnn_accuracies, dataset)

# %% tags=["shows"]
ffnn_runs = train(build_lesson_02)
ffnn = ffnn_runs[0][0]
ffnn_accuracies = [accuracy(network) for network, _ in ffnn_runs]

def print_comparison():
    for name, network, accuracies in [("FFNN", ffnn, ffnn_accuracies), ("CNN", cnn, cnn_accuracies)]:
        print(f"{name:<5}{network.count_params():>8,} parameters, unheard voices:",
              ", ".join(f"{one:.1%}" for one in accuracies), f"(mean {np.mean(accuracies):.1%})")

print_comparison()

# %% [markdown]
# ### Did it learn to ignore shifts?
#
# Neither network was trained with shifted clips. We move the test clips by some frames (the first or last
# frame is repeated to fill the gap) and ask again.

# %% tags=["shows"]
def shifted(x, frames):
    """Clips (N, T, F), later by so many frames, or earlier if it is negative."""
    places = np.clip(np.arange(x.shape[1]) - frames, 0, x.shape[1] - 1)
    return x[:, places]


steps = range(-10, 11, 2)
curves = {name: [accuracy(network, shifted(prepared.testing.x, k)) for k in steps]
          for name, network in [("CNN", cnn), ("FFNN", ffnn)]}
plotting.accuracy_over_shift(curves, list(steps), chance=1 / n_classes)

def print_shifted():
    for name, values in curves.items():
        moved = np.mean([values[i] for i, k in enumerate(steps) if abs(k) == 4])
        print(f"{name}: right in {values[5]:.0%} without a shift, in {moved:.0%} after one of 4 frames (80 ms)")

print_shifted()

# %% [markdown]
# Small shifts cost the CNN little. Large ones do cost: if `Flatten` and a dense layer come after pooling, the
# position matters to these again. The convolutions are equivariant, the network as a whole is not invariant.
# To make it so, there are two ways: global pooling, or clips that are shifted in training (lesson 04).
#
# The FFNN is less helpless than the beginning of this lesson suggests. The words of the training clips lie at
# different places, so it has learned some tolerance, place by place; and MFCC change slowly from frame to frame.
#
# ### Does it need the neighbourhood?
#
# A test of the other promise. We shuffle the frames: all clips in the same way, in training, validation and
# testing. No information is lost. A dense network would not notice, since it never knew which frames are
# neighbours. And a CNN?

# %% tags=["shows"]
order = np.random.default_rng(0).permutation(49)
[(confused, _)] = train(build_cnn, seeds=(0,),
                        inputs=features.Inputs(prepared.training.x[:, order], prepared.training.y),
                        validation=features.Inputs(prepared.validation.x[:, order], prepared.validation.y))
print(f"frames in order: {cnn_accuracies[0]:.1%}")
print(f"frames shuffled: {accuracy(confused, prepared.testing.x[:, order]):.1%}")

# %% [markdown]
# **What would happen if** the *coefficients* were shuffled instead of the frames? Guess first: does it cost as
# much? Then try it: `permutation(40)`, and `[:, :, order]` in place of `[:, order]`. The question below comes back
# to what you find.
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
# Look for old friends: a kernel that is dark on one side and bright on the other is an edge detector, for a
# beginning or an end, or for a difference between coefficients. Many fit no name that we have, and after a short
# training on a few thousand clips they still look rough. And here is what the first layer makes of the "stop" from
# above, after ReLU:

# %% tags=["shows"]
maps = keras.Model(cnn.inputs, first.output).predict(prepared.training.x[chosen:chosen + 1], verbose=0)
plotting.feature_map_pictures(np.maximum(maps[0], 0))

# %% [markdown]
# Most light up while the vowel lasts, each in rows of its own. Look for one that marks only the beginning. One that
# stays dark looks for something that is not in this clip.
#
# ### Question: why does it do better?
#
# *15 minutes · medium · 2 points · marked by hand*
#
# In about 120 words:
#
# 1. Your CNN has fewer parameters than the network of lesson 02 (if you kept it small), and does better on
#    unheard voices. How can less be more? Name **two** properties of a convolutional network that the dense one
#    lacks, and for each a number or figure of this notebook that shows it.
# 2. A kernel slides along both axes of the MFCC picture. For which axis do you find that convincing, and for
#    which less? What would you change?

# %% [markdown] nbgrader={"grade_id": "why_convolution", "grade": true, "solution": true, "points": 2}
# **Model answer.** (1) A convolution expresses less than a dense layer, but what it gives up is mostly useless for
# sound. First, weight sharing: the same few kernels are used at every place (160 parameters instead of
# millions for 16 maps), so every clip teaches them at all places at once, and there is little room to learn
# clips by heart. The gap between training and validation is narrower than in lesson 02. Second, it looks at
# neighbourhoods: with shuffled frames, which hold the same information, the accuracy falls clearly. Third, a
# shift of the input shifts the map (the two maps are equal once moved back), and pooling makes small shifts
# nearly harmless: of the right answers, more are left after a shift of 80 ms than with the FFNN.
#
# (2) Along time it is convincing: a sound may come a little earlier or later, and neighbouring frames belong
# together. Along the coefficients it is less so: each coefficient measures something else, so the same kernel
# means other things at other places; a pattern at coefficient 3 does not come back at 20. One could slide along
# time only, with kernels over all coefficients (the coefficients as channels), or use mel bands, where a shift
# along the axis has a meaning (a higher voice).
#
# **Marking.** 1 point for part 1: two of weight sharing, locality, equivariance and tolerance to shifts, each
# with evidence from the notebook; half a point if only one is supported or the evidence is missing. 1 point for
# part 2: time yes and coefficients less (with the reason that a coefficient's position carries its meaning), and
# one sensible change; half a point without reason or without change. A student who argues
# from a run with shuffled coefficients that neighbourhood along that axis does help, too, gets full points for it.

# %% [markdown]
# ## A network off the shelf
#
# Why build small networks at all? Keras brings large ones along, made by people with much experience.
# **MobileNetV2** was designed for phones and photos. It has more than fifty convolutional layers, batch
# normalisation after nearly each, and more than two million parameters. To it, our clip is a small grey photo,
# (49, 40, 1); a missing channel axis of length 1 is added by Keras. `weights=None` means that it starts from
# random numbers, as ours did.

# %% tags=["shows"]
training.set_seed(0)
if mode.short_training():
    mobilenet = build_cnn()  # while grading, a stand-in that is built faster
else:
    mobilenet = keras.applications.MobileNetV2(input_shape=(49, 40, 1), alpha=1.0, weights=None, classes=n_classes)
mobilenet.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
print(f"{mobilenet.count_params():,} parameters, {mobilenet.count_params() / len(prepared.training):,.0f} for each "
      "training clip")

# %% [markdown]
# An epoch takes many times as long as one of our CNN, so we can afford only a few: three, with one seed, which takes one
# or two minutes. That is not a fair race, and we will not call it one. Here is how far it comes.

# %% tags=["shows"]
mobilenet_history = training.fit(mobilenet, prepared.training, prepared.validation, epochs=3, batch_size=32, seed=0)
plotting.learning_curves(mobilenet_history)

# %% [markdown]
# ## What went wrong here?
#
# The training accuracy climbs from epoch to epoch. The validation accuracy stays at guessing, and the validation
# loss is *above* $\ln 12$. Overfitting? That was the diagnosis in lesson 02. Before you open the answer, look at
# a test that costs little: ask the network about clips **that it has been trained with**.

# %% tags=["shows"]
some = np.random.default_rng(0).choice(len(prepared.training), size=min(256, len(prepared.training)), replace=False)
heard, labels = prepared.training.x[some], prepared.training.y[some]


def accuracy_in_batches(network, x, y, as_in_training):
    """Accuracy with the network as it works in training, or as it works in use."""
    right = [np.asarray(network(x[i:i + 32], training=as_in_training)).argmax(axis=-1) == y[i:i + 32]
             for i in range(0, len(x), 32)]
    return np.mean(np.concatenate(right))


print(f"256 training clips, network in use:      {accuracy_in_batches(mobilenet, heard, labels, False):.1%}")
print(f"256 training clips, as it was trained:   {accuracy_in_batches(mobilenet, heard, labels, True):.1%}")

# %% [markdown]
# The same network, the same weights, the same clips, two answers. (Asking in training mode moves what the network
# has gathered by eight tiny steps. It does not matter here.) Which of its layers work in one way in
# training and in another in use? You built one of them yourself in lesson 04.
#
# <details><summary>What happened</summary>
#
# It is the batch normalisation. In **training** it takes mean and variance from the batch at hand. In **use**
# there may be only a single clip, so it takes a *moving mean* instead, which is updated in every training step:
#
# $$\mu \leftarrow m \, \mu + (1 - m) \, \mu_\text{batch}$$
#
# $\mu$ is the moving mean (the variance goes the same way), $\mu_\text{batch}$ that of the batch, and $m$ the
# *momentum*. $\mu$ starts at 0 and the variance at 1: made-up values. After $t$ steps, a share of $m^t$ of them
# is still there.
#
# MobileNetV2 has $m = 0.999$. That is fine for the weeks of training that it was made for. Three short epochs are
# over before the moving statistics have arrived anywhere near the true ones, and as the layers are stacked, the
# errors multiply. Nothing is wrong with the weights. The network has learned; it is only used with the wrong statistics.
#
# Overfitting would look different: good on training clips in use, bad on others. Whenever a network with batch
# normalisation is bad even on its own training clips, look at the statistics first.
#
# </details>
#
# Here is how slowly such a mean forgets, over the steps that the network has been trained for. Compare with
# $m = 0.99$, which Keras takes when nothing is said, and with $m = 0.9$:

# %% tags=["shows"]
n_steps = 3 * int(np.ceil(len(prepared.training) / 32))
plotting.fading_memory([0.999, 0.99, 0.9], n_steps)

# %% [markdown]
# There are two ways to mend it. One is a lower momentum from the start. The other needs no training at all: show
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


in_use_before = accuracy(mobilenet)
some = np.random.default_rng(1).choice(len(prepared.training), size=min(1024, len(prepared.training)), replace=False)
settle_statistics(mobilenet, prepared.training.x[some])
mobilenet_accuracy = accuracy(mobilenet)
results.remember("MobileNetV2", mobilenet, [mobilenet_accuracy], dataset)
print(f"256 training clips, network in use:  {accuracy_in_batches(mobilenet, heard, labels, False):.1%}")
print(f"unheard voices: {in_use_before:.1%} before, {mobilenet_accuracy:.1%} after")

# %% [markdown]
# (Only *training* clips were used for it. To settle the statistics on the testing clips would be a leak: the
# network would have adapted to the exam.)
#
# ## What do two million parameters buy?

# %% tags=["shows"]
plotting.accuracy_by_size({
    "CNN": (cnn.count_params(), cnn_accuracies),
    "FFNN": (ffnn.count_params(), ffnn_accuracies),
    "MobileNetV2": (mobilenet.count_params(), [mobilenet_accuracy]),
}, chance=1 / n_classes)

# %% [markdown]
# With the bundled voices: nothing, for many times the work. Be careful with what that proves. MobileNetV2 had three
# epochs and one seed, its training accuracy was still rising, and with more time it would get better; you can give
# it more (an evening, say), with `AugmentedClips` from lesson 04 against overfitting. What the figure does show is
# what a given amount of time and data buys, and there size alone is no advantage. The network was made for photos
# of 224 × 224 points, and for a million of them. It halves the maps five times: of our 49 frames, two are left in
# the end.
#
# The number of parameters, by the way, says little about how good a network is. The FFNN has more of them than
# our CNN (unless yours is large). What counts is where they are, and what the network knows before it has heard a single clip.
#
# **What would happen if** MobileNetV2 started with the weights that it learned from a million photos
# (`weights="imagenet"`), and only its last layer were new? What would those kernels know about sound, and what
# not?
#
# <details><summary>Answer</summary>
#
# Edges and textures are useful in any picture, so the early layers would be a better start than random numbers. What
# eyes and wheels look like is of no use here. (Photos have three channels: the clip's picture would have to be given
# three times, and the weights are a download.)
#
# </details>
#
# ## Summary
#
# - A kernel asks the same question at every place. Its answers are a feature map, of size
#   $\lfloor (n + 2p - k) / s \rfloor + 1$ in each direction.
# - What Keras calls a convolution is a cross-correlation: the kernel is not turned.
# - Weights are shared, so the size of the picture does not matter: a layer has
#   $h \cdot w \cdot c_\text{in} \cdot c_\text{out} + c_\text{out}$ parameters.
# - Shift the input and the map shifts (equivariance). Pooling makes the network tolerant of small shifts; only
#   global pooling makes it nearly indifferent to them.
# - Strides and pooling let the receptive field grow quickly.
# - Knowledge built into the architecture can be worth more than parameters.
# - Batch normalisation works differently in training and in use. After a short training with a long memory its
#   statistics are wrong, and a good network looks like a bad one.
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
