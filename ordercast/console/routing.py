"""Make routes of the console: pages that are shown, and forms that are posted. Used by every page."""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ordercast.console.rendering import stage_of

Form = Mapping[str, str]
"""What was typed, by field; of a field that comes twice, the last."""

FORM_MAX = 64 * 1024  # bytes
FIELDS_MAX = 50

ShowsPage = Callable[[Request], Response | Awaitable[Response]]
TakesForm = Callable[[Request, Form], Response]


def shows(path: str, page: ShowsPage) -> Route:
    """Return the route of a page."""
    return Route(path, page, methods=["GET"], name=f"shows {path}")


def takes(path: str, page: TakesForm, *, acts: bool = False) -> Route:
    """Return the route of a form; what *acts* is refused without `--allow-actions`."""

    async def answer(request: Request) -> Response:
        if acts and not stage_of(request).allow_actions:
            raise HTTPException(403)
        return await run_in_threadpool(page, request, await _form(request))

    return Route(path, answer, methods=["POST"], name=f"takes {path}")


async def _form(request: Request) -> Form:
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > FORM_MAX:
            raise HTTPException(413)
    try:
        fields = parse_qsl(read.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError:
        raise HTTPException(400) from None
    return {name: value.strip() for name, value in fields}
