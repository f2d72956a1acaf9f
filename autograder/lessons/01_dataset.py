# %% [markdown]
# # 1 · Look, listen, count
#
# **Goal:** get to know spoken keywords well enough to hand them to a network, and to trust what you will
# measure later.
#
# When you have finished you will be able to
#
# - say what a recording is, and what sets silence apart from a row of zeros;
# - count classes and write labels in the form that a network learns from;
# - turn a second of sound into a small picture, its MFCC, and explain every step on the way;
# - split recordings so that no speaker is in two splits, and explain what goes wrong otherwise;
# - standardise features without looking at clips that are meant to be unheard.
#
# **Time:** about 100 minutes. **Points:** 15. **You need:** Python, a little NumPy, a little algebra.
#
# ## How to work with this notebook
#
# - Run the cells from top to bottom: `Shift+Enter` runs a cell and goes to the next.
# - Where a cell says `raise NotImplementedError`, it is your turn: replace that line with your code. The
#   docstring says exactly what goes in and what comes out.
# - The `check(...)` below it shows how far your function gets, and what to do next. Run it as often as you
#   like. The grade comes from other inputs than the check's, so a function that works in general is what
#   counts.
# - Stuck? Open the hints one at a time. Before each exercise you see the picture that it leads to, as drawn
#   for the data that comes with the course.
# - If something behaves oddly, choose *Kernel → Restart Kernel and Run All Cells*.

# %% nbgrader={"grade_id": "setup-01_dataset"}
import hashlib
from collections import Counter

import numpy as np
from IPython.display import Audio

from kws_helpers import data, features, plotting
from kws_helpers.check import check

dataset = data.load()
dataset

# %% [markdown]
# The table shows which data you are working with. The name *bundled* means voices made by computers, which
# come with the course: nothing to download, and nobody's privacy at stake. They are not as varied as human
# speakers, so a network that has heard only them understands people less well. Everything below works in the
# same way for recordings of people: set the environment variable `KWS_DATA` to a folder with the Speech
# Commands data, and start again.
#
# ## 1 What a keyword spotter is
#
# A keyword spotter listens all the time for a few words and ignores everything else. It is what wakes a phone
# or stops a machine. It has to be small, because it never sleeps and runs on a battery. And it has to be hard
# to fool, since nearly everything it hears all day long is *not* a keyword.
#
# So ten keywords do not make ten classes. They make twelve: the keywords, *unknown* for every other word, and
# *silence* for when nobody speaks.

# %% tags=["shows"]
print(", ".join(dataset.class_names))

# %% [markdown]
# ## 2 A recording is a row of numbers
#
# A microphone measures the pressure of the air again and again. Each measurement is a *sample*: a number from
# -1 to 1, where 0 is the pressure at rest. How many samples it takes in a second is the *sample rate*.

# %% tags=["shows"]
clips, labels, words = dataset.training.clips, dataset.training.labels, dataset.training.words
print(f"{data.SAMPLE_RATE:,} samples in a second, {data.CLIP_SAMPLES:,} samples in a clip")
print("Ten samples from the middle of the first clip:", clips[0][8000:8010].round(4))

# %% [markdown]
# For a first look we want clear recordings: those whose loudest sample is more than a hundred times as large
# as what is heard in the first and the last tenth of the second. (In noisy recordings hardly any is; there the
# clearer half will do.) Let us meet the speaker who says the most keywords that clearly, and listen to two of
# them.

# %% tags=["shows"]
def clearness(clip):
    return np.abs(clip).max() / (np.abs(np.append(clip[:1600], clip[-1600:])).mean() + 1e-9)

enough = min(100, np.median([clearness(clips[n]) for n in np.flatnonzero(np.isin(words, data.KEYWORDS))]))

def is_clear(clip):
    return clearness(clip) >= enough

clear_clips = {}  # speaker: {word: number of the clip}

def find_clear_clips():
    for number in np.flatnonzero(np.isin(words, data.KEYWORDS)):
        if is_clear(clips[number]):
            said = clear_clips.setdefault(dataset.training.speakers[number], {})
            said.setdefault(words[number], number)

find_clear_clips()
our_speaker = max(clear_clips, key=lambda speaker: (len(clear_clips[speaker]), speaker))
our_clips = list(clear_clips[our_speaker].values())
print(f"Speaker {our_speaker} says: {', '.join(words[our_clips])}")

# %% tags=["shows"]
plotting.waveforms(clips[our_clips[:2]], [f"“{word}”" for word in words[our_clips[:2]]])

# %% tags=["shows"]
Audio(clips[our_clips[0]], rate=data.SAMPLE_RATE)

# %% tags=["shows"]
Audio(clips[our_clips[:2][-1]], rate=data.SAMPLE_RATE)

# %% [markdown]
# You can see *when* somebody speaks, but hardly *what*. Say a word twice and the two waveforms differ in
# nearly every sample. So a network gets something better than raw samples; that is section 5.
#
# ### Silence is not zeros
#
# Now a clip of the class *silence*. It is a second of background noise, and if you look closely there is always
# something: a fan, a keyboard, a street, the microphone's own hiss.

