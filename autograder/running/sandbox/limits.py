"""How much a kernel may use."""

import os
from dataclasses import dataclass

MEMORY_VARIABLE = "KWS_MEMORY_GB"

ONE_THREAD = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "TF_NUM_INTRAOP_THREADS",
                            "TF_NUM_INTEROP_THREADS", "LOKY_MAX_CPU_COUNT"], "1")
"""Environment variables for a kernel that computes with one thread: as many kernels run at once as there are cores."""


@dataclass(frozen=True)
class Limits:
    """Bytes, and for `processes` their number.

    Args:
        memory: of all processes of a kernel together; also what a single one may ask for.
        processes: that exist at once.
        threads: of all these processes together.
        folder: in the kernel's own folder, and again in its /tmp.
    """

    memory: int
    processes: int = 128
    threads: int = 1024
    folder: int = 256 * 2**20


def limits() -> Limits:
    """Return the limits for kernels that this process starts; KWS_MEMORY_GB changes how much memory they have.

    Raises:
        ValueError: KWS_MEMORY_GB is no number above 0.
    """
    text = os.environ.get(MEMORY_VARIABLE, "3")
    try:
        memory = int(float(text) * 2**30)
    except (ValueError, OverflowError):
        memory = 0
    if memory <= 0:
        raise ValueError(f"{MEMORY_VARIABLE} is {text!r}; it must be a number of gigabytes.")
    return Limits(memory)
