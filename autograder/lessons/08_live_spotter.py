# %% [markdown]
# # 7 · The network listens
#
# **Goal:** let a network that knows one-second clips listen to sound that never ends, and measure honestly how
# often it disturbs and how often it misses something.
#
# After this lesson you will be able to
#
# - slide a window of one second over a stream of sound, and weigh quick answers against computing time
# - turn a flicker of probabilities into single detections: smoothing, threshold, refractory time
# - measure a spotter the way users feel it: false alarms per hour, and missed keywords
# - speak to your own network, through the microphone or a file
# - shrink a network to 8 bits for a small chip, and check what that costs
# - teach it a word of your own in a few seconds, and find out what it has really learned
#
# *About 90 minutes · 10 bonus points · needs lessons 01 to 03; better with the `spotter.keras` of lesson 07*

# %% nbgrader={"grade_id": "setup-08_live_spotter"}
from kws_helpers import data, features, microphone, mode, plotting, recording, say, tflite, training, widgets
from kws_helpers.augment import AugmentedClips
from kws_helpers.check import check

import time
from pathlib import Path

import keras
import numpy as np
from IPython.display import Audio
from sklearn.linear_model import LogisticRegression

# %% [markdown]
# ## The ears
#
# We need a network. If you have finished lesson 07, your best network lies beside this notebook in the file
# `spotter.keras`, and it is used. If not, the next cell trains a small one in about a minute. It is built in
# the spirit of DS-CNN (Zhang et al. 2017): **depthwise separable** convolutions do in two cheap steps what a
# convolution does in one expensive step. First every channel gets one kernel of its own, over time; then a
# convolution of length 1 mixes the channels. For 64 channels and kernels of length 9 that takes 9 · 64 + 64 · 64
# = 4,672 weights instead of 9 · 64 · 64 = 36,864.

