"""Listen for each provider and Region on a port of its own, and refuse connections while it is down. Used by `services`.

An SDK takes one URL for a service in all Regions (`AWS_ENDPOINT_URL_SNS`), so a Region alone could
not refuse a connection. A rule set of botocore's own kind (`AWS_DATA_PATH`) names a URL for each.
"""

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from local_cloud.provider_simulator.faults.active import ActiveFaults
from local_cloud.provider_simulator.faults.fault import (
    ENDPOINTS,
    PROVIDERS,
    FaultKind,
    ProviderName,
)
from local_cloud.supervisor.state import RULE_SETS

MODELS: dict[ProviderName, str] = {
    "sns": "sns/2010-03-31",
    "ses": "sesv2/2019-09-27",
    "sms-voice": "pinpoint-sms-voice-v2/2022-03-31",
}
"""The names and versions of botocore's models."""

Serve = Callable[[socket.socket], ThreadingHTTPServer]


@dataclass(slots=True)
class RegionalEndpoint:
    """One provider in one Region: its port is kept, whether it listens there or not."""

    serve: Serve
    _kept: socket.socket = field(init=False)
    _server: ThreadingHTTPServer | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._kept = _bound(0)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._kept.getsockname()[1]}"

    def listen(self) -> None:
        """Take connections, unless it does."""
        if self._server is None:
            listener = _bound(self._kept.getsockname()[1])
            listener.listen(_BACKLOG)
            self._server = self.serve(listener)
            loop = threading.Thread(
                target=self._server.serve_forever, args=(_LOOK,), daemon=True, name="provider"
            )
            loop.start()

    def refuse(self) -> None:
        """Refuse connections from now on; a call on an open one is answered, and that ends it."""
        if (server := self._server) is not None:
            server.refuses = True  # type: ignore[attr-defined]  # read by its handlers
            server.shutdown()
            server.timeout = 0
            for _ in range(_BACKLOG):  # those that had connected before it refused
                server.handle_request()
            server.server_close()
            self._server = None

    def close(self) -> None:
        """Refuse for ever: the port is free."""
        self.refuse()
        self._kept.close()


class RegionalEndpoints:
    """All of them; they follow the faults that are set."""

    def __init__(self, faults: ActiveFaults, serve: Serve) -> None:
        self._faults = faults
        self._endpoints = {each: RegionalEndpoint(serve) for each in ENDPOINTS}
        self._following = threading.Lock()

    def follow(self) -> None:
        """Listen, or refuse, as the faults say now."""
        with self._following:
            for (provider, region), endpoint in self._endpoints.items():
                if self._faults.is_set(provider, region, FaultKind.DOWN):
                    endpoint.refuse()
                else:
                    endpoint.listen()

    def run(self) -> None:
        """Follow for ever: a fault may end by itself."""
        while True:
            self.follow()
            threading.Event().wait(_LOOK)

    def close(self) -> None:
        """Close all of them."""
        for each in self._endpoints.values():
            each.close()

    def write_rule_sets(self, folder: Path) -> None:
        """Write the rule sets that lead botocore to each by its Region."""
        for provider in PROVIDERS:
            urls = {r: each.url for (p, r), each in self._endpoints.items() if p == provider}
            place = folder / RULE_SETS / MODELS[provider]
            place.mkdir(parents=True, exist_ok=True)
            (place / "endpoint-rule-set-1.json").write_text(json.dumps(_rule_set(urls)))


def _rule_set(urls: dict[str, str]) -> dict[str, Any]:
    """https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html names what it goes before."""
    rules = [
        {
            "conditions": [{"fn": "stringEquals", "argv": [{"ref": "Region"}, region]}],
            "endpoint": {"url": url, "properties": {}, "headers": {}},
            "type": "endpoint",
        }
        for region, url in urls.items()
    ]
    region = {"builtIn": "AWS::Region", "required": True, "type": "String", "documentation": ""}
    nowhere = {"conditions": [], "error": "no provider is simulated there", "type": "error"}
    return {"version": "1.0", "parameters": {"Region": region}, "rules": [*rules, nowhere]}


def _bound(port: int) -> socket.socket:
    """Bind a port of the loopback interface that others of this user may bind, too."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind(("127.0.0.1", port))
    return made


_BACKLOG = 256
_LOOK = 0.2  # seconds
