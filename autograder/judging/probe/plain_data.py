"""Plain values: what a learner's function returns, reduced to arrays, numbers, text, lists and dictionaries.

Only plain values are compared, so that the comparison needs neither the learner's objects nor their libraries.
"""

from typing import Any

import numpy as np

MAX_ELEMENTS = 10_000_000


def plain(value: Any) -> Any:
    """Reduce `value` to plain data.

    Raises:
        ValueError: the value is of no plain kind, or too large to compare.
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    array = np.asarray(value)
    if array.dtype.kind == "S":
        array = np.char.decode(array, "latin1")
    if array.dtype.kind in "OT" and all(isinstance(one, (str, bytes)) for one in array.flat):
        array = array.astype(object).astype(str)  # text as pandas, TensorFlow and NumPy's StringDType keep it
    if array.dtype == np.longdouble:  # as long as on another machine
        array = array.astype(np.float64)
    if array.dtype.kind not in "biufcU":
        raise ValueError(f"a {type(value).__name__} cannot be compared")
    if array.size > MAX_ELEMENTS:
        raise ValueError(f"the result has {array.size:,} elements, far more than expected")
    return array
