"""The reference solutions, loaded from `solutions/`."""

import importlib.util
import threading
from collections.abc import Callable
from functools import cache
from types import ModuleType

from autograder.lesson import lesson_of
from autograder.paths import SOLUTIONS


def reference(exercise: str) -> Callable:
    """The reference function of an exercise."""
    return getattr(module_of(lesson_of(exercise)), exercise)


_loading = threading.Lock()


def module_of(lesson: str) -> ModuleType:
    """The solutions of a lesson as a module."""
    with _loading:  # two threads that import TensorFlow at once may each see half of it
        return _module_of(lesson)


@cache
def _module_of(lesson: str) -> ModuleType:
    # By path and not by package: what a student imports in the notebook's folder must not replace it.
    path = SOLUTIONS / f"lesson_{lesson}.py"
    spec = importlib.util.spec_from_file_location(f"_reference_{lesson}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
