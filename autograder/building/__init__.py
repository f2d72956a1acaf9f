"""From lesson to notebooks. In comes a lesson's text file; out come the students' notebooks, the solved notebooks, the
solutions as functions, and nbgrader's course folder.
"""
