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
# *About 100 minutes · 15 points · needs lesson 01*

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
# score can be any number: the higher, the more the network believes in that class. But is 4 much more than 3?
# Could the network be wrong one time in two, or one in a hundred? Scores do not say. Probabilities do: they
# lie between 0 and 1 and sum to 1.
#
# **Softmax** makes probabilities of scores. It raises e to every score, which makes all of them positive, and
# divides by the sum, which makes them sum to 1:
#
# $$p_k = \frac{e^{z_k}}{\sum_{j=1}^{K} e^{z_j}}$$
#
# Here $z_k$ is the score of class $k$, $p_k$ its probability, and $K$ the number of classes.
#
# ### Exercise: `softmax`
#
# *15 minutes · medium · 3 points*
#
# Write it for NumPy arrays. The classes are the **last** axis; in front of it there may be no axis (one
# clip), one (many clips) or more. Every clip gets a sum of its own.
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
plotting.score_bars({"scores": scores, "probabilities": softmax(scores)}, dataset.class_names)

# %% [markdown]
# **What would happen if** every score were multiplied by 10? Or by one tenth? Dividing the scores by a number
# $T$ before the softmax is called setting the *temperature*. Guess first, then run the next cell.

# %% tags=["shows"]
panels = {f"T = {T:g}": softmax(scores / T) for T in (0.3, 1, 5)}
plotting.score_bars(panels, dataset.class_names, same_scale=True)

# %% [markdown]
# <details><summary>What the temperature does</summary>
#
# Low temperatures make the softmax sure of itself: in the limit, the highest score takes everything. High
# temperatures make all classes alike. The order of the classes never changes, so the network's *answer* is
# the same at every temperature; only its confidence is not. Keep that in mind: a network can be sure of
# itself without being right.
#
# </details>
#
# ## Cross-entropy: the price of a surprise
#
# A network gives a clip of "yes" the probability 0.9 for "yes". Good. Another gives it 0.01. How much worse
# is that? We need one number, the **loss**, that training can make smaller.
#
# The usual choice is the *surprise* about what turned out to be true. If the right class had probability $p$,
# the surprise is $-\ln p$:

# %% tags=["shows"]
plotting.surprise_curve()

# %% [markdown]
# Who was sure and right pays nothing. Who gave every class the same share pays a little. Who was sure of
# something else pays a lot, and there is no upper limit.
#
# The loss of many clips is the mean of their surprises. Written with the one-hot targets of lesson 01, this
# is the **cross-entropy**:
#
# $$H = -\frac{1}{N} \sum_{n=1}^{N} \sum_{k=1}^{K} y_{nk} \ln p_{nk}$$
#
# $N$ is the number of clips and $K$ the number of classes. $y_{nk}$ is 1 where $k$ is the right class of clip
# $n$, and 0 elsewhere; $p_{nk}$ is the probability that the network gave. Of the inner sum only one term is
# left: the right class's. All the other terms are 0, and that includes $0 \cdot \ln 0$, which counts as 0
# here.
#
# ### Exercise: `cross_entropy`
#
# *15 minutes · medium · 3 points*
#
# Mind the zeros: a class with target 0 costs nothing, even where its probability is exactly 0. The computer
# needs some help with that, since to it `0 * np.log(0)` is `nan`. (You may take for granted that the right
# class never has probability 0.)
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
first_class = np.eye(n_classes)[:1]
print(f"no idea at all: {cross_entropy(everything_alike, first_class):.4f}")
print(f"ln {n_classes}: {np.log(n_classes):.4f}")

# %% [markdown]
# Remember the last two lines. A network that knows nothing and admits it has a loss of $\ln 12$. You will
# meet this number twice more.
#
# **What would happen if** the right class did have probability 0 in one clip of a thousand?
#
# <details><summary>Answer</summary>
#
# The surprise of that clip is infinite, and so is the mean: one clip would spoil everything. A softmax never
# gives exactly 0 on paper, but a float can round to it. Keras therefore raises every probability to at least
# $10^{-7}$ before the logarithm, so that no clip costs more than about 16.
#
# </details>
#
# ## A neuron, a layer, and a bend
#
# Where do the scores come from? From **neurons**. A neuron multiplies every input $x_i$ by a **weight** $w_i$
# of its own, adds everything up, and adds one more number, its **bias** $b$. Then it bends the result with an
# **activation function** $g$:
#
# $$a = g\Big(\sum_i w_i x_i + b\Big), \qquad \text{most often } g(s) = \max(0, s)$$
#
# This $g$ is called **ReLU** (rectified linear unit): what is positive passes, what is negative becomes 0.
#
# A **dense layer** is a row of such neurons which all see all inputs, but each with its own weights. For the
# computer that is one matrix product. Our inputs are pictures of 49 frames with 40 coefficients each; a dense
# layer wants a single row of numbers, so the picture is **flattened** first: 49 · 40 = 1,960 numbers.

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
# Why the bend? Because without it, stacking is useless. Two layers without activation are two matrix
# products, and these are one product with another matrix:

