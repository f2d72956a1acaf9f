"""The log of checks: `my_results/attempts.jsonl`, beside the notebooks. Each call of `check` adds a line of JSON.

It says where somebody gets stuck, in the course's own words: it holds no code, no values and no names. It stays on this
computer until the student hands it in (`kws_helpers/desk/hand_in.py`).
"""

import ast
import contextlib
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from kws_helpers.check.ladder import Report
from kws_helpers.results import FOLDER

FILE = Path(FOLDER) / "attempts.jsonl"
MAX_BYTES = 2**20
"""A full log takes no more lines. That is room for a few thousand, ten times as many as the course needs."""

STEPS = Path(__file__).with_name("steps.json")
"""Made from the solved lessons by `make lessons`: the titles of every exercise's steps, in order."""

PASSED, FAILED, UNWRITTEN = "passed", "failed", "unwritten"


def note(report: Report, hint: int, again: bool) -> None:
    """Add a line about a call of `check`. Where nothing can be written, nothing is noted.

    Args:
        report: what the check found.
        hint: the number of the hint that was shown, 0 for none.
        again: this kernel has checked the same function before, and it failed.
    """
    last = report.steps[-1]
    with contextlib.suppress(OSError):
        facts = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "exercise": report.name,
                 "state": PASSED if report.passed else UNWRITTEN if report.unwritten else FAILED,
                 "steps": sum(step.passed for step in report.steps), "of": len(steps().get(report.name, [])) or None,
                 "step": "" if last.passed else last.title,
                 "mistake": last.mistake if last.mistake and last.mistake in own_words() else "",
                 "hint": hint, "again": again}
        line = json.dumps(facts, ensure_ascii=False).encode() + b"\n"
        FILE.parent.mkdir(parents=True, exist_ok=True)
        with FILE.open("ab", buffering=0) as file:  # one write: lines of two kernels do not mix
            if file.tell() + len(line) <= MAX_BYTES:
                file.write(line)


@cache
def steps() -> dict[str, list[str]]:
    """Return the titles of the steps by exercise."""
    return json.loads(STEPS.read_text(encoding="utf-8"))


@cache
def own_words() -> frozenset[str]:
    """Return the texts that stand in the checks as they are, so that nothing of a student's can be in them."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in Path(__file__).parent.glob("*.py"))
    return frozenset(node.value for tree in trees for node in ast.walk(tree)
                     if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value)
