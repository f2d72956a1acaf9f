"""Lesson 08: a network that listens."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from kws_helpers.data import SAMPLE_RATE
from kws_helpers.plotting.colours import BLACK, BLUE, COLOUR_MAP, GREEN, ORANGE, SKY, VERMILION
from kws_helpers.plotting.figure import frame, label, new_figure, new_panels, show

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kws_helpers.recording import Recording


def sliding_windows(audio: np.ndarray, chunk: int, looks: int = 4) -> None:
    """Show the last `looks` windows of one second over `audio` (n,), each moved on by `chunk` samples."""
    figure, axis = new_figure(height=3.4)
    seconds, new = len(audio) / SAMPLE_RATE, chunk / SAMPLE_RATE
    axis.plot(np.arange(len(audio)) / SAMPLE_RATE, audio / np.max(np.abs(audio)), color=BLUE, linewidth=0.6)
    bar = {"height": 0.3, "edgecolor": BLACK, "linewidth": 0.8}
    for look in range(looks):
        end = (len(audio) - (looks - 1 - look) * chunk) / SAMPLE_RATE
        y = -1.4 - 0.42 * look
        axis.barh(y, 1, left=end - 1, color=SKY, **bar)
        axis.barh(y, new, left=end - new, color=ORANGE, **bar)
        axis.text(end - 1.02, y, f"look {look + 1}", ha="right", va="center")
    axis.set(xlabel="time in seconds", ylabel="windows         sound", yticks=[], xlim=(0, seconds + 0.02))
    axis.spines["left"].set_visible(False)
    show(figure, f"The wave of {seconds:.1f} seconds of sound, and under it {looks} bars of one second. Every bar lies "
                 f"{new:.2f} s further to the right than the one above it; its last {new:.2f} s, the new chunk, have "
                 "another colour.")


def spoken_words(recording: "Recording") -> None:
    """Show the wave of a recording, and where which word is said in it."""
    figure, axis = new_figure(height=2.6)
    axis.plot(np.arange(0, len(recording.audio), 8) / SAMPLE_RATE, recording.audio[::8], color=BLUE, linewidth=0.4)
    top = float(np.max(np.abs(recording.audio)))
    said = []
    for start, end, text, keyword, _ in recording.words:
        fill, weight, note = ((BLACK, 0.12), "normal", " (no keyword)") if keyword is None else (
            (ORANGE, 0.3), "bold", "")
        axis.axvspan(start / SAMPLE_RATE, end / SAMPLE_RATE, color=fill, linewidth=0)
        axis.text((start + end) / 2 / SAMPLE_RATE, 1.1 * top, text, ha="center", weight=weight)
        said.append(f"{text} at {start / SAMPLE_RATE:.1f} s{note}")
    axis.set(xlabel="time in seconds", ylabel="amplitude", xlim=(0, recording.seconds), ylim=(-1.05 * top, 1.3 * top))
    show(figure, f"The wave of {recording.seconds:.0f} seconds of sound, with the words marked: "
                 f"{', '.join(said) or 'none'}.")


def smoothing(curves: Mapping[str, np.ndarray], chunk: int, title: str) -> None:
    """Show probabilities of one keyword over time: `curves[name]` is (T,), one value for every `chunk` samples."""
    figure, axis = new_figure(height=2.8)
    styles = [(SKY, "o-", 1.2), (VERMILION, "-", 2.4), (BLACK, "--", 2.4)]
    texts = []
    for (name, values), (colour, style, width) in zip(curves.items(), styles):
        axis.plot((np.arange(len(values)) + 1) * chunk / SAMPLE_RATE, values, style, color=colour, markersize=4,
                  label=name, linewidth=width)
        texts.append(f"{name}: highest {np.max(values):.2f}, from frame to frame it moves by "
                     f"{np.mean(np.abs(np.diff(values))):.2f} on average")
    label(axis, legend=True, xlabel="time in seconds", ylabel="probability", ylim=(-0.03, 1.03), title=title)
    show(figure, f"{title}, as lines over time. {'; '.join(texts)}.")


def draw_detections(probabilities: np.ndarray, detections: Sequence[tuple[int, int]], class_names: Sequence[str],
                    chunk: int, *, threshold: float, truth: Sequence[tuple[int, int, int]] | None = None,
                    frames: tuple[int, int] | None = None, title: str = "") -> tuple["Figure", str]:
    """Draw the probabilities of K keywords over time, what was detected, and what was really said.

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
    step = chunk / SAMPLE_RATE
    figure, (above, below) = new_figure(rows=2, width=9, height=5, sharex=True, height_ratios=[1, 2.2])
    seconds = (first * chunk / SAMPLE_RATE, end * chunk / SAMPLE_RATE)
    shown = probabilities[first:end]
    above.plot((np.arange(first, end) + 0.5) * step, shown.max(axis=1), color=BLUE, linewidth=1.2)
    above.axhline(threshold, color=BLACK, linestyle=":")
    above.text(seconds[1], threshold, " threshold", va="center")
    above.set(ylim=(0, 1.03), ylabel="largest", title=title)
    below.imshow(shown.T, aspect="auto", cmap=COLOUR_MAP, vmin=0, vmax=1, interpolation="nearest",
                 extent=(*seconds, len(class_names) - 0.5, -0.5))
    below.set_yticks(range(len(class_names)), class_names)
    below.set(xlabel="time in seconds", xlim=seconds)
    found = [one for one in detections if first <= one[0] < end]
    intervals = [one for one in truth or () if one[1] >= first and one[0] < end]
    right = [one for one in found if any(_lies_in(one, interval) for interval in truth or ())]
    missed = [interval for interval in intervals if not any(_lies_in(one, interval) for one in detections)]
    false = [one for one in found if one not in right]
    _draw_intervals(below, intervals, missed, step)
    _draw_marks(below, found if truth is None else right, step, "o", GREEN, "detected" if truth is None else "right")
    _draw_marks(below, [] if truth is None else false, step, "X", VERMILION, "false alarm")
    if below.get_legend_handles_labels()[0]:
        label(below, legend=True)
    words = ", ".join(f"{class_names[k]} at {(t + 1) * chunk / SAMPLE_RATE:.1f} s" for t, k in found) or "nothing"
    score = "" if truth is None else (f" {len(intervals)} keywords were said, {len(missed)} of them missed; "
                                      f"{len(false)} detections are false alarms.")
    return figure, (f"Probabilities of {len(class_names)} keywords from {seconds[0]:.0f} to {seconds[1]:.0f} s, the "
                    f"largest as a line with the threshold {threshold:.2f}, all of them as a picture with a row for "
                    f"each. Detected: {words}.{score}")


