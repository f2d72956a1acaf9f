# %% [markdown]
# # 5 · Augmentation: more data out of the data we have
#
# **Goal:** make new training clips out of old ones, let them change in every epoch, and find out by an honest comparison
# whether they or the remedies of lesson 04 help voices that the network has not heard.
#
# After this lesson you will be able to
#
# - shift a clip, make it louder, noisy, faster or higher, and mask its features
# - feed `fit` with clips that are new in every epoch, by a `keras.utils.PyDataset` of your own
# - put weight penalty, batch normalisation and dropout into one network
# - read a comparison of two remedies and of both together, and change one thing at a time
# - notice when a result is too good to be true
#
# *About 160 minutes · 12 points · needs lesson 04*

# %% nbgrader={"grade_id": "setup-05_augmentation"}
from kws_helpers import data, features, plotting, results, training, widgets  # before Keras
from kws_helpers.augment import AugmentedClips
from kws_helpers.check import check

import keras
import numpy as np
from IPython.display import Audio

# %% [markdown]
# The remedies of lesson 04 hold the network back. But what it really lacks is voices, rooms and microphones. We cannot
# record thousands of people this afternoon. But we know some changes after which a "yes" is still a "yes": it may come a
# little later, louder, faster or higher, or with a dishwasher running. Every such change, applied to a clip, makes a new
# clip, and we know its label. This is **augmentation**. It tells the network what does *not* matter: something that we know
# and the network doesn't.
#
# One clip will do for trying things out, and one second of background noise. Both are from the training split.

# %% tags=["shows"]
dataset = data.load()
prepared = features.prepare(dataset)
n_classes = len(dataset.class_names)
clips, held_out = prepared.training, prepared.validation

index_of_yes = np.flatnonzero(dataset.training.words == "yes")[0]
one_clip = dataset.training.clips[index_of_yes]
noise_recordings = dataset.noise["training"]
noise = noise_recordings[0][:data.CLIP_SAMPLES]

def standardised_mfcc(audio):
    """Features as the network gets them, (49, 40) for a second of audio."""
    return prepared.standardised(features.mfcc(audio))

def play(audio):
    """A player that leaves the loudness as it is."""
    return Audio(np.clip(audio, -1, 1), rate=data.SAMPLE_RATE, normalize=False)

play(one_clip)

# %% [markdown]
# ## Five changes
#
# ### Exercise: `time_shift`
#
# *10 minutes · easy · 1 point*
#
# Nobody speaks exactly in the middle of the second. Move the clip by a number of samples: a positive number makes the word
# come **later**. The length stays the same; what is pushed out at one end is lost, and zeros come in at the other.
#
# <details><summary>Hint 1</summary>
#
# Begin with an array of zeros (`np.zeros_like`) and copy the part of the audio that stays to its new place. On paper: which
# samples stay if a clip of 10 samples is moved by 3, and where do they go? And by -3?
#
# </details>
# <details><summary>Hint 2: the special cases</summary>
#
# `audio[:-0]` is empty, not everything: try 0. And try to move a clip by more than its length; only zeros should be left.
#
# </details>
#
# `time_shift([1, 2, 3, 4], 1)` gives `[0, 1, 2, 3]`, and with -1 it gives `[2, 3, 4, 0]` (as arrays).

# %% [markdown] tags=["worked"]
# A similar function: a clip is cut or filled up with zeros to a given length. Begin with zeros, then copy what stays.
#
# ```python
# def with_length(audio, n):
#     result = np.zeros(n, audio.dtype)
#     stays = min(n, len(audio))
#     result[:stays] = audio[:stays]
#     return result
# ```

# %% nbgrader={"grade_id": "time_shift-solution", "solution": true}
def time_shift(audio, samples):
    """Move a clip in time; zeros come in.

    Args:
        audio: samples of a clip, shape (n,).
        samples: by how many samples it comes later (positive) or earlier (negative), an int.

    Returns:
        The moved clip, shape (n,).
    """
    ### BEGIN SOLUTION
    n = len(audio)
    shifted = np.zeros_like(audio)
    if samples >= 0:
        shifted[samples:] = audio[: max(0, n - samples)]
    else:
        shifted[: max(0, n + samples)] = audio[-samples:]
    return shifted
    ### END SOLUTION

# %% nbgrader={"grade_id": "time_shift", "grade": true, "points": 1}
check(time_shift)
### BEGIN HIDDEN TESTS
judge(time_shift)
### END HIDDEN TESTS

# %% [markdown]
# **To think about.** What would happen if you moved clips by up to half a second? Would every label still be true?
#
# <details><summary>An answer</summary>
#
# No. A word lasts about half a second and lies near the middle, so part of it would be pushed out: of "stop" only "st" might
# be left, and the label would still say "stop". Labels that are wrong teach wrong things.
#
# </details>
#
# ### Exercise: `change_gain`
#
# *5 minutes · easy · 1 point*
#
# Some people shout, some microphones are far away. Multiply the samples by the factor that belongs to a number of decibels.
# Decibels compare **powers**, and the power grows with the *square* of the samples. So, with $g$ for the factor:
#
# $$\text{decibel} = 10 \log_{10} g^2 = 20 \log_{10} g$$
#
# Remember that $10^x$ undoes $\log_{10}$: if $\log_{10} g = 2$, then $g = 10^2 = 100$. In Python, $10^x$ is `10**x`.
#
# <details><summary>Hint</summary>
#
# Divide both sides by 20, then undo the logarithm. At +20 dB the samples become 10 times as large, at -20 dB a tenth, at
# 0 dB they stay.
#
# </details>
#
# `change_gain([0.1, -0.2], 6)` gives about `[0.2, -0.4]` (as arrays): 6 dB is nearly a factor of 2.

# %% [markdown] tags=["worked"]
# A similar function: the frequency so many octaves higher. Octaves are a logarithm, too: $\text{octaves} = \log_2 (f'/f)$,
# and $2^x$ undoes $\log_2$.
#
# ```python
# def octaves_higher(frequency, octaves):
#     return frequency * 2**octaves
# ```

# %% nbgrader={"grade_id": "change_gain-solution", "solution": true}
def change_gain(audio, decibel):
    """Make a clip louder or softer.

    Args:
        audio: samples of a clip, shape (n,).
        decibel: how much louder (positive) or softer (negative).

    Returns:
        The clip with every sample multiplied by the same factor, shape (n,), not clipped.
    """
    ### BEGIN SOLUTION
    return audio * 10 ** (decibel / 20)
    ### END SOLUTION

