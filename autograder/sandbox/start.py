"""Run as a program: limit this process, take the student's files along, and become a Python kernel.

    python start.py MEMORY THREADS FILES -f CONNECTION_FILE

Needs nothing but the standard library and ipykernel: in a sandbox there is no other part of the autograder.
"""

import contextlib
import os
import resource
import shutil
import sys

FILE_BYTES = 256 * 2**20
OPEN_FILES = 1024


def limit(memory: int, threads: int) -> None:
    """Limits of the operating system for this process and each one that it starts.

    Args:
        memory: bytes that one process may ask for.
        threads: of all processes of this user in this sandbox; 0 for no limit. Root is never limited.
    """
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


def main() -> None:
    memory, threads, files = sys.argv[1:4]
    del sys.argv[1:4]
    limit(int(memory), int(threads))
    if files:
        take_along(files)
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()


if __name__ == "__main__":
    main()
