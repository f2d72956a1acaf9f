"""flite (Carnegie Mellon University's permissive terms): small voices, cut out of recordings of people."""

import subprocess
import tempfile
from pathlib import Path

import numpy as np

from tools.voices.cast import Voice

_NAMES = {"kal": "kal16"}
_SLOWER = 1.25  # than in a sentence


def speak(voice: Voice, word: str) -> tuple[np.ndarray, int]:
    """Samples (n,), float32, and their rate."""
    import soundfile

    base = voice.bases[0]
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "said.wav"
        subprocess.run(["flite", "-voice", _NAMES.get(base, base), "--setf", f"duration_stretch={_SLOWER}",
                        "-t", word, "-o", str(sound)], check=True)
        return soundfile.read(sound, dtype="float32")
