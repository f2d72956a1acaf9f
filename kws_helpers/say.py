"""Clips of a word that nobody recorded, spoken by synthetic voices: enough to train a spotter for your own name.

The voices are those of eSpeak NG (https://github.com/espeak-ng/espeak-ng), which builds speech from formants; the
optional extra `say` installs it. They are easy to tell from people: recordings of your own make a spotter better.
"""

import ctypes
import hashlib
import io
import itertools
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kws_helpers.data import CLIP_SAMPLES, SAMPLE_RATE

ACCENTS = ("en-us", "en", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-029")
VARIANTS = ("m1", "m2", "m3", "m4", "m5", "m6", "m7", "f1", "f2", "f3", "f4", "f5")
PITCHES = (30, 45, 60, 75)  # eSpeak's scale from 0 to 99
RATES = (140, 175, 210)  # words per minute
FASTER = (250, 290, 330)  # for words that are too long otherwise

_SYNCHRONOUS, _UTF8, _CHARACTERS = 2, 1, 1  # of espeak-ng's speak_lib.h
_RATE, _PITCH = 1, 3
_QUIET = 0.02  # of the largest sample: what is below before and after a word is silence
_LEVEL = 0.5  # the largest sample of a clip


class CannotSay(ValueError):
    """There is no speech; the message says why, and what to do."""


class Voice(NamedTuple):
    """A way of speaking."""

    accent: str
    variant: str
    pitch: int
    rate: int

    @property
    def speaker(self) -> str:
        """Eight hexadecimal digits, as Speech Commands names its speakers: the same for every word and rate."""
        return hashlib.sha256(f"{self.accent} {self.variant} {self.pitch}".encode()).hexdigest()[:8]


def voices(count: int) -> list[Voice]:
    """Return so many different voices, the same on every call: each speaker once before any speaks at another rate.

    Raises:
        ValueError: there are not so many.

    Example:
        >>> [voice.speaker for voice in voices(2)]
        ['6ec2a741', '0595ea7e']
    """
    rng = np.random.default_rng(0)
    speakers = rng.permutation(list(itertools.product(ACCENTS, VARIANTS, PITCHES)))
    if not 1 <= count <= len(speakers) * len(RATES):
        raise ValueError(f"There are {len(speakers) * len(RATES)} voices, so ask for 1 to that many, not for {count}.")
    return [Voice(str(accent), str(variant), int(pitch), RATES[(number + turn) % len(RATES)])
            for turn in range(len(RATES)) for number, (accent, variant, pitch) in enumerate(speakers)][:count]


def say(word: str, count: int = 200) -> np.ndarray:
    """Let the first `count` of `voices` say a word: clips (count, 16000), float32, with the word in the middle.

    Raises:
        CannotSay: the extra is missing, or nothing can be heard, or it takes longer than a second.
        ValueError: there are not so many voices.
    """
    voices(count)  # there may not be so many
    # In a process of its own: eSpeak keeps something of all that it said, and would say the same word differently.
    done = subprocess.run([sys.executable, "-m", __name__, word, str(count)], capture_output=True)
    if done.returncode:
        raise CannotSay(done.stderr.decode().strip() or "eSpeak NG crashed.")
    return np.load(io.BytesIO(done.stdout))


def write_clips(word: str, folder: Path, count: int = 200) -> list[Path]:
    """Write `say(word, count)` to `folder/word/<speaker>_nohash_<n>.wav`, as Speech Commands does; return the files.

    Raises:
        CannotSay: as in `say`, or the word is no name of a folder.
        ValueError: there are not so many voices.
    """
    import soundfile

    name = word.strip().lower()
    if not name.isalnum():
        raise CannotSay(f"“{word}” is not one word of letters and digits.")
    clips = say(name, count)
    (folder / name).mkdir(parents=True, exist_ok=True)
    files, takes = [], Counter()
    for voice, clip in zip(voices(count), clips):
        files.append(folder / name / f"{voice.speaker}_nohash_{takes[voice.speaker]}.wav")
        takes[voice.speaker] += 1
        soundfile.write(files[-1], clip, SAMPLE_RATE, subtype="PCM_16")
    return files


def _main(word: str, count: str) -> None:
    """Write the clips to the standard output."""
    written = io.BytesIO()  # NumPy asks a file for its position, which a pipe does not have
    try:
        np.save(written, np.stack([_as_clip(word, *spoken) for spoken in _synthesise(word, voices(int(count)))]))
    except CannotSay as error:
        sys.exit(str(error))
    sys.stdout.buffer.write(written.getvalue())


def _synthesise(word: str, speaking: list[Voice]):
    """What each voice says: samples, float32 in [-1, 1], and how many of them make a second.

    A voice that takes longer than a second speaks faster.
    """
    try:
        import espeakng_loader
    except ImportError:
        raise CannotSay('Speech needs eSpeak NG: pip install "espeakng-loader>=0.2.4".') from None
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
    if rate <= 0:
        raise CannotSay("eSpeak NG cannot read its data: pip install --force-reinstall espeakng-loader.")
    parts: list[np.ndarray] = []

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
    def collect(samples, count: int, events) -> int:
        if count:
            parts.append(np.ctypeslib.as_array(samples, (count,)).astype(np.float32) / 2**15)
        return 0

    library.espeak_SetSynthCallback(collect)
    library.espeak_ng_SetRandSeed(1)
    text = word.encode() + b"\0"
    for voice in speaking:
        library.espeak_SetVoiceByName(f"{voice.accent}+{voice.variant}".encode())
        library.espeak_SetParameter(_PITCH, voice.pitch, 0)
        for words_per_minute in (voice.rate, *FASTER):
            parts.clear()
            library.espeak_SetParameter(_RATE, words_per_minute, 0)
            library.espeak_Synth(text, len(text), 0, _CHARACTERS, 0, _UTF8, None, None)
            samples = np.concatenate([np.zeros(0, np.float32), *parts])
            loud = np.flatnonzero(np.abs(samples) > _QUIET * np.abs(samples).max(initial=0))
            samples = samples[loud[0]:loud[-1] + 1] if len(loud) else samples[:0]
            if len(samples) < rate:
                break
        yield samples, rate


def _as_clip(word: str, samples: np.ndarray, rate: int) -> np.ndarray:
    import soxr

    if not len(samples):
        raise CannotSay(f"“{word}” gives no sound. Write it as it is spoken, in letters.")
    audio = soxr.resample(samples, rate, SAMPLE_RATE)
    if len(audio) > CLIP_SAMPLES:
        raise CannotSay(f"“{word}” takes {len(audio) / SAMPLE_RATE:.1f} seconds, and a clip has one. Choose a shorter "
                        "word.")
    before = (CLIP_SAMPLES - len(audio)) // 2
    return np.pad(audio * (_LEVEL / np.abs(audio).max()), (before, CLIP_SAMPLES - len(audio) - before))


if __name__ == "__main__":
    _main(*sys.argv[1:])
