"""From what came back to submissions. In come folders and zip files, as students or a learning platform left them; out
comes one notebook for each student and lesson, read and repaired, or the reason why there is none.
"""
