# %% [markdown]
# # 2 · From scores to a first network
#
# **Goal:** build a first neural network that listens to one-second clips, train it, and measure honestly what
# it has learned.
#
# After this lesson you will be able to
#
# - turn the scores of a network into probabilities (softmax)
# - say in one number how wrong a network is (cross-entropy)
# - explain neurons, layers and ReLU, and count the parameters of a network
# - build a feed-forward network in Keras, train it and read its learning curves
# - tell a network that understands from one that has learned by heart
#
# *About 110 minutes · 15 points · needs lesson 01*

# %% nbgrader={"grade_id": "setup-02_ffnn"}
from kws_helpers import data, features, plotting, training  # before Keras, so that TensorFlow starts quietly
from kws_helpers.check import check

import keras
import numpy as np
from IPython.display import Audio

# %% [markdown]
# The clips are those of lesson 01: as MFCC, standardised, in three splits with no speaker in two of them.
# With the bundled data, all voices are synthetic.

# %%
dataset = data.load()
prepared = features.prepare(dataset)
n_classes = len(dataset.class_names)
print(dataset)
print(f"\ntraining.x {prepared.training.x.shape}, training.y {prepared.training.y.shape}")

# %% [markdown]
# ## Softmax: from scores to probabilities
#
# A network for 12 classes ends in 12 numbers, one for each class. They are called **scores** (or *logits*). A
# score can be any number: the higher it is, the more strongly the network favours that class. But is 4 much
# more than 3? Could the network be wrong one time in two, or one in a hundred? Scores do not say.
# Probabilities do: they lie between 0 and 1 and sum to 1.
#
# **Softmax** turns scores into probabilities. It raises e to the power of each score, which makes them all
# positive, and divides by the sum, which makes them sum to 1:
#
# $$p_k = \frac{e^{z_k}}{\sum_{j=1}^{K} e^{z_j}}$$
#
# Here $z_k$ is the score of class $k$, $p_k$ its probability, and $K$ the number of classes.
#
# ### Exercise: `softmax`
#
# *15 minutes · medium · 3 points*
#
# Write it for NumPy arrays. The classes are the **last** axis; before it there may be no axis (one clip), one
# (many clips) or more. Each clip has a sum of its own.
#
# Scores may also be very large. `np.exp(1000)` is more than a float can hold, so the formula as it stands
# gives `nan`. Find a way around it; the result must be the same.
#
# <details><summary>Hint 1: the axes</summary>
#
# `np.sum(a, axis=-1)` sums over the last axis, and the axis is gone. With `keepdims=True` it stays with
# length 1, so that NumPy can divide `a` by it.
#
# </details>
# <details><summary>Hint 2: large scores</summary>
#
# Add the same number $c$ to all scores of a clip. What happens to the formula? Write $e^{z_k + c}$ as a
# product.
#
# </details>
# <details><summary>Hint 3: which number?</summary>
#
# After the shift, no score should be above 0, and the largest should not be far below it: $e^0 = 1$ is
# harmless, and $e^{-1000}$ rounds to 0, which is harmless too, as long as the sum is not 0.
#
# </details>
# <details><summary>Hint 4: fill the gaps</summary>
#
# Three lines are enough. Replace the dots:
#
# ```python
# largest = ...  # of each clip; the axis stays, with length 1
# powers = np.exp(z - largest)
# return ...  # each clip divided by its own sum
# ```
#
# </details>
#
# This is what you will see when it works, for made-up scores:
#
# ![Bars of 12 scores, and of their probabilities: "up" has the highest](expected:softmax)

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `from_0_to_1` stretches the scores of each clip so that its lowest becomes 0 and
# its highest 1:
#
# ```python
# def from_0_to_1(z):
#     lowest = z.min(axis=-1, keepdims=True)
#     highest = z.max(axis=-1, keepdims=True)
#     return (z - lowest) / (highest - lowest)
# ```
#
# `axis=-1` takes the minimum over the classes, whether `z` holds one clip or many. `keepdims=True` keeps that axis
# with length 1: for scores of shape (5, 12), `lowest` has the shape (5, 1), and NumPy subtracts each clip's own
# minimum. A softmax has the same form: something of the whole row, taken off or divided by.

# %% nbgrader={"grade_id": "softmax-solution", "solution": true}
def softmax(z):
    """Turn scores into probabilities along the last axis.

    Args:
        z: scores of any size and sign, shape (..., n_classes).

    Returns:
        Probabilities from 0 to 1 that sum to 1 along the last axis, shape (..., n_classes).
    """
    ### BEGIN SOLUTION
    shifted = z - np.max(z, axis=-1, keepdims=True)  # the same result, but exp() cannot overflow
    exponentials = np.exp(shifted)
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    ### END SOLUTION

# %% nbgrader={"grade_id": "softmax", "grade": true, "points": 3}
check(softmax)
### BEGIN HIDDEN TESTS
judge(softmax)
### END HIDDEN TESTS

# %% tags=["figure:softmax", "shows"]
scores = np.array([0.5, -1.0, 4.0, 1.5, -2.0, 0.0, 2.0, 3.0, 1.0, -0.5, 0.5, -3.0])
plotting.score_bars({"scores": scores, "probabilities": softmax(scores)}, dataset.class_names, ylabel="value")