# %% nbgrader={"grade_id": "change_gain", "grade": true, "points": 1}
check(change_gain)
### BEGIN HIDDEN TESTS
judge(change_gain)
### END HIDDEN TESTS

# %% [markdown]
# **Guess first.** How many of the 40 MFCC does a gain of 10 dB change?
#
# <details><summary>all of them</summary>
#
# All powers grow by the same factor, and the MFCC see them through a logarithm. Think of what a factor becomes there.
#
# </details>
# <details><summary>mainly the first</summary>
#
# Right. Scaling all powers adds a constant to their logarithms, and a constant is what coefficient 0 measures.
#
# </details>
# <details><summary>none</summary>
#
# Then the network could not tell loud from soft. One coefficient can: the one that measures the mean of the logarithms.
#
# </details>

# %% tags=["shows"]
mean_change = np.abs(features.mfcc(change_gain(one_clip, 10)) - features.mfcc(one_clip)).mean(axis=0)
print(f"mean change: coefficient 0 by {mean_change[0]:.2f}, the others by {mean_change[1:].max():.2f} at most")

# %% tags=["claim"]
claim("mainly the first", mean_change[0] > 20 * mean_change[1:].max(), mean_change[0] / mean_change[1:].max())

# %% [markdown]
# ### Exercise: `mix_noise`
#
# *15 minutes · medium · 2 points*
#
# How loud is "with noise"? One compares powers. The **power** of a sound is the mean of its squared samples,
# $P = \frac{1}{n} \sum_i x_i^2$. The **signal-to-noise ratio** says how many times as powerful the speech is as the noise,
# in decibels:
#
# $$\text{SNR} = 10 \log_{10} \frac{P_\text{speech}}{P_\text{noise}}$$
#
# At 20 dB the speech has 100 times the power of the noise, at 0 dB both have the same, and at -10 dB you have to listen
# hard. Find the factor for the noise that gives the wanted SNR, and add the scaled noise to the clip. The clip itself keeps
# its loudness.
#
# <details><summary>Hint 1: on paper first</summary>
#
# If the noise is multiplied by $g$, what is its power multiplied by? Put that into the formula and solve for $g$. As in
# `change_gain`, $10^x$ undoes the logarithm.
#
# </details>
# <details><summary>Hint 2: check yourself</summary>
#
# Whatever you add is `mix_noise(audio, noise, snr_db) - audio`. Put its power into the formula above: the SNR that you
# asked for must come out.
#
# </details>
#
# With an audio and a noise that have the same power and 0 dB, the result is simply their sum; with 20 dB, a tenth of the
# noise is added.

# %% [markdown] tags=["worked"]
# A similar function: a clip is scaled to a given power. The power grows with the *square* of the factor, so the factor is
# a root.
#
# ```python
# def with_power(audio, power):
#     now = np.mean(audio**2)
#     return audio * np.sqrt(power / now)
# ```

# %% nbgrader={"grade_id": "mix_noise-solution", "solution": true}
def mix_noise(audio, noise, snr_db):
    """Add noise at a given signal-to-noise ratio.

    Args:
        audio: samples of a clip, shape (n,).
        noise: samples of noise, shape (n,), not all zero.
        snr_db: wanted ratio of the power of the clip to the power of the added noise, in decibels.

    Returns:
        The clip with the scaled noise added, shape (n,), not clipped.
    """
    ### BEGIN SOLUTION
    wanted_power = np.mean(audio**2) / 10 ** (snr_db / 10)
    return audio + noise * np.sqrt(wanted_power / np.mean(noise**2))
    ### END SOLUTION

# %% nbgrader={"grade_id": "mix_noise", "grade": true, "points": 2}
check(mix_noise)
### BEGIN HIDDEN TESTS
judge(mix_noise)
### END HIDDEN TESTS

# %% tags=["shows"]
noisy = mix_noise(one_clip, noise, 5)
print(f"SNR, measured: {10 * np.log10(np.mean(one_clip**2) / np.mean((noisy - one_clip) ** 2)):.1f} dB")
play(noisy)

# %% [markdown]
# **To think about.** What would happen if you always mixed in the same second of noise?
#
# <details><summary>An answer</summary>
#
# The network would learn that second by heart as well, and would know how to ignore this one noise and no other.
#
# </details>
#
# ### Exercises: `change_speed` and `change_pitch`
#
# *10 minutes · easy · 1 point each*
#
# Play a record too fast and everybody sounds like a mouse: speed and pitch change together. To change only one of them is
# harder. One takes the spectrum of short frames, as for the MFCC, moves the *frames* closer together or further apart while
# every tone keeps its frequency, and turns the result into sound again. That is a **phase vocoder** (Flanagan & Golden
# 1966). The library **librosa** has one:
#
# - speed without pitch: `librosa.effects.time_stretch`
# - pitch without speed: `librosa.effects.pitch_shift`. It stretches the time first, and then plays the result faster or
#   slower until it has its old length.
#
# Pitch is counted in **semitones**, the steps between neighbouring keys of a piano. Twelve of them double the frequency.
# Write both functions with librosa, leaving all its other settings as they are.
#
# librosa takes a few seconds to start. The very first time on a computer it can take a minute, since it then compiles parts
# of itself. So it is imported here and not at the top:

# %%
import librosa.effects

# %% [markdown]
# <details><summary>Hint: how to find out what a function wants</summary>
#
# `help(librosa.effects.time_stretch)` shows its parameters. In librosa, `y` is the audio and `sr` the sample rate, which is
# 16,000 here. Everything but `y` must be passed as a keyword argument: `name=value`.
#
# </details>
#
# When they work, a clip of one second at rate 2 lasts half a second, and with 12 semitones its tones have twice the
# frequency.

# %% [markdown] tags=["worked"]
# A similar function, with another of librosa's effects: the silence at both ends is cut off. `y` comes first, the rest by
# name. (This effect returns two things; yours return one.)
#
# ```python
# def without_silence(audio):
#     trimmed, _ = librosa.effects.trim(audio, top_db=30)
#     return trimmed
# ```

