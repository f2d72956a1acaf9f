"""JupyterLab as a student has it: a server of its own, and a page of it in Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from autograder.building.paths import BUILD, ROOT
from kws_helpers.data.cache import folder as cache_folder

PICTURES = BUILD / "browser"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None and "KWS_REQUIRE_BROWSER" not in os.environ,
                                    reason="no Chromium here: on Debian and Ubuntu, apt install chromium")
PATIENCE = 240  # seconds; the slowest machine may take that long, and no test waits longer than it must
FAKE_MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
"""Chromium hears a beep every second and asks nobody."""

_IN_FRONT = ".jp-NotebookPanel:not(.lm-mod-hidden)"
ACTIVE = f"{_IN_FRONT} .jp-Cell.jp-mod-active"
"""The cell that `Desk.show` has brought into the middle."""

_HARMLESS = ("favicon", "ERR_UNKNOWN_URL_SCHEME")  # the second: JupyterLab puts attached pictures in a moment later


def free_port() -> int:
    """A port on which no server listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def assert_ran_through(cells: Sequence[dict]) -> None:
    """Every cell that `Desk.run_all` gives was run, none failed, and none warned."""
    assert not errors(cells)
    assert [output["text"] for cell in cells for output in cell["outputs"] if output.get("name") == "stderr"] == []
    assert not [cell["source"] for cell in cells if not cell["count"]]


def errors(cells: Sequence[dict]) -> list[dict]:
    """The outputs that are errors."""
    return [output for cell in cells for output in cell["outputs"] if output["output_type"] == "error"]


@contextmanager
def jupyterlab(folder: Path, student: bool = True) -> Iterator[str]:
    """Serve a folder, for a student as `make lab` does; gives the address.

    What is written goes into folders beside it.
    """
    port = free_port()
    home = folder.parent / "home"
    home.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "KWS"))}
    environment |= {"HOME": str(home), "KWS_CACHE": str(cache_folder()), "KWS_TRAINING": "short"}
    environment |= {"JUPYTER_CONFIG_PATH": str(ROOT / ".jupyter")} if student else {}
    command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={folder}", "--no-browser", "--allow-root",
               f"--port={port}", "--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True"]
    address = f"http://127.0.0.1:{port}"
    with (folder.parent / "server.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
        try:
            _wait_for(f"{address}/api", server)
            yield address
        finally:
            server.terminate()
            server.wait(60)


def _wait_for(address: str, server: subprocess.Popen) -> None:
    for _ in range(10 * PATIENCE):
        if server.poll() is not None:
            raise RuntimeError("JupyterLab ended at once; its server.log says why.")
        try:
            with urllib.request.urlopen(address):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise TimeoutError("JupyterLab does not answer.")


@contextmanager
def chromium(arguments: Sequence[str] = ()) -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *arguments])
        try:
            yield browser
        finally:
            browser.close()


class Desk:
    """A page, of JupyterLab or a file. `complaints` is what the browser's console had to say that is an error."""

    def __init__(self, browser: Browser, address: str = "", colours: str = "light") -> None:
        self.page: Page = browser.new_page(viewport={"width": 1200, "height": 1000}, color_scheme=colours)
        self.page.set_default_timeout(1000 * PATIENCE)
        self.complaints: list[str] = []
        self.page.on("console", lambda line: self._complain(line.text) if line.type == "error" else None)
        self.page.on("pageerror", lambda error: self._complain(str(error)))
        self.address = address

    def _complain(self, text: str) -> None:
        if not any(harmless in text for harmless in _HARMLESS):
            self.complaints.append(text)

    def open(self, name: str) -> None:
        """Open a notebook, and no other."""
        self.page.goto(f"{self.address}/lab/tree/{name}?reset")
        self.wait_for(name)

    def open_first(self, name: str) -> None:
        """Open JupyterLab, which shows this notebook by itself."""
        self.page.goto(self.address)
        self.wait_for(name)

    def wait_for(self, name: str) -> None:
        """Wait until this notebook is in front and its kernel is ready."""
        self.page.wait_for_function("""(name) => {
            const panel = window.jupyterapp?.shell.currentWidget;
            return panel?.title.label === name && panel.sessionContext?.session?.kernel?.status === "idle";
        }""", arg=name)

    def run_all(self) -> list[dict]:
        """Run all cells; the code cells with their outputs."""
        self._command("notebook:run-all-cells")
        return self.page.evaluate("""window.jupyterapp.shell.currentWidget.content.widgets
            .filter((cell) => cell.model.type === 'code')
            .map((cell) => ({source: cell.model.sharedModel.getSource(), count: cell.model.executionCount,
                             outputs: cell.model.outputs.toJSON()}))""")

    def end_kernels(self) -> None:
        """End all kernels, which free their memory."""
        self.page.evaluate("window.jupyterapp.serviceManager.sessions.shutdownAll()")

    def wait_for_kernel(self) -> None:
        """Wait until the kernel has answered to everything so far."""
        self.page.evaluate("""async () => {
            await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestKernelInfo();
        }""")

    def show(self, source: str) -> None:
        """Bring the first cell that begins so into the middle of the page, and make it the active one."""
        self.page.evaluate("""async (source) => {
            const notebook = window.jupyterapp.shell.currentWidget.content;
            const place = notebook.widgets.findIndex((cell) => cell.model.sharedModel.getSource().startsWith(source));
            notebook.activeCellIndex = place;
            await notebook.scrollToItem(place, "center");
        }""", source)
        self.page.locator(f"{ACTIVE} .jp-InputArea").wait_for()

    def faults(self) -> list[str]:
        """What is wrong with the outputs of the active cell: bad pictures, scroll bars."""
        return self.page.evaluate("""async (active) => {
            const inside = (selector) => [...document.querySelectorAll(`${active} .jp-OutputArea ${selector}`)];
            const pictures = inside("img");
            await Promise.all(pictures.map((image) => image.decode().catch(() => null)));
            const scrolls = (part) => ["auto", "scroll"].includes(getComputedStyle(part).overflowX)
                && part.scrollWidth > part.clientWidth + 1;
            return [
                ...pictures.filter((image) => !image.alt).map(() => "a picture without a description"),
                ...pictures.filter((image) => !image.naturalWidth).map((image) => `not to be seen: ${image.alt}`),
                ...inside("*").filter(scrolls).map((part) => `a scroll bar in ${part.className}`)];
        }""", ACTIVE)

    def save(self) -> None:
        self._command("docmanager:save")

    def theme(self, name: str) -> None:
        """Change JupyterLab's colours."""
        self._command("apputils:change-theme", theme=name)

    def _command(self, name: str, **options: str) -> None:
        self.page.evaluate("([name, options]) => window.jupyterapp.commands.execute(name, options)", [name, options])

    def hurdles(self, part: str | None = None) -> list[str]:
        """What axe-core finds in the page, or in a part of it, that keeps people out."""
        found: dict[str, Any] = Axe().run(self.page, context=part).response
        return [f"{one['impact']}: {one['help']}" for one in found["violations"]
                if one["impact"] in ("serious", "critical")]

    def picture(self, name: str) -> None:
        """Keep a picture of the page, for people to look at."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")
