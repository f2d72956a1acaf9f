# %% [markdown]
# # 6 · Residual connections, and time as the only axis
#
# **Goal:** build TC-ResNet8, a network small enough for a wristwatch and better than all before it, and
# understand why each of its parts is there.
#
# After this lesson you will be able to
#
# - say why a convolution over time suits speech better than one over a picture, and build it in two ways
# - explain what a residual connection changes for a deep network, and show it with gradients
# - build TC-ResNet8 weight by weight, as its paper describes it
# - count multiply-adds, and say why parameters alone do not tell what a network costs
# - compare networks fairly, and say what a result on one kind of voices means for another
#
# *About 150 minutes · 14 points · needs lessons 02 to 06*

# %% nbgrader={"grade_id": "setup-07_tc_resnet"}
from kws_helpers import data, features, mode, plotting, results, training, widgets  # before Keras: TensorFlow is quiet
from kws_helpers.augment import AugmentedClips, Changes
from kws_helpers.check import check

import math
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

# %%
dataset = data.load()
prepared = features.prepare(dataset)
n_classes = len(dataset.class_names)
print(dataset)
print(f"\ntraining.x {prepared.training.x.shape}, training.y {prepared.training.y.shape}")

# %% [markdown]
# ## Time is the only axis
#
# The network of lesson 06 treats the MFCC of a clip as a picture. Its kernels are small squares that slide
# along both axes. That is right for photographs: a cat in the upper left is the same cat in the lower right,
# so a kernel that knows a cat's ear should look everywhere.
#
# Is a sound the same sound when it moves? Along **time**, yes: "s" is "s" a tenth of a second later. Along the
# **coefficients**, no. Coefficient 3 and coefficient 4 describe different properties of the same moment, as
# height and weight describe different properties of the same person. You would not look for a face in a list
# of heights and weights, one step to the right.
#
# The data can be asked. Where neighbours are the same thing once more, a number predicts the one beside it:

# %% tags=["shows"]
speech = prepared.training.x[dataset.training.words != "_silence_"][::4]  # every fourth clip is enough

def correlation(one, other):
    """From -1 to 1: how well one array predicts the other."""
    return np.corrcoef(one.ravel(), other.ravel())[0, 1]

print("distance   frames   coefficients")

def print_correlations():
    for distance in (1, 2, 3, 4):
        print(f"{distance:>8}{correlation(speech[:, :-distance], speech[:, distance:]):>9.2f}"
              f"{correlation(speech[..., :-distance], speech[..., distance:]):>15.2f}")

print_correlations()

# %% [markdown]
# A frame tells a good deal about the frames near it, a coefficient much less about its neighbours. (Frames beside each
# other share half of their samples, so look at distance 2 and beyond, where they share none.) So let the kernels
# slide along time only, and let each of them see **all 40 coefficients at once**. In the words of lesson 06:
# the coefficients are the *channels*, as red, green and blue are the channels of a photo. That is the idea of
# TC-ResNet, the temporal convolution network of Choi and others (2019).

# %%
one_clip = prepared.training.x[np.flatnonzero(dataset.training.words == "yes")[0]]
plotting.kernels_on_picture(one_clip, {"a picture: two axes, 1 channel": (3, 3),
                                       "a time series: one axis, 40 channels": (3, 40)})

# %% [markdown]
# It has a second advantage. What comes out of the kernel on the left is a picture again, as large as the one
# that went in, and the next layer has to go all over it. What comes out on the right is one number for each
# frame. With 16 such kernels in each of two layers:

# %% tags=["shows"]
frames, coefficients, kernels = 49, 40, 16
picture = frames * coefficients * kernels * (3 * 3 * 1), frames * coefficients * kernels * (3 * 3 * kernels)
series = frames * kernels * (3 * coefficients), frames * kernels * (3 * kernels)
print(f"{'multiplications':<18}{'first layer':>12}{'second layer':>14}")
print(f"{'two axes':<18}{picture[0]:>12,}{picture[1]:>14,}")
print(f"{'time only':<18}{series[0]:>12,}{series[1]:>14,}")

# %% [markdown]
# **Where do the products come from?** There are (frames × coefficients × kernels) numbers in the result on the
# left, and (frames × kernels) on the right. Each takes as many multiplications as its kernel has weights. You
# will write a function for that later.
#
# ### Exercise: `as_time_series`
#
# *5 minutes · easy · 1 point*
#
# There are two ways to write such a convolution. One is `Conv1D`, whose input has the axes (clip, frame,
# channel): that is what we have. The other is the paper's: a `Conv2D` on a picture that is **one pixel wide**.
# Its input has the axes (clip, frame, 1, channel), and its kernels are (9, 1) instead of 9.
#
# Write the function that takes the features of clips to the second form: (N, T, F) becomes (N, T, 1, F). Every
# number stays beside its neighbours: frame `t` and coefficient `f` of clip `n` is then at `[n, t, 0, f]`.
#
# <details><summary>Hint 1</summary>
#
# No number is moved or computed; there is only one more axis, with length 1. NumPy has several ways for that:
# `np.expand_dims`, `reshape`, or `np.newaxis` between the brackets.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `a[:, np.newaxis]` puts the new axis after the first one. Where do you want it?
#
# </details>

# %% nbgrader={"grade_id": "as_time_series-solution", "solution": true}
def as_time_series(features):
    """Features as pictures that are one pixel wide, with the coefficients as channels.

    Args:
        features: features of clips, shape (N, T, F): clips, frames, coefficients.

    Returns:
        The same numbers with one more axis, shape (N, T, 1, F).
    """
    ### BEGIN SOLUTION
    return features[:, :, np.newaxis, :]
    ### END SOLUTION

# %% nbgrader={"grade_id": "as_time_series", "grade": true, "points": 1}
check(as_time_series)
### BEGIN HIDDEN TESTS
judge(as_time_series)
### END HIDDEN TESTS

# %% [markdown]
# Are the two really the same? Here is one set of weights, used both ways, with a stopwatch:

