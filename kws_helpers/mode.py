"""Is a learner working, or is the notebook being graded?"""

import os


def grading() -> bool:
    """True while nbgrader runs the notebook for a grade (it says so in ``NBGRADER_EXECUTION``).

    Then nothing is trained, drawn or checked that no grade depends on: the grade comes from the judge alone.
    """
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"


def validating() -> bool:
    """True while nbgrader's "Validate" runs the notebook, which reports the cells that end with an error."""
    return os.environ.get("NBGRADER_EXECUTION") == "validate"


def short_training() -> bool:
    """True where training only has to run, not to succeed: while grading, or with ``KWS_TRAINING=short``."""
    return grading() or os.environ.get("KWS_TRAINING") == "short"


def short_clips() -> int:
    """How many clips short training learns from, and validates on."""
    return 32 if grading() else 128
