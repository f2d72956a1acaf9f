"""Where things are. The lessons belong to the package; everything else is there in the repository only."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LESSONS = ROOT / "autograder" / "lessons"
NOTEBOOKS = ROOT / "notebooks"
SOLUTIONS = ROOT / "solutions"
COURSE = ROOT / "course"
IN_REPOSITORY = (ROOT / "pyproject.toml").exists()
BUILD = (ROOT if IN_REPOSITORY else Path.cwd()) / "build"


def demand_repository() -> None:
    """Refuse what an installed package cannot do.

    Raises:
        ValueError: the package does not lie in the course's repository.
    """
    if not IN_REPOSITORY:
        raise ValueError("This command rewrites files of the course's repository. Run it there, with the package "
                         "installed by `pip install -e .`.")
