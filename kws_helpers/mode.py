"""Is a learner working, or is the notebook being graded?"""

import os


def grading() -> bool:
    """True while nbgrader runs the notebook for a grade (it says so in ``NBGRADER_EXECUTION``).

    Then training is cut short and `check` reports without stopping the notebook: the grade comes from elsewhere.
    """
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"


def short_training() -> bool:
    """True where training only has to run, not to succeed: while grading, or with ``KWS_TRAINING=short``."""
    return grading() or os.environ.get("KWS_TRAINING") == "short"