# %% nbgrader={"grade_id": "change_speed-solution", "solution": true}
def change_speed(audio, rate):
    """Play a clip faster or slower without changing its pitch, with librosa's time stretch.

    Args:
        audio: samples of a clip at 16 kHz, shape (n,).
        rate: 2 is twice as fast (half as long), 0.5 half as fast (twice as long).

    Returns:
        The clip with its new length, shape (about n / rate,).
    """
    ### BEGIN SOLUTION
    return librosa.effects.time_stretch(audio, rate=rate)
    ### END SOLUTION

# %% nbgrader={"grade_id": "change_speed", "grade": true, "points": 1}
check(change_speed)
### BEGIN HIDDEN TESTS
judge(change_speed)
### END HIDDEN TESTS

# %% [markdown] tags=["worked"]
# A similar function: a whole melody, one clip for each number of semitones. The step from one key to the next is the same
# factor each time, $2^{1/12}$, so you could also compute its frequencies yourself.
#
# ```python
# def frequencies(first, steps):
#     return [first * 2 ** (step / 12) for step in steps]      # frequencies(440, [0, 12]) gives [440, 880]
# ```
#
# For the sound itself, call librosa's function with the audio, `sr=` and `n_steps=`.

# %% nbgrader={"grade_id": "change_pitch-solution", "solution": true}
def change_pitch(audio, semitones):
    """Make a voice higher or lower without changing its speed, with librosa's pitch shift.

    Args:
        audio: samples of a clip at 16 kHz, shape (n,).
        semitones: how much higher (positive) or lower (negative); 12 doubles every frequency.

    Returns:
        The clip, shape (n,).
    """
    ### BEGIN SOLUTION
    return librosa.effects.pitch_shift(audio, sr=16_000, n_steps=semitones)
    ### END SOLUTION

# %% nbgrader={"grade_id": "change_pitch", "grade": true, "points": 1}
check(change_pitch)
### BEGIN HIDDEN TESTS
judge(change_pitch)
### END HIDDEN TESTS

# %% tags=["shows"]
faster, higher = change_speed(one_clip, 1.5), change_pitch(one_clip, 6)
plotting.changed_clips({name: (audio, standardised_mfcc(audio)) for name, audio in
                        {"as it was": one_clip, "speed 1.5": faster, "6 semitones higher": higher}.items()})

# %% tags=["shows"]
play(faster)

# %% tags=["shows"]
play(higher)

# %% [markdown]
# **Guess first.** You make every voice 12 semitones higher. Do you get the voices of children?
#
# <details><summary>yes</summary>
#
# No: the pitch may be that of a child, but the throat is not.
#
# </details>
# <details><summary>no</summary>
#
# Right. librosa moves the whole spectrum, including the resonances of mouth and throat, so everybody sounds like a cartoon
# mouse. A child's throat is shorter, but not half as long. A few semitones are believable.
#
# </details>
#
# ### Exercise: `mask_spectrogram`
#
# *15 minutes · medium · 2 points*
#
# The last change does not exist in nature. **SpecAugment** (Park et al. 2019) hides parts of the picture: one band of
# neighbouring frames, and one band of neighbouring coefficients. The network has to manage with the rest, and cannot rely on
# a single detail. It is dropout for inputs, in blocks.
#
# For each of the two axes: draw a width from 0 to the given width, **both included**. Draw where the band begins, so that
# the whole band lies inside the picture. Set everything in the band to 0. Our features are standardised, so 0 is the mean:
# "nothing special here". Work on a **copy**.
#
# (The paper masks frequencies, in the mel bands. Our second axis holds MFCC, each of which mixes all frequencies, so our
# second band is only in the spirit of SpecAugment.)
#
# <details><summary>Hint 1: whole random numbers</summary>
#
# `rng.integers(a, b)` draws from a to b - 1. What must b be if b itself should be possible, too?
#
# </details>
# <details><summary>Hint 2: one axis at a time</summary>
#
# With 49 frames and a band of 5, the first possible beginning is 0. Which is the last? `masked[start : start + width]` is a
# band of frames, `masked[:, start : start + width]` a band of coefficients.
#
# </details>
#
# When it works, you will see up to two black bands in each picture, in other places at each draw:
#
# ![The features of a clip, and three masked versions of them with black bands of different widths at
# different places](expected:masks)

# %% [markdown] tags=["worked"]
# A similar function: a random piece is cut *out* of a clip. Draw its width, then its beginning, so that the whole piece lies
# inside.
#
# ```python
# def random_piece(audio, longest, rng):
#     width = rng.integers(1, longest + 1)
#     start = rng.integers(0, len(audio) - width + 1)
#     return audio[start : start + width].copy()
# ```

# %% nbgrader={"grade_id": "mask_spectrogram-solution", "solution": true}
def mask_spectrogram(features, time_width, frequency_width, rng):
    """Hide a random band of frames and a random band of coefficients.

    Args:
        features: standardised features of one clip, shape (T, F).
        time_width: the band of frames is 0 to time_width frames wide.
        frequency_width: the band of coefficients is 0 to frequency_width coefficients wide.
        rng: a NumPy Generator, from which widths and places come.

    Returns:
        A copy with 0 in both bands, shape (T, F).
    """
    ### BEGIN SOLUTION
    masked = features.copy()
    frames, coefficients = features.shape
    width = rng.integers(0, time_width + 1)
    start = rng.integers(0, frames - width + 1)
    masked[start : start + width] = 0
    width = rng.integers(0, frequency_width + 1)
    start = rng.integers(0, coefficients - width + 1)
    masked[:, start : start + width] = 0
    return masked
    ### END SOLUTION

# %% nbgrader={"grade_id": "mask_spectrogram", "grade": true, "points": 2}
check(mask_spectrogram)
### BEGIN HIDDEN TESTS
judge(mask_spectrogram)
### END HIDDEN TESTS

# %% tags=["figure:masks", "shows"]
one_picture = standardised_mfcc(one_clip)
rng_of_masks = np.random.default_rng(5)
plotting.masked_pictures(one_picture, [mask_spectrogram(one_picture, 10, 8, rng_of_masks) for _ in range(3)])

