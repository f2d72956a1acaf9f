"""What a student's kernel sees as the package `autograder` while a class is graded: a probe that holds no secrets.

Nothing here may import from outside this folder, except `kws_helpers`. Imports within it stay relative: in a kernel
this package is called `autograder`, in the grader `autograder.judging.probe`.
"""