# %% tags=["shows"]
def small_spotter(width=64):
    """A 1-D network of depthwise separable convolutions: MFCC (49, 40) to 12 probabilities."""
    layers = keras.layers
    inputs = keras.Input((49, 40))
    x = layers.Conv1D(width, 5, strides=2, padding="same", use_bias=False)(inputs)
    for _ in range(4):
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
        x = layers.SeparableConv1D(width, 9, padding="same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Dropout(0.2)(layers.GlobalAveragePooling1D()(x))
    return keras.Model(inputs, layers.Dense(12, activation="softmax")(x))


dataset = data.load()
prepared = features.prepare(dataset)
if Path("spotter.keras").exists():
    print("Found spotter.keras of lesson 07.")
    spotter = keras.models.load_model("spotter.keras")
else:
    print("There is no spotter.keras of lesson 07 here: training a small network instead.")
    training.set_seed(0)
    spotter = small_spotter()
    clips = AugmentedClips(dataset, prepared)
    epochs = 30
    falling = keras.optimizers.schedules.CosineDecay(0.003, epochs * len(clips) // 64)
    spotter.compile(optimizer=keras.optimizers.Adam(falling), loss="sparse_categorical_crossentropy",
                    metrics=["accuracy"])
    training.fit(spotter, clips, prepared.validation, epochs=epochs, seed=0)

# %% tags=["shows"]
answers = spotter.predict(prepared.testing.x, verbose=0)
accuracy = np.mean(answers.argmax(axis=1) == prepared.testing.y)
print(f"{spotter.count_params():,} parameters, accuracy on clips of unheard voices: {accuracy:.1%}")

# %% [markdown]
# Remember that accuracy. It was measured on clips that somebody cut out neatly: one word, in the middle of one
# second. Nobody will cut out the words for a spotter in a kitchen. How much is the number worth there?
#
# ## A window that slides
#
# Sound arrives in **chunks**: whenever the sound card has collected some samples, it hands them over. The
# network wants a whole second. So we keep the last second in a **window**. With every chunk the window moves
# on: the oldest samples leave at the front, and the new ones are added at the end. Then the network looks at
# the window again.

# %% tags=["shows"]
CHUNK = 1600  # samples: 0.1 s
stop_clip = dataset.testing.clips[np.flatnonzero(dataset.testing.words == "stop")[0]]
pause = 0.002 * np.random.default_rng(0).normal(size=data.SAMPLE_RATE // 2)
plotting.sliding_windows(np.concatenate([pause, stop_clip, pause]), CHUNK)

# %% [markdown]
# How long should a chunk be? With short ones the network looks often, so it answers soon after the word
# (low **latency**) and a word cannot slip through between two looks. But every look costs computing time.
# With a chunk of $m$ samples at the sampling rate $f_s$ and a cost of $c$ seconds for each look, the share of
# time that the computer is busy is
#
# $$\text{load} = \frac{c}{m / f_s}$$
#
# At 1 the computer does nothing else; above 1 it falls further behind with every second. Here is what it means
# on this machine:

# %% tags=["shows"]
def inputs_of(sound):
    """What the network is given for a window (16000,), or for many (N, 16000): standardised MFCC."""
    return prepared.standardised(features.mfcc(sound))


def look(window):
    """The 12 probabilities for one window (16000,)."""
    return spotter.predict_on_batch(inputs_of(window)[np.newaxis])[0]


look(stop_clip)  # the first look prepares things and is slower
started = time.perf_counter()

def look_twenty_times():
    for _ in range(20):
        look(stop_clip)

look_twenty_times()
cost = (time.perf_counter() - started) / 20
print(f"one look takes {1000 * cost:.1f} ms\n\n  chunk   looks per second   computer busy")

def print_costs():
    for seconds in (0.02, 0.1, 0.25, 1.0):
        print(f"{seconds:5.2f} s   {1 / seconds:16.0f}   {cost / seconds:13.1%}")

print_costs()

# %% [markdown]
# We take 0.1 s. In this lesson, a **frame** is one look: ten frames a second. (The MFCC have frames too, of
# 20 ms. They are hidden inside a look.)
#
# ### Exercise: `slide_window`
#
# *10 minutes · easy · 2 points*
#
# Move the window on by a chunk. The result is as long as the window was; the newest sample is the last one.
# Chunks are not always the same: when Python was busy with something else, a chunk may be **longer** than the
# whole window, and it may be **empty** when nothing has come. Neither the window nor the chunk may be changed.
#
# For a window `1 2 3 4 5 6` and a chunk `7 8` the result is `3 4 5 6 7 8`.
#
# <details><summary>Hint 1</summary>
#
# Put both behind each other. Which part of that is the new window?
#
# </details>
# <details><summary>Hint 2: empty chunks</summary>
#
# `x[-3:]` are the last three samples, but `x[-0:]` is the whole of `x`, since -0 is 0. An expression that counts
# with `len(chunk)` from the end is in danger; one that counts with `len(window)` is not.
#
# </details>

# %% nbgrader={"grade_id": "slide_window-solution", "solution": true}
def slide_window(window, chunk):
    """Move a window of sound on: the chunk comes in at its end, the oldest samples leave at its beginning.

    Args:
        window: the last samples heard, oldest first, shape (n,).
        chunk: the samples that have come since, shape (m,); m may be 0, and it may be larger than n.

    Returns:
        The newest n samples, oldest first, shape (n,). The arguments stay as they are.
    """
    ### BEGIN SOLUTION
    return np.concatenate([window, chunk])[-len(window):]
    ### END SOLUTION

# %% nbgrader={"grade_id": "slide_window", "grade": true, "points": 2}
check(slide_window)
### BEGIN HIDDEN TESTS
judge(slide_window)
### END HIDDEN TESTS

# %% tags=["shows"]
def listen_to_stop():
    window = np.zeros(data.SAMPLE_RATE, np.float32)
    for start in range(0, len(stop_clip), CHUNK):
        window = slide_window(window, stop_clip[start:start + CHUNK])
        p = look(window)
        best = int(p.argmax())
        print(f"after {(start + CHUNK) / data.SAMPLE_RATE:.1f} s: {dataset.class_names[best]:<8} {p[best]:.2f}")

listen_to_stop()

# %% [markdown]
# For much of this second, the network saw only the beginning of the word. What it says to half a word may be
# anything: in training it hardly ever met one. (The zeros before the word are an input that no room gives.) And
# nobody tells it when the word is complete.
#
# **What would happen if** a chunk were one second long? Where might a word lie then?
#
# <details><summary>Answer</summary>
#
# Half in one window and half in the next, with nobody ever hearing it as a whole. Unless it is so lucky as to
# lie in the middle, the word is lost. Windows must overlap, and much.
#
# </details>
#
# ## A long recording
#
# To measure a spotter we need sound of which we know what is said in it, and when. We make some: eight minutes
# of background noise, and every few seconds a word, by voices that the network has never heard. About half of
# the words are keywords. The others ("dog", "seven", ...) are there to be ignored.
#
# We make **two** of them: one from the validation voices, to try things out and to choose threshold and all
# the rest, and one from the testing voices, for the exam. Choosing on the recording that we report would be
# cheating, just as it was with clips.

# %% tags=["shows"]
practice = recording.long_recording(dataset, "validation", minutes=8, seed=7)
exam = recording.long_recording(dataset, "testing", minutes=8, seed=8)

def print_words():
    for name, one in [("practice", practice), ("exam", exam)]:
        heard_words = {word.text for word in one.words if word.label is None}
        print(f"{name:<9}{one}, among the others: {', '.join(sorted(heard_words)[:5])} ...")

print_words()

# %% tags=["shows"]
excerpt = practice.part(36, 52)
plotting.spoken_words(excerpt)
Audio(excerpt.audio, rate=data.SAMPLE_RATE)

# %% [markdown]
# Now the network listens to all of it. `slide_window` makes one window after the other; the features are
# computed for some windows at a time, only because that is faster.

# %% tags=["shows"]
def windows_of(audio, chunk=CHUNK):
    """The window after every chunk of a recording (n,), one after the other."""
    window = np.zeros(data.SAMPLE_RATE, np.float32)
    for start in range(0, len(audio) - chunk + 1, chunk):
        window = slide_window(window, audio[start:start + chunk])
        yield window


def listen(windows):
    """The probabilities for many windows, one after the other: (T, 12)."""
    x, some = [], []
    for window in windows:
        some.append(window)
        if len(some) == 64:
            x.append(features.mfcc(np.array(some)))
            some = []
    x += [features.mfcc(np.array(some))] if some else []
    return spotter.predict(prepared.standardised(np.concatenate(x)), batch_size=64, verbose=0)


heard = listen(windows_of(practice.audio))
print(f"{len(heard):,} frames with {heard.shape[1]} probabilities each")

# %% [markdown]
# We want to be woken by keywords only, so from here on we look at the first ten columns. The last two,
# "unknown" and "silence", have done their work already: whatever probability they took, no keyword has.

# %% tags=["shows"]
KEYWORDS = dataset.class_names[:10]
of_keywords = heard[:, :10]

# %% [markdown]
# ## Smoothing: do not trust a single look
#
# The probabilities flicker. A part of an unknown word may look like "go" for a single frame; a real "go" looks
# like it in several frames in a row, since it stays in the window for a while. So take the mean of the last
# $w$ frames, for each class by itself:
#
# $$\bar{p}_{t,k} = \frac{1}{n_t} \sum_{u = t - n_t + 1}^{t} p_{u,k}, \qquad n_t = \min(w, t + 1)$$
#
# $p_{t,k}$ is the probability of class $k$ in frame $t$ (the first frame is 0), and $w$ the width. At the
# start there are fewer than $w$ frames; then it is the mean of those that there are, $n_t$. The sum ends at
# frame $t$ itself: a spotter cannot hear the future.
#
# ### Exercise: `smooth`
#
# *10 minutes · easy · 2 points*
#
# <details><summary>Hint 1: one frame</summary>
#
# In frame `t`, which rows of `probabilities` count? Write down the first and the last of them for `t = 7` and
# `width = 3`, and remember that the end of a slice is not part of it.
#
# </details>
# <details><summary>Hint 2: the start</summary>
#
# A negative first row would count from the end. `max(0, ...)` prevents it, and a mean divides by the right
# number all by itself.
#
# </details>
#
# When it works, you will see something like this, at the place in the recording where one look stands out most
# from its neighbours:
#
# ![The probability of one keyword over time: it jumps up for a moment, its mean of five frames hardly](expected:smoothing)

# %% nbgrader={"grade_id": "smooth-solution", "solution": true}
def smooth(probabilities, width):
    """Mean of the last `width` frames, of fewer at the start.

    Args:
        probabilities: shape (T, K), a row for each frame, a column for each class.
        width: the number of frames, at least 1.

    Returns:
        For each frame the mean of the last `width` frames, this one included, shape (T, K).
    """
    ### BEGIN SOLUTION
    result = np.zeros(probabilities.shape)
    for t in range(len(probabilities)):
        result[t] = probabilities[max(0, t - width + 1):t + 1].mean(axis=0)
    return result
    ### END SOLUTION

# %% nbgrader={"grade_id": "smooth", "grade": true, "points": 2}
check(smooth)
### BEGIN HIDDEN TESTS
judge(smooth)
### END HIDDEN TESTS

# %% tags=["figure:smoothing", "shows"]
smoothed = smooth(of_keywords, 5)
stands_out = of_keywords[:-2] - smoothed[2:]  # the mean of two frames later has the frame in its middle
frame, best_keyword = np.unravel_index(stands_out.argmax(), stands_out.shape)
frames_around = slice(max(0, frame - 25), frame + 25)
curves = {"every look": of_keywords[frames_around, best_keyword], "mean of 5": smoothed[frames_around, best_keyword]}
plotting.smoothing(curves, CHUNK, f"Probability of “{KEYWORDS[best_keyword]}”")

# %% [markdown]
# **What would happen if** the width were 30 frames?
#
# <details><summary>Answer</summary>
#
# Three seconds are longer than any word. The probability of a keyword is high for less than a second, so its
# mean over three seconds stays low, and what there is of it comes late. Smoothing costs latency, and too much
# of it wipes out the words themselves.
#
# </details>
#
# ## Detection: one word, one answer
#
# A user wants events, not probabilities: "stop" was said, now. The rule has two parts.
#
# - **Threshold:** something is detected when the largest of the smoothed probabilities is at least $\theta$.
# - **Refractory time:** after a detection of any class, nothing is detected until $r$ frames later. (Nerves do
#   the same: after firing they need a pause.)
#
# In formulas, with $t'$ the frame of the last detection: frame $t$ is a detection of the class
# $k = \arg\max_j \bar{p}_{t,j}$ if
#
# $$\bar{p}_{t,k} \ge \theta \quad \text{and} \quad t - t' \ge r$$
#
# Before the first detection there is nothing to wait for.
#
# ### Exercise: `detect`
#
# *20 minutes · medium · 2 points*
#
# Return a list with a pair `(frame, class)` for every detection, in order. The function looks at all columns
# that it is given, so it does not need to know that there are ten keywords.
#
# For the probabilities of one class `0.1 0.7 0.9 0.8 0.6 0.2` with threshold 0.6 and refractory 3, the result is
# `[(1, 0), (4, 0)]`.
#
# <details><summary>Hint 1</summary>
#
# Go through the frames one after the other and remember the frame of the last detection. What should it be
# before there was one, so that nothing has to wait?
#
# </details>
# <details><summary>Hint 2: which class?</summary>
#
# `row.argmax()` gives the class, `row[that class]` its probability. Only this one is compared with the threshold.
#
# </details>
# <details><summary>Hint 3: what starts the refractory time?</summary>
#
# Only a detection does. A frame above the threshold that was suppressed changes nothing.
#
# </details>

# %% nbgrader={"grade_id": "detect-solution", "solution": true}
def detect(probabilities, threshold, refractory):
    """Single detections from (smoothed) probabilities.

    Args:
        probabilities: of the classes that may be detected, shape (T, K).
        threshold: the largest probability of a frame must be at least this.
        refractory: after a detection of any class, the next may come this many frames later.

    Returns:
        A list of pairs (frame, class) in the order of time, both ints that count from 0.
    """
    ### BEGIN SOLUTION
    detections = []
    last = -np.inf
    for frame, row in enumerate(probabilities):
        best = int(row.argmax())
        if row[best] >= threshold and frame - last >= refractory:
            detections.append((frame, best))
            last = frame
    return detections
    ### END SOLUTION

# %% nbgrader={"grade_id": "detect", "grade": true, "points": 2}
check(detect)
### BEGIN HIDDEN TESTS
judge(detect)
### END HIDDEN TESTS

# %% tags=["shows"]
print(detect(np.array([[0.1], [0.7], [0.9], [0.8], [0.6], [0.2]]), 0.6, 3))

# %% [markdown]
# Why the refractory time? Count the detections in the practice recording without it (1 frame) and with it:

# %% tags=["shows"]
truth = practice.truth(CHUNK)  # when which keyword was said; more about it below

def print_refractory():
    for refractory in (1, 5, 10):
        print(f"refractory {refractory:2} frames: {len(detect(smoothed, 0.6, refractory))} detections, "
              f"{len(truth)} keywords were said")

print_refractory()

# %% [markdown]
# Without it, a lamp that is told "on" once would be switched on again and again while the word leaves the
# window; and one that toggles would flicker.
#
# Now try it yourself. The upper line is the largest of the ten smoothed probabilities. Below, every keyword has
# a row; bright means probable. Boxes show when a keyword was said (and half a second more), round marks are right detections,
# crosses are false alarms, and dashed boxes are keywords that were missed.

# %% tags=["shows"]
def explore_detections(threshold, width, refractory, begin):
    smoothed = smooth(of_keywords, width)
    found = detect(smoothed, threshold, refractory)
    title = f"detections: {len(found)} in {practice.seconds / 60:.0f} minutes"
    return plotting.draw_detections(smoothed, found, KEYWORDS, CHUNK, threshold=threshold, truth=truth,
                                    frames=(10 * begin, 10 * begin + 300), title=title)


widgets.explore(explore_detections, {
    "threshold": widgets.slider("threshold", 0.1, 0.98, 0.6, 0.02),
    "width": widgets.slider("smoothing (frames)", 1, 20, 5),
    "refractory": widgets.slider("refractory time (frames)", 1, 30, 10),
    "begin": widgets.slider("seconds from", 0, int(practice.seconds) - 30, 30),
})

# %% [markdown]
# **What would happen if** the refractory time were 30 frames? Which keywords would be missed although the
# network heard them well?
#
# <details><summary>Answer</summary>
#
# Those that are said within three seconds of a detection, right or wrong. Here a word comes every three seconds on
# average, so that would be many.
#
# </details>
#
# ## False alarms per hour
#
# There are two ways to be wrong. A **miss** is a keyword that was said and not detected. A **false alarm** is a
# detection where this keyword was not said.
#
# For misses a percentage is right: of 100 keywords, so many were missed. For false alarms it is not. A
# percentage of what? Lesson 03 had clips, so it could say "of 100 clips that are no keyword". A stream has no
# such clips. Of all frames? Then a spotter that looks twice as often has half the percentage and disturbs just as
# often. And the number looks harmless: one false frame in a thousand is 36 an hour, at ten looks a second. What
# people feel is how often the lamp goes on by itself. So most people who build spotters count **false alarms
# per hour**. The makers of openWakeWord, for example, aim for fewer than 0.5 per hour with fewer than 5 % missed,
# and Picovoice's benchmark compares the misses of wake words at one false alarm in ten hours.
#
# $$\text{false alarms per hour} = \frac{\text{number of false alarms}}{\text{length in hours}}$$
#
# What was said is known as a list of intervals, `truth`. A keyword may be detected from the frame in which its
# clip begins until half a second after its end:

# %% tags=["shows"]
def print_truth():
    for first, last, keyword in truth[:3]:
        print(f"frames {first} to {last}: {KEYWORDS[keyword]}")

print_truth()

# %% [markdown]
# ### Exercise: `false_alarms_per_hour`
#
# *15 minutes · medium · 2 points*
#
# A detection is right if its frame lies in an interval of **its** class. Both ends of an interval belong to it.
# Every other detection is a false alarm, also when another keyword was said at that moment. A keyword that is
# detected twice within its interval gives no false alarm here. When it works, three false alarms in half an hour are
# `6.0`.
#
# <details><summary>Hint 1</summary>
#
# For one detection, compare with all intervals. `any(... for first, last, keyword in truth)` says whether at
# least one fits.
#
# </details>
# <details><summary>Hint 2: per hour</summary>
#
# An hour has 3600 seconds. How many hours are `seconds`?
#
# </details>

# %% nbgrader={"grade_id": "false_alarms_per_hour-solution", "solution": true}
def false_alarms_per_hour(detections, truth, seconds):
    """How often the spotter says something that was not said.

    Args:
        detections: a list of pairs (frame, class).
        truth: a list of (first frame, last frame, class), when which keyword may be detected; both
            ends belong to it.
        seconds: the length of the recording.

    Returns:
        The number of detections outside every interval of their class, per hour.
    """
    ### BEGIN SOLUTION
    false = 0
    for frame, found in detections:
        if not any(first <= frame <= last and found == keyword for first, last, keyword in truth):
            false += 1
    return false * 3600 / seconds
    ### END SOLUTION

# %% nbgrader={"grade_id": "false_alarms_per_hour", "grade": true, "points": 2}
check(false_alarms_per_hour)
### BEGIN HIDDEN TESTS
judge(false_alarms_per_hour)
### END HIDDEN TESTS

# %% [markdown]
# **What would happen if** `truth` began each interval a second earlier?
#
# <details><summary>Answer</summary>
#
# Some false alarms would become hits, without the spotter being any better. The rules of counting belong to the
# result, and have to be told with it.
#
# </details>
#
# For the other mistake, here is `share_missed`. The print shows why a percentage of the frames would be
# flattering:

# %% tags=["shows"]
def share_missed(detections, truth):
    """Share of the keywords without a detection of their class in their interval."""
    missed = [not any(first <= frame <= last and found == keyword for frame, found in detections)
              for first, last, keyword in truth]
    return np.mean(missed)


found = detect(smoothed, 0.6, 10)
alarms = false_alarms_per_hour(found, truth, practice.seconds)
print(f"false alarms: {alarms:.0f} per hour, but only {alarms / 36_000:.2%} of the frames")
print(f"missed:       {share_missed(found, truth):.0%} of {len(truth)} keywords")

# %% [markdown]
# ### Choosing the threshold
#
# For every threshold, both mistakes on the practice recording:

# %% tags=["shows"]
WIDTH, REFRACTORY = 5, 10
thresholds = np.arange(0.3, 0.99, 0.02)


def both_mistakes(probabilities, one):
    """False alarms per hour and share of missed keywords for every threshold, (n,) each."""
    smoothed, truth = smooth(probabilities, WIDTH), one.truth(CHUNK)
    found = [detect(smoothed, threshold, REFRACTORY) for threshold in thresholds]
    alarms = [false_alarms_per_hour(detections, truth, one.seconds) for detections in found]
    return np.array(alarms), np.array([share_missed(detections, truth) for detections in found])


in_practice = both_mistakes(of_keywords, practice)
plotting.alarm_curves(thresholds, {"practice": in_practice})

# %% [markdown]
# The threshold trades one mistake for the other, at least in its upper half. Far down, misses may *rise* again when it
# is lowered further. Why?
#
# <details><summary>Answer</summary>
#
# Every false alarm starts the refractory time, and a keyword may fall into it. Or another class gets over the low
# threshold first.
#
# </details>
#
# What can a user bear? Our recording is much harder than a kitchen: there is a word every three seconds, for
# minutes, and half of them are traps. Let us allow 30 false alarms in an hour of that, and take the lowest
# threshold that keeps to it. Then comes the exam, once, with voices that have had no part in the choice.

# %% tags=["shows"]
ALLOWED = 30
keeps_to_it = np.flatnonzero(in_practice[0] <= ALLOWED)
chosen = keeps_to_it[0] if len(keeps_to_it) else len(thresholds) - 1
threshold = float(thresholds[chosen])

in_exam = both_mistakes(listen(windows_of(exam.audio))[:, :10], exam)
plotting.alarm_curves(thresholds, {"practice": in_practice, "exam": in_exam}, chosen=threshold,
                      allowed=ALLOWED)
print(f"threshold {threshold:.2f}")

def print_chosen():
    for name, (alarms, missed) in [("practice", in_practice), ("exam", in_exam)]:
        print(f"{name:<9} {alarms[chosen]:5.1f} false alarms per hour, {missed[chosen]:.0%} of the keywords missed")

print_chosen()
print(f"\naccuracy on clips: {accuracy:.1%}")

# %% [markdown]
# Be honest about these numbers. They are far from what a product needs, and far from what the accuracy on
# clips promised. Two reasons:
#
# - The network met only words that were cut out neatly. In the window it sees halves of words and the end of
#   one with the start of the next, several of them for every word. It never learned that these are nothing.
# - In training, one clip in twelve was "unknown"; here every second word is. And these are words that the network has
#   met, from other voices. In a kitchen there are thousands that it never met, so expect worse.
#
# Both could be taught: with stretches of a long recording as training clips, cut anywhere, and with many more words
# that are no keywords. Real products listen to thousands of hours for that. (Practice and exam differ, too, since the
# voices, words and noises in them are other ones. That is why the exam counts.)
#
# And eight minutes are short. One false alarm more or less is already a step in the rate:

# %% tags=["shows"]
print(f"one false alarm in {exam.seconds / 60:.0f} minutes: {3600 / exam.seconds:.1f} per hour")
print(f"none in {exam.seconds / 60:.0f} minutes: with 95 % certainty fewer than {3 * 3600 / exam.seconds:.1f} per hour")

# %% [markdown]
# The second line is the **rule of three**: what did not happen in a time $T$ happens, with 95 % certainty, less
# often than $3 / T$. To promise one false alarm in ten hours, one has to listen for thirty hours without a
# single one. (Why 3? If events come at random at the rate $\lambda$, none comes in $T$ with probability
# $e^{-\lambda T}$, and $e^{-3}$ is about 0.05.) With the bundled voices some clips come two or three times in a
# recording, and what went wrong once may go wrong again; so the real uncertainty is larger still.
#
# ### Question: a lamp in a living room
#
# *15 minutes · medium · 2 points · marked by hand*
#
# Your spotter is to go into a lamp in a living room, where people talk all evening. In about 80 words: Which threshold
# do you choose from the curves above, and what does it cost in misses? And what would you promise the buyer about
# false alarms, after eight minutes of testing? What would you do before you promise more?

# %% [markdown] nbgrader={"grade_id": "lamp", "grade": true, "solution": true, "points": 2}
# **Model answer.** Nobody is hurt by a miss, one says the word again; but a lamp that goes out by itself all evening is
# taken back to the shop. So a threshold high up, at which the exam shows (nearly) no false alarm, although a good part
# of the keywords is then missed; the curve on the right says how many. I would promise nothing: even without a
# single false alarm, eight minutes only say, with 95 % certainty, that there are fewer than 22.5 in an hour (the rule
# of three). Before I promise one in ten hours, I let it listen to thirty hours of living rooms; and I train it with
# words that are cut off and with many more that are no keywords.
#
# **Marking.** 1 point: a threshold with its false alarms per hour and its misses, from the student's own *exam* curve,
# with a reason (half a point without the reason, or if read from the practice recording alone). 1 point: the rule of
# three, or in other words that eight minutes cannot show a small rate, and one concrete thing to do about it (half a
# point for one of the two).

# %% [markdown]
# ## What went wrong here?
#
# A team built the same spotter: same network, same window, same width, threshold and refractory time. They
# passed all 12 columns to `detect`, "so that nothing gets lost". Run it on the practice recording and explain
# **both** mistakes, the false alarms and the misses, before you open the answer. Which classes were detected? What happens in the second after a
# detection?

# %% tags=["shows"]
theirs = detect(smooth(heard, WIDTH), threshold, REFRACTORY)
ours = detect(smooth(of_keywords, WIDTH), threshold, REFRACTORY)

def print_both():
    for name, found in [("ours", ours), ("theirs", theirs)]:
        print(f"{name:<7} {len(found):4} detections, {false_alarms_per_hour(found, truth, practice.seconds):6.0f} false "
              f"alarms per hour, {share_missed(found, truth):.0%} missed")

print_both()
names, counts = np.unique([dataset.class_names[k] for _, k in theirs], return_counts=True)
print("they detected:", ", ".join(f"{name} {count}" for name, count in zip(names, counts)))

# %% [markdown]
# <details><summary>What happened</summary>
#
# Most of the time nobody says anything, and the network says so: "silence", with a high probability. To
# `detect`, that is a class like any other. So it fires in the silence, once in every refractory time. None of
# these lies in an interval of its class, since `truth` holds only keywords: hundreds or even thousands of false
# alarms per hour.
#
# They also do harm beyond the count. Every detection of "silence" or "unknown" starts the refractory time, and a
# keyword that becomes probable during it may be over before it ends: some keywords are missed only because the
# spotter had just detected *nothing*. How many depends on how long the words stay above the threshold.
#
# "Silence" and "unknown" are there to take probability from the keywords. They are no events.
#
# </details>
#
# ## Speak to it
#
# Now the whole chain for sound that arrives live. Read `hear`: it is your three functions, one after the other.
# Smoothing and detection run over the last 30 seconds, and a detection is new if it lies in the last frame.

# %% tags=["shows"]
def look_for_keywords(window):
    """The probabilities of the ten keywords, (10,)."""
    return look(window)[:10]


class Listener:
    """Window, network, smoothing and detection for sound that comes chunk by chunk.

    `look` gives one probability for each of the `names` in a window (16000,).
    """

    def __init__(self, threshold, look=look_for_keywords, names=KEYWORDS, width=WIDTH, refractory=REFRACTORY):
        self.look, self.names = look, names
        self.threshold, self.width, self.refractory = threshold, width, refractory
        self.window = np.zeros(data.SAMPLE_RATE, np.float32)
        self.frames = []

    def hear(self, chunk):
        """The smoothed probabilities after this chunk, and the name of what was detected in it, or None."""
        self.window = slide_window(self.window, chunk)
        self.frames = self.frames[-299:] + [self.look(self.window)]
        smoothed = smooth(np.array(self.frames), self.width)
        found = detect(smoothed, self.threshold, self.refractory)
        is_new = found and found[-1][0] == len(self.frames) - 1
        return smoothed[-1], self.names[found[-1][1]] if is_new else None


# %% [markdown]
# First a test without a microphone. Some seconds of the practice recording, chunk by chunk, as they would come
# from a sound card, and the same seconds as a whole: both ways must find the same.

# %% tags=["shows"]
listener, live = Listener(threshold), []

def listen_to_excerpt():
    for start in range(0, len(excerpt.audio) - CHUNK + 1, CHUNK):
        bars, word = listener.hear(excerpt.audio[start:start + CHUNK])
        if word:
            live.append((word, bars))

listen_to_excerpt()
at_once = detect(smooth(listen(windows_of(excerpt.audio))[:, :10], WIDTH), threshold, REFRACTORY)
print("live:   ", ", ".join(word for word, _ in live) or "nothing")
print("at once:", ", ".join(KEYWORDS[k] for _, k in at_once) or "nothing")
print("said:   ", ", ".join(word.text for word in excerpt.words))

# %% [markdown]
# Now you. Press "Start listening", allow the browser to use the microphone, and say one of the ten keywords:
# yes, no, up, down, left, right, on, off, stop, go. The sound goes from the browser to the notebook's own
# kernel and nowhere else. (If the kernel runs on another computer, as on Binder, then it goes to that one.)
#
# A few experiments: How far away can you stand? Does it know a whisper? A song? Which words that are no
# keywords wake it? The network knows only the voices it was trained with. If you have used the bundled data,
# those were synthetic, and a human voice may well be too much for it. With the Speech Commands data (lesson 01
# says how to get them) it has heard people.

# %% tags=["shows"]
bars = live[-1][1] if live else listener.hear(np.zeros(0, np.float32))[0]
picture = plotting.draw_ears(bars, KEYWORDS, [word for word, _ in live])
microphone.listen(Listener(threshold).hear, KEYWORDS, picture)

# %% [markdown]
# No microphone? Record something with your phone, or take any recording of speech: a lecture, a podcast (WAV, FLAC,
# Ogg or MP3; the first five minutes are heard). Every
# detection in a podcast is a false alarm, unless somebody happens to say the word. That is a test that no
# prepared data replaces.

# %% tags=["shows"]
def listen_to_file(audio):
    smoothed = smooth(listen(windows_of(audio))[:, :10], WIDTH)
    found = detect(smoothed, threshold, REFRACTORY)
    title = f"detections: {len(found)} in {len(audio) / data.SAMPLE_RATE:.0f} seconds"
    return plotting.draw_detections(smoothed, found, KEYWORDS, CHUNK, threshold=threshold,
                                    title=title)


microphone.upload(listen_to_file, listen_to_file(excerpt.audio))

# %% [markdown]
# ## Onto a small chip: 8 bits
#
# A spotter should run on a chip that costs little and lives on a battery. Such chips have some hundred kilobytes of
# memory and are good at whole numbers. Weights are floats of 32 bits; **quantisation** writes them with 8 bits, as
# whole numbers $q$ from -127 to 127 times a step $\Delta$:
#
# $$w \approx \Delta \cdot q, \qquad q = \text{round}(w / \Delta), \qquad \Delta = \frac{\max |w|}{127}$$
#
# That is a quarter of the memory, and whole numbers are quicker to multiply. Is it still the same network? Here
# are the weights of its largest layer, with 3 bits (3 in place of 127), to see the steps, and with 8:

# %% tags=["shows"]
largest = max(spotter.get_weights(), key=np.size)
plotting.rounding_steps(largest)

# %% [markdown]
# **TensorFlow Lite** (now also called LiteRT) turns a Keras model into a file for such devices. What flows between
# the layers is to become whole numbers, too, and to choose its steps the converter must know how large these values
# get. So we give it every tenth training clip as an example. (`tflite.silence()` only hides what the converter prints.)

# %% tags=["shows"]
import tensorflow as tf


def examples():
    for clip in prepared.training.x[::10]:
        yield [clip[np.newaxis]]


with tflite.silence():
    converter = tf.lite.TFLiteConverter.from_keras_model(spotter)
    float_file = converter.convert()

    converter = tf.lite.TFLiteConverter.from_keras_model(spotter)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = examples
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    small_file = converter.convert()

# %% [markdown]
# Do they still answer the same? `tflite.load` gives the network in such a file as a function for one clip. All
# clips of the testing split go through both:

# %% tags=["shows"]
def try_out(run, x):
    """Probabilities (N, 12) of a network that takes one clip at a time, and seconds per clip."""
    run(x[0])
    started = time.perf_counter()
    results = np.array([run(clip) for clip in x])
    return results, (time.perf_counter() - started) / len(x)


right = prepared.testing.y
keras_classes = answers.argmax(axis=1)
keras_size = 4 * spotter.count_params()
_, keras_seconds = try_out(lambda clip: spotter.predict_on_batch(clip[np.newaxis])[0],
                           prepared.testing.x[:50])
rows = [("Keras, 32-bit floats", keras_size, keras_seconds, keras_classes)]

def try_both():
    for name, file in [("TFLite, 32-bit floats", float_file), ("TFLite, 8 bits", small_file)]:
        results, seconds = try_out(tflite.load(file), prepared.testing.x)
        rows.append((name, len(file), seconds, results.argmax(axis=1)))

try_both()

print(f"{'':<23}{'size':>9}{'per clip':>12}{'accuracy':>10}{'same answer':>13}")

def print_files():
    for name, size, seconds, classes in rows:
        print(f"{name:<23}{size / 1000:>6.0f} kB{1000 * seconds:>9.3f} ms{np.mean(classes == right):>10.1%}"
              f"{np.mean(classes == keras_classes):>13.1%}")

print_files()

# %% [markdown]
# The first row's size is that of the weights alone. Read the table with three questions in mind.
#
# - **Size.** Is the small file a quarter of the large one? Not quite: a file also holds the plan of the network,
#   which does not shrink (it even grows: the steps $\Delta$ are in it, too). The larger the network, the closer it gets to a quarter.
# - **Time.** Most of the gain comes from leaving Keras, which is made for large batches and spends most of its
#   time with administration when there is one clip only. On a processor like yours 8 bits bring little or much,
#   depending on its kind; on a chip without floats they decide whether it works at all.
# - **Answers.** Compare "same answer" with "accuracy". Answers differ where the network was undecided anyway, so
#   about as many become right as become wrong. That has to be measured each time, never assumed: some networks
#   lose many points.
#
# Put the file on a device and remember that it needs the rest of the chain there as well (what goes into this file
# and comes out of it are still floats): the same MFCC, the same mean and standard deviation, the window, the smoothing, the detection.

# %% tags=["shows"]
if not mode.grading():
    Path("spotter.tflite").write_bytes(small_file)
    print(f"spotter.tflite: {len(small_file):,} bytes")

# %% [markdown]
# ## A word of your own
#
# Ten keywords, and none of them is your name. Nobody has recorded two thousand people who say it. Two tricks help:
#
# - **Synthetic voices.** `say.say(word, n)` lets n voices of the program eSpeak NG say any word. (In a terminal,
#   `python -m kws_helpers say WORD` writes such clips as files.)
# - **Transfer learning.** Your network has learned from thousands of clips to turn a second of sound into a few dozen
#   numbers, from which its last layer reads the class. Those numbers tell sounds apart in general, so they may do for
#   other words, too. We keep everything below the last layer as it is, the *body*, and train only a new last layer:
#   "my word" or "not my word". With so few weights that takes a moment, and few clips are enough.
#
# One layer with one output and a sigmoid is called *logistic regression*, and scikit-learn has it ready. Put your own
# word into the next cell, as it is spoken; and a few words that *sound like it*, which we shall need.

# %% tags=["shows"]
WORD = "marie"
SIMILAR = ["mary", "marine", "melody", "money"]
VOICES = 20 if mode.short_training() else 200
HEARD = 3 * VOICES // 4  # the first voices are for training, the others for the test

body = keras.Model(spotter.inputs, spotter.layers[-1].input)


def numbers_of(x):
    """What the last layer is given for features x (N, 49, 40)."""
    return body.predict(x, verbose=0)


def numbers_of_said(word):
    """The same for a word that every voice says."""
    return numbers_of(inputs_of(say.say(word, VOICES)))


mine = numbers_of_said(WORD)
similar = {word: numbers_of_said(word) for word in SIMILAR}
others = numbers_of(prepared.training.x)
print(f"{mine.shape[1]} numbers for each clip: {len(mine)} of “{WORD}”, {len(others):,} of other words")

# %% [markdown]
# Now the new layer, twice. The first hears your word, and all training clips of the lessons as "not my word". The second
# hears the similar words as well, as more that is not yours. The test has voices that neither has heard, and for the
# last bar words that neither has heard.

# %% tags=["shows"]
def last_layer(not_mine):
    """Logistic regression that tells the word from what is not the word."""
    x = np.concatenate([mine[:HEARD], not_mine])
    is_mine = np.arange(len(x)) < HEARD
    return LogisticRegression(max_iter=2000, class_weight="balanced").fit(x, is_mine)


alone = last_layer(others)
with_similar = last_layer(np.concatenate([others, *(some[:HEARD] for some in similar.values())]))

tests = {WORD: mine[HEARD:], "clips of the lessons": numbers_of(prepared.testing.x)}
tests |= {word: some[HEARD:] for word, some in similar.items()}
never_heard = ("banana", "window", "oven", "kitchen")
tests["never heard"] = np.concatenate([numbers_of_said(word)[HEARD:] for word in never_heard])
plotting.score_bars({title: [layer.predict(some).mean() for some in tests.values()] for title, layer in
                     [("taught without similar words", alone), ("taught with them", with_similar)]},
                    list(tests), same_scale=True)

# %% [markdown]
# **Read the bars.** Each says which share of the clips was taken for your word. The first should be at 1, all others at
# 0. Why does the layer on the left take so many similar words for yours, and hardly any clip of the lessons? Think of
# how a lazy student would tell the two heaps apart that it was given.
#
# <details><summary>Answer</summary>
#
# *Every* clip of your word came from eSpeak, and *no* other clip did. Whoever knows the sound of that program knows the
# answer, and a rough idea of the word does the rest. It is the trap of lesson 07 in other clothes (the friend whose
# silence was all zeros): two classes that differ in more than what you mean. The remedy is to give the other class the
# same voices, and to take the words that are hardest to tell apart: **hard negatives**. They help a good deal and do
# not cure it, since some dozens of numbers, made for ten other words, may not hold the difference at all.
#
# And nothing here says anything about *your* voice. Record your word ten times, and the people around you, too.
#
# </details>
#
# Try it. (What you hear of your own voice is one more test: of the step from synthetic voices to people.)

# %% tags=["shows"]
def look_for_my_word(window):
    """The probability of the word in a window (16000,), as (1,)."""
    return with_similar.predict_proba(body.predict_on_batch(inputs_of(window)[np.newaxis]))[0, 1:]


quiet = look_for_my_word(np.zeros(data.SAMPLE_RATE, np.float32))
microphone.listen(Listener(0.8, look_for_my_word, [WORD]).hear, [WORD], plotting.draw_ears(quiet, [WORD], []))

# %% [markdown]
# ## Summary
#
# - A window of one second slides over the stream. Short chunks answer sooner and cost more; windows must overlap.
# - Smoothing looks back, never ahead. Threshold and refractory time turn probabilities into single
#   detections.
# - Only keywords are events. "Unknown" and "silence" take probability away and are never passed on.
# - False alarms are counted per hour, misses in per cent. The threshold is chosen on one recording and measured
#   on another.
# - Accuracy on neat clips says little about a stream. Eight minutes without a false alarm prove little, too.
# - 8 bits instead of 32: a much smaller file for nearly the same answers, if you have checked.
# - A new word needs a new last layer only, and negatives that differ from it in nothing but the word.
#
# This was the last lesson. You started with numbers in a file, and now a machine listens to you, sometimes.
# You know how often, and why not always; that is the better half of the craft.
#
# ## Further reading
#
# - Guoguo Chen, Carolina Parada, Georg Heigold: "Small-footprint keyword spotting using deep neural networks".
#   ICASSP 2014. Smoothing and detection on a stream, as here.
# - Yundong Zhang, Naveen Suda, Liangzhen Lai, Vikas Chandra: "Hello Edge: keyword spotting on microcontrollers".
#   2017. DS-CNN, and what fits on which chip. [arXiv:1711.07128](https://arxiv.org/abs/1711.07128)
# - Oleg Rybakov, Natasha Kononenko, Niranjan Subrahmanya, Mirkó Visontai, Stella Laurenzo: "Streaming keyword
#   spotting on mobile devices". 2020. Networks that need not look at the whole second again for every chunk.
#   [arXiv:2005.06720](https://arxiv.org/abs/2005.06720)
# - Benoit Jacob et al.: "Quantization and training of neural networks for efficient integer-arithmetic-only
#   inference". 2017. [arXiv:1712.05877](https://arxiv.org/abs/1712.05877)
# - Pete Warden: "Speech Commands: a dataset for limited-vocabulary speech recognition". 2018. With a chapter on
#   measuring a spotter on streams. [arXiv:1804.03209](https://arxiv.org/abs/1804.03209)
# - openWakeWord, <https://github.com/dscripka/openWakeWord>, and Picovoice's wake word benchmark,
#   <https://github.com/Picovoice/wake-word-benchmark>: how spotters that wake devices are measured.
# - James Hanley, Abby Lippman-Hand: "If nothing goes wrong, is everything all right? Interpreting zero numerators".
#   JAMA 249, 1983. The rule of three.