# %% tags=["shows"]
def seconds_for(convolution, runs=20):
    """The median time of one run."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        convolution()
        times.append(time.perf_counter() - start)
    return np.median(times)

some = prepared.training.x[:256]
some_as_series = as_time_series(some)
weights = np.random.default_rng(0).normal(size=(9, 40, 16)).astype("float32")
weights_2d = weights[:, np.newaxis]  # (9, 1, 40, 16)

def one_dimension():
    return keras.ops.conv(some, weights, padding="same")

def two_dimensions():
    return keras.ops.conv(some_as_series, weights_2d, padding="same")

print("the same numbers:", np.allclose(one_dimension(), two_dimensions()[:, :, 0], atol=1e-3))
print(f"Conv1D with kernel 9:      {1000 * seconds_for(one_dimension):5.1f} ms for {len(some)} clips")
print(f"Conv2D with kernel (9, 1): {1000 * seconds_for(two_dimensions):5.1f} ms")

# %% [markdown]
# Same numbers, same weights. Which of the two is faster depends on the machine, on the library, and on the
# task: in training, where gradients are computed too, it may be the other one. The lesson goes on with
# `Conv1D`. You may write your functions either way, both are right.
#
# **What would happen if** the frames of every clip were put in a random order, the same order for all clips?
# What would that mean for the network of lesson 02, and what for a convolution over time?
#
# <details><summary>Answer</summary>
#
# The feed-forward network would not notice: it has a weight for every number, wherever that stands. A
# convolution over time would see neighbours that do not belong together and would do much worse. The
# convolution *knows* something about time before it has seen a single clip. That knowledge costs no
# parameters, but it has to be true.
#
# </details>
#
# ## Deeper should be better
#
# A layer makes new features out of those before it, so more layers should be able to do more. And a deeper
# network should never be worse: it could let its additional layers do nothing.
#
# Try it. The following function builds a stack of blocks: convolution, batch normalisation, ReLU,
# convolution, batch normalisation, ReLU. One argument decides whether the block's input is added again to its
# result. That is the **residual connection**, also called *shortcut* (He and others, 2015):
#
# $$y = \mathrm{ReLU}\big(F(x)\big) \qquad \text{or} \qquad y = \mathrm{ReLU}\big(x + F(x)\big)$$
#
# Here $x$ is what goes into the block, $F$ stands for its two convolutions with what is between them, and $y$
# is what comes out.

# %% tags=["shows"]
def deep_stack(blocks, residual, batch_norm=True):
    """A deep network over time: 2 * blocks + 1 convolutions of 16 channels, with or without shortcuts."""
    def convolution(x):
        x = keras.layers.Conv1D(16, 3, padding="same", use_bias=not batch_norm)(x)
        return keras.layers.BatchNormalization(momentum=0.9)(x) if batch_norm else x

    clip = keras.Input((49, 40))
    x = keras.layers.Conv1D(16, 3, strides=4, padding="same", activation="relu")(clip)
    for _ in range(blocks):
        f = convolution(keras.layers.ReLU()(convolution(x)))
        x = keras.layers.ReLU()(x + f if residual else f)
    x = keras.layers.GlobalAveragePooling1D()(x)
    return keras.Model(clip, keras.layers.Dense(n_classes, activation="softmax")(x))

# %% [markdown]
# What can go wrong in a deep network shows before any training. The **gradient** of a weight says how much the
# loss changes when the weight does: it is the only news that a layer gets about its work. So let us look how
# large the gradients are in every layer, as the root of their mean square.

# %% tags=["shows"]
def gradients_of(network, first=0):
    """The loss's gradient for the kernel of every convolution, from every twelfth training clip."""
    x, y = prepared.training.x[first::12], prepared.training.y[first::12]
    kernels = [layer.kernel.value for layer in network.layers if isinstance(layer, keras.layers.Conv1D)]
    with tf.GradientTape() as tape:  # TensorFlow notes every step, so that it can go back
        probabilities = network(x, training=True)
        loss = keras.ops.mean(keras.losses.sparse_categorical_crossentropy(y, probabilities))
    return [np.asarray(gradient) for gradient in tape.gradient(loss, kernels)]

def gradient_sizes(network):
    """The root mean square of the gradient in every layer, shape (layers,)."""
    return np.array([np.sqrt(np.mean(gradient**2)) for gradient in gradients_of(network)])

def agreement(network):
    """How alike the gradients from two samples of clips are, -1 to 1: the cosine between them, mean of all layers."""
    pairs = zip(gradients_of(network), gradients_of(network, first=6))
    return np.mean([np.sum(one * other) / np.linalg.norm(one) / np.linalg.norm(other) for one, other in pairs])

# %% [markdown]
# Now ten blocks, plain and residual: the gradients, and then three epochs of training.
#
# ![Plain stack: gradients differ from layer to layer, the loss falls slowly. Residual stack: even
# gradients, the loss falls](expected:residual)

# %% tags=["figure:residual", "shows"]
gradients, histories = {}, {}

def train_both_stacks():
    for name, residual in {"plain": False, "residual": True}.items():
        training.set_seed(0)
        stack = deep_stack(blocks=2 if mode.short_training() else 10, residual=residual)
        gradients[name] = gradient_sizes(stack)
        print(f"{name:<9} two samples of clips agree about the direction: {agreement(stack):.2f}")
        stack.compile(optimizer=keras.optimizers.Adam(2e-3), loss="sparse_categorical_crossentropy",
                      metrics=["accuracy"])
        histories[name] = training.fit(stack, prepared.training, prepared.validation, epochs=3, seed=0)

train_both_stacks()
plotting.residual_comparison(gradients, histories)

# %% [markdown]
# Both stacks have the same layers and the same number of weights. Nothing was added but an addition.
#
# **Why the plain stack is so slow.** The gradient reaches the first layer by going back through all layers behind it,
# and each of them multiplies it by a factor. Twenty factors in a row make a number that is far too large or next to
# nothing. Batch normalisation softens that, but a difference in size remains. Size alone is not the worst, since Adam
# evens sizes out. Worse is the **direction**, the two numbers that were printed: 1 would mean that two samples of
# clips ask for the same change, 0 that they have nothing to say to each other. After so many plain layers two samples
# hardly agree about anything, so the steps of training cancel. (Balduzzi and others, 2017, call such gradients
# *shattered*.)
#
# **Why the shortcut helps.** $\partial y / \partial x$ is the slope of a block: by how much $y$ changes when $x$
# changes a little. Leaving the ReLU aside:
#
# $$\frac{\partial y}{\partial x} = 1 + \frac{\partial F}{\partial x}$$
#
# (For many numbers, the 1 is the identity matrix.) The 1 is there whatever $F$ has learned: the gradient has a way
# around the block, and so has the clip on its way forward. A block that has nothing to say yet does no harm: with
# $F(x) = 0$, what goes in comes out. That is why it is called *residual*: the block only has to learn what is missing.
#
# Play with it. Without batch normalisation the trouble is not softened at all: what goes forward through the plain
# stack fades from layer to layer, and so does the gradient on its way back. Mind the scale: each labelled line is ten
# times the one below or more. Move the slider, and see what remains.

# %% tags=["shows"]
def draw_stacks(blocks, batch_norm):
    training.set_seed(0)
    return plotting.draw_gradients({
        name: gradient_sizes(deep_stack(blocks, residual, batch_norm))
        for name, residual in {"plain": False, "residual": True}.items()})

widgets.explore(draw_stacks, {"blocks": widgets.slider("blocks", 1, 20, 2 if mode.short_training() else 10),
                              "batch_norm": widgets.choice("batch normalisation", {"with": True, "without": False},
                                                           False)})

