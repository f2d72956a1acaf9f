"""How well networks spot keywords in long recordings of voices and noise that none of them has heard.

Accuracy on clips does not tell: networks of equal accuracy differ by half of the words that they miss. So misses are
counted at limits of false alarms an hour, with the threshold chosen on other recordings, those of the validation split.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile
from typing import Any

import numpy as np

from kws_helpers import data, features
from kws_helpers.data import KEYWORDS, Dataset, Split
from kws_helpers.recording import Recording, Word, long_recording
from kws_helpers.spotting.stream import CHUNK, Windows

LIMITS = (20, 7.5, 1)  # false alarms an hour
MINUTES = 40
SMOOTHING, REFRACTORY = 5, 10  # looks
KINDS = {"dense": {}, "sparse": {"gap": (5, 25)}, "no keyword": {"keyword_share": 0}}
LOUDNESS = {"below 10 dB": (-np.inf, 10), "10 to 20 dB": (10, 20), "20 dB and more": (20, np.inf)}
CAUSES = ("another keyword was louder, or just detected", "smoothed away", "right, but below the threshold",
          "never right")
THRESHOLDS = np.concatenate([np.arange(0.02, 0.9, 0.02), 1 - np.geomspace(0.1, 0.0002, 50)])
_SEEDS = {"validation": 7, "testing": 8}
_LOOKS = 256  # looks computed at a time

Listener = Callable[[np.ndarray], np.ndarray]
"""From MFCC (N, 49, 40), not standardised, to probabilities (N, 12)."""


def listener(network: Any, prepared: features.Prepared) -> Listener:
    """Return a Keras network, from MFCC as `prepared` standardises them, as a function of plain MFCC."""
    return lambda mfcc: network.predict_on_batch(prepared.standardised(mfcc))


@dataclass(frozen=True)
class Heard:
    """A recording as a spotter hears it, and what is said in it."""

    recording: Recording

    @cached_property
    def truth(self) -> list[tuple[int, int, int]]:
        return self.recording.truth(CHUNK)

    @cached_property
    def keywords(self) -> list[Word]:
        return [word for word in self.recording.words if word.label is not None]

    @property
    def hours(self) -> float:
        return self.recording.seconds / 3600

    def looks(self) -> Iterator[np.ndarray]:
        """Yield the MFCC (some, 49, 40) of the last second after every chunk."""
        windows, audio = Windows(), self.recording.audio
        chunks = audio[: len(audio) // CHUNK * CHUNK].reshape(-1, CHUNK)
        for start in range(0, len(chunks), _LOOKS):
            yield windows.of(chunks[start : start + _LOOKS])


@dataclass(frozen=True)
class Curve:
    """Misses (a share of the keywords) and false alarms an hour at THRESHOLDS."""

    misses: np.ndarray
    alarms: np.ndarray

    def threshold_for(self, limit: float) -> int:
        """Return the number of the lowest threshold with at most `limit` false alarms an hour; the last if none has."""
        return int(np.argmax(self.alarms <= limit)) if (self.alarms <= limit).any() else len(THRESHOLDS) - 1


@dataclass(frozen=True)
class Spotted:
    """What the networks of one name (a seed each) miss; the shares below `by_keyword` are means over the seeds."""

    name: str
    clips: list[float]  # accuracy on the testing clips, each heard three times, moved by 60 ms
    misses: dict[str, list[float]]  # dense recording, by the limit that the threshold was chosen for
    alarms: dict[str, list[float]]  # false alarms an hour there
    sparse: dict[str, list[float]]  # misses in the sparse recording
    quiet: dict[str, list[float]]  # false alarms an hour where nobody says a keyword
    by_keyword: dict[str, float]  # misses at the middle limit, as in all that follows
    by_loudness: dict[str, float]
    by_cause: dict[str, float]
    curve: list[list[float]]  # false alarms an hour and misses, mean of the seeds
    thresholds: dict[str, list[float]]  # by the limit that each was chosen for
    parameters: int = 0

    def __str__(self) -> str:
        misses = ", ".join(f"{np.mean(some):.1%} at {limit}" for limit, some in self.misses.items())
        return f"{self.name}: missed {misses} false alarms an hour; clips {np.mean(self.clips):.1%}"


def recordings(dataset: Dataset, split: str, minutes: float = MINUTES) -> dict[str, Heard]:
    """Return a recording of each of KINDS with the voices of a split.

    The background is the noise of that split and, where these are other recordings, of the bundled data's.
    """
    noise = dataset.noise[split] + (data.load("bundled").noise[split] if not dataset.name.startswith("bundled") else [])
    dataset = replace(dataset, noise=dataset.noise | {split: noise})
    return {kind: Heard(long_recording(dataset, split, minutes, seed=_SEEDS[split], **arguments))
            for kind, arguments in KINDS.items()}


def measure(name: str, listeners: Sequence[Listener], testing: Split, practice: dict[str, Heard],
            exam: dict[str, Heard]) -> Spotted:
    """Measure networks that differ only by their seed.

    Args:
        name: what they are called.
        listeners: the networks.
        testing: clips for the accuracy.
        practice: recordings of the validation split, on which thresholds are chosen.
        exam: recordings of the testing split.
    """
    runs = [_Run(one, practice, exam) for one in listeners]
    middle = LIMITS[1]
    causes = Counter(cause for run in runs for cause in run.causes(middle))
    words, missed = exam["dense"].keywords, np.array([run.missed("dense", middle) for run in runs])
    loudness, labels = np.array([word.above_noise for word in words]), np.array([word.label for word in words])

    def by_limit(value: Callable[[_Run, int], float]) -> dict[str, list[float]]:
        return {f"{limit:g}": [float(value(run, run.chosen(limit))) for run in runs] for limit in LIMITS}

    return Spotted(
        name, [_accuracy(one, testing) for one in listeners],
        misses=by_limit(lambda run, at: run.curves["dense"].misses[at]),
        alarms=by_limit(lambda run, at: run.curves["dense"].alarms[at]),
        sparse=by_limit(lambda run, at: run.curves["sparse"].misses[at]),
        quiet=by_limit(lambda run, at: run.curves["no keyword"].alarms[at]),
        by_keyword={word: float(missed[:, labels == number].mean()) for number, word in enumerate(KEYWORDS)
                    if number in labels},
        by_loudness={what: float(missed[:, inside].mean()) for what, (low, high) in LOUDNESS.items()
                     if (inside := (low <= loudness) & (loudness < high)).any()},
        by_cause={cause: causes[cause] / missed.size for cause in CAUSES},
        curve=np.mean([[run.curves["dense"].alarms, run.curves["dense"].misses] for run in runs], axis=0).tolist(),
        thresholds=by_limit(lambda run, at: THRESHOLDS[at]))


def _accuracy(network: Listener, testing: Split) -> float:
    """Return the share of clips that are right; a clip is heard as it is, and moved by 60 ms to either side."""
    mfcc = features.mfcc_of(testing)
    answers = sum(network(np.roll(mfcc, shift, axis=1)) for shift in (-3, 0, 3))
    return float(np.mean(answers.argmax(axis=1) == testing.labels))


class _Run:
    """One network's probabilities for the exam, and its curves; that of the practice chooses thresholds."""

    def __init__(self, network: Listener, practice: dict[str, Heard], exam: dict[str, Heard]) -> None:
        self._practice = curve(probabilities_of(network, practice["dense"]), practice["dense"])
        self._exam = exam
        self._probabilities = {kind: probabilities_of(network, one) for kind, one in exam.items()}
        self.curves = {kind: curve(self._probabilities[kind], one) for kind, one in exam.items()}

    def chosen(self, limit: float) -> int:
        return self._practice.threshold_for(limit)

    def missed(self, kind: str, limit: float) -> np.ndarray:
        """Whether each keyword of a recording is missed, (number of keywords,) of bool."""
        smoothed = smooth(self._probabilities[kind][:, :len(KEYWORDS)])
        return ~_hits(detect(smoothed, THRESHOLDS[self.chosen(limit)]), self._exam[kind].truth)[0]

    def causes(self, limit: float) -> Iterator[str]:
        """Yield why each missed keyword of the dense recording was missed, one of CAUSES."""
        one, threshold = self._exam["dense"], THRESHOLDS[self.chosen(limit)]
        raw = self._probabilities["dense"]
        smoothed = smooth(raw[:, :len(KEYWORDS)])
        for (first, last, label), missed in zip(one.truth, self.missed("dense", limit), strict=True):
            if missed:
                looks = slice(first, last + 1)
                if smoothed[looks, label].max() >= threshold:
                    yield CAUSES[0]
                elif raw[looks, label].max() >= threshold:
                    yield CAUSES[1]
                else:
                    yield CAUSES[2 if (raw[looks].argmax(axis=1) == label).any() else 3]


