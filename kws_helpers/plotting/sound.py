"""Lesson 01: sound, classes and features."""

from collections.abc import Mapping, Sequence

import numpy as np

from kws_helpers.data import SAMPLE_RATE
from kws_helpers.plotting.colours import BLACK, BLUE, COLOUR_MAP, GREEN, ORANGE, PURPLE, SKY, VERMILION
from kws_helpers.plotting.figure import label, new_figure, new_panels, picture, show, spread_in_words


def waveforms(clips: Sequence[np.ndarray], titles: Sequence[str], sample_rate: int = SAMPLE_RATE) -> None:
    """Show clips, each (n_samples,), one below the other, on the same scale.

    Example:
        >>> waveforms([0.5 * np.sin(np.arange(16_000))], ["a tone"])
        Figure: Sample value over time. a tone: largest value 0.5.
    """
    figure, axes = new_figure(rows=len(clips), height=0.5 + 1.2 * len(clips), sharex=True, sharey=True, squeeze=False)
    for axis, clip, title in zip(axes[:, 0], clips, titles, strict=True):
        axis.plot(np.arange(len(clip)) / sample_rate, clip, linewidth=0.7)
        axis.set_title(title, loc="left", fontsize=11)
    axes[-1, 0].set_xlabel("time in seconds")
    figure.supylabel("sample value", fontsize=11)
    peaks = [f"{title}: largest value {np.max(np.abs(clip)):.2g}" for clip, title in zip(clips, titles, strict=True)]
    show(figure, f"Sample value over time. {'; '.join(peaks)}.")


def class_bars(counts: Mapping[str, Mapping[str, int]]) -> None:
    """Show the number of clips of every class as bars, one panel per split: `counts[split][class]`.

    Example:
        >>> class_bars({"training": {"yes": 20, "no": 30}, "testing": {"yes": 2, "no": 3}})
        Figure: Bars with the number of clips of each class. training: yes 20, no 30. testing: yes 2, no 3.
    """
    titled = {f"{split}: {sum(by_class.values()):,} clips": by_class for split, by_class in counts.items()}
    figure, panels = new_panels(titled, height=3.6, sharey=True)
    for (axis, by_class), colour in zip(panels, [BLUE, ORANGE, GREEN, PURPLE]):
        bars = axis.barh(list(by_class), list(by_class.values()), color=colour)
        axis.bar_label(bars, padding=2, fontsize=9)
        axis.margins(x=0.2)
        axis.set_xlabel("clips")
    panels[0][0].invert_yaxis()
    texts = [f"{split}: " + ", ".join(f"{name} {count:,}" for name, count in by_class.items())
             for split, by_class in counts.items()]
    show(figure, f"Bars with the number of clips of each class. {'. '.join(texts)}.")


def label_picture(encoded: np.ndarray, words: Sequence[str], class_names: Sequence[str]) -> None:
    """Show one-hot labels (N, n_classes) as a picture: a row per clip, named by the word that is spoken in it."""
    encoded = np.asarray(encoded, dtype=float)
    figure, axis = new_figure(width=6, height=4.2)
    axis.imshow(encoded, vmin=0, vmax=1, aspect="auto", cmap=COLOUR_MAP)
    for row, column in zip(*np.nonzero(encoded), strict=True):
        axis.text(column, row, f"{encoded[row, column]:g}", ha="center", va="center", fontsize=9)
    axis.set_xticks(range(len(class_names)), class_names, rotation=60)
    axis.set_yticks(range(len(words)), words)
    axis.set(xlabel="class", ylabel="word spoken in the clip")
    ones = [f"{word}: {' and '.join(class_names[c] for c in np.flatnonzero(row)) or 'none'}"
            for word, row in zip(words, encoded, strict=True)]
    show(figure, f"A row per clip, a column per class; the bright square is the 1. {', '.join(ones)}.")


