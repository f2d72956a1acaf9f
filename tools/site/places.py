"""Where the files of the repository lie on the site, and what the links between them become."""

import os
import posixpath
import re
import subprocess
from urllib.parse import quote, urlsplit

from autograder.building.lesson import UNGRADED, lesson_names
from autograder.building.paths import ROOT

TEXTS = ("*.md", "docs/**/*.md", "kws_helpers/*/*.md", "tools/*/*.md")
"""The Markdown files that become pages."""

FRONT, SEARCH, SPOTTER = "index.html", "search.html", "spotter.html"


class Places:
    """The pages by the files that they are made from, and the address of the repository if it is known.

    Args:
        repository: "owner/name" on GitHub, or None.
    """

    def __init__(self, repository: str | None) -> None:
        self.repository = repository
        self.texts = {path: f"{path.removesuffix('.md')}.html" for path in _texts()}
        self.lessons = {f"solutions/{name}.ipynb": f"lessons/{name}.html" for name in (*UNGRADED, *lesson_names())}
        self.pictures: set[str] = set()
        unsolved = {f"notebooks/{posixpath.basename(path)}": page for path, page in self.lessons.items()}
        self._pages = {"notebooks": FRONT, "solutions": FRONT} | self.texts | unsolved | self.lessons

    def link(self, url: str, source: str, page: str) -> str | None:
        """Return what a link in the file `source` becomes on `page`; None where it would lead nowhere.

        Raises:
            FileNotFoundError: the repository has no such file.
        """
        path, _, part = url.partition("#")
        if urlsplit(url).scheme or not path:
            return url
        path = _path(path, source)
        if path in self._pages:
            return relative(self._pages[path], page) + (f"#{part}" if part else "")
        kind = "tree" if (ROOT / path).is_dir() else "blob"
        return self.repository and f"https://github.com/{self.repository}/{kind}/HEAD/{quote(path)}"

    def picture(self, url: str, source: str, page: str) -> str | None:
        """Return the address of a picture, which is copied; None for one that lies elsewhere.

        Raises:
            FileNotFoundError: the repository has no such file.
        """
        if urlsplit(url).scheme:
            return None
        path = _path(url, source)
        self.pictures.add(path)
        return relative(path, page)

    def open_in(self, name: str) -> dict[str, str]:
        """Return where a lesson can be opened to work on it, by the names of the services."""
        if not self.repository:
            return {}
        return {"Binder": f"https://mybinder.org/v2/gh/{self.repository}/HEAD?urlpath=lab/tree/notebooks/{name}.ipynb",
                "Colab": f"https://colab.research.google.com/github/{self.repository}/blob/HEAD/notebooks/{name}.ipynb"}


def relative(place: str, page: str) -> str:
    """Return the link that leads from a page to a place, both as paths on the site."""
    return quote(posixpath.relpath(place, posixpath.dirname(page) or "."))


def known_repository() -> str | None:
    """Return "owner/name" of the repository on GitHub: as `SITE_REPOSITORY` says, or the remote that git knows.

    Raises:
        ValueError: `SITE_REPOSITORY` is no such name.
    """
    name = os.environ.get("SITE_REPOSITORY", "")
    if name and not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
        raise ValueError(f"SITE_REPOSITORY must be owner/name, as in https://github.com/owner/name, not {name!r}.")
    return name or _of_remote()


def _of_remote() -> str | None:
    try:
        remote = subprocess.run(["git", "remote", "get-url", "origin"], cwd=ROOT, capture_output=True, text=True,
                                check=False).stdout
    except FileNotFoundError:  # no git here
        return None
    found = re.search(r"github\.com[/:]([\w.-]+/[\w.-]+?)(?:\.git)?/?$", remote.strip())
    return found and found[1]


def _texts() -> list[str]:
    return sorted({path.relative_to(ROOT).as_posix() for pattern in TEXTS for path in ROOT.glob(pattern)})


def _path(url: str, source: str) -> str:
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), url))
    if not (ROOT / path).exists():
        raise FileNotFoundError(f"{source} leads to {url}, and there is no {path}.")
    return path
