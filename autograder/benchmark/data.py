"""What loading recordings and computing their features costs in time and memory, for archives of two sizes.

The archives are stand-ins in the layout of Speech Commands: its number of clips, or a tenth, cut from the bundled ones.
"""

import hashlib
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import time
import wave
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import numpy as np
import psutil

from kws_helpers import data

SIZES = (10_583, 105_829)
_DISTINCT = 200  # clips; more would only take longer to make
_NOISE_SECONDS = 80
_PAUSE = 0.05  # seconds between two looks at the memory
_WORK = """
import sys
from kws_helpers import data, features
features.prepare(data.load(sys.argv[1]))
"""


@dataclass(frozen=True)
class LoadCost:
    """What it took to load so many clips for the first time, or again, and to prepare their features.

    `megabytes` is the largest memory of its own that the process held. Pages of files that are mapped into memory are
    counted apart, in `mapped_megabytes`: the system takes them back whenever it needs the room.
    """

    clips: int
    seconds: float
    megabytes: float
    mapped_megabytes: float
    seconds_again: float
    megabytes_again: float


def costs(sizes: Iterable[int] = SIZES) -> Iterator[LoadCost]:
    """Load archives of several sizes, each with a cache of its own, in a process of its own."""
    for clips in sizes:
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder) / "speech.tar.gz"
            write_stand_in(archive, clips)
            first, again = (_measure(archive, Path(folder) / "cache") for _ in range(2))
        yield LoadCost(clips, *first, again[0], again[1])


def write_stand_in(path: Path, clips: int) -> None:
    """Write a .tar.gz in the layout of Speech Commands, with so many clips."""
    sounds = _sounds()
    noise = np.random.default_rng(0).normal(0, 500, (6, _NOISE_SECONDS * data.SAMPLE_RATE)).astype(np.int16)
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for number, samples in enumerate(noise):
            _add(archive, f"./_background_noise_/noise_{number}.wav", _wav(samples))
        for number, name in enumerate(islice(_names(), clips)):
            _add(archive, name, sounds[number % _DISTINCT])


def _sounds() -> list[bytes]:
    clips = data.load("bundled").recordings.clips
    chosen = np.linspace(0, len(clips) - 1, _DISTINCT).astype(int)
    return [_wav(np.rint(clips[i] * 32767).astype(np.int16)) for i in chosen]


def _names() -> Iterator[str]:
    """Names without end; keywords are half as frequent again as other words."""
    words = sorted(set(data.load("bundled").recordings.words))
    turns = [word for word in words for _ in range(3 if word in data.KEYWORDS else 2)]
    for number in count():
        speaker = hashlib.sha1(str(number).encode()).hexdigest()[:8]
        for turn, word in enumerate(turns):
            yield f"./{word}/{speaker}_nohash_{turn % 3}.wav"


def _wav(samples: np.ndarray) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(data.SAMPLE_RATE)
        sound.writeframes(samples.astype("<i2").tobytes())
    return file.getvalue()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def _measure(archive: Path, cache: Path) -> tuple[float, float, float]:
    """Seconds, and the largest own and mapped memory in MB, of a process that loads the archive."""
    begin = time.perf_counter()
    own = mapped = 0
    with subprocess.Popen([sys.executable, "-c", _WORK, archive], env=os.environ | {"KWS_CACHE": str(cache)}) as process:
        while process.poll() is None:
            memory = psutil.Process(process.pid).memory_info()
            own, mapped = max(own, memory.rss - memory.shared), max(mapped, memory.shared)
            time.sleep(_PAUSE)
    if process.returncode:
        raise RuntimeError(f"{archive} could not be loaded")
    return time.perf_counter() - begin, own / 1e6, mapped / 1e6