# %% [markdown]
# Why is the plain line so low and yet *flat*? The gradient of a kernel is a product: what comes in from the clip's side,
# which fades on its way forward, times the news from the loss's side, which fades on its way back. Near the clip the
# second factor is tiny, near the end the first. The product is about equally tiny everywhere.
#
# **What would happen if** the stack had only two blocks? Is a residual connection worth it then? Try the
# slider before you answer: with two blocks, how uneven are the sizes? (TC-ResNet8 has three. Its big sister TC-ResNet14 has six, and networks for
# photographs have more than a hundred.)
#
# ## The residual block
#
# Now the block of TC-ResNet. It differs from the one above in two ways: its kernels are 9 frames wide, and it
# may **change the shape** of what goes through. With stride 2 it halves the number of frames, and it may give
# more channels than it gets. Then $x$ and $F(x)$ have different shapes and cannot be added. So the shortcut gets a
# convolution of its own, with a kernel of a single frame, which does nothing but bring $x$ into the new shape.
#
# ```
# x ─┬─ conv 9, stride ─ BN ─ ReLU ─ conv 9 ─ BN ─┬─ add ─ ReLU ─ y
#    └─ x itself; or, where the shape changes:    │
#       conv 1, stride ─ BN ─ ReLU ───────────────┘
# ```
#
# Honesty requires one more sentence. Where the shape changes, the shortcut has weights of its own, and the 1 is gone;
# in TC-ResNet8 that is so in all three blocks. What remains is a short way: one convolution instead of two. The pure
# form is in every second block of its big sister TC-ResNet14.
#
# ### Exercise: `residual_block`
#
# *25 minutes · hard · 3 points*
#
# Write the block in Keras' *functional* style: the function gets a place in a network (a `KerasTensor`), sends
# it through layers, and returns the place where they end. This is how such code looks:
#
# ```python
# def two_layers(x):
#     x = keras.layers.Conv1D(8, 5, padding="same")(x)
#     return keras.layers.Activation("tanh")(x)
# ```
#
# | path | layers, in this order |
# | --- | --- |
# | main | convolution with kernel 9 and the given stride, batch normalisation, ReLU, convolution with kernel 9 (stride 1), batch normalisation |
# | shortcut, where the stride **or** the number of channels changes the shape | convolution with kernel 1 and the given stride, batch normalisation, ReLU |
# | shortcut, elsewhere | nothing: `x` itself |
# | both | add, then ReLU |
#
# All convolutions have `padding="same"`, so that only the stride changes the number of frames, and **no
# biases**: batch normalisation subtracts the mean and would take any bias away again. Give
# `BatchNormalization` the argument `momentum=0.95`. In use, it normalises with a running mean and variance, of
# which each training step keeps that share and replaces the rest; our trainings are short, so the memory has to
# be short, too.
#
# In the lesson, `x` has the shape (N, T, C): use `Conv1D`. If you prefer the paper's form, with `Conv2D` and
# kernels (9, 1) for an `x` of shape (N, T, 1, C), that is right too.
#
# <details><summary>Hint 1: begin without the shortcut</summary>
#
# Write the main way first, into a variable with another name than `x`: you need `x` again. Run the check; it
# goes as far as you have got.
#
# </details>
# <details><summary>Hint 2: does the shape change?</summary>
#
# `x.shape[-1]` is the number of channels that come in. When is the result of the main way of another shape
# than `x`? There are two reasons, and one of them is enough.
#
# </details>
# <details><summary>Hint 3: the addition</summary>
#
# `keras.layers.Add()([one, other])`, or simply `one + other`. If Keras complains about shapes here, print
# both: which of the two ways has the wrong stride or the wrong number of channels?
#
# </details>

# %% nbgrader={"grade_id": "residual_block-solution", "solution": true}
def residual_block(x, channels, stride):
    """The residual block of TC-ResNet: two convolutions over 9 frames, and a shortcut around them.

    Args:
        x: a place in a network (KerasTensor) of shape (N, T, C); or (N, T, 1, C) for 2-D convolutions.
        channels: the number of channels that the block gives.
        stride: the stride of the block in frames, 1 or 2.

    Returns:
        The place behind the block (KerasTensor), shape (N, ceil(T / stride), channels); with 2-D
        convolutions (N, ceil(T / stride), 1, channels).
    """
    ### BEGIN SOLUTION
    def convolution(x, kernel, stride):
        x = keras.layers.Conv1D(channels, kernel, strides=stride, padding="same", use_bias=False)(x)
        return keras.layers.BatchNormalization(momentum=0.95)(x)

    main = keras.layers.ReLU()(convolution(x, 9, stride))
    main = convolution(main, 9, 1)
    shortcut = x
    if stride != 1 or x.shape[-1] != channels:
        shortcut = keras.layers.ReLU()(convolution(x, 1, stride))
    return keras.layers.ReLU()(keras.layers.Add()([main, shortcut]))
    ### END SOLUTION

# %% nbgrader={"grade_id": "residual_block", "grade": true, "points": 3}
check(residual_block)
### BEGIN HIDDEN TESTS
judge(residual_block)
### END HIDDEN TESTS

# %% [markdown]
# Here are two of your blocks: one that keeps the shape, and one that changes it.

# %% tags=["shows"]
def block_alone(channels, stride):
    """A network of one block, for 49 frames with 16 channels (one pixel wide where the block is 2-D)."""
    try:
        place = keras.Input((49, 16))
        return keras.Model(place, residual_block(place, channels, stride))
    except ValueError:  # 2-D convolutions
        place = keras.Input((49, 1, 16))
        return keras.Model(place, residual_block(place, channels, stride))

def print_blocks():
    for channels, stride in [(16, 1), (24, 2)]:
        block = block_alone(channels, stride)
        kernels = [tuple(weight.shape) for weight in block.weights if len(weight.shape) > 1]
        print(f"{channels} channels, stride {stride}: {block.input_shape} becomes {block.output_shape}")
        print(f"   kernels: {', '.join(map(str, kernels))}")

print_blocks()

# %% [markdown]
# **What would happen if** the ReLU came before the addition, so that $y = x + \mathrm{ReLU}(F(x))$? What could
# such a block never do?
#
# <details><summary>Answer</summary>
#
# It could only add, never take away: after a ReLU no number is negative. Through block after block the numbers
# could only grow. With the ReLU after the addition, $F(x)$ may be negative and make $x$ smaller.
#
# </details>
#
# ## TC-ResNet8
#
# Eight layers with weights lie one behind the other: a first convolution, three residual blocks of two, and
# the last layer. (The convolutions of the shortcuts are not counted: they lie beside.) The paper's table, for
# a clip of 49 frames:
#
# | part | layers | frames | weights of the convolutions |
# | --- | --- | --- | --- |
# | first | convolution with kernel 3, 40 → 16 channels; batch normalisation; ReLU | 49 | 1,920 |
# | block | `residual_block`, 16 → 24 channels, stride 2 | 25 | 3,456 + 5,184 + 384 |
# | block | `residual_block`, 24 → 32 channels, stride 2 | 13 | 6,912 + 9,216 + 768 |
# | block | `residual_block`, 32 → 48 channels, stride 2 | 7 | 13,824 + 20,736 + 1,536 |
# | last | mean over the frames (global average pooling); dropout; dense, 48 → 12, softmax | 1 | 576 |
#
# Each batch normalisation has two numbers for each of its channels that are trained, a factor and a summand;
# 656 in all. Together: **65,168** trainable parameters, about half as many as the feed-forward network of
# lesson 02. Two more numbers for each channel, the running mean and variance, are measured and not trained.
#
# ### Exercise: `build_tc_resnet8`
#
# *25 minutes · medium · 4 points*
#
# Build it, with your `residual_block`. Two arguments are new:
#
# - **`width`** multiplies the numbers of channels 16, 24, 32 and 48, and what comes out is rounded **down**
#   with `int`: a width of 1.2 makes 19, 28, 38 and 57. That is how one design gives a family of networks.
# - **`dropout`** is the share of the 48 numbers that is dropped in training, before the last layer.
#
# The network takes clips of shape (N, 49, 40). If your block is two-dimensional, begin with
# `keras.layers.Reshape((frames, 1, coefficients))`. The last layer may have biases or not: the paper's has
# none, and twelve numbers make no difference. The first convolution has no bias. Use the functional style or
# `Sequential`, so that your `multiply_adds` can look into the network later.
#
# <details><summary>Hint 1: the parts</summary>
#
# `keras.Input(shape=input_shape)` is the first place; `keras.Model(inputs, outputs)` makes a network of the
# first and the last. `keras.layers.GlobalAveragePooling1D()` is the mean over the frames.
#
# </details>
# <details><summary>Hint 2: the widths</summary>
#
# Compute all four numbers of channels first, in one line. The first belongs to the first convolution, the
# others to the blocks, one after the other.
#
# </details>
# <details><summary>Hint 3: the number of parameters is wrong</summary>
#
# Look at the shapes of your kernels: `[tuple(w.shape) for w in model.weights]`. Compare them with the table,
# line by line. A kernel of shape (9, 16, 24) has 9 · 16 · 24 weights.
#
# </details>

