"""List a stage's routes: what uses each, whether it is open, and how fast it is. Used by `ordercast routes` and the console."""

import json
from collections.abc import Sequence
from datetime import datetime

from ordercast.cli.output.routes import fields_of, listing
from ordercast.cli.output.terminal import console
from ordercast.decisions.lookup import LookupKeys
from ordercast.events.order_event import Channel
from ordercast.operations.route_states import ChannelRoutes, RouteState, route_states
from ordercast.operations.target import Target
from ordercast.pacing.holds import Hold
from ordercast.wiring.clock import utc_now
from ordercast.wiring.routes import routes_of_stage


def list_routes(where: Target, *, as_json: bool) -> None:
    """Show each route of the stage, and those that a hold closes though nothing uses them."""
    ledger = where.ledger()
    holds = ledger.look_up(LookupKeys(holds=True)).holds
    states = states_of(where, holds, now=utc_now())
    waiting = ledger.waiting([each.hold.id for each in states if each.hold])
    if as_json:
        for each in states:
            print(json.dumps(fields_of(each, waiting), ensure_ascii=False))
    else:
        console.print(listing(states, waiting), soft_wrap=True)


def states_of(where: Target, holds: Sequence[Hold], *, now: datetime) -> list[RouteState]:
    """Return the state of each route of a stage, also of those that a hold closes though nothing uses them."""
    channels = [_of(where, each) for each in Channel]
    keys = {each.bucket_of(route) for each in channels for route in each.uses()}
    return route_states(channels, holds, where.buckets().find(keys), now=now)


def _of(where: Target, channel: Channel) -> ChannelRoutes:
    sender = where.names.senders[channel]
    return ChannelRoutes(
        channel=channel,
        routes=routes_of_stage(channel, where.settings, region=where.region),
        origination=sender.origination,
        limit=sender.rate,
    )
