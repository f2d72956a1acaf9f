# %% [markdown]
# # Hands-on Keyword Spotting
#
# Your phone wakes up when somebody says its name, and sleeps through everything else. In this course you build
# what does that, step by step: from the samples of a recording to a network that listens to your own microphone.
# You need Python, a little algebra, and no teacher beside you. There is nothing to download.
#
# ## A first look
#
# This page is a **notebook**: text, and cells with code. Click on the cell below and press `Shift+Enter`. The code runs,
# and what comes out appears under it. (The first cell of a notebook takes some seconds.)

# %%
import numpy as np
from IPython.display import Audio

from kws_helpers import data, features, overview, plotting

recordings = data.load().training
one_clip = recordings.clips[np.flatnonzero(recordings.words == "yes")[0]]
Audio(one_clip, rate=data.SAMPLE_RATE)

# %% [markdown]
# Press play: that is the word *yes*. And this is what a computer has of it: first as it comes from the microphone, then as
# a picture of how loud it is at which pitch. Your networks will learn from such pictures, and you will make them yourself.

# %%
plotting.waveforms([one_clip], ["16,000 numbers: the pressure of the air during one second"])
title = "The same second, cut into 49 frames: decibel from low to high pitch"
plotting.pictures({title: features.mel_decibel(one_clip)}, columns=1, ylabel="band of pitch")

# %% [markdown]
# ## How it works
#
# Where a cell says `raise NotImplementedError()`, you write a function. The `check(...)` under it climbs with you: it says how
# far the function gets, and what to do next. Ask it as often as you like. Stuck? Open the hints, one at a time. Tired?
# Save, and go on tomorrow: every lesson stands on its own, and nothing that you wrote is lost.
#
# | lesson | | minutes |
# | --- | --- | --- |
# | [01_dataset](01_dataset.ipynb) | look, listen, count: what a recording is, and how not to fool yourself | 100 |
# | [02_ffnn](02_ffnn.ipynb) | a first network learns its clips by heart, and fails on voices that it never heard | 100 |
# | [03_evaluation](03_evaluation.ipynb) | what accuracy hides | 120 |
# | [04_overfitting](04_overfitting.ipynb) | why it failed, and every remedy, by hand and measured | 180 |
# | [06_cnn](06_cnn.ipynb) | kernels that slide over sound | 130 |
# | [07_tc_resnet](07_tc_resnet.ipynb) | nine of ten words right, with fewer parameters than the first network; a challenge | 150 |
# | [08_live_spotter](08_live_spotter.ipynb) | the network listens: to long recordings, to you, and to a word of your own | 90 |
#
# Lessons 01 and 02 come first. After that you may go your own way.
#
# ## How far you are
#
# Come back to this cell whenever you want to know. It counts the exercises whose last check was passed, on this computer
# only; nobody else sees it, and it is no grade.

# %%
overview.Overview()

# %% [markdown]
# When you are done, or when the teacher asks for it: `make hand-in` in a terminal packs your lessons into one file
# (in JupyterLab: *File › New › Terminal*, then `python -m kws_helpers hand-in`).
#
# Ready? [Lesson 01](01_dataset.ipynb).
