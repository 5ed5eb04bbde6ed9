"""Save the report of a period as an HTML page. Used by analysts."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ordercast.cli.options import CloudName, Since, Stage, Until
from ordercast.cli.output.terminal import console
from ordercast.operations.periods import period
from ordercast.operations.report.page import report
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.workflows.read_rollups import rollups_between


def save_report(
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("out/report.html"),
    since: Since = None,
    until: Until = None,
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Save one HTML page with the delivery rates, latencies, cost and funnel of a period."""
    now = datetime.now(UTC)
    chosen = period(since, until, now=now)
    found = rollups_between(target(stage, cloud).rollups(), chosen.since, chosen.until)
    page = report(found, stage=stage, since=chosen.since, until=chosen.until, made_at=now)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, encoding="utf-8")
    console.print(f"{chosen}: {out}", markup=False)
