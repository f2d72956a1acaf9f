"""Make what teachers get of the lessons.

    python -m tools.teaching            docs/teaching/ (`make teaching`), of autograder/exercises/, too
    python -m tools.teaching slides     build/slides/ (`make slides`), with the figures of solutions/
"""

import sys

from tools.teaching.pages import write_pages
from tools.teaching.slides import write_slides

print("Written:", write_slides() if sys.argv[1:] == ["slides"] else write_pages())