# %% nbgrader={"grade_id": "build_tc_resnet8-solution", "solution": true}
def build_tc_resnet8(input_shape=(49, 40), n_classes=12, width=1.0, dropout=0.5):
    """TC-ResNet8 (Choi and others, 2019): convolutions over time in three residual blocks.

    Args:
        input_shape: shape of one clip's features, (frames, coefficients).
        n_classes: number of classes.
        width: factor for the numbers of channels 16, 24, 32, 48, rounded down.
        dropout: share of the numbers that is dropped before the last layer, in training only.

    Returns:
        A keras.Model that turns clips (N, *input_shape) into probabilities (N, n_classes).
    """
    ### BEGIN SOLUTION
    first, *others = [int(channels * width) for channels in (16, 24, 32, 48)]
    clip = keras.Input(shape=input_shape)
    x = keras.layers.Conv1D(first, 3, padding="same", use_bias=False)(clip)
    x = keras.layers.BatchNormalization(momentum=0.95)(x)
    x = keras.layers.ReLU()(x)
    for channels in others:
        x = residual_block(x, channels, stride=2)
    x = keras.layers.GlobalAveragePooling1D()(x)
    x = keras.layers.Dropout(dropout)(x)
    return keras.Model(clip, keras.layers.Dense(n_classes, activation="softmax", use_bias=False)(x))
    ### END SOLUTION

# %% nbgrader={"grade_id": "build_tc_resnet8", "grade": true, "points": 4}
check(build_tc_resnet8)
### BEGIN HIDDEN TESTS
judge(build_tc_resnet8)
### END HIDDEN TESTS

# %%
def trainable_parameters(network):
    return sum(math.prod(weight.shape) for weight in network.trainable_weights)

network = build_tc_resnet8()

def print_kernels():
    for weight in network.trainable_weights:
        if len(weight.shape) > 1:
            print(f"kernel {str(tuple(weight.shape)):<16}{math.prod(weight.shape):>8,}")

print_kernels()
norms = sum(math.prod(weight.shape) for weight in network.trainable_weights if len(weight.shape) == 1)
print(f"the rest               {norms:>8,}")
print(f"trainable              {trainable_parameters(network):>8,}, and {network.count_params():,} with what is measured")

def print_widths():
    for width in (0.5, 1.0, 1.5):
        print(f"width {width}: {trainable_parameters(build_tc_resnet8(width=width)):,} trainable")

print_widths()

# %% [markdown]
# **What is as in the paper, and what is not.** The layers, their order and the numbers of weights are the
# paper's. It feeds 98 frames a second, we feed 49, with MFCC from longer windows that are standardised. It trains much
# longer than we can wait for here: 30,000 steps of gradient descent with momentum and a learning rate that falls in
# two steps, and an L2 penalty on its kernels; we take AdamW and a cosine, below. In its authors' code, batch
# normalisation remembers longer (a momentum of 0.997), which suits long trainings only.
#
# **What would happen if** `width` were 2? How many times as many weights would the blocks have?
#
# ### What does one number see?
#
# A kernel of 9 frames looks at a fifth of a second. But the layers add up, and every stride of 2 doubles the
# step of all layers behind it. With the rule of lesson 06 (each layer adds its kernel minus one, times the
# steps so far), one number in each part sees:

# %% tags=["shows"]
clip_layers = {"first": [(3, 1)], "block 24": [(9, 2), (9, 1)], "block 32": [(9, 2), (9, 1)],
               "block 48": [(9, 2), (9, 1)]}
reach = {}

def measure_reach(seen=1, step=1):
    for part, convolutions in clip_layers.items():
        for kernel, stride in convolutions:
            seen, step = seen + (kernel - 1) * step, step * stride
        reach[part] = seen

measure_reach()
plotting.receptive_fields(one_clip, reach)

# %% [markdown]
# After one block, a number sees half a second; after two, the whole clip. And nowhere is a weight tied to a
# certain moment: at the end, the mean over the frames asks *whether* something was heard, not *when*.
#
# ## What a network costs
#
# A spotter listens all day. Two costs decide whether a small chip can do that:
#
# - **Parameters** have to be stored: one to four bytes each.
# - **Multiply-adds** have to be computed, for every clip again: take a number, multiply it by a weight, add
#   the product to a sum. On a chip that does one after the other, they are time and battery.
#
# Nearly all of both is in dense layers and convolutions. Each number that comes out of such a layer is a sum
# of products, one product for each weight that goes into it. So for one layer
#
# $$M = (\text{numbers that come out, for one clip}) \times (\text{weights that make one of them})$$
#
# | layer | numbers that come out | weights that make one of them |
# | --- | --- | --- |
# | dense, $a \to b$ | $b$ (for every frame, where there are frames) | $a$ |
# | `Conv1D`, $C \to D$ channels, kernel $k$ | $T' \cdot D$ | $k \cdot C$ |
# | `Conv2D`, $C \to D$ channels, kernel $(k, l)$ | $T' \cdot W' \cdot D$ | $k \cdot l \cdot C$ |
# | depthwise, kernel $k$ or $(k, l)$ | as above | $k$ or $k \cdot l$ |
#
# $T'$ and $W'$ are the lengths of the axes that come **out**: a stride of 2 halves them, and the cost with
# them. A *depthwise* convolution (`DepthwiseConv1D`, `DepthwiseConv2D`) gives every channel a kernel of its
# own and never mixes channels; you will meet it in a minute.
#
# ### Exercise: `multiply_adds`
#
# *20 minutes · medium · 3 points*
#
# Count the multiply-adds of a network for **one clip**. Dense layers, `Conv1D`, `Conv2D` and depthwise
# convolutions count. Nothing else does: no biases, no batch normalisation, no pooling, no activations. A network
# may be a layer of another network; then look into it, however deep that goes.
#
# For `build_tc_resnet8()` the answer is 792,576; for the network of lesson 02 it is 135,168.
#
# <details><summary>Hint 1: what a layer knows</summary>
#
# `model.layers` is the list of layers. `layer.output.shape` starts with the batch, then come the axes of one
# clip. `layer.kernel.shape` ends with the channels that come in and the channels that go out, and
# `math.prod` multiplies the numbers of a tuple.
#
# </details>
# <details><summary>Hint 2: which layer is it?</summary>
#
# `isinstance(layer, keras.layers.Dense)` is true for dense layers; with a tuple of classes it is true for any
# of them. `isinstance(layer, keras.Model)` is true for a network inside a network. A function may call
# itself.
#
# </details>
# <details><summary>Hint 3: depthwise</summary>
#
# The kernel of a `DepthwiseConv2D` has the shape (k, l, channels, multiplier). One number that comes out sees
# one channel only. `layer.kernel_size` is (k, l).
#
# </details>

