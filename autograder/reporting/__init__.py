"""Reporting. In come the rows of a class; out come tables, a feedback page for each student, and a report for the
instructor.
"""