# %% tags=["shows"]
is_silence = labels == dataset.class_names.index("silence")
by_loudness = sorted(clips[is_silence], key=lambda clip: np.abs(clip).max())
silence = by_loudness[len(by_loudness) // 2]  # neither the loudest nor the softest
plotting.waveforms([silence], ["silence (mind the scale)"])
print(f"Samples of this clip that are exactly zero: {np.mean(silence == 0):.1%}")
print(f"Clips of silence that are nothing but zeros: {sum(not clip.any() for clip in clips[is_silence])}")

# %% tags=["shows"]
Audio(silence, rate=data.SAMPLE_RATE, normalize=False)

# %% [markdown]
# It is tempting to make the class *silence* out of `np.zeros`. Keep that thought; you will answer for it at
# the end.
#
# ## 3 How many clips of each class?
#
# Before anything else, count. If nine clips of ten were *unknown*, a program that always answers *unknown*
# would be right nine times of ten and good for nothing. Counting takes a minute and shows such surprises
# before they show up in a result.
#
# Every clip has a **label**: the number of its class, starting with 0, in the order of `dataset.class_names`.

# %% tags=["shows"]
def print_labels():
    for number in np.linspace(0, len(labels) - 1, 6, dtype=int):
        name = dataset.class_names[labels[number]]
        print(f"clip {number:>5}: label {labels[number]:>2}, class “{name}”, really spoken: “{words[number]}”")

print_labels()

# %% [markdown]
# ### Exercise 1: count the classes
#
# *5 minutes · easy · 1 point*
#
# Write `class_counts`, which counts how many clips each class has. A class without clips is the one you most
# want to hear about, so it stands in the result too, with 0.
#
# This is what you will see when it works:
#
# ![Three bar charts, one a split, with the number of clips of each of the twelve classes: about equal
# in every split](expected:class-counts)
#
# <details><summary>Hint 1</summary>
#
# `labels == 3` is an array of True and False. What does its sum say?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `enumerate(class_names)` goes through the classes and gives each one's number along with its name. A class
# that never occurs is visited as well.
#
# </details>

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `largest` gives the largest value of each class, and 0 for a class without clips:
#
# ```python
# def largest(values, labels, class_names):
#     result = {}
#     for number, name in enumerate(class_names):
#         of_class = values[labels == number]
#         result[name] = of_class.max() if len(of_class) else 0
#     return result
# ```
#
# The loop goes through the names, so that a class without clips gets a key too. `labels == number` is True for
# the clips of one class, and picks their values. In `class_counts`, only what is put into `result[name]` differs.

# %% nbgrader={"grade_id": "class_counts-solution", "solution": true}
def class_counts(labels, class_names):
    """Count the clips of every class.

    Args:
        labels: the class of each clip as an integer, 0 for the first class; shape (N,); N may be 0.
        class_names: the names of the classes, in the order of their numbers.

    Returns:
        A dict from the name of each class to the number of its clips. Every class has a key; where
        there are no clips the number is 0.
    """
    ### BEGIN SOLUTION
    counts = np.bincount(labels, minlength=len(class_names))
    return {name: int(count) for name, count in zip(class_names, counts, strict=True)}
    ### END SOLUTION

# %% nbgrader={"grade_id": "class_counts", "grade": true, "points": 1}
check(class_counts)
### BEGIN HIDDEN TESTS
judge(class_counts)
### END HIDDEN TESTS

# %% tags=["figure:class-counts", "shows"]
plotting.class_bars({"training": class_counts(dataset.training.labels, dataset.class_names),
                     "validation": class_counts(dataset.validation.labels, dataset.class_names),
                     "testing": class_counts(dataset.testing.labels, dataset.class_names)})

# %% [markdown]
# **To think about.** Is any class rarer than the others here? How often is a program right that gives the
# same answer to every clip, if it picks that answer well? That is the accuracy to beat.
#
# ## 4 Labels for a network
#
# A network does not answer "class 7". It gives twelve numbers, one for each class, which say how much it
# believes in that class. To tell it how wrong it was, the truth must have the same form: all belief on one
# class.
#
# That form is called **one-hot**. For $C$ classes, clip $i$ with label $y_i$ gets a row $t_i$ of $C$ numbers,
#
# $$t_{ik} = \begin{cases} 1 & \text{if } k = y_i \\ 0 & \text{otherwise} \end{cases} \qquad k = 0, \dots, C - 1.$$
#
# Why not simply give it the number 7? Because numbers have an order. A network that hesitates between class 6
# and class 8 would answer 7, and *off* is no compromise between *on* and *stop*.
#
# ### Exercise 2: one-hot labels
#
# *10 minutes · easy · 2 points*
#
# Write `one_hot`. The number of columns is `n_classes`, also when the clips at hand do not show every class:
# the network has an output for each of them. Networks compute in `float32`, so that is the type of the
# result.
#
# This is what you will see when it works:
#
# ![A picture of twelve rows and twelve columns, dark but for one bright square in every row, in the
# column of the clip's class](expected:one-hot)
#
# <details><summary>Hint 1</summary>
#
# Start with `np.zeros((..., ...), dtype=np.float32)` and set the right places to 1. A loop over the clips is
# fine.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Without a loop: the one-hot rows of all classes, one below the other, are a well-known matrix. NumPy has a
# function for it, and picking rows from a matrix is what indexing with an array of integers does.
#
# </details>

# %% nbgrader={"grade_id": "one_hot-solution", "solution": true}
def one_hot(labels, n_classes):
    """Write labels as rows with a single 1.

    Args:
        labels: the class of each clip as an integer from 0 to n_classes - 1, shape (N,).
        n_classes: the number of classes, whether they occur in `labels` or not.

    Returns:
        An array of shape (N, n_classes) and type float32: in each row 1 in the column of the clip's
        label, 0 elsewhere.
    """
    ### BEGIN SOLUTION
    return np.eye(n_classes, dtype=np.float32)[labels]
    ### END SOLUTION

# %% nbgrader={"grade_id": "one_hot", "grade": true, "points": 2}
check(one_hot)
### BEGIN HIDDEN TESTS
judge(one_hot)
### END HIDDEN TESTS

# %% tags=["figure:one-hot", "shows"]
some = np.linspace(0, len(labels) - 1, 12, dtype=int)  # twelve clips of the training split
encoded = one_hot(labels[some], len(dataset.class_names))
plotting.label_picture(encoded, words[some], dataset.class_names)

# %% [markdown]
# **To think about.** Several different words have their 1 in the column *unknown*. What will a network have
# to learn for this class that it need not learn for *stop*?
#
# ## 5 From a waveform to a picture
#
# A word is a sequence of sounds, and a sound is a mixture of frequencies: "s" hisses high up, "o" hums
# further down. So we cut the clip into short pieces and ask of each one which frequencies are in it.
#
# ### Frames
#
# The pieces are called **frames**. A *window* of a fixed length lies at the start of the clip, then moves on
# by a *hop*, and again, as long as it fits. Speech changes slowly enough that within a few hundredths of a
# second a sound is nearly steady. The hop is shorter than the window, so that frames overlap and nothing is
# lost at a border. We use a window of 640 samples (40 ms) and a hop of 320 (20 ms).
#
# With $n$ samples, a window of $w$ samples and a hop of $h$ samples, the number of frames is
#
# $$T = \left\lfloor \frac{n - w}{h} \right\rfloor + 1 \quad \text{if } n \ge w, \qquad T = 0 \text{ otherwise,}$$
#
# where $\lfloor x \rfloor$ is $x$ rounded down: a window that does not fit does not count.
#
# ### Exercise 3: count the frames
#
# *10 minutes · easy · 2 points*
#
# Write `frame_count`. It decides how large the input of every network in this course is, and being off by one
# is a classic.
#
# This is what you will see when it works:
#
# ![A waveform of one second and below it 49 overlapping windows, the last of which ends exactly where the clip
# ends](expected:frames)
#
# <details><summary>Hint 1</summary>
#
# Take pencil and paper: 10 samples, a window of 4, a hop of 3. Where do the windows start?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `n_samples - window` is the room that the window has to move. How often does a hop fit into it? And where
# does the window lie before it moves at all?
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Try a clip that is much shorter than the window. Python's `//` rounds down, for negative numbers too.
#
# </details>

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `posts` counts the posts of a fence. The first stands `margin` metres from the
# left end, the next ones follow every `gap` metres, and none stands closer than `margin` to the right end:
#
# ```python
# def posts(length, margin, gap):
#     room = length - 2 * margin
#     if room < 0:
#         return 0
#     return room // gap + 1
# ```
#
# `room` is how far the row of posts can reach. Each `gap` that fits into it brings one more post, and the first
# post is there before any gap: therefore `+ 1`. A fence that is too short has no post at all, whatever `//` says.

# %% nbgrader={"grade_id": "frame_count-solution", "solution": true}
def frame_count(n_samples, window, hop):
    """Count the frames of a clip that is not padded.

    Args:
        n_samples: length of the clip in samples, 0 or more.
        window: length of a frame in samples, 1 or more.
        hop: samples from the start of one frame to the start of the next, 1 or more; it may be
            longer than the window.

    Returns:
        How many frames fit wholly into the clip, as an int; 0 where the clip is shorter than the
        window.
    """
    ### BEGIN SOLUTION
    if n_samples < window:
        return 0
    return (n_samples - window) // hop + 1
    ### END SOLUTION

# %% nbgrader={"grade_id": "frame_count", "grade": true, "points": 2}
check(frame_count)
### BEGIN HIDDEN TESTS
judge(frame_count)
### END HIDDEN TESTS

# %% tags=["figure:frames", "shows"]
one_clip = clips[our_clips[0]]
n_frames = frame_count(len(one_clip), features.WINDOW, features.HOP)
plotting.frames(one_clip, features.WINDOW, features.HOP, n_frames)

# %% [markdown]
# **To think about.** Here the last window ends exactly where the clip ends. With a hop of 300 samples, how
# many samples at the end would be in no frame at all? Does it matter?
#
# ### From a frame to its spectrum
#
# The Fourier transform tells how strong each frequency is in a frame. A frame is cut out with a hard edge on
# both sides, and an edge sounds like a click, which contains every frequency. So the frame is faded in and
# out first, with a *Hann window*. Here is the loudest frame of the clip.

# %% tags=["shows"]
one_clip = clips[our_clips[0]]
frames = np.lib.stride_tricks.sliding_window_view(one_clip, features.WINDOW)[::features.HOP]  # (49, 640)
hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(features.WINDOW) / features.WINDOW)
power_spectrum = np.abs(np.fft.rfft(frames * hann)) ** 2  # (49, 321): frequencies from 0 to 8 kHz
loudest = np.argmax(np.sum(frames**2, axis=1))
plotting.spectrum(frames[loudest], power_spectrum[loudest])

