# %% [markdown]
# # 5 · Augmentation: more data out of the data we have
#
# *About 120 minutes · 10 points · needs lesson 04*

# %% nbgrader={"grade_id": "setup-05_augmentation"}
from kws_helpers import data, features, mode, plotting, results, training, widgets  # before Keras
from kws_helpers.augment import AugmentedClips
from kws_helpers.check import check

import keras
import numpy as np
from IPython.display import Audio

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
# ## More data out of the data we have
#
# All remedies so far hold the network back. But what it really lacks is voices, rooms and microphones. We
# cannot record thousands of people this afternoon. But we know some changes after which a "yes" is still a
# "yes": it may come a little later, louder, faster or higher, or with a dishwasher running. Every such change,
# applied to a clip, makes a new clip for which we know the label. This is **augmentation**. It tells the
# network what does *not* matter, and that is what we know and it does not.
#
# One clip will do for trying things out, and one second of background noise. Both are from the training split.

# %% tags=["shows"]
one_clip = dataset.training.clips[np.flatnonzero(dataset.training.words == "yes")[0]]
noise_recordings = dataset.noise["training"]
noise = noise_recordings[0][:data.CLIP_SAMPLES]

def standardised_mfcc(audio):
    """Features as the network gets them, (49, 40) for a second of audio."""
    return prepared.standardised(features.mfcc(audio))

Audio(one_clip, rate=data.SAMPLE_RATE)

# %% [markdown]
# ### Exercise: `time_shift`
#
# *10 minutes · easy · 1 point*
#
# Nobody speaks exactly in the middle of the second. Move the clip by a number of samples: a positive number
# makes the word come **later**. The length stays the same; what is pushed out at one end is lost, and zeros
# come in at the other.
#
# <details><summary>Hint 1</summary>
#
# Begin with an array of zeros (`np.zeros_like`) and copy the part of the audio that stays to its new place. On
# paper: which samples stay if a clip of 10 samples is moved by 3, and where do they go? And by -3?
#
# </details>
# <details><summary>Hint 2: the special cases</summary>
#
# `audio[:-0]` is empty, not everything: try 0. And try to move a clip by more than its length; only zeros
# should be left.
#
# </details>
#
# `time_shift([1, 2, 3, 4], 1)` gives `[0, 1, 2, 3]`, and with -1 it gives `[2, 3, 4, 0]` (as arrays).

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
# **What would happen if** you moved clips by up to half a second? Would every label still be true?
#
# ### Exercise: `mix_noise`
#
# *15 minutes · medium · 2 points*
#
# How loud is "with noise"? One compares powers. The **power** of a sound is the mean of its squared samples,
# $P = \frac{1}{n} \sum_i x_i^2$. The **signal-to-noise ratio** says how many times as powerful the speech is as
# the noise, in decibel:
#
# $$\text{SNR} = 10 \log_{10} \frac{P_\text{speech}}{P_\text{noise}}$$
#
# At 20 dB the speech has 100 times the power of the noise, at 0 dB both have the same, and at -10 dB you have
# to listen hard. Find the factor for the noise that gives the wanted SNR, and add the scaled noise to the
# clip. The clip itself keeps its loudness.
#
# <details><summary>Hint 1: on paper first</summary>
#
# If the noise is multiplied by $g$, what is its power multiplied by? Put that into the formula and solve for
# $g$.
#
# </details>
# <details><summary>Hint 2: check yourself</summary>
#
# Whatever you add is `mix_noise(audio, noise, snr_db) - audio`. Put its power into the formula above: the SNR
# that you asked for must come out.
#
# </details>
#
# With an audio and a noise that have the same power and 0 dB, the result is simply their sum; with 20 dB, a
# tenth of the noise is added.

