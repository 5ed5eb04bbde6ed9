"""Load a page in headless Chromium and return sizes, colours, requests and pictures. Used by tests of the report and of e-mails, and to draw pictures.

Chromium is spoken to over two pipes, in the words of its DevTools protocol: no port is opened. It
has a profile of its own, and resolves no name.
"""

import json
import os
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "headless_shell")

FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
)


AS_3_AND_4 = """
import fcntl, os, sys
reading, writing = (fcntl.fcntl(int(each), fcntl.F_DUPFD, 10) for each in sys.argv[1:3])
os.dup2(reading, 3)
os.dup2(writing, 4)
os.execvp(sys.argv[3], sys.argv[3:])
"""
"""Where Chromium looks for its pipes; a shell could not move files of two digits there."""


def chromium() -> str | None:
    """Return where a Chromium is, if there is one on PATH."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def browser(program: str, folder: Path) -> Iterator["Page"]:
    """Start it with a profile in *folder*, yield an empty page, and end it."""
    reading, to_it = os.pipe()
    from_it, writing = os.pipe()
    # Root has no sandbox in Chromium; what is shown are our own pages.
    flags = [*FLAGS, f"--user-data-dir={folder}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    process = subprocess.Popen(
        [sys.executable, "-c", AS_3_AND_4, str(reading), str(writing), program, *flags],
        pass_fds=(reading, writing),
        env={**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(reading)
    os.close(writing)
    with process, os.fdopen(to_it, "wb") as commands, os.fdopen(from_it, "rb") as answers:
        try:
            yield Page.opened(commands, answers)
        finally:
            _end(process, commands)


@contextmanager
def page_or_skip(folder: Path, *, left_out: str) -> Iterator["Page"]:
    """Yield an empty page; where there is no Chromium, say what is left out: in CI that is a failure."""
    program = chromium()
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(f"no Chromium on PATH: {left_out} cannot be seen")
        pytest.skip(f"LEFT OUT: {left_out} in a browser (no Chromium on PATH)")
    with browser(program, folder) as opened:
        yield opened


def _end(process: subprocess.Popen[bytes], commands: BinaryIO) -> None:
    try:
        commands.write(b'{"id": 0, "method": "Browser.close"}\0')
        commands.flush()
        process.wait(10)
    except (OSError, subprocess.TimeoutExpired):
        process.kill()


@dataclass(slots=True)
class Page:
    """One tab; `requests` are the addresses that it has asked for, `complaints` what its console said."""

    commands: BinaryIO
    answers: BinaryIO
    session: str = ""
    last_id: int = 0
    requests: list[str] = field(default_factory=list)
    errors_console: list[str] = field(default_factory=list)
    loaded: bool = False

    @classmethod
    def opened(cls, commands: BinaryIO, answers: BinaryIO) -> "Page":
        """Open a tab."""
        page = cls(commands, answers)
        target = page.call("Target.createTarget", url="about:blank")["targetId"]
        attached = page.call("Target.attachToTarget", targetId=target, flatten=True)
        page.session = attached["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            page.call(f"{domain}.enable")
        return page

    def show(self, address: str, *, width: int, scheme: Literal["light", "dark"]) -> None:
        """Load the address in a window of that *width* in pixels, and wait until it is there."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.call("Emulation.setEmulatedMedia", features=[feature])
        # It answers once the page has begun: what loaded until then was the one before.
        self.call("Page.navigate", url=address)
        self.loaded = False
        self.wait_until_loaded()

    def evaluate(self, expression: str) -> Any:
        """Return what JavaScript makes of the expression, as JSON has it."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_for(self, expression: str, *, seconds: float = 20) -> Any:
        """Return what the expression is once it is true; fails after some seconds."""
        looking = f"""new Promise((done, failed) => {{
            const look = () => {{ const found = ({expression}); if (found) {{ clearInterval(again); done(found); }} }};
            const again = setInterval(look, 50);
            setTimeout(() => failed(new Error("never: " + {json.dumps(expression)})), {seconds * 1000});
            look(); }})"""
        answer = self.call(
            "Runtime.evaluate", expression=looking, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def follow(self, element: str) -> None:
        """Click what the expression names, and wait for the page that it leads to."""
        self.loaded = False
        self.evaluate(f"({element}).click()")
        self.wait_until_loaded()

    def wait_until_loaded(self) -> None:
        """Return when the page has loaded that is on its way."""
        while not self.loaded:
            self._next_message()

    def picture(self) -> bytes:
        """Return the whole page as PNG."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        return b64decode(shot["data"])

    def accessible_names(self) -> list[str]:
        """Return the roles and names that a screen reader is given."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        return [
            f"{each['role']['value']}: {each['name']['value']}"
            for each in nodes
            if not each.get("ignored") and each.get("name", {}).get("value")
        ]

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Return the answer to one command."""
        self.last_id += 1
        command = {"id": self.last_id, "method": method, "params": params}
        command |= {"sessionId": self.session} if self.session else {}
        self.commands.write(json.dumps(command).encode() + b"\0")
        self.commands.flush()
        while (said := self._next_message()).get("id") != self.last_id:
            pass
        assert "error" not in said, said["error"]
        result: dict[str, Any] = said["result"]
        return result

    def _next_message(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self._message())
        params = said.get("params", {})
        match said.get("method"):
            case "Page.loadEventFired":
                self.loaded = True
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Log.entryAdded":
                self.errors_console.append(params["entry"]["text"])
        return said

    def _message(self) -> bytes:
        received = bytearray()
        while (byte := self.answers.read(1)) != b"\0":
            if not byte:
                raise ConnectionError("Chromium has ended")
            received += byte
        return bytes(received)
