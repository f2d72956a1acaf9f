"""nbgrader's settings, for our own grading and for every nbgrader command in the course folder."""

import json
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    DeduplicateIds,
    GetGrades,
    OverwriteCells,
    OverwriteKernelspec,
)
from traitlets.config import Config

from autograder.preprocessors import RestoreCells

CELL_SECONDS = 60
"""A cell that runs longer is interrupted. While grading, no cell of the course needs a quarter of this."""

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


def configure(config: Config, folder: Path) -> Config:
    """Put the settings of the course in `folder` into `config`."""
    config.CourseDirectory.root = str(folder.resolve())
    config.CourseDirectory.course_id = "keyword-spotting"
    if database := settings(folder).get("gradebook"):
        config.CourseDirectory.db_url = database
    config.Autograde.sanitize_preprocessors = [
        RestoreCells, ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata]
    config.Execute.timeout = CELL_SECONDS
    # What a library writes to stderr is no fault of the student's. Errors are outputs of another kind; they count.
    config.IgnorePattern.enabled = True
    config.IgnorePattern.pattern = r"(?s)."
    # Feedback is for students: without the hidden tests.
    config.GenerateFeedback.preprocessors = [GetGrades, ClearHiddenTests, CSSHTMLHeaderPreprocessor]
    # Pages are made of what students wrote.
    config.HTMLExporter.sanitize_html = True
    config.TemplateExporter.filters = {"strip_files_prefix": "autograder.harmless.clean_page"}
    return config
