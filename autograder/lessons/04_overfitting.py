# %% [markdown]
# # 4 · Overfitting, and five remedies
#
# **Goal:** understand why a network fails on voices that it has not heard, build five common remedies by hand, and
# measure honestly what each of them brings.
#
# After this lesson you will be able to
#
# - tell underfitting from overfitting, and explain both with bias and variance
# - say why one good feature can be worth more than many
# - write early stopping, weight penalties, dropout and batch normalisation yourself, and use them in Keras
# - compare remedies fairly: several seeds, seed by seed, one table, nothing left out
#
# *About 150 minutes · 11 points · needs lesson 02*

# %% nbgrader={"grade_id": "setup-04_overfitting"}
from kws_helpers import data, features, plotting, training, widgets  # before Keras
from kws_helpers.check import check

import keras
import numpy as np
from sklearn.linear_model import LogisticRegression

# %% [markdown]
# In lesson 02 a network knew nearly all its training clips, and was wrong about nearly every second clip from a voice that it
# had not heard. Before we treat this illness, we look at it where it is easiest to see: a few points on a sheet of paper.
#
# ## Too simple, too flexible
#
# Somewhere there is a smooth curve, the *truth*. We do not see it. We see 20 points near it: each is off by a little
# noise, as every measurement is. From these points we want to guess the curve, so that we can predict $y$ for an $x$ that
# nobody has measured.

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
# $\hat y$ ("y hat") is the guess, and $c_0, \dots, c_d$ are $d + 1$ numbers, the *coefficients*. Degree 1 is a straight
# line. The higher the degree, the more bends the curve can have. So the degree is to a polynomial what the number of
# neurons is to a network: how much it *could* express.
#
# To **fit** the polynomial means to choose the coefficients with the smallest sum of squared errors
# $\big(y_i - \hat y(x_i)\big)^2$ over all points.
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
# `np.polynomial.Polynomial.fit` also works, but mind two things: its coefficients come lowest power first, and they
# belong to a shifted and stretched $x$ until you call `.convert()`.
#
# </details>
#
# This is what you will see when it works:
#
# ![Three panels with the same 20 points: a straight line that misses the bends, a smooth curve close to the
# truth, and a curve that runs through the noise and swings wildly at the edges](expected:three-fits)

# %% [markdown] tags=["worked"]
# A similar function: the *roots* of a polynomial, where it is 0. NumPy has a function for this, too, and it also expects
# the highest power first.
#
# ```python
# def roots_of(coefficients):
#     return np.roots(coefficients)      # roots_of([1, 0, -4]) gives 2 and -2, since x² - 4 = 0 there
# ```

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
# - The **straight line** cannot bend, whatever the points say. It **underfits**: it is wrong on the points that it was
#   made from, and just as wrong elsewhere.
# - **Degree 15** has a coefficient for nearly every point, so it bends to the noise: close to its points, and far off
#   near the edges. It **overfits**. It has learned its points by heart, as the network of lesson 02 learned its voices.
# - **Degree 3** lies in between, and closest to the truth.

# %% tags=["claim"]
away = {name: np.mean(np.abs(curve - truth(grid))) for name, curve in fits.items()}
claim("Degree 3 lies in between, and closest to the truth", min(away, key=away.get) == "degree 3", str(away))
claim("far off near the edges", np.abs(fits["degree 15"] - truth(grid)).argmax() in (*range(20), *range(181, 201)))

# %% [markdown]
# "Close" and "far off" should be numbers.
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
# NumPy subtracts and squares whole arrays at once. Square *before* you take the mean: errors above and below must not
# cancel.
#
# </details>
#
# For $y = (1, 2, 3)$ and $\hat y = (1, 4, 2)$ the result is $(0 + 4 + 1) / 3 \approx 1.667$.

# %% [markdown] tags=["worked"]
# A similar function: the mean *absolute* error. It has the same three steps: subtract, make every difference positive,
# take the mean.
#
# ```python
# def mean_absolute_error(y, y_hat):
#     differences = y - y_hat
#     return np.mean(np.abs(differences))
# ```

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
# Now comes the experiment that the whole lesson rests on. We measure every degree **twice**: on the points that it was
# fitted to (*training*), and on 500 new points around the same truth (*validation*). These new points are **held out**:
# no fit has seen them.
#
# **Guess first.** As the degree rises from 0 to 15, which of the two errors can never rise?
#
# <details><summary>the training error</summary>
#
# Right. A polynomial of degree 4 can do all that one of degree 3 can: its first coefficient may be 0. So the best one of
# degree 4 is at least as close to the training points. **The training error can never tell you to stop.**
#
# </details>
# <details><summary>the validation error</summary>
#
# No: it falls while the curve learns the truth, and rises where it learns the noise of the training points, since the new
# points have other noise.
#
# </details>
# <details><summary>both</summary>
#
# Only the training error. The fit was made for the training points, and nothing forces it to suit others.
#
# </details>
#
# Then move the sliders: Where is the validation error lowest (the circle), and does that depend on the noise? What happens
# to degree 15 when it gets 200 points?

# %% tags=["shows"]
new_x = np.random.default_rng(1).uniform(-1, 1, 500)
new_noise = np.random.default_rng(2).normal(size=500)

def errors_of_all_degrees(points, noise):
    """The points, all fits, and their errors: two arrays that begin with degree 0."""
    x, y = draw_points(points, noise, seed=1)
    new_y = truth(new_x) + noise * new_noise
    all_fits = [fit_polynomial(x, y, degree) for degree in range(16)]
    errors = {"training": np.array([mean_squared_error(y, np.polyval(fit, x)) for fit in all_fits]),
              "validation": np.array([mean_squared_error(new_y, np.polyval(fit, new_x)) for fit in all_fits])}
    return x, y, all_fits, errors

