# %% [markdown]
# # 1 · Look, listen, count
#
# **Goal:** get to know spoken keywords well enough to hand them to a network, and to trust what you will
# measure later.
#
# After this lesson you will be able to
#
# - say what a recording is, and how silence differs from a row of zeros
# - count classes, and write labels in the form that a network learns from
# - turn a second of sound into a small picture, its MFCC, and explain every step on the way
# - split recordings so that no speaker is in two splits, and explain what goes wrong otherwise
# - standardise features without looking at clips that are meant to be unheard
#
# *About 120 minutes · 15 points · needs Python, a little algebra, and the [NumPy warm-up](00_warm_up.ipynb)*
#
# ## How to work with this notebook
#
# - Run the cells from top to bottom with `Shift+Enter`.
# - Where a cell says `raise NotImplementedError()`, replace that line with your code. The docstring says exactly what
#   goes in and what comes out.
# - `check(...)` shows how far your function gets, and what to do next. The grade comes from other inputs than the
#   check's, so the function must work in general.
# - Stuck? Open the hints one at a time. After three checks that failed, they come by themselves. An exercise that you
#   skip stops nothing.
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
# The table shows which data you are working with. The *bundled* voices come with the course. Computers made them:
# there is nothing to download, and nobody's privacy is at stake. They vary less than people's voices do, so a network
# that has heard nothing else understands people less well. Everything below also works with people's recordings: set
# the environment variable `KWS_DATA` to a folder with the Speech Commands data.
#
# ## What a keyword spotter is
#
# A keyword spotter listens all the time for a few words and ignores everything else. It wakes a phone or stops a
# machine. It has to be small, because it never sleeps and runs on a battery. And it has to be hard to fool, since
# nearly everything it hears all day long is *not* a keyword.
#
# So ten keywords make twelve classes: the keywords, *unknown* for every other word, and *silence* for when nobody
# speaks.

# %% tags=["shows"]
print(", ".join(dataset.class_names))

# %% [markdown]
# ## A recording is a row of numbers
#
# A microphone measures the pressure of the air again and again. Each measurement is a **sample**: a number from
# -1 to 1, 0 at rest. The **sample rate** is the number of samples in a second.

# %% tags=["shows"]
clips, labels, words = dataset.training.clips, dataset.training.labels, dataset.training.words
print(f"{data.SAMPLE_RATE:,} samples in a second, {data.CLIP_SAMPLES:,} samples in a clip")
print("Ten samples from the middle of the first clip:", clips[0][8000:8010].round(4))

# %% [markdown]
# For a first look we want clear recordings. Call a recording clear if its loudest sample is more than a hundred
# times as large as the average sample in the first and last tenth of the second. (Where most recordings are too noisy
# for that, the clearer half will do.) Let us meet the speaker with the most keywords that are clear, and listen to two
# of them.

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
# You can see *when* somebody speaks, but not *what*. Say a word twice, and the two waveforms differ in nearly
# every sample. So a network gets something better than raw samples; you will make it below.
#
# ### Silence is not zeros
#
# Now the class *silence*. Nobody speaks, and yet there is always something to be heard: a fan, rain, traffic, the
# microphone's own hiss. Clips of silence are cut from long recordings of such noise.

# %% tags=["shows"]
def name_of_noise(recording):
    return recording.rpartition("/")[2].partition(".")[0]

def print_noises():
    for split in (dataset.training, dataset.validation, dataset.testing):
        cut_from = split.speakers[split.labels == dataset.class_names.index("silence")]
        noises = sorted(set(map(name_of_noise, cut_from)))
        print(f"{len(cut_from)} clips of silence from {len(noises)} recordings: {', '.join(noises)}\n")

print_noises()

# %% [markdown]
# The bundled noises were computed, and nobody says a word in them. (The *murmur* is a crowd, too far away for words.)
# No recording of noise serves two splits. For each kind there are several recordings.

# %% tags=["claim"]
noises_of = [set(split.speakers[split.labels == 11])
             for split in (dataset.training, dataset.validation, dataset.testing)]
kinds_of = [{name_of_noise(one).partition("_")[0] for one in noises} for noises in noises_of]
shared = len(noises_of[0] & noises_of[1] | noises_of[1] & noises_of[2] | noises_of[0] & noises_of[2])
claim("No recording of noise serves two splits", shared == 0, shared)
allowed = {"fan", "fire", "hiss", "hum", "keyboard", "kitchen", "murmur", "rain", "traffic", "water", "wind"}
claim("nobody says a word in them", set().union(*kinds_of) <= allowed, ", ".join(sorted(set().union(*kinds_of))))
claim("For each kind there are several recordings", kinds_of[0] == kinds_of[1] == kinds_of[2] and all(
    sum(f"/{kind}_" in one for noises in noises_of for one in noises) >= 2 for kind in kinds_of[0]), len(kinds_of[0]))

# %% [markdown]
# **Guess first.** Here comes a clip that is neither among the loudest nor among the softest. How many of its samples
# are exactly 0?
#
# <details><summary>Nearly all of them</summary>
#
# No. That would be a recording with the microphone unplugged, and even then there is the noise of the electronics.
#
# </details>
#
# <details><summary>Fewer than one in twenty</summary>
#
# Yes. Noise swings around 0 and crosses it all the time, but it hardly ever hits it exactly. That holds for every
# clip of silence in the bundled data.
#
# </details>

