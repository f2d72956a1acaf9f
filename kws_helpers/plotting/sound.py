"""Lesson 01: sound, classes and features."""

from collections.abc import Mapping, Sequence

import numpy as np

from kws_helpers.plotting.figure import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PICTURE_COLOURS,
    PURPLE,
    SKY,
    VERMILION,
    new_figure,
    show,
)


def waveforms(clips: Sequence[np.ndarray], titles: Sequence[str], sample_rate: int = 16_000) -> None:
    """Clips, each (n_samples,), one below the other on the same scale."""
    figure, axes = new_figure(rows=len(clips), height=0.5 + 1.2 * len(clips), sharex=True, sharey=True, squeeze=False)
    for axis, clip, title in zip(axes[:, 0], clips, titles, strict=True):
        axis.plot(np.arange(len(clip)) / sample_rate, clip, linewidth=0.7)
        axis.set_title(title, loc="left", fontsize=11)
    axes[-1, 0].set_xlabel("time in seconds")
    figure.supylabel("sample value", fontsize=11)
    peaks = [f"{title}: largest value {np.max(np.abs(clip)):.2g}" for clip, title in zip(clips, titles, strict=True)]
    show(figure, f"Sample value over time. {'; '.join(peaks)}.")


def class_bars(counts: Mapping[str, Mapping[str, int]]) -> None:
    """The number of clips of every class, one panel a split: `counts[split][class]`."""
    figure, axes = new_figure(columns=len(counts), height=3.6, sharey=True, squeeze=False)
    for axis, (split, by_class), colour in zip(axes[0], counts.items(), [BLUE, ORANGE, GREEN, PURPLE], strict=False):
        bars = axis.barh(list(by_class), list(by_class.values()), color=colour)
        axis.bar_label(bars, padding=2, fontsize=9)
        axis.margins(x=0.2)
        axis.set_title(f"{split}: {sum(by_class.values()):,} clips")
        axis.set_xlabel("clips")
    axes[0, 0].invert_yaxis()
    texts = [f"{split}: " + ", ".join(f"{name} {count:,}" for name, count in by_class.items())
             for split, by_class in counts.items()]
    show(figure, f"Bars with the number of clips of each class. {'. '.join(texts)}.")


def label_picture(encoded: np.ndarray, words: Sequence[str], class_names: Sequence[str]) -> None:
    """One-hot labels (N, n_classes) as a picture: a row a clip, named by the word that is spoken in it."""
    encoded = np.asarray(encoded, dtype=float)
    figure, axis = new_figure(width=6, height=4.2)
    axis.imshow(encoded, vmin=0, vmax=1, aspect="auto", cmap=PICTURE_COLOURS)
    for row, column in zip(*np.nonzero(encoded), strict=True):
        axis.text(column, row, f"{encoded[row, column]:g}", ha="center", va="center", fontsize=9)
    axis.set_xticks(range(len(class_names)), class_names, rotation=60)
    axis.set_yticks(range(len(words)), words)
    axis.set_xlabel("class")
    axis.set_ylabel("word spoken in the clip")
    ones = [f"{word}: {' and '.join(class_names[c] for c in np.flatnonzero(row)) or 'none'}"
            for word, row in zip(words, encoded, strict=True)]
    show(figure, f"A row a clip, a column a class; the bright square is the 1. {', '.join(ones)}.")