# %% nbgrader={"grade_id": "mix_noise-solution", "solution": true}
def mix_noise(audio, noise, snr_db):
    """Add noise at a given signal-to-noise ratio.

    Args:
        audio: samples of a clip, shape (n,).
        noise: samples of noise, shape (n,), not all zero.
        snr_db: wanted ratio of the power of the clip to the power of the added noise, in decibel.

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
Audio(noisy, rate=data.SAMPLE_RATE)

# %% [markdown]
# **What would happen if** you always mixed in the same second of noise?
#
# <details><summary>Answer</summary>
#
# The network would learn that second by heart as well, and would know how to take away this one noise and no other.
#
# </details>
#
# ### Exercise: `change_gain`
#
# *5 minutes · easy · 1 point*
#
# Some people shout, some microphones are far away. Multiply the samples by the factor that belongs to a number
# of decibels. Decibels compare **powers**, and the power grows with the *square* of the samples. So, with $g$
# for the factor:
#
# $$\text{decibel} = 10 \log_{10} g^2 = 20 \log_{10} g$$
#
# <details><summary>Hint</summary>
#
# Solve for $g$. At +20 dB the samples become 10 times as large, at -20 dB a tenth, at 0 dB they stay.
#
# </details>
#
# `change_gain([0.1, -0.2], 6)` gives about `[0.2, -0.4]` (as arrays): 6 dB is nearly a factor of 2.

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
# **What would happen if** you looked at the MFCC before and after? How many of the 40 coefficients does a gain change?
#
# <details><summary>Answer</summary>
#
# Nearly only the first. A factor on all powers is a constant in their logarithms, and a constant is what coefficient 0
# measures. (In very quiet places the floor at 80 dB below the maximum may move, too.)
#
# </details>
#
# ### Exercises: `change_speed` and `change_pitch`
#
# *10 minutes · easy · 1 point each*
#
# Play a record too fast and everybody sounds like a mouse: speed and pitch change together. To change only one
# of them is harder. One takes the spectrum of short frames, as for the MFCC, moves the *frames* closer together
# or further apart while every tone keeps its frequency, and makes sound of it again. That is a **phase
# vocoder** (Flanagan & Golden 1966). The library **librosa** has one:
#
# - speed without pitch: `librosa.effects.time_stretch`
# - pitch without speed: `librosa.effects.pitch_shift`. It stretches the time first, and then plays the result
#   faster or slower until it has its old length.
#
# Pitch is counted in **semitones**, the steps between neighbouring keys of a piano. Twelve of them double the
# frequency. Write both functions with librosa, leaving all its other settings as they are.
#
# librosa takes some seconds to start. The very first time on a computer it can take a minute, since it then
# compiles parts of itself. So it is imported here and not at the top:

# %%
import librosa.effects

# %% [markdown]
# <details><summary>Hint: how to find out what a function wants</summary>
#
# `help(librosa.effects.time_stretch)` shows its parameters. In librosa, `y` is the audio and `sr` the sample
# rate, which is 16,000 here. Everything but `y` has to be named in the call.
#
# </details>
#
# When they work, a clip of one second at rate 2 lasts half a second, and with 12 semitones its tones have twice
# the frequency.

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
Audio(faster, rate=data.SAMPLE_RATE)

# %% tags=["shows"]
Audio(higher, rate=data.SAMPLE_RATE)

# %% [markdown]
# In a higher voice the overtones lie further apart, and that shows in the highest coefficients.
#
# **What would happen if** you made every voice 12 semitones higher? Would you have the voices of children?
#
# <details><summary>Answer</summary>
#
# No. librosa moves the whole spectrum, the resonances of mouth and throat included, so everybody sounds like a cartoon
# mouse. A child's throat is shorter, but not half as long. A few semitones are believable.
#
# </details>
#
# ### Exercise: `mask_spectrogram`
#
# *15 minutes · medium · 2 points*
#
# The last change does not exist in nature. **SpecAugment** (Park et al. 2019) hides parts of the picture: one
# band of neighbouring frames, and one band of neighbouring coefficients. The network has to get by with the
# rest, and cannot rely on a single detail. It is dropout for inputs, in blocks.
#
# For each of the two axes: draw a width from 0 to the given width, **both included**. Draw where the band
# begins, so that it fits into the picture. Set everything in the band to 0. Our features are standardised, so 0
# is the mean: "nothing special here". Work on a **copy**.
#
# (The paper masks frequencies, in the mel bands. Our second axis holds MFCC, each of which mixes all frequencies, so
# our second band is only in the spirit of SpecAugment. `AugmentedClips`, at the end of this lesson, masks frames only.)
#
# <details><summary>Hint 1: whole random numbers</summary>
#
# `rng.integers(a, b)` draws from a to b - 1. What must b be if b itself should be possible, too?
#
# </details>
# <details><summary>Hint 2: one axis at a time</summary>
#
# With 49 frames and a band of 5, the first possible beginning is 0. Which is the last? `masked[start : start +
# width]` is a band of frames, `masked[:, start : start + width]` a band of coefficients.
#
# </details>
#
# When it works, you will see up to two black bands in each picture, differently at each draw:
#
# ![The features of a clip, and three masked versions of them with black bands of different widths at
# different places](expected:masks)

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
picture = standardised_mfcc(one_clip)
rng = np.random.default_rng(5)
plotting.masked_pictures(picture, [mask_spectrogram(picture, 10, 8, rng) for _ in range(3)])

# %% [markdown]
# **What would happen if** `frequency_width` were 40? How much of a clip would be left in the worst case?
#
# Now play. All your functions are behind these controls: look at the picture and listen. Find a setting at
# which *you* can only just understand the word. A change beyond that is not the same word any more, and a label
# that is wrong teaches wrong things.

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
    masked = mask_spectrogram(standardised_mfcc(audio), frames, coefficients, np.random.default_rng(2))
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
# ### Does it help?
#
# First the masks alone: every training clip as it is, and two masked copies of it. To be fair, the network
# takes about as many steps as before: three times as many clips, but only a third of the epochs.

# %% tags=["shows"]
COPIES = 2
n_clips = 32 if mode.short_training() else len(prepared.training)
originals = prepared.training.x[:n_clips]

def with_copies(copies):
    """The training clips and copies of them, as something to train with."""
    x = np.concatenate([originals, *copies]).astype(np.float32, copy=False)
    return features.Inputs(x, np.tile(prepared.training.y[:n_clips], 1 + COPIES))

def masked_copy(x, rng):
    return np.stack([mask_spectrogram(picture, 10, 8, rng) for picture in x])

rng = np.random.default_rng(0)
measure("masks", plain, clips=with_copies(masked_copy(originals, rng) for _ in range(COPIES)),
        epochs=EPOCHS // (1 + COPIES));

# %% [markdown]
# Then the audio: two copies of each clip, every one moved by up to a tenth of a second, louder or softer by
# up to 10 dB, and with noise at 0 to 30 dB. The noise is from the training split, too: noise of the validation
# split would be as much a leak as its voices. (Speed and pitch would be good for this, too, but librosa needs
# too long for thousands of clips.) Computing the MFCC of all copies takes about ten seconds.

# %% tags=["shows"]
def noise_stretch(rng):
    """A random second of the background recordings of the training split."""
    recording = noise_recordings[rng.integers(len(noise_recordings))]
    start = rng.integers(len(recording) - data.CLIP_SAMPLES + 1)
    return recording[start : start + data.CLIP_SAMPLES]

def changed_audio(audio, rng):
    audio = time_shift(audio, int(rng.integers(-1600, 1601)))
    audio = change_gain(audio, rng.uniform(-10, 10))
    return mix_noise(audio, noise_stretch(rng), rng.uniform(0, 30))

def changed_copy(rng):
    return np.stack([standardised_mfcc(changed_audio(dataset.training.clips[i], rng)) for i in range(n_clips)])

rng = np.random.default_rng(0)
copies = [changed_copy(rng) for _ in range(COPIES)]
measure("copies of the audio", plain, clips=with_copies(copies), epochs=EPOCHS // (1 + COPIES));

# %% [markdown]
# Everything that belongs together at once: this network with batch norm, dropout and a penalty (a hundredth of the one
# above), and the copies of the audio, each of them masked.

# %% tags=["shows"]
rng = np.random.default_rng(1)
measure("all together", build_regularised_ffnn, clips=with_copies(masked_copy(copy, rng) for copy in copies),
        epochs=EPOCHS // (1 + COPIES));

# %% [markdown]
# ## The table
#
# Here is what every remedy brought, good or bad. The last column says how far the seeds are apart: a gain that
# is not clearly larger than that may be luck. And seeds are not the only luck: all of them were examined on the same
# few hundred validation clips, and as many others would move every row by some points.

# %% tags=["shows"]
baseline = 100 * measured["plain"].mean(axis=0)
print(f"{'remedy':<22}{'training':>10}{'validation':>12}{'gain':>8}{'seeds apart':>13}")

def print_table():
    for name, values in measured.items():
        heard, unheard = 100 * values.mean(axis=0)
        apart = 100 * np.ptp(values[:, 1])
        print(f"{name:<22}{heard:>8.1f} %{unheard:>10.1f} %{unheard - baseline[1]:>+8.1f}{apart:>13.1f}")

print_table()

# %% tags=["shows"]
plotting.remedy_dots(measured, baseline="plain")

# %% [markdown]
# Read it slowly; it is worth more than any rule of thumb.
#
# - **A closed gap is not a success.** Where the training accuracy fell without a gain in validation, the network
#   only knows its own clips less well.
# - **What brings most is new information**, and only the copies of the audio have it. Penalty, dropout and
#   masks forbid the network some ways of learning by heart. They do not tell it how another room sounds.
# - **Remedies do not add up.** "All together" may be no better than the best single one. Held back on all
#   sides, the network does not even get its own clips right any more, so now it *underfits*, or has not been
#   trained for long enough.
# - **Some did nothing here, and some did harm** (look for losses larger than the seeds are apart). It would be easy
#   to drop their rows. But that would be cheating, and it would
#   hide what there is to learn: this network has few voices to learn from, and no layer can make up for that.
#
# ### Question: which remedy, and when?
#
# *15 minutes · medium · 2 points · marked by hand*
#
# Answer in about 120 words, using your own table.
#
# 1. Which single remedy helped new voices most in your table, and which lowered the training accuracy without
#    helping much? Explain the difference with bias and variance.
# 2. A friend has trained a network for another language. It is right on 55 % of its training clips and on 53 %
#    of its validation clips. She wants to add dropout and a stronger weight penalty. What do you tell her?

# %% [markdown] nbgrader={"grade_id": "which_remedy", "grade": true, "solution": true, "points": 2}
# **Model answer.** Copies of the audio helped most. The plain network's error on new voices is mostly variance:
# it fits accidents of its few training clips (the exact place, loudness and background). Shifted, louder and
# noisy copies cover the differences that really occur between recordings, so the accidents average out, and
# this lowers the variance without forbidding the network any good rule: hardly any new bias. Dropout (or the
# penalty, or all together) lowers the training accuracy clearly but brings little for new voices. It limits
# what the network can do, useful rules included. Variance falls, but bias rises, and the two nearly cancel.
#
# The friend's network is nearly as bad on training clips as on new ones. There is hardly any gap, so hardly any
# variance to lower. It underfits: its bias is too high. Dropout and a stronger penalty would raise it further.
# She should do the opposite: train longer or with a better learning rate, take less regularisation, a larger or
# better suited network or better features, and check the labels.
#
# **Marking.** 1 point: names a remedy from the table that gains and one that does not, in agreement with the
# student's own numbers, and connects it with variance lowered / bias raised (half a point without the
# explanation, or where differences smaller than those between the seeds are taken for facts). 1 point:
# recognises underfitting from the missing gap, advises against both remedies, and names at least one thing that
# helps (half a point where only one of these is there).

# %% [markdown]
# ## Fresh copies in every epoch
#
# Two copies of each clip can be learned by heart as well. It only takes longer. So let the copies never repeat:
# every epoch draws new shifts, new noise, new masks. Then the
# network never sees the same clip twice, and may train for as long as it likes.
#
# `AugmentedClips` does that for the training split. It takes a short cut: it makes the changes on mel bands
# instead of samples, which is much faster, so that it can afford other speeds and voices, too. Here are three
# draws of our clip:

# %% tags=["shows"]
index_of_yes = np.flatnonzero(dataset.training.words == "yes")[0]
fresh = AugmentedClips(dataset, prepared)
draws = [fresh.augmented(np.array([index_of_yes]), np.random.default_rng(seed))[0] for seed in range(3)]
plotting.pictures({"as it was": prepared.training.x[index_of_yes]} | {f"draw {i + 1}": x for i, x in enumerate(draws)},
                  limits=(-3, 3), ylabel="coefficient")

# %% [markdown]
# With so much variety in the clips, how much dropout does the network still need? That is a choice, so the
# validation split makes it. (Each candidate takes about half a minute.)

# %% tags=["shows"]
FRESH_EPOCHS = 25
RATES = (0.2,) if mode.short_training() else (0.5, 0.2)

def train_on_fresh_copies(rate, seeds):
    return train(lambda: build_regularised_ffnn(dropout=rate), fresh, epochs=FRESH_EPOCHS, seeds=seeds)

candidates = {rate: train_on_fresh_copies(rate, seeds=(0,)) for rate in RATES}
scores = {rate: training.accuracy(model, prepared.validation) for rate, [(model, _)] in candidates.items()}

def print_scores():
    for rate, score in scores.items():
        print(f"dropout {rate}: validation {score:.1%}")

print_scores()
best_rate = max(scores, key=scores.get)
print(f"we take {best_rate}")

# %% [markdown]
# The two other seeds with that rate, and a last row for the table:

# %% tags=["shows"]
fresh_runs = candidates[best_rate] + train_on_fresh_copies(best_rate, SEEDS[1:])
note("fresh copies", accuracies_of(fresh_runs))
print(f"copies made once, all together: validation {measured['all together'][:, 1].mean():.1%}")

# %% [markdown]
# Is it better than the copies that were made once? Look at the seeds before you say so, and at what else is different:
# more changes, more steps, another dropout.
#
# Now everything is chosen, and the testing split is opened, once: for the plain network and for the regularised one,
# three seeds each.

# %% tags=["shows"]
exam = {"plain": [training.accuracy(model, prepared.testing) for model, _ in plain_runs],
        "regularised": [training.accuracy(model, prepared.testing) for model, _ in fresh_runs]}
gain = 100 * (np.mean(exam["regularised"]) - np.mean(exam["plain"]))
plotting.accuracy_dots(exam, chance=1 / n_classes)
print(f"gain on unheard voices, mean of {len(SEEDS)} seeds: {gain:+.1f} points")

# %% tags=["shows"]
plotting.learning_curves(fresh_runs[0][1], n_classes)

# %% [markdown]
# Look at the curves: training is now *below* validation. That is no mistake. The training clips are noisy,
# masked and distorted, and dropout is on; the validation clips are as they were recorded. This network is far from
# knowing its clips by heart.
#
# The same architecture, hardly a parameter more, the same recordings, and far better on voices that it has
# never heard. Its weakness is now elsewhere: in the way it is built. Lesson 06 takes care of that.

# %% tags=["shows"]
results.remember("FFNN, regularised", fresh_runs[0][0], exam["regularised"], dataset)

# %% [markdown]
# ## What went wrong here?
#
# A colleague likes augmentation very much. He takes the training clips and masked copies of them, shuffles
# everything, keeps a tenth of it for validation, and trains the *plain* network for a few epochs. Then he tells
# everybody that dropout and the like are not needed: look at his validation accuracy!

# %% tags=["shows"]
rng = np.random.default_rng(0)
masked_clips = with_copies(masked_copy(originals, rng) for _ in range(COPIES))
order = rng.permutation(len(masked_clips))
tenth = len(order) // 10
his_validation = features.Inputs(masked_clips.x[order[:tenth]], masked_clips.y[order[:tenth]])
his_training = features.Inputs(masked_clips.x[order[tenth:]], masked_clips.y[order[tenth:]])
[(his_model, _)] = train(plain, his_training, validation=his_validation, epochs=6, seeds=(0,))
print(f"his training clips:   {training.accuracy(his_model, his_training):.1%}")
print(f"his validation clips: {training.accuracy(his_model, his_validation):.1%}")
print(f"voices never heard:   {training.accuracy(his_model, prepared.validation):.1%}")

# %% [markdown]
# His validation clips were not in his training set, and yet something is badly wrong. What? There are two
# mistakes, one within the other. Which order of steps would have avoided both?
#
# <details><summary>What happened</summary>
#
# He augmented **before** splitting. Nearly every clip in his validation has a twin in his training set: the
# same recording, only with other masks. The network need not understand the word; it is enough to
# recognise the recording. His validation measures learning by heart, and calls it understanding.
#
# The second mistake would have been there without the copies: clips were drawn at random, so the same
# *speakers* are on both sides (lesson 01).
#
# The right order: split by speaker first, then augment the training part alone, with noise from the training
# split. Validation and testing clips stay as they are. Every step that mixes clips (copies, standardising,
# choosing) belongs after the split.
#
# How to notice such a thing: a simple network that is suddenly excellent, and a validation accuracy that
# follows the training accuracy like a shadow. **A result that is too good is a question, not an answer.**
#
# </details>
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
