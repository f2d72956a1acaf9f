"""What an instructor runs, in stages: building, intake, running, judging, grading, reporting.

No stage imports a later one.
"""