def draw_fit(degree, points, noise):
    x, y, all_fits, errors = errors_of_all_degrees(points, noise)
    return plotting.draw_fit_and_errors(x, y, grid, truth(grid), np.polyval(all_fits[degree], grid), degree, errors)

widgets.explore(draw_fit, {"degree": widgets.slider("degree", 0, 15, 15),
                           "points": widgets.slider("points", 18, 200, 20),
                           "noise": widgets.slider("noise", 0.05, 1.0, 0.3, 0.05)})

# %% [markdown]
# <details><summary>What there is to find</summary>
#
# With 20 points and a noise of 0.3, the validation error falls steeply up to degree 3, then hardly changes up to degree
# 13, and rises steeply at degrees 14 and 15, which have nearly as many coefficients as there are points. The more noise,
# the lower the degree that is best: 6 at a noise of 0.05, but 3 at a noise of 1.
#
# With 200 points, degree 15 is even a little better than degree 3. Nothing was taken away from it: the points simply
# leave it no room for nonsense between them. **More data is a remedy against overfitting**, and the most expensive
# one. Lesson 05 tries to get its effect for less.
#
# </details>

# %% tags=["claim"]
twenty = {noise: errors_of_all_degrees(20, noise)[3] for noise in (0.05, 0.3, 1.0)}
flat = twenty[0.3]["validation"]
claim("the validation error falls steeply up to degree 3, then hardly changes up to degree 13, and rises steeply at "
      "degrees 14 and 15", flat[3] < 0.2 * flat[0] and np.ptp(flat[3:14]) < 0.2 * flat[3] and flat[14] > 2 * flat[13],
      np.round(flat, 2).tolist())
claim("6 at a noise of 0.05, but 3 at a noise of 1", [twenty[noise]["validation"].argmin() for noise in (0.05, 1.0)]
      == [6, 3])
many = errors_of_all_degrees(200, 0.3)[3]["validation"]
claim("With 200 points, degree 15 is even a little better than degree 3", many[15] < many[3], many[3] - many[15])
claim("The training error can never tell you to stop",
      all(np.all(np.diff(errors["training"]) < 1e-9) for errors in twenty.values()))

# %% [markdown]
# ### Bias and variance
#
# Why is too flexible as bad as too simple? Let us measure the same 20 places 200 times. Each time the noise is different,
# and so is the fit.

# %% tags=["shows"]
def fits_to_samples(degree, samples=200, noise=0.3):
    """One fitted curve for each sample of 20 points, (samples, len(grid))."""
    return np.array([np.polyval(fit_polynomial(*draw_points(20, noise, seed), degree), grid)
                     for seed in range(samples)])

curves = {degree: fits_to_samples(degree) for degree in (1, 3, 15)}
plotting.fits_to_many_samples(grid, truth(grid), {f"degree {degree}": fits for degree, fits in curves.items()})

# %% [markdown]
# - **Bias** is the distance between the *mean* fit and the truth: the error that stays however often you repeat the
#   experiment. The straight line has a large one.
# - **Variance** says how much a single fit scatters around the mean fit: how much the result depends on the points that
#   you happened to get. Degree 15 has a large one, although its mean is close to the truth except at the edges.
#
# The expected error on new points, at one place $x$, is the sum of both and of the noise, which nobody can foresee:
#
# $$\underbrace{\mathbb{E}\big[(y - \hat y)^2\big]}_{\text{error on new points}}
# = \underbrace{\big(\mathbb{E}[\hat y] - f\big)^2}_{\text{bias}^2}
# + \underbrace{\mathbb{E}\big[(\hat y - \mathbb{E}[\hat y])^2\big]}_{\text{variance}}
# + \underbrace{\sigma^2}_{\text{noise}}$$
#
# $f$ is the truth, $\sigma$ the standard deviation of the noise, and $\mathbb{E}$ the mean over many samples.
# Do the three numbers, each averaged over all places, really add up to the error? We ask new points:

# %% tags=["shows"]
def three_parts(fits):
    """Bias², variance, and the error that was measured on new points."""
    bias2 = np.mean((fits.mean(axis=0) - truth(grid)) ** 2)
    new_points = truth(grid) + np.random.default_rng(3).normal(0, 0.3, size=fits.shape)
    return bias2, np.mean(fits.var(axis=0)), mean_squared_error(new_points, fits)

parts = {degree: three_parts(fits) for degree, fits in curves.items()}

def print_three_parts():
    print("degree     bias²   variance   noise²      sum    measured on new points")
    for degree, (bias2, variance, error) in parts.items():
        print(f"{degree:>6}{bias2:>10.3f}{variance:>11.3f}{0.3**2:>9.3f}{bias2 + variance + 0.3**2:>9.3f}{error:>12.3f}")

print_three_parts()

# %% tags=["claim"]
claim("The straight line has a large one", parts[1][0] > 10 * max(parts[3][0], parts[15][0]), parts[1][0])
claim("Degree 15 has a large one", parts[15][1] > 10 * max(parts[1][1], parts[3][1]), parts[15][1])
claim("its mean is close to the truth except at the edges",
      np.abs(curves[15].mean(axis=0) - truth(grid))[10:-10].max() < 0.1 < np.abs(curves[15].mean(axis=0) - truth(grid)).max())
claim("really add up to the error", all(abs(b + v + 0.09 - e) < 0.05 * e for b, v, e in parts.values()))
claim("its error is bias² and noise: smaller than that of any single fit in the table",
      parts[15][0] + 0.09 < min(e for _, _, e in parts.values()), parts[15][0] + 0.09)

