"""The command `ordercast export`: write what the rollups count of each notification, without personal data.

docs/rollups.md has the columns, and the rules to compute rates and sums from them.
"""

import json
import sys
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from ordercast.cli.options import CloudName, Stage
from ordercast.cli.output.terminal import errors_console
from ordercast.gateways.ledger.items import read, write
from ordercast.gateways.ledger.rollup_inputs import DynamoRollupInputs
from ordercast.gateways.ledger.stream_changes import rollup_input_of
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.operations.periods import moment
from ordercast.operations.target import LOCAL_STAGE, target


def export(
    since: Annotated[
        str | None, typer.Option(help="Accepted at or after, in UTC: 36h, 7d, a date or time.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Accepted before, in UTC: 1h, a date or time.")
    ] = None,
    out: Annotated[str, typer.Option(help="A file; - is standard output.")] = "-",
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Write every notification of the ledger as JSON Lines, without personal data.

    A deferred notification counts as accepted when its deferral ends. Without times, the whole
    ledger is written.
    """
    lines = DynamoRollupInputs(table=target(stage, cloud).ledger().table)
    now = datetime.now(UTC)
    begins = moment(since or "1970-01-01", option="--since", now=now)
    # A deferred notification takes effect when it is due, which may be tomorrow.
    ends = moment(until, option="--until", now=now) if until else now + timedelta(days=7)
    written = 0
    with nullcontext(sys.stdout) if out == "-" else Path(out).open("w", encoding="utf-8") as file:
        for item in lines.scan_items(begins, ends):
            file.write(json.dumps(columns(read(item))) + "\n")
            written += 1
    errors_console.print(f"{written} notifications")


def columns(row: Notification) -> dict[str, Any]:
    """Return the exported fields of a notification; US dollars are text, so that no digit is lost."""
    line = rollup_input_of(write(row))
    return {
        "id": line.id,
        "version": line.version,
        "state": State(line.state).value,
        "rule": line.rule,
        "effective_hour": line.bucket.hour,
        "channel": line.bucket.channel,
        "country": line.bucket.country,
        "template": line.bucket.template,
        "campaign": line.bucket.campaign,
        "shop": line.bucket.shop,
        "occurred_at": _time(line.occurred_at),
        "effective_at": _time(line.effective_at),
        "sent_at": _time(line.sent_at),
        "delivered_at": _time(line.delivered_at),
        "taken": line.taken,
        "fallback": line.fallback,
        "resend": line.resend,
        "retries": line.retries,
        "parts": line.parts,
        "estimate_usd": _money(line.estimate),
        "reserved_usd": _money(line.reserved),
        "cost_usd": _money(line.cost),
        "cost_source": line.cost_source,
        "messages": [
            {"state": each.state.value, "at": _time(each.at), "price_usd": _money(each.price)}
            for each in row.messages.values()
        ],
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds") if moment else None


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
