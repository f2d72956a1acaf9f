"""SVOX Pico (Apache-2.0), the first voices of Android: one woman each for American and for British English.

Pico reads memory that it has not written. So every word is said by a process of its own, whose memory is filled before.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tools.voices.cast import Voice

_SPEED = "0.9"
_WRITTEN = {"MALLOC_PERTURB_": "85"}  # glibc's mallopt(3): what all new memory is filled with


def speak(voice: Voice, word: str) -> tuple[np.ndarray, int]:
    """Samples (n,), float32, and their rate."""
    import soundfile

    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "said.wav"
        subprocess.run([sys.executable, "-m", "py_nanotts", word, "-v", voice.bases[0], "--speed", _SPEED,
                        "--volume", "0.5", "-o", str(sound)], env=os.environ | _WRITTEN, check=True,
                       stdout=subprocess.DEVNULL)
        return soundfile.read(sound, dtype="float32")
