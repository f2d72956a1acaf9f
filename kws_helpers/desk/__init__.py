"""The student's desk: what works beside the lessons and is imported by none of them.

`hand_in` packs the notebooks for the teacher, `advice` adds a sentence to a NameError, `messages` warns and shows
progress.
"""
