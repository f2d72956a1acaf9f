"""Write the pages, or the slides."""

import sys

from tools.teaching.pages import write_pages
from tools.teaching.slides import write_slides

written = write_slides() if sys.argv[1:] == ["slides"] else write_pages()
print(f"Written: {written}")