# %% [markdown]
# Where the vocal cords sound, as in a vowel, the spectrum is a comb: narrow peaks at equal distances, the
# multiples of the pitch of the voice. The broad hills over the comb come from the shape of the mouth, and
# *they* make an "e" an "e". The comb says much about who speaks, the hills say what. So the next steps keep
# the hills and blur the comb.
#
# ### From the spectrum to MFCC
#
# - **Mel.** The ear tells 200 Hz from 300 Hz easily, but hardly 7,000 Hz from 7,100 Hz. The *mel scale*
#   spaces frequencies the way the ear does. The spectrum is summed up in 128 bands that are narrow at the
#   bottom and wide at the top.
# - **Logarithm.** The ear hears ratios. Twice the power is always the same step up, 3 decibels (dB), whether
#   the sound is soft or loud. What lies more than 80 dB below the loudest point of the clip is cut off.
# - **Cosine transform.** Neighbouring bands say nearly the same. A cosine transform (DCT) over the bands
#   writes a frame as a level, a slope, a bend, and ever finer ripples. The first 40 of these numbers keep the
#   hills. They are the **mel-frequency cepstral coefficients**, MFCC.
#
# Each step takes a line or two:

# %% tags=["shows"]
from scipy.fft import dct

filters = features.mel_filters()  # (128, 321): one row a band, as in librosa.filters.mel
mel_bands = power_spectrum @ filters.T  # (49, 128)
decibel = 10 * np.log10(np.maximum(mel_bands, 1e-10))
decibel = np.maximum(decibel, decibel.max() - 80)
mfcc = dct(decibel, norm="ortho")[:, :40]  # (49, 40)
plotting.pictures({"spectrum (power)": power_spectrum, "128 mel bands (power)": mel_bands,
                   "mel bands in dB": decibel, "MFCC (without coefficient 0)": mfcc[:, 1:]},
                  ylabel="frequency, band or coefficient")
