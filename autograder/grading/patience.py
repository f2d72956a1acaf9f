"""A gradebook in a file can be locked by another program, such as formgrader or a backup: wait for it, and say so."""

import re
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import event, make_url
from sqlalchemy.engine import Engine

SECONDS = 60.0
_STEP = 2.0  # seconds after which a wait is long enough to be spoken of


class Busy(Exception):
    """Another program holds the gradebook for too long."""

    def __init__(self) -> None:
        super().__init__("it is locked by another program, such as formgrader or a backup")


class Patience:
    """Waits until a gradebook can be written to.

    Whoever has waited for nothing once does not wait long again, until the gradebook was free in between.

    Args:
        url: the gradebook's address; only one in a file can be locked as a whole.
        say: called with a sentence when the waiting begins.
    """

    def __init__(self, url: str, say: Callable[[str], None] = lambda text: None) -> None:
        address = make_url(url)
        self._file = Path(address.database) if address.drivername.startswith("sqlite") and address.database else None
        self._say = say
        self.renew()

    def wait(self) -> None:
        """Return as soon as the gradebook can be written to.

        Raises:
            Busy: another program still holds it.
            OSError: it cannot be written to at all.
        """
        if self._file is None or not self._file.exists():
            return
        deadline, said = time.monotonic() + self._seconds, False
        while not self._is_free():
            if time.monotonic() >= deadline:
                self._seconds = 0.0
                raise Busy
            if not said:
                self._say(f"Waiting up to {self._seconds:.0f} s for {self._file}, which another program has locked.")
                said = True
        self.renew()

    def renew(self) -> None:
        """Wait as long as at first the next time."""
        self._seconds = SECONDS

    def _is_free(self) -> bool:
        """Try to write, and take it back."""
        connection = sqlite3.connect(self._file, timeout=min(_STEP, self._seconds), isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {version}")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            if is_locked(str(error)):
                return False
            raise OSError(f"{self._file} cannot be written: {error}") from None
        except sqlite3.DatabaseError as error:
            raise OSError(f"{self._file} cannot be read: {error}") from None
        finally:
            connection.close()
        return True


def is_locked(message: str) -> bool:
    """Tell whether a program's complaint is that of SQLite about a lock."""
    return bool(re.search(r"database (table )?is locked", message))


@event.listens_for(Engine, "connect")
def _wait_inside(connection: object, record: object) -> None:
    """Let SQLite itself wait, too, for locks that come while nbgrader works."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute(f"PRAGMA busy_timeout = {int(SECONDS * 1000)}")
