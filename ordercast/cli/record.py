"""The command `ordercast record`: save the stream's batches of a period, anonymised. Used by operators."""

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ordercast.cli.options import CloudName, Stage
from ordercast.cli.output.terminal import console
from ordercast.operations.anonymise import Scrub
from ordercast.operations.periods import span
from ordercast.operations.recording import Header, batches, write
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.usage_error import UsageError


def record(
    out: Annotated[Path, typer.Option("--out", help="The file; gzipped if it ends in .gz.")],
    since: Annotated[
        str, typer.Option("--from", help="Begin: 36h, 7d, or a time such as 2026-11-02T08:00.")
    ] = "1h",
    until: Annotated[
        str | None, typer.Option("--to", help="End, in the same form. [default: now]")
    ] = None,
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Save the stream's records as Lambda events, with all personal data replaced."""
    now = datetime.now(UTC)
    begin, end = span(since, until, now=now)
    chosen = target(stage, cloud)
    scrub = Scrub(salt=secrets.token_bytes(16), default_country=chosen.settings.default_country)
    with console.status("reading the stream …") as shown:
        made = []
        pages = chosen.orders().by_shard(begin, end)
        for batch in batches(pages, size=chosen.settings.order_relay.batch_size, scrub=scrub):
            made.append(batch)
            shown.update(f"reading the stream: {len(made)} batches")
    records = sum(len(each["Records"]) for each in made)
    if not records:
        raise UsageError(
            "the stream has no record of that period", hint="look further back: --from"
        )
    header = Header(
        stage=stage,
        since=begin,
        until=end,
        recorded_at=now,
        batches=len(made),
        records=records,
    )
    write(out, header, made)
    console.print(f"{records} records in {len(made)} batches, anonymised: {out}", markup=False)