# %% nbgrader={"grade_id": "multiply_adds-solution", "solution": true}
def multiply_adds(model):
    """The multiplications (each with its addition) that a network needs for one clip.

    Args:
        model: a keras.Model, functional or Sequential, that has been built; its layers may be networks.

    Returns:
        The number for all dense layers, Conv1D, Conv2D and depthwise convolutions together, an int.
    """
    ### BEGIN SOLUTION
    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            total += multiply_adds(layer)
        elif isinstance(layer, (keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D)):
            total += math.prod(layer.output.shape[1:]) * math.prod(layer.kernel_size)
        elif isinstance(layer, (keras.layers.Dense, keras.layers.Conv1D, keras.layers.Conv2D)):
            total += math.prod(layer.output.shape[1:]) * math.prod(layer.kernel.shape[:-1])
    return total
    ### END SOLUTION

# %% nbgrader={"grade_id": "multiply_adds", "grade": true, "points": 3}
check(multiply_adds)
### BEGIN HIDDEN TESTS
judge(multiply_adds)
### END HIDDEN TESTS

# %% tags=["shows"]
print(f"TC-ResNet8, 49 frames: {multiply_adds(build_tc_resnet8()):,}")
print(f"TC-ResNet8, 98 frames: {multiply_adds(build_tc_resnet8(input_shape=(98, 40))):,} (the paper: 1.5 million)")

# %% [markdown]
# **What would happen if** all three strides were 1? How many more parameters would the network have, and how
# many more multiply-adds? Guess first. The table of TC-ResNet8 has all that you need.
#
# <details><summary>Answer</summary>
#
# Not one parameter more: a kernel is as large wherever it stops. But all blocks would work on 49 frames, and the
# multiply-adds would be four times as many.
#
# </details>
#
# ## Train it
#
# Dropout and batch normalisation are as in lesson 04; only 0.3 is dropped, which did better on the validation split than
# half. Three things are new:
#
# - **Batches of 128** clips. The machine needs less time for each clip when it gets more of them at once, and the
#   gradient of more clips is steadier. There are fewer steps in an epoch then, so let each of them be longer.
# - **AdamW** is Adam with weight decay: in every step all weights shrink a little, as under an L2 penalty.
# - The **learning rate** is not constant. It starts small while the network is nothing but random numbers,
#   climbs quickly, and then falls along a cosine: long steps to get near a good place, short steps to settle
#   there.

# %%
BATCH = 128

def learning_rate(epochs, peak=0.012):
    """Up to `peak` in the first tenth of all steps, then down to 0 along a cosine."""
    steps = epochs * math.ceil(len(prepared.training) / BATCH)
    return keras.optimizers.schedules.CosineDecay(peak / 20, steps - steps // 10, warmup_target=peak,
                                                  warmup_steps=steps // 10)

schedule = learning_rate(epochs=39)
steps = np.arange(0, 39 * math.ceil(len(prepared.training) / BATCH), 10)
plotting.rates_over_steps(steps, np.array([schedule(int(step)) for step in steps]))

# %%
SEEDS = (0,) if mode.short_training() else (0, 1, 2)

def train(build, clips, epochs, seeds=SEEDS, validation=prepared.validation):
    """A new network for each seed, and the histories. `clips` are the training clips, as they are or changed."""
    def compiled():
        network = build()
        network.compile(optimizer=keras.optimizers.AdamW(learning_rate(epochs), weight_decay=0.03),
                        loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        return network

    return zip(*training.fit_each(compiled, clips, validation, seeds=seeds, epochs=epochs, batch_size=BATCH))

def tc_resnet8():
    return build_tc_resnet8(dropout=0.3)

# %% [markdown]
# First **without** augmentation, three times, with different seeds. (About half a minute in all.)

# %%
plain, histories = train(tc_resnet8, prepared.training, epochs=13)
plotting.learning_curves(histories[0])

# %% tags=["shows"]
plain_accuracies = [training.accuracy(network, prepared.testing) for network in plain]
results.remember("TC-ResNet8", plain[0], plain_accuracies, dataset)
print(f"training clips: {training.accuracy(plain[0], prepared.training):.1%} (the first network)")
print("unheard voices:", ", ".join(f"{accuracy:.1%}" for accuracy in plain_accuracies))
print(f"mean of {len(SEEDS)}: {np.mean(plain_accuracies):.1%}")

# %% [markdown]
# Half as many parameters as in lesson 02, and far better on unheard voices. But look at the training clips: half
# the parameters are still enough to learn them by heart. The architecture alone does not cure overfitting.
#
# ### More voices out of few
#
# Lesson 04 showed the strongest remedy: change the clips, so that the network never hears the same one twice.
# `AugmentedClips` does that in every epoch anew. It shifts, stretches, turns the volume, mixes noise in, bends
# the voice, changes the microphone, and masks. This is one clip, four times:

# %%
augmented_clips = AugmentedClips(dataset, prepared, Changes())  # Changes(shift=0.2) shifts twice as far
index_of_yes = int(np.flatnonzero(dataset.training.words == "yes")[0])
changed = augmented_clips.augmented(np.full(3, index_of_yes), np.random.default_rng(3))
panels = {"as recorded": one_clip} | {f"changed, {n}": clip for n, clip in enumerate(changed, start=1)}
plotting.pictures(panels, limits=(-3, 3), ylabel="coefficient")

# %% [markdown]
# Now **with** augmentation: the same network, the same recipe, three times as many epochs. (If you work with recordings of
# people through `KWS_DATA`, it is five times as many again: they differ far more from one another than synthetic voices do, and
# the network goes on learning from them for longer.) No choice rests on the testing split: recipe and changes were
# chosen with the validation split, and among the best with recordings of people.

# %%
EPOCHS = 39 if dataset.name.startswith("bundled") else 195

augmented, histories = train(tc_resnet8, augmented_clips, epochs=EPOCHS)
plotting.learning_curves(histories[0])

# %% [markdown]
# **Read the curves.** Here the *training* accuracy is the lower one for most of the time. Has the network
# learned the validation clips better than the training clips?
#
# <details><summary>Answer</summary>
#
# No: the training clips are harder. They are noisy, masked and bent, and dropout is at work while the training
# accuracy is measured. The validation clips are as they were recorded, and dropout is off.
#
# </details>

# %% tags=["shows"]
augmented_accuracies = [training.accuracy(network, prepared.testing) for network in augmented]
results.remember("TC-ResNet8, augmented", augmented[0], augmented_accuracies, dataset)
plotting.accuracy_dots({"without augmentation": np.array(plain_accuracies),
                        "with augmentation": np.array(augmented_accuracies)}, chance=1 / n_classes)
print("unheard voices:", ", ".join(f"{accuracy:.1%}" for accuracy in augmented_accuracies))
print(f"mean of {len(SEEDS)}: {np.mean(augmented_accuracies):.1%}")

# %% [markdown]
# One of the networks is kept for lesson 08, where it listens. Which one? The best on the **validation** split.
# Choosing by the testing split would turn the exam into an exercise sheet: the number would come out a bit too
# good, and nobody could tell by how much.

# %% tags=["shows"]
validation = [training.accuracy(network, prepared.validation) for network in augmented]
spotter = augmented[int(np.argmax(validation))]
spotter.save("spotter.keras")
print("validation:", ", ".join(f"{accuracy:.1%}" for accuracy in validation))
print(f"spotter.keras: {Path('spotter.keras').stat().st_size / 1000:,.0f} kB, the optimizer's memory included")

# %% [markdown]
# ## A competitor: DS-CNN
#
# In 2017 Zhang and others asked which network fits best on a microcontroller ("Hello Edge"). The winner was
# **DS-CNN**, and it takes the other road: two axes, but cheap kernels. *DS* stands for *depthwise separable*. An
# ordinary convolution does two things at once: it looks at the neighbourhood, and it mixes the channels. DS-CNN
# does one after the other: a **depthwise** convolution looks at the 3 × 3 neighbourhood, each channel by itself;
# then a **pointwise** convolution with kernel 1 × 1 mixes the channels. For 64 channels, the weights of one
# layer:

# %% tags=["shows"]
print(f"ordinary:              3 · 3 · 64 · 64     = {3 * 3 * 64 * 64:,}")
print(f"depthwise + pointwise: 3 · 3 · 64 + 64 · 64 = {3 * 3 * 64 + 64 * 64:,}")

# %% [markdown]
# Here is the small one of the paper's three. Like the paper, it looks at the first ten coefficients only.

# %%
def build_ds_cnn(input_shape=(49, 40), n_classes=12):
    """DS-CNN-S (Zhang and others, 2017): one convolution, then four depthwise separable ones, 64 channels."""
    def norm_and_relu(x):
        return keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=0.95)(x))

    frames, coefficients = input_shape
    clip = keras.Input(shape=input_shape)
    x = keras.layers.Reshape((frames, coefficients, 1))(clip)
    x = keras.layers.Cropping2D(((0, 0), (0, coefficients - 10)))(x)
    x = norm_and_relu(keras.layers.Conv2D(64, (10, 4), strides=2, padding="same", use_bias=False)(x))
    for _ in range(4):
        x = norm_and_relu(keras.layers.DepthwiseConv2D(3, padding="same", use_bias=False)(x))
        x = norm_and_relu(keras.layers.Conv2D(64, 1, use_bias=False)(x))
    x = keras.layers.Dropout(0.2)(keras.layers.GlobalAveragePooling2D()(x))
    return keras.Model(clip, keras.layers.Dense(n_classes, activation="softmax")(x))