# %% [markdown]
# Most remedies make a network less free, or give it more to learn from: they lower the variance. Those that make it less
# free pay with some bias. That is a good bargain only while variance is the problem. A network that underfits gets *worse*.
#
# **Guess first.** You average the fits of degree 15 to all 200 samples and use this mean. (People do so with networks,
# and call it an *ensemble*.) How good is it on new points?
#
# <details><summary>as bad as a single fit of degree 15</summary>
#
# No. Single fits swing up here and down there, each with its own noise; in the mean, the swings cancel.
#
# </details>
# <details><summary>worse than degree 3, better than a single fit of degree 15</summary>
#
# Better than that: what made degree 15 bad was its variance, and a mean of 200 fits has nearly none.
#
# </details>
# <details><summary>better than every single fit in the table</summary>
#
# Right. With nearly no variance left, its error is bias² and noise: smaller than that of any single fit in the table,
# degree 3 included. The price is 200 times as many points.
#
# </details>
#
# ## One good feature beats two
#
# The cheapest way to need less flexibility is to ask a better question. Below are points in a disc: those in the middle
# belong to one class, those in the ring around it to another. We hand them to one of the simplest classifiers, **logistic
# regression**: a single neuron, which can only draw a straight line between the classes.

# %% tags=["shows"]
def disc_points(n, seed):
    """x, y and whether a point belongs to the inner class, each (n,)."""
    rng = np.random.default_rng(seed)
    inside = rng.uniform(size=n) < 0.5
    distance = np.where(inside, rng.uniform(0, 0.5, n), rng.uniform(0.6, 1, n))
    angle = rng.uniform(0, 2 * np.pi, n)
    return distance * np.cos(angle), distance * np.sin(angle), inside

disc_x, disc_y, inside = disc_points(40, seed=0)
# C is the inverse of a price on large weights (see remedy 3): here they are cheap
by_x_and_y = LogisticRegression(C=100).fit(np.column_stack([disc_x, disc_y]), inside)
print(f"right on its 40 points, from x and y: {by_x_and_y.score(np.column_stack([disc_x, disc_y]), inside):.0%}")

# %% [markdown]
# No straight line separates a middle from a ring. We could take a network with many neurons, and it would have to find
# the circle from 40 points. Or we use what we know: what matters is how far a point is from the centre.
#
# ### Exercise: `radius`
#
# *5 minutes · easy · 1 point*
#
# $$r = \sqrt{x^2 + y^2}$$
#
# $x$ and $y$ are a point's coordinates, $r$ its distance from the centre. The function gets many points at once.
#
# <details><summary>Hint</summary>
#
# Square, add, take the root: `np.sqrt` works on whole arrays, `math.sqrt` only on single numbers. NumPy also has the
# function under the name of the longest side of a right-angled triangle.
#
# </details>
#
# When it works, a classifier that sees only $r$ gets nearly all new points right.

# %% [markdown] tags=["worked"]
# A similar function: the angle under which a point is seen from the centre, in degrees. It works on whole arrays as well,
# because each of its steps is a NumPy function.
#
# ```python
# def angle(x, y):
#     return np.degrees(np.arctan2(y, x))
# ```

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
score_of_two = by_x_and_y.score(np.column_stack([new_disc_x, new_disc_y]), new_inside)
score_of_one = by_radius.score(radius(new_disc_x, new_disc_y)[:, np.newaxis], new_inside)
print(f"1,000 new points, x and y: {score_of_two:.1%}")
print(f"1,000 new points, only r:  {score_of_one:.1%}")

# %% [markdown]
# From $x$ and $y$ the classifier is worse than a coin: its line follows accidents of its 40 points. Even the best straight
# line would be right on only two thirds of the new points.
#
# From $r$ alone it is right nearly always: one feature instead of two, and a better result. What we knew about the problem
# (a turn around the centre changes nothing) went into the feature, so the classifier need not learn it. The MFCC of
# lesson 01 are such a feature for sound, and lesson 06 builds what we know into the network itself.
#
# **To think about.** What would happen if the disc's centre were not at (0, 0)?
#
# <details><summary>An answer</summary>
#
# Distances from the wrong centre mix the two classes: a point of the ring may be as near to it as one of the middle.
# From x and y one could still learn the classes, with more freedom; from a wrong $r$ alone, no longer. A feature that rests
# on a wrong belief can be worse than none.
#
# </details>

# %% tags=["claim"]
claim("the classifier is worse than a coin", score_of_two < 0.45, score_of_two)
claim("alone it is right nearly always", score_of_one > 0.97, score_of_one)
turned = [np.cos(a) * new_disc_x + np.sin(a) * new_disc_y for a in np.linspace(0, 2 * np.pi, 60)]
best_line = max(np.mean((along < limit) == new_inside) for along in turned for limit in np.linspace(-1, 1, 41))
claim("Even the best straight line would be right on only two thirds of the new points", 0.6 < best_line < 0.7, best_line)

# %% [markdown]
# ## The patient
#
# Now the network of lesson 02 again. A single run can be lucky, so `train` trains a new one for each of five seeds, as
# you know it from lesson 02: `compile`, then `fit`. `measure` does that and notes the accuracy on the training clips and on
# the validation split, whose voices the network has not heard.

# %% tags=["shows"]
dataset = data.load()
prepared = features.prepare(dataset)
n_classes = len(dataset.class_names)
clips, held_out = prepared.training, prepared.validation
SEEDS, EPOCHS = range(5), 16

def compiled(network):
    network.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return network