# %% tags=["shows"]
second_weights = rng.normal(size=(64, 128))
two_layers = (row @ weights) @ second_weights
one_layer = row @ (weights @ second_weights)
with_relu = np.maximum(0, row @ weights) @ second_weights
print("two layers without ReLU are one layer:", np.allclose(two_layers, one_layer))
print("two layers with ReLU are one layer:   ", np.allclose(with_relu, one_layer))

# %% [markdown]
# ### Exercise: `dense_parameters`
#
# *10 minutes · easy · 2 points*
#
# Weights and biases together are the **parameters**: the numbers that training sets. How many there are says
# how much memory a network needs, and how much it could learn by heart. A spotter on a small chip has room
# for perhaps 100,000.
#
# Count the parameters of a chain of dense layers. `layer_sizes` starts with the number of inputs; then comes
# the number of neurons of each layer. Inputs are only numbers: they have no bias. With $n_0$ inputs and
# layers of $n_1, n_2, \dots, n_L$ neurons:
#
# $$P = \sum_{l=1}^{L} (\text{weights of layer } l + \text{biases of layer } l)$$
#
# For the network of this lesson, `[1960, 64, 128, 12]`, the answer is 135,372.
#
# <details><summary>Hint 1</summary>
#
# Start with one neuron. How many weights has it when it sees 1,960 inputs? How many biases? Then 64 such
# neurons.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `zip(layer_sizes[:-1], layer_sizes[1:])` gives the pairs of neighbours: (1960, 64), (64, 128), (128, 12).
#
# </details>

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
# **What would happen if** we gave the clips 98 frames instead of 49? Which layer would grow, and by how much?
# And what does the table say about where to save, if the network must become smaller?
#
# ## Build the network
#
# Keras does the matrix products, and the calculus of training too. A network is written down layer by layer.
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
# It must also work for other input shapes and numbers of classes. How it is built (`Sequential`, functional
# or as a class), what its layers are called, and whether it is compiled already, is up to you.
#
# <details><summary>Hint 1: the layers</summary>
#
# `keras.layers.Flatten()` makes a single row of numbers of each clip. The names of the activations are
# `"relu"` and `"softmax"`.
#
# </details>
# <details><summary>Hint 2: the sizes</summary>
#
# `keras.Input(shape=input_shape)` comes first. Only 64 and 128 stand in the code as numbers; everything else
# comes from the arguments. The number of clips (the batch) appears nowhere.
#
# </details>
#
# When it works, Keras counts as many parameters as you did.

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
# Before a network is trained, look at what it does **without** training. It should know nothing: an accuracy
# near guessing, and a loss not far from $\ln 12$ (a little above it, since its random weights already prefer
# some classes for no reason). If an untrained network does much better or much worse, something is wrong with
# the data or the loss. This check takes a second and finds many mistakes.

# %% tags=["shows"]
training.set_seed(0)
untrained = build_ffnn()
untrained.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
loss, accuracy = untrained.evaluate(prepared.testing.x, prepared.testing.y, verbose=0)
print(f"parameters: Keras counts {untrained.count_params():,}")
print(f"accuracy:   {accuracy:.1%}, and guessing would give {1 / n_classes:.1%}")
print(f"loss:       {loss:.3f}, and ln {n_classes} = {np.log(n_classes):.3f}")

# %% tags=["shows"]
answers = untrained.predict(prepared.testing.x, verbose=0)
right_answers = np.eye(n_classes)[prepared.testing.y]
print(f"loss:       {cross_entropy(answers, right_answers):.3f} with your cross_entropy")

# %% [markdown]
# The loss has a long name in Keras: `"sparse_categorical_crossentropy"`. It is your `cross_entropy`, only
# that it takes the labels as whole numbers (*sparse*) and saves us the one-hot table.
#
# ## Train it
#
# Training changes all 135,372 numbers in small steps, each time in the direction in which the loss falls. The
# direction is the *gradient*, and Keras works it out. A few words that you will meet again:
#
# - A **batch** is a handful of clips, here 32. After each batch, one step is taken.
# - An **epoch** is one pass over all training clips, in a new random order.
# - The **learning rate** is the length of the steps. The **optimizer** takes them; **Adam** chooses a length
#   for each parameter and is a good first choice. Its usual learning rate is 0.001.
# - **Validation** clips are only looked at, after every epoch, never learned from.
#
# ### Exercise: train it and plot both curves
#
# *15 minutes · easy · 2 points · marked by hand*
#
# Complete the cell:
#
# 1. Compile `network` with the optimizer `"adam"`, the loss `"sparse_categorical_crossentropy"` and the
#    metric `"accuracy"`. The cell with the untrained network shows how.
# 2. Train it with `training.fit(model, training clips, validation clips, epochs=…, batch_size=…, seed=…)` for
#    20 epochs in batches of 32, with seed 0. It takes about ten seconds. Keep what it returns as `history`.
# 3. Plot the loss and the accuracy over the epochs, each for training **and** validation.
#    `plotting.learning_curves` does that; `history.loss`, `.accuracy`, `.validation_loss` and
#    `.validation_accuracy` hold the values, if you would rather plot them yourself.
#
# *Marking: 1 point for a network that is trained on the training clips, with the validation clips as
# validation; 1 point for a plot with both curves of the loss and both of the accuracy that shows which is
# which.*
#
# This is what it looks like with the bundled voices:
#
# ![Training accuracy climbs to 100 %, validation accuracy to half; validation loss rises](expected:learning-curves)

# %% nbgrader={"grade_id": "train_ffnn", "grade": true, "solution": true, "points": 2} tags=["figure:learning-curves"]
training.set_seed(0)
network = build_ffnn()
### BEGIN SOLUTION
network.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = training.fit(network, prepared.training, prepared.validation, epochs=20, batch_size=32, seed=0)
plotting.learning_curves(history)
### END SOLUTION

# %% [markdown]
# **Read the curves.** The training loss falls towards 0. The validation loss falls too, but only for a few
# epochs; then it rises, although the validation accuracy does not get worse. How can both be true?
#
# <details><summary>Answer</summary>
#
# Accuracy asks only which class got the highest probability. The loss asks how high it was. The network makes
# about as many mistakes as before, but it makes them with more and more confidence, and sure mistakes are
# expensive: look at the curve of $-\ln p$ again.
#
# </details>
#
# ## The gap
#
# Now the exam. The testing split holds speakers that the network has never heard, neither in training nor in
# validation.

# %% tags=["shows"]
_, heard = network.evaluate(prepared.training.x, prepared.training.y, verbose=0)
_, unheard = network.evaluate(prepared.testing.x, prepared.testing.y, verbose=0)
plotting.accuracy_gap(heard, unheard, chance=1 / n_classes)

# %% [markdown]
# Is that just bad luck with the random starting weights? Two more networks, with other seeds:

# %% tags=["shows"]
accuracies = [unheard]

def train_with_other_seeds():
    for seed in (1, 2):
        training.set_seed(seed)
        other = build_ffnn()
        other.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        training.fit(other, prepared.training, prepared.validation, epochs=20, batch_size=32, seed=seed)
        accuracies.append(other.evaluate(prepared.testing.x, prepared.testing.y, verbose=0)[1])

train_with_other_seeds()
print("unheard voices:", ", ".join(f"{accuracy:.1%}" for accuracy in accuracies))
print(f"mean of {len(accuracies)} seeds: {np.mean(accuracies):.1%}")

# %% [markdown]
# No. The seeds differ by a point or two, the gap is many times as wide. (That is also a lesson for later: a
# difference of one point between two networks, each trained once, means nothing.)
#
# Here are the three mistakes on unheard voices of which the network is surest, and the first of them to
# listen to.

# %% tags=["shows"]
answers = network.predict(prepared.testing.x, verbose=0)
confidence = np.where(answers.argmax(axis=-1) == prepared.testing.y, 0, answers.max(axis=-1))
surest = np.argsort(-confidence, kind="stable")[:3]
spoken = [str(word).strip("_") for word in dataset.testing.words[surest]]
panels = {f"{n}. really “{spoken[n - 1]}”": answers[surest[n - 1]] for n in (1, 2, 3)}
plotting.score_bars(panels, dataset.class_names, same_scale=True)
Audio(dataset.testing.clips[surest[0]], rate=data.SAMPLE_RATE)

# %% [markdown]
# ### An experiment: can it learn nonsense?
#
# We shuffle the labels of the training clips: a clip of "yes" may now be called "stop", the next one
# "silence". There is nothing left to understand. What will the training accuracy be? Guess before you run it.

# %% tags=["shows"]
nonsense = features.Inputs(prepared.training.x, np.random.default_rng(0).permutation(prepared.training.y))
training.set_seed(0)
parrot = build_ffnn()
parrot.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
parrot_history = training.fit(parrot, nonsense, prepared.validation, epochs=20, batch_size=32, seed=0)
plotting.learning_curves(parrot_history)

# %% [markdown]
# ### Question: explain the gap
#
# *15 minutes · medium · 2 points · marked by hand*
#
# On training voices the network is nearly perfect. On unheard voices it is right less than two times in
# three. In your own words, in about 100 words:
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
# voices. Some understanding there is all the same: unheard voices are recognised much more often than by
# guessing. This is called overfitting.
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
# **What would happen if** you trained ten times as long? With a tenth of the neurons? With ten times as many
# voices? Write down a guess for each. Lesson 04 tries the remedies.
#
# ## What went wrong here?
#
# The same network, the same data. Only the learning rate is 0.1 instead of Adam's usual 0.001, "to make it
# faster". Run it, and find out what happened before you open the answer. Three questions help: What does the
# loss settle at? Which classes does the network answer? Do its probabilities depend on the clip at all?

# %% tags=["shows"]
training.set_seed(0)
hasty = build_ffnn()
hasty.compile(optimizer=keras.optimizers.Adam(learning_rate=0.1), loss="sparse_categorical_crossentropy",
              metrics=["accuracy"])
hasty_history = training.fit(hasty, prepared.training, prepared.validation, epochs=10, batch_size=32, seed=0)
plotting.learning_curves(hasty_history)

# %% tags=["shows"]
answers = hasty.predict(prepared.training.x, verbose=0)
counts = np.bincount(answers.argmax(axis=-1), minlength=n_classes)
alike = np.all(np.abs(answers - np.median(answers, axis=0)) < 0.001, axis=-1)
print("training loss after each epoch:", np.round(hasty_history.loss, 2))
print(f"ln {n_classes}: {np.log(n_classes):.2f}")
print("answers:", ", ".join(f"{dataset.class_names[i]} for {counts[i]:,} clips" for i in np.flatnonzero(counts)))
print(f"clips that all get the same probabilities: {np.mean(alike):.1%}")

# %% [markdown]
# <details><summary>What happened</summary>
#
# The first steps were so long that they threw the weights far away: the mean loss of the first epoch is well
# above $\ln 12$, so the network was sure of wrong answers. On the way, the neurons of a whole hidden layer
# ended where their sum is negative for *every* clip (or for all but one or two that are like no other). ReLU
# then gives 0, always, and its slope there is 0 as well: no gradient comes through, and these neurons never
# change again. They are *dead*. Behind the dead layer, all clips look the same. All that is left to learn are
# the last biases, and with those the best one can do is to say for each clip how frequent the classes are. The
# loss of that is about $\ln 12$: the sign of a network that knows nothing.
#
# It looks like a network that cannot learn, but nothing is wrong with the network or the data: with a
# learning rate of 0.001 it learns well. When a loss gets stuck near the logarithm of the number of classes,
# try a smaller learning rate first; then look whether the inputs are standardised and the labels belong to
# the clips.
#
# </details>
#
# ## Summary
#
# - Softmax makes probabilities of scores; subtracting the largest score keeps it safe.
# - Cross-entropy is the mean surprise $-\ln p$ about the right class. Knowing nothing costs $\ln 12$.
# - A dense layer has a weight for every pair of input and neuron, and a bias for every neuron. Without ReLU
#   in between, layers collapse into one.
# - A network with more than 100,000 parameters can learn some thousand clips by heart, even with nonsense for
#   labels. Accuracy on training voices says nothing about new ones.
# - Before training: is the untrained loss near $\ln 12$? After training: how wide is the gap?
#
# Next: accuracy itself hides a lot. Lesson 03 looks behind it; lessons 04 to 07 close the gap.
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
