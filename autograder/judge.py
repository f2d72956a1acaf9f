"""The last line of every test cell's hidden tests: `judge(f)`.

Stock nbgrader has this module in the kernel. While a class is graded here, the kernel sees `autograder.judging.probe`
under this name, and the verdict is reached outside (`autograder.judging.referee`).
"""

import os
from collections.abc import Callable

from IPython.display import display

from autograder.building.lesson import points_of
from autograder.judging.exercise import exercises
from autograder.judging.verdict import SEED_VARIABLE, assess, display_data
from kws_helpers.check.calling import name_of


def judge(function: Callable) -> float:
    """Judge the function of an exercise and display the verdict.

    Returns:
        Its points, as the plain float in which nbgrader takes partial credit.
    """
    known = exercises()
    name = name_of(function, set(known))
    verdict = assess(known[name], function, int(os.environ.get(SEED_VARIABLE, "0")))
    display(display_data(verdict), raw=True)
    return round(verdict.share * points_of(name), 2)