def train(build, callbacks=()):
    """A network for each seed: [(network, history), …]."""
    return training.train_seeds(lambda: compiled(build()), clips.x, clips.y, seeds=SEEDS, epochs=EPOCHS, batch_size=64,
                                validation_data=(held_out.x, held_out.y), callbacks=[*callbacks])

def accuracy(network, split):
    return network.evaluate(split.x, split.y, verbose=0, return_dict=True)["accuracy"]

measured = {}  # remedy: (training accuracy, validation accuracy) for each seed

def measure(name, build, **options):
    runs = train(build, **options)
    measured[name] = np.array([[accuracy(network, split) for split in (clips, held_out)] for network, _ in runs])
    heard, unheard = measured[name].mean(axis=0)
    print(f"{name}: training {heard:.1%}, validation {unheard:.1%} "
          f"(seeds: {', '.join(f'{value:.1%}' for value in measured[name][:, 1])})")
    return runs

# %% tags=["shows"]
def plain(sizes=(64, 128)):
    hidden = [keras.layers.Dense(size, activation="relu") for size in sizes]
    return keras.Sequential([keras.Input((49, 40)), keras.layers.Flatten(), *hidden,
                             keras.layers.Dense(n_classes, activation="softmax")])

plain_runs = measure("plain", plain)

# %% [markdown]
# The testing split stays closed in this lesson. While you compare remedies you make choices, and to choose is a way of
# learning: if you choose by the testing split, it is no longer held out.
#
# ## Remedy 1: fewer parameters
#
# The polynomial of degree 15 was cured by taking coefficients away. Do the same: only 16 neurons in each hidden layer.
#
# **Guess first.** Will the small network still know its training clips by heart?
#
# <details><summary>no: the gap between training and validation closes</summary>
#
# Look at the numbers below: it still has many parameters for each clip, enough to learn most clips by heart.
#
# </details>
# <details><summary>yes, nearly</summary>
#
# Right. Counting parameters does not say how much a network overfits. *What* it can express matters more; lesson 06 comes
# back to that.
#
# </details>

# %% tags=["shows"]
small_runs = measure("fewer parameters", lambda: plain(sizes=(16, 16)))
print(f"{small_runs[0][0].count_params():,} parameters instead of {plain_runs[0][0].count_params():,}, "
      f"for {len(clips):,} training clips")

# %% tags=["claim"]
wrong = 1 - measured["plain"][:, 1].mean()
claim("wrong about nearly every second clip", 0.4 < wrong < 0.6, wrong)
claim("enough to learn most clips by heart", measured["fewer parameters"][:, 0].min() > 0.9,
      measured["fewer parameters"][:, 0].min())

# %% [markdown]
# ## Remedy 2: stop early
#
# The validation loss falls, turns, and rises (lesson 02). Then why not stop at the turn? The trouble is that curves
# jitter: one bad epoch is no turn. So we have **patience**: we stop when there was no new best for so many epochs in a
# row, and then go back to the weights of the best epoch.
#
# ### Exercise: `early_stopping_epoch`
#
# *15 minutes · medium · 2 points*
#
# You get the validation loss of every epoch, as if training had gone on without end. Return the epoch whose weights would
# have been kept. Epochs are counted from 0, as in a Python list and in Keras. (Our figures count them from 1.)
#
# - An epoch is a *new best* if its loss is **smaller** than all before it. (The same value again is not.)
# - After `patience` epochs in a row without a new best, training stops. What comes later never happens, even if it would
#   have been better.
# - If training never stops in this way, it runs to the end of the list.
#
# | epoch | 0 | 1 | 2 | 3 | 4 | 5 |
# | --- | --- | --- | --- | --- | --- | --- |
# | loss | 2.0 | 1.5 | **1.2** | 1.3 | 1.25 | 1.1 |
# | epochs since the best | 0 | 0 | 0 | 1 | 2 | |
#
# With `patience=2`, training stops after epoch 4, and the answer is 2. Epoch 5 would have been better, but training never
# got there. With `patience=3` the answer is 5.
#
# <details><summary>Hint 1</summary>
#
# Go through the losses one by one and remember two things: the best epoch so far, and how many epochs have passed since.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `enumerate(validation_losses)` gives epoch and loss together. With `break` you leave a loop early. How many epochs have
# passed since the best follows from the two epochs' numbers.
#
# </details>
#
# When it works, you will see where the training of the plain network should have stopped:
#
# ![The validation loss over 16 epochs with its lowest point marked, and a dotted line some epochs later where
# training stops](expected:stopping)

# %% [markdown] tags=["worked"]
# A similar function: on which day had it been dry for `days` days in a row? The loop remembers one thing and stops with
# `break`.
#
# ```python
# def first_dry_spell(rain, days):
#     last_rain = -1
#     for day, millimetres in enumerate(rain):
#         if millimetres > 0:
#             last_rain = day
#         if day - last_rain >= days:
#             break
#     return day
# ```