def print_costs():
    for name, build in {"TC-ResNet8": build_tc_resnet8, "DS-CNN": build_ds_cnn}.items():
        print(f"{name:<11}{trainable_parameters(build()):>8,} parameters {multiply_adds(build()):>10,} multiply-adds")

print_costs()

# %% [markdown]
# Fewer parameters, yet *more* multiply-adds: its kernels are small, but they go over a picture and not over a
# row. We train it once only, with augmentation and for four epochs instead of 39, because each of them takes its
# time. Keep that in mind when you compare.

# %%
[ds_cnn], [ds_cnn_history] = train(build_ds_cnn, augmented_clips, epochs=4, seeds=(0,))
ds_cnn_accuracies = [training.accuracy(ds_cnn, prepared.testing)]
results.remember("DS-CNN, augmented", ds_cnn, ds_cnn_accuracies, dataset)
print(f"unheard voices: {ds_cnn_accuracies[0]:.1%} (one seed, {len(ds_cnn_history.loss)} epochs)")

# %% [markdown]
# ## All networks in one picture
#
# The earlier lessons have kept their results in the folder `my_results`. Together with those of this lesson they
# show what you have reached. The **latency** is the time for one clip on this machine.

# %% tags=["shows"]
networks = {"TC-ResNet8": (plain[0], plain_accuracies), "TC-ResNet8, augmented": (augmented[0], augmented_accuracies),
            "DS-CNN, augmented": (ds_cnn, ds_cnn_accuracies)}

def recall_networks():
    for result in results.recall(dataset):
        if result.name not in networks:
            networks[result.name] = result.build(), result.accuracies

recall_networks()

def print_missing():
    for name, lesson in {"FFNN": "03", "FFNN, regularised": "05", "CNN": "06"}.items():
        if name not in networks:
            print(f"“{name}” is missing: run lesson {lesson}, and then this cell again.")

print_missing()

# %% tags=["shows"]
def milliseconds_for_one_clip(network):
    compiled = tf.function(network)
    clip = tf.constant(prepared.testing.x[:1])
    compiled(clip, training=False)  # the first call prepares, and is not counted
    return 1000 * seconds_for(lambda: compiled(clip, training=False))

rows = []

def measure_networks():
    for name, (network, accuracies) in networks.items():
        rows.append({"name": name, "parameters": network.count_params(), "multiply_adds": multiply_adds(network),
                     "accuracies": accuracies, "latency": milliseconds_for_one_clip(network)})

measure_networks()
rows.sort(key=lambda row: np.mean(row["accuracies"]))
print(f"{'network':<26}{'parameters':>12}{'multiply-adds':>16}{'latency':>11}{'unheard voices':>17}")

def print_networks():
    for row in rows:
        print(f"{row['name']:<26}{row['parameters']:>12,}{row['multiply_adds']:>16,}{row['latency']:>8.2f} ms"
              f"{np.mean(row['accuracies']):>11.1%} ({len(row['accuracies'])})")

print_networks()
print("In brackets: how many seeds the mean is of.")

# %% [markdown]
# Do not read too much into the latencies. TC-ResNet8 is in two rows, and they differ, too. At about a millisecond, most
# of the time goes into *starting* each layer, not into arithmetic. On a small chip, the multiply-adds decide.
#
# And as a picture. The best place is the upper left: right often, and small. The larger the dot, the more
# multiply-adds.
#
# ![Dots for all networks of the course: TC-ResNet8 with augmentation is high up and left of
# 100,000 parameters](expected:networks)

# %% tags=["figure:networks", "shows"]
plotting.network_map(rows)

# %% [markdown]
# Two things the picture does not show. DS-CNN has not had its full training: it is not worse by nature, so give it
# as many epochs when you have a few minutes (`epochs=39`, then the cells below it). And networks that learned from
# changed clips are compared here with networks that did not, so the picture says what the *recipes* reached,
# architecture and training together. The two dots of TC-ResNet8 tell how much of it is training.
#
# How far can it go? With tens of thousands of training clips of people, the first version of Speech Commands, TC-ResNet8
# reached 96.1 % (Choi and others, 2019). Among the best with fewer than 100,000 parameters is **BC-ResNet-3**: with
# 54,000 it reached 97.6 % there, and 98.2 % on the second version (Kim and others, 2021). It has residual
# connections, too. It looks at mel bands instead of MFCC, so that sliding along frequency makes sense again: a cheap
# convolution along the bands; then the mean over all bands goes through a convolution over time and is added back to
# each of them.
#
# ### Question: choose a network
#
# *10 minutes · medium · 1 point · marked by hand*
#
# You build a doorbell that listens. Its chip has 100 kB of memory for the network, at one byte for each
# parameter, and a battery that should last for a year. In three or four sentences: which number of the table
# decides whether a network fits into the memory, and which one how long the battery lasts? Show with two
# networks of the table that the one does not follow from the other, and say why. Which network do you take?

