"""Background noise: eleven kinds, several recordings of each, in every split other ones. Nobody says a word in them.

A recording is somewhere else than all others: whatever makes its noise, the room and the microphone have numbers of
their own, drawn from the same limits in all splits. It swells between soft and loud: real rooms are mostly soft.
"""

from collections.abc import Callable, Iterator

import numpy as np

from tools.voices.chance import rng_of
from tools.voices.room import colour, microphone
from tools.voices.studio import RATE

RECORDINGS = {"training": 3, "validation": 1, "testing": 2}  # of each kind

_SAMPLES = 12 * RATE  # of a recording
_LEVELS = -48.0, -18.0  # decibel of full scale, between which a noise swells and fades
_TURNS = 6  # points in time at which it begins to swell or to fade

Rng = np.random.Generator


def backgrounds() -> Iterator[tuple[str, np.ndarray]]:
    """Yield the name of a file and its samples (192000,), float32 in [-1, 1]."""
    splits = [split for split, count in RECORDINGS.items() for _ in range(count)]
    for kind in KINDS:
        for number, split in enumerate(splits, start=1):
            yield f"{split}/_background_noise_/{kind}_{number}.ogg", recording(kind, number)


def recording(kind: str, number: int) -> np.ndarray:
    """One recording of a kind: samples (192000,), float32 in [-1, 1]."""
    rng = rng_of("noise", kind, number)
    heard = _filtered(KINDS[kind](rng), microphone(rng))
    heard = _unit(heard) + 10 ** (-rng.uniform(25, 45) / 20) * _coloured(rng, rng.uniform(-6, 0))
    decibel = _turns(rng, *_LEVELS, _TURNS)
    return np.clip(_unit(heard) * 10 ** (decibel / 20), -1, 1).astype(np.float32)


def _fan(rng: Rng) -> np.ndarray:
    """Air, some resonances of the case, and the blades."""
    air = _filtered(_coloured(rng, rng.uniform(-7, -3)), _bumps(rng))
    blades = _tones(rng, rng.uniform(60, 250), harmonics=8, fall=rng.uniform(0.8, 1.6), drift=0.01)
    return air + rng.uniform(0.05, 0.5) * blades


def _fire(rng: Rng) -> np.ndarray:
    """Crackling, a few bursts of which are far louder than the others, over a soft roar."""
    crackles = _scattered(rng, rng.uniform(10, 50), lambda: _burst(rng, (0.0005, 0.006)) * rng.pareto(1.5))
    return _unit(crackles) + rng.uniform(0.1, 0.6) * _coloured(rng, -6)


def _hiss(rng: Rng) -> np.ndarray:
    """An amplifier, a radio between two stations: from brown noise by way of pink and white to blue."""
    return _coloured(rng, rng.uniform(-6, 2))


def _hum(rng: Rng) -> np.ndarray:
    """A machine at the mains, European or American."""
    tones = _tones(rng, rng.choice([50, 60, 100, 120]), harmonics=30, fall=rng.uniform(0.3, 1.2))
    return tones + rng.uniform(0.1, 0.7) * _coloured(rng, rng.uniform(-6, -2))


