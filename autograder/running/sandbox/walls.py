"""Run as a program: the walls of a sandbox, where there is no bubblewrap.

    python -I -S walls.py OPTIONS -- PROGRAM ...

Follows the design of bubblewrap (https://github.com/containers/bubblewrap) and understands those of its options that
`launcher.py` beside it uses; an option that is not known here is an error. See namespaces(7), user_namespaces(7),
mount_namespaces(7), pivot_root(2) and capabilities(7).

Two processes: this one stays outside and waits; its child is the first process of the sandbox. The child builds a new
root in memory, lets go of the old one and of all rights, and becomes the program.
"""

import contextlib
import ctypes
import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

_NEW_NAMESPACES = 0x7E020000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET
_NEW_USER = 0x10000000  # CLONE_NEWUSER
_READ_ONLY, _NO_SUID, _NO_DEVICES, _NO_PROGRAMS, _REMOUNT = 1, 2, 4, 8, 32  # MS_RDONLY and so on, see mount(2)
BIND, RECURSIVE, PRIVATE = 1 << 12, 1 << 14, 1 << 18
_DETACH = 2  # MNT_DETACH
_PARENT_DEATH_SIGNAL, _DROP_BOUNDING, _NO_NEW_PRIVILEGES, _AMBIENT, _CLEAR_ALL = 1, 24, 38, 47, 4  # see prctl(2)
_CAPABILITY_VERSION = 0x20080522

_ALWAYS = {"--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--clearenv", "--as-pid-1"}
_LAST = "--disable-userns"
_SETTINGS = {"--uid", "--gid", "--hostname", "--chdir", "--info-fd"}
_OLD = "/.old"  # where the old root is while the new one is built

_libc = ctypes.CDLL(None, use_errno=True)


class CommandLine:
    """What the command line asks for; `steps` are the functions that build the new root, with their arguments."""

    def __init__(self, words: list[str]) -> None:
        self.settings: dict[str, str] = {}
        self.last = False  # whether no further walls can be built inside these
        self.environment: dict[str, str] = {}
        self.steps = []
        rest = iter(words)
        for option in iter(rest.__next__, "--"):
            self._take(option, rest)
        self.program = list(rest)

    def _take(self, option: str, words: Iterator[str]) -> None:
        if option in _SETTINGS:
            self.settings[option] = next(words)
        elif option == "--setenv":
            variable = next(words)
            self.environment[variable] = next(words)
        elif option in ("--ro-bind", "--ro-bind-try"):  # links are followed as they lead outside
            source = os.path.realpath(next(words))
            self.steps.append((show, source, next(words), option == "--ro-bind-try"))
        elif option == "--symlink":
            self.steps.append((link, next(words), next(words)))
        elif option == "--size":
            self.steps.append((memory, next(words), next(words) and next(words)))  # --size BYTES --tmpfs PATH
        elif option in _MOUNTS:
            self.steps.append((_MOUNTS[option], next(words)))
        elif option == _LAST:
            self.last = True
        elif option not in _ALWAYS:
            raise ValueError(f"{option} is not known")


def call(name: str, *arguments: str | int | None) -> None:
    """Call a function of the C library.

    Raises:
        OSError: it failed.
    """
    given = [os.fsencode(one) if isinstance(one, str) else None if one is None else ctypes.c_ulong(one)
             for one in arguments]
    if getattr(_libc, name)(*given) == -1:
        shown = ", ".join(str(one) for one in arguments if isinstance(one, str))
        raise OSError(ctypes.get_errno(), f"{name}({shown}): {os.strerror(ctypes.get_errno())}")


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    call("mount", source, target, kind, flags, data)


def die_with_parent() -> None:
    call("prctl", _PARENT_DEATH_SIGNAL, signal.SIGKILL)


def map_user(proc: int, inside: tuple[int, int], outside: tuple[int, int]) -> None:
    """Give this user and group their numbers in the new user namespace; they are all there are."""
    write(proc, "self/setgroups", "deny")
    write(proc, "self/uid_map", f"{inside[0]} {outside[0]} 1")
    write(proc, "self/gid_map", f"{inside[1]} {outside[1]} 1")


def write(proc: int, name: str, text: str) -> None:
    file = os.open(name, os.O_WRONLY, dir_fd=proc)
    try:
        os.write(file, text.encode())
    except OSError as error:  # does not name the file by itself
        raise OSError(error.errno, f"{name}: {error.strerror}") from error
    finally:
        os.close(file)


def new_root() -> None:
    """Make an empty file system in memory the root; the old one is below it for the time being."""
    mount("none", "/", None, PRIVATE | RECURSIVE)
    mount("tmpfs", "/tmp", "tmpfs", _NO_SUID | _NO_DEVICES, "mode=755")
    Path(f"/tmp{_OLD}").mkdir()
    call("pivot_root", "/tmp", f"/tmp{_OLD}")
    os.chdir("/")


def folder(path: str) -> None:
    Path(path).mkdir(parents=True, exist_ok=True)


def bind(source: str, target: str) -> None:
    """Show a file or folder of the old root."""
    if Path(f"{_OLD}{source}").is_dir():
        folder(target)
    else:
        folder(str(Path(target).parent))
        Path(target).touch()
    mount(f"{_OLD}{source}", target, None, BIND | RECURSIVE)


