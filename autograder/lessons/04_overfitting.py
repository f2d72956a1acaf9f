# %% [markdown]
# # 4 · Overfitting, and every remedy
#
# **Goal:** understand why a network fails on voices that it has not heard, build every common remedy by hand,
# and measure honestly which of them help.
#
# After this lesson you will be able to
#
# - tell underfitting from overfitting, and explain both with bias and variance
# - say why one good feature can be worth more than many
# - write early stopping, weight penalties, dropout and batch normalisation yourself, and find them in Keras
# - make new training clips out of old ones: shifted, noisy, louder, faster, higher, masked
# - compare remedies fairly: several seeds, one table, nothing left out
# - notice when a result is too good to be true
#
# *About 150 minutes · 13 points · needs lesson 02*

# %% nbgrader={"grade_id": "setup-04_overfitting"}
from kws_helpers import data, features, mode, plotting, training, widgets  # before Keras
from kws_helpers.check import check

import keras
import numpy as np
from sklearn.linear_model import LogisticRegression

# %% [markdown]
# In lesson 02 a network knew all its training clips and was wrong about every second clip from a voice that it had
# not heard.
# Before we cure that, we look at the illness where it is easiest to see: a few points on a sheet of paper.
#
# ## Too simple, too flexible
#
# Somewhere there is a smooth curve, the *truth*. We do not see it. We see 20 points near it: each is off by a
# little noise, as every measurement is. From these points we want to guess the curve, so that we can tell $y$
# for an $x$ that we have never measured.

# %% tags=["shows"]
def truth(x):
    return np.sin(3 * x)

def draw_points(n, noise, seed):
    """n points (x, y) near the truth, evenly spaced in x."""
    x = np.linspace(-1, 1, n)
    return x, truth(x) + np.random.default_rng(seed).normal(0, noise, size=n)

points_x, points_y = draw_points(20, noise=0.3, seed=1)

# %% [markdown]
# Our guess will be a **polynomial** of degree $d$:
#
# $$\hat y(x) = c_0 x^d + c_1 x^{d-1} + \dots + c_{d-1} x + c_d$$
#
# $\hat y$ ("y hat") is the guess, and $c_0, \dots, c_d$ are $d + 1$ numbers, the *coefficients*. Degree 1 is a
# straight line. The higher the degree, the more bends the curve can have. So the degree is to a polynomial
# what the number of neurons is to a network: how much it *could* express.
#
# To fit means to choose the coefficients for which the squared errors $\big(y_i - \hat y(x_i)\big)^2$ of all
# points together are smallest.
#
# ### Exercise: `fit_polynomial`
#
# *5 minutes · easy · 1 point*
#
# Return the coefficients, the one of the highest power first. You need not do the algebra: NumPy can.
#
# <details><summary>Hint 1</summary>
#
# NumPy calls it `np.polyfit`. Read what `help(np.polyfit)` says about the order of its result.
#
# </details>
# <details><summary>Hint 2: there is a newer way, too</summary>
#
# `np.polynomial.Polynomial.fit` also works, but mind two things: its coefficients come lowest power first, and
# they belong to a shifted and stretched $x$ until you call `.convert()`.
#
# </details>
#
# This is what you will see when it works:
#
# ![Three panels with the same 20 points: a straight line that misses the bends, a smooth curve close to the
# truth, and a curve that runs through the noise and swings wildly at the edges](expected:three-fits)

# %% nbgrader={"grade_id": "fit_polynomial-solution", "solution": true}
def fit_polynomial(x, y, degree):
    """The polynomial with the smallest squared error on some points.

    Args:
        x: where the points are, shape (n,), with n > degree.
        y: their values, shape (n,).
        degree: the highest power, an int of at least 0.

    Returns:
        The coefficients, highest power first, shape (degree + 1,).
    """
    ### BEGIN SOLUTION
    return np.polyfit(x, y, degree)
    ### END SOLUTION

# %% nbgrader={"grade_id": "fit_polynomial", "grade": true, "points": 1}
check(fit_polynomial)
### BEGIN HIDDEN TESTS
judge(fit_polynomial)
### END HIDDEN TESTS

# %% tags=["figure:three-fits", "shows"]
grid = np.linspace(-1, 1, 201)
fits = {f"degree {degree}": np.polyval(fit_polynomial(points_x, points_y, degree), grid) for degree in (1, 3, 15)}
plotting.polynomial_fits(points_x, points_y, grid, truth(grid), fits)

# %% [markdown]
# - The **straight line** cannot bend, whatever the points say. It **underfits**: wrong on the points that it
#   was made from, and just as wrong elsewhere.
# - **Degree 15** has a coefficient for nearly every point. It bends to the noise: excellent on its points,
#   and far off between them, above all near the edges. It **overfits**. It has learned its points by heart, like the network of lesson
#   02 its voices.
# - **Degree 3** is somewhere in between, and closest to the truth.
#
# "Excellent" and "far off" want to be numbers.
#
# ### Exercise: `mean_squared_error`
#
# *5 minutes · easy · 1 point*
#
# $$\text{MSE} = \frac{1}{n} \sum_{i=1}^{n} (y_i - \hat y_i)^2$$
#
# $y_i$ is the measured value of point $i$, $\hat y_i$ the guess for it, and $n$ the number of points.
#
# <details><summary>Hint</summary>
#
# NumPy subtracts and squares whole arrays at once. Square *before* you take the mean: errors above and below
# must not cancel.
#
# </details>
#
# For $y = (1, 2, 3)$ and $\hat y = (1, 4, 2)$ the result is $(0 + 4 + 1) / 3 \approx 1.667$.