# %% [markdown]
# **Guess first.** All scores of a clip are multiplied by 10. What happens to its probabilities?
#
# <details><summary>They stay the same: softmax divides by the sum</summary>
#
# No. That would be true if the same number were *added* to all scores. Multiplying makes the differences
# between them ten times as large.
#
# </details>
# <details><summary>The largest takes nearly everything</summary>
#
# Yes. The favourite was 1 above the next class, which made it $e^1 = 2.7$ times as probable. Now it is 10
# above: $e^{10} = 22{,}000$ times.
#
# </details>
# <details><summary>All of them become ten times as large</summary>
#
# No, they must still sum to 1.
#
# </details>
#
# Dividing the scores by a number $T$ before the softmax is called setting the **temperature**. Multiplying by
# 10 is $T = 0.1$. Here are $T = 0.3$, 1 and 5:

# %% tags=["shows"]
panels = {f"T = {T:g}": softmax(scores / T) for T in (0.3, 1, 5)}
plotting.score_bars(panels, dataset.class_names, same_scale=True, ylabel="probability")

# %% [markdown]
# A low temperature makes the softmax sure of itself; a high one makes all classes alike. The order of the
# classes never changes, so the network's *answer* is the same at every temperature. Only its confidence
# differs. Keep that in mind: a network can be sure of itself without being right.

# %% tags=["claim"]
claim("The order of the classes never changes", len({tuple(np.argsort(p)) for p in panels.values()}) == 1)
claim("A low temperature makes the softmax sure of itself",
      np.all(np.diff([p.max() for p in panels.values()]) < 0), [round(float(p.max()), 2) for p in panels.values()])

# %% [markdown]
# ## Cross-entropy: the price of a surprise
#
# Given a clip of "yes", one network gives "yes" the probability 0.9. Another gives it 0.01. How much worse is
# that? We need one number, the **loss**, that training can make smaller.
#
# The usual choice is the *surprise* about what turned out to be true. If the right class had probability $p$,
# the surprise is $-\ln p$:

# %% tags=["shows"]
plotting.surprise_curve()

# %% [markdown]
# A network that was sure and right pays nothing. One that gave each of the twelve classes the same share pays
# 2.48. One that was sure of something else pays most, and there is no upper limit.
#
# The loss of many clips is the mean of their surprises. Written with the one-hot targets of lesson 01, this
# is the **cross-entropy**:
#
# $$H = -\frac{1}{N} \sum_{n=1}^{N} \sum_{k=1}^{K} y_{nk} \ln p_{nk}$$
#
# $N$ is the number of clips and $K$ the number of classes. $y_{nk}$ is 1 where $k$ is the right class of clip
# $n$, and 0 elsewhere; $p_{nk}$ is the probability that the network gave. Only one term of the inner sum is
# left, that of the right class. All others are 0, and so is $0 \cdot \ln 0$ here.
#
# ### Exercise: `cross_entropy`
#
# *15 minutes · medium · 3 points*
#
# Mind the zeros: a class with target 0 costs nothing, even where its probability is exactly 0. NumPy needs
# some help there: its `0 * np.log(0)` is `nan`. (The right class never has probability 0 in our tests.)
#
# <details><summary>Hint 1</summary>
#
# For one clip with probabilities `[0.5, 0.3, 0.2]` and target `[0, 0, 1]`, the result is `-np.log(0.2)`.
# Which operation on the two lists gives 0.2?
#
# </details>
# <details><summary>Hint 2: the zeros</summary>
#
# Find the probability of the right class first, for every clip, and take the logarithm afterwards. Then the
# zeros of the other classes never meet the logarithm.
#
# </details>
# <details><summary>Hint 3: sum or mean?</summary>
#
# Sum over the classes (the last axis), mean over the clips. `np.mean` of the whole product would divide by
# $K$ as well.
#
# </details>
#
# When it works, the cell below the check gives 0.6931 for its first example (three clips, whose right classes
# had the probabilities 1/2, 1/4 and 1).

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `mean_score` gives the mean score of the right class, over all clips:
#
# ```python
# def mean_score(scores, one_hot):
#     of_right_class = np.max(np.where(one_hot > 0, scores, -np.inf), axis=-1)
#     return float(np.mean(of_right_class))
# ```
#
# `np.where` keeps the score where the target is 1 and puts minus infinity everywhere else, so the largest number
# of each row is the right class's score: one number for each clip, shape (N,). The mean comes last, over the clips.
# A cross-entropy needs one step between the two lines. (For probabilities, zeros in the wrong places will do.)

# %% nbgrader={"grade_id": "cross_entropy-solution", "solution": true}
def cross_entropy(probabilities, one_hot):
    """Mean surprise, -ln p of the right class, over all clips.

    Args:
        probabilities: from 0 to 1, each row sums to 1, shape (N, n_classes).
        one_hot: targets, 1 for the right class and 0 for the others, shape (N, n_classes).

    Returns:
        The cross-entropy as one number, in nats (natural logarithm). Classes with target 0 add nothing.
    """
    ### BEGIN SOLUTION
    of_right_class = np.sum(one_hot * probabilities, axis=-1)
    return float(-np.mean(np.log(of_right_class)))
    ### END SOLUTION

# %% nbgrader={"grade_id": "cross_entropy", "grade": true, "points": 3}
check(cross_entropy)
### BEGIN HIDDEN TESTS
judge(cross_entropy)
### END HIDDEN TESTS

# %% tags=["shows"]
probabilities = np.array([[0.5, 0.25, 0.25], [0.5, 0.25, 0.25], [0.0, 0.0, 1.0]])
right = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
print(f"three clips: {cross_entropy(probabilities, right):.4f}")

