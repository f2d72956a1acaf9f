"""Look at the type of the numbers in a result."""

import numpy as np

from autograder.judging.exercise import Case
from kws_helpers.check.calling import CallFailed


class TypeCase(Case):
    """A call whose result is looked at for its type of number alone."""

    def __init__(self, aspect, expected, *args):
        super().__init__(aspect, *args)
        self.expected = expected


def values_or_type(function, case):
    """Return the result; for a `TypeCase` the type of its numbers.

    Raises:
        CallFailed: the type is not the expected one.
    """
    result = function(*case.args, **case.kwargs)
    if not isinstance(case, TypeCase):
        return result
    dtype = np.asarray(result).dtype
    found = "int" if dtype.kind in "iu" else dtype.name
    if found != case.expected:
        raise CallFailed("raised", f"expected {case.expected}, got {found}.", f"the type {found}")
    return found
