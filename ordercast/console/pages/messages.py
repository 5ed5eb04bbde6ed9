"""List messages by what an address that can be shared says, by the page. Used by the console."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from ordercast.cli.options import read_country
from ordercast.console.rendering import shown, stage_of
from ordercast.console.routing import shows
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.operations.periods import period
from ordercast.operations.report.shares import GROUP_NAMES
from ordercast.operations.state_groups import GROUPS
from ordercast.queries.message_filter import MessageFilter
from ordercast.queries.messages import MOST_UNITS, messages
from ordercast.templates.statuses import TEMPLATES
from ordercast.usage_error import UsageError

FIELDS = ("state", "channel", "country", "template", "rule", "campaign", "shop", "since", "until")
HASHES = ("customer", "address")
"""What a filter holds of a person."""

LATER = timedelta(days=1)
"""How far ahead a list looks by default: what is deferred is listed when it is due."""


def listed(request: Request) -> Response:
    """Show a page of the list, newest first."""
    stage, asked = stage_of(request), _asked(request)
    page = messages(
        _filter(request, asked),
        stage.where.lists(),
        now=stage.now(),
        cursor=request.query_params.get("cursor") or None,
    )
    chosen = {name: value for name, value in asked.items() if value}
    more = urlencode({**chosen, "cursor": page.cursor}) if page.cursor else ""
    return shown(
        request,
        "messages.html",
        page=page,
        asked=asked,
        more=more,
        is_cut=page.units >= MOST_UNITS,
        groups=GROUP_NAMES,
        states=tuple(State),
        channels=tuple(Channel),
        templates=tuple(TEMPLATES),
    )


def _asked(request: Request) -> dict[str, str]:
    given = request.query_params
    return {name: given.get(name, "").strip() for name in (*FIELDS, *HASHES)}


def _filter(request: Request, asked: Mapping[str, str]) -> MessageFilter:
    now = stage_of(request).now()
    until = asked["until"] or (now + LATER).isoformat()
    when = period(asked["since"] or "24h", until, now=now)
    plain = ("rule", "channel", "template", "campaign", "shop", *HASHES)
    return MessageFilter(
        states=_states(asked["state"]),
        country=read_country("country", asked["country"]) if asked["country"] else "",
        since=when.since,
        until=when.until,
        **{name: asked[name] for name in plain},
    )


def _states(named: str) -> frozenset[State]:
    """Return the states of a group, or the one of that name."""
    if named in GROUPS:
        return GROUPS[named]
    if named and named not in set(State):
        raise UsageError(f"there is no state {named}")
    return frozenset({State(named)} if named else ())


ROUTES = (shows("/messages", listed),)
