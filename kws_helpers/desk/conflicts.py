"""The marks that git leaves in a file where two versions could not be brought together."""

import re
from typing import NamedTuple

# At the start of a line. Longer ones stand in the common ancestor only, which is left out.
_MARK = re.compile(r"(<{7}|\|{7}|={7}|>{7})(?: .*)?\r?")


class Conflict(NamedTuple):
    """The two versions of a text, each with as many lines as the text, and the number of the first mark's line."""

    upper: str
    lower: str
    line: int


def conflict_in(text: str) -> Conflict | None:
    """Return the two versions between git's marks, None where there are no marks.

    Marks that are not complete count as far as they go.
    """
    if not re.search(r"^[<|=>]{7}", text, re.MULTILINE):
        return None
    upper, lower, first = [], [], 0
    here = "both"  # which version the line belongs to
    for number, line in enumerate(text.split("\n"), start=1):
        mark = _MARK.fullmatch(line)
        if mark:
            first = first or number
            here = {"<": "upper", "|": "neither" if here == "upper" else here,
                    "=": "lower" if here in ("upper", "neither") else here, ">": "both"}[mark[1][0]]
        upper.append(line if here in ("both", "upper") and not mark else "")
        lower.append(line if here in ("both", "lower") and not mark else "")
    return Conflict("\n".join(upper), "\n".join(lower), first) if first else None


def is_complete(text: str) -> bool:
    """Tell whether all three marks stand in a text, in their order."""
    return bool(re.search(r"^<{7}(?: .*)?$.*^={7}$.*^>{7}(?: .*)?$", text, re.MULTILINE | re.DOTALL))
