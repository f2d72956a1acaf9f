"""Run as a program: limit this process, take the student's files along, and become a Python kernel.

    python start.py MEMORY THREADS FILES CONNECTION_FILE

or with the single word `REHEARSE`: compile what librosa compiles at its first use, into the folder NUMBA_CACHE_DIR.

Needs nothing but the standard library, ipykernel and `kws_helpers`: in a sandbox there is no other part of the
autograder.
"""

import contextlib
import os
import shutil
import sys

FILE_BYTES = 256 * 2**20
OPEN_FILES = 1024
REHEARSE = "rehearse"
COMPILED = "numba"
"""The folder in KWS_CACHE with what librosa has compiled."""


def limit(memory: int, threads: int) -> None:
    """Limits of the operating system for this process and each one that it starts.

    Args:
        memory: bytes that one process may ask for.
        threads: of all processes of this user in this sandbox; 0 for no limit. Root is never limited.
    """
    import resource  # not on Windows, where this module is read all the same

    os.nice(10)  # the grader comes first, however many processes there are
    wanted = {resource.RLIMIT_DATA: memory, resource.RLIMIT_FSIZE: FILE_BYTES, resource.RLIMIT_NOFILE: OPEN_FILES,
              resource.RLIMIT_CORE: 0}
    if threads:
        wanted[resource.RLIMIT_NPROC] = threads
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def take_along(files: str) -> None:
    """Copy what was handed in beside the notebook into the working folder, as far as there is room."""
    with contextlib.suppress(OSError):
        shutil.copytree(files, ".", symlinks=True, ignore=shutil.ignore_patterns("*.ipynb"), dirs_exist_ok=True)


def take_compiled() -> None:
    """Copy what librosa has compiled to where this process may write: Numba uses no folder that it cannot write to."""
    with contextlib.suppress(OSError, KeyError):
        shutil.copytree(f"{os.environ['KWS_CACHE']}/{COMPILED}", os.environ["NUMBA_CACHE_DIR"], dirs_exist_ok=True)


def rehearse() -> None:
    """Let librosa compile what would take a student's cell half a minute on a slow machine."""
    import librosa
    import numpy as np

    for kind in (np.float32, np.float64):
        noise = np.random.default_rng(0).normal(size=4096).astype(kind)
        librosa.effects.time_stretch(noise, rate=1.5)
        librosa.effects.pitch_shift(noise, sr=16000, n_steps=1)


def become_kernel(connection_file: str) -> None:
    """Never returns before the kernel ends.

    Modules beside the notebook can be imported, but come last: what is installed, and the course with its judge, is
    what it says it is, whatever name somebody gave to a file.

    A traceback is a list of lines here: for the coloured one with the source around each line, IPython looks through
    all modules for every frame, and takes a minute where a function called itself without end.
    """
    import kws_helpers  # noqa: F401  it may be installed in a way that comes after all folders
    sys.path.append("")
    sys.argv[1:] = ["-f", connection_file, "--InteractiveShell.xmode=Plain"]
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()


def main() -> None:
    if sys.argv[1:] == [REHEARSE]:
        rehearse()
        return
    memory, threads, files, connection_file = sys.argv[1:5]
    limit(int(memory), int(threads))
    take_compiled()
    if files:
        take_along(files)
    become_kernel(connection_file)


if __name__ == "__main__":
    main()
