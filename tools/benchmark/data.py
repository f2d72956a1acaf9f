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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import numpy as np
import soundfile

from autograder.building.paths import BUILD
from kws_helpers import data
from tools.benchmark.lessons import MemoryOfChildren

SIZES = (10_583, 105_829)
_DISTINCT = 200  # clips; more would only take longer to make
_NOISE_SECONDS = 80
_WORK = """
import sys
from kws_helpers import data, features
features.prepare(data.load(sys.argv[1]))
"""


@dataclass(frozen=True)
class LoadCost:
    """What it took to load so many clips and to prepare their features, the first time and again from the cache.

    The megabytes are the largest memory of the process, mapped files included (proportional set size).
    """

    clips: int
    seconds: float
    megabytes: float
    seconds_again: float
    megabytes_again: float

    def __str__(self) -> str:
        return f"{self.clips:,} clips: {self.seconds:.0f} s, {self.megabytes:.0f} MB"


def costs(sizes: Iterable[int] = SIZES) -> Iterator[LoadCost]:
    """Load archives of several sizes, each with a cache of its own, in processes of their own."""
    for clips in sizes:
        with tempfile.TemporaryDirectory(dir=BUILD) as folder:  # the system's own folder may lie in memory
            archive = Path(folder) / "speech.tar.gz"
            write_stand_in(archive, clips)
            yield LoadCost(clips, *_measure(archive), *_measure(archive))


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
    soundfile.write(file, samples, data.SAMPLE_RATE, format="WAV")
    return file.getvalue()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def _measure(archive: Path) -> tuple[float, float]:
    """Seconds and megabytes of a process that loads the archive."""
    environment = os.environ | {"KWS_CACHE": str(archive.with_name("cache"))}
    begin = time.perf_counter()
    with MemoryOfChildren() as memory:
        subprocess.run([sys.executable, "-c", _WORK, archive], env=environment, check=True)
    return time.perf_counter() - begin, memory.largest / 1e6