everything_alike = np.full((1, n_classes), 1 / n_classes)
first_class = keras.utils.to_categorical([0], n_classes)  # what Keras calls your one_hot
print(f"no idea at all: {cross_entropy(everything_alike, first_class):.4f}")
print(f"ln {n_classes}: {np.log(n_classes):.4f}")

# %% [markdown]
# Remember the last two lines. A network that knows nothing and admits it has a loss of $\ln 12$. You will
# meet this number again.
#
# **Guess first.** In one clip of a thousand, the right class gets the probability 0. The network is sure and
# right about all others. What is the cross-entropy?
#
# <details><summary>Almost 0: one clip of a thousand counts little</summary>
#
# No. A thousandth of infinity is infinity.
#
# </details>
# <details><summary>Infinite</summary>
#
# Yes: the surprise of that clip is infinite, and so is the mean. One clip would spoil everything. On paper a
# softmax never gives exactly 0, but a float can round to it. Keras therefore raises every probability to at
# least $10^{-7}$ before the logarithm, so that no clip costs more than about 16.
#
# </details>
# <details><summary>nan</summary>
#
# No. That comes from $0 \cdot \ln 0$. Here the target is 1, so the term is $-1 \cdot \ln 0$: infinity.
#
# </details>
#
# ## A neuron, a layer, and a bend
#
# Where do the scores come from? From **neurons**. A neuron multiplies every input $x_i$ by a **weight** $w_i$
# of its own, sums the products, and adds one more number, its **bias** $b$. Then it bends the result with an
# **activation function** $g$:
#
# $$a = g\Big(\sum_i w_i x_i + b\Big), \qquad \text{most often } g(s) = \max(0, s)$$
#
# This $g$ is called **ReLU** (rectified linear unit): what is positive passes, what is negative becomes 0.
#
# A **dense layer** is a row of such neurons. All of them see all inputs, each with weights of its own. For the
# computer that is one matrix product, in NumPy `inputs @ weights`: one sum of products for each neuron. Our
# inputs are pictures of 49 frames with 40 coefficients each. A dense layer takes a single row of numbers, so
# the picture is **flattened** first: 49 · 40 = 1,960 numbers.

# %% tags=["shows"]
rng = np.random.default_rng(0)
one_clip = prepared.training.x[0]
row = one_clip.reshape(-1)
weights, biases = rng.normal(size=(row.size, 64)) * 0.05, np.zeros(64)
neurons = np.maximum(0, row @ weights + biases)
print(f"one clip {one_clip.shape} -> flattened {row.shape} -> a layer of 64 neurons {neurons.shape}")
print(f"{np.sum(neurons == 0)} of the 64 neurons say 0 to this clip")

# %% [markdown]
# Layers are stacked: the outputs of one are the inputs of the next. Information flows only forward, hence the
# name **feed-forward neural network** (FFNN). The last layer has one neuron per class and, instead of ReLU, a
# softmax.
#
# Why the bend? Without it, stacking is useless. Two layers without activation are two matrix products, and
# these are one product with another matrix:

# %% tags=["shows"]
second_weights = rng.normal(size=(64, 128))
two_layers = (row @ weights) @ second_weights
one_layer = row @ (weights @ second_weights)
with_relu = np.maximum(0, row @ weights) @ second_weights
print("two layers without ReLU are one layer:", np.allclose(two_layers, one_layer))
print("two layers with ReLU are one layer:   ", np.allclose(with_relu, one_layer))

# %% tags=["claim"]
claim("Without it, stacking is useless", np.allclose(two_layers, one_layer) and not np.allclose(with_relu, one_layer))

# %% [markdown]
# ### Exercise: `dense_parameters`
#
# *10 minutes · easy · 2 points*
#
# Weights and biases together are the **parameters**: the numbers that training sets. Their number says how
# much memory a network needs, and how much it could learn by heart. A spotter on a small chip has room for
# perhaps 100,000.
#
# Count the parameters of a chain of dense layers. `layer_sizes` starts with the number of inputs; then comes
# the number of neurons in each layer. Inputs are only numbers: they have no bias. With $n_0$ inputs and
# layers of $n_1, n_2, \dots, n_L$ neurons:
#
# $$P = \sum_{l=1}^{L} (\text{weights of layer } l + \text{biases of layer } l)$$
#
# For the network of this lesson, `[1960, 64, 128, 12]`, the answer is 135,372.
#
# <details><summary>Hint 1</summary>
#
# Start with one neuron. How many weights does it have when it sees 1,960 inputs? How many biases? Then take
# 64 such neurons.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `zip(layer_sizes[:-1], layer_sizes[1:])` gives the pairs of neighbours: (1960, 64), (64, 128), (128, 12).
#
# </details>

# %% [markdown] tags=["worked"]
# **A similar function, worked.** A relay runs from town to town. `handovers` counts the handshakes: at each change,
# every runner of one town shakes hands with every runner of the next.
#
# ```python
# def handovers(runners):
#     total = 0
#     for here, there in zip(runners[:-1], runners[1:]):
#         total += here * there
#     return total
# ```
#
# `zip` pairs each number with its neighbour: `[3, 2, 4]` gives (3, 2) and (2, 4), so 6 + 8 handshakes. Two layers
# are linked in the same way. Only the biases are missing here.