# %% tags=["claim"]
share_of_zeros = max(np.mean(clip == 0) for split in (dataset.training, dataset.validation, dataset.testing)
                     for clip in split.clips[split.labels == 11])
claim("Fewer than one in twenty", share_of_zeros < 0.05, share_of_zeros)

# %% tags=["shows"]
is_silence = labels == dataset.class_names.index("silence")
by_loudness = sorted(np.flatnonzero(is_silence), key=lambda number: np.abs(clips[number]).max())
silent_clip = by_loudness[len(by_loudness) // 2]
silence = clips[silent_clip]
plotting.waveforms([silence], [f"silence, from {name_of_noise(dataset.training.speakers[silent_clip])} (mind the scale)"])
print(f"Samples of this clip that are exactly zero: {np.sum(silence == 0)} of {len(silence):,}")
print(f"Clips of silence that are nothing but zeros: {sum(not clip.any() for clip in clips[is_silence])}")

# %% tags=["shows"]
Audio(silence, rate=data.SAMPLE_RATE, normalize=False)

# %% [markdown]
# It is tempting to make the class *silence* out of `np.zeros`. A question at the end returns to that.
#
# ## Count the clips of each class
#
# Before anything else, count. If nine clips in ten were *unknown*, a program that always answers *unknown* would
# be right nine times in ten and good for nothing.
#
# Every clip has a **label**: the number of its class, starting with 0, in the order of `dataset.class_names`.

# %% tags=["shows"]
def print_labels():
    for number in np.linspace(0, len(labels) - 1, 6, dtype=int):
        name = dataset.class_names[labels[number]]
        print(f"clip {number:>5}: label {labels[number]:>2}, class “{name}”, spoken: “{words[number].strip('_')}”")

print_labels()

# %% [markdown]
# ### Exercise 1: count the classes
#
# *5 minutes · easy · 1 point*
#
# Write `class_counts`, which counts the clips of each class. A class without clips is the one that you most want
# to hear about, so it is in the result too, with 0.
#
# This is what you will see when it works:
#
# ![Three bar charts, one per split, with the number of clips of each of the twelve classes: about equal
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
# `enumerate(class_names)` goes through the classes and gives the number of each along with its name. It also
# visits a class that never occurs.
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
# **Guess first.** A program gives the same answer to every clip, and picks that answer as well as it can. How often
# is it right on the testing clips? That is the **baseline**, the accuracy to beat.
#
# <details><summary>For half of the clips</summary>
#
# No. That would be the baseline of two classes of equal size.
#
# </details>
#
# <details><summary>For one clip in twelve, 8.3 %</summary>
#
# Yes: all classes of the bundled data are equally large, so no answer is better than another. With nine clips in ten
# of one class, the baseline would be 90 %.
#
# </details>
#
# ## Labels for a network
#
# A network does not answer "class 7". It gives twelve numbers, one for each class, which say how strongly it favours
# that class. To tell the network how wrong it was, the truth must have the same form: everything on one class.
#
# That form is called **one-hot**. For $C$ classes, clip $i$ with label $y_i$ gets a row $t_i$ of $C$ numbers,
#
# $$t_{ik} = \begin{cases} 1 & \text{if } k = y_i \\ 0 & \text{otherwise} \end{cases} \qquad k = 0, \dots, C - 1.$$
#
# Why not simply give the network the number 7? Because numbers have an order. A network that hesitates between class 6
# and class 8 would answer 7, and *off* is no compromise between *on* and *stop*.
#
# ### Exercise 2: one-hot labels
#
# *10 minutes · easy · 2 points*
#
# Write `one_hot`. It has `n_classes` columns, even where some classes have no clip: the network has an output for
# each of them. Networks compute in `float32`, so that is the type of the result.
#
# This is what you will see when it works:
#
# ![A picture of twelve rows and twelve columns, dark but for one bright square in every row, in the
# column of the clip's class; four words share the column "unknown"](expected:one-hot)
#
# <details><summary>Hint 1</summary>
#
# Start with `np.zeros((..., ...), dtype=np.float32)` and set the right places to 1. A loop over the clips is fine.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Without a loop: the one-hot rows of all classes, one below the other, are a well-known matrix. NumPy has a
# function for it, and indexing with an array of integers picks rows from a matrix.
#
# </details>

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `up_to` writes each number as a row that has ones up to that column:
#
# ```python
# def up_to(numbers, n_columns):
#     result = np.zeros((len(numbers), n_columns), dtype=np.float32)
#     for row, number in enumerate(numbers):
#         result[row, :number + 1] = 1
#     return result
# ```
#
# `enumerate` gives the number of the row along with the value. In `one_hot`, only one place of each row becomes 1.

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
_, firsts = np.unique(words, return_index=True)  # a clip of each word
is_unknown = labels[firsts] == dataset.class_names.index("unknown")
some = np.concatenate([firsts[is_unknown][:4], firsts[~is_unknown][:8]])
encoded = one_hot(labels[some], len(dataset.class_names))
plotting.label_picture(encoded, [word.strip("_") for word in words[some]], dataset.class_names)

# %% tags=["claim"]
claim("Several different words have their 1 in the column unknown",
      len(set(words[some][np.argmax(encoded, axis=1) == 10])) >= 3, int(sum(encoded[:, 10])))
sizes = [set(class_counts(split.labels, dataset.class_names).values())
         for split in (dataset.training, dataset.validation, dataset.testing)]
claim("all classes of the bundled data are equally large", all(len(one) == 1 for one in sizes), str(sizes))
baseline = max(class_counts(dataset.testing.labels, dataset.class_names).values()) / len(dataset.testing)
claim("For one clip in twelve, 8.3 %", round(100 * baseline, 1) == 8.3, baseline)

# %% [markdown]
# **To think about.** Several different words have their 1 in the column *unknown*. What will a network have to learn for
# this class that it need not learn for *stop*?
#
# <details><summary>An answer</summary>
#
# For *stop*, it has to learn how one word sounds. Nothing in sound is common to all other words: *unknown* means "a
# word, and none of the ten". So the network must know the ten keywords well enough to reject the rest, also words that
# are not in the training clips at all. And it must tell a word from noise.
#
# </details>
#
# ## From a waveform to a picture
#
# A word is a sequence of sounds, and a sound is a mixture of frequencies: "s" hisses high up, "o" hums further down. So
# we cut the clip into short pieces, and ask which frequencies are in each.
#
# ### Frames
#
# The pieces are called **frames**. A *window* of a fixed length lies at the start of the clip, then moves on by a
# *hop*, and again, as long as it fits. Within a few hundredths of a second a sound of speech is nearly steady. The hop
# is shorter than the window, so that frames overlap and nothing is lost at a border. We use a window of 640 samples
# (40 ms) and a hop of 320 (20 ms).
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
# Write `frame_count`. It decides how large the input of every network in this course is, and being off by one is a
# classic mistake.
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
# **To think about.** Here the last window ends exactly where the clip ends. With a hop of 300 samples, how many samples
# at the end would be in no frame at all? Does it matter?
#
# <details><summary>An answer</summary>
#
# The window has 16,000 - 640 = 15,360 samples of room, and 51 hops of 300 fit: 15,300. The last 60 samples are in no
# frame, less than 4 ms. For a word in the middle of a clip that does not matter. For a clip that is cut off within its
# last sound it matters a little.
#
# </details>
#
# ### From a frame to its spectrum
#
# The **Fourier transform** tells how strong each frequency is in a frame. (`np.fft.rfft` takes 640 samples and gives 321
# complex numbers, one for every 25 Hz from 0 to 8 kHz. The square of their absolute value is the power.) A frame is cut
# out with a hard edge on both sides, and an edge sounds like a click, which contains every frequency. So the frame is
# faded in and out first, with a *Hann window*. Here is a frame of the clip's vowel: the one with the most power between
# 500 and 4,000 Hz.

# %% tags=["shows"]
one_clip = clips[our_clips[0]]
starts = range(0, data.CLIP_SAMPLES - features.WINDOW + 1, features.HOP)
frames = np.array([one_clip[start:start + features.WINDOW] for start in starts])  # (49, 640)
hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(features.WINDOW) / features.WINDOW)
power_spectrum = np.abs(np.fft.rfft(frames * hann)) ** 2  # (49, 321): frequencies from 0 to 8 kHz
vowel = np.argmax(np.sum(power_spectrum[:, 20:160], axis=1))
plotting.spectrum(frames[vowel], power_spectrum[vowel])

