"""List who did what, when, why and with what outcome. Used by the console."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from ordercast.audit import KEPT, Verb
from ordercast.console.rendering import shown, stage_of
from ordercast.console.routing import shows

READ_MAX = 500
SHOWN_MAX = 100


def audit(request: Request) -> Response:
    """List the newest acts, of one verb if the address names it."""
    stage = stage_of(request)
    verb = request.query_params.get("verb", "")
    now = stage.now()
    read = stage.where.audit_trail().newest(
        until=now + timedelta(minutes=1), since=now - KEPT, limit=READ_MAX
    )
    acts = [each for each in read if verb in {"", each.act.verb}]
    whole = len(read) < READ_MAX
    return shown(
        request, "audit.html", acts=acts[:SHOWN_MAX], verb=verb, verbs=tuple(Verb), whole=whole
    )


ROUTES = (shows("/audit", audit),)