# %% nbgrader={"grade_id": "mean_squared_error-solution", "solution": true}
def mean_squared_error(y, y_hat):
    """Mean of the squared differences.

    Args:
        y: measured values, shape (n,).
        y_hat: guesses for them, shape (n,).

    Returns:
        One number, 0 where every guess is right.
    """
    ### BEGIN SOLUTION
    return np.mean((y - y_hat) ** 2)
    ### END SOLUTION

# %% nbgrader={"grade_id": "mean_squared_error", "grade": true, "points": 1}
check(mean_squared_error)
### BEGIN HIDDEN TESTS
judge(mean_squared_error)
### END HIDDEN TESTS

# %% [markdown]
# Now the experiment that this whole lesson rests on. We measure every degree **twice**: on the points that it
# was fitted to (*training*), and on 500 new points from the same truth that it never saw (*validation*).
#
# Move the sliders. Three things to find out: Which of the two curves can only fall? Where does the other one
# turn, and does that place depend on the noise? What happens to degree 15 when it gets 200 points?

# %% tags=["shows"]
new_x = np.random.default_rng(1).uniform(-1, 1, 500)
new_noise = np.random.default_rng(2).normal(size=500)

def draw_fit(degree, points, noise):
    x, y = draw_points(points, noise, seed=1)
    new_y = truth(new_x) + noise * new_noise
    all_fits = [fit_polynomial(x, y, d) for d in range(16)]
    errors = {"training": np.array([mean_squared_error(y, np.polyval(fit, x)) for fit in all_fits]),
              "validation": np.array([mean_squared_error(new_y, np.polyval(fit, new_x)) for fit in all_fits])}
    curve = np.polyval(all_fits[degree], grid)
    return plotting.draw_fit_and_errors(x, y, grid, truth(grid), curve, degree, errors)

widgets.explore(draw_fit, {"degree": widgets.slider("degree", 0, 15, 15),
                           "points": widgets.slider("points", 18, 200, 20),
                           "noise": widgets.slider("noise", 0.05, 1.0, 0.3, 0.05)})

# %% [markdown]
# <details><summary>What there is to find</summary>
#
# The training error can only fall: a polynomial of degree 4 can do all that one of degree 3 can. So **the
# training error can never tell you to stop**. The validation error falls at first, while the curve learns
# truth, and rises again when it learns noise. With few points, the more noise there is, the earlier it turns.
#
# With 200 points, degree 15 is as good as degree 3, or even a little better. Nothing was taken away from it: the points simply
# leave it no room for nonsense between them. **More data is a remedy against overfitting**, the best of all,
# and the most expensive. Much of this lesson is about getting its effect for less.
#
# </details>
#
# ### Bias and variance
#
# Why is too flexible as bad as too simple? Let us measure the same 20 places 200 times. Each time the noise
# is different, and so is the fit.

# %% tags=["shows"]
def fits_to_samples(degree, samples=200, noise=0.3):
    """One fitted curve for each sample of 20 points, (samples, len(grid))."""
    return np.array([np.polyval(fit_polynomial(*draw_points(20, noise, seed), degree), grid)
                     for seed in range(samples)])

curves = {degree: fits_to_samples(degree) for degree in (1, 3, 15)}
plotting.fits_to_many_samples(grid, truth(grid), {f"degree {degree}": fits for degree, fits in curves.items()})

# %% [markdown]
# - **Bias** is the distance between the *mean* fit and the truth: what stays wrong however often you repeat
#   the experiment. The straight line has a large one.
# - **Variance** is how much a single fit scatters around the mean fit: how much the result depends on which
#   points you happened to get. Degree 15 has a large one, although its mean is right nearly everywhere.
#
# What a fit gets wrong on new points, at one place $x$, is the sum of both and of the noise that nobody can foresee:
#
# $$\underbrace{\mathbb{E}\big[(y - \hat y)^2\big]}_{\text{error on new points}}
# = \underbrace{\big(\mathbb{E}[\hat y] - f\big)^2}_{\text{bias}^2}
# + \underbrace{\mathbb{E}\big[(\hat y - \mathbb{E}[\hat y])^2\big]}_{\text{variance}}
# + \underbrace{\sigma^2}_{\text{noise}}$$
#
# $f$ is the truth, $\sigma$ the standard deviation of the noise, and $\mathbb{E}$ the mean over many samples.
# Do the three numbers, each the mean over all places, really add up to the error? We ask new points:

# %% tags=["shows"]
rng = np.random.default_rng(3)
print("degree     bias²   variance   noise²      sum    measured on new points")

def print_three_parts():
    for degree, fits in curves.items():
        bias2 = np.mean((fits.mean(axis=0) - truth(grid)) ** 2)
        variance = np.mean(fits.var(axis=0))
        new_points = truth(grid) + rng.normal(0, 0.3, size=fits.shape)
        measured_error = mean_squared_error(new_points, fits)
        total = bias2 + variance + 0.3**2
        print(f"{degree:>6}{bias2:>10.3f}{variance:>11.3f}{0.3**2:>9.3f}{total:>9.3f}{measured_error:>12.3f}")

print_three_parts()

# %% [markdown]
# Most remedies below make a network less free or give it more to learn from: they lower the variance. Most of
# them pay for it with some bias. That is a good bargain only while variance is what you suffer from. A network
# that underfits gets *worse* from them.
#
# **What would happen if** you averaged the fits of 200 samples of degree 15 and used the mean? (People do that
# with networks. It is called an *ensemble*.)
#
# <details><summary>Answer</summary>
#
# The mean of the fits has hardly any variance, so its error is bias² and noise: better than any single fit in the table,
# the one of degree 3 included. The price is 200 times as many points.
#
# </details>
#
# ## One good feature beats two
#
# The cheapest way to need less flexibility is to ask a better question. Below are points in a disc: those in
# the middle belong to one class, those in the ring around it to another. We hand them to one of the simplest
# classifiers, **logistic regression**: a single neuron that can only draw a straight line between the classes.

# %% tags=["shows"]
def disc_points(n, seed):
    """x, y and whether a point belongs to the inner class, each (n,)."""
    rng = np.random.default_rng(seed)
    inside = rng.uniform(size=n) < 0.5
    distance = np.where(inside, rng.uniform(0, 0.5, n), rng.uniform(0.6, 1, n))
    angle = rng.uniform(0, 2 * np.pi, n)
    return distance * np.cos(angle), distance * np.sin(angle), inside

disc_x, disc_y, inside = disc_points(40, seed=0)
# C is the inverse of a price on large weights, more about which in remedy 3: here they are cheap
by_x_and_y = LogisticRegression(C=100).fit(np.column_stack([disc_x, disc_y]), inside)
print(f"right on its 40 points, from x and y: {by_x_and_y.score(np.column_stack([disc_x, disc_y]), inside):.0%}")

# %% [markdown]
# No straight line separates a middle from a ring. We could take a network with many neurons, and it would have
# to find the circle from 40 points. Or we use what we know: what matters is how far a point is from the centre.
#
# ### Exercise: `radius`
#
# *5 minutes · easy · 1 point*
#
# $$r = \sqrt{x^2 + y^2}$$
#
# $x$ and $y$ are a point's coordinates, $r$ its distance from the centre. The function gets many points at
# once.
#
# <details><summary>Hint</summary>
#
# Square, add, take the root: `np.sqrt` works on whole arrays. NumPy also has the function under the name that
# the longest side of a right-angled triangle has.
#
# </details>
#
# When it works, a classifier that sees only $r$ gets (nearly) all new points right.

# %% nbgrader={"grade_id": "radius-solution", "solution": true}
def radius(x, y):
    """Distance of points from the centre.

    Args:
        x: first coordinates, a number or an array of any shape.
        y: second coordinates, of the same shape.

    Returns:
        The distances, of the same shape.
    """
    ### BEGIN SOLUTION
    return np.sqrt(x**2 + y**2)
    ### END SOLUTION

# %% nbgrader={"grade_id": "radius", "grade": true, "points": 1}
check(radius)
### BEGIN HIDDEN TESTS
judge(radius)
### END HIDDEN TESTS

# %% tags=["shows"]
by_radius = LogisticRegression(C=100).fit(radius(disc_x, disc_y)[:, np.newaxis], inside)
plotting.disc_boundaries(disc_x, disc_y, inside, {
    "two features: x and y": lambda x, y: by_x_and_y.predict(np.column_stack([x, y])),
    "one feature: r": lambda x, y: by_radius.predict(radius(x, y)[:, np.newaxis])})

new_disc_x, new_disc_y, new_inside = disc_points(1000, seed=1)
print(f"1,000 new points, x and y: {by_x_and_y.score(np.column_stack([new_disc_x, new_disc_y]), new_inside):.1%}")
print(f"1,000 new points, only r:  {by_radius.score(radius(new_disc_x, new_disc_y)[:, np.newaxis], new_inside):.1%}")

# %% [markdown]
# One feature instead of two, and a better result. What we knew about the problem (a turn around the centre
# changes nothing) went into the feature, so the classifier need not learn it. The MFCC of lesson 01 are such a
# feature for sound, and lesson 06 builds what we know into the network itself.
#
# **What would happen if** the disc's centre were not at (0, 0)? A feature that rests on a wrong belief is worse
# than none.
#
# <details><summary>Answer</summary>
#
# Distances from the wrong centre mix the two classes: a point of the ring may be as near to it as one of the middle.
# From x and y one could still learn it, with more freedom; from a wrong $r$ alone, no longer.
#
# </details>
#
# ## The patient
#
# Now the network of lesson 02 again, and its illness in numbers. `train` trains it anew for several seeds, since a
# single run can be lucky. `measure` does that and notes the accuracy on training clips and on the validation split,
# whose voices the network has not heard.

# %% tags=["shows"]
dataset = data.load()
prepared = features.prepare(dataset)
n_classes = len(dataset.class_names)
SEEDS = (0,) if mode.short_training() else (0, 1, 2)
EPOCHS = 16

def train(build, clips=prepared.training, validation=prepared.validation, epochs=EPOCHS, seeds=SEEDS, callbacks=()):
    """Build and train a network for each seed. Returns [(model, history), …]."""
    def compiled():
        model = build()
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    return training.fit_each(compiled, clips, validation, seeds=seeds, epochs=epochs, batch_size=64,
                             callbacks=callbacks)

measured = {}  # remedy: (training accuracy, validation accuracy) for each seed

def note(name, pairs):
    measured[name] = np.array(pairs)
    heard, unheard = measured[name].mean(axis=0)
    print(f"{name}: training {heard:.1%}, validation {unheard:.1%} "
          f"(seeds: {', '.join(f'{value:.1%}' for value in measured[name][:, 1])})")

def accuracies_of(runs):
    splits = prepared.training, prepared.validation
    return [tuple(training.accuracy(model, split) for split in splits) for model, _ in runs]

def measure(name, build, **options):
    """Train, and note the accuracies. Returns [(model, history), …]."""
    runs = train(build, **options)
    note(name, accuracies_of(runs))
    return runs

# %% tags=["shows"]
def plain(sizes=(64, 128)):
    hidden = [keras.layers.Dense(size, activation="relu") for size in sizes]
    return keras.Sequential([keras.Input((49, 40)), keras.layers.Flatten(), *hidden,
                             keras.layers.Dense(n_classes, activation="softmax")])

plain_runs = measure("plain", plain)

# %% [markdown]
# The testing split stays closed until the very end. While you compare remedies you make choices, and choices
# are a way of learning: whoever chooses by the testing split has learned from it.
#
# ## Remedy 1: fewer parameters
#
# The polynomial of degree 15 was cured by taking coefficients away. Do the same: only 16 neurons in each
# hidden layer.

# %% tags=["shows"]
small_runs = measure("fewer parameters", lambda: plain(sizes=(16, 16)))
print(f"{small_runs[0][0].count_params():,} parameters instead of {plain_runs[0][0].count_params():,}")

# %% [markdown]
# A disappointment, and a lesson. Even this network has several parameters for each clip, enough to learn nearly
# all of them by heart. And with fewer neurons it finds poorer rules. Counting parameters alone does not say
# how much a network overfits. *What* it can express matters more, and lesson 06 will come back to that.
#
# ## Remedy 2: stop early
#
# The validation loss falls, turns, and rises (lesson 02). Then why not stop at the turn? The trouble is that
# curves jitter: one bad epoch is no turn. So we have **patience**: we stop when there was no new best for so
# many epochs in a row, and then go back to the weights of the best epoch.
#
# ### Exercise: `early_stopping_epoch`
#
# *15 minutes · medium · 2 points*
#
# You get the validation loss of every epoch, as if training had gone on without end. Say from which epoch the
# weights would have been kept. Epochs are counted from 0, as in Keras.
#
# - An epoch is a *new best* if its loss is **smaller** than all before it. (The same value again is not.)
# - After `patience` epochs in a row without a new best, training stops. What comes later never happens, even
#   if it would have been better.
# - If that never comes about, training runs to the end of the list.
#
# | epoch | 0 | 1 | 2 | 3 | 4 | 5 |
# | --- | --- | --- | --- | --- | --- | --- |
# | loss | 2.0 | 1.5 | **1.2** | 1.3 | 1.25 | 1.1 |
# | epochs since the best | 0 | 0 | 0 | 1 | 2 | |
#
# With `patience=2`, training stops after epoch 4, and the answer is 2. Epoch 5 would have been better, but
# nobody waited for it. With `patience=3` the answer is 5.
#
# <details><summary>Hint 1</summary>
#
# Go through the losses one by one and remember two things: the best epoch so far, and how many epochs have
# passed since.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `enumerate(validation_losses)` gives epoch and loss together. With `break` you leave a loop early. How many
# epochs have passed since the best follows from the two epochs' numbers.
#
# </details>
#
# When it works, you will see where the training of the plain network should have stopped:
#
# ![The validation loss over 16 epochs with its lowest point marked, and a dotted line some epochs later where
# training stops](expected:stopping)

# %% nbgrader={"grade_id": "early_stopping_epoch-solution", "solution": true}
def early_stopping_epoch(validation_losses, patience):
    """The epoch whose weights early stopping keeps.

    Args:
        validation_losses: the loss after each epoch, shape (epochs,), without nan.
        patience: after so many epochs in a row without a new best, training stops; at least 1.

    Returns:
        The epoch with the smallest loss up to the stop, an int, counted from 0; of equals the first.
    """
    ### BEGIN SOLUTION
    best = 0
    for epoch, loss in enumerate(validation_losses):
        if loss < validation_losses[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return best
    ### END SOLUTION

# %% nbgrader={"grade_id": "early_stopping_epoch", "grade": true, "points": 2}
check(early_stopping_epoch)
### BEGIN HIDDEN TESTS
judge(early_stopping_epoch)
### END HIDDEN TESTS

# %% tags=["figure:stopping", "shows"]
validation_losses = plain_runs[0][1].validation_loss
kept = early_stopping_epoch(validation_losses, patience=3)
plotting.stopping_point(validation_losses, kept, patience=3)

# %% [markdown]
# Keras has a *callback* for it, something that `fit` asks after every epoch. First we call it by hand, with the losses
# that we have already, to see whether it agrees with you:

# %% tags=["shows"]
def epoch_by_keras(validation_losses, patience):
    callback = keras.callbacks.EarlyStopping(monitor="val_loss", mode="min", patience=patience)
    callback.set_model(keras.Sequential())
    callback.on_train_begin()
    for epoch, loss in enumerate(validation_losses):
        callback.on_epoch_end(epoch, {"val_loss": loss})
        if callback.stopped_epoch:
            break
    return callback.best_epoch

def print_epochs():
    for seed, (_, history) in zip(SEEDS, plain_runs):
        yours, theirs = early_stopping_epoch(history.validation_loss, 3), epoch_by_keras(history.validation_loss, 3)
        print(f"seed {seed}: your epoch {yours}, Keras' epoch {theirs}")

print_epochs()

# %% [markdown]
# And this is how it is used. `restore_best_weights` goes back to the weights of the best epoch at the end.

# %% tags=["shows"]
measure("early stopping", plain,
        callbacks=[keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)]);  # the ; hides the value

# %% [markdown]
# It saves time, and its network is less sure of its mistakes: its validation loss is the smallest up to the stop.
# But the accuracy need not gain, and may even lose. Lesson 02 showed why: when the loss turns, the accuracy does
# not fall with it. If you care for accuracy, write `monitor="val_accuracy", mode="max"`.
#
# **What would happen if** `patience` were 1? And why must the epoch be chosen on the validation split and not
# on the testing split?
#
# <details><summary>Answer</summary>
#
# The first wobble of the curve would end the training. And to choose is to learn: the epoch is one more number that was
# fitted to some clips, so these clips cannot be the exam.
#
# </details>
#
# ## Remedy 3: a price on large weights
#
# Look at the coefficients of the polynomials once more:

# %% tags=["shows"]
def print_coefficients():
    for degree in (1, 3, 15):
        print(f"degree {degree:>2}: largest coefficient {np.abs(fit_polynomial(points_x, points_y, degree)).max():10.1f}")

print_coefficients()

# %% [markdown]
# To swing wildly, a curve needs large coefficients that nearly cancel each other. So make them expensive: add
# a **penalty** to the loss that grows with the weights. Training then has to weigh every large weight against
# what it brings.
#
# $$\text{L2: } \lambda \sum_i w_i^2 \qquad\qquad \text{L1: } \lambda \sum_i |w_i|$$
#
# $w_i$ are the weights, and $\lambda$ ("lambda") is the strength: 0 is no penalty at all. L2 makes large
# weights small. L1 pulls every weight with the same force, however small it is already, so many end at or very near 0.
# The *biases* of a layer (the numbers that are added; nothing to do with the bias above) are usually left alone: they
# cannot make a curve steep.
#
# ### Exercise: `weight_penalty`
#
# *10 minutes · easy · 2 points*
#
# `weights` may be one array of any shape, or a list of arrays (one for each layer). In a list, the penalties of
# all arrays are added up.
#
# <details><summary>Hint 1: the shape</summary>
#
# `np.sum` adds up all elements of an array, whatever its shape. `w**2` and `np.abs(w)` work on every element.
#
# </details>
# <details><summary>Hint 2: one array or a list?</summary>
#
# `isinstance(weights, (list, tuple))` tells. If it is no list, make one of it: `[weights]`. Then one loop does
# both.
#
# </details>
#
# For the weights $(1, -2)$ and the strength 0.1, L2 gives 0.5 and L1 gives 0.3.

# %% nbgrader={"grade_id": "weight_penalty-solution", "solution": true}
def weight_penalty(weights, strength, kind="l2"):
    """What weights cost.

    Args:
        weights: an array of any shape, or a list of arrays.
        strength: the factor in front of the sum, at least 0.
        kind: "l2" for the sum of the squares, "l1" for the sum of the absolute values.

    Returns:
        The penalty of all weights together, one number.
    """
    ### BEGIN SOLUTION
    arrays = weights if isinstance(weights, (list, tuple)) else [weights]
    price = np.square if kind == "l2" else np.abs
    return strength * sum(np.sum(price(array)) for array in arrays)
    ### END SOLUTION

# %% nbgrader={"grade_id": "weight_penalty", "grade": true, "points": 2}
check(weight_penalty)
### BEGIN HIDDEN TESTS
judge(weight_penalty)
### END HIDDEN TESTS

# %% tags=["shows"]
kernel = plain_runs[0][0].layers[1].get_weights()[0]
print(f"L2: yours {weight_penalty(kernel, 0.01):.4f}, Keras' {float(keras.regularizers.L2(0.01)(kernel)):.4f}")
print(f"L1: yours {weight_penalty(kernel, 0.01, 'l1'):.4f}, Keras' {float(keras.regularizers.L1(0.01)(kernel)):.4f}")

# %% [markdown]
# Mind the factor when you copy a strength from a paper. Many authors write $\frac{\lambda}{2} \sum w_i^2$, so
# that the slope is simply $\lambda w_i$. Their 0.001 is 0.0005 in Keras.
#
# In a network, the penalty belongs to a layer:

# %% tags=["shows"]
def penalised(strength=0.01):
    def dense(size, activation):
        return keras.layers.Dense(size, activation, kernel_regularizer=keras.regularizers.L2(strength))
    return keras.Sequential([keras.Input((49, 40)), keras.layers.Flatten(), dense(64, "relu"), dense(128, "relu"),
                             dense(n_classes, "softmax")])

penalised_runs = measure("weight penalty", penalised)
plotting.weight_histograms({"plain": kernel, "with penalty": penalised_runs[0][0].layers[1].get_weights()[0]})

# %% [markdown]
# The weights did what they were told. Whether that helps new voices is another question; the table at the end
# will tell.
#
# **What would happen if** the strength were 10? Which accuracy would you expect on *training* clips?
#
# <details><summary>Answer</summary>
#
# Any weight would cost more than it brings. All would end near 0, and the network would guess: about one in twelve, in
# training as well.
#
# </details>
#
# ## Remedy 4: dropout
#
# A network that learns by heart relies on coincidences: *this* neuron together with *that* one knows *this*
# clip. **Dropout** breaks up such conspiracies. In every training step each neuron is silenced with probability $p$, the
# *rate*, and nobody knows in advance which. What is left must work without the others.
#
# $$a_i' = \begin{cases} 0 & \text{with probability } p \\ \dfrac{a_i}{1 - p} & \text{otherwise}\end{cases}$$
#
# $a_i$ is the output of neuron $i$, and $a_i'$ what the next layer gets to see. Why divide? A share of $1 - p$
# survives, so the sum that the next layer receives would be smaller in training than later. Dividing by
# $1 - p$ keeps it the same on average. (This is called *inverted* dropout: the price is paid in training.)
#
# When the network is **used**, nobody is silenced, and nothing is divided.
#
# ### Exercise: `dropout`
#
# *15 minutes · medium · 2 points*
#
# Each element of `x` gets its own draw, for each clip anew. Take the random numbers from `rng`, a generator
# made by `np.random.default_rng`, so that the result can be repeated.
#
# <details><summary>Hint 1: the draw</summary>
#
# `rng.uniform(size=x.shape)` gives a number between 0 and 1 for each element. With which probability is such a
# number below 0.3? At least 0.3?
#
# </details>
# <details><summary>Hint 2: the result</summary>
#
# A truth value counts as 1 or 0 when it is multiplied. Decide about `training` first: without it there is
# nothing to do.
#
# </details>
#
# When it works with a rate of 0.3, about 30 % of the values in the cell below are 0, the others have grown, and
# the mean is nearly as before.

# %% nbgrader={"grade_id": "dropout-solution", "solution": true}
def dropout(x, rate, training, rng):
    """Silence a random share of the values in training; do nothing otherwise.

    Args:
        x: outputs of a layer, an array of any shape.
        rate: the probability with which a value becomes 0, from 0 to below 1.
        training: True in training, False when the network is used.
        rng: a NumPy Generator, from which the random numbers come.

    Returns:
        An array of the same shape: in training every value is 0 or divided by 1 - rate.
    """
    ### BEGIN SOLUTION
    if not training:
        return x
    kept = rng.uniform(size=x.shape) >= rate
    return x * kept / (1 - rate)
    ### END SOLUTION

# %% nbgrader={"grade_id": "dropout", "grade": true, "points": 2}
check(dropout)
### BEGIN HIDDEN TESTS
judge(dropout)
### END HIDDEN TESTS

# %% tags=["shows"]
layer_outputs = np.random.default_rng(0).uniform(0.2, 1, size=(20, 40)).astype(np.float32)
by_you = dropout(layer_outputs, 0.3, True, np.random.default_rng(1))
by_keras = np.asarray(keras.layers.Dropout(0.3, seed=1)(layer_outputs, training=True))
plotting.dropped_values({"before": layer_outputs, "your dropout": by_you, "Keras' dropout": by_keras})

def print_dropped():
    for name, values in {"yours": by_you, "Keras'": by_keras}.items():
        growth = np.median((values / layer_outputs)[values != 0])
        print(f"{name:>7}: {np.mean(values == 0):.1%} are 0, the others are {growth:.4f} times as large, "
              f"mean {values.mean():.3f} (before: {layer_outputs.mean():.3f})")

print_dropped()

# %% tags=["shows"]
def with_dropout(rate=0.5):
    return keras.Sequential([
        keras.Input((49, 40)), keras.layers.Flatten(),
        keras.layers.Dense(64, "relu"), keras.layers.Dropout(rate),
        keras.layers.Dense(128, "relu"), keras.layers.Dropout(rate),
        keras.layers.Dense(n_classes, "softmax")])

dropout_runs = measure("dropout", with_dropout)

# %% [markdown]
# **What would happen if** dropout stayed on while the network is used? It is a common mistake, since nothing
# fails. Guess before you run it:

# %% tags=["shows"]
one_network = dropout_runs[0][0]
print(f"as it should be:  {training.accuracy(one_network, prepared.validation):.1%}")

def print_three_answers():
    for _ in range(3):
        answers = np.asarray(one_network(prepared.validation.x, training=True)).argmax(axis=-1)
        print(f"dropout still on: {np.mean(answers == prepared.validation.y):.1%}")

print_three_answers()

# %% [markdown]
# Worse, and different every time. Keras switches dropout off by itself in `predict` and `evaluate`. It leaves
# it on where you say `training=True`.
#
# ## Remedy 5: batch normalisation
#
# In lesson 01 you standardised the inputs: every coefficient got mean 0 and standard deviation 1. But the
# second layer does not see the inputs. It sees what the first layer makes of them, and that changes with every
# step of training. **Batch normalisation** standardises again, inside the network, with the mean and variance
# of the clips in the current batch:
#
# $$\hat x_i = \frac{x_i - \mu_B}{\sqrt{\sigma_B^2 + \varepsilon}}, \qquad y_i = \gamma\,\hat x_i + \beta$$
#
# $x_i$ is the value of one neuron for clip $i$; $\mu_B$ and $\sigma_B^2$ are the mean and the variance of this
# neuron over the batch. $\varepsilon$ is a small number that keeps the root from becoming 0. $\gamma$ and
# $\beta$ are two numbers for each neuron, which training finds: if standardised values are not what the
# network needs, it can scale and shift them back.
#
# ### Exercise: `batch_norm`
#
# *15 minutes · medium · 2 points*
#
# The neurons (or channels) are the **last** axis. Mean and variance run over **all other axes**: only the
# clips for (N, C), clips and frames for (N, T, C), and so on. The variance is divided by $n$, not by $n - 1$.
#
# <details><summary>Hint 1: the axes</summary>
#
# `axis` may be a tuple. For an array with three axes it is `(0, 1)`. `tuple(range(x.ndim - 1))` gives the right
# one for every number of axes.
#
# </details>
# <details><summary>Hint 2: epsilon</summary>
#
# It stands inside the root, beside the variance. That makes a difference wherever a neuron hardly varies.
#
# </details>
#
# When it works, the picture below shows 64 neurons that were all different, and now are all alike.

# %% nbgrader={"grade_id": "batch_norm-solution", "solution": true}
def batch_norm(x, gamma, beta, epsilon=1e-3):
    """Standardise every neuron over a batch, then scale and shift it.

    Args:
        x: values of a layer for a batch, shape (N, ..., C); the neurons are the last axis.
        gamma: a scale for each neuron, shape (C,).
        beta: a shift for each neuron, shape (C,).
        epsilon: is added to the variance.

    Returns:
        The normalised values, shape (N, ..., C).
    """
    ### BEGIN SOLUTION
    axes = tuple(range(x.ndim - 1))
    standardised = (x - np.mean(x, axis=axes)) / np.sqrt(np.var(x, axis=axes) + epsilon)
    return gamma * standardised + beta
    ### END SOLUTION

# %% nbgrader={"grade_id": "batch_norm", "grade": true, "points": 2}
check(batch_norm)
### BEGIN HIDDEN TESTS
judge(batch_norm)
### END HIDDEN TESTS

# %% tags=["shows"]
weights, biases = plain_runs[0][0].layers[1].get_weights()
sums = prepared.training.x[:256].reshape(-1, len(weights)) @ weights + biases
by_you = batch_norm(sums, np.ones(64), np.zeros(64))
by_keras = np.asarray(keras.layers.BatchNormalization()(sums, training=True))
plotting.neuron_spread({"sums of the first layer": sums, "after batch_norm": by_you})
print("the same as Keras' in training:", np.allclose(by_you, by_keras, atol=1e-3))

# %% [markdown]
# Here, too, training and use differ. In use, a network may hear a single clip, and a batch of one has no
# variance. So the layer keeps a running mean of all the $\mu_B$ and $\sigma_B^2$ that it met in training, and uses
# these. They are called *moving statistics*; that is why Keras counts four numbers for each neuron, and calls
# two of them non-trainable.

# %% tags=["shows"]
def with_batch_norm():
    stack = []
    for size in (64, 128):
        stack += [keras.layers.Dense(size), keras.layers.BatchNormalization(), keras.layers.ReLU()]
    return keras.Sequential([keras.Input((49, 40)), keras.layers.Flatten(), *stack,
                             keras.layers.Dense(n_classes, "softmax")])

batch_norm_runs = measure("batch norm", with_batch_norm)

