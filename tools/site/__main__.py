"""`python -m tools.site [FOLDER]`: write the site. `make site` calls it."""

import sys
from pathlib import Path

from autograder.building.paths import BUILD
from tools.site.build import build
from tools.site.places import known_repository

if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else BUILD / "site"
    build(folder, known_repository())
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{folder / 'index.html'} ({len(list(folder.rglob('*.html')))} pages, {size / 1e6:.1f} MB)")