print(f"{len(one_clip):,} samples have become {mfcc.shape[0]} x {mfcc.shape[1]} = {mfcc.size:,} numbers.")

# %% [markdown]
# Look at the two upper pictures: nearly everything is dark, because power spans many powers of ten. After the
# logarithm the word appears. (Coefficient 0 is left out of the last picture. It is the level of the whole
# frame, its loudness, and so far away from the others that they would all get the same colour.)
#
# You have seen every step now. `features.mfcc` does the same for many clips at a time, and from here on we
# use that.

# %% tags=["shows"]
difference = np.max(np.abs(mfcc - features.mfcc(one_clip)))
print(f"Our MFCC and features.mfcc differ by less than 0.01: {difference < 0.01}")

# %% [markdown]
# Several words of one speaker, then one word of several speakers. The lowest row is coefficient 0, off the
# scale of colours; we mend that in section 7.

# %% tags=["shows"]
mine = our_clips[:6]
before = features.mfcc(clips[mine])
plotting.pictures(dict(zip([f"“{word}”" for word in words[mine]], before)), columns=3,
                  limits=(-60, 60), ylabel="coefficient")

# %% tags=["shows"]
favourite = words[our_clips[0]]
others = np.flatnonzero(words == favourite)
others = others[np.linspace(0, len(others) - 1, 6, dtype=int)]
print(f"Six speakers, one word: “{favourite}”")
plotting.pictures({f"speaker {speaker}": values for speaker, values in
                   zip(dataset.training.speakers[others], features.mfcc(clips[others]))},
                  columns=3, limits=(-60, 60), ylabel="coefficient")

# %% [markdown]
# Could you tell which of the upper pictures shows the word of the lower ones? What changes between speakers,
# and what stays? This is the problem that the networks of the coming lessons have to solve.
#
# (In some pictures a bright band wanders through the upper coefficients. That is the comb after all: the
# teeth of a high voice lie so far apart that 40 coefficients can still follow them. The band rises and falls
# with the melody of the voice and says nothing about the word. Many recognisers keep only the lowest 13
# coefficients.)
#
# Last, the clip of silence from above beside digital zeros, with their loudness, coefficient 0:

# %% tags=["shows"]
digital_zeros = np.zeros(data.CLIP_SAMPLES, dtype=np.float32)
plotting.pictures({"recorded silence": features.mfcc(silence),
                   "digital zeros": features.mfcc(digital_zeros)}, limits=(-60, 60), ylabel="coefficient")