# %% nbgrader={"grade_id": "dense_parameters-solution", "solution": true}
def dense_parameters(layer_sizes):
    """Number of weights and biases in a chain of dense layers.

    Args:
        layer_sizes: the number of inputs, then the number of neurons of each layer; a list of at
            least two ints.

    Returns:
        The number of parameters, an int.
    """
    ### BEGIN SOLUTION
    total = 0
    for inputs, neurons in zip(layer_sizes[:-1], layer_sizes[1:], strict=True):
        total += inputs * neurons + neurons
    return total
    ### END SOLUTION

# %% nbgrader={"grade_id": "dense_parameters", "grade": true, "points": 2}
check(dense_parameters)
### BEGIN HIDDEN TESTS
judge(dense_parameters)
### END HIDDEN TESTS

# %% tags=["shows"]
def print_sizes():
    for sizes in ([1960, 12], [1960, 64, 12], [1960, 64, 128, 12], [1960, 128, 64, 12]):
        first_layer = dense_parameters(sizes[:2])
        print(f"{str(sizes):<22}{dense_parameters(sizes):>9,} parameters, first layer {first_layer:>8,}")

print_sizes()

# %% [markdown]
# **Guess first.** The clips get 98 frames instead of 49. Which layers of `[1960, 64, 128, 12]` grow?
#
# <details><summary>All of them, to twice the size</summary>
#
# No. The second layer sees the 64 outputs of the first, however many inputs that one has.
#
# </details>
# <details><summary>Only the first</summary>
#
# Yes: from 1960 · 64 + 64 = 125,504 parameters to 3920 · 64 + 64 = 250,944. The biases stay, since there are
# as many neurons as before.
#
# </details>
# <details><summary>None: the network slides over the frames</summary>
#
# Not this one. A dense layer has a weight for each input. Networks that slide come in lesson 06.
#
# </details>
#
# More than nine parameters in ten are in the first layer. That is the place to save, if a network must become
# smaller.

# %% tags=["claim"]
share = dense_parameters([1960, 64]) / dense_parameters([1960, 64, 128, 12])
claim("More than nine parameters in ten are in the first layer", share > 0.9, share)

# %% [markdown]
# ## Build the network
#
# Keras does the matrix products, and the calculus of training too. You write a network down layer by layer.
# This one has 10 inputs, one layer of 5 neurons, and tells 3 classes apart:
#
# ```python
# keras.Sequential([
#     keras.Input(shape=(10,)),
#     keras.layers.Dense(5, activation="tanh"),
#     keras.layers.Dense(3, activation="softmax"),
# ])
# ```
#
# ### Exercise: `build_ffnn`
#
# *15 minutes · easy · 3 points*
#
# Build this network, and nothing else in it:
#
# | layer | neurons | activation | gives, for one clip |
# | --- | --- | --- | --- |
# | input | | | `input_shape`, such as (49, 40) |
# | flatten | | | 1,960 numbers |
# | dense | 64 | ReLU | 64 numbers |
# | dense | 128 | ReLU | 128 numbers |
# | dense | `n_classes` | softmax | 12 probabilities |
#
# It must also work for other input shapes and numbers of classes. Whether it is `Sequential`, functional or a
# class is up to you. It need not be compiled.
#
# <details><summary>Hint 1: the layers</summary>
#
# `keras.layers.Flatten()` turns each clip into a single row of numbers. The names of the activations are
# `"relu"` and `"softmax"`.
#
# </details>
# <details><summary>Hint 2: the sizes</summary>
#
# `keras.Input(shape=input_shape)` comes first. The only numbers in the code are 64 and 128; everything else
# comes from the arguments. The number of clips appears nowhere.
#
# </details>
#
# When it works, Keras counts as many parameters as you did.

# %% [markdown] tags=["worked"]
# **A similar function, worked.** This network reads grey pictures and says how old the person in them is:
#
# ```python
# def build_age_network(picture_shape=(32, 32), neurons=16):
#     return keras.Sequential([
#         keras.Input(shape=picture_shape),
#         keras.layers.Flatten(),
#         keras.layers.Dense(neurons, activation="tanh"),
#         keras.layers.Dense(1),
#     ])
# ```
#
# The layers stand in a list, in the order in which the numbers run through them. Sizes that may differ come from
# the arguments. An age is a single number of any size, so the last layer has one neuron and no activation; twelve
# probabilities need twelve neurons and a softmax.

# %% nbgrader={"grade_id": "build_ffnn-solution", "solution": true}
def build_ffnn(input_shape=(49, 40), n_classes=12):
    """A feed-forward network: flatten, 64 and 128 neurons with ReLU, softmax over the classes.

    Args:
        input_shape: shape of one clip's features, (frames, coefficients).
        n_classes: number of classes.

    Returns:
        A keras.Model that turns clips (N, *input_shape) into probabilities (N, n_classes).
    """
    ### BEGIN SOLUTION
    return keras.Sequential([
        keras.Input(shape=input_shape),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(n_classes, activation="softmax"),
    ])
    ### END SOLUTION

# %% nbgrader={"grade_id": "build_ffnn", "grade": true, "points": 3}
check(build_ffnn)
### BEGIN HIDDEN TESTS
judge(build_ffnn)
### END HIDDEN TESTS

# %% [markdown]
# Before you train a network, look at what it does **without** training. It should know nothing: an accuracy
# near guessing, and a loss a little above $\ln 12$, since its random weights already prefer some classes for
# no reason. If an untrained network does much better or much worse, something is wrong with the data or the
# loss. This check takes a second and finds many mistakes.

