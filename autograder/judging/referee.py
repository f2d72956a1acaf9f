"""The judge outside: listens while a notebook runs, and asks the functions in its kernel what it wants to know.

The kernel holds a probe (`autograder.judging.probe`) that answers questions and learns nothing. The reference, the
expected results and the verdicts stay in this process. An answer that cannot be understood, or none, ends the judgement
of that exercise alone.

An exercise is judged while its own test cell runs, and only then. Where that happens several times, the last judgement
that came to its end counts.
"""

import contextlib
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from autograder.judging.exercise import Outcome, exercises
from autograder.judging.interview import ANSWER_SECONDS, interview, printable
from autograder.judging.judged_cells import exercise_tested
from autograder.judging.probe.protocol import SOCKET_VARIABLE, Misbehaved, listen, receive
from autograder.judging.reference import reference
from autograder.judging.verdict import Verdict, conclude

MAX_SESSIONS = 200

PROBE = Path(__file__).with_name("probe")


class Referee:
    """Judges the exercises of one notebook while it runs.

    Args:
        folder: for the socket and the probe; the kernel must be able to see it.
        notebook: the notebook; the references for its exercises are loaded before it runs.
        seed: the seed of the secret cases.

    Attributes:
        environment: tells a kernel where the judge is.
        packages: where a kernel finds the probe, under the name `autograder`.
    """

    def __init__(self, folder: Path, notebook: NotebookNode, seed: int) -> None:
        self._folder, self._seed = folder, seed
        self.packages = folder / "packages"
        self._exercises = {name: exercises()[name] for name in map(exercise_tested, notebook.cells) if name}
        self._verdicts: dict[str, Verdict] = {}
        self._lock = threading.Lock()
        self._expected = ""  # the exercise whose test cell is running
        self._connection: socket.socket | None = None
        self._over = threading.Event()

    def __enter__(self) -> "Referee":
        for name in self._exercises:
            reference(name)
        shutil.copytree(PROBE, self.packages / "autograder", ignore=shutil.ignore_patterns("__pycache__"))
        self._listener, address = listen(self._folder)
        self.environment = {SOCKET_VARIABLE: address}
        self._listener.settimeout(0.2)
        self._thread = threading.Thread(target=self._serve, name="referee", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._hang_up()
        self._thread.join()
        self._listener.close()

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts, complete once the referee has left."""
        return tuple(self._verdicts.values())

    @contextlib.contextmanager
    def during(self, cell: NotebookNode) -> Iterator[None]:
        """While `cell` runs, its exercise can be judged. What is not finished then is broken off."""
        with self._lock:
            self._expected = exercise_tested(cell)
        try:
            yield
        finally:
            self._hang_up()

    def _hang_up(self) -> None:
        with self._lock:
            self._expected = ""
            if self._connection:
                with contextlib.suppress(OSError):
                    self._connection.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        sessions = 0
        while not self._over.is_set() and sessions < MAX_SESSIONS:
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:  # no file is free, perhaps; that may pass
                time.sleep(0.2)
                continue
            sessions += 1
            self._session(connection)
        self._listener.close()

    def _session(self, connection: socket.socket) -> None:
        with self._lock:
            name, self._connection = self._expected, connection
        try:
            if name:
                got = self._collect(connection, name)
        except Misbehaved as error:
            self._broken(name, f"The test broke off: {error}.")
            return
        except Exception as error:
            self._broken(name, f"The judge failed ({type(error).__name__}: {error}).")
            return
        finally:
            with self._lock:
                self._connection = None
            connection.close()
        if name:
            self._conclude(name, got)

    def _collect(self, connection: socket.socket, name: str) -> list[Outcome]:
        greeting = receive(connection, time.monotonic() + ANSWER_SECONDS)
        asked = printable(greeting.get("exercise")) if isinstance(greeting, dict) else ""
        if asked != name:
            raise Misbehaved(f"it was started for {asked!r} in the cell of {name!r}")
        return interview(connection, self._exercises[name], self._seed)

    def _conclude(self, name: str, got: list[Outcome]) -> None:
        try:
            self._verdicts[name] = conclude(self._exercises[name], self._seed, got)
        except Exception as error:
            self._broken(name, f"The judge failed ({type(error).__name__}: {error}).")

    def _broken(self, name: str, message: str) -> None:
        """Keep a judgement that did not come to its end, unless there is one that did."""
        if name not in self._verdicts or self._verdicts[name].status == "error":
            self._verdicts[name] = Verdict(name, 0.0, "error", message)
