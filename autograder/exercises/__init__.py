"""One module a lesson: the secret cases and the well-known mistakes of its exercises."""