# %% tags=["shows"]
keras.utils.set_random_seed(0)
untrained = build_ffnn()
untrained.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
at_first = untrained.evaluate(prepared.validation.x, prepared.validation.y, verbose=0, return_dict=True)
print(f"parameters: Keras counts {untrained.count_params():,}")
print(f"accuracy:   {at_first['accuracy']:.1%}, and guessing would give {1 / n_classes:.1%}")
print(f"loss:       {at_first['loss']:.3f}, and ln {n_classes} = {np.log(n_classes):.3f}")

# %% tags=["claim"]
claim("an accuracy near guessing", abs(at_first["accuracy"] - 1 / n_classes) < 0.06, at_first["accuracy"])
claim("a loss a little above $\\ln 12$", 0 < at_first["loss"] - np.log(12) < 1, at_first["loss"])

# %% tags=["shows"]
answers = untrained.predict(prepared.validation.x, verbose=0)
right_answers = keras.utils.to_categorical(prepared.validation.y, n_classes)
print(f"loss:       {cross_entropy(answers, right_answers):.3f} with your cross_entropy")

# %% [markdown]
# The loss has a long name in Keras: `"sparse_categorical_crossentropy"`. It is your `cross_entropy`, except
# that it takes the labels as whole numbers (*sparse*) and saves us the one-hot table.

# %% tags=["claim"]
claim("the same share pays 2.48", round(float(np.log(12)), 2) == 2.48)
claim("It is your `cross_entropy`", abs(cross_entropy(answers, right_answers) - at_first["loss"]) < 0.001)

# %% [markdown]
# ## Train it
#
# Training changes all 135,372 numbers in small steps, each in the direction in which the loss falls. The
# direction is the **gradient**, and Keras works it out. A few words that you will meet again:
#
# - A **batch** is a handful of clips, here 32. After each batch, one step is taken.
# - An **epoch** is one pass over all training clips, in a new random order.
# - The **learning rate** is the length of the steps. The **optimizer** takes them; **Adam** chooses a length
#   for each parameter and is a good first choice. Its usual learning rate is 0.001.
# - **Validation** clips are only looked at, after every epoch, never learned from.
#
# In Keras, `compile` says how to train, and `fit` trains. Here is some other network, with inputs `x` and
# labels `y`, and `x_held_out` and `y_held_out` for validation:
#
# ```python
# model.compile(optimizer="sgd", loss="mean_squared_error", metrics=["accuracy"])
# history = model.fit(x, y, validation_data=(x_held_out, y_held_out), epochs=5, batch_size=8,
#                     verbose=0, callbacks=[training.Progress()])
# ```
#
# `verbose=0` turns off Keras' own report. In its place, the course's `training.Progress()` shows one line. What
# `fit` returns has a dictionary inside, `history.history`: the lists `"loss"`, `"accuracy"`, `"val_loss"` and
# `"val_accuracy"`, with one value for each epoch.
#
# ### Exercise: train it and plot both curves
#
# *15 minutes · easy · 2 points · marked by hand*
#
# Complete the cell. The training clips are `prepared.training.x`, their labels `prepared.training.y`; the
# validation clips are `prepared.validation.x` and `prepared.validation.y`.
#
# 1. Compile `network` with the optimizer `"adam"`, the loss `"sparse_categorical_crossentropy"` and the
#    metric `"accuracy"`.
# 2. Train it with `fit` for 20 epochs in batches of 32, with the validation clips as validation data. It takes
#    about ten seconds. Keep what `fit` returns as `history`.
# 3. Plot the loss and the accuracy over the epochs, each for training **and** validation.
#    `plotting.learning_curves(history.history)` does that, or plot the four lists yourself.
#
# *Marking: 1 point for a network that is trained on the training clips, with the validation clips as
# validation; 1 point for a plot with both curves of the loss and both of the accuracy that shows which is
# which.*
#
# This is what it looks like with the bundled voices:
#
# ![Training accuracy climbs to 100 %, validation accuracy to half; validation loss rises](expected:learning-curves)

# %% nbgrader={"grade_id": "train_ffnn", "grade": true, "solution": true, "points": 2} tags=["figure:learning-curves"]
keras.utils.set_random_seed(0)  # the same first weights and the same order of the clips, every time
network = build_ffnn()
### BEGIN SOLUTION
network.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = network.fit(prepared.training.x, prepared.training.y,
                      validation_data=(prepared.validation.x, prepared.validation.y), epochs=20, batch_size=32,
                      verbose=0, callbacks=[training.Progress()])
plotting.learning_curves(history.history)
### END SOLUTION

# %% [markdown]
# <details><summary>What a good answer mentions</summary>
#
# - `fit` gets the training clips with their labels; the validation clips appear in `validation_data` only
# - 20 epochs, batches of 32
# - two curves for the loss and two for the accuracy, with a legend or titles
#
# </details>
#
# **To think about.** The training loss falls towards 0. The validation loss is lowest after only a few epochs
# (dashed line), and then it rises, although the validation accuracy does not fall. How can both be true?
#
# <details><summary>An answer</summary>
#
# Accuracy asks only which class got the highest probability. The loss asks how high it was. The network does
# not make more mistakes than before, but it makes them with more and more confidence, and sure mistakes are
# expensive: look at the curve of $-\ln p$ again.
#
# </details>
#
# ## The gap
#
# Now the exam. The testing split holds speakers that the network has never heard, neither in training nor in
# validation.

