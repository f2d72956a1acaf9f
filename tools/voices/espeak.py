"""eSpeak NG (GPL-3.0-or-later, which covers the program and not its sound): speech out of formants.

Its voices sound like machines, but no two alike: a variant can speak every accent, high or low, fast or slow.
"""

import io
import subprocess

import numpy as np

from tools.voices.cast import Voice
from tools.voices.chance import rng_of

_ACCENTS = ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-029")
_PITCHES = 25, 75  # of eSpeak's scale from 0 to 99
_SPEEDS = 100, 160  # words per minute


def speak(voice: Voice, word: str) -> tuple[np.ndarray, int]:
    """Samples (n,), float32, and their rate."""
    import soundfile

    rng = rng_of("espeak", voice)
    accent, pitch, speed = rng.choice(_ACCENTS), rng.integers(*_PITCHES), rng.integers(*_SPEEDS)
    said = subprocess.run(["espeak-ng", "-v", f"{accent}+{voice.bases[0]}", "-p", str(pitch), "-s", str(speed),
                           "--stdout", word], capture_output=True, check=True)
    return soundfile.read(io.BytesIO(said.stdout), dtype="float32")
