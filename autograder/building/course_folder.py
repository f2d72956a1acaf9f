"""An nbgrader course folder: its settings, and what every nbgrader command reads there."""

import json
from pathlib import Path
from typing import Any

from traitlets.config import Config

SETTINGS_FILE = "grading.json"
"""What a course folder was graded with: `seed`, and `gradebook`, the address of a database that is no file there."""

COURSE_FILE = '''"""Makes every nbgrader command in this folder use the course's settings."""

from pathlib import Path

from autograder.nbgrader_config import configure

configure(get_config(), Path(__file__).parent)
'''


def settings(folder: Path) -> dict[str, Any]:
    """What a course folder was graded with; nothing for a new one.

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
    (folder / SETTINGS_FILE).write_text(json.dumps(kept) + "\n", encoding="utf-8")


def locate_course(config: Config, folder: Path) -> Config:
    """Put into `config` where the course is and where its gradebook."""
    config.CourseDirectory.root = str(folder.resolve())
    config.CourseDirectory.course_id = "keyword-spotting"
    if database := settings(folder).get("gradebook"):
        config.CourseDirectory.db_url = database
    return config
