"""Show which routes the messages of an order may take, and which one by now. Used by `ordercast routes --explain`."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal

from msgspec.structs import asdict
from rich.text import Text

from ordercast.cli.output.terminal import console
from ordercast.decisions.lookup import LookupKeys
from ordercast.events.identity import order_hash_for
from ordercast.notifications.notification import Notification
from ordercast.operations.explained_routes import ExplainedRoute, explained
from ordercast.operations.target import Target
from ordercast.operations.units import count, percent
from ordercast.pacing.holds import closed_routes
from ordercast.sending.routes import Route
from ordercast.usage_error import UsageError
from ordercast.wiring.clock import utc_now
from ordercast.wiring.routes import routes_of_stage
from ordercast.wiring.text_routes import RoutingOfStage, cost_policy


def explain_routes(where: Target, order: str, *, shop: str | None, as_json: bool) -> None:
    """Show each message's routes in the order of the settings: price, delivery rate, what closes it, which is chosen."""
    ledger = where.ledger()
    rows = ledger.of_order(order_hash_for(shop=shop, order_id=order))
    if not rows:
        hint = "" if shop else "if its events name a shop, add --shop NAME"
        raise UsageError(f"no message of order {order} is on record", hint=hint)
    known = ledger.look_up(LookupKeys(holds=True, route_scores=True))
    scores = known.scored_routes.known(utc_now()) if known.scored_routes else {}
    closed = {Route.read(key): hold.id for key, hold in closed_routes(known.holds).items()}
    policy = cost_policy(RoutingOfStage.of(where.settings, region=where.region))
    for row in rows:
        routes = routes_of_stage(row.channel, where.settings, region=where.region)
        found = explained(row, routes, policy, closed=closed, scores=scores)
        if as_json:
            print(json.dumps(_fields(row, found)))
        else:
            _show(row, found, by_cost=routes.by_cost is not None)


def _show(row: Notification, found: Sequence[ExplainedRoute], *, by_cost: bool) -> None:
    taken = f", took {row.route}" if row.route else ""
    to = f" to {row.country}" if row.country else ""
    console.print(Text(f"{row.channel}{to}, {row.template}: {row.state}{taken}", style="bold"))
    for each in found:
        console.print(Text(f"  {each.route}: {', '.join(_said(each))}"), soft_wrap=True)
    if not by_cost:
        console.print("The stage chooses no route by cost (choice_by_cost.enabled).")


def _said(each: ExplainedRoute) -> Iterator[str]:
    if each.price is not None:
        yield f"{each.price:f} USD a part"
    if each.ended:
        rate = Decimal(each.delivered) / each.ended
        yield f"{percent(rate)} of {count(each.ended)} delivered"
    if each.fits is not None:
        yield "well enough" if each.fits else "not well enough"
    elif each.price is not None:
        yield "too few to judge"
    if each.closed:
        yield f"closed by {each.closed}"
    if each.chosen:
        yield f"chosen now: {each.chosen}"


def _fields(row: Notification, found: Sequence[ExplainedRoute]) -> dict[str, object]:
    routes = [
        {**asdict(each), "price": None if each.price is None else f"{each.price:f}"}
        for each in found
    ]
    return {
        "id": row.id,
        "channel": row.channel,
        "state": row.state,
        "route": row.route,
        "route_reason": row.route_reason,
        "routes": routes,
    }
