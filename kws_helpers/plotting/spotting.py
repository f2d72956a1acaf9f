"""Lesson 07: a network that listens."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from kws_helpers.plotting.figure import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PICTURE_COLOURS,
    SKY,
    VERMILION,
    new_figure,
    show,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kws_helpers.recording import Recording

_RATE = 16_000


def sliding_windows(audio: np.ndarray, chunk: int, looks: int = 4) -> None:
    """The last `looks` windows of one second over `audio` (n,), each moved on by `chunk` samples."""
    figure, axis = new_figure(height=3.4)
    time = np.arange(len(audio)) / _RATE
    axis.plot(time, audio / np.max(np.abs(audio)), color=BLUE, linewidth=0.6)
    for look in range(looks):
        end = (len(audio) - (looks - 1 - look) * chunk) / _RATE
        y = -1.4 - 0.42 * look
        axis.barh(y, 1, left=end - 1, height=0.3, color=SKY, edgecolor=BLACK, linewidth=0.8)
        axis.barh(y, chunk / _RATE, left=end - chunk / _RATE, height=0.3, color=ORANGE, edgecolor=BLACK, linewidth=0.8)
        axis.text(end - 1.02, y, f"look {look + 1}", ha="right", va="center")
    axis.set(xlabel="time in seconds", yticks=[], xlim=(0, len(audio) / _RATE + 0.02))
    axis.spines["left"].set_visible(False)
    show(figure, f"The wave of {len(audio) / _RATE:.1f} seconds of sound, and under it {looks} bars of one second. "
                 f"Every bar lies {chunk / _RATE:.2f} s further to the right than the one above it; its last "
                 f"{chunk / _RATE:.2f} s, the new chunk, have another colour.")


def spoken_words(recording: "Recording") -> None:
    """The wave of a recording, and where which word is said in it."""
    figure, axis = new_figure(height=2.6)
    time = np.arange(0, len(recording.audio), 8) / _RATE
    axis.plot(time, recording.audio[::8], color=BLUE, linewidth=0.4)
    top = float(np.max(np.abs(recording.audio)))
    for word in recording.words:
        keyword = word.label is not None
        axis.axvspan(word.start / _RATE, word.end / _RATE, color=ORANGE if keyword else BLACK,
                     alpha=0.3 if keyword else 0.12, linewidth=0)
        axis.text((word.start + word.end) / 2 / _RATE, 1.1 * top, word.text, ha="center",
                  weight="bold" if keyword else "normal")
    axis.set(xlabel="time in seconds", xlim=(0, recording.seconds), ylim=(-1.05 * top, 1.3 * top), yticks=[])
    said = ", ".join(f"{word.text} at {word.start / _RATE:.1f} s" + ("" if word.label is not None else " (no keyword)")
                     for word in recording.words)
    show(figure, f"The wave of {recording.seconds:.0f} seconds of sound, with the words marked: {said or 'none'}.")


def smoothing(curves: Mapping[str, np.ndarray], chunk: int, title: str) -> None:
    """Probabilities of one keyword over time: `curves[name]` is (T,), one value for each chunk."""
    figure, axis = new_figure(height=2.8)
    texts = []
    for (name, values), colour, style in zip(curves.items(), (SKY, VERMILION, BLACK), ("o-", "-", "--")):
        values = np.asarray(values)
        axis.plot((np.arange(len(values)) + 1) * chunk / _RATE, values, style, color=colour, markersize=4, label=name,
                  linewidth=1.2 if style == "o-" else 2.4)
        jumps = np.mean(np.abs(np.diff(values)))
        texts.append(f"{name}: highest {np.max(values):.2f}, from frame to frame it moves by {jumps:.2f} on average")
    axis.set(xlabel="time in seconds", ylabel="probability", ylim=(-0.03, 1.03), title=title)
    axis.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    show(figure, f"{title}, as lines over time. {'; '.join(texts)}.")


def draw_detections(probabilities: np.ndarray, detections: Sequence[tuple[int, int]], class_names: Sequence[str],
                    chunk: int, *, threshold: float, truth: Sequence[tuple[int, int, int]] | None = None,
                    frames: tuple[int, int] | None = None, title: str = "") -> tuple["Figure", str]:
    """The probabilities (T, K) of K keywords over time, what was detected, and what was really said.

    Args:
        probabilities: from 0 to 1, (T, K), a frame for every `chunk` samples.
        detections: [(frame, class)].
        class_names: the K names.
        chunk: samples from one frame to the next.
        threshold: drawn as a line.
        truth: [(first frame, last frame, class)], where it is known.
        frames: the first frame to show, and the one after the last; all where it is None.
        title: of the figure.
    """
    first, end = frames or (0, len(probabilities))
    end = min(end, len(probabilities))
    figure, (above, below) = new_figure(rows=2, width=9, height=5, sharex=True,
                                        gridspec_kw={"height_ratios": [1, 2.2]})
    seconds = (first * chunk / _RATE, end * chunk / _RATE)
    shown = probabilities[first:end]
    middle = (np.arange(first, end) + 0.5) * chunk / _RATE
    above.plot(middle, shown.max(axis=1), color=BLUE, linewidth=1.2)
    above.axhline(threshold, color=BLACK, linestyle=":")
    above.text(seconds[1], threshold, " threshold", va="center")
    above.set(ylim=(0, 1.03), ylabel="largest", title=title)
    below.imshow(shown.T, aspect="auto", cmap=PICTURE_COLOURS, vmin=0, vmax=1, interpolation="nearest",
                 extent=(*seconds, len(class_names) - 0.5, -0.5))
    below.set_yticks(range(len(class_names)), class_names)
    below.set(xlabel="time in seconds", xlim=seconds)
    found = [one for one in detections if first <= one[0] < end]
    intervals = [one for one in truth or () if one[1] >= first and one[0] < end]
    right, false, missed = _compare(detections, truth or (), probabilities.shape)
    _draw_intervals(below, intervals, missed, chunk)
    if truth is None:
        _draw_marks(below, found, chunk, "o", GREEN, "detected")
    else:
        _draw_marks(below, [one for one in found if one in right], chunk, "o", GREEN, "right")
        _draw_marks(below, [one for one in found if one in false], chunk, "X", VERMILION, "false alarm")
    if below.get_legend_handles_labels()[0]:
        below.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    words = ", ".join(f"{class_names[k]} at {(t + 1) * chunk / _RATE:.1f} s" for t, k in found) or "nothing"
    score = "" if truth is None else (
        f" {len(intervals)} keywords were said, {sum(one in missed for one in intervals)} of them missed; "
        f"{sum(one in false for one in found)} detections are false alarms.")
    return figure, (f"Probabilities of {len(class_names)} keywords from {seconds[0]:.0f} to {seconds[1]:.0f} s, the "
                    f"largest as a line with the threshold {threshold:.2f}, all of them as a picture with a row for "
                    f"each. Detected: {words}.{score}")


def _compare(detections: Sequence[tuple[int, int]], truth: Sequence[tuple[int, int, int]],
             shape: tuple[int, int]) -> tuple[list, list, list]:
    """Right detections, false ones, and the intervals without any; painted on a sheet of frames and classes."""
    said, heard = np.zeros(shape, bool), np.zeros(shape, bool)
    for begin, end, number in truth:
        said[begin : end + 1, number] = True
    for frame, number in detections:
        heard[frame, number] = True
    missed = [one for one in truth if not heard[one[0] : one[1] + 1, one[2]].any()]
    right, false = ([one for one in detections if said[tuple(one)] == value] for value in (True, False))
    return right, false, missed


def _draw_intervals(axis: "Axes", intervals: list, missed: list, chunk: int) -> None:
    from matplotlib.patches import Rectangle

    for one in intervals:
        colour, style = (ORANGE, "--") if one in missed else ("white", "-")
        left, right = one[0] * chunk / _RATE, (one[1] + 1) * chunk / _RATE
        axis.add_patch(Rectangle((left, one[2] - 0.45), right - left, 0.9, fill=False, edgecolor=colour,
                                 linestyle=style, linewidth=2))
    if any(one in missed for one in intervals):
        axis.plot([], [], "--", color=ORANGE, linewidth=2, label="missed")


def _draw_marks(axis: "Axes", found: Sequence[tuple[int, int]], chunk: int, mark: str, colour: str, name: str) -> None:
    if found:
        times, rows = [(t + 0.5) * chunk / _RATE for t, _ in found], [k for _, k in found]
        axis.plot(times, rows, mark, color=colour, markersize=9, markeredgecolor="white", label=name, linestyle="none")


def alarm_curves(thresholds: np.ndarray, curves: Mapping[str, tuple[np.ndarray, np.ndarray]],
                 chosen: float | None = None, allowed: float | None = None) -> None:
    """False alarms per hour and the share of missed keywords over the threshold; `curves[name]` is both, (n,) each.

    `chosen` marks a threshold, and `allowed` so many false alarms per hour.
    """
    figure, (left, right) = new_figure(columns=2, width=9)
    texts = []
    for (name, (alarms, missed)), colour, style in zip(curves.items(), (BLUE, ORANGE), ("-", "--")):
        for axis, values in ((left, alarms), (right, missed)):
            axis.plot(thresholds, values, style, color=colour, linewidth=2, label=name)
            if chosen is not None:
                axis.plot(chosen, np.interp(chosen, thresholds, values), "o", color=colour)
        texts.append(f"{name}: from {alarms[0]:.0f} false alarms per hour and {missed[0]:.0%} missed at the threshold "
                     f"{thresholds[0]:.2f} to {alarms[-1]:.0f} and {missed[-1]:.0%} at {thresholds[-1]:.2f}")
    for axis, title in ((left, "false alarms per hour"), (right, "keywords missed")):
        axis.set(title=title, xlabel="threshold", ylim=(0, None))
        if chosen is not None:
            axis.axvline(chosen, color=BLACK, linestyle=":")
    left.set_yscale("symlog", linthresh=10)
    left.yaxis.set_major_formatter("{x:,.0f}")
    if allowed is not None:
        left.axhline(allowed, color=BLACK, linestyle=":")
    right.set_ylim(0, 1.02)
    right.yaxis.set_major_formatter("{x:.0%}")
    right.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    mark = "" if chosen is None else f" A dotted line marks the threshold {chosen:.2f}."
    show(figure, f"Two panels over the threshold. {'; '.join(texts)}.{mark}")


def draw_ears(probabilities: np.ndarray, class_names: Sequence[str], said: Sequence[str]) -> tuple["Figure", str]:
    """What the microphone shows: a bar for each keyword, (K,), and the words detected so far."""
    figure, axis = new_figure(width=6.5, height=3.4)
    axis.barh(class_names, probabilities, color=BLUE)
    for row, value in enumerate(probabilities):
        axis.text(1.04, row, f"{value:.2f}", va="center")
    axis.invert_yaxis()
    axis.set(xlim=(0, 1.02), title="detected: " + (" · ".join(said) or "nothing yet"), xlabel="probability")
    return figure, (f"A bar for each of {len(class_names)} keywords; the longest is "
                    f"{class_names[int(np.argmax(probabilities))]} with {np.max(probabilities):.2f}. Detected so far: "
                    f"{', '.join(said) or 'nothing'}.")


def rounding_steps(weights: np.ndarray, bits: Sequence[int] = (3, 8)) -> None:
    """Weights, and what is left of them when they are rounded to 2^bits - 1 evenly spaced values around 0."""
    figure, panels = new_figure(columns=len(bits), height=3, sharey=True)
    weights = np.sort(np.asarray(weights).ravel())
    texts = []
    for axis, number in zip(np.atleast_1d(panels), bits):
        step = np.max(np.abs(weights)) / (2 ** (number - 1) - 1)
        rounded = step * np.rint(weights / step)
        line = np.linspace(weights[0], weights[-1], 2_000)
        axis.plot(line, line, color=SKY, linewidth=4, label="as trained")
        axis.plot(line, step * np.rint(line / step), color=VERMILION, linewidth=1.4, label="rounded")
        error = np.sqrt(np.mean((rounded - weights) ** 2)) / np.std(weights)
        axis.set(title=f"{number} bits: {2**number - 1} values, error {error:.1%}", xlabel="weight")
        texts.append(f"with {number} bits there are {2**number - 1} values and the error is {error:.1%} of the "
                     "weights' spread")
    np.atleast_1d(panels)[0].set_ylabel("value that is stored")
    np.atleast_1d(panels)[0].legend(frameon=False)
    show(figure, f"Staircases over {weights.size:,} weights between {weights[0]:.2f} and {weights[-1]:.2f}: "
                 f"{'; '.join(texts)}.")
