"""The student's desk: what works beside the lessons and is imported by none of them.

`hand_in` packs what a student wrote for the teacher, `notebook` reads notebooks for it and for the grader, `advice`
says what a cell lacks that cannot run, `messages` warns and shows progress.
"""
