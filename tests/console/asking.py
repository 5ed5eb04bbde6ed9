"""Ask the console as a browser would, without a network."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from ordercast.console.application import application
from ordercast.console.guard import ENTRY, Guard
from ordercast.console.stage import ConsoleStage

HOST = "127.0.0.1:8899"
TOKEN = "a-token"  # noqa: S105


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(slots=True)
class Browser:
    """A browser with cookies; `app` is the console."""

    app: Guard
    cookie: str = ""
    sent: list[str] = field(default_factory=list)

    def get(self, address: str, **headers: str) -> Answer:
        """Ask for a page; a stream of events is cut off after its first."""
        return self.ask("GET", address, b"", **headers)

    def post(self, address: str, form: Mapping[str, str] | None = None, **headers: str) -> Answer:
        """Send a form from a page of the console."""
        sent_from = {"origin": f"http://{HOST}"} | headers
        return self.ask("POST", address, urlencode(form or {}).encode(), **sent_from)

    def ask(self, method: str, address: str, body: bytes = b"", /, **headers: str) -> Answer:
        """Make one request; a header that is empty is not sent."""
        path, _, query = address.partition("?")
        named = {"host": HOST, "cookie": self.cookie, **headers}
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [
                (name.replace("_", "-").encode(), value.encode())
                for name, value in named.items()
                if value
            ],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8899),
        }
        return asyncio.run(self._answered(scope, body))

    async def _answered(self, scope: dict[str, Any], body: bytes) -> Answer:
        said: list[dict[str, Any]] = []
        asked = iter([{"type": "http.request", "body": body, "more_body": False}])
        gone = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if (first := next(asked, None)) is not None:
                return first
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            said.append(message)
            if message["type"] == "http.response.body" and message.get("more_body"):
                gone.set()

        # A bug is answered, and raised on to the server as well.
        with suppress(ZeroDivisionError):
            await self.app(scope, receive, send)
        start = next(each for each in said if each["type"] == "http.response.start")
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        whole = b"".join(each.get("body", b"") for each in said)
        return Answer(status=start["status"], headers=headers, body=whole.decode())


def stranger(stage: ConsoleStage) -> Browser:
    """Return a browser that has no cookie of a new console of *stage*."""
    return Browser(application(stage, host=HOST, token=TOKEN))


def operator(stage: ConsoleStage) -> Browser:
    """Return the browser of who has opened the printed address."""
    browser = stranger(stage)
    entered = browser.get(f"{ENTRY}?token={TOKEN}")
    browser.cookie = entered.headers["set-cookie"].partition(";")[0]
    return browser
