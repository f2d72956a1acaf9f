"""The environment of this Python, for programs that are called by name."""

import os
import sys
from pathlib import Path


def programs_on_path() -> None:
    """Put this environment's programs on PATH: nbgrader calls `alembic` by name, activated environment or not."""
    programs = str(Path(sys.executable).parent)
    if programs not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = programs + os.pathsep + os.environ.get("PATH", "")