def _keyboard(rng: Rng) -> np.ndarray:
    """Somebody types: a key goes down and comes up again, in bursts."""
    keys, struck = rng.uniform(100, 400), rng.uniform(0.3, 1.5)

    def stroke() -> np.ndarray:
        down, up = _burst(rng, (0.002, 0.01)) + struck * _tone(rng, (keys, 2 * keys), (0.01, 0.03)), np.zeros(RATE // 2)
        late = round(rng.uniform(0.06, 0.14) * RATE)
        up[late:] = rng.uniform(0.2, 0.7) * _burst(rng, (0.001, 0.006))[:-late]
        return (down + up) * rng.uniform(0.4, 1)

    typing = _scattered(rng, rng.uniform(4, 9), stroke, density=np.maximum(_turns(rng, -1, 1, 10), 0))
    return _unit(typing) + rng.uniform(0.05, 0.4) * _coloured(rng, rng.uniform(-6, -3))


def _kitchen(rng: Rng) -> np.ndarray:
    """Dishes: something hard is struck, a few tones that die away quickly."""
    def blow() -> np.ndarray:
        return sum(_tone(rng, (400, 6000), (0.005, 0.08)) for _ in range(6)) * rng.exponential()

    return _unit(_scattered(rng, rng.uniform(2, 10), blow)) + rng.uniform(0.02, 0.3) * _coloured(rng, -4)


def _murmur(rng: Rng) -> np.ndarray:
    """A crowd far away: throats that sound now and then, each with a mouth that never moves. Nobody says a word."""
    crowd = rng.uniform(0.05, 0.3) * _coloured(rng, 0)
    for _ in range(rng.integers(8, 30)):
        turned = np.cumsum(rng.uniform(90, 250) * (1 + 0.2 * _turns(rng, -1, 1, 12))) / RATE
        throat = np.sin(41 * np.pi * turned) / np.sin(np.pi * turned)  # 20 harmonics
        syllables = np.maximum(_turns(rng, -1, 1, rng.integers(50, 100)), 0)
        crowd += rng.uniform(0.3, 1) * syllables * _unit(_filtered(throat, _bumps(rng)))
    return _filtered(crowd, colour(rng.uniform(-7, -4)))


def _rain(rng: Rng) -> np.ndarray:
    """Far drops are one noise, near ones are heard one by one."""
    drops = _scattered(rng, rng.uniform(20, 150), lambda: _tone(rng, (800, 6000), (0.001, 0.008)) * rng.exponential())
    return rng.uniform(0.1, 1) * _unit(drops) + _coloured(rng, rng.uniform(-4, 1))


def _traffic(rng: Rng) -> np.ndarray:
    """Cars come, pass and go, over the rumble of all that are far away."""
    street, times = rng.uniform(0.2, 1) * _coloured(rng, -8), np.arange(_SAMPLES) / RATE
    for _ in range(rng.integers(2, 7)):
        near = np.exp(-(((times - rng.uniform(0, _SAMPLES / RATE)) / rng.uniform(0.5, 2)) ** 2))
        tyres = _filtered(_coloured(rng, rng.uniform(-6, -2)), _bumps(rng))
        engine = _tones(rng, rng.uniform(30, 90), harmonics=12, fall=rng.uniform(0.5, 1.5), drift=0.05)
        street += near * rng.uniform(0.3, 1) * (tyres + rng.uniform(0, 0.8) * engine)
    return street


def _water(rng: Rng) -> np.ndarray:
    """A tap or a stream: bubbles, whose tone rises while it dies away, and a rush."""
    low = rng.uniform(300, 900)
    bubbles = _scattered(rng, rng.uniform(40, 200),
                         lambda: _tone(rng, (low, 5 * low), (0.004, 0.02), rise=rng.uniform(0, 20)) * rng.exponential())
    return _unit(bubbles) + rng.uniform(0.2, 1.2) * _coloured(rng, rng.uniform(-4, 1))


def _wind(rng: Rng) -> np.ndarray:
    """Gusts: the stronger, the higher."""
    gust, wind = 10 ** (_turns(rng, -1, 0, rng.integers(8, 25)) / 2), np.zeros(_SAMPLES)
    for octave in range(6):
        band = _filtered(rng.normal(size=_SAMPLES), _octave(60 * 2.0**octave * rng.uniform(0.8, 1.3)))
        wind += _unit(band) * gust ** (1 + 0.7 * octave) * 10 ** (-rng.uniform(2, 6) * octave / 20)
    return wind


KINDS: dict[str, Callable[[Rng], np.ndarray]] = {
    "fan": _fan, "fire": _fire, "hiss": _hiss, "hum": _hum, "keyboard": _keyboard, "kitchen": _kitchen,
    "murmur": _murmur, "rain": _rain, "traffic": _traffic, "water": _water, "wind": _wind,
}  # fmt: skip
"""What makes a noise: functions of a generator that return samples (192000,), however loud."""


def _unit(sound: np.ndarray) -> np.ndarray:
    """As loud as noise of variance 1."""
    return sound / np.sqrt(np.mean(sound**2))


def _turns(rng: Rng, low: float, high: float, count: int) -> np.ndarray:
    """A line (192000,) through so many random points."""
    return np.interp(np.arange(_SAMPLES), np.linspace(0, _SAMPLES, count), rng.uniform(low, high, size=count))


def _filtered(sound: np.ndarray, decibel: np.ndarray) -> np.ndarray:
    """The sound (n,) with its frequencies, from 0 to 8 kHz, louder by so much. The end runs on into the beginning."""
    spectrum = np.fft.rfft(sound)
    decibel = np.interp(np.linspace(0, 1, len(spectrum)), np.linspace(0, 1, len(decibel)), decibel)
    return np.fft.irfft(spectrum * 10 ** (decibel / 20), len(sound))


def _coloured(rng: Rng, slope: float) -> np.ndarray:
    """Noise that gets louder by `slope` decibel with every octave."""
    return _unit(_filtered(rng.normal(size=_SAMPLES), colour(slope)))


def _bumps(rng: Rng) -> np.ndarray:
    """Decibel of a few resonances."""
    octaves = np.linspace(np.log2(50), 13, 500)
    bumps = sum(rng.uniform(-6, 12) * np.exp(-(((octaves - rng.uniform(6.5, 12.5)) / rng.uniform(0.1, 0.6)) ** 2))
                for _ in range(4))
    return np.interp(np.linspace(0, RATE / 2, RATE), 2**octaves, bumps)


def _octave(middle: float) -> np.ndarray:
    """Decibel of an octave around the middle, in hertz."""
    return -24 * np.abs(np.log2(np.maximum(np.linspace(0, RATE / 2, RATE), 10) / middle))


def _tones(rng: Rng, pitch: float, harmonics: int, fall: float, drift: float = 0) -> np.ndarray:
    """A tone and its harmonics, each weaker by about its number to the power of `fall`; the pitch drifts by a share."""
    turned = np.cumsum(pitch * (1 + drift * _turns(rng, -1, 1, 8))) / RATE
    parts = ((number, rng.exponential() / number**fall, rng.uniform()) for number in range(1, harmonics + 1))
    return _unit(sum(size * np.sin(2 * np.pi * (number * turned + phase)) for number, size, phase in parts
                     if number * pitch < RATE / 2))


def _scattered(rng: Rng, rate: float, sound: Callable[[], np.ndarray], density: np.ndarray | None = None) -> np.ndarray:
    """Sounds (8000,) at random times, so many a second; with a density (192000,), rather where that is high."""
    starts = rng.choice(_SAMPLES, round(rate * _SAMPLES / RATE), p=None if density is None else density / density.sum())
    scattered = np.zeros(_SAMPLES + RATE // 2)
    for start in starts:
        scattered[start : start + RATE // 2] += sound()
    return scattered[:_SAMPLES]


def _tone(rng: Rng, pitches: tuple[float, float], ringing: tuple[float, float], rise: float = 0) -> np.ndarray:
    """A tone (8000,) that falls to a third within seconds between two limits; its pitch rises by a share a second."""
    times = np.arange(RATE // 2) / RATE
    pitch, seconds = (np.exp(rng.uniform(*np.log(limits))) for limits in (pitches, ringing))
    return np.sin(2 * np.pi * pitch * times * (1 + rise * times / 2)) * np.exp(-times / seconds)


def _burst(rng: Rng, ringing: tuple[float, float]) -> np.ndarray:
    """A click (8000,): noise that dies away, with a colour of its own."""
    times, seconds = np.arange(RATE // 2) / RATE, np.exp(rng.uniform(*np.log(ringing)))
    return _filtered(rng.normal(size=RATE // 2) * np.exp(-times / seconds), _octave(rng.uniform(800, 6000)) / 3)
