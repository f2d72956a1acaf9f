"""Festival (permissive terms of the University of Edinburgh and Carnegie Mellon University).

Two voices are put together of recorded diphones, one comes out of a statistical model.
"""

import subprocess
import tempfile
from pathlib import Path

import numpy as np

from tools.voices.cast import Voice

_NAMES = {"kal": "kal_diphone", "ked": "ked_diphone", "slt": "cmu_us_slt_arctic_hts"}
_SLOWER = 1.4  # than in a sentence


def speak(voice: Voice, word: str) -> tuple[np.ndarray, int]:
    """Samples (n,), float32, and their rate."""
    import soundfile

    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "said.wav"
        subprocess.run(["text2wave", "-eval", f"(voice_{_NAMES[voice.bases[0]]})",
                        "-eval", f"(Parameter.set 'Duration_Stretch {_SLOWER})", "-o", str(sound)],
                       input=word.encode(), check=True)
        return soundfile.read(sound, dtype="float32")
