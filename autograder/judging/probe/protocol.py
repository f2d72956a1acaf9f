"""Messages between the judge and a student's kernel: JSON, and behind it the bytes of the arrays.

Nothing is pickled. What comes from a kernel may be anything: it is checked while it is read, and whatever is wrong with
it raises `Misbehaved`. Random generators and Keras models travel as their state and their description, and only towards
the kernel.
"""

import json
import math
import os
import re
import socket
import struct
import time
from pathlib import Path
from typing import Any

import numpy as np

SOCKET_VARIABLE = "KWS_JUDGE_SOCKET"

MAX_HEADER = 4 * 2**20
MAX_BODY = 64 * 2**20
MAX_DEPTH = 20
MAX_AXES = 32
MAX_LENGTH = 2**31  # of one axis; matters only beside an axis of length 0
MAX_CHARACTERS = 2**16  # of one text in an array

_HEAD = struct.Struct("!II")
_DTYPE = re.compile(r"[<>|][biufcU]\d{1,6}")


class Misbehaved(BaseException):
    """The other side sent what cannot be understood, sent too much, sent nothing in time, or went away.

    Not an Exception: whoever handles those of a student's function must not take this for one.
    """


def listen(folder: Path) -> tuple[socket.socket, str]:
    """Return a listening socket and its address in words: a file in `folder` where the system has such sockets."""
    if hasattr(socket, "AF_UNIX"):
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(folder / "judge.sock"))
        listener.listen()
        return listener, str(folder / "judge.sock")
    listener = socket.create_server(("127.0.0.1", 0))
    return listener, f"127.0.0.1:{listener.getsockname()[1]}"


def connect() -> socket.socket:
    """Return a connection to the judge whose address is in the environment."""
    address = os.environ.get(SOCKET_VARIABLE, "")
    if not address:
        raise RuntimeError("There is no judge here: notebooks are judged by `python -m autograder grade`.")
    if address.startswith("127.0.0.1:"):
        return socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])))
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(address)
    return connection


def send(connection: socket.socket, message: Any, deadline: float | None = None) -> None:
    """Send plain data.

    Raises:
        ValueError, TypeError: the message is of a kind, depth or size that cannot be sent.
        Misbehaved: the other side does not take it.
    """
    data = encode(message)
    _limit(connection, deadline)
    try:
        connection.sendall(data)
    except TimeoutError:
        raise Misbehaved("the question was not taken in time") from None
    except OSError:
        raise Misbehaved("the connection was closed before the end") from None


def receive(connection: socket.socket, deadline: float | None = None, trusted: bool = False) -> Any:
    """Return the next message. `deadline`, by `time.monotonic()`, is for all of it.

    Args:
        trusted: the message comes from the judge and may hold generators and models.

    Raises:
        Misbehaved: there is none, or none that can be understood.
    """
    header, body = _HEAD.unpack(_read(connection, _HEAD.size, deadline))
    if header > MAX_HEADER or body > MAX_BODY:
        raise Misbehaved("the answer is far too large")
    return decode(_read(connection, header, deadline), _read(connection, body, deadline), trusted)


def encode(message: Any) -> bytes:
    """Return a message as bytes.

    Raises:
        ValueError, TypeError: it is of a kind, depth or size that cannot be sent.
    """
    arrays: list[bytes] = []
    header = json.dumps(_pack(message, arrays, 0), separators=(",", ":")).encode()
    body = b"".join(arrays)
    if len(header) > MAX_HEADER or len(body) > MAX_BODY:
        raise ValueError("it is far too large")
    return _HEAD.pack(len(header), len(body)) + header + body


def decode(header: bytes, body: bytes, trusted: bool = False) -> Any:
    """Return the message in `header` and `body`.

    Raises:
        Misbehaved: there is none.
    """
    try:
        reader = _Reader(body, trusted)
        message = reader.unpack(json.loads(header), 0)
        if reader.position != len(body):
            raise ValueError("bytes are left over")
        return message
    except Exception as error:  # whatever can be wrong with it
        raise Misbehaved("the answer was not understood") from error


