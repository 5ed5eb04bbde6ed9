"""Put the console's pages, its assets and its guard together. Used by `serve` and by tests."""

import logging
from importlib.resources import files

from botocore.exceptions import BotoCoreError, ClientError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from ordercast.console.guard import Guard
from ordercast.console.live import Live
from ordercast.console.pages import (
    audit,
    doctor,
    figures,
    find,
    holds,
    message_acts,
    messages,
    now,
    orders,
    parked,
    parked_edit,
    settings,
    templates,
)
from ordercast.console.redrives import Redrives
from ordercast.console.rendering import shown
from ordercast.console.sdk_operations import OperationRefused
from ordercast.console.stage import ConsoleStage
from ordercast.errors import PipelineError
from ordercast.usage_error import UsageError

_log = logging.getLogger(__name__)


def routes() -> list[BaseRoute]:
    """Return every route of the console but the entry, which the guard answers."""
    pages = (
        *(now, messages, message_acts, parked, parked_edit, orders, find, holds, figures),
        *(templates, settings, doctor, audit),
    )
    assets = str(files("ordercast.console").joinpath("static"))
    plots = str(files("ordercast.operations.report").joinpath("static"))
    return [
        *(route for page in pages for route in page.ROUTES),
        Mount("/static/plots", StaticFiles(directory=plots)),
        Mount("/static", StaticFiles(directory=assets)),
    ]


def application(stage: ConsoleStage, *, host: str, token: str) -> Guard:
    """Return the console of a stage; it answers as *host*, which names its port, and to who has *token*."""
    pages = Starlette(
        routes=routes(),
        exception_handlers={
            HTTPException: _not_there,
            UsageError: _not_so,
            OperationRefused: _refused,
            PipelineError: _unavailable,
            BotoCoreError: _unavailable,
            ClientError: _unavailable,
            Exception: _bug,
        },
    )
    pages.state.stage = stage
    pages.state.live = Live(stage=stage)
    pages.state.redrives = Redrives()
    return Guard(app=pages, host=host, token=token)


def _not_there(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    what = "There is no such page." if status == 404 else "That is not done so."  # noqa: PLR2004
    return _failed(request, status, what)


def _not_so(request: Request, error: Exception) -> Response:
    hint = error.hint if isinstance(error, UsageError) else ""
    return _failed(request, 400, str(error), hint)


def _refused(request: Request, error: Exception) -> Response:
    return _failed(
        request,
        403,
        f"Nothing was changed: {error}.",
        "Start the console with --allow-actions to act.",
    )


def _unavailable(request: Request, error: Exception) -> Response:
    """Say what failed, by its type: the text of an error may quote what it was about."""
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    named = code or type(error).__name__
    return _failed(request, 503, f"This could not be read: {named}.", "Try again in a moment.")


def _bug(request: Request, error: Exception) -> Response:
    _log.error("console_failed", extra={"error": type(error).__name__})
    return _failed(request, 500, f"This page failed: {type(error).__name__}.")


def _failed(request: Request, status: int, what: str, hint: str = "") -> Response:
    part = "part/error.html" if "hx-request" in request.headers else "error.html"
    return shown(request, part, status=status, what=what, hint=hint)
