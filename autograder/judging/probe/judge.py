"""The probe: in a student's kernel, `judge(f)` answers the questions of a judge who sits outside.

It knows neither what is right nor what comes of it. What it returns means nothing: the judge outside keeps the score.
"""

import socket
from collections.abc import Callable
from typing import Any

from kws_helpers.check import ladders
from kws_helpers.check.calling import CallFailed, name_of

from . import protocol
from .operations import Operations


def judge(function: Callable) -> float:
    """Let the judge outside try the function."""
    name = name_of(function, set(ladders()))
    with protocol.connect() as connection:
        serve(connection, name, function)
    return 0.0


def serve(connection: socket.socket, exercise: str, function: Callable) -> None:
    """Answer one question after another until the judge closes the connection."""
    operations = Operations(function)
    try:
        protocol.send(connection, {"exercise": exercise})
        while True:
            question = protocol.receive(connection, trusted=True)
            _reply(connection, question["number"], _answer(operations, question))
    except protocol.Misbehaved:  # the judge has gone
        return


def _answer(operations: Operations, question: dict) -> dict[str, Any]:
    try:
        value, complaint = operations.do(question["do"], *question["with"])
        return {"value": value, "complaint": complaint}
    except CallFailed as failure:
        return {"failure": failure.kind, "error": failure.error, "message": str(failure)}
    except Exception as error:  # the result is of no kind that could be compared
        return {"failure": "raised", "error": type(error).__name__, "message": f"{str(error)[:300]}."}


def _reply(connection: socket.socket, number: int, answer: dict[str, Any]) -> None:
    try:
        protocol.send(connection, {"number": number, **answer})
    except (ValueError, TypeError, RecursionError) as error:
        protocol.send(connection, {"number": number, "failure": "raised", "error": type(error).__name__,
                                   "message": f"the result cannot be compared: {error}."})
