"""Formulas as MathML, which browsers show without a script."""

import re

from latex2mathml.converter import convert

_PLAINER = {r"\\operatorname\b": r"\\text", r"\\arg\b": r"\\text{arg }", r"\{,\}": r"\\text{,}"}
"""What latex2mathml takes for something else, and what it takes for the same."""


def mathml(formula: str, display: str) -> str:
    """Return a formula, written for LaTeX, as MathML: a "block" or "inline".

    Raises:
        ValueError: the formula has a command that latex2mathml does not know.
    """
    for latex, plainer in _PLAINER.items():
        formula = re.sub(latex, plainer, formula)
    found = convert(formula, display=display)
    if unknown := re.search(r"\\[a-zA-Z]+", found):
        raise ValueError(f"latex2mathml does not know {unknown[0]} in ${formula}$.")
    return found
