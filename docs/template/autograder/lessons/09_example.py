# %% [markdown]
# # 8 · An example of a lesson
#
# **Goal:** one sentence. Here: tell high sounds from low ones without any network.
#
# After this lesson you will be able to
#
# - say what students can do afterwards, one line each
# - count how often a sound crosses zero, and say what the count tells you
#
# *About 15 minutes · 3 points · needs lesson 01*

# %% nbgrader={"grade_id": "setup-09_example"}
from kws_helpers import data, plotting
from kws_helpers.check import check

import numpy as np

# %%
dataset = data.load()

# %% [markdown]
# ## Why before how
#
# A high sound swings up and down more often than a low one, so it crosses zero more often. Counting the crossings is
# one of the oldest tricks of speech processing, and needs no Fourier transform. With $x_t$ for sample $t$ of $T$:
#
# $$z = \text{number of } t \in \{1, \dots, T - 1\} \text{ with } (x_t \ge 0) \ne (x_{t-1} \ge 0)$$
#
# ### Exercise: `zero_crossings`
#
# *5 minutes · easy · 2 points*
#
# Count the crossings. A sample of exactly 0 counts as above zero.
#
# <details><summary>Hint 1: lead, do not solve</summary>
#
# `x >= 0` is an array of truth values. When does the sound cross zero, seen from there?
#
# </details>
#
# This is what you will see when it works:
#
# ![Two waveforms, and how often each crosses zero: the “yes”, with its hiss, many times more often](expected:crossings)

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `rises` counts the samples that are larger than the sample before:
#
# ```python
# def rises(audio):
#     return int(np.sum(audio[1:] > audio[:-1]))
# ```
#
# `audio[1:]` is every sample but the first, `audio[:-1]` the sample before each of them.

# %% nbgrader={"grade_id": "zero_crossings-solution", "solution": true}
def zero_crossings(audio):
    """Count how often a sound crosses zero.

    Args:
        audio: samples, shape (T,), at least one.

    Returns:
        The number of samples on the other side of zero than the sample before, an int; 0 counts as above.
    """
    ### BEGIN SOLUTION
    above = audio >= 0
    return int(np.sum(above[1:] != above[:-1]))
    ### END SOLUTION

# %% nbgrader={"grade_id": "zero_crossings", "grade": true, "points": 2}
check(zero_crossings)
### BEGIN HIDDEN TESTS
judge(zero_crossings)
### END HIDDEN TESTS

# %% [markdown]
# The next cell uses your function: two words, and how often they cross zero.

# %% tags=["figure:crossings"]
chosen = [np.flatnonzero(dataset.training.words == word)[0] for word in ("yes", "no")]
plotting.waveforms(dataset.training.clips[chosen], [
    f"“{dataset.training.words[number]}”: {zero_crossings(dataset.training.clips[number]):,} crossings"
    for number in chosen])

# %% [markdown]
# **What would happen if** the microphone added a small constant to every sample?
#
# ### Question: a hiss
#
# *5 minutes · easy · 1 point · marked by hand*
#
# Why does the "s" of "yes" cross zero so often, although it is no louder than the "e"?

# %% [markdown] nbgrader={"grade_id": "why_a_hiss", "grade": true, "solution": true, "points": 1}
# **Model answer.** An "s" is noise of high pitch, a few thousand swings per second; how loud it is does not matter
# for the count.
#
# **Marking.** 1 point for the high pitch; half a point where only "it is noise" is said.

# %% [markdown]
# ## Summary
#
# - A sound that crosses zero often is high, or noise.
#
# ## Further reading
#
# - Lawrence Rabiner, Ronald Schafer: *Digital Processing of Speech Signals*. Prentice Hall, 1978. Chapter 4.