# %% [markdown] nbgrader={"grade_id": "choose_network", "grade": true, "solution": true, "points": 1}
# **Model answer.** The number of parameters decides about the memory, the number of multiply-adds about the
# battery, since they are computed anew for every clip, all day. DS-CNN has about a third of the parameters of
# TC-ResNet8 and yet more than three times its multiply-adds: a convolution uses each of its weights again at
# every place of the picture, so a few weights can make a lot of work, while a dense layer uses each weight once
# (the FFNN has twice the parameters of TC-ResNet8 and a sixth of its multiply-adds). I take TC-ResNet8, trained
# with augmentation: it fits, it needs fewer multiply-adds than DS-CNN, and it is (about) the most accurate.
#
# **Marking.** 1 point for: memory and parameters, battery and multiply-adds, *and* a fitting pair of networks
# with the reason that weights are used more than once in a convolution. Half a point where the reason or the
# pair is missing. Any choice that fits the chip and is argued for with numbers is right.

# %% [markdown]
# ## A new domain
#
# All accuracies above are for voices that the network has not heard, but of the **same kind** as those it has
# heard. The voices that come with the course are synthetic: a few programs made all of them, they speak
# clearly, and nobody coughs. People in kitchens and cars are another *domain*. What is a network that has
# learned from synthetic voices worth to them? That has to be measured; nothing in the numbers above tells it.
#
# If you have recordings of people in the Speech Commands layout, put their folder or archive in the next cell. The
# official test set is a download of about 110 MB:
# `https://storage.googleapis.com/download.tensorflow.org/data/speech_commands_test_set_v0.02.tar.gz`

# %% tags=["shows"]
REAL_CLIPS = None  # or a path in quotation marks: a folder or an archive

if REAL_CLIPS is None:
    print("No real recordings are named here.")
else:
    real_clips = data.load(REAL_CLIPS).testing
    real_x = prepared.standardised(features.mfcc_of(real_clips))  # with the statistics of the TRAINING voices
    heard_as = {"TC-ResNet8": plain[0], "TC-ResNet8, augmented": spotter}

    def print_real_accuracies():
        for name, network in heard_as.items():
            answers = network.predict(real_x, batch_size=256, verbose=0).argmax(axis=-1)
            print(f"{name:<24}{np.mean(answers == real_clips.labels):.1%} of {len(real_clips):,} real clips, "
                  f"guessing gives {np.bincount(real_clips.labels).max() / len(real_clips):.1%}")

    print_real_accuracies()

# %% [markdown]
# We have measured it ([docs/results.md](../docs/results.md)). Of words that synthetic voices say, the network that
# learned with augmentation gets nine in ten right. Of words that people say, it gets about four in five. (A bit less
# for other people, probably: others from the same collection helped to choose the weight decay, and the synthetic
# voices.) That step down is called *domain shift*. What to make of it:
#
# - The step is **no bug**. The network answers a question that it was never asked.
# - Augmentation can make it smaller, because a changed clip is a little like a new microphone, a new room, a new
#   mouth. Longer training on such clips helps, too: after four times as many epochs, the same network gets about four
#   more words in a hundred right. But nothing of this can invent how people really speak.
# - Note how the new clips are standardised: with the mean and the standard deviation of the **training**
#   voices. The network has to take them as it would in use, when nobody knows the statistics of all that is to
#   come.
# - The remedy is data from the new domain, even a little. If you work with recordings of people already
#   (`KWS_DATA`), ask the question the other way round: does your network understand the synthetic voices?
#
# ## The challenge
#
# *30 minutes, or as long as you like · 2 points · marked by hand, and measured*
#
# Train the best network that you can **with fewer than 100,000 parameters**, and hand it in as the file
# `challenge.keras`, beside this notebook. It is measured on clips that you do not have.
#
# The rules:
#
# 1. Fewer than 100,000 parameters, counted with `model.count_params()`. That includes what batch normalisation
#    measures.
# 2. It takes MFCC of shape (49, 40), standardised with the mean and standard deviation of the bundled training
#    clips, as `features.prepare(data.load("bundled"))` does it, and gives 12 probabilities in the order of
#    `dataset.class_names`.
# 3. Only layers that come with Keras: no `Lambda` layer, no class of your own. The file is loaded safely, which
#    means that no code from it is run.
# 4. Learn from the training split, choose with the validation split. The testing split is for one last look.
#    Whoever chooses with it fools nobody but themselves: the clips that count are others.
# 5. You may learn from other recordings, too, and say which. Only not from the official test set of Speech Commands
#    that is named above: the secret clips may be from there. (Ask whether they are people or synthetic voices. If
#    nobody tells, expect both.)
#
# Your instructor runs `python -m autograder challenge`, which loads each file and ranks the networks.
#
# Some ideas; try one at a time, and write down what each brought on the validation split:
#
# - another `width`, or a block more (with stride 1 it needs no shortcut convolution)
# - depthwise separable convolutions over time (`DepthwiseConv1D`, then `Conv1D(…, 1)`): what do they save, and what
#   can you buy for it?
# - other `Changes(...)`: which of them helps most, which one harms? Secret clips may come from noisier rooms
# - label smoothing (`keras.losses.CategoricalCrossentropy(label_smoothing=…)` wants one-hot labels), a longer
#   training, the average of the weights of the last steps (`use_ema=True` in the optimizer)
#
# We took the challenge ourselves, with recordings of people in place of synthetic voices, and six minutes on two cores for
# one network. Seven choices make our recipe: all the changes of `AugmentedClips`, as above; separable convolutions over
# time in residual blocks, with kernels that grow from 9 to 17 frames; two small dense layers in each block that turn its
# channels up or down for the whole clip; *all* clips of other words to learn from, not only a tenth; rare classes that
# count as much as the frequent ones; label smoothing; and, when it is tested, the mean answer to the clip and to two
# shifted copies. How each is done, how sure we are of it, and what did not help, is told in
# [docs/recipe.md](../docs/recipe.md). What is left without one or another stands in
# [docs/results.md](../docs/results.md): we took back one at a time, and trained again with three seeds.
#
# **What would happen if** you took the recipe over for the bundled clips? Two of the seven choices would change nothing.
# Which ones?
#
# <details><summary>Answer</summary>
#
# The rare classes: of the bundled clips every class has as many (lesson 01 counted them), so there is nothing to make
# even. And all clips of other words: the bundled ones are no more than the tenth that the task takes. The others have to be
# tried. What helps in one domain need not help in another, and who only believes a recipe will not notice.
#
# </details>
#
# Complete the cell: train or choose your network, and save it as `challenge.keras`.
#
# *Marking: 1 point for a file that keeps the rules, made by this cell; 1 point for at least three networks or
# settings compared on the validation split, with the numbers shown.*

