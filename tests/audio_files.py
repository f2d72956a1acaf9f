"""Small sources in the Speech Commands layout, made on the spot."""

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import soundfile

RATE = 16_000
SPEAKERS = [hashlib.sha1(bytes([number])).hexdigest()[:8] for number in range(40)]
WORDS = ("yes", "no", "bed", "cat")


def noise(seconds: float, seed: int = 0, rate: int = RATE) -> np.ndarray:
    return 0.2 * np.random.default_rng(seed).standard_normal(round(seconds * rate)).clip(-4, 4)


def encode(audio: np.ndarray, rate: int = RATE, **options) -> bytes:
    """The bytes of an audio file; WAV with 16 bits unless `options` of soundfile.write say otherwise."""
    file = io.BytesIO()
    soundfile.write(file, audio, rate, **{"format": "WAV", **options})
    return file.getvalue()


def make_source(folder: Path, words=WORDS, speakers=SPEAKERS, noises: int = 3, noise_seconds: float = 4) -> Path:
    """One recording of every word by every speaker, each with samples of its own, and background noise."""
    for number, word in enumerate(words):
        (folder / word).mkdir(parents=True)
        for speaker in speakers:
            audio = noise(1, seed=1000 * number + int(speaker, 16) % 1000)
            (folder / word / f"{speaker}_nohash_0.wav").write_bytes(encode(audio))
    for number in range(noises):
        (folder / "_background_noise_").mkdir(exist_ok=True)
        path = folder / "_background_noise_" / f"noise_{number}.wav"
        path.write_bytes(encode(noise(noise_seconds, seed=number)))
    return folder


def pack(folder: Path, archive: Path, prefix: str = "", backwards: bool = False) -> Path:
    """The files of a folder as a .tar, .tar.gz, .tgz or .zip; every name in it begins with `prefix`."""
    files = sorted((path for path in folder.rglob("*") if path.is_file()), reverse=backwards)
    names = [prefix + path.relative_to(folder).as_posix() for path in files]
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive, "w") as packed:
            for path, name in zip(files, names, strict=True):
                packed.write(path, name)
    else:
        kind = {".tar": "w", ".xz": "w:xz", ".bz2": "w:bz2"}.get(archive.suffix, "w:gz")
        with tarfile.open(archive, kind) as packed:
            for path, name in zip(files, names, strict=True):
                packed.add(path, name)
    return archive