def _lies_in(detection: tuple[int, int], interval: tuple[int, int, int]) -> bool:
    return interval[0] <= detection[0] <= interval[1] and detection[1] == interval[2]


def _draw_intervals(axis: "Axes", intervals: list, missed: list, step: float) -> None:
    for first, last, number in intervals:
        colour, style = (ORANGE, "--") if (first, last, number) in missed else ("white", "-")
        frame(axis, first * step, number - 0.45, (last + 1 - first) * step, 0.9, edgecolor=colour, linestyle=style,
              linewidth=2)
    if missed:
        axis.plot([], [], "--", color=ORANGE, linewidth=2, label="missed")


def _draw_marks(axis: "Axes", found: Sequence[tuple[int, int]], step: float, mark: str, colour: str, name: str) -> None:
    if found:
        frames, rows = np.transpose(found)
        axis.plot((frames + 0.5) * step, rows, mark, color=colour, markersize=9, markeredgecolor="white", label=name,
                  linestyle="none")


def alarm_curves(thresholds: np.ndarray, curves: Mapping[str, tuple[np.ndarray, np.ndarray]],
                 chosen: float | None = None, allowed: float | None = None) -> None:
    """Show false alarms per hour and the share of missed keywords over the threshold.

    Args:
        thresholds: (n,).
        curves: by name, false alarms per hour and missed keywords (from 0 to 1), both (n,).
        chosen: a threshold to be marked.
        allowed: false alarms per hour to be marked.
    """
    figure, ((left, _), (right, _)) = new_panels({"false alarms": 0, "misses": 0}, width=9)
    left.set_ylabel("false alarms per hour")
    right.set_ylabel("share of the keywords")
    texts = []
    for (name, (alarms, missed)), colour, style in zip(curves.items(), (BLUE, ORANGE), ("-", "--")):
        for axis, values in ((left, alarms), (right, missed)):
            axis.plot(thresholds, values, style, color=colour, linewidth=2, label=name)
            if chosen is not None:
                axis.plot(chosen, np.interp(chosen, thresholds, values), "o", color=colour)
        texts.append(f"{name}: from {alarms[0]:.0f} false alarms per hour and {missed[0]:.0%} missed at the threshold "
                     f"{thresholds[0]:.2f} to {alarms[-1]:.0f} and {missed[-1]:.0%} at {thresholds[-1]:.2f}")
    for axis in (left, right):
        axis.set(xlabel="threshold", ylim=(0, None))
        if chosen is not None:
            axis.axvline(chosen, color=BLACK, linestyle=":")
    left.set_yscale("symlog", linthresh=10)
    left.yaxis.set_major_formatter("{x:,.0f}")
    if allowed is not None:
        left.axhline(allowed, color=BLACK, linestyle=":")
    label(right, percent="y", legend=True, ylim=(0, 1.02))
    mark = "" if chosen is None else f" A dotted line marks the threshold {chosen:.2f}."
    show(figure, f"Two panels over the threshold. {'; '.join(texts)}.{mark}")


