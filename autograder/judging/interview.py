"""Ask the probe in a kernel about the student's function. What it answers may be anything, and is checked."""

import contextlib
import re
import socket
import time
from typing import Any

from autograder.judging.exercise import Exercise, Outcome
from autograder.judging.probe.protocol import Misbehaved, receive, send
from autograder.judging.proxy import FunctionProxy
from autograder.judging.verdict import collect_outcomes
from kws_helpers.check.calling import CallFailed

ANSWER_SECONDS = 1800.0  # by the wall; what takes too long ends with its cell, long before
GOODBYE_SECONDS = 5.0
MAX_TEXT = 500

FAILURES = ("unwritten", "slow", "raised")


class Interview:
    """Asks the probe at the other end of a connection. Instances are what `FunctionProxy` asks."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._number = 0

    def __call__(self, operation: str, *args: Any) -> tuple[Any, str]:
        self._number += 1
        deadline = time.monotonic() + ANSWER_SECONDS
        send(self._connection, {"number": self._number, "do": operation, "with": list(args)}, deadline)
        answer = receive(self._connection, deadline)
        if not isinstance(answer, dict) or type(answer.get("number")) is not int or answer["number"] != self._number:
            raise Misbehaved("the answer belongs to no question")
        if "value" in answer:
            return answer["value"], printable(answer.get("complaint", ""))
        if not isinstance(answer.get("failure"), str) or answer["failure"] not in FAILURES:
            raise Misbehaved("the answer was not understood")
        raise CallFailed(answer["failure"], printable(answer.get("message")), printable(answer.get("error")))

    def end(self) -> None:
        """Say that there are no more questions; the other side has nothing more to say either."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
            self._connection.settimeout(GOODBYE_SECONDS)
            if self._connection.recv(1):
                raise Misbehaved("there was an answer without a question")


def interview(connection: socket.socket, exercise: Exercise, seed: int) -> list[Outcome]:
    """Return what the function at the other end gives for the secret cases of `seed`.

    Raises:
        Misbehaved: the other end does not keep to the rules.
    """
    ask = Interview(connection)
    got = collect_outcomes(exercise, FunctionProxy(ask), seed)
    ask.end()
    return got


def printable(text: Any) -> str:
    """Return a text of a student's making as one that every file, page and terminal can hold."""
    text = text if isinstance(text, str) else "" if text is None else type(text).__name__
    text = re.sub(r"\x1b\[[0-9;]*m", "", text[:MAX_TEXT])  # colours
    return "".join(one if one.isprintable() else " " for one in text)
