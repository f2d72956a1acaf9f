"""From the bytes of an audio file to 16-bit samples at 16 kHz."""

import io
import struct
from pathlib import Path

import numpy as np

from kws_helpers.data.layout import CLIP_SAMPLES, SAMPLE_RATE

NOISE_SECONDS = 300  # of a background recording, however long it is; the official ones last about 90 s
_HEADER = struct.Struct("<4sI8sIHHIIHH4sI")  # of a WAV file that holds nothing but samples


class DecodeError(ValueError):
    """A file cannot be used; the message says why in a few words."""


def decode_clip(content: bytes | Path) -> np.ndarray:
    """Decode one second: (16000,) int16. Of a longer recording, the middle; a shorter one ends in zeros, as officially.

    Raises:
        DecodeError: there is no sound that can be read.
    """
    samples = _plain(content)
    if samples is None:
        samples = _decode(content, seconds=1, centred=True)[:CLIP_SAMPLES]
    return samples if len(samples) == CLIP_SAMPLES else np.pad(samples, (0, CLIP_SAMPLES - len(samples)))


def _plain(content: bytes | Path) -> np.ndarray | None:
    """The samples of a WAV file such as those of Speech Commands, at most a second long; None for any other file.

    libsndfile would give the same, but takes ten times as long to open it.
    """
    if isinstance(content, Path):
        try:
            with content.open("rb", buffering=0) as file:
                content = file.read(_HEADER.size + 2 * CLIP_SAMPLES + 1)
        except OSError as error:
            raise DecodeError(error.strerror) from error
    size = len(content) - _HEADER.size
    if not 0 < size <= 2 * CLIP_SAMPLES or size % 2:
        return None
    mono = (1, 1, SAMPLE_RATE, 2 * SAMPLE_RATE, 2, 16)  # PCM, one channel, …
    if _HEADER.unpack_from(content) != (b"RIFF", size + 36, b"WAVEfmt ", 16, *mono, b"data", size):
        return None
    return np.frombuffer(content, "<i2", offset=_HEADER.size)


def decode_noise(content: bytes | Path) -> np.ndarray:
    """Decode a background recording: (n,) int16, at least one second, at most the first NOISE_SECONDS.

    Raises:
        DecodeError: there is no sound that can be read, or only silence, or less than a second.
    """
    samples = _decode(content, seconds=NOISE_SECONDS, centred=False)
    if len(samples) < CLIP_SAMPLES:
        raise DecodeError("shorter than one second")
    if not samples.any():
        raise DecodeError("nothing but zeros")
    return samples


def _decode(content: bytes | Path, seconds: int, centred: bool) -> np.ndarray:
    try:
        audio, rate = _read(content, seconds, centred)
    except (RuntimeError, OSError, ValueError) as error:  # soundfile's own errors are RuntimeErrors
        raise DecodeError("not audio that can be read") from error
    if not len(audio):
        raise DecodeError("empty")
    if not np.isfinite(audio).all():
        raise DecodeError("holds samples that are not numbers")
    if rate != SAMPLE_RATE:
        import soxr

        audio = soxr.resample(audio, rate, SAMPLE_RATE)
    return np.clip(np.rint(audio * 32768), -32768, 32767).astype(np.int16)


def _read(content: bytes | Path, seconds: int, centred: bool) -> tuple[np.ndarray, int]:
    """At most `seconds` of the audio, its channels averaged, and its sample rate; no more is decoded than is needed."""
    import soundfile

    with soundfile.SoundFile(io.BytesIO(content) if isinstance(content, bytes) else content) as sound:
        wanted = seconds * sound.samplerate
        if centred and sound.frames > wanted:
            sound.seek((sound.frames - wanted) // 2)
        return sound.read(wanted, dtype="float32", always_2d=True).mean(axis=1), sound.samplerate
