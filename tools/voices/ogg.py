"""Ogg Opus, the same bytes every time: libsndfile numbers each stream at random, and here it gets a number again."""

import io
import struct

import numpy as np

from tools.voices.studio import RATE

_COMPRESSION = 0.9  # of libsndfile's scale from 0 to 1: some 35,000 bits per second
_HEADER = struct.Struct("<4sBBqIIIB")  # of a page: magic, version, kind, position, stream, number, checksum, segments
_STREAM, _CHECKSUM = slice(14, 18), slice(22, 26)  # where two of these lie (RFC 3533)
_POLYNOMIAL = 0x104C11DB7  # of the checksum, its highest bit included


def encoded(samples: np.ndarray) -> bytes:
    """Samples (n,), float32 in [-1, 1], as a file."""
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, samples, RATE, "OPUS", format="OGG", compression_level=_COMPRESSION)
    return renumbered(file.getvalue())


def renumbered(file: bytes) -> bytes:
    """An Ogg file whose stream has the number 0."""
    pages, start = [], 0
    while start < len(file):
        *_, segments = _HEADER.unpack_from(file, start)
        sizes = file[start + _HEADER.size : start + _HEADER.size + segments]
        end = start + _HEADER.size + segments + sum(sizes)
        pages.append(_numbered(bytearray(file[start:end])))
        start = end
    return b"".join(pages)


def _numbered(page: bytearray) -> bytearray:
    page[_STREAM] = page[_CHECKSUM] = bytes(4)
    page[_CHECKSUM] = _checksum(page).to_bytes(4, "little")
    return page


def _checksum(page: bytes) -> int:
    total = 0
    for byte in page:
        total = (total << 8 & 0xFFFFFFFF) ^ _TABLE[total >> 24 ^ byte]
    return total


def _table_entry(byte: int) -> int:
    total = byte << 24
    for _ in range(8):
        total = total << 1 ^ (_POLYNOMIAL if total >> 31 else 0)
    return total


_TABLE = [_table_entry(byte) for byte in range(256)]