# %% nbgrader={"grade_id": "early_stopping_epoch-solution", "solution": true}
def early_stopping_epoch(validation_losses, patience):
    """The epoch whose weights early stopping keeps.

    Args:
        validation_losses: the loss after each epoch, shape (epochs,), without nan.
        patience: after so many epochs in a row without a new best, training stops; at least 1.

    Returns:
        The epoch with the smallest loss up to the stop, an int, counted from 0; if several are equal, the first.
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
validation_losses = plain_runs[0][1]["val_loss"]
kept = early_stopping_epoch(validation_losses, patience=3)
plotting.stopping_point(validation_losses, kept, patience=3)

# %% [markdown]
# Keras has a **callback** for it, an object that `fit` calls after every epoch. First we call it by hand, with the losses
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

losses_of = {seed: history["val_loss"] for seed, (_, history) in zip(SEEDS, plain_runs)}

def print_epochs():
    for seed, losses in losses_of.items():
        yours, theirs = ([epoch_of(losses, patience) for patience in (1, 3)]
                         for epoch_of in (early_stopping_epoch, epoch_by_keras))
        print(f"seed {seed}, patience 1 and 3: your epochs {yours}, Keras' epochs {theirs}")

print_epochs()

# %% [markdown]
# And this is how it is used: the callback goes to `fit` (here through `measure`). `restore_best_weights` goes back to the
# weights of the best epoch at the end.

# %% tags=["shows"]
stopping = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
stopped_runs = measure("early stopping", plain, callbacks=[stopping])

# %% [markdown]
# It saves time: training ends after fewer epochs. And the network that is kept has the smallest validation *loss* up to the
# stop: it is less sure of its mistakes. Its *accuracy* need not be higher. Lesson 02 showed why: when the loss turns, the
# accuracy does not fall with it. If accuracy is what you want, write `monitor="val_accuracy", mode="max"`.
#
# **To think about.** Why must the epoch be chosen on the validation split and not on the testing split?
#
# <details><summary>An answer</summary>
#
# To choose is to learn: the epoch is one more number that was fitted to some clips, so the network cannot be evaluated on
# these clips any more.
#
# </details>

# %% tags=["claim"]
claim("training ends after fewer epochs", all(len(history["loss"]) < EPOCHS for _, history in stopped_runs),
      [len(history["loss"]) for _, history in stopped_runs])
claim("the smallest validation loss up to the stop", all(min(history["val_loss"]) == history["val_loss"]
      [early_stopping_epoch(history["val_loss"], 3)] for _, history in stopped_runs))
claim("you will see where the training of the plain network should have stopped", kept + 3 < EPOCHS, kept)

# %% [markdown]
# ## Remedy 3: a price on large weights
#
# Look at the coefficients of the polynomials once more:

# %% tags=["shows"]
largest = {degree: np.abs(fit_polynomial(points_x, points_y, degree)).max() for degree in (1, 3, 15)}
print("\n".join(f"degree {degree:>2}: largest coefficient {largest[degree]:10.1f}" for degree in largest))

# %% [markdown]
# To swing wildly, a curve needs large coefficients that nearly cancel each other. So make them expensive: add a
# **penalty** to the loss that grows with the weights. Training then has to weigh every large weight against its use.
#
# $$\text{L2: } \lambda \sum_i w_i^2 \qquad\qquad \text{L1: } \lambda \sum_i |w_i|$$
#
# $w_i$ are the weights, and $\lambda$ ("lambda") is the strength: 0 is no penalty at all. L2 makes large weights small.
# L1 pulls every weight with the same force, however small it is already, so many end at or very near 0. The *biases* of a
# layer (the numbers that are added; they are not the bias above) are usually left alone: they cannot make a curve steep.
#
# ### Exercise: `weight_penalty`
#
# *10 minutes · easy · 2 points*
#
# `weights` may be one array of any shape, or a list of arrays (one for each layer). In a list, the penalties of all arrays
# are added up.
#
# <details><summary>Hint 1: the shape</summary>
#
# `np.sum` adds up all elements of an array, whatever its shape. `w**2` and `np.abs(w)` work on every element.
#
# </details>
# <details><summary>Hint 2: one array or a list?</summary>
#
# `isinstance(weights, (list, tuple))` tells. If it is no list, make one of it: `[weights]`. Then one loop does both. (The
# arrays of a list have different shapes, so `np.array(weights)` cannot join them.)
#
# </details>
#
# For the weights $(1, -2)$ and the strength 0.1, L2 gives 0.5 and L1 gives 0.3.

# %% [markdown] tags=["worked"]
# A similar function: the largest weight, of one array or of a list of arrays. A list has to be made of the single array
# first; then each array is reduced to one number.
#
# ```python
# def largest_weight(weights):
#     if not isinstance(weights, (list, tuple)):
#         weights = [weights]
#     return max(np.max(np.abs(array)) for array in weights)
# ```

# %% nbgrader={"grade_id": "weight_penalty-solution", "solution": true}
def weight_penalty(weights, strength, kind="l2"):
    """The penalty on weights, which is added to the loss.

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
# Mind the factor when you copy a strength from a paper. Many authors write $\frac{\lambda}{2} \sum w_i^2$, so that the
# slope is simply $\lambda w_i$. Their 0.001 is 0.0005 in Keras.
#
# In a network, the penalty belongs to a layer. From then on, the loss that `fit` shows includes the penalty, so it is not
# comparable with the loss of a network without one.

# %% tags=["shows"]
def penalised(strength=0.01):
    def dense(size, activation):
        return keras.layers.Dense(size, activation, kernel_regularizer=keras.regularizers.L2(strength))
    return keras.Sequential([keras.Input((49, 40)), keras.layers.Flatten(), dense(64, "relu"), dense(128, "relu"),
                             dense(n_classes, "softmax")])

penalised_runs = measure("weight penalty", penalised)
penalised_kernel = penalised_runs[0][0].layers[1].get_weights()[0]
plotting.weight_histograms({"plain": kernel, "with penalty": penalised_kernel})

# %% [markdown]
# With the penalty, the weights are smaller. Whether that helps new voices is another question; the table at the end tells.
#
# **Guess first.** What would happen to the accuracy on *training* clips if the strength were 10?
#
# <details><summary>it would stay close to 100 %</summary>
#
# No. The network could still express everything, but training would not: each weight would cost more than it brings.
#
# </details>
# <details><summary>it would fall to about a half</summary>
#
# Further down. At this price no weight is worth having, so all of them end near 0.
#
# </details>
# <details><summary>it would fall to about one in twelve</summary>
#
# Right. All weights end near 0, every clip gets nearly the same answer, and the network guesses, in training as well.
#
# </details>

