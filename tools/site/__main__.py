"""`python -m tools.site` writes the site into build/site/; `make site` calls it."""

import sys

from autograder.building.paths import BUILD
from tools.site.build import build
from tools.site.places import known_repository

SITE = BUILD / "site"

if __name__ == "__main__":
    try:
        build(SITE, known_repository())
    except (FileNotFoundError, ValueError) as error:
        sys.exit(str(error))
    size = sum(path.stat().st_size for path in SITE.rglob("*") if path.is_file())
    print(f"{SITE / 'index.html'} ({len(list(SITE.rglob('*.html')))} pages, {size / 1e6:.1f} MB)")