def _limit(connection: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        connection.settimeout(None)
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise Misbehaved("no answer came in time")
    connection.settimeout(left)


def _read(connection: socket.socket, count: int, deadline: float | None) -> bytes:
    data = bytearray()
    while len(data) < count:
        _limit(connection, deadline)
        try:
            piece = connection.recv(min(count - len(data), 2**20))
        except TimeoutError:
            raise Misbehaved("no answer came in time") from None
        except OSError:
            piece = b""
        if not piece:
            raise Misbehaved("the connection was closed before the end")
        data += piece
    return bytes(data)


def _pack(value: Any, arrays: list[bytes], depth: int) -> Any:
    """Return `value` as JSON in which every object has one key that says what it stands for."""
    if depth > MAX_DEPTH:
        raise ValueError("it is nested too deeply")
    if isinstance(value, np.generic):
        return {"scalar": _pack_array(np.asarray(value), arrays)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.ndarray):
        return {"array": _pack_array(value, arrays)}
    if isinstance(value, list):
        return [_pack(item, arrays, depth + 1) for item in value]
    if isinstance(value, tuple):
        return {"tuple": _pack(list(value), arrays, depth)}
    if isinstance(value, dict):
        return {"dict": [[_pack(key, arrays, depth + 1), _pack(item, arrays, depth + 1)]
                         for key, item in value.items()]}
    if isinstance(value, np.random.Generator):
        return {"generator": _pack(value.bit_generator.state, arrays, depth + 1)}
    if hasattr(value, "to_json") and hasattr(value, "layers"):
        return {"model": value.to_json()}
    raise TypeError(f"a {type(value).__name__} cannot be sent")


def _pack_array(array: np.ndarray, arrays: list[bytes]) -> list:
    if not _DTYPE.fullmatch(array.dtype.str):
        raise TypeError(f"an array of type {array.dtype} cannot be sent")
    arrays.append(array.tobytes())
    return [array.dtype.str, list(array.shape)]


class _Reader:
    """Turns JSON back into values, taking the bytes of arrays in the order in which they come."""

    def __init__(self, body: bytes, trusted: bool) -> None:
        self.body, self.position, self.trusted = body, 0, trusted

    def unpack(self, tree: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise ValueError("nested too deeply")
        if isinstance(tree, list):
            return [self.unpack(item, depth + 1) for item in tree]
        if not isinstance(tree, dict):
            return tree
        [(kind, content)] = tree.items()
        if kind == "array":
            return self._array(*content)
        if kind == "scalar":
            return self._array(*content)[()]
        if kind == "tuple":
            return tuple(self.unpack(content, depth))
        if kind == "dict":
            return {self._key(key, depth + 1): self.unpack(item, depth + 1) for key, item in content}
        if self.trusted and kind == "generator":
            return _generator(self.unpack(content, depth + 1))
        if self.trusted and kind == "model":
            import keras

            return keras.models.model_from_json(content)
        raise ValueError(f"unknown kind {kind}")

    def _key(self, tree: Any, depth: int) -> Any:
        """Only text from a kernel: numbers can be chosen such that a dict of them takes minutes."""
        if not self.trusted and not isinstance(tree, str):
            raise ValueError("a key is no text")
        return self.unpack(tree, depth)

    def _array(self, dtype: str, shape: list[int]) -> np.ndarray:
        if not _DTYPE.fullmatch(dtype) or len(shape) > MAX_AXES:
            raise ValueError("no array")
        dtype = np.dtype(dtype)
        if dtype.itemsize > 4 * MAX_CHARACTERS or not all(type(n) is int and 0 <= n < MAX_LENGTH for n in shape):
            raise ValueError("no array")
        size = math.prod(shape) * dtype.itemsize
        if size > len(self.body) - self.position:
            raise ValueError("bytes are missing")
        data = np.frombuffer(self.body, np.uint8, size, self.position)
        self.position += size
        return _checked(data, dtype).reshape(shape)


def _checked(data: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Return bytes as an array, one that could have come about in the usual way."""
    if dtype.itemsize == 0:
        raise ValueError("texts of no length")
    if dtype.kind == "b":
        return data.copy() != 0
    array = data.copy().view(dtype)
    if dtype.kind == "U" and np.any(array.view(np.dtype(f"{dtype.str[0]}u4")) > 0x10FFFF):
        raise ValueError("no text")
    return array


def _generator(state: dict) -> np.random.Generator:
    generator = np.random.Generator(getattr(np.random, state["bit_generator"])())
    generator.bit_generator.state = state
    return generator
