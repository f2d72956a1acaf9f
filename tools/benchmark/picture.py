"""What each choice of the recipe is worth, as a picture."""

from typing import TYPE_CHECKING

import numpy as np

from kws_helpers.plotting import BLUE, VERMILION, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SPLITS = {"validation": (BLUE, "o", -0.16), "testing": (VERMILION, "s", 0.16)}  # colour, mark, place in the row


def recipe_picture(candidates: list[dict]) -> "Figure":
    """A row for each candidate of `recipe.compare`: a mark for each seed, a line for their mean."""
    figure, axis = new_figure(width=9, height=0.42 * len(candidates) + 0.9)
    for split, (colour, mark, place) in _SPLITS.items():
        for row, candidate in enumerate(candidates):
            values = 100 * np.array(candidate[split])
            axis.plot(values, np.full(len(values), row + place), mark, markersize=6, color=colour, alpha=0.6,
                      label=split if row == 0 else None)
            axis.plot(values.mean(), row + place, "|", markersize=14, markeredgewidth=2.5, color=colour)
    axis.set(yticks=range(len(candidates)), yticklabels=[candidate["name"] for candidate in candidates],
             xlabel="% of the clips right", ylim=(len(candidates) - 0.5, -0.5))
    axis.grid(axis="x", color="0.9")
    axis.set_axisbelow(True)
    axis.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return figure
