"""What the judge knows of the exercises: `f` of lesson NN_name is in `NN_name/f.py`.

Each module holds the secret cases, the well-known mistakes with their hints, and right answers written unlike the
reference. What exercises of a lesson share is in a module beside them; a lesson's name begins with a digit, so they
import it relatively.
"""