def show(source: str, target: str, optional: bool) -> None:
    """Show a file or folder of the old root, with all that is mounted below it, to be read only."""
    if optional and not Path(f"{_OLD}{source}").exists():
        return
    bind(source, target)
    for place in mounts():
        if place == target or place.startswith(f"{target}/"):
            with contextlib.suppress(PermissionError):  # what this user cannot reach needs no wall
                read_only(place)


def mounts() -> list[str]:
    """Return where something is mounted; a blank in a name is written \\040 there."""
    lines = Path(f"{_OLD}/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    return [re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), line.split()[4]) for line in lines]


def read_only(target: str, flags: int = _NO_SUID | _NO_DEVICES) -> None:
    """Make one mount read only, with these flags and those that it has: the kernel lets nobody take one away."""
    kept = os.statvfs(target).f_flag & (_NO_SUID | _NO_DEVICES | _NO_PROGRAMS)
    mount("none", target, None, _REMOUNT | BIND | _READ_ONLY | flags | kept)


def memory(size: str, target: str) -> None:
    folder(target)
    mount("tmpfs", target, "tmpfs", _NO_SUID | _NO_DEVICES, f"mode=755,size={size}")


def link(text: str, path: str) -> None:
    Path(path).symlink_to(text)


def processes(target: str) -> None:
    folder(target)
    mount("proc", target, "proc", _NO_SUID | _NO_DEVICES | _NO_PROGRAMS)


def devices(target: str) -> None:
    folder(target)
    mount("tmpfs", target, "tmpfs", _NO_SUID | _NO_DEVICES, "mode=755")
    for name in ("null", "zero", "full", "random", "urandom", "tty"):
        bind(f"/dev/{name}", f"{target}/{name}")
        read_only(f"{target}/{name}", _NO_SUID)  # can be written to, but its mode cannot be changed
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        link(f"/proc/self/fd/{number}", f"{target}/{name}")
    link("/proc/self/fd", f"{target}/fd")
    link("pts/ptmx", f"{target}/ptmx")
    folder(f"{target}/shm")
    terminals(f"{target}/pts")


def terminals(target: str) -> None:
    folder(target)
    mount("devpts", target, "devpts", _NO_SUID | _NO_PROGRAMS, "newinstance,ptmxmode=0666,mode=620")


_MOUNTS = {"--proc": processes, "--dev": devices, "--remount-ro": read_only}


def new_namespaces() -> int:
    """Part this process, and those that it starts, from everything outside; returns /proc as it was.

    In there, it is root, for otherwise /dev/pts could not be mounted.
    """
    user = os.geteuid(), os.getegid()
    proc = os.open("/proc", os.O_PATH)
    call("unshare", _NEW_NAMESPACES)
    map_user(proc, (0, 0), user)
    return proc


def become(proc: int, user: tuple[int, int], last: bool) -> None:
    """Become `user` in a user namespace that cannot undo what was done; if `last`, there can be no other in it."""
    if last:
        write(proc, "sys/user/max_user_namespaces", "1")
    call("unshare", _NEW_USER)
    map_user(proc, user, (0, 0))


def drop_rights() -> None:
    call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    call("prctl", _AMBIENT, _CLEAR_ALL, 0, 0, 0)
    for capability in range(int(Path("/proc/sys/kernel/cap_last_cap").read_text()) + 1):
        call("prctl", _DROP_BOUNDING, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    if _libc.capset(header, (ctypes.c_uint32 * 6)()):
        raise OSError(ctypes.get_errno(), f"capset: {os.strerror(ctypes.get_errno())}")


def become_program(asked: CommandLine, proc: int, ready: int, go: int) -> None:
    """Build the walls around this process; when the process outside has been told and answers, become the program."""
    die_with_parent()
    os.setsid()
    call("sethostname", asked.settings["--hostname"], len(asked.settings["--hostname"]))
    new_root()
    for step, *arguments in asked.steps:
        step(*arguments)
    call("umount2", _OLD, _DETACH)  # an empty folder stays
    become(proc, (int(asked.settings["--uid"]), int(asked.settings["--gid"])), asked.last)
    drop_rights()
    os.write(ready, b".")
    if not os.read(go, 1):  # the process outside has ended before it could take this one along
        sys.exit(1)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, which the program would inherit
        signal.signal(number, signal.SIG_DFL)
    os.chdir(asked.settings["--chdir"])
    os.execve(asked.program[0], asked.program, asked.environment)


def outside(first: int, asked: CommandLine, ready: int, go: int) -> int:
    """Say where the sandbox is, let it begin, and wait for its end; returns its exit status, as a shell gives it."""
    if os.read(ready, 1):
        if "--info-fd" in asked.settings:
            with os.fdopen(int(asked.settings["--info-fd"]), "w") as info:
                json.dump({"child-pid": first}, info)
        os.write(go, b".")
    code = os.waitstatus_to_exitcode(os.waitpid(first, 0)[1])
    return code if code >= 0 else 128 - code


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    asked = CommandLine(sys.argv[1:])
    proc = new_namespaces()
    die_with_parent()
    ready, say_ready = os.pipe()
    go, say_go = os.pipe()
    first = os.fork()
    if first:
        os.close(say_ready)
        sys.exit(outside(first, asked, ready, say_go))
    os.close(say_go)
    become_program(asked, proc, say_ready, go)


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError) as problem:
        sys.exit(f"The walls of the sandbox could not be built: {problem}")
