"""The reference solutions: the functions of the lessons, run in memory."""

import threading
from collections.abc import Callable
from functools import cache
from types import ModuleType

from autograder.building.lesson import functions_module, lesson_of


def reference(exercise: str) -> Callable:
    """Return the reference function of an exercise."""
    return getattr(module_of(lesson_of(exercise)), exercise)


_loading = threading.Lock()


def module_of(lesson: str) -> ModuleType:
    """Return the solutions of a lesson as a module."""
    with _loading:  # two threads that import TensorFlow at once may each see half of it
        return _module_of(lesson)


@cache
def _module_of(lesson: str) -> ModuleType:
    module = ModuleType(f"_reference_{lesson}")
    exec(compile(functions_module(lesson), f"<solutions of {lesson}>", "exec"), module.__dict__)
    return module
