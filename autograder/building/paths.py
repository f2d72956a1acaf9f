"""Where things live in the repository."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LESSONS = ROOT / "autograder" / "lessons"
NOTEBOOKS = ROOT / "notebooks"
SOLUTIONS = ROOT / "solutions"
COURSE = ROOT / "course"
BUILD = ROOT / "build"