# %% tags=["claim"]
vowel_decibel = 10 * np.log10(power_spectrum[vowel])
teeth = np.array([25 * k for k in range(2, 48) if vowel_decibel[k] == max(vowel_decibel[k - 2:k + 3])])
claim("narrow peaks at equal distances", len(teeth) >= 6 and np.ptp(np.diff(teeth)) <= 50, f"{teeth} Hz")

# %% [markdown]
# Where the vocal cords sound, as in a vowel, the spectrum is a comb: narrow peaks at equal distances, the multiples of
# the pitch of the voice. The broad hills over the comb come from the shape of the mouth, and *they* make an "e" an "e".
# The comb tells who speaks, the hills tell what is said. So the next steps keep the hills and blur the comb.
#
# ### From the spectrum to MFCC
#
# - **Mel.** The ear easily tells 200 Hz from 300 Hz, but not 7,000 Hz from 7,100 Hz. The *mel scale* spaces
#   frequencies the way the ear does. 128 filters, narrow at the bottom and wide at the top, each add up the power of a
#   band: a matrix product, `@`.
# - **Logarithm.** The ear hears ratios. Twice the power is always the same step up, 3 decibels (dB), whether the sound
#   is soft or loud. Whatever lies more than 80 dB below the loudest point of the clip is raised to that level.
# - **Cosine transform.** Neighbouring bands are much alike. A cosine transform (DCT) over the bands writes a frame as a
#   level, a slope, a bend, and ever finer ripples. The first 40 of these numbers keep the hills. They are the
#   **mel-frequency cepstral coefficients**, MFCC.
#
# Each step takes a line or two:

