"""Which protection this machine gives, and which a class may be graded with."""

from autograder.running.sandbox import launcher

SANDBOX = "sandbox"
"""A sandbox: for the code of strangers."""
LIMITS = "limits"
"""A plain process that may use only so much: for one's own code."""

WARNING = "Graded without a sandbox: the students' code ran with the rights of whoever graded."


class Unprotected(ValueError):
    """There is no sandbox; the message says what to do."""


def best_protection() -> str:
    """Return the best protection that this machine gives."""
    return LIMITS if launcher.trouble() else SANDBOX


def demanded_protection(unsafe: bool) -> str:
    """Return the best protection; one without a sandbox only where `unsafe` allows it.

    Raises:
        Unprotected: there is no sandbox.
    """
    if best_protection() == LIMITS and not unsafe:
        raise Unprotected(f"Students' code would run with your rights, because {launcher.trouble()}. Repair that, or "
                          "allow it with --unsafe.")
    return best_protection()
