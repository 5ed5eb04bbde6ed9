"""The command `ordercast orders --unreached`: list orders of which no message arrived. Used by operators."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any

import typer
from rich.text import Text

from ordercast.cli.messages import ListedSince, listed_period
from ordercast.cli.options import AsJson, CloudName, Shop, Stage, Until
from ordercast.cli.output.terminal import console
from ordercast.decisions.lookup import LookupKeys
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.operations.target import LOCAL_STAGE, Target, target
from ordercast.queries.message_filter import MessageFilter
from ordercast.queries.unreached import Unreached, unreached
from ordercast.queries.verdicts import kind_of, verdict
from ordercast.usage_error import UsageError


def orders(
    only_unreached: Annotated[  # noqa: FBT002 - an option's default
        bool, typer.Option("--unreached", help="Of which no message arrived, or is on its way.")
    ] = False,
    since: ListedSince = "24h",
    until: Until = None,
    shop: Shop = None,
    last: Annotated[int, typer.Option(min=1, max=100, help="How many orders.")] = 50,
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """List orders of which nobody was reached, newest first: to be reviewed by who can tell the customer."""
    if not only_unreached:
        raise UsageError("say which orders: --unreached")
    now, where = datetime.now(UTC), target(stage, cloud)
    begin, end = listed_period(since, until, (), now=now)
    asked = MessageFilter(shop=shop or "", since=begin, until=end)
    found = unreached(asked, where.lists(), now=now)
    lines = list(islice(_lines(found, where, last, now), last))
    if as_json:
        more = {"looked_back_to": found.looked_back_to.isoformat(), "read_units": found.units}
        print(json.dumps({"orders": lines, **more}, indent=2, ensure_ascii=False))
        return
    for line in lines:
        console.print(
            Text(f"{line['at'][:16]}  {line['shop'] or ''}  {line['order']}: {line['verdict']}"),
            soft_wrap=True,
        )
    looked = (
        f"looked back to {found.looked_back_to:%Y-%m-%d %H:%M} UTC; {found.units:.1f} read units"
    )
    console.print(Text(f"{len(lines)} of {len(found.ids)} orders; {looked}"), style="dim")


def _lines(found: Unreached, where: Target, last: int, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield an order each, by its newest message as it is by now."""
    ids = frozenset(found.ids[:last])
    look = where.ledger().look_up(LookupKeys(notifications=ids, holds=True))
    for row in filter(None, map(look.notifications.get, found.ids[:last])):
        yield _line(row, f"{kind_of(row)}: {verdict(row, look.holds, now=now)}")


def _line(row: Notification, said: str) -> dict[str, Any]:
    return {
        "at": row.effective_at.isoformat(timespec="seconds"),
        "shop": row.order.shop,
        "order": row.order.order_id,
        "state": str(State(row.state)),
        "rule": row.rule,
        "verdict": said,
        "id": row.id,
    }
