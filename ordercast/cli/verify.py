"""The command `ordercast verify`: compare the rollups of a period with three other sources. Used by operators."""

import json
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from ordercast.audit import Verb
from ordercast.cli.options import CloudName, Stage
from ordercast.cli.output.reconciliation import show_result
from ordercast.cli.output.terminal import console
from ordercast.operations.acts import audited
from ordercast.operations.reconciliation import compare, document, whole_hours
from ordercast.operations.target import LOCAL_STAGE, target


def verify(
    since: Annotated[
        str | None,
        typer.Option(help="Accepted from then on, in UTC: 24h, 7d, a date or time. [default: 24h]"),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(help="Accepted before then, in UTC: 1h, a date or time. [default: now]"),
    ] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Count what was not counted.")] = False,  # noqa: FBT002
    scan: Annotated[  # noqa: FBT002
        bool, typer.Option("--scan", help="Read the whole ledger, to find what was never counted.")
    ] = False,
    second_look: Annotated[
        int | None,
        typer.Option(help="Seconds between two looks. [default: the stage's second_look]"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Compare the rollups with the ledger, the stream and CloudWatch; status 1 if they differ.

    Whole hours are compared; by default the last 24 and the current one.
    """
    begins, ends = whole_hours(since, until, now=datetime.now(UTC))
    pause = None if second_look is None else timedelta(seconds=second_look)
    chosen = target(stage, cloud)
    period = f"{begins:%Y-%m-%dT%H}/{ends:%Y-%m-%dT%H}"
    with audited(chosen, Verb.REPAIR, period) if repair else nullcontext():
        result = compare(chosen, begins, ends, second_look=pause, repair=repair, scan=scan)
    if as_json:
        print(json.dumps(document(result), indent=2))
    else:
        show_result(result, console)
    if not result.is_right:
        raise typer.Exit(1)