# %% tags=["shows"]
from scipy.fft import dct

filters = features.mel_filters()  # (128, 321): one row per band, as in librosa.filters.mel
mel_bands = power_spectrum @ filters.T  # (49, 128)
decibel = 10 * np.log10(np.maximum(mel_bands, 1e-10))
decibel = np.maximum(decibel, decibel.max() - 80)
our_mfcc = dct(decibel, norm="ortho")[:, :40]  # (49, 40)
plotting.pictures({"spectrum (power)": power_spectrum, "128 mel bands (power)": mel_bands,
                   "mel bands in dB": decibel, "MFCC (without coefficient 0)": our_mfcc[:, 1:]},
                  ylabel=["frequency in kHz", "band", "band", "coefficient"],
                  heights=[(0, 8), (0, 128), (0, 128), (0.5, 39.5)])
print(f"{len(one_clip):,} samples have become {our_mfcc.shape[0]} x {our_mfcc.shape[1]} = {our_mfcc.size:,} numbers.")

# %% tags=["claim"]
dark = [np.mean(values < values.max() / 10) for values in (power_spectrum, mel_bands)]
claim("nearly everything is dark", min(dark) > 0.95, f"below a tenth of the highest: {min(dark):.1%}")

# %% [markdown]
# In the two upper pictures nearly everything is dark, because power spans many powers of ten. After the logarithm the
# word appears. (Coefficient 0, left out of the last picture, is the level of the whole frame, its loudness. It is so
# far from the others that they would all get the same colour.)
#
# From here on we use `features.mfcc`, which does the same for many clips at a time.

# %% tags=["shows"]
difference = np.max(np.abs(our_mfcc - features.mfcc(one_clip)))
print(f"Our MFCC and those of features.mfcc differ by less than 0.01: {difference < 0.01}")

# %% tags=["claim"]
claim("does the same for many clips at a time", difference < 0.01, float(difference))

# %% [markdown]
# Several words of one speaker, then one word of several speakers. The lowest row is coefficient 0, off the scale of
# colours: standardising will fix that.

# %% tags=["shows"]
mine = our_clips[:6]
before = features.mfcc(clips[mine])
plotting.pictures(dict(zip([f"“{word}”" for word in words[mine]], before)), columns=3,
                  limits=(-60, 60), ylabel="coefficient")

# %% tags=["shows"]
favourite = words[our_clips[0]]
others = np.flatnonzero(words == favourite)
others = others[np.linspace(0, len(others) - 1, 6, dtype=int)]
print(f"{len(others)} speakers, one word: “{favourite}”")
plotting.pictures({f"speaker {speaker}": values for speaker, values in
                   zip(dataset.training.speakers[others], features.mfcc(clips[others]))},
                  columns=3, limits=(-60, 60), ylabel="coefficient")

# %% [markdown]
# **To think about.** Which of the upper pictures shows the word of the lower ones? What changes between speakers, and
# what stays?
#
# <details><summary>An answer</summary>
#
# The first: the lower pictures show the same word, spoken by others. It begins earlier or later, is longer or shorter, louder
# or softer, and the upper coefficients are quite different. What stays is the order of events in the lowest
# coefficients, the hills. The networks of the coming lessons have to find it.
#
# </details>
#
# (In some pictures a bright band bends through the upper coefficients. It is the comb of a high voice, whose teeth lie
# so far apart that 40 coefficients can follow them. The higher the voice, the lower the band: teeth further apart are a
# coarser ripple. The band follows the melody, not the word.)