def probabilities_of(network: Listener, one: Heard) -> np.ndarray:
    """Return what a network gives for every look, (T, 12)."""
    return np.concatenate([network(x) for x in one.looks()])


def smooth(probabilities: np.ndarray, width: int = SMOOTHING) -> np.ndarray:
    """Return the mean of the last `width` looks, of fewer at the start, (T, K); as lesson 08's `smooth`."""
    sums = np.cumsum(np.pad(probabilities.astype(float), ((1, 0), (0, 0))), axis=0)
    last = np.arange(1, len(sums))
    first = np.maximum(0, last - width)
    return (sums[last] - sums[first]) / (last - first)[:, np.newaxis]


def detect(smoothed: np.ndarray, threshold: float) -> list[tuple[int, int]]:
    """Return the detections, [(look, class), …]; as lesson 08's `detect`, but quick where few looks reach it."""
    best, classes = smoothed.max(axis=1), smoothed.argmax(axis=1)
    found, last = [], -REFRACTORY
    for look in np.flatnonzero(best >= threshold).tolist():
        if look - last >= REFRACTORY:
            found.append((look, int(classes[look])))
            last = look
    return found


def curve(probabilities: np.ndarray, one: Heard) -> Curve:
    """Return misses and false alarms of probabilities (T, 12) at each of THRESHOLDS."""
    smoothed = smooth(probabilities[:, :len(KEYWORDS)])
    counted = [_hits(detect(smoothed, threshold), one.truth) for threshold in THRESHOLDS]
    misses = [1 - hit.mean() if len(hit) else 0.0 for hit, _ in counted]
    return Curve(np.array(misses), np.array([alarms for _, alarms in counted]) / one.hours)


def _hits(found: list[tuple[int, int]], truth: list[tuple[int, int, int]]) -> tuple[np.ndarray, int]:
    """Return which keywords were found, (number of keywords,) of bool, and how many detections were false alarms."""
    hit, alarms = np.zeros(len(truth), bool), 0
    ends = np.array([last for _, last, _ in truth])
    for look, label in found:
        near = range(int(np.searchsorted(ends, look)), len(truth))
        begun = takewhile(lambda number, look=look: truth[number][0] <= look, near)
        inside = [number for number in begun if truth[number][2] == label]
        hit[inside] = True
        alarms += not inside
    return hit, alarms

