"""Figures of the course: one style, colours that the colour-blind can tell apart, a description for every figure.

One module per lesson, and `figure` and `colours`, which all of them use. A function that only draws is called
``draw_...`` and returns the figure and its description; every other function shows its figure, with the description as
the alternative text, and returns None. matplotlib is imported when the first figure is drawn.
"""

from kws_helpers.plotting.architectures import *
from kws_helpers.plotting.colours import *
from kws_helpers.plotting.convolution import *
from kws_helpers.plotting.evaluation import *
from kws_helpers.plotting.figure import *
from kws_helpers.plotting.learning import *
from kws_helpers.plotting.overfitting import *
from kws_helpers.plotting.sound import *
from kws_helpers.plotting.spotting import *
