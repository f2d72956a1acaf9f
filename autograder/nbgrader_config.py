"""nbgrader's settings, for our own grading and for every nbgrader command in a course folder."""

from pathlib import Path

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.coursedir import CourseDirectory
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

from autograder.building.course_folder import locate_course
from autograder.building.deadlines import read_deadlines
from autograder.intake.beside import OPENED
from autograder.intake.repair import RestoreCells


def configure(config: Config, folder: Path) -> Config:
    """Put the settings of the course in `folder` into `config`."""
    locate_course(config, folder)
    config.Autograde.sanitize_preprocessors = [
        RestoreCells, ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata]
    config.CourseDirectory.ignore = [*CourseDirectory().ignore, *(f"*{case}" for ending in OPENED
                                                                  for case in (ending, ending.upper()))]
    config.LateSubmissionPlugin.penalty_method = read_deadlines(folder)[1]
    config.Execute.timeout = 600  # by the wall, which is all that nbgrader knows: generous, for busy machines
    # What a library writes to stderr is no fault of the student's. Errors are outputs of another kind; they count.
    config.IgnorePattern.enabled = True
    config.IgnorePattern.pattern = r"(?s)."
    # Feedback is for students: without the hidden tests.
    config.GenerateFeedback.preprocessors = [GetGrades, ClearHiddenTests, CSSHTMLHeaderPreprocessor]
    # Pages are made of what students wrote.
    config.HTMLExporter.sanitize_html = True
    config.HTMLExporter.preprocessors = ["autograder.grading.rubric.ShowRubrics"]
    config.TemplateExporter.filters = {"strip_files_prefix": "autograder.grading.sanitize.clean_page"}
    return config
