"""An nbgrader course folder: its settings, its lessons, and what every nbgrader command reads there."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from autograder.building.lesson import lesson_names
from autograder.building.notebooks import BuildError, source_notebook, write_notebook
from autograder.building.paths import COURSE
from kws_helpers.whole_file import write_whole

SETTINGS_FILE = "grading.json"
"""What a course folder was graded with: `seed`, and `gradebook`, the address of a database that is no file there."""

COURSE_FILE = '''"""Makes every nbgrader command in this folder use the course's settings."""

from pathlib import Path

from autograder.nbgrader_config import configure

configure(get_config(), Path(__file__).parent)
'''


def settings(folder: Path) -> dict[str, Any]:
    """Return what a course folder was graded with; nothing for a new one.

    Raises:
        ValueError: the file was damaged.
    """
    path = folder / SETTINGS_FILE
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError):
        raise ValueError(f"{path} is damaged. Delete it, and name the seed again, and the gradebook where it is not "
                         "gradebook.db.") from None


def keep_settings(folder: Path, **changed: Any) -> None:
    """Note what a course folder is graded with. A setting that is None stays as it was."""
    kept = settings(folder) | {name: value for name, value in changed.items() if value is not None}
    write_whole(folder / SETTINGS_FILE, json.dumps(kept) + "\n")


def locate_course(config: Config, folder: Path) -> Config:
    """Put into `config` where the course is and where its gradebook."""
    config.CourseDirectory.root = str(folder.resolve())
    config.CourseDirectory.course_id = "keyword-spotting"
    if database := settings(folder).get("gradebook"):
        config.CourseDirectory.db_url = database
    return config


def build_course(folder: Path = COURSE, names: Iterable[str] | None = None) -> Path:
    """Make an nbgrader course folder: source and release of every lesson, and a gradebook that knows them.

    Raises:
        BuildError: nbgrader could not release a lesson.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "nbgrader_config.py", COURSE_FILE)
    api = nbgrader_api(folder)
    for name in names or lesson_names():
        write_notebook(source_notebook(name), folder / "source" / name / f"{name}.ipynb")
        result = api.generate_assignment(name, force=True, create=True)
        if not result["success"]:
            raise BuildError(f"nbgrader could not make {name}: {reason(result.get('error') or result.get('log'))}")
        (folder / "release" / name / f"{name}.ipynb").chmod(0o644)
    return folder


def reason(complaint: str) -> str:
    """Return the reason in what nbgrader logged or a database said: it is in the last line that names an error."""
    found = re.findall(r"^(?:\([\w.]+\)|[\w.]+(?:Error|Exception):) .+$", complaint, re.MULTILINE)
    last = found[-1] if found else complaint.strip().partition("\n")[0]
    return re.sub(r"^(?:(?:\([\w.]+\)|[\w.]+(?:Error|Exception):|\[Errno \d+\]) )+", "", last)


def nbgrader_api(folder: Path) -> NbGraderAPI:
    """Return nbgrader's own interface to a course folder of ours."""
    config = locate_course(Config(), folder)
    config.NbGrader.logfile = ""
    config.Application.log_level = 30
    return NbGraderAPI(config=config)