# %% tags=["claim"]
def band_and_pitch(clip):  # of each frame with a clear comb, its teeth 160 Hz apart or more
    found, hann_1024 = [], np.hanning(1024)
    for start in range(0, 16000 - 1024, 320):
        spectra = [np.abs(np.fft.rfft(part, 4096)) ** 2 for part in (clip[start:start + 1024] * hann_1024, hann_1024)]
        ours, of_window = (np.fft.irfft(one)[:101] for one in spectra)
        periodic = (ours / (ours[0] + 1e-9)) / (of_window / of_window[0])
        lag = 40 + np.argmax(periodic[40:])
        if periodic[lag] > 0.95 and ours[0] > 1:
            found.append((20 + np.argmax(features.mfcc(clip)[start // 320, 20:]), 16000 / lag))
    return np.array(found)
with_band = [found for found in map(band_and_pitch, clips[others]) if len(found) > 9]
relation = [float(np.corrcoef(found.T)[0, 1]) for found in with_band]
claim("The higher the voice, the lower the band", relation and max(relation) < -0.5, str(np.round(relation, 2)))

# %% [markdown]
# Last, the clip of silence from above beside digital zeros, both without coefficient 0:

# %% tags=["shows"]
digital_zeros = np.zeros(data.CLIP_SAMPLES, dtype=np.float32)
mfcc_of_zeros = features.mfcc(digital_zeros)
plotting.pictures({"recorded silence": features.mfcc(silence)[:, 1:], "digital zeros": mfcc_of_zeros[:, 1:]},
                  limits=(-60, 60), ylabel="coefficient", heights=[(0.5, 39.5)] * 2)
loudness = features.mfcc_of(dataset.training)[is_silence, :, 0].mean(axis=1)
print(f"Coefficient 0, mean of a clip: digital zeros {mfcc_of_zeros[:, 0].mean():.0f}, "
      f"all clips of silence from {loudness.min():.0f} to {loudness.max():.0f}")

# %% tags=["claim"]
claim("Digital zeros give exactly 0 in every coefficient but the first", np.abs(mfcc_of_zeros[:, 1:]).max() < 1e-3,
      float(np.abs(mfcc_of_zeros[:, 1:]).max()))
claim("$-100 \\cdot \\sqrt{128} = -1131$", round(float(mfcc_of_zeros[:, 0].mean())) == -1131, float(mfcc_of_zeros[0, 0]))
claim("No clip of silence is as soft", loudness.min() > mfcc_of_zeros[:, 0].mean() + 50, float(loudness.min()))

# %% [markdown]
# Digital zeros give exactly 0 in every coefficient but the first. Their power is raised to $10^{-10}$, which is -100 dB,
# in all 128 bands, and the first coefficient becomes $-100 \cdot \sqrt{128} = -1131$. No clip of silence is as soft.
#
# ## Training, validation, testing
#
# A network can learn its clips by heart. You want to know how it does on clips that it has *never* heard, so the data
# is divided into three **splits**:
#
# - **training**: the network learns from these;
# - **validation**: you try things out on these: how long to train, how large a network, which threshold;
# - **testing**: you look at these once, at the very end, for the number that you report.
#
# Clips that the network does not learn from are called **held out**.
#
# Dividing at random, clip by clip, looks fair. But a network hears *people*: a voice, a microphone, a room with an echo.
# What it learns about Anna's voice from her training clips helps it with Anna's test clips, and with nobody else's. A
# product is used by people who were never recorded. So **a speaker belongs to one split only**, with every clip.
#
# ### The official rule
#
# Speech Commands, the data set on which most keyword spotters are compared, decides by a **hash**: a function that
# turns any text into a number that looks random but is always the same for the same text. For a speaker with the id $s$,
#
# $$p = \left(\operatorname{SHA1}(s) \bmod 2^{27}\right) \cdot \frac{100}{2^{27} - 1},$$
#
# where $\operatorname{SHA1}(s)$ is the SHA-1 hash of the id, read as a whole number. So $p$ lies between 0 and 100.
# With $v$ per cent for validation and $t$ per cent for testing, the speaker goes
#
# - to validation if $p < v$,
# - to testing if $v \le p < v + t$,
# - to training otherwise.
#
# Why a hash, and not a random draw?
#
# - It needs no list and no seed: anybody, anywhere, gets the same splits from the ids alone.
# - It does not depend on who else is there. When a thousand new speakers join next year, nobody moves. With a new draw,
#   somebody who was in training yesterday would be in testing today, and yesterday's network has heard that voice.
#
# ### Exercise 4: split by speaker
#
# *20 minutes · medium · 3 points*
#
# Write `split_by_speaker`. It gets the speaker of every clip, an id such as `"0d9457e1"`, and says for every clip which
# split it belongs to. The loop is there already; your part is what happens to one speaker.
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

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `size_of` draws a T-shirt for every guest by the MD5 hash of the name: a share of
# `small` per cent gets size S, a share of `medium` per cent M, everybody else L.
#
# ```python
# def size_of(names, small, medium):
#     sizes = []
#     for name in names:
#         number = int(hashlib.md5(name.encode()).hexdigest(), 16)
#         p = number % 1000 / 10  # 0 to 99.9
#         if p < small:
#             sizes.append("S")
#         elif p < small + medium:
#             sizes.append("M")
#         else:
#             sizes.append("L")
#     return np.array(sizes)
# ```
#
# Text becomes bytes, bytes become hexadecimal digits, digits become a whole number, and its last part decides.

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
    splits = []
    for speaker in speakers:
        ### BEGIN SOLUTION
        number = int(hashlib.sha1(speaker.encode()).hexdigest(), 16)
        p = (number % 2**27) * 100 / (2**27 - 1)
        if p < validation_percent:
            splits.append("validation")
        elif p < validation_percent + testing_percent:
            splits.append("testing")
        else:
            splits.append("training")
        ### END SOLUTION
    return np.array(splits)

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
# **Guess first.** Now the clips are drawn at random instead, one by one. Each speaker has about seven clips. How many
# of the 514 speakers end up in more than one split?
#
# <details><summary>About one in five</summary>
#
# No. One *clip* in five leaves training, but a speaker has seven clips. All seven must land in the same split.
#
# </details>
#
# <details><summary>More than three in four</summary>
#
# Yes. All seven clips are in training with a probability of $0.8^7 = 0.21$, so about 79 % of the speakers are divided.
#
# </details>

# %% tags=["shows"]
def speakers_in_several_splits(speakers, splits):
    pairs = set(zip(speakers, splits))  # one for each split that a speaker is in
    return sum(count > 1 for count in Counter(speaker for speaker, split in pairs).values())

clip_by_clip = np.random.default_rng(0).choice(["training", "validation", "testing"],
                                               p=[0.8, 0.1, 0.1], size=len(recordings))
print(f"of {len(np.unique(recordings.speakers)):,} speakers are in more than one split:")
print(f"  clips drawn at random: {speakers_in_several_splits(recordings.speakers, clip_by_clip):,}")
print(f"  your split:            {speakers_in_several_splits(recordings.speakers, splits_of_clips):,}")

# %% tags=["claim"]
divided = speakers_in_several_splits(recordings.speakers, clip_by_clip) / len(np.unique(recordings.speakers))
claim("More than three in four", 0.75 < divided < 0.85, divided)
claim("Each speaker has about seven clips", 6.5 < len(recordings) / len(np.unique(recordings.speakers)) < 7.5,
      len(recordings) / len(np.unique(recordings.speakers)))
claim("514 speakers", len(np.unique(recordings.speakers)) == 514, len(np.unique(recordings.speakers)))

# %% [markdown]
# **To think about.** Why are the shares not exactly 80, 10 and 10 per cent, and why do clips and speakers have different
# shares? Is that a mistake in the rule?
#
# <details><summary>An answer</summary>
#
# No. Each speaker's $p$ is like a draw, and with 514 draws the shares come out about right, not exactly. The rule never
# looks at the clips: a speaker with many clips weighs more among the clips than among the speakers. The more speakers
# there are, the closer both come to 80, 10 and 10.
#
# </details>
#
# <details><summary>When the id is not the whole truth</summary>
#
# A data set may come with lists that say which clip is in which split, and then the lists decide. Those of the bundled
# voices do not follow the rule, for a reason that is worth knowing: behind several of the speaker ids there is *the
# same* computer voice, made higher or lower or given a longer throat. Such relatives sound alike, a hash of their ids
# cannot know it, and the lists keep them together. The rule protects you from leaks only as far as the id names what
# can leak. Ask of any data: same person under two ids? Same room? Same recording, cut in two?
#
# Compare for yourself: `np.mean(splits_of_clips == recordings.splits)`.
#
# </details>

# %% tags=["claim"]
same_split = np.mean(splits_of_clips == recordings.splits)
claim("do not follow the rule", same_split < 0.9, float(same_split))

# %% [markdown]
# ### What went wrong here?
#
# A survey. All the speakers of the training split were asked whether they prefer tea or coffee, and a classifier is to
# *hear* the answer. It gets 80 numbers for each clip: mean and standard deviation of each MFCC over time. It is the
# simplest classifier there is, the **nearest neighbour**: it looks for the training clip that is most like the test
# clip, and repeats that clip's answer. A quarter of the clips, drawn at random, is kept for testing.

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
# Guessing would be right about half of the time. So does the voice of a person give away what he or she drinks?
#
# Stop here and read the code once more, line by line. Where do the answers of the survey come from?
#
# <details><summary>What went wrong</summary>
#
# Nobody was asked anything. `prefers_tea` is the toss of a coin, one for each speaker. There is nothing to be
# heard.
#
# The classifier does not hear tea. It recognises the *speaker*: the clip most like a test clip is mostly one of the same
# voice, in the same room, at the same microphone, and that clip has the same answer, since a speaker has only one. The
# number is right, and it means nothing for anybody who was not recorded.
#
# </details>
#
# Let us test this explanation. We toss the coins ten times, and split each time in both ways. scikit-learn's
# `GroupShuffleSplit` draws whole groups of clips at random: with a group for each clip it draws single clips, with a
# group for each speaker whole speakers.
#
# **Guess first.** What will the mean accuracy be with whole speakers?
#
# <details><summary>Still about 80 %</summary>
#
# No. The classifier knew the answer because it had heard the speaker. Now it has heard no test speaker.
#
# </details>
#
# <details><summary>Somewhere in between, 65 %</summary>
#
# No. That would need something in the sound that tea drinkers share, and there is nothing: the answers are coins.
#
# </details>
#
# <details><summary>About 50 %</summary>
#
# Yes. Without known speakers the classifier can only guess.
#
# </details>

# %% tags=["claim"]
claim("Still about 80 %", 0.75 < accuracy < 0.85, float(accuracy))
_, _, who_train, who_test = train_test_split(sound, speaker, test_size=0.25, random_state=0)
recognised = make_pipeline(StandardScaler(), KNeighborsClassifier(n_neighbors=1)).fit(
    x_train, who_train).score(x_test, who_test)
claim("is mostly one of the same voice", recognised > 0.5, float(recognised))

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

# %% tags=["claim"]
claim("About 50 %", abs(by_speaker.mean() - 0.5) < 0.05, float(by_speaker.mean()))
claim("in each of the ten tosses the accuracy falls", np.all(by_clip > by_speaker),
      f"at least {(by_clip - by_speaker).min():.1%} apart")

# %% [markdown]
# Same sound, same classifier, about as many clips. Only the split has changed, and in each of the ten tosses the accuracy
# falls.
#
# With words in place of drinks there is something to be heard, so a leak adds less. It adds most where a speaker says
# the same word several times. Let us count such clips.

# %% tags=["shows"]
pairs = [f"{name} {word}" for name, word in zip(recordings.speakers, recordings.words)]
print(f"{len(set(pairs)):,} pairs of speaker and word, "
      f"{len(pairs) - len(set(pairs)):,} further recordings of such a pair")

# %% [markdown]
# **To think about.** In the bundled data nobody says a word twice. Is it safe then to split clips at random? What else do
# two clips of the same speaker share? And what happens if you first make five noisy copies of every clip and split
# afterwards?
#
# <details><summary>An answer</summary>
#
# It is not safe. Two clips of a speaker share the voice, the room, the microphone, and sounds: "on" and "off" begin
# alike. The tea classifier found the speaker through other words. With noisy copies it is worse: copies of the same clip
# land in training and in testing, and the network is tested on clips that it has nearly heard. First split, then copy.
#
# </details>

# %% tags=["claim"]
claim("In the bundled data nobody says a word twice", len(set(pairs)) == len(pairs), len(pairs) - len(set(pairs)))

# %% [markdown]
# ## Standardising
#
# Coefficient 0 runs into the hundreds, and coefficient 39 stays within a few tens of 0. A network multiplies and adds, so
# to it a large number is an important number: at first it would listen to almost nothing but loudness. The cure is to
# shift and scale every coefficient so that its mean is 0 and its standard deviation 1.
#
# Let $x_{itf}$ be coefficient $f$ in frame $t$ of clip $i$, for $N$ clips of $T$ frames. Mean and standard deviation are
# taken over all clips and all frames, for each coefficient by itself:
#
# $$\mu_f = \frac{1}{NT} \sum_{i=1}^{N} \sum_{t=1}^{T} x_{itf}, \qquad
#   \sigma_f = \sqrt{\frac{1}{NT} \sum_{i=1}^{N} \sum_{t=1}^{T} (x_{itf} - \mu_f)^2}, \qquad
#   z_{itf} = \frac{x_{itf} - \mu_f}{\sigma_f}.$$
#
# Why over the frames as well? A word may begin a little earlier or later, so frame 20 of one clip has nothing in common
# with frame 20 of another.
#
# **$\mu$ and $\sigma$ come from the training clips alone.** Validation and testing stand for clips that nobody has heard
# yet, so you cannot know their mean. That takes two functions: one that learns from the training clips, and one that
# applies what was learned to any clip.
#
# ### Exercise 5: learn mean and standard deviation
#
# *10 minutes · medium · 2 points*
#
# Write `fit_standardiser`. Divide by $NT$, as in the formula (statisticians call this the *population* standard deviation),
# and add nothing to $\sigma$: a coefficient that never changes has a standard deviation of 0, and it is better to find
# that out than to hide it.
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

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `limits_of_frames` finds the lowest and the highest value of every *frame*, over all clips
# and coefficients:
#
# ```python
# def limits_of_frames(features):  # (N, T, F)
#     lowest = np.min(features, axis=(0, 2))  # (T,)
#     highest = np.max(features, axis=(0, 2))  # (T,)
#     return lowest, highest
# ```
#
# The axes that are named go: 0, the clips, and 2, the coefficients. A function returns two things with a comma.

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
# **To think about.** You train a network, and a month later its user speaks a single word. Where do $\mu$ and $\sigma$
# for that one clip come from?
#
# <details><summary>An answer</summary>
#
# From the training clips, as for every other clip. The 40 means and 40 standard deviations belong to the network like its
# weights, and are stored and shipped with it. Taken from the single clip, they would remove what makes it loud or soft,
# high or low, and the network would see something that it was never trained on.
#
# </details>
#
# ### Exercise 6: standardise
#
# *5 minutes · easy · 2 points*
#
# Write `standardise`, which applies a mean and a standard deviation that are already known. It must work for many clips,
# (N, T, F), and for a single one, (T, F), and leave the array that it is given as it was.
#
# This is what you will see when both functions work:
#
# ![Two panels with the mean and the standard deviation of each of the 40 coefficients: before, coefficient 0 lies
# hundreds below the rest; after, all means are 0 and all standard deviations 1](expected:standardised)
#
# <details><summary>Hint 1</summary>
#
# NumPy aligns shapes at the right: (N, T, F) and (F,) fit together as they are.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `features -= mean` would change the caller's array. `features - mean` makes a new one.
#
# </details>

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `from_0_to_1` moves every coefficient so that the given limits become 0 and 1:
#
# ```python
# def from_0_to_1(features, lowest, highest):  # (..., F), (F,), (F,)
#     return (features - lowest) / (highest - lowest)
# ```
#
# It uses the limits that it is given and computes none of its own. Brackets: first subtract, then divide.

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

# %% tags=["claim"]
claim("Coefficient 0 runs into the hundreds", training_mean[0] < -300 and training_std[0] > 100, float(training_mean[0]))
claim("coefficient 39 stays within a few tens of 0", np.quantile(np.abs(training_mfcc[..., 39]), 0.999) < 50,
      float(np.quantile(np.abs(training_mfcc[..., 39]), 0.999)))

# %% [markdown]
# Here are the words of our speaker once more, on one scale of colours for all coefficients:

# %% tags=["shows"]
after = standardise(features.mfcc(clips[mine]), training_mean, training_std)
plotting.pictures(dict(zip([f"“{word}”" for word in words[mine]], after)), columns=3,
                  limits=(-4, 4), ylabel="coefficient")

# %% [markdown]
# **Guess first.** Standardise the validation clips with the training clips' mean and standard deviation. What is the mean
# of each coefficient then?
#
# <details><summary>Exactly 0: standardising makes it 0</summary>
#
# No. That holds for the clips from which $\mu$ was computed. These are others.
#
# </details>
#
# <details><summary>Close to 0, but not 0, and that is as it should be</summary>
#
# Yes. In the bundled data every mean lies within 0.5 of 0. The difference is real: other voices, other rooms. A mean that
# is exactly 0 would be a sign that you looked at the validation clips.
#
# </details>
#
# <details><summary>Far from 0, so validation needs a mean of its own</summary>
#
# No. Other speakers are not *that* different, and a mean of their own would be a look at clips that stand for unheard ones.
#
# </details>

# %% tags=["claim"]
of_validation = standardise(features.mfcc_of(dataset.validation), training_mean, training_std).mean(axis=(0, 1))
claim("every mean lies within 0.5 of 0", 0.001 < np.abs(of_validation).max() < 0.5, float(np.abs(of_validation).max()))

# %% [markdown]
# ## To finish: two questions, and an exercise for those who want more
#
# The questions are marked by a person. Three or four sentences each are enough.
#
# ### Question 1
#
# *8 minutes · 2 points*
#
# A colleague recorded 20 friends who each said ten words ten times. She shuffled the 2,000 clips, trained on 80 % of them
# and reports an accuracy of 97 % on the others. What did she measure, what did she not measure, and what should she do
# before she sells a product to the world?

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
# <details><summary>What a good answer mentions</summary>
#
# - the same 20 people are in training and in testing
# - what 97 % does say: how well the network does on *further* recordings of these 20
# - what may have helped besides the words: the voice, the room, the microphone
# - the remedy: each speaker in one split only, trained and measured again
#
# </details>
#
# ### Question 2
#
# *5 minutes · 1 point*
#
# Somebody fills the class *silence* with clips of digital zeros, for training and for testing. The network gets 100 % of
# the silence right in the test. What did it learn, and what happens when it is switched on in a kitchen at night? Use what
# you saw of silence as a waveform and as MFCC.

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
# <details><summary>What a good answer mentions</summary>
#
# - what the network learned: one exact pattern, the MFCC of zeros
# - that no recording has this pattern, so real quiet is something that the network has never seen
# - what the user notices: keywords that are "heard" in an empty kitchen
#
# </details>
#
# ### At choice: families of voices
#
# *20 minutes · hard · no points*
#
# Behind several speaker ids there may be the same voice. Somebody listened, and gives you pairs of ids that sound alike:
# `("a1", "c3")`, `("c3", "b2")`. Relatives of relatives are relatives, too: a1, b2 and c3 are one **family**. Write
# `families`, which names the family of each speaker by its smallest id. Then `split_by_speaker(families(…))` tears no
# family apart.
#
# <details><summary>Hint 1</summary>
#
# Start with everybody as a family of one: `{speaker: speaker for speaker in speakers}`. A pair joins two families. Who
# has to get a new name then?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Not only the two of the pair: *everybody* who has the larger of the two names gets the smaller one.
#
# </details>

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `reachable` returns all islands that can be reached by ferry from one of them:
#
# ```python
# def reachable(island, ferries):
#     found = {island}
#     while True:
#         new = {b for a, b in ferries if a in found} | {a for a, b in ferries if b in found}
#         if new <= found:
#             return found
#         found |= new  # puts the new ones in
# ```
#
# It repeats a step until nothing changes. In `families` every pair is one step, if it renames everybody it has to.

# %% nbgrader={"grade_id": "families-solution", "solution": true}
def families(speakers, relatives):
    """Name the family of each clip's speaker.

    Args:
        speakers: the id of each clip's speaker, text, shape (N,). Ids repeat.
        relatives: pairs of ids that belong to one family, a list of tuples. Some may have no clips.

    Returns:
        An array of text, shape (N,): for each clip the smallest id (in the order of text) of its speaker's
        family. Without relatives that is the speaker.
    """
    ### BEGIN SOLUTION
    family = {speaker: speaker for speaker in [*speakers, *(one for pair in relatives for one in pair)]}
    for pair in relatives:
        smaller, larger = sorted(family[one] for one in pair)
        family |= {speaker: smaller for speaker, name in family.items() if name == larger}
    return np.array([family[speaker] for speaker in speakers])
    ### END SOLUTION

# %%
check(families)

# %% [markdown]
# ## Summary
#
# - A recording is a row of numbers. Silence is a recording as well, of noise.
# - Count before you train: every class, every split.
# - Labels become one-hot rows; a clip becomes a picture of 49 frames x 40 MFCC.
# - A speaker belongs to one split only. A hash of the id ensures it, today and next year.
# - A leak does not look like a mistake. It looks like success.
# - What is learned, be it weights or a mean, is learned from training clips alone.
#
# You have written what `features.prepare(dataset)` does: MFCC, standardised with the training clips' statistics. The
# next lesson starts from there, with a first network.
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
