"""A server on this machine that hands out files, and misbehaves as it is told."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Fault = Callable[["Handler", bytes], None]


class Server(ThreadingHTTPServer):
    """`faults` are for the next requests, one each, or for all where `always` is set; without one, all goes well."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.files: dict[str, bytes] = {}
        self.faults: list[Fault] = []
        self.always: Fault | None = None
        self.starts: list[int] = []  # from which byte on each request asked
        self.sent = 0  # bytes of bodies
        self.pause = 0.0  # seconds between two pieces of a body

    def handle_error(self, request, client_address) -> None:
        """A client that hangs up is no news."""


class Handler(BaseHTTPRequestHandler):
    """One request."""

    def do_GET(self) -> None:
        """Answer as the server's next fault wants it."""
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        self.start = int(asked[1]) if asked else 0
        self.server.starts.append(self.start)
        content = self.server.files.get(self.path.lstrip("/"))
        if content is None:
            return self.send_error(404)
        fault = self.server.always or (self.server.faults.pop(0) if self.server.faults else well)
        fault(self, content)

    def answer(self, content: bytes, total: int, length: int | None = None) -> None:
        """Head and body from `start` on; `total` and `length` are what is said of the file and of this body."""
        body = content[self.start :]
        self.send_response(206 if self.start else 200)
        if self.start:
            self.send_header("Content-Range", f"bytes {self.start}-{total - 1}/{total}")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.send(body)

    def send(self, body: bytes) -> None:
        """The body, in pieces."""
        for begin in range(0, len(body), 1 << 14):
            piece = body[begin : begin + (1 << 14)]
            self.wfile.write(piece)
            self.server.sent += len(piece)
            if self.server.pause:
                time.sleep(self.server.pause)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def well(request: Handler, content: bytes) -> None:
    """All goes well."""
    request.answer(content, len(content))


def breaks_off(after: int) -> Fault:
    """So many bytes of what was announced, then the connection ends."""
    return lambda request, content: request.answer(content[: request.start + after], len(content),
                                                   len(content) - request.start)


def answers(status: int) -> Fault:
    """Nothing but a status."""
    return lambda request, content: request.send_error(status)


def knows_no_range(request: Handler, content: bytes) -> None:
    """Whatever is asked for, everything comes."""
    request.start = 0
    request.answer(content, len(content))


def says_no_length(request: Handler, content: bytes) -> None:
    """The end of the connection is the end of the file."""
    request.send_response(200)
    request.end_headers()
    request.send(content)


def announces(total: int) -> Fault:
    """Another size than the file has."""
    return lambda request, content: request.answer(content, total, total - request.start)


def is_silent(seconds: float) -> Fault:
    """The request is taken, and nothing comes for so long."""
    def fault(request: Handler, content: bytes) -> None:
        time.sleep(seconds)

    return fault


@contextmanager
def serving() -> Iterator[Server]:
    """A server that runs while the block does."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
