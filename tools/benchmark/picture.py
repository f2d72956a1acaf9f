"""How many keywords spotters miss, against how often they are wrong, as a picture."""

from typing import TYPE_CHECKING

from kws_helpers.plotting import BLUE, GREEN, VERMILION, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STYLES = ((BLUE, "-"), (VERMILION, "--"), (GREEN, "-."))
_LIMITS = (0.5, 120)  # false alarms an hour


def curves(candidates: list[dict]) -> "Figure":
    """A curve for each of `recipe.compare`, the mean of its seeds."""
    figure, axis = new_figure(width=8, height=4.5)
    for candidate, (colour, style) in zip(candidates, _STYLES, strict=False):
        alarms, misses = candidate["curve"]
        axis.plot(alarms, [100 * one for one in misses], style, color=colour, label=candidate["name"])
    axis.set(xscale="log", xlim=_LIMITS, ylim=(0, 100), xlabel="false alarms an hour",
             ylabel="% of the keywords missed", title="Fewer false alarms cost keywords")
    axis.set_xticks([1, 7.5, 20, 60, 120], ["1", "7.5", "20", "60", "120"])
    axis.minorticks_off()
    axis.grid(color="0.9")
    axis.legend(frameon=False)
    return figure
