"""Show the report of a check: coloured lines in a notebook, plain ones elsewhere."""

import re
from html import escape
from typing import Any

from kws_helpers.check.ladder import Report, Step

# White signs on blue and orange: readable on light and dark pages, and different for the colour-blind, too.
_MARKS = {True: ("✔", "#0072B2"), False: ("✘", "#D55E00")}


class Shown:
    """An object that Jupyter shows as HTML, and everything else as text."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def __repr__(self) -> str:
        return "\n".join([f"{self.report.name}: {_verdict(self.report)}"] + [_as_text(s) for s in self.report.steps])

    def _repr_html_(self) -> str:
        lines = "".join(_as_html(step) for step in self.report.steps)
        return (f"<div style='line-height:1.5'><strong><code>{escape(self.report.name)}</code>: "
                f"{_verdict(self.report)}</strong>{lines}</div>")


def show(shown: Any) -> None:
    """Print a report or a text, or display it where there is a notebook."""
    from IPython.display import display

    display(shown)


def _verdict(report: Report) -> str:
    return "all steps passed" if report.passed else "not there yet"


def _as_text(step: Step) -> str:
    return f"  {_MARKS[step.passed][0]} {step.title}" + (f": {step.advice}" if step.advice else "")


def _as_html(step: Step) -> str:
    mark, colour = _MARKS[step.passed]
    advice = f"<div style='margin-left:1.6em'>{_with_code(step.advice)}</div>" if step.advice else ""
    sign = f"background:{colour};color:white;border-radius:3px;padding:0 .3em"
    return f"<div><span style='{sign}'>{mark}</span> {escape(step.title)}{advice}</div>"


def _with_code(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