def draw_ears(probabilities: np.ndarray, class_names: Sequence[str], said: Sequence[str],
              threshold: float) -> tuple["Figure", str]:
    """Draw what the microphone shows: a bar for each of K keywords, the threshold, and the words detected so far.

    Args:
        probabilities: from 0 to 1, (K,).
        class_names: the K names.
        said: the words detected so far.
        threshold: drawn as a line.
    """
    figure, axis = new_figure(width=6.5, height=1.4 + 0.2 * len(class_names))
    axis.barh(class_names, probabilities, color=BLUE)
    axis.axvline(threshold, color=VERMILION, linewidth=2)
    axis.text(threshold, -0.6, "threshold", color=VERMILION, ha="center")
    for row, value in enumerate(probabilities):
        axis.text(1.04, row, f"{value:.2f}", va="center")
    axis.set(xlim=(0, 1.02), ylim=(len(class_names) - 0.4, -0.7), xlabel="probability")
    axis.set_title("detected: " + (" · ".join(said) or "nothing yet"), pad=14)
    return figure, (f"A bar for each keyword ({len(class_names)}); the longest is "
                    f"{class_names[int(np.argmax(probabilities))]} with {np.max(probabilities):.2f}. A line marks the "
                    f"threshold {threshold:.2f}. Detected so far: {', '.join(said) or 'nothing'}.")


def draw_takes(audio: np.ndarray, places: Sequence[tuple[int, int]]) -> tuple["Figure", str]:
    """Draw a recording (n,) and what is cut out of it as words: [(first sample, end)]."""
    figure, axis = new_figure(height=2.4)
    axis.plot(np.arange(0, len(audio), 8) / SAMPLE_RATE, audio[::8], color=BLUE, linewidth=0.4)
    top = float(np.max(np.abs(audio)))
    for number, (start, end) in enumerate(places, 1):
        axis.axvspan(start / SAMPLE_RATE, end / SAMPLE_RATE, color=(ORANGE, 0.35), linewidth=0)
        axis.text((start + end) / 2 / SAMPLE_RATE, 1.1 * top, str(number), ha="center")
    seconds = len(audio) / SAMPLE_RATE
    axis.set(xlabel="time in seconds", ylabel="amplitude", xlim=(0, seconds), ylim=(-1.05 * top, 1.35 * top))
    return figure, (f"The wave of {seconds:.0f} seconds of sound, and in it {len(places)} stretches, cut out as "
                    "words, each between two pauses.")


def misses_at_alarms(curves: Mapping[str, tuple[np.ndarray, np.ndarray]], allowed: float) -> None:
    """Show the share of missed keywords over the false alarms per hour, a line for each network.

    Args:
        curves: by name, false alarms per hour and missed keywords (from 0 to 1) for many thresholds, both (n,).
        allowed: false alarms per hour to be marked.
    """
    figure, axis = new_figure(height=3.4)
    texts = []
    for (name, (alarms, missed)), colour, style in zip(curves.items(), (BLUE, ORANGE), ("o-", "s--")):
        rates = np.unique(alarms)
        fewest = np.array([missed[alarms <= rate].min() for rate in rates])
        axis.plot(rates, fewest, style, color=colour, linewidth=2, markersize=4, label=name)
        at_limit = fewest[rates <= allowed]
        texts.append(f"{name}: {at_limit[-1]:.0%} missed" if len(at_limit) else f"{name}: never so few false alarms")
    axis.axvline(allowed, color=BLACK, linestyle=":")
    label(axis, percent="y", legend=True, xlabel="false alarms per hour", ylabel="keywords missed", ylim=(0, 1.02),
          xlim=(0, 6 * allowed), title="Further down is better")
    show(figure, f"Missed keywords over false alarms per hour, a falling line for each network. At {allowed:.0f} false "
                 f"alarms per hour, {'; '.join(texts)}.")


def rounding_steps(weights: np.ndarray, bits: Sequence[int] = (3, 8)) -> None:
    """Show weights of any shape, rounded to 2^bits - 1 evenly spaced values around 0, for several numbers of bits."""
    figure, panels = new_figure(columns=len(bits), height=3, sharey=True, squeeze=False)
    weights = np.sort(np.asarray(weights).ravel())
    line = np.linspace(weights[0], weights[-1], 2_000)
    texts = []
    for axis, number in zip(panels[0], bits):
        values = 2**number - 1
        step = np.max(np.abs(weights)) / (values // 2)
        error = np.sqrt(np.mean((step * np.rint(weights / step) - weights) ** 2)) / np.std(weights)
        axis.plot(line, line, color=SKY, linewidth=4, label="as trained")
        axis.plot(line, step * np.rint(line / step), color=VERMILION, linewidth=1.4, label="rounded")
        axis.set(title=f"{number} bits: {values} values, error {error:.1%}", xlabel="weight")
        texts.append(f"with {number} bits there are {values} values and the error is {error:.1%} of the weights' "
                     "spread")
    panels[0, 0].set_ylabel("value that is stored")
    panels[0, 0].legend(frameon=False)
    show(figure, f"Staircases over {weights.size:,} weights between {weights[0]:.2f} and {weights[-1]:.2f}: "
                 f"{'; '.join(texts)}.")