# %% [markdown]
# **To think about.** What would happen if `frequency_width` were 40?
#
# <details><summary>An answer</summary>
#
# Any width from 0 to 40 would be equally likely: on average half of each clip would be hidden, and one clip in 41 would be
# hidden completely, with its label still on it. The network would learn from these clips that nothing sounds like "yes".
#
# </details>
#
# Now play. All your functions are behind these controls: look at the picture and listen. (Every move of the two sliders for
# masks draws new bands.) Find a setting at which *you* can only just understand the word. A change beyond that is not the
# same word any more.

# %% tags=["shows"]
def one_second(audio):
    """The middle second; what is missing is filled with zeros."""
    missing = max(0, data.CLIP_SAMPLES - len(audio))
    audio = np.pad(audio, (missing // 2, missing - missing // 2))
    start = (len(audio) - data.CLIP_SAMPLES) // 2
    return audio[start : start + data.CLIP_SAMPLES]

def draw_change(shift, noise_snr, speed, pitch, gain, frames, coefficients):
    audio = one_clip
    if speed != 1:
        audio = one_second(change_speed(audio, speed))
    if pitch != 0:
        audio = change_pitch(audio, pitch)
    audio = change_gain(time_shift(audio, round(shift * data.SAMPLE_RATE)), gain)
    if noise_snr < np.inf:
        audio = mix_noise(audio, noise, noise_snr)
    rng = np.random.default_rng([frames, coefficients])
    masked = mask_spectrogram(standardised_mfcc(audio), frames, coefficients, rng)
    figure, description = plotting.draw_changed_clips(
        {"as it was": (one_clip, standardised_mfcc(one_clip)), "changed": (audio, masked)})
    return figure, description, audio

widgets.explore(draw_change, {
    "shift": widgets.slider("shift in seconds", -0.5, 0.5, 0.1, 0.05),
    "noise_snr": widgets.choice("noise", {"none": np.inf, "20 dB": 20, "10 dB": 10, "0 dB": 0, "-10 dB": -10}, 10),
    "speed": widgets.slider("speed", 0.5, 2.0, 1.0, 0.1),
    "pitch": widgets.slider("pitch in semitones", -12, 12, 0),
    "gain": widgets.slider("gain in dB", -20, 20, -3),
    "frames": widgets.slider("masked frames, up to", 0, 20, 10),
    "coefficients": widgets.slider("masked coefficients, up to", 0, 20, 8)})

# %% [markdown]
# ## Clips that change in every epoch
#
# You could make a few changed copies of each clip and add them to the training split. But copies that are made once can be
# learned by heart as well; it only takes longer. So let the copies never repeat: in every epoch, every clip is changed anew.
#
# Keras has a class for that: a `keras.utils.PyDataset` hands out batches, and `fit` takes it in place of `x` and `y`.
# `fit` asks for its length (the number of batches) and for batch 0, batch 1, …, and it calls `on_epoch_end` after every
# epoch.
#
# ### Build it: `ChangedClips`
#
# *10 minutes · medium · not graded, but the next cells need it*
#
# Two methods are missing. `__len__` is what `len(…)` calls, and `__getitem__(number)` is what `[number]` calls.
# `self.order` holds the numbers of all clips in a random order: batch 0 takes the first `batch_size` of them, batch 1 the
# next, and so on; the last batch may be smaller.
#
# <details><summary>Hint 1: the number of batches</summary>
#
# 10 clips in batches of 4 are three batches: divide and round up. `math.ceil` does so; `-(-10 // 4)` does, too.
#
# </details>
# <details><summary>Hint 2: a batch</summary>
#
# `chosen = self.order[number * self.batch_size : (number + 1) * self.batch_size]` are the numbers of its clips. Call
# `self.change` for each of `self.x[chosen]`, make one array of the results with `np.stack`, and return it together with
# `self.y[chosen]`.
#
# </details>

# %% [markdown] tags=["worked"]
# A similar class: batches of clips that are not changed, in their own order.
#
# ```python
# class PlainClips(keras.utils.PyDataset):
#     def __init__(self, x, y):
#         super().__init__()
#         self.x, self.y = x, y
#
#     def __len__(self):
#         return math.ceil(len(self.y) / 32)
#
#     def __getitem__(self, number):
#         here = slice(32 * number, 32 * number + 32)
#         return self.x[here], self.y[here]
# ```

# %% nbgrader={"grade_id": "ChangedClips-solution", "solution": true}
class ChangedClips(keras.utils.PyDataset):
    """Clips in batches, in another order in every epoch, each changed anew whenever it is asked for.

    Args:
        x: the clips, shape (n, ...).
        y: their labels, shape (n,).
        change: a function that makes a new clip out of one.
        batch_size: clips per batch; the last batch may have fewer.
    """

    def __init__(self, x, y, change, batch_size=64):
        super().__init__()
        self.x, self.y, self.change, self.batch_size = x, y, change, batch_size
        self.rng = np.random.default_rng(0)
        self.on_epoch_end()

    def on_epoch_end(self):
        """Draw the order of the clips for the next epoch; `fit` calls this."""
        self.order = self.rng.permutation(len(self.y))

    def __len__(self):
        """The number of batches in an epoch."""
        ### BEGIN SOLUTION
        return -(-len(self.y) // self.batch_size)
        ### END SOLUTION

    def __getitem__(self, number):
        """Batch `number`, from 0: an array of changed clips, and an array of their labels."""
        ### BEGIN SOLUTION
        chosen = self.order[number * self.batch_size : (number + 1) * self.batch_size]
        return np.stack([self.change(clip) for clip in self.x[chosen]]), self.y[chosen]
        ### END SOLUTION

# %%
check(ChangedClips)

# %% [markdown]
# Let us try it with the masks, against the plain network of lesson 02 on the clips as they were recorded: the same network,
# the same number of epochs, three seeds each.

# %% tags=["shows"]
SEEDS, EPOCHS = range(3), 16

def compiled(network):
    network.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return network

def train(build, x, y=None, seeds=SEEDS, epochs=EPOCHS):
    """A network for each seed, from clips and labels or from a PyDataset: [(network, history), …]."""
    return training.train_seeds(lambda: compiled(build()), x, y, seeds=seeds, epochs=epochs,
                                batch_size=None if y is None else 64, validation_data=(held_out.x, held_out.y))

def accuracy(network, split):
    return network.evaluate(split.x, split.y, verbose=0, return_dict=True)["accuracy"]

measured = {}  # experiment: (training accuracy, validation accuracy) for each seed, both on clips as recorded

def measure(name, build, x, y=None, **options):
    runs = train(build, x, y, **options)
    own = clips if y is None else features.Inputs(x, y)
    measured[name] = np.array([[accuracy(network, split) for split in (own, held_out)] for network, _ in runs])
    heard, unheard = measured[name].mean(axis=0)
    print(f"{name}: training {heard:.1%}, validation {unheard:.1%} "
          f"(seeds: {', '.join(f'{value:.1%}' for value in measured[name][:, 1])})")
    return runs

def plain():
    return keras.Sequential([keras.Input((49, 40)), keras.layers.Flatten(), keras.layers.Dense(64, "relu"),
                             keras.layers.Dense(128, "relu"), keras.layers.Dense(n_classes, "softmax")])

plain_runs = measure("plain, as recorded", plain, clips.x, clips.y)

# %% tags=["shows"]
rng_of_epochs = np.random.default_rng(0)
masked_clips = ChangedClips(clips.x, clips.y, lambda picture: mask_spectrogram(picture, 10, 8, rng_of_epochs))
print(f"{len(masked_clips)} batches in an epoch, the first with clips of shape {masked_clips[0][0].shape}")
masked_runs = measure("plain, fresh masks", plain, masked_clips)
mask_gains = 100 * (measured["plain, fresh masks"] - measured["plain, as recorded"])[:, 1]
print("masks minus as recorded, seed by seed:" + "".join(f"{gain:>+7.1f}" for gain in mask_gains))

# %% [markdown]
# The masks alone change the mean by less than five points: they hide something, but they bring no other voice, and no other
# room.
#
# `AugmentedClips`, ours, is a `PyDataset` like yours. In every epoch it draws a shift, a speed, a voice, a loudness, a noise, a
# microphone and masks for each clip. But it takes a short cut: it changes mel bands instead of samples, since librosa would
# take too long for thousands of clips in every epoch. The noise is from the training split, too: noise of the validation
# split would be as much a leak as its voices. Its code is open: run `AugmentedClips??` in a cell of your own. Here are three
# draws of our clip:

# %% tags=["shows"]
fresh = AugmentedClips(dataset, prepared)
draws = [fresh.augmented(np.array([index_of_yes]), np.random.default_rng(seed))[0] for seed in range(3)]
plotting.pictures({"as it was": clips.x[index_of_yes]} | {f"draw {i + 1}": x for i, x in enumerate(draws)},
                  limits=(-3, 3), ylabel="coefficient")

# %% [markdown]
# ## All layers in one network
#
# ### Exercise: `build_regularised_ffnn`
#
# *15 minutes · medium · 2 points*
#
# Build the network with everything from lesson 04 that belongs *into* a network. After `Flatten`, there are two such
# groups, with 64 and with 128 neurons:
#
# | layer | with |
# | --- | --- |
# | `Dense` | 64 (then 128) neurons, no activation yet, L2 penalty of strength `l2` on its kernel |
# | `BatchNormalization` | |
# | `ReLU` | |
# | `Dropout` | rate `dropout` |
#
# The last layer is `Dense` with `n_classes` neurons, softmax, and the same penalty. With `l2=0` there is no penalty, and
# with `dropout=0` nothing is silenced. A dense layer in front of batch norm needs no bias, since $\beta$ does the same;
# with or without it, both are right.
#
# <details><summary>Hint 1: the order</summary>
#
# Activation `"relu"` inside `Dense` would come *before* the batch norm. So the ReLU is a layer of its own:
# `keras.layers.ReLU()`.
#
# </details>
# <details><summary>Hint 2: the penalty</summary>
#
# `penalised` in lesson 04 has it: `kernel_regularizer=keras.regularizers.L2(…)`. A loop over `(64, 128)` saves writing
# everything twice.
#
# </details>
#
# When it works, the network has 136,140 parameters with all biases, or 135,948 without the two that batch norm makes
# superfluous.

# %% [markdown] tags=["worked"]
# A similar function: groups of another kind, made in a loop, with the arguments where they belong.
#
# ```python
# def build_small(input_shape=(49, 40), n_classes=12, rate=0.1, l1=1e-5):
#     price = keras.regularizers.L1(l1)
#     network = keras.Sequential([keras.Input(shape=input_shape), keras.layers.Flatten()])
#     for size in (20, 10):
#         network.add(keras.layers.Dense(size, activation="tanh", kernel_regularizer=price))
#         network.add(keras.layers.GaussianNoise(rate))
#     network.add(keras.layers.Dense(n_classes, activation="softmax"))
#     return network
# ```

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
# **To think about.** What would happen if dropout came *before* batch norm?
#
# <details><summary>An answer</summary>
#
# In training, the layer would measure the mean and variance of values of which half are silenced and the others doubled. At
# inference it would get values of which none are: their mean is the same, but their variance is smaller, so the moving
# variance would be too large for them.
#
# </details>

# %% [markdown]
# ## Two by two
#
# There are now two things that may help: the *layers* (penalty, batch norm and dropout together) and the *fresh copies*.
# If you try only "nothing" and "everything", you cannot say which of the two brought the gain. So we train all four
# combinations, for three seeds each and with the same number of epochs.
#
# **Guess first.** Which of the four will be best on voices that it has not heard?
#
# <details><summary>plain, as recorded</summary>
#
# Lesson 04 showed how that ends: it learns its clips by heart.
#
# </details>
# <details><summary>all layers, as recorded</summary>
#
# Look at the table. The layers make learning by heart harder, but they do not tell the network how another voice sounds.
#
# </details>
# <details><summary>plain, fresh copies</summary>
#
# Right. The copies bring new information, and with them there is little to be learned by heart that dropout could prevent.
#
# </details>
# <details><summary>all layers, fresh copies</summary>
#
# A fair guess, but remedies do not add up. Look at its *training* accuracy in the table: what does it suffer from?
#
# </details>

# %% tags=["shows"]
layers_runs = measure("all layers, as recorded", build_regularised_ffnn, clips.x, clips.y)

# %% tags=["shows"]
fresh_runs = measure("plain, fresh copies", plain, fresh)

# %% tags=["shows"]
both_runs = measure("all layers, fresh copies", build_regularised_ffnn, fresh)

# %% tags=["shows"]
def print_two_by_two():
    print(f"{'validation accuracy':<22}{'as recorded':>14}{'fresh copies':>16}{'gain, seed by seed':>26}")
    for layers in ("plain", "all layers"):
        recorded, changed = (100 * measured[f"{layers}, {name}"][:, 1] for name in ("as recorded", "fresh copies"))
        print(f"{layers:<22}{recorded.mean():>12.1f} %{changed.mean():>14.1f} %      "
              + "".join(f"{gain:>+7.1f}" for gain in changed - recorded))
    for name in ("as recorded", "fresh copies"):
        gains = 100 * (measured[f"all layers, {name}"] - measured[f"plain, {name}"])[:, 1]
        print(f"gain of all layers, {name}, seed by seed:" + "".join(f"{gain:>+7.1f}" for gain in gains))

four_runs = {"plain, as recorded": plain_runs, "all layers, as recorded": layers_runs,
             "plain, fresh copies": fresh_runs, "all layers, fresh copies": both_runs}
print_two_by_two()
plotting.remedy_dots({name: measured[name] for name in four_runs}, baseline="plain, as recorded")

# %% [markdown]
# Read the four numbers row by row, then column by column:
#
# - **Fresh copies gain more than eight points with every seed**, where the network is plain: more than three times the
#   chance error of 384 clips.
# - **The layers alone gain nothing** that is larger than the chance error.
# - **Both together are no better than nothing at all**: the layers take away what the copies brought.
#
# Had we compared only "plain, as recorded" with "all layers, fresh copies", we would have thrown away the best remedy of
# these two lessons. Why do the layers do harm? Look at the *training* accuracies in the figure: with both, the network is
# wrong about many clips that it was trained with. It is held back on all sides, and **underfits**.
#
# ## One change at a time
#
# "All layers" is three things at once. Which of them does the harm? Now we vary **one** thing and leave the rest as it is,
# always with fresh copies: the dropout rate. (A search should not end at its edge. Here it ends at 0, but less dropout than
# none does not exist. For 0.2, one seed is enough, since the differences are large.) To leave parts out one by one and look
# at what happens is called an **ablation**.

# %% tags=["shows"]
def with_rate(rate):
    return lambda: build_regularised_ffnn(dropout=rate)

some_runs = measure("all layers, rate 0.2", with_rate(0.2), fresh, seeds=SEEDS[:1])
none_runs = measure("all layers, rate 0", with_rate(0), fresh)

# %% tags=["shows"]
rate_runs = {"all layers, fresh copies": both_runs, "all layers, rate 0.2": some_runs, "all layers, rate 0": none_runs,
             "plain, fresh copies": fresh_runs}

def print_rates():
    for name, runs in rate_runs.items():
        heard, unheard = 100 * measured[name].mean(axis=0)
        print(f"{name:<26} training {heard:.1f} %, validation {unheard:.1f} %, seeds: {len(runs)}")

print_rates()
rate_gains = 100 * (measured["all layers, rate 0"] - measured["plain, fresh copies"])[:, 1]
unheard_share = measured["plain, fresh copies"][:, 1].mean()
error_of_clips = 100 * np.sqrt(unheard_share * (1 - unheard_share) / len(held_out))
print("rate 0 minus plain, seed by seed:" + "".join(f"{gain:>+7.1f}" for gain in rate_gains))
print(f"chance error of {unheard_share:.0%}, measured on {len(held_out)} clips: {error_of_clips:.1f} points")

# %% [markdown]
# **Dropout does the harm**: the less of it, the better, in training and in validation. Without it, the network with penalty
# and batch norm is about as good as the plain one; what is left of the difference is no larger than twice the chance error.
# That fits bias and variance. The copies have taken away most of the variance, so what dropout could still lower is small,
# and the bias that it brings is not.
#
# ## When would that change?
#
# More data beats every other remedy here. Is that so only because the network has many voices already? Let us take away
# voices: networks that are trained with an eighth, a quarter and half of the speakers, all of them as recorded, and for twice
# as many epochs, since an epoch has fewer clips. (The differences are large, so two seeds will do.)

# %% tags=["shows"]
def of_some_speakers(share):
    """The training clips and labels of a share of the speakers."""
    names = np.random.default_rng(0).permutation(np.unique(dataset.training.speakers))
    theirs = np.isin(dataset.training.speakers, names[: round(share * len(names))])
    return clips.x[theirs], clips.y[theirs]

SHARES = {"1/8": 1 / 8, "1/4": 1 / 4, "1/2": 1 / 2}

def measure_shares():
    for name, share in SHARES.items():
        measure(f"plain, {name} of the speakers", plain, *of_some_speakers(share), seeds=SEEDS[:2], epochs=2 * EPOCHS)

measure_shares()
few_runs = measure("rate 0.2, 1/8 of the speakers", with_rate(0.2), *of_some_speakers(1 / 8), seeds=SEEDS[:2],
                   epochs=2 * EPOCHS)

# %% tags=["shows"]
by_voices = {name: values for name, values in measured.items()
             if "speakers" in name or name in ("plain, as recorded", "plain, fresh copies")}
plotting.remedy_dots(by_voices, baseline="plain, as recorded")

# %% [markdown]
# - **Twice as many speakers are better, every time.** From an eighth of them to all, the network gains more than ten points.
#   The fresh copies gain about as much again, with no new speaker at all.
# - **The layers do not help where voices are few, either.** With an eighth of the speakers, too, the network with penalty,
#   batch norm and dropout is no better than the plain one.
#
# So it does not change with fewer voices. By all that we know of variance, it should change where a network is so large, or
# trains for so long, that it learns even the fresh copies by heart: then something has to hold it back again. We are not
# there: with fresh copies, the plain network's training accuracy is far below 100 %. And batch norm has another task, too: it
# makes deep networks easier to train (lesson 07).

# %% tags=["claim"]
def gain(better, worse):
    return 100 * (measured[better] - measured[worse])[:, 1]

def heard_and_unheard(name):
    return 100 * measured[name].mean(axis=0)

claim("The masks alone change the mean by less than five points", abs(mask_gains.mean()) < 5, mask_gains.mean())
copies_gain = gain("plain, fresh copies", "plain, as recorded")
claim("Fresh copies gain more than eight points with every seed", copies_gain.min() > 8, copies_gain.min())
claim("The layers alone gain nothing that is larger than the chance error",
      gain("all layers, as recorded", "plain, as recorded").mean() < error_of_clips,
      gain("all layers, as recorded", "plain, as recorded").mean())
claim("more than three times the chance error", copies_gain.min() > 3 * error_of_clips, copies_gain.min() / error_of_clips)
claim("Both together are no better than nothing at all", gain("all layers, fresh copies", "plain, as recorded").mean() < 3,
      gain("all layers, fresh copies", "plain, as recorded").mean())
claim("with both, the network is wrong about many clips that it was trained with",
      heard_and_unheard("all layers, fresh copies")[0] < 75, heard_and_unheard("all layers, fresh copies")[0])
rates = [heard_and_unheard(name) for name in ("all layers, fresh copies", "all layers, rate 0.2", "all layers, rate 0")]
claim("the less of it, the better, in training and in validation", bool(np.all(np.diff(rates, axis=0) > 2)), str(rates))
claim("no larger than twice the chance error", abs(rate_gains.mean()) < 2 * error_of_clips, rate_gains.mean())
voices = [heard_and_unheard(f"plain, {name} of the speakers")[1] for name in SHARES] + [
    heard_and_unheard("plain, as recorded")[1]]
claim("Twice as many speakers are better, every time", min(np.diff(voices)) > 0, str(voices))
claim("From an eighth of them to all, the network gains more than ten points", voices[-1] - voices[0] > 10,
      voices[-1] - voices[0])
claim("The fresh copies gain about as much again", 0.5 < copies_gain.mean() / (voices[-1] - voices[0]) < 2,
      copies_gain.mean())
claim("no better than the plain one", gain("rate 0.2, 1/8 of the speakers", "plain, 1/8 of the speakers").mean() < 2,
      gain("rate 0.2, 1/8 of the speakers", "plain, 1/8 of the speakers").mean())
claim("far below 100 %", heard_and_unheard("plain, fresh copies")[0] < 90, heard_and_unheard("plain, fresh copies")[0])

# %% [markdown]
# ### Question: which remedy, and when?
#
# *15 minutes · medium · 2 points · marked by hand*
#
# Answer in about 120 words, using your own tables.
#
# 1. Which single remedy of lessons 04 and 05 helped new voices most in your tables, and which lowered the training accuracy
#    without helping? Explain the difference with bias and variance.
# 2. A friend has trained a network for another language. It is right on 55 % of its training clips and on 53 % of its
#    validation clips. She wants to add dropout and a stronger weight penalty. What do you tell her?

# %% [markdown] nbgrader={"grade_id": "which_remedy", "grade": true, "solution": true, "points": 2}
# **Model answer.** Fresh copies helped most: they gained about 15 points, and every seed agrees. The plain network's
# error on new voices is mostly variance: it fits accidents of its training clips (the exact place, loudness, voice and
# background). Shifted, louder and noisy copies cover the differences that really occur between recordings, so the
# accidents average out. That lowers the variance without forbidding the network any good rule: little new bias. Dropout
# (with the other layers) lowers the training accuracy by more than 20 points with fresh copies, and the validation accuracy,
# too: it limits what the network can do, useful rules included. The bias rises, and there is little variance left that
# could fall.
#
# The friend's network is nearly as bad on training clips as on new ones. There is hardly any gap, so hardly any variance to
# lower. It underfits: its bias is too high. Dropout and a stronger penalty would raise it further. She should do the
# opposite: train longer or with a better learning rate, take less regularisation, a larger or better suited network or
# better features, and check the labels.
#
# **Marking.** 1 point: names a remedy from the tables that gains and one that does not, in agreement with the student's own
# numbers, and connects it with variance lowered / bias raised (half a point without the explanation, or where differences
# smaller than the chance error, or on which the seeds disagree, are taken for facts). 1 point: recognises underfitting from
# the missing gap, advises against both remedies, and names at least one thing that helps (half a point where only one of
# these is there).

# %% [markdown]
# <details><summary>What a good answer mentions</summary>
#
# - a remedy that gained, and one that did not, with numbers from your tables
# - that the seeds agree on it, and that the difference is larger than the chance error of 384 clips
# - variance: the plain network fits accidents of its clips, and new copies average them out
# - bias: what limits a network, limits useful rules, too
# - the friend: no gap, so no variance to lower; the network underfits; both of her ideas would make it worse
# - something that helps her: training longer, less regularisation, a larger or better network, better features
#
# </details>
#
# ## The testing split, once
#
# Everything is chosen: the plain network with fresh copies, because no other is clearly better and it is the simplest. Now
# the testing split is opened, once: for the plain network without and with fresh copies, three seeds each.

# %% tags=["shows"]
exam = {name: [accuracy(network, prepared.testing) for network, _ in runs]
        for name, runs in {"plain, as recorded": plain_runs, "plain, fresh copies": fresh_runs}.items()}
gains = 100 * np.subtract(exam["plain, fresh copies"], exam["plain, as recorded"])
plotting.accuracy_dots(exam, chance=1 / n_classes)
print("gain on the testing split, seed by seed:" + "".join(f"{gain:>+7.1f}" for gain in gains))

# %% tags=["shows"]
plotting.learning_curves(fresh_runs[0][1], n_classes)

# %% [markdown]
# The training accuracy is *below* the validation accuracy in every epoch, and the training loss above the validation loss.
# That is no mistake. The training clips are noisy, masked and distorted, and the validation clips are as they were recorded.
# And the validation loss is still falling at the end: this network would learn more if it were trained for longer.
#
# The same architecture, not a parameter more, the same recordings, and more than eight points better on voices that it has
# never heard, with every seed. Its weakness is now elsewhere: in the way it is built. Lesson 06 takes care of that.

# %% tags=["claim"]
one_history = fresh_runs[0][1]
claim("The training accuracy is below the validation accuracy in every epoch, and the training loss above the validation "
      "loss", np.all(np.less(one_history["accuracy"], one_history["val_accuracy"]))
      and np.all(np.greater(one_history["loss"], one_history["val_loss"])))
claim("the validation loss is still falling at the end", np.argmin(one_history["val_loss"]) >= EPOCHS - 4,
      int(np.argmin(one_history["val_loss"])))
claim("more than eight points better on voices that it has never heard, with every seed", gains.min() > 8, gains.min())

# %% tags=["shows"]
results.remember("FFNN, fresh copies", fresh_runs[0][0], exam["plain, fresh copies"], dataset)

# %% [markdown]
# ## What went wrong here?
#
# A colleague likes augmentation very much. He takes 1,000 training clips and two masked copies of each, shuffles everything,
# keeps a tenth of it for validation, and trains the plain network for a few epochs. Then he tells everybody that he needs
# nothing else: look at his validation accuracy!

# %% tags=["shows"]
def his_clips():
    """Training clips and validation clips as he made them: (x, y), (x, y)."""
    rng = np.random.default_rng(0)
    some = rng.permutation(len(clips))[:1000]
    masked = [np.stack([mask_spectrogram(picture, 10, 8, rng) for picture in clips.x[some]]) for _ in range(2)]
    x, y = np.concatenate([clips.x[some], *masked]), np.tile(clips.y[some], 3)
    held, rest = np.split(rng.permutation(len(y)), [len(y) // 10])
    return (x[rest], y[rest]), (x[held], y[held])

his_training, his_validation = his_clips()
keras.utils.set_random_seed(0)
his_network = compiled(plain())
history = his_network.fit(*his_training, validation_data=his_validation, epochs=6, batch_size=64, verbose=0,
                          callbacks=[training.Progress()])
his_accuracies = [his_network.evaluate(*some, verbose=0, return_dict=True)["accuracy"]
                  for some in (his_training, his_validation, (held_out.x, held_out.y))]
print("his training clips: {:.1%}\nhis validation clips: {:.1%}\nvoices never heard: {:.1%}".format(*his_accuracies))

# %% [markdown]
# His validation clips were not in his training set, and yet something is badly wrong. What? There are two mistakes, one
# within the other. Which order of steps would have avoided both?
#
# <details><summary>What happened</summary>
#
# He augmented **before** splitting. Nearly every clip in his validation set has a twin in his training set: the same
# recording, only with other masks. The network need not understand the word; it is enough to recognise the recording. His
# validation measures learning by heart, and calls it understanding.
#
# The second mistake would have been there without the copies: clips were drawn at random, so the same *speakers* are on
# both sides (lesson 01).
#
# The right order: split by speaker first, then augment the training part alone, with noise from the training split.
# Validation and testing clips stay as they are. Every step that mixes clips (copies, standardising, choosing) belongs after
# the split.
#
# How to notice such a thing: a simple network that is suddenly excellent, and a validation accuracy that is close to the
# training accuracy all the time. **A result that is too good is a question, not an answer.**
#
# </details>

# %% tags=["claim"]
claim("a validation accuracy that is close to the training accuracy",
      his_accuracies[1] > his_accuracies[0] - 0.15 and his_accuracies[1] > his_accuracies[2] + 0.2, str(his_accuracies))

# %% [markdown]
# ### At choice: `in_a_room`
#
# *20 minutes · hard · not graded*
#
# A room answers every sound: what the microphone hears is the sound itself and, a little later, many echoes of it. A room is
# described by its **impulse response** $h$, what one hears of a single click. Every sample of a clip is such a click:
#
# $$y_t = \sum_k h_k\, x_{t-k}$$
#
# Return the clip as it sounds in the room: as long as before, and with the same *power* as before, so that the label and the
# loudness stay what they were.
#
# <details><summary>Hint 1: the sum</summary>
#
# The sum is a convolution: `np.convolve(audio, response)`. Its result is longer than the clip, since the last echoes come
# after its end. Keep the first `len(audio)` samples.
#
# </details>
# <details><summary>Hint 2: the power</summary>
#
# As in `mix_noise`: measure both powers; the factor is the root of their ratio.
#
# </details>

# %% [markdown] tags=["worked"]
# A similar function: a single echo, without convolution and without caring about the power.
#
# ```python
# def with_echo(audio, delay, loudness):
#     return audio + loudness * time_shift(audio, delay)
# ```

# %% nbgrader={"grade_id": "in_a_room-solution", "solution": true}
def in_a_room(audio, response):
    """A clip as it sounds in a room, with the power that it had.

    Args:
        audio: samples of a clip, shape (n,), not all zero.
        response: the impulse response of the room, shape (k,).

    Returns:
        The first n samples of the convolution, scaled to the power of the clip, shape (n,).
    """
    ### BEGIN SOLUTION
    heard = np.convolve(audio, response)[: len(audio)]
    return heard * np.sqrt(np.mean(audio**2) / np.mean(heard**2))
    ### END SOLUTION

# %% tags=["shows"]
check(in_a_room)

# %% tags=["shows"]
def hall(seconds=0.6, seed=0):
    """An impulse response that is made up: the sound itself, then noise that dies away."""
    time = np.arange(int(seconds * data.SAMPLE_RATE)) / data.SAMPLE_RATE
    echoes = 0.1 * np.random.default_rng(seed).normal(size=len(time)) * np.exp(-6 * time / seconds)
    return np.concatenate([[1.0], echoes])

play(in_a_room(one_clip, hall()))

# %% [markdown]
# ## Summary
#
# - Augmentation tells the network what does not matter. It helps most where the changes are those that really happen, and
#   copies that are new in every epoch cannot be learned by heart.
# - A `PyDataset` hands `fit` its batches: `__len__`, `__getitem__`, `on_epoch_end`.
# - Two remedies need four experiments: none, each alone, both. Then change one thing at a time.
# - Here, more data beats every other remedy: with enough variety in the clips, dropout only makes the network underfit.
# - Compare seed by seed, choose on the validation split, open the testing split once, and report what did not help.
# - Split first, augment afterwards.
#
# ## Further reading
#
# - D. S. Park et al. (2019), "SpecAugment: a simple data augmentation method for automatic speech recognition",
#   arXiv:1904.08779.
# - N. Jaitly, G. E. Hinton (2013), "Vocal tract length perturbation (VTLP) improves speech recognition", *ICML Workshop on
#   Deep Learning for Audio, Speech and Language*: other voices by a stretched mel axis.
# - J. L. Flanagan, R. M. Golden (1966), "Phase vocoder", *Bell System Technical Journal* 45.
# - B. McFee et al. (2015), "librosa: audio and music signal analysis in Python", *Proceedings of the 14th Python
#   in Science Conference*.
