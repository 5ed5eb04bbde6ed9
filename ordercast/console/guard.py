"""Let only the operator's own browser in: token, cookie, Host and Origin. Used by the console's application.

Other programs and users of the machine reach a port on loopback, and so do the pages of other
sites in the operator's browser. None of them has the cookie, which is given once for the token in
the address that the command prints.
"""

from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from secrets import compare_digest, token_urlsafe

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = frozenset({"GET", "HEAD"})

ENTRY = "/enter"
"""The path of the printed address."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        *(f"{each} 'self'" for each in ("script-src", "style-src", "img-src", "connect-src")),
        *("frame-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"),
    )
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not "no-referrer": then browsers hide the Origin of our own forms, too.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What every answer carries, unless it says otherwise itself."""

# A page that moves on by itself: a redirection after a link on another page would come without the
# cookie, which is SameSite=Strict.
_ENTERED = """<!doctype html><html lang="en"><title>Ordercast</title>
<link rel="icon" href="/static/icon.svg">
<meta http-equiv="refresh" content="0;url=/"><p><a href="/">To the console</a></p></html>"""

_CLOSED = "Open the address that `ordercast console` printed; it lets one browser in, once.\n"


@dataclass(slots=True)
class Guard:
    """The application behind the token; `host` is the only name by which it answers, with its port."""

    app: ASGIApp
    host: str
    token: str
    _cookie: str = field(default_factory=lambda: token_urlsafe(32), init=False)
    _is_traded: bool = field(default=False, init=False)

    @property
    def cookie_name(self) -> str:
        """Return the cookie's name: browsers do not tell the ports of a host apart."""
        return f"ordercast-{self.host.rpartition(':')[2]}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # there are no web sockets
        refused = self._refused(scope["method"], Headers(scope=scope))
        if refused is None and scope["path"] == ENTRY:
            refused = self._entered(scope)
        elif refused is None and not self._is_known(Headers(scope=scope)):
            refused = PlainTextResponse(_CLOSED, status_code=403)
        await (refused or self.app)(scope, receive, _with_headers(send))

    def _refused(self, method: str, headers: Headers) -> Response | None:
        """Return the answer to a request that comes from elsewhere, None if it does not."""
        origin = headers.get("origin")
        own = f"http://{self.host}"
        if headers.getlist("host") != [self.host]:
            return PlainTextResponse("Another host.\n", status_code=421)
        if origin != own and (origin is not None or method not in SAFE):
            return PlainTextResponse("Another origin.\n", status_code=403)
        return None

    def _entered(self, scope: Scope) -> Response:
        """Trade the token for the cookie, once."""
        given = scope["query_string"].decode("latin-1").removeprefix("token=")
        if self._is_traded or not compare_digest(given.encode(), self.token.encode()):
            return PlainTextResponse(_CLOSED, status_code=403)
        self._is_traded = True
        answer = HTMLResponse(_ENTERED)
        answer.set_cookie(self.cookie_name, self._cookie, httponly=True, samesite="strict")
        return answer

    def _is_known(self, headers: Headers) -> bool:
        if headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
            return False  # of another port on this machine, which shares its cookies
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        given = cookies[self.cookie_name].value if self.cookie_name in cookies else ""
        return compare_digest(given.encode(), self._cookie.encode())


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
