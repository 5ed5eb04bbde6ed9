"""Show every template in every language, as this installation has them. Used by the console."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ordercast.authoring.preview import preview
from ordercast.console.pages.orders import FRAME
from ordercast.console.rendering import shown
from ordercast.console.routing import shows
from ordercast.templates import brands
from ordercast.templates.brands import read_brands


def templates(request: Request) -> Response:
    """Show the page; the messages are in a frame of it."""
    return shown(request, "templates.html")


def previewed(request: Request) -> Response:
    """Return what `ordercast templates preview` saves, for the sandboxed frame only."""
    del request
    headers = {"Content-Security-Policy": FRAME, "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(preview(read_brands(brands.FOLDER).values()), headers=headers)


ROUTES = (shows("/templates", templates), shows("/templates/preview", previewed))
