"""The command `ordercast find`: what became of an order, a customer, an address or a message. Used by operators."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.text import Text

from ordercast.cli.options import AsJson, CloudName, Stage, each_given, read_name
from ordercast.cli.output.terminal import console
from ordercast.operations.parked_search import MOST, parked_with
from ordercast.operations.shops import shops_of
from ordercast.operations.target import LOCAL_STAGE, Target, target
from ordercast.queries.find import MOST_SHOPS, Searched, SearchHit
from ordercast.queries.find import find as found_by
from ordercast.queries.verdicts import kind_of
from ordercast.usage_error import UsageError

SHOWN = 5
"""How many messages are listed below a verdict."""


def find(
    text: Annotated[
        str,
        typer.Argument(
            help="An order_id, customer_id, e-mail address, number, or a message's id.",
            callback=each_given(lambda _, written: read_name("TEXT", written)),
        ),
    ],
    shop: Annotated[
        list[str] | None,
        typer.Option(
            help="Look in this shop too; may be repeated.", callback=each_given(read_name)
        ),
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Say in a line what became of it, then where to look; in every shop, and in what is parked."""
    now, where = datetime.now(UTC), target(stage, cloud)
    named = list(dict.fromkeys([*(shop or ()), *shops_of(where, now=now)]))
    found = found_by(text, searched(where), shops=named, now=now)
    if as_json:
        print(json.dumps([document(each) for each in found], indent=2, ensure_ascii=False))
    if not found:
        looked = (
            f"looked in {min(len(named), MOST_SHOPS)} shops, at addresses, ids, parked events of"
            f" that order and the text of the {MOST:,} newest others"
        )
        raise UsageError("nothing is known by that name", hint=f"{looked}; --shop names another")
    for each in [] if as_json else found:
        show(each)


def searched(where: Target) -> Searched:
    """Return what is searched of a stage."""
    return Searched(
        ledger=where.ledger(),
        lists=where.lists().ledger,
        receipt_logs=where.receipt_logs(),
        parked=lambda text: parked_with(where, text),
        country=where.settings.default_country,
    )


def show(found: SearchHit) -> None:
    """Print a verdict, and the newest messages below it."""
    shop = f" of {found.shop}" if found.shop else ""
    console.print(Text(f"{found.what}{shop}: {found.verdict}", style="bold"), soft_wrap=True)
    for row in found.rows[:SHOWN]:
        rule = f" ({row.rule})" if row.rule else ""
        said = f"order {row.order.order_id}, {kind_of(row)}: {row.state}{rule}"
        line = f"  {row.effective_at:%Y-%m-%d %H:%M:%S}  {said}  {row.id}"
        console.print(Text(line, style="dim"), soft_wrap=True)
    if len(found.rows) > SHOWN:
        console.print(Text(f"  and {len(found.rows) - SHOWN} more", style="dim"))


def document(found: SearchHit) -> dict[str, Any]:
    """Return a finding as JSON has it; nothing of it is an address."""
    rows = [
        {
            "id": row.id,
            "order": row.order.order_id,
            "at": row.effective_at.isoformat(timespec="milliseconds"),
            "status": row.status,
            "channel": row.channel,
            "state": row.state,
            "rule": row.rule,
            "resend_of": row.resend_of,
        }
        for row in found.rows
    ]
    return {"what": found.what, "shop": found.shop, "verdict": found.verdict, "messages": rows}
