"""Name a mistake by the value that it gives."""

from collections.abc import Mapping
from typing import Any

from kws_helpers.check import expect


def likely(value: Any, mistakes: Mapping[str, Any], otherwise: str = "") -> str:
    """Return the text of the mistake that gives this value.

    Args:
        value: what a learner's function returned.
        mistakes: for each mistake, in words, what it would return.
        otherwise: the text where none of them does.

    Example:
        >>> likely(8.0, {"That is the sum.": 8.0, "That is the root.": 2.0})
        'That is the sum.'
    """
    for text, wrong in mistakes.items():
        try:
            expect.close(value, wrong)
        except (expect.Missed, TypeError, ValueError):
            continue
        return text
    return otherwise
