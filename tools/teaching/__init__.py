"""For those who teach: a page for each lesson in docs/teaching/, and slides of its figures in build/slides/.

    python -m tools.teaching            the pages (`make teaching`)
    python -m tools.teaching slides     the slides (`make slides`)

Both are made from autograder/lessons/; the pages also from autograder/exercises/ and docs/results.json, the slides from
the figures in solutions/.
"""
