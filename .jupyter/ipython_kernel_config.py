"""IPython's settings for the kernels of the course. Makefile and postBuild put them where IPython looks."""

c.InteractiveShellApp.extensions = ["kws_helpers.desk.advice"]  # noqa: F821 - IPython defines c