# %% tags=["shows"]
def accuracy_on(split, some=network, without=()):
    """The share of right answers, not counting the clips of some classes."""
    counted = ~np.isin(split.y, [dataset.class_names.index(name) for name in without])
    return np.mean(some.predict(split.x, verbose=0).argmax(axis=-1)[counted] == split.y[counted])

heard, unheard = accuracy_on(prepared.training), accuracy_on(prepared.testing)
plotting.accuracy_gap(heard, unheard, chance=1 / n_classes)

# %% [markdown]
# Is it a gap of *voices*? One class has no voice: silence. And is it just bad luck with the random starting
# weights? Here is the accuracy on unheard voices without the clips of silence, and two more networks with
# other seeds. `training.train_seeds` is a loop: for each seed it sets the seed, builds a network and calls
# `fit`.

# %% tags=["shows"]
def compiled_ffnn(optimizer="adam"):
    model = build_ffnn()
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

runs = [(network, history.history)]
runs += training.train_seeds(compiled_ffnn, prepared.training.x, prepared.training.y, seeds=(1, 2),
                             validation_data=(prepared.validation.x, prepared.validation.y), epochs=20, batch_size=32)
accuracies = [accuracy_on(prepared.testing, some) for some, _ in runs]
of_words = [accuracy_on(prepared.testing, some, without=["silence"]) for some, _ in runs]
print("unheard voices: ", ", ".join(f"{accuracy:.1%}" for accuracy in accuracies))
print("without silence:", ", ".join(f"{accuracy:.1%}" for accuracy in of_words))
print(f"mean of {len(runs)} seeds: {np.mean(accuracies):.1%}, without silence {np.mean(of_words):.1%}")

# %% [markdown]
# It is no bad luck: the seeds differ by a few points, and the gap is many times as wide. (A lesson for later:
# a difference of one point between two networks, each trained once, says nothing.) And it is a gap of voices:
# without silence it is even wider.

# %% tags=["claim"]
of_heard = [accuracy_on(prepared.training, some, without=["silence"]) for some, _ in runs]
lowest = [int(np.argmin(past["val_loss"])) for _, past in runs]
claim("The training loss falls towards 0", all(past["loss"][-1] < 0.05 for _, past in runs),
      max(past["loss"][-1] for _, past in runs))
claim("The validation loss is lowest after only a few epochs", max(lowest) < 5, [epoch + 1 for epoch in lowest])
claim("and then it rises", all(past["val_loss"][-1] > 1.2 * min(past["val_loss"]) for _, past in runs),
      [round(past["val_loss"][-1] / min(past["val_loss"]), 2) for _, past in runs])
claim("the validation accuracy does not fall", all(past["val_accuracy"][-1] > past["val_accuracy"][best] - 0.02
                                                   for best, (_, past) in zip(lowest, runs)),
      [round(past["val_accuracy"][-1] - past["val_accuracy"][best], 3) for best, (_, past) in zip(lowest, runs)])
claim("the seeds differ by a few points, and the gap is many times as wide",
      np.ptp(accuracies) < 0.06 and heard - max(accuracies) > 5 * np.ptp(accuracies), np.ptp(accuracies))
claim("validation accuracy to half", all(0.4 < past["val_accuracy"][-1] < 0.6 for _, past in runs),
      [round(past["val_accuracy"][-1], 3) for _, past in runs])
claim("On training voices the network is nearly perfect", heard > 0.99, float(heard))
claim("On unheard voices more than one answer in three is wrong", max(accuracies) < 2 / 3, float(max(accuracies)))
claim("without silence it is even wider", all(one - words > heard - all_of_them for one, words, all_of_them
                                              in zip(of_heard, of_words, accuracies)), np.mean(of_words))

# %% [markdown]
# These are the network's three surest mistakes on unheard voices, and the first of them to listen to.

# %% tags=["shows"]
answers = network.predict(prepared.testing.x, verbose=0)
confidence = np.where(answers.argmax(axis=-1) == prepared.testing.y, 0, answers.max(axis=-1))
surest = np.argsort(-confidence, kind="stable")[:3]
spoken = [str(word).strip("_") for word in dataset.testing.words[surest]]
panels = {f"{n}. really “{spoken[n - 1]}”": answers[surest[n - 1]] for n in (1, 2, 3)}
plotting.score_bars(panels, dataset.class_names, same_scale=True, ylabel="probability")
Audio(dataset.testing.clips[surest[0]], rate=data.SAMPLE_RATE, normalize=False)

# %% [markdown]
# ### An experiment: can it learn nonsense?
#
# We shuffle the labels of the training clips: a clip of "yes" may now be called "stop", the next one
# "silence". There is nothing left to understand.
#
# **Guess first.** What will the accuracy on the *training* clips be after 20 epochs?
#
# <details><summary>About 8 %: guessing</summary>
#
# That is what the *validation* accuracy will be. The training clips are shown 20 times with the same labels.
#
# </details>
# <details><summary>About 50 %</summary>
#
# No. If the network can learn one label by heart, why not all of them?
#
# </details>
# <details><summary>Close to 100 %</summary>
#
# Yes. It has 46 parameters for each training clip, and finds something in every clip by which to tell it from
# the others.
#
# </details>

# %% tags=["shows"]
nonsense = np.random.default_rng(0).permutation(prepared.training.y)
keras.utils.set_random_seed(0)
parrot = compiled_ffnn()
parrot_history = parrot.fit(prepared.training.x, nonsense,
                            validation_data=(prepared.validation.x, prepared.validation.y), epochs=20, batch_size=32,
                            verbose=0, callbacks=[training.Progress()])
