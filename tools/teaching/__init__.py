"""For those who teach: a page for each lesson, and slides of its figures and questions."""
