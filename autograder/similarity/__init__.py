"""Which answers are alike beyond what the task and the course make alike. In come submissions, read by
intake/; out come pairs of students with what they share, for a human to judge. Nothing of a student's is run.
"""
