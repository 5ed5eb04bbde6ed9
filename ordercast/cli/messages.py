"""The command `ordercast messages`: list messages by state, rule, country, shop …, newest first. Used by operators."""

import csv
import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.text import Text

from ordercast.cli.options import (
    NAME_MAX,
    AsCsv,
    AsJson,
    CloudName,
    Shop,
    Stage,
    Until,
    each_given,
    read_country,
    read_name,
)
from ordercast.cli.output.terminal import console
from ordercast.events.identity import customer_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.operations.named_address import address_hash
from ordercast.operations.periods import moment
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.operations.units import count
from ordercast.queries.message_filter import MessageFilter
from ordercast.queries.messages import PAGE, Page
from ordercast.queries.messages import messages as listed
from ordercast.rollups.listed import ListedNotification
from ordercast.usage_error import UsageError

COLUMNS = ("at", "state", "rule", "channel", "country", "template", "campaign", "shop", "id")
"""What `--csv` and `--json` have of a message."""

MOST_ROWS = 1000

AHEAD = timedelta(days=3)
"""How far ahead a message may be deferred: it is listed at the end of its deferral."""

Name = each_given(read_name)
ListedSince = Annotated[
    str, typer.Option(help="Effective from then on, in UTC: 24h, 7d, or a date.")
]
After = Annotated[
    str | None, typer.Option(help="The page behind this: the cursor of the page before.")
]


def messages(  # noqa: PLR0913, PLR0917 - an option each
    state: Annotated[
        list[State] | None, typer.Option(help="Only in this state; may be repeated.")
    ] = None,
    rule: Annotated[str | None, typer.Option(help="Only of this rule or reason.")] = None,
    channel: Annotated[Channel | None, typer.Option(help="Only of this channel.")] = None,
    country: Annotated[
        str | None,
        typer.Option(help="Only to this country.", callback=each_given(read_country)),
    ] = None,
    template: Annotated[
        str | None, typer.Option(help="Only of this template.", callback=Name)
    ] = None,
    campaign: Annotated[
        str | None, typer.Option(help="Only of this campaign.", callback=Name)
    ] = None,
    shop: Shop = None,
    customer: Annotated[
        str | None, typer.Option(help="Only to this customer_id, of --shop.", callback=Name)
    ] = None,
    address: Annotated[
        str | None, typer.Option(help="Only to this e-mail address or number, or its hash.")
    ] = None,
    since: ListedSince = "24h",
    until: Until = None,
    after: After = None,
    last: Annotated[int, typer.Option(min=1, max=MOST_ROWS, help="How many on a page.")] = PAGE,
    as_csv: AsCsv = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """List messages, newest first, a page at a time; what is deferred stands at the end of its deferral."""
    if as_csv and as_json:
        raise UsageError("choose one: --json or --csv")
    if customer and address:
        raise UsageError("choose one: --customer or --address")
    if rule and len(rule) > NAME_MAX:
        raise UsageError(f"--rule: at most {NAME_MAX} characters")
    states, now = frozenset(state or ()), datetime.now(UTC)
    begin, end = listed_period(since, until, states, now=now)
    where = target(stage, cloud)
    asked = MessageFilter(
        states=states,
        rule=rule or "",
        channel=channel or "",
        country=country or "",
        template=template or "",
        campaign=campaign or "",
        shop=shop or "",
        customer=customer_key(shop=shop, customer_id=customer) if customer else "",
        address=address_hash(address) if address else "",
        since=begin,
        until=end,
    )
    page = listed(asked, where.lists(), now=now, cursor=after, size=last)
    show(page, as_csv=as_csv, as_json=as_json)


def listed_period(
    since: str, until: str | None, states: Iterable[State], *, now: datetime
) -> tuple[datetime, datetime]:
    """Read the period of a list, up to now unless deferred messages are meant. Raises `UsageError`."""
    begin = moment(since, option="--since", now=now)
    end = now + AHEAD * (State.DEFERRED in states)
    if until is not None:
        end = moment(until, option="--until", now=now)
    if begin >= end:
        raise UsageError("--since is not before --until")
    return begin, end


def show(page: Page, *, as_csv: bool, as_json: bool) -> None:
    """Print a page: as JSON or CSV whole, else a line a message, and below them how far it looked."""
    if as_json:
        print(json.dumps(document(page), indent=2, ensure_ascii=False))
        return
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(fields_of(row).values() for row in page.rows)
        return
    for row in page.rows:
        console.print(Text(line_of(row)), soft_wrap=True)
    console.print(Text(_below(page)), style="dim", soft_wrap=True)


def document(page: Page) -> dict[str, Any]:
    """Return a page as JSON has it; `cursor` is null on the last one."""
    return {
        "messages": [fields_of(row) for row in page.rows],
        "cursor": page.cursor,
        "looked_back_to": page.looked_back_to.isoformat(),
        "read_units": page.units,
    }


def fields_of(row: ListedNotification) -> dict[str, str | None]:
    """Return a message's fields by the names of `COLUMNS`; null is not known."""
    at = row.at.isoformat(timespec="milliseconds")
    return {name: at if name == "at" else getattr(row, name) for name in COLUMNS}


def line_of(row: ListedNotification) -> str:
    """Return a message in a line, in which what is not known is left out."""
    rule = f" ({row.rule})" if row.rule else ""
    to = f" to {row.country}" if row.country else ""
    where = ", ".join(filter(None, (row.template, row.shop, row.campaign)))
    return f"{row.at:%Y-%m-%d %H:%M:%S}  {row.state}{rule}  {row.channel}{to}  {where}  {row.id}"


def _below(page: Page) -> str:
    seen = f"{count(len(page.rows), 'message')}, back to {page.looked_back_to:%Y-%m-%d %H:%M} UTC"
    more = f"; the next page: --after '{page.cursor}'" if page.cursor else "; that is all"
    return f"{seen}; {page.units:.1f} read units{more}"
