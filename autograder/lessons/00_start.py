# %% [markdown]
# # Hands-on Keyword Spotting
#
# Your phone wakes up when somebody says its name, and sleeps through everything else. In this course you build such a
# **keyword spotter** step by step: from the samples of a recording to a network that listens to your own microphone.
# You need Python, a little algebra, and no teacher beside you. There is nothing to download.
#
# ## A first look
#
# This page is a **notebook**: text, and cells with code. Click on the cell below and press `Shift+Enter`. The code runs,
# and its result appears under it. (The first cell of a notebook takes a few seconds.)

# %%
import numpy as np
from IPython.display import Audio

from kws_helpers import data, features, microphone, overview, plotting, spotting

recordings = data.load("bundled").training
is_first = (recordings.words == "yes") & (recordings.speakers == "17763e10")
one_clip = recordings.clips[np.flatnonzero(is_first)[0]]
Audio(one_clip, rate=data.SAMPLE_RATE)

# %% [markdown]
# Press play: a computer's voice says *yes*. And this is what your computer gets: first the numbers that come from a
# microphone, then a picture of how loud each pitch is at each moment. Your networks will learn from such pictures, and you
# will make them yourself.

# %%
plotting.waveforms([one_clip], ["16,000 numbers: the pressure of the air during one second"])
title = "The same second, cut into 49 frames: loudness in decibels, from low to high pitch"
plotting.pictures({title: features.mel_decibel(one_clip)}, columns=1, ylabel="band of pitch")

# %% [markdown]
# ## Speak to a finished one
#
# This is where the course leads. It brings a finished keyword spotter: a small network that has learned ten words from
# recordings of people. Run the cell, press *Start listening*, and allow the browser to use the microphone. Then say
# **yes, no, up, down, left, right, on, off, stop** or **go**.
#
# A bar shows how probable its word is; when it gets over the line, the word is detected. Move the threshold: further
# left, the spotter hears more, also what nobody said. The sound goes to your own notebook server and is not kept.

# %%
microphone.try_spotter(spotting.load(), one_clip)

# %% [markdown]
# It will miss some of your words, and hear some that you did not say. In lesson 08 you will know how often, and why;
# and you will teach such a network your own name.
#
# ## How it works
#
# Where a cell says `raise NotImplementedError()`, you write a function. The `check(...)` under it says how far your function
# gets, and what to do next. Ask it as often as you like. Stuck? Open the hints, one at a time. Tired? Save, and go on
# tomorrow: every lesson stands on its own, and nothing that you wrote is lost.
#
# | lesson | | minutes |
# | --- | --- | --- |
# | [00_warm_up](00_warm_up.ipynb) | NumPy: shapes, axes, broadcasting, masks (for those who need it) | 15 |
# | [01_dataset](01_dataset.ipynb) | look, listen, count: what a recording is, and how not to fool yourself | 120 |
# | [02_ffnn](02_ffnn.ipynb) | a first network learns its clips by heart, and fails on voices that it never heard | 110 |
# | [03_evaluation](03_evaluation.ipynb) | what accuracy hides | 150 |
# | [04_overfitting](04_overfitting.ipynb) | why the network fails, and five remedies, built by hand and measured | 150 |
# | [05_augmentation](05_augmentation.ipynb) | new clips out of old ones, and an honest comparison of the remedies | 160 |
# | [06_cnn](06_cnn.ipynb) | kernels that slide over sound | 150 |
# | [07_tc_resnet](07_tc_resnet.ipynb) | a network small enough for a wristwatch; a challenge | 180 |
# | [08_live_spotter](08_live_spotter.ipynb) | the network listens: to long recordings, to you, and to a word of your own | 140 |
#
# Lessons 01 and 02 come first. After that you may choose your own way.
#
# ## How far you are
#
# Come back to this cell whenever you want to know. It counts the graded exercises whose last check passed, on this
# computer only, and it is no grade. (The folder `my_results` also holds a log of your checks, without your code. It goes
# along when you hand in, unless you say no.)

# %%
overview.Overview()

# %% [markdown]
# When you are done, or when the teacher asks for it: `make hand-in` in a terminal packs your lessons into one file
# (in JupyterLab: *File › New › Terminal*, then `python -m kws_helpers hand-in`).
#
# Ready? If arrays, axes and masks are new to you, begin with the [warm-up](00_warm_up.ipynb). Otherwise go straight to
# [lesson 01](01_dataset.ipynb).
