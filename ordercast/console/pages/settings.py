"""Show what the stage is set to, read-only. Used by the console."""

from collections.abc import Iterator

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from ordercast.console.rendering import shown, stage_of
from ordercast.console.routing import shows
from ordercast.typed_values import written_settings


def settings(request: Request) -> Response:
    """List each setting by its name in the stage's file, and the names of what is deployed."""
    where = stage_of(request).where
    return shown(
        request,
        "settings.html",
        settings=list(_flat(msgspec.json.decode(written_settings(where.settings)))),
        names=list(_flat(msgspec.json.decode(written_settings(where.names)))),
    )


def _flat(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from _flat(each, f"{name}.{key}" if name else str(key))
    else:
        yield name, value if isinstance(value, str) else msgspec.json.encode(value).decode()


ROUTES = (shows("/settings", settings),)
