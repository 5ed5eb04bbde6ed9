"""Show what happens at this moment. Used by the console."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ordercast.console.live import STREAMS_MAX, Live
from ordercast.console.rendering import shown
from ordercast.console.routing import shows


def now(request: Request) -> Response:
    """Show the page; its content is kept up to date by `live`."""
    live: Live = request.app.state.live
    return shown(request, "now.html", seen=live.overview())


async def events(request: Request) -> Response:
    """Send the page's content anew every few seconds."""
    live: Live = request.app.state.live
    if live.open_streams >= STREAMS_MAX:
        raise HTTPException(503)
    return StreamingResponse(live.events(), media_type="text/event-stream")


ROUTES = (shows("/", now), shows("/live", events))