# %% [markdown]
# Batch normalisation was made to speed up training, above all of deep networks; TC-ResNet in lesson 07 is full of it.
# (Why it works is still debated: see Santurkar and others in the further reading.) It makes learning easier, and that
# includes learning by heart. So do not be surprised if this shallow network gains nothing, or even loses.
#
# **What would happen if** all clips of a batch belonged to the same class? Which part of their difference from
# other clips would be left after the normalisation?
#
# <details><summary>Answer</summary>
#
# What the clips have in common is the mean of the batch, and that is subtracted. What made the class different from the
# others would be gone, and only the differences between its own clips left. Batches must be mixed.
#
# </details>
#
# ## All together
#
# ### Exercise: `build_regularised_ffnn`
#
# *15 minutes · medium · 2 points*
#
# Build the network with everything that belongs *into* a network. After `Flatten`, there are two such groups,
# with 64 and with 128 neurons:
#
# | layer | with |
# | --- | --- |
# | `Dense` | 64 (then 128) neurons, no activation yet, L2 penalty of strength `l2` on its kernel |
# | `BatchNormalization` | |
# | `ReLU` | |
# | `Dropout` | rate `dropout` |
#
# The last layer is `Dense` with `n_classes` neurons, softmax, and the same penalty. With `l2=0` there is no
# penalty, and with `dropout=0` nothing is silenced. A dense layer in front of batch norm needs no bias, since
# $\beta$ does the same; with or without it, both are right.
#
# <details><summary>Hint 1: the order</summary>
#
# Activation `"relu"` inside `Dense` would come *before* the batch norm. So the ReLU is a layer of its own:
# `keras.layers.ReLU()`.
#
# </details>
# <details><summary>Hint 2: the penalty</summary>
#
# `penalised` above has it: `kernel_regularizer=…`. A loop over `(64, 128)` saves writing everything twice.
#
# </details>
#
# When it works, the network has 136,140 parameters with all biases, or 135,948 without the two that batch norm
# makes superfluous.

# %% nbgrader={"grade_id": "build_regularised_ffnn-solution", "solution": true}
def build_regularised_ffnn(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4):
    """The feed-forward network of lesson 02 with weight penalty, batch normalisation and dropout.

    Args:
        input_shape: shape of one clip's features, (frames, coefficients).
        n_classes: number of classes.
        dropout: rate of the dropout after both hidden layers.
        l2: strength of the L2 penalty on the kernels of all three dense layers.

    Returns:
        A keras.Model that turns clips (N, *input_shape) into probabilities (N, n_classes).
    """
    ### BEGIN SOLUTION
    penalty = keras.regularizers.L2(l2)
    model = keras.Sequential([keras.Input(shape=input_shape), keras.layers.Flatten()])
    for size in (64, 128):
        model.add(keras.layers.Dense(size, kernel_regularizer=penalty))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.ReLU())
        model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(n_classes, activation="softmax", kernel_regularizer=penalty))
    return model
    ### END SOLUTION

# %% nbgrader={"grade_id": "build_regularised_ffnn", "grade": true, "points": 2}
check(build_regularised_ffnn)
### BEGIN HIDDEN TESTS
judge(build_regularised_ffnn)
### END HIDDEN TESTS

# %% [markdown]
# **What would happen if** dropout came *before* batch norm? In training, the layer would measure the variance of
# values of which half are silenced, and in use it would get values of which none are.
#
# ## Summary
#
# - The training error falls with every freedom that you give a model. Only clips that it has not seen can tell
#   you when to stop.
# - Error on new data = bias² + variance + noise. Too simple: bias. Too flexible for its data: variance.
# - Features and architecture that contain what we know are the first remedy: one good feature beats two.
# - Early stopping keeps the best epoch. A weight penalty makes large weights expensive. Dropout silences
#   neurons in training only. Batch norm standardises inside the network, with moving statistics in use.
# - Augmentation tells the network what does not matter. It helps most where the changes are those that really
#   happen, and it cannot be learned by heart when every epoch draws new ones.
# - Compare with several seeds, choose on the validation split, open the testing split once, and report what did
#   not help.
# - Split first, augment afterwards.
#
# ## Further reading
#
# - S. Geman, E. Bienenstock, R. Doursat (1992), "Neural networks and the bias/variance dilemma", *Neural
#   Computation* 4: bias and variance of networks, and why there is no way around them.
# - N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov (2014), "Dropout: a simple way to
#   prevent neural networks from overfitting", *Journal of Machine Learning Research* 15.
# - S. Ioffe, C. Szegedy (2015), "Batch normalization: accelerating deep network training by reducing internal
#   covariate shift", arXiv:1502.03167.
# - S. Santurkar, D. Tsipras, A. Ilyas, A. Mądry (2018), "How does batch normalization help optimization?",
#   arXiv:1805.11604: doubts about the usual reason.
# - D. S. Park et al. (2019), "SpecAugment: a simple data augmentation method for automatic speech recognition",
#   arXiv:1904.08779.
# - L. Prechelt (1998), "Early stopping – but when?", in *Neural Networks: Tricks of the Trade*, Springer.
# - J. L. Flanagan, R. M. Golden (1966), "Phase vocoder", *Bell System Technical Journal* 45.
# - T. Hastie, R. Tibshirani, J. Friedman (2009), *The Elements of Statistical Learning*, 2nd edition, Springer,
#   chapter 7: choosing and judging models.
# - B. McFee et al. (2015), "librosa: audio and music signal analysis in Python", *Proceedings of the 14th Python
#   in Science Conference*.