def frames(clip: np.ndarray, window: int, hop: int, count: int, sample_rate: int = SAMPLE_RATE) -> None:
    """Show a clip (n_samples,) and below it `count` windows; one that reaches beyond the clip is drawn in vermilion.

    Args:
        clip: the samples.
        window, hop: length of a window and distance from one to the next, in samples.
        count: how many windows there are to be.
        sample_rate: samples per second.
    """
    figure, (above, below) = new_figure(rows=2, height=3.4, sharex=True, height_ratios=[2, 1])
    above.plot(np.arange(len(clip)) / sample_rate, clip, linewidth=0.7)
    above.set_ylabel("sample value")
    starts = hop * np.arange(count)
    levels = -(-window // hop)  # so many windows overlap at a time
    for number, start in enumerate(starts):
        inside = (BLUE, SKY)[number % 2]
        below.barh(number % levels, window / sample_rate, left=start / sample_rate, height=0.8, edgecolor="white",
                   color=inside if start + window <= len(clip) else VERMILION)
    below.axvline(len(clip) / sample_rate, color=BLACK, linestyle="--")
    below.set(yticks=[], xlabel="time in seconds")
    below.set_title(f"{count} windows of {window} samples, one every {hop}", loc="left", fontsize=11)
    show(figure, f"A waveform of {len(clip):,} samples with {count} overlapping windows below it; "
                 f"{np.sum(starts + window > len(clip))} of them reach beyond the end of the clip.")


def spectrum(frame: np.ndarray, power: np.ndarray, sample_rate: int = SAMPLE_RATE) -> None:
    """Show one frame (window,) and its power spectrum (window // 2 + 1,) in decibel."""
    figure, (left, right) = new_figure(columns=2, height=2.8, width_ratios=[2, 3])
    left.plot(np.arange(len(frame)) / sample_rate * 1000, frame, linewidth=1)
    left.set(xlabel="time in milliseconds", ylabel="sample value", title="one frame")
    kilohertz = np.fft.rfftfreq(len(frame), 1 / sample_rate) / 1000
    right.plot(kilohertz, 10 * np.log10(np.maximum(power, 1e-10)), color=ORANGE, linewidth=1)
    right.set(xlabel="frequency in kHz", ylabel="power in dB", title="its spectrum")
    show(figure, f"Left: {len(frame)} samples of sound. Right: their power at {len(power)} frequencies from 0 to "
                 f"{kilohertz[-1]:g} kHz; the strongest is at {kilohertz[np.argmax(power)] * 1000:.0f} Hz.")


def pictures(panels: Mapping[str, np.ndarray], columns: int = 2, limits: tuple[float, float] | None = None,
             ylabel: str | Sequence[str] = "", heights: Sequence[tuple[float, float]] | None = None) -> None:
    """Show arrays (T, K) as pictures: time runs to the right, K upwards.

    Args:
        panels: the arrays, by their titles.
        columns: pictures side by side.
        limits: lowest and highest value of one scale of colours for all; without it each picture has its own.
        ylabel: what K is, for all pictures or for each.
        heights: for each picture where its y axis begins and ends; without it, each counts from 0 to K.

    Example:
        >>> pictures({"MFCC of silence": np.zeros((49, 40))}, ylabel="coefficient")
        Figure: Pictures with time to the right. MFCC of silence: 49 frames of 40 numbers from 0 to 0.
    """
    height = 0.4 + 2.1 * -(-len(panels) // columns)
    figure, shown = new_panels(panels, columns, height=height, titles={"fontsize": 11})
    for number, (axis, values) in enumerate(shown):
        image = picture(axis, values, limits)
        if heights:
            left, right, *_ = image.get_extent()
            image.set_extent((left, right, *heights[number]))
        if not isinstance(ylabel, str):
            axis.set_ylabel(ylabel[number])
        if limits is None:
            figure.colorbar(image, ax=axis)
    if limits is not None:
        figure.colorbar(image, ax=figure.axes, extend="both")
    figure.supxlabel("frame", fontsize=11)
    figure.supylabel(ylabel if isinstance(ylabel, str) else "", fontsize=11)
    texts = [f"{title}: {np.shape(values)[0]} frames of {np.shape(values)[1]} numbers from {np.min(values):.3g} to "
             f"{np.max(values):.3g}" for title, values in panels.items()]
    show(figure, f"Pictures with time to the right. {'; '.join(texts)}.")


def shares(percent: Mapping[str, Mapping[str, float]]) -> None:
    """Show bars in per cent, side by side for every group: `percent[what][group]`."""
    figure, axis = new_figure(height=2.8)
    width = 0.8 / len(percent)
    for number, (what, by_group) in enumerate(percent.items()):
        places = np.arange(len(by_group)) + (number - (len(percent) - 1) / 2) * width
        bars = axis.bar(places, list(by_group.values()), width=0.95 * width, label=what)
        axis.bar_label(bars, fmt="%.1f %%", padding=2, fontsize=9)
    axis.set_xticks(range(len(by_group)), list(by_group))
    axis.set_ylabel("per cent")
    axis.margins(y=0.12)
    axis.legend()
    texts = [f"{what}: " + ", ".join(f"{group} {value:.1f} %" for group, value in by_group.items())
             for what, by_group in percent.items()]
    show(figure, f"Bars. {'. '.join(texts)}.")


def accuracy_dots(accuracies: Mapping[str, np.ndarray], chance: float) -> None:
    """Show accuracies (n_runs,) from 0 to 1, a row per kind of experiment, and the accuracy of guessing, `chance`.

    Example:
        >>> accuracy_dots({"small": np.array([0.5, 0.75])}, chance=1 / 12)
        Figure: Dots, one for each run. small: mean 62.5%, from 50.0% to 75.0%. A dashed line at 8% marks guessing.
    """
    figure, axis = new_figure(height=0.9 + 0.6 * len(accuracies))
    for row, values in enumerate(accuracies.values()):
        axis.plot(values, np.full(len(values), row), "o", alpha=0.6)
    axis.axvline(chance, color=BLACK, linestyle="--", label=f"guessing: {chance:.0%}")
    axis.set_yticks(range(len(accuracies)), list(accuracies))
    label(axis, percent="x", ylim=(len(accuracies) - 0.4, -0.6), xlabel="accuracy on the test clips")
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    texts = [f"{name}: mean {np.mean(values):.1%}, from {np.min(values):.1%} to {np.max(values):.1%}"
             for name, values in accuracies.items()]
    show(figure, f"Dots, one for each run. {'; '.join(texts)}. A dashed line at {chance:.0%} marks guessing.")


def coefficient_spread(panels: Mapping[str, np.ndarray]) -> None:
    """Show mean and mean plus/minus one standard deviation of every coefficient: `panels[title]` is (N, T, F)."""
    figure, shown = new_panels(panels, height=2.9, ylabel="mean ± standard deviation")
    for axis, values in shown:
        mean, std = np.mean(values, axis=(0, 1)), np.std(values, axis=(0, 1))
        axis.fill_between(range(len(mean)), mean - std, mean + std, color=SKY, alpha=0.6, linewidth=0)
        axis.plot(mean, color=BLUE)
        axis.set_xlabel("coefficient")
    texts = [f"{title}: {spread_in_words(values.reshape(-1, values.shape[-1]))}" for title, values in panels.items()]
    show(figure, f"A line with a band around it over the coefficients. {'; '.join(texts)}.")