loudness = features.mfcc_of(dataset.training)[is_silence, :, 0].mean(axis=1)
print(f"Coefficient 0, mean of a clip: digital zeros {features.mfcc(digital_zeros)[:, 0].mean():.0f}, "
      f"all clips of silence from {loudness.min():.0f} to {loudness.max():.0f}")

# %% [markdown]
# ## 6 Training, validation, testing
#
# A network can learn its clips by heart. What you want to know is how it does on clips that it has *never*
# heard, so the data is divided into three **splits**:
#
# - **training**: the network learns from these;
# - **validation**: you try things out on these: how long to train, how large a network, which threshold;
# - **testing**: you look at these once, at the very end, for the number that you report.
#
# Dividing at random, clip by clip, looks fair. But a network does not hear clips, it hears *people*: a voice,
# a microphone, a room with an echo. Whatever it learns about Anna's voice from her training clips helps it
# with Anna's test clips, and with nobody else's. A product, however, is used by people who were never
# recorded. So **a speaker belongs to one split only**, with all of his or her clips.
#
# ### The official rule
#
# Speech Commands, the data set that most keyword spotters are compared on, decides by a *hash*: a function
# that turns any text into a number that looks random but is always the same for the same text. For a speaker
# with the id $s$,
#
# $$p = \left(\operatorname{SHA1}(s) \bmod 2^{27}\right) \cdot \frac{100}{2^{27} - 1},$$
#
# where $\operatorname{SHA1}(s)$ is the SHA-1 hash of the id, read as a whole number. So $p$ lies between 0
# and 100. With $v$ per cent for validation and $t$ per cent for testing, the speaker goes
#
# - to validation if $p < v$,
# - to testing if $v \le p < v + t$,
# - to training otherwise.
#
# Why a hash, and not a draw of lots?
#
# - It needs no list and no seed: anybody, anywhere, gets the same splits from the ids alone.
# - It does not depend on the order of the files or on who else is there. When a thousand new speakers join
#   next year, nobody moves. With a new draw, somebody who was in training yesterday would be in testing
#   today, and the network that was trained yesterday has already heard that voice.
#
# ### Exercise 4: split by speaker
#
# *20 minutes · medium · 3 points*
#
# Write `split_by_speaker`. It gets the speaker of every clip, an id such as `"0d9457e1"`, and says for every
# clip which split it belongs to.
#
# This is what you will see when it works:
#
# ![Bars with the shares of clips and of speakers in the three splits: roughly 80, 10 and 10 per cent, but not
# exactly](expected:shares)
#
# <details><summary>Hint 1</summary>
#
# SHA-1 works on bytes, and `"0d9457e1".encode()` turns text into bytes. `hashlib.sha1(...).hexdigest()` gives
# the hash as text of hexadecimal digits.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `int("ff", 16)` reads hexadecimal text as a whole number (255). Python's whole numbers can be as long as you
# like; do the modulo in Python, not in NumPy.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# To check your $p$: for the speaker `deadbeef` it is 45.90, for `5d6c4a39` it is 1.20.
#
# </details>

# %% nbgrader={"grade_id": "split_by_speaker-solution", "solution": true}
def split_by_speaker(speakers, validation_percent=10, testing_percent=10):
    """Assign clips to splits by the hash of their speaker, as Speech Commands does (Warden 2018).

    With p = (SHA1(speaker) mod 2**27) * 100 / (2**27 - 1), a speaker is in "validation" if
    p < validation_percent, in "testing" if validation_percent <= p < validation_percent +
    testing_percent, and otherwise in "training".

    Args:
        speakers: the id of each clip's speaker, text such as "0d9457e1", shape (N,). Ids repeat.
        validation_percent: share of the speakers for validation, 0 to 100.
        testing_percent: share of the speakers for testing, 0 to 100.

    Returns:
        An array of text, shape (N,): "training", "validation" or "testing" for each clip.
    """
    ### BEGIN SOLUTION
    splits = []
    for speaker in speakers:
        number = int(hashlib.sha1(speaker.encode()).hexdigest(), 16)
        p = (number % 2**27) * 100 / (2**27 - 1)
        if p < validation_percent:
            splits.append("validation")
        elif p < validation_percent + testing_percent:
            splits.append("testing")
        else:
            splits.append("training")
    return np.array(splits)
    ### END SOLUTION

# %% nbgrader={"grade_id": "split_by_speaker", "grade": true, "points": 3}
check(split_by_speaker)
### BEGIN HIDDEN TESTS
judge(split_by_speaker)
### END HIDDEN TESTS

# %% tags=["figure:shares", "shows"]
def percent_by_split(splits):
    return {name: 100 * np.mean(splits == name) for name in ("training", "validation", "testing")}

recordings = dataset.recordings  # every recording of the data set, before it was divided
splits_of_clips = split_by_speaker(recordings.speakers)
splits_of_speakers = split_by_speaker(np.unique(recordings.speakers))
plotting.shares({"speakers": percent_by_split(splits_of_speakers),
                 "clips": percent_by_split(splits_of_clips)})

# %% [markdown]
# And the point of it all, the number of speakers in more than one split:

