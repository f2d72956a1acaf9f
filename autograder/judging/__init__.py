"""Judging. In come a running notebook and what is known of its exercises (`autograder.exercises`); out comes a verdict
on each exercise: the share of its points, a status and a hint.
"""
