"""nbgrader's settings, for our own grading and for every nbgrader command in the course folder."""

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

COURSE_FILE = '''"""Makes every nbgrader command in this folder use the course's settings."""

from autograder.nbgrader_config import configure

configure(get_config())
'''


def configure(config: Config) -> Config:
    """Put the course's settings into `config`."""
    config.CourseDirectory.course_id = "keyword-spotting"
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