# %% tags=["shows"]
def speakers_in_several_splits(speakers, splits):
    pairs = set(zip(speakers, splits))  # one for each split that a speaker is in
    return sum(count > 1 for count in Counter(speaker for speaker, split in pairs).values())

clip_by_clip = np.random.default_rng(0).choice(["training", "validation", "testing"],
                                               p=[0.8, 0.1, 0.1], size=len(recordings))
print(f"of {len(np.unique(recordings.speakers)):,} speakers are in more than one split:")
print(f"  clips drawn at random: {speakers_in_several_splits(recordings.speakers, clip_by_clip):,}")
print(f"  your split:            {speakers_in_several_splits(recordings.speakers, splits_of_clips):,}")

# %% [markdown]
# **To think about.** Why are the shares not exactly 80, 10 and 10 per cent, and why do clips and speakers
# have different shares? Is that a mistake in the rule?
#
# <details><summary>When the id is not the whole truth</summary>
#
# A data set may come with lists that say which clip is in which split, and then the lists decide. The real
# archive's lists were made with the rule above. Those of the bundled voices were not, for a reason that is
# worth knowing: behind several of its speaker ids there is *the same* computer voice, made higher or lower or
# given a longer throat. Such relatives sound alike, a hash of their ids cannot know it, and the lists keep
# them together. The rule protects you from leaks only as far as the id names what can leak. Ask of any data:
# same person under two ids? Same room? Same recording, cut in two?
#
# Compare for yourself: `np.mean(splits_of_clips == recordings.splits)`.
#
# </details>
#
# ### What went wrong here?
#
# A survey. All the speakers of the training split were asked whether they prefer tea or coffee, and a
# classifier is to *hear* the answer. It gets 80 numbers for each clip: mean and standard deviation of each
# MFCC over time. It is the simplest classifier there is, the *nearest neighbour*: it looks for the training
# clip that is most like the test clip, and repeats that clip's answer. A quarter of the clips, drawn at
# random, is kept for testing.

# %% tags=["shows"]
from sklearn.model_selection import GroupShuffleSplit, cross_val_score, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

spoken = features.mfcc_of(dataset.training)[~is_silence]
sound = np.concatenate([spoken.mean(axis=1), spoken.std(axis=1)], axis=1)  # (clips, 80)
names, speaker = np.unique(dataset.training.speakers[~is_silence], return_inverse=True)
classifier = make_pipeline(StandardScaler(), KNeighborsClassifier(n_neighbors=1))

prefers_tea = np.random.default_rng(0).integers(0, 2, size=len(names))  # one answer for each speaker
x_train, x_test, y_train, y_test = train_test_split(sound, prefers_tea[speaker], test_size=0.25,
                                                    random_state=0)
accuracy = classifier.fit(x_train, y_train).score(x_test, y_test)
print(f"{len(names):,} speakers, {len(sound):,} clips")
print(f"Tea or coffee? Right for {accuracy:.1%} of the test clips")

# %% [markdown]
# Guessing would be right about half of the time. So the voice of a person gives away what he or she drinks?
#
# Stop here and read the code once more, line by line. Where do the answers of the survey come from?
#
# <details><summary>What went wrong</summary>
#
# Nobody was asked anything. `prefers_tea` is the toss of a coin, one for each speaker. There is nothing to be
# heard.
#
# The classifier does not hear tea. It recognises the *speaker*: the clip most like a test clip is often one
# of the same voice, in the same room, at the same microphone, and that clip has the same answer, since a
# speaker has only one. The accuracy is real, the number is right, and it means nothing for anybody who was
# not recorded.
#
# </details>
#
# The test of this explanation: if it is right, the accuracy must fall to one half as soon as no speaker is in
# two splits. So toss the coins ten times over, and split each time in both ways. scikit-learn's
# `GroupShuffleSplit` draws whole groups of clips at random: with a group for each clip it draws single clips,
# with a group for each speaker whole speakers.

# %% tags=["shows"]
def accuracies(groups):
    results = []
    for seed in range(10):
        coins = np.random.default_rng(seed).integers(0, 2, size=len(names))
        split = GroupShuffleSplit(n_splits=1, test_size=0.25, random_state=seed)
        results.append(cross_val_score(classifier, sound, coins[speaker], groups=groups, cv=split)[0])
    return np.array(results)

by_clip, by_speaker = accuracies(np.arange(len(sound))), accuracies(speaker)
plotting.accuracy_dots({"clips at random": by_clip, "whole speakers": by_speaker}, chance=0.5)
print(f"mean accuracy: {by_clip.mean():.1%} with clips at random, "
      f"{by_speaker.mean():.1%} with whole speakers")

# %% [markdown]
# Same sound, same classifier, about as many clips. Only the split has changed.
#
# With words in place of drinks there is something to be heard, so a leak adds less. It adds most where a
# speaker says the same word several times: then the nearest clip may be the same word in the same voice. How
# often does that happen in your data?

# %% tags=["shows"]
pairs = [f"{name} {word}" for name, word in zip(recordings.speakers, recordings.words)]
print(f"{len(set(pairs)):,} pairs of speaker and word, "
      f"{len(pairs) - len(set(pairs)):,} further recordings of such a pair")