# %% nbgrader={"grade_id": "challenge", "grade": true, "solution": true, "points": 2}
### BEGIN SOLUTION
# A start that others should beat: of all networks of this lesson under the limit, the best on the validation split.
candidates = {f"TC-ResNet8, seed {seed}": network for seed, network in zip(SEEDS, plain)}
candidates |= {f"TC-ResNet8, augmented, seed {seed}": network for seed, network in zip(SEEDS, augmented)}
candidates["DS-CNN, augmented"] = ds_cnn
scores = {name: training.accuracy(network, prepared.validation) for name, network in candidates.items()
          if network.count_params() < 100_000}
for name, score in scores.items():
    print(f"{name:<32}validation {score:.1%}")
chosen = max(scores, key=scores.get)
candidates[chosen].save("challenge.keras")
print("saved:", chosen)
### END SOLUTION

# %% [markdown]
# The next cell looks at your file as it will be looked at.

# %% tags=["shows"]
if not Path("challenge.keras").exists():
    print("There is no challenge.keras yet.")
else:
    handed_in = keras.models.load_model("challenge.keras", compile=False, safe_mode=True)
    answers = handed_in.predict(prepared.validation.x, batch_size=256, verbose=0)
    print(f"{handed_in.count_params():,} parameters, fewer than 100,000: {handed_in.count_params() < 100_000}")
    print(f"12 probabilities for each clip: {answers.shape[1:] == (12,) and np.allclose(answers.sum(axis=-1), 1, atol=1e-3)}")
    print(f"validation: {np.mean(answers.argmax(axis=-1) == prepared.validation.y):.1%}")

# %% [markdown]
# ## What went wrong here?
#
# A friend builds the same network from the same clips, and makes one thing simpler. Clips of *silence* are a
# nuisance to record, so the friend takes clips of nothing but zeros, in all three splits. "Silence is silence."
# Then comes the same training as ours, without augmentation and a bit shorter.

# %% tags=["shows"]
silence = dataset.class_names.index("silence")
nothing = prepared.standardised(features.mfcc(np.zeros((1, data.CLIP_SAMPLES), np.float32)))

def with_zeros_for_silence(split):
    x = split.x.copy()
    x[split.y == silence] = nothing
    return features.Inputs(x, split.y)

friends_training, friends_validation, friends_testing = (
    with_zeros_for_silence(split) for split in (prepared.training, prepared.validation, prepared.testing))
[friends], [friends_history] = train(tc_resnet8, friends_training, epochs=4, seeds=(0,),
                                     validation=friends_validation)
plotting.learning_curves(friends_history)

# %% tags=["shows"]
def share_recognised(network, split):
    """The share of the clips of silence that the network takes for silence."""
    answers = network.predict(split.x[split.y == silence], batch_size=256, verbose=0)
    return float(np.mean(answers.argmax(axis=-1) == silence))

print(f"silence recognised, as the friend measures it: {share_recognised(friends, friends_testing):.1%}")
print(f"silence recognised, our spotter and our clips: {share_recognised(spotter, prepared.testing):.1%}")

# %% [markdown]
# Healthy curves, a network that knows silence when it hears it, and all of it measured on the testing split. The friend puts it into a doorbell. What will happen in a room with a fan? Guess first. The
# next cell gives the friend's network *our* clips of silence, and counts its answers.

# %% tags=["shows"]
answers = friends.predict(prepared.testing.x[prepared.testing.y == silence], batch_size=256, verbose=0)
counts = np.bincount(answers.argmax(axis=-1), minlength=n_classes)
plotting.score_bars({f"answers to {counts.sum()} clips of real silence": counts / counts.sum()}, dataset.class_names)
print(f"taken for one of the ten keywords: {counts[:10].sum() / counts.sum():.1%}")
print(f"silence recognised, the friend's network and our clips: {share_recognised(friends, prepared.testing):.1%}")

# %% [markdown]
# <details><summary>What happened</summary>
#
# All the friend's clips of silence are the same clip. To know it, one look at the loudness is enough, and there
# was nothing else to learn: that a fan, a street or a keyboard is silence too, the network has never heard. So it
# takes them for *unknown*, or worse, for keywords.
#
# Worse still, the test could not show it. Its clips were made in the same convenient way as the training clips, so it
# asked an easy question and got an easy answer. The easy class even lifts the overall accuracy. (It happens to the best:
# the published code of TC-ResNet evaluates silence as zeros.) A test is worth what its clips have in common with use, not with training. The same trap waits in
# other clothes: speakers that are in two splits (lesson 01), noise recordings that are in two splits, one
# microphone for all keywords and another for the unknown words.
#
# In your challenge, remember whose clips will count.
#
# </details>
#
# ## Summary
#
# - The coefficients of an MFCC are better taken as channels than as an axis to slide along. Convolving over time alone
#   fits MFCC, and is cheaper by far.
# - A residual connection adds a block's input to its result. The gradient gets a way around the block, and
#   deep networks can be trained.
# - Where the shape changes, the shortcut gets a convolution with kernel 1; elsewhere it is left alone.
# - Parameters are what a network costs in memory, multiply-adds what it costs a small chip in time and battery. Neither
#   follows from the other.
# - Never choose with the testing split. And it answers only what it is asked: clips that were made too conveniently
#   make a network look better than it is.
# - A result holds for the domain that it was measured in.
#
# Next: lesson 08, where your network gets a microphone.
#
# ## Further reading
#
# - Seungwoo Choi and others: "Temporal convolution for real-time keyword spotting on mobile devices".
#   Interspeech 2019. TC-ResNet. [arXiv:1904.03814](https://arxiv.org/abs/1904.03814)
# - Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun: "Deep residual learning for image recognition". 2015.
#   Begin with its figure 1. [arXiv:1512.03385](https://arxiv.org/abs/1512.03385)
# - David Balduzzi and others: "The shattered gradients problem". 2017. Why gradients of deep plain networks
#   look like noise. [arXiv:1702.08591](https://arxiv.org/abs/1702.08591)
# - Yundong Zhang, Naveen Suda, Liangzhen Lai, Vikas Chandra: "Hello Edge: keyword spotting on
#   microcontrollers". 2017. [arXiv:1711.07128](https://arxiv.org/abs/1711.07128)
# - Byeonggeun Kim, Simyung Chang, Jinkyu Lee, Dooyong Sung: "Broadcasted residual learning for efficient
#   keyword spotting". Interspeech 2021. BC-ResNet. [arXiv:2106.04140](https://arxiv.org/abs/2106.04140)
# - Sergey Ioffe, Christian Szegedy: "Batch normalization". 2015. Section 3.1 is about the network in use.
#   [arXiv:1502.03167](https://arxiv.org/abs/1502.03167)
# - Ilya Loshchilov, Frank Hutter: "Decoupled weight decay regularization". 2017. AdamW.
#   [arXiv:1711.05101](https://arxiv.org/abs/1711.05101), and "SGDR" for the cosine:
#   [arXiv:1608.03983](https://arxiv.org/abs/1608.03983)
# - Pete Warden: "Speech Commands". 2018. How the real recordings were made.
#   [arXiv:1804.03209](https://arxiv.org/abs/1804.03209)
