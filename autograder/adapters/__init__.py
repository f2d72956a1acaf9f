"""Adapters. In comes one hand-in, from a platform or a shared folder; out goes its result, in the form that is wanted
there. All of them grade as everything else here does, and none decides anything about a grade.
"""