# %% [markdown]
# **To think about.** If there are no such further recordings in your data, is it safe then to split clips at
# random? What else do two clips of the same speaker share? And what happens if you first make five noisy
# copies of every clip and split afterwards?
#
# ## 7 Standardising
#
# Coefficient 0 runs into the hundreds, coefficient 39 hardly leaves 0. To a network, which multiplies and
# adds, a large number is an important number, so at first it would listen to almost nothing but loudness. The
# cure is to shift and scale every coefficient so that its mean is 0 and its standard deviation 1.
#
# Let $x_{itf}$ be coefficient $f$ in frame $t$ of clip $i$, for $N$ clips of $T$ frames. Mean and standard
# deviation are taken over all clips and all frames, for each coefficient by itself:
#
# $$\mu_f = \frac{1}{NT} \sum_{i=1}^{N} \sum_{t=1}^{T} x_{itf}, \qquad
#   \sigma_f = \sqrt{\frac{1}{NT} \sum_{i=1}^{N} \sum_{t=1}^{T} (x_{itf} - \mu_f)^2}, \qquad
#   z_{itf} = \frac{x_{itf} - \mu_f}{\sigma_f}.$$
#
# Why over the frames as well? A word may begin a little earlier or later, so frame 20 of one clip has nothing
# in common with frame 20 of another.
#
# One thing more, and it is the same as in section 6: **$\mu$ and $\sigma$ come from the training clips
# alone.** Validation and testing stand for clips that nobody has heard yet, and of those you do not know the
# mean. That is why it takes two functions: one that learns from the training clips, and one that applies what
# was learned to any clip.
#
# ### Exercise 5: learn mean and standard deviation
#
# *10 minutes · medium · 2 points*
#
# Write `fit_standardiser`. Divide by $NT$, as in the formula (statisticians call this the *population*
# standard deviation), and add nothing to $\sigma$: a coefficient that never changes has a standard deviation
# of 0, and it is better to find that out than to hide it.
#
# <details><summary>Hint 1</summary>
#
# Which axes have to go, so that (N, T, F) becomes (F,)?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.mean` and `np.std` take a tuple of axes: `axis=(..., ...)`.
#
# </details>

# %% nbgrader={"grade_id": "fit_standardiser-solution", "solution": true}
def fit_standardiser(features):
    """Learn the mean and the standard deviation of every coefficient.

    Args:
        features: training clips, shape (N, T, F): N clips, T frames, F coefficients.

    Returns:
        mean: of each coefficient over all clips and frames, shape (F,).
        std: its population standard deviation (divided by N * T) with nothing added, shape (F,).
            Where a coefficient never changes it is 0.
    """
    ### BEGIN SOLUTION
    return np.mean(features, axis=(0, 1)), np.std(features, axis=(0, 1))
    ### END SOLUTION

# %% nbgrader={"grade_id": "fit_standardiser", "grade": true, "points": 2}
check(fit_standardiser)
### BEGIN HIDDEN TESTS
judge(fit_standardiser)
### END HIDDEN TESTS

# %% [markdown]
# **To think about.** You train a network, and a month later its user speaks a single word. Where do $\mu$ and
# $\sigma$ for that one clip come from?
#
# ### Exercise 6: standardise
#
# *5 minutes · easy · 2 points*
#
# Write `standardise`, which applies a mean and a standard deviation that are already known. It must work for
# many clips, (N, T, F), and for a single one, (T, F), and leave the array that it is given as it was.
#
# This is what you will see when both functions work:
#
# ![Two panels with the mean and the standard deviation of each of the 40 coefficients: before, coefficient 0 lies
# hundreds below the rest; after, all means are 0 and all standard deviations 1](expected:standardised)
#
# <details><summary>Hint 1</summary>
#
# NumPy lines up the *last* axes of two arrays: (N, T, F) and (F,) fit together as they are. This is called
# broadcasting.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `features -= mean` would change the caller's array. `features - mean` makes a new one.
#
# </details>

# %% nbgrader={"grade_id": "standardise-solution", "solution": true}
def standardise(features, mean, std):
    """Shift and scale every coefficient with a given mean and standard deviation.

    Args:
        features: clips of any split, shape (N, T, F), or a single clip, shape (T, F).
        mean: what to subtract from each coefficient, shape (F,).
        std: what to divide each coefficient by afterwards, shape (F,); nowhere 0.

    Returns:
        A new array of the shape of `features`.
    """
    ### BEGIN SOLUTION
    return (features - mean) / std
    ### END SOLUTION

# %% nbgrader={"grade_id": "standardise", "grade": true, "points": 2}
check(standardise)
### BEGIN HIDDEN TESTS
judge(standardise)
### END HIDDEN TESTS

# %% tags=["figure:standardised", "shows"]
training_mfcc = features.mfcc_of(dataset.training)
training_mean, training_std = fit_standardiser(training_mfcc)
plotting.coefficient_spread({"training, before": training_mfcc,
                             "training, after": standardise(training_mfcc, training_mean, training_std)})

# %% [markdown]
# And the words from section 5 once more, on one scale of colours for all coefficients:

