"""Type the requests to the provider simulator and the answers. Used by its server and what that calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A whole HTTP request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """Return a header by its name in lower case; "" if it has none."""
        return next((v for k, v in self.headers.items() if k.lower() == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """A whole HTTP response."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes
