"""Start a kernel behind walls, or at least within limits: provisioners, as Jupyter calls them."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

from autograder.running.sandbox import launcher, provisions, warm
from autograder.running.sandbox.limits import ONE_THREAD, limits
from autograder.running.sandbox.protection import LIMITS, SANDBOX
from autograder.running.sandbox.watcher import Family, Inmates, Usage, Watcher
from autograder.running.scratch import scratch_folder
from kws_helpers.check.clock import Work


def prepare(protection: str) -> Path | None:
    """Do what takes long once, before the time of a notebook is counted.

    Returns:
        The folder in which a kernel's connection file and packages have to be; None for any.

    Raises:
        ValueError: there is no place for what kernels need; the message says what to do.
    """
    scratch_folder()
    if protection == LIMITS:
        return None
    provisions.prepared()
    zygote = warm.zygote()
    return zygote and zygote.folder


def protect(manager: AsyncKernelManager, protection: str, *, files: Path, packages: Path,
            environment: Mapping[str, str]) -> "LimitedProvisioner":
    """Let the manager start its kernel under a protection.

    Args:
        protection: `SANDBOX` or `LIMITS`.
        files: a copy of what was handed in beside the notebook; without a sandbox, the kernel works in this folder.
        packages: a folder of packages that the kernel can import before any others.
        environment: environment variables for the kernel.
    """
    kinds = {SANDBOX: WarmProvisioner if warm.zygote() else SandboxProvisioner, LIMITS: LimitedProvisioner}
    provisioner = kinds[protection](kernel_id=protection, kernel_spec=manager.kernel_spec, parent=manager)
    provisioner.files, provisioner.packages, provisioner.environment = files, packages, dict(environment)
    manager.provisioner = provisioner
    return provisioner


class LimitedProvisioner(LocalProvisioner):
    """A plain process with limits. `reason` says why it was ended, where it was."""

    files: Path
    packages: Path
    environment: dict[str, str]
    reason = ""
    _usage: Usage
    _watcher: Watcher | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        path = [str(self.packages), os.environ.get("PYTHONPATH", "")]
        environment = os.environ | ONE_THREAD | self.environment | {"PYTHONPATH": os.pathsep.join(filter(None, path))}
        kwargs = await super().pre_launch(**kwargs | {"env": environment, "cwd": str(self.files)})
        if os.name == "nt":  # has no such limits
            return kwargs
        start = Path(__file__).with_name("start.py")
        return kwargs | {"cmd": [sys.executable, "-P", str(start), str(limits().memory), "0", "",
                                 self.parent.connection_file]}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        connection = await super().launch_kernel(cmd, **kwargs)
        self._watch(Family(self.pid))
        return connection

    async def cleanup(self, restart: bool = False) -> None:
        if self._watcher:
            self._watcher.stop()
        await super().cleanup(restart)

    def _watch(self, usage: Usage) -> None:
        self._usage, self._watcher = usage, Watcher(usage, limits(), self.end)
        self._watcher.start()

    def work(self) -> Work:
        """Return what the kernel and all that it started have computed until now; nothing once it has ended."""
        with contextlib.suppress(OSError, psutil.Error):
            return self._usage.work()
        return Work()

    def end(self, reason: str) -> None:
        """End the kernel with all that it started."""
        self.reason = reason
        for process in Family(self.pid).members():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


class SandboxProvisioner(LimitedProvisioner):
    """A process in a sandbox.

    The kernel's sockets lie in the sandbox's own memory, and the grader reaches in for them. What the grader has to
    show to the kernel lies in the folder of the connection file.
    """

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        given, cache = await self._given(), provisions.prepared()
        program = [sys.executable, "-P", launcher.START, str(limits().memory), str(limits().threads),
                   launcher.FILES, str(given)]
        self._read, self._write = os.pipe()
        command = launcher.command(program, limits(), readable=[given.parent, cache], files=self.files,
                                   variables=self._variables(), info=self._write)
        return {"cmd": command, "pass_fds": [self._write], "env": {"PATH": os.environ.get("PATH", os.defpath)},
                "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        try:
            connection = await LocalProvisioner.launch_kernel(self, cmd, **kwargs)
        finally:
            os.close(self._write)
        first = launcher.first_process(self._read)
        return self._reach(first, connection)

    async def _given(self) -> Path:
        """Write the connection file as the kernel must see it."""
        self.kernel_spec.interrupt_mode = "message"  # signals end at the walls
        await LocalProvisioner.pre_launch(self, env={})
        given = Path(self.parent.connection_file).with_name("inside.json")
        key = self.connection_info["key"].decode()
        given.write_text(json.dumps(self.connection_info | {"ip": f"{launcher.SOCKETS}/kernel", "key": key}))
        return given

    def _variables(self) -> dict[str, str]:
        path = f"{self.packages}:{launcher.HELPERS.parent}"
        return self.environment | {"KWS_CACHE": str(provisions.prepared()), "PYTHONPATH": path}

    def _reach(self, first: int, connection: KernelConnectionInfo) -> KernelConnectionInfo:
        """Watch the sandbox with this first process, and find its sockets."""
        self._watch(Inmates(first))
        return connection | {"ip": f"/proc/{first}/root{launcher.SOCKETS}/kernel"}

    def end(self, reason: str) -> None:
        """All that is in a sandbox ends with its launcher."""
        self.reason = reason
        self.process.kill()


class WarmProvisioner(SandboxProvisioner):
    """A process in a sandbox, forked from one that has imported everything already."""

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        return {"cmd": [str(await self._given())]}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        zygote = warm.zygote()
        if not zygote:
            raise RuntimeError("There is no process any more that kernels could be forked from.")
        self.process = zygote.start(Path(*cmd), self.packages, self.files, self._variables(), limits())
        self.pid = self.process.pid
        return self._reach(self.pid, self.connection_info)