plotting.learning_curves(parrot_history.history)

# %% tags=["claim"]
past = parrot_history.history
claim("Close to 100 %", past["accuracy"][-1] > 0.97, past["accuracy"][-1])
claim("That is what the *validation* accuracy will be", abs(past["val_accuracy"][-1] - 1 / 12) < 0.06,
      past["val_accuracy"][-1])
claim("It has 46 parameters for each training clip",
      round(parrot.count_params() / len(nonsense)) == 46, parrot.count_params() / len(nonsense))

# %% [markdown]
# ### Question: explain the gap
#
# *15 minutes · medium · 2 points · marked by hand*
#
# On training voices the network is nearly perfect. On unheard voices more than one answer in three is wrong.
# In your own words, in about 100 words:
#
# 1. What has the network learned, and what has it not? Use the number of parameters, the number of training
#    clips, and the experiment with the shuffled labels.
# 2. What in the way this network is **built** makes it hard for it to recognise the same word from another
#    voice, or a tenth of a second later?

# %% [markdown] nbgrader={"grade_id": "explain_gap", "grade": true, "solution": true, "points": 2}
# **Model answer.** The network has learned its training clips by heart instead of the words. With the bundled
# data it has 135,372 parameters for about 3,000 training clips, dozens for each clip, so it can find a
# setting that fits every one of them. The experiment proves that fitting needs no understanding: with
# shuffled labels there is nothing to understand, and the training accuracy still comes close to 100 %, while
# the validation accuracy stays at guessing. A perfect training accuracy therefore says nothing about new
# voices. It has understood something all the same: it recognises unheard voices much more often than guessing
# would. This is called overfitting.
#
# After flattening, each of the 1,960 numbers has weights of its own. The network does not know that
# neighbouring frames follow each other, or that a sound is the same sound a few frames later: it would have
# to learn every word again at every position, at every speed and for every pitch, and has not heard enough
# voices for that.
#
# **Marking.** 1 point: it memorised, with evidence (many parameters per clip, *or* the shuffled labels, *or*
# training accuracy against unheard voices and rising validation loss). 1 point: a reason in the architecture
# (flattening, a weight for each position, no shift allowed, neighbourhood unknown) or in the variety of the
# data (few voices, unheard speakers sound different). Half points where the statement is right and the reason
# is missing. "Trained too short" or "the test data are bad" give nothing.

# %% [markdown]
# <details><summary>What a good answer mentions</summary>
#
# - it has learned the training clips by heart: dozens of parameters for each clip, and shuffled labels are
#   learned just as well
# - it has also understood something: unheard voices are recognised far more often than by guessing
# - each of the 1,960 numbers has weights of its own, so a word that comes later, faster or higher meets other
#   weights, and has to be learned anew
# - few voices
#
# </details>
#
# **To think about.** What would change if you trained ten times as long? With a tenth of the neurons? With ten
# times as many voices?
#
# <details><summary>An answer</summary>
#
# Longer: the training loss is close to 0 already, so there is little left to learn, and the validation loss
# was lowest long ago. Fewer neurons: less can be learned by heart, so the gap may shrink, but it shrinks from
# above if the training accuracy falls too. More voices: learning by heart no longer pays, and what many voices
# share does. Lessons 04 and 05 try the remedies one by one.
#
# </details>
#
# ## What went wrong here?
#
# The same network, the same data. Only the learning rate is 0.1 instead of Adam's usual 0.001, "to make it
# faster". Run it, and find out what happened before you open the answer. Three questions help: What does the
# loss settle at? Which classes does the network answer? Do its probabilities depend on the clip at all?

# %% tags=["shows"]
keras.utils.set_random_seed(0)
hasty = compiled_ffnn(keras.optimizers.Adam(learning_rate=0.1))
hasty_history = hasty.fit(prepared.training.x, prepared.training.y,
                          validation_data=(prepared.validation.x, prepared.validation.y), epochs=10, batch_size=32,
                          verbose=0, callbacks=[training.Progress()])
plotting.learning_curves(hasty_history.history)

# %% tags=["shows"]
answers = hasty.predict(prepared.training.x, verbose=0)
counts = np.bincount(answers.argmax(axis=-1), minlength=n_classes)
alike = np.all(np.abs(answers - np.median(answers, axis=0)) < 0.001, axis=-1)
print("training loss after each epoch:", np.round(hasty_history.history["loss"], 2))
print(f"ln {n_classes}: {np.log(n_classes):.2f}")
print("answers:", ", ".join(f"{dataset.class_names[i]} for {counts[i]:,} clips" for i in np.flatnonzero(counts)))
print(f"clips that all get the same probabilities: {np.mean(alike):.1%}")

# %% tags=["claim"]
past = hasty_history.history["loss"]
claim("the mean loss of the first epoch is well above $\\ln 12$", past[0] > 1.3 * np.log(12), past[0])
claim("The loss of that is about $\\ln 12$", abs(past[-1] - np.log(12)) < 0.1, past[-1])
claim("all clips look the same", np.mean(alike) > 0.97, np.mean(alike))