# %% tags=["claim"]
claim("With the penalty, the weights are smaller", np.std(penalised_kernel) < 0.8 * np.std(kernel),
      np.std(penalised_kernel) / np.std(kernel))

# %% [markdown]
# ## Remedy 4: dropout
#
# A network that learns by heart relies on coincidences: *this* neuron together with *that* one recognises *this* clip.
# **Dropout** breaks up such partnerships. In every training step each neuron is silenced with probability $p$, the *rate*,
# and nobody knows in advance which. The others must work without it.
#
# $$a_i' = \begin{cases} 0 & \text{with probability } p \\ \dfrac{a_i}{1 - p} & \text{otherwise}\end{cases}$$
#
# $a_i$ is the output of neuron $i$, and $a_i'$ what the next layer gets to see. Why divide? A share of $1 - p$ survives, so
# the sum that reaches the next layer would be smaller in training than later. Dividing by $1 - p$ keeps it the same on
# average. (This is called *inverted* dropout: the scaling happens in training, so none is needed later.)
#
# At **inference**, when the trained network is used, no neuron is silenced, and nothing is divided.
#
# ### Exercise: `dropout`
#
# *15 minutes · medium · 2 points*
#
# Each element of `x` gets a draw of its own. Take the random numbers from `rng`, a generator made by
# `np.random.default_rng`, so that the result can be repeated.
#
# <details><summary>Hint 1: the draw</summary>
#
# `rng.uniform(size=x.shape)` gives a number between 0 and 1 for each element. With which probability is such a number below
# 0.3? At least 0.3?
#
# </details>
# <details><summary>Hint 2: the result</summary>
#
# `True` counts as 1 and `False` as 0 when they are multiplied. Decide about `training` first: if it is False, return `x`
# unchanged.
#
# </details>
#
# When it works with a rate of 0.3, about 30 % of the values in the cell below are 0, the others have grown, and the mean
# is nearly as before.

# %% [markdown] tags=["worked"]
# A similar function: noise that is added in training only. `training` comes first, and each element gets a number of its
# own, drawn from `rng`.
#
# ```python
# def add_noise(x, strength, training, rng):
#     if not training:
#         return x
#     return x + strength * rng.normal(size=x.shape)
# ```