# %% tags=["shows"]
after = standardise(features.mfcc(clips[mine]), training_mean, training_std)
plotting.pictures(dict(zip([f"“{word}”" for word in words[mine]], after)), columns=3,
                  limits=(-4, 4), ylabel="coefficient")

# %% [markdown]
# **To think about.** Standardise the validation clips with the training clips' mean and standard deviation,
# and look at the mean of the result. It is not exactly 0. Is that wrong?
#
# ## 8 Two questions
#
# These are marked by a person. Three or four sentences each are enough.
#
# ### Question 1
#
# *8 minutes · 2 points*
#
# A colleague recorded 20 friends who each said ten words ten times. She shuffled the 2,000 clips, trained on
# 80 % of them and reports an accuracy of 97 % on the others. What did she measure, what did she not measure,
# and what should she do before she sells a product to the world?

# %% [markdown] nbgrader={"grade_id": "why-no-speaker-in-two-splits", "grade": true, "solution": true, "points": 2}
# **Model answer.** All 20 friends are in training and in testing, nearly all with the same words too. The 97
# % say how well the network does on *further recordings of people whom it has already heard* (a fair number
# for a device that only these 20 will ever use). They do not say how it does with strangers, and that is what
# a product meets; there the accuracy will be lower, by an amount that this experiment cannot tell, since
# recognising the speaker, the room or the microphone was of help. She should split by speaker: some of the
# friends for testing only, some for validation only (for instance by the hash rule), train again and report
# the accuracy on voices never heard, knowing that a handful of test speakers gives only a rough number; more
# speakers are worth more than more clips of the same ones.
#
# **Marking scheme.** 1 point: the number measures (or may measure) recognition of known speakers, their rooms
# and microphones, and is therefore no measure for unheard people. 1 point: the remedy is a split in which
# each speaker is in one part only, and to measure again. Half a point where the answer says "overfitting" or
# "leak" without saying what leaks.

# %% [markdown]
# ### Question 2
#
# *5 minutes · 1 point*
#
# Somebody fills the class *silence* with clips of digital zeros, for training and for testing. The network
# gets 100 % of the silence right in the test. What did it learn, and what happens when it is switched on in a
# kitchen at night? Use what you saw in sections 2 and 5.

# %% [markdown] nbgrader={"grade_id": "why-silence-is-not-zeros", "grade": true, "solution": true, "points": 1}
# **Model answer.** Digital zeros all have exactly the same MFCC, and no recording has them (coefficient 0 is
# lower than in the softest clip of silence, all others are 0). The network learned "exactly zero means
# silence", which is trivial, and the test asks for nothing else. No microphone gives exact zeros: in the
# kitchen there is a fridge, a street, the hiss of the microphone. None of that looks like the training
# silence, so it is put into one of the other classes: keywords are "heard" in an empty room. Silence for
# training and testing has to be recorded noise, different noise in each split.
#
# **Marking scheme.** 1 point for both: zeros are a special pattern that real recordings never show, and real
# quiet is therefore taken for a word (false alarms). Half a point for one of the two.

# %% [markdown]
# ## Summary
#
# - A recording is a row of numbers. Silence is a recording as well, of noise.
# - Count before you train: every class, every split.
# - Labels become one-hot rows; a clip becomes a picture of 49 frames x 40 MFCC.
# - A speaker belongs to one split only. A hash of the id sees to it, today and next year.
# - A leak does not look like a mistake. It looks like success.
# - What is learned, be it weights or a mean, is learned from training clips alone.
#
# You have written what `features.prepare(dataset)` does: MFCC, standardised with the training clips'
# statistics. The next lesson starts from there, with a first network.
#
# ## Further reading
#
# - Pete Warden: *Speech Commands: A Dataset for Limited-Vocabulary Speech Recognition* (2018),
#   [arXiv:1804.03209](https://arxiv.org/abs/1804.03209). The data set, the twelve classes and the hash rule.
# - Steven B. Davis and Paul Mermelstein: *Comparison of Parametric Representations for Monosyllabic Word
#   Recognition in Continuously Spoken Sentences*, IEEE Transactions on Acoustics, Speech, and Signal
#   Processing 28(4), pages 357-366 (1980). Where MFCC come from.
# - Yundong Zhang, Naveen Suda, Liangzhen Lai and Vikas Chandra: *Hello Edge: Keyword Spotting on
#   Microcontrollers* (2017), [arXiv:1711.07128](https://arxiv.org/abs/1711.07128). How small a keyword
#   spotter can be.
# - Sohrab Saeb and others: *The Need to Approximate the Use-Case in Clinical Machine Learning*, GigaScience
#   6(5) (2017), [doi:10.1093/gigascience/gix019](https://doi.org/10.1093/gigascience/gix019). The tea
#   experiment, with patients: many published studies had the same people in training and test.
# - Sayash Kapoor and Arvind Narayanan: *Leakage and the Reproducibility Crisis in Machine-Learning-Based
#   Science*, Patterns 4(9) (2023), [arXiv:2207.07048](https://arxiv.org/abs/2207.07048). Eight kinds of
#   leaks, in 17 fields.