def frames(clip: np.ndarray, window: int, hop: int, count: int, sample_rate: int = 16_000) -> None:
    """A clip (n_samples,) and `count` windows below it; a window that reaches beyond the clip is drawn in vermilion."""
    figure, (above, below) = new_figure(rows=2, height=3.4, sharex=True, height_ratios=[2, 1])
    above.plot(np.arange(len(clip)) / sample_rate, clip, linewidth=0.7)
    above.set_ylabel("sample value")
    levels = -(-window // hop)  # so many windows overlap at a time
    outside = 0
    for number in range(count):
        start = number * hop
        fits = start + window <= len(clip)
        outside += not fits
        below.barh(number % levels, window / sample_rate, left=start / sample_rate, height=0.8,
                   color=(BLUE, SKY)[number % 2] if fits else VERMILION, edgecolor="white")
    below.axvline(len(clip) / sample_rate, color=BLACK, linestyle="--")
    below.set_yticks([])
    below.set_xlabel("time in seconds")
    below.set_title(f"{count} windows of {window} samples, one every {hop}", loc="left", fontsize=11)
    show(figure, f"A waveform of {len(clip):,} samples with {count} overlapping windows below it; {outside} of them "
                 "reach beyond the end of the clip.")


def spectrum(frame: np.ndarray, power: np.ndarray, sample_rate: int = 16_000) -> None:
    """One frame (window,) and its power spectrum (window // 2 + 1,) in decibel."""
    figure, (left, right) = new_figure(columns=2, height=2.8, width_ratios=[2, 3])
    left.plot(np.arange(len(frame)) / sample_rate * 1000, frame, linewidth=1)
    left.set(xlabel="time in milliseconds", ylabel="sample value", title="one frame")
    kilohertz = np.fft.rfftfreq(len(frame), 1 / sample_rate) / 1000
    right.plot(kilohertz, 10 * np.log10(np.maximum(power, 1e-10)), color=ORANGE, linewidth=1)
    right.set(xlabel="frequency in kHz", ylabel="power in dB", title="its spectrum")
    loudest = kilohertz[np.argmax(power)] * 1000
    show(figure, f"Left: {len(frame)} samples of sound. Right: their power at {len(power)} frequencies from 0 to "
                 f"{kilohertz[-1]:g} kHz; the strongest is at {loudest:.0f} Hz.")


def pictures(panels: Mapping[str, np.ndarray], columns: int = 2, limits: tuple[float, float] | None = None,
             ylabel: str = "") -> None:
    """Arrays (T, K) as pictures: time runs to the right, K upwards. `limits`: one scale of colours for all."""
    rows = -(-len(panels) // columns)
    figure, axes = new_figure(rows, columns, height=0.4 + 2.1 * rows, squeeze=False)
    low, high = limits or (None, None)
    for axis, (title, values) in zip(axes.flat, panels.items(), strict=False):
        image = axis.imshow(np.asarray(values).T, origin="lower", aspect="auto", vmin=low, vmax=high,
                            cmap=PICTURE_COLOURS)
        axis.set_title(title, fontsize=11)
        if limits is None:
            figure.colorbar(image, ax=axis)
    if limits is not None:
        figure.colorbar(image, ax=axes, extend="both")
    for axis in axes.flat[len(panels):]:
        axis.set_axis_off()
    figure.supxlabel("frame", fontsize=11)
    figure.supylabel(ylabel, fontsize=11)
    texts = [f"{title}: {np.shape(values)[0]} frames of {np.shape(values)[1]} numbers from {np.min(values):.3g} to "
             f"{np.max(values):.3g}" for title, values in panels.items()]
    show(figure, f"Pictures with time to the right. {'; '.join(texts)}.")


def shares(percent: Mapping[str, Mapping[str, float]]) -> None:
    """Bars in per cent, side by side for every group: `percent[what][group]`."""
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
    """Accuracies of several runs, a row a kind of experiment, and the accuracy of guessing."""
    figure, axis = new_figure(height=0.9 + 0.6 * len(accuracies))
    for row, values in enumerate(accuracies.values()):
        axis.plot(values, np.full(len(values), row), "o", alpha=0.6)
    axis.axvline(chance, color=BLACK, linestyle="--", label=f"guessing: {chance:.0%}")
    axis.set_yticks(range(len(accuracies)), list(accuracies))
    axis.set(ylim=(len(accuracies) - 0.4, -0.6), xlabel="accuracy on the test clips")
    axis.xaxis.set_major_formatter("{x:.0%}")
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    texts = [f"{name}: mean {np.mean(values):.1%}, from {np.min(values):.1%} to {np.max(values):.1%}"
             for name, values in accuracies.items()]
    show(figure, f"Dots, one for each run. {'; '.join(texts)}. A dashed line at {chance:.0%} marks guessing.")


def coefficient_spread(panels: Mapping[str, np.ndarray]) -> None:
    """Mean and mean plus/minus one standard deviation of every coefficient: `panels[title]` is (N, T, F)."""
    figure, axes = new_figure(columns=len(panels), height=2.9, squeeze=False)
    texts = []
    for axis, (title, values) in zip(axes[0], panels.items(), strict=True):
        mean, std = np.mean(values, axis=(0, 1)), np.std(values, axis=(0, 1))
        axis.fill_between(range(len(mean)), mean - std, mean + std, color=SKY, alpha=0.6, linewidth=0)
        axis.plot(mean, color=BLUE)
        axis.set(title=title, xlabel="coefficient")
        texts.append(f"{title}: means from {mean.min():.2f} to {mean.max():.2f}, standard deviations from "
                     f"{std.min():.2f} to {std.max():.2f}")
    axes[0, 0].set_ylabel("mean ± standard deviation")
    show(figure, f"A line with a band around it over the coefficients. {'; '.join(texts)}.")