# %% nbgrader={"grade_id": "dropout-solution", "solution": true}
def dropout(x, rate, training, rng):
    """Silence a random share of the values in training; do nothing otherwise.

    Args:
        x: outputs of a layer, an array of any shape.
        rate: the probability with which a value becomes 0, from 0 to below 1.
        training: True in training, False at inference.
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
dropped_by = {"your dropout": dropout(layer_outputs, 0.3, True, np.random.default_rng(1)),
              "Keras' dropout": np.asarray(keras.layers.Dropout(0.3, seed=1)(layer_outputs, training=True))}
plotting.dropped_values({"before": layer_outputs} | dropped_by)

def print_dropped():
    for name, values in dropped_by.items():
        growth = np.median((values / layer_outputs)[values != 0])
        print(f"{name}: {np.mean(values == 0):.1%} are 0, the others are {growth:.4f} times as large, "
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
# **Guess first.** Somebody forgets that dropout belongs to training only, and leaves it on at inference (a common mistake,
# since nothing fails). What happens to the validation accuracy?
#
# <details><summary>nothing: the mean is the same</summary>
#
# Only the mean over many draws is. A single answer is given with half of the neurons missing.
#
# </details>
# <details><summary>it falls, and not by the same amount every time</summary>
#
# Right: every answer comes from another half of the network.
#
# </details>
# <details><summary>it falls to guessing</summary>
#
# Not so far: the network has been trained to work with half of its neurons.
#
# </details>

# %% tags=["shows"]
one_network = dropout_runs[0][0]
still_on = [np.mean(np.asarray(one_network(held_out.x, training=True)).argmax(axis=-1) == held_out.y) for _ in range(3)]
print(f"as it should be:  {accuracy(one_network, held_out):.1%}")
print("dropout still on: " + ", ".join(f"{value:.1%}" for value in still_on))

# %% tags=["claim"]
claim("it falls, and not by the same amount every time",
      max(still_on) < accuracy(one_network, held_out) and len(set(still_on)) > 1, str(still_on))
claim("Not so far: the network has been trained to work with half of its neurons", min(still_on) > 0.2, min(still_on))

# %% [markdown]
# Keras switches dropout off by itself in `predict` and `evaluate`. It leaves it on where you say `training=True`.
#
# ## Remedy 5: batch normalisation
#
# In lesson 01 you standardised the inputs: every coefficient got mean 0 and standard deviation 1. But the second layer does
# not see the inputs. It sees what the first layer makes of them, and that changes with every step of training. **Batch
# normalisation** standardises again, inside the network, with the mean and variance of the clips in the current batch:
#
# $$\hat x_i = \frac{x_i - \mu_B}{\sqrt{\sigma_B^2 + \varepsilon}}, \qquad y_i = \gamma\,\hat x_i + \beta$$
#
# $x_i$ is the value of one neuron for clip $i$; $\mu_B$ and $\sigma_B^2$ are the mean and the variance of this neuron over
# the batch. $\varepsilon$ is a small number that keeps the root from becoming 0. $\gamma$ and $\beta$ are two numbers for
# each neuron, which training finds: if standardised values are not what the network needs, it can scale and shift them
# back.
#
# ### Exercise: `batch_norm`
#
# *15 minutes · medium · 2 points*
#
# The neurons (or channels) are the **last** axis. Mean and variance run over **all other axes**: only the clips for (N, C),
# clips and frames for (N, T, C), and so on. The variance is divided by $n$, not by $n - 1$.
#
# <details><summary>Hint 1: the axes</summary>
#
# `axis` may be a tuple. For an array with three axes it is `(0, 1)`. `tuple(range(x.ndim - 1))` gives the right one for
# every number of axes.
#
# </details>
# <details><summary>Hint 2: epsilon</summary>
#
# It stands inside the root, beside the variance. That makes a difference wherever a neuron hardly varies.
#
# </details>
#
# When it works, the picture below shows 64 neurons that were all different, and now are all alike.

# %% [markdown] tags=["worked"]
# A similar function: every neuron is scaled to the range from 0 to 1 over the batch. All axes but the last become one, the
# reduction runs over it, and broadcasting does the rest.
#
# ```python
# def scale_to_range(x):
#     rows = x.reshape(-1, x.shape[-1])
#     low, high = rows.min(axis=0), rows.max(axis=0)
#     return (x - low) / (high - low)
# ```

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
sums = clips.x[:256].reshape(-1, len(weights)) @ weights + biases
normalised = batch_norm(sums, np.ones(64), np.zeros(64))
normalised_by_keras = np.asarray(keras.layers.BatchNormalization()(sums, training=True))
plotting.neuron_spread({"sums of the first layer": sums, "after batch_norm": normalised})
print("the same as Keras' in training:", np.allclose(normalised, normalised_by_keras, atol=1e-3))

# %% [markdown]
# Here, too, training and inference differ. At inference, a network may hear a single clip, and a batch of one has no
# variance. So the layer keeps a running mean of all the $\mu_B$ and $\sigma_B^2$ that it met in training, and uses these.
# They are called *moving statistics*; that is why Keras counts four numbers for each neuron, and calls two of them
# non-trainable.

# %% tags=["shows"]
def with_batch_norm():
    stack = []
    for size in (64, 128):
        stack += [keras.layers.Dense(size), keras.layers.BatchNormalization(), keras.layers.ReLU()]
    return keras.Sequential([keras.Input((49, 40)), keras.layers.Flatten(), *stack,
                             keras.layers.Dense(n_classes, "softmax")])

batch_norm_runs = measure("batch norm", with_batch_norm)

# %% [markdown]
# Batch normalisation was made to speed up training, above all of deep networks; TC-ResNet in lesson 07 is full of it. (Why
# it works is still debated: see Santurkar and others in the further reading.) It makes learning easier, and that includes
# learning by heart. So nobody should expect a gain from it in a network of two layers.
#
# **To think about.** What would happen if all clips of a batch belonged to the same class?
#
# <details><summary>An answer</summary>
#
# What the clips have in common is the mean of the batch, and that is subtracted. What made the class different from the
# others would be gone; only the differences between its own clips would be left. Batches must be mixed.
#
# </details>

# %% [markdown]
# ## The table
#
# Here is what every remedy brought, good or bad. Every network is compared with the plain one of the same seed, so the last
# columns show five differences, in points of validation accuracy.

# %% tags=["shows"]
def differences(name):
    """To the plain network, in points of validation accuracy, seed by seed."""
    return 100 * (measured[name][:, 1] - measured["plain"][:, 1])

def print_table():
    print(f"{'remedy':<17}{'training':>9}{'validation':>11}{'mean gain':>11}    seed by seed")
    for name, accuracies in measured.items():
        heard, unheard = 100 * accuracies.mean(axis=0)
        print(f"{name:<17}{heard:>7.1f} %{unheard:>9.1f} %{differences(name).mean():>+11.1f}    "
              + "".join(f"{one:>+6.1f}" for one in differences(name)))

def chance_error(share, n):
    """The standard error of a share that was measured on n clips, in points."""
    return 100 * np.sqrt(share * (1 - share) / n)

print_table()
plain_accuracy = measured["plain"][:, 1].mean()
error_of_clips = chance_error(plain_accuracy, len(held_out))
print(f"\nchance error of {plain_accuracy:.0%}, measured on {len(held_out)} clips: {error_of_clips:.1f} points")

# %% tags=["shows"]
plotting.remedy_dots(measured, baseline="plain")

# %% [markdown]
# Before you believe a row, ask three questions:
#
# - **Do the seeds agree?** If a remedy did nothing, its differences would fall above or below 0 as if by the toss of a coin.
#   All five on one side would happen by chance in one case of 16. (What counts is how far the *differences* of a row lie
#   apart, not how far the seeds of the plain network do.)
# - **Would other clips agree?** All networks were evaluated on the same 384 clips, of 50 speakers and 11 noises. A different 384 clips
#   would shift every row by about the chance error. Much of that shift is the same for all rows, but not all of it. So a
#   difference below one chance error is no evidence, however well the seeds agree.
# - **Did validation gain, or did only training lose?** A closed gap is not a success. Where the training accuracy falls
#   without a gain in validation, the network only knows its own clips less well.
#
# And this is what the table says here:
#
# - **No remedy gains more than five points.** The best one, the weight penalty, gains about as much as the chance error: it
#   may be real, and it is small.
# - **The small network loses with every seed.** Fewer neurons find poorer rules. Early stopping loses accuracy, too, as
#   announced: it chooses by the loss.
# - **Every network still knows its training clips at least 20 points better than new voices.** All these remedies forbid the
#   network some ways of learning by heart. None of them tells it how another voice sounds. That takes other clips: lesson 05.
#
# Mind what the table does *not* say. Each remedy has a strength, and we tried one of each. "Dropout of 0.5 does not help"
# is not "dropout does not help". Run `measure("dropout 0.2", lambda: with_dropout(0.2))` and `print_table()` in a cell of
# your own, or another strength of the penalty.
#
# **To think about.** Somebody tries 20 strengths of each remedy and reports the best of all. What is wrong with that?
#
# <details><summary>An answer</summary>
#
# With 100 networks, one will be lucky on these 384 clips. Its lead is partly chance, and would shrink on other clips. He may
# choose by the validation split, but must report what the chosen network reaches on the testing split.
#
# </details>

# %% tags=["claim"]
mean_gains = {name: differences(name).mean() for name in measured}
claim("No remedy gains more than five points", max(mean_gains.values()) < 5, str(np.round(list(mean_gains.values()), 1)))
claim("The best one, the weight penalty, gains about as much as the chance error", max(mean_gains, key=mean_gains.get)
      == "weight penalty" and mean_gains["weight penalty"] < 2 * error_of_clips, mean_gains["weight penalty"])
claim("The small network loses with every seed", differences("fewer parameters").max() < 0,
      differences("fewer parameters").max())
claim("Early stopping loses accuracy, too", mean_gains["early stopping"] < 0, mean_gains["early stopping"])
gaps = {name: 100 * np.subtract(*accuracies.mean(axis=0)) for name, accuracies in measured.items()}
claim("Every network still knows its training clips at least 20 points better than new voices", min(gaps.values()) > 20,
      min(gaps.values()))
is_noise = dataset.validation.labels == dataset.class_names.index("silence")
sources = [len(set(dataset.validation.speakers[group])) for group in (~is_noise, is_noise)]
claim("the same 384 clips, of 50 speakers and 11 noises", [len(held_out), *sources] == [384, 50, 11], sources)

# %% [markdown]
# ### At choice: `fit_penalised`
#
# *20 minutes · hard · not graded*
#
# Penalties work on polynomials, too. Find the coefficients $c$ with the smallest *sum* (not mean) of the squared errors plus
# the penalty of all coefficients:
#
# $$\sum_i \big(y_i - \hat y(x_i)\big)^2 + \lambda \sum_j c_j^2$$
#
# Write the polynomial as a product of matrices: $\hat y = V c$, where row $i$ of $V$ holds the powers of $x_i$, highest
# first. Where the slope of the sum with respect to every $c_j$ is 0, we have $(V^\top V + \lambda I)\, c = V^\top y$.
#
# <details><summary>Hint 1: the matrix</summary>
#
# `np.vander(x, degree + 1)` is $V$, and `np.eye(degree + 1)` is $I$.
#
# </details>
# <details><summary>Hint 2: the equation</summary>
#
# `np.linalg.solve(a, b)` finds the $c$ with $a\,c = b$. The matrix product is `@`, the transposed matrix `V.T`.
#
# </details>

# %% [markdown] tags=["worked"]
# A similar function: the weights of a single neuron without activation, by the same equation without a penalty.
#
# ```python
# def best_weights(x, y):                 # x (n_clips, n_inputs), y (n_clips,)
#     return np.linalg.solve(x.T @ x, x.T @ y)
# ```

# %% nbgrader={"grade_id": "fit_penalised-solution", "solution": true}
def fit_penalised(x, y, degree, strength):
    """The polynomial with the smallest sum of squared errors and L2 penalty.

    Args:
        x: where the points are, shape (n,), with n > degree.
        y: their values, shape (n,).
        degree: the highest power, an int of at least 0.
        strength: the factor in front of the sum of all squared coefficients, at least 0.

    Returns:
        The coefficients, highest power first, shape (degree + 1,).
    """
    ### BEGIN SOLUTION
    powers = np.vander(x, degree + 1)
    return np.linalg.solve(powers.T @ powers + strength * np.eye(degree + 1), powers.T @ y)
    ### END SOLUTION

# %% tags=["shows"]
check(fit_penalised)

# %% tags=["shows"]
penalised_fits = {f"degree 15, strength {strength:g}": np.polyval(fit_penalised(points_x, points_y, 15, strength), grid)
                  for strength in (1e-10, 0.01, 100)}
plotting.polynomial_fits(points_x, points_y, grid, truth(grid), penalised_fits)

# %% [markdown]
# Degree 15 all three times, and yet one is too flexible, one too stiff, and one close to the truth: the penalty's strength
# does what the degree did.
#
# ## Summary
#
# - The training error can only fall with every freedom that you give a model. Only data that it has not seen can tell you
#   when to stop.
# - Error on new data = bias² + variance + noise. Too simple: bias. Too flexible for its data: variance.
# - A feature that contains what we know needs less to be learned: one good feature beats two.
# - Early stopping keeps the best epoch. A weight penalty makes large weights expensive. Dropout silences neurons in training
#   only. Batch norm standardises inside the network, with moving statistics at inference.
# - Compare seed by seed, mind how few clips you measure with, choose on the validation split, and report what did not help.
# - Here, none of the five closed the gap: they hold the network back, but bring nothing new.
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
# - L. Prechelt (1998), "Early stopping – but when?", in *Neural Networks: Tricks of the Trade*, Springer.
# - T. Hastie, R. Tibshirani, J. Friedman (2009), *The Elements of Statistical Learning*, 2nd edition, Springer,
#   chapter 7: choosing and judging models.

# %% tags=["claim"]
off = [np.mean(np.abs(curve - truth(grid))) for curve in penalised_fits.values()]
claim("one is too flexible, one too stiff, and one close to the truth", off[1] < min(off[0], off[2]), str(off))
