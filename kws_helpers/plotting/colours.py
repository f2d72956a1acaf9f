"""The colours of all figures: Okabe and Ito's palette (https://jfly.uni-koeln.de/color/), made for the colour-blind."""

BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, YELLOW, BLACK = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#F0E442", "#222222")
CYCLE = [BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, BLACK]  # neighbours also differ in grey
COLOUR_MAP = "cividis"  # rises evenly in grey, too
