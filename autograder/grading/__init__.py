"""Grading. In comes a class of submissions; out comes a row for each student and exercise, recorded in nbgrader's
gradebook. Each submission passes through intake, running and judging on its way, once.
"""