# %% [markdown]
# <details><summary>What happened</summary>
#
# The first steps were so long that they threw the weights far away: the mean loss of the first epoch is well
# above $\ln 12$, so the network was sure of wrong answers. On the way, the neurons of a whole hidden layer
# ended where their sum is negative for *every* clip (or for all but a few that are like no other). ReLU then
# gives 0, always. Its slope there is 0 as well, so no gradient comes through, and these neurons never change
# again. They are *dead*. Behind the dead layer, all clips look the same. Only the last biases can still learn,
# and the best they can do is to say for each clip how frequent the classes are. The loss of that is about
# $\ln 12$: the sign of a network that knows nothing.
#
# It looks like a network that cannot learn, but nothing is wrong with the network or the data: with a
# learning rate of 0.001 it learns well. When a loss gets stuck near the logarithm of the number of classes,
# try a smaller learning rate first. Then check that the inputs are standardised and the labels belong to the
# clips.
#
# </details>
#
# ### At choice: `score_gradient`
#
# *30 minutes · hard · not graded*
#
# Keras works out gradients for you. For the last layer you can do it with pen and paper, and the result is
# surprisingly short. Let $H$ be the cross-entropy of the softmax of the scores $z$. How does it change with
# each score?
#
# $$\frac{\partial H}{\partial z_{nk}} = \;?$$
#
# <details><summary>Hint 1: the logarithm</summary>
#
# For one clip with right class $r$: $-\ln p_r = -z_r + \ln \sum_j e^{z_j}$. Take the derivative for $k = r$
# and for $k \ne r$. What is the derivative of the second term?
#
# </details>
# <details><summary>Hint 2: many clips</summary>
#
# $H$ is a mean over $N$ clips, so each clip's derivative counts $1/N$.
#
# </details>

# %% [markdown] tags=["worked"]
# **A similar function, worked.** For the loss $\frac{1}{N} \sum (z - y)^2$ over N numbers:
#
# ```python
# def squared_error_gradient(z, y):
#     return 2 * (z - y) / len(z)
# ```
#
# The derivative of $(z - y)^2$ is $2 (z - y)$, and the mean divides it by N. Try it: move one `z` by 0.0001, and the
# loss changes by 0.0001 times this. The gradient of softmax with cross-entropy also compares what the network said
# with what is right.

# %% nbgrader={"grade_id": "score_gradient-solution", "solution": true}
def score_gradient(scores, one_hot):
    """How the cross-entropy of softmax(scores) changes with each score.

    Args:
        scores: any numbers, shape (N, n_classes).
        one_hot: targets, 1 for the right class and 0 for the others, shape (N, n_classes).

    Returns:
        The derivative of cross_entropy(softmax(scores), one_hot) by each score, shape (N, n_classes).
    """
    ### BEGIN SOLUTION
    return (softmax(scores) - one_hot) / len(scores)
    ### END SOLUTION

# %% tags=["shows"]
check(score_gradient)

# %% [markdown]
# With that, a dozen lines of NumPy train a network without Keras. It has a single layer, and takes each step
# with all clips at once.

# %% tags=["shows"]
def train_by_hand(steps=60, learning_rate=0.03):
    inputs = prepared.training.x.reshape(len(prepared.training), -1)
    targets = keras.utils.to_categorical(prepared.training.y, n_classes)
    weights, biases = np.zeros((inputs.shape[1], n_classes)), np.zeros(n_classes)
    for step in range(steps + 1):
        scores = inputs @ weights + biases
        if step % 20 == 0:
            accuracy = np.mean(scores.argmax(axis=-1) == prepared.training.y)
            print(f"step {step:>3}: loss {cross_entropy(softmax(scores), targets):.3f}, accuracy {accuracy:.1%}")
        gradient = score_gradient(scores, targets)
        weights -= learning_rate * inputs.T @ gradient
        biases -= learning_rate * gradient.sum(axis=0)

train_by_hand()

# %% [markdown]
# ## Summary
#
# - Softmax turns scores into probabilities; subtracting the largest score keeps it safe.
# - Cross-entropy is the mean surprise $-\ln p$ about the right class. Knowing nothing costs $\ln 12$.
# - A dense layer has a weight for every pair of input and neuron, and a bias for every neuron. Without ReLU
#   in between, layers collapse into one.
# - `compile` says how to train, `fit` trains, and `history.history` holds the curves.
# - A network with more than 100,000 parameters can learn a few thousand clips by heart, even with nonsense for
#   labels. Accuracy on training voices says nothing about new ones.
# - Before training: is the untrained loss near $\ln 12$? After training: how wide is the gap?
#
# Next: accuracy itself hides a lot. Lesson 03 looks behind it; lessons 04 to 07 narrow the gap.
#
# ## Further reading
#
# - Ian Goodfellow, Yoshua Bengio, Aaron Courville: *Deep Learning*, chapter 6, "Deep feedforward networks".
#   MIT Press, 2016. <https://www.deeplearningbook.org>
# - Guoguo Chen, Carolina Parada, Georg Heigold: "Small-footprint keyword spotting using deep neural
#   networks". ICASSP 2014. A network of this kind as a keyword spotter on a phone.
# - Diederik Kingma, Jimmy Ba: "Adam: a method for stochastic optimization". 2014.
#   [arXiv:1412.6980](https://arxiv.org/abs/1412.6980)
# - Chiyuan Zhang, Samy Bengio, Moritz Hardt, Benjamin Recht, Oriol Vinyals: "Understanding deep learning
#   requires rethinking generalization". 2016. The experiment with the shuffled labels.
#   [arXiv:1611.03530](https://arxiv.org/abs/1611.03530)
# - Chuan Guo, Geoff Pleiss, Yu Sun, Kilian Weinberger: "On calibration of modern neural networks". 2017.
#   Temperature, and networks that are too sure. [arXiv:1706.04599](https://arxiv.org/abs/1706.04599)
