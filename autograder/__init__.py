"""What an instructor runs: the lessons' source, the build, the judge and the grading of a class."""
